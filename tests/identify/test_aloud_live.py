"""Asked with a microphone and a speaker, before anything else."""

import signal
from pathlib import Path

import pytest

from tests.standby.test_runner import speech
from tests.virtual_card.card import VirtualCard
from tests.virtual_card.program import Program, VirtualCardError
from voice_coach.app.ask_who import NOBODY
from voice_coach.audio.pcm import save
from voice_coach.config import preferences
from voice_coach.config.preferences import Preferences
from voice_coach.files import profiles
from voice_coach.history.store import Store
from voice_coach.speak.tts.pyttsx3 import Pyttsx3Synthesizer
from voice_coach.speak.voice_spec import VoiceSpec

RUN = ("-u", "-m", "voice_coach", "run")


@pytest.fixture(autouse=True)
def people() -> list[profiles.Profile]:
    """Return two who have been set up."""
    found = [profiles.add("Anna"), profiles.add("Ben")]
    for one in found:
        preferences.save(one.settings, Preferences(volume=5))
    return found


@pytest.fixture
def person(tmp_path: Path) -> dict[str, Path]:
    """Return what a person says, as sound files."""
    engine = Pyttsx3Synthesizer(VoiceSpec("en-gb", 193))
    files = {word: tmp_path / f"{word}.wav" for word in ("two", "yes")}
    for word, path in files.items():
        save(path, speech(engine, word))
    engine.close()
    return files


@pytest.mark.parametrize("command", ["run", "standby"])
def test_ctrl_c_ends_the_question_in_order(live_card: VirtualCard, command: str) -> None:
    with live_card.python(*RUN[:-1], command) as program:
        program.until("Who am I talking to?", 60)
        program.process.send_signal(signal.SIGINT)
        end = program.finish(60)
    assert (end.code, end.complaints) == (130, [NOBODY])


@pytest.mark.lasts(25)
@pytest.mark.slow
def test_who_says_who_they_are_has_a_session(
    live_card: VirtualCard, person: dict[str, Path], people: list[profiles.Profile]
) -> None:
    with live_card.python(*RUN) as program:
        program.until("Say two.", 60)
        answers_until(live_card, program, person["two"], "Is that you?")
        answers_until(live_card, program, person["yes"], "Hello.")
        program.process.send_signal(signal.SIGINT)
        assert program.finish(60).code == 130
    with Store.open(people[1].history) as store:
        assert [one.volume for one in store.sessions()] == [5]
    assert not people[0].history.exists()


def answers_until(card: VirtualCard, program: Program, sound: Path, text: str) -> None:
    """Say this until the coach says that: a busy machine tears the sound."""
    for _ in range(3):
        card.play_to_mic(sound)
        while line := program.line_soon(8):
            if text in line:
                return
    raise VirtualCardError(f"the coach did not say {text!r}")
