"""The user's files that belong to the history: as `whole` writes them, with a sentence where it can't.

What is kept of former files has a number at its end, and there are only so many of them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from voice_coach import whole
from voice_coach.errors import HistoryError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a new file beside `path` to be filled, as `whole.replacing`.

    Raises:
        HistoryError: it can't be written.
    """
    try:
        with whole.replacing(path) as new:
            yield new
    except OSError as error:
        raise unwritable(path, error) from error


def write(path: Path, content: str | bytes) -> None:
    """Write a text or bytes, whole or not at all.

    Raises:
        HistoryError: it can't be written; what was there is as it was.
    """
    try:
        whole.write(path, content)
    except OSError as error:
        raise unwritable(path, error) from error


def numbered(path: Path, ending: str) -> dict[int, Path]:
    """Return the files beside `path` that are called the same but for the ending and a number, by number."""
    found = {other.name.removeprefix(path.name + ending): other for other in path.parent.glob(f"{path.name}{ending}*")}
    return dict(sorted((int(number), other) for number, other in found.items() if number.isdecimal()))


def unwritable(path: Path, error: OSError) -> HistoryError:
    """Return the sentence about a file that can't be written."""
    return HistoryError(
        f"{path} can't be written ({error.strerror or error}); nothing was changed. "
        "See that its folder is there, may be written and has space."
    )
