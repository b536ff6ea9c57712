"""The settings of a run: an option goes before a preference, and that before the default."""

from pathlib import Path

import pytest

from voice_coach.app.resolve import Options, resolve, without_preferences
from voice_coach.config import preferences
from voice_coach.config.preferences import Preferences
from voice_coach.config.settings import VOICE_VARIABLE, Settings
from voice_coach.files.profiles import FIRST
from voice_coach.speak.voice_spec import USUAL_VOICE, VoiceSpec
from voice_coach.timebase import samples

PREFERRED = Preferences(
    microphone="USB",
    speaker="Box",
    headphones=True,
    volume=6,
    voice="en-gb",
    rate=140,
    earcons=False,
    echo_delay_ms=120.0,
)


@pytest.fixture
def preferred(monkeypatch: pytest.MonkeyPatch) -> None:
    preferences.save(FIRST.settings, PREFERRED)
    monkeypatch.delenv(VOICE_VARIABLE)


def test_a_recorded_voice_speaks_unless_another_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VOICE_VARIABLE)
    assert resolve(Options(), FIRST).voice.name == USUAL_VOICE
    assert resolve(Options(voice="en-gb"), FIRST).voice == VoiceSpec("en-gb")
    monkeypatch.setenv(VOICE_VARIABLE, "en-us+m8")
    assert resolve(Options(), FIRST).voice.name == "en-us+m8"
    assert resolve(Options(voice="en-gb"), FIRST).voice.name == "en-gb"


def test_who_chooses_only_a_rate_has_a_voice_that_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A recorded voice has a rate of its own."""
    monkeypatch.delenv(VOICE_VARIABLE)
    assert resolve(Options(rate=150), FIRST).voice == VoiceSpec(rate=150)
    preferences.save(FIRST.settings, Preferences(rate=140))
    assert resolve(Options(), FIRST).voice == VoiceSpec(rate=140)
    assert resolve(Options(voice=USUAL_VOICE), FIRST).voice == VoiceSpec(USUAL_VOICE, 140)


def test_somebody_who_chose_nothing_has_the_defaults_over_an_open_speaker() -> None:
    assert resolve(Options(), FIRST) == without_preferences(Options()) == Settings(open_speaker=True)


@pytest.mark.usefixtures("preferred")
def test_preferences_go_before_defaults() -> None:
    assert resolve(Options(), FIRST) == Settings(
        voice=VoiceSpec("en-gb", 140), microphone="USB", speaker="Box", volume=6, earcons=False, open_speaker=False,
        echo_delay=samples(0.12),
    )  # fmt: skip


@pytest.mark.usefixtures("preferred")
def test_options_go_before_preferences_also_where_they_name_the_default() -> None:
    found = resolve(Options(voice="en-us", rate=200, volume=4, headphones=False, earcons=True), FIRST)
    assert found == Settings(microphone="USB", speaker="Box", open_speaker=True, echo_delay=samples(0.12))


@pytest.mark.usefixtures("preferred")
def test_with_another_device_the_delay_that_was_measured_does_not_hold() -> None:
    assert resolve(Options(microphone="Webcam"), FIRST).echo_delay is None
    assert resolve(Options(speaker="Monitor"), FIRST).echo_delay is None


@pytest.mark.usefixtures("preferred")
def test_without_preferences_only_options_count() -> None:
    assert without_preferences(Options(volume=2, headphones=True)) == Settings(volume=2, voice=VoiceSpec(USUAL_VOICE))


def test_a_slower_pace_slows_this_computer_s_voice_too() -> None:
    """But for a rate that was asked for on the command line; never beyond what the engine can do."""
    for pace, rate in ((1, 176), (2, 160), (3, 144), (4, 128), (5, 120)):
        preferences.save(FIRST.settings, Preferences(voice="en-gb", rate=160, pace=pace))
        found = resolve(Options(), FIRST)
        assert (found.pace, found.voice.rate) == (pace, rate)
        assert resolve(Options(rate=150), FIRST).voice.rate == 150
    FIRST.settings.write_text("pace = 6\n")
    assert "pace: must be a whole number from 1 to 5" in str(resolve(Options(), FIRST).troubles)


def test_a_plan_is_gone_by_unless_something_else_is_asked_for() -> None:
    FIRST.plan.parent.mkdir(parents=True, exist_ok=True)
    FIRST.plan.touch()
    assert Path(resolve(Options(), FIRST).programme) == FIRST.plan
    assert resolve(Options(exercise="knee_rolls"), FIRST).programme == ""
    assert resolve(Options(programme="toward_press_ups"), FIRST).programme == "toward_press_ups"


def test_preferences_with_a_mistake_are_told_and_the_defaults_taken() -> None:
    FIRST.settings.parent.mkdir(parents=True)
    FIRST.settings.write_text("volume = 9\n")
    found = resolve(Options(), FIRST)
    (trouble,) = found.troubles
    assert "volume: must be a whole number from 1 to 7" in str(trouble)
    assert found.volume == Settings().volume
