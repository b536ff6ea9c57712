"""Accept, ask, or leave it: evidence and how much of it is enough (clinical.md V11 to V13)."""

from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hear.grammar.test_grammar import EN
from voice_coach.hear.asr.recognizer import NOTHING_EXPECTED, Expected, Hypothesis, Reading, Word
from voice_coach.hear.asr.vosk import EMBEDDED
from voice_coach.hear.decision.evidence import MAX_MARGIN, weighed
from voice_coach.hear.decision.policy import (
    MAX_WEIGHINGS,
    MIN_PAUSE_AFTER_BEGINNING,
    MIN_PAUSE_COUNTING,
    MIN_STABLE_UNWEIGHED,
    MIN_TRAILING_SILENCE,
    WEIGHING_INTERVAL,
    Decision,
    Ear,
    Verdict,
    early,
    hear,
    late,
    wants_weighing,
)
from voice_coach.hear.decision.situation import COUNTING, Situation, expected
from voice_coach.hear.decision.thresholds import Bar, OperatingPoint, Prior, load_point
from voice_coach.hear.grammar.grammar import UNKNOWN
from voice_coach.session.question_table import ACTIVE
from voice_coach.session.question_table import ASKED as ASKED_INTENTS
from voice_coach.timebase import Samples

POINT = OperatingPoint(
    red=Bar(-1, 0),
    ending=Bar(2, 1),
    speaking=Bar(5, 1),
    careful=Bar(2, 2),
    ordinary=Bar(0, 0.5),
    unexpected=1,
    doubt=1.5,
)
ALL = Situation("check", EN.intents - {"number", "place"}, POINT)
NEW = Ear(0)
COUNTS = replace(ALL, expecting=COUNTING)


def heard(text: str, margin: float | None = 9.0, *others: tuple[str, float]) -> Hypothesis:
    words = tuple(Word(word, i, i + 1, 1.0) for i, word in enumerate(text.split()))
    readings = tuple(Reading(other, less) for other, less in others)
    return Hypothesis(text, final=True, start=0, end=99, words=words, margin=margin, alternatives=readings)


def confident(text: str, confidence: float) -> Hypothesis:
    words = tuple(Word(word, i, i + 1, confidence) for i, word in enumerate(text.split()))
    return Hypothesis(text, final=True, start=0, end=99, words=words)


def partial(text: str, end: Samples) -> Hypothesis:
    return Hypothesis(text, final=False, start=0, end=end)


def so_far(text: str, margin: float, *others: tuple[str, float]) -> Hypothesis:
    return replace(heard(text, margin, *others), final=False)


def decide(hypothesis: Hypothesis, situation: Situation = ALL, ear: Ear = NEW) -> Decision:
    return late(ear, hypothesis, EN, situation)


def test_what_may_harm_and_what_nobody_asked_for_needs_more(subtests: pytest.Subtests) -> None:
    for text, margin, verdict in [
        ("stop", -0.9, Verdict.ACCEPT),
        ("stop", -1.1, Verdict.NOT_RECOGNIZED),
        ("worse", -0.9, Verdict.ACCEPT),
        ("better", 2.1, Verdict.ACCEPT),
        ("better", 1.9, Verdict.NOT_RECOGNIZED),
        ("left side", 1.9, Verdict.NOT_RECOGNIZED),
        ("same", 0.1, Verdict.ACCEPT),
        ("same", -0.1, Verdict.NOT_RECOGNIZED),
        ("continue", 2.9, Verdict.NOT_RECOGNIZED),  # nobody asked for it
        ("continue", 3.1, Verdict.ACCEPT),
        ("louder", 0.9, Verdict.NOT_RECOGNIZED),
        ("louder", 1.1, Verdict.ACCEPT),
        ("[unk]", 0.0, Verdict.NOT_RECOGNIZED),
        ("", 0.0, Verdict.IGNORE),
    ]:
        with subtests.test(text=text, margin=margin, verdict=verdict):
            assert decide(heard(text, margin)).verdict is verdict


def test_a_sign_may_need_more_than_a_bare_stop() -> None:
    stricter = replace(COUNTS, point=msgspec.structs.replace(POINT, sign=Bar(1, 0)))
    assert decide(heard("stop", -0.9), stricter).verdict is Verdict.ACCEPT
    assert decide(heard("it hurts", 0.9), stricter).verdict is Verdict.NOT_RECOGNIZED
    assert decide(heard("it hurts", 1.1), stricter).meaning.intent == "pain_cry"


