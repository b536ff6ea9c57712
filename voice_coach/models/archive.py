"""Unpacks a model's archive: nothing outside the folder, no links, no bombs, no half-written file taken for whole."""

import os
import re
import shutil
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Final

from voice_coach.errors import RecognitionError
from voice_coach.hear.grammar.grammar import KNOWN_GAPS
from voice_coach.models.disk import explained, trouble

MAX_FILES: Final = 500
"""Entries of an archive; the official models have about twenty."""

MAX_BYTES: Final = 4 << 30
"""Bytes once unpacked; the largest official model that takes a grammar has 0.2 GB."""

MAX_GROWTH: Final = 25
"""Times an archive may grow; models grow about twice, and a text file of zeroes a thousand times."""

_PART: Final = re.compile(r"[\w .+@()-]*[\w+@()-]")
"""A name that means the same on every system: no drive, no stream, no separator, nothing that Windows cuts off."""

_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Those of every archive of a model. LZMA takes the memory that an archive asks for, and raises an error of its own."""

_ENCRYPTED: Final = 0x1
"""The bit among an entry's flags."""

_PIECE: Final = 1 << 20
"""Bytes that are written at a time."""


class BadArchiveError(RecognitionError):
    """The archive is not what it should be; to try again with the same one is of no use."""


def unpack(archive: Path, target: Path) -> Path:
    """Unpack into a new folder and return the model's folder in there: the one that holds `am/`.

    Raises:
        BadArchiveError: it is no archive of a model, or a hostile one.
        RecognitionError: it can't be read, or the disk does not take it.
    """
    try:
        with explained(archive), zipfile.ZipFile(archive) as opened:
            members = _checked(opened, archive)
            _room(target, sum(member.file_size for member in members))
            with explained(target):
                target.mkdir()
            for member in members:
                _extract(opened, member, target)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise BadArchiveError(f"{archive} is damaged, or not a zip archive ({error}): download it again.") from error
    return _model_in(target, archive)


def _checked(opened: zipfile.ZipFile, archive: Path) -> list[zipfile.ZipInfo]:
    """Return the files to unpack, after a look at all that is said of them."""
    members = opened.infolist()
    if len(members) > MAX_FILES:
        raise _hostile(archive, f"{len(members)} files are in it, at most {MAX_FILES} should be")
    seen: set[str] = set()
    for member in members:
        if wrong := _wrong(member) or ("is there twice" if member.filename.casefold() in seen else ""):
            raise _hostile(archive, f"{member.filename!r} {wrong}")
        seen.add(member.filename.casefold())
    total = sum(member.file_size for member in members)
    if total > min(MAX_BYTES, MAX_GROWTH * archive.stat().st_size):
        raise _hostile(archive, f"it would grow to {total:,} bytes")
    files = [member for member in members if not member.is_dir()]
    # Which red words may be missing is for the user to say, not for who made the archive.
    return [member for member in files if PurePosixPath(member.filename).name != KNOWN_GAPS]


def _wrong(member: zipfile.ZipInfo) -> str:
    """Return what is wrong with an entry; empty for a plain file or folder below."""
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a link or a device"
    if member.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if member.compress_type not in _METHODS:
        return "is neither stored nor deflated"
    name = member.filename.removesuffix("/")
    if not all(_PART.fullmatch(part) for part in name.split("/")):  # an absolute path has an empty part
        return "would be written somewhere else"
    return ""


def _hostile(archive: Path, why: str) -> BadArchiveError:
    return BadArchiveError(f"{archive} was not unpacked, because it is not a valid archive of a model: {why}.")


def _room(target: Path, needed: int) -> None:
    with explained(target):
        free = shutil.disk_usage(target.parent).free
    if free < needed:
        raise RecognitionError(
            f"There is no room left for {target} ({needed / 1e6:.0f} MB are needed, {free / 1e6:.0f} MB are free):"
            " free some space, then try again."
        )


def _extract(opened: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    """Write one file; what comes out is what was announced, for zipfile reads no further and checks the sum."""
    path = target / member.filename
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with opened.open(member) as source, path.open("xb") as file:
            shutil.copyfileobj(source, file, _PIECE)
            file.flush()
            os.fsync(file.fileno())  # a model that is on the shelf is whole, even after a power cut
    except OSError as error:
        raise trouble(path, error) from error


def _model_in(target: Path, archive: Path) -> Path:
    """Return the folder that holds `am/`, however deep."""
    found = [path.parents[1] for path in target.rglob("final.mdl") if path.parent.name == "am"]
    if len(found) != 1:
        raise BadArchiveError(f"{archive} holds {len(found)} Vosk models: use an archive that has one.")
    return found[0]
