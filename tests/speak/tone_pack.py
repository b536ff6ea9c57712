"""A voice pack whose clips are tones, for tests: each word is a tone of its own, as `ToneSynthesizer` says it."""

from collections.abc import Collection, Iterable
from pathlib import Path

import numpy as np

from packs.write import MARGIN, add_clip, write_index
from voice_coach.audio.pcm import Clip, silence, to_signal
from voice_coach.files import resources
from voice_coach.speak.loudness import SPEECH_LOUDNESS
from voice_coach.speak.voice_pack import FORMAT, Index, Word
from voice_coach.testing import LETTER_LENGTH, ToneSynthesizer
from voice_coach.timebase import RATE, samples

LOUDER = 7.0
"""LU by which the files are louder than the coach speaks, as those of packs are."""


def tone(text: str) -> Clip:
    """Return a text as the tones say it."""
    tones = ToneSynthesizer()
    tones.request(text)
    ((_, clip),) = tones.poll()
    return clip


def write_tone_pack(name: str, texts: Iterable[str], parts: Collection[str] = (), folder: Path | None = None) -> Path:
    """Write a pack into the user's folder, or into another one, and return where it is."""
    folder = folder or resources.APP.user_config_path / "voice_packs" / name
    clips = []
    for text in dict.fromkeys((*texts, *parts)):
        sound = np.concatenate((silence(samples(MARGIN)), tone(text)))
        clips.append(
            add_clip(
                folder,
                text,
                to_signal(sound) * np.float32(10 ** (LOUDER / 20)),
                loudness=SPEECH_LOUDNESS + LOUDER,
                words=words(text),
                part=text in parts,
            )
        )
    write_index(folder, Index(FORMAT, name, f"{name}, tones", "en", "CC0-1.0", {"model": "tones"}, tuple(clips)))
    return folder


def words(text: str) -> tuple[Word, ...]:
    """Return where each word's tone is."""
    found, at = [], 0
    for word in text.split():
        end = at + LETTER_LENGTH * len(word)
        found.append(Word(word.strip(".,").lower(), at / RATE, end / RATE))
        at = end + LETTER_LENGTH
    return tuple(found)
