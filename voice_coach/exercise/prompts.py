"""The coach's own sentences, from `prompts/<language>.toml`, and the list of all that it can say."""

import itertools
import string
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType

from voice_coach.actions import Line
from voice_coach.errors import DataError, Problem
from voice_coach.exercise import plan
from voice_coach.exercise.emergency import emergency_number
from voice_coach.exercise.language import WORDS
from voice_coach.exercise.model import OTHER, Exercise, ExerciseFile
from voice_coach.exercise.timetable import exercise_lines
from voice_coach.files.read import parse_toml, read_text
from voice_coach.files.resources import find, folders

_SIDES = tuple(OTHER)
PLACES = ("back", "buttock", "thigh", "calf", "foot")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_RECENTLY = ("earlier today", "yesterday")
_EARLIER = "some time ago"
WHENS = (*_RECENTLY, *(f"on {day}" for day in _WEEKDAYS), _EARLIER)
"""All that `when_text` can return."""


class Prompts:
    """The sentences of one language, by name: `ask.side`, `say.paused`, ..."""

    def __init__(self, language: str, texts: Mapping[str, tuple[str, ...]]) -> None:
        """Take the texts by dotted name."""
        self.language = language
        self.texts = MappingProxyType(dict(texts))

    def __contains__(self, name: object) -> bool:
        """Return whether there is a prompt of this name."""
        return name in self.texts

    def lines(self, name: str, /, **fields: str) -> tuple[Line, ...]:
        """Return the prompt's sentences with its fields filled in; the cue's name ends in the fields' values.

        Raises:
            KeyError: there is no such prompt, or a field is missing.
        """
        return tuple(_line(name, place, text, fields) for place, text in enumerate(self.texts[name], 1))

    def filled(self, name: str, domains: Mapping[str, tuple[str, ...]], /) -> tuple[Line, ...]:
        """Return each sentence of a prompt in each way that its own fields can be filled.

        Raises:
            KeyError: there is no such prompt, or `domains` lacks a field.
        """
        found: list[Line] = []
        for place, text in enumerate(self.texts[name], 1):
            fields = fields_of(text)
            ways = itertools.product(*(domains[field] for field in fields))
            found += (_line(name, place, text, dict(zip(fields, values, strict=True))) for values in ways)
        return tuple(found)


def _line(name: str, place: int, text: str, fields: Mapping[str, str]) -> Line:
    """Return the sentence at a place of a prompt, from 1, with its fields filled in."""
    return _filled(name, place, text, tuple(fields[field] for field in fields_of(text)))


@lru_cache(maxsize=4096)  # the same few hundred are asked for again and again
def _filled(name: str, place: int, text: str, values: tuple[str, ...]) -> Line:
    cue = ".".join([name, str(place), *(value.replace(" ", "_") for value in values)])
    sentence = text.format(**dict(zip(fields_of(text), values, strict=True)))
    return Line(cue, sentence[0].upper() + sentence[1:])


@cache
def fields_of(text: str) -> tuple[str, ...]:
    """Return the names of a text's fields, in order."""
    return tuple(field for _, field, _, _ in string.Formatter().parse(text) if field)


def number_text(value: float) -> str:
    """Return a number from 0 on in words; halves are said as such."""
    whole = int(value)
    word = WORDS["en"].number(whole) if whole else "zero"
    return f"{word} and a half" if value % 1 else word


def dose_words(exercise: ExerciseFile) -> dict[str, tuple[str, ...]]:
    """Return all values of the fields about sets, rests and times a day; none where there is nothing to say."""
    sets, per_day = exercise.repetition.sets, exercise.per_day
    return {
        "set": tuple(number_text(n) for n in range(2, sets + 1)),
        "rest": (WORDS["en"].time(exercise.repetition.set_rest),) if sets > 1 else (),
        "times": (number_text(per_day),) if per_day > 1 else (),
    }


