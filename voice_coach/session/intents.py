"""Which intents are understood when.

Red and universal intents always are, the others only when they are asked for (clinical rules 5d). The answers to a
question are part of the question: `session.question_table`.
"""

from voice_coach.clinical.red_signs import RED

FORGET = "delete_my_log"
MISHEARD = "misheard"
"""The person says that they said something else."""
QUESTIONS = frozenset({"what_can_i_do", "how_am_i_doing", "about", FORGET})
"""Questions to the coach, at any time."""

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
        "voice_slower",
        "voice_faster",
        "another_voice",
        "louder",
        "quieter",
        "finish",
        "call_help",
        "cant_get_up",
        MISHEARD,
    }
)
"""Understood in every state, even while the coach speaks or counts (V21)."""

CHANGE = frozenset({"better", "gone", "same", "centralised", "feel_stretch", "unsure"})
"""Reports about the pain, other than red words."""
TROUBLE = frozenset({"cant_side", "cant_reach", "cant_knee"})
"""Reports that something is impossible."""
YES_NO = frozenset({"yes", "no"})
"""Answers where a "yes" opens a lock, gives a clearance or deletes sessions: only a plain one will do."""
AS_YES = frozenset({"confirms", "agrees"})
"""Other wordings that mean "yes" at the questions that accept them."""
ANSWER = YES_NO | {"confirms"}
"""Answers to any other yes-or-no question: "that's right", "sure is"."""
PROPOSAL = ANSWER | AS_YES
"""Answers to a proposal of the coach: "go ahead", "okay"."""
RESTING = frozenset({"better", "gone", "may_move", "are_you_there"})
"""What is said while resting after a red sign."""

SITUATIONS: dict[str, frozenset[str]] = {
    "ready": UNIVERSAL | TROUBLE | {"yes", "start_over", "other_side"},
    "counting": UNIVERSAL | TROUBLE | {"better", "gone", "centralised", "feel_stretch"},
    "paused": UNIVERSAL | TROUBLE | {"yes"},
    "resting": UNIVERSAL | RESTING,
    "nothing": UNIVERSAL,
    "emergency": UNIVERSAL | {"help_coming", "help_here", "may_move", "are_you_there"},
}
"""Intents accepted while no question is open."""
