"""The official Vosk models that a grammar can be given to: size, licence, address and checksum of each archive.

Sizes and MD5 sums are those of the publisher's `model-list.json`. Its page states no SHA-256; where one stands here,
several packagers state the same for that archive. Left out are models with a fixed graph, which take no grammar, and
those in the old flat layout, such as vosk-model-small-pt-0.3.
"""

import hashlib
import re
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Final, Literal

from voice_coach.errors import RecognitionError

SITE: Final = "https://alphacephei.com/vosk/models/"
"""URL of the publisher's archives."""


@dataclass(frozen=True, slots=True)
class Checksum:
    """Checksum of an archive."""

    algorithm: Literal["md5", "sha256"]
    """`md5` shows damage on the way; a forgery made on purpose only `sha256` does."""
    digest: str
    """In lower-case hexadecimal digits."""

    @staticmethod
    def sha256(text: str) -> "Checksum":
        """Take a SHA-256 as people paste it.

        Raises:
            RecognitionError: it is none.
        """
        digest = text.strip().lower()
        if not re.fullmatch("[0-9a-f]{64}", digest):
            raise RecognitionError(f"{text!r} is not a SHA-256: give its 64 hexadecimal digits.")
        return Checksum("sha256", digest)

    @staticmethod
    def of(path: Path, algorithm: Literal["md5", "sha256"] = "sha256") -> "Checksum":
        """Add up a file.

        Raises:
            OSError: it can't be read.
        """
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, lambda: hashlib.new(algorithm, usedforsecurity=False))
        return Checksum(algorithm, digest.hexdigest())

    def __str__(self) -> str:
        """Return such as `SHA-256 30f2...`."""
        return f"{ {'md5': 'MD5', 'sha256': 'SHA-256'}[self.algorithm] } {self.digest}"


@dataclass(frozen=True, slots=True)
class Official:
    """A model as its publisher offers it."""

    name: str
    """Of the model, and of the folder in its archive."""
    language: str
    """Such as `en-us`."""
    size: int
    """Bytes of the archive."""
    md5: str
    sha256: str = ""
    """Empty where none is known."""
    licence: str = "Apache-2.0"

    @property
    def url(self) -> str:
        """URL of its archive."""
        return f"{SITE}{self.name}.zip"

    @property
    def checksum(self) -> Checksum:
        """The better of the sums that are known."""
        return Checksum("sha256", self.sha256) if self.sha256 else Checksum("md5", self.md5)


OFFICIAL: Final = (
    Official(
        "vosk-model-small-en-us-0.15",
        "en-us",
        41_205_931,
        "09ab50ccd62b674cbaa231b825f9c1cb",
        "30f26242c4eb449f948e42cb302dd7a686cb29a3423a8367f99ff41780942498",
    ),
    Official(
        "vosk-model-en-us-0.22-lgraph",
        "en-us",
        130_557_655,
        "2df36985f8ed8eb7b78476cadcdab48f",
        "d9838b4aaa82a75c4a17f5aca300eaca129aaab2a7cbf951bafbb500eb9c4334",
    ),
    Official("vosk-model-small-en-gb-0.15", "en-gb", 42_757_500, "6afd611b04b2b47c129c3615dc502383"),
    Official("vosk-model-small-en-in-0.4", "en-in", 37_573_330, "62fd085f33c8c5fc01a235030e2a1fe3"),
    Official("vosk-model-small-de-0.15", "de", 46_499_967, "4f21f92c0897b48287ef8839420608eb"),
    Official("vosk-model-small-es-0.42", "es", 39_817_833, "2d5c94f9859a84881a0ef744738ebd31"),
    Official("vosk-model-small-fr-0.22", "fr", 42_233_323, "8873b1234503f6edd55f54bfff31cf3e"),
    Official("vosk-model-small-it-0.22", "it", 49_665_141, "fbd8f9c72cbb8c3dfa3e4581bd3585f4"),
    Official("vosk-model-small-nl-0.22", "nl", 40_441_176, "4582e1f20d6849099da08511f9797017"),
    Official("vosk-model-small-pl-0.22", "pl", 52_979_372, "91cbbd6231320467da672be31827b6ac"),
)
"""English first; the coach speaks no other language yet."""


def official(name: str) -> Official | None:
    """Return the model of that name; None if there is none."""
    return next((model for model in OFFICIAL if model.name == name), None)


def unknown(name: str) -> RecognitionError:
    """Return the error for a name that stands for no official model."""
    near = get_close_matches(name, [model.name for model in OFFICIAL], n=1)
    remedy = f"did you mean {near[0]}?" if near else "`voice-coach models list` names them."
    return RecognitionError(f"There is no official model called {name!r}: {remedy}")
