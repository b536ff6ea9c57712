"""`voice-coach run` with a microphone and a speaker: how it begins, how it ends, and what it says of trouble."""

import os
import signal
import sys
from pathlib import Path

import pytest
import soundfile

from tests.virtual_card.card import VirtualCard
from voice_coach.app.publish import pass_on_news
from voice_coach.app.signals import Interruption
from voice_coach.audio.live import Back, Lost
from voice_coach.audio.pcm import silence
from voice_coach.cli.console import Terminal
from voice_coach.cli.main import main
from voice_coach.coach import Coach, MemoryJournal
from voice_coach.config.engines import session_grammar
from voice_coach.exercise.load import load_exercise
from voice_coach.history.store import Store
from voice_coach.session.states import Asking, Paused
from voice_coach.testing import ScriptedHearing
from voice_coach.text import SilentVoice
from voice_coach.timebase import BLOCK, RATE

RUN = ("-u", "-m", "voice_coach", "run")


@pytest.fixture
def coach() -> Coach:
    """Return a coach that is heard by nobody and hears nothing."""
    hearing = ScriptedHearing(session_grammar("en"))
    return Coach(load_exercise("flexion_rotation"), voice=SilentVoice(), hearing=hearing, journal=MemoryJournal())


@pytest.mark.lasts(15)
def test_ctrl_c_ends_a_session_in_order(virtual_card: VirtualCard, tmp_path: Path) -> None:
    recording = tmp_path / "both.wav"
    with virtual_card.python(*RUN, "--record", recording) as program:
        program.until("Hello.", 60)
        program.until("I'll guide you", 60)
        program.process.send_signal(signal.SIGINT)
        end = program.finish(60)
    assert (end.code, end.complaints) == (130, [])
    assert end.output.endswith("Session over: interrupted, 0 of 10 repetitions.\n")
    with Store.open() as store:
        assert [one.outcome for one in store.sessions()] == ["interrupted"]
    sound, rate = soundfile.read(recording, dtype="int16")
    assert rate == RATE
    assert abs(sound[:, 0].astype(int)).max() > 1000  # the coach, on the left
    assert recording.stat().st_mode & 0o077 == 0


def test_a_recording_that_cannot_be_made_is_told_before_the_session(virtual_card: VirtualCard, tmp_path: Path) -> None:
    with virtual_card.python(*RUN, "--record", tmp_path / "no folder" / "x.wav") as program:
        end = program.finish(60)
    assert (end.code, end.output) == (1, "")
    assert end.errors.startswith(f"voice-coach: Can't record to {tmp_path}/no folder/x.wav (No such file or directory)")
    assert main(["history", "--json"]) == 0


def test_a_model_that_is_not_there_is_told_before_the_session(virtual_card: VirtualCard, tmp_path: Path) -> None:
    with virtual_card.python(*RUN, "--model", tmp_path / "none") as program:
        end = program.finish(60)
    assert (end.code, end.output) == (1, "")
    assert end.errors.startswith("voice-coach: There is no Vosk model at ")
    assert "Traceback" not in end.errors


def test_lost_sound_is_told_and_pauses(coach: Coach, capsys: pytest.CaptureFixture[str]) -> None:
    pass_on_news(coach, Lost("the sound device has stopped"), Terminal())
    coach.advance(silence(BLOCK))
    assert isinstance(coach.state, Paused)
    pass_on_news(coach, Back(), Terminal())
    coach.advance(silence(BLOCK))
    assert isinstance(coach.state, Asking)
    output, errors = capsys.readouterr()
    assert output == ""
    assert errors == "The sound is gone: the sound device has stopped. Resting until it is back.\nThe sound is back.\n"


@pytest.mark.skipif(sys.platform == "win32", reason="there os.kill ends the program")
def test_a_second_ctrl_c_ends_the_program_at_once(coach: Coach) -> None:
    before = signal.getsignal(signal.SIGINT)
    with Interruption(coach) as interruption:
        assert interruption.exit_code == 0
        os.kill(os.getpid(), signal.SIGTERM)
        coach.advance(silence(BLOCK))
        assert coach.outcome == "interrupted"
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert interruption.exit_code == 130
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.skipif(sys.platform == "win32", reason="there os.kill ends the program")
def test_a_signal_ends_the_waiting_for_the_keyboard(coach: Coach) -> None:
    def typing() -> str:
        os.kill(os.getpid(), signal.SIGINT)
        return "never typed to its end"

    with Interruption(coach) as interruption:
        assert interruption.read(lambda: "yes") == "yes"
        assert interruption.read(typing) is None
        assert interruption.read(lambda: "too late") is None
    assert interruption.exit_code == 130
