"""Accept, ask, or leave it: thresholds, stable partial results, the coach's own words (clinical.md V11 to V13)."""

import pytest

from tests.hear.test_grammar import EN
from voice_coach.hear.asr import Hypothesis, Word
from voice_coach.hear.policy import COUNTING, STABLE, Decision, Ear, Situation, Verdict, early, hear, late
from voice_coach.timebase import Samples

ALL = Situation("check", EN.intents)
NEW = Ear(0)
COUNTS = Situation(COUNTING, EN.intents)


def heard(text: str, confidence: float = 1.0, *, alternatives: tuple[str, ...] = ()) -> Hypothesis:
    words = tuple(Word(word, i, i + 1, confidence) for i, word in enumerate(text.split()))
    return Hypothesis(text, final=True, start=0, end=99, words=words, alternatives=alternatives)


def partial(text: str, end: Samples) -> Hypothesis:
    return Hypothesis(text, final=False, start=0, end=end)


def decide(hypothesis: Hypothesis, situation: Situation = ALL, ear: Ear = NEW) -> Decision:
    return late(ear, hypothesis, EN, situation)


@pytest.mark.parametrize(
    ("text", "confidence", "verdict"),
    [
        ("stop", 0.1, Verdict.ACCEPT),
        ("worse", 0.1, Verdict.ACCEPT),
        ("better", 0.9, Verdict.ACCEPT),
        ("better", 0.7, Verdict.NOT_RECOGNIZED),
        ("gone", 0.9, Verdict.ACCEPT),
        ("left side", 0.7, Verdict.NOT_RECOGNIZED),
        ("continue", 0.7, Verdict.NOT_RECOGNIZED),
        ("ready", 0.7, Verdict.ACCEPT),
        ("ready", 0.4, Verdict.NOT_RECOGNIZED),
        ("[unk]", 1.0, Verdict.NOT_RECOGNIZED),
        ("um", 1.0, Verdict.NOT_RECOGNIZED),
        ("", 1.0, Verdict.IGNORE),
    ],
)
def test_what_may_harm_needs_more_confidence(text: str, confidence: float, verdict: Verdict) -> None:
    assert decide(heard(text, confidence)).verdict is verdict


def test_only_the_words_that_matter_count() -> None:
    words = (Word("um", 0, 1, 0.1), Word("better", 1, 2, 0.95))
    decision = decide(Hypothesis("um better", final=True, start=0, end=9, words=words))
    assert (decision.verdict, decision.confidence) == (Verdict.ACCEPT, 0.95)


def test_talk_that_matches_nothing_is_passed_over_while_counting() -> None:
    assert decide(heard("[unk] [unk]"), COUNTS).verdict is Verdict.IGNORE
    assert decide(heard("ready", 0.2), COUNTS).verdict is Verdict.IGNORE
    assert decide(heard("stop"), COUNTS).verdict is Verdict.ACCEPT


def test_an_intent_that_is_not_active_is_not_recognized() -> None:
    assert decide(heard("left side"), Situation("ready", frozenset())).verdict is Verdict.NOT_RECOGNIZED


def test_a_red_sign_in_another_reading_is_asked_about() -> None:
    decision = decide(heard("better", alternatives=("[unk]", "worse")))
    assert decision.verdict is Verdict.ACCEPT
    assert (decision.meaning.intent, decision.meaning.ask) == ("worse", True)
    unsure = decide(heard("better", 0.3, alternatives=("worse",)))
    assert (unsure.meaning.intent, unsure.meaning.ask) == ("worse", True)
    assert decide(heard("better", alternatives=("less",))).meaning.intent == "better"


def test_a_negation_heard_beyond_doubt_is_not_asked_about() -> None:
    assert decide(heard("no worse", alternatives=("worse",))).meaning.intent == "same"
    doubtful = decide(heard("no worse", 0.7, alternatives=("worse",)))
    assert (doubtful.meaning.intent, doubtful.meaning.ask) == ("worse", True)


def test_no_cough_is_asked_about() -> None:
    assert decide(heard("[unk]", alternatives=("stop",))).verdict is Verdict.NOT_RECOGNIZED


def test_a_red_sign_is_taken_as_soon_as_it_is_stable() -> None:
    ear = hear(Ear(0), partial("stop", 1000), EN, ALL)
    assert early(ear, 1000 + STABLE - 1)[1] is None
    ear, decision = early(ear, 1000 + STABLE)
    assert decision is not None
    assert (decision.meaning.intent, decision.hypothesis.final) == ("stop", False)
    assert early(ear, 1000 + 2 * STABLE)[1] is None


def test_more_words_of_the_same_sign_do_not_start_it_anew() -> None:
    ear = hear(Ear(0), partial("stop", 1000), EN, ALL)
    ear = hear(ear, partial("stop now", 1000 + STABLE // 2), EN, ALL)
    assert early(ear, 1000 + STABLE)[1] is not None


def test_a_sign_that_goes_away_again_is_not_taken() -> None:
    ear = hear(Ear(0), partial("stop", 1000), EN, ALL)
    ear = hear(ear, partial("[unk]", 1500), EN, ALL)
    ear = hear(ear, partial("stop", 2000), EN, ALL)
    assert early(ear, 1000 + STABLE)[1] is None
    assert early(ear, 2000 + STABLE)[1] is not None


@pytest.mark.parametrize("text", ["better", "ready", "[unk]", ""])
def test_all_else_waits_for_the_final_result(text: str) -> None:
    ear = hear(Ear(0), partial(text, 1000), EN, ALL)
    assert early(ear, 10 * STABLE)[1] is None
    assert early(Ear(0), 10 * STABLE)[1] is None


def test_one_utterance_is_taken_once_unless_it_becomes_graver() -> None:
    ear, decision = early(hear(Ear(0), partial("ow", 1000), EN, ALL), 1000 + STABLE)
    assert decision is not None
    assert decide(heard("ow"), ear=ear).verdict is Verdict.IGNORE
    assert decide(heard("better"), ear=ear).verdict is Verdict.IGNORE
    graver = decide(heard("ow it's going down my leg"), ear=ear)
    assert (graver.verdict, graver.meaning.intent) == (Verdict.ACCEPT, "peripheralised")
    ear = hear(ear, partial("ow it's going down my leg", 2000 + STABLE), EN, ALL)
    again = early(ear, 2000 + 2 * STABLE)[1]
    assert again is not None
    assert again.meaning.intent == "peripheralised"


@pytest.mark.parametrize(
    ("first", "whole", "intent"),
    [
        ("it hurts", "it hurts to lie on my side", "cant_side"),
        ("it hurts", "it hurts less", "better"),
        ("worse", "no worse", "same"),
        ("it hurts", "it hurts", None),
        ("it hurts", "better", None),
    ],
)
def test_a_longer_phrase_refines_what_was_taken_early(first: str, whole: str, intent: str | None) -> None:
    ear, decision = early(hear(NEW, partial(first, 1000), EN, ALL), 1000 + STABLE)
    assert decision is not None
    last = decide(heard(whole), ear=ear)
    assert (last.meaning.intent if last.verdict is Verdict.ACCEPT else None) == intent
