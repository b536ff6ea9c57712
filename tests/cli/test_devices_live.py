"""`voice-coach devices`, with and without devices."""

import json

from tests.virtual_card.card import VirtualCard
from tests.virtual_card.program import Ended

MAIN = "import sys; from voice_coach.cli.main import main; sys.exit(main())"
NO_PORTAUDIO = f"import ctypes.util; ctypes.util.find_library = lambda name: None; {MAIN}"


def devices(card: VirtualCard, *options: str, main: str = MAIN) -> Ended:
    with card.python("-c", main, "devices", *options) as program:
        return program.finish()


def test_the_list_tells_what_would_be_used_and_why(virtual_card: VirtualCard) -> None:
    ended = devices(virtual_card)
    assert (ended.code, ended.errors) == (0, "")
    assert "* default, ALSA" in ended.output
    assert "used: the system's default" in ended.output
    assert ended.output.endswith("at 16000 Hz.\n")


def test_json_has_the_same(virtual_card: VirtualCard) -> None:
    ended = devices(virtual_card, "--json", "--microphone", "PULSE")
    report = json.loads(ended.output)
    assert {row["name"] for row in report["microphones"]} == {"pulse", "default"}
    used = next(row for row in report["microphones"] if row["used"])
    assert (used["name"], used["why"], used["takes_16k_mono"]) == ("pulse", "it fits 'PULSE'", True)
    assert (report["rate"], report["problem"], ended.code) == (16_000, None, 0)


def test_a_name_that_fits_nothing_is_answered_with_the_names_there_are(virtual_card: VirtualCard) -> None:
    ended = devices(virtual_card, "--speaker", "headset")
    assert ended.code == 1
    assert ended.errors == (
        "voice-coach: There is no speaker with 'headset' in its name; choose from pulse, ALSA · default, ALSA.\n"
    )


def test_no_device_at_all(virtual_card: VirtualCard) -> None:
    virtual_card.kill()
    ended = devices(virtual_card)
    assert ended.code == 1
    assert ended.output == "Microphones\n  none\nSpeakers\n  none\n"
    assert "No microphone was found: connect one" in ended.errors


def test_json_without_portaudio(virtual_card: VirtualCard) -> None:
    ended = devices(virtual_card, "--json", main=NO_PORTAUDIO)
    assert ended.code == 1
    assert "sudo apt-get install libportaudio2" in json.loads(ended.output)["problem"]
