"""Recorded sounds from audio_cues/: the earcons, and recordings that replace the synthetic voice."""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import cache, cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Final

from voice_coach.actions import Earcon, Line
from voice_coach.audio import sound_file
from voice_coach.audio.pcm import Clip, resample, to_clip
from voice_coach.errors import DataError, Problem
from voice_coach.exercise.library import entries
from voice_coach.exercise.prompts import all_lines, fields_of, read_texts
from voice_coach.files import resources
from voice_coach.speak.loudness import shape

KINDS: Final = ("wav", "flac", "mp3", "ogg", "opus", "aiff", "m4a", "mp4", "aac", "webm", "wma", "3gp", "amr")
"""Endings of sound files, in any case, in order of precedence."""

_DIALOGUES: Final = ("setup/", "standby/", "who/")
"""Folders of the other dialogues' prompts in `prompts`."""

MAX_SECONDS: Final = 60
"""Maximum length of a recording in seconds: our longest sentence takes 12."""

TEXTS: Final = "texts"
"""Folder, in that of a language, of recordings that serve every line with their text, whatever its id."""

_MAX_SLUG: Final = 40
"""Letters of a text in the name of its recording."""

_FORMER: Final = Path(__file__).parents[1] / "prompts" / "former"
"""For each language a folder with a file for each release (`scripts/said_by.py`): cue -> text."""


def text_name(text: str) -> str:
    """Return the name of a text's recording, without its ending: some of its letters, and a digest of all of them."""
    slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:_MAX_SLUG].strip("-")
    return f"{slug}.{blake2b(text.encode(), digest_size=4).hexdigest()}"


def own_folder() -> Path:
    """Return the user's folder for recordings; it may not exist."""
    return resources.APP.user_config_path / "audio_cues"


class Recordings:
    """The recordings of a language, as they were when the first one was looked for."""

    def __init__(self, language: str) -> None:
        """Look at nothing yet; `language` is a folder's name, such as `en`."""
        self._language = language
        self._of_former: dict[Path, Problem] = {}

    @property
    def problems(self) -> list[Problem]:
        """A warning for each recording that was found, but may say what its line was in an earlier version."""
        return list(self._of_former.values())

    def find(self, line: Line) -> Path | None:
        """Return the recording that replaces this line; None: there is none.

        It is `<language>/<cue>.<kind>`, or else `<language>/texts/<text_name>.<kind>`. The first is left alone where
        a release said another text under this cue: the recording may be of that one.
        """
        name = text_name(line.text)
        for ids, texts in self._folders:
            by_cue, by_text = ids.get(line.cue), texts.get(name)
            former = former_text(line, self._language) if by_cue else ""
            if by_cue and former and not by_text:
                why = _of_former(line, former, self._language)
                self._of_former[by_cue] = Problem(by_cue, 0, "", f"is not used: it {why}", fatal=False)
            if found := by_text if former else by_cue or by_text:
                return found
        return None

    @cached_property
    def _folders(self) -> list[tuple[dict[str, Path], dict[str, Path]]]:
        """For each folder of recordings, the one that wins first: its files by id and by text."""
        found = []
        for folder in resources.folders("audio_cues"):
            spoken = folder / self._language
            found.append((_playable(spoken, folder), _playable(spoken / TEXTS, folder)))
        return found


def find_line(line: Line, language: str) -> Path | None:
    """Return the recording that replaces this line; None: there is none. For many lines use `Recordings`."""
    return Recordings(language).find(line)


def find_earcon(earcon: Earcon) -> Path | None:
    """Return the earcon's file; None: it is missing."""
    return next(iter(earcon_files(earcon)), None)


def earcon_files(earcon: Earcon) -> list[Path]:
    """Return the earcon's files: the user's, then ours, which is played if the first can't be read."""
    folders = resources.folders("audio_cues")
    return [found[earcon.value] for folder in folders if earcon.value in (found := _playable(folder, folder))]


def load_line(path: Path) -> Clip:
    """Return a recorded line, trimmed to its onset and at the loudness of all speech.

    Raises:
        DataError: the file can't be read or holds no sound.
    """
    return _loaded(path, boost=True)


def load_earcon(path: Path) -> Clip:
    """Return an earcon, trimmed to its onset; never made louder, as some are meant to be soft.

    Raises:
        DataError: the file can't be read or holds no sound.
    """
    return _loaded(path, boost=False)


def unused(language: str, more: Iterable[Line] = ()) -> list[Problem]:
    """Return a warning for each file in the user's folder of recordings that nothing uses, with the reason.

    Args:
        language: the one that is spoken.
        more: lines of other dialogues, see `recording_names`.
    """
    folder = own_folder()
    files = [path for path in sorted(folder.rglob("*")) if not (_is_folder(path) or path.name.startswith("."))]
    if not files:
        return []
    more = tuple(more)
    names = recording_names(language, more)
    used = _used(folder, language)
    found = {path: _why_unused(path, folder, names, used) for path in files}
    spoken = {f"{language}/{line.cue}": line for line in (*_exercise_lines(language), *more)}
    for path in used:
        line = spoken.get(path.relative_to(folder).with_suffix("").as_posix())
        if path in found and line and (former := former_text(line, language)):
            found[path] = _of_former(line, former, language)
    return [Problem(path, 0, "", f"is not used: it {why}", fatal=False) for path, why in found.items() if why]


def unreadable(language: str) -> list[Problem]:
    """Return a warning for each of the user's recordings that a session would look for and can't play."""
    found = []
    for path in sorted(_used(own_folder(), language)):
        try:
            _loaded(path, boost=True)
        except DataError as error:
            found += [replace(problem, fatal=False) for problem in error.problems]
    return found


