"""Line numbers of keys in TOML and YAML files, for error messages that an editor can jump to.

A place is a path of keys and indices, such as `("repetition", "phases", 1, "seconds")`.
"""

import re
import tomllib
from collections.abc import Iterator

import yaml

Place = tuple[str | int, ...]

_SCALAR = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''[\s\S]*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|[^,\]}#\n]+",
    re.DOTALL,
)
"""A string of any of the four kinds, or a number, a date, true, false."""
_KEY = re.compile(r"\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*'|[A-Za-z0-9_-]+")
_BLANK = re.compile(r"[ \t]*")
_SPACE = re.compile(r"(?:\s|#[^\n]*)*")


def toml_lines(text: str) -> dict[Place, int]:
    """Return the line (from 1) of each key and array element of this valid TOML text.

    Arrays of tables, inline tables and dotted keys are resolved; a table that is opened twice keeps its first line.
    """
    return _Toml(text).lines


def yaml_lines(text: str) -> dict[Place, int]:
    """Return the line (from 1) of each key and list item of this valid YAML text."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    return {} if root is None else dict(_yaml_places(root, ()))


def line_of(lines: dict[Place, int], place: Place) -> int:
    """Return the line of this place or, if it is not in the file, of the closest enclosing one; 0: none at all."""
    return next((lines[place[:n]] for n in range(len(place), 0, -1) if place[:n] in lines), 0)


def key_of(place: Place) -> str:
    """Return the place in readable form: `repetition.phases[1].seconds`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).removeprefix(".")


def _yaml_places(node: yaml.Node, place: Place) -> Iterator[tuple[Place, int]]:
    """Yield what lies within the node."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield (*place, key.value), key.start_mark.line + 1
            yield from _yaml_places(value, (*place, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for n, item in enumerate(node.value):
            yield (*place, n), item.start_mark.line + 1
            yield from _yaml_places(item, (*place, n))


class _Toml:
    """Walks over a text that tomllib has accepted, so it need not look for mistakes."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Place, int] = {}
        self._text = text.replace("\r\n", "\n")
        self._at = 0
        self._tables: dict[Place, int] = {}  # how many times each [[array of tables]] was opened
        self._seen = (0, 1)  # offset and line of the last place asked for, so that the text is counted once
        here: Place = ()
        while self._skip(_SPACE) < len(self._text):
            here = self._header() if self._next("[") else self._pair(here)

    def _header(self) -> Place:
        """Take `[a.b]` or `[[a.b]]` and return the table that the following keys belong to."""
        line = self._line()
        array = self._take("[") and self._take("[")
        self._skip(_BLANK)
        keys = self._keys()
        self._take("]")
        if array:
            self._take("]")
        table = self._resolve(keys[:-1], line)
        if not array:
            return self._resolve(keys, line)
        table = (*table, keys[-1])
        number = self._tables.get(table, 0)
        self._tables[table] = number + 1
        self.lines.setdefault(table, line)
        self.lines[*table, number] = line
        return (*table, number)

    def _resolve(self, keys: list[str], line: int) -> Place:
        """Return the table that the header's keys lead to: within an array of tables, to its last one."""
        place: Place = ()
        for key in keys:
            place = (*place, key)
            self.lines.setdefault(place, line)
            if place in self._tables:
                place = (*place, self._tables[place] - 1)
        return place

    def _pair(self, table: Place) -> Place:
        """Take `key.key = value`, and return the table again."""
        line = self._line()
        place = table
        for key in self._keys():
            place = (*place, key)
            self.lines.setdefault(place, line)
        self._skip(_BLANK)
        self._take("=")
        self._skip(_BLANK)
        self._value(place)
        return table

    def _value(self, place: Place) -> None:
        """Take a value, and note what is in it."""
        if self._next("["):
            self._array(place)
        elif self._next("{"):
            self._inline(place)
        else:
            self._skip(_SCALAR)

    def _array(self, place: Place) -> None:
        """Take `[value, ...]`."""
        self._take("[")
        number = 0
        while not self._past("]"):
            self.lines[*place, number] = self._line()
            self._value((*place, number))
            self._past(",")
            number += 1

    def _inline(self, place: Place) -> None:
        """Take `{ key = value, ... }`."""
        self._take("{")
        while not self._past("}"):
            self._pair(place)
            self._past(",")

    def _keys(self) -> list[str]:
        """Take `a."b c".d`."""
        keys = []
        while key := _KEY.match(self._text, self._at):
            self._at = key.end()
            keys.append(_plain(key[0]))
            self._skip(_BLANK)
            if not self._take("."):
                break
            self._skip(_BLANK)
        return keys

    def _line(self) -> int:
        """Return the line of where we are."""
        offset, line = self._seen
        self._seen = (self._at, line + self._text.count("\n", offset, self._at))
        return self._seen[1]

    def _skip(self, pattern: re.Pattern[str]) -> int:
        """Go over the pattern if it is next, and return where we are then."""
        if found := pattern.match(self._text, self._at):
            self._at = found.end()
        return self._at

    def _next(self, mark: str) -> bool:
        """Tell whether the mark is next."""
        return self._text.startswith(mark, self._at)

    def _take(self, mark: str) -> bool:
        """Go over the mark if it is next."""
        found = self._next(mark)
        self._at += len(mark) * found
        return found

    def _past(self, mark: str) -> bool:
        """Go over space, comments and then the mark if it is there."""
        self._skip(_SPACE)
        return self._take(mark)


def _plain(key: str) -> str:
    """Return a key without its quotes."""
    if key[0] not in "\"'":
        return key
    return next(iter(tomllib.loads(f"{key} = 0")))
