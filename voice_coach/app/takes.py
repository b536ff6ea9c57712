"""Judge and level a take: one sentence, as a microphone heard it. Pure but for the recogniser."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum, auto
from pathlib import Path
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from voice_coach.audio.pcm import FULL_SCALE, Clip, fade, silence, speech_rms, to_signal, without_offset
from voice_coach.doctor.sound import MIN_VOICE_LEVEL, clipped
from voice_coach.errors import RecognitionError
from voice_coach.hear.asr.vosk import EMBEDDED, VoskRecognizer
from voice_coach.hear.grammar.grammar import UNKNOWN, Grammar, Phrase
from voice_coach.speak.loudness import shape
from voice_coach.speak.voice_pack import words_of
from voice_coach.timebase import Samples, samples

MIN_ABOVE_NOISE: Final = 20.0
"""Minimum level of the voice above the room, in dB: with less, the noise audibly comes and goes with each sentence."""

MIN_WORDS_ALIKE: Final = 0.5
"""Share of words in common from which on a text was read aloud, from 0 to 1."""

_FRAME: Final[Samples] = samples(0.01)
_MIN_VOICE: Final = 3
"""Frames in a row that are a voice and no click."""
_ABOVE_NOISE: Final = 10 ** (10 / 10)
"""Power of a frame with voice, as a multiple of the room's."""
_BELOW_PEAK: Final = 10 ** (-35 / 10)
"""The same as a fraction of the loudest frame's: "f" and "s" are up to 30 dB below a vowel."""
_QUIET_SHARE: Final = 0.2
"""Share of the frames, the quietest ones, that tell how loud the room is."""
_HEAD: Final[Samples] = samples(0.03)
_TAIL: Final[Samples] = samples(0.08)
"""Kept before and after the voice, as it comes and goes gradually."""


class Recorded(NamedTuple):
    """The microphone's sound, from the tone to the silence after the sentence."""

    sound: Clip
    torn: bool = False
    """Sound was lost in between, as on a busy computer: words may be missing."""


@dataclass(frozen=True, slots=True)
class Take:
    """A sentence, cut and at the coach's loudness."""

    clip: Clip
    """Empty: there is no voice."""
    flaws: tuple[str, ...]
    """What is wrong with it, a sentence each, with the remedy."""


class Verdict(Enum):
    """The recogniser's opinion of a take."""

    HEARD = auto()
    """It says the text."""
    OTHER = auto()
    """It says another text."""
    UNSURE = auto()
    """The recogniser can't tell."""


class Opinion(NamedTuple):
    """What the recogniser makes of a take."""

    verdict: Verdict
    why: str = ""
    """The other text, or why it can't tell, in a sentence; empty if the text was heard."""


class Checker(Protocol):
    """Listens to takes."""

    def check(self, clip: Clip, text: str, others: Sequence[str]) -> Opinion:
        """Tell whether a clip says the text rather than one of the others."""


def level(mic: Clip, *, torn: bool = False) -> Take:
    """Cut the voice out of what a microphone heard, bring it to the coach's loudness, and look for flaws.

    Args:
        mic: a sentence, with some of the silent room before or after it.
        torn: whether sound was lost in between.
    """
    sound = without_offset(mic)
    power = _power(sound)
    room = _room(power)
    first, last = _voiced(power, room) or (0, 0)
    cut = sound[max(0, first * _FRAME - _HEAD) : last * _FRAME + _TAIL] if last else silence(0)
    voice = 20 * np.log10(max(speech_rms(cut), 1e-9))
    if voice < MIN_VOICE_LEVEL:
        return Take(silence(0), ("There is no voice in it: speak louder, or move the microphone closer.",))
    flaws = []
    if torn:
        flaws.append("Sound was lost while it was recorded: say it again, and close other programs if that repeats.")
    if clipped(mic):
        flaws.append("Its loudest peaks are cut off: turn the microphone down, or move away from it.")
    if (above := voice - 10 * np.log10(max(room, 1e-12))) < MIN_ABOVE_NOISE:
        flaws.append(f"The voice is only {above:.0f} dB above the room: find a quieter one, or move closer.")
    return Take(shape(fade(cut, head=_HEAD, tail=_TAIL)), tuple(flaws))


