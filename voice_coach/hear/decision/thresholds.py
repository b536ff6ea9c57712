"""How likely a meaning must be before the coach acts on it: the thresholds of `policy.py`.

They belong to a speech model, because each model scales its margins differently. `training/fit_policy.py` fits them to
recordings and writes them to `policy.toml` in the model's folder; `load_point` reads and checks them.
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
"""A grammar with fewer phrases than this needs higher bars (`OperatingPoint.few`).

Among the thousands of phrases of a session's grammar, what nobody said is mostly taken for some other phrase."""

_BARS: Final = ("red", "sign", "ending", "speaking", "amid", "careful", "ordinary")
_SCALARS: Final = ("unexpected", "doubt", "word", "jumble", "stray", "asked", "few")
"""Fields of `OperatingPoint` in the order in which `policy.toml` has them."""

FILE: Final = "policy.toml"
"""In the model's folder. Models from elsewhere have none."""

MAX_REPEATS: Final = 100
"""The most often that a decoder may count a phrase. It then takes 0.1 s to build; more hardly makes the phrase any
likelier."""


def decoder_gain(repeats: int) -> float:
    """Return about how much a phrase gains in a decoder that counts it `repeats` times (a log likelihood).

    libvosk scales a grammar's costs by 0.9. For phrases that share words the gain differs by up to 0.5 at 10 repeats.
    """
    return 0.9 * math.log(repeats)


