"""CONTRIBUTING.md says where to look: the files are there, and hold what it names."""

import ast
import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
SECTION: Final = re.compile(r"^## Find your way\n(.*?)^## ", re.DOTALL | re.MULTILINE)


def named() -> list[tuple[str, str]]:
    """Return each file that the table names, and each name together with the file before it."""
    section = SECTION.search((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    assert section is not None
    found = []
    for row in re.findall(r"^\| .*$", section[1], re.MULTILINE):
        file = ""
        for one in re.findall(r"`([^`]+)`", row):
            if "/" in one:
                file = one
            found.append((file, "" if one == file else one))
    return found


def defined(path: Path) -> set[str]:
    """Return the names that a file defines: of Python its classes, functions and constants, otherwise its keys."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return set(re.findall(r"^ *\[?(\w+)(?:\]|:| =)", text, re.MULTILINE))
    names = set()
    for node in ast.parse(text).body:
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
            case ast.Assign(targets=[ast.Name(id=name)]):
                names.add(name)
            case _:
                pass
    return names


def test_what_the_table_names_is_where_it_says() -> None:
    assert len(named()) > 6
    missing = [file for file, _ in named() if not (ROOT / file).is_file()]
    assert missing == []
    assert [f"{file}: {name}" for file, name in named() if name and name not in defined(ROOT / file)] == []
