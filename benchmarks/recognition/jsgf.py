"""A reader of the plain part of JSGF: words, rules, alternatives, groups, options and tags; no weights, no loops."""

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

_TOKEN: Final = re.compile(r"\s*(<[\w.]+>|\{[^}]*\}|[][()|;=]|[^][()|;={}<>\s]+)")
_QUIET: Final = 3000
"""So many sentences in a row with no new pair of words: there are no more."""

Slots = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """A word, a rule's name, or parts in a row, one of several, or perhaps; with a tag or none."""

    kind: str
    """`word`, `rule`, `row`, `one` or `maybe`."""
    text: str = ""
    parts: tuple["Part", ...] = ()
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Jsgf:
    """A grammar whose sentences can be drawn and whose sentences' slots can be read."""

    rules: Mapping[str, Part]
    public: str
    _tagged: list[tuple[tuple[str, ...], str]] = field(default_factory=list, repr=False)

    def sentences(self, seed: int) -> list[str]:
        """Return sentences that together hold every pair of neighbouring words that the grammar allows."""
        source = random.Random(seed)  # noqa: S311 - no secret
        seen: set[tuple[str, str]] = set()
        chosen: list[str] = []
        quiet = 0
        while quiet < _QUIET:
            words = self._draw(self.rules[self.public], source)
            pairs = set(zip(["", *words], [*words, ""], strict=True)) - seen
            quiet = 0 if pairs else quiet + 1
            if pairs:
                seen |= pairs
                chosen.append(" ".join(words))
        return chosen

    def read(self, text: str) -> Slots | None:
        """Return the slots of a text, by tag; None if neither it nor its tagged parts make a sentence.

        A text that is not a whole sentence (a recogniser lost an article, say) is read by its tagged parts, each
        as long as possible; two different values of one tag make no sense, and no tagged part at all neither.
        """
        words = tuple(text.split())
        for end, slots in self._match(self.rules[self.public], words, 0):
            if end == len(words):
                return dict(slots)
        return self._spotted(words)

    def _spotted(self, words: tuple[str, ...]) -> Slots | None:
        if not self._tagged:
            found = [pair for rule in self.rules.values() for pair in self._phrases(rule)]
            self._tagged.extend(sorted(set(found), key=lambda pair: -len(pair[0])))
        slots: dict[str, str] = {}
        start = 0
        while start < len(words):
            phrase, tag = next((p for p in self._tagged if words[start : start + len(p[0])] == p[0]), ((), ""))
            if tag and slots.setdefault(tag, " ".join(phrase)) != " ".join(phrase):
                return None
            start += len(phrase) or 1
        return slots or None

    def _phrases(self, part: Part) -> Iterator[tuple[tuple[str, ...], str]]:
        if part.tag:
            yield from ((words, part.tag) for words in self._all(part) if words)
        for inner in part.parts:
            yield from self._phrases(inner)

    def _all(self, part: Part) -> list[tuple[str, ...]]:
        if part.kind == "word":
            return [(part.text,)]
        if part.kind == "rule":
            return self._all(self.rules[part.text])
        if part.kind == "row":
            rows: list[tuple[str, ...]] = [()]
            for inner in part.parts:
                rows = [row + words for row in rows for words in self._all(inner)]
            return rows
        found = [words for inner in part.parts for words in self._all(inner)]
        return [(), *found] if part.kind == "maybe" else found

    def _draw(self, part: Part, source: random.Random) -> list[str]:
        if part.kind == "word":
            return [part.text]
        if part.kind == "rule":
            return self._draw(self.rules[part.text], source)
        if part.kind == "one":
            return self._draw(source.choice(part.parts), source)
        if part.kind == "maybe" and source.random() < 0.5:  # noqa: PLR2004 - an even chance
            return []
        return [word for inner in part.parts for word in self._draw(inner, source)]

    def _match(self, part: Part, words: tuple[str, ...], at: int) -> Iterator[tuple[int, Slots]]:
        """Yield where the part may end when it begins `at`, with the slots within."""
        for end, slots in self._inside(part, words, at):
            yield end, {**slots, part.tag: " ".join(words[at:end])} if part.tag else slots

    def _inside(self, part: Part, words: tuple[str, ...], at: int) -> Iterator[tuple[int, Slots]]:
        if part.kind == "word":
            if words[at : at + 1] == (part.text,):
                yield at + 1, {}
        elif part.kind == "rule":
            yield from self._match(self.rules[part.text], words, at)
        elif part.kind == "row":
            yield from self._row(part.parts, words, at)
        else:
            for inner in part.parts:
                yield from self._match(inner, words, at)
            if part.kind == "maybe":
                yield at, {}

    def _row(self, parts: tuple[Part, ...], words: tuple[str, ...], at: int) -> Iterator[tuple[int, Slots]]:
        if not parts:
            yield at, {}
            return
        for middle, before in self._match(parts[0], words, at):
            for end, after in self._row(parts[1:], words, middle):
                yield end, {**before, **after}