def when_text(weekday: int, days_ago: int) -> str:
    """Return a day as it is spoken of: by its name within the last six days.

    Args:
        weekday: from 0 (Monday).
        days_ago: calendar days since; below 0 where the clock was changed.
    """
    if 0 <= days_ago < len(_RECENTLY):
        return _RECENTLY[days_ago]
    return f"on {_WEEKDAYS[weekday]}" if 0 <= days_ago < len(_WEEKDAYS) else _EARLIER


@cache
def load_prompts(language: str = "en") -> Prompts:
    """Read the prompts of a language.

    Raises:
        DataError: there is no such file, or it is not the table of tables of texts that it should be.
    """
    number = emergency_number(language=language)
    return Prompts(
        language,
        {
            name: tuple(sentence.replace("{emergency}", number) for sentence in sentences)
            for name, sentences in read_texts(f"{language}.toml").items()
        },
    )


def read_texts(name: str) -> dict[str, tuple[str, ...]]:
    """Return the texts of a file of prompts, such as `standby/en.toml`, by their dotted names.

    Raises:
        DataError: there is no such file, it is not the table of tables of texts that it should be, or it is the user's
            own and of another version.
    """
    path = find("prompts", name)
    if path is None:
        message = "there are no prompts for this language; take another language"
        raise DataError([Problem(Path("prompts") / name, 0, "", message)])
    ours = [folder / name for folder in folders("prompts")][-1]
    texts = _texts_of(path)
    if path != ours and ours.is_file() and (why := _why_other_version(texts, _texts_of(ours))):
        raise DataError([Problem(path, 0, "", f"{why}; remove the file, or begin again with a copy of {ours}")])
    return texts


def _why_other_version(own: Mapping[str, tuple[str, ...]], ours: Mapping[str, tuple[str, ...]]) -> str:
    """Return why prompts can't stand for ours: some are missing, or have fields that nothing fills in."""
    if missing := ours.keys() - own.keys():
        return f"is of another version: it lacks {len(missing)} prompts, such as {min(missing)}"
    for name, texts in ours.items():
        known = {field for text in texts for field in fields_of(text)}
        for field in (field for text in own[name] for field in fields_of(text)):
            if field not in known:
                return f"is of another version: {name} has the field {{{field}}}, which nothing fills in"
    return ""


def _texts_of(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the texts of this file.

    Raises:
        DataError: it is not the table of tables of texts that it should be.
    """
    try:
        tables = parse_toml(read_text(path))
        return {f"{table}.{key}": tuple(map(str, one)) for table, keys in tables.items() for key, one in keys.items()}
    except (OSError, ValueError, AttributeError, TypeError) as error:  # TOML's and Unicode's errors are ValueErrors
        problem = Problem(path, 0, "", f"not readable as prompts ({error}); mend or remove the file")
        raise DataError([problem]) from error


def all_lines(exercise: Exercise) -> tuple[Line, ...]:
    """Return every line that a session of this exercise can say, in about the order of use, but for one kind.

    What is told of the days before is known when a session begins: `session.status_answers.lines_to_prepare`.
    """
    prompts = load_prompts(exercise.language)
    count = plan.total(exercise)
    pain = tuple(number_text(half / 2) for half in range(21))
    domains: dict[str, tuple[str, ...]] = {
        "side": _SIDES,
        "when": WHENS,
        **dict.fromkeys(("number", "before", "after"), pain),
        "done": tuple(number_text(n) for n in range(count + 1)),
        "togo": tuple(number_text(n) for n in range(count + 1)),
        **dose_words(exercise),
    }
    lines: dict[str, Line] = {}
    for name in prompts.texts:
        if name.startswith("told.") and any(map(fields_of, prompts.texts[name])):
            continue
        lines.update((line.cue, line) for line in prompts.filled(name, domains))
    for line in exercise_lines(exercise):
        lines[line.cue] = line
    order = ("welcome", "ask")
    return tuple(sorted(lines.values(), key=lambda line: not line.cue.startswith(order)))
