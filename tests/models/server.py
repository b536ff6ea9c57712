"""A web server on this computer that has one file, and may behave badly."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import NamedTuple

import pytest

from tests.until import HANG


@dataclass
class Site:
    """What the server has and does; a test may change it between two requests."""

    data: bytes
    url: str = ""
    headers: dict[str, str] = field(default_factory=lambda: {"ETag": '"one"'})
    status: int = 200
    """Another than 200: all that it answers."""
    ranges: bool = True
    """Whether it knows what a range is."""
    shift: int = 0
    """How far beside the range that was asked for it answers."""
    cuts: list[int] = field(default_factory=list)
    """After how many bytes each of the next connections is cut."""
    stall: Event | None = None
    """Where a connection is cut, it hangs instead until this is set."""
    stalled: Event = field(default_factory=Event)
    length: bool = True
    """Whether it says how long its answer is."""
    location: str = ""
    """Where the file is instead."""
    asked: list[dict[str, str]] = field(default_factory=list)
    """The headers of each request."""

    @property
    def starts(self) -> list[int]:
        """From which byte each request asked."""
        return [int(headers.get("Range", "bytes=0-")[6:-1]) for headers in self.asked]


class _Handler(BaseHTTPRequestHandler):
    site: Site

    def do_GET(self) -> None:
        self.site.asked.append(dict(self.headers.items()))
        if self.site.location:
            self.answer(302, b"", {"Location": self.site.location})
        elif self.site.status != 200:
            self.answer(self.site.status, b"", {})
        else:
            self.file(self.site.data, self.site.starts[-1])

    def file(self, data: bytes, start: int) -> None:
        same = self.headers["If-Range"] in self.site.headers.values()
        if not (start and self.site.ranges and same):
            self.answer(200, data, self.site.headers)
        elif start >= len(data):
            self.answer(416, b"", {"Content-Range": f"bytes */{len(data)}"})
        else:
            start += self.site.shift
            span = f"bytes {start}-{len(data) - 1}/{len(data)}"
            self.answer(206, data[start:], {**self.site.headers, "Content-Range": span})

    def answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if self.site.length:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        cut = self.site.cuts.pop(0) if self.site.cuts else len(body)
        with suppress(ConnectionError):  # whoever asked may have seen enough
            self.wfile.write(body[:cut])
        if cut < len(body) and self.site.stall:
            self.site.stalled.set()
            self.site.stall.wait(HANG)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serve(data: bytes) -> Iterator[Site]:
    """Serve the file as long as the block runs."""
    site = Site(data)
    handler = type("Handler", (_Handler,), {"site": site})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        site.url = f"http://127.0.0.1:{server.server_port}/model.zip"
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield site
        finally:
            if site.stall:
                site.stall.set()
            server.shutdown()
            thread.join()


class Usage(NamedTuple):
    """What `shutil.disk_usage` returns, in bytes."""

    total: int
    used: int
    free: int


def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the system say that there is next to no room."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10_000, 9_999, 1))
