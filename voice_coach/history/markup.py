"""HTML as a tree: what is put into it can't break it, as text is escaped when the tree is written."""

import re
from collections.abc import Iterable
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

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


def table(caption: str, heads: Iterable[str], rows: Iterable[Iterable[str]]) -> Element:
    """Return a table that a screen reader can walk through; the first cell of a row names the row."""
    result = tag("table", tag("caption", caption))
    result.append(tag("thead", tag("tr", *(tag("th", head, scope="col") for head in heads))))
    body = SubElement(result, "tbody")
    for first, *others in rows:
        body.append(tag("tr", tag("th", first, scope="row"), *(tag("td", cell) for cell in others)))
    return result


def document(html: Element) -> str:
    """Return the text of a whole page."""
    return f"<!DOCTYPE html>\n{tostring(html, encoding='unicode', method='html')}\n"


def _clean(text: str) -> str:
    """Show what HTML does not allow as the sign for "no such character"."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)
