"""A YAML file as a tree that knows the line of each value, and the troubles found while reading it.

An anchor may stand for what holds it, or for so much that a walk would take years: the tree is measured before it is
used.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import yaml

from voice_coach.errors import Problem
from voice_coach.events import SlotValue
from voice_coach.files.read import MAX_DEPTH, read_text

MAX_NODES: Final = 100_000
"""Values in a file, those behind anchors counted as often as they are used; ours has 6,300."""


@dataclass
class Troubles:
    """The mistakes found so far in one file."""

    path: Path
    problems: list[Problem] = field(default_factory=list)
    _known: set[Problem] = field(default_factory=set)

    def add(self, node: "Tree | None", message: str, *, fatal: bool = True) -> None:
        """Note a mistake at a node; None: the file as a whole."""
        problem = Problem(self.path, node.line if node else 0, node.key if node else "", message, fatal)
        if problem not in self._known:  # the same node may be read twice
            self._known.add(problem)
            self.problems.append(problem)


@dataclass(frozen=True, slots=True)
class Tree:
    """One value of the file: a scalar, a sequence or a mapping; asked for what it is not, it notes that."""

    node: yaml.Node
    key: str
    """Such as `intents.stop.data[0]`."""
    troubles: Troubles

    @property
    def line(self) -> int:
        """The line that it begins in, from 1."""
        mark = self.node.start_mark
        return mark.line + 1 if mark else 0

    @property
    def is_scalar(self) -> bool:
        """True for a single text, number or truth value."""
        return isinstance(self.node, yaml.ScalarNode)

    def mapping(self, remedy: str) -> dict[str, "Tree"]:
        """Return its keys, as they are written, and values."""
        if not isinstance(self.node, yaml.MappingNode):
            self.troubles.add(self, f"this is no mapping; {remedy}")
            return {}
        found: dict[str, Tree] = {}
        for name, value in self.node.value:
            key = str(name.value)
            child = Tree(value, f"{self.key}.{key}".lstrip("."), self.troubles)
            if key in found:
                self.troubles.add(child, f"{key!r} stands here twice; join the two")
            found[key] = child
        return found

    def sequence(self, remedy: str) -> list["Tree"]:
        """Return its items."""
        if not isinstance(self.node, yaml.SequenceNode):
            self.troubles.add(self, f"this is no list; {remedy}")
            return []
        return [Tree(item, f"{self.key}[{i}]", self.troubles) for i, item in enumerate(self.node.value)]

    def text(self) -> str:
        """Return it as it is written."""
        if not isinstance(self.node, yaml.ScalarNode):
            self.troubles.add(self, "this should be a text")
            return ""
        return str(self.node.value)

    def scalar(self) -> SlotValue:
        """Return a number as a number and anything else as a text."""
        text = self.text()
        return text if self.node.tag not in ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float") else _number(text)

    def whole(self) -> int | None:
        """Return a whole number; None where it is none."""
        text = self.text()
        try:
            return int(text)
        except ValueError:
            self.troubles.add(self, f"{text!r} should be a whole number")
            return None

    def flag(self) -> bool:
        """Return a truth value."""
        text = self.text().lower()
        if text not in ("true", "false"):
            self.troubles.add(self, f"{text!r} should be true or false")
        return text == "true"


def _number(text: str) -> SlotValue:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:  # YAML's own ways of writing numbers, such as 0x1F or 1:30
        return text


def read_tree(path: Path, troubles: Troubles) -> Tree | None:
    """Return the file's tree; None, with the reason among the troubles, where it can't be read."""
    try:
        node = _composed(read_text(path))
    except OSError as error:
        troubles.add(None, f"can't be read: {error.strerror or error}")
    except UnicodeDecodeError:
        troubles.add(None, "is not written in UTF-8; save it as UTF-8")
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        troubles.problems.append(Problem(path, line, "", f"is not YAML: {error.problem or error}"))
    except yaml.YAMLError as error:
        troubles.add(None, f"is not YAML: {' '.join(str(error).split())}")
    except RecursionError:
        troubles.add(None, _TOO_DEEP)
    except (ValueError, OverflowError) as error:  # from yaml itself: a number or an escape that Python can't hold
        troubles.add(None, f"is not YAML: {error}")
    else:
        if node is None:
            troubles.add(None, "is empty")
        elif wrong := _too_much(node):
            troubles.add(None, wrong)
        else:
            return Tree(node, "", troubles)
    return None


def _composed(text: str) -> yaml.Node | None:
    """Return the tree of a text, read by libyaml where PyYAML has it: ten times as fast.

    libyaml's composer calls itself for each level, so the depth is looked at first. A text that it rejects is
    read again by the other reader, whose messages are better.
    """
    try:
        if getattr(yaml, "__with_libyaml__", False) and _depth(text) <= MAX_DEPTH:
            return yaml.compose(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError, OverflowError):
        pass
    return yaml.compose(text, Loader=yaml.SafeLoader)


def _depth(text: str) -> int:
    """Return how deep a text is nested, counting no further than one level beyond `MAX_DEPTH`."""
    depth = deepest = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            deepest = max(deepest, depth)
            if deepest > MAX_DEPTH:
                break
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return deepest


_TOO_DEEP: Final = f"is nested more than {MAX_DEPTH} deep; a grammar needs 6"


def _too_much(root: yaml.Node) -> str:
    """Return why the tree can't be walked, empty if it can."""
    waiting = [(root, 1)]
    for _ in range(MAX_NODES):
        if not waiting:
            return ""
        node, depth = waiting.pop()
        if depth > MAX_DEPTH:
            return _TOO_DEEP
        if isinstance(node, yaml.CollectionNode):
            items = [part for pair in node.value for part in pair] if isinstance(node, yaml.MappingNode) else node.value
            waiting += [(item, depth + 1) for item in items]
    return f"holds more than {MAX_NODES} values; split it up"
