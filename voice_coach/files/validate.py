"""Validate a TOML file against a msgspec struct: finds all mistakes, not only the first, and says what to do."""

import datetime as dt
import difflib
import math
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec
from msgspec import inspect

from voice_coach.errors import Problem
from voice_coach.files.positions import Place, key_of, line_of, toml_lines
from voice_coach.files.read import parse_toml, read_text

T = TypeVar("T", bound=msgspec.Struct)

NAME = r"^[a-z][a-z0-9_]*$"
"""How ids are written."""
LANGUAGE = "^[a-z]{2}$"
"""How languages are written."""

_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)$")
_END = re.compile(r" \(at end of document\)$")
_PATTERNS = {
    NAME: "a name of small letters, digits and _ that begins with a letter",
    LANGUAGE: "a language in two small letters, such as en",
}
_LONGEST_QUOTE = 40  # characters of a wrong value that are shown
_INT_BITS = 63  # of TOML's and SQLite's whole numbers, without the sign


class Mistake(NamedTuple):
    """A mistake in the data, with its place."""

    place: Place
    message: str
    fatal: bool = True


class Located:
    """Turns places into problems of this file."""

    def __init__(self, path: Path, text: str) -> None:
        """Take a file's path and its text, which must be valid TOML."""
        self.path = path
        self._lines = toml_lines(text)

    def problem(self, mistake: Mistake) -> Problem:
        """Return the mistake with its line and key."""
        place, message, fatal = mistake
        return Problem(self.path, line_of(self._lines, place), key_of(place), message, fatal)


def read_toml(path: Path, kind: type[T]) -> tuple[T | None, list[Problem], Located | None]:
    """Read a TOML file as this kind of struct.

    Returns:
        The value, or None where the file can't be read, is no TOML or has another shape; all problems; and
        what tells the line of further mistakes, or None where there are no lines.
    """
    text, problem = _text_of(path)
    if problem:
        return None, [problem], None
    try:
        data = parse_toml(text)
    except ValueError as error:
        return None, [_syntax_problem(path, text, str(error))], None
    located = Located(path, text)
    problems = [located.problem(mistake) for mistake in mistakes(data, kind)]
    if problems:
        return None, problems, located
    try:
        return msgspec.convert(data, kind), [], located
    except msgspec.ValidationError as error:
        return None, [located.problem(_from_msgspec(str(error)))], located


def mistakes(data: object, kind: type[msgspec.Struct]) -> list[Mistake]:
    """Return what must change before the data can become this kind of struct; empty: nothing."""
    return list(_wrong(data, inspect.type_info(kind), ()))


def quoted(value: object) -> str:
    """Return the value as it may appear in a message: short, strings in quotes."""
    if isinstance(value, int) and value.bit_length() > _INT_BITS:
        return "so large a number"
    if isinstance(value, (dict, list)):
        return "a table" if isinstance(value, dict) else "a list"
    text = f'"{value}"' if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}..."


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the remedy for an unknown word: the one that was probably meant, or all there are."""
    close = difflib.get_close_matches(word, known, n=1)
    return f'did you mean "{close[0]}"?' if close else f"known are {', '.join(sorted(known))}"


def _text_of(path: Path) -> tuple[str, Problem | None]:
    """Return the file's text, or why there is none."""
    try:
        return read_text(path), None
    except FileNotFoundError:
        return "", Problem(path, 0, "", "there is no such file; check the name")
    except OSError as error:
        return "", Problem(path, 0, "", f"can't be read ({error.strerror}); check what it is and its permissions")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        return "", Problem(path, line, "", "is not UTF-8 text; save the file with the encoding UTF-8")


def _syntax_problem(path: Path, text: str, message: str) -> Problem:
    """Return what tomllib says, with the line out of its message."""
    line = text.count("\n") + 1
    if found := _AT_LINE.search(message):
        line, message = int(found[1]), message[: found.start()]
    message = _END.sub(" at the end of the file", message)
    return Problem(path, line, "", f"not valid TOML: {message}; write key = value, with text in quotes")


def _from_msgspec(message: str) -> Mistake:
    """Return msgspec's own finding, such as "Expected `int` - at `$.steps[1].x`", for the types that we don't know."""
    what, _, where = message.partition(" - at `$")
    parts = re.findall(r"\.([^.\[`]+)|\[(\d+)\]", where)
    return Mistake(tuple(key or int(index) for key, index in parts), f"{what}; correct it")


