"""How a live session is shown, and what the sound libraries write to standard error."""

import json
import subprocess
import sys
from socket import create_connection

import pytest

from voice_coach.app.onlooker import Onlooker
from voice_coach.cli.console import Terminal
from voice_coach.cli.display import HeldTerminal, displayed, windows
from voice_coach.cli.main import main
from voice_coach.config.settings import Settings
from voice_coach.exercise.load import load_exercise
from voice_coach.screen.follower import Follower
from voice_coach.screen.window import Window

CHATTER = b"Expression 'ret' failed in 'src/hostapi/alsa/pa_linux_alsa.c', line: 1736\n"


def test_where_there_is_no_terminal_lines_are_written_as_ever(capsys: pytest.CaptureFixture[str]) -> None:
    with displayed() as display:
        assert display.onlookers == ()
        display.console.show("Hello.")
        display.console.warn("it is late.")
    assert capsys.readouterr() == ("Hello.\n", "voice-coach: it is late.\n")


def test_a_program_gets_json_and_standard_error_is_what_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    with displayed(as_json=True) as display:
        (lines,) = display.onlookers
        lines.begin(load_exercise("flexion_rotation"), Settings())
        display.console.show("Hello.")
        display.console.warn("it is late.")
    output, errors = capsys.readouterr()
    rows = [json.loads(line) for line in output.splitlines()]
    assert [row["type"] for row in rows] == ["session", "said", "warning"]
    assert errors == "voice-coach: it is late.\n"


def test_with_a_view_each_line_goes_both_ways(capsys: pytest.CaptureFixture[str]) -> None:
    class Seen:
        said: tuple[str, ...] = ()

        def draw(self, scene: object) -> None:
            self.said = getattr(scene, "said", ())

        def take_stop(self) -> bool:
            return False

    seen = Seen()
    with displayed(plain=True, views=[seen]) as display:
        display.console.show("Hello.")
        looks: list[Onlooker] = list(display.onlookers)
    assert isinstance(looks[0], Follower)
    assert seen.said == ("Hello.",)
    assert capsys.readouterr().out == "Hello.\n"


def test_what_is_held_is_told_afterwards_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    held = HeldTerminal()
    held.show("Session over.")
    held.note("The sound is back.")  # standard error is no terminal here, so nobody's screen is disturbed
    assert capsys.readouterr() == ("", "The sound is back.\n")
    held.release()
    held.release()
    assert capsys.readouterr() == ("Session over.\n", "")


def run(script: str) -> "subprocess.CompletedProcess[bytes]":
    """Run in a process whose standard error is what it is for a user."""
    return subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=60, check=False)


SCRIPT = f"""
import os, sys, click
from voice_coach.cli.display import without_chatter
from voice_coach.errors import CoachError
with without_chatter() as chatter:
    os.write(2, {CHATTER!r})
    click.echo("voice-coach: ours.", err=True)
    END
    print(repr(chatter()), repr(chatter()))
os.write(2, b"as before\\n")
"""


def test_the_sound_libraries_write_to_the_log_and_not_to_the_terminal() -> None:
    done = run(SCRIPT.replace("END", ""))
    assert done.stdout.decode() == f"{CHATTER.decode()!r} ''\n"
    assert done.stderr == b"voice-coach: ours.\nas before\n"


def test_a_library_that_writes_for_ever_waits_for_nobody() -> None:
    more = "\n    for _ in range(5000):\n        try: os.write(2, b'x' * 100)\n        except BlockingIOError: pass"
    done = run(
        SCRIPT.replace("END", more.strip()).replace("print(repr(chatter()), repr(chatter()))", "print(len(chatter()))")
    )
    assert 0 < int(done.stdout) <= 65_536
    assert done.stderr == b"voice-coach: ours.\nas before\n"


def test_an_error_of_ours_does_not_bring_it_back_and_a_fault_does() -> None:
    assert CHATTER not in run(SCRIPT.replace("END", "raise CoachError('no sound')")).stderr
    done = run(SCRIPT.replace("END", "raise ZeroDivisionError"))
    assert done.stderr.index(b"voice-coach: ours.") < done.stderr.index(CHATTER) < done.stderr.index(b"Traceback")


def test_a_page_tells_its_address_and_is_gone_afterwards(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    with windows(Terminal(), wanted=True) as (window,):
        told = capsys.readouterr().err
        assert isinstance(window, Window)
        assert told == f"The session's page, which can be opened once: {window.address}\n"
        port = window.port
    with pytest.raises(ConnectionRefusedError):
        create_connection(("127.0.0.1", port), 20)


def test_without_being_asked_for_there_is_no_page_and_no_server() -> None:
    script = (
        "import sys; from voice_coach.cli.display import displayed, windows; from voice_coach.cli import run\n"
        "with windows(None, wanted=False) as views, displayed(): print(views, 'http.server' in sys.modules)"
    )
    assert run(script).stdout == b"() False\n"


def test_what_does_not_go_together_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--text", "--json"]) == 2
    assert "--json for a program: leave out one of them" in capsys.readouterr().err
    assert main(["run", "--text", "--window"]) == 2
    assert "--window for a browser: leave out one of them" in capsys.readouterr().err


def test_the_help_of_run_names_the_screen(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--help"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert all(one in told for one in ("--plain", "--json", "--window", "a screen shows"))