def _power(sound: Clip) -> NDArray[np.float64]:
    frames = to_signal(sound[: sound.size // _FRAME * _FRAME]).reshape(-1, _FRAME)
    power: NDArray[np.float64] = np.square(frames, dtype=np.float64).mean(axis=1)
    return power


def _room(power: NDArray[np.float64]) -> float:
    """Return the power of the quietest frames."""
    quietest = np.sort(power)[: max(1, round(_QUIET_SHARE * power.size))]
    return max(float(quietest.mean()) if power.size else 0.0, FULL_SCALE**-2)


def _voiced(power: NDArray[np.float64], room: float) -> tuple[int, int] | None:
    """Return the first frame with voice, and the one after the last; None: there is none."""
    loud = power >= max(room * _ABOVE_NOISE, power.max(initial=0) * _BELOW_PEAK)
    runs = np.flatnonzero(np.diff(np.concatenate(([0], loud, [0])).astype(np.int8))).reshape(-1, 2)
    long = runs[runs[:, 1] - runs[:, 0] >= _MIN_VOICE]
    return (int(long[0, 0]), int(long[-1, 1])) if long.size else None


class RecognizerChecker:
    """Listens with the embedded recogniser, in which each text is as likely as another.

    It was tried with the woman's voice pack: of 78 texts of all lengths, 66 had three quarters of their words in what
    was heard; of 156 other texts 2 had half, and both were almost the same as the one asked for.
    """

    def check(self, clip: Clip, text: str, others: Sequence[str]) -> Opinion:
        """Tell whether a clip says the text rather than one of the others; loads the model each time, in 0.2 s."""
        choices = dict.fromkeys(tuple(_words(one)) for one in (text, *others))
        grammar = Grammar(Path("texts"), "en", tuple(Phrase(words, "said") for words in choices if words))
        try:
            recognizer = VoskRecognizer(EMBEDDED, grammar)
        except RecognitionError as error:
            return Opinion(Verdict.UNSURE, str(error))
        with closing(recognizer):
            unknown = sorted(set(_words(text)) & set(recognizer.gaps.words))
            if unknown:
                return Opinion(Verdict.UNSURE, f"The recogniser does not know {', '.join(unknown)}: listen yourself.")
            recognizer.begin(0, numbers=True)
            recognizer.accept(np.concatenate((silence(_SILENCE), clip, silence(_SILENCE))))
            recognizer.end()
            (heard,) = [found.text for found in recognizer.poll() if found.final]
        return compare(heard, text, others)


_SILENCE: Final[Samples] = samples(0.4)
"""Around a clip, as the recogniser is used to."""


def compare(heard: str, text: str, others: Sequence[str]) -> Opinion:
    """Judge by the words that were heard whether the text was said.

    Args:
        heard: words, and `[unk]` for those that are none of the texts'.
        text: what should be heard.
        others: what may have been said instead.
    """
    words = [word for word in heard.split() if word != UNKNOWN]
    alike = {one: SequenceMatcher(None, words, _words(one), autojunk=False).ratio() for one in (text, *others)}
    best = max(alike, key=lambda one: (alike[one], one == text))
    if alike[best] < MIN_WORDS_ALIKE:
        return Opinion(Verdict.UNSURE, "The recogniser can't tell what it says: listen yourself.")
    return Opinion(Verdict.HEARD) if alike[best] == alike[text] else Opinion(Verdict.OTHER, best)


def _words(text: str) -> list[str]:
    """Return a text's words as the recogniser knows them, "twenty-one" as two."""
    return [part for word in words_of(text) for part in word.split("-")]
