"""Calibration to a voice in a room: five commands, asked for twice each, weighed as in a session."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import numpy as np

from voice_coach.app.recognition import usual_intents
from voice_coach.audio.live import run_device
from voice_coach.audio.pcm import Clip, load, silence
from voice_coach.config.engines import open_voice, session_grammar, tried_model
from voice_coach.config.settings import Settings
from voice_coach.errors import CoachError
from voice_coach.hear.asr.recognizer import Hypothesis, Recognizer
from voice_coach.hear.asr.vosk import EMBEDDED, VoskRecognizer
from voice_coach.hear.decision import calibration
from voice_coach.hear.decision.calibration import ASKED, TIMES_EACH
from voice_coach.hear.decision.evidence import Evidence, weighed
from voice_coach.hear.decision.situation import Situation
from voice_coach.hear.endpoint import Endpointing
from voice_coach.hear.grammar.grammar import Grammar
from voice_coach.hear.listener import Listener
from voice_coach.hear.vad import EnergyGate, SileroDetector
from voice_coach.speak.voice import Voice
from voice_coach.timebase import BLOCK, Samples, samples

PATIENCE: Final = samples(5)
"""How long a command is waited for; then the next one is asked for."""

_BEFORE: Final = Endpointing().before


def learn(settings: Settings, files: Iterable[Path], show: Callable[[str], None]) -> str:
    """Adapt the thresholds of a person's sessions to their voice, and return in a sentence what came of it.

    Args:
        settings: whose voice, with which model and devices.
        files: sound files with the commands in order, in place of a microphone; none: microphone and speaker are used.
        show: told what is to be said.

    Raises:
        CoachError: too little was understood, and nothing is changed; or an engine, a device or a file can't be used.
    """
    folder = tried_model(settings.model) or EMBEDDED
    grammar = session_grammar(settings.language)
    recognizer = VoskRecognizer(folder, grammar)
    with ExitStack() as stack:
        stack.callback(recognizer.close)
        hearing = Hearing(grammar, recognizer)
        if paths := list(files):
            said = [heard(load(path), phrase, hearing) for path, phrase in zip(paths, asked(), strict=False)]
        else:
            library = open_voice(settings, blocking=False)
            stack.callback(library.close)
            dialogue = Dialogue(library, hearing, show)
            run_device(
                dialogue.advance,
                lambda: dialogue.done,
                microphone=settings.microphone,
                speaker=settings.speaker,
            )
            said = dialogue.said
    kept = calibration.adapt(recognizer.point, said, calibration.fingerprint(folder))
    understood = sum(evidence is not None for evidence in said)
    if kept is None:
        raise CoachError(
            f"Of the ten commands only {understood} were understood, and nothing was changed: move the microphone "
            "closer or choose another one (`voice-coach devices`), and try again."
        )
    calibration.save(kept, settings.profile)
    return f"{understood} of {len(said)} understood; thresholds moved by {kept.shift:+.2f}. Undo: --forget."


def asked() -> Iterator[str]:
    """Yield what is to be said, in order."""
    for _ in range(TIMES_EACH):
        yield from ASKED


class Overheard:
    """A recogniser whose final results are kept too, with all that they weigh."""

    def __init__(self, recognizer: Recognizer) -> None:
        """Stand in front of this one."""
        self.point = recognizer.point
        self.prepare = recognizer.prepare
        self.begin = recognizer.begin
        self.accept = recognizer.accept
        self.weigh = recognizer.weigh
        self.end = recognizer.end
        self.lag = recognizer.lag
        self.close = recognizer.close
        self._poll = recognizer.poll
        self.finals: list[Hypothesis] = []

    def poll(self) -> list[Hypothesis]:
        """Return what has become known since the last call."""
        found = self._poll()
        self.finals += [hypothesis for hypothesis in found if hypothesis.final]
        return found


class Hearing:
    """Hears one command at a time, as a session would."""

    def __init__(self, grammar: Grammar, recognizer: Recognizer) -> None:
        """Take what can be said and what recognises it."""
        self._grammar = grammar
        self._situation = Situation("", usual_intents(grammar))
        self._overheard = Overheard(recognizer)
        self._listener = Listener(grammar, EnergyGate(SileroDetector()), self._overheard)
        self._listener.listen("", self._situation.active)
        self._clock: Samples = 0
        self._since: Samples = 0

    def skip(self) -> None:
        """Pass over the utterance under way, if there is one: it was the coach."""
        self._since = self._clock

    def hear(self, mic: Clip, phrase: str) -> tuple[bool, Evidence | None]:
        """Tell whether an utterance is over, and what it tells if it is what `phrase` means."""
        self._listener.process(mic, silence(len(mic)), self._clock)
        self._clock += len(mic)
        finals = [final for final in self._overheard.finals if final.start + _BEFORE >= self._since]
        self._overheard.finals = []
        found = (weighed(final, self._grammar, self._situation) for final in finals)
        meant = (evidence for evidence in found if evidence.meaning.intent == ASKED[phrase])
        return bool(finals), next(meant, None)


def heard(sound: Clip, phrase: str, hearing: Hearing) -> Evidence | None:
    """Return what a recording of a phrase tells; None where it is taken for something else."""
    best = None
    stream = np.concatenate((sound, silence(PATIENCE)))
    for start in range(0, len(stream) - BLOCK, BLOCK):
        _, evidence = hearing.hear(stream[start : start + BLOCK], phrase)
        best = best or evidence
    return best


class Dialogue:
    """Asks for one command after the other and listens: microphone blocks in, speaker blocks out."""

    def __init__(self, voice: Voice, hearing: Hearing, told: Callable[[str], None]) -> None:
        """Take what speaks, what hears, and who shows what is to be said."""
        self._voice = voice
        self._hearing = hearing
        self._told = told
        self._left = list(asked())
        self._lines = {phrase: calibration.request_line(phrase) for phrase in self._left}
        self._sound: Clip | None = None
        self._waited: Samples = 0
        self.said: list[Evidence | None] = []
        """Results so far, one for each command."""
        voice.prepare(self._lines.values())

    @property
    def done(self) -> bool:
        """True once every command was asked for."""
        return not self._left

    def advance(self, mic: Clip) -> Clip:
        """Take what the microphone heard, and return what is to be played meanwhile."""
        if self.done:
            return silence(len(mic))
        phrase = self._left[0]
        over, evidence = self._hearing.hear(mic, phrase)  # also while it speaks itself: one stream, one clock
        if self._sound is None:
            return self._begin(phrase, len(mic))
        if len(self._sound):
            out, self._sound = self._sound[: len(mic)], self._sound[len(mic) :]
            self._hearing.skip()
            return np.concatenate((out, silence(len(mic) - len(out))))
        self._waited += len(mic)
        if over or self._waited >= PATIENCE:
            self._next(evidence)
        return silence(len(mic))

    def _begin(self, phrase: str, length: Samples) -> Clip:
        clip = self._voice.clip(self._lines[phrase])
        if clip is not None:
            self._told(self._lines[phrase].text)
            self._sound, self._waited = clip, 0
        return silence(length)

    def _next(self, evidence: Evidence | None) -> None:
        self.said.append(evidence)
        self._left.pop(0)
        self._sound = None
