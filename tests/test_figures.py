"""Figures that are written in several documents agree: the pages in docs/benchmarks/ have them from a measurement."""

import re
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from packs import pending
from voice_coach.speak.voice_pack import VoicePack, words_of

ROOT: Final = Path(__file__).parents[1]
OVERVIEW: Final = ROOT / "docs" / "benchmarks.md"
PAGES: Final = sorted((ROOT / "docs" / "benchmarks").glob("*.md"))

NUMBER: Final = r"(?<![\w.,])-?\d+(?:,\d{3})*(?:\.\d+)?"
UNIT: Final = r" ?(?:%|ms|s|min|h|MB|MiB|kB|seconds|minutes|hours|syncs|words a minute)(?!\w)"
FIGURE: Final = rf"(?:{NUMBER} of )?{NUMBER}(?:/h|{UNIT})?(?: \[[^\]]+\])?"
"""Such as "47 of 48", "0.25 s" or "95.9 % [88.7-98.6]"."""


class Row(NamedTuple):
    """A row of the overview, and the page that it links to or that a row above it links to."""

    name: str
    figures: list[str]
    page: Path


def rows() -> list[Row]:
    """Return the rows of the overview's table."""
    found = []
    page = OVERVIEW
    for line in re.findall(r"^\|(.*)\|$", plain(OVERVIEW), re.MULTILINE)[2:]:
        name, result, target, link = (cell.strip() for cell in line.split("|"))
        if linked := re.search(r"\]\((\S+)\)", link):
            page = OVERVIEW.parent / linked[1]
        found.append(Row(name, re.findall(FIGURE, f"{result} | {target}"), page))
    return found


def plain(page: Path) -> str:
    """Return a page without bold type."""
    return page.read_text(encoding="utf-8").replace("**", "")


def has(page: Path, figure: str) -> bool:
    """Whether the figure, with its unit and its interval, is on the page; a cell of a table may leave the unit out."""
    text = plain(page)
    bare = re.sub(rf"{UNIT}$", "", figure)
    return bool(re.search(rf"(?<![\w.,]){re.escape(figure)}(?![\d%]|[.,]\d)|\| {re.escape(bare)} \|", text))


def test_each_figure_of_the_overview_is_on_the_page_behind_it() -> None:
    missing = [
        f"{row.name}: {figure} is not in {row.page.name}"
        for row in rows()
        for figure in row.figures
        if not has(row.page, figure)
    ]
    assert missing == []


def test_each_row_of_the_overview_has_a_figure_and_a_page() -> None:
    assert [row.name for row in rows() if row.page not in PAGES] == []
    assert [row.name for row in rows() if not row.figures] == []


def test_each_measured_figure_of_the_readme_is_on_a_page_of_the_benchmarks() -> None:
    """A figure with a unit is one that somebody has measured."""
    figures = re.findall(rf"{NUMBER}{UNIT}", plain(ROOT / "README.md"))
    assert figures
    assert [figure for figure in figures if not any(has(page, figure) for page in PAGES)] == []


def test_documents_say_how_large_the_model_is() -> None:
    folder = ROOT / "voice_coach" / "model"
    size = f"{sum(path.stat().st_size for path in folder.rglob('*') if path.is_file()) / 1e6:.1f} MB"
    documents = ("README.md", "docs/models.md", "docs/benchmarks/recognition.md", "voice_coach/model/README.md")
    assert [name for name in documents if not has(ROOT / name, size)] == []


@pytest.mark.parametrize("pack", pending.shipped(), ids=lambda pack: pack.index.name)
def test_documents_say_how_fast_a_voice_speaks(pack: VoicePack) -> None:
    """The index of the pack has the length of the speech in each of its clips."""
    name = pack.index.name
    long = [(words, clip) for clip in pack.index.clips if (words := len(words_of(clip.text))) >= 6]
    said = 60 * sum(words for words, _ in long) / sum(float(clip.made["voiced"]) for _, clip in long)
    figures = (
        f"`pack:{name}`: {len(pack.index.clips):,} clips; the {len(long)} of six words and more have {said:.0f} words"
    )
    assert figures in plain(ROOT / "docs/benchmarks/voice.md")
    assert re.search(rf"^\| `{name}` \|.* {said:.0f} \|$", plain(ROOT / "packs/README.md"), re.MULTILINE)
