"""Standby's prompts and questions, their answers, and what happens without an answer."""

from dataclasses import replace
from typing import Final

from voice_coach.actions import Hush, Line, Listen
from voice_coach.dialogue import turn
from voice_coach.dialogue.emergency import SIGNS
from voice_coach.dialogue.turn import MAX_SPEECH_LENGTH
from voice_coach.events import Intent
from voice_coach.session.deletion import NAMES as DELETION
from voice_coach.session.intents import QUESTIONS
from voice_coach.standby.events import Action, Keep
from voice_coach.standby.schedule import put_off
from voice_coach.standby.states import Asking, Facts, Memory, Question, State, Telling, Waiting
from voice_coach.timebase import samples

ANSWER_TIMEOUT: Final = samples(10)
"""How long to wait for an answer: the person may be in the middle of something."""
MAX_TIMES_ASKED: Final = 2
"""How often a reminder is given without an answer; then standby waits for the next time of the day."""

WAKE: Final = "wake"
"""The intent that starts a session unasked."""
SPEECH: Final = frozenset({"voice_slower", "voice_faster", "another_voice"})
"""Requests about how the coach speaks."""
WAITING: Final = QUESTIONS | SPEECH | {WAKE}
"""Intents accepted while nothing is asked."""
YES: Final = frozenset({WAKE, "start", "yes"})
NO: Final = frozenset({"no", "later", "skip"})
ANSWERS: Final = YES | NO
"""Intents accepted as an answer to a question."""

_QUESTIONS: Final = {"start": "ask.start", "delete_log": "ask.delete_log", "delete_sure": "ask.delete_sure"}
_REMINDERS: Final = ("ask.reminder_first", "ask.reminder_second", "ask.reminder_third")


class Turn(turn.Turn[Facts, Action]):
    """A turn of standby."""

    def remember(self, memory: Memory) -> None:
        """Store the memory on disk if it has changed."""
        if memory != self.facts.memory:
            self.facts = replace(self.facts, memory=memory)
            self.do(Keep(memory))

    def say(self, *names: str) -> int:
        """Say these prompts and return the token of their end."""
        return self.say_lines(tuple(line for name in names for line in self.facts.prompts.lines(name)))


def wait(turn: Turn) -> State:
    """Wait quietly."""
    turn.do(Listen("nothing", WAITING))
    return Waiting(turn.facts)


def ask(turn: Turn, question: Question, *before: str) -> Asking:
    """Ask a question after these prompts."""
    token = turn.say(*before, _prompt(question, turn.facts.number))
    turn.do(Listen(question, ANSWERS | SIGNS))
    return Asking(turn.facts, question, token, turn.at + MAX_SPEECH_LENGTH)


def _prompt(question: Question, number: int) -> str:
    if question != "reminder":
        return _QUESTIONS[question]
    return _REMINDERS[number - 1] if number <= len(_REMINDERS) else "ask.reminder_next"


def tell(turn: Turn, *names: str, starts: bool = False) -> Telling:
    """Say these prompts, to which there is no answer; `starts`: a session begins after them."""
    return _telling(turn, turn.say(*names), starts=starts)


def say(turn: Turn, lines: tuple[Line, ...]) -> Telling:
    """Say these lines, to which there is no answer."""
    return _telling(turn, turn.say_lines(lines))


def _telling(turn: Turn, token: int, *, starts: bool = False) -> Telling:
    turn.do(Listen("nothing", frozenset()))
    return Telling(turn.facts, token, turn.at + MAX_SPEECH_LENGTH, starts)


def begin(turn: Turn) -> Telling:
    """Say that the session begins: nothing else is heard until it has loaded everything."""
    turn.do(Hush())
    return tell(turn, "say.starting", starts=True)


def answered(turn: Turn, state: Asking, intent: Intent) -> State:
    """Handle an answer; "yes" and "no" in one breath is not one."""
    if intent.name in YES:
        return state if NO.intersection(intent.also) else begin(turn)
    turn.do(Hush())
    if state.question == "start":
        return tell(turn, "say.not_now")
    if intent.name == "later":
        _later(turn)
        return tell(turn, "say.later")
    return tell(turn, "say.skipped")


def _later(turn: Turn) -> None:
    facts = turn.facts
    assert facts.wall is not None, "nothing is asked about a time before there is one"
    turn.remember(put_off(facts.memory, facts.wall, facts.wall + facts.reminders.later))


def retry(turn: Turn, state: State) -> State:
    """Name the possible answers, once."""
    if not isinstance(state, Asking) or state.token or state.retried:
        return state
    token = turn.say(f"retry.{state.question}")
    return replace(state, token=token, retried=True, wake_at=turn.at + MAX_SPEECH_LENGTH)


def unanswered(turn: Turn, state: Asking) -> State:
    """Fall silent: nobody is there, or nobody wants to answer."""
    if state.question in DELETION:
        return tell(turn, "told.kept")
    if state.question == "reminder":
        memory = turn.facts.memory
        turn.remember(_silent(memory, memory.silent + 1))
        if memory.silent + 1 < MAX_TIMES_ASKED:
            _later(turn)
    return wait(turn)


def _silent(memory: Memory, count: int) -> Memory:
    return Memory(memory.day, memory.slot, silent=count, told=memory.told)