class Prior(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much likelier an expected answer is than anything else while one of these questions is open."""

    name: str
    """Name of the group of questions."""
    questions: tuple[str, ...]
    """The names of the questions, as in `session.question_table`."""
    repeats: int = 1
    """How often the decoder counts a phrase that is an answer, 1 to `MAX_REPEATS`; 1 changes nothing."""
    bonus: float = 0.0
    """What the policy adds to the margin of a reading that is an answer; 0 or more."""

    @property
    def decoded(self) -> float:
        """About how much an answer, or a part of one, gains in the decoder."""
        return decoder_gain(self.repeats)

    @property
    def shift(self) -> float:
        """About how much an answer gains in all, from the decoder and the policy."""
        return self.decoded + self.bonus


class Bar(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far a meaning must be ahead; log likelihood ratios, as the recogniser scales them."""

    unknown: float
    """Ahead of speech that is outside of the grammar."""
    rival: float
    """Ahead of the likeliest other meaning."""

    def raised(self, by: float) -> "Bar":
        """Return a bar that demands `by` more over unknown speech, and the same over other meanings."""
        return Bar(self.unknown + by, self.rival)


class OperatingPoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All thresholds.

    The defaults, for a model without any, take the likeliest reading. A reason to stop is a bare "stop" or a sign
    ("worse", "it's going down my leg"); neither ever needs more because of `unexpected` or `few`.
    """

    red: Bar = Bar(-1.0, 0.0)
    """A bare "stop" once the utterance is over; also a doubtful sign while no question is open, since the coach asks
    about it."""
    ending: Bar = Bar(2.0, 0.5)
    """A reason to stop, as soon as the voice falls silent."""
    speaking: Bar = Bar(5.0, 1.0)
    """A reason to stop, while the voice goes on."""
    careful: Bar = Bar(1.4, 1.4)
    """What may do harm if it was not said: better, gone, a side, going on."""
    ordinary: Bar = Bar(0.0, 0.0)
    """Everything else."""
    unexpected: float = 0.5
    """What `careful` and `ordinary` are raised by for a meaning that nobody asked for."""
    doubt: float = 1.5
    """A sign in another reading is asked about if it is at most this far behind the likeliest meaning.

    The head start of an answer is taken off first, so no prior, however strong, hides a sign that would be taken while
    no question is open."""
    word: float = 0.0
    """What each further word of a phrase, or of a complete answer, adds to its lead over unknown speech.

    The decoder charges for each word as if any word could follow any other, but within a phrase the next word is almost
    certain."""
    jumble: float = 0.0
    """How much each break in a reading (`Grammar.breaks`) lowers its lead over unknown speech.

    The decoder may put any words side by side, and so takes talk for a row of short ones: "to numb what's the"."""
    stray: float = 0.0
    """How much each second of unknown speech in a reading lowers its lead over unknown speech.

    Talk about something else is long, and holds a word of ours now and then; what is meant for the coach is short."""
    asked: float = 1.0
    """Share of `jumble` and `stray` that counts while a question is open, 0 to 1."""
    few: float = 0.0
    """What `careful` and `ordinary` are raised by where the grammar has fewer than `FEW_PHRASES` phrases."""

    prior: tuple[Prior, ...] = ()
    """How strongly an answer is expected, by group of questions. A question in no group expects nothing."""
    amid: Bar = Bar(6.0, 3.0)
    """A bare "stop" among other words while a question is open. Below this it is asked about."""
    sign: Bar = Bar(-1.0, 0.0)
    """A sign once the utterance is over, unless `red` applies. There are so many phrases for signs that talk often
    resembles one.

    While the utterance goes on, a sign must be as much surer than a bare "stop" as `sign` is above `red`."""

    def prior_at(self, question: str) -> Prior:
        """Return how strongly an answer to this question is expected; `NO_PRIOR` if it is in no group."""
        return next((prior for prior in self.prior if question in prior.questions), NO_PRIOR)

    def within(self, phrases: int) -> "OperatingPoint":
        """Return the thresholds for a grammar of that many phrases."""
        if phrases >= FEW_PHRASES:
            return self
        return msgspec.structs.replace(
            self, careful=self.careful.raised(self.few), ordinary=self.ordinary.raised(self.few)
        )


NO_PRIOR: Final = Prior("", ())
"""No answer is expected."""

DEFAULT: Final = OperatingPoint()
"""The thresholds of a model that has none."""


def load_point(folder: Path) -> OperatingPoint:
    """Return the thresholds in a model's folder; the defaults if there are none.

    Raises:
        DataError: the file can't be read, or holds values that can't be used.
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
    if mistake := next(_mistakes_in_priors(point), None):
        raise DataError([Problem(path, 0, "prior", f"{mistake}: unpack the model again.")])
    return point


def _mistakes_in_priors(point: OperatingPoint) -> Iterator[str]:
    for prior in point.prior:
        if not 1 <= prior.repeats <= MAX_REPEATS:
            yield f"the repeats of {prior.name!r} are not 1 to {MAX_REPEATS}"
        if prior.bonus < 0:
            yield f"the bonus of {prior.name!r} is negative"
    for question, count in Counter(question for prior in point.prior for question in prior.questions).items():
        if count > 1:
            yield f"the question {question!r} is in more than one group"


def _numbers(point: OperatingPoint) -> list[float]:
    """Return all numbers that must be finite."""
    bars = [getattr(point, name) for name in _BARS]
    return [
        *(bar.unknown for bar in bars),
        *(bar.rival for bar in bars),
        *(getattr(point, name) for name in _SCALARS),
        *(prior.bonus for prior in point.prior),
    ]


def as_toml(point: OperatingPoint, comment: str) -> str:
    """Return the text of a `policy.toml`, with the comment at the top."""
    lines = [f"# {line}".rstrip() for line in comment.splitlines()]
    lines += [f"{name} = {getattr(point, name):.3g}" for name in _SCALARS]
    for name in _BARS:
        bar: Bar = getattr(point, name)
        lines += ["", f"[{name}]", f"unknown = {bar.unknown:.3g}", f"rival = {bar.rival:.3g}"]
    for prior in point.prior:
        questions = ", ".join(map(json.dumps, prior.questions))
        lines += ["", "[[prior]]", f"name = {json.dumps(prior.name)}", f"questions = [{questions}]"]
        lines += [f"repeats = {prior.repeats}", f"bonus = {prior.bonus:.3g}"]
    return "\n".join(lines) + "\n"
