"""Fetches an archive: the one file that calls anybody, and only for `voice-coach models install`.

A download that was cut off goes on where it ended, also days later, if the server's file is still the same.
"""

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException, HTTPMessage, HTTPResponse
from pathlib import Path
from typing import IO, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

from voice_coach import __version__
from voice_coach.errors import RecognitionError
from voice_coach.models.disk import explained

Progress = Callable[[int, int], None]
"""Is told how many bytes are there, and how many there will be."""

MAX_BYTES: Final = 4 << 30
"""Of an archive whose size is not known; the largest official model has half of that."""

_PIECE: Final = 1 << 16
_MAX_SILENCE: Final = 30.0
"""Seconds without a byte until a connection is given up."""

_MAX_TRIES: Final = 5
"""Connections in a row that may bring nothing; each that brings something resets the count."""

_PARTIAL: Final = 206
_NO_SUCH_RANGE: Final = 416


class UnreachableError(RecognitionError):
    """The server does not answer, or not with the file."""


@dataclass(frozen=True, slots=True)
class Download:
    """A file that is being fetched."""

    url: str
    path: Path
    """The partial download."""
    tag: Path
    """The file that records which version of the server's file it is."""
    size: int | None
    """Bytes that it must have; None: as many as the server says."""

    @property
    def there(self) -> int:
        """How many bytes are there."""
        return self.path.stat().st_size if self.path.exists() else 0

    def forget(self) -> None:
        """Delete what is there."""
        with explained(self.path):
            self.path.unlink(missing_ok=True)
            self.tag.unlink(missing_ok=True)


def fetch(download: Download, progress: Progress) -> None:
    """Fetch the file, or the rest of it. Ctrl-C leaves what is there for the next time.

    Raises:
        UnreachableError: the server does not answer, or is cut off again and again; what is there stays.
        RecognitionError: it has another file than was expected, or the disk does not take it.
    """
    if urlsplit(download.url).scheme not in {"http", "https"}:
        raise RecognitionError(
            f"{download.url} is not an address to download from: give one that begins with https://."
        )
    if download.size is not None and download.there == download.size:
        return
    fruitless = 0
    while fruitless < _MAX_TRIES:
        before = download.there
        if _connect(download, progress):
            return
        fruitless = 0 if download.there > before else fruitless + 1
    raise UnreachableError(f"The connection to {_host(download.url)} breaks off again and again")


def _connect(download: Download, progress: Progress) -> bool:
    """Fetch what one connection brings; return whether the file is complete."""
    start = _resumable(download)
    try:
        response = _opener().open(_request(download, start), timeout=_MAX_SILENCE)
    except HTTPError as error:
        error.close()  # it is the server's answer too
        if error.code == _NO_SUCH_RANGE and start:
            if error.headers.get("Content-Range") == f"bytes */{start}":
                return True  # nothing was left to fetch
            download.forget()  # what is there is no part of the server's file
            return False
        raise UnreachableError(
            f"{_host(download.url)} answers {error.code} {error.reason} to {download.url}"
        ) from error
    except (URLError, HTTPException, OSError) as error:
        reason = getattr(error, "reason", None) or error
        raise UnreachableError(f"{_host(download.url)} can't be reached ({reason})") from error
    with response:
        total = _announced(download, response, start)
        if response.status != _PARTIAL:
            start = 0
            _note(download, response.headers)
        return _receive(download, response, start, total, progress)


def _resumable(download: Download) -> int:
    """Return from which byte to go on; without a tag nobody knows what the part is a part of."""
    start = download.there
    if start and download.tag.exists() and (download.size is None or start < download.size):
        return start
    download.forget()
    return 0


def _request(download: Download, start: int) -> Request:
    headers = {"User-Agent": f"voice-coach/{__version__}", "Accept-Encoding": "identity"}
    if start:
        with explained(download.tag):
            headers |= {
                "Range": f"bytes={start}-",
                "If-Range": download.tag.read_text(encoding="ascii", errors="replace"),
            }
    return Request(download.url, headers=headers)  # noqa: S310 - `fetch` has looked at the scheme


def _announced(download: Download, response: HTTPResponse, start: int) -> int:
    """Return how many bytes the whole file has.

    Raises:
        RecognitionError: not as many as expected, or the server does not say.
    """
    total: int | None
    if response.status == _PARTIAL:
        match = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", response.headers.get("Content-Range", ""))
        total = int(match[2]) if match and int(match[1]) == start else None
    else:
        length = response.headers.get("Content-Length", "")
        total = int(length) if re.fullmatch(r"\d+", length) else download.size
    if total is None:
        download.forget()
        raise UnreachableError(f"{_host(download.url)} does not say what it sends")
    if download.size is not None and total != download.size:
        download.forget()
        raise RecognitionError(
            f"The file at {download.url} has {total:,} bytes instead of {download.size:,}, so it differs: give"
            " its --sha256 if you know that it is the right one."
        )
    if total > MAX_BYTES:
        raise RecognitionError(f"The file at {download.url} has {total:,} bytes, which is too large for a model.")
    return total


def _note(download: Download, headers: Message) -> None:
    """Keep what tells this version of the file from another; a weak tag is of no use (RFC 9110, 13.1.5)."""
    tag = headers.get("ETag", "")
    version = headers.get("Last-Modified", "") if tag.startswith("W/") or not tag else tag
    with explained(download.tag):
        if version:
            download.tag.write_text(version, encoding="ascii", errors="replace")
        else:
            download.tag.unlink(missing_ok=True)


def _receive(download: Download, response: HTTPResponse, start: int, total: int, progress: Progress) -> bool:
    """Write what follows the first `start` bytes; return whether all of it came."""
    there = start
    with explained(download.path):
        free = shutil.disk_usage(download.path.parent).free
        if free < total - start:
            raise RecognitionError(
                f"There is no room left for {download.path} ({(total - start) / 1e6:.0f} MB are needed,"
                f" {free / 1e6:.0f} MB are free): free some space, then try again."
            )
        with download.path.open("ab" if start else "wb") as file:
            progress(there, total)
            while there < total and (piece := _read(response, min(_PIECE, total - there))):
                file.write(piece)
                there += len(piece)
                progress(there, total)
    return there == total


def _read(response: HTTPResponse, most: int) -> bytes:
    """Return the next bytes; none if the connection was cut or nothing comes."""
    try:
        return response.read(most)
    except (HTTPException, OSError):
        return b""


class _NoDowngrade(HTTPRedirectHandler):
    """Follows no redirection from an encrypted connection to an open one."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        """Follow, or answer with the error."""
        if req.type == "https" and urlsplit(newurl).scheme != "https":
            raise HTTPError(req.full_url, code, f"(leads to {newurl}, which is not encrypted)", headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _opener() -> OpenerDirector:
    return build_opener(_NoDowngrade)


def _host(url: str) -> str:
    return urlsplit(url).netloc
