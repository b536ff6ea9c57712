"""What there is to see of a session at one moment, in words for people. Pure: from the dialogue's state and its events.

A view (a terminal, a page) draws a `Scene` and knows nothing of the dialogue.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, assert_never

from voice_coach.actions import Action
from voice_coach.events import Event, Intent, NotRecognized
from voice_coach.exercise import plan
from voice_coach.exercise.model import Exercise
from voice_coach.hear.grammar.grammar import UNKNOWN
from voice_coach.report.words import OUTCOMES, SIGNS
from voice_coach.session.facts import Facts
from voice_coach.session.states import (
    Asking,
    Between,
    Done,
    Ending,
    Instructing,
    Paused,
    Performing,
    Phase,
    Settling,
    State,
    Staying,
)
from voice_coach.timebase import Samples, seconds

INAUDIBLE: Final = "(no word of it)"
"""Stands for what was heard where no word of it was."""

ASKS: Final = {
    Phase.SCREENING: "Questions about signs that need a doctor first",
    Phase.INTAKE: "Questions before the exercise",
    Phase.PRACTICE: "Trying out the words to say",
    Phase.EXERCISE: "How it feels",
    Phase.INTERRUPTION: "Stopped",
    Phase.CLARIFICATION: "Asking what was meant",
    Phase.AFTERCARE: "After a sign to stop",
    Phase.CLOSING: "Questions after the exercise",
    Phase.FOLLOW_UP: "What comes next",
}
PARTS: Final = {
    "announce": "Get ready",
    "roll": "Move",
    "move": "Move",
    "hold": "Hold",
    "return": "Come back",
    "rest": "Rest",
}
"""A phase of a repetition -> what the person does in it."""

MEANINGS: Final = {
    **SIGNS,
    "ready_next": "ready",
    "side_left": "left side",
    "side_right": "right side",
    "side_both": "both sides",
    "centralised": "pain moved toward the spine",
    "cant_reach": "can't reach",
    "cant_side": "can't lie on the side",
    "cant_knee": "trouble with the knee",
    "help_here": "help is here",
    "help_coming": "help is coming",
    "may_move": "asks whether to move",
    "are_you_there": "asks whether somebody is there",
    "unsure": "not sure",
    "feel_stretch": "feels a stretch",
    "long_standing": "has been so for long",
    "about": "asks about the exercise",
}
"""An intent whose name doesn't say it -> what it means."""


class Certainty(StrEnum):
    """How sure it is what was meant."""

    CERTAIN = "certain"
    DOUBTFUL = "doubtful"
    """The coach asks before it acts on it, or asks again."""
    NOT_UNDERSTOOD = "not understood"


@dataclass(frozen=True, slots=True)
class Heard:
    """Something that the person said."""

    at: Samples
    words: str
    """As they were recognised; what was not is `…`."""
    meaning: str
    """What it was taken for; empty: nothing."""
    certainty: Certainty


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Where a session stands."""

    doing: str
    """Such as "Repetition 4 of 10"."""
    part: str = ""
    """Such as "Hold"; or what is waited for."""
    place: str = ""
    """Set and side, where there are any."""
    left: Samples | None = None
    """How long the part still lasts; None: nobody knows."""
    grave: bool = False
    """A sign to stop was said: whoever looks on should come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All that there is to see."""

    exercise: str = ""
    person: str = ""
    """Whose session it is, where several people use the computer."""
    at: Samples = 0
    """Since the session began."""
    moment: Moment = Moment(doing="Getting ready")
    said: tuple[str, ...] = ()
    """The coach's last sentences, the latest last."""
    sentences: int = 0
    """How many it has said in all."""
    speaking: bool = False
    """Whether the last of them is being said."""
    heard: tuple[Heard, ...] = ()
    """What the person said last, the latest last."""
    talking: bool = False
    """Whether a voice is heard at this moment."""
    level: float = 0.0
    """The microphone's level, 0 (silence) to 1 (overdriven), in decibels between `sound.QUIETEST` and full scale."""
    news: tuple[str, ...] = ()
    """What is wrong, or was mended, the latest last."""
    over: bool = False


