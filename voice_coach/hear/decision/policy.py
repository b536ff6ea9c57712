"""Decide what to do with an utterance: accept its meaning, ask about it, or leave it (clinical.md V11 to V13). Pure.

`evidence.weighed` says how likely the meaning is. How likely it must be depends on what a mistake costs: a needless
pause is cheap, a missed "stop" or a "better" that nobody said is not (`thresholds.py`).

While the utterance goes on, `early` accepts only

1. a reason to stop, as soon as its evidence reaches the bar `speaking`, or `ending` once the voice is silent. One that
   is doubtful waits for the end. While a question is open, so does a sign of one word among others ("no or worse") and
   a bare "stop" among others below the bar `amid`; and a sign with which an answer may begin ("it hurts" on the right)
   waits for a pause. While the coach counts, one that may become good news ("it hurts" less) waits for a short one;
2. the answer to the open question, once the voice is silent, if it can't become another answer and no other reading
   holds a red sign nearly as likely.

Once it is over, `late` takes the first of these that applies:

1. Something was accepted early: accept only what is graver, or a longer phrase around the same words that means
   something else ("it hurts" was "it hurts to lie on my side"). "Stop, stop!" is one stop.
2. Another reading holds a red sign that is nearly as likely: ask about the sign.
3. A bare "stop" is among other words while a question is open, and the evidence is below the bar `amid`: ask about it.
4. The evidence reaches the bar of its meaning: accept.
5. Nothing was said, or a single word while the coach counts: ignore.
6. Otherwise the utterance is not recognised, and the dialogue is told so.

Times are in samples.
"""

from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Final

from voice_coach.hear.asr.recognizer import Hypothesis
from voice_coach.hear.decision.evidence import MAX_MARGIN, NO_MEANING, Evidence, weighed
from voice_coach.hear.decision.situation import COUNTING, Situation, is_complete_answer
from voice_coach.hear.decision.thresholds import Bar, OperatingPoint
from voice_coach.hear.grammar.grammar import Grammar
from voice_coach.hear.grammar.match import Meaning, understand
from voice_coach.hear.grammar.phrase import STOP_RANK
from voice_coach.timebase import Samples, samples

MIN_STABLE_UNWEIGHED: Final[Samples] = samples(0.3)
"""How long partial results must hold the same red sign where the engine gives no margins."""

MIN_TRAILING_SILENCE: Final[Samples] = samples(0.06)
"""How long the voice must be silent before an answer is taken."""

MIN_PAUSE_AFTER_BEGINNING: Final[Samples] = samples(0.3)
"""How long the voice must be silent before a sign is taken that may become an answer: "it hurts" on the right.

While the coach counts, a sign is taken at once, but for those of `MIN_PAUSE_COUNTING`."""

MIN_PAUSE_COUNTING: Final[Samples] = samples(0.15)
"""The same while the coach counts: longer than the silence within "hurt less", and no longer than it must be."""

WEIGHING_INTERVAL: Final[Samples] = samples(0.06)
"""How often a red partial result is weighed."""

MAX_WEIGHINGS: Final = 10
"""How often a partial result is weighed while its meaning stays the same; after that, the final result decides."""

MIN_WORDS_COUNTING: Final = 2
"""Words, not understood, that are speech while the coach counts: a groan, a cough or a breath is one (V12)."""