def test_a_doubtful_sign_needs_as_much_while_a_question_is_open_but_not_while_it_counts() -> None:
    stricter = replace(ALL, point=msgspec.structs.replace(POINT, sign=Bar(1, 0)))
    doubtful = heard("[unk] my foot", 0.5)
    assert decide(doubtful, stricter).verdict is Verdict.NOT_RECOGNIZED
    counting = decide(doubtful, replace(stricter, expecting=COUNTING))
    assert (counting.meaning.intent, counting.meaning.ask) == ("peripheralised", True)


def test_a_sign_of_one_word_amid_others_waits_for_the_end_while_a_question_is_open() -> None:
    for text, taken in (("no or worse", False), ("worse", True), ("it's getting worse", True)):
        for situation in (ALL, COUNTS):
            ear = hear(NEW, so_far(text, 9), EN, situation)
            decision = early(ear, 2000, 0, situation)[1]
            assert (decision is not None) == (taken or situation is COUNTS)


def test_what_is_waited_for_needs_less() -> None:
    assert decide(heard("i'm ready", 0.5)).verdict is Verdict.NOT_RECOGNIZED
    assert decide(heard("i'm ready", 0.5), replace(ALL, expecting="ready")).verdict is Verdict.ACCEPT
    assert decide(heard("better", 2.5), COUNTS).verdict is Verdict.IGNORE
    assert decide(heard("better", 3.5), COUNTS).verdict is Verdict.ACCEPT


def test_it_is_weighed_against_whatever_else_it_may_have_been() -> None:
    assert decide(heard("better", 9, ("gone", 7.5))).verdict is Verdict.NOT_RECOGNIZED
    assert decide(heard("better", 9, ("gone", 6.5))).meaning.intent == "better"
    assert decide(heard("better", 9, ("a bit better", 8.9))).meaning.intent == "better"
    assert decide(heard("better", 9, ("[unk]", 7.5))).verdict is Verdict.NOT_RECOGNIZED
    assert decide(heard("better", 9, ("[unk]", 6.5))).meaning.intent == "better"


def test_what_sounds_alike_is_no_evidence_against_it() -> None:
    assert decide(heard("no", 4, ("know", 4))).confidence > 0.9
    assert decide(heard("know", 4, ("no", 3.9))).meaning.intent == "no"
    assert decide(heard("no", 4, ("now", 4))).confidence == 0.5


OPEN = msgspec.structs.replace(POINT, prior=(Prior("all", ("check", "ready"), repeats=9, bonus=2.0),))
ASKED = replace(ALL, point=OPEN)


def test_an_answer_to_the_question_gains_its_bonus_and_nothing_else_does() -> None:
    assert weighed(heard("better", 3), EN, ASKED).unknown == weighed(heard("better", 3), EN, ALL).unknown + 2
    assert weighed(heard("stop", 3), EN, ASKED).unknown == weighed(heard("stop", 3), EN, ALL).unknown
    assert weighed(heard("louder", 3), EN, ASKED).unknown == weighed(heard("louder", 3), EN, ALL).unknown
    assert weighed(heard("[unk]", 0, ("better", -1)), EN, ASKED).meaning.intent == "better"


def test_a_whole_phrase_counts_more_than_one_among_other_words() -> None:
    decision = decide(heard("yes but right", 4, ("that's it", 3.5)), ASKED)
    assert decision.hypothesis.text == "that's it"
    found = weighed(heard("left stop", 5, ("left side", 4)), EN, ASKED)
    assert found.meaning.intent == "side_left"
    assert found.other_red is not None
    assert found.other_red_behind <= OPEN.doubt  # "stop" is among its words: it is asked about
    assert weighed(heard("left stop", 5, ("left side", 4)), EN, ALL).meaning.red


def test_a_reading_that_must_be_asked_about_gains_nothing() -> None:
    assert weighed(heard("gone", 3), EN, ASKED).unknown == weighed(heard("gone", 3), EN, ALL).unknown


