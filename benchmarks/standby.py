"""The cost of standby while it waits, and how often it starts something that nobody asked for.

    python -m benchmarks.standby live [--minutes 60]
    python -m benchmarks.standby grow [--hours 8]
    python -m benchmarks.standby negatives SPEECH [--every 1] [--all]
    python -m benchmarks.standby wakes SPEECH [--decibels 10]

live: on a sound card in user space (PulseAudio, Linux), in silence, with one "start my session" and one "no" every ten
minutes; CPU and memory (PSS) of all processes, minute by minute.
grow: hours of silence with the same dialogues, as fast as it goes; what one process with all of it holds by the hour.
negatives: the recordings in which nothing is meant for the coach (dev part; with --all every other kind of both parts
too, which is talk that is not meant for standby) one after another through the whole of standby, as fast as it goes;
how often it asks whether to start, and how often it starts. The same sounds once more while a reminder is open.
wakes: how often "start my session" and its like are understood, said by synthetic voices, clean and in noise.
"""

import csv
import json
import os
import platform
import tempfile
import time  # noqa: TID251 - real time is what is measured
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import click
import numpy as np

from benchmarks.monitor import cpu_seconds, memory
from benchmarks.recognition.corpus import Corpus
from benchmarks.recognition.noise import mixed
from benchmarks.session import folders, saved, spoken
from tests.virtual_card.card import VirtualCard
from voice_coach.actions import Listen
from voice_coach.audio.pcm import Clip, load, silence
from voice_coach.events import Intent
from voice_coach.hear.grammar.grammar import UNKNOWN
from voice_coach.hear.listener import Listener, build_listener
from voice_coach.speak.voice_spec import VoiceSpec
from voice_coach.standby.build import grammar_of, prompts_of
from voice_coach.standby.events import Action, Begin, Event
from voice_coach.standby.questions import ANSWERS, WAITING, YES
from voice_coach.standby.runner import Standby
from voice_coach.standby.settings import Reminders
from voice_coach.standby.states import Day
from voice_coach.text import SilentVoice
from voice_coach.timebase import RATE, Samples, samples, seconds

BLOCK: Final = RATE // 10
APART: Final = samples(1.5)
"""Silence between two recordings."""
DIALOGUE: Final = 10
"""Minutes from one "start my session" to the next."""
VOICES: Final = ("en-gb", "en-gb-x-rp", "en-us", "en-gb-scotland")
WAKES: Final = ("start my session", "begin my session", "start the session", "start my exercises")
ASKED: Final = ("start my session", "no")
REPLIES: Final = ("start", "yes", "later", "skip", "no", "not now")


@click.group(help=__doc__)
def main() -> None:
    """Hold the measurements together."""


@main.command()
@click.option("--minutes", type=click.IntRange(1), default=60, show_default=True, help="How long to wait.")
def live(minutes: int) -> None:
    """Measure CPU and memory, one JSON object a minute and one at the end."""
    rows: list[dict[str, Any]] = []
    with VirtualCard() as card, tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "config" / "voice_coach").mkdir(parents=True)
        (home / "config" / "voice_coach" / "standby.toml").write_text("times = []\n", encoding="utf-8")
        wake, no = (saved(home, text, "en-gb") for text in ("start my session", "no"))
        with card.python("-u", "-m", "voice_coach", "standby", **folders(home)) as program:
            pid = program.process.pid
            time.sleep(20)
            for minute in range(1, minutes + 1):
                used, began = cpu_seconds(pid), time.monotonic()
                if minute % DIALOGUE == 0:
                    card.play_to_mic(wake)
                    program.until("Yes or no?")
                    time.sleep(3)
                    card.play_to_mic(no)
                    program.until("another time")
                time.sleep(max(0.0, 60 - (time.monotonic() - began)))
                share = (cpu_seconds(pid) - used) / (time.monotonic() - began)
                held = memory(pid)
                rows.append({"minute": minute, "cpu_share": share, "mib": sum(held.values()), **held})
                click.echo(json.dumps({name: round(value, 4) for name, value in rows[-1].items()}))
    quiet = [row["cpu_share"] for row in rows if row["minute"] % DIALOGUE]
    click.echo(
        json.dumps(
            {
                "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
                "cpu_share_quiet_median": round(float(np.median(quiet)), 4),
                "cpu_share_quiet_worst": round(max(quiet), 4),
                "mib_first": round(rows[0]["mib"], 1),
                "mib_last": round(rows[-1]["mib"], 1),
                "mib_most": round(max(row["mib"] for row in rows), 1),
            }
        )
    )


