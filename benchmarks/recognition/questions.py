"""The effects of an open question: talk taken for an answer, and "stop" that is still heard.

    python -m benchmarks.recognition.questions SPEECH [--every N] [--jobs N] [--json FILE]

SPEECH is the folder of recordings; its dev part is heard. Each negative (read speech, wake words, noise, silence) is
heard while each question is open: without a prior, as if nobody had asked, and with the model's own. So is each "stop".
One question stands for each group of `policy.toml`, one for those that are in none, and "counting" for no question.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import click
import msgspec

from benchmarks.recognition.bench import progress
from benchmarks.recognition.corpus import Corpus, Take
from benchmarks.recognition.hearing import Sound, Told, new_detector
from benchmarks.recognition.interval import Rate, Share, quantile
from voice_coach.audio.pcm import Clip, silence
from voice_coach.config.engines import session_grammar
from voice_coach.events import Intent
from voice_coach.hear.asr.recognizer import NOTHING_EXPECTED, Expected, Hypothesis, Recognizer
from voice_coach.hear.asr.vosk import EMBEDDED, VoskRecognizer
from voice_coach.hear.decision.situation import COUNTING
from voice_coach.hear.decision.thresholds import OperatingPoint, load_point
from voice_coach.hear.listener import Listener
from voice_coach.session.question_table import ACTIVE, ASKED
from voice_coach.timebase import BLOCK, Samples, seconds

NO_GROUP: Final = "no prior"
UNGROUPED: Final = "cleared"
"""The question that stands for those in no group."""
BEFORE: Final = "before"
AFTER: Final = "after"


@dataclass(frozen=True, slots=True)
class Taken:
    """Something that was taken while a question was open."""

    question: str
    prior: str
    """`before`: without; `after`: with the model's."""
    take: str
    intent: str
    text: str
    ask: bool
    red: bool
    at: float
    """Seconds of audio from the file's start to the decision."""


class Remembering:
    """A recogniser that remembers the result of each call, so that a decoder hears each take once for all questions.

    The engine's result depends on the samples and the arguments of `begin` alone.
    """

    def __init__(self, engine: Recognizer) -> None:
        """Take the engine; it is opened and closed by others."""
        self.point = engine.point
        self._engine = engine
        self._known: dict[tuple[object, ...], list[Hypothesis]] = {}
        self._begun: tuple[Samples, bool, Expected] | None = None
        self._fed: list[Clip] = []
        self._at_engine = -1
        """How many of these clips the engine has; -1: it has not even begun."""
        self._found: list[Hypothesis] = []

    def forget(self) -> None:
        """Begin with another take."""
        self._known.clear()
        self._begun = None

    def prepare(self, *, numbers: bool, expected: Expected) -> None:
        """Let the engine get ready."""
        self._engine.prepare(numbers=numbers, expected=expected)

    def begin(self, at: Samples, *, numbers: bool, expected: Expected = NOTHING_EXPECTED) -> None:
        """Start an utterance."""
        self._begun = (at, numbers, expected)
        self._fed = []
        self._at_engine = -1

    def accept(self, pcm: Clip) -> None:
        """Take the utterance's next samples."""
        self._fed.append(pcm)
        self._call("accept")

    def weigh(self) -> None:
        """Weigh what was fed so far."""
        self._call("weigh")

    def end(self) -> None:
        """Finish the utterance."""
        self._call("end")
        self._begun = None

    def poll(self) -> list[Hypothesis]:
        """Return what has become known since the last call."""
        found, self._found = self._found, []
        return found

    def lag(self, now: Samples) -> Samples:  # noqa: ARG002 - never
        """Return 0: the engine is in this process."""
        return 0

    def close(self) -> None:
        """Do nothing: the engine is used again."""

    def _call(self, what: str) -> None:
        if self._begun is None:
            return
        key = (what, *self._begun, sum(map(len, self._fed)))
        if key not in self._known:
            self._catch_up(len(self._fed) - (what == "accept"))
            if what == "accept":
                self._engine.accept(self._fed[-1])
                self._at_engine = len(self._fed)
            elif what == "weigh":
                self._engine.weigh()
            else:
                self._engine.end()
                self._at_engine = -1
            self._known[key] = self._engine.poll()
        self._found += self._known[key]

    def _catch_up(self, count: int) -> None:
        """Feed the engine what it missed while everything was remembered."""
        assert self._begun is not None
        if self._at_engine < 0:
            at, numbers, expected = self._begun
            self._engine.begin(at, numbers=numbers, expected=expected)
            self._at_engine = 0
        for clip in self._fed[self._at_engine : count]:
            self._engine.accept(clip)
        self._at_engine = max(self._at_engine, count)
        self._engine.poll()


