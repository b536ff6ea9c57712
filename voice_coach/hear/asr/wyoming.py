"""A Wyoming server in addition to the embedded recogniser, which goes on listening for reasons to stop.

All that the embedded one may take for a reason to stop is handed on at once, and then the server is not waited for.
Else its text decides, if it comes in time; without it, what the embedded one heard. So a server that is gone, slow or
wrong costs nothing but what it was asked for. This file waits for something outside of the session's clock, so it may
ask for the time.
"""

import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from voice_coach.audio.pcm import Clip
from voice_coach.errors import NetworkError
from voice_coach.hear.asr.recognizer import NOTHING_EXPECTED, Expected, Hypothesis, Recognizer, Word
from voice_coach.hear.decision import policy
from voice_coach.hear.decision.evidence import weighed
from voice_coach.hear.decision.policy import Ear, Verdict
from voice_coach.hear.decision.situation import Situation
from voice_coach.hear.decision.thresholds import OperatingPoint
from voice_coach.hear.grammar.grammar import UNKNOWN, Grammar
from voice_coach.hear.grammar.templates import LARGEST_NUMBER, in_words, normal
from voice_coach.remote.address import Address, silent
from voice_coach.remote.wyoming_client import Calls
from voice_coach.timebase import Samples
from voice_coach.workers.thread import Background

ANSWER_WITHIN: Final = 1.5
"""Seconds from the end of an utterance in which the server's text still counts: longer, and the user says it again."""

ANSWER_WITHIN_ON_FILES: Final = 30.0
"""The same where nobody waits for an answer."""

_NUMBER: Final = re.compile(r"(?<![\w.,])(\d+)(\.5)?(?![\w]|[.,]\d)")


@dataclass(slots=True)
class _Kept:
    """An utterance whose final result is still to come."""

    at: Samples
    expected: Expected = NOTHING_EXPECTED
    """The prior given to the embedded recogniser."""
    audio: list[Clip] = field(default_factory=list)
    ended: float | None = None
    """When, on the real clock; None: it goes on."""
    heard: Hypothesis | None = None
    """The embedded recogniser's final result."""
    read: str | None = None
    """The server's text."""
    alone: bool = False
    """True if the result does not wait, or no longer waits, for the server."""


