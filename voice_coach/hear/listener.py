"""The stages of hearing in order: voice detector, endpointer, recogniser, policy. Microphone blocks in, events out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np

from voice_coach.audio.pcm import Clip
from voice_coach.errors import DataError
from voice_coach.events import Event, VoiceStarted, VoiceStopped
from voice_coach.files.profiles import FIRST, Profile
from voice_coach.hear.asr.recognizer import NOTHING_EXPECTED, Expected, Hypothesis, Recognizer
from voice_coach.hear.asr.vosk import EMBEDDED, VoskRecognizer
from voice_coach.hear.decision import policy
from voice_coach.hear.decision.calibration import Calibration, calibrated, load
from voice_coach.hear.decision.events import SHORT_WORD, event_of, intent_of, meant_by, span_of
from voice_coach.hear.decision.policy import Decision, Ear, Situation, Verdict
from voice_coach.hear.decision.thresholds import OperatingPoint
from voice_coach.hear.echo.loopback import OwnCopy
from voice_coach.hear.echo.prompt_words import Spoken
from voice_coach.hear.echo.self_speech import OwnVoice
from voice_coach.hear.endpoint import Begin, Cue, End, Endpointer, Feed, Shape, shape_of
from voice_coach.hear.grammar.grammar import NUMBER, Grammar
from voice_coach.hear.overlap import MIN_PROBABILITY, Hint
from voice_coach.hear.vad import CHUNK, EnergyGate, SileroDetector, VoiceDetector
from voice_coach.timebase import Samples

_JUST_NOW: Final[Samples] = 3 * CHUNK
"""Length of sound by which a hint is judged: 0.1 s."""


@dataclass
class _Utterance:
    """One utterance whose final result is still to come."""

    ear: Ear
    intents: frozenset[str]
    """Those that were asked for when it began; what was asked for since counts too."""
    numbers: bool
    expected: Expected
    """The prior given to the decoder."""
    audio: list[Clip] = field(default_factory=list)
    held: Decision | None = None
    """The meaning that would have been accepted early, had the coach not been heard with it."""


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
        echo_delay: Samples | None = None,
    ) -> None:
        """Put the stages together.

        Args:
            grammar: what can be said.
            detector: tells speech from other sound.
            recognizer: turns each utterance into text; `close` closes it too.
            open_speaker: whether the microphone hears the coach, which is then taken out of what it hears, and passed
                over where that fails (V13). Without, only an exact copy of the coach is passed over.
            point: how sure is sure enough; None: the recogniser's own thresholds.
            echo_delay: samples from speaker to microphone when that was last measured; None: it never was.
        """
        self._grammar = grammar
        self._detector = detector
        self._recognizer = recognizer
        self._endpointer = Endpointer()
        self._expecting = ""
        self._intents = frozenset[str]()
        self._expected = NOTHING_EXPECTED
        self._rest: Clip = np.zeros(0, np.int16)
        self._clock: Samples = 0  # the first sample of the rest
        self._utterances: list[_Utterance] = []  # the last one may be under way
        self._shape = Shape.OTHER
        self._own = OwnVoice(multiple=CHUNK, delay=echo_delay) if open_speaker else OwnCopy()
        self._hint = Hint()
        self._sounding = False
        self.lag: Samples = 0
        """For how long the oldest input that the recogniser is still to answer has waited, as of the last block."""
        self._point = (point or recognizer.point).within(len(grammar.phrases))

    @property
    def user_speaks(self) -> bool:
        """True if the user seems to be speaking over the coach: a hint to lower its voice."""
        return self._hint.speaking

    def listen(self, expecting: str, intents: frozenset[str]) -> None:
        """From now on take these intents; an utterance under way may answer the old question or the new one."""
        self._expecting = expecting
        self._intents = intents
        self._expected = policy.expected(self._grammar, Situation(expecting, intents, self._point))
        if self._expected != NOTHING_EXPECTED:
            self._recognizer.prepare(numbers=NUMBER in intents, expected=self._expected)
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
            RecognizerLostError: the recogniser can't be kept alive.
            RecognitionError: its model can't be loaded.
        """
        now = at + len(mic)
        self._sounding = bool(played.any())
        events: list[Event] = []
        if at != self._clock + len(self._rest):
            events += self._jump(at, now)
        stream = np.concatenate((self._rest, mic))
        whole = len(stream) // CHUNK * CHUNK
        self._own.note(saying, now)
        clean, words = self._own.take_out(stream[:whole], played)
        under_way = self._utterances[-1] if self._endpointer.speaking else None
        if self._own.regained() and under_way and self._own.blames(under_way.ear.start, self._clock, ()):
            self._hear_from_here(under_way)  # behind a sentence of the coach that was not taken out no word is found
        for i in range(0, whole, CHUNK):
            events += self._chunk(clean[i : i + CHUNK], words[i : i + CHUNK], now)
        self._rest = stream[whole:]
        events += self._results(now)
        self.lag = self._recognizer.lag(now)
        return events

    def torn(self) -> None:
        """Note that sound was lost or came late just now: the echo may come otherwise than it did."""
        self._own.torn()

    def reopened(self) -> None:
        """Note that the devices were reopened: nothing holds any more of how the coach was heard."""
        self._own.restart(self._clock)

    def heard_itself(self) -> None:
        """Drop what is not understood yet: it was the coach, of whose voice the microphone brought a copy."""
        under_way = self._utterances[-1:] if self._endpointer.speaking else []
        self._utterances = under_way
        for utterance in under_way:
            self._hear_from_here(utterance)

    def close(self) -> None:
        """Free the recogniser."""
        self._recognizer.close()

    def _chunk(self, chunk: Clip, words: Clip, now: Samples) -> list[Event]:
        """Take `CHUNK` samples: as the detector is to hear them, and as the recogniser is."""
        probability = self._detector.probability(chunk)
        if self._sounding:
            probability = self._own.likelier(probability, self._clock, self._clock + len(chunk))
        cues = self._endpointer.feed(words, self._clock, probability, self._shape)
        self._clock += len(chunk)
        self._hint.hear(self._clock, voice=probability >= MIN_PROBABILITY and self._is_interrupted())
        events: list[Event] = []
        for cue in cues:
            events += self._cue(cue, now)
        return events + self._results(now)

    def _is_interrupted(self) -> bool:
        """Tell whether a voice that is heard now is the user's, over the coach's."""
        return self._sounding and self._own.lets_through(self._clock - _JUST_NOW, self._clock)

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
        self._utterances.append(_Utterance(Ear(at), self._intents, numbers, self._expected, [audio]))
        self._recognizer.begin(at, numbers=numbers, expected=self._expected)
        self._recognizer.accept(audio)

    def _hear_again(self, utterance: _Utterance) -> None:
        """Decode the utterance under way from its start, now with the numbers."""
        utterance.numbers = True
        utterance.intents |= self._intents
        utterance.expected = self._expected
        self._recognizer.begin(utterance.ear.start, numbers=True, expected=self._expected)
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
                decision = self._late(utterance, hypothesis)
                if not self._own.blames(*span_of(decision), meant_by(decision)):
                    events += event_of(decision, now)
                    self._note(decision)
            else:
                self._partial(utterance, hypothesis)
        return events

    def _late(self, utterance: _Utterance, final: Hypothesis) -> Decision:
        """Decide; what the coach said after the user's words does not undo them."""
        decision = policy.late(utterance.ear, final, self._grammar, self._situation(utterance))
        if decision.verdict == Verdict.ACCEPT or utterance.held is None or utterance.ear.taken:
            return decision
        return replace(utterance.held, hypothesis=replace(utterance.held.hypothesis, final=True))

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
        if self._own.blames(end - SHORT_WORD, end, meant_by(decision)):
            if self._endpointer.speaking:
                self._hear_from_here(utterance)
            return None
        if self._own.waits(end - SHORT_WORD, end, meant_by(decision), red=decision.meaning.red):
            utterance.held = decision
            return None
        utterance.ear = ear
        self._note(decision)
        return replace(intent_of(decision, now), end=self._clock)

    def _note(self, decision: Decision) -> None:
        """Let the hint know what came of it."""
        if decision.verdict == Verdict.ACCEPT:
            self._hint.understood()
        if decision.hypothesis.final:
            self._hint.over()

    def _hear_from_here(self, utterance: _Utterance) -> None:
        """Forget what the coach said into the utterance under way; the user may be about to speak."""
        utterance.ear = Ear(self._clock)
        utterance.audio.clear()
        self._recognizer.begin(self._clock, numbers=utterance.numbers, expected=utterance.expected)

    def _situation(self, utterance: _Utterance) -> Situation:
        return Situation(self._expecting, self._intents | utterance.intents, self._point, utterance.expected)

    def _jump(self, at: Samples, now: Samples) -> list[Event]:
        """The stream goes on somewhere else (a device was lost): what was under way ends here."""
        events: list[Event] = []
        for cue in self._endpointer.stop(self._clock):
            events += self._cue(cue, now)
        self._own.restart(at)
        self._detector.reset()
        self._rest = np.zeros(0, np.int16)
        self._clock = at
        return events


