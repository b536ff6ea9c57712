"""The thresholds' file, which belongs to a model."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.errors import DataError
from voice_coach.hear.asr.vosk import EMBEDDED
from voice_coach.hear.decision.thresholds import (
    DEFAULT,
    FEW_PHRASES,
    FILE,
    MAX_REPEATS,
    NO_PRIOR,
    Bar,
    OperatingPoint,
    Prior,
    as_toml,
    load_point,
)
from voice_coach.session.deletion import NAMES as DELETION
from voice_coach.session.question_table import ACTIVE

NUMBERS = st.integers(-99, 99).map(lambda number: number / 10)
BARS = st.builds(Bar, NUMBERS, NUMBERS)


PRIORS = st.lists(
    st.builds(Prior, st.text('ab "\\é'), st.just(()), st.integers(1, MAX_REPEATS), NUMBERS.map(abs)), max_size=3
).map(lambda priors: tuple(msgspec.structs.replace(p, questions=(f"q{i}", "z" * i)) for i, p in enumerate(priors)))


@given(st.builds(OperatingPoint, *[BARS] * 5, *[NUMBERS] * 7, PRIORS, BARS))
def test_what_is_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, point: OperatingPoint) -> None:
    folder = tmp_path_factory.mktemp("model")
    (folder / FILE).write_text(as_toml(point, "two lines\n\nof comment"), encoding="utf-8")
    assert load_point(folder) == point


def test_a_model_without_the_file_has_the_defaults(tmp_path: Path) -> None:
    assert load_point(tmp_path) == DEFAULT


def test_for_our_own_model_a_reason_to_stop_needs_least() -> None:
    point = load_point(EMBEDDED)
    assert point.red.unknown <= point.sign.unknown <= point.ordinary.unknown <= point.careful.unknown
    assert point.red.rival <= point.ordinary.rival <= point.careful.rival
    assert point.unexpected >= 0
    assert point.doubt > 0


def test_nothing_is_expected_while_it_counts_nor_where_a_wrong_answer_costs_most() -> None:
    point = load_point(EMBEDDED)
    never = {"counting", "nothing", "", "cleared", "cleared_sure", "taught", "screen_told", "screen_anyway", *DELETION}
    assert {question for question in never if point.prior_at(question) != NO_PRIOR} == set()
    assert {question for prior in point.prior for question in prior.questions} <= set(ACTIVE)


def test_the_dearer_a_wrong_answer_the_less_it_is_expected() -> None:
    point = load_point(EMBEDDED)
    shifts = {question: prior.shift for prior in point.prior for question in prior.questions}
    for dear in ("check", "side", "settle_check", "screen_1", "furthest_after", "pain_after"):
        assert shifts[dear] < min(shifts["ready"], shifts["sound_check"])


def test_with_few_phrases_more_is_needed_but_not_for_a_reason_to_stop() -> None:
    point = OperatingPoint(few=3)
    assert point.within(FEW_PHRASES) == point
    few = point.within(FEW_PHRASES - 1)
    assert few.ordinary == point.ordinary.raised(3)
    assert few.careful == point.careful.raised(3)
    assert (few.red, few.sign, few.ending, few.speaking) == (point.red, point.sign, point.ending, point.speaking)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("red = 1", "can't be read"),
        ("[red]\nunknown = nan\nrival = 0", "not finite"),
        ("dout = 1", "can't be read"),
        ('[[prior]]\nname = "a"\nquestions = ["q"]\nrepeats = 0', "repeats of 'a' are not 1 to 100"),
        ('[[prior]]\nname = "a"\nquestions = ["q"]\nrepeats = 101', "repeats of 'a' are not 1 to 100"),
        ('[[prior]]\nname = "a"\nquestions = ["q"]\nbonus = -1', "bonus of 'a' is negative"),
        ('[[prior]]\nname = "a"\nquestions = ["q"]\nbonus = nan', "not finite"),
        ('[[prior]]\nname = "a"\nquestions = ["q", "q"]', "'q' is in more than one group"),
        ('[[prior]]\nname = "a"', "can't be read"),
        ("[[[", "can't be read"),
        ("\x00", "can't be read"),
    ],
)
def test_a_damaged_file_is_told(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=f"{FILE}.*{message}"):
        load_point(tmp_path)
