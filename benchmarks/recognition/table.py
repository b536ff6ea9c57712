"""The table as Markdown, and its place in a document between two marks."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import click

from benchmarks.recognition.cost import Cost
from benchmarks.recognition.rows import Cell, Row

BEGIN: Final = "<!-- begin: written by make bench-recognition -->"
END: Final = "<!-- end: written by make bench-recognition -->"


def markdown(rows: Sequence[Row], systems: Sequence[str]) -> str:
    """Return the table; a system that measured nothing has no column, a row that no one measured is left out."""
    seen = [row for row in rows if any(cell.text for cell in row.cells)]
    columns = [i for i in range(len(systems)) if any(row.cells[i].text for row in seen)]
    lines = ["| | aim | " + " | ".join(systems[i] for i in columns) + " |", "|---|---|" + "---|" * len(columns)]
    for row in seen:
        figures = " | ".join(row.cells[i].text or "-" for i in columns)
        lines.append(f"| {row.title} | {row.aim} | {figures} |")
    return "\n".join(lines)


def cost_rows(costs: Mapping[str, Cost], systems: Sequence[str]) -> list[Row]:
    """Return a row for each kind of cost."""
    kinds = (
        ("CPU, seconds a second of sound", "<= 0.03", "cpu", "{:.3f}"),
        ("of these, the voice detector", "", "voice", "{:.3f}"),
        ("of these, following what is said", "", "decoding", "{:.3f}"),
        ("of these, weighing it", "", "weighing", "{:.3f}"),
        ("memory added (PSS)", "<= 25 MB", "memory", "{:.0f} MiB"),
        ("load time, ready for the coach's grammar (CPU)", "<= 0.1 s", "load", "{:.2f} s"),
        ("size on disk", "<= 6 MB", "disk", "{:.1f} MB"),
    )
    found: list[Row] = []
    for title, aim, name, form in kinds:
        values = [getattr(costs[system], name) if system in costs else None for system in systems]
        cells = tuple(Cell() if v is None else Cell(form.format(v), {name: v}) for v in values)
        found.append(Row("cost", title, aim, cells))
    return found


def data(rows: Sequence[Row], systems: Sequence[str]) -> list[dict[str, object]]:
    """Return the table for programs."""
    return [
        {
            "row": row.key,
            "title": row.title,
            "aim": row.aim,
            "systems": {
                name: {"text": cell.text, **(cell.data or {})}
                for name, cell in zip(systems, row.cells, strict=True)
                if cell.text
            },
        }
        for row in rows
    ]


def write_into(document: Path, text: str) -> None:
    """Put a text between the marks of a document; what stood there goes.

    Raises:
        click.UsageError: the document lacks the marks.
    """
    whole = document.read_text(encoding="utf-8")
    before, begin, rest = whole.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise click.UsageError(f"{document} lacks the lines {BEGIN} and {END}: put them where the table belongs.")
    body = text.strip("\n")  # not the blanks before a first line that is code
    document.write_text(f"{before}{BEGIN}\n\n{body}\n\n{END}{after}", encoding="utf-8")


def pairs(rows: Sequence[Row]) -> list[Row]:
    """Return the rows with those that only part another one set back."""
    return [row if row.aim else replace(row, title=f"&nbsp;&nbsp;{row.title}") for row in rows]