def _wrong(value: object, info: inspect.Type, place: Place) -> Iterator[Mistake]:
    """Yield what is wrong with a value that should be of this type."""
    match info:
        case inspect.UnionType(types=(inner, inspect.NoneType())):
            yield from _wrong(value, inner, place)
        case inspect.StructType() if isinstance(value, dict):
            yield from _wrong_struct(value, info, place)
        case inspect.VarTupleType() | inspect.ListType() if isinstance(value, list):
            if len(value) < (info.min_length or 0):
                yield Mistake(place, f"must be {_described(info)}, but is empty")
            for number, item in enumerate(value):
                yield from _wrong(item, info.item_type, (*place, number))
        case inspect.DictType() if isinstance(value, dict):
            for key, item in value.items():
                yield from _wrong(item, info.value_type, (*place, key))
        case _ if not _fits(value, info):
            yield Mistake(place, f"must be {_described(info)}, not {quoted(value)}{_meant(value, info)}")
        case _:
            pass


def _wrong_struct(value: dict[str, object], info: inspect.StructType, place: Place) -> Iterator[Mistake]:
    """Yield unknown keys, missing keys and what is wrong with the others."""
    known = {field.encode_name: field for field in info.fields}
    for key, item in value.items():
        if key in known:
            yield from _wrong(item, known[key].type, (*place, key))
        else:
            yield Mistake((*place, key), f'unknown key "{key}"; {nearest(key, known)}')
    for key, field in known.items():
        if field.required and key not in value:
            yield Mistake(place, f'"{key}" is missing; add it, {_described(field.type)}')


def _fits(value: object, info: inspect.Type) -> bool:
    """Tell whether a value can be of this type; where we have no opinion msgspec decides in the end."""
    match info:
        case inspect.BoolType():
            fits = isinstance(value, bool)
        case inspect.LiteralType():
            fits = value in info.values
        case inspect.DateType():
            fits = type(value) is dt.date
        case inspect.StrType():
            fits = isinstance(value, str) and _right_text(value, info)
        case inspect.IntType():
            fits = isinstance(value, int) and not isinstance(value, bool) and _in_bounds(value, info)
        case inspect.FloatType():
            fits = isinstance(value, (int, float)) and not isinstance(value, bool) and _in_bounds(value, info)
        case _:
            fits = not isinstance(info, (inspect.StructType, inspect.VarTupleType, inspect.ListType, inspect.DictType))
    return fits


def _right_text(value: str, info: inspect.StrType) -> bool:
    """Tell whether the text has the form and length that are asked for, blanks at its ends not counted."""
    length = len(value.strip())
    short_enough = info.max_length is None or len(value) <= info.max_length
    formed = info.pattern is None or re.search(info.pattern, value) is not None
    return short_enough and formed and length >= (info.min_length or 0)


def _in_bounds(value: float, info: inspect.IntType | inspect.FloatType) -> bool:
    """Tell whether the number is within its bounds; "nan" and "inf", which TOML knows, never are."""
    if isinstance(value, int) and value.bit_length() > _INT_BITS:
        return False
    return (
        math.isfinite(value)
        and (info.gt is None or value > info.gt)
        and (info.ge is None or value >= info.ge)
        and (info.lt is None or value < info.lt)
        and (info.le is None or value <= info.le)
    )


def _meant(value: object, info: inspect.Type) -> str:
    """Return a guess at the word that was meant, or nothing."""
    if isinstance(info, inspect.LiteralType) and isinstance(value, str):
        close = difflib.get_close_matches(value, [str(one) for one in info.values], n=1)
        return f'; did you mean "{close[0]}"?' if close else ""
    return ""


def _described(info: inspect.Type) -> str:
    """Return in words what a value of this type looks like."""
    match info:
        case inspect.UnionType():
            words = _described(info.types[0])
        case inspect.BoolType():
            words = "true or false"
        case inspect.LiteralType():
            words = "one of " + ", ".join(f'"{one}"' for one in info.values)
        case inspect.StrType():
            words = _described_text(info)
        case inspect.DateType():
            words = "a date such as 2031-05-27, without quotes"
        case inspect.IntType():
            words = "a whole number" + _bounds(info)
        case inspect.FloatType():
            words = "a number" + _bounds(info)
        case inspect.VarTupleType() | inspect.ListType():
            words = "a list in [ ]" + " with at least one entry" * bool(info.min_length)
        case _:
            words = "a table of key = value"
    return words


def _described_text(info: inspect.StrType) -> str:
    """Return in words what this text looks like."""
    if info.pattern:
        return _PATTERNS.get(info.pattern, f"text like {info.pattern}")
    if info.max_length:
        return f"text in quotes, {info.min_length or 0} to {info.max_length} characters"
    return "text in quotes"


def _bounds(info: inspect.IntType | inspect.FloatType) -> str:
    """Return in words within which bounds a number must lie."""
    bounds = {"above": info.gt, "of at least": info.ge, "below": info.lt, "of at most": info.le}
    words = " and ".join(f"{word} {bound}" for word, bound in bounds.items() if bound is not None)
    return f" {words}" if words else ""