def test_the_readings_come_in_the_order_of_what_they_are_worth_now() -> None:
    start = replace(ASKED, expecting="ready", active=ACTIVE["ready"])
    found = decide(heard("let's stop", 5, ("let's start", 4.5)), replace(start, point=POINT))
    assert (found.meaning.intent, found.meaning.ask) == ("stop", False)
    found = decide(heard("let's stop", 5, ("let's start", 4.5)), start)
    assert (found.meaning.intent, found.meaning.ask) == ("stop", True)  # too close: it is asked about
    found = decide(heard("let's start", 5, ("let's stop", 1)), start)
    assert (found.meaning.intent, found.meaning.ask) == ("ready_next", False)


@pytest.mark.parametrize(
    ("question", "best", "other", "intent"),
    [
        ("go_on", "go on then", "go on", "agrees"),
        ("ready", "okay ready", "yes", "ready_next"),
        ("side_sure", "that is correct", "yes", "confirms"),
        ("side", "just the right", "right", "side_right"),
    ],
)
def test_what_would_be_answered_alike_is_no_rival(question: str, best: str, other: str, intent: str) -> None:
    asked = Situation(question, ACTIVE[question], POINT)
    found = weighed(heard(best, 6, (other, 5.9)), EN, asked)
    assert (found.meaning.intent, found.rival) == (intent, MAX_MARGIN)
    assert weighed(heard(best, 6, ("stop", 5.9)), EN, asked).rival == pytest.approx(0.1)


def test_a_reason_to_stop_needs_no_more_than_if_nothing_had_been_asked() -> None:
    gained = OPEN.prior[0].decoded
    for open_question, blind in (
        (heard("up", 6 + gained, ("stop", 5)), heard("up", 6, ("stop", 5))),
        (heard("stop", 12, ("same", 7 + gained)), heard("stop", 12, ("same", 7))),
    ):
        found, as_blind = weighed(open_question, EN, ASKED), weighed(blind, EN, ALL)
        assert found.meaning.intent == as_blind.meaning.intent == "stop"
        assert found.unknown == pytest.approx(as_blind.unknown)
        assert found.rival == pytest.approx(as_blind.rival)


def test_however_strongly_an_answer_is_expected_it_hides_no_reason_to_stop(subtests: pytest.Subtests) -> None:
    """One that would be taken with no question open is at least asked about."""
    for repeats in [1, 10, 100]:
        for bonus in [0.0, 2.0, 15.0]:
            for expecting in ["ready", "check", "screen_1"]:
                with subtests.test(repeats=repeats, bonus=bonus, expecting=expecting):
                    prior = Prior("all", (expecting,), repeats, bonus)
                    point = msgspec.structs.replace(POINT, prior=(prior,), doubt=1.0)
                    asked = Situation(expecting, ACTIVE[expecting], point)
                    asked = replace(asked, heard_with=expected(EN, asked))
                    for answer in (
                        ("ready", "yes")
                        if expecting == "ready"
                        else ("better", "same")
                        if expecting == "check"
                        else ("no",)
                    ):
                        found = decide(heard(answer, 5 + prior.decoded, ("stop", 5.1)), asked)
                        assert found.meaning.intent == "stop"
                        further = decide(heard(answer, 5 + prior.decoded, ("stop", 3.9)), asked)
                        assert further.meaning.intent != "stop"


def test_while_it_counts_nothing_is_expected() -> None:
    priors = (Prior("all", (COUNTING, "nothing"), repeats=9, bonus=2.0),)
    for name in (COUNTING, "nothing"):
        blind = replace(ALL, expecting=name)
        there = replace(blind, point=msgspec.structs.replace(POINT, prior=priors))
        assert expected(EN, there) == NOTHING_EXPECTED
        for hypothesis in (heard("better", 3), heard("stop", 1, ("same", 1.5)), heard("[unk]", 0, ("yes", -1))):
            assert weighed(hypothesis, EN, there) == weighed(hypothesis, EN, blind)


def test_what_is_expected_is_what_the_question_asks_for() -> None:
    assert expected(EN, replace(ASKED, active=ACTIVE["check"])) == Expected(ASKED_INTENTS["check"], 9)
    ready = expected(EN, Situation("ready", ACTIVE["ready"], OPEN))
    assert ready.intents == {"ready_next", "yes"}
    assert expected(EN, Situation("paused", ACTIVE["paused"], OPEN)) == NOTHING_EXPECTED
    assert expected(EN, Situation("check", frozenset(), OPEN)) == NOTHING_EXPECTED


