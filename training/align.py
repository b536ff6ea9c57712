"""Where each sound of an utterance lies: forced alignment by PocketSphinx, whose own model is used for nothing else."""

from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from training.corpus import Segment, Utterance
from training.lexicon import lexicon
from training.sounds import ARPABET
from voice_coach.timebase import RATE

_PEAK: Final = 12_000
_FRAME: Final = 0.01
_PADDINGS: Final = (0.1, 0.35)
"""Seconds of near-silence put around a clip; words that are cut short are found with the longer one only."""
_HISS: Final = 4.0
"""Standard deviation of the noise in the padding: digital silence confuses PocketSphinx's noise model."""


def align(utterance: Utterance) -> tuple[Segment, ...] | None:
    """Return the utterance's sounds in order, or None where they can't be found in it."""
    decoder = _decoder()
    for word, pronunciations in lexicon(utterance.text.split()).items():
        if decoder.lookup_word(word) is None:
            for number, sounds in enumerate(pronunciations, 1):
                decoder.add_word(word if number == 1 else f"{word}({number})", " ".join(sounds), True)  # noqa: FBT003
    for padding in _PADDINGS:
        if found := _found(decoder, utterance, padding):
            return found
    return None


@cache
def _decoder() -> Any:  # noqa: ANN401  (the package has no types)
    import pocketsphinx  # noqa: PLC0415  (an extra, and only the aligning process needs it)

    return pocketsphinx.Decoder(lm=None, loglevel="FATAL", beam=1e-80, pbeam=1e-80, wbeam=1e-60)


def _found(decoder: Any, utterance: Utterance, padding: float) -> tuple[Segment, ...] | None:  # noqa: ANN401
    sound = _padded(utterance.wave, padding)
    try:
        decoder.set_align_text(utterance.text)
        _decode(decoder, sound)
        if decoder.hyp() is None:
            return None
        decoder.set_alignment()
        _decode(decoder, sound)
    except RuntimeError:  # what PocketSphinx raises where the words are not in the sound
        return None
    ends = [
        (sound.name if sound.name in ARPABET else None, (sound.start + sound.duration) * _FRAME - padding)
        for word in decoder.get_alignment()
        for sound in word
    ]
    segments = tuple((sound, end) for sound, end in ends if end > 0)
    return segments if any(sound for sound, _ in segments) else None


def _decode(decoder: Any, sound: bytes) -> None:  # noqa: ANN401
    decoder.start_utt()
    decoder.process_raw(sound, full_utt=True)
    decoder.end_utt()


def _padded(wave: npt.NDArray[np.int16], padding: float) -> bytes:
    """Return the wave at a steady level with hiss around it, as bytes."""
    level = wave.astype(np.float64) * _PEAK / (np.abs(wave.astype(np.int32)).max() + 1)
    sound = np.pad(level, round(padding * RATE))
    sound += np.random.default_rng(0).normal(size=len(sound)) * _HISS
    samples: npt.NDArray[np.int16] = np.clip(sound, -32768, 32767).astype("<i2")
    return samples.tobytes()
