"""The report for a physiotherapist: one HTML page that needs no network and no scripts."""

import re
from collections.abc import Callable, Iterable
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from voice_coach.report.charts import BLUE, GRID, INK, MUTED, PALE, RED, Chart
from voice_coach.report.content import Listing, Report
from voice_coach.report.figures import Figure
from voice_coach.report.safety import Card

Draw = Callable[[Chart, str], Element]

_DARK: Final = {
    INK: "#e8eaed", MUTED: "#a9b1bb", GRID: "#3a4048", BLUE: "#6ba6ee", PALE: "#b9d4f5", RED: "#ff8a80",
}  # fmt: skip
CSS: Final = (
    f":root {{ --ink: {INK}; --muted: {MUTED}; --line: {GRID}; --page: #ffffff; --red: {RED}; }}"
    """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page);
  max-width: 60rem; margin: 0 auto; padding: 1.5rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
p, figcaption, summary, footer { max-width: 44rem; } .muted, figcaption, footer, summary { color: var(--muted); }
dl { display: grid; grid-template-columns: fit-content(13rem) 1fr; gap: .25rem 1.5rem; margin: 1rem 0; }
dt { color: var(--muted); } dd { margin: 0; } h3 { font-size: 1rem; margin: 0; }
.event { border-left: 4px solid var(--red); padding-left: 1rem; margin: 1rem 0; } .event dl { margin: .25rem 0; }
figure { margin: 0; } svg { width: 100%; height: auto; display: block; margin: .5rem 0; }
table { border-collapse: collapse; font-size: .85rem; margin: .5rem 0; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--muted); padding-bottom: .25rem; }
th, td { text-align: left; vertical-align: top; padding: .2rem .9rem .2rem 0; border-bottom: 1px solid var(--line);
  overflow-wrap: break-word; font-weight: normal; }
tbody th { white-space: nowrap; } thead th { font-weight: 600; }
td:nth-child(n + 8) { overflow-wrap: anywhere; min-width: 7rem; }
td:nth-child(5):nth-last-child(5) { min-width: 9rem; } td:nth-child(7):nth-last-child(3) { white-space: nowrap; }
td:nth-child(2):nth-last-child(8) { min-width: 6rem; } .told td:nth-child(2) { min-width: 9.5rem; }
.wide { overflow-x: auto; } figure .wide { direction: rtl; } figure .wide > svg { direction: ltr;
  margin: .5rem auto .5rem 0; }
footer { margin-top: 2rem; font-size: .85rem; }
@media screen and (max-width: 60rem) { figure .wide > svg { min-width: var(--natural); } }
@media screen and (max-width: 40rem) { body { padding: 1rem; }
  dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .6rem; } }
@page { margin: 15mm; }
@media print { body { max-width: none; padding: 0; font-size: 10pt; } h2, figcaption { break-after: avoid; }
  figure, tr, dl { break-inside: avoid; } details { display: none; } .wide { overflow: visible; }
  figure .wide > svg { width: auto; min-width: 0; max-width: 100%; max-height: 5.8cm; }
  table { font-size: 8.5pt; } th, td { padding-right: .6rem; } td:nth-child(n + 8) { min-width: 1.7cm; }
  td:nth-child(5):nth-last-child(5) { min-width: 2.2cm; }
  td:nth-child(7):nth-last-child(3) { white-space: normal; } td:nth-child(2):nth-last-child(8) { min-width: 0; }
  footer { break-inside: avoid; } }
@media screen and (prefers-color-scheme: dark) {
"""
    f":root {{ --ink: {_DARK[INK]}; --muted: {_DARK[MUTED]}; --line: {_DARK[GRID]}; --page: #16191d; "
    f"--red: {_DARK[RED]}; }}\n"
    + "\n".join(
        f'svg [fill="{light}"] {{ fill: {dark}; }} svg [stroke="{light}"] {{ stroke: {dark}; }}'
        for light, dark in _DARK.items()
    )
    + "\n}\n"
)
"""In dark mode the charts' colours are replaced by name; print is always light.

A chart that is wider than the screen is written at its full size and shows its right end first: the latest days.
"""

