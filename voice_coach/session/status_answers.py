"""What is told to who asks: what can I do, how am I doing, what is this. Only lines; the facts come in from outside.

Nothing is promised and nothing diagnosed. A red sign is named before any figure; what was not answered is never zero;
of fewer than four days no word says where it goes. What has a field has one of few values, so that standby keeps all
of it in memory.
"""

from collections.abc import Iterable
from typing import Final

from voice_coach.actions import Line
from voice_coach.clinical.body_regions import rank
from voice_coach.clinical.past import Course, Past
from voice_coach.clinical.red_signs import LOCKED_BECAUSE, contact, locked_because
from voice_coach.clinical.trends import MIN_NOTABLE_CHANGE, MIN_TREND_DAYS
from voice_coach.exercise.prompts import WHENS, Prompts, number_text, when_text

MAX_COUNTED_ALOUD: Final = 12
"""Of what is counted aloud; more is said as this."""

_PLACES: Final = {
    "none": "told.place_none",
    "back": "told.place_back",
    "one_side_back": "told.place_one_side_back",
    "buttock": "told.place_buttock",
    "thigh": "told.place_thigh",
    "calf": "told.place_calf",
    "foot": "told.place_foot",
}


def choice_lines(prompts: Prompts, past: Past, *, cleared: bool = False) -> tuple[Line, ...]:
    """Return which exercises can be chosen, and why others can't.

    Args:
        prompts: from where the sentences are.
        past: what earlier sessions mean, with the choice.
        cleared: a lock has just been opened, so that the choice is no longer what it was.
    """
    if not past.readable:
        return _lines(prompts, "say.past_unknown")
    if cleared:
        return (*_lines(prompts, "told.opened"), *_lines(prompts, "told.say_help"))
    choice = past.choice
    if past.locks:
        named = (line for name in choice.locked for line in _lines(prompts, "told.locked", exercise=name))
        return (*named, *_lines(prompts, "told.nothing_else"))
    names = [line for name in choice.names for line in _lines(prompts, "told.name", exercise=name)]
    reasons = {"told.taught": choice.taught, "told.others": choice.others, "told.broken": choice.broken}
    return (
        *(_lines(prompts, "told.choose") if names else ()),
        *names,
        *(line for reason, there in reasons.items() if there for line in _lines(prompts, reason)),
        *_lines(prompts, "told.say_help"),
    )


def progress_lines(prompts: Prompts, past: Past, done: int, goal: int) -> tuple[Line, ...]:
    """Return how it goes: the red signs first, then the numbers and the place.

    Args:
        prompts: from where the sentences are.
        past: what earlier sessions mean.
        done: sessions that came to their end today.
        goal: how many are meant to be; 0: there is no number.
    """
    if not past.readable:
        return _lines(prompts, "say.past_unknown")
    course = past.course
    if not done and course == Course():
        return _lines(prompts, "told.nothing")
    numbers = {"sessions": _counted(done), "goal": number_text(goal)}
    pain, worse_pain = _pain(prompts, course)
    place, further = _place(prompts, course)
    return (
        *_signs(prompts, past),
        *_lines(prompts, "told.today" if goal else "told.today_free", **numbers),
        *pain,
        *place,
        *(_lines(prompts, "told.tell") if worse_pain or further else ()),
    )


def _signs(prompts: Prompts, past: Past) -> tuple[Line, ...]:
    """Return the red signs: the last one, how many there were, and whom to contact."""
    sign, signs = past.course.sign, past.course.signs
    if sign is None:
        return ()
    many = _lines(prompts, "told.signs", signs=_counted(signs)) if signs > 1 else ()
    lock = _lines(prompts, "say.locked") if past.lock else ()
    said = _lines(prompts, locked_because(sign.reason), when=when_text(sign.weekday, sign.days_ago))
    return (*said, *many, *lock, *_lines(prompts, contact(sign.reason)))


def _pain(prompts: Prompts, course: Course) -> tuple[tuple[Line, ...], bool]:
    """Return what is said of the numbers, and whether it is clearly more."""
    first, last = course.first_pain, course.last_pain
    if first is None:
        return _lines(prompts, "told.no_pain"), False
    if last is None:
        return _lines(prompts, "told.one_pain", number=number_text(first)), False
    change = last - first if course.days >= MIN_TREND_DAYS else 0.0
    trend = _lines(prompts, "told.more" if change > 0 else "told.less") if abs(change) >= MIN_NOTABLE_CHANGE else ()
    figures = (
        *_lines(prompts, "told.first_pain", number=number_text(first)),
        *_lines(prompts, "told.last_pain", number=number_text(last)),
    )
    return (*figures, *trend), change >= MIN_NOTABLE_CHANGE


def _place(prompts: Prompts, course: Course) -> tuple[tuple[Line, ...], bool]:
    """Return what is said of the furthest place, and whether it is further out."""
    place = course.last_place or course.first_place
    first, last = rank(course.first_place), rank(course.last_place)
    if place is None:
        return _lines(prompts, "told.place_unknown"), False
    if first is None or last is None or course.days < MIN_TREND_DAYS:
        return _lines(prompts, _PLACES[place]), False
    name = "told.nearer" if last < first else "told.further" if last > first else "told.alike"
    return _lines(prompts, name), last > first


def _counted(number: int) -> str:
    return number_text(min(number, MAX_COUNTED_ALOUD))


def _lines(prompts: Prompts, name: str, **fields: str) -> tuple[Line, ...]:
    return prompts.lines(name, **fields)


def lines_to_prepare(prompts: Prompts, past: Past, goal: int) -> tuple[Line, ...]:
    """Return what can be told in a session with this past, so that it is rendered before it is asked for."""
    done = past.completed_today
    return (
        *progress_lines(prompts, past, done, goal),
        *progress_lines(prompts, past, done + 1, goal),
        *choice_lines(prompts, past),
    )


def names_in(texts: Iterable[str]) -> frozenset[str]:
    """Return which of these prompts may be told."""
    signs = {*LOCKED_BECAUSE.values(), *map(contact, LOCKED_BECAUSE), "say.locked", "say.past_unknown"}
    return frozenset(name for name in texts if name.startswith("told.") or name in signs)


def every_line(prompts: Prompts, names: Iterable[str], goal: int) -> tuple[Line, ...]:
    """Return every line that can be told, whatever the history holds: of these exercises, with this many a day."""
    domains = {
        "exercise": tuple(dict.fromkeys(names)),
        "when": WHENS,
        "number": tuple(number_text(half / 2) for half in range(21)),
        "signs": tuple(number_text(number) for number in range(2, MAX_COUNTED_ALOUD + 1)),
        "sessions": tuple(number_text(number) for number in range(MAX_COUNTED_ALOUD + 1)),
        "goal": (number_text(goal),),
    }
    never = "told.today_free" if goal else "told.today"
    names = sorted(names_in(prompts.texts) - {never})
    return tuple(dict.fromkeys(line for name in names for line in prompts.filled(name, domains)))
