"""The emergency number, as it is spoken: from a setting, otherwise from the computer's locale."""

import os
import re
from collections.abc import Mapping
from typing import Final

from voice_coach.exercise.language import WORDS

VARIABLE: Final = "VOICE_COACH_EMERGENCY_NUMBER"
"""Environment variable with the number, such as 112; it overrides the locale."""

UNKNOWN: Final = "the emergency number"
"""Said if no number is known: none is better than one that nobody answers."""

_NUMBERS: Final = {
    "911": "AG AR BB BS BZ CA CR DO EC GT HN KY LR MX NI PA PH PR PY SV US UY",
    "999": "BD BH BW GB GH HK IE KE MO MU MY SG SZ UG ZW",
    "000": "AU",
    "111": "NZ",
    "112": (
        "AD AL AM AT AZ BA BE BG BY CH CY CZ DE DK EE ES FI FR GE GR HR HU IN IS IT LI LT LU LV MC MD ME MK MT NL NO"
        " PL PT RO RS SE SI SK SM TR UA VA ZA"
    ),
}
"""By number: the territories in which it reaches an ambulance (general knowledge; doubtful ones are left out)."""

_LOCALE: Final = ("LC_ALL", "LC_MESSAGES", "LANG")
_TERRITORY: Final = re.compile(r"^[a-z]{2,3}_([A-Z]{2})\b")
_DIGITS: Final = re.compile(r"\d{2,6}")


def emergency_number(environment: Mapping[str, str] = os.environ, language: str = "en") -> str:
    """Return the number, digit by digit in words, or `UNKNOWN`.

    Args:
        environment: the environment with the setting and the locale.
        language: of the words.
    """
    asked = environment.get(VARIABLE, "").strip()
    number = asked if _DIGITS.fullmatch(asked) else _of_territory(environment)
    return _spoken(number, language) if number else UNKNOWN


def known_numbers(language: str = "en") -> tuple[str, ...]:
    """Return what `emergency_number` can return if nobody has set a number."""
    return (*(_spoken(number, language) for number in _NUMBERS), UNKNOWN)


def _spoken(number: str, language: str) -> str:
    word = WORDS[language].number
    return " ".join(word(int(digit)) if digit != "0" else "zero" for digit in number)


def _of_territory(environment: Mapping[str, str]) -> str:
    locale = next((environment[name] for name in _LOCALE if environment.get(name)), "")
    found = _TERRITORY.match(locale)
    return next((number for number, where in _NUMBERS.items() if found and found[1] in where.split()), "")