class Verdict(Enum):
    """What to do with an utterance."""

    ACCEPT = auto()
    NOT_RECOGNIZED = auto()
    IGNORE = auto()


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with an utterance, and the meaning if it is accepted (`meaning.ask`: to be asked about first)."""

    verdict: Verdict
    hypothesis: Hypothesis
    meaning: Meaning = NO_MEANING
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Ear:
    """What is known so far about one utterance."""

    start: Samples
    partial: Hypothesis | None = None
    """The last partial result."""
    meaning: Meaning = NO_MEANING
    """Its meaning."""
    meant_since: Samples = 0
    """Since when partial results have had this meaning."""
    evidence: Evidence | None = None
    """Evidence for the meaning, once it was weighed."""
    weighing_requested_at: Samples = 0
    weighing_requests: int = 0
    """How often weighing was requested for this meaning."""
    accepted: Meaning | None = None
    """The meaning that was accepted early."""
    accepted_words: tuple[str, ...] = ()
    """The words that it was accepted for."""


def hear(ear: Ear, partial: Hypothesis, grammar: Grammar, situation: Situation) -> Ear:
    """Take a new partial result, or the weighing of one."""
    if partial.margin is not None:
        return replace(ear, evidence=weighed(partial, grammar, situation))
    meaning = understand(grammar, partial.text, situation.active)
    if ear.partial and meaning.intent == ear.meaning.intent:
        return replace(ear, partial=partial, meaning=meaning)
    return replace(ear, partial=partial, meaning=meaning, meant_since=partial.end, weighing_requests=0, evidence=None)


def wants_weighing(
    ear: Ear, heard_until: Samples, quiet: Samples, grammar: Grammar, situation: Situation
) -> tuple[Ear, bool]:
    """Tell whether the partial result should be weighed, because it might be accepted early; `quiet` as in `early`."""
    if ear.partial is None or not _is_graver(ear, ear.meaning) or ear.weighing_requests >= MAX_WEIGHINGS:
        return ear, False
    due = ear.weighing_requests == 0 or heard_until - ear.weighing_requested_at >= WEIGHING_INTERVAL
    acceptable_early = ear.meaning.red or (
        quiet >= MIN_TRAILING_SILENCE and is_complete_answer(ear.partial.text, ear.meaning, grammar, situation)
    )
    if not due or not acceptable_early:
        return ear, False
    return replace(ear, weighing_requests=ear.weighing_requests + 1, weighing_requested_at=heard_until), True


def early(ear: Ear, heard_until: Samples, quiet: Samples, situation: Situation) -> tuple[Ear, Decision | None]:
    """Decide on an utterance that goes on; None: wait for more.

    Args:
        ear: what is known about the utterance.
        heard_until: the time until which it was heard.
        quiet: how long the voice has been silent.
        situation: what the coach is waiting for.
    """
    evidence = ear.evidence or _evidence_of_stable_sign(ear, heard_until)
    if evidence is None or not _is_graver(ear, evidence.meaning):
        return ear, None
    if not _is_enough_early(evidence, situation.point, quiet):
        return ear, None
    ear = replace(ear, accepted=evidence.meaning, accepted_words=evidence.words)
    return ear, _accept(evidence)


def late(ear: Ear, final: Hypothesis, grammar: Grammar, situation: Situation) -> Decision:
    """Decide on an utterance that is over."""
    return conclude(ear, final, weighed(final, grammar, situation), situation)


def conclude(ear: Ear, final: Hypothesis, evidence: Evidence, situation: Situation) -> Decision:
    """Decide on an utterance that is over, from the evidence of its final result."""
    point = situation.point
    enough = _is_enough(evidence, point)
    if ear.accepted:
        corrects = enough and _corrects(ear, ear.accepted, evidence)
        return _accept(evidence) if corrects else replace(_accept(evidence), verdict=Verdict.IGNORE)
    hidden_sign = _sign_to_ask_about(evidence, point)
    if hidden_sign and (enough or evidence.first_understood):
        return _accept(evidence, hidden_sign)
    if enough and evidence.stop_among_words and not _reaches(evidence, point.amid, point):
        return _accept(evidence, replace(evidence.meaning, ask=True))
    if enough:
        return _accept(evidence)
    return Decision(_verdict_if_not_understood(final, situation), final, NO_MEANING, evidence.confidence)


def _accept(evidence: Evidence, meaning: Meaning | None = None) -> Decision:
    """Return the acceptance of the likeliest meaning, or of another one."""
    return Decision(Verdict.ACCEPT, evidence.heard, meaning or evidence.meaning, evidence.confidence)


def _verdict_if_not_understood(final: Hypothesis, situation: Situation) -> Verdict:
    words = final.text.split()
    if not final.text or (situation.expecting == COUNTING and len(words) < MIN_WORDS_COUNTING):
        return Verdict.IGNORE
    return Verdict.NOT_RECOGNIZED


def _reaches(evidence: Evidence, bar: Bar, point: OperatingPoint) -> bool:
    """Tell whether the evidence reaches a bar, once it is corrected for the words around the meaning."""
    over_unknown = evidence.unknown + point.word * max(evidence.length - 1, 0) - _cost_of_the_rest(evidence, point)
    return evidence.meaning.intent is not None and over_unknown >= bar.unknown and evidence.rival >= bar.rival


def _cost_of_the_rest(evidence: Evidence, point: OperatingPoint) -> float:
    """Return how much jumbled and unknown words lower the lead; less while a question is open: then people talk to us.

    People describe a sign in their own words, so its first break is free. Unknown words don't count where the coach
    would only ask whether it is a sign.
    """
    is_sign, asks = evidence.meaning.red, evidence.meaning.ask
    breaks = max(0, evidence.breaks - 1) if is_sign and not asks else evidence.breaks
    stray = 0.0 if is_sign and asks else evidence.stray
    cost = point.jumble * breaks + point.stray * stray
    return point.asked * cost if evidence.question_open else cost


def _is_enough(evidence: Evidence, point: OperatingPoint) -> bool:
    """Tell whether the evidence is enough once the utterance is over."""
    meaning = evidence.meaning
    if meaning.red:
        is_sign = meaning.rank > STOP_RANK
        asked_about_anyway = meaning.ask and not evidence.question_open
        return _reaches(evidence, point.sign if is_sign and not asked_about_anyway else point.red, point)
    bar = point.careful if meaning.careful else point.ordinary
    return _reaches(evidence, bar if evidence.awaited else bar.raised(point.unexpected), point)


def _is_enough_early(evidence: Evidence, point: OperatingPoint, quiet: Samples) -> bool:
    """Tell whether the evidence is enough although the utterance may go on."""
    if evidence.meaning.red:
        return _is_red_enough_early(evidence, point, quiet)
    return (
        quiet >= MIN_TRAILING_SILENCE
        and evidence.complete_answer
        and not _sign_to_ask_about(evidence, point)
        and _is_enough(evidence, point)
    )


def _is_red_enough_early(evidence: Evidence, point: OperatingPoint, quiet: Samples) -> bool:
    meaning = evidence.meaning
    if meaning.ask:  # "it's going down" may go on: "... my leg"
        return False
    if evidence.may_become_answer:
        pause = MIN_PAUSE_AFTER_BEGINNING if evidence.question_open else MIN_PAUSE_COUNTING
        return quiet >= pause and _reaches(evidence, point.ending, point)
    if evidence.stop_among_words and not _reaches(evidence, point.amid, point):
        return False
    is_sign = meaning.rank > STOP_RANK
    if is_sign and evidence.question_open and meaning.first > 0 and evidence.length == 1:
        return False  # "no or worse": perhaps "no, that works"
    more = point.sign.unknown - point.red.unknown if is_sign else 0.0
    speaking, ending = point.speaking.raised(more), point.ending.raised(more)
    return _reaches(evidence, speaking, point) or (quiet > 0 and _reaches(evidence, ending, point))


def _sign_to_ask_about(evidence: Evidence, point: OperatingPoint) -> Meaning | None:
    """Return the red sign in another reading, if that is nearly as likely as the meaning."""
    if evidence.other_red is None or evidence.other_red_behind > point.doubt:
        return None
    return replace(evidence.other_red, ask=True)


def _evidence_of_stable_sign(ear: Ear, heard_until: Samples) -> Evidence | None:
    """Return full evidence for a red sign that nothing weighs, once partial results have held it for long enough."""
    if ear.partial is None or not ear.meaning.red or heard_until - ear.meant_since < MIN_STABLE_UNWEIGHED:
        return None
    return Evidence(ear.partial, ear.meaning, unknown=MAX_MARGIN, rival=MAX_MARGIN)


def _is_graver(ear: Ear, meaning: Meaning) -> bool:
    """Tell whether a meaning is a graver sign than what was accepted early; anything is where nothing was."""
    return ear.accepted is None or (meaning.red and meaning.rank > ear.accepted.rank)


def _corrects(ear: Ear, accepted: Meaning, evidence: Evidence) -> bool:
    """Tell whether the final meaning replaces what was accepted early."""
    if _is_graver(ear, evidence.meaning):
        return True
    if (accepted.intent, dict(accepted.slots)) == (evidence.meaning.intent, dict(evidence.meaning.slots)):
        return False
    return _contains_more(evidence.words, ear.accepted_words) and (accepted.red or evidence.awaited)


def _contains_more(words: tuple[str, ...], accepted: tuple[str, ...]) -> bool:
    """Tell whether words contain the accepted ones and more: "it hurts" was "it hurts to lie on my side"."""
    length = len(accepted)
    starts = range(len(words) - length + 1)
    return 0 < length < len(words) and any(words[i : i + length] == accepted for i in starts)
