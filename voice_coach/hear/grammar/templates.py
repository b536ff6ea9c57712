r"""Sentence templates to phrases: hassil's template language, expanded as a whole when a grammar is loaded.

`(a|b)` one of, `[a]` optional, `(a;b)` in any order, `<name>` a snippet, `{name}` or `{name:slot}` a value of a
list, `\(` the character itself. Expanding everything at once finds each mistake before anybody speaks.
"""

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from voice_coach.events import SlotValue

MAX_PHRASES: Final = 20_000
"""Phrases that one template may stand for: a few nested optionals too many reach a million."""

MAX_TEMPLATE_LENGTH: Final = 2_000
"""Characters of a template, and of a phrase that it stands for."""

MAX_NESTING: Final = 50
"""Brackets and snippets within each other."""

MAX_IN_ANY_ORDER: Final = 6
"""Parts of one `(a;b)`, which stand for 720 orders."""

MAX_WORK: Final = 10_000_000
"""Characters that are read and written to expand all templates of a grammar; ours takes 670,000."""

_TOKEN: Final = re.compile(r"\\.|[()\[\]|;]|<[^<>]*>|\{[^{}]*\}|[^\\()\[\]|;<>{}]+|.", re.DOTALL)
_NAME: Final = re.compile(r"\w+")
_PUNCTUATION: Final = str.maketrans({"’": "'", "‘": "'"} | dict.fromkeys(',.?!":', " "))

_FRACTION: Final = re.compile(r"\b(\d{1,2}) ?/ ?10\b")
_DECIMAL: Final = re.compile(r"\b(\d{1,2})\.(\d)\b")
_DIGITS: Final = re.compile(r"\b\d{1,3}\b")

_BELOW_TWENTY: Final = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
).split()
_TENS: Final = "twenty thirty forty fifty sixty seventy eighty ninety".split()

LARGEST_NUMBER: Final = 999


class TemplateError(ValueError):
    """A template can't be expanded; the message says why."""


@dataclass(frozen=True, slots=True)
class Expansion:
    """One text that a template stands for."""

    text: str
    slots: tuple[tuple[str, SlotValue], ...] = ()


@dataclass(frozen=True, slots=True)
class ListValue:
    """One value of a list: what is said, and what goes into the slot."""

    template: str
    out: SlotValue


def normal(text: str) -> str:
    """Return the text as phrases are compared: lower case, one blank between words, no punctuation but `'` and `-`."""
    return " ".join(text.lower().translate(_PUNCTUATION).split())


def with_numbers(text: str) -> str:
    """Return a `normal` text with its whole numbers in words, and "6/10" as "six out of ten"."""
    if not any(letter.isdigit() for letter in text):
        return text
    text = _FRACTION.sub(r"\1 out of 10", text)
    text = _DECIMAL.sub(r"\1 point \2", text)
    return _DIGITS.sub(lambda found: in_words(int(found[0])) if int(found[0]) <= LARGEST_NUMBER else found[0], text)


@dataclass(frozen=True, slots=True)
class Templates:
    """The snippets and lists that templates refer to."""

    rules: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, Sequence[ListValue]] = field(default_factory=dict)
    work: "Work" = field(default_factory=lambda: Work(), compare=False)  # noqa: PLW0108 - it is defined below

    def expand(self, template: str) -> list[Expansion]:
        """Return every text that the template stands for, in `normal` form, each with the slots it fills.

        Raises:
            TemplateError: brackets do not fit, a name is unknown, a snippet holds itself, or it is over `MAX_PHRASES`
            texts or another of the limits above.
        """
        found = _Parser(self, template, ()).parse()
        return [Expansion(normal(expansion.text), expansion.slots) for expansion in found]


@dataclass(slots=True)
class Work:
    """How much is left of `MAX_WORK`.

    Thirty snippets, each of which holds the next one twice, stand for more than any computer can write down.
    """

    left: int = MAX_WORK

    def spend(self, characters: int) -> None:
        """Count this.

        Raises:
            TemplateError: there is nothing left.
        """
        self.left -= characters
        if self.left < 0:
            raise TemplateError("all templates together stand for too much; leave some alternatives out")


