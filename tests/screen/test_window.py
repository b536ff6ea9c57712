"""The page's server: whom it answers, and what it tells."""

import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection, HTTPResponse

import pytest

from tests.screen.looking_on import LookedAt
from tests.screen.sample import SAMPLE
from voice_coach.screen.window import MAX_CONNECTIONS, Window
from voice_coach.testing import counting

PATIENCE = 60.0


@dataclass
class Browser:
    """Sends what a browser would, unless it is told otherwise."""

    window: Window
    headers: dict[str, str] = field(default_factory=dict)

    def asks(self, method: str, path: str, **other: str | None) -> HTTPResponse:
        connection = HTTPConnection("127.0.0.1", self.window.port, timeout=PATIENCE)
        headers = {"Host": f"127.0.0.1:{self.window.port}", **self.headers, **other}
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            if value is not None:
                connection.putheader(name, value)
        connection.endheaders()
        return connection.getresponse()

    def opens(self) -> "Browser":
        answer = self.asks("GET", f"/{self.window.token}")
        assert (answer.status, answer.headers["Location"]) == (303, "/")
        cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        self.headers["Cookie"] = cookie.partition(";")[0]
        return self

    def stops(self, **other: str | None) -> int:
        return self.asks("POST", "/stop", **{"Origin": self.window.origin, **other}).status


@pytest.fixture
def window() -> Iterator[Window]:
    with Window() as one:
        yield one


def test_the_address_opens_the_page_once(window: Window) -> None:
    path = window.address.removeprefix(window.origin)
    browser = Browser(window).opens()
    page = browser.asks("GET", "/")
    assert page.status == 200
    assert b"Stop</button>" in page.read()
    assert Browser(window).asks("GET", path).status == 403
    assert b"opened already" in Browser(window).asks("GET", path).read()
    assert browser.asks("GET", "/").status == 200  # again, in the same browser


def test_without_the_address_nobody_sees_anything_or_stops_it(window: Window) -> None:
    stranger = Browser(window)
    for path in ("/", "/scenes", "/guess", "//", "/stop", "/" + "x" * 22, "/é".encode("latin-1").decode("latin-1")):
        assert stranger.asks("GET", path if path.isascii() else "/%C3%A9").status == 403
    assert stranger.stops() == 403
    assert stranger.stops(Cookie=f"{window.cookie}=guess") == 403
    assert stranger.stops(Cookie="; ;;=") == 403
    assert not window.take_stop()
    Browser(window).opens()


@pytest.mark.parametrize("host", ["evil.example", "localhost", "127.0.0.1", "evil.example:{port}", "", None])
def test_another_name_for_this_computer_is_refused(window: Window, host: str | None) -> None:
    """A page of somebody else's may have its own name lead here (DNS rebinding)."""
    browser = Browser(window).opens()
    name = host and host.format(port=window.port)
    assert browser.asks("GET", "/", Host=name).status == 403
    assert browser.asks("GET", "/scenes", Host=name).status == 403
    assert browser.stops(Host=name) == 403
    assert not window.take_stop()


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1", "https://127.0.0.1:{port}", None]
)
def test_another_page_stops_nothing(window: Window, origin: str | None) -> None:
    browser = Browser(window).opens()
    assert browser.stops(Origin=origin and origin.format(port=window.port)) == 403
    assert not window.take_stop()


def test_stop_is_a_post_and_each_is_taken_once(window: Window) -> None:
    browser = Browser(window).opens()
    assert browser.asks("GET", "/stop").status == 404
    assert not window.take_stop()
    assert [browser.stops(), browser.stops()] == [204, 204]
    assert [window.take_stop() for _ in range(3)] == [True, True, False]
    assert browser.asks("POST", "/other", Origin=window.origin).status == 404
    assert browser.asks("PUT", "/stop").status == 501


def test_what_it_sends_stays_in_the_browser_and_runs_nothing_but_itself(window: Window) -> None:
    page = Browser(window).opens().asks("GET", "/")
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Server"] == "voice-coach"
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    nonce = policy.partition("script-src 'nonce-")[2].partition("'")[0]
    text = page.read().decode()
    assert text.count(f'nonce="{nonce}"') == 2
    assert "NONCE" not in text
    assert "://" not in text  # nothing is fetched from anywhere


def test_a_page_gets_the_scene_that_is_and_each_that_follows(window: Window) -> None:
    window.draw(SAMPLE)
    stream = Browser(window).opens().asks("GET", "/scenes")
    assert stream.headers["Content-Type"] == "text/event-stream"
    first = scene(stream)
    assert (first["exercise"], first["time"], first["left"]) == ("Flexion rotation", "1:01", 2)
    assert first["heard"] == [{"at": 0, "words": "it's worse", "meaning": "worse", "certainty": "certain"}]
    window.draw(replace(SAMPLE, said=("Stop.",)))
    assert scene(stream)["said"] == ["Stop."]


def test_at_the_end_a_page_has_the_last_scene() -> None:
    with Window() as window:
        window.draw(SAMPLE)
        stream = Browser(window).opens().asks("GET", "/scenes")
        assert not scene(stream)["over"]
        window.draw(replace(SAMPLE, over=True))
    assert scene(stream)["over"]
    assert stream.read() == b""


def scene(stream: HTTPResponse) -> dict[str, object]:
    line = stream.readline()
    assert stream.readline() == b"\n"
    found: dict[str, object] = json.loads(line.removeprefix(b"data: "))
    return found


def test_a_stop_silences_the_coach_as_soon_as_without_a_page(window: Window) -> None:
    """To the very sample: the page's threads take no part in a session."""
    rows = []
    stream = Browser(window).opens().asks("GET", "/scenes")
    for views in ((), (window,)):
        session = LookedAt(*views).until(counting(1)).waits(2).says("stop").waits(1)
        rows.append(session.log.rows)
    assert scene(stream)
    assert rows[0] == rows[1]
    stop = next(row for row in rows[1] if row["type"] == "Intent" and row["name"] == "stop")
    hush = [row["at"] for row in rows[1] if row["type"] == "Hush" and row["at"] >= stop["at"]]
    assert hush[0] == stop["at"]


def test_only_this_computer_is_listened_to(window: Window) -> None:
    assert window._server.server_address[0] == "127.0.0.1"


def test_who_opens_many_connections_gets_no_more_and_a_stop_still_comes_through(window: Window) -> None:
    browser = Browser(window).opens()
    held = [socket.create_connection(("127.0.0.1", window.port), PATIENCE) for _ in range(2 * MAX_CONNECTIONS)]
    closed = [one for one in held[MAX_CONNECTIONS:] if one.recv(1) == b""]
    assert len(closed) == MAX_CONNECTIONS
    for one in held:
        one.close()
    for _ in range(1000):  # until the server has noticed
        with suppress(OSError):
            assert browser.stops() == 204
            break
    assert window.take_stop()


def test_what_is_no_request_is_told_to_nobody(window: Window, capfd: pytest.CaptureFixture[str]) -> None:
    with socket.create_connection(("127.0.0.1", window.port), PATIENCE) as one:
        one.sendall(b"\x16\x03\x01\x02nonsense\r\n\r\n")
        while one.recv(4096):
            pass
    assert Browser(window).opens().asks("GET", "/").status == 200
    assert capfd.readouterr() == ("", "")
