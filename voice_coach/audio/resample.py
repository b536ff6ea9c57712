"""Convert between a device's or file's samples and ours: rate, channels, and block length."""

from typing import Final

import numpy as np
import soxr

from voice_coach.audio.pcm import Clip, silence, to_clip, to_signal
from voice_coach.timebase import BLOCK, RATE, Samples


class Fifo:
    """A queue of samples: clips of any length go in, clips of the requested length come out."""

    def __init__(self) -> None:
        """Start empty."""
        self._clip: Clip = silence(0)

    def __len__(self) -> int:
        """Return how many samples can be taken."""
        return len(self._clip)

    def put(self, clip: Clip) -> None:
        """Add at the end."""
        self._clip = np.concatenate((self._clip, clip))

    def take(self, length: Samples) -> Clip:
        """Return the first `length` samples, or all if there are fewer."""
        head, self._clip = self._clip[:length], self._clip[length:]
        return head


class Resampler:
    """Resamples a clip that arrives in pieces; does nothing if the rates are equal.

    Output sample `n` is at `n / target` seconds, however the input was divided: the filter holds samples back rather
    than shift them.
    """

    def __init__(self, source: int, target: int) -> None:
        """Take both rates in hertz."""
        self._stream: Final = None if source == target else soxr.ResampleStream(source, target, 1, dtype="float32")

    def feed(self, clip: Clip, *, last: bool = False) -> Clip:
        """Return the samples that are ready, perhaps none; after `last` nothing may be fed."""
        return clip if self._stream is None else to_clip(self._stream.resample_chunk(to_signal(clip), last=last))


def mono(frames: Clip, channels: int) -> Clip:
    """Return the mean of the first two of interleaved channels.

    Both, because a stereo input often has its one microphone on one side only; no others, because microphone arrays put
    the loudspeaker's signal there.
    """
    if channels == 1:
        return frames
    return to_clip(to_signal(frames.reshape(-1, channels)[:, :2]).mean(axis=1))


class FromDevice:
    """Converts the microphone's bytes to our blocks."""

    def __init__(self, rate: int, channels: int) -> None:
        """Take the device's rate in hertz and the number of its interleaved channels."""
        self._channels: Final = channels
        self._resampler: Final = Resampler(rate, RATE)
        self._fifo: Final = Fifo()

    def feed(self, raw: bytes) -> list[Clip]:
        """Return the blocks of `BLOCK` samples that are complete."""
        self._fifo.put(self._resampler.feed(mono(np.frombuffer(raw, np.int16), self._channels)))
        return [self._fifo.take(BLOCK) for _ in range(len(self._fifo) // BLOCK)]


class ToDevice:
    """Converts our blocks to the speaker's bytes, as many as the microphone delivered."""

    def __init__(self, rate: int, channels: int, frames: int) -> None:
        """Take the device's rate in hertz, the number of its channels and the frames of its blocks."""
        self._channels: Final = channels
        self._frames: Final = frames
        self._rate: Final = rate
        self._resampler: Final = Resampler(RATE, rate)
        self._fifo: Final = Fifo()
        self._padded = 0

    @property
    def delay(self) -> Samples:
        """The delay of the speaker by the conversion, in our samples; final after a tenth of a second."""
        return round(self._padded * RATE / self._rate)

    def feed(self, block: Clip) -> None:
        """Add what is to be played next."""
        self._fifo.put(self._resampler.feed(block))

    def take(self) -> bytes:
        """Return the next block for the device, the same on all channels.

        The filter holds samples back, so at first there are too few. Silence is put before them, a block more than is
        missing, so that this happens only once.
        """
        short = self._frames - len(self._fifo)
        if short > 0:
            padding = short + self._frames
            self._padded += padding
            late = self._fifo.take(len(self._fifo))
            self._fifo.put(silence(padding))
            self._fifo.put(late)
        return np.repeat(self._fifo.take(self._frames), self._channels).tobytes()
