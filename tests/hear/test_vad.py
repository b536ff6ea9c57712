"""Is there speech in it: the network, and the gate that spares it the silence."""

from pathlib import Path

import numpy as np
import pytest

from voice_coach.audio.pcm import Clip, load, silence
from voice_coach.hear.vad import CHUNK, EnergyGate, FreshStart, SileroDetector, VoiceDetector
from voice_coach.testing import EnergyDetector
from voice_coach.timebase import RATE

WAV = Path(__file__).parents[1] / "wav"
SPEECH = load(WAV / "left side.wav")


def noise(seconds: float, level: float, seed: int = 1) -> Clip:
    return np.random.default_rng(seed).normal(0, level, int(seconds * RATE)).astype(np.int16)


def probabilities(detector: VoiceDetector, sound: Clip, length: int = CHUNK) -> list[float]:
    return [detector.probability(sound[i : i + length]) for i in range(0, len(sound), length)]


@pytest.mark.parametrize("build", [SileroDetector, lambda: EnergyGate(SileroDetector()), EnergyDetector])
def test_speech_is_told_from_silence(build: type[VoiceDetector]) -> None:
    detector = build()
    assert max(probabilities(detector, silence(RATE))) < 0.5
    assert max(probabilities(detector, SPEECH)) > 0.5
    detector.reset()
    assert max(probabilities(detector, silence(RATE))) < 0.5


@pytest.mark.parametrize("length", [160, 320, 1000, 4096])
def test_the_network_hears_the_same_in_blocks_of_any_length(length: int) -> None:
    whole = SPEECH[: len(SPEECH) // 64_000 * 64_000 or len(SPEECH)]
    expected = max(probabilities(SileroDetector(), whole))
    assert max(probabilities(SileroDetector(), whole, length)) == pytest.approx(expected, abs=1e-6)


class Counting:
    """A detector that counts what it is given and takes all of it for speech."""

    def __init__(self) -> None:
        self.heard: list[Clip] = []
        self.resets = 0

    def probability(self, block: Clip) -> float:
        self.heard.append(block)
        return 1.0

    def reset(self) -> None:
        self.resets += 1


def test_a_closed_gate_asks_nobody() -> None:
    behind = Counting()
    gate = EnergyGate(behind)
    probabilities(gate, noise(20, 30))
    opened = len(behind.heard)
    assert max(probabilities(gate, noise(5, 30, seed=2))) == 0
    assert len(behind.heard) == opened
    assert behind.resets == 1


def test_a_word_opens_the_gate_with_what_came_before_it() -> None:
    behind = Counting()
    gate = EnergyGate(behind)
    quiet = noise(20, 30)
    probabilities(gate, quiet)
    behind.heard.clear()
    last = noise(0.5, 30, seed=3)
    probabilities(gate, last)
    word = noise(0.2, 3000)[: 4 * CHUNK]
    assert probabilities(gate, word) == [1.0] * 4
    whole = len(last) // CHUNK * CHUNK  # the rest of the noise came as a shorter block
    heard = np.concatenate(behind.heard)
    assert len(heard) == EnergyGate.BEFORE + len(word)
    assert np.array_equal(heard[EnergyGate.BEFORE :], word)
    assert np.array_equal(heard[: EnergyGate.BEFORE], last[-EnergyGate.BEFORE :])
    assert whole < len(last)


def test_ten_seconds_of_talk_do_not_close_the_gate() -> None:
    behind = Counting()
    gate = EnergyGate(behind)
    probabilities(gate, noise(5, 30))
    talk = np.concatenate([noise(0.3, 2000, seed=i) if (i + 1) % 3 else noise(0.2, 40, seed=i) for i in range(40)])
    assert min(probabilities(gate, talk)) == 1.0


def test_a_fan_closes_the_gate_again_after_a_while() -> None:
    gate = EnergyGate(Counting())
    probabilities(gate, noise(30, 400))
    assert max(probabilities(gate, noise(2, 400, seed=2))) == 0


def test_no_samples_change_nothing() -> None:
    assert EnergyGate(Counting()).probability(silence(0)) == 0
    assert SileroDetector().probability(silence(0)) == 0
    assert EnergyDetector().probability(silence(0)) == 0


def test_a_reset_gate_hears_everything_at_first() -> None:
    gate = EnergyGate(Counting())
    probabilities(gate, noise(30, 400))
    gate.reset()
    assert gate.probability(noise(1, 400)[:CHUNK]) == 1


class Deaf(Counting):
    """A detector that counts what it is given and hears no speech."""

    def probability(self, block: Clip) -> float:
        super().probability(block)
        return 0.0


def test_what_was_no_speech_is_forgotten_when_a_sound_stands_out_of_it() -> None:
    behind = Deaf()
    fresh = FreshStart(behind)
    murmur = noise(2, 200)[: 50 * CHUNK]
    probabilities(fresh, murmur)
    assert behind.resets == 0
    behind.heard.clear()
    word = noise(0.3, 3000)[: 8 * CHUNK]
    probabilities(fresh, word)
    assert behind.resets == 1
    assert np.array_equal(np.concatenate(behind.heard), np.concatenate((murmur[-3 * CHUNK :], word)))


@pytest.mark.parametrize("level", [200, 350])
def test_a_sound_that_hardly_stands_out_is_more_of_the_same(level: float) -> None:
    behind = Deaf()
    probabilities(FreshStart(behind), np.concatenate((noise(2, 200), noise(1, level, seed=2))))
    assert behind.resets == 0


def test_within_speech_nothing_is_forgotten() -> None:
    behind = Counting()
    talk = [noise(0.3, 2000 if i % 2 else 40, seed=i) for i in range(20)]
    probabilities(FreshStart(behind), np.concatenate(talk))
    assert behind.resets == 0


def test_all_is_forgotten_when_it_is_asked_for() -> None:
    behind = Deaf()
    fresh = FreshStart(behind)
    probabilities(fresh, noise(2, 200))
    fresh.reset()
    behind.heard.clear()
    probabilities(fresh, noise(0.5, 3000))  # sudden, had it not forgotten what was before
    assert behind.resets == 1
    assert len(behind.heard) == len(range(0, RATE // 2, CHUNK))
