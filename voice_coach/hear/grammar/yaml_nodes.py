"""A YAML file as a tree that knows the line of each value, and the troubles found while reading it."""

from dataclasses import dataclass, field
from pathlib import Path

import yaml

from voice_coach.errors import Problem
from voice_coach.events import SlotValue


@dataclass
class Troubles:
    """The mistakes found so far in one file."""

    path: Path
    problems: list[Problem] = field(default_factory=list)

    def add(self, node: "Tree | None", message: str, *, fatal: bool = True) -> None:
        """Note a mistake at a node; None: the file as a whole."""
        problem = Problem(self.path, node.line if node else 0, node.key if node else "", message, fatal)
        if problem not in self.problems:  # the same node may be read twice
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
        """Whether it is one text, number or truth value."""
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
        node = yaml.compose(path.read_text("utf-8"), Loader=yaml.SafeLoader)
    except OSError as error:
        troubles.add(None, f"can't be read: {error.strerror or error}")
    except UnicodeDecodeError:
        troubles.add(None, "is not written in UTF-8; save it as UTF-8")
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        troubles.problems.append(Problem(path, line, "", f"is not YAML: {error.problem or error}"))
    except yaml.YAMLError as error:
        troubles.add(None, f"is not YAML: {error}")
    else:
        if node is not None:
            return Tree(node, "", troubles)
        troubles.add(None, "is empty")
    return None
