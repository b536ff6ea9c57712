"""From a YAML file to a `Grammar`: every template is expanded, and each mistake is told with its line."""

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from voice_coach.errors import DataError
from voice_coach.events import SlotValue
from voice_coach.hear.grammar.composition import NO_COMPOSITION
from voice_coach.hear.grammar.cover import cover_pairs
from voice_coach.hear.grammar.grammar import NEGATION_WINDOW, Grammar, Negation, Phrase
from voice_coach.hear.grammar.load_composition import load_composition
from voice_coach.hear.grammar.templates import (
    LARGEST_NUMBER,
    Expansion,
    ListValue,
    TemplateError,
    Templates,
    in_words,
    normal,
)
from voice_coach.hear.grammar.yaml_nodes import Tree, Troubles, read_tree

_TOP: Final = frozenset(
    {
        "language",
        "lists",
        "expansion_rules",
        "intents",
        "wordings",
        "negation",
        "homophones",
        "meaning",
        "settings",
        "skip_words",
    }
)
_BLOCK: Final = frozenset({"sentences", "slots", "metadata", "response", "requires_context", "excludes_context"})
_FLAGS: Final = ("always", "red", "ask", "careful", "half", "mean")
_METADATA: Final = frozenset({*_FLAGS, "rank", "negated", "answers"})


def load_grammar(path: Path) -> Grammar:
    """Read a grammar file and expand every template in it.

    Raises:
        DataError: the file can't be used; each mistake with its line.
    """
    troubles = Troubles(path)
    root = read_tree(path, troubles)
    loader = _Loader(troubles)
    if root is not None:
        loader.read(root)
    problems = troubles.problems
    if any(problem.fatal for problem in problems):
        raise DataError(problems)
    return loader.grammar(path)


