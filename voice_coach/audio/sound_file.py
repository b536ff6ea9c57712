"""Read sound files of all common kinds: with libsndfile first, then with ffmpeg through pydub.

The only file that knows pydub. libsndfile reads WAV, FLAC, OGG, Opus, MP3, AIFF and more; telephones write M4A, 3GP,
AMR and WebM. The file's first bytes, not its name, decide which, so that ffmpeg is never given a
playlist, which could lead it to other files or to a network.
"""

import warnings
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from shlex import quote
from typing import IO, Any, Final

import numpy as np
import soundfile
from numpy.typing import NDArray

from voice_coach.errors import DataError, Problem
from voice_coach.files.read import require_regular

INSTALL_FFMPEG: Final = "Debian, Ubuntu, Raspberry Pi OS: sudo apt-get install --no-install-recommends ffmpeg"
"""`scripts/setup run` says so too. It does not install it: few people have such files."""

MAX_BYTES: Final = 2 * 2**30
"""Bytes of a file: an hour in stereo at 96 kHz and 24 bits."""

MAX_PACKED_BYTES: Final = 256 * 2**20
"""Bytes of a file that ffmpeg reads: an hour at 500 kbit/s. Pydub hands it over in one piece."""

MAX_SECONDS: Final = 3600
"""Seconds of sound that are read into memory."""

RATES: Final = (1_000, 768_000)
"""Samples a second, from and to: others are in damaged headers only."""

MAX_CHANNELS: Final = 64

MAX_LEVEL: Final = np.float32(16.0)
"""Full scale is 1.0. Files of floating point numbers may go beyond it, damaged ones up to 1e38."""

_BLOCK: Final = 2**18
"""Frames that are read at a time: a header may promise more than there is room for."""

_CONTAINERS: Final = (
    (4, b"ftyp", "mp4"),
    (0, b"\x1a\x45\xdf\xa3", "matroska"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "asf"),
    (0, b"#!AMR", "amr"),
    (0, b"\xff\xf1", "aac"),
    (0, b"\xff\xf9", "aac"),
    (0, b"wvpk", "wv"),
)
"""Signatures: offset, bytes, and ffmpeg's name for files that have them."""


def read(path: Path, max_seconds: float = MAX_SECONDS) -> tuple[NDArray[np.float32], int]:
    """Return the sound of a file, its channels averaged, shape `(n,)`, full scale 1.0; and its samples a second.

    Raises:
        DataError: the file can't be read, is damaged or no sound, is longer than `max_seconds`, or needs ffmpeg.
    """
    try:
        require_regular(path, MAX_BYTES)
        with path.open("rb") as file:
            return _decoded(path, file, max_seconds)
    except OSError as error:
        raise _error(
            path, f"can't be read ({error.strerror or error}); check what it is and its permissions"
        ) from error


def decode(data: bytes, name: Path, max_seconds: float = MAX_SECONDS) -> tuple[NDArray[np.float32], int]:
    """Return the sound that a file's bytes hold, as `read`; `name` is used in errors.

    Raises:
        DataError: as `read`; ffmpeg is not tried.
    """
    return _from_libsndfile(name, BytesIO(data), max_seconds)


def _decoded(path: Path, file: IO[bytes], max_seconds: float) -> tuple[NDArray[np.float32], int]:
    head = file.read(16)
    file.seek(0)
    demuxer = next((name for at, mark, name in _CONTAINERS if head[at : at + len(mark)] == mark), "")
    if demuxer:
        require_regular(path, MAX_PACKED_BYTES)
        return _from_ffmpeg(path, file, demuxer, max_seconds)
    return _from_libsndfile(path, file, max_seconds)


def _from_libsndfile(path: Path, file: IO[bytes], max_seconds: float) -> tuple[NDArray[np.float32], int]:
    blocks: list[NDArray[np.float32]] = []
    try:
        with soundfile.SoundFile(_Patient(file)) as sound:
            rate: int = sound.samplerate
            if not RATES[0] <= rate <= RATES[1] or sound.channels > MAX_CHANNELS:
                message = f"has a damaged header ({rate} Hz, {sound.channels} channels); record or convert it again"
                raise _error(path, message)
            left = int(max_seconds * rate) + 1
            while left > 0 and len(frames := sound.read(min(_BLOCK, left), dtype="float32", always_2d=True)):
                left -= len(frames)
                blocks.append(_mono(path, frames))
    except soundfile.LibsndfileError as error:
        reason = error.error_string.rstrip(".")
        raise _error(path, f"is damaged or no sound file ({reason}); record it again, or convert it to WAV") from error
    except (TypeError, ValueError) as error:  # a name such as x.raw says nothing of the rate
        raise _error(path, "is no sound file that tells its rate; convert it to WAV") from error
    if left <= 0:
        raise _too_long(path, max_seconds)
    return np.concatenate(blocks) if blocks else np.zeros(0, np.float32), rate


def _from_ffmpeg(path: Path, file: IO[bytes], demuxer: str, max_seconds: float) -> tuple[NDArray[np.float32], int]:
    with warnings.catch_warnings():
        # On import pydub says that ffmpeg is missing, which we say better.
        warnings.simplefilter("ignore")
        segment = _segment(path, file, demuxer, max_seconds)
    if segment.frame_count() > max_seconds * segment.frame_rate:
        raise _too_long(path, max_seconds)
    frames = np.array(segment.get_array_of_samples(), np.float32).reshape(-1, segment.channels)
    return _mono(path, frames / np.float32(segment.max_possible_amplitude)), segment.frame_rate


def _segment(path: Path, file: IO[bytes], demuxer: str, max_seconds: float) -> Any:  # noqa: ANN401 - pydub publishes no types
    from pydub import AudioSegment  # noqa: PLC0415 - only those who have such files need it

    try:
        return AudioSegment.from_file(file, format=demuxer, duration=int(max_seconds) + 1)
    except OSError as error:  # the file could be read: what could not be started is ffmpeg
        message = (
            f"is of a kind that needs ffmpeg; install it ({INSTALL_FFMPEG}), or "
            f"convert it elsewhere: ffmpeg -i {quote(path.name)} {quote(path.stem + '.wav')}"
        )
        raise _error(path, message) from error
    except Exception as error:  # pydub lets through whatever ffmpeg's output leads to
        raise _error(path, "is damaged or holds no sound; record it again, or convert it to WAV") from error


class _Patient:
    """A file that ignores being asked for a place before its beginning, as a damaged header may.

    Within libsndfile's callbacks nobody could catch the error: cffi would print a traceback.
    """

    def __init__(self, file: IO[bytes]) -> None:
        """Take an open file."""
        self.name = getattr(file, "name", "")
        self.read, self.tell = file.read, file.tell
        self._file = file

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go there, if there is such a place; return where it is now."""
        with suppress(OSError, ValueError):
            self._file.seek(offset, whence)
        return self._file.tell()


def _mono(path: Path, frames: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the average of the channels; `frames` has the shape `(n, channels)`."""
    if not np.isfinite(frames).all():
        raise _error(path, "is damaged: some of its samples are not numbers; record or convert it again")
    mono: NDArray[np.float32] = frames.clip(-MAX_LEVEL, MAX_LEVEL).mean(axis=1, dtype=np.float32)
    return mono


def _too_long(path: Path, max_seconds: float) -> DataError:
    return _error(path, f"is longer than {max_seconds:g} seconds; cut out what is needed")


def _error(path: Path, message: str) -> DataError:
    return DataError([Problem(path, 0, "", message)])
