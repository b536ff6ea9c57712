"""How many errors a model makes on people kept apart, at a given rate of false accepts: what models are compared by."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from training.fit_policy import shifted
from training.trial import Case, Figures, Trial
from voice_coach.hear.decision.thresholds import DEFAULT

FALSE_ACCEPTS: Final = 6.0
"""An hour of talk and noise, at most; all thresholds are moved together until there are so few."""
_SHIFTS: Final = tuple(step / 4 for step in range(-24, 49))


@dataclass(frozen=True, slots=True)
class Errors:
    """Shares of what was said that was missed or taken for something else; 1 where nothing of the kind was heard."""

    words: float
    """Of ten words, and nothing else to choose from but `[unk]`."""
    noisy_words: float
    """The same in kitchen noise, television and babble at 5 and 10 dB."""
    phrases: float
    """Of the coach's phrases, with its whole grammar."""
    false_words: float
    """False accepts an hour with the ten words' grammar."""
    false_phrases: float
    """The same with the coach's."""

    @property
    def mean(self) -> float:
        """The figure that decides between two networks."""
        return (self.words + self.noisy_words + self.phrases) / 3


def at_equal_false_accepts(trial: Trial) -> Errors:
    """Return the errors with the lowest thresholds that let through `FALSE_ACCEPTS` an hour, or with the highest."""
    ten = next(_ways(trial, 0))
    whole = next(_ways(trial, 1))
    return Errors(
        1 - _of(trial, "word", ten[0])[0].right,
        1 - _of(trial, "noisy", ten[0])[0].right,
        1 - _of(trial, "phrase", whole[0])[1].right,
        ten[1],
        whole[1],
    )


def _ways(trial: Trial, way: int) -> Iterator[tuple[float, float]]:
    """Yield the shifts of the thresholds that are strict enough for a grammar (0 ten words, 1 the coach's)."""
    shift = false = 0.0
    for shift in _SHIFTS:
        false = _of(trial, "negative", shift)[way].false
        if false <= FALSE_ACCEPTS:
            yield shift, false
    yield shift, false


def _of(trial: Trial, kind: str, shift: float) -> tuple[Figures, Figures]:
    """Return the figures for the takes of a kind, with all thresholds moved by so much."""

    def only(cases: list[Case]) -> list[Case]:
        return [case for case in cases if case.kind == kind]

    return replace(trial, words=only(trial.words), session=only(trial.session)).figures(shifted(DEFAULT, shift))
