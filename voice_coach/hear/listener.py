"""Sound in, events out: removes the coach's echo, finds utterances, has them recognised, and lets the policy decide."""

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
from voice_coach.hear.decision.events import SHORT_WORD, accepted_words, event_of, intent_of, span_of
from voice_coach.hear.decision.policy import Decision, Ear, Verdict
from voice_coach.hear.decision.situation import Situation, expected
from voice_coach.hear.decision.thresholds import OperatingPoint
from voice_coach.hear.echo.loopback import OwnCopy
from voice_coach.hear.echo.prompt_words import Spoken
from voice_coach.hear.echo.self_speech import OwnVoice
from voice_coach.hear.endpoint import Begin, Cue, End, Endpointer, Feed, Shape, shape_of
from voice_coach.hear.grammar.grammar import NUMBER, Grammar
from voice_coach.hear.overlap import MIN_PROBABILITY, Hint
from voice_coach.hear.vad import CHUNK, EnergyGate, SileroDetector, VoiceDetector
from voice_coach.timebase import Samples

_OVERLAP_WINDOW: Final[Samples] = 3 * CHUNK
"""How much of the latest sound tells whether the user speaks over the coach: 0.1 s."""


@dataclass
class _Utterance:
    """One utterance whose final result is still to come."""

    ear: Ear
    intents: frozenset[str]
    """The intents that were asked for when it began; those that were asked for since are accepted too."""
    numbers: bool
    """Whether the decoder listens for numbers."""
    expected: Expected
    """What the decoder expects."""
    audio: list[Clip] = field(default_factory=list)
    held_back: Decision | None = None
    """An early acceptance that waits for the end because the coach was speaking at the same time."""


