"""All exercises together: the user's before ours, the broken ones by name, and which of them can be offered."""

from pathlib import Path

import pytest

from voice_coach.clinical.past import Lock
from voice_coach.exercise.availability import Offer, Wish, offers
from voice_coach.exercise.library import Entry, entries
from voice_coach.files.resources import folders

SHIPPED = folders("exercises")[0] / "en"
IDS = {path.stem for path in SHIPPED.glob("*.toml")}


@pytest.fixture
def own(own_folders: Path) -> Path:
    """Return the user's own folder for exercises."""
    folder = own_folders / "config" / "voice_coach" / "exercises" / "en"
    folder.mkdir(parents=True)
    return folder


def put(folder: Path, name: str, source: str = "bridge", *changes: tuple[str, str]) -> Path:
    """Put a changed copy of one of our exercises there."""
    text = (SHIPPED / f"{source}.toml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def entry(identifier: str) -> Entry:
    """Return the exercise with this id."""
    return next(one for one in entries() if one.id == identifier)


def offer(identifier: str, locks: dict[str, Lock] | None = None, wish: Wish | None = None) -> Offer:
    """Return what there is to say of offering this one."""
    return next(one for one in offers(entries(), locks or {}, wish or Wish()) if one.entry.id == identifier)


def test_all_that_ship_are_there_and_can_be_used() -> None:
    found = entries()
    assert [one.id for one in found] == sorted(IDS)
    assert len(IDS) == 15
    assert all(one.exercise and not one.problems and not one.own and one.overrides is None for one in found)


def test_a_language_without_exercises_has_none() -> None:
    assert entries("xx") == []


def test_a_file_of_the_users_replaces_ours(own: Path) -> None:
    path = put(own, "bridge", "bridge", ("hold = 5", "hold = 3"))
    found = entry("bridge")
    assert (found.path, found.own, found.overrides) == (path, True, SHIPPED / "bridge.toml")
    assert found.exercise is not None
    assert found.exercise.repetition.move is not None
    assert found.exercise.repetition.move.hold == 3


def test_a_broken_file_of_the_users_is_left_out_and_does_not_bring_ours_back(own: Path) -> None:
    path = put(own, "bridge", "bridge", ("count = 5", "count = 50"))
    found = entry("bridge")
    assert found.exercise is None
    assert "not 50" in str(found.problems[0])
    assert offer("bridge").why_not.startswith(f"its file has mistakes: {path}:")
    assert [one.id for one in entries() if one.exercise] == sorted(IDS - {"bridge"})


def test_a_file_that_is_no_toml_is_left_out(own: Path) -> None:
    (own / "mine.toml").write_text("what is this", encoding="utf-8")
    assert entry("mine").exercise is None
    assert len(entries()) == len(IDS) + 1


def test_an_id_that_is_not_the_files_name_is_told_with_the_remedy(own: Path) -> None:
    put(own, "mine")
    (problem,) = entry("mine").problems
    assert problem.message == 'must be the name of its file; write "mine", or name the file bridge.toml'


def test_a_warning_keeps_nothing_back(own: Path) -> None:
    put(own, "bridge", "bridge", ("Keep your neck loose.", "Relax unconditionally."))
    assert entry("bridge").exercise is not None
    assert not offer("bridge").why_not


def test_whoever_is_locked_is_offered_nothing_else_either() -> None:
    own, others = Lock("worse", 1, 0, 0), Lock("worse", 1, 0, 0, elsewhere="prone_press_up")
    locks = {one.id: own if one.id == "prone_press_up" else others for one in entries()}
    assert offer("prone_press_up", locks).why_not == "it is locked (worse) until a professional has checked it"
    other = "prone_press_up is locked (worse); nothing else is offered until a professional has checked that"
    assert {one.why_not for one in offers(entries(), locks) if one.entry.id != "prone_press_up"} == {other}
    assert not offer("bridge").why_not


@pytest.mark.parametrize(
    ("wish", "ids"),
    [
        (Wish(), IDS),
        (Wish(position="standing"), {"standing_extension", "side_glide_wall"}),
        (Wish(family="rotation"), {"flexion_rotation", "knee_rolls", "supine_rotation_sustained"}),
        (Wish("rotation", "side"), {"flexion_rotation"}),
        (Wish("neural", "side"), set()),
    ],
)
def test_what_is_wished_for_is_offered(wish: Wish, ids: set[str]) -> None:
    assert {one.entry.id for one in offers(entries(), {}, wish) if not one.why_not} == ids


def test_why_something_else_is_not_offered_is_said() -> None:
    assert offer("bridge", wish=Wish(position="front")).why_not == "its position is back"
    assert offer("bridge", wish=Wish(family="flexion")).why_not == "its family is stability"


def test_what_must_have_been_taught_is_asked_first() -> None:
    assert offer("supine_rotation_sustained").first == "whether a professional has taught it"
    assert offer("bridge").first == ""
