"""`make test-arm64`: what it compares, and where its report goes. Nothing is emulated here."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from scripts.arm64 import PAGE
from scripts.arm64_compare import HEADING, Step, compared, faulty, section
from scripts.arm64_root import BINFMT_WAY, PROOT_WAY, Root

SAID = {"at": 16000, "t": 1.0, "type": "Say", "text": "Rest."}
UNDERSTOOD = {"at": 32000, "t": 2.0, "type": "Intent", "name": "stop", "confidence": 0.9, "start": 30000, "end": 31000}
PLAYED = {"at": 40000, "t": 2.5, "type": "Played", "id": 1}

Row = Mapping[str, Any]


def test_equal_logs_are_the_same() -> None:
    assert compared([SAID, UNDERSTOOD], [SAID, UNDERSTOOD]) == (True, "the same as on this computer, all of 2 rows")


def test_times_and_confidences_may_differ_and_it_is_said_by_how_much() -> None:
    later = {**UNDERSTOOD, "at": 32960, "t": 2.06, "confidence": 0.89, "start": 30001}
    good, told = compared([SAID, later, PLAYED], [SAID, UNDERSTOOD])
    assert good
    assert told.startswith("the same 2 decisions in the same order")
    assert told.endswith("times differ by at most 0.060 s, confidences by 0.01")


@pytest.mark.parametrize(
    ("there", "part"),
    [
        ([SAID, {**UNDERSTOOD, "name": "pause"}], '"pause"'),
        ([SAID], "decision 2 differs: none, and"),
        ([SAID, UNDERSTOOD, SAID], "and on this computer none"),
        ([UNDERSTOOD, SAID], "decision 1 differs"),
    ],
)
def test_another_decision_is_a_fault_and_is_shown(there: list[Row], part: str) -> None:
    good, told = compared(there, [SAID, UNDERSTOOD])
    assert not good
    assert part in told


def test_two_empty_logs_show_nothing() -> None:
    assert not compared([], [])[0]


def test_a_computer_without_a_sound_card_is_fine_and_one_that_hears_nothing_is_not() -> None:
    def report(**verdicts: str) -> str:
        findings = [{"check": name, "verdict": how, "measured": f"{name}."} for name, how in verdicts.items()]
        return json.dumps({"findings": findings})

    told = "fine: voice; fault devices (devices); warning model (model)"
    assert faulty(report(voice="fine", model="warning", devices="fault")) == (True, told)
    assert not faulty(report(voice="fine", model="fault", devices="fault"))[0]


def test_a_report_takes_the_place_of_the_one_before_and_leaves_the_rest_of_the_page() -> None:
    page = f"# Page\n\n{HEADING}\n\nHow.\n\n## Next\n\nText.\n"
    newer = section("Debian 13", "Emulated.", [Step("a", good=True, result="x | y", seconds=1.4, here=0.6)])(page)
    both = section("Debian 12", "Once.", [Step("c", good=False, result="lost", seconds=2)])(newer)
    again = section("Debian 12", "Twice.", [Step("c", good=True, result="found", seconds=3)])(both)
    assert [line for line in again.splitlines() if line.startswith("#")] == [
        "# Page", HEADING, "### Debian 12", "### Debian 13", "## Next",
    ]  # fmt: skip
    assert "| c | **failed**: lost | 2 |  |" in both
    assert "lost" not in again
    assert "| c | found | 3 |  |" in again
    assert "| a | x \\| y | 1 | 1 |" in again
    assert again.endswith("## Next\n\nText.\n")


def test_the_guide_has_a_place_for_the_report() -> None:
    assert PAGE.read_text(encoding="utf-8").count(f"\n{HEADING}\n") == 1


def test_a_command_is_run_in_the_root_and_finds_only_what_is_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_COACH_VOICE", "ours")
    monkeypatch.setenv("https_proxy", "http://proxy:1")
    for way, program in ((BINFMT_WAY, "unshare"), (PROOT_WAY, "proot")):
        command = Root(Path("/folder"), way, {"ITS": "own"}).command("make", "run", cwd="/project")
        assert command[0] == program
        assert "/folder" in command
        assert command[-3:] == ["/project", "make", "run"]
        assert {"ITS=own", "https_proxy=http://proxy:1"} < set(command)
        assert not [part for part in command if part.startswith("VOICE_COACH_VOICE")]


def test_it_is_not_part_of_what_runs_before_a_change_lands() -> None:
    root = PAGE.parents[1]
    assert "arm64" not in (root / ".ci" / "run").read_text(encoding="utf-8")
    assert "\ntest-arm64:" in (root / "Makefile").read_text(encoding="utf-8")
