"""What version 0.1.0 wrote can still be read: its history opens, and its event logs replay to the same actions.

The files in `kept/` must never be written again by later code: they stand for what users have on their disks. A change
of the wording of a prompt is allowed, also by how many sentences it is said in, and so is understanding more while a
question is open; a change of which prompt is said when, with what filled in, of what is asked or recorded is not.
"""

import json
import shutil
from pathlib import Path
from typing import Any, Literal

import pytest

from voice_coach import events
from voice_coach.clinical.past import Past
from voice_coach.event_log import EventLog
from voice_coach.exercise.load import load_exercise
from voice_coach.exercise.prompts import load_prompts
from voice_coach.history.recovery import mend
from voice_coach.history.store import Store
from voice_coach.session import machine

KEPT = Path(__file__).with_name("kept")
LOGS: dict[str, Literal["", "full"]] = {
    "goes-well": "",
    "gets-worse": "",
    "mumbles": "",
    "red-flag": "full",
    "first-time": "full",
}
"""Log -> how much screening its session began with."""
EVENTS: dict[str, Any] = {event.__name__: event for event in events.Event.__args__}


def is_event(row: dict[str, Any]) -> bool:
    return row["type"] in EVENTS


def event_of(row: dict[str, Any]) -> events.Event:
    fields = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    del fields["t"], fields["type"]
    event: events.Event = EVENTS[row["type"]](**fields)
    return event


def without_wording(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return JSON without what is listened for, and with each line as its prompt and all that is filled in.

    A line of the exercise is given by its cue's name.
    """
    if isinstance(value, list):
        found: list[Any] = []
        for one in map(without_wording, value):
            if isinstance(one, tuple) and found and isinstance(found[-1], tuple) and found[-1][0] == one[0]:
                found[-1] = (one[0], found[-1][1] | one[1])  # another sentence of the same prompt
            else:
                found.append(one)
        return found
    if not isinstance(value, dict):
        return value
    if value.keys() == {"cue", "text"}:
        return prompt_of(value["cue"])
    if value.get("expecting") == "resting":  # then it was "nothing", which had fewer answers
        value = {**value, "expecting": "nothing"}
    return {key: without_wording(one) for key, one in value.items() if key != "intents"}


def prompt_of(cue: str) -> tuple[str, frozenset[str]] | str:
    """Return the prompt's name and what is filled in, such as ("say.redo", {"four"}); of an exercise's line the cue."""
    table, _, rest = cue.partition(".")
    name, _, filled = rest.partition(".")
    if f"{table}.{name}" not in load_prompts("en").texts:
        return cue
    return f"{table}.{name}", frozenset(filled.split(".")[1:])


def until_emergency(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows up to the record of an emergency: 0.1.0 said goodbye then, today the coach stays."""
    found: list[dict[str, Any]] = []
    for row in rows:
        found.append(row)
        if row["type"] == "Record" and row["record"].get("intent") == "emergency":
            break
    return found


@pytest.mark.parametrize("name", LOGS)
def test_a_log_replays_to_the_actions_that_it_holds(name: str) -> None:
    logged = json.loads((KEPT / f"{name}.json").read_text(encoding="utf-8"))
    exercise = load_exercise(KEPT / "exercise.toml")
    past = Past(screening=LOGS[name])
    state, actions = machine.start(exercise, load_prompts("en"), first_run=True, past=past)
    log = EventLog()
    for action in actions:
        log(0, action)
    for event in map(event_of, filter(is_event, logged)):
        log(event.at, event)
        state, actions = machine.step(state, event)
        for action in actions:
            log(event.at, action)
    replayed = json.loads(log.to_json())
    assert sum(map(is_event, logged)) > 10
    assert without_wording(until_emergency(replayed)) == without_wording(until_emergency(logged))


@pytest.fixture
def history(tmp_path: Path) -> Path:
    for name in ("history.db", "history.db.since", "history.db.spare"):
        shutil.copyfile(KEPT / name, tmp_path / name)
    return tmp_path / "history.db"


def outcomes(history: Path) -> list[tuple[int, str, str | None, int, float | None]]:
    with Store.open(history) as store:
        return [
            (one.id, one.exercise_id, one.outcome, len(one.repetitions), one.nprs_after)
            for one in sorted(store.sessions(), key=lambda one: one.id)
        ]


HELD = [(1, "kept_rotation", "completed", 5, 3.0), (2, "kept_rotation", "stopped", 1, None)]


def test_a_history_opens_with_its_sessions(history: Path) -> None:
    assert outcomes(history) == HELD


def test_a_history_is_whole_and_nothing_has_to_be_mended(history: Path) -> None:
    found = mend(history)
    assert (found.told, found.lost) == ("", False)
    assert [session.red.intent for session in found.sessions or [] if session.red] == ["worse"]


def test_a_history_that_is_gone_comes_back_from_its_spare_copy_and_the_lines_since(history: Path) -> None:
    history.unlink()
    mend(history)
    assert outcomes(history) == HELD