class Listener:
    """Turns microphone blocks into events. Works in chunks of `CHUNK` samples, so the block size does not matter."""

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
            open_speaker: whether the microphone hears the coach. Its voice is then removed, and ignored where
                that fails (V13). Otherwise only an exact copy of it is ignored.
            point: the thresholds; None: the recogniser's own.
            echo_delay: samples from speaker to microphone when last measured; None: never measured.
        """
        self._grammar = grammar
        self._detector = detector
        self._recognizer = recognizer
        self._endpointer = Endpointer()
        self._expecting = ""
        self._intents = frozenset[str]()
        self._expected = NOTHING_EXPECTED
        self._rest: Clip = np.zeros(0, np.int16)  # heard, but not yet a whole chunk
        self._clock: Samples = 0  # the first sample of the rest
        self._utterances: list[_Utterance] = []  # without a final result yet; the last one may still go on
        self._shape = Shape.OTHER
        self._own_voice = OwnVoice(multiple=CHUNK, delay=echo_delay) if open_speaker else OwnCopy()
        self._overlap = Hint()
        self._coach_sounds = False
        self.lag: Samples = 0
        """How long the oldest input that the recogniser has not answered had waited at the last block."""
        self._point = (point or recognizer.point).within(len(grammar.phrases))

    @property
    def user_speaks(self) -> bool:
        """True if the user seems to speak over the coach, which should lower its voice."""
        return self._overlap.speaking

    def listen(self, expecting: str, intents: frozenset[str]) -> None:
        """Accept these intents from now on; an utterance under way may answer the old question or the new one."""
        self._expecting = expecting
        self._intents = intents
        self._expected = expected(self._grammar, Situation(expecting, intents, self._point))
        if self._expected != NOTHING_EXPECTED:
            self._recognizer.prepare(numbers=NUMBER in intents, expected=self._expected)
        if self._endpointer.speaking and NUMBER in intents and not self._utterances[-1].numbers:
            self._decode_again_with_numbers(self._utterances[-1])

    def process(self, mic: Clip, played: Clip, at: Samples, saying: Sequence[Spoken] = ()) -> list[Event]:
        """Take a microphone block and return what was heard in it.

        With an open speaker, what was played is removed from it, and a word that the coach itself is saying needs more
        evidence.

        Args:
            mic: the next samples that were heard.
            played: the next samples that were handed to the loudspeaker.
            at: when `mic` begins. After a gap, a new stream begins.
            saying: the sentences that sounded, in part at least, in `played`.

        Raises:
            RecognizerLostError: the recogniser can't be kept alive.
            RecognitionError: its model can't be loaded.
        """
        now = at + len(mic)
        self._coach_sounds = bool(played.any())
        events: list[Event] = []
        if at != self._clock + len(self._rest):
            events += self._begin_new_stream(at, now)
        stream = np.concatenate((self._rest, mic))
        length = len(stream) // CHUNK * CHUNK
        self._own_voice.note(saying, now)
        for_detector, for_recognizer = self._own_voice.take_out(stream[:length], played)
        self._drop_uncancelled_speech()
        for i in range(0, length, CHUNK):
            events += self._process_chunk(for_detector[i : i + CHUNK], for_recognizer[i : i + CHUNK], now)
        self._rest = stream[length:]
        events += self._results(now)
        self.lag = self._recognizer.lag(now)
        return events

    def torn(self) -> None:
        """Note that sound was lost or late just now, so the echo may have another delay."""
        self._own_voice.torn()

    def reopened(self) -> None:
        """Note that the devices were reopened, so the echo has to be learned again."""
        self._own_voice.restart(self._clock)

    def heard_itself(self) -> None:
        """Drop all utterances that have no result yet: they were a copy of the coach's own voice."""
        under_way = self._under_way
        self._utterances = [under_way] if under_way else []
        if under_way:
            self._restart_utterance(under_way)

    def close(self) -> None:
        """Free the recogniser."""
        self._recognizer.close()

    @property
    def _under_way(self) -> _Utterance | None:
        """The utterance that has not ended yet."""
        return self._utterances[-1] if self._endpointer.speaking else None

    def _drop_uncancelled_speech(self) -> None:
        """Restart an utterance that began with the coach before its echo could be removed.

        After a whole sentence of the coach's, the decoder would not find the user's words.
        """
        under_way = self._under_way
        if self._own_voice.regained() and under_way and self._own_voice.blames(under_way.ear.start, self._clock, ()):
            self._restart_utterance(under_way)

    def _process_chunk(self, for_detector: Clip, for_recognizer: Clip, now: Samples) -> list[Event]:
        """Take `CHUNK` samples: the detector and the recogniser get them with different echo removal."""
        probability = self._detector.probability(for_detector)
        if self._coach_sounds:
            probability = self._own_voice.likelier(probability, self._clock, self._clock + len(for_detector))
        cues = self._endpointer.feed(for_recognizer, self._clock, probability, self._shape)
        self._clock += len(for_detector)
        self._overlap.hear(self._clock, voice=probability >= MIN_PROBABILITY and self._is_over_coach())
        events: list[Event] = []
        for cue in cues:
            events += self._follow(cue, now)
        return events + self._results(now)

    def _is_over_coach(self) -> bool:
        """Tell whether a voice that is heard now is the user's, while the coach speaks."""
        return self._coach_sounds and self._own_voice.lets_through(self._clock - _OVERLAP_WINDOW, self._clock)

    def _follow(self, cue: Cue, now: Samples) -> list[Event]:
        """Feed the recogniser as the endpointer says."""
        match cue:
            case Begin(at, audio):
                self._begin_utterance(at, audio)
                return [VoiceStarted(now)]
            case Feed(audio):
                self._utterances[-1].audio.append(audio)
                self._recognizer.accept(audio)
                return []
            case End():
                self._shape = Shape.OTHER
                self._recognizer.end()
                return [VoiceStopped(now)]

    def _begin_utterance(self, at: Samples, audio: Clip) -> None:
        numbers = NUMBER in self._intents
        self._utterances.append(_Utterance(Ear(at), self._intents, numbers, self._expected, [audio]))
        self._recognizer.begin(at, numbers=numbers, expected=self._expected)
        self._recognizer.accept(audio)

    def _decode_again_with_numbers(self, utterance: _Utterance) -> None:
        """Decode the utterance under way from its start, now listening for numbers too."""
        utterance.numbers = True
        utterance.intents |= self._intents
        utterance.expected = self._expected
        self._recognizer.begin(utterance.ear.start, numbers=True, expected=self._expected)
        for audio in utterance.audio:
            self._recognizer.accept(audio)

    def _results(self, now: Samples) -> list[Event]:
        """Return what can be decided now."""
        events = self._poll(now)
        under_way = self._under_way
        if under_way and self._request_weighing(under_way):
            events += self._poll(now)  # an engine in this process has the answer at once
        early = self._decide_early(self._utterances[-1], now) if self._utterances else None
        return [*events, early] if early else events

    def _poll(self, now: Samples) -> list[Event]:
        """Take the recogniser's results, and decide on the final ones."""
        events: list[Event] = []
        for hypothesis in self._recognizer.poll():
            utterance = next((u for u in self._utterances if u.ear.start == hypothesis.start), None)
            if utterance is None:
                continue
            if hypothesis.final:
                self._utterances.remove(utterance)
                decision = self._decide_final(utterance, hypothesis)
                if not self._own_voice.blames(*span_of(decision), accepted_words(decision)):
                    events += event_of(decision, now)
                    self._update_overlap(decision)
            else:
                self._take_partial(utterance, hypothesis)
        return events

    def _decide_final(self, utterance: _Utterance, final: Hypothesis) -> Decision:
        """Decide on a final result; if it is not accepted, an early decision that was held back stands.

        So what the coach said after the user's words does not undo them.
        """
        decision = policy.late(utterance.ear, final, self._grammar, self._situation(utterance))
        held_back = utterance.held_back
        if decision.verdict is Verdict.ACCEPT or held_back is None or utterance.ear.accepted:
            return decision
        return replace(held_back, hypothesis=replace(held_back.hypothesis, final=True))

    def _request_weighing(self, under_way: _Utterance) -> bool:
        """Let the recogniser weigh what it heard so far, if that may be accepted early; return whether it will."""
        quiet, situation = self._endpointer.quiet, self._situation(under_way)
        under_way.ear, wanted = policy.wants_weighing(under_way.ear, self._clock, quiet, self._grammar, situation)
        if wanted:
            self._recognizer.weigh()
        return wanted

    def _take_partial(self, utterance: _Utterance, hypothesis: Hypothesis) -> None:
        utterance.ear = policy.hear(utterance.ear, hypothesis, self._grammar, self._situation(utterance))
        if utterance is self._under_way and hypothesis.margin is None:
            self._shape = shape_of(self._grammar, hypothesis.text)

    def _decide_early(self, utterance: _Utterance, now: Samples) -> Event | None:
        """Return the event of an utterance that is accepted before its final result; None: not yet."""
        ear, decision = policy.early(utterance.ear, self._clock, self._endpointer.quiet, self._situation(utterance))
        if decision is None:
            return None
        end = decision.hypothesis.end
        words = accepted_words(decision)
        if self._own_voice.blames(end - SHORT_WORD, end, words):
            if self._endpointer.speaking:
                self._restart_utterance(utterance)
            return None
        if self._own_voice.waits(end - SHORT_WORD, end, words, red=decision.meaning.red):
            utterance.held_back = decision
            return None
        utterance.ear = ear
        self._update_overlap(decision)
        return replace(intent_of(decision, now), end=self._clock)

    def _update_overlap(self, decision: Decision) -> None:
        if decision.verdict is Verdict.ACCEPT:
            self._overlap.understood()
        if decision.hypothesis.final:
            self._overlap.over()

    def _restart_utterance(self, utterance: _Utterance) -> None:
        """Forget what was heard of the utterance under way: it was the coach. The user may speak next."""
        utterance.ear = Ear(self._clock)
        utterance.audio.clear()
        self._recognizer.begin(self._clock, numbers=utterance.numbers, expected=utterance.expected)

    def _situation(self, utterance: _Utterance) -> Situation:
        return Situation(self._expecting, self._intents | utterance.intents, self._point, utterance.expected)

    def _begin_new_stream(self, at: Samples, now: Samples) -> list[Event]:
        """Begin again at `at` after a gap, such as a lost device; an utterance under way ends here."""
        events: list[Event] = []
        for cue in self._endpointer.stop(self._clock):
            events += self._follow(cue, now)
        self._own_voice.restart(at)
        self._detector.reset()
        self._rest = np.zeros(0, np.int16)
        self._clock = at
        return events


