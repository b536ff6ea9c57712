"""The scripted person: follows what the coach does, and speaks into the microphone when it is its turn."""

import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from voice_coach.actions import Hush, Line, Listen, Play, Say
from voice_coach.audio.pcm import Clip, to_clip, to_signal
from voice_coach.errors import SpeechError
from voice_coach.events import Intent, Played
from voice_coach.exercise.model import Side
from voice_coach.rehearsal.persona import Answer, Persona, filled, texts_of
from voice_coach.speak.tts.synthesizer import Synthesizer
from voice_coach.timebase import Samples, samples

T = TypeVar("T")

Sound = NDArray[np.float64]

RENDER_PATIENCE: Final = 60.0
"""Seconds of real time for one text; a rehearsal is not live, and the synthesiser gives up far earlier."""

INSIST_AFTER: Final = samples(3)
"""Silence after something said in the person's own words, from which on they say it again plainly."""

MAX_REPEATS: Final = 2
"""How often that happens for one thing said."""

MAX_TRIES: Final = 5
"""How often a person answers the same question in vain before they fall silent."""

_MIN_SPEECH_AMPLITUDE: Final = 0.1
"""Fraction of the greatest amplitude from which a sample counts for the level of speech."""

_DETOURS: Final = frozenset({"go_on", "paused", "after_cry"})
"""Detours, besides every doubt, after which the coach returns to the question that was open."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something that the person says."""

    start: Samples
    end: Samples
    text: str
    to: str = ""
    """The question it answers; `counting` if it is an interjection."""
    means: str = ""
    """The intent that the coach should hear; empty: the persona does not say."""
    tries: int = 0
    """How often the same thing had been said before, without being understood."""


@dataclass(slots=True)
class _Thread:
    """A thing that the person wants to be understood, however often it takes."""

    to: str
    plain: str
    means: str
    turn: int = 0
    """How many such things were settled before."""
    tries: int = 0
    insists: bool = False
    """True if it is repeated when the coach does not react."""


