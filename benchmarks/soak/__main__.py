"""Sessions back to back, in real time on a sound card in user space, with random faults.

    python -m benchmarks.soak [--hours 1 | --minutes 5] [--seed 1] [--json FILE] [--keep FOLDER]

The real program, and a synthetic person who answers as soon as a question begins, over the coach's voice; in every
fourth session over an open speaker, whose echo is in the microphone: there the person lets the coach finish. What
befalls a session is decided by the seed: see `plan.Kind`. Two sessions of three are short (two repetitions), the third
is the whole flexion rotation. Needs PulseAudio (see tests/virtual_card) and Linux.

Each session's log is held against its history, event by event, and its counts, in the log and in the recording of what
the coach gave out, against the exercise file. Ctrl-C ends the soak with the report up to there.
"""

import json
import shutil
import signal
import tempfile
import time  # noqa: TID251 - real time is what is measured
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from benchmarks.session import EXERCISE, folders
from benchmarks.soak import judge
from benchmarks.soak.held import Holding
from benchmarks.soak.plan import Trouble, troubles
from benchmarks.soak.report import HOUR, figures, markdown
from benchmarks.soak.verdict import Files, Verdict, judged, newest
from tests.history.screened import screened_today
from tests.virtual_card.card import VirtualCard
from tests.virtual_card.partner import Partner
from voice_coach.actions import Line
from voice_coach.audio.pcm import Clip
from voice_coach.config.engines import session_grammar
from voice_coach.exercise.load import load_exercise
from voice_coach.exercise.model import Exercise
from voice_coach.speak.clip_library import ClipLibrary
from voice_coach.speak.tts.pyttsx3 import Pyttsx3Synthesizer
from voice_coach.speak.voice_spec import VoiceSpec

WHOLE: Final = "flexion_rotation"
EVERY: Final = 3
"""One session in so many is of the whole exercise."""
IN_ROOM: Final = 4
"""One session in so many is over an open speaker."""
ENOUGH: Final = 420.0
"""Seconds that it must have left for that."""


class Soak:
    """Holds sessions on a card, one after another, with one history."""

    def __init__(self, home: Path, keep: Path | None) -> None:
        """Take where the coach keeps what it has, and where what tells of trouble is to go."""
        self._home = home
        self._keep = keep
        self._grammar = session_grammar("en")
        self._history = home / "data" / "voice_coach" / "history.db"
        screened_today(self._history)

    def hold(self, number: int, exercise: str, faults: tuple[Trouble, ...], *, room: bool) -> Verdict:
        """Hold a session with these faults; `room`: the microphone hears the speaker, and the person lets it finish."""
        loaded = load_exercise(exercise)
        before = newest(self._history)
        files = Files(self._home / "log.json", self._home / "both.wav", self._history, before.id if before else 0)
        options: list[str | Path] = ["--exercise", exercise, "--log", files.log, "--record", files.recording]
        options += [] if room else ["--headphones"]
        with (
            VirtualCard() as card,
            furnished(card, room=room).python(
                "-u", "-m", "voice_coach", "run", *options, **folders(self._home)
            ) as program,
            Partner(card, program) as partner,
        ):
            seen = Holding(card, program, partner, faults, polite=room).hold()
        verdict = judged(Verdict(number, loaded.id, seen), loaded, files, self._counts(loaded), self._grammar)
        self._put_away(verdict, files)
        return verdict

    def _counts(self, exercise: Exercise) -> dict[str, Clip]:
        """Return what the coach counted with: its engine never says a word twice in the very same way."""
        library = ClipLibrary(
            Pyttsx3Synthesizer(VoiceSpec()),
            "en",
            self._home / "cache" / self._history.parent.name / "speech",
            blocking=True,
        )
        found = {text: library.clip(Line("count", text)) for text in judge.counts_of(exercise)}
        library.close()
        return {text: clip for text, clip in found.items() if clip is not None}

    def _put_away(self, verdict: Verdict, files: Files) -> None:
        """Keep what tells of trouble; nothing else, as a recording has 4 MB a minute."""
        if self._keep and verdict.trouble:
            self._keep.mkdir(parents=True, exist_ok=True)
            (self._keep / f"{verdict.number}.txt").write_text(verdict.seen.errors, encoding="utf-8")
        for path in filter(Path.exists, (files.log, files.recording)):
            if self._keep and verdict.trouble:
                shutil.copy(path, self._keep / f"{verdict.number}{path.suffix}")
            path.unlink()


def furnished(card: VirtualCard, *, room: bool) -> VirtualCard:
    """Return the card, in a room if it is to be."""
    if room:
        card.loop_back()
    return card


def held(soak: Soak, seconds: float, seed: int) -> Iterator[Verdict]:
    """Yield one session after another, until none can begin any more."""
    end = time.monotonic() + seconds
    for number, faults in enumerate(troubles(seed), 1):
        left = end - time.monotonic()
        if left <= 0:
            return
        whole = number % EVERY == 0 and left > ENOUGH
        yield soak.hold(number, WHOLE if whole else str(EXERCISE), faults, room=number % IN_ROOM == 0)


def told(verdict: Verdict) -> str:
    """Return one line on a session."""
    seen = verdict.seen
    faults = "; ".join(
        one.trouble.kind + (f" {one.recovered:.1f} s" if one.recovered is not None else "") for one in seen.happened
    )
    wrong = f" !! {', '.join(verdict.trouble)}" if verdict.trouble else ""
    counted = f"{verdict.repetitions} of {verdict.begun} repetitions"
    return f"{verdict.number} {verdict.exercise} {seen.seconds:.0f} s: {verdict.outcome}, {counted}; {faults}{wrong}"


@click.command(help=__doc__)
@click.option("--hours", type=click.FloatRange(0, min_open=True), default=1.0, show_default=True)
@click.option("--minutes", type=click.FloatRange(0, min_open=True), help="Instead of --hours, for a try.")
@click.option("--seed", type=int, default=1, show_default=True, help="Decides what happens.")
@click.option("--json", "path", type=click.Path(dir_okay=False, path_type=Path), help="Write the figures there too.")
@click.option("--keep", type=click.Path(file_okay=False, path_type=Path), help="Keep sessions with trouble there.")
def main(hours: float, minutes: float | None, seed: int, path: Path | None, keep: Path | None) -> None:
    """Hold sessions until the time is over, and report."""
    for number in (signal.SIGINT, signal.SIGTERM):  # what was started in the background ignores the first one
        signal.signal(number, signal.default_int_handler)
    began = time.monotonic()
    verdicts: list[Verdict] = []
    with tempfile.TemporaryDirectory() as folder:
        soak = Soak(Path(folder), keep)
        try:
            for verdict in held(soak, 60 * minutes if minutes else HOUR * hours, seed):
                verdicts.append(verdict)
                click.echo(told(verdict))
                _write(path, verdicts, time.monotonic() - began, seed)
        except KeyboardInterrupt:
            click.echo("Ended early; the session under way is not counted.")
    click.echo(f"\n{markdown(figures(verdicts, time.monotonic() - began, seed))}")


def _write(path: Path | None, verdicts: list[Verdict], seconds: float, seed: int) -> None:
    """Write what is known so far, so that nothing is lost with the power."""
    if path:
        path.write_text(json.dumps(figures(verdicts, seconds, seed), indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
