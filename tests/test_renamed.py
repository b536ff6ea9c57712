"""What docs/renamed.md tells is so: the new modules and names are there, and nothing goes by the old ones."""

import io
import re
import tokenize
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[1]
TABLE = (ROOT / "docs" / "renamed.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `([^`]+)` \| `([^`]+)` \|$", TABLE, re.MULTILINE)
PATHS = {old: new for old, new in ROWS if old.endswith(".py")}
ARGUMENTS = {old.removesuffix("=") for old, _ in ROWS if old.endswith("=")}
NAMES = [(old, new) for old, new in ROWS if not old.endswith((".py", "="))]
EXCEPT = {"docs/renamed.md", "CHANGELOG.md", "tests/test_renamed.py", "scripts/make_kept_home.py"}
"""Files that name old modules on purpose: the last runs 0.1.0."""
READ = sorted(
    path
    for folder in (
        "audio_cues",
        "benchmarks",
        "docs",
        "examples",
        "grammars",
        "packs",
        "scripts",
        "tests",
        "training",
        "voice_coach",
    )
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".py", ".md", ".yaml"} and path.relative_to(ROOT).as_posix() not in EXCEPT
)
TEXTS = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in [
        *READ,
        *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "Makefile", "pyproject.toml", ".ci/run")),
    ]
}


def dotted(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".")


def test_the_table_is_read() -> None:
    assert len(PATHS) > 150
    assert len(NAMES) > 150


def test_the_new_modules_are_there_and_the_old_ones_are_gone() -> None:
    recycled = set(PATHS.values())
    assert [new for new in PATHS.values() if not (ROOT / new).exists()] == []
    assert [old for old in PATHS if (ROOT / old).exists() and old not in recycled] == []


def test_no_code_and_no_document_names_an_old_module() -> None:
    recycled = set(PATHS.values())
    gone = [old for old in PATHS if old not in recycled]
    # A module that became a package is still named where its modules are.
    modules = [dotted(old) for old in gone if not (ROOT / old).with_suffix("").is_dir()]
    pattern = re.compile(rf"(?<![\w./])(?:{'|'.join(map(re.escape, [*gone, *modules]))})(?![\w])")
    found = [(name, match[0]) for name, text in TEXTS.items() for match in pattern.finditer(text)]
    assert found == []


def test_the_new_names_are_there_and_the_old_ones_are_gone() -> None:
    wrong = []
    now = {new for _, new in NAMES}
    for old, new in NAMES:
        module, _, name = f"voice_coach.{new}".rpartition(".")
        wrong += [] if hasattr(import_module(module), name) else [new]
        former, _, before = f"voice_coach.{old}".rpartition(".")
        spec = find_spec(former) if is_module(former) else None
        if spec and old not in now and before in defined(former):
            wrong.append(old)
    assert wrong == []


def is_module(name: str) -> bool:
    return (ROOT / f"{name.replace('.', '/')}.py").exists()


def defined(module: str) -> set[str]:
    """Return the names that a module itself defines at its top."""
    text = TEXTS[f"{module.replace('.', '/')}.py"]
    return set(re.findall(r"^(?:(?:async )?def |class )?(\w+)(?:\(|:| =|\[)", text, re.MULTILINE))


def test_no_class_goes_by_its_old_name() -> None:
    classes = {old.rpartition(".")[2] for old, new in NAMES if old.rpartition(".")[2] != new.rpartition(".")[2]}
    classes = {name for name in classes if re.fullmatch(r"[A-Z][a-z]\w+", name)}
    pattern = re.compile(rf"\b(?:{'|'.join(sorted(classes))})\b")
    code = {name: text for name, text in TEXTS.items() if name.endswith(".py")}
    found = [(name, match[0]) for name, text in code.items() for match in pattern.finditer(text)]
    assert classes
    assert found == []


def test_no_argument_attribute_or_variable_goes_by_its_old_name() -> None:
    word = rf"_?(?:{'|'.join(sorted(ARGUMENTS))})"
    assert ARGUMENTS
    assert [name for name, text in TEXTS.items() if re.search(rf"\b{word}\b", text) and is_used(word, name, text)] == []


def is_used(word: str, name: str, text: str) -> bool:
    """Return whether a module uses an identifier, or a document's example does; prose may have the word."""
    if not name.endswith(".py"):
        return bool(re.search(rf"\b{word}(?:\s?=|\.\w)", text))
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return any(token.type == tokenize.NAME and re.fullmatch(word, token.string) for token in tokens)
