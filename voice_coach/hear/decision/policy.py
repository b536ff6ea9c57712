"""From hypotheses to a decision: accept, ask, or leave it (clinical.md V11 to V13). Pure; time is in samples.

Evidence is how much likelier a meaning is than speech outside of the grammar, and than any other meaning, over all
readings of the utterance (`weighed`). While a question is open its answers start ahead of everything else, by as much
as the model says for that question; while the coach counts nothing does. How much is enough depends on what a mistake
costs (`thresholds.py`).

A reason to stop is taken from what was heard so far, without waiting for the end: a false one costs a short pause.
Only a sign of one word amid others waits for the end, while a question is open: "no or worse".
So is the answer to a question, once the voice falls silent, if nothing else could follow. Everything else waits for
the final result. One utterance gives at most one acceptance, but for a final result that is graver than what was taken
early, or whose phrase holds that one and more and means something else: "stop, stop!" is one stop.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Final

from voice_coach.hear.asr.recognizer import NOTHING_EXPECTED, Expected, Hypothesis, Reading
from voice_coach.hear.decision.thresholds import DEFAULT, NO_PRIOR, Bar, OperatingPoint
from voice_coach.hear.grammar.grammar import UNKNOWN, Grammar, Phrase
from voice_coach.hear.grammar.match import STOP_RANK, Meaning, understand
from voice_coach.timebase import Samples, samples

COUNTING: Final = "counting"
"""The situation while the coach counts: groans and talk that match nothing are ignored (V12)."""

MIN_STABLE_UNWEIGHED: Final[Samples] = samples(0.3)
"""How long a partial result must say the same red thing where nothing weighs it."""

MIN_TRAILING_SILENCE: Final[Samples] = samples(0.06)
"""How long the voice must be silent before an answer is taken."""

MIN_PAUSE_AFTER_BEGINNING: Final[Samples] = samples(0.3)
"""How long the voice must be silent before a sign is taken that an answer may begin with: "it hurts" on the right.

While the coach counts, a sign is taken at once."""

WEIGHING_INTERVAL: Final[Samples] = samples(0.06)
"""How often a red partial result is weighed."""

MAX_WEIGHINGS: Final = 10
"""How often at most: what has not convinced by then waits for the end."""

MAX_MARGIN: Final = 20.0
"""How far behind a reading is that is not among those that the recogniser tells."""

NO_MEANING: Final = Meaning()
"""The meaning of no known words."""

PART: Final = 0.5
"""Share of a question's bonus for a reading that holds an answer among other words: "yes but right" is less of one."""

MIN_WORDS_COUNTING: Final = 2
"""Words, not understood, that are speech while it counts: a groan, a cough or a breath is one (V12)."""
_UNASKED: Final = frozenset({COUNTING, "nothing"})
"""Situations in which no answer is expected."""

_CUES: Final = {"ready": ("ready_next", "yes"), "paused": ("resume", "ready_next", "yes")}
"""Intents that are taken always, but are waited for in these situations."""

_YES: Final = frozenset({"yes", "agrees", "confirms"})
_GO_ON: Final = frozenset({"ready_next", "resume", "yes", "agrees"})
_MARKS: Final = frozenset({"or_yes", "plainly"})
"""Slots that tell how an answer was put, not what it is."""


class Verdict(Enum):
    """What to do with an utterance."""

    ACCEPT = auto()
    NOT_RECOGNIZED = auto()
    IGNORE = auto()


@dataclass(frozen=True, slots=True)
class Decision:
    """The accepted meaning of an utterance."""

    verdict: Verdict
    hypothesis: Hypothesis
    meaning: Meaning = NO_MEANING
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Situation:
    """Circumstances of a decision, besides the words."""

    expecting: str
    active: frozenset[str]
    point: OperatingPoint = DEFAULT
    heard_with: Expected = NOTHING_EXPECTED
    """The prior given to the decoder when the utterance began: the question may have changed since."""


