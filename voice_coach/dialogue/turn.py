"""Shared by all dialogues: one turn, and how long a question stays open."""

from dataclasses import replace
from typing import Any, ClassVar, Final, Generic, Protocol, TypeVar

from voice_coach.actions import Line, Say
from voice_coach.timebase import Samples, samples

MAX_ANSWER_LENGTH: Final = samples(12)
"""While somebody speaks the question's end waits; no utterance is taken that is longer (V6: ten seconds)."""
MAX_QUESTION_OPEN: Final = samples(30)
"""How long a question is open at most, whatever is to be heard: a television talks all day."""
MAX_SPEECH_LENGTH: Final = samples(60)
"""How long the end of what is said is waited for before it goes on without: at any pace, no prompt takes 40 s."""
LISTENING_GAP: Final = samples(0.1)
"""Between the end of a question and the earcon."""


class Known(Protocol):
    """The facts shared by all states: a dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def token(self) -> int:
        """The last `Say`'s."""


class Question(Protocol):
    """A question's state: a dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def token(self) -> int:
        """Of the question being said; 0: it was said, and the answer is waited for."""

    @property
    def until(self) -> Samples:
        """Nothing makes it wait for longer: neither talk nor noise."""


F = TypeVar("F", bound=Known)
A = TypeVar("A")
Q = TypeVar("Q", bound=Question)


class Turn(Generic[F, A]):
    """The facts, and the actions gathered while an event is handled.

    Lives for one call of `step`; nothing of it is kept but the facts and the actions.
    """

    def __init__(self, facts: F, at: Samples) -> None:
        """Begin a turn at an instant."""
        self.facts = facts
        self.at = at
        self.actions: list[A | Say] = []

    def do(self, *actions: A | Say) -> None:
        """Add actions that need nothing more."""
        self.actions += actions

    def say_lines(self, lines: tuple[Line, ...]) -> int:
        """Say the lines; return the token that `Played` will carry (0 where there is nothing to say)."""
        if not lines:
            return 0
        token = self.next_token()
        self.do(Say(lines, token))
        return token

    def next_token(self) -> int:
        """Return the token of the next `Say`, and keep it in the facts."""
        self.facts = replace(self.facts, token=self.facts.token + 1)
        return self.facts.token


def opened(question: Q, at: Samples, answer: Samples) -> Q:
    """Wait for the answer from now on, in silence for as long as `answer`; to be asked twice makes it no longer."""
    return replace(question, token=0, wake_at=at + answer, until=question.until or at + MAX_QUESTION_OPEN)


def stays_open(question: Q, until: Samples) -> Q:
    """Let a question that was said be open until then, but not for ever."""
    return question if question.token else replace(question, wake_at=min(until, question.until))
