"""The screen of a real session, on a terminal and a sound card in user space."""

import os
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from fcntl import ioctl
from pathlib import Path
from select import select
from struct import pack

import pytest

from tests.history.screened import screened_today
from tests.screen.emulator import Emulator
from tests.virtual_card.card import VirtualCard
from tests.virtual_card.program import VirtualCardError
from voice_coach.audio import pcm
from voice_coach.speak.tts.pyttsx3 import Pyttsx3Synthesizer
from voice_coach.speak.voice_spec import VoiceSpec

SHORT = Path(__file__).parents[1] / "virtual_card" / "short.toml"
PATIENCE = 60.0
ATTEMPTS = 3
"""How often "stop" is said on a machine that is too busy to hear it."""


class Watched:
    """A program on a terminal that somebody watches."""

    def __init__(self, card: VirtualCard, *arguments: str) -> None:
        self._master, slave = os.openpty()
        ioctl(slave, termios.TIOCSWINSZ, pack("HHHH", 24, 80, 0, 0))
        self.emulator = Emulator()
        environment = {**card.env, "TERM": "xterm-256color"}
        command = [sys.executable, "-m", "voice_coach", *arguments]
        self.process = subprocess.Popen(
            command, env=environment, stdin=slave, stdout=slave, stderr=slave, start_new_session=True
        )
        os.close(slave)

    def until(self, true: Callable[[], bool], patience: float = PATIENCE) -> None:
        """Watch until something is to be seen.

        Raises:
            VirtualCardError: it is not within `patience` seconds.
        """
        end = time.monotonic() + patience
        while not true():
            if time.monotonic() > end or not self._watch(0.1):
                raise VirtualCardError("in vain:\n" + "\n".join([*self.emulator.rows, self.emulator.first]))

    def shows(self, *texts: str) -> Callable[[], bool]:
        return lambda: all(any(text in row for row in self.emulator.rows) for text in texts)

    def ends(self) -> int:
        while self._watch(PATIENCE):
            pass
        return self.process.wait(PATIENCE)

    def close(self) -> None:
        self.process.kill()
        self.process.wait(PATIENCE)
        os.close(self._master)

    def _watch(self, patience: float) -> bool:
        """Take what comes within so many seconds; return whether the program is still there."""
        if not select([self._master], [], [], patience)[0]:
            return self.process.poll() is None
        try:
            data = os.read(self._master, 65_536)
        except OSError:  # nobody has the terminal any more
            return False
        self.emulator.feed(data.decode("utf-8").replace("\r\n", "\n"))
        return bool(data)


@pytest.fixture
def watched(live_card: VirtualCard) -> Iterator[Watched]:
    screened_today()
    one = Watched(live_card, "run", "--exercise", str(SHORT), "--headphones")
    yield one
    one.close()


def say(card: VirtualCard, text: str, path: Path) -> None:
    voice = Pyttsx3Synthesizer(VoiceSpec("en-gb", 193))
    try:
        voice.request(text, urgent=True)
        ((_, clip),) = voice.poll(PATIENCE)
        pcm.save(path, clip)
    finally:
        voice.close()
    card.play_to_mic(path)


def test_a_session_on_a_terminal_shows_what_is_said_and_what_is_heard(
    live_card: VirtualCard, watched: Watched, tmp_path: Path
) -> None:
    watched.until(watched.shows("Hello.", "Microphone", 'say "stop"'))
    assert watched.emulator.second
    for left in reversed(range(ATTEMPTS)):
        say(live_card, "stop", tmp_path / "stop.wav")
        try:
            watched.until(watched.shows('"stop"', "certain: stop", "Stopped"), PATIENCE / 2)
            break
        except VirtualCardError:  # a busy machine loses sound
            if not left:
                raise
    watched.process.send_signal(signal.SIGINT)
    assert watched.ends() == 130
    assert not watched.emulator.second
    assert watched.emulator.cursor
    assert watched.emulator.first.splitlines()[-1] == "Session over: interrupted, 0 of 2 repetitions."
    of_the_machine = ("The sound is ", "The computer is too busy")
    complaints = [line for line in watched.emulator.first.splitlines()[:-1] if not line.startswith(of_the_machine)]
    assert complaints == []
