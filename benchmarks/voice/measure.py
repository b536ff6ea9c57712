"""Rate, loudness and intelligibility of clips."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
import soxr

from benchmarks.recognition.sphinx import Engine, jsgf_of
from voice_coach.audio.pcm import Clip, silence, speech_rms, to_signal, trim
from voice_coach.speak.voice_pack import words_of
from voice_coach.timebase import RATE, Samples, samples

MIN_WORDS: Final = 6
"""Words from which on a text counts for the rate: the one of shorter texts is a matter of how they end."""

MIN_PAUSE: Final[Samples] = samples(0.1)
"""Silence within a text that is a pause; the closure of a "t" or a "p" is shorter."""

QUIET: Final = 10 ** (-34 / 20)
"""RMS of a frame in a pause, of that of the loudest frame."""

FRAME: Final[Samples] = samples(0.01)
MIN_LOUDNESS_LENGTH: Final[Samples] = RATE
"""ITU-R BS.1770 measures in blocks of 0.4 s: shorter clips hold too few of them."""

_AROUND: Final = silence(samples(0.3))
_OVERSAMPLING: Final = 4


class Rate(NamedTuple):
    """Words a minute, from the first to the last voiced sample."""

    whole: float
    articulation: float
    """Without the pauses."""


class Spread(NamedTuple):
    """A quantity of many clips."""

    least: float
    middle: float
    most: float


class Misheard(NamedTuple):
    """A text that was taken for another one."""

    text: str
    heard: str
    wrong: int
    """Words that are missing, added or different."""


def rate(clips: Mapping[str, Clip]) -> Rate:
    """Return the rate of the texts of `MIN_WORDS` and more.

    Raises:
        ValueError: there is none among them.
    """
    long = {text: trim(clip) for text, clip in clips.items() if len(text.split()) >= MIN_WORDS}
    if not long:
        raise ValueError(f"no text has {MIN_WORDS} words")
    words = sum(len(text.split()) for text in long)
    whole = sum(clip.size for clip in long.values())
    pauses = sum(paused(clip) for clip in long.values())
    return Rate(60 * words * RATE / whole, 60 * words * RATE / (whole - pauses))


def paused(clip: Clip) -> Samples:
    """Return how long the pauses of a clip are in all."""
    frames = to_signal(clip[: clip.size // FRAME * FRAME]).reshape(-1, FRAME)
    levels = np.sqrt(np.square(frames).mean(axis=1))
    quiet = np.concatenate(([0], levels < QUIET * levels.max(initial=0), [0])).astype(int)
    begins, ends = np.flatnonzero(np.diff(quiet) == 1), np.flatnonzero(np.diff(quiet) == -1)
    lengths = (ends - begins) * FRAME
    return int(lengths[lengths >= MIN_PAUSE].sum())


def loudness(clips: Iterable[Clip]) -> Spread:
    """Return the loudness of the clips that are long enough, in LUFS."""
    import pyloudnorm  # noqa: PLC0415 - benchmarks/requirements.txt

    meter = pyloudnorm.Meter(RATE)
    found = [
        meter.integrated_loudness(to_signal(clip).astype(np.float64))
        for clip in clips
        if clip.size >= MIN_LOUDNESS_LENGTH
    ]
    return _spread(found)


def short_rms(clips: Iterable[Clip]) -> Spread:
    """Return the RMS of the speech in the other clips, in dB of full scale."""
    return _spread([20 * np.log10(speech_rms(clip)) for clip in clips if 0 < clip.size < MIN_LOUDNESS_LENGTH])


def true_peak(clips: Iterable[Clip]) -> float:
    """Return the greatest amplitude of all, also between samples, in dB of full scale."""
    peaks = [np.abs(soxr.resample(to_signal(clip), RATE, _OVERSAMPLING * RATE)).max() for clip in clips if clip.size]
    return float(20 * np.log10(max(peaks)))


def _spread(found: Sequence[float]) -> Spread:
    if not found:
        return Spread(np.nan, np.nan, np.nan)
    return Spread(float(min(found)), float(np.median(found)), float(max(found)))


class Chooser:
    """PocketSphinx, made to choose one of these texts; it has selected no clip of any pack."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Take the texts; those with a word that is not in its dictionary are left out."""
        known = Engine(jsgf_of([])).decoder
        self.texts = {
            text: " ".join(words)
            for text in texts
            if (words := _plain(text)) and all(known.lookup_word(word) for word in words)
        }
        self._engine = Engine(jsgf_of(sorted(set(self.texts.values()))))

    def misheard(self, clips: Mapping[str, Clip]) -> Iterator[Misheard]:
        """Yield the texts of which the clip was taken for another one; the clips of texts that it lacks are skipped."""
        for text, clip in clips.items():
            if (said := self.texts.get(text)) is None:
                continue
            heard, _ = self._engine.decode(np.concatenate((_AROUND, clip, _AROUND)))
            if wrong := distance(said.split(), heard.split()):
                yield Misheard(text, heard, wrong)


def _plain(text: str) -> list[str]:
    return [part for word in words_of(text) for part in word.replace("-", " ").split()]


def distance(said: Sequence[str], heard: Sequence[str]) -> int:
    """Return how many words must be added, removed or replaced to make one from the other."""
    row = list(range(len(heard) + 1))
    for number, word in enumerate(said, 1):
        before, row[0] = row[0], number
        for place, other in enumerate(heard, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (word != other))
    return row[-1]
