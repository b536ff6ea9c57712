"""What is understood in every state: louder, help, repeat, how many, pause, slower (V18, V21, V23)."""

import pytest

from tests.session.arrivals import ARRIVE
from voice_coach.actions import DEFAULT_PACE, PACES, Hush, Say, SetPace, SetVolume
from voice_coach.records import Adjusted
from voice_coach.session.intents import UNIVERSAL
from voice_coach.session.question_table import ACTIVE
from voice_coach.session.states import Asking, Done, Ending, Instructing, Paused, Performing
from voice_coach.testing import Conversation, at_step, counting

COMMANDS = {
    "stop": "stop",
    "pause": "pause",
    "resume": "resume",
    "repeat": "say that again",
    "help": "help",
    "ready_next": "next",
    "louder": "louder",
    "quieter": "quieter",
    "slower": "slower",
    "faster": "faster",
    "voice_slower": "speak slower",
    "voice_faster": "talk faster",
    "another_voice": "another voice",
    "how_many_left": "how many left",
    "finish": "finish",
}


def answered(talk: Conversation) -> bool:
    """Return whether the person notices at once that they were heard."""
    return bool(talk.lines() or talk.earcons() or isinstance(talk.state, Done))


@pytest.mark.parametrize("state", ARRIVE)
def test_every_command_is_heard_in_every_state(state: str, subtests: pytest.Subtests) -> None:
    for command, words in COMMANDS.items():
        with subtests.test(command=command):
            talk = ARRIVE[state]().wait(0.1).says(words)
            nothing_to_do = isinstance(talk.state, Ending) and command in {"pause", "resume", "ready_next"}
            no_sound = isinstance(talk.state, Paused) and talk.state.by_device
            before_the_first = state == "before the first" and command in {"resume", "ready_next"}
            assert answered(talk) or nothing_to_do or no_sound or before_the_first


@pytest.mark.parametrize("state", [name for name in ARRIVE if name != "no sound"])
def test_a_wish_leaves_the_place_as_it_was(state: str, subtests: pytest.Subtests) -> None:
    wishes = "help louder quieter slower faster voice_slower another_voice how_many_left repeat"
    for command in wishes.split():
        with subtests.test(command=command):
            talk = ARRIVE[state]()
            before = talk.state
            talk.says("what can I say" if command == "help" else COMMANDS[command])
            again = isinstance(before, Performing) and command in {"help", "repeat"}
            answer = state == "slower_which" and command in {"slower", "voice_slower"}
            if answer:
                continue
            assert again or type(talk.state) is type(before)
            if isinstance(before, Asking) and isinstance(talk.state, Asking):
                assert (talk.question, talk.state.about, talk.state.resume) == (
                    before.question.name,
                    before.about,
                    before.resume,
                )
            if isinstance(before, Instructing) and isinstance(talk.state, Instructing):
                assert talk.state.index == before.index


def test_the_universal_intents_are_listened_for_everywhere() -> None:
    assert set(COMMANDS) <= UNIVERSAL
    assert [name for name, intents in ACTIVE.items() if not intents >= UNIVERSAL] == []


@pytest.mark.parametrize(("word", "levels"), [("louder", [5, 6, 7]), ("quieter", [3, 2, 1])])
def test_the_reply_is_heard_at_the_new_level(word: str, levels: list[int]) -> None:
    talk = Conversation()
    for level in levels:
        talk.says(word)
        kinds = [type(action) for action in talk.turn]
        assert kinds.index(SetVolume) < kinds.index(Say)
        assert talk.state.facts.speech.volume == level
        assert talk.heard(f"{word.capitalize()}.")
    assert talk.says(word).heard("That's as")
    assert talk.state.facts.speech.volume == levels[-1]


def test_the_level_is_kept_from_the_start_on() -> None:
    talk = Conversation(volume=6).says("louder")
    assert talk.state.facts.speech.volume == 7


