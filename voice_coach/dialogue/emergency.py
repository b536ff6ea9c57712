"""A sign of an emergency, or a call for help, outside of a session: the same words as in one, and the number again.

Nothing is written down, as nobody may have been named yet, and nothing has been done that could have harmed.
"""

from dataclasses import dataclass, replace
from typing import Any, Final, Generic, Protocol, TypeVar

from voice_coach.actions import Hush, Line, Listen
from voice_coach.dialogue.turn import MAX_SPEECH_LENGTH, Known, Turn
from voice_coach.events import AudioBack, Intent, Played, VoiceStarted, VoiceStopped, Woke
from voice_coach.timebase import Samples, samples

SIGNS: Final = frozenset({"emergency", "call_help", "cant_get_up"})
"""Intents that get this answer."""
ENDS: Final = frozenset({"stop", "finish"})
"""Intents that end it."""
PROMPTS: Final = ("say.emergency", "say.still_with_you")
"""A session's prompts that it needs."""

OFTEN: Final = samples(30)
"""How often the number is repeated."""
OFTEN_FOR: Final = samples(10 * 60)
"""How long the number is repeated that often."""
QUIET: Final = samples(4)
"""The pause after somebody has spoken, before the number is repeated."""
MAX_TALK: Final = samples(2 * 60)
"""A voice without a pause for this long is a noise, which no longer holds the number back."""

F = TypeVar("F", bound=Known)


class Prompts(Protocol):
    """Prompts by name."""

    def lines(self, name: str, /) -> tuple[Line, ...]:
        """Return the lines of a prompt."""


@dataclass(frozen=True, slots=True)
class Staying(Generic[F]):
    """With the person; the number is repeated."""

    facts: F
    token: int
    """Of what is being said; 0: it was said."""
    wake_at: Samples
    since: Samples
    """When the first sign was heard."""
    talking: Samples = 0
    """When somebody began to speak; 0: nobody is speaking."""


def is_sign(intent: Intent) -> bool:
    """Tell whether this is a sign, or a call for help, that is not in doubt."""
    return not intent.ask and not SIGNS.isdisjoint({intent.name, *intent.also})


def all_lines(prompts: Prompts) -> tuple[Line, ...]:
    """Return every line that is said."""
    return tuple(line for name in PROMPTS for line in prompts.lines(name))


def begin(turn: Turn[F, Any], prompts: Prompts) -> Staying[F]:
    """Say at once whom to call."""
    turn.do(Hush())
    token = turn.say_lines(prompts.lines("say.emergency"))
    turn.do(Listen("emergency", SIGNS | ENDS))
    return Staying(turn.facts, token, turn.at + MAX_SPEECH_LENGTH, turn.at)


def step(turn: Turn[F, Any], state: Staying[F], event: object, prompts: Prompts) -> Staying[F] | None:
    """Return the next state; None: it is over."""
    match event:
        case Intent() if is_sign(event):
            return replace(begin(turn, prompts), since=state.since)
        case Intent(name=name, ask=False) if name in ENDS:
            turn.do(Hush())
            return None
        case Intent() | AudioBack():
            return _say_number(turn, state, prompts)
        case Woke():
            return _woke(turn, state, prompts)
        case _:
            return _waited(turn, state, event)


def _waited(turn: Turn[F, Any], state: Staying[F], event: object) -> Staying[F]:
    """Note when the number is due."""
    match event:
        case Played(token=token) if token == state.token:
            return replace(state, token=0, wake_at=turn.at + OFTEN)
        case VoiceStarted():
            return replace(state, talking=turn.at)
        case VoiceStopped():
            wake_at = state.wake_at if state.token else max(state.wake_at, turn.at + QUIET)
            return replace(state, talking=0, wake_at=wake_at)
        case _:
            return state


def _woke(turn: Turn[F, Any], state: Staying[F], prompts: Prompts) -> Staying[F] | None:
    """Say the number again, unless somebody speaks, who may be on the phone."""
    if state.token:  # no event has told the end of the speech
        return replace(state, token=0, wake_at=turn.at + OFTEN)
    if turn.at >= state.since + OFTEN_FOR:
        return None
    if state.talking and turn.at < state.talking + MAX_TALK:
        return replace(state, wake_at=turn.at + QUIET)
    return _say_number(turn, state, prompts)


def _say_number(turn: Turn[F, Any], state: Staying[F], prompts: Prompts) -> Staying[F]:
    turn.do(Hush())
    token = turn.say_lines(prompts.lines("say.still_with_you"))
    return replace(state, token=token, talking=0, wake_at=turn.at + MAX_SPEECH_LENGTH)
