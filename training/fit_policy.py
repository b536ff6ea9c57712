"""Fit the thresholds of `voice_coach/hear/decision/thresholds.py` to a model, and draw curves.

    python -m training.fit_policy SPEECH [--model FOLDER] [--curves FILE.svg]

SPEECH is the folder of recordings with its manifest.csv. Only people of its train part who are kept apart are heard
(`people.py`), never the dev part, which the benchmarks judge by: words clean and in noise and the coach's phrases, that
must be understood; other words, talk and noise that must not. Each is heard once as ten words and once as a session
would; what the recogniser finds is kept, so that each set of thresholds is tried on the very same evidence, by the
policy's own code. Then one threshold after the other is set to what costs least (see `trial.py`), until none changes.
Those for open questions are kept (`BY_HAND`).
The result is written to the model's folder as policy.toml. Nothing is random: the same recordings give the same file.
"""

import itertools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from training.curves import draw
from training.trial import Figures, Trial, detect, listen
from voice_coach.hear.asr.vosk import EMBEDDED
from voice_coach.hear.decision.thresholds import DEFAULT, FILE, Bar, OperatingPoint, as_toml, load_point

ROUNDS: Final = 3
"""How often each threshold is looked at; the second round hardly changes any."""
STEPS: Final = tuple(step / 2 for step in range(-12, 21))
RIVALS: Final = tuple(step / 2 for step in range(11))
FEWS: Final = tuple(step / 2 for step in range(13))
WORDS: Final = (3.0, 2.0, 1.0, 0.0)
JUMBLES: Final = (0.0, 1.0, 2.0, 3.0, 4.0)
STRAYS: Final = (0.0, 3.0, 6.0)
BY_HAND: Final = ("doubt", "amid", "asked", "prior")
"""Thresholds for open questions. The trial opens none, so these are kept as they are."""


def fit(trial: Trial, told: Callable[[str], None]) -> OperatingPoint:
    """Return the thresholds that cost least, each tried in turn."""
    best, least = DEFAULT, trial.cost(DEFAULT)
    names = ("ordinary", "careful", "red", "sign", "ending", "speaking")
    for turn in range(ROUNDS):
        before = least
        best = with_words(best, trial)
        least = trial.cost(best)
        told(f"round {turn + 1}, word {best.word:g}, jumble {best.jumble:g}, stray {best.stray:g}: cost {least:.3f}")
        for name in names:
            bar: Bar = getattr(best, name)
            tries = [Bar(step, bar.rival) for step in STEPS] + [
                Bar(bar.unknown + d, r) for d in (-1, 0, 1) for r in RIVALS
            ]
            for point in (msgspec.structs.replace(best, **{name: other}) for other in tries):
                spent = trial.cost(point)
                if spent < least - 1e-9:
                    best, least = point, spent
            told(f"round {turn + 1}, {name}: cost {least:.3f}")
        best = min((msgspec.structs.replace(best, few=few) for few in FEWS), key=trial.cost)
        least = trial.cost(best)
        if least == before:
            break
    return best


def with_words(point: OperatingPoint, trial: Trial) -> OperatingPoint:
    """Return the point with what a reading's words add and take that costs least; of equals the first.

    Most of the recordings are single words, so they show what a long phrase would cost better than what it would gain.
    """
    tries = (
        msgspec.structs.replace(point, word=word, jumble=jumble, stray=stray)
        for word, jumble, stray in itertools.product(WORDS, JUMBLES, STRAYS)
    )
    return min(tries, key=lambda other: round(trial.cost(other), 9))


def shifted(point: OperatingPoint, by: float) -> OperatingPoint:
    """Return the point with every bar higher by so much."""
    bars: dict[str, Any] = {}
    for name in ("ordinary", "careful", "red", "sign", "ending", "speaking"):
        bars[name] = getattr(point, name).raised(by)
    return msgspec.structs.replace(point, **bars)


def report(words: Figures, session: Figures) -> str:
    """Return the figures as text, one way a line."""
    lines = [
        f"{name}: right {100 * f.right:.1f} %, wrong {100 * f.wrong:.1f} %, stop {100 * f.stop:.1f} %, "
        f"unknown words taken {100 * f.other:.1f} %, asked about {100 * f.asked:.1f} %, "
        f"false accepts an hour {f.false:.1f}, of these reasons to stop {f.false_red:.1f}, stop after {f.late:.2f} s"
        for name, f in (("ten words", words), ("a session's grammar", session))
    ]
    return "\n".join(lines)


def curves(trial: Trial, point: OperatingPoint) -> str:
    """Return the picture of misses against false accepts, all bars moved together."""
    moved = [trial.figures(shifted(point, step / 2)) for step in range(-12, 17)]
    return draw(
        {
            "ten words": [(words.false, 1 - words.right) for words, _ in moved],
            "ten words: stop": [(words.false_red, 1 - words.stop) for words, _ in moved],
            "a session's grammar: any": [(session.false, 1 - session.right) for _, session in moved],
            "a session's grammar: stop": [(session.false_red, 1 - session.stop) for _, session in moved],
        },
    )


@click.command()
@click.argument("speech", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--model", type=click.Path(exists=True, file_okay=False, path_type=Path), default=EMBEDDED)
@click.option(
    "--to", type=click.Path(dir_okay=False, path_type=Path), help="Instead of policy.toml in the model's folder."
)
@click.option(
    "--curves", "picture", type=click.Path(dir_okay=False, path_type=Path), help="Draw them into this SVG file."
)
@click.option("--every", type=click.IntRange(1), default=2, show_default=True, help="Hear one recording in so many.")
@click.option("--hours", default=3.0, show_default=True, help="Of talk and noise, at least.")
def main(speech: Path, model: Path, to: Path | None, picture: Path | None, every: int, hours: float) -> None:
    """Fit the thresholds of the policy to a model."""

    def told(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    trial = listen(detect(speech, every, hours), model, told)
    present = load_point(EMBEDDED)
    point = msgspec.structs.replace(fit(trial, told), **{name: getattr(present, name) for name in BY_HAND})
    text = report(*trial.figures(point))
    for apart in (True, False):
        whose = "kept apart" if apart else "learnt from"
        told(f"the talk of people {whose}:\n{report(*trial.negatives(apart=apart).figures(point))}")
    print(f"defaults:\n{report(*trial.figures(DEFAULT))}\nfitted:\n{text}")
    about = (
        "How sure is sure enough, fitted by `python -m training.fit_policy` to people kept out of training:\n" + text
    )
    (to or model / FILE).write_text(as_toml(point, about), encoding="utf-8")
    if picture:
        picture.write_text(curves(trial, point), encoding="utf-8")


if __name__ == "__main__":
    main()