@dataclass(frozen=True, slots=True)
class Ear:
    """State of one utterance."""

    start: Samples
    partial: Hypothesis | None = None
    meaning: Meaning = NO_MEANING
    """Meaning of the last partial result."""
    since: Samples = 0
    """Since when it has meant that."""
    evidence: "Evidence | None" = None
    """Evidence of what was heard so far."""
    asked_at: Samples = 0
    """When the evidence was last requested."""
    asked: int = 0
    """How often it was, since the partial result means what it does."""
    taken: Meaning | None = None
    """The meaning already accepted."""
    taken_words: tuple[str, ...] = ()
    """The words that it was accepted for."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Evidence from the readings of an utterance."""

    heard: Hypothesis
    """The utterance, read as the likeliest meaning reads it."""
    meaning: Meaning = NO_MEANING
    """The likeliest one."""
    unknown: float = -MAX_MARGIN
    """How much likelier it is than speech outside of the grammar."""
    rival: float = -MAX_MARGIN
    """How much likelier it is than any other meaning."""
    red: Meaning | None = None
    """The likeliest red one, if that is another and not vague."""
    behind: float = MAX_MARGIN
    """How far `red` is behind the likeliest, without what that gains by being an answer to the open question."""
    known: bool = False
    """True if the first reading means something: every cough has some other reading."""
    asked: bool = False
    """True if the meaning was waited for."""
    closed: bool = False
    """True if it is a complete answer, after which nothing more is expected."""
    begins_answer: bool = False
    """True if it is red, and an answer begins with the same words."""
    length: int = 0
    """How many words speak for the meaning."""
    amid: bool = False
    """True for a bare "stop" amid other words, while something else was asked: "ready for the next stop"."""
    resting: bool = False
    """True if a question is open: nothing is done that a sign would have to end at once."""

    @property
    def words(self) -> tuple[str, ...]:
        """Those that stand for the meaning."""
        return tuple(self.heard.text.split()[self.meaning.first : self.meaning.last])

    @property
    def confidence(self) -> float:
        """The same as a probability, 0 to 1; 0.5 where another reading is as likely."""
        return 1 / (1 + math.exp(-max(-MAX_MARGIN, min(self.unknown, self.rival, MAX_MARGIN))))

    def reaches(self, bar: Bar, word: float) -> bool:
        """Tell whether it is enough; `word`: what each further word adds."""
        over_unknown = self.unknown + word * max(self.length - 1, 0)
        return self.meaning.intent is not None and over_unknown >= bar.unknown and self.rival >= bar.rival

    def enough(self, point: OperatingPoint) -> bool:
        """Tell whether it is, now that the utterance is over."""
        if self.meaning.red:
            stricter = self.meaning.rank > STOP_RANK and (self.resting or not self.meaning.ask)
            return self.reaches(point.sign if stricter else point.red, point.word)
        bar = point.careful if self.meaning.careful else point.ordinary
        return self.reaches(bar if self.asked else bar.raised(point.unexpected), point.word)

    def enough_early(self, point: OperatingPoint, quiet: Samples) -> bool:
        """Tell whether it is, though the utterance may go on."""
        if self.meaning.red and self.meaning.ask:  # "it's going down" may go on: "... my leg"
            return False
        if self.meaning.red and self.begins_answer:
            return quiet >= MIN_PAUSE_AFTER_BEGINNING and self.reaches(point.ending, point.word)
        if self.amid and not self.reaches(point.amid, point.word):
            return False
        if self.meaning.rank > STOP_RANK and self.resting and self.meaning.first > 0 and self.length == 1:
            return False  # "no or worse": perhaps "no, that works"
        if self.meaning.red:
            return self.reaches(point.speaking, point.word) or (quiet > 0 and self.reaches(point.ending, point.word))
        return quiet >= MIN_TRAILING_SILENCE and self.closed and not self.doubt(point) and self.enough(point)

    def doubt(self, point: OperatingPoint) -> Meaning | None:
        """Return the red sign that another reading holds, to be asked about."""
        return replace(self.red, ask=True) if self.red and self.behind <= point.doubt else None


def expected(grammar: Grammar, situation: Situation) -> Expected:
    """Return what a recogniser should listen for: the answers to the open question, as strongly as the model says."""
    prior = situation.point.prior_at(situation.expecting)
    if prior is NO_PRIOR:
        return NOTHING_EXPECTED
    intents = frozenset(i for i in situation.active | grammar.always if _answers(i, grammar, situation))
    if prior.repeats == 1:
        intents = intents.intersection(grammar.wordings)
    return Expected(intents, prior.repeats) if intents else NOTHING_EXPECTED


