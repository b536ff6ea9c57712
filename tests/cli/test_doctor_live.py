"""`voice-coach doctor` on real PortAudio: dead, wired and missing devices, each by a program of its own."""

import json
from typing import Any

import pytest

from tests.virtual_card.card import VirtualCard
from tests.virtual_card.program import Ended

PATIENCE = 90.0
"""Seconds; the trial itself takes 25."""


def doctor(card: VirtualCard, *options: str, **environment: str) -> tuple[Ended, dict[str, dict[str, Any]]]:
    """Return how it ended, and its findings by the check's name."""
    with card.python("-m", "voice_coach", "doctor", "--json", *options, **environment) as program:
        ended = program.finish(PATIENCE)
    return ended, {finding["check"]: finding for finding in json.loads(ended.output)["findings"]}


def test_without_any_device_it_says_so_and_looks_at_the_rest(virtual_card: VirtualCard) -> None:
    virtual_card.kill()
    ended, findings = doctor(virtual_card)
    assert ended.code == 1
    assert findings["devices"]["verdict"] == "fault"
    assert findings["devices"]["measured"].startswith("No microphone was found")
    assert {findings[check]["verdict"] for check in ("voice", "model", "disk", "history folder")} == {"fine"}


@pytest.mark.lasts(25)
@pytest.mark.slow
def test_a_microphone_that_delivers_only_zeros_is_dead(virtual_card: VirtualCard) -> None:
    virtual_card.mute()
    ended, findings = doctor(virtual_card)
    assert ended.code == 1
    assert findings["devices"]["figures"]["rate_hz"] == 16_000
    assert (findings["microphone"]["verdict"], findings["microphone"]["figures"]) == ("fault", {"zeros": True})
    assert "noise floor" not in findings


def undisturbed(card: VirtualCard, tries: int = 3, **environment: str) -> tuple[Ended, dict[str, dict[str, Any]]]:
    """Return the same, tried again where the machine was too busy: that tears the sound, and with it the likeness."""
    ended, findings = doctor(card, **environment)
    if tries > 1 and findings["stream"]["figures"].get("xruns") != 0:
        return undisturbed(card, tries - 1, **environment)
    return ended, findings


@pytest.mark.lasts(30)
@pytest.mark.slow
def test_the_speakers_own_monitor_is_no_microphone(virtual_card: VirtualCard) -> None:
    ended, findings = undisturbed(virtual_card, PULSE_SOURCE="coach_spk.monitor")
    assert ended.code == 1
    assert findings["monitor"]["verdict"] == "fault"
    assert findings["noise floor"]["figures"]["noise_db"] < -60
    loop = findings["loop delay"]["figures"]
    assert abs(loop["delay_ms"] - loop["reported_ms"]) <= 40 or findings["stream"]["figures"]["xruns"]
