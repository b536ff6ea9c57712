"""The thresholds of `policy.py`; they belong to a model and are in its folder.

`training/fit_policy.py` finds them on recordings and writes `policy.toml` into the model's folder.
"""

import json
import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from voice_coach.errors import DataError, Problem
from voice_coach.files.read import parse_toml, read_text

FEW_PHRASES: Final = 100
"""Phrases; a session's grammar has thousands, and most of what nobody said sounds like some other one of those."""

FILE: Final = "policy.toml"
"""In the model's folder; a model of somebody else's has none."""


MAX_REPEATS: Final = 100
"""A decoder with a phrase counted so often takes 0.1 s to build; more hardly makes the phrase any likelier."""


def decoder_gain(repeats: int) -> float:
    """Return about how much a phrase gains in the decoder that counts it so often (a log likelihood).

    libvosk scales a grammar's costs by 0.9. Phrases that share words differ from this, by 0.5 at 10 repeats.
    """
    return 0.9 * math.log(repeats)


class Prior(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much likelier an expected answer is than anything else while one of these questions is open."""

    name: str
    """Name of the group of questions."""
    questions: tuple[str, ...]
    """The names of the questions, as in `session.question_table`."""
    repeats: int = 1
    """How often the decoder counts a phrase that answers, 1 to `MAX_REPEATS`; 1 changes nothing."""
    bonus: float = 0.0
    """Bonus that the policy adds to the margin of a reading that is such a phrase; 0 or more."""

    @property
    def decoded(self) -> float:
        """About how much an answer, or a part of one, gains on everything else in the decoder."""
        return decoder_gain(self.repeats)

    @property
    def shift(self) -> float:
        """About how much an answer gains on everything else: what the decoder and the policy add together."""
        return self.decoded + self.bonus


class Bar(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A threshold for evidence; both values are log likelihood ratios, as the recogniser scales them."""

    unknown: float
    """Over speech that is outside of the grammar."""
    rival: float
    """Over whatever else of the grammar it may have been."""

    def raised(self, by: float) -> "Bar":
        """Return a bar that is higher by so much over unknown speech."""
        return Bar(self.unknown + by, self.rival)


class OperatingPoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All thresholds. The defaults are for a model that brings none: what is the likelier reading is taken."""

    red: Bar = Bar(-1.0, 0.0)
    """A bare "stop" when the utterance is over, or a sign that is asked about while no question is open; other reasons
    to stop need `sign`."""
    ending: Bar = Bar(2.0, 0.5)
    """A reason to stop, as soon as the voice falls silent."""
    speaking: Bar = Bar(5.0, 1.0)
    """A reason to stop while the voice goes on."""
    careful: Bar = Bar(1.4, 1.4)
    """Better, gone, a side, going on: what may harm when it was not said."""
    ordinary: Bar = Bar(0.0, 0.0)
    """All else."""
    unexpected: float = 0.5
    """How much higher the bar is for what was not asked for, but for a reason to stop."""
    doubt: float = 1.5
    """A reason to stop among the other readings, no further behind than this, is asked about; so no question's prior,
    however strong, hides one that would be taken with no question open."""
    word: float = 0.0
    """What each further word of a phrase, or of a whole answer, adds to its evidence over unknown speech: the decoder
    charges for each word, as if any might follow any, but within a phrase they are as good as told."""
    few: float = 0.0
    """How much higher the bars over unknown speech are, but for a reason to stop, where the grammar has few phrases."""

    prior: tuple[Prior, ...] = ()
    """For each group of questions, how strongly an answer is expected. A question in none of them expects nothing."""
    amid: Bar = Bar(6.0, 3.0)
    """A bare "stop" amid other words while a question is open; what does not reach this is asked about."""
    sign: Bar = Bar(-1.0, 0.0)
    """A sign when the utterance is over, but for one that is asked about while no question is open: there are so many
    phrases for signs that talk often sounds like one."""

    def prior_at(self, question: str) -> Prior:
        """Return how strongly an answer to this question is expected; `NO_PRIOR` where it is in no group."""
        return next((prior for prior in self.prior if question in prior.questions), NO_PRIOR)

    def within(self, phrases: int) -> "OperatingPoint":
        """Return the thresholds for a grammar of so many phrases."""
        if phrases >= FEW_PHRASES:
            return self
        return msgspec.structs.replace(
            self, careful=self.careful.raised(self.few), ordinary=self.ordinary.raised(self.few)
        )


NO_PRIOR: Final = Prior("", ())
"""Nothing is expected."""

DEFAULT: Final = OperatingPoint()


def load_point(folder: Path) -> OperatingPoint:
    """Return a model's thresholds; the defaults where its folder holds none.

    Raises:
        DataError: the file can't be used.
    """
    path = folder / FILE
    if not path.is_file():
        return DEFAULT
    try:
        point = msgspec.convert(parse_toml(read_text(path)), OperatingPoint)
    except (OSError, ValueError) as error:  # msgspec's and TOML's errors are ValueErrors
        reason = error.strerror if isinstance(error, OSError) else error
        raise DataError([Problem(path, 0, "", f"can't be read ({reason}): unpack the model again.")]) from error
    if not all(map(math.isfinite, _numbers(point))):
        raise DataError([Problem(path, 0, "", "holds a number that is not finite: unpack the model again.")])
    if wrong := next(_wrong_priors(point), None):
        raise DataError([Problem(path, 0, "prior", f"{wrong}: unpack the model again.")])
    return point


def _wrong_priors(point: OperatingPoint) -> Iterator[str]:
    """Yield what is wrong with the priors."""
    for prior in point.prior:
        if not 1 <= prior.repeats <= MAX_REPEATS:
            yield f"the repeats of {prior.name!r} are not 1 to {MAX_REPEATS}"
        if prior.bonus < 0:
            yield f"the bonus of {prior.name!r} is negative"
    for question, count in Counter(question for prior in point.prior for question in prior.questions).items():
        if count > 1:
            yield f"the question {question!r} is in more than one group"


def _numbers(point: OperatingPoint) -> list[float]:
    bars = (point.red, point.sign, point.ending, point.speaking, point.amid, point.careful, point.ordinary)
    return [number for bar in bars for number in (bar.unknown, bar.rival)] + [
        point.unexpected,
        point.doubt,
        point.word,
        point.few,
        *(prior.bonus for prior in point.prior),
    ]


def as_toml(point: OperatingPoint, comment: str) -> str:
    """Return the file's text; each line of the comment stands at its head."""
    lines = [f"# {line}".rstrip() for line in comment.splitlines()]
    lines += [f"{name} = {getattr(point, name):.3g}" for name in ("unexpected", "doubt", "word", "few")]
    for name in ("red", "sign", "ending", "speaking", "amid", "careful", "ordinary"):
        bar: Bar = getattr(point, name)
        lines += ["", f"[{name}]", f"unknown = {bar.unknown:.3g}", f"rival = {bar.rival:.3g}"]
    for prior in point.prior:
        questions = ", ".join(map(json.dumps, prior.questions))
        lines += ["", "[[prior]]", f"name = {json.dumps(prior.name)}", f"questions = [{questions}]"]
        lines += [f"repeats = {prior.repeats}", f"bonus = {prior.bonus:.3g}"]
    return "\n".join(lines) + "\n"
