"""The cost and speed of a live session, in real time on a sound card in user space.

    python -m benchmarks.session [--stops 24] [--starts 3] [--headphones] [--stall 0.2] [--keep FOLDER] [--json]

Start-up: from the start of the process to the first audible sample at the speaker, with an empty cache of speech and
with a full one. Stop: a synthetic person says "stop" into the microphone while the coach talks, over an open speaker
whose sound the microphone hears too, or with headphones; measured from the last audible sample of the word at the
microphone to the last one of the coach's sentence at the speaker. A part of that is the time from the end of the word
in the coach's input to the decision (voice detector, recogniser, policy); the rest is latency in and out, which
PortAudio reports too.
Memory and CPU: of all processes together, meanwhile. With `--stall` the coach is stopped for so many seconds before
that, as a busy machine may. Needs PulseAudio (see tests/virtual_card) and Linux.

Where its sentence is cut off the coach plays an earcon: the silence is where that begins.
"""

import json
import os
import platform
import signal
import tempfile
import time  # noqa: TID251 - real time is what is measured
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import click
import numpy as np
import soundfile

from benchmarks.monitor import Ear, cpu_seconds, likest, memory
from tests.virtual_card.card import VirtualCard
from tests.virtual_card.program import Program, VirtualCardError
from voice_coach.actions import Earcon
from voice_coach.audio.pcm import Clip, load, onset, save
from voice_coach.speak.cues import find_earcon, load_earcon
from voice_coach.speak.tts.pyttsx3 import Pyttsx3Synthesizer
from voice_coach.speak.voice_spec import VoiceSpec
from voice_coach.timebase import RATE

EXERCISE: Final = Path(__file__).parents[1] / "tests" / "virtual_card" / "short.toml"
VOICES: Final = ("en-gb", "en-gb-x-rp", "en-us")
PATIENCE: Final = 60.0
WINDOW: Final = 3.0
"""Seconds after the word in which the coach must fall silent, or the "stop" counts as missed."""
TRIES: Final = 5
APART: Final = 0.7
"""Seconds by which a recording may begin at another time than its reader does."""
LOUD: Final = 600
"""Amplitude that the person's voice has and the end of its fading has not."""
SAID: Final = 0.3
"""Correlation with a word from which on it is that; over the coach's echo it is less than alone."""
ALIKE: Final = 0.5
"""Correlation with the earcon from which on it is that; under "Stopped." it is 0.67, with speech alone 0.24 at most."""


def folders(home: Path) -> dict[str, str]:
    """Return the environment of a program that keeps all that it has in this folder."""
    return {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("DATA", "CONFIG", "STATE", "CACHE")}


@contextmanager
def session(card: VirtualCard, home: Path, *options: str) -> Iterator[tuple[Program, float]]:
    """Start the coach; yield it and when it was started. It is ended as by Ctrl-C."""
    command = ["-u", "-m", "voice_coach", "run", "--exercise", str(EXERCISE), *options]
    began = time.monotonic()
    with card.python(*command, **folders(home)) as program:
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
    save(path, spoken(text, VoiceSpec(voice, 193)))
    return path


class Stops:
    """Says "stop" over the welcome again and again: "yes" to "shall we go on" starts it again."""

    def __init__(self, card: VirtualCard, program: Program) -> None:
        """Take the coach, which has just been started."""
        self._card = card
        self._program = program
        self._stops = [saved(card.folder, "stop", voice) for voice in VOICES]
        self.clips = [load(path) for path in self._stops]
        self._yes = saved(card.folder, "yes", VOICES[0])
        self.words: list[tuple[float, float, Clip]] = []
        """When each "stop" was said, within which span of monotonic time, and which one it was."""
        self.memory: list[dict[str, float]] = []

    def say(self, number: int) -> None:
        """Say it once, each time at another place in the welcome, and go on."""
        self._program.until("Ask your doctor", PATIENCE)  # by now the canceller knows if there is an echo
        time.sleep(0.37 * (number % 11))
        begin = time.monotonic()
        self._speak(number)
        self.words.append((begin, time.monotonic(), self.clips[number % len(self.clips)]))
        self.memory.append(memory(self._program.process.pid))
        for again in range(1, TRIES):
            if self._is_said("Shall we go on?"):
                break
            self._speak(number + again)
        self._program.until("Yes or no?", PATIENCE)
        for _ in range(TRIES):
            time.sleep(2)  # a person lets the coach finish
            self._card.play_to_mic(self._yes)
            if self._is_said("We go on"):
                return
        raise VirtualCardError("the coach does not understand yes")

    def _speak(self, number: int) -> None:
        self._card.play_to_mic(self._stops[number % len(self._stops)])

    def _is_said(self, text: str) -> bool:
        try:
            self._program.until(text, WINDOW)
        except VirtualCardError:
            if self._program.process.poll() is None:
                return False
            raise VirtualCardError("the coach has ended the session by itself") from None
        return True


class Silences:
    """Finds in two recordings how long after each word the coach was silent."""

    def __init__(self, mouth: Ear, speaker: Ear) -> None:
        """Take what was heard of the person and of the coach."""
        self._mouth, self._speaker = mouth, speaker
        self._said, self._heard = mouth.sound(), speaker.sound()
        earcon = find_earcon(Earcon.STOPPED)
        assert earcon is not None
        self._stopped = load_earcon(earcon)

    def after(self, word: tuple[float, float, Clip]) -> float | None:
        """Return the seconds from the word's end to the coach's silence; None where it talked on."""
        first, last = (max(0, round((at - self._mouth.origin) * RATE)) for at in (word[0] - APART, word[1] + APART))
        end = end_of([word[2]], self._said[first:last])
        if end is None:
            return None
        ended = self._mouth.origin + (first + end) / RATE
        begin = max(0, round((ended - 0.5 - self._speaker.origin) * RATE))
        cut = self._find(self._heard[begin : begin + round((0.5 + WINDOW) * RATE)])
        return None if cut is None else self._speaker.origin + (begin + cut) / RATE - ended

    def _find(self, sound: Clip) -> int | None:
        """Return where the earcon begins, by correlation; None where it is not played."""
        best, likeness = likest(sound, self._stopped)
        return best if likeness > ALIKE else None


