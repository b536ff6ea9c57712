"""The programmes that ship, their schema, and the list of all with those of the user's."""

import tomllib
from pathlib import Path

import pytest

from tests.exercise.test_schema import wrong
from tests.programme.conftest import HEAD, Write, step
from voice_coach.exercise.availability import Wish, offers
from voice_coach.exercise.library import entries as exercises
from voice_coach.files.resources import folders
from voice_coach.programme.library import Entry, entries, why_not
from voice_coach.programme.load import read_programme
from voice_coach.programme.model import SCHEMA_FILE, schema, schema_text

FOLDER = folders("programmes")[0]
SHIPPED = sorted(FOLDER.glob("*/*.toml"))


def by_id() -> dict[str, Entry]:
    """Return all programmes that there are."""
    return {entry.id: entry for entry in entries()}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.stem))
def test_each_that_ships_is_good_of_one_family_and_says_where_it_is_from(path: Path) -> None:
    programme, problems = read_programme(path)
    assert problems == []
    assert programme is not None
    assert programme.written.id == path.stem
    assert len({exercise.family for exercise in programme.exercises.values()}) == 1
    assert programme.written.sources


def test_the_schema_is_as_it_is_made() -> None:
    """`voice-coach check --programme-schema > programmes/programme.schema.json` makes it anew."""
    assert (FOLDER / SCHEMA_FILE).read_text(encoding="utf-8") == schema_text()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.stem))
def test_what_ships_keeps_to_the_schema_and_names_it_for_editors(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    data = tomllib.loads(text)
    assert list(wrong(data, schema(), "", schema())) == []
    assert list(wrong({**data, "mixes": "yes"}, schema(), "", schema())) == [".mixes"]
    assert text.startswith(f"#:schema ../{SCHEMA_FILE}\n")


def test_each_key_is_described_but_for_the_plain_ones() -> None:
    keys = {
        key
        for name in ("ProgrammeFile", "ProgrammeStep")
        for key, part in schema()["$defs"][name]["properties"].items()
        if not part.get("description")
    }  # fmt: skip
    assert keys == {"language", "sources"}


def test_one_of_the_users_stands_for_ours_and_a_broken_one_is_named(write: Write) -> None:
    write(step("bridge"), name="toward_rotation")
    write(step("bridge", worse="next"), name="broken")
    write(step("bridge"), head=HEAD.replace("mine", "other"), name="misnamed")
    found = by_id()
    assert found["toward_rotation"].own
    assert found["toward_rotation"].overrides == FOLDER / "en" / "toward_rotation.toml"
    assert (found["broken"].programme, len(found["broken"].problems)) == (None, 1)
    (problem,) = found["misnamed"].problems
    assert problem.message == 'must be the name of its file; write "misnamed", or name the file other.toml'
    assert found["toward_press_ups"].programme is not None
    assert not found["toward_press_ups"].own


def test_it_is_not_offered_where_one_of_its_exercises_is_not() -> None:
    standing = offers(exercises(), {}, Wish(position="standing"))
    assert why_not(by_id()["toward_rotation"], standing) == "knee_rolls: its position is back"
    assert why_not(by_id()["toward_rotation"], offers(exercises(), {})) == ""


def test_a_broken_one_is_not_offered_and_says_why(write: Write) -> None:
    path = write(step("bridge", worse="next"), name="broken")
    assert why_not(by_id()["broken"], offers(exercises(), {})).startswith(
        f"its file has mistakes: {path}:8: steps[0].worse: "
    )
