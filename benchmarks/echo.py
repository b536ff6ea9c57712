"""How often the coach takes itself for the user, and how often it hears a "stop" that is said while it speaks.

    python -m benchmarks.echo SPEECH [--clips 30] [--lines 60] [--condition NAME]...

SPEECH is a folder with recordings `dev/words/stop/SPEAKER_*.flac` of real people; one of each speaker is taken. The
rooms are simulated (tests/hear/room.py), the coach says its own prompts in its own voice, and all of it goes through
the real listener, without an echo canceller and with it. What the coach says itself is not told to the listener, so
the rule against own words (V13) does not help.
"""

from dataclasses import dataclass
from pathlib import Path
from time import process_time  # noqa: TID251 - CPU time is what is measured
from typing import Final

import click
import numpy as np

from tests.hear.room import Room, Wave, in_turn, spoken
from voice_coach.audio.pcm import Clip, load, silence
from voice_coach.config import grammar_file
from voice_coach.events import Intent
from voice_coach.exercise.prompts import load_prompts
from voice_coach.hear.echo import EchoCanceller
from voice_coach.hear.grammar import Grammar
from voice_coach.hear.listener import open_listener
from voice_coach.timebase import BLOCK, RATE, Samples, samples, seconds

CONDITIONS: Final = {
    "echo 0 dB": Room(echo=0),
    "echo +5 dB": Room(echo=5),
    "echo +10 dB": Room(echo=10),
    "+5 dB, 300 ms, long room": Room(echo=5, delay=samples(0.3), fades_in=0.45),
    "+5 dB, bad loudspeaker": Room(echo=5, drive=6),
}

NEUTRAL: Final = (
    "Lie on your side, with the painful side up.",
    "Bend both knees, and rest the upper arm on your hip.",
    "Breathe in, and let the shoulder sink to the floor.",
    "Keep the knees together while the upper body turns.",
    "Hold. One. Two. Three. Four. Five. Six. Seven. Eight.",
)
"""What the coach says while the user says stop: nothing that it could take for a command."""

APART: Final[Samples] = samples(3)
"""From one stop of the user to the next."""

SOON: Final[Samples] = samples(2)
"""A stop that is heard later than this after it began is not counted."""


@dataclass(frozen=True)
class Result:
    """What was heard."""

    found: list[Intent]
    cpu: float
    """Seconds of CPU a second of sound, of the echo canceller alone."""
    reduced: float
    """Decibels by which the microphone was quieter behind the canceller."""


def listen(grammar: Grammar, mic: Clip, played: Clip, *, cancel: bool) -> Result:
    """Return what the listener takes from this microphone."""
    listener = open_listener(grammar, open_speaker=cancel)
    listener.listen("check", grammar.intents - {"number"})
    found: list[Intent] = []
    for at in range(0, len(mic) - BLOCK + 1, BLOCK):
        block = slice(at, at + BLOCK)
        heard = listener.process(mic[block], played[block], at)
        found += [event for event in heard if isinstance(event, Intent)]
    listener.close()
    return Result(found, *(measure(mic, played) if cancel else (0.0, 0.0)))


def measure(mic: Clip, played: Clip) -> tuple[float, float]:
    """Return the canceller's CPU time, and how much quieter the microphone is behind it from the third second on."""
    canceller = EchoCanceller(multiple=512)
    began = process_time()
    left = np.concatenate(
        [canceller.process(mic[i : i + 512], played[i : i + 512]) for i in range(0, len(mic) - 511, 512)]
    )
    cpu = (process_time() - began) / seconds(len(mic))
    before, after = (np.square(clip[3 * RATE : len(left)] / 32768).sum() for clip in (mic, left))
    return cpu, float(10 * np.log10(before / after))


def commands(count: int) -> list[str]:
    """Return prompts of the coach, first those that hold the gravest words."""
    texts = [text for sentences in load_prompts().texts.values() for text in sentences if "{" not in text]
    words = ("stop", "worse", "pause", "finish", "resume", "better", "yes", "left", "repeat")
    return sorted(dict.fromkeys(texts), key=lambda text: [word not in text.lower() for word in words])[:count]


def stops(folder: Path, count: int) -> list[Clip]:
    """Return one recording of each of so many speakers."""
    first: dict[str, Path] = {}
    for path in sorted(folder.glob("dev/words/stop/*.flac")):
        first.setdefault(path.stem.split("_")[0], path)
    if not first:
        raise click.BadParameter(f"{folder} has no recordings dev/words/stop/*.flac.")
    return [load(path) for path in list(first.values())[:count]]


def user(room: Room, clips: list[Clip], length: Samples) -> tuple[Wave, list[Samples]]:
    """Return the user at the microphone, and where each stop begins."""
    voice, starts = np.zeros(length), []
    for number, clip in enumerate(clips):
        at = (number + 2) * APART + number % 7 * samples(0.1)
        said = room.user(np.concatenate((clip, silence(RATE // 4))) / 32768)
        voice[at : at + len(said)] += said
        starts.append(at)
    return voice, starts


def caught(found: list[Intent], starts: list[Samples]) -> int:
    """Return how many stops were heard in time."""
    heard = [event.end for event in found if event.name == "stop"]
    return sum(any(start < end < start + SOON for end in heard) for start in starts)


def elsewhere(found: list[Intent], starts: list[Samples]) -> int:
    """Return how many intents were heard where the user had said nothing."""
    return sum(not any(start < event.end < start + SOON for start in starts) for event in found)


@click.command()
@click.argument("speech", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--clips", default=30, help="Speakers who say stop.")
@click.option("--lines", default=60, help="Prompts that the coach says alone.")
@click.option("--condition", "names", multiple=True, type=click.Choice(list(CONDITIONS)), help="Only this one.")
def main(speech: Path, clips: int, lines: int, names: tuple[str, ...]) -> None:
    """Print the table."""
    grammar = Grammar.load(grammar_file("en"))
    alone = in_turn(spoken(commands(lines)), 1.0)
    said = stops(speech, clips)
    length = (len(said) + 3) * APART
    over = np.resize(in_turn(spoken(NEUTRAL), 0.2), length)
    quiet, starts = user(Room(), said, length)
    clean = listen(grammar, Room().microphone(quiet), silence(length), cancel=False)
    click.echo(f"coach alone {seconds(len(alone)):.0f} s, {lines} lines; {len(said)} stops, of which without any echo")
    click.echo(f"{caught(clean.found, starts)} are heard, and {elsewhere(clean.found, starts)} that were not said")
    click.echo(f"{'':28}{'canceller':10}{'self':>5}{'red':>5}{'stops':>7}{'false':>6}{'dB':>6}{'CPU %':>7}")
    for name in names or CONDITIONS:
        room = CONDITIONS[name]
        voice, starts = user(room, said, length)
        both, coach = room.microphone(room.coach(over), voice), room.microphone(room.coach(alone))
        for cancel in (False, True):
            own = listen(grammar, coach, alone, cancel=cancel)
            double = listen(grammar, both, over, cancel=cancel)
            red = sum(event.name in grammar.red or event.name == "stop" for event in own.found)
            row = f"{len(own.found):5}{red:5}{caught(double.found, starts):7}{elsewhere(double.found, starts):6}"
            click.echo(f"{name:28}{'ours' if cancel else 'none':10}{row}{own.reduced:6.1f}{100 * own.cpu:7.1f}")


if __name__ == "__main__":
    main()
