"""The live backend on real PortAudio, ALSA and PulseAudio; each run is a process of its own (child.py)."""

import json
import wave
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pytest

from tests.virtual_card.card import VirtualCard
from tests.virtual_card.program import Program
from voice_coach.timebase import BLOCK, samples

CHILD = Path(__file__).parents[1] / "virtual_card" / "child.py"


def run(card: VirtualCard, mode: str, seconds: float = 0, **environment: str) -> Program:
    """Start the child."""
    return card.python(CHILD, mode, str(seconds), **environment)


def event(program: Program, name: str) -> dict[str, Any]:
    """Return the child's next line with that event; a busy machine may lose the sound once more before it."""
    line: dict[str, Any] = json.loads(program.until(f'"event": "{name}"', 60))
    return line


def load(path: Path) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    """Return a mono WAV file's samples."""
    with wave.open(str(path)) as sound:
        return np.frombuffer(sound.readframes(sound.getnframes()), np.int16)


@pytest.mark.parametrize("mode", ["click", "stereo"])
def test_a_click_comes_back_when_the_stats_say(virtual_card: VirtualCard, mode: str) -> None:
    with run(virtual_card, mode, 6, PULSE_SOURCE="coach_spk.monitor") as program:
        end = event(program, "end")
        assert program.finish().code == 0
    errors = [abs(measured - reported) for measured, reported in end["delays"]]
    assert len(errors) >= 3
    assert median(errors) <= BLOCK


def test_the_last_word_is_played_to_its_end(virtual_card: VirtualCard, tmp_path: Path) -> None:
    recording = tmp_path / "speaker.wav"
    for _ in range(4):  # a busy machine may lose the sound, and the word with it
        with virtual_card.record_speaker(recording), run(virtual_card, "ending", 0.5) as program:
            end = event(program, "end")
            program.finish()
        if not (end["losses"] or end["dropped"]):
            break
    sound = load(recording)
    blocks = sound[: len(sound) // BLOCK * BLOCK].reshape(-1, BLOCK).max(axis=1)
    assert np.count_nonzero(blocks > 1_000) >= samples(0.5) // BLOCK


def test_a_killed_sound_server_is_noticed_and_found_again(virtual_card: VirtualCard) -> None:
    with run(virtual_card, "quiet") as program:
        event(program, "running")
        virtual_card.kill()
        assert event(program, "lost")["reason"].startswith("the sound device")
        virtual_card.start()
        event(program, "back")
        end = json.loads(program.finish().output.splitlines()[-1])
    assert end["losses"] >= 1


def test_sound_flows_again_after_a_loss(virtual_card: VirtualCard) -> None:
    with run(virtual_card, "click", 6, PULSE_SOURCE="coach_spk.monitor") as program:
        event(program, "running")
        virtual_card.kill()
        event(program, "lost")
        virtual_card.start()
        event(program, "back")
        end = event(program, "end")
        program.finish()
    assert end["losses"] >= 1
    assert len(end["delays"]) >= 3


def test_a_hung_sound_server_is_noticed_too(virtual_card: VirtualCard) -> None:
    with run(virtual_card, "quiet") as program:
        event(program, "running")
        virtual_card.freeze()
        assert "nothing any more" in event(program, "lost")["reason"]
        virtual_card.thaw()
        event(program, "back")
        assert program.finish().code == 0


def test_a_switched_off_microphone_is_noticed_and_so_is_its_return(virtual_card: VirtualCard) -> None:
    with run(virtual_card, "quiet") as program:
        event(program, "running")
        virtual_card.mute()
        assert event(program, "ailing")["fault"] == "muted"
        virtual_card.mute(on=False)
        event(program, "healed")
        assert program.finish().code == 0


def test_an_unplugged_microphone_leaves_the_monitor_and_is_found_again(virtual_card: VirtualCard) -> None:
    with run(virtual_card, "talk") as program:
        event(program, "running")
        virtual_card.pull_microphone()
        fault = event(program, "ailing")["fault"]
        if fault == "muted":  # between two sentences a monitor delivers zeros
            fault = event(program, "ailing")["fault"]
        assert fault == "monitor"
        virtual_card.plug_microphone_in()
        event(program, "healed")
        assert program.finish().code == 0


@pytest.mark.parametrize("fault", ["kill", "freeze"])
def test_a_session_can_end_while_the_sound_is_lost(virtual_card: VirtualCard, fault: str) -> None:
    with run(virtual_card, "quiet") as program:
        event(program, "running")
        getattr(virtual_card, fault)()
        event(program, "lost")
        ended = program.finish()
    assert ended.code == 0
    assert json.loads(ended.output.splitlines()[-1])["losses"] >= 1


def test_without_any_device_there_is_one_sentence(virtual_card: VirtualCard) -> None:
    virtual_card.kill()
    with run(virtual_card, "quiet") as program:
        message = event(program, "error")["message"]
        assert program.finish().code == 1
    assert message.startswith("No microphone was found: connect one")
