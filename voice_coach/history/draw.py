"""The one place that draws: a Vega-Lite chart becomes SVG, by vl-convert, which calls nobody."""

import re
from importlib.util import find_spec
from typing import Any, Final
from xml.etree.ElementTree import Element, fromstring

from voice_coach.errors import HistoryError

_NAMESPACE: Final = re.compile(r"^\{[^}]*\}")


def svg(chart: dict[str, Any], label: str) -> Element:
    """Return a chart as an element to put into an HTML page; to a screen reader it is one picture called `label`.

    Raises:
        HistoryError: the library is not installed.
    """
    if find_spec("vl_convert") is None:
        raise HistoryError(
            "The report's charts need one more library: `pip install 'voice-coach[report]'`, then again."
        )
    import vl_convert  # noqa: PLC0415 - optional, and 30 MB that nothing else needs

    text = vl_convert.vegalite_to_svg(chart, allowed_base_urls=[])
    picture = fromstring(text)  # noqa: S314 - just drawn by ourselves
    for element in picture.iter():
        element.tag = _NAMESPACE.sub("", element.tag)  # in HTML an <svg> is known by its name
        for name in [name for name in element.attrib if name.startswith(("aria-", "role", "{"))]:
            del element.attrib[name]  # hundreds of unnamed parts: the table tells it better
    size = {name: picture.attrib.pop(name) for name in ("width", "height")}
    picture.set("style", f"max-width:{size['width']}px")
    picture.set("role", "img")
    picture.set("aria-label", label)
    return picture
