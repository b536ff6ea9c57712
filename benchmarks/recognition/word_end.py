"""Where a single word ends in a recording, by PocketSphinx's forced alignment: none of our models learnt from it."""

from functools import cache
from typing import Any, Final

import numpy as np

from voice_coach.audio.pcm import Clip
from voice_coach.timebase import RATE

_PEAK: Final = 12_000
_FRAME: Final = 0.01
_PADDINGS: Final = (0.1, 0.35)
"""Seconds of near-silence put around a clip; words that are cut short are found with the longer one only."""
_HISS: Final = 4.0
"""Standard deviation of the noise in the padding: digital silence confuses PocketSphinx's noise model."""


def word_end(wave: Clip, word: str) -> float | None:
    """Return the second of the clip at which the word is over, or None where the word can't be found in it."""
    decoder = _decoder()
    for padding in _PADDINGS:
        level = wave.astype(np.float64) * _PEAK / (np.abs(wave.astype(np.int32)).max() + 1)
        sound = np.pad(level, round(padding * RATE))
        sound += np.random.default_rng(0).normal(size=len(sound)) * _HISS
        data = np.clip(sound, -32768, 32767).astype("<i2").tobytes()
        try:
            decoder.set_align_text(word)
            _decode(decoder, data)
            if decoder.hyp() is None:
                continue
            decoder.set_alignment()
            _decode(decoder, data)
        except RuntimeError:  # what PocketSphinx raises where the word is not in the sound
            continue
        sounds = [part for entry in decoder.get_alignment() for part in entry if part.name != "SIL"]
        end = max(((part.start + part.duration) * _FRAME - padding for part in sounds), default=0.0)
        if end > 0:
            return end
    return None


@cache
def _decoder() -> Any:  # noqa: ANN401  (the package has no types)
    import pocketsphinx  # noqa: PLC0415  (needed only where a list does not tell where its words end)

    return pocketsphinx.Decoder(lm=None, loglevel="FATAL", beam=1e-80, pbeam=1e-80, wbeam=1e-60)


def _decode(decoder: Any, data: bytes) -> None:  # noqa: ANN401
    decoder.start_utt()
    decoder.process_raw(data, full_utt=True)
    decoder.end_utt()
