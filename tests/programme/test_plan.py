"""A physiotherapist's plan: its dose within the exercise's limits, taken, gone by, and its review told."""

import re
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from tests.cli.test_exercise_format import run
from tests.history.course import TODAY, Done
from tests.history.course import write as write_sessions
from tests.programme.conftest import HEAD, Write
from tests.programme.test_command import typed
from voice_coach.app.resolve import Options, resolve
from voice_coach.app.run_session import done_on
from voice_coach.app.run_standby import reminded_of
from voice_coach.cli.main import main
from voice_coach.cli.plan import NOTHING, described
from voice_coach.clinical.past import Past
from voice_coach.exercise.load import load_exercise
from voice_coach.exercise.model import Exercise
from voice_coach.exercise.prompts import all_lines
from voice_coach.exercise.rules import check_exercise
from voice_coach.exercise.timetable import intro_lines
from voice_coach.files.profiles import FIRST
from voice_coach.history.store import Store
from voice_coach.programme import route
from voice_coach.programme.dose import dosed
from voice_coach.programme.load import load_programme, read_programme
from voice_coach.programme.model import Prescription, ProgrammeStep
from voice_coach.records import Answered
from voice_coach.standby import build
from voice_coach.testing import Conversation

ROTATION = load_exercise("flexion_rotation")
GUIDE = (Path(__file__).parents[2] / "docs" / "physiotherapist.md").read_text(encoding="utf-8")
PRESCRIBED = '[prescribed]\nby = "J. Smith"\non = 2031-05-06\n'
PLAN = Prescription(by="J. Smith", on=date(2031, 5, 6), review=date(2031, 5, 27), say="Go slowly.")


def by_plan(exercise: Exercise = ROTATION, **dose: int | str) -> Exercise:
    """Return an exercise as a plan asks for it."""
    step = msgspec.convert({"exercise": exercise.id, **dose}, ProgrammeStep)
    return dosed(exercise, step, PLAN)


def asks(**keys: str) -> str:
    """Return a step that asks for something, its values as they are written."""
    return "\n".join(["[[steps]]", *(f"{key} = {value}" for key, value in keys.items()), ""])


def told(path: Path) -> list[str]:
    return [str(problem).removeprefix(f"{path}:") for problem in read_programme(path)[1]]


# How much


def test_what_is_said_and_asked_goes_by_the_number_of_the_plan() -> None:
    exercise = by_plan(repetitions=8)
    assert exercise.repetition.count == 8
    assert exercise.repetition.checks_after == (1, 5, 8)
    assert {n: text for n, text in exercise.repetition.remarks.items() if "{" not in text} == {
        "5": "That's halfway.",
        "7": "Two to go.",
        "8": "Last one.",
    }
    assert "ten times" in ROTATION.intro[0]
    assert [line.text for line in intro_lines(exercise, "left")][:2] == [
        "Go slowly.",
        ROTATION.intro[0].replace("ten times", "eight times").replace("{bottom}", "left"),
    ]
    assert [mistake for mistake in check_exercise(exercise) if mistake.fatal] == []


@pytest.mark.parametrize("count", range(1, 11))
def test_any_number_makes_a_good_exercise_whose_last_repetition_is_followed_by_the_question(count: int) -> None:
    exercise = by_plan(repetitions=count)
    assert [mistake for mistake in check_exercise(exercise) if mistake.fatal] == []
    assert count in exercise.repetition.checks_after
    assert max(map(int, exercise.repetition.remarks), default=1) <= count
    assert ("Last one." in exercise.repetition.remarks.values()) is (count > 1)


def test_no_recording_of_another_number_can_be_heard() -> None:
    cues = {line.cue for line in all_lines(ROTATION)}
    other = {line.cue: line.text for line in all_lines(by_plan(repetitions=6))}
    ours = {line.cue: line.text for line in all_lines(ROTATION)}
    assert {cue: (ours[cue], other[cue]) for cue in cues & set(other) if ours[cue] != other[cue]} == {}


def test_without_a_number_it_is_as_the_exercise_says() -> None:
    exercise = by_plan()
    assert msgspec.structs.replace(exercise, prescribed=None) == ROTATION


