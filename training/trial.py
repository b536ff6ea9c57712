"""What a set of thresholds would do: recordings heard once, then judged by the policy's own code as often as asked."""

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from training.people import is_kept_apart
from training.takes import Take, sounds, takes
from training.texts import COMMANDS
from voice_coach.app.recognition import SILENCE_AFTER, usual_intents, words_grammar
from voice_coach.audio.pcm import Clip, silence
from voice_coach.config.engines import session_grammar
from voice_coach.hear.asr.recognizer import Hypothesis
from voice_coach.hear.asr.vosk import VoskRecognizer
from voice_coach.hear.decision import policy
from voice_coach.hear.decision.evidence import Evidence, weighed
from voice_coach.hear.decision.policy import Ear, Verdict
from voice_coach.hear.decision.situation import COUNTING, Situation
from voice_coach.hear.decision.thresholds import OperatingPoint
from voice_coach.hear.endpoint import Begin, End, Endpointer, Shape, shape_of
from voice_coach.hear.grammar.grammar import Grammar
from voice_coach.hear.grammar.match import understand
from voice_coach.hear.vad import CHUNK, EnergyGate, SileroDetector
from voice_coach.timebase import Samples, seconds


@dataclass(frozen=True, slots=True)
class Utterance:
    """What was found in one utterance."""

    start: Samples
    end: Samples
    early: tuple[tuple[Samples, Samples, Evidence], ...]
    """When, how long the voice had been silent, and what was known by then, where that may be enough."""
    final: Hypothesis
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Heard:
    """A take, its sound, and how likely speech is in each chunk of it."""

    take: Take
    sound: Clip
    chances: list[float]


@dataclass(frozen=True, slots=True)
class Case:
    """One recording and what was found in it."""

    kind: str
    truth: str
    """The intent that must be taken; empty: none may be."""
    end: float | None
    """Seconds from the start to the word's acoustic end, where it is known."""
    seconds: float
    utterances: tuple[Utterance, ...]
    apart: bool = True
    """Whether nothing of the speaker was learnt from."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How good a set of thresholds is; shares of 1, and false accepts an hour."""

    right: float
    wrong: float
    other: float
    """Words outside of the grammar that were taken."""
    false: float
    stop: float
    """Share of "stop" that was taken for it."""
    sign: float
    """Share of the reasons to stop that were taken for any, or asked about."""
    false_red: float
    """False reasons to stop an hour."""
    asked: float
    """Words that were asked about."""
    late: float
    """Seconds from the acoustic end of "stop" to the decision; the mean of those for which it is known."""


def probabilities(sound: Clip) -> list[float]:
    """Return how likely speech is in each chunk."""
    detector = EnergyGate(SileroDetector())
    return [detector.probability(sound[i : i + CHUNK]) for i in range(0, len(sound) - CHUNK + 1, CHUNK)]


def hear(
    sound: Clip, speech: list[float], recognizer: VoskRecognizer, grammar: Grammar, situation: Situation
) -> Iterator[Utterance]:
    """Yield what a listener that takes nothing finds in a sound."""
    endpointer, shape = Endpointer(), Shape.OTHER
    ear, early = Ear(0), list[tuple[Samples, Samples, Evidence]]()
    for i, probability in enumerate(speech):
        at = i * CHUNK
        ended = False
        for cue in endpointer.feed(sound[at : at + CHUNK], at, probability, shape):
            if isinstance(cue, Begin):
                ear, early = Ear(cue.at), []
                recognizer.begin(cue.at, numbers=False)
            if isinstance(cue, End):
                recognizer.end()
                ended, shape = True, Shape.OTHER
            else:
                recognizer.accept(cue.audio)
        now, quiet = at + CHUNK, endpointer.quiet
        for _ in range(2):
            for found in recognizer.poll():
                if found.final:
                    yield Utterance(ear.start, now, tuple(early), found, weighed(found, grammar, situation))
                    continue
                ear = policy.hear(ear, found, grammar, situation)
                shape = shape_of(grammar, found.text) if found.margin is None else shape
            ear, wanted = policy.wants_weighing(ear, now, quiet, grammar, situation)
            if not wanted or ended:
                break
            recognizer.weigh()
        if ear.evidence and not ended and (ear.evidence.meaning.red or ear.evidence.complete_answer):
            early.append((now, quiet, ear.evidence))


def taken(case: Case, situation: Situation) -> Iterator[tuple[Samples, str, bool]]:
    """Yield what would be taken with the situation's thresholds: when, as what, and whether it is asked about."""
    for utterance in case.utterances:
        ear = Ear(utterance.start)
        for at, quiet, evidence in utterance.early:
            ear, decision = policy.early(replace(ear, evidence=evidence), at, quiet, situation)
            if decision:
                yield at, decision.meaning.intent or "", decision.meaning.ask
        last = policy.conclude(ear, utterance.final, utterance.evidence, situation)
        if last.verdict is Verdict.ACCEPT:
            yield utterance.end, last.meaning.intent or "", last.meaning.ask


