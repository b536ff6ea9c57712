"""Every text that the coach can say, which is the content of a voice pack.

Only the names of profiles and the texts of a user's own exercises can't be known beforehand.
"""

import string
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from voice_coach.actions import Line
from voice_coach.device_setup import build as setup_build
from voice_coach.device_setup import runner as setup_runner
from voice_coach.exercise.emergency import emergency_number, known_numbers
from voice_coach.exercise.language import number_word
from voice_coach.exercise.library import entries
from voice_coach.exercise.model import Exercise
from voice_coach.exercise.prompts import all_lines, load_prompts, read_texts
from voice_coach.files.profiles import FIRST
from voice_coach.hear.decision.calibration import ASKED, request_line
from voice_coach.identify import build as identify_build
from voice_coach.identify import machine as identify_machine
from voice_coach.session.status_answers import every_line
from voice_coach.standby import build as standby_build

_EMERGENCY: Final = "emergency"


class KnownTexts(NamedTuple):
    """Each text once, in about the order in which it is heard."""

    sentences: tuple[str, ...]
    """Texts of whole lines."""
    parts: tuple[str, ...]
    """Pieces that other lines are assembled from: those with an emergency number that is not in our table."""

    @property
    def every(self) -> tuple[str, ...]:
        """Sentences and parts, each once."""
        return tuple(dict.fromkeys((*self.sentences, *self.parts)))


def known_texts(language: str = "en") -> KnownTexts:
    """Return all texts of sessions with our exercises, of standby, the set-up, the profiles and the calibration.

    They do not depend on the locale or the environment: texts with an emergency number come with each known number.

    Raises:
        DataError: there are no prompts in this language, or they can't be read.
    """
    exercises = [entry.exercise for entry in entries(language) if entry.exercise and not entry.own]
    exercises.sort(key=lambda exercise: exercise.id != "flexion_rotation")  # the default first, else by name
    raw = read_texts(f"{language}.toml")
    numbered = [text for texts in raw.values() for text in texts if _EMERGENCY in _fields(text)]
    local = {_EMERGENCY: emergency_number(language=language)}
    with_local_number = {_filled(text, local) for text in numbered}
    sentences = [line.text for line in _lines(exercises, language) if line.text not in with_local_number]
    sentences += (_filled(text, {_EMERGENCY: number}) for text in numbered for number in known_numbers(language))
    parts = [part for text in numbered for part in _around(text)]
    parts += (number_word(digit, language) for digit in range(10))
    return KnownTexts(tuple(dict.fromkeys(sentences)), tuple(dict.fromkeys(parts)))


def known_lines(language: str = "en") -> tuple[Line, ...]:
    """Return each line that is said here, including those of the user's own exercises.

    Raises:
        DataError: there are no prompts in this language, or they can't be read.
    """
    exercises = [entry.exercise for entry in entries(language) if entry.exercise]
    return tuple(dict.fromkeys(_lines(exercises, language)))


def _lines(exercises: Iterable[Exercise], language: str) -> Iterator[Line]:
    exercises = tuple(exercises)
    prompts = load_prompts(language)
    for exercise in exercises:
        yield from all_lines(exercise)
    names = [exercise.name for exercise in exercises]
    for per_day in sorted({exercise.per_day for exercise in exercises} | {0}):
        yield from every_line(prompts, names, per_day)
    yield from standby_build.all_lines(standby_build.prompts_of(language))
    yield from setup_runner.all_lines(setup_build.prompts_of(language))
    who = identify_build.prompts_of(language)
    yield from identify_machine.all_lines(identify_build.names_of([FIRST], who), who)
    yield from map(request_line, ASKED)


def _around(text: str) -> list[str]:
    """Return the literals around a text's fields."""
    literals = [literal.strip(" ,") for literal, _, _, _ in string.Formatter().parse(text)]
    return [literal for literal in literals if any(map(str.isalnum, literal))]


def _fields(text: str) -> list[str]:
    return [field for _, field, _, _ in string.Formatter().parse(text) if field]


def _filled(text: str, values: Mapping[str, str]) -> str:
    """Return the text with these fields filled in, as `Prompts.lines` says it."""
    sentence = text.format(**values).strip()
    return sentence[0].upper() + sentence[1:]
