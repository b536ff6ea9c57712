"""What the tests run in a process of its own, so that PortAudio's and ALSA's state stays out of pytest.

Prints one JSON object a line. `python child.py MODE [SECONDS]`:

    click    send clicks, and measure when the microphone hears them
    stereo   the same through a stream of 48 kHz and two channels
    quiet    do nothing, until standard input is closed
    talk     make a noise for two seconds, listen for three, again and again, until standard input is closed
    tones    answer tones, until standard input is closed
    ending   say a tone of 0.5 s, and be done with it at its last sample
"""

import json
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, replace

import numpy as np

from tests.virtual_card.tones import ToneCoach, tone
from voice_coach.audio.devices import choose_pair, inventory, settle
from voice_coach.audio.live import Advance, Ailing, Back, DeviceNews, Healed, LiveAudio, Lost, Reopened, Torn
from voice_coach.audio.pcm import Clip, silence
from voice_coach.audio.stream import Duplex, open_devices, open_stream
from voice_coach.errors import CoachError
from voice_coach.timebase import Samples, samples

LOUD = 8_000
CLICKS = ("click", "stereo")


def say(**line: object) -> None:
    """Tell the parent."""
    print(json.dumps({**line, "time": time.monotonic()}), flush=True)  # noqa: T201


class Clicker:
    """Sends a click each second and notes when they are heard."""

    def __init__(self) -> None:
        """Begin silent."""
        self.now: Samples = 0
        self.expected: Callable[[], Samples] = lambda: 0
        """The delay that the device reports at that moment."""
        self.delays: list[tuple[Samples, Samples]] = []
        """Of each click that was heard: measured, reported."""
        self._sent: Samples | None = None

    def advance(self, mic: Clip) -> Clip:
        """Take a block and give one."""
        if not self.now:
            say(event="running")
        loud = np.flatnonzero(np.abs(mic.astype(np.int32)) > LOUD)
        if loud.size and self._sent is not None:
            self.delays.append((self.now + int(loud[0]) - self._sent, self.expected()))
            self._sent = None
        speaker = silence(len(mic))
        if self.now // len(mic) % 50 == 24:
            self._sent = self.now
            speaker[:16] = 30_000
        self.now += len(mic)
        return speaker


class Quiet:
    """Counts what it hears and says nothing."""

    def __init__(self) -> None:
        """Begin."""
        self.now: Samples = 0

    def advance(self, mic: Clip) -> Clip:
        """Take a block and give silence."""
        self.now += len(mic)
        if self.now == len(mic):
            say(event="running")
        return silence(len(mic))


class Talk(Quiet):
    """Makes a noise for two seconds and is silent for three, again and again."""

    def advance(self, mic: Clip) -> Clip:
        """Take a block and give one."""
        began = self.now
        block = super().advance(mic)
        if began % samples(5) < samples(2):
            block = np.random.default_rng(began).integers(-6_000, 6_000, len(mic)).astype(np.int16)
        return block


class Speech:
    """Says a tone at once."""

    def __init__(self, length: Samples) -> None:
        """Take its length."""
        self._rest = tone("middle", length)

    def advance(self, mic: Clip) -> Clip:
        """Take a block and give the next of the tone."""
        block, self._rest = self._rest[: len(mic)], self._rest[len(mic) :]
        return block

    def done(self) -> bool:
        """Tell if all of it is said."""
        return not self._rest.size


def stereo() -> Duplex:
    """Open the devices as if they refused our rate and one channel."""
    return open_stream(replace(settle(*choose_pair(inventory())), rate=48_000, inputs=2, outputs=2))


def coach(mode: str, limit: Samples, audio: LiveAudio, report: dict[str, object]) -> tuple[Advance, Callable[[], bool]]:
    """Return the coach for that mode, and what it is done by; what it found will be in `report`."""
    if mode in CLICKS:
        clicker = Clicker()
        clicker.expected = lambda: audio.stats().loop_delay
        report["delays"] = clicker.delays
        return clicker.advance, lambda: clicker.now >= limit
    if mode == "ending":
        speech = Speech(limit)
        return speech.advance, speech.done
    if mode == "tones":
        say(event="running")
        tones = ToneCoach(lambda name: say(event=f"answered {name}"))
        report["log"] = tones.log
        return tones.advance, closed()
    return (Talk() if mode == "talk" else Quiet()).advance, closed()


def closed() -> Callable[[], bool]:
    """Return what tells if the parent has closed standard input."""
    event = threading.Event()

    def wait() -> None:
        sys.stdin.read()
        event.set()

    threading.Thread(target=wait, daemon=True).start()
    return event.is_set


def main(mode: str, seconds: float) -> None:
    """Run one coach on the devices and print what came of it."""
    report: dict[str, object] = {}
    clicks = mode in CLICKS  # are to come back at once, over the speaker's monitor
    opener = stereo if mode == "stereo" else open_devices
    audio = LiveAudio(opener, lambda news: say(**describe(news)), judged=not clicks)
    advance, done = coach(mode, samples(seconds), audio, report)
    used, began = time.process_time(), time.monotonic()
    try:
        audio.run(advance, done)
    except CoachError as error:
        say(event="error", message=str(error))
        sys.exit(error.exit_code)
    cpu = (time.process_time() - used) / (time.monotonic() - began)
    say(event="end", cpu=cpu, **asdict(audio.stats()), **report)


def describe(news: DeviceNews) -> dict[str, object]:
    """Return it as a line."""
    match news:
        case Lost(reason):
            return {"event": "lost", "reason": reason}
        case Back():
            return {"event": "back"}
        case Torn():
            return {"event": "torn"}
        case Reopened():
            return {"event": "reopened"}
        case Ailing(fault):
            return {"event": "ailing", "fault": fault}
        case Healed():
            return {"event": "healed"}


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 0.0)