def figures(cases: Iterable[Case], situation: Situation, red: frozenset[str]) -> Figures:
    """Return how good the situation's thresholds are."""
    words = right = wrong = asked = others = other = false = false_red = stops = stop = signs = sign = 0
    hours, late = 0.0, list[float]()
    for case in cases:
        found = list(taken(case, situation))
        first = found[0] if found else None
        match case.kind:
            case "word" | "noisy" | "phrase":
                words += 1
                hit = first is not None and first[1] == case.truth
                right += hit
                wrong += first is not None and not hit
                asked += first is not None and first[2]
                stops += case.truth == "stop"
                stop += hit and case.truth == "stop"
                signs += case.truth in red
                sign += case.truth in red and first is not None and first[1] in red
                if hit and first and case.end is not None and case.truth in red:
                    late.append(seconds(first[0]) - case.end)
            case "unknown" | "digit":
                others += 1
                other += first is not None
            case _:
                hours += case.seconds / 3600
                false += len(found)
                false_red += sum(intent in red for _, intent, _ in found)
    return Figures(
        right / max(words, 1),
        wrong / max(words, 1),
        other / max(others, 1),
        false / max(hours, 1e-9),
        stop / max(stops, 1),
        sign / max(signs, 1),
        false_red / max(hours, 1e-9),
        asked / max(words, 1),
        sum(late) / max(len(late), 1),
    )


def cost(words: Figures, session: Figures) -> float:
    """Return what a set of thresholds costs, in shares of a missed word.

    A wrong word costs five missed ones, an unknown word that is taken half of one; a false accept an hour 1 % of all
    words, a false reason to stop as much again; a missed reason to stop half of all, a missed "stop" as much again;
    a tenth of a second of delay 1 %.
    """
    total = 0.0
    for found in (words, session):
        total += (1 - found.right) + 5 * found.wrong + 0.5 * found.other
        total += 0.01 * found.false + 0.01 * found.false_red + 0.1 * found.late
        total += 0.5 * (1 - found.stop) + 0.5 * (1 - found.sign)
    return total


@dataclass(frozen=True, slots=True)
class Trial:
    """All that was heard, in both ways."""

    words: list[Case]
    session: list[Case]
    words_situation: Situation
    session_situation: Situation
    red: frozenset[str]

    def negatives(self, *, apart: bool) -> "Trial":
        """Return the talk and noise alone, of people kept apart or of those who were learnt from."""

        def only(cases: list[Case]) -> list[Case]:
            return [case for case in cases if case.kind == "negative" and case.apart is apart]

        return replace(self, words=only(self.words), session=only(self.session))

    def figures(self, point: OperatingPoint) -> tuple[Figures, Figures]:
        """Return how good these thresholds are for the ten words, and in a session."""
        few = replace(self.words_situation, point=point.within(len(COMMANDS)))
        one = figures(self.words, few, frozenset({"stop"}))
        return one, figures(self.session, replace(self.session_situation, point=point), self.red)

    def cost(self, point: OperatingPoint) -> float:
        """Return what these thresholds cost; infinity where a reason to stop would need more than another word."""
        bars = (point.red, point.ordinary, point.careful)
        ordered = all(one.unknown <= two.unknown and one.rival <= two.rival for one, two in itertools.pairwise(bars))
        later = point.ending.unknown <= point.speaking.unknown and point.ending.rival <= point.speaking.rival
        return cost(*self.figures(point)) if ordered and later else math.inf


def detect(speech: Path, every: int, hours: float = 0.0) -> list[Heard]:
    """Return one in `every` of the recordings of people kept apart; the voice detector needs to hear each only once."""
    found = []
    for take, wave in sounds(speech, takes(speech, every, hours)):
        sound = np.concatenate((wave, silence(SILENCE_AFTER)))
        found.append(Heard(take, sound, probabilities(sound)))
    return found


def listen(heard: Sequence[Heard], model: Path, told: Callable[[str], None] = lambda _: None) -> Trial:
    """Return what a model makes of the recordings, as ten words and as a session would."""
    ten, coach = words_grammar(COMMANDS), session_grammar("en")
    ways = [
        (grammar, VoskRecognizer(model, grammar), Situation(COUNTING, intents))
        for grammar, intents in ((ten, ten.intents), (coach, usual_intents(coach)))
    ]
    cases: tuple[list[Case], list[Case]] = ([], [])
    for count, one in enumerate(heard):
        for (grammar, recognizer, situation), found in zip(ways, cases, strict=True):
            known = kind_for(one.take, grammar, situation.active)
            if known is None:
                continue
            heard_there = tuple(hear(one.sound, one.chances, recognizer, grammar, situation))
            length = seconds(len(one.sound) - SILENCE_AFTER)
            apart = is_kept_apart(one.take.recording.identity)
            found.append(Case(*known, one.take.recording.end, length, heard_there, apart))
        if count % 50 == 0:
            told(f"{count} of {len(heard)} recordings")
    return Trial(*cases, ways[0][2], ways[1][2], coach.red)


def kind_for(take: Take, grammar: Grammar, active: frozenset[str]) -> tuple[str, str] | None:
    """Return a take's kind and the intent that must be taken; None where this grammar can't be judged by it."""
    meant = understand(grammar, take.text, active).intent or "" if take.text else ""
    match take.kind:
        case "phrase":
            return (take.kind, take.intent) if take.intent in active else None
        case "word" | "noisy":
            return (take.kind, meant) if meant else ("unknown", "")
        case "negative" if meant:  # somebody says a command
            return None
        case _:
            return take.kind, meant
