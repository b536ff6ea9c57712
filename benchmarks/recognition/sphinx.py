"""PocketSphinx 5.1.1 in its best known settings: forced choice, and a fitted score that can reject.

Segments come from the same voice detector as ours hears with. Words and the coach's phrases: no language model, no
`bestpath`, more pronunciations of three words; the score compares the best path with a phone loop, looks at the words'
own scores and lengths, and asks a second decoder, without noise removal, for its opinion. Coffee orders: the whole
file, wide beams, no rejection.
"""

import math
import shutil
import tempfile
import time  # noqa: TID251 - CPU time is what is measured
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.recognition.hearing import Heard, Sound, Tasks
from benchmarks.recognition.noise import halved
from voice_coach.audio.pcm import FULL_SCALE, Clip, silence
from voice_coach.hear.endpoint import Begin, End, Endpointer, Endpointing, Feed, Shape
from voice_coach.hear.vad import CHUNK
from voice_coach.timebase import RATE, Samples, samples, seconds

FRAME: Final[Samples] = RATE // 100
LONGEST: Final[Samples] = samples(4.3)
"""A longer segment is not a command and is not decoded."""
MARGIN: Final[Samples] = samples(0.32)
"""Sound taken before a segment's first speech, and silence that ends it."""
PRONUNCIATIONS: Final = {
    "stop": ("T AA P", "S T AA", "S T AO P", "S T AH P", "D AA P"),
    "up": ("AH", "AA P", "AH B"),
    "off": ("AO", "AA F", "AO TH", "AH F"),
}
"""Besides those of its dictionary."""
FLOOR: Final = 0.0015
"""Noise (full scale 1) added to clean coffee orders, which hold digital silence: it gains 8 points."""
BEAMS: Final = {"beam": 1e-60, "wbeam": 1e-40, "pbeam": 1e-60}
NEVER: Final = -99.0
"""The score of what could not be scored."""


@dataclass(frozen=True, slots=True)
class Formula:
    """The fitted score of a segment, and from where on it is taken."""

    start: float
    against_phones: float
    mean_word: float
    worst_word: float
    agreed: float
    length: float
    frames_a_letter: float
    several: float
    stop: float
    """Least score of a "stop"."""
    other: float
    """Least score of all else."""