MISTAKES = {
    "repetitions": (
        asks(exercise='"flexion_rotation"', repetitions="11"),
        '11: steps[0].repetitions: "flexion_rotation" allows at most 10, as its sources do; write 10 or less',
    ),
    "sets": (
        asks(exercise='"flexion_rotation"', sets="2"),
        '11: steps[0].sets: "flexion_rotation" allows at most 1, as its sources do; write 1 or less',
    ),
    "per_day": (
        asks(exercise='"sciatic_nerve_glide"', per_day="4"),
        '11: steps[0].per_day: "sciatic_nerve_glide" allows at most 3, as its sources do; write 3 or less',
    ),
    "side": (
        asks(exercise='"bridge"', side='"left"'),
        '11: steps[0].side: "bridge" does not go by the side of the pain, so there is none to choose; leave it out',
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_more_than_the_exercise_allows_is_refused(name: str, write: Write) -> None:
    step, message = MISTAKES[name]
    assert told(write(step, head=f"{HEAD}{PRESCRIBED}")) == [message]


def test_as_many_as_the_sources_name_are_taken(write: Write) -> None:
    assert told(write(asks(exercise='"prone_press_up"', repetitions="15"), head=f"{HEAD}{PRESCRIBED}")) == []


def test_only_a_plan_says_how_much(write: Write) -> None:
    (message,) = told(write(asks(exercise='"bridge"', repetitions="4")))
    assert message.startswith("8: steps[0].repetitions: only a plan says how much is done; add [prescribed]")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("review = 2031-05-06\n", "prescribed.review: must be after 2031-05-06, the day on which it was prescribed"),
        ('review = "May"\n', 'prescribed.review: must be a date such as 2031-05-27, without quotes, not "May"'),
        ("review = 2031-05-27T10:00:00\n", "must be a date such as 2031-05-27, without quotes"),
        ("rewiew = 2031-05-27\n", 'unknown key "rewiew"; did you mean "review"?'),
    ],
)
def test_a_wrong_date_is_told_with_its_line(lines: str, message: str, write: Write) -> None:
    (found,) = told(write(asks(exercise='"bridge"'), head=f"{HEAD}{PRESCRIBED}{lines}"))
    assert found.startswith("8: ")
    assert message in found


# The session goes by it


def test_the_side_of_the_plan_is_not_asked_for() -> None:
    talk = Conversation(exercise=by_plan(side="left"))
    talk.until("pain_before")
    assert talk.heard("Your plan says the left side.")
    assert not talk.heard("Which side hurts, left or right?")
    talk.says("six").says("calf")
    assert talk.heard("Go slowly.")
    assert talk.heard("Lie on your left side.")
    answers = [record for record in talk.records if isinstance(record, Answered)]
    assert [(one.question, one.value) for one in answers][:1] == [("side_other", "left")]


@pytest.mark.parametrize("due", [True, False])
def test_a_review_that_is_due_is_told_before_anything_is_asked(due: bool) -> None:
    talk = Conversation(exercise=by_plan(), past=Past(review_due=due))
    talk.until("side")
    assert talk.heard("Your plan is due for review.") is due


@pytest.mark.parametrize(
    ("done", "begins", "better"),
    [
        ({}, "a", "b"),
        ({"pelvic_tilt": 1}, "a", "c"),
        ({"bridge": 1, "pelvic_tilt": 1}, "a", "c"),
        ({"knee_rolls": 3}, "b", "b"),
        ({"knee_rolls": 3, "pelvic_tilt": 1, "bridge": 2}, "a", None),
    ],
)
def test_what_was_done_as_often_as_the_plan_says_is_passed_over(
    done: dict[str, int], begins: str, better: str | None, write: Write
) -> None:
    steps = (
        asks(exercise='"knee_rolls"', id='"a"', per_day="3"),
        asks(exercise='"pelvic_tilt"', id='"b"', per_day="1"),
        asks(exercise='"bridge"', id='"c"', per_day="2"),
    )
    programme = load_programme(write(*steps, head=f'{HEAD}mixes = "asked"\n{PRESCRIBED}'))
    assert route.first(programme, done) == begins
    exercise = route.placed(programme, "a", programme.exercises["knee_rolls"], continues=False, done=done)
    follow = exercise.follows.get("better")
    assert (follow.step if follow else None) == better
    assert follow is None or follow.asked  # from rolling to tilting, and to the bridge, another family begins


def test_without_a_plan_nothing_is_passed_over(write: Write) -> None:
    programme = load_programme(write(asks(exercise='"pelvic_tilt"'), asks(exercise='"bridge"')))
    assert route.first(programme, {"pelvic_tilt": 9}) == "pelvic_tilt"
    exercise = programme.exercises["pelvic_tilt"]
    follow = route.placed(programme, "pelvic_tilt", exercise, continues=False, done={"bridge": 9}).follows["better"]
    assert (follow.step, follow.asked) == ("bridge", False)


