"""The rows of the table: what each system heard, counted."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.recognition.bench import Answer, pick
from benchmarks.recognition.interval import Rate, Share, quantile

FALSE_STOPS: Final = 0.5
"""An hour: how many the threshold for "stop" may let through."""
SOURCES: Final = ("read", "noise", "wake", "silence")
"""Of the negatives: read speech, noises of house and nature, wake words, silence."""

Data = dict[str, object]


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure as text and as data; empty text where it was not measured."""

    text: str = ""
    data: Data | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A measure and its figure for each system."""

    key: str
    title: str
    aim: str
    cells: tuple[Cell, ...]


Answers = Sequence[Answer]
Measure = Callable[[Answers, str], Cell]
"""Counts what one system heard."""


def right(answer: Answer) -> bool:
    """Tell whether the first thing taken is what was said; of an order all labelled slots must be right."""
    if answer.take.kind != "command":
        return answer.first == answer.take.truth
    wanted = answer.take.slots.items()
    return bool(answer.taken) and all(answer.taken[0].slots.get(name) == value for name, value in wanted)


def _outcome(answers: Answers) -> Cell:
    """Count right, wrong and rejected."""
    if not answers:
        return Cell()
    of = len(answers)
    good = Share(sum(map(right, answers)), of)
    none = Share(sum(not answer.taken for answer in answers), of)
    wrong = Share(of - good.count - none.count, of)
    asked = sum(bool(answer.taken) and answer.taken[0].ask for answer in answers)
    text = f"{good} / {100 * wrong.value:.1f} / {100 * none.value:.1f} (n={of})"
    return Cell(text, {"right": good.count, "wrong": wrong.count, "rejected": none.count, "asked": asked, "n": of})


def _words(decibels: float | None) -> Measure:
    return lambda answers, system: _outcome(pick(answers, "word", system, decibels=decibels))


def _orders(decibels: float | None) -> Measure:
    return lambda answers, system: _outcome(pick(answers, "command", system, decibels=decibels))


def _phrases(decibels: float | None, voice: str) -> Measure:
    return lambda answers, system: _outcome(pick(answers, "phrase", system, decibels=decibels, source=voice))


def _both_voices(decibels: float | None) -> Measure:
    return lambda answers, system: _outcome(pick(answers, "phrase", system, decibels=decibels))


def _hours(answers: Answers) -> float:
    return sum(answer.take.seconds for answer in answers) / 3600


def stop_threshold(negatives: Answers) -> float:
    """Return the least score of a "stop" above which no more than `FALSE_STOPS` an hour are false."""
    false = sorted((h.score for a in negatives for h in a.heard if h.intent == "stop"), reverse=True)
    allowed = math.floor(FALSE_STOPS * _hours(negatives))
    return false[allowed] if len(false) > allowed else -math.inf


def _stop(answers: Answers, system: str) -> Cell:
    """Count "stop" as the system decides; where it varies its threshold, at the best one."""
    said = pick(answers, "word", system, decibels=None, truth="stop")
    negatives = pick(answers, "negative", system, task="words")
    if not said or not negatives:
        return Cell()
    found = Share(sum(right(answer) for answer in said), len(said))
    false = Rate(sum(h.intent == "stop" for a in negatives for h in a.taken), _hours(negatives))
    data: Data = {"found": found.count, "n": found.of, "false": false.count, "hours": false.hours}
    text = f"{found} at {false}"
    if len({heard.score for answer in negatives for heard in answer.heard}) > 1 and false.value > FALSE_STOPS:
        least = stop_threshold(negatives)
        few = Share(sum(any(h.intent == "stop" and h.score > least for h in a.heard) for a in said), len(said))
        best = f"{few} at {Rate(math.floor(FALSE_STOPS * false.hours), false.hours)}"
        data |= {"found_at_limit": few.count, "score_at_limit": None if math.isinf(least) else least}
        text = f"{best}; as it decides {text}"
    return Cell(text, data)


def _unknown(answers: Answers, system: str) -> Cell:
    chosen = pick(answers, "unknown", system)
    share = Share(sum(bool(answer.taken) for answer in chosen), len(chosen))
    return Cell(f"{share} (n={share.of})", {"accepted": share.count, "n": share.of}) if chosen else Cell()


def _false(source: str, *, red: bool = False) -> Measure:
    def measure(answers: Answers, system: str) -> Cell:
        chosen = pick(answers, "negative", system, task="coach")
        chosen = [answer for answer in chosen if source in ("", answer.take.source)]
        if not chosen:
            return Cell()
        rate = Rate(sum(heard.red or not red for a in chosen for heard in a.taken), _hours(chosen))
        asked = sum(heard.ask and (heard.red or not red) for a in chosen for heard in a.taken)
        return Cell(f"{rate} ({rate.count})", {"count": rate.count, "asked": asked, "hours": rate.hours})

    return measure


def _delay(answers: Answers, system: str) -> Cell:
    said = [a for a in pick(answers, "word", system, decibels=None, truth="stop") if right(a)]
    pairs = [(a.taken[0], a.take.end) for a in said]
    audio = [heard.at - end for heard, end in pairs if end is not None]
    if not audio:
        return Cell()
    computing = [heard.computing for heard, _ in pairs]
    middle, late = quantile(audio, 0.5), quantile(audio, 0.95)
    cpu = quantile(computing, 0.5), quantile(computing, 0.95)
    text = f"{middle:.2f} / {late:.2f} s, and {1000 * cpu[0]:.0f} / {1000 * cpu[1]:.0f} ms of CPU (n={len(audio)})"
    return Cell(text, {"p50": middle, "p95": late, "cpu_p50": cpu[0], "cpu_p95": cpu[1], "n": len(audio)})


MEASURES: Final[tuple[tuple[str, str, str, Measure], ...]] = (
    ("words", "ten words: right / wrong / rejected, %", ">= 97 / <= 0.5", _words(None)),
    ("stop", '"stop" found at <= 0.5 false stops an hour of negatives', ">= 98 %", _stop),
    ("unknown", "unknown words accepted", "<= 3 %", _unknown),
    ("kitchen", "ten words in kitchen noise, 10 dB", ">= 93 %", _words(10.0)),
    ("kitchen", "ten words in kitchen noise, 5 dB", ">= 85 %", _words(5.0)),
    ("coffee", "coffee orders, intent and all slots: clean", ">= 98 %", _orders(None)),
    ("coffee", "coffee orders, kitchen noise, 12 dB", ">= 98 %", _orders(12.0)),
    ("coffee", "coffee orders, kitchen noise, 6 dB", ">= 93.5 %", _orders(6.0)),
    ("phrases", "coach's phrases, two synthetic voices, clean", ">= 98 %", _both_voices(None)),
    ("phrases", "of these, flite `rms`", "", _phrases(None, "rms")),
    ("phrases", "of these, festival `ked`", "", _phrases(None, "ked")),
    ("phrases", "coach's phrases, kitchen noise, 10 dB", ">= 92 %", _both_voices(10.0)),
    ("phrases", "of these, flite `rms`", "", _phrases(10.0, "rms")),
    ("phrases", "of these, festival `ked`", "", _phrases(10.0, "ked")),
    ("false", "false accepts, coach's grammar, all negatives", "<= 1/h", _false("")),
    ("false", "of these, red ones", "", _false("", red=True)),
    ("false", "read speech", "", _false("read")),
    ("false", "noises", "", _false("noise")),
    ("false", "wake words", "", _false("wake")),
    ("false", "silence", "", _false("silence")),
    ("delay", '"stop" decided after its acoustic end, p50 / p95', "<= 0.10 / <= 0.25 s", _delay),
)
"""Key, title, aim and how it is counted."""
KEYS: Final = (*dict.fromkeys(key for key, *_ in MEASURES), "cost", "curve")
NEEDED: Final = {
    "words": ("word",),
    "stop": ("word", "negative"),
    "unknown": ("unknown",),
    "kitchen": ("word",),
    "coffee": ("command",),
    "phrases": ("phrase",),
    "false": ("negative",),
    "delay": ("word",),
    "cost": (),
    "curve": ("word", "negative"),
}
"""The kinds of takes that a row is counted from."""


def rows(answers: Answers, systems: Iterable[str], keys: Iterable[str]) -> list[Row]:
    """Return the rows with these keys, with a cell for each system."""
    names, wanted = list(systems), set(keys)
    return [
        Row(key, title, aim, tuple(measure(answers, name) for name in names))
        for key, title, aim, measure in MEASURES
        if key in wanted
    ]
