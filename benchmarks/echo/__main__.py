"""How often the coach takes itself for the user, and how often it hears a word that is said while it speaks.

    make bench-echo SPEECH=FOLDER [ARGS="--minutes 60 --speakers 20 --condition 'living, mild, +5 dB' --full"]

SPEECH is a folder with recordings `dev/words/WORD/SPEAKER_*.flac` of real people. Rooms, loudspeakers, drifting clocks
and a jump of the delay are simulated block by block (air.py), so that a coach that lowers its voice is heard lowered.
The coach says all its prompts in two voices; every way of hearing (hearers.py) goes through the same recogniser.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np

from benchmarks.echo.air import Air, Condition, conditions
from benchmarks.echo.hearers import METHODS, Hearer, Nothing, open_hearer
from benchmarks.echo.material import WORDS, Said, Speech, neutral, prompts, recordings, user
from tests.hear.room import Wave
from voice_coach.audio.pcm import Clip, silence, to_clip, to_signal
from voice_coach.config.engines import grammar_file
from voice_coach.events import Intent
from voice_coach.hear.grammar.grammar import Grammar
from voice_coach.hear.grammar.load import load_grammar
from voice_coach.speak.mixer import RAMP, RISE, Loudness
from voice_coach.speak.player import DUCKING
from voice_coach.timebase import BLOCK, Samples, samples, seconds

SOON: Samples = samples(2)
"""A word that is heard later than this after it began is not counted."""


@dataclass(frozen=True)
class Result:
    """The result of one pass."""

    found: list[Intent]
    cpu: float
    """Seconds of CPU a second of sound, of taking the echo out."""
    reduced: float
    """Decibels by which the microphone was quieter behind it."""


def through(hearer: Hearer, air: Air | None, speech: Speech, voice: Wave | None = None) -> Result:
    """Let the coach speak and the user too, block by block; `air` None: the coach is silent."""
    found: list[Intent] = []
    loudness = Loudness(1.0)
    played = silence(BLOCK)
    rest = list(speech.lines)
    length = len(speech.clip) // BLOCK * BLOCK
    for at in range(0, length, BLOCK):
        mic = air.hear(BLOCK) if air else np.zeros(BLOCK)
        if voice is not None:
            mic = mic + voice[at : at + BLOCK]
        while rest and rest[0].end < at - BLOCK:
            rest.pop(0)
        saying = [line for line in rest[:2] if line.start < at] if air else []
        heard = hearer.process(to_clip(mic.astype(np.float32)), played, at, saying)
        found += [event for event in heard if isinstance(event, Intent)]
        played = _played(speech.clip[at : at + BLOCK], at, loudness, low=hearer.lowers_the_voice)
        if air:
            air.play(played)
    hearer.close()
    reduced = 10 * np.log10((hearer.heard + 1e-9) / (hearer.left + 1e-9))
    return Result(found, hearer.cpu / seconds(length), float(reduced))


def _played(block: Clip, at: Samples, loudness: Loudness, *, low: bool) -> Clip:
    gain = 10 ** (DUCKING / 20) if low else 1.0
    loudness.change(gain, at, RAMP if low else RISE)
    return to_clip(loudness.apply(to_signal(block), at))


def caught(found: list[Intent], said: list[Said]) -> Counter[str]:
    """Return how many of each word were heard in time."""
    return Counter(
        one.word
        for one in said
        if any(event.name == WORDS[one.word] and one.at < event.end < one.at + SOON for event in found)
    )


def elsewhere(found: list[Intent], said: list[Said]) -> int:
    """Return how many intents were heard where the user had said nothing."""
    return sum(not any(one.at < event.end < one.at + SOON for one in said) for event in found)


def mistaken(found: list[Intent], said: list[Said]) -> int:
    """Return how many words were taken for something else."""
    return sum(
        any(event.name != WORDS[one.word] and one.at < event.end < one.at + SOON for event in found) for one in said
    )


@dataclass(frozen=True)
class Material:
    """The material for each condition."""

    grammar: Grammar
    alone: Speech
    clips: dict[str, list[Clip]]

    def clean(self, condition: Condition) -> Counter[str]:
        """Return how many of each word are heard in that room with a silent coach."""
        voice, said = user(condition.room, self.clips)
        quiet = Speech(silence(len(voice)), ())
        hiss = Air(condition, 0)
        noise = np.concatenate([hiss.hear(BLOCK) for _ in range(len(voice) // BLOCK + 1)])[: len(voice)]
        return caught(through(Nothing(self.grammar), None, quiet, voice + noise).found, said)

    def row(self, condition: Condition, method: str, clean: Counter[str]) -> str:
        """Return the table's row of a way to hear in a condition."""
        voice, said = user(condition.room, self.clips)
        over = neutral(len(voice))

        def session(speech: Speech, wave: Wave | None = None) -> Result:
            return through(open_hearer(method, self.grammar, condition), Air(condition, len(speech.clip)), speech, wave)

        own, double = session(self.alone), session(over, voice)
        red = sum(event.name in self.grammar.red or event.name == "stop" for event in own.found)
        heard = caught(double.found, said)
        words = "".join(f"{heard[word]:4}/{clean[word]:<3}" for word in WORDS)
        share = 100 * heard.total() / max(clean.total(), 1)
        wrong, false = mistaken(double.found, said), elsewhere(double.found, said)
        heard_as = f"{words}{share:6.1f}{wrong:6}{false:6}"
        return f"{len(own.found):5}{red:5}{heard_as}{own.reduced:7.1f}{100 * own.cpu:6.1f}"


@click.command()
@click.argument("speech", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--minutes", default=10.0, help="How long the coach speaks alone, in each condition.")
@click.option("--speakers", default=15, help="People who say each of the words.")
@click.option("--condition", "names", multiple=True, metavar="NAME", help="Only this one; see `--list`.")
@click.option("--method", "methods", multiple=True, type=click.Choice(METHODS), help="Only this one.")
@click.option("--full", is_flag=True, help="Each room with each drift and jump.")
@click.option("--list", "listing", is_flag=True, help="Only name the conditions.")
def main(  # noqa: PLR0913 - one for each option
    speech: Path, minutes: float, speakers: int, names: tuple[str, ...], methods: tuple[str, ...], *, full: bool,
    listing: bool,
) -> None:  # fmt: skip
    """Print the table, a row as soon as it is known."""
    chosen = [one for one in conditions(full=full or bool(names)) if not names or one.name in names]
    if listing or not chosen:
        click.echo("\n".join(one.name for one in conditions(full=full)))
        return
    grammar = load_grammar(grammar_file("en"))
    material = Material(grammar, prompts(samples(60 * minutes)), recordings(speech, speakers))
    click.echo(f"coach alone {minutes:.0f} min in two voices; each word by up to {speakers} people, heard/without echo")
    words = "".join(f"{word:>8}" for word in WORDS)
    click.echo(f"{'':34}{'':18}{'self':>5}{'red':>5}{words}{'%':>6}{'wrong':>6}{'false':>6}{'dB':>7}{'CPU %':>6}")
    for condition in chosen:
        clean = material.clean(condition)
        for method in methods or METHODS:
            click.echo(f"{condition.name:34}{method:18}{material.row(condition, method, clean)}")


if __name__ == "__main__":
    main()