class WyomingRecognizer:
    """A `Recognizer` of two: the embedded one, and a server that hears each utterance once more."""

    def __init__(
        self,
        embedded: Recognizer,
        address: Address,
        grammar: Grammar,
        *,
        limit: float = ANSWER_WITHIN,
        blocking: bool = False,
        tell: Callable[[str], None] = silent,
    ) -> None:
        """Take over the embedded recogniser (`close` ends it); nothing is sent before an utterance has ended.

        Args:
            embedded: what hears without the network.
            address: the server, and after the port one of its models, or nothing.
            grammar: what to listen for; the server gets its language.
            limit: seconds from the end of an utterance in which the server's text still counts.
            blocking: whether `poll` waits for that text: on files, where nothing live waits.
            tell: called with a sentence when the server is gone, and when it is back.
        """
        self._embedded = embedded
        self._address = address
        self._grammar = grammar
        self._limit = limit
        self._blocking = blocking
        self._tell = tell
        self._calls = Calls(address, limit)
        self._jobs: Background[str] = Background("wyoming")
        self._asked: deque[_Kept] = deque()
        self._kept: list[_Kept] = []
        self._found: list[Hypothesis] = []
        self._gone = False

    @property
    def point(self) -> OperatingPoint:
        """The embedded recogniser's thresholds: a server gives no confidence."""
        return self._embedded.point

    def prepare(self, *, numbers: bool, expected: Expected) -> None:
        """Let the embedded recogniser get ready; the server never learns the question."""
        self._embedded.prepare(numbers=numbers, expected=expected)

    def begin(self, at: Samples, *, numbers: bool, expected: Expected = NOTHING_EXPECTED) -> None:
        """Start an utterance; one that was not ended is given up."""
        self._kept = [kept for kept in self._kept if kept.ended is not None]
        self._kept.append(_Kept(at, expected))
        self._embedded.begin(at, numbers=numbers, expected=expected)

    def accept(self, pcm: Clip) -> None:
        """Take the utterance's next samples; the server gets them when it is over."""
        if said := self._under_way():
            said.audio.append(pcm)
        self._embedded.accept(pcm)

    def weigh(self) -> None:
        """Let the embedded recogniser weigh; while there is a server, only a reason to stop is passed on."""
        self._embedded.weigh()

    def end(self) -> None:
        """Finish the utterance, and ask the server for it. One that is gone is asked, but not waited for."""
        if said := self._under_way():
            said.ended = time.monotonic()
            said.alone = self._gone
            if said.audio and not (self._gone and self._asked):
                self._ask(said)
            else:
                said.alone = True
        self._embedded.end()

    def poll(self) -> list[Hypothesis]:
        """Return what has become known since the last call.

        Raises:
            RecognitionError: the embedded recogniser can't be kept alive.
        """
        self._look()
        while self._blocking and any(kept.heard for kept in self._kept):
            self._jobs.wait(self._limit)
            self._look()
        found, self._found = self._found, []
        return found

    def lag(self, now: Samples) -> Samples:
        """Return the embedded recogniser's: it hears every reason to stop, however late the server answers."""
        return self._embedded.lag(now)

    def close(self) -> None:
        """Hang up, and free the embedded recogniser."""
        self._calls.hang_up()
        self._jobs.close()
        self._kept = []
        self._embedded.close()

    def _under_way(self) -> _Kept | None:
        return self._kept[-1] if self._kept and self._kept[-1].ended is None else None

    def _ask(self, said: _Kept) -> None:
        sound, language = np.concatenate(said.audio), self._grammar.language
        self._asked.append(said)
        self._jobs.submit(lambda: self._calls.transcribe(sound, language))

    def _look(self) -> None:
        for hypothesis in self._embedded.poll():
            self._hear(hypothesis)
        for answer in self._jobs.poll():
            self._read(self._asked.popleft(), answer)
        for kept in [kept for kept in self._kept if kept.heard]:
            if not self._settle(kept):
                return  # later ones wait for their turn

    def _hear(self, hypothesis: Hypothesis) -> None:
        """Take what the embedded recogniser heard."""
        kept = next((kept for kept in self._kept if kept.at == hypothesis.start), None)
        expected = kept.expected if kept else NOTHING_EXPECTED
        if not hypothesis.final:
            if hypothesis.margin is None or self._gone or self._grave(hypothesis, expected):
                self._found.append(hypothesis)
            return
        if kept is None:  # given up meanwhile
            return
        kept.heard = hypothesis
        if self._grave(hypothesis, expected):
            self._hand_on(kept, hypothesis)

    def _grave(self, hypothesis: Hypothesis, expected: Expected) -> bool:
        """Tell whether it may be taken, or asked about, as a reason to stop, whatever is being waited for."""
        return any(
            self._taken_as_red(hypothesis, Situation("", active, self.point, expected))
            for active in (frozenset[str](), self._grammar.intents)
        )

    def _taken_as_red(self, hypothesis: Hypothesis, situation: Situation) -> bool:
        evidence = weighed(hypothesis, self._grammar, situation)
        if not hypothesis.final:
            return evidence.meaning.red
        decision = policy.conclude(Ear(hypothesis.start), hypothesis, evidence, situation)
        return decision.verdict is Verdict.ACCEPT and decision.meaning.red

    def _read(self, kept: _Kept, answer: str | BaseException) -> None:
        """Take what the server answered."""
        if isinstance(answer, NetworkError):
            kept.alone = True
            if not self._gone:
                self._tell(f"{answer} Listening goes on without it.")
            self._gone = True
        elif isinstance(answer, BaseException):
            raise answer
        else:
            kept.read = answer
            if self._gone:
                self._tell(f"{self._address} answers again.")
            self._gone = False

    def _settle(self, kept: _Kept) -> bool:
        """Pass on the result of an utterance if it is complete."""
        assert kept.heard is not None
        assert kept.ended is not None
        if kept.read is None and not kept.alone and time.monotonic() - kept.ended < self._limit:
            return False
        words = in_grammar(kept.read, self._grammar) if kept.read and not kept.alone else []
        self._hand_on(kept, self._chosen(kept.heard, words, kept.expected))
        return True

    def _chosen(self, heard: Hypothesis, words: list[str], expected: Expected) -> Hypothesis:
        """Return the server's reading if it has one; of what was no speech at all only a reason to stop is taken.

        Large models write "thank you" or "no" for a noise, and give no sign of doubt.
        """
        if not words:
            return heard
        reading = _reading(heard, words)
        return reading if heard.text or self._grave(reading, expected) else heard

    def _hand_on(self, kept: _Kept, hypothesis: Hypothesis) -> None:
        self._kept = [other for other in self._kept if other is not kept]
        self._found.append(hypothesis)


def in_grammar(text: str, grammar: Grammar) -> list[str]:
    """Return a text as recognisers write it: lower case, numbers in words, `[unk]` for what the grammar does not know.

    A word that sounds like one of the grammar's ("write") is spelled as that one ("right"). What people write as "6.5"
    is "six and a half"; other numbers than those up to `LARGEST` are not known.
    """
    spelled = normal(_NUMBER.sub(_spelled, text))
    return [grammar.in_vocabulary(word) for word in spelled.split()]


def _spelled(found: re.Match[str]) -> str:
    digits = found[1]
    known = len(digits) <= len(str(LARGEST_NUMBER))
    return f" {in_words(int(digits))}{' and a half' if found[2] else ''} " if known else f" {UNKNOWN} "


def _reading(heard: Hypothesis, words: list[str]) -> Hypothesis:
    """Return the words as a final result, spread evenly over where the embedded recogniser heard some.

    The coach's own words are told from the user's by where they lie.
    """
    first, last = (heard.words[0].start, heard.words[-1].end) if heard.words else (heard.start, heard.end)
    places = [first + (last - first) * i // len(words) for i in range(len(words) + 1)]
    said = tuple(Word(word, places[i], places[i + 1], 1.0) for i, word in enumerate(words))
    return Hypothesis(" ".join(words), final=True, start=heard.start, end=heard.end, words=said)
