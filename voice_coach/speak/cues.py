"""Recorded sounds from audio_cues/: the earcons, and recordings that replace the synthetic voice.

The only file that knows pydub. pydub reads 16- and 24-bit WAVs by itself and needs ffmpeg for anything else.
"""

import warnings
from pathlib import Path
from typing import IO, Any, Final

import numpy as np

from voice_coach.actions import Earcon, Line
from voice_coach.audio.pcm import Clip, Signal, resample, to_clip
from voice_coach.errors import DataError, Problem
from voice_coach.files import resources
from voice_coach.speak.loudness import shape

KINDS: Final = ("wav", "flac", "mp3", "ogg")
"""Endings of sound files, the one that wins first."""


def find_line(line: Line, language: str) -> Path | None:
    """Return the recording that replaces this line, `<language>/<cue>.<kind>`; None: there is none."""
    return _find(f"{language}/{line.cue}")


def find_earcon(earcon: Earcon) -> Path | None:
    """Return the earcon's file; None: it is missing."""
    return _find(earcon.value)


def load_line(path: Path) -> Clip:
    """Return a recorded line, trimmed to its onset and at the loudness of all speech.

    Raises:
        DataError: the file can't be read or holds no sound.
    """
    return _loaded(path, boost=True)


def load_earcon(path: Path) -> Clip:
    """Return an earcon, trimmed to its onset; never made louder, as some are meant to be soft.

    Raises:
        DataError: the file can't be read or holds no sound.
    """
    return _loaded(path, boost=False)


def _find(name: str) -> Path | None:
    for folder in resources.folders("audio_cues"):
        for kind in KINDS:
            path = folder / f"{name}.{kind}"
            if path.is_file() and path.resolve().is_relative_to(folder.resolve()):
                return path
    return None


def _loaded(path: Path, *, boost: bool) -> Clip:
    clip = shape(to_clip(resample(*_decode(path))), boost=boost)
    if not clip.size:
        raise _error(path, "holds only silence; record it again, or remove it to hear the synthetic voice")
    return clip


def _decode(path: Path) -> tuple[Signal, int]:
    """Return the file's sound, its channels averaged, and its rate."""
    try:
        file = path.open("rb")
    except OSError as error:
        reason = error.strerror or error
        raise _error(path, f"can't be read ({reason}); put it where you may read it, or remove it") from error
    with file, warnings.catch_warnings():
        # At import pydub tells that ffmpeg is missing, which we say better; while decoding it leaves files open.
        warnings.simplefilter("ignore")
        segment = _segment(path, file)
    frames = np.array(segment.get_array_of_samples(), np.float32).reshape(-1, segment.channels)
    return frames.mean(axis=1, dtype=np.float32) / np.float32(segment.max_possible_amplitude), segment.frame_rate


def _segment(path: Path, file: IO[bytes]) -> Any:  # noqa: ANN401 - pydub publishes no types
    from pydub import AudioSegment  # noqa: PLC0415 - not needed by those who have no recordings

    try:
        kind = path.suffix[1:].lower()
        return AudioSegment.from_file(file, format=None if kind == "wav" and _holds_floats(file) else kind)
    except OSError as error:  # the file is open: what could not be started is ffmpeg
        message = "needs ffmpeg to be read; install ffmpeg, or convert the file to a 16-bit WAV"
        raise _error(path, message) from error
    except Exception as error:  # pydub lets through whatever wave, struct, audioop and ffmpeg's output lead to
        raise _error(path, "is no sound file that can be decoded; convert it to a 16-bit WAV") from error


def _holds_floats(file: IO[bytes]) -> bool:
    """Return whether it is an "extensible" WAV of floats, whose samples pydub would take for integers: loud noise.

    Without a format pydub leaves it to ffmpeg; plain float WAVs it leaves to ffmpeg by itself.
    """
    head = file.read(4096)
    file.seek(0)
    chunk = head.partition(b"fmt ")[2]
    tag, sub_format = chunk[4:6], chunk[28:30]
    return tag == b"\xfe\xff" and sub_format == b"\x03\x00"


def _error(path: Path, message: str) -> DataError:
    return DataError([Problem(path, 0, "", message)])