def test_a_stop_outlives_the_question_that_made_the_decoder_prefer_answers(subtests: pytest.Subtests) -> None:
    for now in ["ready", COUNTING, "nothing", "check"]:
        for other in ["up", "yeah"]:
            with subtests.test(now=now, other=other):
                begun = expected(EN, Situation("ready", ACTIVE["ready"], load_point(EMBEDDED)))
                since = Situation(now, ACTIVE[now], load_point(EMBEDDED), begun)
                decision = decide(heard(other, 3.9, ("stop", 3.0)), since)
                assert decision.verdict is Verdict.ACCEPT
                assert decision.meaning.intent == "stop"


def test_a_command_may_stand_behind_the_first_reading() -> None:
    decision = decide(heard("[unk]", 0.0, ("please stop", -0.5)))
    assert (decision.verdict, decision.meaning.intent) == (Verdict.ACCEPT, "stop")
    assert decision.hypothesis.text == "please stop"
    assert decide(heard("[unk]", 0.0, ("stop", -2.0))).verdict is Verdict.NOT_RECOGNIZED
    assert decide(heard("", 0.0, ("same", -2.0))).verdict is Verdict.IGNORE


def test_confidence_is_a_half_where_another_reading_is_as_likely() -> None:
    assert decide(heard("same", 4, ("better", 4))).confidence == 0.5
    assert decide(heard("same", 9)).confidence > 0.99
    assert decide(heard("[unk]", 0)).confidence < 0.01


@pytest.mark.parametrize(
    ("text", "confidence", "verdict"),
    [
        ("worse", 0.1, Verdict.ACCEPT),
        ("same", 0.7, Verdict.ACCEPT),
        ("same", 0.4, Verdict.NOT_RECOGNIZED),
        ("better", 0.9, Verdict.ACCEPT),
        ("better", 0.7, Verdict.NOT_RECOGNIZED),
    ],
)
def test_an_engine_may_give_confidences_only(text: str, confidence: float, verdict: Verdict) -> None:
    assert decide(confident(text, confidence)).verdict is verdict


def test_a_groan_is_passed_over_while_counting_and_talk_that_matches_nothing_is_told() -> None:
    assert decide(heard("[unk]", 0), COUNTS).verdict is Verdict.IGNORE
    assert decide(heard("[unk] [unk]", 0), COUNTS).verdict is Verdict.NOT_RECOGNIZED
    assert decide(heard("ready", 0.2), COUNTS).verdict is Verdict.IGNORE
    assert decide(heard("stop"), COUNTS).verdict is Verdict.ACCEPT


def test_an_intent_that_is_not_active_is_not_recognized() -> None:
    assert decide(heard("left side"), Situation("ready", frozenset())).verdict is Verdict.NOT_RECOGNIZED


def test_a_red_sign_in_another_reading_is_asked_about() -> None:
    decision = decide(heard("better", 9, ("worse", 7.6)))
    assert decision.verdict is Verdict.ACCEPT
    assert (decision.meaning.intent, decision.meaning.ask) == ("worse", True)
    unsure = decide(heard("better", 0.3, ("worse", -1)))
    assert (unsure.meaning.intent, unsure.meaning.ask) == ("worse", True)
    assert decide(heard("better", 9, ("worse", 6))).meaning.intent == "better"


def test_a_negation_heard_beyond_doubt_is_not_asked_about() -> None:
    assert decide(heard("no worse", 9, ("worse", 2))).meaning.intent == "same"
    doubtful = decide(heard("no worse", 9, ("worse", 8)))
    assert (doubtful.meaning.intent, doubtful.meaning.ask) == ("worse", True)


@pytest.mark.parametrize(
    ("reading", "vague"),
    [("same stop", True), ("yes up calf", True), ("numbness", True), ("stop", False), ("it's getting worse", False)],
)
def test_a_single_word_a_hint_or_a_doubt_in_another_reading_must_be_as_likely_to_be_asked_about(
    reading: str, *, vague: bool
) -> None:
    behind, close = decide(heard("same", 5, (reading, 4.4))), decide(heard("same", 5, (reading, 4.6)))
    assert behind.meaning.red is not vague
    assert close.meaning.red is not vague
    if vague:
        assert behind.meaning.intent == "same"
        assert close.verdict is Verdict.NOT_RECOGNIZED  # so the question is asked again
    assert decide(heard("same", 5, (reading, 5.0))).meaning.red


