"""A take is cut, levelled and judged: by its sound, and by what the recogniser makes of it."""

import numpy as np
import pytest

from tests.hear.room import spoken
from voice_coach.app.takes import Opinion, RecognizerChecker, Verdict, compare, level
from voice_coach.audio.pcm import Clip, onset, silence, speech_rms, to_clip
from voice_coach.speak.loudness import NOMINAL_RMS
from voice_coach.timebase import RATE


def noise(length: int, decibels: float) -> Clip:
    wave = np.random.default_rng(1).standard_normal(length) * 10 ** (decibels / 20)
    return to_clip(wave.astype(np.float32))


def voiced(amplitude: float, *, room: float = -70.0) -> Clip:
    """Return a second of a tone in a room, with half a second of the room before it and a second after."""
    tone = np.pad(amplitude * np.sin(np.arange(RATE) * 0.1), (RATE // 2, RATE)).astype(np.float32)
    return to_clip((tone + noise(tone.size, room) / 32768).astype(np.float32))


@pytest.mark.parametrize("amplitude", [0.02, 0.1, 0.9])
def test_a_take_is_cut_and_levelled(amplitude: float) -> None:
    """Whatever its loudness, and although the room is louder than a clip's onset once it is levelled."""
    take = level(voiced(amplitude, room=-50 + 20 * np.log10(amplitude)))
    assert take.flaws == ()
    assert onset(take.clip) == 0
    assert take.clip.size == pytest.approx(RATE, abs=RATE // 10)
    assert speech_rms(take.clip) == pytest.approx(NOMINAL_RMS, rel=0.05)


def test_flaws_are_told_with_the_remedy() -> None:
    """Too loud, too noisy, and nobody at all."""
    (flaw,) = level(to_clip(np.clip(4 * voiced(0.9).astype(np.float32) / 32768, -1, 1))).flaws
    assert "turn the microphone down" in flaw
    (flaw,) = level(voiced(0.1, room=-40)).flaws
    assert flaw.startswith("The voice is only 17 dB above the room")
    for nobody in (silence(RATE), noise(RATE, -60), noise(RATE, -30), silence(0), silence(100)):
        take = level(nobody)
        assert not take.clip.size
        assert "There is no voice in it" in take.flaws[0]


def test_a_click_is_no_voice() -> None:
    """Such as a key that was let go."""
    mic = noise(RATE, -70)
    mic[8000:8100] = 8000
    assert not level(mic).clip.size


def test_words_tell_which_text_was_said() -> None:
    """A few of them are enough; none at all, or words of no text, tell nothing."""
    text, other = "Hold your left knee with your right hand.", "Number one."
    assert compare("[unk] left knee with your right hand", text, [other]) == Opinion(Verdict.HEARD)
    assert compare("number one", text, [other]) == Opinion(Verdict.OTHER, other)
    for heard in ("", "[unk]", "knee [unk]"):
        assert compare(heard, text, [other]).verdict is Verdict.UNSURE
    assert compare("one", "One.", ["one,"]).verdict is Verdict.HEARD


def test_the_recogniser_tells_texts_apart() -> None:
    """The real one: a sentence is heard, another one is named, and a word that it does not know is told."""
    said, other, odd = (
        "Lie on your left side.",
        "Bend both knees, with your feet flat.",
        "Hot and shivery, or thinner without trying?",
    )
    right, wrong = spoken([said, other])
    checker = RecognizerChecker()
    assert checker.check(level(right).clip, said, [other, odd]) == Opinion(Verdict.HEARD)
    assert checker.check(level(wrong).clip, said, [other, odd]) == Opinion(Verdict.OTHER, other)
    unknown = checker.check(level(right).clip, odd, [other])
    assert unknown.verdict is Verdict.UNSURE
    assert "shivery, thinner" in unknown.why
    assert checker.check(level(right).clip, "Shivery.", []).verdict is Verdict.UNSURE
