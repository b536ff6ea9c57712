"""How a fault comes, is seen and mended: with a program that says what a coach would, and a card that only notes."""

import os
import select
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.soak.held import Happened, Holding, Limits, Seen
from benchmarks.soak.plan import Kind, Moment, Trouble
from tests.until import HANG
from tests.virtual_card.card import VirtualCard
from tests.virtual_card.partner import Partner
from tests.virtual_card.program import Program

SAY = """
import select, signal, sys
asked, told = open("{asked}", "rb", buffering=0), open("{told}", "wb", buffering=0)
def say(text): print(text, flush=True)
def tell(text): print(text, file=sys.stderr, flush=True)
def is_done(): told.write(b".")
def is_asked(what):
    while asked.readline().decode().strip() != what: pass
def asks(question, answer):
    while True:
        say(question)
        while select.select([asked], [], [], 1.0)[0]:
            if asked.readline().decode().strip() == answer: return
GONE, BACK = "The sound is gone: it has stopped. Resting until it is back.", "The sound is back."
{before}
say("begun")
"""
"""The program's own words. It goes on when the card has been asked for something, never because some time is over."""

USUAL = Limits(longest=HANG, ending=HANG, unnoticed=HANG, unrecovered=HANG)


class NotingCard(VirtualCard):
    """Plays nothing and breaks nothing, but knows what it was asked for, and tells the program through a pipe."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.pipes = {name: self.folder / name for name in ("asked", "told")}
        for pipe in self.pipes.values():
            os.mkfifo(pipe)
        self._ends = {name: os.open(pipe, os.O_RDWR) for name, pipe in self.pipes.items()}  # opening waits for nobody

    def close(self) -> None:
        for end in self._ends.values():
            os.close(end)
        super().close()

    def pull_everything(self) -> None:
        """Return when the program has said what it says of that, so that the next look finds it."""
        self._note("pull")
        assert select.select([self._ends["told"]], [], [], HANG)[0]
        os.read(self._ends["told"], 1)

    def plug_everything_in(self) -> None:
        self._note("plug")

    def play_to_mic(self, wav: Path, *, into: str = "user_mouth") -> None:
        self._note(f"{into}: {wav.stem}")

    def _note(self, what: str) -> None:
        self.asked.append(what)
        os.write(self._ends["asked"], f"{what}\n".encode())


@pytest.fixture
def card() -> Iterator[NotingCard]:
    """Return a card without a server."""
    if sys.platform != "linux":
        pytest.skip("PulseAudio's null sinks are for Linux")
    card = NotingCard()
    yield card
    card.close()


def hold(card: NotingCard, script: str, *troubles: Trouble, before: str = "", limits: Limits = USUAL) -> Seen:
    """Hold a session with a program that says this, and did the other before time began."""
    code = SAY.format(**card.pipes, before=before) + script
    with Program([sys.executable, "-c", code], card.env) as program, Partner(card, program) as partner:
        program.until("begun", HANG)
        return Holding(card, program, partner, troubles, limits, polite=False).hold()


def trouble(kind: Kind, moment: Moment = Moment.HOLD, *, skip: int = 0, words: str = "") -> Trouble:
    """Return a fault that is mended after the first look."""
    return Trouble(kind, moment, skip, 0.0, words)


def only(seen: Seen) -> Happened:
    (happened,) = seen.happened
    return happened


def test_a_fault_comes_at_its_moment_and_is_mended_and_both_times_are_taken(card: NotingCard) -> None:
    script = """
say("one,"); say("one,"); is_asked("pull"); tell(GONE); is_done()
is_asked("plug"); tell(BACK); asks("Better, same, or worse?", "user_mouth: better"); say("Goodbye.")
"""
    seen = hold(card, script, trouble(Kind.UNPLUGGED, skip=1))
    happened = only(seen)
    assert card.asked[:3] == ["pull", "plug", "user_mouth: better"]
    assert happened.noticed is not None
    assert happened.recovered is not None
    assert happened.over
    assert (seen.code, seen.interrupted) == (0, False)


def test_while_a_fault_is_in_force_nobody_speaks_and_a_question_before_it_is_forgotten(card: NotingCard) -> None:
    script = """
say("How bad is the pain?"); is_asked("user_mouth: six")
say("Number one. Is it only in your back?"); is_asked("pull"); tell(GONE); is_done()
is_asked("plug"); tell(BACK); asks("Better, same, or worse?", "user_mouth: better")
"""
    seen = hold(card, script, trouble(Kind.UNPLUGGED, Moment.COUNT))
    assert card.asked[:4] == ["user_mouth: six", "pull", "plug", "user_mouth: better"]
    assert seen.said[:2] == ["six", "better"]


def test_a_fault_that_is_not_noticed_is_waited_for_no_longer_than_it_may_take(card: NotingCard) -> None:
    script = 'say("one,"); is_asked("pull"); is_done(); asks("Better, same, or worse?", "user_mouth: better")'
    happened = only(hold(card, script, trouble(Kind.UNPLUGGED), limits=replace(USUAL, unnoticed=0.1)))
    assert happened.over
    assert (happened.noticed, happened.recovered) == (None, None)


def test_a_session_that_is_over_first_leaves_a_card_that_is_mended(card: NotingCard) -> None:
    happened = only(hold(card, 'say("one,"); is_asked("pull"); is_done()', trouble(Kind.UNPLUGGED)))
    assert not happened.over
    assert card.asked == ["pull", "plug"]


def test_words_are_said_over_the_coach_and_there_is_nobody_to_kill(card: NotingCard) -> None:
    script = """
say("Number one."); is_asked("user_mouth: slower"); say("Lie on your left side."); is_asked("user_mouth: ready")
"""
    words = trouble(Kind.WORDS, Moment.COUNT, words="slower")
    seen = hold(card, script, words, trouble(Kind.RECOGNISER, Moment.INSTRUCTION))
    assert seen.said == ["slower", "ready"]
    assert seen.happened[1].note == "there was no process for recogniser"


def test_ctrl_c_is_a_fault_and_what_hangs_is_ended(card: NotingCard) -> None:
    obeys = "signal.signal(signal.SIGINT, lambda *_: sys.exit(130))"
    seen = hold(card, 'say("one,"); is_asked("never")', trouble(Kind.CTRL_C), before=obeys)
    assert (seen.code, seen.interrupted) == (130, True)
    deaf = "signal.signal(signal.SIGINT, signal.SIG_IGN)"
    soon = replace(USUAL, longest=1.0, ending=0.5)
    assert hold(card, 'say("one,"); is_asked("never")', before=deaf, limits=soon).code is None
