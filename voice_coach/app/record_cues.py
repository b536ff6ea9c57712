"""Guided recording of the coach's sentences: `voice-coach cues --record`.

Only what a person keeps is written, into their folder of recordings; everything else that the microphone hears stays
in memory until the next take.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

from voice_coach.app.console import Console
from voice_coach.app.recording_script import Entry, Script, entries_of
from voice_coach.app.takes import Checker, Opinion, Recorded, Take, Verdict, level
from voice_coach.audio.pcm import Clip, save
from voice_coach.errors import DataError, Problem
from voice_coach.exercise.model import Exercise
from voice_coach.files.atomic import replacing
from voice_coach.speak.cues import TEXTS, Recordings, own_folder, text_name

HOW: Final = """\
After the tone read the sentence as you would say it to somebody on the floor. It is played back to you; then:
  Enter  keep it, or do it again if something is wrong with it
  k  keep it   r  do it again   p  play it again   s  skip it   b  back to the one before   q  leave
Whatever is kept is there when you come back. Nothing else is stored."""

MAX_LISTED: Final = 20
"""Sentences that are named at the end; `cues --missing` lists them all."""

_REACH: Final = 4
"""Sentences before and after one that may be read by mistake."""


class Studio(Protocol):
    """A microphone and a speaker."""

    def record(self) -> Recorded:
        """Sound the tone, and return what is heard until somebody has spoken and fallen silent.

        Raises:
            DeviceError: there is no sound.
        """

    def play(self, clip: Clip) -> None:
        """Play a clip to its end.

        Raises:
            DeviceError: there is no sound.
        """


def record(exercise: Exercise, studio: Studio, checker: Checker, console: Console) -> Script:
    """Let a person record the sentences of an exercise, one after the other, until none is left or they leave.

    Args:
        exercise: whose sentences.
        studio: hears and plays.
        checker: tells whether a take says the sentence.
        console: shows the sentences; what is typed there decides what becomes of a take.

    Returns:
        The script, with what is recorded by now.

    Raises:
        DeviceError: there is no sound; what was kept is kept.
        DataError: a recording can't be written.
    """
    entries = entries_of(exercise)
    script = Script(entries, recorded_texts(entries, exercise.language))
    console.note(HOW)
    console.note("Press Enter to begin, or q to leave.")
    passed: list[str] = []
    typed = console.read()
    leaves = typed is None or typed.strip().lower() == "q"
    while not leaves and (entry := script.next) is not None:
        console.show(f"\n{script.progress}\n  {entry.text}")
        match _one(entry, script, studio, checker, console):
            case Take() as take:
                store(take.clip, entry.text, exercise.language)
                script.keep(entry.text)
                passed.append(entry.text)
            case "s":
                script.skip(entry.text)
                passed.append(entry.text)
            case "b" if passed:
                script.again(passed.pop())
            case "q":
                leaves = True
            case _:
                console.note("There is none before it.")
    _tell_what_is_left(script, console)
    return script


def recorded_texts(entries: Sequence[Entry], language: str) -> set[str]:
    """Return the texts of which each line has a recording."""
    recordings = Recordings(language)
    return {entry.text for entry in entries if all(recordings.find(line) for line in entry.lines)}


def store(clip: Clip, text: str, language: str) -> Path:
    """Write the recording of a text into the user's folder, readable by them alone, and return where it is.

    Raises:
        DataError: it can't be written.
    """
    return write(clip, own_folder() / language / TEXTS / f"{text_name(text)}.wav")


def write(clip: Clip, path: Path) -> Path:
    """Write a recording, whole or not at all, and return its path.

    Raises:
        DataError: it can't be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as new:
            save(new, clip)
    except OSError as error:
        raise DataError([Problem(path, 0, "", f"can't be written: {error.strerror or error}")]) from error
    return path


def _one(entry: Entry, script: Script, studio: Studio, checker: Checker, console: Console) -> Take | str:
    """Let a sentence be recorded until it is decided what becomes of it; return the take to keep, or a command."""
    while True:
        recorded = studio.record()
        take = level(recorded.sound, torn=recorded.torn)
        opinion = None
        if take.clip.size:
            opinion = checker.check(take.clip, entry.text, script.around(entry.text, _REACH))
            studio.play(take.clip)
        good = _tell(take, opinion, console)
        command = _command(take, studio, console, usual="k" if good else "r")
        if command == "k":
            return take
        if command != "r":
            return command


def _tell(take: Take, opinion: Opinion | None, console: Console) -> bool:
    """Tell what a take is like; return whether nothing is wrong with it."""
    for flaw in take.flaws:
        console.note(flaw)
    if opinion is None:
        return False
    match opinion.verdict:
        case Verdict.HEARD:
            console.note("The recogniser heard it.")
        case Verdict.OTHER:
            console.note(f'The recogniser heard something else: "{opinion.why}"')
        case Verdict.UNSURE:
            console.note(opinion.why)
    return not take.flaws and opinion.verdict is not Verdict.OTHER


def _command(take: Take, studio: Studio, console: Console, *, usual: str) -> str:
    """Return what is to become of a take: one of k, r, s, b and q; `usual` stands for an empty line."""
    told = {"k": "Enter keeps it", "r": "Enter does it again"}[usual]
    while True:
        console.note(f"{told} (k, r, p, s, b, q).")
        typed = console.read()
        command = "q" if typed is None else typed.strip().lower() or usual
        if command == "p" and take.clip.size:
            studio.play(take.clip)
        elif command in {"r", "s", "b", "q"} or (command == "k" and take.clip.size):
            return command


def _tell_what_is_left(script: Script, console: Console) -> None:
    console.show(f"\nRecorded: {script.progress}.")
    left = script.synthetic
    if not left:
        console.show("No sentence of this exercise is synthetic any more.")
        return
    console.show("Still synthetic:")
    for text in left[:MAX_LISTED]:
        console.show(f"  {text}")
    if len(left) > MAX_LISTED:
        console.show(f"  and {len(left) - MAX_LISTED} more, see `voice-coach cues --missing`.")