class Hearing:
    """The coach's listener, with each question open in turn."""

    def __init__(self, speech: Path) -> None:
        """Open the embedded model; `speech` has the recordings."""
        self._grammar = session_grammar("en")
        self._recognizer = Remembering(VoskRecognizer(EMBEDDED, self._grammar))
        self._noise = Corpus(speech).noise
        self._detector = new_detector()

    def hear(self, take: Take) -> list[Taken]:
        """Let each question be open while this is heard, with and without the model's prior."""
        self._recognizer.forget()
        sound = Sound(take, self._noise, self._detector)
        with_prior = self._recognizer.point
        points = {BEFORE: msgspec.structs.replace(with_prior, prior=()), AFTER: with_prior}
        return [
            taken
            for prior, point in points.items()
            for question in representatives(with_prior).values()
            for taken in self._while_open(sound, question, prior, point)
        ]

    def _while_open(self, sound: Sound, question: str, prior: str, point: OperatingPoint) -> Iterator[Taken]:
        detector = Told()
        detector.tell(sound.probabilities)
        listener = Listener(self._grammar, detector, self._recognizer, point=point)
        listener.listen(question, ACTIVE[question])
        for start in range(0, len(sound.stream), BLOCK):
            block = sound.stream[start : start + BLOCK]
            for event in listener.process(block, silence(len(block)), start):
                if isinstance(event, Intent):
                    red, at = event.name in self._grammar.red, seconds(event.at)
                    yield Taken(question, prior, sound.take.name, event.name, event.text, event.ask, red, at)


_here: list[Hearing] = []
"""The recogniser of a process of the pool."""


def _open(speech: Path) -> None:
    _here[:] = [Hearing(speech)]


def _hear(take: Take) -> list[Taken]:
    return _here[0].hear(take)


def representatives(point: OperatingPoint) -> dict[str, str]:
    """Return one question for each group of the model's priors, one without, and none: the first of each."""
    groups = {prior.name: prior.questions[0] for prior in point.prior}
    return {**groups, NO_GROUP: UNGROUPED, COUNTING: COUNTING}


def negatives(taken: list[Taken], questions: dict[str, str], hours: float) -> list[str]:
    """Return the table's lines of what nobody said, an hour: answers, all else, and reasons to stop."""
    lines = [
        "| while open | answers, before | after | anything, before | after | reasons to stop, before | after |",
        "|---|---|---|---|---|---|---|",
    ]
    for group, question in questions.items():
        cells = []
        for kind in ("answer", "any", "red"):
            for prior in (BEFORE, AFTER):
                chosen = [one for one in taken if (one.question, one.prior) == (question, prior)]
                if kind == "red":
                    chosen = [one for one in chosen if one.red]
                if kind == "answer":
                    chosen = [one for one in chosen if one.intent in answers(question)]
                cells.append(str(Rate(len(chosen), hours)))
        lines.append(f"| {group} (`{question}`) | {' | '.join(cells)} |")
    return lines


def answers(question: str) -> frozenset[str]:
    """Return the intents that answer a question, besides those that are always understood."""
    return ASKED.get(question, frozenset({"yes", "ready_next"} if question == "ready" else ()))


def stops(taken: list[Taken], questions: dict[str, str], takes: list[Take]) -> list[str]:
    """Return the table's lines of "stop": found, asked about, and how long after its acoustic end."""
    lines = [
        '| while open | "stop" found, before | after | asked about, before | after | delay p50 / p95, before | after |',
        "|---|---|---|---|---|---|---|",
    ]
    ends = {take.name: take.end for take in takes}
    for group, question in questions.items():
        found, asked, delays = [], [], []
        for prior in (BEFORE, AFTER):
            chosen = [one for one in taken if (one.question, one.prior) == (question, prior) and one.red]
            first = {one.take: one for one in reversed(chosen)}
            found.append(str(Share(sum(not one.ask for one in first.values()), len(takes))))
            asked.append(str(sum(one.ask for one in first.values())))
            late = [one.at - end for one in first.values() if not one.ask and (end := ends[one.take]) is not None]
            delays.append(f"{quantile(late, 0.5):.2f} / {quantile(late, 0.95):.2f} s" if late else "")
        lines.append(f"| {group} (`{question}`) | {' | '.join([*found, *asked, *delays])} |")
    return lines


@click.command(help=__doc__)
@click.argument("speech", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--every", type=click.IntRange(1), default=1, show_default=True, help="Hear one take in so many.")
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Processes.")
@click.option(
    "--json", "to_json", type=click.Path(dir_okay=False, path_type=Path), help="Write all that was taken here."
)
def main(speech: Path, every: int, jobs: int, to_json: Path | None) -> None:  # noqa: D103 - the module tells what it does
    corpus, questions = Corpus(speech), representatives(load_point(EMBEDDED))
    quiet = corpus.takes(["negative"], every)
    said = [take for take in corpus.takes(["word"], every) if take.truth == "stop" and take.decibels is None]
    takes = [*quiet, *said]
    told = progress(len(takes))
    found: list[list[Taken]] = []
    with ProcessPoolExecutor(jobs, get_context("spawn"), _open, (speech,)) as pool:
        for taken in pool.map(_hear, takes):
            found.append(taken)
            told(len(found))
    false, stopped = (list(chain(*part)) for part in (found[: len(quiet)], found[len(quiet) :]))
    hours = sum(take.seconds for take in quiet) / 3600
    click.echo(f"{60 * hours:.1f} minutes of negatives; in brackets: 95 % intervals\n")
    click.echo("\n".join([*negatives(false, questions, hours), "", *stops(stopped, questions, said)]))
    if to_json:
        listed = {"negatives": [asdict(one) for one in false], "stop": [asdict(one) for one in stopped]}
        to_json.write_text(json.dumps({"minutes": 60 * hours, **listed}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
