"""What the coach is waiting for: which intents answer it, and how big a head start they get. Pure.

While a question is open, its answers get a head start over everything else: partly in the decoder, which counts their
phrases several times, and partly in the policy, which adds a bonus to their readings (`thresholds.Prior`). While the
coach counts, nothing gets one.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

from voice_coach.hear.asr.recognizer import NOTHING_EXPECTED, Expected
from voice_coach.hear.decision.thresholds import DEFAULT, NO_PRIOR, OperatingPoint
from voice_coach.hear.grammar.grammar import Grammar, Phrase
from voice_coach.hear.grammar.match import Meaning, understand
from voice_coach.hear.grammar.phrase import STOP_RANK

COUNTING: Final = "counting"
"""The situation while the coach counts: groans and talk that match nothing are ignored (V12)."""

GRAVEST_RANK: Final = 99
"""The rank of an emergency."""

_NO_ANSWER_EXPECTED: Final = frozenset({COUNTING, "nothing"})
"""Situations in which the coach has asked nothing."""

_CUES: Final = {
    "ready": ("ready_next", "yes"),
    "paused": ("resume", "ready_next", "yes"),
    "resting": ("how_many_left", "may_move", "are_you_there"),
}
"""Intents that the coach waits for in these situations, among them some that are always understood."""

_MOVES_ON: Final = frozenset({"ready", "paused"})
"""Situations that a "yes" ends."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What the coach is waiting for, and the thresholds that apply."""

    expecting: str
    """The open question, `COUNTING`, or "nothing"."""
    active: frozenset[str]
    """Intents that are understood now, besides those that always are."""
    point: OperatingPoint = DEFAULT
    heard_with: Expected = NOTHING_EXPECTED
    """What the decoder expected when the utterance began: the question may have changed since."""

    @property
    def question_open(self) -> bool:
        """True if the coach waits for an answer: nothing is being done that a sign would have to stop at once."""
        return self.expecting not in _NO_ANSWER_EXPECTED


class HeadStart(NamedTuple):
    """How much likelier an answer to the open question looks because it is expected (log likelihoods)."""

    decoder: float
    """What an answer, or a part of one, gains in the decoder."""
    bonus: float
    """What the policy adds to the reading of an answer."""


def expected(grammar: Grammar, situation: Situation) -> Expected:
    """Return what a recogniser should listen for: the answers to the open question, as strongly as the model says."""
    prior = situation.point.prior_at(situation.expecting)
    if prior is NO_PRIOR:
        return NOTHING_EXPECTED
    intents = frozenset(i for i in situation.active | grammar.always if answers_question(i, grammar, situation))
    if prior.repeats == 1:
        intents = intents.intersection(grammar.wordings)
    return Expected(intents, prior.repeats) if intents else NOTHING_EXPECTED


def head_start(situation: Situation) -> HeadStart:
    """Return the head start of an answer to the open question, or to the one that was open when the utterance began."""
    if not situation.question_open:
        return HeadStart(situation.heard_with.gain, 0.0)
    prior = situation.point.prior_at(situation.expecting)
    return HeadStart(max(prior.decoded, situation.heard_with.gain), prior.bonus)


def is_awaited(intent: str | None, grammar: Grammar, situation: Situation) -> bool:
    """Tell whether the coach waits for an intent; not for one that is always understood, unless it is a cue here."""
    if not situation.question_open or intent not in situation.active | grammar.always:
        return False
    return intent not in grammar.always or intent in _CUES.get(situation.expecting, ())


def answers_question(intent: str | None, grammar: Grammar, situation: Situation) -> bool:
    """Tell whether an intent gets the head start: after "ready?" only "ready" does, not "my knee hurts".

    Phrases that get it win over those that share words with them, as "my leg is weak" over "my knee hurts".
    """
    return is_awaited(intent, grammar, situation) and intent in _CUES.get(situation.expecting, (intent,))


def moves_on(situation: Situation) -> bool:
    """Tell whether "yes" and "go on" are the same answer here."""
    return situation.expecting in _MOVES_ON or "agrees" in situation.active


def is_complete_answer(text: str, meaning: Meaning, grammar: Grammar, situation: Situation) -> bool:
    """Tell whether a text is a complete answer to the open question, and can't become a different answer.

    "Four" may become "four and a half", and "no" may become "no better" where that is an answer. That "no" may become
    "no more", which stops, does not count: a red sign is taken whenever it comes.
    """
    words = grammar.spelled(text.split())
    has_other_words = (meaning.first, meaning.last) != (0, len(words))
    if meaning.ask or has_other_words or not is_awaited(meaning.intent, grammar, situation):
        return False
    node = grammar.node(words)
    return node is not None and not any(
        is_awaited(longer.intent, grammar, situation) and _is_different_answer(longer, meaning, grammar)
        for longer in node.beneath()
    )


def may_become_answer(text: str, meaning: Meaning, grammar: Grammar, situation: Situation) -> bool:
    """Tell whether an answer that is no sign begins with the words of this sign: "it hurts on the right".

    While the coach counts that is good news: "it hurts less", perhaps "it hurts a lot less". Neither a bare "stop" nor
    an emergency becomes any.
    """
    words = grammar.spelled(text.split())
    if situation.expecting == COUNTING:
        return STOP_RANK < meaning.rank < GRAVEST_RANK and _may_become_good_news(words, meaning, grammar, situation)
    if not situation.question_open:
        return False
    node = grammar.node(words[meaning.first :])
    return node is not None and any(
        not longer.red and is_awaited(longer.intent, grammar, situation) for longer in node.beneath()
    )


def _may_become_good_news(words: list[str], meaning: Meaning, grammar: Grammar, situation: Situation) -> bool:
    sign = words[meaning.first : meaning.last]
    turned = (understand(grammar, " ".join([*sign, word]), situation.active) for word in grammar.composition.turned_by)
    return bool(sign) and any(longer.intent is not None and not longer.red for longer in turned)


def _is_different_answer(longer: Phrase, meaning: Meaning, grammar: Grammar) -> bool:
    """Tell whether a phrase that begins with a meaning's words is a different answer.

    One that goes on with "and" is not: that is a second answer.
    """
    if longer.red:
        return False
    if longer.intent != meaning.intent:
        return longer.words[meaning.last] not in grammar.negation.boundaries
    return not meaning.slots.items() <= longer.slots.items()
