"""Where the pain moved, and what sessions come to."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.clinical.body_regions import PLACES, moved, pain_score, place_of, rank
from voice_coach.history.store import Store
from voice_coach.history.summary import totals
from voice_coach.records import Answered, Ended, RepetitionDone, SessionRecord, SessionStart, Stopped

RANKS = st.sampled_from(range(7))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Return an open store."""
    with Store.open(tmp_path / "history.db") as opened:
        yield opened


def add(store: Store, *records: SessionRecord) -> None:
    """Write a session with these records."""
    number = store.begin(
        SessionStart(
            started=datetime(2031, 1, 1, tzinfo=UTC),
            exercise_id="x",
            exercise_version=1,
            app_version="1",
            hold_s=2,
            reps_target=10,
        )
    )
    for record in records:
        store.save(number, record)


def test_places_are_ranked_from_the_spine_outward() -> None:
    assert [rank(place) for place in ("none", "back", "one_side_back", "buttock", "thigh", "calf", "foot")] == list(
        range(7)
    )
    assert [place_of(number) for number in range(7)] == list(PLACES)
    assert (rank(None), rank("ear"), rank(3), place_of(None)) == (None, None, None, None)


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ("calf", "thigh", "centralised"),
        ("back", "none", "centralised"),
        ("one_side_back", "back", "centralised"),
        ("back", "buttock", "peripheralised"),
        ("calf", "foot", "peripheralised"),
        ("thigh", "thigh", "unchanged"),
        (None, "foot", None),
        ("back", None, None),
    ],
)
def test_where_the_pain_went(before: str | None, after: str | None, change: str | None) -> None:
    assert moved(rank(before), rank(after)) == change


@given(RANKS, RANKS)
def test_the_way_back_is_the_opposite(before: int, after: int) -> None:
    opposite = {"centralised": "peripheralised", "peripheralised": "centralised", "unchanged": "unchanged"}
    assert moved(after, before) == opposite[moved(before, after) or ""]


def test_pain_is_a_number_from_zero_to_ten_or_not_known() -> None:
    assert [pain_score(value) for value in (0, 4.5, 10)] == [0.0, 4.5, 10.0]
    assert [pain_score(value) for value in (None, "four", True, -1, 10.5, float("nan"))] == [None] * 6


def test_totals_leave_out_what_was_not_answered(store: Store) -> None:
    add(store, Answered(1, "pain_before", 6), Answered(9, "pain_after", 0), Ended(10, "completed", 10, 0, 0))
    add(store, Answered(1, "pain_before", None), Answered(9, "pain_after", 3), RepetitionDone(5, 1, 0, 1.0))
    add(store, Answered(1, "pain_before", 3), Stopped(5, 4, "hold", "worse", "worse", "user", red=True))
    result = totals(store.sessions())
    assert (result.sessions, result.completed, result.repetitions, result.red) == (3, 1, 11, 1)
    assert (result.mean_pain_before, result.mean_pain_after) == (4.5, 1.5)


def test_no_sessions_come_to_nothing_known() -> None:
    result = totals([])
    assert (result.sessions, result.repetitions, result.mean_pain_before) == (0, 0, None)
