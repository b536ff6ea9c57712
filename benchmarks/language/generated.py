"""Sentences made from word lists (tests/language) through the real dialogue: signs to stop, and answers with denials.

Each sentence is taken as typed and as the best decoder would give it, with `[unk]` for each word that no phrase has.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.language.judge import SIGNS, Judged, Row, judge, place_of
from benchmarks.language.states import SESSION, arrived, waits
from benchmarks.language.table import EFFECTS
from tests.language.sentences import Form, Sentence, as_decoded, fours, lists, new_words, sentences
from tests.session.arrivals import ARRIVE, GRAMMAR
from voice_coach.clinical.red_signs import TAKE_BACK
from voice_coach.clinical.screening_questions import CLEARED_BY_CLINICIAN, SCREENED
from voice_coach.events import Intent
from voice_coach.session.intents import AS_YES
from voice_coach.session.question_table import ASKED
from voice_coach.testing import Conversation

_STATES: Final = ("count", "check", "instruct")
_PLACE_STATES: Final = ("count_from_back", "check_from_back")
STOPPED_OR_ASKED: Final = frozenset({"stopped", "lesser", "asked"})
_DENIALS: Final[frozenset[Form]] = frozenset({"X not", "not X", "no, X"})
_PLAIN_DENIALS: Final[frozenset[Form]] = frozenset({"X not", "not X"})
"""For questions where "no, X" may correct the coach, or is only an answer."""
_YES_OR_NO: Final = tuple(
    sorted(name for name, intents in ASKED.items() if {"yes", "no"} <= intents and name != TAKE_BACK)
)
"""Not where all but a single "no" is the same as "yes"."""
_NO_GOES_ON: Final = (
    *(name for name in SCREENED if name != CLEARED_BY_CLINICIAN),
    *("moved_lower", "doubt_worse", "doubt_down", "doubt_numb", "doubt_emergency"),
)
"""Questions about signs: after a plain no it goes on."""


@dataclass(frozen=True, slots=True)
class Said:
    """A made sentence and its result."""

    sentence: Sentence
    decoded: bool
    """Given as the decoder would give it."""
    judged: Judged


@dataclass(frozen=True, slots=True)
class Fours:
    """Answers of one meaning, and where they are given."""

    name: str
    """In the tables, and of the list of answers."""
    plain: str
    """The plainest wording; where it leads to is where the others must not lead when they are denied."""
    states: tuple[str, ...]
    denials: frozenset[Form] = _DENIALS
    intents: frozenset[str] = frozenset()
    """Intents of this meaning where other answers lead to the same place; empty: the place tells."""
    opposite: str = ""
    """An answer of the other meaning: where it leads to the same place as the plain one, the intent tells, too."""


FOURS: Final = (
    Fours("yes", "yes", _YES_OR_NO, opposite="no"),
    Fours("no", "no", _NO_GOES_ON, frozenset({"not X"}), opposite="yes"),
    Fours("better", "better", ("check", "settle_check"), _DENIALS, frozenset({"better", "gone", "centralised"})),
    Fours("better", "better", ("since_began",), _DENIALS, frozenset({"better", "gone", "centralised"})),
    Fours("gone", "all gone", ("check", "settle_check"), _PLAIN_DENIALS, frozenset({"better", "gone", "centralised"})),
    Fours("harmless", "I'm fine", ("after_cry",), _PLAIN_DENIALS),
    Fours("same", "the same", ("check", "settle_check", "since_began"), _PLAIN_DENIALS, frozenset({"same"})),
    Fours("left", "left side", ("side",), _PLAIN_DENIALS),
    Fours("right", "right side", ("side",), _PLAIN_DENIALS),
    Fours("both", "both sides", ("side",), _PLAIN_DENIALS),
    Fours("six", "six", ("pain_before", "pain_after"), _PLAIN_DENIALS),
    Fours("back", "back", ("furthest_before", "furthest_after"), _PLAIN_DENIALS),
    Fours("thigh", "thigh", ("furthest_before", "furthest_after"), _PLAIN_DENIALS),
    Fours("calf", "calf", ("furthest_before",), _PLAIN_DENIALS),
    Fours("foot", "foot", ("furthest_before",), _PLAIN_DENIALS),
    Fours("ready", "ready", ("instruct",)),
    Fours("resume", "resume", ("paused",)),
    Fours("finish", "finish", ("count",), _PLAIN_DENIALS),
)


@dataclass(frozen=True, slots=True)
class Answered:
    """One of an answer's four, and its result."""

    fours: Fours
    form: Form
    state: str
    text: str
    taken: bool
    """It led to where the plain answer leads."""

    @property
    def wrong(self) -> bool:
        """A denied answer was taken for the answer."""
        return self.taken and self.form in self.fours.denials


def all_said() -> list[Said]:
    """Put each made sentence into the states of its kind."""
    return list(_all_said())


