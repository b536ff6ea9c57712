"""What a live session costs and how fast it is, in real time on a sound card in user space.

    python -m benchmarks.session [--stops 24] [--starts 3] [--headphones] [--json]

Start-up: from the start of the process to the first audible sample at the speaker, with an empty cache of speech and
with a full one. Stop: a synthetic person says "stop" into the microphone while the coach talks; from the last audible
sample of the word at the microphone to the last one of the coach's sentence at the speaker. Memory and CPU: of all
processes together, meanwhile. Needs PulseAudio (see tests/virtual_card) and Linux.

Where its sentence is cut off the coach plays an earcon: the silence is where that begins.
"""

import json
import os
import platform
import signal
import tempfile
import time  # noqa: TID251 - real time is what is measured
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import click
import numpy as np

from benchmarks.monitor import Ear, cpu_seconds, memory
from tests.virtual_card.card import VirtualCard
from tests.virtual_card.program import Program, VirtualCardError
from voice_coach.actions import Earcon
from voice_coach.audio.pcm import Clip, onset, save
from voice_coach.speak.cues import find_earcon, load_earcon
from voice_coach.speak.tts import VoiceSpec
from voice_coach.speak.tts_pyttsx3 import Pyttsx3Synthesizer
from voice_coach.timebase import RATE

EXERCISE: Final = Path(__file__).parents[1] / "tests" / "virtual_card" / "short.toml"
VOICES: Final = ("en-gb", "en-gb-x-rp", "en-us")
PATIENCE: Final = 60.0
WINDOW: Final = 3.0
"""Seconds after the word in which the coach must fall silent, or the "stop" counts as missed."""
LOUD: Final = 600
"""Amplitude that the person's voice has and the end of its fading has not."""
ALIKE: Final = 0.5
"""Correlation with the earcon from which on it is that; under "Stopped." it is 0.67, with speech alone 0.24 at most."""


@contextmanager
def session(card: VirtualCard, home: Path, *options: str) -> Iterator[tuple[Program, float]]:
    """Start the coach; yield it and when it was started. It is ended as by Ctrl-C."""
    folders = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("DATA", "CONFIG", "STATE", "CACHE")}
    command = ["-u", "-m", "voice_coach", "run", "--exercise", str(EXERCISE), *options]
    began = time.monotonic()
    with card.python(*command, **folders) as program:
        yield program, began
        program.process.send_signal(signal.SIGINT)
        program.finish(PATIENCE)


def start_up(card: VirtualCard, home: Path, *options: str) -> float:
    """Return the seconds from the start of the process to the first audible sample."""
    with Ear("coach_spk.monitor", card.env) as speaker, session(card, home, *options) as (_, began):
        while (first := onset(speaker.sound())) is None:
            time.sleep(0.05)
            if time.monotonic() - began > PATIENCE:
                raise click.ClickException("the coach has said nothing for a minute")
        return speaker.origin + first / RATE - began


def spoken(text: str, voice: VoiceSpec) -> Clip:
    """Return a text as this voice says it."""
    synthesizer = Pyttsx3Synthesizer(voice)
    synthesizer.request(text, urgent=True)
    ((_, clip),) = synthesizer.poll(PATIENCE)
    synthesizer.close()
    return clip


def saved(folder: Path, text: str, voice: str) -> Path:
    """Return a sound file with this text."""
    path = folder / f"{text}-{voice}.wav"
    save(path, spoken(text, VoiceSpec(voice, 150)))
    return path


class Stops:
    """Says "stop" over the welcome again and again: "yes" to "shall we go on" begins it anew."""

    def __init__(self, card: VirtualCard, program: Program) -> None:
        """Take the coach, which has just been started."""
        self._card = card
        self._program = program
        self._stops = [saved(card.folder, "stop", voice) for voice in VOICES]
        self._yes = saved(card.folder, "yes", VOICES[0])
        self.words: list[tuple[float, float]] = []
        """When each "stop" was said: within which span of monotonic time."""
        self.memory: list[dict[str, float]] = []

    def say(self, number: int) -> None:
        """Say it once, each time at another place in the welcome, and go on."""
        self._program.until("Ask your doctor", PATIENCE)  # by now the canceller knows if there is an echo
        time.sleep(0.37 * (number % 11))
        begin = time.monotonic()
        self._speak(number)
        self.words.append((begin, time.monotonic()))
        self.memory.append(memory(self._program.process.pid))
        while not self._is_heard():
            self._speak(number + 1)
        self._program.until("Yes or no?", PATIENCE)
        self._card.play_to_mic(self._yes)

    def _speak(self, number: int) -> None:
        self._card.play_to_mic(self._stops[number % len(self._stops)])

    def _is_heard(self) -> bool:
        try:
            self._program.until("Shall we go on?", WINDOW)
        except VirtualCardError:
            return False
        return True


