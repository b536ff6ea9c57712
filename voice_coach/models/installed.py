"""The folder of installed models, and which model is meant by a name or a path.

NAME/             an installed model, whole or not there at all
NAME.zip          an archive that the user put there, for a machine that is offline
.NAME.zip.part    a download that is not complete; .NAME.zip.tag tells which version of the file it is
.NAME.new, .NAME.old, .NAME.lock    while it is being installed or removed
"""

import os
import re
import shutil
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

from voice_coach.errors import RecognitionError
from voice_coach.files.resources import APP
from voice_coach.models.catalog import official
from voice_coach.models.disk import explained, locked

EMBEDDED: Final = "embedded"
"""Name of the embedded model on the command line."""

_NAME: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._+-]*[A-Za-z0-9])?")


def root() -> Path:
    """Return the folder of installed models, which need not be there yet."""
    return APP.user_data_path / "models"


def place(name: str) -> Path:
    """Return where a model of that name is, or would be.

    Raises:
        RecognitionError: it is no name for a folder of ours.
    """
    if not _NAME.fullmatch(name) or name.lower() == EMBEDDED:
        raise RecognitionError(f"{name!r} is not a name for a model: use letters, digits, '.', '_', '+' and '-'.")
    return root() / name


def beside(name: str, what: str) -> Path:
    """Return the path of something that belongs to a model but is none, such as `new`."""
    return root() / f".{name}.{what}"


def installed() -> list[str]:
    """Return the names of the models on the shelf, in alphabetical order; one of them may be damaged."""
    try:
        entries = list(root().iterdir())
    except OSError:
        return []
    return sorted(path.name for path in entries if _NAME.fullmatch(path.name) and path.is_dir())


def fault(folder: Path) -> str:
    """Return what keeps a folder from being a model; empty if nothing is seen to."""
    from voice_coach.hear.asr.vosk import check_model  # noqa: PLC0415 - it brings libvosk

    try:
        check_model(folder)
    except RecognitionError as error:
        return str(error)
    return ""


def find(asked: str | Path) -> Path | None:
    """Return the folder that a name on the shelf or a path stands for, None for the embedded model.

    A folder that is not there is returned all the same: whoever loads it tells.

    Raises:
        RecognitionError: it is the name of a model that is known, but not installed.
    """
    text = str(asked)
    if text == EMBEDDED:
        return None
    if text in installed():
        return root() / text
    if official(text) and not Path(asked).exists():
        raise RecognitionError(f"The model {text} is not installed: `voice-coach models install {text}` downloads it.")
    return Path(asked)


def lock(name: str) -> AbstractContextManager[None]:
    """Return the lock that whoever installs or removes this model holds; entering it raises `RecognitionError`."""
    with explained(root()):
        root().mkdir(parents=True, exist_ok=True)
    return locked(beside(name, "lock"), f"installing or removing {name}")


def put(folder: Path, name: str) -> None:
    """Move a model onto the shelf, at once and whole; one of that name is replaced. The lock must be held.

    Raises:
        OSError: it can't be moved.
    """
    old = beside(name, "old")
    shutil.rmtree(old, ignore_errors=True)
    if place(name).exists():
        place(name).rename(old)
    folder.rename(place(name))
    shutil.rmtree(old, ignore_errors=True)


def clear(name: str) -> None:
    """Delete what an install that was cut off left behind, the download aside. The lock must be held."""
    for what in ("new", "old"):
        shutil.rmtree(beside(name, what), ignore_errors=True)


def remove(name: str) -> None:
    """Take a model off the shelf, and the rest of a download of it.

    Raises:
        RecognitionError: there is none of that name, or it can't be removed.
    """
    folder = place(name)
    leftovers = [beside(name, what) for what in ("zip.part", "zip.tag")]
    if not folder.is_dir() and not any(path.exists() for path in leftovers):
        raise RecognitionError(
            f"No model called {name!r} is installed: `voice-coach models list` lists the installed ones."
        )
    with lock(name), explained(folder):
        clear(name)
        if folder.is_dir():
            folder.rename(beside(name, "old"))  # so that nobody finds half a model
        for path in leftovers:
            path.unlink(missing_ok=True)
        if beside(name, "old").exists():
            shutil.rmtree(beside(name, "old"))


def size(folder: Path) -> int:
    """Return how many bytes a folder's files hold."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def absolute(path: Path) -> Path:
    """Return a path that means the same from any folder; links stay."""
    return Path(os.path.abspath(path.expanduser()))  # noqa: PTH100 - pathlib's resolves links
