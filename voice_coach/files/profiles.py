"""Profiles: the folders with each person's history, calibration, settings and memory.

`FIRST` is the person from before the first profile, or the only user, and has the program's own folders. A profile is a
folder of its name in the user's data; its other files are under the same name in the other folders. Nothing else is
stored, so no list can disagree with the folders.
"""

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from voice_coach.errors import ProfileError
from voice_coach.files.resources import APP

VARIABLE: Final = "VOICE_COACH_PROFILE"
"""Environment variable with the name of a profile; `--profile` overrides it."""

MAX_PROFILES: Final = 9
"""Maximum number of people: each is asked for by a number, from one."""

_MAX_NAME_LENGTH: Final = 30
"""Letters of a name."""

_FOLDER: Final = "profiles"
_FIRST: Final = "first"
_NAME: Final = re.compile(r"[^\W\d_][^\W_]*(?:[ -][^\W_]+)*")
"""Words of letters and digits, separated by one space or hyphen; the first character is a letter."""
_DEVICES: Final = re.compile(r"con|prn|aux|nul|com\d|lpt\d")
"""Names that Windows reserves for devices."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A person's place on this computer."""

    folder: str = ""
    """Name as on disk; empty: the program's own folders."""

    @property
    def name(self) -> str:
        """The person's name; `first` if nobody gave one."""
        return unicodedata.normalize("NFC", self.folder) or _FIRST

    @property
    def history(self) -> Path:
        """Path of the history, whether or not it exists; likewise below."""
        return self._in(APP.user_data_path) / "history.db"

    @property
    def calibration(self) -> Path:
        """Path of the calibration."""
        return self._in(APP.user_config_path) / "calibration.json"

    @property
    def settings(self) -> Path:
        """Path of the preferences."""
        return self._in(APP.user_config_path) / "settings.toml"

    @property
    def plan(self) -> Path:
        """Path of the plan that a doctor or physiotherapist has written for this person."""
        return self._in(APP.user_config_path) / "plan.toml"

    @property
    def reminders(self) -> Path:
        """Path of the settings for reminders."""
        return self._in(APP.user_config_path) / "standby.toml"

    @property
    def memory(self) -> Path:
        """Path of standby's memory of reminders."""
        return self._in(APP.user_state_path) / "standby.json"

    @property
    def used(self) -> bool:
        """True if there is data about this person: a history, even a damaged one, or a calibration."""
        return self.calibration.exists() or any(self.history.parent.glob(f"{self.history.name}*"))

    def _in(self, root: Path) -> Path:
        return root / _FOLDER / self.folder if self.folder else root


FIRST: Final = Profile()
"""The person from before there were profiles."""


def everyone() -> list[Profile]:
    """Return all people, at most `MAX_PROFILES`: `FIRST`, then the others by name.

    `FIRST` is included if there is data about that person, or if there is nobody else.

    Raises:
        ProfileError: the folders can't be read, or two of them are of one name.
    """
    root = APP.user_data_path / _FOLDER
    try:
        folders = [path.name for path in root.iterdir() if path.is_dir()] if root.exists() else []
    except OSError as error:
        raise ProfileError(f"{root} can't be read ({error.strerror}): give yourself the right to read it.") from error
    named = (Profile(name) for name in folders if not _refused(name))
    found = sorted(named, key=lambda one: (_key(one.name), one.folder))
    for one, other in pairwise(found):
        if _key(one.name) == _key(other.name):
            raise ProfileError(f"{root} has both {one.folder} and {other.folder}, which are one name: rename a folder.")
    return [FIRST, *found] if FIRST.used or not found else found


def find(name: str) -> Profile:
    """Return the profile with this name, ignoring case.

    Raises:
        ProfileError: there is none, or the folders can't be told apart.
    """
    if _key(name) == _FIRST:
        return FIRST
    found = next((one for one in everyone() if _key(one.name) == _key(name)), None)
    if found is None:
        wrong = _refused(name)
        remedy = f'`voice-coach profiles add "{name}"` makes one' if not wrong else f"{_named(everyone())}"
        raise ProfileError(f"There is no profile {name!r}: {remedy}.")
    return found


def only() -> Profile | None:
    """Return the only person, if no one was named; None: there are several.

    Raises:
        ProfileError: the folders can't be told apart.
    """
    people = everyone()
    return people[0] if len(people) == 1 else None


def which(named: Profile | None) -> Profile:
    """Return the person named, or the only one.

    Raises:
        ProfileError: there are several.
    """
    found = named or only()
    if found is None:
        raise ProfileError(f"Several people use the coach: choose one with --profile NAME ({_named(everyone())}).")
    return found


def add(name: str) -> Profile:
    """Make a profile, empty and readable by its owner alone.

    Raises:
        ProfileError: the name is taken or can't be one, there are too many, or the folder can't be made.
    """
    name = unicodedata.normalize("NFC", name)
    if wrong := _refused(name):
        raise ProfileError(f"{name!r} can't be a profile's name: {wrong}.")
    people = everyone()
    if same := next((one.name for one in people if _key(one.name) == _key(name)), ""):
        raise ProfileError(f"There is already a profile {same}: choose another name.")
    if len(people) >= MAX_PROFILES:
        raise ProfileError(
            f"There are {MAX_PROFILES} people already, and there can't be more: remove one with `profiles remove`."
        )
    made = Profile(name)
    folder = made.history.parent
    try:
        for one in (folder.parent.parent, folder.parent, folder):
            one.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ProfileError(f"{folder} can't be created ({error.strerror}): make its place writable for you.") from error
    return made


def remove(profile: Profile) -> None:
    """Remove a profile with its calibration, settings and memory; one that has a history stays as it is.

    Raises:
        ProfileError: it has a history, which only `forget` deletes, or it is `FIRST`; or a file can't be deleted.
    """
    if profile == FIRST:
        raise ProfileError("The first user has no profile; `voice-coach forget --profile first` deletes their data.")
    folder = profile.history.parent
    try:
        if any(folder.iterdir()):
            raise ProfileError(
                f"{profile.name} has a history, perhaps with a lock, so nothing was removed. "
                f'`voice-coach forget --profile "{profile.name}"` deletes it.'
            )
        for path in (profile.calibration, profile.settings, profile.plan, profile.reminders, profile.memory):
            path.unlink(missing_ok=True)
        for path in (profile.calibration.parent, profile.memory.parent, folder):
            if path.exists():
                path.rmdir()
    except OSError as error:
        raise ProfileError(f"{profile.name} can't be removed ({error}): see what is in that folder.") from error


def _key(name: str) -> str:
    """Return the normalised form of a name's spellings."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _refused(name: str) -> str:
    """Return why this can't be a name, empty if it can."""
    name = unicodedata.normalize("NFC", name)
    if not _NAME.fullmatch(name):
        return "it has letters and digits, one space or hyphen between its words, and begins with a letter"
    if len(name) > _MAX_NAME_LENGTH:
        return f"it has at most {_MAX_NAME_LENGTH} letters"
    if _key(name) == _FIRST:
        return "that is who was here before there were profiles"
    return "Windows takes it for a device" if _DEVICES.fullmatch(_key(name)) else ""


def _named(people: list[Profile]) -> str:
    return f"there {'is' if len(people) == 1 else 'are'} {', '.join(one.name for one in people)}"
