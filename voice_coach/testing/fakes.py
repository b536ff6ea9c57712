"""Fakes of the engines; each passes the contract tests of the real one (tests/contracts)."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final
from zlib import crc32

import numpy as np

from voice_coach.actions import Action, Listen, Say
from voice_coach.audio.pcm import Clip, silence, to_clip
from voice_coach.events import Event, Intent, NotRecognized, Played
from voice_coach.hear.asr.recognizer import NOTHING_EXPECTED, Expected, Hypothesis, Word
from voice_coach.hear.decision.thresholds import DEFAULT
from voice_coach.hear.echo.prompt_words import Spoken
from voice_coach.hear.grammar.grammar import Grammar
from voice_coach.hear.grammar.match import understand
from voice_coach.session.question_table import ACTIVE
from voice_coach.speak.loudness import shape
from voice_coach.speak.tts.synthesizer import Waiting
from voice_coach.speak.voice_spec import VoiceSpec
from voice_coach.timebase import RATE, Samples, samples

ANSWER_DELAY = samples(0.8)
"""From the end of a question to the instant at which its answer is understood."""

LETTER_LENGTH: Final = samples(0.06)
"""Samples that a letter or blank lasts; about what they last in speech."""


class ScriptedHearing:
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
        self.lag: Samples = 0
        """How far what it understands is to seem to lag; to be set by the test."""
        self.trouble: Exception | None = None
        """Exception for `process` to raise; set by the test."""
        self.expecting = "nothing"
        """What the coach waits for, as last announced."""
        self.heard: list[Event] = []
        """All that was handed to the coach."""

    def say(self, text: str, at: Samples, expecting: str) -> None:
        """Say this, to be understood at sample `at` as it would be while `expecting` is waited for."""
        meaning = understand(self._grammar, text, ACTIVE[expecting])
        if meaning.intent is None:
            self.hear(NotRecognized(at, text, at, at))
        else:
            self.hear(
                Intent(
                    at,
                    meaning.intent,
                    text,
                    meaning.slots,
                    start=at,
                    end=at,
                    ask=meaning.ask,
                    also=meaning.also,
                    besides=meaning.besides,
                )
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
        if self.trouble is not None:
            raise self.trouble
        end = at + len(mic)
        due = sorted((event for event in self._events if event.at < end), key=lambda event: event.at)
        self._events = [event for event in self._events if event.at >= end]
        self.heard += due
        return due

    def torn(self) -> None:
        """Do nothing: a script does not listen."""

    def reopened(self) -> None:
        """Do nothing: a script does not listen."""

    def heard_itself(self) -> None:
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


class ScriptedRecognizer:
    """Recognises the next text of a script in each utterance, whatever it hears; partial results come word by word."""

    WORD: Final[Samples] = 3_200
    """A new word becomes known with each 0.2 s fed, so that partial results can be tested."""

    def __init__(self, script: Iterable[str] = (), confidence: float = 1.0) -> None:
        """Take what will be said, an utterance at a time; after its end nothing but `[unk]` is heard."""
        self.point = DEFAULT
        self._script = list(script)
        self._confidence = confidence
        self._text: list[str] | None = None
        self._start: Samples = 0
        self._fed: Samples = 0
        self._partial = ""
        self._found: list[Hypothesis] = []
        self.behind: Samples = 0
        """How far its answers are to seem to lag; to be set by the test."""
        self.numbers: list[bool] = []
        """For each `begin`: whether a number was expected."""
        self.expected: list[Expected] = []
        """For each `begin`: which answers were."""
        self.prepared: list[tuple[bool, Expected]] = []
        """Arguments of `prepare`: whether a number was expected, and which answers."""

    def prepare(self, *, numbers: bool, expected: Expected) -> None:
        """Note what is asked for: a script is heard the same whatever is expected."""
        self.prepared.append((numbers, expected))

    def begin(self, at: Samples, *, numbers: bool, expected: Expected = NOTHING_EXPECTED) -> None:
        """Start the script's next utterance; one that was not ended is heard again."""
        if self._text is None:
            self._text = (self._script.pop(0) if self._script else "[unk]").split()
        self._start, self._fed, self._partial = at, 0, ""
        self.numbers.append(numbers)
        self.expected.append(expected)

    def accept(self, pcm: Clip) -> None:
        """Take the utterance's next samples."""
        if self._text is None:
            return
        self._fed += len(pcm)
        text = " ".join(self._text[: self._fed // self.WORD])
        if text != self._partial:
            self._partial = text
            self._found.append(Hypothesis(text, final=False, start=self._start, end=self._start + self._fed))

    def weigh(self) -> None:
        """Do nothing: a script knows no margins."""

    def end(self) -> None:
        """Finish the utterance; its words lie next to one another."""
        if self._text is None:
            return
        length = self._fed // max(1, len(self._text))
        words = tuple(
            Word(text, self._start + i * length, self._start + (i + 1) * length, self._confidence)
            for i, text in enumerate(self._text)
        )
        end = self._start + self._fed
        self._found.append(Hypothesis(" ".join(self._text), final=True, start=self._start, end=end, words=words))
        self._text = None

    def poll(self) -> list[Hypothesis]:
        """Return what has become known since the last call."""
        found, self._found = self._found, []
        return found

    def lag(self, now: Samples) -> Samples:  # noqa: ARG002 - as it is told
        """Return `behind`."""
        return self.behind

    def close(self) -> None:
        """Forget the script."""
        self._script = []
        self._text = None


class EnergyDetector:
    """Takes every sound above a fixed level for speech: for tests with tones, where a network would hear none."""

    LEVEL: Final = 500
    """Root mean square, of 32768."""

    def probability(self, block: Clip) -> float:
        """Return 1 for a loud block and 0 for a quiet one."""
        return float(len(block) > 0 and np.sqrt(np.mean(block.astype(np.float64) ** 2)) > self.LEVEL)

    def reset(self) -> None:
        """Do nothing: nothing is remembered."""


class ToneSynthesizer:
    """Says each word as a tone whose pitch is the word's own and whose length is that of the word.

    It passes the contract of the real synthesisers, needs no engine, and keeps in `requested` what it was asked for.
    """

    def __init__(self, spec: VoiceSpec | None = None, *, broken: Collection[str] = (), delay: int = 0) -> None:
        """Take a voice of any name.

        Args:
            spec: only makes the identity another.
            broken: texts that it can't say.
            delay: calls of `poll` without a clip before the one that brings it; each text is done after the former.
        """
        self._spec = spec or VoiceSpec()
        self._broken = frozenset(broken)
        self._delay = delay
        self._left = delay
        self._waiting = Waiting()
        self._closed = False
        self.requested: list[tuple[str, bool]] = []
        """Text and urgency of each request, in order."""

    @property
    def identity(self) -> str:
        """The voice's name and rate."""
        return f"tones {self._spec.name} {self._spec.rate}"

    def request(self, text: str, *, urgent: bool = False) -> None:
        """Ask for this text; an urgent one is rendered before those waiting."""
        self.requested.append((text, urgent))
        self._waiting.put(text, urgent=urgent)

    def poll(self, timeout: float = 0.0) -> list[tuple[str, Clip]]:
        """Return the clips that have become ready. Waiting (`timeout` above 0) brings the next at once."""
        if not self._waiting:
            return []
        if self._left and not timeout:
            self._left -= 1
            return []
        self._left = self._delay
        count = 1 if self._delay else len(self._waiting)
        texts = [self._waiting.popleft() for _ in range(count)]
        return [(text, self._render(text)) for text in texts]

    def close(self) -> None:
        """Say nothing any more; may be called twice."""
        self._closed = True

    def _render(self, text: str) -> Clip:
        if self._closed or text in self._broken or not any(character.isalnum() for character in text):
            return silence(0)
        words = text.split()
        return shape(np.concatenate([part for word in words for part in (_tone(word), silence(LETTER_LENGTH))][:-1]))


def _tone(word: str) -> Clip:
    """Return the word's tone: a frequency of its own between 300 and 1299 Hz, beginning loud, fading out."""
    frequency = 300 + crc32(word.encode()) % 1000
    time = np.arange(LETTER_LENGTH * len(word))
    tone = np.cos(2 * np.pi * frequency * time / RATE) * np.linspace(0.5, 0.1, time.size)
    return to_clip(tone.astype(np.float32))