def heard(item: Event | Action) -> Heard | None:
    """Return what an event tells of the person's words; None: it is about something else."""
    match item:
        case Intent():
            certainty = Certainty.DOUBTFUL if item.ask else Certainty.CERTAIN
            return Heard(item.at, words_of(item.text), meaning_of(item), certainty)
        case NotRecognized():
            return Heard(item.at, words_of(item.text), "", Certainty.NOT_UNDERSTOOD)
        case _:
            return None


def words_of(text: str) -> str:
    """Return recognised words as they are shown."""
    shown = text.replace(UNKNOWN, "…").strip()
    return shown if shown.strip("… ") else INAUDIBLE


def meaning_of(intent: Intent) -> str:
    """Return what an intent means, with its values, such as "number: 6"."""
    name = MEANINGS.get(intent.name, intent.name.replace("_", " "))
    values = [f"{value:g}" if isinstance(value, float) else str(value) for value in intent.slots.values()]
    more = ", ".join(value for value in values if value not in name)
    return f"{name}: {more}" if more else name


def moment_of(state: State, now: Samples) -> Moment:
    """Return where a session stands, for people."""
    facts = state.facts
    grave = facts.findings.red is not None
    match state:
        case Asking():
            part = _sign(facts) or ("Asking" if state.token else "Waiting for an answer")
            return Moment(doing=ASKS[state.question.phase], part=part, grave=grave)
        case Instructing():
            waiting = "Listen" if state.token else 'Waiting for "ready"'
            steps = len(facts.plan.exercise.steps)
            return Moment(doing=f"Getting into position: step {state.index + 1} of {steps}", part=waiting, grave=grave)
        case Between():
            left = max(state.rested_at - now, 0) if state.rested_at else None
            part = "Rest between two sets" if state.rest or state.rested_at else "Coming up"
            return Moment(doing=_counted(facts, state.number), part=part, place=_place(facts, state.number), left=left)
        case Performing():
            return _performing(state, now)
        case Paused():
            why = "Sound or hearing is disturbed" if state.by_device else 'Waiting for "resume"'
            return Moment(doing="Paused", part=why, grave=grave)
        case Settling():
            return Moment(
                doing="Resting after a sign to stop", part="Then the coach asks how it is", left=state.wake_at - now,
                grave=True,
            )  # fmt: skip
        case Staying():
            part = "Help is there" if state.arrived else "The coach stays with the person"
            return Moment(doing="Sign of an emergency", part=part, grave=True)
        case Ending():
            return Moment(doing="Saying goodbye", part=_sign(facts), grave=grave)
        case Done():
            return Moment(doing=f"The session is over: {_outcome(facts)}", part=_sign(facts), grave=grave)
        case _:
            assert_never(state)


def _sign(facts: Facts) -> str:
    """Return the sign that has ended the exercise; empty: none has."""
    red = facts.findings.red
    return f"Stopped: {SIGNS.get(red[0], red[0])}" if red else ""


def _performing(state: Performing, now: Samples) -> Moment:
    since = now - state.started
    span = next((one for one in state.timetable.phases if since < one.end), state.timetable.phases[-1])
    return Moment(
        doing=_counted(state.facts, state.number),
        part=PARTS[span.name],
        place=_place(state.facts, state.number),
        left=max(span.end - max(since, 0), 0),
    )


def _counted(facts: Facts, number: int) -> str:
    exercise = facts.plan.exercise
    return f"Repetition {plan.place(exercise, number).number} of {exercise.repetition.count}"


def _place(facts: Facts, number: int) -> str:
    """Return set and side of a repetition."""
    exercise = facts.plan.exercise
    where = plan.place(exercise, number)
    sets = exercise.repetition.sets
    side = where.side or (facts.plan.side if exercise.sides == "painful" else None)
    return ", ".join(filter(None, (f"set {where.set} of {sets}" if sets > 1 else "", f"{side} side" if side else "")))


def _outcome(facts: Facts) -> str:
    words = OUTCOMES.get(facts.progress.outcome, facts.progress.outcome)
    return f"{words}, {facts.progress.repetitions} of {plan.total(facts.plan.exercise)} repetitions"


def title(exercise: Exercise) -> str:
    """Return an exercise's name as a heading."""
    return f"{exercise.name[0].upper()}{exercise.name[1:]}"


def clock(length: Samples) -> str:
    """Return a length as minutes and seconds, such as 3:07."""
    whole = int(seconds(length))
    return f"{whole // 60}:{whole % 60:02}"