def end_of(words: Sequence[Clip], sound: Clip) -> int | None:
    """Return where the likest of these words has its last audible sample in a sound; None where none is there."""
    found = [(*likest(sound, word)[::-1], word) for word in words]
    likeness, place, word = max(found, key=lambda one: one[0])
    if likeness < SAID:
        return None
    return place + int(np.flatnonzero(np.abs(word.astype(np.int32)) >= LOUD)[-1])


def decided(log: Path, recording: Path, words: Sequence[Clip]) -> tuple[list[float], float]:
    """Return the seconds from each word's end in what the coach was given to the decision, and the way in and out."""
    rows: list[dict[str, Any]] = json.loads(log.read_text(encoding="utf-8"))
    mic = soundfile.read(recording, dtype="int16")[0][:, 1]
    after = []
    for row in rows:
        if row["type"] == "Intent" and row["name"] == "stop":
            begin = max(0, row["at"] - 2 * RATE)
            end = end_of(words, mic[begin : row["at"] + RATE])
            after += [] if end is None else [(row["at"] - begin - end) / RATE]
    return after, rows[-1]["loop_delay"] / RATE


def measure(stops: int, starts: int, stall: float, keep: Path | None, *options: str) -> dict[str, Any]:
    """Return all figures: seconds, MiB, and the share of one core. Log and recording stay in the folder `keep`."""
    with VirtualCard() as card, tempfile.TemporaryDirectory() as folder:
        if "--headphones" not in options:
            card.loop_back()
        homes = [Path(folder) / str(number) for number in range(starts)]
        cold = [start_up(card, home, *options) for home in homes]
        warm = [start_up(card, home, *options) for home in homes]
        home = Path(folder) / "stops"
        kept = keep or Path(folder)
        log, recording = kept / "log.json", kept / "both.wav"
        with (
            Ear("user_mouth.monitor", card.env) as mouth,
            Ear("coach_spk.monitor", card.env) as speaker,
            session(card, home, "--log", str(log), "--record", str(recording), *options) as (program, _),
        ):
            talk = Stops(card, program)
            if stall:
                program.process.send_signal(signal.SIGSTOP)
                time.sleep(stall)
                program.process.send_signal(signal.SIGCONT)
            used, began = cpu_seconds(program.process.pid), time.monotonic()
            for number in range(stops):
                talk.say(number)
            share = (cpu_seconds(program.process.pid) - used) / (time.monotonic() - began)
            peak = max(talk.memory, key=lambda held: sum(held.values()))
            silences = Silences(mouth, speaker)
            found = [silences.after(word) for word in talk.words]
        after, loop = decided(log, recording, talk.clips)
    return {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
        "python": platform.python_version(),
        "start_cold_s": cold,
        "start_warm_s": warm,
        "memory_mib": {"all": sum(peak.values()), **peak},
        "cpu_share": share,
        "stop_to_silence_s": found,
        "stop_to_decision_s": after,
        "in_and_out_s": loop,
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
        rows.append(('end of "stop" to silence', spans(heard)))
    if figures["stop_to_decision_s"]:
        rows.append(
            ("of that, from its end at the coach's input to the decision", spans(figures["stop_to_decision_s"]))
        )
    rows.append(("microphone, buffers and speaker, as PortAudio reports them", f"{figures['in_and_out_s']:.2f} s"))
    head = f"{figures['machine']}, Python {figures['python']}\n\n| | |\n|---|---|\n"
    return head + "\n".join(f"| {name} | {value} |" for name, value in rows)


def spans(values: Sequence[float]) -> str:
    """Return what half and nearly all of them are within."""
    p50, p95 = np.percentile(values, [50, 95])
    return f"p50 {p50:.2f} s, p95 {p95:.2f} s, worst {max(values):.2f} s"


def spread(values: list[float]) -> str:
    """Return the median, and all of them."""
    return f"{float(np.median(values)):.2f} s ({', '.join(f'{value:.2f}' for value in values)})"


@click.command()
@click.option("--stops", type=click.IntRange(1), default=24, show_default=True, help='How often "stop" is said.')
@click.option("--starts", type=click.IntRange(1), default=3, show_default=True, help="How often the coach is started.")
@click.option("--headphones", is_flag=True, help="As `run --headphones`: without the echo canceller.")
@click.option("--stall", type=click.FloatRange(0, 5), default=0.0, help="Seconds that the coach is stopped before it.")
@click.option(
    "--keep",
    type=click.Path(file_okay=False, path_type=Path),
    help="Leave the session's log.json and both.wav (coach, microphone) in this folder.",
)
@click.option("--json", "as_json", is_flag=True, help="Write JSON, for programs.")
def main(stops: int, starts: int, stall: float, keep: Path | None, *, headphones: bool, as_json: bool) -> None:
    """Measure a live session on a virtual sound card."""
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
    try:
        figures = measure(stops, starts, stall, keep, *(["--headphones"] if headphones else []))
    except VirtualCardError as error:
        message = f"the session was not what it should be, so nothing was measured: {error}. Look at it with --keep."
        raise click.ClickException(message) from error
    click.echo(json.dumps(figures) if as_json else table(figures))


if __name__ == "__main__":
    main()
