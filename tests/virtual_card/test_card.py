"""The virtual card itself."""

import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from tests.virtual_card.card import VirtualCard
from tests.virtual_card.program import VirtualCardError, wait_until
from tests.virtual_card.tones import tone
from voice_coach.audio.offline import WavSpeaker
from voice_coach.timebase import RATE, samples


def test_what_the_speaker_plays_is_recorded(virtual_card: VirtualCard, tmp_path: Path) -> None:
    said, heard = tmp_path / "said.wav", tmp_path / "heard.wav"
    with WavSpeaker(said) as speaker:
        speaker(tone("high", samples(0.5)))
    with virtual_card.record_speaker(heard):
        virtual_card.play_to_mic(said, into="coach_spk")
    with wave.open(str(heard)) as sound:
        assert sound.getframerate() == RATE
        loud = np.flatnonzero(np.abs(np.frombuffer(sound.readframes(sound.getnframes()), np.int16)) > 1_000)
    assert abs(int(loud[-1] - loud[0]) - samples(0.5)) < samples(0.05)


def test_a_missing_program_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(VirtualCardError, match=r"pulseaudio, pactl, paplay, parec not found: `make test` installs"):
        VirtualCard()


def test_a_file_that_cannot_be_played_is_an_error(virtual_card: VirtualCard, tmp_path: Path) -> None:
    empty = tmp_path / "empty.wav"
    with WavSpeaker(empty):
        pass
    with pytest.raises(VirtualCardError, match="no_such_sink"):
        virtual_card.play_to_mic(empty, into="no_such_sink")


def test_a_program_that_says_nothing_is_not_waited_for(virtual_card: VirtualCard) -> None:
    with virtual_card.spawn([sys.executable, "-c", "import sys; print('ready'); sys.exit('sorry')"]) as program:
        assert program.until("ready") == "ready\n"
        with pytest.raises(VirtualCardError, match="sorry"):
            program.line()


def test_waiting_has_an_end() -> None:
    with pytest.raises(VirtualCardError, match="until pigs fly"):
        wait_until(lambda: False, "pigs fly", 0.1)
