"""Find the phrases and patterns of an utterance that don't overlap: the longest win.

An `Utterance` goes through all of the steps by which `match.py` understands a text.
"""

from dataclasses import dataclass
from itertools import chain
from typing import Final

from voice_coach.events import SlotValue
from voice_coach.hear.grammar.grammar import Grammar
from voice_coach.hear.grammar.phrase import Phrase

PLACE: Final = "place"
"""The intent and slot of a place; where several places are named, the furthest from the spine counts (R10)."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """The words of a text, and the intents that they may stand for."""

    grammar: Grammar
    words: list[str]
    """Spelled as in the grammar, numbers as words."""
    allowed: frozenset[str]
    """The intents that are understood now."""
    asked: frozenset[str]
    """The intents that were asked for."""

    def of(self, words: list[str]) -> "Utterance":
        """Return an utterance of these words in the same situation."""
        return Utterance(self.grammar, words, self.allowed, self.asked)

    def intent_of(self, phrase: Phrase) -> str | None:
        """Return what a phrase stands for in this situation; None: nothing.

        That is its own intent, or that of the question which it answers.
        """
        asked = self.asked
        answered = next((intent for intent in phrase.answers if intent in asked), None)
        if answered is None and PLACE in asked and phrase.intent in self.grammar.composition.tells_where:
            named = self.place_named(phrase)
            answered = PLACE if named is not None and named not in self.grammar.composition.vague else None
        return answered or (phrase.intent if phrase.intent in self.allowed else None)

    def place_named(self, phrase: Phrase) -> SlotValue | None:
        """Return the place that a phrase names, in its slot or only in its words: "into my buttock"."""
        if PLACE in phrase.slots:
            return phrase.slots[PLACE]
        place = self.grammar.composition.furthest(phrase.words)
        return place.name if place else None


@dataclass(frozen=True, slots=True)
class Span:
    """A phrase and the range of words that it takes up."""

    start: int
    end: int
    phrase: Phrase
    intent: str | None
    """Its intent in this situation (`Utterance.intent_of`)."""


def choose_spans(utterance: Utterance) -> list[Span]:
    """Return phrases that do not overlap, in order: longer ones first, then graver ones, then later ones.

    A phrase of an inactive intent also takes up its words ("it left my leg" is no answer to "which side?"), but never
    those of a red one. An "um" amid its words makes none longer: "more pain, um, better" has more pain.
    """
    grammar, words, asked = utterance.grammar, utterance.words, utterance.asked
    phrases = ((start, end, phrase) for start in range(len(words)) for end, phrase in grammar.at(words, start))
    spans = [
        Span(start, end, phrase, utterance.intent_of(phrase))
        for start, end, phrase in chain(phrases, grammar.composition.spans(words))
        if phrase.may_be_said(asked)
    ]
    hesitations = grammar.composition.hesitations(words)

    def precedence(span: Span) -> tuple[int, int, int]:
        amid = hesitations.intersection(range(span.start + 1, span.end - 1))
        return span.end - span.start - len(amid), span.phrase.rank, span.start

    spans.sort(key=precedence, reverse=True)
    taken: set[int] = set()
    chosen: list[Span] = []
    for only_red in (False, True):
        for span in spans:
            if only_red and (span.intent is None or not span.phrase.red):
                continue
            place = set(range(span.start, span.end))
            if not place & taken:
                taken |= place
                chosen.append(span)
        chosen = [span for span in chosen if span.intent is not None]
        taken = {i for span in chosen for i in range(span.start, span.end)}
    return sorted(_prefer_graver(spans, chosen), key=lambda span: span.start)


def _prefer_graver(spans: list[Span], chosen: list[Span]) -> list[Span]:
    """Return the chosen spans, with a graver sign for a longer one it overlaps: "it's going down both legs"."""
    for span in spans:
        phrase = span.phrase
        if not phrase.red or phrase.ask or span.intent != phrase.intent:
            continue
        crossed = [one for one in chosen if one.start < span.end and span.start < one.end]
        if crossed and all(one.phrase.red and one.phrase.rank < phrase.rank for one in crossed):
            chosen = [*(one for one in chosen if one not in crossed), span]
    return chosen