class Person:
    """Speaks and keeps silent as the persona says. Deterministic by the persona's seed."""

    def __init__(self, persona: Persona, synthesizer: Synthesizer, side: Side, background: Clip | None = None) -> None:
        """Take the voice that the person speaks with, and the side where it hurts.

        Args:
            persona: what is said when.
            synthesizer: says it; the caller closes it.
            side: where it hurts.
            background: sound of the room at the microphone besides the persona's noise, repeated without end.
        """
        self.said: list[Utterance] = []
        """All that was said, or is going to be; in the order in which it was thought of."""
        self._persona = persona
        self._side = side
        self._synthesizer = synthesizer
        self._background = None if background is None else to_signal(background)
        self._rng = np.random.default_rng(persona.seed)
        self._room = impulse_response(persona.reverberation, np.random.default_rng(persona.seed + 1))
        self._answers = {answer.to: answer for answer in persona.answers}
        self._answered: Counter[str] = Counter()
        self._threads: dict[str, _Thread] = {}
        self._expecting = "nothing"
        self._open = ""
        self._token = 0
        self._number = 0
        self._interjected: dict[int, Utterance | None] = {}
        self._insisting: tuple[_Thread, Utterance] | None = None
        self._clips: dict[str, Sound] = {}
        self._sounding: list[Utterance] = []

    def prepare(self) -> None:
        """Render all that the persona can say.

        Raises:
            SpeechError: its voice can't say it.
            DataError: a recording is missing or holds no sound.
        """
        for text in sorted(texts_of(self._persona, self._side)):
            self._clip(text)

    def watch(self, at: Samples, item: object) -> None:
        """Follow the coach's events and actions: what it waits for, and when it has said what it had to say."""
        match item:
            case Listen(expecting, _):
                self._listened_to(expecting)
            case Say(_, token):
                self._token = token
                self._coach_reacts()
            case Hush():
                self._think_again(at)
                self._coach_reacts()
            case Intent():
                self._heard(item)
            case Played(at=end, token=token) if token == self._token:
                self._answer(end)
            case Play(Line(cue, _), begin):
                self._count(cue.split("."), begin)
            case _:
                pass

    def call(self, to: str, at: Samples) -> None:
        """Say what the persona answers to `to` although nobody has asked; plainly if it was said before."""
        self._speak_to(self._answers[to], at)

    def microphone(self, at: Samples, length: int) -> Clip:
        """Return the microphone's sound from `at` on: the room's noise, and the person's speech.

        Each call goes on where the one before it ended.
        """
        self._insist(at)
        block = self._rng.normal(0.0, 10 ** (self._persona.noise / 20), length)
        if self._background is not None:
            block += self._background[np.arange(at, at + length) % len(self._background)]
        end = at + length
        for one in self._sounding:
            first, last = max(one.start, at), min(one.end, end)
            if first < last:
                block[first - at : last - at] += self._clip(one.text)[first - one.start : last - one.start]
        self._sounding = [one for one in self._sounding if one.end > end]
        return to_clip(block.astype(np.float32))

    def _listened_to(self, expecting: str) -> None:
        """See whether the question that was open is settled: the coach asks something else that is no detour."""
        came_back = _is_detour(self._expecting)
        self._expecting = expecting
        if _is_detour(expecting):
            self._settle(expecting)
        elif expecting != self._open or (expecting == "ready" and not came_back):
            self._settle(self._open)
            self._open = expecting

    def _settle(self, to: str) -> None:
        thread = self._threads.pop(to, None)
        if thread is not None:
            self._answered[to] += thread.tries > 0

    def _answer(self, at: Samples) -> None:
        answer = self._answers.get(self._expecting)
        if answer is None:
            return
        at += samples(answer.delay)
        if answer.natural:
            self._speak_to(answer, at)
        else:
            turn = self._answered[answer.to]
            self._answered[answer.to] += 1
            self._say(_Thread(answer.to, _of(answer.say, turn), _of(answer.means or ("",), turn), turn), (), at)

    def _speak_to(self, answer: Answer, at: Samples) -> None:
        turn = self._answered[answer.to]
        plain, means = _of(answer.say, turn), _of(answer.means or ("",), turn)
        thread = self._threads.setdefault(answer.to, _Thread(answer.to, plain, means, turn, insists=True))
        self._say(thread, _of(answer.natural, turn) if answer.natural else (), at)

    def _say(self, thread: _Thread, natural: Sequence[str], at: Samples) -> Utterance | None:
        """Say it in the person's own words the first time, then plainly; an empty text is silence."""
        text = thread.plain if thread.tries < MAX_TRIES else ""
        if natural and not thread.tries:
            text = chosen(natural, self._persona.seed, thread.to, thread.turn)
        said = None
        if text:
            text = filled(text, self._side)
            said = Utterance(at, at + len(self._clip(text)), text, thread.to, thread.means, thread.tries)
            self.said.append(said)
            self._sounding.append(said)
        thread.tries += 1
        self._insisting = (thread, said) if said and thread.insists else None
        return said

    def _count(self, cue: list[str], at: Samples) -> None:
        if "number" in cue:
            self._number = int(cue[-1])
        for place, one in enumerate(self._persona.interjections):
            if one.repetition == self._number and one.call in cue and place not in self._interjected:
                self._answers |= {answer.to: answer for answer in one.then}
                thread = _Thread("counting", one.say, one.means, place, insists=bool(one.natural))
                self._interjected[place] = self._say(thread, one.natural, at + samples(one.delay))

    def _heard(self, intent: Intent) -> None:
        """Leave it at what was said once something in it was understood, whatever that was."""
        if self._insisting and intent.start < self._insisting[1].end and intent.end > self._insisting[1].start:
            thread, self._insisting = self._insisting[0], None
            if thread.to == "ready" and not intent.ask and intent.name in thread.means:
                self._settle("ready")  # "I can't reach" is answered without another question; "ready" follows

    def _coach_reacts(self) -> None:
        """Wait for the end of what the coach says to an answer; while it counts it talks anyway."""
        if self._insisting and self._insisting[0].to != "counting":
            self._insisting = None

    def _insist(self, at: Samples) -> None:
        """Say it again plainly if the coach does nothing about it."""
        if self._insisting is None:
            return
        thread, said = self._insisting
        if at >= said.end + INSIST_AFTER:
            self._insisting = None
            if thread.tries <= MAX_REPEATS:
                self._say(thread, (), at)

    def _think_again(self, at: Samples) -> None:
        """Keep back what was going to be said to a coach that has gone on; a word that has begun is finished."""
        kept = [one for one in self.said if one.start > at]
        for one in kept:
            if one.to in self._threads:
                self._threads[one.to].tries = one.tries
        self._interjected = {place: one for place, one in self._interjected.items() if one not in kept}
        if self._insisting and self._insisting[1] in kept:
            self._insisting = None
        self._sounding = [one for one in self._sounding if one.start <= at]
        self.said = [one for one in self.said if one.start <= at]

    def _clip(self, text: str) -> Sound:
        if text not in self._clips:
            self._clips[text] = in_room(self._render(text), self._room, self._persona.level)
        return self._clips[text]

    def _render(self, text: str) -> Clip:
        self._synthesizer.request(text, urgent=True)
        clip = None
        while clip is None and (ready := dict(self._synthesizer.poll(RENDER_PATIENCE))):
            clip = ready.get(text)
        if clip is None or not clip.size:
            message = (
                f'The voice of {self._persona.persona} ({self._persona.voice}) can\'t say "{text}": change one of them.'
            )
            raise SpeechError(message)
        return clip


def chosen(natural: Sequence[str], seed: int, to: str, turn: int) -> str:
    """Return the wording for one thing said, the same for the same seed, question and turn."""
    return natural[zlib.crc32(f"{seed}:{to}:{turn}".encode()) % len(natural)]


def _of(turns: Sequence[T], turn: int) -> T:
    """Return the entry of this turn; after the last turn that of the last."""
    return turns[min(turn, len(turns) - 1)]


def _is_detour(expecting: str) -> bool:
    return expecting in _DETOURS or expecting.startswith("doubt_")


def in_room(clip: Clip, response: Sound, level: float) -> Sound:
    """Return the clip as the microphone hears it: with the echo of a room, its loud parts at a level in dBFS."""
    size = len(clip) + len(response) - 1
    wet = np.fft.irfft(np.fft.rfft(to_signal(clip), size) * np.fft.rfft(response, size), size)
    loud = wet[np.abs(wet) > _MIN_SPEECH_AMPLITUDE * np.abs(wet).max()]
    heard: Sound = wet * (10 ** (level / 20) / np.sqrt(np.mean(loud**2)))
    return heard


def impulse_response(rt60: float, rng: np.random.Generator) -> Sound:
    """Return a room: the direct sound and a diffuse tail that falls by 60 dB in `rt60` seconds."""
    length = max(samples(rt60), 1)
    tail: Sound = rng.normal(0.0, 0.02, length) * 10 ** (-3.0 * np.arange(length) / length)
    tail[: samples(0.004)] = 0.0  # the first reflection comes 1.4 m later
    tail[0] = 1.0
    return tail
