"""The effects of a microphone and a line on a sound: distance, clipping, and codecs (the real ones, by libsndfile)."""

import io
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.signal
import soundfile
import soxr

from training import rooms
from training.rooms import Sound
from voice_coach.timebase import RATE

FULL_SCALE: Final = 32768.0


@dataclass(frozen=True, slots=True)
class Codec:
    """A container and an encoding of libsndfile, the sample rate, and how hard it compresses (0 little, 1 most)."""

    container: str
    encoding: str
    rate: int = RATE
    compression: tuple[float, float] | None = None


CODECS: Final = {
    "telephone": Codec("WAV", "ULAW", 8000),
    "mobile": Codec("WAV", "GSM610", 8000),
    "headset": Codec("WAV", "G721_32"),
    "opus": Codec("OGG", "OPUS", compression=(0.8, 1.0)),
    "vorbis": Codec("OGG", "VORBIS", compression=(0.7, 1.0)),
    "mp3": Codec("MP3", "MPEG_LAYER_III", compression=(0.7, 0.999)),  # libsndfile refuses 1
}


def through(sound: Sound, name: str, rng: np.random.Generator) -> Sound:
    """Return the sound encoded and decoded by one of `CODECS`, as long as it was."""
    codec = CODECS[name]
    plain = np.clip(sound / FULL_SCALE, -1.0, 1.0)
    if codec.rate != RATE:
        plain = soxr.resample(plain, RATE, codec.rate)
    level = None if codec.compression is None else float(rng.uniform(*codec.compression))
    file = io.BytesIO()
    soundfile.write(
        file, plain, codec.rate, format=codec.container, subtype=codec.encoding, compression_level=level
    )  # fmt: skip
    file.seek(0)
    decoded, rate = soundfile.read(file, dtype="float64")
    if rate != RATE:
        decoded = soxr.resample(decoded, rate, RATE)
    return fitted(decoded * FULL_SCALE, len(sound))


def clipped(sound: Sound, rng: np.random.Generator) -> Sound:
    """Return the sound as a microphone gives it whose gain is 3 to 18 dB too high."""
    limit = np.abs(sound).max() * 10 ** (-rng.uniform(3, 18) / 20)
    return np.asarray(np.clip(sound, -limit, limit))


def far(sound: Sound, rng: np.random.Generator) -> Sound:
    """Return the sound from the other end of a room: more echo than voice, duller, and the microphone's own noise."""
    distant = rooms.convolve(sound, rooms.impulse_response(rng, direct=(-6.0, 3.0)))
    dull = scipy.signal.lfilter(*scipy.signal.butter(1, rng.uniform(2500, 7000), fs=RATE), distant)
    noise = rooms.hiss(rng, len(sound))
    level = np.abs(dull).max() * 10 ** (-rng.uniform(30, 50) / 20)
    return np.asarray(dull + noise * level / (noise.std() + 1e-9))


def fitted(sound: Sound, length: int) -> Sound:
    """Return the sound cut, or continued with silence, to so many samples."""
    return np.asarray(np.pad(sound[:length], (0, max(0, length - len(sound)))))
