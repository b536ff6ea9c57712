"""`voice-coach check`: mistakes in exercise, programme, grammar and persona files, each with line and remedy."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import click

from voice_coach.cli import options
from voice_coach.errors import DataError, Problem
from voice_coach.files.read import parse_toml, read_text
from voice_coach.files.resources import find

_MAX_WORD_LIST: Final = 64 * 2**20
"""Bytes of a model's list of words; that of the largest official model has 6 MB."""

Kind = Literal["exercise", "programme", "grammar", "persona"]


@dataclass(frozen=True, slots=True)
class Checked:
    """Result for a file."""

    path: Path
    kind: Kind
    problems: list[Problem]

    @property
    def good(self) -> bool:
        """True if the file can be used."""
        return not any(problem.fatal for problem in self.problems)


@click.command(name="check")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of exercise files, for editors, and check nothing.")
@click.option("--programme-schema", is_flag=True, help="Print the JSON Schema of programme files.")
@options.model
@options.as_json
def command(files: tuple[Path, ...], model: Path | None, *, schema: bool, programme_schema: bool, as_json: bool) -> int:
    """Find mistakes in exercise, programme and persona (.toml) and grammar (.yaml) files.

    Each mistake is one line: FILE:LINE: KEY: what is wrong and what to do. Warnings are marked; a file with warnings
    works. For a grammar, words unknown to the recogniser's model are listed too. Exit code 1 if a file can't be used.
    """
    if schema:
        from voice_coach.exercise.schema import schema_text  # noqa: PLC0415 - only where it is needed

        click.echo(schema_text(), nl=False)
        return 0
    if programme_schema:
        from voice_coach.programme.model import schema_text as programme_text  # noqa: PLC0415 - as above

        click.echo(programme_text(), nl=False)
        return 0
    if not files:
        raise click.UsageError("Name at least one file to check.")
    checked = [check(path, model) for path in files]
    click.echo(
        json.dumps([as_object(one) for one in checked], indent=2) if as_json else "\n".join(map(report, checked))
    )
    return 0 if all(one.good for one in checked) else 1


def check(path: Path, model: Path | None = None) -> Checked:
    """Look for mistakes in one file; `model` is the folder of a Vosk model, None for the embedded one."""
    kind = kind_of(path)
    checks: dict[Kind, Callable[[], list[Problem]]] = {
        "exercise": lambda: _exercise(path),
        "programme": lambda: _programme(path),
        "grammar": lambda: _grammar(path, model),
        "persona": lambda: _persona(path),
    }
    return Checked(path, kind, checks[kind]())


def kind_of(path: Path) -> Kind:
    """Return what the file is meant to be: by its ending and, for TOML, by what it describes."""
    if path.suffix.lower() in {".yaml", ".yml"}:
        return "grammar"
    try:
        data = parse_toml(read_text(path))
    except (OSError, ValueError):  # told with its line by whoever reads it as an exercise
        return "exercise"
    if {"persona", "person"} & set(data):
        return "persona"
    steps = data.get("steps")
    named = isinstance(steps, list) and any(isinstance(step, dict) and "exercise" in step for step in steps)
    return "programme" if named or ("title" in data and "repetition" not in data) else "exercise"


def report(checked: Checked) -> str:
    """Return a line for each problem, or one that says that the file is good."""
    lines = [f"{problem}" if problem.fatal else f"{problem} (warning)" for problem in checked.problems]
    return "\n".join([*lines, *([f"{checked.path}: a good {checked.kind}"] if checked.good else [])])


def as_object(checked: Checked) -> dict[str, Any]:
    """Return it ready for JSON."""
    problems = [
        {"line": problem.line, "key": problem.key, "message": problem.message, "fatal": problem.fatal}
        for problem in checked.problems
    ]
    return {"path": str(checked.path), "kind": checked.kind, "good": checked.good, "problems": problems}


def _exercise(path: Path) -> list[Problem]:
    """Return what is wrong with an exercise."""
    from voice_coach.exercise.load import read_exercise  # noqa: PLC0415 - only where it is needed

    return read_exercise(path)[1]


def _programme(path: Path) -> list[Problem]:
    """Return what is wrong with a programme."""
    from voice_coach.programme.load import read_programme  # noqa: PLC0415 - as above

    return read_programme(path)[1]


def _persona(path: Path) -> list[Problem]:
    """Return what is wrong with a persona."""
    from voice_coach.rehearsal.persona import read_persona  # noqa: PLC0415 - as above

    return read_persona(path)[1]


def _grammar(path: Path, model: Path | None) -> list[Problem]:
    """Return what is wrong with a grammar, and what the model does not know of it."""
    from voice_coach.config.engines import model_folder  # noqa: PLC0415 - as above
    from voice_coach.config.outdated import outdated_grammars  # noqa: PLC0415 - as above
    from voice_coach.hear.grammar.grammar import vocabulary_gaps  # noqa: PLC0415 - as above
    from voice_coach.hear.grammar.load import load_grammar  # noqa: PLC0415 - as above

    try:
        grammar = load_grammar(path)
    except DataError as error:
        return error.problems
    outdated = [problem for problem in outdated_grammars(grammar.language) if problem.path.samefile(path)]
    words = _vocabulary(model_folder(model))
    if words is None:
        return [
            *grammar.warnings,
            *outdated,
            Problem(path, 0, "model", "no model was found, so its words were not checked", fatal=False),
        ]
    gaps = vocabulary_gaps(grammar, words.__contains__)
    told = [*grammar.warnings, *outdated]
    if gaps.words:
        message = (
            f"the model does not know {_listed(gaps.words)}, so {len(gaps.phrases)} of {len(grammar.phrases)} phrases"
            " are not recognised; use other words too, or another model"
        )
        told.append(Problem(path, 0, "model", message, fatal=False))
    if gaps.red_words:
        message = (
            f"RED words that the model does not know: {_listed(gaps.red_words)}; a model that knows them is needed"
        )
        told.append(Problem(path, 0, "model", message, fatal=False))
    return told


def _vocabulary(model: Path | None) -> frozenset[str] | None:
    """Return the words of a Vosk model, which its graph lists one a line; None where there is no such list."""
    path = model / "graph" / "words.txt" if model else find("model", "graph/words.txt")
    if path is None or not path.is_file():
        return None
    try:
        text = read_text(path, _MAX_WORD_LIST)
    except (OSError, UnicodeDecodeError):
        return None
    return frozenset(line.split(" ", 1)[0] for line in text.splitlines())


def _listed(words: tuple[str, ...]) -> str:
    """Return the words in one line."""
    return ", ".join(f'"{word}"' for word in words)
