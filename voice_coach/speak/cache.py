"""A cache of clips on disk, so that the next session starts with its voice ready. Losing it costs only time."""

import os
import tempfile
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Final

import numpy as np

from voice_coach.audio.pcm import Clip
from voice_coach.speak.loudness import VERSION

MAX_CACHE_BYTES: Final = 64 * 2**20
"""Bytes that the folder may hold after `prune`: some 35 minutes of speech, a dozen exercises."""

_DIGEST: Final = 16
_SUFFIX: Final = ".pcm"


class DiskCache:
    """A folder of clips. A file is a digest and little-endian 16-bit samples; a damaged one counts as missing."""

    def __init__(self, folder: Path, *, limit: int = MAX_CACHE_BYTES) -> None:
        """Use `folder`, which is made when the first clip is kept."""
        self._folder = folder
        self._limit = limit
        self.trouble = ""
        """A sentence that says why clips can't be kept; empty: they can. After a failure nothing more is written."""

    def get(self, key: str) -> Clip | None:
        """Return the clip kept under this key; None: there is none, or it is damaged."""
        path = self._path(key)
        try:
            data = path.read_bytes()
        except OSError:
            return None
        digest, pcm = data[:_DIGEST], data[_DIGEST:]
        if digest != _digest(pcm) or not pcm:
            return None
        with suppress(OSError):  # a folder that can only be read serves as well
            os.utime(path)  # what is used is not pruned
        return np.frombuffer(pcm, "<i2").astype(np.int16)

    def put(self, key: str, clip: Clip) -> None:
        """Keep the clip; if that fails, `trouble` says why."""
        if self.trouble:
            return
        pcm = clip.astype("<i2").tobytes()
        try:
            self._write(self._path(key), _digest(pcm) + pcm)
        except OSError as error:
            self.trouble = f"{self._folder}: speech can't be kept for the next time ({error.strerror or error})."

    def prune(self) -> None:
        """Remove the least recently used clips until the others fit the limit."""
        with suppress(OSError):  # another session is pruning: its work is as good as ours
            files = [(path, path.stat()) for path in self._folder.glob("*.*")]
            files.sort(key=lambda file: file[1].st_mtime, reverse=True)
            total = 0
            for path, status in files:
                total += status.st_size
                if total > self._limit:
                    path.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._folder / (blake2b(f"{VERSION}\n{key}".encode(), digest_size=_DIGEST).hexdigest() + _SUFFIX)

    def _write(self, path: Path, data: bytes) -> None:
        """Write a temporary file and rename it, so that no half-written file is ever read."""
        self._folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._folder, suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(name).replace(path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=_DIGEST).digest()
