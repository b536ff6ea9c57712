"""The key `meaning` of a grammar file to a `Composition`; each mistake is told with its line."""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Final, cast, get_args

from voice_coach.events import SlotValue
from voice_coach.hear.grammar.composition import (
    LITERAL,
    NO_COMPOSITION,
    UNHEARD,
    Composition,
    Echo,
    Item,
    Pattern,
    Place,
    Sign,
    Strictness,
    Talk,
)
from voice_coach.hear.grammar.cover import cover, in_turn
from voice_coach.hear.grammar.phrase import Phrase, Situation
from voice_coach.hear.grammar.templates import normal
from voice_coach.hear.grammar.yaml_nodes import Tree, Troubles

_KEYS: Final = frozenset(
    {
        "classes",
        "places",
        "situations",
        "patterns",
        "signs",
        "weak",
        "strict",
        "opposites",
        "first_persons",
        "others",
        "called",
        "turned_by",
        "reports",
        "empty",
        "asides",
        "echoes",
        "lead_ins",
        "admitted",
        "taken_up",
        "tells_where",
        "sure",
    }
)
_MARKS: Final = frozenset(
    {
        "intent",
        "rank",
        "ask",
        "careful",
        "negated",
        "slots",
        "when",
        "unless",
        "said",
        "loose",
        "silent",
        "alone",
        "wording",
    }
)
_ITEM: Final = re.compile(r"\[[^\[\]]*\]|\([^()]*\)|<[^<>]*>|[^\s\[\]()<>]+|\S")
_CLASS: Final = re.compile(r"<(\w+)>")


def load_composition(
    node: Tree | None, troubles: Troubles, red: frozenset[str], known: Container[tuple[str, ...]] = ()
) -> Composition:
    """Read the key; mistakes go to `troubles`.

    Args:
        node: the key; None: the grammar has none.
        troubles: where mistakes are noted.
        red: the grammar's red intents.
        known: the words of its phrases.
    """
    return NO_COMPOSITION if node is None else _Loader(troubles, red, known).read(node)


