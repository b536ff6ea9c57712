"""What standby remembers from one start to the next, of each person by itself: `Profile.memory`."""

from pathlib import Path

import msgspec

from voice_coach.files import atomic
from voice_coach.standby.state import NOTHING, Memory


def recall(path: Path) -> Memory:
    """Return what is remembered; nothing where that can't be read: to remind once too often does no harm."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Memory)
    except (OSError, ValueError):  # msgspec's errors are ValueErrors
        return NOTHING


def keep(memory: Memory, path: Path) -> str:
    """Remember this, at once and whole; return what went wrong, empty if nothing did: it is no reason to end."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        atomic.write(path, msgspec.json.encode(memory))
    except OSError as error:
        return f"{path} can't be written ({error.strerror}): after a restart a reminder may come twice."
    return ""