class _Parser:
    """One pass over one template."""

    def __init__(self, templates: Templates, template: str, inside: tuple[str, ...], depth: int = 0) -> None:
        if len(template) > MAX_TEMPLATE_LENGTH:
            raise TemplateError(f"the template is longer than {MAX_TEMPLATE_LENGTH} characters; split it up")
        templates.work.spend(len(template) + 1)
        self._templates = templates
        self._depth = depth
        self._tokens = _TOKEN.findall(template)
        self._at = 0
        self._inside = inside  # the snippets that are being expanded around this one

    def parse(self) -> list[Expansion]:
        return self._group("")

    def _group(self, closing: str) -> list[Expansion]:
        """Expand up to the closing bracket (or the end of the template, where there is none)."""
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise TemplateError(f"more than {MAX_NESTING} brackets stand within each other")
        found = self._parts(closing)
        self._depth -= 1
        self._templates.work.spend(sum(len(expansion.text) + 1 for expansion in found))
        return found

    def _parts(self, closing: str) -> list[Expansion]:
        parts: list[list[list[Expansion]]] = [[]]
        separators: set[str] = set()
        while (token := self._next()) != closing:
            if token == "":
                raise TemplateError(f"a {closing!r} is missing at the end")
            if token in ("|", ";"):
                separators.add(token)
                parts.append([])
            else:
                parts[-1].append(self._item(token))
        if len(separators) > 1:
            raise TemplateError("'|' and ';' stand in one group; put brackets around one of the two")
        if ";" in separators:
            return _in_any_order([_in_a_row(part) for part in parts])
        return _limited([expansion for part in parts for expansion in _in_a_row(part)])

    def _next(self) -> str:
        token = self._tokens[self._at] if self._at < len(self._tokens) else ""
        self._at += 1
        return token

    def _item(self, token: str) -> list[Expansion]:
        if token == "(":
            return self._group(")")
        if token == "[":
            return [*self._group("]"), Expansion("")]
        if token.startswith("\\"):
            return [Expansion(token[1:])]
        if token.startswith("<") and token.endswith(">"):
            return self._rule(token[1:-1])
        if token.startswith("{") and token.endswith("}"):
            return self._list(token[1:-1])
        if token in ")]<>{}":
            raise TemplateError(f"a {token!r} without its other half")
        return [Expansion(token)]

    def _rule(self, name: str) -> list[Expansion]:
        if name not in self._templates.rules:
            raise TemplateError(f"no snippet <{name}> under expansion_rules")
        if name in self._inside:
            raise TemplateError(f"the snippet <{name}> holds itself")
        return _Parser(self._templates, self._templates.rules[name], (*self._inside, name), self._depth).parse()

    def _list(self, reference: str) -> list[Expansion]:
        name, _, slot = reference.partition(":")
        if name not in self._templates.lists:
            raise TemplateError(f"no list {{{name}}} under lists")
        if slot and not _NAME.fullmatch(slot):
            raise TemplateError(f"{slot!r} can't be a slot's name")
        without_lists = Templates(self._templates.rules, work=self._templates.work)
        return [
            Expansion(expansion.text, ((slot or name, value.out),))
            for value in self._templates.lists[name]
            for expansion in _Parser(without_lists, value.template, self._inside, self._depth).parse()
        ]


def _in_a_row(items: list[list[Expansion]]) -> list[Expansion]:
    total = 1
    for item in items:  # counted first: the product itself might not fit into memory
        total *= len(item)
        if total > MAX_PHRASES:
            raise TemplateError(f"it stands for more than {MAX_PHRASES} phrases; split it up")
    return [_joined(row) for row in itertools.product(*items)]


def _in_any_order(parts: list[list[Expansion]]) -> list[Expansion]:
    if len(parts) > MAX_IN_ANY_ORDER:
        raise TemplateError(f"more than {MAX_IN_ANY_ORDER} parts in any order; split it up")
    blank = [Expansion(" ")]
    found: list[Expansion] = []
    for order in itertools.permutations(parts):
        found += _in_a_row([item for part in order for item in (blank, part)])
        _limited(found)
    return found


def _joined(row: Sequence[Expansion]) -> Expansion:
    text = "".join(part.text for part in row)
    if len(text) > MAX_TEMPLATE_LENGTH:
        raise TemplateError(f"it stands for a phrase of more than {MAX_TEMPLATE_LENGTH} characters; split it up")
    return Expansion(text, tuple(slot for part in row for slot in part.slots))


def _limited(found: list[Expansion]) -> list[Expansion]:
    if len(found) > MAX_PHRASES:
        raise TemplateError(f"it stands for more than {MAX_PHRASES} phrases; split it up")
    return found


def in_words(number: int) -> str:
    """Return a whole number from 0 to `LARGEST_NUMBER` in words, as in "forty two" and "one hundred seven".

    Raises:
        ValueError: outside that range.
    """
    if not 0 <= number <= LARGEST_NUMBER:
        raise ValueError(f"{number} is not between 0 and {LARGEST_NUMBER}")
    hundreds, rest = divmod(number, 100)
    words = [_BELOW_TWENTY[hundreds], "hundred"] if hundreds else []
    if rest >= len(_BELOW_TWENTY):
        tens, rest = divmod(rest, 10)
        words.append(_TENS[tens - 2])
    if rest or not words:
        words.append(_BELOW_TWENTY[rest])
    return " ".join(words)