class _Loader:
    """Walks the tree once and gathers phrases and troubles."""

    def __init__(self, troubles: Troubles) -> None:
        self._troubles = troubles
        self._templates = Templates()
        self._phrases: dict[tuple[str, ...], Phrase] = {}
        self._always: set[str] = set()
        self._red: set[str] = set()
        self._named: dict[str, Tree] = {}
        self._negation = Negation()
        self._language = ""
        self._alike: dict[str, str] = {}
        self._composition = NO_COMPOSITION
        self._wordings: dict[str, tuple[str, ...]] = {}

    def grammar(self, path: Path) -> Grammar:
        return Grammar(
            path,
            self._language,
            tuple(self._phrases.values()),
            frozenset(self._always),
            frozenset(self._red),
            self._negation,
            tuple(self._troubles.problems),
            self._alike,
            self._composition,
            self._wordings,
        )

    def read(self, root: Tree) -> None:
        top = root.mapping("a grammar is a mapping with the keys language and intents")
        for key, value in top.items():
            if key not in _TOP:
                self._troubles.add(value, f"unknown; a grammar has {', '.join(sorted(_TOP))}", fatal=False)
        if "language" in top:
            self._language = top["language"].text()
        self._negation = _negation(top["negation"]) if "negation" in top else Negation()
        self._alike = self._homophones(top["homophones"]) if "homophones" in top else {}
        self._templates = self._definitions(top)
        if "intents" not in top:
            self._troubles.add(root, "there is no key `intents`; it holds what can be said")
            return
        for name, intent in top["intents"].mapping("write `name: {data: [...]}` for each intent").items():
            self._intent(name, intent)
        self._composition = load_composition(top.get("meaning"), self._troubles, frozenset(self._red), self._phrases)
        if "wordings" in top:
            remedy = "write `intent: [template, template]` for each answer"
            for name, templates in top["wordings"].mapping(remedy).items():
                self._wordings[name] = self._texts(name, templates)
        for name in {**self._wordings, **self._composition.wordings}:
            texts = (*self._wordings.get(name, ()), *self._composition.wordings.get(name, ()))
            self._wordings[name] = cover_pairs(text for text in texts if tuple(text.split()) not in self._phrases)
        self._check_names()

    def _texts(self, name: str, node: Tree) -> tuple[str, ...]:
        """Return everything that the templates of an answer stand for."""
        self._named.setdefault(name, node)
        return tuple(
            expansion.text
            for template in node.sequence("write the templates as a list, each with a dash")
            for expansion in self._expand(self._templates, template.text(), template)
            if expansion.text
        )

    def _homophones(self, node: Tree) -> dict[str, str]:
        lists = node.sequence("write a list of lists of words that sound alike")
        groups = [[normal(word.text()) for word in one.sequence("write the words as a list")] for one in lists]
        for word, count in Counter(word for group in groups for word in group).items():
            if count > 1:
                self._troubles.add(node, f"{word!r} stands there twice; put all that sounds alike into one list")
        return {word: group[0] for group in groups for word in group}

    def _definitions(self, top: Mapping[str, Tree]) -> Templates:
        nodes = top["expansion_rules"].mapping("write `name: template`") if "expansion_rules" in top else {}
        rules = {name: node.text() for name, node in nodes.items()}
        lists: dict[str, list[ListValue]] = {}
        for name, node in (top["lists"].mapping("write `name: {values: [...]}`") if "lists" in top else {}).items():
            lists[name] = self._list(node)
        templates = Templates(rules, lists)
        for name, node in nodes.items():  # also those that nothing uses
            self._expand(templates, f"<{name}>", node)
        for name, node in (top["lists"].mapping("") if "lists" in top else {}).items():
            self._expand(templates, f"{{{name}}}", node)
        return templates

    def _list(self, node: Tree) -> list[ListValue]:
        body = node.mapping("a list has `values: [...]` or `range: {from: 0, to: 10}`")
        if "range" in body:
            return self._range(body["range"])
        if "values" not in body:
            self._troubles.add(
                node, "a list needs `values: [...]` or `range: {from: 0, to: 10}`; nothing else can be sampled"
            )
            return []
        values = [self._value(value) for value in body["values"].sequence("write the values as a list")]
        return [value for value in values if value is not None]

    def _value(self, node: Tree) -> ListValue | None:
        if node.is_scalar:
            return ListValue(node.text(), node.text())
        pair = node.mapping("a value is a text, or `{in: text, out: value}`")
        if "in" not in pair or "out" not in pair:
            self._troubles.add(node, "a value is a text, or `{in: text, out: value}`")
            return None
        return ListValue(pair["in"].text(), pair["out"].scalar())

    def _range(self, node: Tree) -> list[ListValue]:
        body = node.mapping("write `range: {from: 0, to: 10}`")
        first, last, step = (
            body[key].whole() if key in body else default
            for key, default in (("from", None), ("to", None), ("step", 1))
        )
        if first is None or last is None or step is None or not (0 <= first <= last <= LARGEST_NUMBER and step > 0):
            self._troubles.add(node, f"a range goes from a whole number to a higher one, 0 to {LARGEST_NUMBER}")
            return []
        return [ListValue(in_words(number), number) for number in range(first, last + 1, step)]

    def _intent(self, name: str, node: Tree) -> None:
        body = node.mapping("an intent has `data`, a list of blocks with sentences")
        if "data" not in body:
            self._troubles.add(node, "an intent needs `data`, a list of blocks with sentences")
            return
        for block in body["data"].sequence("write the blocks as a list, each with a dash"):
            self._block(name, block)

    def _block(self, intent: str, node: Tree) -> None:
        block = node.mapping("a block has `sentences`, a list of templates")
        for key, value in block.items():
            if key not in _BLOCK:
                self._troubles.add(value, f"unknown; a block has {', '.join(sorted(_BLOCK))}", fatal=False)
        slots = (
            {name: value.scalar() for name, value in block["slots"].mapping("write `name: value`").items()}
            if "slots" in block
            else {}
        )
        marks = block["metadata"].mapping("write `name: value`") if "metadata" in block else {}
        pattern, how = self._metadata(intent, marks)
        if "sentences" not in block:
            self._troubles.add(node, "a block needs `sentences`, a list of templates")
            return
        for sentence in block["sentences"].sequence(
            "write the sentences as a list, each with a dash; one text would be read letter by letter"
        ):
            for expansion in self._expand(self._templates, sentence.text(), sentence):
                filled = {**slots, **dict(expansion.slots)}
                self._add(pattern(expansion, how(filled), sentence.line), sentence)

    def _metadata(self, intent: str, marks: Mapping[str, Tree]) -> "tuple[_Pattern, _SlotRule]":
        for key, value in marks.items():
            if key not in _METADATA:
                self._troubles.add(value, f"unknown; metadata has {', '.join(sorted(_METADATA))}", fatal=False)
        flags = {key: key in marks and marks[key].flag() for key in _FLAGS}
        rank = (marks["rank"].whole() or 0) if "rank" in marks else 0
        negated = marks["negated"].text() if "negated" in marks else ""
        answers = (
            tuple(node.text() for node in marks["answers"].sequence("write `answers: [intent]`"))
            if "answers" in marks
            else ()
        )
        if negated not in ("", "ask", "drop"):
            self._named.setdefault(negated, marks["negated"])
        for name in answers:
            self._named.setdefault(name, marks["answers"])
        if flags["always"] or flags["red"]:
            self._always.add(intent)
        if flags["red"]:
            self._red.add(intent)

        def pattern(expansion: Expansion, slots: Mapping[str, SlotValue], line: int) -> Phrase:
            words = tuple(expansion.text.split())
            return Phrase(
                words, intent, slots, rank, flags["red"], flags["ask"], flags["careful"], negated, answers, line=line
            )

        return pattern, _slot_rule(intent, half=flags["half"], mean=flags["mean"])

    def _add(self, phrase: Phrase, node: Tree) -> None:
        if not phrase.words:
            self._troubles.add(node, "the template also stands for an empty text; leave one word outside the [ ]")
            return
        other = self._phrases.setdefault(phrase.words, phrase)
        if other.intent != phrase.intent:
            self._troubles.add(
                node,
                f"{phrase.text!r} is both {phrase.intent} and {other.intent} (line {other.line}); take it out of one",
            )

    def _expand(self, templates: Templates, template: str, node: Tree) -> list[Expansion]:
        try:
            return templates.expand(template)
        except TemplateError as error:
            self._troubles.add(node, f"{error}, in {template!r}")
            return []

    def _check_names(self) -> None:
        intents = {phrase.intent for phrase in self._phrases.values()}
        for name, node in self._named.items():
            if name not in intents:
                self._troubles.add(node, f"there is no intent {name!r}")
        meant = {one.phrase.intent for one in self._composition.patterns}
        meant |= {one.phrase.intent for one in self._composition.signs}
        for name in sorted(meant - intents):
            self._troubles.add(None, f"`meaning` names the intent {name!r}, and there is none")
        if not intents and not any(problem.fatal for problem in self._troubles.problems):
            self._troubles.add(None, "the grammar has no phrase at all")


