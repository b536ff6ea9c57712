"""A take begins after the tone, and ends when somebody has spoken and fallen silent."""

import numpy as np

from tests.hear.room import spoken
from voice_coach.app.studio import MAX_PAUSE, MAX_TAKE, MAX_WAIT, Capture, Playback
from voice_coach.audio.live import Lost, Reopened, Torn
from voice_coach.audio.offline import run_file
from voice_coach.audio.pcm import Clip, silence
from voice_coach.hear.vad import EnergyGate, SileroDetector
from voice_coach.testing import EnergyDetector
from voice_coach.timebase import BLOCK, RATE

TONE = np.full(RATE // 5, 5000, np.int16)
LIMIT = MAX_WAIT + MAX_TAKE


def loud(seconds: float) -> Clip:
    return np.full(round(seconds * RATE), 3000, np.int16)


def captured(*mic: Clip) -> tuple[Clip, Clip, int]:
    """Return the take, what was played, and how long it took."""
    capture = Capture(TONE, EnergyDetector())
    played: list[Clip] = []
    taken = run_file(capture.advance, lambda: capture.done, mic, speaker=played.append, limit=LIMIT)
    return capture.take, np.concatenate(played), taken


def test_the_tone_is_played_and_not_recorded() -> None:
    """Nor what of it is still in the room."""
    take, played, _ = captured(loud(0.45), silence(RATE), loud(1))
    assert (played[: TONE.size] == TONE).all()
    assert not played[TONE.size :].any()
    first = int(np.flatnonzero(take)[0])
    assert abs(first - 0.95 * RATE) <= 2 * BLOCK


def test_a_pause_within_a_sentence_does_not_end_it() -> None:
    take, _, _ = captured(silence(RATE), loud(1), silence(MAX_PAUSE - 2 * BLOCK), loud(1))
    assert np.count_nonzero(take) == 2 * RATE
    assert not take[-MAX_PAUSE + BLOCK :].any()


def test_a_take_is_torn_only_if_sound_is_lost_once_somebody_speaks() -> None:
    """A stream may begin with a tear, and other news is none."""
    for news, torn in ((Torn(), True), (Lost("unplugged"), True), (Reopened(), False)):
        capture = Capture(TONE, EnergyDetector())
        run_file(capture.advance, lambda: False, [silence(RATE)], limit=RATE)
        capture.hear_of(news)
        assert not capture.torn
        run_file(capture.advance, lambda: False, [loud(0.5)], limit=RATE // 2)
        capture.hear_of(news)
        assert capture.torn is torn
        capture.hear_of(Reopened())
        assert capture.torn is torn


def test_nobody_is_waited_for_for_ever() -> None:
    """Neither for somebody who says nothing, nor for somebody who does not stop."""
    take, _, _ = captured(silence(RATE))
    assert MAX_WAIT <= take.size < MAX_WAIT + BLOCK
    take, _, taken = captured(silence(RATE), loud(60))
    assert MAX_TAKE <= take.size < MAX_TAKE + BLOCK
    assert taken < LIMIT


def test_a_sentence_is_captured_by_the_real_detector() -> None:
    """All of it, and no more than the silence that ends it."""
    (clip,) = spoken(["Let go of your knee, and come back to where it is most comfortable."])
    capture = Capture(TONE, EnergyGate(SileroDetector()))
    run_file(capture.advance, lambda: capture.done, [silence(RATE), clip], limit=LIMIT)
    at = int(np.flatnonzero(capture.take)[0]) - int(np.flatnonzero(clip)[0])
    assert (capture.take[at : at + clip.size] == clip).all()
    assert capture.take.size < at + clip.size + 2 * MAX_PAUSE


def test_a_clip_is_played_to_its_end() -> None:
    playback = Playback(loud(0.5))
    played: list[Clip] = []
    run_file(playback.advance, lambda: playback.done, [], speaker=played.append, limit=RATE)
    assert np.count_nonzero(np.concatenate(played)) == RATE // 2
