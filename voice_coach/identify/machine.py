"""The dialogue that asks whose session it is: `step(state, event)` returns the next state and the actions.

A session is held only for somebody who was named, by number or by name, and who has then said "yes" to that very name.
Silence, doubt and "no" are each a miss; after three of them there is no session. "Stop" ends it at once. After a
sign of an emergency the coach says whom to call, and there is no session either.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, assert_never

from voice_coach.actions import Earcon, Hush, Line, Listen, Play, Say
from voice_coach.dialogue import emergency
from voice_coach.dialogue.emergency import Staying
from voice_coach.dialogue.turn import LISTENING_GAP, MAX_ANSWER_LENGTH, MAX_SPEECH_LENGTH, Turn, opened, stays_open
from voice_coach.events import (
    AudioBack,
    AudioLost,
    Event,
    HearingBack,
    HearingLost,
    HelpCalled,
    Intent,
    Interrupted,
    NotRecognized,
    Played,
    Saved,
    VoiceStarted,
    VoiceStopped,
    Woke,
)
from voice_coach.exercise.prompts import Prompts, number_text
from voice_coach.hear.grammar.grammar import UNKNOWN
from voice_coach.timebase import Samples, samples

ANSWER: Final = samples(10)
"""Silence after a question for so long is a miss."""
MISSES: Final = 3
"""After so many there is no session."""

STOP: Final = "stop"
YES: Final = "yes"
NO: Final = "no"
_PERSON: Final = "person_"

Action = Say | Play | Hush | Listen


def person(number: int) -> str:
    """Return the intent by which somebody says to be this one of the people, from 0 on."""
    return f"{_PERSON}{number + 1}"


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts shared by all states."""

    names: tuple[str, ...]
    """Of the people, as they are said."""
    prompts: Prompts
    misses: int = 0
    token: int = 0
    """The last `Say`'s."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A question is open: who it is, or whether it is that one."""

    facts: Facts
    named: int | None
    """The person named, who is to say "yes"; None: the question is who it is."""
    token: int
    """Of the question being said; 0: it was said, and the answer is waited for."""
    wake_at: Samples
    until: Samples = 0
    """Nothing makes it wait for longer: neither talk nor noise."""


@dataclass(frozen=True, slots=True)
class Telling:
    """The last words are being said."""

    facts: Facts
    named: int | None
    token: int
    wake_at: Samples


@dataclass(frozen=True, slots=True)
class Done:
    """Over."""

    facts: Facts
    named: int | None
    """The person whose session it is; None: there is no session."""
    wake_at: None = None


State = Asking | Telling | Staying[Facts] | Done
Result = tuple[State, list[Action]]


def start(names: tuple[str, ...], prompts: Prompts) -> Result:
    """Ask who it is of these people, at least two."""
    turn = _Turn(Facts(names, prompts), 0)
    return _ask_who(turn, "ask"), turn.actions


def step(state: State, event: Event) -> Result:
    """Return the next state and what is to be done; what is over stays so."""
    if isinstance(state, Done):
        return state, []
    turn = _Turn(state.facts, event.at)
    following = _step(turn, state, event)
    return replace(following, facts=turn.facts), turn.actions


def all_lines(names: tuple[str, ...], prompts: Prompts) -> tuple[Line, ...]:
    """Return every line that can be said to these people."""
    lists = [line for kind in ("ask", "retry") for line in _who(names, prompts, kind)]
    sure = [line for kind in ("ask", "retry") for name in names for line in prompts.lines(f"{kind}.sure", name=name)]
    last = (*prompts.lines("say.thanks"), *prompts.lines("say.nobody"))
    return (*lists, *sure, *last, *emergency.all_lines(prompts))


class _Turn(Turn[Facts, Action]):
    """A turn of this dialogue."""

    def say_instead(self, lines: Iterable[Line]) -> int:
        self.do(Hush())
        return self.say_lines(tuple(lines))


def _step(turn: _Turn, state: Asking | Telling | Staying[Facts], event: Event) -> State:
    if isinstance(event, Interrupted):
        return _end(turn)
    if isinstance(state, Staying):
        return emergency.step(turn, state, event, turn.facts.prompts) or Done(turn.facts, None)
    if isinstance(event, Intent) and emergency.is_sign(event):
        return emergency.begin(turn, turn.facts.prompts)
    return _asked(turn, state, event)


