"""`voice-coach setup` where no sound is needed; its talk is in tests/setup, real PortAudio in tests/virtual_card."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from voice_coach.actions import Say
from voice_coach.app.first_run import offered, show
from voice_coach.app.publish import pass_on_news
from voice_coach.audio.input_faults import Fault
from voice_coach.audio.live import Ailing, Healed, Reopened, Torn
from voice_coach.cli.console import Terminal
from voice_coach.cli.main import main
from voice_coach.cli.setup import ask_for_ways
from voice_coach.config import preferences
from voice_coach.config.preferences import Preferences
from voice_coach.config.settings import Settings
from voice_coach.device_setup.build import keep, prompts_of
from voice_coach.device_setup.events import Found, Keep, Open, Pair, Try, Written
from voice_coach.errors import DataError
from voice_coach.files.profiles import FIRST

FOUND = Found(Pair("USB Headset", "default"), 5, headphones=False, delay_ms=118.0, loss_db=31.5)


def test_it_can_not_be_typed_and_says_what_can_be_done_instead(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["setup", "--text"]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "done by voice" in said
    assert "leave out --text" in said
    assert str(FIRST.settings).rsplit("/", 1)[-1] in said


def test_without_a_device_there_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["setup", "--microphone", "no such thing"]) == 1
    assert capsys.readouterr().err.startswith("voice-coach: ")


def test_what_was_found_is_kept_beside_what_stands_there() -> None:
    preferences.save(FIRST.settings, Preferences(rate=140, volume=2))
    assert keep(FOUND, FIRST.settings) == ""
    assert preferences.load(FIRST.settings) == Preferences(
        microphone="USB Headset", speaker="default", headphones=False, volume=5, rate=140, echo_delay_ms=118.0
    )


def test_a_file_that_is_broken_is_left_and_told() -> None:
    FIRST.settings.parent.mkdir(parents=True)
    FIRST.settings.write_text("volume = [")
    assert str(FIRST.settings) in keep(FOUND, FIRST.settings)
    assert FIRST.settings.read_text() == "volume = ["


@pytest.mark.parametrize("known", ["history", "settings", "microphone"])
def test_who_was_here_before_or_has_chosen_is_offered_nothing(known: str) -> None:
    settings = Settings(microphone="x") if known == "microphone" else Settings()
    if known != "microphone":
        path: Path = getattr(FIRST, known)
        path.parent.mkdir(parents=True)
        path.touch()
    assert offered(settings, Terminal()) is settings


def test_all_that_is_said_and_found_is_on_the_screen(capsys: pytest.CaptureFixture[str]) -> None:
    show(Terminal(), 0, Open(FOUND.pair))
    show(Terminal(), 0, Say(prompts_of("en").lines("ask.offer"), 1))
    show(Terminal(), 0, Try(4))
    show(Terminal(), 0, Keep(FOUND))
    show(Terminal(), 0, Keep(Found(FOUND.pair, 4, headphones=True, delay_ms=None, loss_db=None)))
    show(Terminal(), 0, Written(0, "the disk is full"))
    show(Terminal(), 0, Written(0))
    out, err = capsys.readouterr()
    assert out.splitlines()[:3] == [
        "Microphone: USB Headset; speaker: default",
        "Shall we check your microphone and speaker first?",
        "Yes or no?",
    ]
    assert "Please say yes." in out
    assert "The coach is heard 118 ms later and can be made 32 dB quieter; volume 5 of 7." in out
    assert "The coach is not heard by it; volume 4 of 7." in out
    assert err == "voice-coach: The result could not be saved: the disk is full\n"


class Dialogue:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.told: list[object] = []

    def audio_lost(self, reason: str, fault: str = "") -> None:
        self.told.append((reason, fault))

    def audio_back(self) -> None:
        self.told.append("back")

    def sound_torn(self) -> None:
        self.told.append("torn")

    def sound_reopened(self) -> None:
        self.told.append("reopened")


def test_a_microphone_that_brings_nothing_is_told_to_the_dialogue_and_on_the_screen(
    capsys: pytest.CaptureFixture[str],
) -> None:
    dialogue = Dialogue()
    for news in (Ailing(Fault.MUTED), Reopened(), Healed(), Torn()):
        pass_on_news(dialogue, news, Terminal())
    reason = "the microphone is muted: turn it on, at its switch or in the system's sound settings"
    assert dialogue.told == [(reason, "muted"), "reopened", "back", "torn"]
    assert capsys.readouterr().err.startswith(f"T{reason[1:]}. Resting until it is mended.")


def test_a_language_without_its_sentences_is_told() -> None:
    with pytest.raises(DataError, match="language"):
        prompts_of("xx")


def asked(text: str) -> str:
    """Return what is shown to somebody who types these lines at the questions about calling for help."""
    result = CliRunner().invoke(click.command()(lambda: ask_for_ways(FIRST)), input=text)
    assert result.exit_code in {0, 2}, result.output
    return result.output


def test_the_ways_of_calling_for_help_are_asked_for_and_kept() -> None:
    preferences.save(FIRST.settings, Preferences(rate=140))
    assert "help is needed in this room" in " ".join(asked("n\n").split())
    assert preferences.load(FIRST.settings) == Preferences(rate=140)
    asked("y\nring '--to me'\nmqtt://broker/help\n22\ny\n")
    assert preferences.load(FIRST.settings) == Preferences(
        rate=140, help_command=("ring", "--to me"), help_mqtt="mqtt://broker/help", help_gpio=22, help_at_once=True
    )
    assert "ring '--to me'" in asked("y\n\n-\n-\nn\n")
    assert preferences.load(FIRST.settings) == Preferences(rate=140, help_command=("ring", "--to me"))
    asked("y\n-\n\n\n")
    assert preferences.load(FIRST.settings) == Preferences(rate=140)


@pytest.mark.parametrize("typed", ["y\nring 'me\n\n\nn\n", "y\n\n\ntwenty\nn\n"])
def test_an_answer_that_is_none_changes_nothing(typed: str) -> None:
    assert "was not understood" in " ".join(asked(typed).split())
    assert not FIRST.settings.exists()


def test_a_broker_without_a_topic_is_told_and_nothing_is_changed() -> None:
    result = CliRunner().invoke(click.command()(lambda: ask_for_ways(FIRST)), input="y\n\nmqtt://broker\n\nn\n")
    assert isinstance(result.exception, DataError)
    assert "a broker and a topic" in str(result.exception)
    assert not FIRST.settings.exists()
