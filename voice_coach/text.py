"""A session without sound: the prompts are printed and the answers typed. The same coach, the same log.

An empty line is silence: the clock goes on to the next deadline. In each repetition there is one place to type
something, after the first count of the hold, or the first words of the way back if nothing is held.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, Protocol

from voice_coach.actions import Earcon, Line
from voice_coach.audio.pcm import Clip, silence
from voice_coach.coach import Coach
from voice_coach.events import Event, Intent, NotRecognized
from voice_coach.hear.echo.prompt_words import Spoken
from voice_coach.hear.grammar.grammar import Grammar
from voice_coach.hear.grammar.match import understand
from voice_coach.session.states import Asking, Ending, Instructing, Paused, Performing, State, Staying
from voice_coach.speak.player import Caption
from voice_coach.speak.voice import Words
from voice_coach.timebase import BLOCK, RATE, Samples, samples

HOW: Final = (
    'Type what you would say and press Enter, "help" for what that can be. Enter alone is silence; Ctrl-D ends.'
)
"""Instructions shown first."""

_WORDS_A_SECOND: Final = 2.6
_TICK = samples(0.2)


class SilentVoice:
    """A voice without sound: each line is silence, about as long as it would take to say it."""

    def prepare(self, lines: Iterable[Line]) -> None:
        """Do nothing: there is nothing to render."""

    def clip(self, line: Line) -> Clip:
        """Return silence."""
        return silence(round(RATE * max(len(line.text.split()), 1) / _WORDS_A_SECOND))

    def words(self, line: Line) -> Words:  # noqa: ARG002 -- all alike
        """Return nothing: there are no words in silence."""
        return ()

    def earcon(self, earcon: Earcon) -> Clip:  # noqa: ARG002 -- all alike
        """Return a short silence."""
        return silence(_TICK)

    def close(self) -> None:
        """Do nothing."""


class TypedHearing:
    """Hears typed lines: the same grammar as for speech, and the same intents at each moment."""

    user_speaks = False
    """Nobody types aloud."""
    lag: Samples = 0
    """Understands typed text at once, in place of a listener."""

    def __init__(self, grammar: Grammar) -> None:
        """Take the grammar of a session."""
        self._grammar = grammar
        self._active: frozenset[str] = frozenset()
        self._typed: list[str] = []

    def type(self, text: str) -> None:
        """Take a line as said in the next block."""
        self._typed.append(text)

    def listen(self, expecting: str, intents: frozenset[str]) -> None:  # noqa: ARG002 -- any situation
        """Take these intents."""
        self._active = intents

    def process(self, mic: Clip, played: Clip, at: Samples, saying: Sequence[Spoken] = ()) -> list[Event]:  # noqa: ARG002 -- nothing is heard
        """Return what was typed before this block."""
        typed, self._typed = self._typed, []
        return [self._event(text, at) for text in typed]

    def torn(self) -> None:
        """Do nothing: there is no sound."""

    def reopened(self) -> None:
        """Do nothing: there is no sound."""

    def heard_itself(self) -> None:
        """Do nothing: there is no sound."""

    def close(self) -> None:
        """Do nothing."""

    def _event(self, text: str, at: Samples) -> Event:
        meaning = understand(self._grammar, text, self._active)
        if meaning.intent is None:
            return NotRecognized(at, text, at, at)
        slots: Mapping[str, str | float] = meaning.slots
        return Intent(
            at, meaning.intent, text.lower(), slots, 1.0, at, at, meaning.ask, meaning.also, besides=meaning.besides
        )


class Speaking(Protocol):
    """A dialogue that speaks, block by block: a session, or a smaller one."""

    @property
    def saying(self) -> Line | None:
        """The line being said at this moment."""

    def advance(self, mic: Clip) -> Clip:
        """Take microphone samples, return as many for the speaker."""

    def take_captions(self) -> list[Caption]:
        """Return what has sounded since the last call."""


class Subtitles:
    """Writes each line of the coach when it begins to be said."""

    def __init__(self, coach: Speaking, write: Callable[[str], None]) -> None:
        """Take the coach and where to write."""
        self._coach = coach
        self._write = write
        self._last: Line | None = None

    def advance(self, mic: Clip) -> Clip:
        """Advance the coach, and write what is new; what had no sound is marked."""
        block = self._coach.advance(mic)
        line = self._coach.saying
        if line is not None and line is not self._last:
            self._write(line.text)
        self._last = line
        for caption in self._coach.take_captions():
            if caption.missing and isinstance(caption.sound, Line):
                self._write(f"(no sound for this) {caption.sound.text}")
        return block


def waits(state: State, now: Samples) -> bool:
    """Return whether it is the person's turn to type."""
    match state:
        case Asking(token=0) | Instructing(token=0):
            return True
        case Staying():
            return not state.unsaid and not state.token
        case Ending(token=0):
            return not state.facts.log.forgetting
        case Paused(since=since):
            return now > since + RATE
        case Performing(started=started, timetable=timetable):
            place = "hold" if any(span.name == "hold" for span in timetable.phases) else "return"
            return timetable.phase(now - started - _TICK) == place  # so that its first words have been read
        case _:
            return False


def run_text(coach: Coach, hearing: TypedHearing, read: Callable[[], str | None], write: Callable[[str], None]) -> None:
    """Hold a session by typing and reading, until it is over.

    Args:
        coach: with a `SilentVoice`.
        hearing: the one of the coach.
        read: called when it is the person's turn; returns a line (empty: silence, time passes to the next deadline), or
            None at the end of the input, which ends the session.
        write: called with each line of the coach when it begins to be said.
    """
    subtitles = Subtitles(coach, write)
    asked_in = -1
    while not coach.done:
        state = coach.state
        started = state.started if isinstance(state, Performing) else -1
        if waits(state, coach.now) and (started < 0 or started != asked_in):
            asked_in = started
            text = read()
            if text is None:
                coach.interrupt()
            elif text.strip():
                hearing.type(text.strip())
            elif started < 0:
                _skip(coach)
        subtitles.advance(silence(BLOCK))


def _skip(coach: Coach) -> None:
    """Let the time pass until just before the state's deadline."""
    due = coach.state.wake_at
    if due is not None and due > coach.now + BLOCK:
        coach.advance(silence(due - coach.now))
