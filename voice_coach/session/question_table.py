"""All questions of a session, in about the order in which they come."""

from typing import Final

from voice_coach.session import (
    checks,
    deletion,
    doubts,
    follow_ups,
    getting_up,
    impression,
    instructions,
    intake,
    opening,
    pain_scale,
    replies,
    screening,
    stop_rules,
)
from voice_coach.session.intents import SITUATIONS, UNIVERSAL
from voice_coach.session.states import Question

QUESTIONS: Final[tuple[Question, ...]] = (
    opening.CLEARED,
    opening.CLEARED_SURE,
    opening.ACKNOWLEDGE,
    *opening.PRACTICE.values(),
    opening.TWO_WEEKS,
    *screening.SIGNS.values(),
    screening.NEW,
    screening.RECENT,
    screening.TOLD,
    screening.ANYWAY,
    opening.DAILY,
    opening.BROKEN_OFF,
    screening.OWN,
    intake.TAUGHT,
    intake.SIDE,
    intake.SIDE_TOLD,
    intake.SIDE_SAID,
    intake.SIDE_SURE,
    intake.SIDE_AGAIN,
    intake.SIDE_OTHER,
    pain_scale.PAIN_BEFORE,
    stop_rules.FURTHEST_BEFORE,
    instructions.SOUND_CHECK,
    checks.CHECK,
    checks.UNSURE_PLACE,
    checks.UNSURE_PAIN,
    checks.AFTER_CRY,
    checks.GO_ON,
    getting_up.CALL_FOR_HELP,
    checks.SETTLE_CHECK,
    pain_scale.PAIN_AFTER,
    stop_rules.FURTHEST_AFTER,
    stop_rules.MOVED_LOWER,
    stop_rules.HEARD_WORSE,
    impression.SINCE_BEGAN,
    impression.SINCE_MUCH,
    follow_ups.EASIER,
    follow_ups.TRY_AGAIN,
    follow_ups.ONWARD,
    doubts.DOUBT_EMERGENCY,
    doubts.DOUBT_WORSE,
    doubts.DOUBT_DOWN,
    doubts.DOUBT_NUMB,
    doubts.DOUBT_NEW,
    checks.STILL_THERE,
    checks.DOUBT_MORE,
    checks.DOUBT_LESS,
    checks.DOUBT_SAME,
    checks.DOUBT_GONE,
    pain_scale.DOUBT_ZERO,
    pain_scale.DOUBT_TEN,
    stop_rules.DOUBT_LEG,
    instructions.DOUBT_DONE,
    replies.SLOWER_WHICH,
    deletion.DELETE_LOG,
    deletion.DELETE_SURE,
)

ASKED: Final[dict[str, frozenset[str]]] = {question.name: question.accepts for question in QUESTIONS}
"""The names of the questions, and what answers each in addition to the universal intents."""

ACTIVE: Final[dict[str, frozenset[str]]] = {
    **{name: intents | UNIVERSAL for name, intents in ASKED.items()},
    **SITUATIONS,
}
"""Intents accepted in each situation: a question, "ready", ..."""
