"""The thresholds' file, which belongs to a model."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.errors import DataError
from voice_coach.hear.asr_vosk import EMBEDDED
from voice_coach.hear.policy_point import DEFAULT, FEW, FILE, Bar, OperatingPoint, as_toml, load_point

NUMBERS = st.integers(-99, 99).map(lambda number: number / 10)
BARS = st.builds(Bar, NUMBERS, NUMBERS)


@given(st.builds(OperatingPoint, BARS, BARS, BARS, BARS, BARS, NUMBERS, NUMBERS, NUMBERS, NUMBERS))
def test_what_is_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, point: OperatingPoint) -> None:
    folder = tmp_path_factory.mktemp("model")
    (folder / FILE).write_text(as_toml(point, "two lines\n\nof comment"), encoding="utf-8")
    assert load_point(folder) == point


def test_a_model_without_the_file_has_the_defaults(tmp_path: Path) -> None:
    assert load_point(tmp_path) == DEFAULT


def test_for_our_own_model_a_reason_to_stop_needs_least() -> None:
    point = load_point(EMBEDDED)
    assert point.red.unknown <= point.ordinary.unknown <= point.careful.unknown
    assert point.red.rival <= point.ordinary.rival <= point.careful.rival
    assert point.unexpected >= 0
    assert point.doubt > 0


def test_with_few_phrases_more_is_needed_but_not_for_a_reason_to_stop() -> None:
    point = OperatingPoint(few=3)
    assert point.within(FEW) == point
    few = point.within(FEW - 1)
    assert few.ordinary == point.ordinary.raised(3)
    assert few.careful == point.careful.raised(3)
    assert (few.red, few.ending, few.speaking) == (point.red, point.ending, point.speaking)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("red = 1", "can't be read"),
        ("[red]\nunknown = nan\nrival = 0", "not finite"),
        ("dout = 1", "can't be read"),
        ("[[[", "can't be read"),
        ("\x00", "can't be read"),
    ],
)
def test_a_damaged_file_is_told(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=f"{FILE}.*{message}"):
        load_point(tmp_path)
