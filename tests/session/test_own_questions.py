"""What speaks against one exercise beside what everybody is asked: the questions of its own file."""

import pytest

from tests.session.arrivals import ASKING, SCREENING
from tests.session.life import DAY, Life
from voice_coach.clinical.past import Lock, Past
from voice_coach.events import Intent
from voice_coach.records import Answered
from voice_coach.session.states import Done
from voice_coach.testing import Conversation


def asked(talk: Conversation) -> list[tuple[str, str | float | None]]:
    """Return what was answered to the exercise's own questions, and what follows from them."""
    found = [record for record in talk.records if isinstance(record, Answered)]
    return [(one.question, one.value) for one in found if one.question.startswith(("own_", "screen_told"))]


def test_they_are_asked_one_at_a_time_behind_the_screening_and_before_all_else() -> None:
    talk = Conversation(exercise=ASKING, past=SCREENING).goes_on_until("own")
    assert talk.answer_to("screening") == "clear"
    assert talk.heard("Is a wrist broken? Yes or no?")
    assert talk.answers("no").heard("Did you faint today? Yes or no?")
    assert talk.answers("no").question == "side"
    assert asked(talk) == [("own_wrist", "no"), ("own_faint", "no")]


def test_what_a_professional_must_know_first_begins_only_where_one_does() -> None:
    talk = Conversation(exercise=ASKING).answers("yes")
    assert talk.question == "screen_told"
    agreed = talk.copy().answers("yes")
    assert agreed.heard("Did you faint today?")
    assert asked(agreed) == [("own_wrist", "yes"), ("screen_told", "yes"), ("own_wrist", "told")]
    refused = talk.answers("no").until(Done)
    assert refused.outcome == "cannot_start"


def test_an_emergency_is_one_whichever_file_asks_about_it() -> None:
    life = Life()
    life.lives(Conversation(exercise=ASKING).answers("no").answers("yes").until(Done))
    assert life.past().lock == Lock("emergency", 1, 1, 1)


@pytest.mark.parametrize("said", ["brm", "maybe", ""])
def test_nothing_but_a_plain_answer_passes(said: str) -> None:
    talk = Conversation(exercise=ASKING)
    for _ in range(3):
        if said and not isinstance(talk.state, Done):
            talk.answers(said)
    assert talk.until(Done).outcome == "no_answer"
    assert talk.means("yes").outcome == "no_answer"


def test_it_is_asked_again_in_its_other_words() -> None:
    talk = Conversation(exercise=ASKING)
    assert talk.says("help").heard("A bone of the hand, not healed yet. Please say yes or no.")
    assert talk.answers("brm").heard("Sorry? A bone of the hand, not healed yet. Please say yes or no.")
    assert talk.answers("brm").heard("A bone of the hand, not healed yet. Say yes if that's true.")


def test_a_doubtful_no_is_none() -> None:
    talk = Conversation(exercise=ASKING).until(lambda state: not getattr(state, "token", 0))
    talk.event(Intent(talk.now, "no", "no", ask=True))
    assert talk.question == "own"
    assert asked(talk) == []


def test_what_is_settled_is_not_asked_again_until_everything_is() -> None:
    life = Life(screening=True)
    life.lives(Conversation(exercise=ASKING, past=SCREENING).goes_on_until("side", own="no").is_interrupted())
    past = life.past()
    assert past.settled == {"wrist", "faint"}
    assert past.screening == "daily"
    usual = Conversation(exercise=ASKING, past=past).answers("no")
    assert usual.question == "side"
    news = Conversation(exercise=ASKING, past=past).answers("yes").goes_on_until("own")
    assert news.heard("Is a wrist broken?")
    life.lives(news.is_interrupted())
    assert life.past().settled == frozenset()


def test_they_are_settled_for_this_exercise_alone_and_by_its_last_answer() -> None:
    life = Life()
    life.lives(Conversation(exercise=ASKING).answers("no").answers("no").is_interrupted())
    assert life.past(exercise="another").settled == frozenset()
    life.lives(
        Conversation(exercise=ASKING, past=Past(settled=frozenset({"faint"}))).answers("yes").is_interrupted(), day=DAY
    )
    assert life.past().settled == {"faint"}
    assert Conversation(exercise=ASKING, past=life.past()).heard("Is a wrist broken?")
