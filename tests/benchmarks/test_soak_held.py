"""How a fault comes, is seen and mended: with a program that says what a coach would, and a card that only notes."""

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.soak.held import Happened, Holding, Limits, Seen
from benchmarks.soak.plan import Kind, Moment, Trouble
from tests.virtual_card.card import VirtualCard
from tests.virtual_card.partner import Partner
from tests.virtual_card.program import Program

SAY = """
import signal, sys, time
def say(text): print(text, flush=True)
def tell(text): print(text, file=sys.stderr, flush=True)
GONE, BACK = "The sound is gone: it has stopped. Resting until it is back.", "The sound is back."
"""

USUAL = Limits()


class NotingCard(VirtualCard):
    """Plays nothing and breaks nothing, but knows what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def pull_everything(self) -> None:
        self.asked.append("pull")

    def plug_everything_in(self) -> None:
        self.asked.append("plug")

    def play_to_mic(self, wav: Path, *, into: str = "user_mouth") -> None:
        self.asked.append(f"{into}: {wav.stem}")


@pytest.fixture
def card() -> Iterator[NotingCard]:
    """Return a card without a server."""
    if sys.platform != "linux":
        pytest.skip("PulseAudio's null sinks are for Linux")
    card = NotingCard()
    yield card
    card.close()


def hold(card: VirtualCard, script: str, *troubles: Trouble, limits: Limits = USUAL) -> Seen:
    """Hold a session with a program that says this."""
    with Program([sys.executable, "-c", SAY + script], card.env) as program, Partner(card, program) as partner:
        return Holding(card, program, partner, troubles, limits, polite=False).hold()


def trouble(kind: Kind, moment: Moment = Moment.HOLD, *, skip: int = 0, words: str = "") -> Trouble:
    """Return a fault that lasts half a second."""
    return Trouble(kind, moment, skip, 0.5, words)


def only(seen: Seen) -> Happened:
    (happened,) = seen.happened
    return happened


def test_a_fault_comes_at_its_moment_and_is_mended_and_both_times_are_taken(card: NotingCard) -> None:
    script = """
say("one,"); time.sleep(0.5); say("one,"); time.sleep(0.5); tell(GONE)
time.sleep(1); tell(BACK); time.sleep(0.5); say("Goodbye.")
"""
    seen = hold(card, script, trouble(Kind.UNPLUGGED, skip=1))
    happened = only(seen)
    assert card.asked == ["pull", "plug"]
    assert happened.noticed is not None
    assert happened.recovered is not None
    assert happened.over
    assert (seen.code, seen.interrupted) == (0, False)


def test_while_a_fault_is_in_force_nobody_speaks_and_a_question_before_it_is_forgotten(card: NotingCard) -> None:
    script = """
say("How bad is the pain?"); time.sleep(1); say("one,"); say("Better, same, or worse?"); time.sleep(0.5); tell(GONE)
time.sleep(1); tell(BACK); time.sleep(0.5); say("Better, same, or worse?"); time.sleep(1)
"""
    seen = hold(card, script, trouble(Kind.UNPLUGGED))
    assert card.asked == ["user_mouth: six", "pull", "plug", "user_mouth: better"]
    assert seen.said == ["six", "better"]


def test_a_fault_that_is_not_noticed_is_waited_for_no_longer_than_it_may_take(card: NotingCard) -> None:
    limits = Limits(unnoticed=0.5)
    happened = only(hold(card, 'say("one,"); time.sleep(2.5)', trouble(Kind.UNPLUGGED), limits=limits))
    assert happened.over
    assert (happened.noticed, happened.recovered) == (None, None)


def test_a_session_that_is_over_first_leaves_a_card_that_is_mended(card: NotingCard) -> None:
    happened = only(hold(card, 'say("one,"); time.sleep(0.3)', trouble(Kind.UNPLUGGED)))
    assert not happened.over
    assert card.asked == ["pull", "plug"]


def test_words_are_said_over_the_coach_and_there_is_nobody_to_kill(card: NotingCard) -> None:
    script = 'say("Number one."); time.sleep(1); say("Lie on your left side."); time.sleep(1)'
    words = trouble(Kind.WORDS, Moment.COUNT, words="slower")
    seen = hold(card, script, words, trouble(Kind.RECOGNISER, Moment.INSTRUCTION))
    assert seen.said == ["slower", "ready"]
    assert seen.happened[1].note == "there was no process for recogniser"


def test_ctrl_c_is_a_fault_and_what_hangs_is_ended(card: NotingCard) -> None:
    script = """
signal.signal(signal.SIGINT, lambda *_: sys.exit(130))
say("one,"); time.sleep(20)
"""
    seen = hold(card, script, trouble(Kind.CTRL_C))
    assert (seen.code, seen.interrupted) == (130, True)
    deaf = f"signal.signal({int(signal.SIGINT)}, signal.SIG_IGN)\nsay('one,'); time.sleep(20)"
    assert hold(card, deaf, limits=Limits(longest=1.0, ending=0.5)).code is None