def parse(text: str) -> Jsgf:
    """Read a grammar.

    Raises:
        ValueError: it is not of the plain kind, or not one at all.
    """
    bare = re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL)
    statements = [line.strip() for line in bare.split(";") if line.strip()]
    rules: dict[str, Part] = {}
    public = ""
    for line in statements:
        if line.startswith(("#JSGF", "grammar ")):
            continue
        head, separator, body = line.partition("=")
        name = re.fullmatch(r"(public\s+)?<([\w.]+)>", head.strip())
        if not separator or name is None:
            raise ValueError(f"this is not a rule: {line!r}")
        rules[name[2]] = _Reader(body).rule()
        public = public or (name[2] if name[1] else "")
    missing = {part.text for rule in rules.values() for part in _walk(rule) if part.kind == "rule"} - set(rules)
    if missing:
        raise ValueError(f"there is no rule <{min(missing)}>")
    if not public:
        raise ValueError("no rule is public")
    return Jsgf(rules, public)


def _walk(part: Part) -> Iterator[Part]:
    yield part
    for inner in part.parts:
        yield from _walk(inner)


class _Reader:
    """Reads the right side of one rule."""

    def __init__(self, body: str) -> None:
        self._body = body
        self._tokens = _TOKEN.findall(body)
        if "".join(self._tokens).replace(" ", "") != re.sub(r"\s", "", body):
            raise ValueError(f"this can't be read: {body.strip()!r}")
        self._at = 0

    def rule(self) -> Part:
        part = self._alternatives()
        if self._at < len(self._tokens):
            raise self._wrong()
        return part

    def _alternatives(self) -> Part:
        rows = [self._row()]
        while self._next() == "|":
            self._at += 1
            rows.append(self._row())
        return rows[0] if len(rows) == 1 else Part("one", parts=tuple(rows))

    def _row(self) -> Part:
        parts: list[Part] = []
        while self._next() not in ("", "|", ")", "]"):
            parts.append(self._tagged())
        if not parts:
            raise self._wrong()
        return parts[0] if len(parts) == 1 else Part("row", parts=tuple(parts))

    def _tagged(self) -> Part:
        part = self._part()
        tag = self._next()
        if not tag.startswith("{"):
            return part
        self._at += 1
        return Part("row", parts=(part,), tag=tag[1:-1].strip())

    def _part(self) -> Part:
        token = self._next()
        self._at += 1
        if token.startswith("<"):
            return Part("rule", token[1:-1])
        if token in ("(", "["):
            inner = self._alternatives()
            if self._next() != {"(": ")", "[": "]"}[token]:
                raise self._wrong()
            self._at += 1
            return inner if token == "(" else Part("maybe", parts=(inner,))
        if token.startswith("{") or token == "=":
            raise self._wrong()
        return Part("word", token)

    def _next(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _wrong(self) -> ValueError:
        return ValueError(f"this can't be read: {self._body.strip()!r}")
