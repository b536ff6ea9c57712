"""Public fakes, for our tests and for those of whoever builds on the coach: they keep the contracts of the real parts.

ears = ScriptedEars(load_grammar("en"), {"side": "left side", "ready": "ready"})
coach = Coach(exercise, voice=SilentVoice(), ears=ears, journal=MemoryJournal(), watch=[ears.watch])
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from voice_coach.actions import Action, Listen, Say
from voice_coach.audio.pcm import Clip
from voice_coach.events import Event, Intent, NotRecognized, Played
from voice_coach.hear.echo.prompt_words import Spoken
from voice_coach.hear.grammar.grammar import Grammar
from voice_coach.hear.grammar.match import understand
from voice_coach.session.listening import ACTIVE
from voice_coach.testing_hearing import EnergyDetector, ScriptedRecognizer
from voice_coach.testing_speech import ToneSynthesizer
from voice_coach.timebase import Samples, samples

__all__ = ["EnergyDetector", "ScriptedEars", "ScriptedRecognizer", "ToneSynthesizer"]

ANSWER_DELAY = samples(0.8)
"""From the end of a question to the instant at which its answer is understood."""


class ScriptedEars:
    """Understands at exact samples what a script says, whatever the microphone hears.

    What is said goes through the real grammar, with what the coach listens for in that situation.
    """

    def __init__(
        self,
        grammar: Grammar,
        answers: Mapping[str, str | tuple[str, ...]] | None = None,
        delay: Samples = ANSWER_DELAY,
    ) -> None:
        """Take what answers each question, or "ready"; of several the next each time, the last one again and again.

        Args:
            grammar: of the session.
            answers: by what the coach waits for; an empty text is silence. `watch` must be among the coach's watchers.
            delay: from the end of the coach's words; longer than a block.
        """
        self._grammar = grammar
        self._answers = {to: (texts,) if isinstance(texts, str) else texts for to, texts in (answers or {}).items()}
        self._delay = delay
        self._turns: Counter[str] = Counter()
        self._token = 0
        self._events: list[Event] = []
        self.user_speaks = False
        """The hint that the coach gets; to be set by the test."""
        self.expecting = "nothing"
        """What the coach waits for, as it said last."""
        self.heard: list[Event] = []
        """All that was handed to the coach."""

    def say(self, text: str, at: Samples, expecting: str) -> None:
        """Say this, to be understood at sample `at` as it would be while `expecting` is waited for."""
        meaning = understand(self._grammar, text, ACTIVE[expecting])
        if meaning.intent is None:
            self.hear(NotRecognized(at, text, at, at))
        else:
            self.hear(
                Intent(at, meaning.intent, text, meaning.slots, start=at, end=at, ask=meaning.ask, also=meaning.also)
            )

    def hear(self, event: Event) -> None:
        """Hand this event to the coach in the block that holds its sample."""
        self._events.append(event)

    def watch(self, _at: Samples, item: Event | Action) -> None:
        """Follow the coach, and answer when it has asked."""
        match item:
            case Listen(expecting, _):
                self.expecting = expecting
            case Say(_, token):
                self._token = token
            case Played(at, token) if token == self._token and self.expecting in self._answers:
                self._answer(at + self._delay)
            case _:
                pass

    def listen(self, expecting: str, intents: frozenset[str]) -> None:
        """Take note of nothing: `watch` does."""

    def process(self, mic: Clip, played: Clip, at: Samples, saying: Sequence[Spoken] = ()) -> list[Event]:  # noqa: ARG002 - a script
        """Return what is understood in this block."""
        end = at + len(mic)
        due = sorted((event for event in self._events if event.at < end), key=lambda event: event.at)
        self._events = [event for event in self._events if event.at >= end]
        self.heard += due
        return due

    def torn(self) -> None:
        """Do nothing: a script does not listen."""

    def reopened(self) -> None:
        """Do nothing: a script does not listen."""

    def close(self) -> None:
        """Forget the script."""
        self._events = []

    def _answer(self, at: Samples) -> None:
        texts = self._answers[self.expecting]
        text = texts[min(self._turns[self.expecting], len(texts) - 1)]
        self._turns[self.expecting] += 1
        if text:
            self.say(text, at, self.expecting)
