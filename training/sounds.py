"""The sounds that the model tells apart, and how Kaldi numbers them.

39 sounds of American English (ARPABET without stress) and silence. Each sound has four *phones* by its place in the
word (word times need them), but one pair of *pdfs*, the network's outputs: the sound's first frame, and its later ones.
"""

from typing import Final

ARPABET: Final = (
    "AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH"
).split()
PLACES: Final = "BEIS"
"""The position of a sound in its word: at the beginning, at the end, inside, or alone."""
SILENCE: Final = 1
"""The phone of silence."""
FILLER: Final = 2 + len(PLACES) * len(ARPABET)
"""The phone for speech outside the grammar."""
PDFS: Final = 2 * (1 + len(ARPABET))
"""How many outputs the network has; the filler's pdf is one more, made of these (see `nnet3.py`)."""


def phone(sound: str, place: str) -> int:
    """Return the number of a sound at a place in the word."""
    return 2 + len(PLACES) * ARPABET.index(sound) + PLACES.index(place)


def phones(sounds: list[str]) -> list[int]:
    """Return the numbers of a word's sounds."""
    if len(sounds) == 1:
        return [phone(sounds[0], "S")]
    places = ["B", *"I" * (len(sounds) - 2), "E"]
    return [phone(sound, place) for sound, place in zip(sounds, places, strict=True)]


def pdfs(sound: str | None) -> tuple[int, int]:
    """Return the outputs for a sound's first frame and for its later frames; None is silence."""
    number = 0 if sound is None else 1 + ARPABET.index(sound)
    return 2 * number, 2 * number + 1


def hmm() -> list[tuple[int, int, int]]:
    """Return all phones in order, each with the pdfs of its first and its later frames."""
    speech = [(phone(sound, place), *pdfs(sound)) for sound in ARPABET for place in PLACES]
    return [(SILENCE, *pdfs(None)), *speech, (FILLER, PDFS, PDFS)]


def forward(number: int) -> int:
    """Return the transition id into a phone: one state, two transitions a phone."""
    return 2 * number


def itself(number: int) -> int:
    """Return the transition id of a phone's self-loop."""
    return 2 * number - 1