def recording_names(language: str, more: Iterable[Line] = ()) -> set[str]:
    """Return the names, in the folder of recordings and without an ending, of all that can be replaced.

    A name that ends in `.*` stands for all that begin so: the rest is a field's value, such as a profile's name.

    Args:
        language: the one that is spoken.
        more: lines that are neither of an exercise nor a prompt without fields, such as those of the calibration.

    Raises:
        DataError: the prompts can't be read.
    """
    lines = [*_exercise_lines(language), *more]
    cues = {line.cue for line in lines}
    said = {line.text for line in lines}
    for name in ("", *_DIALOGUES):
        prompts = read_texts(f"{name}{language}.toml") if resources.find("prompts", f"{name}{language}.toml") else {}
        for prompt, sentences in prompts.items():
            cues |= {f"{prompt}.{n}{'.*' * bool(fields_of(text))}" for n, text in enumerate(sentences, 1)}
            said |= {text for text in sentences if not fields_of(text)}
    spoken = {f"{language}/{cue}" for cue in cues} | {f"{language}/{TEXTS}/{text_name(text)}" for text in said}
    return spoken | {earcon.value for earcon in Earcon}


def _exercise_lines(language: str) -> list[Line]:
    return [line for entry in entries(language) if entry.exercise for line in all_lines(entry.exercise)]


def recording_name(line: Line, language: str) -> str:
    """Return the name of a recording of this line in the language's folder, without its ending.

    It is the line's cue; or that of its text, where a release said another one under the cue.
    """
    return f"{TEXTS}/{text_name(line.text)}" if former_text(line, language) else line.cue


def _of_former(line: Line, former: str, language: str) -> str:
    """Return why a recording named after this line's cue is not used."""
    name = f"{language}/{recording_name(line, language)}"
    return (
        f'may say "{former}", which an earlier version said here; now it is "{line.text}". '
        f"Record it again (`voice-coach cues --record`), or name it {name} if it says that"
    )


def is_name(name: str, names: Collection[str]) -> bool:
    """Return whether a recording of this name would be used; `names`: from `recording_names`."""
    return name in names or any(known.endswith("*") and name.startswith(known[:-1]) for known in names)


def _is_folder(path: Path) -> bool:
    """Return whether it is a folder and no link to one: nothing behind a link is used."""
    return path.is_dir() and not path.is_symlink()


def _used(folder: Path, language: str) -> set[Path]:
    """Return the files in a folder of recordings that are looked for first, each by its name."""
    earcons = {earcon.value for earcon in Earcon}
    sounds = {path for name, path in _playable(folder, folder).items() if name in earcons}
    spoken = folder / language
    return sounds.union(_playable(spoken, folder).values(), _playable(spoken / TEXTS, folder).values())


def _why_unused(path: Path, folder: Path, names: set[str], used: set[Path]) -> str:
    name = path.relative_to(folder).with_suffix("").as_posix()
    if path.is_dir():
        return "is a link to a folder; copy the recordings here"
    if path.suffix[1:].lower() not in KINDS:
        return f"does not end in one of {', '.join(KINDS)}"
    if not _inside(path, folder):
        return "is no file of this folder; copy the recording here"
    if not is_name(name, names):
        return _why_unknown(name, names)
    if path in used:
        return ""
    first = next(one for one in used if one.with_suffix("") == path.with_suffix(""))
    return f"gives way to {first.name}; remove one of the two"


def _why_unknown(name: str, names: set[str]) -> str:
    language, _, cue = name.partition("/")
    if is_former(cue, language):
        return "is of a sentence that the coach no longer says; remove it"
    close = get_close_matches(name, names, n=1)
    remedy = f'did you mean "{close[0]}"?' if close else "`voice-coach cues` lists them"
    return f"is not named after a sentence or sound; {remedy}"


def _playable(place: Path, folder: Path) -> dict[str, Path]:
    """Return the sound files that lie directly in `place`, by name without ending, those of the first of `KINDS`.

    The case of an ending makes no difference. What leads out of `folder`, the folder of recordings, is left out.
    """
    try:
        files = sorted(place.iterdir(), reverse=True)
    except OSError:
        return {}
    kinds = [(KINDS.index(kind), path) for path in files if (kind := path.suffix[1:].lower()) in KINDS]
    kinds.sort(key=lambda one: one[0], reverse=True)  # the first kind comes last, and stays
    return {path.stem: path for _, path in kinds if _inside(path, folder)}


def _inside(path: Path, folder: Path) -> bool:
    try:
        return path.is_file() and path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # a link that leads to itself
        return False


def _loaded(path: Path, *, boost: bool) -> Clip:
    clip = shape(to_clip(resample(*sound_file.read(path, MAX_SECONDS))), boost=boost)
    if not clip.size:
        message = "holds only silence; record it again, or remove it to hear the sound that it replaces"
        raise DataError([Problem(path, 0, "", message)])
    return clip


def former_text(line: Line, language: str) -> str:
    """Return a different text that a release had for this line's cue; empty: there was none.

    A recording named after the cue may be of that text.
    """
    texts = (release.get(line.cue, line.text) for release in _releases(language))
    return next((text for text in texts if text != line.text), "")


def is_former(cue: str, language: str) -> bool:
    """Tell whether a release had a sentence of this name."""
    return any(cue in release for release in _releases(language))


@cache
def _releases(language: str) -> tuple[Mapping[str, str], ...]:
    """Return the texts of each release, the oldest first."""
    return tuple(json.loads(path.read_text(encoding="utf-8")) for path in sorted((_FORMER / language).glob("*.json")))
