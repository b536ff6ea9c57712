"""Which sentence is to be recorded next, and how far it is."""

import pytest

from voice_coach.actions import Line
from voice_coach.app.recording_script import MOST_HEARD, Entry, Script, entries_of
from voice_coach.exercise.library import entries
from voice_coach.exercise.load import load_exercise
from voice_coach.exercise.prompts import all_lines


def entry(text: str, heard: int = 0) -> Entry:
    return Entry(text, (Line(text.lower(), text),), heard)


@pytest.mark.parametrize("one", [one for one in entries("en") if one.exercise], ids=lambda one: one.id)
def test_each_line_of_an_exercise_is_recorded_once(one: object) -> None:
    """A text stands for all lines that have it."""
    exercise = getattr(one, "exercise")  # noqa: B009 -- it is there, see above
    found = entries_of(exercise)
    assert len({entry.text for entry in found}) == len(found)
    assert {line for entry in found for line in entry.lines} == set(all_lines(exercise))
    assert all({line.text for line in entry.lines} == {entry.text} for entry in found)


def test_lines_come_as_they_are_heard() -> None:
    """First a session in which all goes well, then the rest; a call of each repetition is said most often."""
    found = entries_of(load_exercise("flexion_rotation"))
    texts = [entry.text for entry in found]
    inside = [
        "Lie on your left side.",
        "Number one.",
        "Roll back.",
        "Hold,",
        "And come back.",
        "Number two.",
        "Goodbye.",
    ]
    assert sorted(inside, key=texts.index) == inside
    assert texts.index("Goodbye.") < texts.index("Lie on your right side.") < texts.index("Stop.")
    heard = {entry.text: entry.heard for entry in found}
    assert heard["Roll back."] == max(heard.values())
    assert heard["Stop."] == 0


def test_progress_tells_the_most_heard_apart() -> None:
    """And what is skipped is not done."""
    script = Script([entry("A", 1), entry("B", 5), entry("C")], {"A"})
    assert script.progress == "1 of 3, 1 of the 2 most heard"
    assert script.next == entry("B", 5)
    script.skip("B")
    assert script.next == entry("C")
    script.keep("C")
    assert script.next is None
    assert script.progress == "2 of 3, 1 of the 2 most heard"
    assert script.synthetic == ("B",)
    script.again("C")
    script.again("B")
    assert script.next == entry("B", 5)
    assert script.progress == "1 of 3, 1 of the 2 most heard"


def test_only_so_many_are_the_most_heard() -> None:
    """Those that are said most often, wherever they come."""
    script = Script([*(entry(f"{n}", 1) for n in range(MOST_HEARD)), entry("last", 2)], {"0", "last"})
    assert script.progress == f"2 of {MOST_HEARD + 1}, 2 of the {MOST_HEARD} most heard"
    assert Script([], ()).progress == "0 of 0, 0 of the 0 most heard"


def test_neighbours_are_those_before_and_after() -> None:
    script = Script(map(entry, "ABCDE"), ())
    assert script.around("A", 2) == ("B", "C")
    assert script.around("D", 2) == ("B", "C", "E")