def _unchanged(recognizer: Recognizer) -> Recognizer:
    return recognizer


def build_listener(  # noqa: PLR0913 - one for each part
    grammar: Grammar,
    model: Path | None = None,
    *,
    apart: bool = False,
    open_speaker: bool = False,
    echo_delay: Samples | None = None,
    profile: Profile | None = FIRST,
    combine: Callable[[Recognizer], Recognizer] = _unchanged,
) -> Listener:
    """Return a listener with the real engines.

    Args:
        grammar: what can be said.
        model: the folder of a Vosk model; None: the embedded one.
        apart: whether libvosk runs in a process of its own.
        open_speaker: see `Listener`.
        echo_delay: see `Listener`.
        profile: whose calibration to use; None: it is not known who speaks.
        combine: returns the recogniser to use instead of Vosk alone, such as Vosk together with a server.

    Raises:
        RecognitionError: the model can't be loaded, or can't hear what it must.
        DataError: the model's thresholds, or the user's own, can't be read.
    """
    folder = model or EMBEDDED
    recognizer: Recognizer
    if apart:
        from voice_coach.hear.asr.supervised import ProcessRecognizer  # noqa: PLC0415  (not needed for files)

        # Our own model is known to load, so the welcome need not wait for the child process. Another may fail to.
        recognizer = ProcessRecognizer(folder, grammar.path, wait=model is not None)
    else:
        recognizer = VoskRecognizer(folder, grammar)
    point = calibrated(recognizer.point, _calibration(folder, profile) if profile else None)
    detector = EnergyGate(SileroDetector())
    return Listener(
        grammar, detector, combine(recognizer), open_speaker=open_speaker, point=point, echo_delay=echo_delay
    )


def _calibration(folder: Path, profile: Profile) -> Calibration | None:
    """Return this person's calibration; None if there is none, or if it is damaged, which is reported elsewhere."""
    try:
        return load(folder, profile)
    except DataError:
        return None
