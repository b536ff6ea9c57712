"""The report as a PDF, read back with a library that is not ours."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from tests.history.course import TODAY, Done, course, fortnight
from voice_coach.errors import HistoryError
from voice_coach.report.charts import svg
from voice_coach.report.content import Report, contents
from voice_coach.report.pdf import pdf

NASTY = '#panic("x") $ * _ ] } \\ "quoted" // <b> ' + "long" * 40


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Return a fortnight, with words that would be markup where they were not data."""
    first, *others = course(tmp_path_factory.mktemp("report"), *fortnight())
    first = replace(first, note=NASTY)
    return contents([first, *others], TODAY + timedelta(days=14), 28, "0.1.0")


@pytest.fixture(scope="module")
def document(report: Report) -> PdfReader:
    """Return the document."""
    return PdfReader(BytesIO(pdf(report, svg)))


@pytest.fixture(scope="module")
def text(document: PdfReader) -> str:
    """Return its words, without where its lines end."""
    return " ".join(" ".join(page.extract_text() for page in document.pages).split())


def names_of_pictures(element: Any) -> Iterator[str]:  # noqa: ANN401 - whatever stands in a PDF
    """Return what a screen reader says of the pictures, in the order of reading."""
    element = element.get_object()
    if not isinstance(element, dict):
        return
    if element.get("/S") == "/Figure":
        yield str(element["/Alt"])
    below = element.get("/K", [])
    for one in below if isinstance(below, list) else [below]:
        if not isinstance(one, int):
            yield from names_of_pictures(one)


def test_it_says_what_the_page_says(report: Report, text: str) -> None:
    for name, what in report.facts:
        assert f"{name} {what}" in text
    parts = [*report.safety, *report.listings]
    titles = [*(figure.title for figure in report.figures), *(part.title for part in parts)]
    assert [title for title in titles if title not in text] == []
    assert report.about in text
    assert report.footer in text
    for event in report.events:
        assert event.title in text
        assert [f"{name} {what}" for name, what in event.pairs if f"{name} {what}" not in text] == []
    assert "Words “it's going down my leg”, in the hold of repetition 5" in text


def test_each_session_is_in_it(report: Report, text: str) -> None:
    sessions = report.listings[-1].rows
    assert len(sessions) == 33
    assert [row[0] for row in sessions if row[0] not in text] == []


def test_the_charts_are_vectors_with_words(document: PdfReader, text: str) -> None:
    assert [image.name for page in document.pages for image in page.images] == []
    for words in ("one side of the back", "pain, 0 to 10", "red event"):
        assert words in text


def test_what_was_said_is_text_and_nothing_else(text: str) -> None:
    assert NASTY.replace(" ", "") in text.replace(" ", "").replace("\u200b", "")


def test_it_tells_a_screen_reader_its_language_name_and_structure(document: PdfReader, report: Report) -> None:
    root: Any = document.trailer["/Root"]
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert document.metadata
    assert document.metadata.title == "Exercise report, 20 May 2021"
    assert list(names_of_pictures(root["/StructTreeRoot"])) == [
        f"Chart: {figure.title}. The same numbers are in the table of all sessions." for figure in report.figures
    ]


def test_it_is_of_a4_pages_and_the_same_each_time(report: Report, document: PdfReader) -> None:
    assert {tuple(round(float(side)) for side in page.mediabox[2:]) for page in document.pages} == {(595, 842)}
    again = PdfReader(BytesIO(pdf(report, svg)))
    assert len(again.pages) == len(document.pages) < 6


def test_days_without_sessions_need_no_table(tmp_path: Path) -> None:
    report = contents(course(tmp_path, Done()), TODAY + timedelta(days=40), 2, "0.1.0")
    (page,) = PdfReader(BytesIO(pdf(report, svg))).pages[-1:]
    assert "There was none in these days." in page.extract_text()


def test_without_the_library_it_says_what_to_install(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(HistoryError, match=r"one more library: `.*pip install .*\[pdf\]'`"):
        pdf(report, svg)
