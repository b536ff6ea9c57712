"""A room with an open loudspeaker and a microphone, simulated, for the echo canceller's tests and benchmark."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voice_coach.audio.pcm import Clip, silence, to_clip
from voice_coach.hear.echo.canceller import EchoCanceller
from voice_coach.speak.tts.pyttsx3 import Pyttsx3Synthesizer
from voice_coach.speak.voice_spec import VoiceSpec
from voice_coach.timebase import RATE, Samples, samples

Wave = NDArray[np.float64]
"""Shape `(n,)`, full scale is 1.0."""

SOUND: Final = 343.0
"""Metres a second."""

SIZE: Final = np.array([4.5, 3.6, 2.5])
"""Metres: a living room."""

MICROPHONE: Final = np.array([2.0, 1.6, 0.3])
"""Metres from a corner: beside somebody who lies on the floor."""

COACH: Final = np.array([0.45, 0.05, 0.2])
"""Metres from the microphone to the loudspeaker: half a metre away."""

USER: Final = np.array([-0.3, 0.6, 0.25])
"""Metres from the microphone to the user's mouth."""

SPOKEN: Final = -20.0
"""Decibels of what is handed to the loudspeaker."""

HEARD: Final = -26.0
"""Decibels of the user at the microphone."""


def response(source: Wave, fades_in: float) -> Wave:
    """Return the way of a sound from `source` to the microphone, its reflections down to -60 dB at `fades_in` s.

    By mirror images of the source behind the walls (Allen and Berkley, Journal of the Acoustical Society of America 65
    (1979) 943-950), the walls' reflection from Eyring's formula.
    """
    length = samples(fades_in)
    walls = 2 * (SIZE[0] * SIZE[1] + SIZE[0] * SIZE[2] + SIZE[1] * SIZE[2])
    reflection = np.exp(-0.161 * SIZE.prod() / (2 * walls * fades_in))
    squares, counts = [], []
    for size, microphone, offset in zip(SIZE, MICROPHONE, source, strict=True):
        most = int(fades_in * SOUND / (2 * size)) + 1
        rooms = np.arange(-most, most + 1)
        there = 2 * rooms * size + offset
        mirrored = 2 * rooms * size - offset - 2 * microphone
        squares.append(np.concatenate((there, mirrored)) ** 2)
        counts.append(np.concatenate((2 * abs(rooms), abs(rooms - 1) + abs(rooms))))
    distance = np.sqrt(_each_with_each(squares))
    arrives = distance / SOUND * RATE
    near = arrives < length - 1
    strength = reflection ** _each_with_each(counts)[near] / distance[near]
    whole = arrives[near].astype(int)
    part = arrives[near] - whole
    taps = np.bincount(whole, strength * (1 - part), length) + np.bincount(whole + 1, strength * part, length)
    return np.asarray(taps)


def _each_with_each(axes: Sequence[Wave]) -> Wave:
    x, y, z = axes
    return np.asarray(x[:, None, None] + y[None, :, None] + z[None, None, :])


def through(wave: Wave, taps: Wave) -> Wave:
    """Return the sound behind this response, as long as it was."""
    length = len(wave) + len(taps)
    return np.asarray(np.fft.irfft(np.fft.rfft(wave, length) * np.fft.rfft(taps, length), length)[: len(wave)])


def loudspeaker(wave: Wave, drive: float) -> Wave:
    """Return what a small loudspeaker makes of it: little below 180 Hz, its peaks flattened; `drive` 1.5 is mild."""
    hertz = np.fft.rfftfreq(len(wave), 1 / RATE)
    high_pass = 1 / np.sqrt(1 + (180 / np.maximum(hertz, 1)) ** 4)
    return np.asarray(np.tanh(drive * np.fft.irfft(np.fft.rfft(wave) * high_pass, len(wave))) / drive)


def strength(wave: Wave) -> float:
    """Return the root mean square of the frames of 20 ms that hold speech."""
    frames = np.square(wave[: len(wave) // 320 * 320].reshape(-1, 320)).mean(axis=1)
    return float(np.sqrt(frames[frames > frames.max() / 100].mean()))


def at_level(wave: Wave, decibels: float) -> Wave:
    """Return the sound at this level, counted where there is speech."""
    return np.asarray(wave * 10 ** (decibels / 20) / strength(wave))


def later(wave: Wave, delay: Samples) -> Wave:
    """Return the sound `delay` later, as long as it was."""
    return np.concatenate((np.zeros(delay), wave))[: len(wave)]


@dataclass(frozen=True)
class Room:
    """How the coach comes back to its microphone."""

    fades_in: float = 0.3
    """Seconds to -60 dB."""
    delay: Samples = 2400
    """From what is handed over to what sounds: buffers and converters."""
    echo: float = 5.0
    """Decibels of the coach over the user, at the microphone."""
    drive: float = 1.5
    noise: float = -68.0
    """Decibels of the room's noise."""

    def coach(self, played: Clip) -> Wave:
        """Return the coach at the microphone."""
        sound = loudspeaker(played / 32768, self.drive)
        return at_level(later(through(sound, response(COACH, self.fades_in)), self.delay), HEARD + self.echo)

    def user(self, spoken: Wave) -> Wave:
        """Return the user at the microphone."""
        return at_level(through(spoken, response(USER, self.fades_in)), HEARD)

    def microphone(self, *sounds: Wave) -> Clip:
        """Return what the microphone makes of all this together."""
        hiss = np.random.default_rng(1).standard_normal(len(sounds[0])) * 10 ** (self.noise / 20)
        return to_clip(np.sum((*sounds, hiss), axis=0).astype(np.float32))


_SPOKEN: Final[dict[str, dict[str, Clip]]] = {}
"""Rendered clips by voice and text. A synthesizer is a program, which takes longer to start than to speak."""


def spoken(texts: Iterable[str], voice: str = "en-us") -> list[Clip]:
    """Return these texts as the coach says them, or another voice; each is rendered once a process, and read-only."""
    wanted = list(texts)
    clips = _SPOKEN.setdefault(voice, {})
    missing = [text for text in dict.fromkeys(wanted) if text not in clips]
    if missing:
        synthesizer = Pyttsx3Synthesizer(VoiceSpec(voice))
        for text in missing:
            synthesizer.request(text)
        while not clips.keys() >= set(missing):
            clips.update(synthesizer.poll(10))
        synthesizer.close()
        for text in missing:
            clips[text].setflags(write=False)
    return [clips[text] for text in wanted]


def in_turn(clips: Iterable[Clip], pause: float) -> Clip:
    """Return the clips one after another at the level at which they are played, `pause` seconds behind each."""
    joined = np.concatenate([part for clip in clips for part in (clip, silence(samples(pause)))])
    return to_clip(at_level(joined / 32768, SPOKEN).astype(np.float32))


def cancelled(canceller: EchoCanceller, mic: Clip, played: Clip, block: Samples = 512) -> Clip:
    """Return what the canceller leaves, handed over block by block; what fills no block any more is left out."""
    starts = range(0, len(mic) - block + 1, block)
    parts = [canceller.process(mic[i : i + block], played[i : i + block]) for i in starts]
    return np.concatenate(parts)


def level(clip: Clip) -> float:
    """Return the mean power in decibels."""
    return float(10 * np.log10(np.square(clip / 32768).mean() + 1e-12))
