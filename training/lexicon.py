"""How words sound: CMUdict, our own list, and letter-to-sound for the rest.

python -m training.lexicon WORD...      prints how each word sounds, and where that is known from
"""

import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from training.sounds import ARPABET

HERE: Final = Path(__file__).parent
OWN: Final = HERE / "words.dict"
"""Words that CMUdict lacks, or says otherwise than people with pain do."""
LIST: Final = HERE / "vocabulary.txt"
"""Every word that the model shall know, one a line."""

_SOUNDS: Final = {
    "aI": "AY", "aU": "AW", "OI": "OY", "eI": "EY", "oU": "OW", "i@": "IH R", "e@": "EH R", "U@": "UH R", "A@": "AA R",
    "O@": "AO R", "o@": "AO R", "aI@": "AY ER", "aU@": "AW ER", "3:": "ER", "@L": "AH L", "i:": "IY", "u:": "UW",
    "A:": "AA", "O:": "AO", "I#": "IH", "I2": "IH", "a#": "AH", "E#": "EH", "tS": "CH", "dZ": "JH", "0#": "AA",
    "a": "AE", "aa": "AE", "A": "AA", "0": "AA", "O": "AO", "E": "EH", "e": "EH", "I": "IH", "i": "IY", "U": "UH",
    "V": "AH", "@": "AH", "3": "ER", "u": "UW", "o": "OW", "b": "B", "d": "D", "D": "DH", "f": "F", "g": "G", "h": "HH",
    "j": "Y", "k": "K", "l": "L", "m": "M", "n": "N", "N": "NG", "p": "P", "r": "R", "s": "S", "S": "SH", "t": "T",
    "t#": "T", "t2": "T", "T": "TH", "v": "V", "w": "W", "z": "Z", "Z": "ZH", "x": "K", "n-": "AH N", "r-": "R",
}  # fmt: skip
"""espeak-ng's names of the sounds of American English (`espeak-ng -x`)."""
_SYMBOL: Final = re.compile("|".join(re.escape(symbol) for symbol in sorted(_SOUNDS, key=len, reverse=True)))

Lexicon = dict[str, list[list[str]]]
"""A word's pronunciations, each a list of sounds."""


def read_dictionary(path: Path) -> list[tuple[str, list[str]]]:
    """Return the words and their sounds; a word may stand there more than once.

    Raises:
        ValueError: a line is not a word and sounds of ARPABET.
    """
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        word, *sounds = line.split() or ["#"]
        if word.startswith("#"):
            continue
        if not sounds or set(sounds) - set(ARPABET):
            message = f"{path}:{number}: write the word and its sounds in ARPABET, without stress digits"
            raise ValueError(message)
        rows.append((word, sounds))
    return rows


def by_letters(word: str) -> list[str]:
    """Return how espeak-ng would say a word.

    Raises:
        ValueError: it says nothing, or a sound that English does not have.
    """
    said = subprocess.run(  # noqa: S603  (the word is an argument, no shell reads it)
        ["espeak-ng", "-q", "-x", "-v", "en-us", "--", word],  # noqa: S607
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    bare = re.sub(r"[',_:|=%;~!\s-](?<!3:)(?<!i:)(?<!u:)(?<!A:)(?<!O:)", "", said)
    sounds = [sound for symbol in _SYMBOL.findall(bare) for sound in _SOUNDS[symbol].split()]
    if not sounds or _SYMBOL.sub("", bare):
        message = f"no sounds for {word!r} (espeak-ng says {said!r}): write it into {OWN.name}"
        raise ValueError(message)
    return sounds


def lexicon(words: Iterable[str]) -> Lexicon:
    """Return how these words sound.

    Raises:
        ValueError: a word can't be said.
    """
    return {word: _own().get(word) or _known().get(word) or [by_letters(word)] for word in sorted(set(words))}


def vocabulary(path: Path = LIST) -> list[str]:
    """Return every word that the model shall know, in order."""
    listed = {line.strip() for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")}
    return sorted((listed | {word for word, _ in read_dictionary(OWN)}) - {""})


@cache
def _own() -> Mapping[str, list[list[str]]]:
    own: defaultdict[str, list[list[str]]] = defaultdict(list)
    for word, sounds in read_dictionary(OWN):
        own[word].append(sounds)
    return own


@cache
def _known() -> Mapping[str, list[list[str]]]:
    """Return CMUdict as PocketSphinx carries it: 126,000 words, a further pronunciation as "word(2)"."""
    import pocketsphinx  # noqa: PLC0415  (an extra, which those who only read a dictionary of their own need not have)

    known: defaultdict[str, list[list[str]]] = defaultdict(list)
    path = Path(pocketsphinx.get_model_path("en-us/cmudict-en-us.dict"))
    for line in path.read_text(encoding="utf-8").splitlines():
        word, *sounds = line.split()
        known[word.partition("(")[0]].append(sounds)
    return known


def main() -> None:
    """Print how the words of the command line sound."""
    for word, pronunciations in lexicon(sys.argv[1:]).items():
        source = OWN.name if word in _own() else "CMUdict" if word in _known() else "letters"
        for sounds in pronunciations:
            print(f"{word}\t{' '.join(sounds)}\t{source}")


if __name__ == "__main__":
    main()
