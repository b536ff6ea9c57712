"""Whisper base listens to a clip: whether somebody who does not know the text hears it."""

import re
from pathlib import Path
from typing import Final, NamedTuple

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer

from voice_coach.audio.pcm import Signal
from voice_coach.hear.grammar.templates import in_words
from voice_coach.timebase import samples

MIN_SCORE: Final = -1.0
"""Mean log probability of the text's tokens from which on a clip passes, whatever was written down ("to", "two")."""

_BEFORE: Final = samples(0.3)
_AFTER: Final = samples(0.7)
"""Silence around a clip: only so much of Whisper's window of 30 s is reckoned as there is sound."""

_MAX_EXTRA_TOKENS: Final = 6
"""Beyond those of the text: of short clips Whisper writes the same again and again."""


class Heard(NamedTuple):
    """A transcript and how likely it is."""

    text: str
    score: float
    """Mean log probability of the tokens of the text that was said: 0 is certain."""
    passed: bool


class Listener:
    """Whisper base, by CTranslate2."""

    def __init__(self, folder: Path) -> None:
        """Load the model from `whisper-base` of the folder that `packs.fetch` has filled."""
        self._whisper = WhisperModel(str(folder / "whisper-base"), device="cpu", compute_type="int8", cpu_threads=1)
        self._tokens = Tokenizer(self._whisper.hf_tokenizer, multilingual=True, task="transcribe", language="en")

    def hear(self, sound: Signal, text: str) -> Heard:
        """Return what is understood of a sound at 16 kHz that says this text."""
        loud = np.pad(sound / np.abs(sound).max() * np.float32(0.5), (_BEFORE, _AFTER))
        features = np.ascontiguousarray(self._whisper.feature_extractor(loud)[None].astype(np.float32))
        encoded = self._whisper.model.encode(ctranslate2.StorageView.from_array(features))
        start = [*self._tokens.sot_sequence, self._tokens.no_timestamps]
        expected = self._tokens.encode(f" {text}")
        longest = len(start) + len(expected) + _MAX_EXTRA_TOKENS
        (best,) = self._whisper.model.generate(encoded, [start], beam_size=1, max_length=longest)
        written = [token for token in best.sequences_ids[0] if token < self._tokens.eot]
        heard = self._tokens.decode(written).strip()
        (told,) = self._whisper.model.align(encoded, start, [expected], features.shape[-1])
        score = float(np.mean(np.log(np.maximum(told.text_token_probs, 1e-9))))
        return Heard(heard, score, says(heard, text) or score >= MIN_SCORE)


def says(heard: str, text: str) -> bool:
    """Return whether what was heard is the text, once or, as Whisper writes of short clips, again and again."""
    got, wanted = plain(heard), plain(text)
    if "".join(got) == "".join(wanted):  # "good-bye"
        return bool(wanted)
    return bool(got) and len(got) >= len(wanted) and all(word == wanted[n % len(wanted)] for n, word in enumerate(got))


def plain(text: str) -> list[str]:
    """Return a text's words as they sound: numbers in words, those of four digits and more digit by digit; no marks."""
    words = re.findall(r"[a-z']+|(?<!\d)\d{1,3}(?!\d)|\d", text.lower().replace("-", " "))
    return [part for word in words for part in (in_words(int(word)).split() if word.isdigit() else [word])]
