"""Warn of the user's own files that belong to an earlier version or another model."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from voice_coach.config.engines import model_folder
from voice_coach.config.settings import Settings
from voice_coach.errors import CoachError, Problem
from voice_coach.files.resources import APP, folders
from voice_coach.hear.decision import calibration
from voice_coach.hear.grammar.yaml_nodes import Tree, Troubles, read_tree

_GRAMMARS: Final = ("{}.yaml", "standby/{}.yaml", "who/{}.yaml")
"""The grammars of a session, of standby and of the question who it is, each below `grammars/`."""

_PATTERNS: Final = ("meaning", "wordings")
"""Parts of a grammar that understand more than its phrases."""

MAX_NAMED: Final = 4
"""How many missing intents are named."""


def outdated_files(settings: Settings) -> list[Problem]:
    """Return a warning for each such grammar and calibration; `ClipLibrary.problems` has those for recordings."""
    return [*outdated_grammars(settings.language), *_outdated_calibration(settings)]


def outdated_grammars(language: str = "en") -> list[Problem]:
    """Return a warning for each of the user's grammars that lacks intents or patterns of ours.

    It was probably copied from an earlier version. It is used as it is; what it lacks is not understood.
    """
    found: list[Problem] = []
    for name in _GRAMMARS:
        places = [path for folder in folders("grammars") if (path := folder / name.format(language)).is_file()]
        if len(places) > 1 and places[0].is_relative_to(APP.user_config_path):
            found += _outdated(places[0], places[1])
    return found


def _outdated(own: Path, ours: Path) -> Iterator[Problem]:
    own_tree, our_tree = _top(own), _top(ours)
    if not own_tree:
        return  # loading it reports what is wrong
    there = _intents(own_tree)
    intents = [intent for intent in _intents(our_tree) if intent not in there]
    lacks = [_listed(intents)] if intents else []
    if any(part in our_tree and part not in own_tree for part in _PATTERNS):
        lacks.append("the patterns that understand a person's own words, signs to stop among them")
    if lacks:
        message = (
            f"is older than our grammar and is used in its place: it lacks {', and '.join(lacks)}. "
            f"Put your phrases into a copy of {ours}"
        )
        yield Problem(own, 0, "", message, fatal=False)


def _top(path: Path) -> dict[str, Tree]:
    tree = read_tree(path, Troubles(path))
    return tree.mapping("") if tree else {}


def _intents(top: dict[str, Tree]) -> dict[str, Tree]:
    """Return the intents in the file's order: the reasons to stop come first."""
    return top["intents"].mapping("") if "intents" in top else {}


def _listed(intents: list[str]) -> str:
    more = len(intents) - MAX_NAMED
    named = ", ".join(intents[:MAX_NAMED])
    return f"{named} and {more} more intents" if more > 0 else named


def _outdated_calibration(settings: Settings) -> list[Problem]:
    """Return a warning if the calibration was made with another model than the session's."""
    from voice_coach.hear.asr.vosk import EMBEDDED  # noqa: PLC0415 - loads an engine, which a typed session has none of

    path = settings.profile.calibration
    try:
        if not path.is_file() or calibration.load(model_folder(settings.model) or EMBEDDED, settings.profile):
            return []
    except CoachError:  # `Settings.troubles` has it
        return []
    message = "was made with another model, and is not used; make a new one with `voice-coach calibrate`"
    return [Problem(path, 0, "", message, fatal=False)]
