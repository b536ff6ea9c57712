"""Speech from a Wyoming server, such as Piper's; the fallback voice says what it can't."""

import time
from collections import Counter, deque
from collections.abc import Callable
from typing import Final

from voice_coach.audio.pcm import Clip, silence
from voice_coach.errors import NetworkError
from voice_coach.remote.address import Address, silent
from voice_coach.remote.wyoming_client import Calls
from voice_coach.speak.loudness import shape
from voice_coach.speak.tts.synthesizer import Waiting
from voice_coach.workers.thread import Background

RENDERED_WITHIN: Final = 10.0
"""Seconds that a sentence may take: on a Raspberry Pi a large voice needs four for our longest."""

MAX_TEXTS_AHEAD: Final = 2
"""Texts that are asked for at once, one after another: enough not to wait for us, few enough for an urgent one."""

MAX_TRIES: Final = 2
"""How often a text is asked for."""

MAX_FAILURES: Final = 3
"""Failures in a row after which the server is asked no more: each may take `RENDERED_WITHIN`."""


class WyomingSynthesizer:
    """A `Synthesizer` on another machine. Each text is sent there, once it is requested, and nothing else."""

    def __init__(
        self, address: Address, rate: int, *, limit: float = RENDERED_WITHIN, tell: Callable[[str], None] = silent
    ) -> None:
        """Call nobody yet.

        Args:
            address: the server, and after the port one of its voices, or nothing for its default.
            rate: words a minute that were asked for; the protocol has no word for it, so it only keeps clips apart.
            limit: seconds that a sentence may take.
            tell: called with a sentence when the server is given up.
        """
        self._address = address
        self._rate = rate
        self._tell = tell
        self._calls = Calls(address, limit)
        self._jobs: Background[Clip] = Background("wyoming voice")
        self._waiting = Waiting()
        self._flight: deque[str] = deque()
        self._ready: list[tuple[str, Clip]] = []
        self._tries: Counter[str] = Counter()
        self._failures = 0
        self._given_up = False

    @property
    def identity(self) -> str:
        """Server, voice and rate."""
        return f"{self._address} {self._rate}"

    def request(self, text: str, *, urgent: bool = False) -> None:
        """Ask for this text; an urgent one is rendered before those waiting. Never blocks."""
        if self._given_up or not any(character.isalnum() for character in text):
            self._ready.append((text, silence(0)))
        elif text not in self._flight:
            self._waiting.put(text, urgent=urgent)
            self._feed()

    def poll(self, timeout: float = 0.0) -> list[tuple[str, Clip]]:
        """Return the clips that have become ready, waiting up to `timeout` seconds for the first.

        Returns at once when nothing has been requested. An empty clip: the server can't say this text.
        """
        deadline = time.monotonic() + timeout
        self._look()
        while not self._ready and self._flight and (left := deadline - time.monotonic()) > 0:
            self._jobs.wait(left)
            self._look()
        ready, self._ready = self._ready, []
        return ready

    def close(self) -> None:
        """Hang up; may be called twice."""
        self._give_up()
        self._jobs.close()

    def _feed(self) -> None:
        while self._waiting and len(self._flight) < MAX_TEXTS_AHEAD:
            text = self._waiting.popleft()
            self._flight.append(text)
            self._jobs.submit(lambda text=text: shape(self._calls.synthesize(text)))  # type: ignore[misc]

    def _look(self) -> None:
        for answer in self._jobs.poll():
            if self._given_up:
                continue
            text = self._flight.popleft()
            if isinstance(answer, NetworkError):
                self._fail(text, str(answer))
            elif isinstance(answer, BaseException):
                raise answer
            elif not answer.size:
                self._fail(text, f"{self._address} sent no sound.")
            else:
                self._failures = 0
                self._ready.append((text, answer))
        if not self._given_up:
            self._feed()

    def _fail(self, text: str, why: str) -> None:
        """Ask once more; give the server up after repeated failures."""
        self._failures += 1
        self._tries[text] += 1
        if self._tries[text] < MAX_TRIES:
            self._waiting.appendleft(text)
        else:
            self._ready.append((text, silence(0)))
        if self._failures >= MAX_FAILURES:
            self._give_up()
            self._tell(f"{why} The voice of this computer speaks instead.")

    def _give_up(self) -> None:
        """Answer all that is still waited for with empty clips, and so from now on."""
        self._given_up = True
        self._calls.hang_up()
        self._ready.extend((text, silence(0)) for text in (*self._flight, *self._waiting))
        self._flight.clear()
        self._waiting.clear()
