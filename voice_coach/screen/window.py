"""A session as a page in a browser on this computer: large type for a deaf person, and a big Stop for a helper.

The only server of a session, started by `run --window` alone. It listens on 127.0.0.1, at a port that the system
chooses. The address holds a token that works once: whoever opens it first gets a cookie, which the page and its
requests need from then on. A request must name this very host (so that no other name leads here), and a Stop must come
from this page. No sound passes through it.

Its threads read the latest scene; the thread that carries the sound only puts it there, and waits for nobody.
"""

import secrets
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from importlib.resources import files
from typing import Any, Final, Self

import msgspec

from voice_coach.errors import CoachError
from voice_coach.screen.scene import Scene, clock
from voice_coach.timebase import RATE
from voice_coach.workers.thread import Background

HOST: Final = "127.0.0.1"
LOOK_EVERY: Final = 0.05
"""Seconds between two looks at the scene, for each page that is open."""
SIGN_OF_LIFE: Final = 10.0
"""Seconds without a scene after which a page is sent an empty line: one that is gone is noticed by it."""
LAST_SCENE: Final = 1.0
"""Seconds that pages get at the end for the last scene."""
MAX_CONNECTIONS: Final = 16
"""At once; more are refused, whoever they are from."""
REQUEST_WITHIN: Final = 10.0
"""Seconds that a browser may take for a request, or to take a scene."""

