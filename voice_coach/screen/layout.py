"""A scene as rows of text for a terminal of any size. Pure.

Nothing is said by colour alone, and no text reaches the terminal with its control characters.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from voice_coach.screen.scene import Certainty, Heard, Scene, clock
from voice_coach.timebase import RATE, Samples, samples

MAX_WIDTH: Final = 100
"""Columns: longer lines are hard to read from the floor's side of the room."""
MARGIN: Final = 2
BAR: Final = 24
"""Cells of a bar."""
TO_STOP: Final = 'To stop: say "stop", or press Ctrl-C here to end the session.'
TO_STOP_SHORT: Final = 'Say "stop", or Ctrl-C.'
LATEST: Final = 3
"""Utterances that are shown."""
MIN_SAID: Final = 2
"""Rows for what the coach says, its heading too, without which the whole screen is not worth showing."""


MAX_IN_SECONDS: Final = samples(60)
"""What takes longer is shown in minutes."""


class Span(NamedTuple):
    """A piece of a row."""

    text: str
    style: str = ""
    """A key of `terminal.STYLES`; empty: as the terminal writes."""


Row = tuple[Span, ...]
EMPTY: Final[Row] = ()
_STYLES: Final = {Certainty.CERTAIN: "good", Certainty.DOUBTFUL: "doubt", Certainty.NOT_UNDERSTOOD: "bad"}


def rows(scene: Scene, width: int, height: int, *, ascii_only: bool = False) -> list[Row]:
    """Return exactly `height` rows, none of them wider than `width` columns.

    Args:
        scene: what is to be seen.
        width: columns of the terminal, 1 or more.
        height: rows of it, 1 or more.
        ascii_only: whether the terminal knows no other characters.
    """
    inner = max(min(width, MAX_WIDTH) - 2 * MARGIN, 1)
    marks = _ASCII if ascii_only else _MARKS
    stop = (Span(TO_STOP if inner >= len(TO_STOP) else TO_STOP_SHORT),)
    head, moment, news = _head(scene, inner, marks), list(_moment(scene, inner, marks)), list(_news(scene, inner))
    microphone = _microphone(scene, inner, marks)
    found = _squeezed(scene, inner, height, [moment[0], *news], stop, marks)
    for air, latest in ((1, LATEST), (0, 1)):
        gap = [EMPTY] * air
        top = [head, *gap, *moment, *gap]
        bottom = [*gap, *_you(scene, inner, latest, marks), *gap, microphone, *(news or gap), stop]
        room = height - len(top) - len(bottom)
        if room >= MIN_SAID:
            said = _coach(scene, inner, room, marks)
            found = [*top, *said, *[EMPTY] * (room - len(said)), *bottom]
            break
    pad = Span(" " * MARGIN) if width > 2 * MARGIN else Span("")
    margin = [(pad, *row) if row else EMPTY for row in found[:height]]
    return [cut(row, width) for row in [*margin, *[EMPTY] * (height - len(margin))]]


class _Marks(NamedTuple):
    full: str
    none: str
    now: str
    more: str


_MARKS: Final = _Marks("█", "░", "▸", "…")
_ASCII: Final = _Marks("#", "-", ">", "...")


def _head(scene: Scene, width: int, marks: _Marks) -> Row:
    name = " - ".join(filter(None, ("voice_coach", scene.person, scene.exercise)))
    time = clock(scene.at)
    name = shortened(name, width - len(time) - 1, marks.more)
    return (Span(name, "head"), Span(" " * (width - cells(name) - len(time))), Span(time, "head"))


def _moment(scene: Scene, width: int, marks: _Marks) -> Iterator[Row]:
    moment = scene.moment
    doing = f"! {moment.doing}" if moment.grave else moment.doing
    place = f"   {moment.place}" if moment.place else ""
    yield (
        Span(doing, "bad" if moment.grave else "strong"),
        Span(shortened(place, width - cells(doing), marks.more), "dim"),
    )
    left = "" if moment.left is None else _left(moment.left)
    yield (Span(" - ".join(filter(None, (moment.part, left)))),) if moment.part or left else EMPTY


def _left(length: Samples) -> str:
    if length > MAX_IN_SECONDS:
        return f"{clock(length)} min"
    return f"{-(-length // RATE)} s"


