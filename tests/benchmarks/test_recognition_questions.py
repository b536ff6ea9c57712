"""What the benchmark of open questions counts, and that each decoder hears a take once."""

from pathlib import Path

import numpy as np

from benchmarks.recognition.corpus import Take
from benchmarks.recognition.questions import (
    AFTER,
    BEFORE,
    NO_GROUP,
    UNGROUPED,
    Remembering,
    Taken,
    answers,
    negatives,
    representatives,
    stops,
)
from voice_coach.audio.pcm import Clip
from voice_coach.hear.asr.recognizer import Expected
from voice_coach.hear.asr.vosk import EMBEDDED
from voice_coach.hear.decision.situation import COUNTING
from voice_coach.hear.decision.thresholds import NO_PRIOR, load_point
from voice_coach.session.question_table import ACTIVE
from voice_coach.testing import ScriptedRecognizer

YES = Expected(frozenset({"yes"}), repeats=5)


class Counting(ScriptedRecognizer):
    """Counts what it is given to decode."""

    def __init__(self) -> None:
        super().__init__(["left side", "right side", "stop"])
        self.samples = 0

    def accept(self, pcm: Clip) -> None:
        self.samples += len(pcm)
        super().accept(pcm)


def said(recognizer: Remembering, expected: Expected) -> list[str]:
    recognizer.begin(0, numbers=False, expected=expected)
    texts = []
    for _ in range(5):
        recognizer.accept(np.zeros(3200, np.int16))
        texts += [hypothesis.text for hypothesis in recognizer.poll()]
    recognizer.weigh()
    recognizer.end()
    return texts + [hypothesis.text for hypothesis in recognizer.poll()]


def test_each_decoder_hears_a_take_once_and_another_take_anew() -> None:
    engine = Counting()
    recognizer = Remembering(engine)
    left = ["left", "left side", "left side"]
    assert said(recognizer, YES) == left
    assert said(recognizer, YES) == left
    assert engine.samples == 16_000
    assert said(recognizer, Expected()) == ["right", "right side", "right side"]
    assert engine.samples == 32_000
    assert said(recognizer, YES) == left
    recognizer.forget()
    assert said(recognizer, YES) == ["stop", "stop"]
    assert engine.samples == 48_000


def test_what_was_not_asked_before_is_asked_of_an_engine_that_has_caught_up() -> None:
    engine = Counting()
    recognizer = Remembering(engine)
    recognizer.begin(0, numbers=False, expected=YES)
    recognizer.accept(np.zeros(3200, np.int16))
    recognizer.begin(0, numbers=False, expected=YES)
    recognizer.accept(np.zeros(3200, np.int16))
    recognizer.accept(np.zeros(3200, np.int16))
    recognizer.end()
    assert [hypothesis.text for hypothesis in recognizer.poll()][-1] == "left side"
    assert engine.samples == 9_600


def test_one_question_stands_for_each_group_of_the_model() -> None:
    point = load_point(EMBEDDED)
    questions = representatives(point)
    assert set(questions) == {*(prior.name for prior in point.prior), NO_GROUP, COUNTING}
    assert set(questions.values()) <= set(ACTIVE)
    assert point.prior_at(UNGROUPED) == NO_PRIOR
    assert answers("side") == {"side_left", "side_right", "side_both", "yes", "confirms", "no"}
    assert answers("ready") == {"yes", "ready_next"}
    assert answers(COUNTING) == frozenset()


def taken(prior: str, intent: str, take: str = "a", at: float = 1.0, *, ask: bool = False, red: bool = False) -> Taken:
    return Taken("side", prior, take, intent, intent, ask, red, at)


def test_answers_and_reasons_to_stop_are_counted_apart() -> None:
    found = [taken(BEFORE, "yes"), taken(BEFORE, "louder"), taken(AFTER, "stop", red=True), taken(AFTER, "yes")]
    row = negatives(found, {"side": "side"}, hours=0.5)[-1]
    rates = [cell.split("/h")[0].strip() for cell in row.split("|")[2:-1]]
    assert rates == ["2.0", "2.0", "4.0", "4.0", "0.0", "2.0"]


def test_the_first_reason_to_stop_of_a_take_counts() -> None:
    takes = [Take(name, Path(name), "word", truth="stop", end=0.5) for name in ("a", "b")]
    found = [
        taken(BEFORE, "stop", "a", 0.6, red=True),
        taken(BEFORE, "stop", "b", 0.9, ask=True, red=True),
        taken(AFTER, "stop", "b", 0.7, red=True),
        taken(AFTER, "worse", "b", 0.9, red=True),
    ]
    row = stops(found, {"side": "side"}, takes)[-1]
    cells = [cell.strip() for cell in row.split("|")[2:-1]]
    assert [cell.split(" [")[0] for cell in cells[:4]] == ["50.0 %", "50.0 %", "1", "0"]
    assert cells[4:] == ["0.10 / 0.10 s", "0.20 / 0.20 s"]