FORMULAS: Final = {
    "words": Formula(3.87, 0.194, 0.282, 0.282, 1.309, -2.143, -0.2, 0.0, stop=-0.27, other=0.0),
    "coach": Formula(2.903, 0.18, 0.469, 0.167, 1.153, -2.226, 0.576, -1.137, stop=-1.03, other=0.0),
}


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the best path."""

    text: str
    frames: int
    score: float
    """Acoustic score of the whole word."""


class Engine:
    """A decoder with one grammar."""

    def __init__(
        self, jsgf: str | None, *, noise_removal: bool = True, settings: Mapping[str, float] | None = None
    ) -> None:
        """Take a grammar; None: a loop of phones."""
        import pocketsphinx  # noqa: PLC0415 - only here: the project does without it

        with tempfile.TemporaryDirectory() as folder:
            named: dict[str, object] = dict(settings or {})
            if jsgf is None:
                named["allphone"] = str(model_folder() / "en-us-phone.lm.bin")
            else:
                path = Path(folder) / "grammar.jsgf"
                path.write_text(jsgf, encoding="utf-8")
                named["jsgf"] = str(path)
            if not noise_removal:
                named["hmm"] = str(_without_noise_removal(Path(folder)))
            self.decoder = pocketsphinx.Decoder(lm=None, bestpath=False, compallsen=True, loglevel="FATAL", **named)

    def decode(self, clip: Clip) -> tuple[str, float]:
        """Return the text of the best path and its score; nothing and nothing where there is no path."""
        self.decoder.start_utt()
        self.decoder.process_raw(clip.tobytes(), full_utt=True)
        self.decoder.end_utt()
        best = self.decoder.hyp()
        return (best.hypstr, _logarithm(best.score)) if best else ("", -math.inf)

    def words(self) -> list[Word]:
        """Return the words of the best path, without silences."""
        found = [(part.word, part.end_frame - part.start_frame + 1, part.ascore) for part in self.decoder.seg() or ()]
        return [Word(text, frames, _logarithm(score)) for text, frames, score in found if text[0] not in "<(["]


def model_folder() -> Path:
    """Return where the model that PocketSphinx brings along is."""
    import pocketsphinx  # noqa: PLC0415 - see above

    return Path(pocketsphinx.get_model_path("en-us"))


def _without_noise_removal(folder: Path) -> Path:
    """The setting is in the model's own file and can't be given in another way."""
    copy = folder / "model"
    shutil.copytree(model_folder() / "en-us", copy)
    settings = copy / "feat.params"
    settings.write_text(settings.read_text("utf-8").replace("-remove_noise yes", "-remove_noise no"), "utf-8")
    return copy


def _logarithm(score: float) -> float:
    """Return what PocketSphinx counts in."""
    return 1024 * math.log(score) if score > 0 else -300.0 * 1024


class PocketSphinx:
    """All of it. `Heard.taken` tells what passes the thresholds; with forced choice all does."""

    slow = True

    def __init__(self, name: str, tasks: Tasks) -> None:
        """Open nothing yet."""
        self.name = name
        self._tasks = tasks
        self._phones: Engine | None = None
        self._open: dict[tuple[str, bool], tuple[Engine, Engine]] = {}
        self._coffee: Engine | None = None

    def hear(self, sound: Sound, task: str) -> tuple[Heard, ...]:
        """Return what is taken for a command, in order."""
        if task == "coffee":
            return self._order(sound)
        found: list[Heard] = []
        for clip, voiced, end in segments(sound):
            if len(clip) <= LONGEST:
                found += self._segment(sound, task, clip, voiced, end)
        return tuple(found)

    def _segment(self, sound: Sound, task: str, clip: Clip, voiced: Samples, end: Samples) -> tuple[Heard, ...]:
        began = time.process_time()
        first, second = self._engines(task, numbers=self._tasks.numbers(task, sound.take))
        text, path = first.decode(clip)
        words = first.words()
        if not text or not words:
            return ()
        other, _ = second.decode(clip)
        _, loop = self._loop().decode(clip)
        value = score(FORMULAS[task], words, path - loop, voiced // FRAME, agreed=other == text)
        took = time.process_time() - began
        meaning = self._tasks.meaning(task, sound.take, text)
        if not meaning.intent:
            return ()
        least = FORMULAS[task].stop if meaning.intent == "stop" else FORMULAS[task].other
        found = Heard(meaning.intent, text, seconds(end), took, value, ask=meaning.ask, red=meaning.red)
        return (replace(found, taken=value >= least),)

    def _engines(self, task: str, *, numbers: bool) -> tuple[Engine, Engine]:
        if (task, numbers) not in self._open:
            phrases = self._tasks.grammar(task).sample(numbers=numbers)
            first = Engine(jsgf_of([]))
            known = [text for text in phrases if all(first.decoder.lookup_word(word) for word in text.split())]
            pair = Engine(jsgf_of(known)), Engine(jsgf_of(known), noise_removal=False)
            for engine in pair:
                _pronounce(engine, known)
            self._open[task, numbers] = pair
        return self._open[task, numbers]

    def _loop(self) -> Engine:
        self._phones = self._phones or Engine(None)
        return self._phones

    def _order(self, sound: Sound) -> tuple[Heard, ...]:
        self._coffee = self._coffee or Engine(self._tasks.coffee_text, settings=BEAMS)
        clip = sound.clip if sound.take.decibels is not None else _floored(sound.clip)
        began = time.process_time()
        text, _ = self._coffee.decode(clip)
        took = time.process_time() - began
        return self._tasks.order(text, seconds(len(clip)), took)


def jsgf_of(phrases: Sequence[str]) -> str:
    """Return a grammar of these phrases."""
    return "#JSGF V1.0; grammar g; public <g> = " + (" | ".join(phrases) or "stop") + ";"


def _pronounce(engine: Engine, phrases: Sequence[str]) -> None:
    spoken = {word for text in phrases for word in text.split()}
    more = [
        (f"{word}({i})", sounds)
        for word, all_sounds in PRONUNCIATIONS.items()
        if word in spoken
        for i, sounds in enumerate(all_sounds, 2)
    ]
    for place, (word, sounds) in enumerate(more, 1):
        engine.decoder.add_word(word, sounds, update=place == len(more))


def _floored(clip: Clip) -> Clip:
    noise = np.random.default_rng(len(clip)).normal(0, FLOOR * FULL_SCALE, len(clip))
    return np.rint(halved(clip) + noise).astype(np.int16)


def score(formula: Formula, words: Sequence[Word], lead: float, voiced: int, *, agreed: bool) -> float:
    """Return how sure a segment is.

    Args:
        formula: the weights.
        words: the best path.
        lead: its score over that of the loop of phones.
        voiced: frames of speech that the detector saw.
        agreed: whether the second decoder heard the same.
    """
    frames = sum(word.frames for word in words)
    if not math.isfinite(lead):
        return NEVER
    letters = sum(len(word.text.partition("(")[0]) for word in words)
    each = [word.score / word.frames for word in words]
    return (
        formula.start
        + formula.against_phones * lead / max(frames, 20)
        + formula.mean_word * sum(word.score for word in words) / frames
        + formula.worst_word * min(each)
        + formula.agreed * agreed
        + formula.length * abs(math.log(frames / max(voiced, 1)))
        + formula.frames_a_letter * min(frames / max(letters, 1), 25) / 10
        + formula.several * (len(words) > 1)
    )


def segments(sound: Sound) -> list[tuple[Clip, Samples, Samples]]:
    """Return each stretch of speech: its samples, how many of them are speech, and where its end was known."""
    settings = Endpointing(before=MARGIN, silence_after=tuple((shape, MARGIN) for shape in Shape))
    endpointer = Endpointer(settings)
    found: list[tuple[Clip, Samples, Samples]] = []
    parts: list[Clip] = [silence(0)]
    for i, probability in enumerate(sound.probabilities):
        chunk = sound.stream[i * CHUNK : (i + 1) * CHUNK]
        for cue in endpointer.feed(chunk, i * CHUNK, probability, Shape.OTHER):
            match cue:
                case Begin(_, audio):
                    parts = [audio]
                case Feed(audio):
                    parts.append(audio)
                case End(at):
                    clip = np.concatenate(parts)
                    found.append((clip, max(len(clip) - 2 * MARGIN, FRAME), at))
    return found
