"""Slower, faster and another voice while it waits: changed at once, kept, and taken over from sessions."""

from datetime import UTC, datetime

import pytest

from tests.standby.test_build import taken_for
from tests.standby.test_runner import ExactHearing
from tests.standby.waiting import Waiting
from voice_coach.actions import DEFAULT_PACE, PACES, SERVER_VOICE, SetPace, SetVoice
from voice_coach.app.run_standby import open_standby
from voice_coach.audio.pcm import silence
from voice_coach.config import preferences
from voice_coach.config.settings import Settings
from voice_coach.events import Intent
from voice_coach.files.profiles import FIRST
from voice_coach.session.intents import UNIVERSAL
from voice_coach.speak.voice_spec import USUAL_VOICE, VoiceSpec
from voice_coach.standby.questions import SPEECH
from voice_coach.standby.states import Telling
from voice_coach.standby.states import Waiting as Quiet
from voice_coach.timebase import BLOCK, RATE

VOICES = ("pack:woman", "en-us")


def changes(standby: Waiting) -> list[SetPace | SetVoice]:
    """Return what was changed about how it speaks."""
    return [action for action in standby.actions if isinstance(action, SetPace | SetVoice)]


def test_the_pauses_grow_and_shrink() -> None:
    standby = Waiting().hears("voice_slower").finishes()
    assert changes(standby) == [SetPace(DEFAULT_PACE + 1)]
    assert standby.said == ["I'll take my time."]
    assert isinstance(standby.state, Quiet)
    for _ in range(PACES[1]):
        standby.hears("voice_slower").finishes()
    assert standby.said[-1] == "I'm taking all the time I can."
    for _ in range(PACES[1]):
        standby.hears("voice_faster").finishes()
    assert standby.said[-1] == "I'm going as briskly as I can."
    assert changes(standby)[-1] == SetPace(PACES[0])


def test_the_voices_come_in_turn_and_each_says_so_itself() -> None:
    standby = Waiting(voices=VOICES).hears("another_voice").finishes().hears("another_voice").finishes()
    assert changes(standby) == [SetVoice("en-us"), SetVoice("pack:woman")]
    assert standby.said == ["I'll speak like this from now on."] * 2


@pytest.mark.parametrize(
    ("voices", "text"),
    [
        (("en-us",), "This is the only voice I have."),
        ((SERVER_VOICE,), "My voice comes from another computer, so I can't change it."),
    ],
)
def test_without_another_voice_it_says_why(voices: tuple[str, ...], text: str) -> None:
    standby = Waiting(voices=voices).hears("another_voice")
    assert isinstance(standby.state, Telling)
    assert standby.said == [text]
    assert changes(standby) == []


def test_it_speaks_as_the_session_has_left_it() -> None:
    standby = Waiting(voices=VOICES).press().finishes().comes_back(pace=4, voice="en-us")
    assert changes(standby) == [SetPace(4), SetVoice("en-us")]
    standby.press().finishes().comes_back(pace=4, voice="en-us")
    standby.press().finishes().comes_back(pace=None, voice="pack:gone")
    assert len(changes(standby)) == 2


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("speak slower", "voice_slower"),
        ("could you talk more slowly please", "voice_slower"),
        ("speak a bit faster", "voice_faster"),
        ("another voice please", "another_voice"),
        ("change the voice", "another_voice"),
        ("can I have a different voice", "another_voice"),
        ("I heard another voice please be quiet", None),
        ("slower", None),
    ],
)
def test_it_is_asked_in_a_few_words_alone(text: str, intent: str | None) -> None:
    assert taken_for(text) == intent


def test_what_is_asked_here_can_be_asked_in_a_session() -> None:
    assert SPEECH <= UNIVERSAL


def test_the_real_voices_change_and_it_is_remembered() -> None:
    """The pack's voice, then this computer's; the settings have what the next session speaks with."""
    hearing = ExactHearing()
    at = datetime(2030, 5, 6, 2, tzinfo=UTC)
    standby = open_standby(Settings(voice=VoiceSpec(USUAL_VOICE)), hearing, lambda: at, lambda _, __: None)
    hearing.said.append(Intent(standby.now, "another_voice", "another voice please"))
    heard = False
    for _ in range(60):
        heard = heard or any(standby.advance(silence(BLOCK)).any() for _ in range(RATE // BLOCK))
        if heard and standby.quiet:
            break
    standby.close()
    assert heard
    assert preferences.load(FIRST.settings).voice == VoiceSpec().name
