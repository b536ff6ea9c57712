"""The judging of typed sentences: what they came to in the real dialogue, and whether the floors are kept."""

import json
import tomllib
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from benchmarks.language import generated, table
from benchmarks.language.__main__ import OWN, beyond, main
from benchmarks.language.judge import Row, judge, read
from benchmarks.language.states import SESSION, arrived
from voice_coach.session.states import Asking, Instructing, Paused, Performing, Settling, Staying

FLOORS = Path(__file__).parents[2] / "benchmarks" / "language" / "floors.toml"


def row(text: str, state: str, expect: str, *allowed: str, slot: tuple[str, ...] | None = None) -> Row:
    return Row(text=text, group="kind", state=state, expect=expect, allowed=allowed, slot=slot)


@pytest.mark.parametrize(
    ("given", "verdict", "taken_for"),
    [
        (row("left side", "side", "side", slot=("left",)), "right", "side_left=left"),
        (row("left side", "side", "side", slot=("right",)), "wrong", "side_left=left"),
        (row("six", "number", "number", slot=("6",)), "right", "number=6"),
        (row("calf", "place", "place", slot=("thigh", "calf")), "right", "place=calf"),
        (row("plum jam", "check", "better"), "asked", "nothing"),
        (row("plum jam", "count", "pause"), "ignored", "nothing"),
        (row("plum jam", "count", "none"), "right", "nothing"),
        (row("stop", "count", "none"), "wrong", "stop"),
        (row("better", "check", "same"), "wrong", "better"),
        (row("the same", "check", "unsure", "same"), "right", "same"),
        (row("no better", "check", "same"), "asked", "same?"),
        (row("yes", "confirm", "yes"), "right", "yes"),
        (row("left side", "confirm", "yes"), "right", "side_left=left"),
        (row("start my session", "standby", "wake"), "right", "wake"),
        (row("start my session", "standby", "none"), "wrong", "wake"),
        (row("plum jam", "standby", "none"), "right", "nothing"),
        (row("plum jam", "standby_start", "yes"), "ignored", "nothing"),
        (row("louder", "setup_volume", "louder"), "right", "louder"),
        (row("Ben", "who", "person_2"), "right", "person_2"),
        (row("no", "who_sure", "no"), "right", "no"),
    ],
)
def test_a_verdict(given: Row, verdict: str, taken_for: str) -> None:
    found = judge(given)
    assert (found.verdict, found.taken_for) == (verdict, taken_for)
    assert not found.locked


@pytest.mark.parametrize(
    ("text", "state", "expect", "effect"),
    [
        ("it's worse", "count", "worse", "stopped"),
        ("stop", "count", "stop", "stopped"),
        ("stop", "count", "worse", "asked"),
        ("ow", "count", "pain_cry", "stopped"),
        ("ow", "count", "worse", "asked"),
        ("very bad", "count", "worse", "asked"),
        ("my leg is numb", "count", "emergency", "lesser"),
        ("I have chest pain", "count", "emergency", "stopped"),
        ("plum jam", "count", "worse", "counted over"),
        ("plum jam", "check", "worse", "said again"),
        ("better", "check", "worse", "taken for good"),
        ("better", "check", "better", ""),
        ("plum jam", "emergency", "emergency", ""),
    ],
)
def test_what_the_coach_did_at_a_sign(text: str, state: str, expect: str, effect: str) -> None:
    assert judge(row(text, state, expect)).effect == effect


def test_a_lock_without_a_sign_is_counted() -> None:
    assert judge(row("it's worse", "count", "none")).locked
    assert not judge(row("it's worse", "count", "worse")).locked
    assert not judge(row("it's worse", "count", "none", "worse")).locked


def test_the_states_are_what_their_names_say() -> None:
    kinds = {
        "count": Performing,
        "count_from_back": Performing,
        "instruct": Instructing,
        "paused": Paused,
        "settle": Settling,
        "emergency": Staying,
    }
    for name in SESSION:
        state = arrived(name).state
        assert isinstance(state, kinds.get(name, Asking)), name
        if isinstance(state, Asking | Instructing):
            assert not state.token, name


def test_our_own_files_have_enough_of_each_state_and_each_text_once() -> None:
    for path in OWN:
        rows = read(path)
        counts = {name: sum(one.state.startswith(name) for one in rows) for name in table.OUTSIDE}
        assert min(counts.values()) >= 20, (path, counts)
    rows = [one for path in OWN for one in read(path)]
    assert len({(one.state, one.text.lower()) for one in rows}) == len(rows)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "truncated"),
        ('{"text": "a", "group": "b", "state": "count"}', "missing required field"),
        ('{"text": "a", "group": "b", "state": "bed", "expect": "yes"}', "there is no state 'bed'"),
    ],
)
def test_a_wrong_line_is_told_with_its_number(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text(json.dumps({"text": "a", "group": "b", "state": "count", "expect": "yes"}) + f"\n{line}\n")
    with pytest.raises(click.ClickException, match=r"own\.jsonl:2: ") as failure:
        read(path)
    assert message in failure.value.message


def test_the_figures_count_effects_and_locks() -> None:
    rows = [
        row("it's worse", "count", "worse"),
        row("plum jam", "count", "emergency"),
        row("better", "check", "worse"),
        row("it's worse", "count", "none"),
    ]
    found = table.figures([judge(one) for one in rows])
    assert found == {
        "right": 0.25,
        "wrong": 0.5,
        "red_stopped_or_asked": 0.3333,
        "red_stopped": 0.3333,
        "red_counted_over": 0.3333,
        "red_taken_for_good": 1.0,
        "emergency_as_such": 0.0,
        "emergency_stopped_or_asked": 0.0,
        "false_locks": 1.0,
    }


def test_a_figure_beyond_its_floor_is_an_exit_code(tmp_path: Path) -> None:
    floor = tmp_path / "floor.toml"
    floor.write_text("[at_least]\nright = 0.5\n[at_most]\nfalse_locks = 3\n")
    kept = CliRunner().invoke(main, ["--no-generated", "--floor", str(floor)])
    assert kept.exit_code == 0, kept.output
    assert "| in standby | " in kept.output
    floor.write_text("[at_least]\nright = 0.99\n")
    details, figures = tmp_path / "details.txt", tmp_path / "figures.json"
    broken = CliRunner().invoke(
        main, ["--no-generated", "--floor", str(floor), "--details", str(details), "--json", str(figures)]
    )  # fmt: skip
    assert broken.exit_code == 1
    assert "at least 0.99 is asked" in broken.output
    assert "# Ignored" in details.read_text(encoding="utf-8")
    assert len(json.loads(figures.read_text(encoding="utf-8"))["rows"]) == sum(len(read(path)) for path in OWN)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[at_least]\nrihgt = 1\n", "rihgt is not a figure"),
        ("right = 1\n", "right is not a figure"),
        ("[", "can't be read"),
    ],
)
def test_a_wrong_floor_file_is_a_sentence(tmp_path: Path, text: str, message: str) -> None:
    floor = tmp_path / "floor.toml"
    floor.write_text(text)
    with pytest.raises(click.ClickException, match=message):
        beyond({"right": 1.0}, floor)


def test_the_projects_floors_name_figures_that_there_are() -> None:
    floors = tomllib.loads(FLOORS.read_text(encoding="utf-8"))
    names = {**table.figures([]), **generated.figures([], [])}
    assert set(names) == {*floors["at_least"], *floors["at_most"]}
    best = {name: float(name in floors["at_least"]) for name in names}
    assert beyond(best, FLOORS) == []
