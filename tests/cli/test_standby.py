"""`voice-coach standby` with a microphone and a speaker: a session on a word, an end in order, what systemd is told."""

import os
import signal
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.standby.test_runner import Room
from tests.virtual_card.card import VirtualCard
from tests.virtual_card.program import Program, VirtualCardError
from voice_coach.actions import Listen
from voice_coach.app.resolve import Options
from voice_coach.app.run_standby import Attendance
from voice_coach.audio.live import Back, Lost, Reopened, Torn
from voice_coach.audio.pcm import save
from voice_coach.cli.console import Terminal
from voice_coach.cli.main import main
from voice_coach.cli.standby import run_options
from voice_coach.config import preferences
from voice_coach.config.preferences import Preferences
from voice_coach.config.settings import Settings
from voice_coach.events import Intent
from voice_coach.files.profiles import FIRST, Profile
from voice_coach.history.store import Store
from voice_coach.speak.tts.pyttsx3 import Pyttsx3Synthesizer
from voice_coach.speak.voice_spec import VoiceSpec
from voice_coach.standby.events import Begin, SessionOver
from voice_coach.standby.settings import file

WAITING = "STATUS=Waiting for the next session."
SHORT = Path(__file__).parents[1] / "virtual_card" / "short.toml"
STANDBY = ("-u", "-m", "voice_coach", "standby", "--exercise", SHORT)


@pytest.fixture(scope="module")
def person(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return what a person says, as sound files."""
    folder = tmp_path_factory.mktemp("person")
    engine = Pyttsx3Synthesizer(VoiceSpec("en-gb", 193))
    said: dict[str, Path] = {}
    for text in ("start my session", "yes"):
        engine.request(text, urgent=True)
        ((_, clip),) = engine.poll(60.0)
        said[text] = folder / f"{text}.wav"
        save(said[text], clip)
    engine.close()
    return said


@pytest.fixture
def systemd() -> Iterator[tuple[str, socket.socket]]:
    """Return the path of a socket that listens as systemd's does, and the socket."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ours:
        ours.bind(f"{folder}/notify")
        ours.settimeout(0)
        yield f"{folder}/notify", ours


def told(ours: socket.socket) -> list[str]:
    found: list[str] = []
    with suppress(BlockingIOError):
        while True:
            found.append(ours.recv(4096).decode())
    return found


@pytest.fixture
def at_home() -> None:
    """Let nobody be reminded, whatever time it is, and let no session offer the set-up."""
    file().parent.mkdir(parents=True, exist_ok=True)
    file().write_text("times = []\n", encoding="utf-8")
    preferences.save(FIRST.settings, Preferences(volume=4))


def until_told(ours: socket.socket, text: str) -> None:
    while not ours.recv(4096).decode().startswith(text):
        pass


def is_woken(card: VirtualCard, program: Program, person: dict[str, Path]) -> None:
    """Ask for a session and confirm it when that is asked, until it begins: a busy machine tears the sound."""
    for _ in range(5):
        asked_to_start(card, program, person)
        time.sleep(2)  # a person lets the coach finish
        card.play_to_mic(person["yes"])
        if answered(program, "Let's begin."):
            return
    raise VirtualCardError("it was not to be woken")


def asked_to_start(card: VirtualCard, program: Program, person: dict[str, Path]) -> None:
    for _ in range(5):
        card.play_to_mic(person["start my session"])
        if answered(program, "Yes or no?"):
            return
    raise VirtualCardError("it did not hear what it waits for")


def answered(program: Program, text: str) -> bool:
    """Tell whether a line with this text comes within a few seconds of the one before."""
    while line := program.line_soon(5):
        if text in line:
            return True
    return False


@pytest.mark.lasts(20)
@pytest.mark.slow
@pytest.mark.usefixtures("at_home")
def test_a_session_begins_on_a_word_and_all_ends_in_order(
    live_card: VirtualCard, person: dict[str, Path], systemd: tuple[str, socket.socket]
) -> None:
    address, ours = systemd
    with live_card.python(*STANDBY, NOTIFY_SOCKET=address, WATCHDOG_USEC="2000000") as program:
        ours.settimeout(60)
        waiting = [ours.recv(4096).decode() for _ in range(3)]
        assert waiting == [WAITING, "READY=1", "WATCHDOG=1"]
        is_woken(live_card, program, person)
        program.until("Hello.", 60)
        ours.settimeout(0)
        told(ours)
        program.until("I'll guide you", 60)
        program.until("I'm not a doctor", 60)
        assert "WATCHDOG=1" in told(ours)  # by the session
        program.process.send_signal(signal.SIGTERM)
        end = program.finish(60)
    assert end.code == 0
    assert told(ours)[-1] == "STOPPING=1"
    assert "A session begins." in end.errors
    assert not any(word in end.errors for word in ("start my session", "Start now", "Yes or no", "Hello"))
    with Store.open() as store:
        assert [one.outcome for one in store.sessions()] == ["interrupted"]


@pytest.mark.lasts(20)
@pytest.mark.slow
@pytest.mark.usefixtures("at_home")
def test_a_session_that_cannot_be_held_is_told_and_it_waits_on(live_card: VirtualCard, person: dict[str, Path]) -> None:
    with live_card.python(*STANDBY, "--", "--model", "/nowhere") as program:
        is_woken(live_card, program, person)
        program.until("Sorry, I couldn't start.", 60)
        program.until("Please have a look at what's wrong.")
        program.process.send_signal(signal.SIGINT)
        end = program.finish(60)
    assert end.code == 130
    assert "There is no Vosk model at /nowhere" in end.errors
    assert "Traceback" not in end.errors


@pytest.mark.slow
@pytest.mark.usefixtures("at_home")
def test_sound_that_is_lost_within_a_question_is_waited_for(
    live_card: VirtualCard, person: dict[str, Path], systemd: tuple[str, socket.socket]
) -> None:
    address, ours = systemd
    with live_card.python(*STANDBY, NOTIFY_SOCKET=address, WATCHDOG_USEC="2000000") as program:
        ours.settimeout(60)
        until_told(ours, "READY=1")
        asked_to_start(live_card, program, person)
        live_card.kill()
        until_told(ours, "STATUS=The sound is gone: ")
        live_card.start()
        until_told(ours, WAITING)
        until_told(ours, "WATCHDOG=1")
        is_woken(live_card, program, person)
        program.process.send_signal(signal.SIGTERM)
        assert program.finish(60).code == 0


def test_a_setting_that_makes_no_sense_is_told_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    file().parent.mkdir(parents=True)
    file().write_text('times = ["soon"]\n', encoding="utf-8")
    assert main(["standby"]) == 1
    assert capsys.readouterr().err.startswith(f"voice-coach: {file()}: times[0]: ")


def test_a_model_that_is_not_there_is_told_at_once(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["standby", "--model", str(tmp_path / "none")]) == 1
    assert "There is no Vosk model at " in capsys.readouterr().err


def test_a_microphone_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["standby", "--microphone", "no such microphone"]) == 1
    assert "microphone" in capsys.readouterr().err


