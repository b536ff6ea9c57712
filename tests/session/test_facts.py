"""The facts of a session: grouped, and changed by names that the type checker knows."""

from typing import get_type_hints

import pytest

from voice_coach.session.facts import Changes, Facts, Plan
from voice_coach.session.turn import Turn
from voice_coach.testing import Conversation

GROUPS = get_type_hints(Facts)


def turn() -> Turn:
    return Turn(Conversation().state.facts, 0)


def test_the_changes_are_the_fields_of_the_groups_with_their_types() -> None:
    fields = {name: hint for group in GROUPS.values() for name, hint in get_type_hints(group).items()}
    assert get_type_hints(Changes) == fields
    assert len(fields) == sum(len(get_type_hints(group)) for group in GROUPS.values())


def test_changes_reach_their_group_and_leave_the_others() -> None:
    changed = turn()
    before = changed.facts
    changed.know(side="left", tempo=1.5, pain_before=3.0, nomatch=2)
    now = changed.facts
    assert (now.plan.side, now.plan.tempo, now.findings.pain_before, now.speech.nomatch) == ("left", 1.5, 3.0, 2)
    assert (now.progress, now.log) == (before.progress, before.log)
    assert isinstance(now.plan, Plan)


def test_the_type_checker_finds_a_misspelled_and_a_wrongly_typed_field() -> None:
    """Each `ignore` is an error of its own for mypy if it were not needed."""
    with pytest.raises(KeyError):
        turn().know(sidde="left")  # type: ignore[call-arg]
    turn().know(repetitions="three")  # type: ignore[arg-type]
