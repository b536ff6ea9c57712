"""The coach's sentences, alone and while the user speaks, and the user's words over them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click
import numpy as np

from tests.hear.room import Room, Wave, spoken
from voice_coach.audio.pcm import Clip, load, silence
from voice_coach.exercise.prompts import load_prompts
from voice_coach.hear.echo.prompt_words import Spoken
from voice_coach.timebase import RATE, Samples, samples

VOICES: Final = ("en-us", "en-gb")

WORDS: Final = {"stop": "stop", "no": "no", "right": "side_right", "left": "side_left"}
"""The user's words over the coach, and the intents that they should be understood as."""

NEUTRAL: Final = (
    "Lie on your side, with the painful side up.",
    "Bend both knees, and rest the upper arm on your hip.",
    "Breathe in, and let the shoulder sink to the floor.",
    "Keep the knees together while the upper body turns.",
    "Hold. One. Two. Three. Four. Five. Six. Seven. Eight.",
)
"""The coach's sentences meanwhile; none sounds like a command."""

APART: Final[Samples] = samples(3)
"""From one word of the user to the next."""

LEARNS: Final[Samples] = samples(12)
"""Of the coach alone before the first one."""


@dataclass(frozen=True)
class Speech:
    """The coach's sound."""

    clip: Clip
    lines: tuple[Spoken, ...]


@dataclass(frozen=True)
class Said:
    """A word of the user."""

    at: Samples
    word: str


def prompts(length: Samples) -> Speech:
    """Return the prompts of a session in both voices, a second apart, again and again until they are so long."""
    texts = [text for sentences in load_prompts().texts.values() for text in sentences if "{" not in text]
    texts = list(dict.fromkeys(texts))
    clips = [clip for voice in VOICES for clip in spoken(texts, voice)]
    return _in_turn(texts * len(VOICES), clips, samples(1.0), length)


def neutral(length: Samples) -> Speech:
    """Return neutral sentences with hardly a pause between them."""
    return _in_turn(NEUTRAL, spoken(NEUTRAL), samples(0.2), length)


def _in_turn(texts: Sequence[str], clips: Sequence[Clip], pause: Samples, length: Samples) -> Speech:
    parts: list[Clip] = []
    lines: list[Spoken] = []
    at, number = 0, 0
    while at < length:
        clip = clips[number % len(clips)]
        lines.append(Spoken(texts[number % len(texts)], at, at + len(clip), at + len(clip)))
        parts += [clip, silence(pause)]
        at += len(clip) + pause
        number += 1
    return Speech(np.concatenate(parts)[:length], tuple(lines))


def recordings(folder: Path, speakers: int) -> dict[str, list[Clip]]:
    """Return of each word one recording of each of so many speakers."""
    return {word: _one_each(folder, word)[:speakers] for word in WORDS}


def _one_each(folder: Path, word: str) -> list[Clip]:
    first: dict[str, Path] = {}
    for path in sorted(folder.glob(f"dev/words/{word}/*.flac")):
        first.setdefault(path.stem.split("_")[0], path)
    if not first:
        raise click.BadParameter(f"{folder} has no recordings dev/words/{word}/*.flac.")
    return [load(path) for path in first.values()]


def user(room: Room, clips: dict[str, list[Clip]]) -> tuple[Wave, list[Said]]:
    """Return the user at the microphone, one word after another, and where each begins."""
    most = max(map(len, clips.values()))
    turns = [(word, found[place]) for place in range(most) for word, found in clips.items() if place < len(found)]
    voice, said = np.zeros(LEARNS + (len(turns) + 1) * APART), []
    for number, (word, clip) in enumerate(turns):
        at = LEARNS + number * APART + number % 7 * samples(0.1)
        wave = room.user(np.concatenate((clip, silence(RATE // 4))) / 32768)
        voice[at : at + len(wave)] += wave
        said.append(Said(at, word))
    return voice, said