def weighed(hypothesis: Hypothesis, grammar: Grammar, situation: Situation) -> Evidence:
    """Return what the readings of an utterance tell, with what was asked taken into account.

    A reason to stop needs no more than if nothing had been asked: what others gained by that is not held against it.
    Part of an answer gains in the decoder too ("up" of "it moved up"), and means nothing.
    """
    found = [(reading, understand(grammar, reading.text, situation.active)) for reading in _readings(hypothesis)]
    found = _with_prior(found, grammar, situation)
    known = [(reading, meaning) for reading, meaning in found if meaning.intent is not None]
    if not known:
        return Evidence(hypothesis)
    best, meaning = known[0]
    if hypothesis.margin is None and meaning.red:
        return Evidence(hypothesis, meaning, MAX_MARGIN, MAX_MARGIN, known=True)
    others = [(reading, other) for reading, other in found if grammar.sound(reading.text) != grammar.sound(best.text)]
    likely = situation.heard_with.intents
    gained = _gained(situation)
    decoded, bonus = gained if meaning.red else (0.0, 0.0)
    nothing = max((reading.margin - decoded for reading, other in others if other.intent is None), default=0.0)
    rivals = (
        reading.margin
        - (bonus if _answers(other.intent, grammar, situation) else 0.0)
        - (decoded if other.intent in likely or _answers(other.intent, grammar, situation) else 0.0)
        for reading, other in others
        if other.intent and _is_rival(meaning, other, situation)
    )
    rival = max(rivals, default=best.margin - MAX_MARGIN)
    decoder = next(reading.margin for reading in _readings(hypothesis) if reading.text == best.text)
    # What the best reading is worth without what it gained by being an answer.
    answer = meaning.intent in likely or _answers(meaning.intent, grammar, situation)
    plain = decoder - gained[0] if answer else decoder
    reds = ((reading, other) for reading, other in known if other.red and not _is_vague(reading, other, decoder))
    red = None if meaning.red else next(reds, None)
    return Evidence(
        replace(hypothesis, text=best.text, words=best.words, margin=best.margin),
        meaning,
        best.margin - max(nothing, 0.0),
        best.margin - rival,
        red[1] if red else None,
        plain - red[0].margin if red else MAX_MARGIN,
        found[0][1].intent is not None,
        _asked(meaning.intent, grammar, situation),
        closed(best.text, meaning, grammar, situation),
        meaning.red and _begins_answer(best.text, meaning, grammar, situation),
        _length(best.text, meaning, grammar),
        meaning.red and _is_amid(best.text, meaning, situation),
        situation.expecting not in _UNASKED,
    )


def _gained(situation: Situation) -> tuple[float, float]:
    """Return what an answer may have gained in the decoder, by this question or the one before, and in the policy."""
    prior = situation.point.prior_at(situation.expecting)
    if situation.expecting in _UNASKED:
        return situation.heard_with.gain, 0.0
    return max(prior.decoded, situation.heard_with.gain), prior.bonus


def _with_prior(
    found: list[tuple[Reading, Meaning]], grammar: Grammar, situation: Situation
) -> list[tuple[Reading, Meaning]]:
    """Return the readings, likeliest first, those that answer the open question with its bonus added."""
    prior = situation.point.prior_at(situation.expecting)
    if prior.bonus == 0:
        return found

    def bonus(reading: Reading, meaning: Meaning) -> float:
        doubtful = meaning.ask and not meaning.besides
        if doubtful or not _answers(meaning.intent, grammar, situation):
            return 0.0
        whole = (meaning.first, meaning.last) == (0, len(reading.text.split()))
        return prior.bonus if whole else PART * prior.bonus

    bonuses = [bonus(reading, meaning) for reading, meaning in found]
    if not any(bonuses):
        return found
    with_bonus = [
        (replace(reading, margin=reading.margin + more), meaning)
        for (reading, meaning), more in zip(found, bonuses, strict=True)
    ]
    return sorted(with_bonus, key=lambda pair: pair[0].margin, reverse=True)


def hear(ear: Ear, partial: Hypothesis, grammar: Grammar, situation: Situation) -> Ear:
    """Take a new partial result, or what was weighed."""
    if partial.margin is not None:
        return replace(ear, evidence=weighed(partial, grammar, situation))
    meaning = understand(grammar, partial.text, situation.active)
    if ear.partial and meaning.intent == ear.meaning.intent:
        return replace(ear, partial=partial, meaning=meaning)
    return replace(ear, partial=partial, meaning=meaning, since=partial.end, asked=0, evidence=None)


