"""The first run: stop, repeat, help and worse are tried once each, and nothing of it is taken for real or kept."""

import pytest

from voice_coach.clinical.past import Past
from voice_coach.records import Answered, Paused, Stopped
from voice_coach.session.opening import PRACTICE_WORDS
from voice_coach.session.states import Done, Ending
from voice_coach.testing import Conversation


def at(word: str) -> Conversation:
    """Return a first run that has just asked for this word."""
    talk = Conversation(first_run=True, past=Past(practice=True)).answers("yes")
    for earlier in PRACTICE_WORDS[: PRACTICE_WORDS.index(word)]:
        talk.answers(earlier)
    return talk.until(lambda state: not getattr(state, "token", 0))


def test_each_word_is_said_once_and_the_session_goes_on() -> None:
    talk = at("stop")
    assert talk.lines(since=0)[-1].text == "Please say stop."
    assert talk.says("stop").said == "I heard that. To hear something again, say repeat."
    assert talk.answers("repeat").said == "I heard that. When you're stuck, say help."
    assert talk.answers("help").said == "I heard that. Last one: say worse."
    assert talk.answers("worse").heard("Lovely, I heard them all. From now on, I'll act on each one.")
    assert talk.question == "side"
    assert talk.goes_on_until(Done).outcome == "completed"


def test_the_first_run_says_stop_at_any_time_and_only_the_first_run_practises() -> None:
    said = Conversation(first_run=True, past=Past(practice=True)).said
    assert "Say stop at any time." in said
    assert Conversation().question == "side"


def test_nothing_of_it_is_kept() -> None:
    talk = at("worse").says("worse")
    assert [record for record in talk.records if not isinstance(record, Answered)] == []
    assert [record.question for record in talk.records if isinstance(record, Answered)] == ["acknowledge"]
    facts = talk.state.facts
    assert (facts.findings.red, facts.findings.alarmed, facts.progress.outcome) == (None, False, "completed")


@pytest.mark.parametrize("word", PRACTICE_WORDS)
def test_the_word_is_practice_once(word: str) -> None:
    talk = at(word).says(word)
    assert not talk.question.endswith(word)
    talk.says(word)
    real = {"stop": "go_on", "worse": "doubt_worse"}  # before the first repetition a red sign is asked about
    assert talk.question == real.get(word, talk.question)
    assert not talk.question.startswith("practice") or word in {"repeat", "help"}


def test_any_other_red_wording_is_real(subtests: pytest.Subtests) -> None:
    for word in PRACTICE_WORDS:
        for red in ["it's worse", "worse worse", "it's down my leg", "my leg is numb", "I have chest pain"]:
            with subtests.test(word=word, red=red):
                talk = at(word).says(red)
                signs = [record for record in talk.records if isinstance(record, Stopped) and record.red]
                assert signs or talk.question.startswith("doubt_")


@pytest.mark.parametrize(("word", "said"), [("repeat", "stop"), ("help", "stop"), ("worse", "stop"), ("stop", "worse")])
def test_a_word_that_was_not_asked_for_is_real(word: str, said: str) -> None:
    talk = at(word).says(said)
    assert talk.question == {"stop": "go_on", "worse": "doubt_worse"}[said]


@pytest.mark.parametrize("word", PRACTICE_WORDS)
def test_pause_rests_and_comes_back_to_the_same_word(word: str) -> None:
    talk = at(word).says("pause")
    assert isinstance(talk.records[-1], Paused)
    assert talk.says("resume").question == f"practice_{word}"


def test_skip_goes_on(subtests: pytest.Subtests) -> None:
    for word in PRACTICE_WORDS:
        for leaves in ["skip", "skip it", "no", "I don't know", "next"]:
            with subtests.test(word=word, leaves=leaves):
                talk = at(word).says(leaves)
                assert talk.heard("That's fine. The words work all the time.")
                assert talk.question == "side"


def test_two_misses_go_on(subtests: pytest.Subtests) -> None:
    for word in PRACTICE_WORDS:
        for miss in ["", "brm flom"]:
            with subtests.test(word=word, miss=miss):
                talk = at(word)
                for expected in (f"practice_{word}", "side"):
                    talk.until(lambda state: not getattr(state, "token", 0))
                    if miss:
                        talk.says(miss)
                    else:
                        talk.wait(8.1)
                    assert talk.question == expected
                assert not any("practice" in record.question for record in talk.records if isinstance(record, Answered))


@pytest.mark.parametrize("question", ["acknowledge", "sound_check", "side"])
def test_skip_is_never_a_yes(question: str) -> None:
    talk = Conversation(first_run=True, past=Past(practice=True)).goes_on_until(question)
    assert talk.answers("skip it").question == question


def test_finish_ends_the_session() -> None:
    talk = at("help").says("finish")
    assert isinstance(talk.state, Ending)
