"""Fit the thresholds to one person's voice and room.

The person says ten known commands, which shows how far above the thresholds this voice usually is. If it hardly reaches
them, all of them are lowered. If it is far above, those are raised that keep out talk and noise, but never those for a
reason to stop.
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
from voice_coach.hear.decision.evidence import Evidence
from voice_coach.hear.decision.thresholds import Bar, OperatingPoint
from voice_coach.hear.grammar.phrase import STOP_RANK

ASKED: Final = {"stop": "stop", "ready": "ready_next", "better": "better", "left side": "side_left", "yes": "yes"}
"""The commands to say, and their intents: short and long ones, at least one for each kind of threshold."""

TIMES_EACH: Final = 2
"""How often each command is said."""

MIN_UNDERSTOOD: Final = 7
"""How many commands must be understood. Fewer point to a problem with the microphone, not to an unusual voice."""

VOICE_MARGIN: Final = 1.0
"""How far the thresholds stay below this voice's usual worst, for a bad day, a cold or a turned head."""

MIN_SHIFT: Final = -2.0
MAX_SHIFT: Final = 1.0
"""The furthest that thresholds move: ten words are little evidence."""


def request_line(phrase: str) -> Line:
    """Return the sentence that asks for a command."""
    return Line(f"calibrate.{phrase.replace(' ', '_')}", f"Say {phrase}.")


class Calibration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The stored calibration."""

    model: int
    """The fingerprint of the model that it was made with. Another model has other thresholds."""
    shift: float
    """How much the thresholds are raised; negative: lowered."""


def adapt(point: OperatingPoint, said: Sequence[Evidence | None], model: int) -> Calibration | None:
    """Return the calibration for a voice, or None if too few commands were understood.

    Args:
        point: the model's own thresholds.
        said: the evidence for each command; None where it was misunderstood or not heard.
        model: the model's `fingerprint`.
    """
    leads = sorted(evidence.unknown - _usual_bar(evidence, point).unknown for evidence in said if evidence is not None)
    if len(leads) < MIN_UNDERSTOOD:
        return None
    usual_worst = leads[1]  # the very worst may be a slip of the tongue
    return Calibration(model, round(min(max(usual_worst - VOICE_MARGIN, MIN_SHIFT), MAX_SHIFT), 2))


def calibrated(point: OperatingPoint, calibration: Calibration | None) -> OperatingPoint:
    """Return the thresholds for this voice; those for a reason to stop are never raised."""
    if calibration is None:
        return point
    shift = min(max(calibration.shift, MIN_SHIFT), MAX_SHIFT)
    red_shift = min(shift, 0.0)
    return msgspec.structs.replace(
        point,
        red=point.red.raised(red_shift),
        sign=point.sign.raised(red_shift),
        ending=point.ending.raised(red_shift),
        speaking=point.speaking.raised(red_shift),
        careful=point.careful.raised(shift),
        ordinary=point.ordinary.raised(shift),
    )


def fingerprint(model: Path) -> int:
    """Return a number that identifies the model in a folder; 0 if there is none.

    It is a checksum of the last 64 KiB of the weights and of their size, which differs between models and is quick.
    """
    path = model / "am/final.mdl"
    if not path.is_file():
        return 0
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 65_536))
        return zlib.crc32(file.read(), size)


def save(calibration: Calibration, profile: Profile = FIRST) -> None:
    """Store the calibration for this person's next sessions.

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
    """Delete this person's calibration; return whether there was one."""
    path = profile.calibration
    existed = path.is_file()
    path.unlink(missing_ok=True)
    return existed


def load(model: Path, profile: Profile = FIRST) -> Calibration | None:
    """Return this person's calibration for this model; None if there is none.

    Raises:
        DataError: the file can't be understood.
    """
    path = profile.calibration
    if not path.is_file():
        return None
    try:
        calibration = msgspec.json.decode(read_bytes(path), type=Calibration)
    except (OSError, ValueError, RecursionError) as error:
        message = "can't be understood: remove it, or run `voice-coach calibrate` again"
        raise DataError([Problem(path, 0, "", message)]) from error
    return calibration if calibration.model == fingerprint(model) else None


def _usual_bar(evidence: Evidence, point: OperatingPoint) -> Bar:
    """Return the bar for a command that is waited for, once it is over."""
    if evidence.meaning.red:
        return point.red if evidence.meaning.rank <= STOP_RANK else point.sign
    return point.careful if evidence.meaning.careful else point.ordinary
