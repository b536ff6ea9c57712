"""Every exercise that ships, on each side: typed in the quick suite, through voice and recogniser in the slow one."""

import pytest

from tests.rehearsal.conftest import Hold
from voice_coach.coach import Coach, MemoryJournal
from voice_coach.config.engines import session_grammar
from voice_coach.exercise.load import load_exercise
from voice_coach.exercise.model import OTHER, Side
from voice_coach.exercise.plan import total
from voice_coach.exercise.timetable import timetable
from voice_coach.files.resources import folders
from voice_coach.rehearsal.persona import load_persona
from voice_coach.session.states import Asking, Instructing
from voice_coach.speak.clip_library import ClipLibrary
from voice_coach.text import SilentVoice, TypedHearing, run_text
from voice_coach.timebase import samples

EXERCISES = [load_exercise(path.stem) for path in sorted((folders("exercises")[0] / "en").glob("*.toml"))]
SIDES: tuple[Side, ...] = tuple(OTHER)
EACH = [(one.id, side) for one in EXERCISES for side in SIDES[: 2 if one.sides == "painful" else 1]]
OVERHANG = samples(0.05)
"""The end of a clip is the room behind its last sound."""
ANSWERS = {one.to: one.say[-1] for one in load_persona("goes-well").answers}


@pytest.mark.parametrize(("name", "side"), EACH)
def test_a_typed_session_of_each_exercise_comes_to_its_end(name: str, side: Side) -> None:
    exercise, hearing, journal = load_exercise(name), TypedHearing(session_grammar("en")), MemoryJournal()
    coach = Coach(exercise, voice=SilentVoice(), hearing=hearing, journal=journal, first_run=True)

    def read() -> str:
        match coach.state:
            case Asking(question=question):
                return ANSWERS[question.name].format(side=side)
            case Instructing():
                return "ready"
            case _:
                return ""

    said: list[str] = []
    run_text(coach, hearing, read, said.append)
    assert (coach.outcome, coach.state.facts.progress.repetitions) == ("completed", total(exercise))
    assert [text for text in said if text.startswith("(no sound")] == []
    assert said[-1] == "Goodbye."


@pytest.mark.parametrize(("name", "side"), EACH)
def test_each_call_has_been_said_when_the_next_one_begins(coach_voice: ClipLibrary, name: str, side: Side) -> None:
    exercise = load_exercise(name)
    for number in range(1, exercise.repetition.count + 1):
        table = timetable(exercise, number, side, 1.0)
        clips = [coach_voice.clip(line) for _, line in table.calls]
        ends = [at + (len(clip) if clip is not None else 0) for (at, _), clip in zip(table.calls, clips, strict=True)]
        begins = [at for at, _ in table.calls[1:]] + [table.length]
        late = [
            line.text for (_, line), end, begin in zip(table.calls, ends, begins, strict=True) if end > begin + OVERHANG
        ]
        assert late == []
        assert all(clip is not None and len(clip) for clip in clips)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "side"), [one for one in EACH if one[0] != "flexion_rotation"])
def test_a_rehearsal_of_each_exercise_is_understood(hold: Hold, name: str, side: Side) -> None:
    """The flexion rotation has tests of its own beside this one."""
    result, recording = hold("goes-well", side, exercise=name)
    assert (result.as_expected, result.outcome, result.side) == (True, "completed", side)
    assert recording.rows("NotRecognized") == []
