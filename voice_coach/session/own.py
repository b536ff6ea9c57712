"""The exercise's own questions in their other words: of the coach's own is only what can be answered."""

from voice_coach.actions import Line
from voice_coach.exercise import timetable
from voice_coach.session.listening import OWN
from voice_coach.session.state import Asking
from voice_coach.session.turn import Turn


def words(turn: Turn, state: Asking) -> tuple[Line, ...]:
    """Return what is asked, in its other words; nothing where the question is the coach's."""
    return timetable.question_lines(turn.facts.exercise, state.about, again=True) if state.question == OWN else ()