def wants_weighing(
    ear: Ear, heard_until: Samples, quiet: Samples, grammar: Grammar, situation: Situation
) -> tuple[Ear, bool]:
    """Tell whether what was heard so far might be taken early, if it were weighed; `quiet` as in `early`."""
    if ear.partial is None or not _graver(ear, ear.meaning) or ear.asked >= MAX_WEIGHINGS:
        return ear, False
    due = ear.asked == 0 or heard_until - ear.asked_at >= WEIGHING_INTERVAL
    hopeful = ear.meaning.red or (
        quiet >= MIN_TRAILING_SILENCE and closed(ear.partial.text, ear.meaning, grammar, situation)
    )
    if not due or not hopeful:
        return ear, False
    return replace(ear, asked=ear.asked + 1, asked_at=heard_until), True


def early(ear: Ear, heard_until: Samples, quiet: Samples, situation: Situation) -> tuple[Ear, Decision | None]:
    """Decide on what was heard until `heard_until`, if that is enough; `quiet`: how long the voice has been silent."""
    evidence = ear.evidence or _unweighed(ear, heard_until)
    if evidence is None or not _graver(ear, evidence.meaning) or not evidence.enough_early(situation.point, quiet):
        return ear, None
    taken = replace(ear, taken=evidence.meaning, taken_words=evidence.words)
    return taken, Decision(Verdict.ACCEPT, evidence.heard, evidence.meaning, evidence.confidence)


def late(ear: Ear, final: Hypothesis, grammar: Grammar, situation: Situation) -> Decision:
    """Decide on the final result."""
    return conclude(ear, final, weighed(final, grammar, situation), situation)


def conclude(ear: Ear, final: Hypothesis, evidence: Evidence, situation: Situation) -> Decision:
    """Decide on what the final result weighs."""
    meaning, sure = evidence.meaning, evidence.enough(situation.point)
    accepted = Decision(Verdict.ACCEPT, evidence.heard, meaning, evidence.confidence)
    if ear.taken:
        refined = _differ(ear.taken, meaning) and _refines(evidence.words, ear)
        more = _graver(ear, meaning) or (refined and (ear.taken.red or evidence.asked))
        return accepted if sure and more else replace(accepted, verdict=Verdict.IGNORE)
    doubted = evidence.doubt(situation.point)
    if doubted and (sure or evidence.known):
        return replace(accepted, meaning=doubted)
    if sure and evidence.amid and not evidence.reaches(situation.point.amid, situation.point.word):
        return replace(accepted, meaning=replace(meaning, ask=True))
    if sure:
        return accepted
    passed_over = not final.text or (situation.expecting == COUNTING and len(final.text.split()) < MIN_WORDS_COUNTING)
    verdict = Verdict.IGNORE if passed_over else Verdict.NOT_RECOGNIZED
    return Decision(verdict, final, NO_MEANING, evidence.confidence)


def closed(text: str, meaning: Meaning, grammar: Grammar, situation: Situation) -> bool:
    """Tell whether a text is a whole answer to the question that is open, and no beginning of another one.

    "No" may go on to "no more", which stops; what is red is taken when it comes. "Four" may become "four and a half",
    and "no" become "no better" where that is an answer.
    """
    words = grammar.spelled(text.split())
    whole = (meaning.first, meaning.last) == (0, len(words))
    if meaning.ask or not whole or not _asked(meaning.intent, grammar, situation):
        return False
    node = grammar.node(words)
    return node is not None and not any(
        _asked(phrase.intent, grammar, situation) and _another(phrase, meaning, grammar) for phrase in node.beneath()
    )


def _begins_answer(text: str, meaning: Meaning, grammar: Grammar, situation: Situation) -> bool:
    """Tell whether an answer that is no sign begins with the words of a sign, and may still be going on."""
    words = grammar.spelled(text.split())
    if situation.expecting in _UNASKED:
        return False
    node = grammar.node(words[meaning.first :])
    return node is not None and any(
        not phrase.red and _asked(phrase.intent, grammar, situation) for phrase in node.beneath()
    )