def test_what_was_done_to_its_end_on_a_day_is_counted_by_exercise(tmp_path: Path) -> None:
    history = tmp_path / "history.db"
    assert done_on(TODAY, history) == {}
    sessions = [Done(day=1), Done(day=2), Done(day=2, outcome="stopped"), Done(day=2)]
    write_sessions(history, sessions)
    assert done_on(TODAY + timedelta(days=2), history) == {"flexion_rotation": 2}
    history.write_bytes(b"no database" * 1000)
    assert done_on(TODAY, history) == {}


# The command


@pytest.fixture
def plan(own_folders: Path, tmp_path: Path) -> Path:  # noqa: ARG001 - where it would be taken
    """Write the plan of the guide."""
    (text,) = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
    path = tmp_path / "plan.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_guide_can_be_followed(plan: Path) -> None:
    commands = "".join(re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)).splitlines()
    assert commands == ["voice-coach check plan.toml", "voice-coach plan plan.toml", "voice-coach report"]
    assert run(commands[0], plan.parent) == (0, "plan.toml: a good programme\n")
    assert run(commands[1], plan.parent) == (
        0,
        (
            "Rotation, then hips, by J. Smith, physiotherapist, 2031-05-06\n"
            "  flexion rotation: 8 times, 3 times a day, on the left side\n"
            "  tilting your hips on your back: 5 times, once a day\n"
            "  Go only as far as a mild stretch.\n"
            "Review on 2031-05-27.\n"
            "Accepted: `voice-coach run` follows it from now on.\n"
        ),
    )
    assert FIRST.plan.read_text(encoding="utf-8") == plan.read_text(encoding="utf-8")


def test_a_review_that_is_over_is_told(plan: Path) -> None:
    assert described(load_programme(plan), date(2031, 5, 27))[-1] == (
        "The review was due on 2031-05-27: see J. Smith, physiotherapist."
    )


def test_it_is_shown_and_removed(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan"]) == 0
    assert capsys.readouterr().out == f"{NOTHING}\n"
    assert main(["plan", str(plan)]) == 0
    taken = capsys.readouterr().out
    assert main(["plan"]) == 0
    assert taken.startswith(capsys.readouterr().out)
    assert main(["plan", "--remove"]) == 0
    assert not FIRST.plan.exists()
    assert main(["plan", "--remove", str(plan)]) == 2


def test_a_programme_that_nobody_prescribed_and_a_broken_one_are_not_taken(
    plan: Path, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    other = write(asks(exercise='"bridge"'))
    assert main(["plan", str(other)]) == 1
    assert "who prescribed it is missing; add [prescribed]" in capsys.readouterr().err
    plan.write_text(plan.read_text(encoding="utf-8").replace("repetitions = 8", "repetitions = 80"), encoding="utf-8")
    assert main(["plan", str(plan)]) == 1
    assert "steps[0].repetitions: must be a whole number of at least 1 and of at most 30, not 80" in (
        capsys.readouterr().err
    )
    assert not FIRST.plan.exists()


def test_a_session_goes_by_the_plan_and_the_history_keeps_what_was_meant(
    write: Write, two_short: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(asks(exercise=f'"{two_short[0]}"', side='"right"', per_day="2"), head=f"{HEAD}{PRESCRIBED}")
    assert main(["plan", str(path)]) == 0
    capsys.readouterr()
    lines = typed(arguments=())
    assert lines[-1] == "Session over: interrupted, 0 of 2 repetitions."
    with Store.open(None) as store:
        (session,) = store.sessions()
    assert (session.exercise_id, session.target_per_day) == (two_short[0], 2)
    typed(arguments=("--exercise", two_short[1]))
    with Store.open(None) as store:
        assert [(one.exercise_id, one.target_per_day) for one in store.sessions(1)] == [(two_short[1], 3)]


def test_standby_reminds_of_what_the_plan_begins_with(plan: Path) -> None:
    assert resolve(Options(), FIRST).programme == ""
    assert main(["plan", str(plan)]) == 0
    settings = resolve(Options(), FIRST)
    assert settings.programme == str(FIRST.plan)
    exercise = reminded_of(settings)
    day = build.look(exercise, [], FIRST.history, date(2031, 5, 6))
    assert (exercise.id, exercise.repetition.count, day.goal, day.enough) == ("flexion_rotation", 8, 3, 3)
    usual = reminded_of(resolve(Options(exercise="bridge"), FIRST))
    day = build.look(usual, [], FIRST.history, date(2031, 5, 6))
    assert (usual.id, day.goal, day.enough) == ("bridge", 1, 0)


def test_to_forget_takes_the_plan_too(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", str(plan)]) == 0
    assert main(["forget", "--yes"]) == 0
    assert capsys.readouterr().out.endswith("Everything has been deleted.\n")
    assert not FIRST.plan.exists()
