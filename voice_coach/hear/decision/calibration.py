"""Calibration to a voice and a room: how much more or less certain the recogniser is of this person than of most.

Ten commands of which it is known what they are tell how far this voice stays above the thresholds. Where it hardly
reaches them, they all come down; where it is far above, those go up whose mistakes come from talk and noise.
A reason to stop never needs more than without it.
"""

import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from voice_coach.actions import Line
from voice_coach.errors import DataError, Problem
from voice_coach.files import atomic
from voice_coach.files.profiles import FIRST, Profile
from voice_coach.files.read import read_bytes
from voice_coach.hear.decision.policy import Evidence
from voice_coach.hear.decision.thresholds import Bar, OperatingPoint
from voice_coach.hear.grammar.match import STOP_RANK

ASKED: Final = {"stop": "stop", "ready": "ready_next", "better": "better", "left side": "side_left", "yes": "yes"}
"""Commands to say, with their intents; short and long, red, careful and ordinary."""

TIMES_EACH: Final = 2
"""How often each is said."""

MIN_UNDERSTOOD: Final = 7
"""How many of them must be understood: fewer tell of the microphone, not of the voice."""

VOICE_MARGIN: Final = 1.0
"""How far below this voice's own thresholds should lie: a day, a cold, a turned head."""

MIN_SHIFT: Final = -2.0
MAX_SHIFT: Final = 1.0
"""How far thresholds move at most: ten words are few."""


def request_line(phrase: str) -> Line:
    """Return how the coach asks for one of the commands."""
    return Line(f"calibrate.{phrase.replace(' ', '_')}", f"Say {phrase}.")


class Calibration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The stored calibration."""

    model: int
    """The model that it was made with: another one has other thresholds."""
    shift: float
    """How much higher the thresholds lie; below zero: lower."""


def adapt(point: OperatingPoint, said: Sequence[Evidence | None], model: int) -> Calibration | None:
    """Return how the thresholds are to move.

    Args:
        point: the model's own.
        said: what was found in each command, None where it was taken for something else or not heard at all.
        model: as `fingerprint` tells it.

    Returns:
        None: too few were understood.
    """
    above = sorted(evidence.unknown - _bar(evidence, point).unknown for evidence in said if evidence is not None)
    if len(above) < MIN_UNDERSTOOD:
        return None
    usual_worst = above[1]  # one slip of the tongue is none of the voice's
    return Calibration(model, round(min(max(usual_worst - VOICE_MARGIN, MIN_SHIFT), MAX_SHIFT), 2))


def calibrated(point: OperatingPoint, calibration: Calibration | None) -> OperatingPoint:
    """Return the thresholds for this voice; a reason to stop never needs more than before."""
    if calibration is None:
        return point
    shift = min(max(calibration.shift, MIN_SHIFT), MAX_SHIFT)
    lower = min(shift, 0.0)
    return msgspec.structs.replace(
        point,
        red=point.red.raised(lower),
        sign=point.sign.raised(lower),
        ending=point.ending.raised(lower),
        speaking=point.speaking.raised(lower),
        careful=point.careful.raised(shift),
        ordinary=point.ordinary.raised(shift),
    )


def fingerprint(model: Path) -> int:
    """Return what tells a model's folder from another one's; 0 where there is none.

    The weights' end and size are enough, and read in no time.
    """
    path = model / "am/final.mdl"
    if not path.is_file():
        return 0
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 65_536))
        return zlib.crc32(file.read(), size)


def save(calibration: Calibration, profile: Profile = FIRST) -> None:
    """Keep it for this person's next sessions.

    Raises:
        DataError: the file can't be written.
    """
    path = profile.calibration
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic.write(path, msgspec.json.encode(calibration))
    except OSError as error:
        message = f"can't be written ({error.strerror}): give yourself the right to write there"
        raise DataError([Problem(path, 0, "", message)]) from error


def forget(profile: Profile = FIRST) -> bool:
    """Remove what was kept of this person; tell whether there was anything."""
    path = profile.calibration
    there = path.is_file()
    path.unlink(missing_ok=True)
    return there


def load(model: Path, profile: Profile = FIRST) -> Calibration | None:
    """Return what was kept of this person for this model; None: nothing.

    Raises:
        DataError: the file can't be understood.
    """
    path = profile.calibration
    if not path.is_file():
        return None
    try:
        found = msgspec.json.decode(read_bytes(path), type=Calibration)
    except (OSError, ValueError, RecursionError) as error:
        message = "can't be understood: remove it, or run `voice-coach calibrate` again"
        raise DataError([Problem(path, 0, "", message)]) from error
    return found if found.model == fingerprint(model) else None


def _bar(evidence: Evidence, point: OperatingPoint) -> Bar:
    if evidence.meaning.red:
        return point.red if evidence.meaning.rank <= STOP_RANK else point.sign
    return point.careful if evidence.meaning.careful else point.ordinary