_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"

Child = Element | str

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # not allowed in HTML


def tag(name: str, /, *children: Child, **attributes: str) -> Element:
    """Return an element; `class_` is the attribute `class`, and `aria_label` is `aria-label`."""
    element = Element(name, {key.rstrip("_").replace("_", "-"): _clean(value) for key, value in attributes.items()})
    for child in children:
        if isinstance(child, Element):
            element.append(child)
        elif len(element):
            element[-1].tail = (element[-1].tail or "") + _clean(child)
        else:
            element.text = (element.text or "") + _clean(child)
    return element


def table(caption: str, heads: Iterable[str], rows: Iterable[Iterable[str]], **attributes: str) -> Element:
    """Return a table that a screen reader can walk through; the first cell of a row names the row."""
    result = tag("table", tag("caption", caption), **attributes)
    result.append(tag("thead", tag("tr", *(tag("th", head, scope="col") for head in heads))))
    body = SubElement(result, "tbody")
    for first, *others in rows:
        body.append(tag("tr", tag("th", first, scope="row"), *(tag("td", cell) for cell in others)))
    return result


def document(html: Element) -> str:
    """Return the text of a whole page."""
    return f"<!DOCTYPE html>\n{tostring(html, encoding='unicode', method='html')}\n"


def _clean(text: str) -> str:
    """Replace characters that HTML does not allow."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def html(report: Report, draw: Draw) -> str:
    """Return the report as a page; `draw` makes a picture of a chart."""
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("title", report.name),
        tag("style", CSS),
    )
    pairs = [tag(name, text) for fact in report.facts for name, text in zip(("dt", "dd"), fact, strict=True)]
    main = tag(
        "main",
        tag("h1", report.title),
        tag("p", report.about, class_="muted"),
        tag("dl", *pairs),
        *_events(report.events),
        *(part for listing in report.safety for part in _listing(listing, class_="told")),
        *(_figure(figure, draw) for figure in report.figures),
        *(part for listing in report.listings for part in _listing(listing)),
        *([tag("p", report.later)] if report.later else []),
    )
    return document(tag("html", head, tag("body", main, tag("footer", tag("p", report.footer))), lang="en"))


def _events(events: Iterable[Card]) -> list[Element]:
    """Return the red events, each with its own heading."""
    parts = [tag("h2", "Red events")]
    for event in events:
        pairs = (tag(name, text) for pair in event.pairs for name, text in zip(("dt", "dd"), pair, strict=True))
        parts.append(tag("section", tag("h3", event.title), tag("dl", *pairs), class_="event"))
    return parts if len(parts) > 1 else [*parts, tag("p", "There was none in these days.")]


def _figure(figure: Figure, draw: Draw) -> Element:
    """Return a chart with its caption, followed by its table."""
    numbers = tag(
        "details",
        tag("summary", f"{figure.title} as a table"),
        _wide(table(figure.title, figure.heads, figure.rows), figure.title),
    )
    label = f"Chart: {figure.title}. The same numbers are in the table that follows."
    picture = _wide(draw(figure.chart, label), f"{figure.title} as a picture")
    caption = tag("figcaption", figure.caption)
    return tag("section", tag("h2", figure.title), tag("figure", caption, picture), numbers)


def _listing(listing: Listing, **attributes: str) -> list[Element]:
    """Return a table with its title and introduction."""
    parts = [tag("h2", listing.title), *([tag("p", listing.words)] if listing.words else [])]
    if listing.rows:
        shown = table(listing.caption, listing.heads, listing.rows, **attributes)
        parts.append(_wide(shown, listing.caption))
    return parts


def _wide(part: Element, name: str) -> Element:
    """Wrap content that may be wider than the screen in a box that scrolls sideways, also by keyboard."""
    return tag("div", part, class_="wide", role="region", aria_label=name, tabindex="0")