class Silences:
    """Finds in two recordings how long after each word the coach was silent."""

    def __init__(self, mouth: Ear, speaker: Ear) -> None:
        """Take what was heard of the person and of the coach."""
        self._mouth, self._speaker = mouth, speaker
        self._said, self._heard = mouth.sound(), speaker.sound()
        earcon = find_earcon(Earcon.STOPPED)
        assert earcon is not None
        self._stopped = load_earcon(earcon).astype(np.float64)

    def after(self, word: tuple[float, float]) -> float | None:
        """Return the seconds from the word's end to the coach's silence; None where it talked on."""
        first, last = (max(0, round((at - self._mouth.origin) * RATE)) for at in (word[0], word[1] + 0.5))
        loud = np.flatnonzero(np.abs(self._said[first:last].astype(np.int32)) >= LOUD)
        if not loud.size:
            return None
        ended = self._mouth.origin + (first + int(loud[-1])) / RATE
        begin = max(0, round((ended - 0.5 - self._speaker.origin) * RATE))
        cut = self._find(self._heard[begin : begin + round((0.5 + WINDOW) * RATE)])
        return None if cut is None else self._speaker.origin + (begin + cut) / RATE - ended

    def _find(self, sound: Clip) -> int | None:
        """Return where the earcon begins, by correlation; None where it is not played."""
        clip = self._stopped
        if len(sound) <= len(clip):
            return None
        wide = sound.astype(np.float64)
        product = np.correlate(wide, clip, "valid")
        energy = np.convolve(wide**2, np.ones(len(clip)), "valid")
        likeness = product / np.sqrt((energy + 1) * np.sum(clip**2))
        best = int(np.argmax(likeness))
        return best if likeness[best] > ALIKE else None


def measure(stops: int, starts: int, *options: str) -> dict[str, Any]:
    """Return all figures: seconds, MiB, and the share of one core."""
    with VirtualCard() as card, tempfile.TemporaryDirectory() as folder:
        homes = [Path(folder) / str(number) for number in range(starts)]
        cold = [start_up(card, home, *options) for home in homes]
        warm = [start_up(card, home, *options) for home in homes]
        home = Path(folder) / "stops"
        with (
            Ear("user_mouth.monitor", card.env) as mouth,
            Ear("coach_spk.monitor", card.env) as speaker,
            session(card, home, *options) as (program, _),
        ):
            talk = Stops(card, program)
            used, began = cpu_seconds(program.process.pid), time.monotonic()
            for number in range(stops):
                talk.say(number)
            share = (cpu_seconds(program.process.pid) - used) / (time.monotonic() - began)
            peak = max(talk.memory, key=lambda held: sum(held.values()))
            silences = Silences(mouth, speaker)
            found = [silences.after(word) for word in talk.words]
    return {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
        "python": platform.python_version(),
        "start_cold_s": cold,
        "start_warm_s": warm,
        "memory_mib": {"all": sum(peak.values()), **peak},
        "cpu_share": share,
        "stop_to_silence_s": found,
    }


def table(figures: dict[str, Any]) -> str:
    """Return the figures for a person to read."""
    heard = sorted(one for one in figures["stop_to_silence_s"] if one is not None)
    rows = [
        ("start-up to the first word, empty cache", spread(figures["start_cold_s"])),
        ("start-up to the first word, full cache", spread(figures["start_warm_s"])),
        *((f"memory (PSS, peak), {name}", f"{held:.0f} MiB") for name, held in figures["memory_mib"].items()),
        ("CPU, share of one core", f"{100 * figures['cpu_share']:.1f} %"),
        ('"stop" heard', f"{len(heard)} of {len(figures['stop_to_silence_s'])}"),
    ]
    if heard:
        p50, p95 = np.percentile(heard, [50, 95])
        rows.append(('end of "stop" to silence', f"p50 {p50:.2f} s, p95 {p95:.2f} s, worst {heard[-1]:.2f} s"))
    head = f"{figures['machine']}, Python {figures['python']}\n\n| | |\n|---|---|\n"
    return head + "\n".join(f"| {name} | {value} |" for name, value in rows)


def spread(values: list[float]) -> str:
    """Return the median, and all of them."""
    return f"{float(np.median(values)):.2f} s ({', '.join(f'{value:.2f}' for value in values)})"


@click.command()
@click.option("--stops", type=click.IntRange(1), default=24, show_default=True, help='How often "stop" is said.')
@click.option("--starts", type=click.IntRange(1), default=3, show_default=True, help="How often the coach is started.")
@click.option("--headphones", is_flag=True, help="As `run --headphones`: without the echo canceller.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON, for programs.")
def main(stops: int, starts: int, *, headphones: bool, as_json: bool) -> None:
    """Measure a live session on a virtual sound card."""
    figures = measure(stops, starts, *(["--headphones"] if headphones else []))
    click.echo(json.dumps(figures) if as_json else table(figures))


if __name__ == "__main__":
    main()