def test_what_becomes_of_the_sound_is_told_and_no_word_that_is_said(
    systemd: tuple[str, socket.socket], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    address, ours = systemd
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    attendance, room = Attendance(Settings(), [], Terminal()), Room()
    for news in (Lost("the sound device has stopped"), Reopened(), Back(), Torn()):
        attendance.hear_of(room.standby, news)
    room.hear(0.1)
    assert room.hearing.torn_at == room.hearing.reopened_at == 1
    assert told(ours) == ["STATUS=The sound is gone: the sound device has stopped.", WAITING]
    for done in (Listen("reminder", frozenset()), Listen("start", frozenset()), Begin(), SessionOver(0, held=False)):
        attendance.note(0, done)
    attendance.note(0, SessionOver(0, held=True))
    attendance.note(0, Intent(0, "wake", "start my session"))
    assert capsys.readouterr().err.splitlines() == [
        "The sound is gone: the sound device has stopped.",
        "The sound is back.",
        "It is time: reminding.",
        "Asked to start.",
        "A session begins.",
        "The session could not be held.",
        "The session is over.",
    ]


def test_its_sessions_are_as_it_is_itself() -> None:
    asked = Options(exercise="roll", voice="en-gb", rate=140, microphone="USB", volume=6, headphones=False)
    options = "--profile first --exercise roll --voice en-gb --rate 140 --microphone USB --volume 6 --no-headphones"
    assert run_options(FIRST, asked) == options.split()
    assert run_options(FIRST, Options(headphones=True))[-1] == "--headphones"
    assert os.environ.get("NOTIFY_SOCKET") is None


def test_what_standby_was_not_told_its_sessions_find_out_by_themselves() -> None:
    person = Profile("Mary Ann")
    assert run_options(person, Options()) == ["--profile", "Mary Ann"]
    assert run_options(person, Options(earcons=False))[-1] == "--no-earcons"
