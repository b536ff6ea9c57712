"""What every recogniser keeps to: libvosk here, in a process of its own, beside a server, and the public fake."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.remote.scripted_server import serve
from tests.until import HANG, gathered
from voice_coach.audio.pcm import Clip, load, silence
from voice_coach.config.engines import session_grammar
from voice_coach.hear.asr.recognizer import NOTHING_EXPECTED, Expected, Hypothesis, Recognizer
from voice_coach.hear.asr.supervised import ProcessRecognizer
from voice_coach.hear.asr.vosk import EMBEDDED, VoskRecognizer
from voice_coach.hear.asr.wyoming import WyomingRecognizer
from voice_coach.hear.decision.thresholds import DEFAULT, load_point
from voice_coach.testing import ScriptedRecognizer
from voice_coach.timebase import RATE, Samples, samples
from voice_coach.workers.process import Patience

pytestmark = pytest.mark.compat

SIDES = Expected(frozenset({"side_left", "side_right"}), repeats=20)
GRAMMAR = Path(__file__).parents[2] / "grammars" / "en.yaml"
WAV = Path(__file__).parents[1] / "wav"
STOP = np.concatenate((load(WAV / "stop.wav"), silence(samples(0.3))))
LEFT = np.concatenate((load(WAV / "left side.wav"), silence(samples(0.3))))


class WithServer(WyomingRecognizer):
    """The embedded recogniser and a server that tells the two recordings apart by their length."""

    def __init__(self) -> None:
        self.server = ExitStack()
        site = self.server.enter_context(serve(reads=lambda sound: "Stop." if len(sound) == len(STOP) else "Left side"))
        grammar = session_grammar("en")
        super().__init__(VoskRecognizer(EMBEDDED, grammar), site.address, grammar, limit=HANG)

    def close(self) -> None:
        super().close()
        self.server.close()


ENGINES: dict[str, Callable[[], Recognizer]] = {
    "vosk": lambda: VoskRecognizer(EMBEDDED, session_grammar("en")),
    "process": lambda: ProcessRecognizer(EMBEDDED, GRAMMAR, Patience(start=HANG, answer=HANG)),
    "wyoming": WithServer,
    "scripted": lambda: ScriptedRecognizer(["stop", "left side", "stop", "left side"]),
}


@pytest.fixture(params=list(ENGINES))
def recognizer(request: pytest.FixtureRequest) -> Iterator[Recognizer]:
    engine = ENGINES[request.param]()
    yield engine
    engine.close()


def feed(recognizer: Recognizer, sound: Clip, length: int = 512) -> list[Hypothesis]:
    found = []
    for i in range(0, len(sound), length):
        recognizer.accept(sound[i : i + length])
        found += recognizer.poll()
    return found


def finals(recognizer: Recognizer, count: int = 1) -> list[Hypothesis]:
    """Poll until so many final results are there, and return all results."""
    return gathered(
        recognizer.poll, lambda found: sum(one.final for one in found) >= count, f"{count} final results are there"
    )


def say(
    recognizer: Recognizer, sound: Clip, at: Samples = 0, expected: Expected = NOTHING_EXPECTED
) -> list[Hypothesis]:
    recognizer.begin(at, numbers=False, expected=expected)
    found = feed(recognizer, sound)
    recognizer.end()
    return found + finals(recognizer)


def test_an_utterance_gives_partial_results_and_one_final_one(recognizer: Recognizer) -> None:
    found = say(recognizer, STOP)
    assert [hypothesis.final for hypothesis in found] == [False] * (len(found) - 1) + [True]
    assert found[-1].text == "stop"
    assert [word.text for word in found[-1].words] == ["stop"]
    assert recognizer.poll() == []


def test_partial_results_come_only_when_they_change(recognizer: Recognizer) -> None:
    texts = [hypothesis.text for hypothesis in say(recognizer, LEFT) if not hypothesis.final]
    assert texts
    assert all(one != other for one, other in pairwise(texts))


def test_times_are_those_of_the_session(recognizer: Recognizer) -> None:
    at = 0
    for sound, text in ((STOP, "stop"), (LEFT, "left side")):
        at += 7 * RATE
        final = say(recognizer, sound, at)[-1]
        assert final.text == text
        assert (final.start, final.end) == (at, at + len(sound))
        times = [time for word in final.words for time in (word.start, word.end)]
        assert times == sorted(times)
        assert at <= times[0] < times[-1] <= at + len(sound)
        assert 0 <= final.confidence <= 1


def test_utterances_are_answered_in_order(recognizer: Recognizer) -> None:
    for at, sound in ((0, STOP), (100_000, LEFT)):
        recognizer.begin(at, numbers=True)
        recognizer.accept(sound)
        recognizer.end()
    found = [hypothesis for hypothesis in finals(recognizer, 2) if hypothesis.final]
    assert [(hypothesis.start, hypothesis.text) for hypothesis in found] == [(0, "stop"), (100_000, "left side")]


def test_an_utterance_may_be_begun_anew(recognizer: Recognizer) -> None:
    recognizer.begin(0, numbers=False)
    feed(recognizer, STOP[:5000])
    recognizer.begin(0, numbers=True)
    feed(recognizer, STOP)
    recognizer.end()
    found = finals(recognizer)
    assert [hypothesis.text for hypothesis in found if hypothesis.final] == ["stop"]


def test_what_was_heard_so_far_can_be_weighed(recognizer: Recognizer) -> None:
    recognizer.begin(RATE, numbers=False)
    feed(recognizer, STOP)
    recognizer.weigh()
    recognizer.end()
    found = finals(recognizer)
    weighed = [hypothesis for hypothesis in found if hypothesis.margin is not None and not hypothesis.final]
    assert len(weighed) == (0 if isinstance(recognizer, ScriptedRecognizer) else 1)
    for hypothesis in weighed:
        assert (hypothesis.text, hypothesis.start, hypothesis.end) == ("stop", RATE, RATE + len(STOP))
        assert found[-1].margin is not None
        assert hypothesis.margin == pytest.approx(found[-1].margin, abs=0.5)
        assert [word.text for word in hypothesis.words] == ["stop"]


def test_an_expected_answer_and_a_reason_to_stop_are_both_heard(recognizer: Recognizer) -> None:
    recognizer.prepare(numbers=False, expected=SIDES)
    assert say(recognizer, STOP, 0, SIDES)[-1].text == "stop"
    assert say(recognizer, LEFT, 100_000, SIDES)[-1].text == "left side"


def test_what_was_expected_before_changes_nothing_once_nothing_is(recognizer: Recognizer) -> None:
    before = [say(recognizer, sound) for sound in (STOP, LEFT)]
    recognizer.prepare(numbers=True, expected=SIDES)
    say(recognizer, LEFT, 0, SIDES)
    say(recognizer, LEFT, 0, SIDES)
    after = [say(recognizer, sound) for sound in (STOP, LEFT)]
    if isinstance(recognizer, ScriptedRecognizer):  # its script is over
        assert [found[-1].text for found in before] == ["stop", "left side"]
    else:
        assert after == before


def test_preparing_for_the_next_question_leaves_the_utterance_under_way_as_it_is(recognizer: Recognizer) -> None:
    first = say(recognizer, STOP)[-1]
    say(recognizer, LEFT)
    recognizer.begin(0, numbers=False)
    found = feed(recognizer, STOP[:5000])
    recognizer.prepare(numbers=False, expected=SIDES)
    found += feed(recognizer, STOP[5000:])
    recognizer.end()
    assert (found + finals(recognizer))[-1] == first


def test_what_was_answered_does_not_lag(recognizer: Recognizer) -> None:
    say(recognizer, STOP)
    assert gathered(recognizer.poll, lambda _: not recognizer.lag(RATE), "all is answered") == []
    assert recognizer.lag(2 * RATE) in range(RATE + 1)  # a sign of life may be on its way


def test_the_thresholds_are_those_of_the_model(recognizer: Recognizer) -> None:
    fake = isinstance(recognizer, ScriptedRecognizer)
    assert recognizer.point == (DEFAULT if fake else load_point(EMBEDDED))


def test_without_a_begin_nothing_happens(recognizer: Recognizer) -> None:
    recognizer.accept(STOP)
    recognizer.weigh()
    recognizer.end()
    assert recognizer.poll() == []
    assert say(recognizer, STOP)[-1].text == "stop"
    recognizer.end()
    recognizer.accept(STOP)
    assert recognizer.poll() == []


def test_it_can_be_closed_twice(recognizer: Recognizer) -> None:
    recognizer.close()
    recognizer.close()
