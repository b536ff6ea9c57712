"""What every backend keeps to, and that a coach does the same on all of them."""

import json
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.virtual_card.card import VirtualCard
from tests.virtual_card.program import VirtualCardError
from tests.virtual_card.tones import ToneCoach, tone
from voice_coach.audio.offline import WavMic, WavSpeaker, run_file
from voice_coach.audio.pcm import load, silence
from voice_coach.timebase import BLOCK, samples

pytestmark = pytest.mark.compat

SAID = [("low", 1.0), ("high", 0.4), ("middle", 1.0)]
"""What is said to the coach: tones and their seconds."""

ATTEMPTS = 4
"""A busy machine may lose sound; that is another test's matter (tests/audio/test_real_portaudio.py)."""

CHILD = Path(__file__).parents[1] / "virtual_card" / "child.py"


def on_files(said: Path, heard: Path) -> list[str]:
    """Run the coach on files."""
    coach = ToneCoach()
    with WavSpeaker(heard) as speaker:
        run_file(coach.advance, lambda: False, WavMic(said), speaker=speaker, limit=samples(5))
    return coach.log


def on_devices(said: Path, heard: Path) -> list[str]:
    """Run the coach on a sound card."""
    if sys.platform != "linux":
        pytest.skip("PulseAudio's null sinks are for Linux")
    end: dict[str, Any] = {}
    for _ in range(ATTEMPTS):
        with VirtualCard() as card, card.record_speaker(heard), card.python(CHILD, "tones") as program:
            program.until("running")
            card.play_to_mic(said)
            with suppress(VirtualCardError):
                program.until("answered middle", 5)
            end = json.loads(program.finish().output.splitlines()[-1])
        if not (end["losses"] or end["dropped"] or end["xruns"]):  # "xruns": the answers may have gaps
            log: list[str] = end["log"]
            return log
    pytest.skip(f"the machine is too busy to judge: sound was lost in each of {ATTEMPTS} attempts")


@pytest.mark.parametrize("backend", [on_files, pytest.param(on_devices, marks=pytest.mark.live)])
def test_the_log_and_the_answers_are_the_same(backend: Callable[[Path, Path], list[str]], tmp_path: Path) -> None:
    said, heard = tmp_path / "said.wav", tmp_path / "heard.wav"
    with WavSpeaker(said) as speaker:
        for name, length in SAID:
            speaker(silence(samples(0.5)))
            speaker(tone(name, samples(length)))
        speaker(silence(samples(0.5)))
    assert backend(said, heard) == ["long low", "short high", "long middle"]
    echo = ToneCoach()
    for block in np.array_split(load(heard), len(load(heard)) // BLOCK):
        echo.advance(block)
    echo.advance(silence(samples(0.5)))
    assert [entry.split()[1] for entry in echo.log] == ["low", "high", "middle"]