@main.command()
@click.option("--hours", type=click.IntRange(1), default=8, show_default=True, help="How long to wait, in sound.")
def grow(hours: int) -> None:
    """Tell how much memory one process holds after each hour of sound, with a dialogue every ten minutes."""
    person = [np.concatenate((spoken(text, VoiceSpec("en-gb", 193)), silence(8 * RATE))) for text in ASKED]
    counts: Counter[str] = Counter()
    standby, hearing = _standby(counts)
    for hour in range(1, hours + 1):
        for _ in range(60 // DIALOGUE):
            for block in _blocks(np.concatenate(person)):
                standby.advance(block)
            for _ in range((DIALOGUE * 60 * RATE - sum(map(len, person))) // BLOCK):
                standby.hear(silence(BLOCK))
        held = sum(memory(os.getpid()).values())
        click.echo(f"hour {hour}: {held:.2f} MiB, asked {counts['asked']} times, started {counts['started']} sessions")
    hearing.close()


@main.command()
@click.argument("speech", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--every", type=click.IntRange(1), default=1, show_default=True, help="Hear one recording in so many.")
@click.option("--all", "everything", is_flag=True, help="Other recordings too: nothing in them is meant for standby.")
def negatives(speech: Path, every: int, *, everything: bool) -> None:
    """Count what is started, and asked, that nobody wanted."""
    files = list(_files(speech, everything=everything))[::every]
    used = time.process_time()
    asked, started, hours = _heard_waiting(files)
    share = (time.process_time() - used) / (hours * 3600)
    click.echo(f"{len(files)} recordings, {hours:.2f} h with the silence between them; CPU {share:.3f} s a second")
    click.echo(f"waiting: asked {asked} times ({asked / hours:.2f} an hour), started {started} sessions")
    answers, open_hours = _heard_open(files)
    yes = sum(count for name, count in answers.items() if name in YES)
    click.echo(
        f"a question always open: {yes} taken for a start ({yes / open_hours:.2f} an hour); all: {dict(answers)}"
    )


@main.command()
@click.argument("speech", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--decibels", type=float, default=10.0, show_default=True, help="Speech over the noise of a kitchen.")
def wakes(speech: Path, decibels: float) -> None:
    """Count how often it is woken by who means it, and its questions answered."""
    noise = Corpus(speech).noise
    for expecting, intents, texts in (("nothing", WAITING, WAKES), ("reminder", ANSWERS, REPLIES)):
        for name, level in (("clean", None), (f"at {decibels:g} dB", decibels)):
            missed = [
                f"{text} ({voice})"
                for voice in VOICES
                for text in texts
                if not _is_taken(text, voice, expecting, intents, noise if level is not None else None, decibels)
            ]
            count = len(VOICES) * len(texts)
            click.echo(f"{expecting}, {name}: {count - len(missed)} of {count} taken; missed: {', '.join(missed)}")


def _is_taken(
    text: str, voice: str, expecting: str, intents: frozenset[str], noise: Clip | None, decibels: float
) -> bool:
    """Tell whether what a synthetic voice says is taken for what it means."""
    said = np.concatenate((silence(RATE // 2), spoken(text, VoiceSpec(voice, 200)), silence(APART)))
    sound = said if noise is None else mixed(said, noise, decibels, text + voice)
    hearing = build_listener(grammar_of("en"))
    hearing.listen(expecting, intents)
    found = [event for at, block in _timed(sound) for event in hearing.process(block, silence(0), at)]
    hearing.close()
    taken = [one.text for one in found if isinstance(one, Intent) and UNKNOWN not in one.text]
    return taken[:1] == [text]


def _timed(sound: Clip) -> Iterator[tuple[int, Clip]]:
    at = 0
    for block in _blocks(sound):
        yield at, block
        at += len(block)


def _files(speech: Path, *, everything: bool) -> Iterator[Path]:
    with (speech / "manifest.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            wanted = row["part"] == "dev" and row["kind"] in {"negative", "silence", "noise"}
            if wanted or everything:
                yield speech / row["path"]


def _blocks(sound: Clip) -> Iterator[Clip]:
    whole = len(sound) // BLOCK * BLOCK
    return (sound[start : start + BLOCK] for start in range(0, whole, BLOCK))


def _standby(counts: Counter[str]) -> tuple[Standby, Listener]:
    """Return a standby with its recogniser in this process, that counts how often it asks and starts."""

    def watch(_at: Samples, what: Event | Action) -> None:
        if isinstance(what, Begin):
            counts["started"] += 1
        elif isinstance(what, Listen) and what.expecting == "start":
            counts["asked"] += 1

    hearing = build_listener(grammar_of("en"))
    clock = datetime(2030, 5, 6, 12, tzinfo=UTC)
    standby = Standby(
        reminders=Reminders(times=()),
        prompts=prompts_of("en"),
        voice=SilentVoice(),
        hearing=hearing,
        clock=lambda: clock + timedelta(seconds=seconds(standby.now)),
        look=lambda _: Day(),
        keep=lambda _: None,
        forget=lambda: "",
        watch=[watch],
    )
    return standby, hearing


def _heard_waiting(files: Iterable[Path]) -> tuple[int, int, float]:
    """Return how often it asked, how often it started, and the hours of sound."""
    counts: Counter[str] = Counter()
    standby, hearing = _standby(counts)
    for path in files:
        for block in _blocks(np.concatenate((load(path), silence(APART)))):
            standby.advance(block)
            if standby.resting:
                standby.session_over(held=True)
    hearing.close()
    return counts["asked"], counts["started"], seconds(standby.now) / 3600


def _heard_open(files: Iterable[Path]) -> tuple[Counter[str], float]:
    """Return what was taken for an answer while a question was open all the time, and the hours of sound."""
    hearing = build_listener(grammar_of("en"))
    hearing.listen("reminder", ANSWERS)
    found: Counter[str] = Counter()
    at = 0
    for path in files:
        for block in _blocks(np.concatenate((load(path), silence(APART)))):
            for event in hearing.process(block, silence(0), at):
                if isinstance(event, Intent) and not event.ask and UNKNOWN not in event.text:
                    found[event.name] += 1
            at += len(block)
    hearing.close()
    return found, seconds(at) / 3600


if __name__ == "__main__":
    main()
