"""Lines for a person to record: each text once, in the order in which a session says them. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from voice_coach.actions import Line
from voice_coach.exercise.model import Exercise
from voice_coach.exercise.prompts import all_lines
from voice_coach.session.states import Done
from voice_coach.testing import Conversation

MOST_HEARD: Final = 40
"""Texts that are counted apart, as they are most of what is heard."""

_SIDES: Final = ("left side", "right side")
"""Answers to the question for the side, a session each."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A text to record."""

    text: str
    lines: tuple[Line, ...]
    """Lines with this text: one recording serves all of them."""
    heard: int
    """How often it is said in a session on each side in which all goes well; 0: only in others."""


class Script:
    """What there is to record, what is recorded, and what comes next."""

    def __init__(self, entries: Iterable[Entry], recorded: Collection[str]) -> None:
        """Begin at the first entry that is not recorded.

        Args:
            entries: each text once, in order.
            recorded: texts that have a recording.
        """
        self.entries = tuple(entries)
        self._recorded = set(recorded)
        self._put_off: set[str] = set()
        often = sorted((entry for entry in self.entries if entry.heard), key=lambda entry: -entry.heard)
        self._often = {entry.text for entry in often[:MOST_HEARD]}

    @property
    def next(self) -> Entry | None:
        """The first entry that is neither recorded nor put off; None: there is none."""
        passed = self._recorded | self._put_off
        return next((entry for entry in self.entries if entry.text not in passed), None)

    @property
    def synthetic(self) -> tuple[str, ...]:
        """Texts without a recording, in order."""
        return tuple(entry.text for entry in self.entries if entry.text not in self._recorded)

    @property
    def progress(self) -> str:
        """How far it is, such as "212 of 523, 38 of the 40 most heard"."""
        done = len(self.entries) - len(self.synthetic)
        often = len(self._often & self._recorded)
        return f"{done} of {len(self.entries)}, {often} of the {len(self._often)} most heard"

    def keep(self, text: str) -> None:
        """Count a text as recorded."""
        self._recorded.add(text)

    def skip(self, text: str) -> None:
        """Skip a text in this script."""
        self._put_off.add(text)

    def again(self, text: str) -> None:
        """Ask for a text once more, whether it was recorded or left out."""
        self._recorded.discard(text)
        self._put_off.discard(text)

    def around(self, text: str, reach: int) -> tuple[str, ...]:
        """Return the texts within `reach` entries of this one, without itself: these are read by mistake."""
        texts = [entry.text for entry in self.entries]
        at = texts.index(text)
        return (*texts[max(0, at - reach) : at], *texts[at + 1 : at + 1 + reach])


def entries_of(exercise: Exercise) -> tuple[Entry, ...]:
    """Return all texts of an exercise's sessions: first those of a session in which all goes well, as they come.

    Then follow those of the very first session, and those of all other courses that a session can take.

    Raises:
        DataError: the prompts can't be read.
    """
    usual = [line for side in _SIDES for line in _session(exercise, side, first_run=False)]
    first = _session(exercise, _SIDES[0], first_run=True)
    lines: dict[str, dict[str, Line]] = {}
    for line in (*usual, *first, *all_lines(exercise)):
        lines.setdefault(line.text, {}).setdefault(line.cue, line)
    heard = Counter(line.text for line in usual)
    return tuple(Entry(text, tuple(same.values()), heard[text]) for text, same in lines.items())


def _session(exercise: Exercise, side: str, *, first_run: bool) -> list[Line]:
    """Return what is said in a session in which all goes well."""
    session = Conversation(exercise=exercise, first_run=first_run)
    return session.goes_on_until(Done, side=side).lines(since=0)
