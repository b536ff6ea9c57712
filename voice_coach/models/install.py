"""Install a model: download or copy it, verify its checksum, unpack it next to its place, load it once, move it."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from voice_coach.errors import RecognitionError
from voice_coach.models import installed
from voice_coach.models.archive import BadArchiveError, unpack
from voice_coach.models.catalog import Checksum, Official, official
from voice_coach.models.disk import explained
from voice_coach.models.fetch import Download, UnreachableError, fetch
from voice_coach.models.vocabulary import ask

_ENDING: Final = ".zip"


class Teller(Protocol):
    """Receives progress."""

    def say(self, text: str) -> None:
        """Take what begins now."""
        ...

    def progress(self, there: int, total: int) -> None:
        """Take how many bytes of the archive are there, and how many there will be."""
        ...


@dataclass(frozen=True, slots=True)
class Order:
    """An order for a model."""

    name: str
    """Its name once installed."""
    expected: Checksum | None
    """None: whatever it is, the user said that it need not be checked."""
    archive: Path | None = None
    """A file that is there already."""
    url: str = ""
    """URL to download it from, if no file is given."""
    size: int | None = None
    """Bytes that the fetched archive must have; None: not known."""


def order_file(path: Path, sha256: str, *, unverified: bool) -> Order:
    """Return the order for an archive on this computer.

    Raises:
        RecognitionError: there is none, or nothing is known to check it by and the user did not say that it may be so.
    """
    if path.suffix.lower() != _ENDING or not path.is_file():
        raise RecognitionError(f"There is no archive at {path}: name a model's zip file.")
    name = path.stem
    installed.place(name)
    expected = _expected(official(name), sha256, unverified=unverified)
    if expected is None and not unverified:
        with explained(path):
            found = Checksum.of(path)
        raise RecognitionError(
            f"The checksum of {path.name} is not known, so it can't be verified. It has the"
            f" {found}: compare that with the publisher's and give it as --sha256 {found.digest}, or use --unverified."
        )
    return Order(name, expected, path)


def order_official(model: Official, mirror: str, sha256: str, *, unverified: bool) -> Order:
    """Return the order for an official model; `mirror` is another address of the archive, or empty.

    If the user gives a sum, or waives it, the archive may have another size than the listed one, too.

    Raises:
        RecognitionError: the sum is none.
    """
    expected = _expected(model, sha256, unverified=unverified)
    given = installed.place(model.name).with_name(model.name + _ENDING)
    return Order(
        model.name,
        expected,
        given if given.is_file() else None,
        mirror or model.url,
        model.size if expected == model.checksum else None,
    )


def _expected(model: Official | None, sha256: str, *, unverified: bool) -> Checksum | None:
    if sha256:
        return Checksum.sha256(sha256)
    return model.checksum if model and not unverified else None


def install(order: Order, teller: Teller) -> bool:
    """Carry out an order; False if that model is installed already.

    Whatever happens meanwhile, on the shelf is the whole model or none, and a download that was cut off is kept.

    Raises:
        RecognitionError: it can't be fetched, it is not what it should be, or the disk does not take it.
    """
    with installed.lock(order.name):
        installed.clear(order.name)
        if not installed.fault(installed.place(order.name)):
            return False
        if order.archive:
            teller.say(f"Taking {order.archive}.")
            _verify(order.archive, order.expected, "fetch it again, or get it from another place")
            _shelve(order.archive, order.name, teller)
            return True
        download = Download(
            order.url, installed.beside(order.name, "zip.part"), installed.beside(order.name, "zip.tag"), order.size
        )
        _fetch(download, order, teller)
        try:
            _verify(download.path, order.expected, "it is deleted, so do it again")
            _shelve(download.path, order.name, teller)
        except BadArchiveError:
            download.forget()
            raise
        download.forget()
    return True


def _fetch(download: Download, order: Order, teller: Teller) -> None:
    left = f", {download.there / 1e6:.1f} MB of it are here already" if download.there else ""
    teller.say(f"Fetching {order.url}{left}.")
    try:
        fetch(download, teller.progress)
    except UnreachableError as error:
        file = installed.place(order.name).with_name(order.name + _ENDING)
        raise UnreachableError(
            f"{error}. Once you are online, do it again: it goes on where it ended. Without a network, fetch"
            f" {order.url} on another computer, put it here as {file}, and do it again."
        ) from error


def _verify(archive: Path, expected: Checksum | None, remedy: str) -> None:
    """See whether the archive is the right one.

    Raises:
        BadArchiveError: it is not.
    """
    if expected is None:
        return
    with explained(archive):
        found = Checksum.of(archive, expected.algorithm)
    if found != expected:
        raise BadArchiveError(
            f"{archive.name} is not the expected archive (it has the {found} instead of {expected}): {remedy}."
        )


def _shelve(archive: Path, name: str, teller: Teller) -> None:
    """Unpack next to its place, load once, move.

    Raises:
        BadArchiveError: there is no model in it that libvosk could load.
        RecognitionError: the disk does not take it.
    """
    new = installed.beside(name, "new")
    try:
        teller.say("Unpacking it.")
        folder = unpack(archive, new)
        teller.say("Loading it once, to see that it works.")
        if why := installed.fault(folder):
            raise BadArchiveError(f"{archive.name} is no model for the coach. {why}")
        ask(folder, [])
        with explained(installed.place(name)):
            installed.put(folder, name)
    finally:
        shutil.rmtree(new, ignore_errors=True)
