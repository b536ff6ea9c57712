"""The points of the pictures."""

from collections.abc import Sequence
from typing import Final

from benchmarks.recognition.bench import Answer, pick
from benchmarks.recognition.corpus import CURVE, NOISY
from benchmarks.recognition.interval import Share
from benchmarks.recognition.rows import right

CLEAN_AT: Final = 26.0
"""Where on the axis of decibels the clean clips stand."""


def curve(answers: Sequence[Answer], system: str, words: Sequence[str]) -> list[tuple[float, float]]:
    """Return false accepts of these words an hour, and the share of them missed, at each threshold.

    The thresholds are all scores that were seen, from the strictest to the most lenient.
    """
    said = [answer for answer in pick(answers, "word", system, decibels=None) if answer.take.truth in words]
    negatives = pick(answers, "negative", system, task="words")
    hours = sum(answer.take.seconds for answer in negatives) / 3600
    false = [heard.score for answer in negatives for heard in answer.heard if heard.intent in words]
    hits = [a.heard[0].score for a in said if a.heard and a.heard[0].intent == a.take.truth]
    if not said or not hours:
        return []
    return [
        (sum(score >= least for score in false) / hours, 1 - sum(score >= least for score in hits) / len(said))
        for least in sorted({*false, *hits}, reverse=True)
    ]


def by_noise(answers: Sequence[Answer], system: str) -> list[tuple[float, Share]]:
    """Return how many of the ten words are right at each level of noise (decibels; `CLEAN_AT` for none)."""
    levels = [(CLEAN_AT, None), *((d, d) for d in sorted({*CURVE, *NOISY["word"]}, reverse=True))]
    found = [(at, pick(answers, "word", system, decibels=decibels)) for at, decibels in levels]
    return [(at, Share(sum(map(right, chosen)), len(chosen))) for at, chosen in found if chosen]