def test_help_while_counting_says_where_we_are_what_to_do_and_what_can_be_said() -> None:
    talk = Conversation().goes_on_until(counting(4)).says("what can I say")
    assert talk.heard("Three done. Seven to go. Roll back when I tell you.")
    assert talk.heard("You can say stop, pause, or slower.")


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ("check", "I'm listening for your answer. You can also say repeat, pause, or stop. Better, same, or worse?"),
        ("paused", "We're resting. Say resume, finish, or help."),
        ("ending", "We're just finishing."),
    ],
)
def test_help_elsewhere(state: str, text: str) -> None:
    assert ARRIVE[state]().wait(0.5).says("help").heard(text)


def test_repeat_says_again_what_led_to_the_question() -> None:
    talk = Conversation().wait(9).says("pardon")
    assert talk.heard("Hello. Say stop at any time")
    assert talk.heard("Which side hurts, left or right?")


def test_repeat_at_the_end_says_the_last_words_again() -> None:
    assert ARRIVE["ending"]().wait(1).says("what was that").heard("That's ten done.")


def test_pause_at_a_question_asks_it_again() -> None:
    talk = Conversation().goes_on_until("check").answers("pause")
    assert talk.heard("Paused. Say resume when you'd like to go on.")
    assert talk.says("I'm back").heard("Here we go. Better, same, or worse?")


def test_how_many_outside_of_counting_is_answered_at_once() -> None:
    talk = Conversation().goes_on_until("check").says("how many left")
    assert isinstance(talk.turn[0], Hush)
    assert talk.heard("One done. Nine to go. Better, same, or worse?")


def test_what_is_not_understood_while_the_coach_asks_does_not_cut_it_off() -> None:
    talk = Conversation().wait(0.5).says("brm flom")
    assert talk.turn == []


def test_the_pauses_grow_and_the_movement_keeps_its_tempo() -> None:
    """The reply already has the new pauses; "slower" alone changes the movement."""
    talk = Conversation().goes_on_until("pain_before")
    talk.says("speak slower")
    assert talk.turn.index(SetPace(DEFAULT_PACE + 1)) < next(
        n for n, one in enumerate(talk.turn) if isinstance(one, Say)
    )
    assert talk.heard("I'll take my time.")
    assert talk.state.facts.plan.tempo == 1.0
    for pace in range(DEFAULT_PACE + 2, PACES[1] + 1):
        assert SetPace(pace) in talk.says("speak more slowly").turn
    assert talk.says("talk slower").heard("I'm taking all the time I can.")
    assert not any(isinstance(action, SetPace) for action in talk.turn)
    talk.says("slower")
    assert talk.heard("Slower.")
    assert talk.state.facts.speech.pace == PACES[1]
    for pace in reversed(range(*PACES)):
        assert SetPace(pace) in talk.says("speak faster").turn
    assert talk.says("talk faster").heard("I'm going as briskly as I can.")
    assert [record.what for record in talk.records if isinstance(record, Adjusted)] == ["tempo"]


def test_a_session_begins_at_the_pace_that_it_is_given() -> None:
    talk = Conversation(pace=4).goes_on_until("pain_before").says("speak faster")
    assert SetPace(3) in talk.turn


def test_while_counting_the_pace_is_answered_after_the_repetition() -> None:
    talk = Conversation().goes_on_until(counting(2)).says("speak slower")
    assert SetPace(DEFAULT_PACE + 1) in talk.turn
    assert talk.lines() == []
    assert talk.until(counting(3)).heard("I'll take my time.")


def test_the_third_repeat_in_a_row_says_it_in_other_words() -> None:
    talk = Conversation().goes_on_until(at_step("hook"))
    for _ in range(2):
        assert talk.says("repeat").heard("Hook your right foot behind your left knee.")
    assert talk.says("repeat").heard("Put your right foot behind your left knee.")
    assert talk.says("ready").says("repeat").heard("Hold your right knee with your left hand.")

    talk = ARRIVE["side_sure"]()
    for _ in range(2):
        assert talk.says("repeat").heard("Pain on the left.")
    assert talk.says("repeat").said == "The left side: yes or no?"
    assert talk.answers("yes").question == "pain_before"


def test_other_words_between_begin_the_count_of_repeats_anew() -> None:
    talk = ARRIVE["check"]().says("repeat").says("repeat").says("louder")
    assert talk.says("repeat").heard("Better, same, or worse?")
