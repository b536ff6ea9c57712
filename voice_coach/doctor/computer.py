"""Checks of the computer besides sound: voice, recogniser, disk, folders. Pure judgements."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from voice_coach.doctor.finding import Figures, Finding, Verdict
from voice_coach.errors import Problem

EMBEDDED_MODEL: Final = "the embedded model"
"""Name of the embedded model in findings."""

MEGABYTE: Final = 1_000_000

MIN_FREE_BYTES: Final = 5 * MEGABYTE
"""Bytes without which a session's record may not be written."""

AMPLE_FREE_BYTES: Final = 100 * MEGABYTE
"""Bytes with which the clips of the coach's voice are all kept."""

MAX_WORK_SHARE: Final = 0.5
"""Seconds of work for a second of sound from which on the computer is too slow to answer in time."""


@dataclass(frozen=True, slots=True)
class Spoke:
    """How the voice did."""

    engine: str = ""
    """Its name and version."""
    first: float = 0.0
    """Seconds until the first sentence was there."""
    silent: tuple[str, ...] = ()
    """Sentences of which there is no sound."""
    trouble: str = ""
    """Why there is no voice."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """How the recogniser did with a word of the synthetic voice."""

    model: str = ""
    loaded: float = 0.0
    """Seconds to load it."""
    work: float = 0.0
    """Seconds of computing for a second of sound."""
    expected: str = ""
    """The intent that the word stands for."""
    heard: tuple[str, ...] = ()
    """Those that were understood."""
    trouble: str = ""
    """Why it can't be used."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that a session writes to."""

    use: str
    """Its content, such as `history`."""
    path: Path
    writable: bool
    """It, or the nearest folder above that there is."""
    open_to: tuple[str, ...] = ()
    """The files in it that others than the user may read."""
    free: int = 0
    """Bytes free on its disk."""


def voice(spoke: Spoke) -> Finding:
    """Judge the voice."""
    figures: Figures = {"engine": spoke.engine, "first_s": round(spoke.first, 2)}
    if spoke.trouble:
        remedy = "Install espeak-ng (Debian, Ubuntu, Raspberry Pi OS: `sudo apt-get install espeak-ng`) and try again."
        return Finding("voice", Verdict.FAULT, spoke.trouble, remedy, figures)
    if spoke.silent:
        remedy = "Choose another voice (`voice-coach voices`, then `--voice NAME`)."
        return Finding("voice", Verdict.FAULT, f"no sound of: {' '.join(spoke.silent)}", remedy, figures)
    measured = f"{spoke.engine}, its first sentence after {spoke.first:.1f} s"
    return Finding("voice", Verdict.FINE, measured, "", figures)


def library(trouble: str) -> Finding:
    """Return the fault for a recogniser whose library can't be loaded; `trouble` is the sentence that says why."""
    remedy = "Until then only `voice-coach run --text` works, where you type your answers."
    return Finding("model", Verdict.FAULT, trouble, remedy)


def recogniser(found: Recognised) -> Finding:
    """Judge the recogniser and its model."""
    figures: Figures = {"model": found.model, "loaded_s": round(found.loaded, 2), "work": round(found.work, 3)}
    if found.trouble:
        remedy = "Install voice_coach again, or choose another model (`voice-coach models list`)."
        return Finding("model", Verdict.FAULT, found.trouble, remedy, figures)
    heard = ", ".join(found.heard) or "nothing"
    if found.expected not in found.heard:
        measured = f"the coach's own {found.expected!r} is heard as {heard}"
        remedy = "Choose another model (`voice-coach models list`), or install voice_coach again."
        return Finding("model", Verdict.FAULT, measured, remedy, figures)
    measured = f"{found.model} loads in {found.loaded:.1f} s and hears {found.expected!r}"
    if found.work > MAX_WORK_SHARE:
        remedy = "Close other programs: the computer is too busy, or too slow."
        if found.model != EMBEDDED_MODEL:  # which is the smallest
            remedy = "Choose a smaller model (`voice-coach models use embedded`), or close other programs."
        return Finding("model", Verdict.WARNING, f"{measured}, slowly", remedy, figures)
    return Finding("model", Verdict.FINE, measured, "", figures)


def settings(troubles: Sequence[str]) -> Finding:
    """Judge the user's settings; `troubles`: what can't be read of them."""
    if troubles:
        remedy = "Until then sessions use the usual settings, and say so."
        return Finding("settings", Verdict.FAULT, "; ".join(troubles), remedy, {"unreadable": len(troubles)})
    return Finding("settings", Verdict.FINE, "the settings can be read", "", {"unreadable": 0})


def recordings(problems: Sequence[Problem]) -> Finding:
    """Judge the user's recordings; `problems`: what a session would not use of them, and why."""
    figures: Figures = {"unused": len(problems)}
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        remedy = "Correct or remove it; `voice-coach cues` lists what recordings are called."
        return Finding("recordings", Verdict.WARNING, f"{problems[0]}{more}", remedy, figures)
    return Finding("recordings", Verdict.FINE, "the sounds and the recordings can be played", "", figures)


def grammars(outdated: Sequence[Problem]) -> Finding:
    """Judge the user's own grammars; `outdated`: those that lack what ours understand, and what."""
    figures: Figures = {"outdated": len(outdated)}
    if outdated:
        remedy = "Until then the coach does not understand what they lack."
        return Finding("grammars", Verdict.WARNING, "; ".join(map(str, outdated)), remedy, figures)
    return Finding("grammars", Verdict.FINE, "what the coach understands is of this version", "", figures)


def disk(folders: list[Folder]) -> Finding:
    """Judge the room that is left, on the fullest of the disks."""
    fullest = min(folders, key=lambda folder: folder.free)
    figures: Figures = {"free_mb": fullest.free // MEGABYTE}
    measured = f"{fullest.free // MEGABYTE} MB are free for {fullest.use} in {fullest.path}"
    if fullest.free < AMPLE_FREE_BYTES:
        verdict = Verdict.FAULT if fullest.free < MIN_FREE_BYTES else Verdict.WARNING
        return Finding("disk", verdict, measured, "Make room on that disk.", figures)
    return Finding("disk", Verdict.FINE, measured, "", figures)


def folder(found: Folder) -> Finding:
    """Judge whether a folder can be used, by the user and by nobody else."""
    name = f"{found.use} folder"
    if not found.writable:
        remedy = f"Make {found.path} yours: `chmod u+rwx`, or `sudo chown` with your name."
        return Finding(name, Verdict.FAULT, f"{found.path} can't be written to", remedy, {"writable": False})
    if found.open_to:
        remedy = f"Take the others' rights away: `chmod -R go= '{found.path}'`."
        measured = f"others can read {', '.join(found.open_to)}"
        return Finding(name, Verdict.WARNING, measured, remedy, {"writable": True})
    return Finding(name, Verdict.FINE, f"{found.path} can be used", "", {"writable": True})