def _alone(recognizer: Recognizer) -> Recognizer:
    return recognizer


def build_listener(  # noqa: PLR0913 - one for each part
    grammar: Grammar,
    model: Path | None = None,
    *,
    apart: bool = False,
    open_speaker: bool = False,
    echo_delay: Samples | None = None,
    profile: Profile | None = FIRST,
    beside: Callable[[Recognizer], Recognizer] = _alone,
) -> Listener:
    """Return a listener with the real engines; `model` None: the embedded one; `apart`: libvosk in its own process.

    `profile` is whose voice it is; None: nobody knows yet. `beside` may combine it with another recogniser.

    Raises:
        RecognitionError: the model can't be loaded, or can't hear what it must.
        DataError: the model's thresholds, or the user's own, can't be read.
    """
    folder = model or EMBEDDED
    recognizer: Recognizer
    if apart:
        from voice_coach.hear.asr.supervised import ProcessRecognizer  # noqa: PLC0415  (not needed for files)

        # Our own model is known to load, so the welcome need not wait for the child; about another one one must know.
        recognizer = ProcessRecognizer(folder, grammar.path, wait=model is not None)
    else:
        recognizer = VoskRecognizer(folder, grammar)
    own = calibrated(recognizer.point, _calibration(folder, profile) if profile else None)
    detector = EnergyGate(SileroDetector())
    return Listener(grammar, detector, beside(recognizer), open_speaker=open_speaker, point=own, echo_delay=echo_delay)


def _calibration(folder: Path, profile: Profile) -> Calibration | None:
    """Return this person's calibration; None: there is none, or it is damaged, which is reported elsewhere."""
    try:
        return load(folder, profile)
    except DataError:
        return None