def _asked(turn: _Turn, state: Asking | Telling, event: Event) -> State:  # noqa: PLR0911 - an arm for each of a closed union
    match event:
        case Intent():
            return _understood(turn, state, event)
        case NotRecognized():
            return _not_understood(turn, state)
        case Played(token=token):
            return _said(turn, state) if token == state.token else state
        case Woke():
            return _woke(turn, state)
        case VoiceStarted():
            return stays_open(state, event.at + MAX_ANSWER_LENGTH) if isinstance(state, Asking) else state
        case VoiceStopped():
            return stays_open(state, event.at + ANSWER) if isinstance(state, Asking) else state
        case AudioBack():  # what was said meanwhile nobody has heard
            return _again(turn, state)
        case AudioLost() | Saved() | HearingLost() | HearingBack() | HelpCalled() | Interrupted():
            return state
        case _:
            assert_never(event)


def _understood(turn: _Turn, state: Asking | Telling, intent: Intent) -> State:
    sure = not intent.ask and UNKNOWN not in intent.text.split()
    names = {intent.name, *intent.also}
    if STOP in names and sure:
        return _end(turn)
    if isinstance(state, Telling):
        return state
    people = [number for number in range(len(turn.facts.names)) if person(number) in names]
    if not sure or len(people) > 1 or {YES, NO} <= names:
        return _not_understood(turn, state)
    return _answered(turn, state, names, people)


def _answered(turn: _Turn, state: Asking, names: set[str], people: list[int]) -> State:
    """Take an answer that holds one thing for sure."""
    if YES in names and state.named is not None and people in ([], [state.named]):  # "yes", or "yes, I'm Ben"
        return _tell(turn, "say.thanks", state.named)
    if people:
        return _named(turn, state, people[0])
    if state.named is not None and NO in names:
        return _missed(turn, replace(state, named=None))
    return _not_understood(turn, state)


def _named(turn: _Turn, state: Asking, number: int) -> State:
    """Ask whether it is this one; to change one's mind is a miss, so that it comes to an end."""
    if state.named is None:
        return _ask_sure(turn, "ask", number)
    return state if state.named == number else _missed(turn, replace(state, named=number))


def _not_understood(turn: _Turn, state: Asking | Telling) -> State:
    """Ask again; while the question is being said, it is not what was meant to be answered."""
    return state if isinstance(state, Telling) or state.token else _missed(turn, state)


def _missed(turn: _Turn, state: Asking) -> State:
    """Ask in other words what is to be asked, or give up."""
    turn.facts = replace(turn.facts, misses=turn.facts.misses + 1)
    if turn.facts.misses >= MISSES:
        return _tell(turn, "say.nobody", None)
    return _ask_who(turn, "retry") if state.named is None else _ask_sure(turn, "retry", state.named)


def _again(turn: _Turn, state: Asking | Telling) -> State:
    if isinstance(state, Telling):
        return state
    return _ask_who(turn, "ask") if state.named is None else _ask_sure(turn, "ask", state.named)


def _ask_who(turn: _Turn, kind: str) -> Asking:
    facts = turn.facts
    token = turn.say_instead(_who(facts.names, facts.prompts, kind))
    turn.do(Listen("who", frozenset({STOP, *emergency.SIGNS, *map(person, range(len(facts.names)))})))
    return Asking(turn.facts, None, token, turn.at + MAX_SPEECH_LENGTH)


def _who(names: tuple[str, ...], prompts: Prompts, kind: str) -> list[Line]:
    people = [
        line
        for number, name in enumerate(names, 1)
        for line in prompts.lines(f"{kind}.person", number=number_text(number), name=name)
    ]
    return [*prompts.lines(f"{kind}.who"), *people]


def _ask_sure(turn: _Turn, kind: str, number: int) -> Asking:
    facts = turn.facts
    token = turn.say_instead(facts.prompts.lines(f"{kind}.sure", name=facts.names[number]))
    turn.do(Listen("sure", frozenset({STOP, YES, NO, *emergency.SIGNS, *map(person, range(len(facts.names)))})))
    return Asking(turn.facts, number, token, turn.at + MAX_SPEECH_LENGTH)


def _tell(turn: _Turn, name: str, named: int | None) -> Telling:
    token = turn.say_instead(turn.facts.prompts.lines(name))
    turn.do(Listen("nothing", frozenset({STOP, *emergency.SIGNS})))
    return Telling(turn.facts, named, token, turn.at + MAX_SPEECH_LENGTH)


def _said(turn: _Turn, state: Asking | Telling) -> State:
    if isinstance(state, Telling):
        return Done(turn.facts, state.named)
    turn.do(Play(Earcon.LISTENING, turn.at + LISTENING_GAP))
    return opened(state, turn.at, ANSWER)


def _woke(turn: _Turn, state: Asking | Telling) -> State:
    if isinstance(state, Telling):
        return Done(turn.facts, state.named)
    return opened(state, turn.at, ANSWER) if state.token else _missed(turn, state)


def _end(turn: _Turn) -> Done:
    turn.do(Hush())
    return Done(turn.facts, None)