def _all_said() -> Iterator[Said]:
    for number, sentence in enumerate(sentences()):
        typed = sentence.text
        states = _PLACE_STATES if sentence.kind.places else _STATES
        for state in dict.fromkeys((states[0], states[number // 2 % len(states)])):
            for text in dict.fromkeys((typed, as_decoded(GRAMMAR, typed))):
                kind = sentence.kind
                row = Row(text=text, group=kind.name, state=state, expect=kind.expect, allowed=kind.allowed)
                yield Said(sentence, text is not typed, judge(row))


def all_answered() -> list[Answered]:
    """Put the four of each answer into the states where it is given."""
    return list(_all_answered())


def _all_answered() -> Iterator[Answered]:
    for group in FOURS:
        for state in group.states:
            yield from answers_in(group, state)


def answers_in(group: Fours, state: str) -> Iterator[Answered]:
    """Give the four of each answer of a group in one of its states, and yield the results."""
    before = _at(state)
    plain = before.copy().says(group.plain)
    goal, intents = place_of(plain.state), group.intents
    if group.opposite and place_of(before.copy().says(group.opposite).state) == goal:
        intents |= _intent(plain)
    for answer in dict.fromkeys((group.plain, *lists().answers[group.name])):
        for form, typed in fours(answer):
            for text in dict.fromkeys((typed, as_decoded(GRAMMAR, typed))):
                after = before.copy().says(text)
                intent = _intent(after)
                taken = place_of(after.state) == goal and bool(intent & intents if intents else intent)
                yield Answered(group, form, state, text, taken)


def _at(state: str) -> Conversation:
    return arrived(state) if state in SESSION else ARRIVE[state]().until(waits)


def _intent(talk: Conversation) -> frozenset[str]:
    """Return what was taken for sure, if anything was."""
    event = talk.events[-1]
    if not isinstance(event, Intent) or event.ask:
        return frozenset()
    return frozenset({"yes" if event.name in AS_YES else event.name})


def figures(said: Sequence[Said], answered: Sequence[Answered]) -> dict[str, float]:
    """Return what floors can be put under, as shares from 0 to 1 or as counts."""
    by_kind = _by_kind(said)
    signs = [kind.name for kind in lists().kind if kind.expect in SIGNS]
    shares = {f"generated_{_key(name)}": _share(by_kind.get(name, [])) for name in signs}
    denied = [one for one in answered if one.form in one.fours.denials]
    plain = [one for one in answered if one.form == "X"]
    return {
        **shares,
        "generated_false_locks": float(sum(one.judged.locked for one in said)),
        "generated_taken_for_good": float(sum(one.judged.effect == "taken for good" for one in said)),
        "denied_not_taken": _part(sum(not one.wrong for one in denied), len(denied)),
        "plain_answers_taken": _part(sum(one.taken for one in plain), len(plain)),
    }


def _key(name: str) -> str:
    return name.replace(",", "").replace(" ", "_")


def _part(count: int, of: int) -> float:
    return round(count / of, 4) if of else 0.0


def _share(ones: Sequence[Said]) -> float:
    return _part(sum(one.judged.effect in STOPPED_OR_ASKED for one in ones), len(ones))


def _by_kind(said: Sequence[Said]) -> dict[str, list[Said]]:
    """Return the signs by kind; other sentences are left out."""
    kinds: dict[str, list[Said]] = {}
    for one in said:
        if one.judged.effect:
            kinds.setdefault(one.sentence.kind.name, []).append(one)
    return kinds


def markdown(said: Sequence[Said], answered: Sequence[Answered]) -> str:
    """Return the tables in Markdown."""
    ways = ("typed", "in a wrapper", "as decoded", "**all**")
    lines = [_heads("made of word lists", "n", *EFFECTS, *(f"stopped or asked: {way}" for way in ways))]
    for kind, ones in {**_by_kind(said), "**all**": [one for one in said if one.judged.effect]}.items():
        counts = Counter(one.judged.effect for one in ones)
        parts = (
            [one for one in ones if not one.decoded and not one.sentence.wrapped],
            [one for one in ones if not one.decoded and one.sentence.wrapped],
            [one for one in ones if one.decoded],
            ones,
        )
        shares = [f"{100 * _share(part):.1f} %" for part in parts]
        lines.append(_row(kind, len(ones), *(counts[effect] for effect in EFFECTS), *shares))
    innocent = [one for one in said if not one.judged.effect]
    new, entries = new_words(GRAMMAR)
    lines += [
        "",
        f"No sign, though it sounds like one: {sum(one.judged.locked for one in innocent)} of {len(innocent)} locked.",
        f"Entries of the lists with a word that the grammar lacks: {len(new)} of {entries}.",
        "",
        _heads("answer", "places", "n", "taken as it is", *(f"taken for it: {form}" for form in sorted(_DENIALS))),
    ]
    for group in FOURS:
        ones_of = [one for one in answered if one.fours is group]
        plain = [one for one in ones_of if one.form == "X"]
        cells = [_denied_cell([one for one in ones_of if one.form == form]) for form in sorted(_DENIALS)]
        taken = f"{100 * _part(sum(one.taken for one in plain), len(plain)):.0f} %"
        lines.append(_row(group.name, len(group.states), len(ones_of), taken, *cells))
    return "\n".join(lines)


def _denied_cell(ones: Sequence[Answered]) -> str:
    if not any(one.form in one.fours.denials for one in ones):
        return "allowed"
    return f"{sum(one.wrong for one in ones)} of {len(ones)}"


def _heads(*names: str) -> str:
    return f"{_row(*names)}\n{'|---' * len(names)}|"


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def details(said: Sequence[Said], answered: Sequence[Answered]) -> str:
    """Return each sign that was passed over, each lock without a sign, and each denied answer that was taken."""
    lines = ["# Made of word lists: locked without a sign"]
    lines += [_detail(one) for one in said if one.judged.locked]
    lines += ["", "# Made of word lists: neither stopped nor asked"]
    lines += [_detail(one) for one in said if one.judged.effect and one.judged.effect not in STOPPED_OR_ASKED]
    lines += ["", "# Denied, and taken for the answer"]
    lines += [f'{one.state}: "{one.text}" taken for {one.fours.name}' for one in answered if one.wrong]
    return "\n".join(lines)


def _detail(one: Said) -> str:
    row = one.judged.row
    return f'{row.state}, {row.group}: "{row.text}" [{row.expect}] -> {one.judged.taken_for}, {one.judged.effect}'
