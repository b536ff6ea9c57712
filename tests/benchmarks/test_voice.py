"""What the benchmark of the voices counts; PocketSphinx and the loudness meter are not installed for tests."""

import numpy as np
import pytest

from benchmarks.voice import measure
from voice_coach.audio.pcm import Clip, silence
from voice_coach.timebase import RATE, samples


def hum(seconds: float, level: float = 0.1) -> Clip:
    """Return a tone of 200 Hz."""
    at = np.arange(samples(seconds)) / RATE
    return np.rint(32767 * level * np.sin(2 * np.pi * 200 * at)).astype(np.int16)


def test_the_rate_counts_from_the_first_to_the_last_sound() -> None:
    """Silence at the ends is left out; a pause within counts for one of the two rates; short texts don't count."""
    clip = np.concatenate((silence(samples(0.5)), hum(1.0), silence(samples(1.0)), hum(1.0), silence(samples(0.5))))
    found = measure.rate({"One two three, four five six.": clip, "No.": hum(3.0)})
    assert found.whole == pytest.approx(120, rel=0.01)
    assert found.articulation == pytest.approx(180, rel=0.02)
    with pytest.raises(ValueError, match="no text has 6 words"):
        measure.rate({"No.": clip})


def test_a_short_gap_is_no_pause() -> None:
    """As before a "t"."""
    assert measure.paused(np.concatenate((hum(0.5), silence(samples(0.06)), hum(0.5)))) == 0
    assert measure.paused(np.concatenate((hum(0.5), silence(samples(0.2)), hum(0.5)))) == pytest.approx(
        samples(0.2), abs=measure.FRAME
    )


def test_short_clips_have_an_rms_and_all_have_a_peak() -> None:
    """A clip without sound has neither."""
    short = measure.short_rms([hum(2.0, 0.9), hum(0.5, 0.1), silence(0)])
    assert short.least == short.most == pytest.approx(20 * np.log10(0.1 / np.sqrt(2)), abs=0.1)
    assert measure.true_peak([hum(1.0, 0.5), silence(0)]) == pytest.approx(-6.02, abs=0.1)


@pytest.mark.parametrize(
    ("said", "heard", "wrong"),
    [("and come back", "and come back", 0), ("hold", "", 1), ("", "hold on", 2), ("a b c d", "b x d", 2)],
)
def test_words_are_wrong_when_they_are_missing_added_or_different(said: str, heard: str, wrong: int) -> None:
    """The least number of changes."""
    assert measure.distance(said.split(), heard.split()) == wrong