_POLICY: Final = (
    "default-src 'none'; img-src data:; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_USED: Final = "This address works once, and was opened already: go on there, or start the session again.\n"


class Window:
    """A view of a session: a page on this computer, while its context lasts."""

    def __init__(self) -> None:
        """Serve nothing yet."""
        self.scene = Scene()
        self.closing = False
        self.token = secrets.token_urlsafe(16)
        """Empty once it was used."""
        self.key = secrets.token_urlsafe(16)
        """What the cookie holds."""
        self._stops: deque[None] = deque()
        self._pages: set[_Handler] = set()

    def __enter__(self) -> Self:
        """Listen.

        Raises:
            CoachError: no port can be had.
        """
        try:
            self._server = _Server(self)
        except OSError as error:
            raise CoachError(f"The page can't be shown ({error.strerror}): leave out --window.") from error
        self._thread = Background[None]("window")
        self._thread.submit(lambda: self._server.serve_forever(LOOK_EVERY))
        return self

    def __exit__(self, *_: object) -> None:
        """Let the pages that are open have the last scene, and end."""
        end = time.monotonic() + LAST_SCENE
        while any(page.sent is not self.scene for page in list(self._pages)) and time.monotonic() < end:
            time.sleep(LOOK_EVERY)
        self.closing = True
        self._server.shutdown()
        self._server.server_close()
        self._thread.close()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    @property
    def origin(self) -> str:
        """How a browser names the page that a request comes from."""
        return f"http://{HOST}:{self.port}"

    @property
    def address(self) -> str:
        """What is to be opened; once."""
        return f"{self.origin}/{self.token}"

    @property
    def cookie(self) -> str:
        """The cookie's name: browsers don't tell the ports of a host apart."""
        return f"voice_coach_{self.port}"

    def draw(self, scene: Scene) -> None:
        """Show this, from now on."""
        self.scene = scene

    def take_stop(self) -> bool:
        """Return whether somebody has pressed Stop since the last call, or once more before it."""
        try:
            self._stops.popleft()
        except IndexError:
            return False
        return True

    def stop(self) -> None:
        """Take a Stop; on a thread of the server."""
        self._stops.append(None)

    def use(self, token: str) -> bool:
        """Return whether a token is the one, which no other one is from then on."""
        if not self.token or not secrets.compare_digest(token.encode(), self.token.encode()):
            return False
        self.token = ""
        return True

    def scenes(self, page: "_Handler") -> Iterator[bytes]:
        """Yield what a page is to be sent, each scene that is new when it is looked for."""
        self._pages.add(page)
        try:
            while self._waited(page):
                scene = self.scene
                yield b":\n\n" if scene is page.sent else b"data: " + msgspec.json.encode(shown(scene)) + b"\n\n"
                page.sent = scene
        finally:
            self._pages.discard(page)

    def _waited(self, page: "_Handler") -> bool:
        """Wait until a page is to be sent something; return False where nothing more comes."""
        end = time.monotonic() + SIGN_OF_LIFE
        while self.scene is page.sent and time.monotonic() < end:
            if self.closing:
                return False
            time.sleep(LOOK_EVERY)
        return True


def shown(scene: Scene) -> Mapping[str, Any]:
    """Return a scene as the page's script takes it."""
    left = scene.moment.left
    return {
        **asdict(scene),
        "time": clock(scene.at),
        "left": None if left is None else -(-left // RATE),
        "heard": [asdict(one) for one in scene.heard],
    }


class _Server(ThreadingHTTPServer):
    """A server of one window."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, window: Window) -> None:
        self.window: Final = window
        self._free = threading.BoundedSemaphore(MAX_CONNECTIONS)
        super().__init__((HOST, 0), _Handler)

    def server_bind(self) -> None:
        """Bind, without asking anybody what this computer is called, as an `HTTPServer` does."""
        super(HTTPServer, self).server_bind()
        self.server_name, self.server_port = HOST, self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 -- as socketserver has them
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """Say nothing: a browser that is gone, or a request that is none, is no fault of the session's."""


class _Handler(BaseHTTPRequestHandler):
    """One request."""

    server: _Server
    timeout = REQUEST_WITHIN
    sent: Scene | None = None
    """What the page has got last."""

    def do_GET(self) -> None:
        window = self.server.window
        path = self.path.partition("?")[0]
        if not self._is_for_us():
            self._refuse(HTTPStatus.FORBIDDEN)
        elif window.use(path.removeprefix("/")):
            self._answer(
                HTTPStatus.SEE_OTHER, b"", Location="/",
                Set_Cookie=f"{window.cookie}={window.key}; HttpOnly; SameSite=Lax; Path=/",
            )  # fmt: skip
        elif not self._is_known():
            self._refuse(HTTPStatus.FORBIDDEN, _USED)
        elif path == "/":
            nonce = secrets.token_urlsafe(16)
            page = files(__package__).joinpath("page.html").read_text(encoding="utf-8").replace("NONCE", nonce)
            self._answer(
                HTTPStatus.OK, page.encode(), Content_Type="text/html; charset=utf-8",
                Content_Security_Policy=_POLICY.format(nonce=nonce),
            )  # fmt: skip
        elif path == "/scenes":
            self._answer(HTTPStatus.OK, None, Content_Type="text/event-stream")
            with suppress(OSError):
                for data in window.scenes(self):
                    self.wfile.write(data)
        else:
            self._refuse(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        if not (self._is_for_us() and self._is_known() and self.headers.get("Origin") == self.server.window.origin):
            self._refuse(HTTPStatus.FORBIDDEN)
        elif self.path == "/stop":
            self.server.window.stop()
            self._answer(HTTPStatus.NO_CONTENT, b"")
        else:
            self._refuse(HTTPStatus.NOT_FOUND)

    def log_message(self, *_: object) -> None:
        """Write nothing: standard error is the session's."""

    def version_string(self) -> str:
        return "voice-coach"

    def _is_for_us(self) -> bool:
        """Tell whether the request names this host, and comes from no other page."""
        window = self.server.window
        return (
            self.headers.get_all("Host") == [f"{HOST}:{window.port}"]
            and self.headers.get("Origin", window.origin) == window.origin
        )

    def _is_known(self) -> bool:
        """Tell whether the request has the cookie."""
        try:
            cookie = SimpleCookie(self.headers.get("Cookie", "")).get(self.server.window.cookie)
        except CookieError:
            return False
        return cookie is not None and secrets.compare_digest(cookie.value.encode(), self.server.window.key.encode())

    def _refuse(self, status: HTTPStatus, why: str = "") -> None:
        self._answer(status, (why or f"{status.phrase}.\n").encode(), Content_Type="text/plain; charset=utf-8")

    def _answer(self, status: HTTPStatus, body: bytes | None, **headers: str) -> None:
        """Send an answer; without a body one follows that ends with the connection."""
        self.send_response(status)
        usual = {
            "Cache_Control": "no-store",
            "Referrer_Policy": "no-referrer",
            "X_Content_Type_Options": "nosniff",
            "Cross_Origin_Resource_Policy": "same-origin",
        }
        if body is not None:
            usual["Content_Length"] = str(len(body))
        for name, value in (usual | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if body:
            self.wfile.write(body)
