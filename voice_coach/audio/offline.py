"""Sound files in place of the devices: WAV in, WAV out, as fast as it goes, with the same coach and the same log."""

import os
import struct
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import numpy as np
import soundfile

from voice_coach.audio.pcm import Clip, silence, to_clip
from voice_coach.audio.resample import Fifo, Resampler
from voice_coach.errors import DataError, DeviceError, Problem
from voice_coach.timebase import BLOCK, RATE, Samples, seconds

Advance = Callable[[Clip], Clip]
"""Takes a microphone block, returns the speaker block of the same length."""

Microphone = Callable[[Samples], Clip]
"""Returns the next so many samples; fewer, or none, once there are no more."""


def run_file(
    advance: Advance,
    done: Callable[[], bool],
    mic: Microphone | Iterable[Clip],
    *,
    speaker: Callable[[Clip], None] | None = None,
    limit: Samples,
    block: Samples = BLOCK,
) -> Samples:
    """Feed `advance` block by block until `done()`, or for `limit` samples; return how many it was fed.

    Args:
        advance: `Coach.advance`: takes a block from the microphone, returns one of the same length.
        done: asked before each block, such as `lambda: coach.done`.
        mic: what the user says: clips one after another, or a function (such as a `WavMic`) that is asked for so many
            samples and may return fewer. When it is over, the user is silent.
        speaker: gets each block that the coach returns, such as a `WavSpeaker`; None: nobody does.
        limit: samples after which a coach that is not done is left; the last block may be shorter.
        block: samples in a block; a session sounds the same whatever it is.
    """
    hear = mic if callable(mic) else from_clips(mic)
    fed = 0
    while fed < limit and not done():
        length = min(block, limit - fed)
        said = hear(length)
        heard = advance(np.concatenate((said, silence(length - len(said)))))
        if speaker is not None:
            speaker(heard)
        fed += length
    return fed


def from_clips(clips: Iterable[Clip]) -> Microphone:
    """Return a microphone that hears these clips, of any lengths, one after another."""
    rest = iter(clips)
    fifo = Fifo()

    def hear(length: Samples) -> Clip:
        while len(fifo) < length and (clip := next(rest, None)) is not None:
            fifo.put(clip)
        return fifo.take(length)

    return hear


def recorded(advance: Advance, record: Callable[[Clip, Clip], None]) -> Advance:
    """Return the same coach, with each of its blocks (microphone, speaker) handed to `record` too."""

    def turn(mic: Clip) -> Clip:
        speaker = advance(mic)
        record(mic, speaker)
        return speaker

    return turn


class WavMic:
    """A microphone that hears a sound file of any kind, rate and number of channels that libsndfile reads."""

    def __init__(self, path: Path) -> None:
        """Open it.

        Raises:
            DataError: it is not there, or no sound file.
        """
        self._path: Final = path
        try:
            path.stat()
            self._file = soundfile.SoundFile(path)
        except OSError as error:
            raise self._problem(f"cannot be read ({error.strerror}): check the path.") from error
        except (
            soundfile.LibsndfileError,
            TypeError,
        ) as error:  # TypeError: a name such as x.raw says nothing of its rate
            raise self._problem("is no sound file that can be read: convert it to WAV or FLAC.") from error
        self._resampler: Final = Resampler(self._file.samplerate, RATE)
        self._fifo: Final = Fifo()
        self.ended = False
        """True once all of it has been heard."""

    def __call__(self, length: Samples) -> Clip:
        """Return the next `length` samples, or as many as there are.

        Raises:
            DataError: the file is damaged from here on.
        """
        while not self._file.closed and len(self._fifo) < length:
            self._fifo.put(self._read())
        clip = self._fifo.take(length)
        self.ended = self._file.closed and not len(self._fifo)
        return clip

    def close(self) -> None:
        """Close the file; there is nothing more to hear."""
        self._file.close()

    def _read(self) -> Clip:
        try:
            frames = self._file.read(RATE, dtype="float32", always_2d=True)
        except soundfile.LibsndfileError as error:
            raise self._problem(f"is damaged ({error.error_string}): convert or record it again.") from error
        last = len(frames) < RATE
        if last:
            self._file.close()
        return self._resampler.feed(to_clip(frames.mean(axis=1, dtype=np.float32)), last=last)

    def _problem(self, message: str) -> DataError:
        return DataError([Problem(self._path, 0, "", message)])


class WavWriter:
    """A WAV file that grows, and is whole at each second even if the program is killed; only the user may read it.

    A disk that is full ends the recording, not the session: writing never raises, `close` does.
    """

    def __init__(self, path: Path, channels: int = 1) -> None:
        """Create it, or overwrite it.

        Raises:
            DeviceError: it cannot be created.
        """
        self._path: Final = path
        self._channels: Final = channels
        self._waiting: list[Clip] = []
        self._length = 0
        self._written = 0
        self._error: OSError | None = None
        try:
            self._file = open(path, "wb", opener=_private)  # noqa: SIM115 - closed by `close`
        except OSError as error:
            raise DeviceError(f"Can't record to {path} ({error.strerror}): choose another file.") from error

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def write(self, frames: Clip) -> None:
        """Add samples, interleaved where there are several channels."""
        self._waiting.append(frames)
        self._length += len(frames) // self._channels
        if self._length - self._written >= RATE:
            self._flush()

    def close(self) -> None:
        """Write what is left; safe to call twice.

        Raises:
            DeviceError: not everything could be written.
        """
        if self._file.closed:
            return
        self._flush()
        with suppress(OSError):  # known since `_flush`: what could not be written can't be at the end either
            self._file.close()
        if self._error is not None:
            raise DeviceError(
                f"The recording {self._path} ends after {seconds(self._written):.0f} seconds ({self._error.strerror}): "
                "make room, or record to another disk."
            ) from self._error

    def _flush(self) -> None:
        """Rewrite the header, so that the file is complete, and append what has come since the last time."""
        waiting, self._waiting = self._waiting, []
        if self._error is not None:
            return
        width = 2 * self._channels
        size = self._length * width
        form = (1, self._channels, RATE, RATE * width, width, 16)  # 1: PCM; then bytes a second, bytes a frame, bits
        header = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + size, b"WAVE", b"fmt ", 16, *form, b"data", size)
        try:
            self._file.seek(0, os.SEEK_END)
            self._file.write(header if not self._file.tell() else b"")
            self._file.write(b"".join(frames.astype("<i2").tobytes() for frames in waiting))
            self._file.seek(0)
            self._file.write(header)
            self._file.flush()
        except OSError as error:
            self._error = error
        else:
            self._written = self._length


class WavSpeaker(WavWriter):
    """A speaker that plays into a mono WAV file."""

    def __call__(self, block: Clip) -> None:
        """Add a block."""
        self.write(block)


class StereoRecorder(WavWriter):
    """Both sides of a session in one WAV file: the coach on the left, the person on the right; see `recorded`."""

    def __init__(self, path: Path) -> None:
        """Create it, or overwrite it.

        Raises:
            DeviceError: it cannot be created.
        """
        super().__init__(path, channels=2)

    def __call__(self, mic: Clip, speaker: Clip) -> None:
        """Add a block of each, of equal length."""
        self.write(np.stack((speaker, mic), axis=1).reshape(-1))


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