def test_no_cough_is_asked_about() -> None:
    assert decide(heard("[unk]", 0, ("better", -1.2), ("worse", -1.3))).verdict is Verdict.NOT_RECOGNIZED


def test_a_red_sign_is_taken_while_it_is_said_or_as_soon_as_the_voice_falls_silent() -> None:
    ear = hear(hear(NEW, partial("stop", 1000), EN, ALL), so_far("stop", 3), EN, ALL)
    assert early(ear, 1500, 0, ALL)[1] is None
    ear, decision = early(ear, 1500, 1, ALL)
    assert decision is not None
    assert (decision.meaning.intent, decision.hypothesis.final) == ("stop", False)
    assert early(ear, 2000, 500, ALL)[1] is None
    loud = hear(NEW, so_far("stop", 6), EN, ALL)
    assert early(loud, 1500, 0, ALL)[1] is not None
    rivalled = hear(NEW, so_far("stop", 6, ("on", 5.5)), EN, ALL)
    assert early(rivalled, 1500, 500, ALL)[1] is None


def test_what_nothing_weighs_is_taken_when_it_is_stable() -> None:
    ear = hear(NEW, partial("stop", 1000), EN, ALL)
    assert early(ear, 1000 + MIN_STABLE_UNWEIGHED - 1, 0, ALL)[1] is None
    ear, decision = early(ear, 1000 + MIN_STABLE_UNWEIGHED, 0, ALL)
    assert decision is not None
    assert (decision.meaning.intent, decision.hypothesis.final) == ("stop", False)
    assert early(ear, 1000 + 2 * MIN_STABLE_UNWEIGHED, 0, ALL)[1] is None


