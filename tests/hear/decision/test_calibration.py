"""A voice's own thresholds: what ten commands of it change, and what they never change."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.errors import DataError
from voice_coach.files.profiles import FIRST
from voice_coach.hear.asr.recognizer import Hypothesis
from voice_coach.hear.asr.vosk import EMBEDDED
from voice_coach.hear.decision import calibration
from voice_coach.hear.decision.calibration import (
    MAX_SHIFT,
    MIN_SHIFT,
    Calibration,
    adapt,
    calibrated,
    fingerprint,
    load,
    save,
)
from voice_coach.hear.decision.evidence import Evidence
from voice_coach.hear.decision.thresholds import Bar, OperatingPoint
from voice_coach.hear.grammar.match import Meaning

POINT = OperatingPoint()
SILENT = Hypothesis("", final=True, start=0, end=1)


def said(margin: float, *, red: bool = False, careful: bool = False) -> Evidence:
    return Evidence(SILENT, Meaning("any", red=red, careful=careful), unknown=margin)


def test_a_voice_that_hardly_reaches_the_thresholds_brings_them_down() -> None:
    kept = adapt(POINT, [said(POINT.ordinary.unknown + 0.2)] * 10, 1)
    assert kept is not None
    assert kept.shift == pytest.approx(-0.8)
    lower = calibrated(POINT, kept)
    assert lower.ordinary.unknown == pytest.approx(POINT.ordinary.unknown - 0.8)
    assert lower.red.unknown == pytest.approx(POINT.red.unknown - 0.8)


def test_a_voice_that_is_far_above_them_brings_up_all_but_the_red_ones() -> None:
    kept = adapt(POINT, [said(30), said(30, red=True), said(30, careful=True)] * 3, 1)
    assert kept is not None
    assert kept.shift == MAX_SHIFT
    higher = calibrated(POINT, kept)
    assert higher.careful.unknown == POINT.careful.unknown + MAX_SHIFT
    assert (higher.red, higher.ending, higher.speaking) == (POINT.red, POINT.ending, POINT.speaking)


def test_one_slip_changes_little_and_too_few_commands_nothing() -> None:
    good = [said(9)] * 9
    assert adapt(POINT, [*good, said(-5)], 1) == adapt(POINT, [*good, None], 1) == adapt(POINT, [said(9)] * 10, 1)
    assert adapt(POINT, [said(9)] * 6 + [None] * 4, 1) is None


def test_without_a_calibration_nothing_changes() -> None:
    assert calibrated(POINT, None) is POINT


BARS = st.builds(Bar, st.floats(-5, 5), st.floats(0, 5))
POINTS = st.builds(OperatingPoint, BARS, BARS, BARS, BARS, BARS, st.floats(0, 3), st.floats(0, 4))
SAID = st.lists(st.none() | st.builds(said, st.floats(-30, 30), red=st.booleans(), careful=st.booleans()), max_size=12)


@given(POINTS, SAID)
def test_a_reason_to_stop_is_never_harder_to_trigger(point: OperatingPoint, heard: list[Evidence | None]) -> None:
    changed = calibrated(point, adapt(point, heard, 1))
    for before, behind in (
        (point.red, changed.red),
        (point.sign, changed.sign),
        (point.ending, changed.ending),
        (point.speaking, changed.speaking),
    ):
        assert behind.unknown <= before.unknown
        assert behind.rival <= before.rival
    assert changed.doubt >= point.doubt
    for before, behind in ((point.careful, changed.careful), (point.ordinary, changed.ordinary)):
        assert before.unknown + MIN_SHIFT <= behind.unknown <= before.unknown + MAX_SHIFT
        assert behind.rival == before.rival


@given(POINTS, st.floats(-1e9, 1e9))
def test_no_file_makes_it_harder_either(point: OperatingPoint, shift: float) -> None:
    assert calibrated(point, Calibration(1, shift)).red.unknown <= point.red.unknown


def test_it_is_kept_for_the_model_that_it_was_made_with(tmp_path: Path) -> None:
    assert load(EMBEDDED) is None
    kept = Calibration(fingerprint(EMBEDDED), -0.5)
    save(kept)
    assert load(EMBEDDED) == kept
    (tmp_path / "am").mkdir()
    (tmp_path / "am/final.mdl").write_bytes(b"another one")
    assert load(tmp_path) is None
    assert fingerprint(tmp_path / "none") == 0
    assert calibration.forget()
    assert not calibration.forget()
    assert load(EMBEDDED) is None


def test_a_file_that_is_none_of_ours_is_told(own_folders: Path) -> None:
    path = FIRST.calibration
    assert own_folders in path.parents
    path.parent.mkdir(parents=True)
    path.write_text('{"shift": "loud"}', encoding="utf-8")
    with pytest.raises(DataError, match=r"calibration.json.*calibrate` again"):
        load(EMBEDDED)


def test_a_folder_that_can_not_be_written_to_is_told(own_folders: Path) -> None:
    (own_folders / "config").mkdir(parents=True)
    (own_folders / "config" / "voice_coach").write_text("a file", encoding="utf-8")
    with pytest.raises(DataError, match="can't be written"):
        save(Calibration(1, 0.0))