def _coach(scene: Scene, width: int, room: int, marks: _Marks) -> list[Row]:
    """Return a heading and as many of the coach's sentences as there is room for, the latest last."""
    found: list[Row] = []
    for number, text in enumerate(reversed(scene.said)):
        latest = number == 0
        lines = wrapped(text, width - 2)
        mark, style = marks.now if latest and scene.speaking else " ", _said_style(scene, latest=latest)
        block: list[Row] = [
            (Span(f"{mark if line == 0 else ' '} "), Span(one, style)) for line, one in enumerate(lines)
        ]
        if len(block) + len(found) > room - 1:
            if latest:
                found = block[: room - 1]
            break
        found = [*block, *found]
    return [(Span("Coach", "label"),), *found]


def _said_style(scene: Scene, *, latest: bool) -> str:
    return "strong" if latest and (scene.speaking or scene.moment.grave) else "" if latest else "dim"


def _you(scene: Scene, width: int, latest: int, marks: _Marks) -> Iterator[Row]:
    yield (Span("Heard", "label"),)
    shown = scene.heard[-latest:]
    if not shown:
        yield (Span("  Nothing yet.", "dim"),)
    yield from (_heard(one, width, marks) for one in shown)
    yield from [EMPTY] * (latest - max(len(shown), 1))


def _heard(one: Heard, width: int, marks: _Marks) -> Row:
    taken = f"{one.certainty}: {clean(one.meaning)}" if one.meaning else str(one.certainty)
    words = shortened(f'"{clean(one.words)}"', max(width - len(taken) - 4, 8), marks.more)
    room = max(min(width // 2, width - len(taken) - 4) - cells(words), 0)
    return (Span(f"  {words}{' ' * room}  "), Span(taken, _STYLES[one.certainty]))


def _microphone(scene: Scene, width: int, marks: _Marks) -> Row:
    label, words = "Microphone  ", "  a voice" if scene.talking else ""
    size = max(min(BAR, width - len(label) - 9), 0)
    full = round(scene.level * size)
    return (Span(label, "label"), Span(marks.full * full, "good"), Span(marks.none * (size - full), "dim"), Span(words))


def _news(scene: Scene, width: int) -> Iterator[Row]:
    """Give the last news, in two rows at most."""
    for text in wrapped(scene.news[-1], width)[:2] if scene.news else ():
        yield (Span(text, "doubt"),)


def _squeezed(scene: Scene, width: int, height: int, first: list[Row], stop: Row, marks: _Marks) -> list[Row]:
    """Return what matters most where there is no room for all of it: what is done, heard and said, and how to stop."""
    heard = [_heard(scene.heard[-1], width, marks)] if scene.heard else []
    said = [(Span(text),) for text in wrapped(scene.said[-1], width)] if scene.said else []
    kept: list[Row] = [*first[:1], *heard, *said, *first[1:]]
    return [*kept[: height - 1], stop] if height > 1 else kept


# Text in cells of a terminal.


def clean(text: str) -> str:
    """Return a text without control characters, which would be commands to the terminal."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(" " if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else letter for letter in text)


def cells(text: str) -> int:
    """Return how many columns a text takes: letters of East Asia two, what is written over another letter none."""
    return len(text) if text.isascii() else sum(_cells(letter) for letter in text)


def _cells(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in {"W", "F"} else 1


def shortened(text: str, width: int, more: str = "…") -> str:
    """Return a text that takes no more columns than this; what was cut off is marked."""
    text = clean(text)
    if cells(text) <= width:
        return text
    return _fitting(text, max(width - cells(more), 0)) + (more if width >= cells(more) else "")


def _fitting(text: str, width: int) -> str:
    if text.isascii():
        return text[: max(width, 0)]
    used, kept = 0, ""
    for letter in text:
        used += _cells(letter)
        if used > width:
            break
        kept += letter
    return kept


def wrapped(text: str, width: int) -> list[str]:
    """Return a text as lines of no more columns than this; a word that is longer is parted."""
    text = " ".join(clean(text).split())
    if cells(text) <= width:
        return [text] if text else []
    lines, line = list[str](), ""
    for word in text.split():
        piece = word
        if line and cells(line) + 1 + cells(piece) > width:
            lines.append(line)
            line = ""
        line = f"{line} {piece}" if line else piece
        while cells(line) > max(width, 2):
            head = _fitting(line, max(width, 2))
            lines.append(head)
            line = line[len(head) :]
    return [*lines, line] if line else lines


def cut(row: Sequence[Span], width: int) -> Row:
    """Return a row with what is beyond `width` columns left out."""
    kept, used = list[Span](), 0
    for span in row:
        text = _fitting(span.text, width - used)
        used += cells(text)
        if text:
            kept.append(Span(text, span.style))
    return tuple(kept)


def plain(row: Sequence[Span]) -> str:
    """Return a row as text alone."""
    return "".join(span.text for span in row).rstrip()