def test_more_words_of_the_same_sign_do_not_start_it_anew() -> None:
    ear = hear(NEW, partial("stop", 1000), EN, ALL)
    ear = hear(ear, partial("stop now", 1000 + MIN_STABLE_UNWEIGHED // 2), EN, ALL)
    assert early(ear, 1000 + MIN_STABLE_UNWEIGHED, 0, ALL)[1] is not None


def test_a_sign_that_goes_away_again_is_not_taken() -> None:
    ear = hear(NEW, partial("stop", 1000), EN, ALL)
    ear = hear(ear, so_far("stop", 4), EN, ALL)
    ear = hear(ear, partial("[unk]", 1500), EN, ALL)
    assert early(ear, 1600, 100, ALL)[1] is None
    ear = hear(ear, partial("stop", 2000), EN, ALL)
    assert early(ear, 1000 + MIN_STABLE_UNWEIGHED, 0, ALL)[1] is None
    assert early(ear, 2000 + MIN_STABLE_UNWEIGHED, 0, ALL)[1] is not None


def test_what_may_stop_is_weighed_again_and_again_but_not_for_ever() -> None:
    ear = hear(NEW, partial("stop", 1000), EN, ALL)
    asked = []
    for at in range(1000, 1000 + 30 * WEIGHING_INTERVAL, WEIGHING_INTERVAL // 2):
        ear, wanted = wants_weighing(ear, at, 0, EN, ALL)
        asked.append(wanted)
    assert asked[:4] == [True, False, True, False]
    assert sum(asked) == MAX_WEIGHINGS
    ear = hear(ear, partial("worse", 40_000), EN, ALL)
    assert wants_weighing(ear, 40_000, 0, EN, ALL)[1]
    assert not wants_weighing(NEW, 1000, 0, EN, ALL)[1]


SIDE = Situation("side", frozenset({"side_left", "side_right", "yes", "no"}), POINT)


def test_a_whole_answer_is_taken_once_the_voice_falls_silent(subtests: pytest.Subtests) -> None:
    for text, situation, taken in [
        ("left side", SIDE, True),
        ("left", SIDE, True),  # and "left side" says no more
        ("yes", SIDE, True),
        ("no", SIDE, True),  # "no more" would stop, and is taken when it comes
        ("no", ALL, False),  # it may become "no better"
        ("[unk] left", SIDE, False),
        ("left", Situation("ready", frozenset(), POINT), False),
        ("four", replace(ALL, active=EN.intents), False),  # and a half?
        ("gone", ALL, False),  # it is asked about
        ("louder", ALL, False),
    ]:
        with subtests.test(text=text, situation=situation, taken=taken):
            ear = hear(NEW, partial(text, 1000), EN, situation)
            assert not wants_weighing(ear, 1000, MIN_TRAILING_SILENCE - 1, EN, situation)[1]
            assert wants_weighing(ear, 1000, MIN_TRAILING_SILENCE, EN, situation)[1] == taken
            ear = hear(ear, so_far(text, 9), EN, situation)
            assert early(ear, 1000, MIN_TRAILING_SILENCE - 1, situation)[1] is None
            assert (early(ear, 1000, MIN_TRAILING_SILENCE, situation)[1] is not None) == taken
            assert early(hear(ear, so_far(text, -0.5), EN, situation), 1000, MIN_TRAILING_SILENCE, situation)[1] is None


def test_an_answer_that_may_be_a_red_sign_waits_for_the_end() -> None:
    ear = hear(NEW, so_far("same", 9, ("worse", 8)), EN, ALL)
    assert early(ear, 1000, MIN_TRAILING_SILENCE, ALL)[1] is None


def test_one_utterance_is_taken_once_unless_it_becomes_graver() -> None:
    ear, decision = early(hear(NEW, so_far("ow", 9), EN, ALL), 1000, 0, ALL)
    assert decision is not None
    assert decide(heard("ow"), ear=ear).verdict is Verdict.IGNORE
    assert decide(heard("better"), ear=ear).verdict is Verdict.IGNORE
    graver = decide(heard("ow it's going down my leg"), ear=ear)
    assert (graver.verdict, graver.meaning.intent) == (Verdict.ACCEPT, "peripheralised")
    ear = hear(ear, so_far("ow it's going down my leg", 9), EN, ALL)
    again = early(ear, 2000, 0, ALL)[1]
    assert again is not None
    assert again.meaning.intent == "peripheralised"


def test_a_reason_to_stop_behind_an_answer_is_taken_too() -> None:
    ear, decision = early(hear(NEW, so_far("yes", 9), EN, SIDE), 1000, MIN_TRAILING_SILENCE, SIDE)
    assert decision is not None
    last = decide(heard("yes it's worse"), SIDE, ear)
    assert (last.verdict, last.meaning.intent) == (Verdict.ACCEPT, "worse")


def test_a_longer_phrase_refines_what_was_taken_early(subtests: pytest.Subtests) -> None:
    for first, whole, intent in [
        ("it hurts", "it hurts to lie on my side", "cant_side"),
        ("it hurts", "it hurts less", "better"),
        ("worse", "no worse", "same"),
        ("it hurts", "it hurts", None),
        ("stop", "stop stop", None),
        ("stop", "stop stop stop", None),
        ("it hurts", "better", None),
    ]:
        with subtests.test(first=first, whole=whole, intent=intent):
            ear, decision = early(hear(NEW, so_far(first, 9), EN, ALL), 1000, MIN_PAUSE_AFTER_BEGINNING, ALL)
            assert decision is not None
            last = decide(heard(whole), ear=ear)
            assert (last.meaning.intent if last.verdict is Verdict.ACCEPT else None) == intent


def test_it_hurts_less_is_not_taken_for_a_sign_at_its_first_half_while_it_counts() -> None:
    counts = Situation(COUNTING, ACTIVE[COUNTING], POINT)
    for first in ("it hurts", "my leg hurts", "it hurt", "that hurts", "it hurts a lot"):
        ear = hear(NEW, so_far(first, 9), EN, counts)
        assert early(ear, 1000, MIN_PAUSE_COUNTING - 1, counts)[1] is None, first
        ear, decision = early(ear, 1000, MIN_PAUSE_COUNTING, counts)
        assert decision is not None
        assert decision.meaning.red
    whole = hear(NEW, so_far("it hurts less than before", 9), EN, counts)
    assert early(whole, 2000, MIN_PAUSE_COUNTING, counts)[1] is None
    assert late(whole, heard("it hurts less than before"), EN, counts).meaning.intent == "better"


@pytest.mark.parametrize(
    "text",
    ["it's going down my leg", "worse", "it's getting worse", "my foot is numb", "stop", "ow", "i can't breathe"],
)
def test_a_sign_that_nothing_makes_good_waits_for_no_pause_while_it_counts(text: str) -> None:
    counts = Situation(COUNTING, ACTIVE[COUNTING], POINT)
    decision = early(hear(NEW, so_far(text, 9), EN, counts), 1000, 0, counts)[1]
    assert decision is not None
    assert decision.meaning.red


def test_how_much_longer_is_waited_for_while_resting() -> None:
    resting = Situation("resting", ACTIVE["resting"], load_point(EMBEDDED))
    asleep = replace(resting, expecting="nothing")
    for text in ("how much longer", "can i get up", "are you there"):
        assert weighed(heard(text, 3), EN, resting).unknown > weighed(heard(text, 3), EN, asleep).unknown
    for text in ("stop", "louder"):
        assert weighed(heard(text, 3), EN, resting).unknown == weighed(heard(text, 3), EN, asleep).unknown


TEXTS = st.sampled_from(
    ["stop", "worse", "better", "no worse", "left", "continue", "[unk]", "", "my leg is numb", "yes"]
)
MARGINS = st.floats(-MAX_MARGIN, MAX_MARGIN)
READINGS = st.lists(st.tuples(TEXTS, MARGINS), min_size=1, max_size=5).map(
    lambda found: sorted(found, key=lambda reading: -reading[1])
)


def test_the_further_words_of_a_phrase_count() -> None:
    """Not those beside it, and not against another meaning."""
    lenient = replace(ALL, point=msgspec.structs.replace(POINT, word=3.0))
    assert decide(heard("my leg is numb", -4.0)).verdict is not Verdict.ACCEPT
    assert decide(heard("my leg is numb", -4.0), lenient).verdict is Verdict.ACCEPT
    assert decide(heard("[unk] [unk] stop", -4.0), lenient).verdict is not Verdict.ACCEPT
    one, two = ("no", 2.0), ("no worse", 1.0)
    assert weighed(heard(*one, two), EN, lenient).heard.text == "no"


def test_all_words_of_an_answer_count_if_nothing_else_is_said() -> None:
    lenient = replace(ALL, point=msgspec.structs.replace(POINT, word=3.0))
    assert decide(heard("better i think", -3.0)).verdict is not Verdict.ACCEPT
    assert decide(heard("better i think", -3.0), lenient).verdict is Verdict.ACCEPT
    assert decide(heard("better [unk] think", -3.0), lenient).verdict is not Verdict.ACCEPT
    assert decide(heard("i think stop", -3.0), lenient).verdict is not Verdict.ACCEPT  # more words are no more a "stop"


@given(READINGS, st.sampled_from(["check", "side", COUNTING, "nothing", "ready", ""]), st.floats(0, 10))
def test_more_evidence_never_makes_an_acceptance_unmade(
    readings: list[tuple[str, float]], expecting: str, more: float
) -> None:
    situation = replace(ALL, expecting=expecting)
    (text, margin), *others = readings
    if decide(heard(text, margin, *others), situation).verdict is not Verdict.ACCEPT:
        return
    surer = heard(text, margin + more, *((other, less + more) for other, less in others))
    if weighed(surer, EN, situation).unknown >= weighed(heard(text, margin, *others), EN, situation).unknown:
        assert decide(surer, situation).verdict is Verdict.ACCEPT


@given(READINGS, st.sampled_from(["check", "side", COUNTING, "nothing", "ready", ""]))
def test_a_red_first_reading_needs_no_more_than_any_other(readings: list[tuple[str, float]], expecting: str) -> None:
    situation = replace(ALL, expecting=expecting)
    (_, margin), *others = readings
    for harmless in ("better", "yes", "continue"):
        if decide(heard(harmless, margin, *others), situation).meaning.intent == "yes":
            red = decide(heard("stop", margin, *others), situation)
            assert red.meaning.red or red.meaning.ask


@pytest.mark.parametrize(
    ("text", "margin", "asked"),
    [
        ("next stop", 4.0, True),
        ("next stop", 9.0, False),
        ("[unk] stop", 4.0, True),
        ("stop", 4.0, False),
        ("please stop", 4.0, False),
        ("so my leg is numb", 4.0, False),
    ],
)
def test_a_bare_stop_amid_other_words_is_asked_about_unless_it_is_beyond_doubt(
    text: str, margin: float, *, asked: bool
) -> None:
    asking = replace(ALL, expecting="ready", active=ACTIVE["ready"])
    decision = decide(heard(text, margin), asking)
    assert decision.meaning.red
    assert decision.meaning.ask is asked


def test_a_bare_stop_amid_other_words_is_taken_at_once_while_it_counts() -> None:
    assert not decide(heard("ready for the next stop", 4.0), COUNTS).meaning.ask


def test_a_sign_that_an_answer_may_begin_with_waits_for_a_pause() -> None:
    asking = replace(ALL, expecting="side", active=ACTIVE["side"])
    found = replace(NEW, evidence=weighed(so_far("it hurts", 9.0), EN, asking))
    assert early(found, 99, MIN_TRAILING_SILENCE, asking)[1] is None
    taken = early(found, 99, MIN_PAUSE_AFTER_BEGINNING, asking)[1]
    assert taken is not None
    assert taken.meaning.intent == "pain_cry"
    found = replace(NEW, evidence=weighed(so_far("it hurts", 9.0), EN, COUNTS))
    assert early(found, 99, MIN_PAUSE_COUNTING, COUNTS)[1] is not None


def test_words_that_hint_at_a_sign_are_asked_about_while_it_counts() -> None:
    said = decide(heard("[unk] my foot", 0.1), COUNTS)
    assert (said.verdict, said.meaning.red, said.meaning.ask) == (Verdict.ACCEPT, True, True)


def test_a_bare_sign_among_unknown_words_needs_no_more_while_it_counts() -> None:
    worse = decide(heard("[unk] worse", 0.5), COUNTS)
    assert (worse.verdict, worse.meaning.intent) == (Verdict.ACCEPT, "worse")
    assert not worse.meaning.hint


def test_a_jumble_of_words_must_be_surer(subtests: pytest.Subtests) -> None:
    """Talk that has nothing to do with the coach is taken for words that nobody puts side by side."""
    strict = msgspec.structs.replace(POINT, jumble=3.0)
    for text, verdict in [
        ("it's going down my leg", Verdict.ACCEPT),
        ("please the numb what see", Verdict.NOT_RECOGNIZED),
        ("stop", Verdict.ACCEPT),
    ]:
        with subtests.test(text=text):
            assert decide(heard(text, 5.0), COUNTS).verdict is Verdict.ACCEPT
            assert decide(heard(text, 5.0), replace(COUNTS, point=strict)).verdict is verdict


def test_the_more_unknown_speech_the_surer_a_word_in_it_must_be(subtests: pytest.Subtests) -> None:
    """Not where the coach would only ask whether it was a sign."""
    strict = replace(COUNTS, point=msgspec.structs.replace(POINT, stray=6.0))
    for word, seconds, verdict in [
        ("louder", 0.5, Verdict.ACCEPT),
        ("louder", 2.0, Verdict.NOT_RECOGNIZED),
        ("worse", 2.0, Verdict.ACCEPT),
    ]:
        with subtests.test(word=word, seconds=seconds):
            length = int(16_000 * seconds)
            words = (Word(UNKNOWN, 0, length, 1.0), Word(word, length, length + 8_000, 1.0))
            said = replace(heard(f"[unk] {word}", 5.0), words=words)
            assert decide(said, COUNTS).verdict is Verdict.ACCEPT
            assert decide(said, strict).verdict is verdict
            assert decide(said, strict).meaning.ask is (word == "worse")


def test_a_sign_may_be_told_in_words_that_stand_side_by_side_nowhere_else() -> None:
    strict = replace(COUNTS, point=msgspec.structs.replace(POINT, jumble=9.0))
    for text, breaks, verdict in (
        ("hurts more now", 1, Verdict.ACCEPT),
        ("i'm getting pins and needles", 2, Verdict.NOT_RECOGNIZED),
    ):
        assert EN.breaks(text) == breaks
        assert decide(heard(text, 5.0), COUNTS).verdict is Verdict.ACCEPT
        assert decide(heard(text, 5.0), strict).verdict is verdict


def test_while_a_question_is_open_less_is_held_against_what_is_said() -> None:
    said = heard("please the same what see", 4.0)
    for share, verdict in ((1.0, Verdict.NOT_RECOGNIZED), (0.1, Verdict.ACCEPT)):
        point = msgspec.structs.replace(POINT, jumble=3.0, asked=share)
        assert decide(said, replace(ALL, point=point)).verdict is verdict