_Pattern = Callable[[Expansion, Mapping[str, SlotValue], int], Phrase]
_SlotRule = Callable[[dict[str, SlotValue]], Mapping[str, SlotValue]]


def _slot_rule(intent: str, *, half: bool, mean: bool) -> _SlotRule:
    """Return what turns the slots that a template filled into those of the phrase."""

    def rule(slots: dict[str, SlotValue]) -> Mapping[str, SlotValue]:
        if mean:
            slots = {**slots, intent: (float(slots.pop("low", 0)) + float(slots.pop("high", 0))) / 2}
        if half:
            slots = {**slots, intent: float(slots.get(intent, 0)) + 0.5}
        return slots

    return rule


def _negation(node: Tree) -> Negation:
    body = node.mapping("write `words: [not, never]` and the like")

    def words(key: str) -> frozenset[str]:
        listed = body[key].sequence("write the words as a list") if key in body else []
        return frozenset(normal(word.text()) for word in listed)

    window = body["window"].whole() if "window" in body else None
    return Negation(
        words=words("words"),
        suffix=body["suffix"].text() if "suffix" in body else "",
        next_word=words("next_word"),
        clause_starts=words("clause_starts"),
        boundaries=words("boundaries"),
        joins=words("joins"),
        corrections=words("corrections"),
        bridges=words("bridges"),
        limits=words("limits"),
        attributes=words("attributes"),
        nouns=words("nouns"),
        modifiers=words("modifiers"),
        closers=words("closers"),
        predicates=words("predicates"),
        claims=words("claims"),
        goods=words("goods"),
        past=words("past"),
        window=NEGATION_WINDOW if window is None else window,
    )
