"""Which intents are taken when.

The red and the universal ones always are; the rest only when asked for (clinical rules 5d).
"""

from voice_coach.clinical.red_signs import RED
from voice_coach.clinical.screening_questions import SCREENED

FORGET = "delete_my_log"
QUESTIONS = frozenset({"what_can_i_do", "how_am_i_doing", "about", FORGET})
"""What a person may ask the coach at any time."""

UNIVERSAL = (
    RED
    | QUESTIONS
    | {
        "stop",
        "pause",
        "resume",
        "repeat",
        "ready_next",
        "help",
        "how_many_left",
        "slower",
        "faster",
        "louder",
        "quieter",
        "finish",
    }
)
"""Taken in every state, also while the coach speaks or counts (V21)."""

CHANGE = frozenset({"better", "gone", "same", "centralised", "feel_stretch", "unsure"})
"""What may be said of the pain beside the red words."""
TROUBLE = frozenset({"cant_side", "cant_reach", "cant_knee"})
"""What a person may not be able to do."""
_YES_NO = frozenset({"yes", "no"})
_SIDES = frozenset({"side_left", "side_right", "side_both"})
IMPRESSION = frozenset({"since_began", "since_much"})
"""The weekly question, in its two parts."""
DELETION = frozenset({"delete_log", "delete_sure"})
OWN = "own"
"""What speaks against this exercise beside that: its own questions, one by one."""
SCREENING = frozenset({*SCREENED, OWN, "screen_recent", "screen_told", "screen_anyway", "screen_daily"})
"""They, and what their answers lead to."""

ASKED: dict[str, frozenset[str]] = {
    **dict.fromkeys(SCREENING, _YES_NO),
    "cleared": _YES_NO,
    "cleared_sure": _YES_NO,
    "acknowledge": _YES_NO,
    "two_weeks": _YES_NO,
    "taught": _YES_NO,
    "broken_off": _YES_NO,
    "side": _SIDES | _YES_NO,
    "side_told": _SIDES | _YES_NO,
    "side_sure": _SIDES | _YES_NO | {"other_side"},
    "side_other": _YES_NO,
    "pain_before": frozenset({"number", "gone", "unsure"}),
    "furthest_before": frozenset({"place", "unsure", "gone"}) | _YES_NO,
    "sound_check": _YES_NO,
    "check": CHANGE | _YES_NO,
    "after_cry": CHANGE | _YES_NO | TROUBLE,
    "pain_after": frozenset({"number", "gone", "unsure"}),
    "furthest_after": frozenset({"place", "unsure", "gone"}) | _YES_NO,
    "moved_lower": _YES_NO,
    "unsure_place": frozenset({"place", "unsure", "gone"}) | _YES_NO,
    "unsure_pain": frozenset({"number", "gone", "unsure"}),
    "settle_check": CHANGE | _YES_NO,
    "easier": _YES_NO,
    "try_again": _YES_NO,
    "onward": _YES_NO,
    "go_on": _YES_NO,
    "doubt_emergency": CHANGE | _YES_NO,
    "doubt_more": CHANGE | _YES_NO,
    "doubt_worse": CHANGE | _YES_NO,
    "doubt_down": CHANGE | _YES_NO,
    "doubt_numb": CHANGE | _YES_NO,
    "doubt_new": _YES_NO,
    "doubt_less": CHANGE | _YES_NO,
    "doubt_same": CHANGE,
    "doubt_gone": CHANGE | _YES_NO,
    "doubt_zero": frozenset({"number", "gone"}) | _YES_NO,
    "doubt_ten": frozenset({"number"}) | _YES_NO,
    "doubt_leg": frozenset({"place", "unsure"}),
    "doubt_done": _YES_NO,
    "since_began": frozenset({"better", "gone", "same", "unsure"}),
    "since_much": frozenset({"amount", "better", "gone", "same", "unsure"}),
    **dict.fromkeys(DELETION, _YES_NO),
}
"""The questions, and what beside the universal intents answers them."""

ACTIVE: dict[str, frozenset[str]] = {
    **{question: intents | UNIVERSAL for question, intents in ASKED.items()},
    "ready": UNIVERSAL | TROUBLE | {"yes", "start_over", "other_side"},
    "counting": UNIVERSAL | TROUBLE | {"better", "gone", "feel_stretch"},
    "paused": UNIVERSAL | TROUBLE | {"yes"},
    "nothing": UNIVERSAL,
}
"""What is taken while something is expected: a question's answer, "ready", ..."""
