"""Which model sessions use: `model.toml` in the user's config folder, written by `voice-coach models use`.

    model = "vosk-model-small-en-us-0.15"   # a name on the shelf, or the whole path of a folder
    allow_gaps = true                       # do without the phrases that hold a word it does not know

Without the file it is the embedded model.
"""

from pathlib import Path
from typing import Final

import msgspec

from voice_coach.errors import DataError, Problem
from voice_coach.files import atomic
from voice_coach.files.read import parse_toml, read_text
from voice_coach.files.resources import APP
from voice_coach.models import installed
from voice_coach.models.disk import explained

_REMEDY: Final = "`voice-coach models use embedded` rewrites it"


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The chosen model."""

    model: str
    """A name on the shelf, or the path of a folder."""
    allow_gaps: bool = False

    @property
    def folder(self) -> Path | None:
        """The model's folder; None: the embedded one."""
        return installed.find(self.model)


EMBEDDED: Final = Choice(installed.EMBEDDED)
"""Default if nothing was chosen."""


def file() -> Path:
    """Return where the choice is kept."""
    return APP.user_config_path / "model.toml"


def read() -> Choice:
    """Return what was chosen last.

    Raises:
        DataError: the file can't be understood.
    """
    try:
        return msgspec.convert(parse_toml(read_text(file())), Choice)
    except FileNotFoundError:
        return EMBEDDED
    except (OSError, ValueError) as error:  # msgspec's and TOML's errors are ValueErrors
        reason = error.strerror if isinstance(error, OSError) else error
        raise DataError([Problem(file(), 0, "", f"can't be understood ({reason}); {_REMEDY}")]) from error


def write(choice: Choice) -> None:
    """Keep a choice, at once and whole.

    Raises:
        RecognitionError: it can't be written.
    """
    import tomlkit  # noqa: PLC0415 - a tenth of a second, for a file that is seldom written

    path = file()
    with explained(path):
        if choice == EMBEDDED:
            path.unlink(missing_ok=True)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic.write(path, tomlkit.dumps(msgspec.structs.asdict(choice)))