def _length(text: str, meaning: Meaning, grammar: Grammar) -> int:
    """Return how many words speak for a meaning: those of its phrase, or all if they are an answer and nothing else.

    "Better, I think" is as unlikely to be unknown speech as three words of a phrase are.
    """
    words = text.split()
    if meaning.intent in grammar.composition.strict and not meaning.ask and UNKNOWN not in words:
        return len(words)
    return meaning.last - meaning.first


def _is_vague(reading: Reading, meaning: Meaning, best: float) -> bool:
    """Tell whether a sign in another reading is one word among others, such as "ow", or doubtful, and not as likely.

    `best` is the margin of the best reading in the decoder. Among so many readings there is nearly always one with such
    a word. What the best reading gained by being an answer is not taken off: "yes" in "yes ow" gained as much.
    """
    one_of_many = meaning.last - meaning.first == 1 and len(reading.text.split()) > 1
    return (meaning.ask or meaning.hint or one_of_many) and reading.margin < best


def _is_amid(text: str, meaning: Meaning, situation: Situation) -> bool:
    """Tell whether a bare "stop" stands amid other words while something is asked: more often a mistake than meant."""
    other = len(text.split()) > meaning.last - meaning.first
    return other and meaning.rank <= STOP_RANK and situation.expecting not in _UNASKED


def _another(phrase: Phrase, meaning: Meaning, grammar: Grammar) -> bool:
    """Tell whether a phrase that begins with a meaning's words is another answer; not one with "and" behind them."""
    if phrase.red:
        return False
    if phrase.intent != meaning.intent:
        return phrase.words[meaning.last] not in grammar.negation.boundaries
    return not meaning.slots.items() <= phrase.slots.items()


def _readings(hypothesis: Hypothesis) -> Iterator[Reading]:
    margin = hypothesis.margin
    if margin is None:  # an engine that gives confidences only
        share = min(max(hypothesis.confidence, 1e-6), 1 - 1e-6)
        margin = math.log(share / (1 - share))
    yield Reading(hypothesis.text, margin, hypothesis.words)
    yield from hypothesis.alternatives


def _differ(one: Meaning, other: Meaning) -> bool:
    return (one.intent, dict(one.slots)) != (other.intent, dict(other.slots))


def _is_rival(one: Meaning, other: Meaning, situation: Situation) -> bool:
    """Tell whether two meanings would be answered differently: not "go on then" and "go on" after "Shall we go on?"."""
    moves_on = situation.expecting in _CUES or "agrees" in situation.active
    if any({one.intent, other.intent} <= same for same in ((_YES, _GO_ON) if moves_on else (_YES,))):
        return False
    told, told_other = ({k: v for k, v in m.slots.items() if k not in _MARKS} for m in (one, other))
    return (one.intent, told) != (other.intent, told_other)


def _asked(intent: str | None, grammar: Grammar, situation: Situation) -> bool:
    """Tell whether an intent is waited for."""
    if situation.expecting in _UNASKED or intent not in situation.active | grammar.always:
        return False
    return intent not in grammar.always or intent in _CUES.get(situation.expecting, ())


def _answers(intent: str | None, grammar: Grammar, situation: Situation) -> bool:
    """Tell whether an intent answers what the coach waits for: for "ready?" that is "ready", not "my knee hurts".

    Phrases that weigh more take from those that share words with them, such as "my leg is weak" from "my knee hurts".
    """
    return _asked(intent, grammar, situation) and intent in _CUES.get(situation.expecting, (intent,))


def _graver(ear: Ear, meaning: Meaning) -> bool:
    return ear.taken is None or (meaning.red and meaning.rank > ear.taken.rank)


def _unweighed(ear: Ear, heard_until: Samples) -> Evidence | None:
    """Return what a red partial result tells that nothing weighs: if it stays, it is believed."""
    if ear.partial is None or not ear.meaning.red or heard_until - ear.since < MIN_STABLE_UNWEIGHED:
        return None
    return Evidence(ear.partial, ear.meaning, MAX_MARGIN, MAX_MARGIN)


def _refines(words: tuple[str, ...], ear: Ear) -> bool:
    """Tell whether these words extend those accepted early: "it hurts" was "it hurts to lie on my side"."""
    length = len(ear.taken_words)
    inside = any(words[i : i + length] == ear.taken_words for i in range(len(words) - length + 1))
    return 0 < length < len(words) and inside