@dataclass
class _Loader:
    troubles: Troubles
    red: frozenset[str]
    known: Container[tuple[str, ...]]
    classes: dict[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    places: dict[tuple[str, ...], Place] = field(default_factory=dict)
    situations: dict[str, Situation] = field(default_factory=dict)
    said: dict[str, None] = field(default_factory=dict)
    covered: set[str] = field(default_factory=set)
    """An element of `said`."""
    wordings: dict[str, dict[str, None]] = field(default_factory=dict)
    """For an intent, the phrases of the patterns that are marked `wording`."""

    def read(self, node: Tree) -> Composition:
        top = node.mapping(f"`meaning` has the keys {', '.join(sorted(_KEYS))}")
        for key, value in top.items():
            if key not in _KEYS:
                self.troubles.add(value, f"unknown; `meaning` has {', '.join(sorted(_KEYS))}", fatal=False)
        for name, words in self._mapping(top, "classes", "write `name: word, two words` for each class").items():
            self.classes[name] = self._words(words)
        for place in self._sequence(top, "places"):
            self._place(place)
        remedy = "write `name: {asked: [intent], not: [intent]}`"
        for name, situation in self._mapping(top, "situations", remedy).items():
            body = situation.mapping(remedy)
            self.situations[name] = (self._names(body.get("asked")), self._names(body.get("not")))
        patterns = [pattern for one in self._sequence(top, "patterns") for pattern in self._patterns(one)]
        signs = [sign for one in self._sequence(top, "signs") for sign in self._sign(one)]
        return Composition(
            self.classes,
            self.places,
            tuple(patterns),
            tuple(signs),
            self._names(top.get("weak")),
            self._strict(top),
            tuple(self._names(pair) for pair in self._sequence(top, "opposites")),
            self._names(top.get("tells_where")),
            self._single(top.get("first_persons")),
            self._single(top.get("others")),
            self._single(top.get("called")),
            self._single(top.get("reports")),
            self._single(top.get("turned_by")),
            self._names(top.get("sure")),
            self._taken_up(top),
            self._known_classes(top.get("lead_ins")),
            self._known_classes(top.get("admitted")),
            self._known_classes(top.get("empty")),
            self._known_classes(top.get("asides")),
            self._echoes(top),
            tuple(text for text in self.said if tuple(text.split()) not in self.known),
            {intent: tuple(texts) for intent, texts in self.wordings.items()},
        )

    def _mapping(self, top: Mapping[str, Tree], key: str, remedy: str) -> dict[str, Tree]:
        return top[key].mapping(remedy) if key in top else {}

    def _sequence(self, top: Mapping[str, Tree], key: str) -> list[Tree]:
        return top[key].sequence("write it as a list, each with a dash") if key in top else []

    def _names(self, node: Tree | None) -> frozenset[str]:
        if node is None:
            return frozenset()
        return frozenset(normal(one.text()) for one in node.sequence("write a list: [one, two]"))

    def _single(self, node: Tree | None) -> frozenset[str]:
        return frozenset(word for words in self._words(node) for word in words) if node else frozenset()

    def _words(self, node: Tree) -> tuple[tuple[str, ...], ...]:
        """Return the words of a text that names them with commas: `ache, pins and needles`."""
        found = tuple(tuple(normal(one).split()) for one in node.text().split(","))
        if not all(found):
            self.troubles.add(node, "an empty text stands for nothing; write words with commas between them")
        return tuple(one for one in found if one)

    def _place(self, node: Tree) -> None:
        body = node.mapping("a place is `{place: calf, rank: 5, words: [...], also: [class]}`")
        if not {"place", "rank", "words"} <= set(body):
            self.troubles.add(node, "a place needs `place`, `rank` and `words`")
            return
        name, rank = body["place"].text(), body["rank"].whole() or 0
        vague = "vague" in body and body["vague"].flag()
        words = self._words(body["words"])
        for one in words:
            other = self.places.setdefault(one, Place(name, rank, vague))
            if other.name != name:
                said = " ".join(one)
                self.troubles.add(body["words"], f"{said!r} is both {name} and {other.name}; take it out of one")
        for group in ("place", *sorted(self._names(body.get("also")))):
            self.classes[group] = (*self.classes.get(group, ()), *words)

    def _phrase(self, node: Tree, body: Mapping[str, Tree]) -> Phrase | None:
        for key, value in body.items():
            if key not in _MARKS | {"all", "without", "call"}:
                self.troubles.add(value, f"unknown; here stand {', '.join(sorted(_MARKS))}", fatal=False)
        if "intent" not in body or "rank" not in body:
            self.troubles.add(node, "an `intent` and its `rank` are needed")
            return None
        intent = body["intent"].text()
        unless = self._names(body.get("unless"))
        only = self._situations(body["when"]) if "when" in body else ()
        slots: dict[str, SlotValue] = (
            {name: value.scalar() for name, value in body["slots"].mapping("write `name: value`").items()}
            if "slots" in body
            else {}
        )
        return Phrase(
            (),
            intent,
            slots,
            body["rank"].whole() or 0,
            intent in self.red,
            "ask" in body and body["ask"].flag(),
            "careful" in body and body["careful"].flag(),
            body["negated"].text() if "negated" in body else "",
            line=node.line,
            only=only,
            unless=unless,
        )

    def _situations(self, node: Tree) -> tuple[Situation, ...]:
        found = []
        for one in [node] if node.is_scalar else node.sequence("write a situation, or a list of them"):
            name = one.text()
            if name in self.situations:
                found.append(self.situations[name])
            else:
                known = ", ".join(sorted(self.situations))
                self.troubles.add(one, f"there is no situation {name!r}; there are: {known}")
        return tuple(found)

    def _patterns(self, node: Tree) -> list[Pattern]:
        body = node.mapping("a pattern is `{intent: worse, rank: 94, said: [...]}`")
        phrase = self._phrase(node, body)
        if phrase is None or "said" not in body:
            self.troubles.add(node, "a pattern needs `said`, a list of what is said: `<class> [<class>] word`")
            return []
        loose = (body["loose"].whole() or 0) if "loose" in body else 0
        alone = "alone" in body and body["alone"].flag()
        silent = "silent" in body and body["silent"].flag()
        wording = "wording" in body and body["wording"].flag()
        found = []
        for text in body["said"].sequence("write a list of what is said"):
            items = self._items(text)
            if not items or all(item.optional for item in items):
                self.troubles.add(text, "a pattern needs a class or a word that is not optional")
                continue
            if items[0].optional:
                self.troubles.add(text, "a pattern begins with what is always said; leave the [ ] out or move it")
            found.append(Pattern(items, phrase, loose, alone, text.line))
            if wording:
                self._pair(items, self.wordings.setdefault(phrase.intent, {}))
            elif not silent:
                self._cover(items)
        return found

    def _items(self, node: Tree) -> tuple[Item, ...]:
        items = []
        for token in _ITEM.findall(node.text()):
            optional = token.startswith("[")
            inner = token[1:-1] if token[0] in "[(" and len(token) > 1 else token
            names = [self._class(one.strip(), node) for one in inner.split("|") if one.strip()]
            if not names or token in "[]()<>":
                self.troubles.add(node, f"{token!r} has no other half, in {node.text()!r}")
                continue
            items.append(Item(tuple(names), optional))
        return tuple(items)

    def _class(self, text: str, node: Tree) -> str:
        """Return the name of a class, or of one that is made for words that stand there themselves."""
        if named := _CLASS.fullmatch(text):
            if named[1] not in self.classes:
                self.troubles.add(node, f"there is no class <{named[1]}> under `classes` or `places`")
            return named[1]
        words = normal(text)
        if not words or "<" in words or ">" in words:
            self.troubles.add(node, f"{text!r} is no class and no word, in {node.text()!r}")
        self.classes.setdefault(f"{LITERAL}{words}", (tuple(words.split()),))
        return f"{LITERAL}{words}"

    def _cover(self, items: tuple[Item, ...]) -> None:
        """Give the recogniser phrases with each word of the pattern; with optional classes, and then without them."""
        texts = [[" ".join(one) for name in item.classes for one in self.classes.get(name, ())] for item in items]
        for text in cover(texts, self.covered):
            self.said.setdefault(text)

    def _pair(self, items: tuple[Item, ...], found: dict[str, None]) -> None:
        """Add phrases with each word of the pattern next to several others, with and without its optional classes."""
        texts = [[" ".join(one) for name in item.classes for one in self.classes.get(name, ())] for item in items]
        needed = [one for item, one in zip(items, texts, strict=True) if not item.optional]
        for phrase in (*in_turn(texts), *in_turn(needed)):
            found.setdefault(phrase)

    def _sign(self, node: Tree) -> list[Sign]:
        body = node.mapping("a sign is `{intent: emergency, rank: 99, all: [[class], [class, class]]}`")
        phrase = self._phrase(node, body)
        if phrase is None or "all" not in body:
            self.troubles.add(node, "a sign needs `all`, a list of lists of classes")
            return []
        groups = tuple(
            tuple(self._known(one) for one in group.sequence("write a list of classes"))
            for group in body["all"].sequence("write a list of lists of classes")
        )
        call = "call" in body and body["call"].flag()
        return [Sign(groups, phrase, self._known_classes(body.get("without")), call)]

    def _known_classes(self, node: Tree | None) -> frozenset[str]:
        if node is None:
            return frozenset()
        return frozenset(self._known(one) for one in node.sequence("write a list of classes"))

    def _known(self, node: Tree) -> str:
        name = node.text()
        if name not in self.classes and name != UNHEARD:
            self.troubles.add(node, f"there is no class {name!r} under `classes` or `places`")
        return name

    def _taken_up(self, top: Mapping[str, Tree]) -> dict[str, str]:
        named = self._mapping(top, "taken_up", "write `intent: class`")
        return {intent: self._known(node) for intent, node in named.items()}

    def _echoes(self, top: Mapping[str, Tree]) -> dict[str, Echo]:
        found = {}
        for name, node in self._mapping(top, "echoes", "write `class: {when: situation, before: [intent]}`").items():
            body = node.mapping("write `{when: situation, before: [intent]}`, or `{}`")
            if name not in self.classes:
                self.troubles.add(node, f"there is no class {name!r} under `classes` or `places`")
            for key, value in body.items():
                if key not in {"when", "before"}:
                    self.troubles.add(value, "unknown; here stand before, when", fatal=False)
            only = self._situations(body["when"]) if "when" in body else ()
            found[name] = Echo(self._names(body.get("before")), only)
        return found

    def _strict(self, top: Mapping[str, Tree]) -> dict[str, Strictness]:
        found = {}
        for name, node in self._mapping(top, "strict", "write `intent: {left_over: ask, about: [class]}`").items():
            body = node.mapping("write `{left_over: ask, about: [class]}`")
            doubtful = body["left_over"].text() if "left_over" in body else "ask"
            if doubtful not in {"ask", "nothing"}:
                self.troubles.add(body["left_over"], f"{doubtful!r} should be `ask` or `nothing`")
            about, hedges = self._known_classes(body.get("about")), self._known_classes(body.get("hedges"))
            talk = body["talk"].text() if "talk" in body else "none"
            if talk not in get_args(Talk):
                self.troubles.add(body["talk"], f"{talk!r} should be one of {', '.join(get_args(Talk))}")
            found[name] = Strictness(doubtful, about, hedges, cast("Talk", talk))
        return found
