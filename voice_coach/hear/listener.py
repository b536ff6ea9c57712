"""The stages of hearing in order: voice detector, endpointer, recogniser, policy. Microphone blocks in, events out."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np

from voice_coach.audio.pcm import Clip
from voice_coach.events import Event, Intent, NotRecognized, VoiceStarted, VoiceStopped
from voice_coach.hear import policy
from voice_coach.hear.asr import Hypothesis, Recognizer, Word
from voice_coach.hear.asr_vosk import EMBEDDED, VoskRecognizer
from voice_coach.hear.calibration import calibrated, load
from voice_coach.hear.endpoint import Begin, Cue, End, Endpointer, Feed, Shape, shape_of
from voice_coach.hear.grammar import NUMBER, Grammar
from voice_coach.hear.own_voice import OwnVoice
from voice_coach.hear.own_words import Spoken
from voice_coach.hear.policy import Decision, Ear, Situation, Verdict
from voice_coach.hear.policy_point import OperatingPoint
from voice_coach.hear.vad import CHUNK, EnergyGate, SileroDetector, VoiceDetector
from voice_coach.timebase import RATE, Samples

_WORD: Final[Samples] = round(0.6 * RATE)
"""What is judged of an early result, back from its end: a short word; the utterance may have begun with the coach."""


@dataclass
class _Utterance:
    """One utterance whose final result is still to come."""

    ear: Ear
    intents: frozenset[str]
    """Those that were asked for when it began; what was asked for since counts too."""
    numbers: bool
    audio: list[Clip] = field(default_factory=list)


class Listener:
    """Hears for the coach. Works on a grid of `CHUNK` samples, so what it hears does not depend on the block size."""

    def __init__(
        self,
        grammar: Grammar,
        detector: VoiceDetector,
        recognizer: Recognizer,
        *,
        open_speaker: bool = False,
        point: OperatingPoint | None = None,
    ) -> None:
        """Put the stages together; `point`: how sure is sure enough, None for the recogniser's own thresholds.

        With `open_speaker` the coach is taken out of what the microphone hears, and passed over where that fails (V13).
        """
        self._grammar = grammar
        self._detector = detector
        self._recognizer = recognizer
        self._endpointer = Endpointer()
        self._expecting = ""
        self._intents = frozenset[str]()
        self._rest: Clip = np.zeros(0, np.int16)
        self._clock: Samples = 0  # the first sample of the rest
        self._utterances: list[_Utterance] = []  # the last one may be under way
        self._shape = Shape.OTHER
        self._own = OwnVoice(multiple=CHUNK) if open_speaker else None
        self._point = (point or recognizer.point).within(len(grammar.phrases))

    def listen(self, expecting: str, intents: frozenset[str]) -> None:
        """From now on take these intents; an utterance under way may answer the old question or the new one."""
        self._expecting = expecting
        self._intents = intents
        if self._endpointer.speaking and NUMBER in intents and not self._utterances[-1].numbers:
            self._hear_again(self._utterances[-1])

    def process(self, mic: Clip, played: Clip, at: Samples, saying: Sequence[Spoken] = ()) -> list[Event]:
        """Take what the microphone heard from `at` on, and what was played until then.

        With an open speaker, what was played is taken out of what was heard, and a word that the coach is itself saying
        needs more evidence.

        Args:
            mic: the next samples that were heard.
            played: the next samples that were handed to the loudspeaker.
            at: when `mic` begins; after a gap the stream is taken for a new one.
            saying: the sentences of which something sounded in `played`.

        Raises:
            RecognitionError: the recogniser can't be kept alive.
        """
        now = at + len(mic)
        events: list[Event] = []
        if at != self._clock + len(self._rest):
            events += self._jump(at, now)
        stream = np.concatenate((self._rest, mic))
        whole = len(stream) // CHUNK * CHUNK
        if self._own:
            self._own.note(saying, now)
            stream = np.concatenate((self._own.take_out(stream[:whole], played), stream[whole:]))
        for i in range(0, whole, CHUNK):
            events += self._chunk(stream[i : i + CHUNK], now)
        self._rest = stream[whole:]
        return events + self._results(now)

    def torn(self) -> None:
        """Know that sound was lost or came late just now: the echo may come otherwise than it did."""
        if self._own:
            self._own.torn()

    def close(self) -> None:
        """Free the recogniser."""
        self._recognizer.close()

    def _chunk(self, chunk: Clip, now: Samples) -> list[Event]:
        probability = self._detector.probability(chunk)
        cues = self._endpointer.feed(chunk, self._clock, probability, self._shape)
        self._clock += len(chunk)
        events: list[Event] = []
        for cue in cues:
            events += self._cue(cue, now)
        return events + self._results(now)

    def _cue(self, cue: Cue, now: Samples) -> list[Event]:
        match cue:
            case Begin(at, audio):
                self._begin(at, audio)
                return [VoiceStarted(now)]
            case Feed(audio):
                self._utterances[-1].audio.append(audio)
                self._recognizer.accept(audio)
                return []
            case End():
                self._shape = Shape.OTHER
                self._recognizer.end()
                return [VoiceStopped(now)]

    def _begin(self, at: Samples, audio: Clip) -> None:
        numbers = NUMBER in self._intents
        self._utterances.append(_Utterance(Ear(at), self._intents, numbers, [audio]))
        self._recognizer.begin(at, numbers=numbers)
        self._recognizer.accept(audio)

    def _hear_again(self, utterance: _Utterance) -> None:
        """Decode the utterance under way from its start, now with the numbers."""
        utterance.numbers = True
        utterance.intents |= self._intents
        self._recognizer.begin(utterance.ear.start, numbers=True)
        for audio in utterance.audio:
            self._recognizer.accept(audio)

    def _results(self, now: Samples) -> list[Event]:
        events = self._heard(now)
        if self._endpointer.speaking and self._weigh(self._utterances[-1]):
            events += self._heard(now)  # an engine in this process has the answer at once
        early = self._early(self._utterances[-1], now) if self._utterances else None
        return [*events, early] if early else events

    def _heard(self, now: Samples) -> list[Event]:
        events: list[Event] = []
        for hypothesis in self._recognizer.poll():
            utterance = next((u for u in self._utterances if u.ear.start == hypothesis.start), None)
            if utterance is None:
                continue
            if hypothesis.final:
                self._utterances.remove(utterance)
                decision = policy.late(utterance.ear, hypothesis, self._grammar, self._situation(utterance))
                if not (self._own and self._own.blames(*_span(decision), _meant(decision))):
                    events += _event(decision, now)
            else:
                self._partial(utterance, hypothesis)
        return events

    def _weigh(self, said: _Utterance) -> bool:
        quiet, situation = self._endpointer.quiet, self._situation(said)
        said.ear, wanted = policy.wants_weighing(said.ear, self._clock, quiet, self._grammar, situation)
        if wanted:
            self._recognizer.weigh()
        return wanted

    def _partial(self, utterance: _Utterance, hypothesis: Hypothesis) -> None:
        utterance.ear = policy.hear(utterance.ear, hypothesis, self._grammar, self._situation(utterance))
        if self._endpointer.speaking and utterance is self._utterances[-1] and hypothesis.margin is None:
            self._shape = shape_of(self._grammar, hypothesis.text)

    def _early(self, utterance: _Utterance, now: Samples) -> Event | None:
        ear, decision = policy.early(utterance.ear, self._clock, self._endpointer.quiet, self._situation(utterance))
        if decision is None:
            return None
        end = decision.hypothesis.end
        if self._own and self._own.blames(end - _WORD, end, _meant(decision)):
            if self._endpointer.speaking:
                self._hear_from_here(utterance)
            return None
        if self._own and self._own.waits(end - _WORD, end, _meant(decision), red=decision.meaning.red):
            return None
        utterance.ear = ear
        return replace(_intent(decision, now), end=self._clock)

    def _hear_from_here(self, utterance: _Utterance) -> None:
        """Forget what the coach said into the utterance under way; the user may be about to speak."""
        utterance.ear = Ear(self._clock)
        utterance.audio.clear()
        self._recognizer.begin(self._clock, numbers=utterance.numbers)

    def _situation(self, utterance: _Utterance) -> Situation:
        return Situation(self._expecting, self._intents | utterance.intents, self._point)

    def _jump(self, at: Samples, now: Samples) -> list[Event]:
        """The stream goes on somewhere else (a device was lost): what was under way ends here."""
        events: list[Event] = []
        for cue in self._endpointer.stop(self._clock):
            events += self._cue(cue, now)
        if self._own:
            self._own.restart(at)
        self._detector.reset()
        self._rest = np.zeros(0, np.int16)
        self._clock = at
        return events


def _event(decision: Decision, now: Samples) -> list[Event]:
    match decision.verdict:
        case Verdict.ACCEPT:
            return [_intent(decision, now)]
        case Verdict.NOT_RECOGNIZED:
            hypothesis = decision.hypothesis
            return [NotRecognized(now, hypothesis.text, hypothesis.start, hypothesis.end)]
        case Verdict.IGNORE:
            return []


def _span(decision: Decision) -> tuple[Samples, Samples]:
    """Return where what it was accepted for lies; else all the words, or all of the utterance where there are none.

    What lies before may be the coach, whose echo came otherwise than it did, and the user answered right behind it.
    """
    words = _meant(decision) or decision.hypothesis.words
    return (words[0].start, words[-1].end) if words else (decision.hypothesis.start, decision.hypothesis.end)


def _meant(decision: Decision) -> Sequence[Word]:
    """Return the words that it was accepted for; of a partial result their places are not known but for the end."""
    hypothesis, meaning = decision.hypothesis, decision.meaning
    if decision.verdict != Verdict.ACCEPT:
        return ()
    if hypothesis.words:
        return hypothesis.words[meaning.first : meaning.last]
    texts = hypothesis.text.split()[meaning.first : meaning.last]
    return [Word(text, hypothesis.end - _WORD, hypothesis.end, 1.0) for text in texts]


def _intent(decision: Decision, now: Samples) -> Intent:
    hypothesis, meaning = decision.hypothesis, decision.meaning
    words = hypothesis.words
    return Intent(
        at=now,
        name=meaning.intent or "",
        text=hypothesis.text,
        slots=meaning.slots,
        confidence=decision.confidence,
        start=words[0].start if words else hypothesis.start,
        end=words[-1].end if words else hypothesis.end,
        ask=meaning.ask,
        also=meaning.also,
        final=hypothesis.final,
    )


def open_listener(
    grammar: Grammar, model: Path | None = None, *, apart: bool = False, open_speaker: bool = False
) -> Listener:
    """Return a listener with the real engines; `model` None: the embedded one; `apart`: libvosk in its own process.

    Raises:
        RecognitionError: the model can't be loaded, or can't hear what it must.
        DataError: the model's thresholds, or the user's own, can't be read.
    """
    folder = model or EMBEDDED
    recognizer: Recognizer
    if apart:
        from voice_coach.hear.asr_process import ProcessRecognizer  # noqa: PLC0415  (not needed for files)

        # Our own model is known to load, so the welcome need not wait for the child; about another one one must know.
        recognizer = ProcessRecognizer(folder, grammar.path, wait=model is not None)
    else:
        recognizer = VoskRecognizer(folder, grammar)
    detector, own = EnergyGate(SileroDetector()), calibrated(recognizer.point, load(folder))
    return Listener(grammar, detector, recognizer, open_speaker=open_speaker, point=own)
