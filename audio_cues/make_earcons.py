"""Write the earcons: `python audio_cues/make_earcons.py`.

Each differs from the others in rhythm, timbre and register (not in pitch or loudness alone), lasts 150 to 250 ms (the
ticks less) and lies between 500 and 2000 Hz, where ageing ears still hear well. Needs numpy only; always writes the
same bytes.
"""

import sys
import wave
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
"""Hertz."""

TOP = 2000
"""Hertz: overtones above are left out."""

Sound = NDArray[np.float64]
Timbre = Callable[[float, int], Sound]
"""Frequency in hertz and length in samples -> a note with amplitudes up to 1."""


def overtones(frequency: float, length: int, strengths: Sequence[float]) -> Sound:
    """Add up the first partials of a tone, as far as they are below `TOP`."""
    phase = 2 * np.pi * frequency * np.arange(length) / RATE
    partials = [
        strength * np.sin(number * phase)
        for number, strength in enumerate(strengths, start=1)
        if number * frequency <= TOP
    ]
    total: Sound = np.sum(partials, axis=0)
    total /= np.abs(total).max()
    return total


def swell(length: int, attack: float, release: float) -> Sound:
    """Return an envelope that rises and falls within these seconds, like half a cosine."""
    up, down = round(attack * RATE), round(release * RATE)
    envelope = np.ones(length)
    envelope[:up] = 0.5 - 0.5 * np.cos(np.pi * (np.arange(up) + 0.5) / up)
    envelope[-down:] *= (0.5 - 0.5 * np.cos(np.pi * (np.arange(down) + 0.5) / down))[::-1]
    return envelope


def flute(frequency: float, length: int) -> Sound:
    """A soft tone, nearly pure."""
    return overtones(frequency, length, (1.0, 0.15)) * swell(length, 0.012, 0.03)


def bell(frequency: float, length: int) -> Sound:
    """A struck tone that dies away."""
    decay = np.exp(-np.arange(length) / (0.05 * RATE))
    return overtones(frequency, length, (1.0, 0.5)) * decay * swell(length, 0.002, 0.02)


def reed(frequency: float, length: int) -> Sound:
    """A hollow tone: odd partials only, as of a clarinet."""
    return overtones(frequency, length, (1.0, 0.0, 0.6)) * swell(length, 0.008, 0.02)


def wood(frequency: float, length: int) -> Sound:
    """A knock on wood: over before its pitch is noticed."""
    decay = np.exp(-np.arange(length) / (0.012 * RATE))
    return overtones(frequency, length, (1.0, 0.3)) * decay * swell(length, 0.001, 0.01)


def buzz(frequency: float, length: int) -> Sound:
    """A rough tone, shaken 30 times a second."""
    shake = 0.55 + 0.45 * np.cos(2 * np.pi * 30 * np.arange(length) / RATE)
    return overtones(frequency, length, (1.0, 0.9, 0.8, 0.7)) * shake * swell(length, 0.004, 0.02)


Note = tuple[float, float, Timbre, float]
"""Begins at (seconds), lasts (seconds), timbre, frequency (hertz)."""

EARCONS: dict[str, tuple[float, Sequence[Note]]] = {
    "listening": (-16, ((0.0, 0.09, flute, 700), (0.09, 0.11, flute, 1050))),
    "heard": (-15, ((0.0, 0.16, bell, 950),)),
    "stopped": (-13, ((0.0, 0.10, reed, 620), (0.13, 0.12, reed, 510))),
    "hold_start": (-17, ((0.0, 0.15, wood, 1100),)),
    "hold_end": (-17, ((0.0, 0.08, wood, 1100), (0.08, 0.15, wood, 800))),
    "done": (-15, ((0.0, 0.08, bell, 1000), (0.08, 0.08, bell, 1260), (0.16, 0.09, bell, 1500))),
    "tick": (-22, ((0.0, 0.06, wood, 1600),)),
    "problem": (-14, ((0.0, 0.25, buzz, 500),)),
}
"""Name -> peak in decibels, and notes: a rise, a single note, two low ones, soft ticks, three notes, a rough one."""


def earcon(name: str) -> NDArray[np.int16]:
    """Return the earcon's samples at `RATE`."""
    peak, notes = EARCONS[name]
    length = round(max(start + seconds for start, seconds, _, _ in notes) * RATE)
    sound = np.zeros(length)
    for start, seconds, timbre, frequency in notes:
        first, count = round(start * RATE), round(seconds * RATE)
        sound[first : first + count] += timbre(frequency, count)
    sound *= 10 ** (peak / 20) / np.abs(sound).max()
    return np.rint(sound * 32767).astype("<i2")


def main(folder: Path) -> None:
    """Write all earcons into the folder."""
    for name in EARCONS:
        with wave.open(str(folder / f"{name}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(earcon(name).tobytes())


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
