"""Sound as arrays: mono, 16-bit, `RATE` samples a second."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from voice_coach.audio import sound_file
from voice_coach.errors import DataError, Problem
from voice_coach.timebase import RATE, Samples, samples

Clip = NDArray[np.int16]
"""Shape `(n,)`, mono, at `RATE`. A block is a clip as long as one turn of the coach."""

Signal = NDArray[np.float32]
"""Shape `(n,)`, mono, full scale is 1.0: what sound is while it is being worked on."""

FULL_SCALE: Final = 32768
"""Amplitude of a clip that is 1.0 in a signal, so 0 dB."""

ONSET: Final = 200
"""Amplitude (-44 dB) at which a sound begins: above a quiet room's noise, well below speech (-26 dB,
speak/loudness.py)."""

FADE: Final = samples(0.005)
"""Samples in which a sound that ends early falls silent: short enough to seem sudden, long enough not to click."""


def silence(length: Samples) -> Clip:
    """Return `length` samples of digital silence."""
    return np.zeros(length, np.int16)


def onset(clip: Clip, level: int = ONSET) -> Samples | None:
    """Return the index of the first sample whose amplitude is at least `level`; None if there is none."""
    loud = _loud(clip, level)
    return int(loud.argmax()) if loud.any() else None


def trim(clip: Clip, *, tail: Samples = 0, level: int = ONSET) -> Clip:
    """Cut away what is before the onset and what is later than `tail` samples after the last loud sample."""
    loud = np.flatnonzero(_loud(clip, level))
    trimmed: Clip = clip[loud[0] : loud[-1] + 1 + tail] if loud.size else clip[:0]
    return trimmed


def _loud(clip: Clip, level: int) -> NDArray[np.bool_]:
    loud: NDArray[np.bool_] = (clip >= level) | (clip <= -level)  # no abs(): in 16 bits -32768 has no counterpart
    return loud


def to_signal(clip: Clip) -> Signal:
    """Return the clip as a signal."""
    return clip.astype(np.float32) / np.float32(FULL_SCALE)


def to_clip(signal: Signal) -> Clip:
    """Return the signal rounded to 16 bits; what is beyond full scale saturates."""
    rounded: Signal = np.rint(signal * np.float32(FULL_SCALE))
    # The two ufuncs give what `clip` does, in half the time: a block is short.
    clip: Clip = np.minimum(np.maximum(rounded, -FULL_SCALE), FULL_SCALE - 1).astype(np.int16)
    return clip


def rms(clip: Clip) -> float:
    """Return the root mean square, 0 to 1 (full scale); 0 for an empty clip."""
    return float(np.sqrt(np.mean(np.square(to_signal(clip), dtype=np.float64)))) if clip.size else 0.0


def peak(clip: Clip) -> float:
    """Return the greatest amplitude, 0 to 1 (full scale); 0 for an empty clip."""
    return float(np.abs(to_signal(clip)).max()) if clip.size else 0.0


def speech_rms(clip: Clip) -> float:
    """Return the root mean square, 0 to 1, of the frames that hold speech.

    Those are the frames of 20 ms that are less than 20 dB below the loudest, so that pauses and a long tail
    don't make a clip seem quieter than it sounds.
    """
    frame = min(samples(0.02), clip.size)
    if not frame:
        return 0.0
    frames = to_signal(clip[: clip.size // frame * frame]).reshape(-1, frame)
    power = np.square(frames, dtype=np.float64).mean(axis=1)
    return float(np.sqrt(power[power >= power.max() / 100].mean()))


def fade(clip: Clip, *, head: Samples = 0, tail: Samples = 0) -> Clip:
    """Return the clip rising from silence over its first `head` samples and falling to it over its last `tail`."""
    signal = to_signal(clip)
    for part, length in ((signal, head), (signal[::-1], tail)):
        length = min(length, clip.size)  # noqa: PLW2901 - a clip may be shorter than its fade
        part[:length] *= np.arange(length, dtype=np.float32) / np.float32(max(length, 1))
    return to_clip(signal)


def mix(clips: Sequence[Clip]) -> Clip:
    """Add the clips, all beginning together; as long as the longest, saturating at full scale."""
    total = np.zeros(max((clip.size for clip in clips), default=0), np.int32)
    for clip in clips:
        total[: clip.size] += clip
    return np.clip(total, -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)


def without_offset(clip: Clip) -> Clip:
    """Return the clip without its constant offset, which cheap sound cards add to all that they record.

    Beyond 16 bits it saturates.
    """
    return to_clip(to_signal(clip) - np.float32(to_signal(clip).mean(dtype=np.float64))) if clip.size else clip


def resample(signal: Signal, rate: int) -> Signal:
    """Return a signal of `rate` samples a second at `RATE`."""
    if rate == RATE or not signal.size:
        return signal
    resampled: Signal = soxr.resample(signal, rate, RATE)
    return resampled


def decode(data: bytes) -> Clip:
    """Return the sound that a file's bytes hold, its channels averaged, at `RATE`.

    Raises:
        ValueError: libsndfile can't read the bytes.
    """
    try:
        frames, rate = soundfile.read(BytesIO(data), dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise ValueError(error.error_string) from error
    return to_clip(resample(frames.mean(axis=1, dtype=np.float32), rate))


def load(path: Path) -> Clip:
    """Return the sound of a file of any kind (see `sound_file`), its channels averaged, at `RATE`.

    Raises:
        DataError: the file can't be read, is damaged or no sound, or is longer than an hour.
    """
    return to_clip(resample(*sound_file.read(path)))


def save(path: Path, sound: NDArray[np.int16]) -> None:
    """Write a 16-bit WAV at `RATE`; `sound` has the shape `(n,)`, or `(n, channels)`.

    Raises:
        DataError: the file can't be written.
    """
    try:
        with path.open("wb") as file:
            soundfile.write(file, sound, RATE, format="WAV", subtype="PCM_16")
    except OSError as error:
        raise DataError([Problem(path, 0, "", f"can't be written: {error.strerror or error}")]) from error


def packed(clip: Clip) -> bytes:
    """Return a clip as FLAC, in little more than half the room; `decode` gives the same samples back."""
    file = BytesIO()
    soundfile.write(file, clip, RATE, format="FLAC", subtype="PCM_16")
    return file.getvalue()
