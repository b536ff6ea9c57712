"""The report as a PDF: the same parts as the page, typeset by typst, which needs no network."""

import json
from importlib.resources import files
from importlib.util import find_spec
from typing import Any, Final
from xml.etree.ElementTree import tostring

from voice_coach.errors import HistoryError
from voice_coach.files.extras import install_command
from voice_coach.report.content import Listing, Report
from voice_coach.report.figures import Figure
from voice_coach.report.html_page import Draw

_SVG: Final = "http://www.w3.org/2000/svg"


def pdf(report: Report, draw: Draw) -> bytes:
    """Return the report as a PDF of A4 pages: vector charts, real text, tagged for screen readers.

    Raises:
        HistoryError: the library is not installed.
    """
    if find_spec("typst") is None:
        raise HistoryError(f"A PDF needs one more library: `{install_command('pdf')}`, then try again.")
    import typst  # noqa: PLC0415 - optional, and 30 MB that nothing else needs

    parts = {
        "name": report.name,
        "title": report.title,
        "about": report.about,
        "facts": report.facts,
        "events": [{"title": event.title, "pairs": event.pairs} for event in report.events],
        "safety": [_listing(part) for part in report.safety],
        "figures": [_figure(figure, draw) for figure in report.figures],
        "listings": [_listing(part) for part in report.listings],
        "later": report.later,
        "footer": report.footer,
    }
    template = files(__package__).joinpath("page.typ").read_bytes()
    result: bytes = typst.compile(template, format="pdf", sys_inputs={"report": json.dumps(parts)})
    return result


def _listing(part: Listing) -> dict[str, Any]:
    """Return a table with its title and introduction."""
    return {"title": part.title, "words": part.words, "heads": part.heads, "rows": part.rows}


def _figure(figure: Figure, draw: Draw) -> dict[str, Any]:
    """Return a chart as SVG text, with its caption."""
    label = f"Chart: {figure.title}. The same numbers are in the table of all sessions."
    picture = draw(figure.chart, label)
    picture.set("xmlns", _SVG)  # it was drawn to be a part of a page, where its name is enough
    svg = tostring(picture, encoding="unicode")
    return {"title": figure.title, "words": figure.caption, "svg": svg, "label": label}
