"""The scripted person: follows what the coach does, and speaks into the microphone when it is its turn."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voice_coach.actions import Action, Hush, Line, Listen, Play, Say
from voice_coach.audio.pcm import Clip, to_clip, to_signal
from voice_coach.errors import SpeechError
from voice_coach.events import Event, Played
from voice_coach.exercise.model import OTHER, Side
from voice_coach.rehearsal.persona import Answer, Interjection, Persona
from voice_coach.speak.tts import Synthesizer
from voice_coach.timebase import Samples, samples

RENDER_PATIENCE: Final = 60.0
"""Seconds of real time for one text; a rehearsal is not live, and the synthesiser gives up far earlier."""

_LOUD: Final = 0.1
"""Part of the greatest amplitude from which on a sample counts for the level of speech."""

_Sound = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something that the person says."""

    start: Samples
    end: Samples
    text: str


class Person:
    """Speaks and keeps silent as the persona says. Deterministic by the persona's seed."""

    def __init__(self, persona: Persona, synthesizer: Synthesizer, side: Side) -> None:
        """Take the voice that the person speaks with, and the side where it hurts."""
        self.said: list[Utterance] = []
        """All that was said, or is going to be; in the order in which it was thought of."""
        self._persona = persona
        self._words = {"side": side, "other": OTHER[side]}
        self._synthesizer = synthesizer
        self._rng = np.random.default_rng(persona.seed)
        self._room = _impulse_response(persona.reverberation, np.random.default_rng(persona.seed + 1))
        self._answered: Counter[str] = Counter()
        self._expecting = "nothing"
        self._token = 0
        self._number = 0
        self._interjected: set[Interjection] = set()
        self._clips: dict[str, _Sound] = {}
        self._sounding: list[Utterance] = []

    def prepare(self) -> None:
        """Render all that the persona can say.

        Raises:
            SpeechError: its voice can't say it.
        """
        texts = {text for answer in self._persona.answers for text in answer.say}
        texts |= {interjection.say for interjection in self._persona.interjections}
        for text in sorted(texts - {""}):
            self._clip(self._filled(text))

    def watch(self, at: Samples, item: Event | Action) -> None:
        """Follow the coach: what it waits for, and when it has said what it had to say."""
        match item:
            case Listen(expecting, _):
                self._expecting = expecting
            case Say(_, token):
                self._token = token
            case Hush():
                self._think_again(at)
            case Played(at=end, token=token) if token == self._token:
                self._answer(end)
            case Play(Line(cue, _), begin):
                self._count(cue.split("."), begin)
            case _:
                pass

    def microphone(self, at: Samples, length: int) -> Clip:
        """Return what the microphone hears from `at` on: the room's noise, and the person where it speaks.

        Each call goes on where the one before it ended.
        """
        block = self._rng.normal(0.0, 10 ** (self._persona.noise / 20), length)
        end = at + length
        for one in self._sounding:
            first, last = max(one.start, at), min(one.end, end)
            if first < last:
                block[first - at : last - at] += self._clip(one.text)[first - one.start : last - one.start]
        self._sounding = [one for one in self._sounding if one.end > end]
        return to_clip(block.astype(np.float32))

    def _answer(self, at: Samples) -> None:
        for answer in self._persona.answers:
            if answer.to == self._expecting:
                self._speak(self._next(answer), at + samples(answer.delay))

    def _next(self, answer: Answer) -> str:
        turn = min(self._answered[answer.to], len(answer.say) - 1)
        self._answered[answer.to] += 1
        return answer.say[turn]

    def _count(self, cue: list[str], at: Samples) -> None:
        if "number" in cue:
            self._number = int(cue[-1])
        for interjection in self._persona.interjections:
            due = interjection.repetition == self._number and interjection.call in cue
            if due and interjection not in self._interjected:
                self._interjected.add(interjection)
                self._speak(interjection.say, at + samples(interjection.delay))

    def _speak(self, text: str, at: Samples) -> None:
        if text:
            text = self._filled(text)
            utterance = Utterance(at, at + len(self._clip(text)), text)
            self.said.append(utterance)
            self._sounding.append(utterance)

    def _think_again(self, at: Samples) -> None:
        """Keep back what was going to be said to a coach that has gone on; a word that has begun is finished."""
        self._sounding = [one for one in self._sounding if one.start <= at]
        self.said = [one for one in self.said if one.start <= at]

    def _filled(self, text: str) -> str:
        return text.format(**self._words)

    def _clip(self, text: str) -> _Sound:
        if text not in self._clips:
            self._clips[text] = self._in_room(self._render(text))
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

    def _in_room(self, clip: Clip) -> _Sound:
        """Return the clip as the microphone hears it: with the room's echo, at the persona's level."""
        size = len(clip) + len(self._room) - 1
        wet = np.fft.irfft(np.fft.rfft(to_signal(clip), size) * np.fft.rfft(self._room, size), size)
        loud = wet[np.abs(wet) > _LOUD * np.abs(wet).max()]
        heard: _Sound = wet * (10 ** (self._persona.level / 20) / np.sqrt(np.mean(loud**2)))
        return heard


def _impulse_response(rt60: float, rng: np.random.Generator) -> _Sound:
    """Return a room: the direct sound and a diffuse tail that falls by 60 dB in `rt60` seconds."""
    length = max(samples(rt60), 1)
    tail: _Sound = rng.normal(0.0, 0.02, length) * 10 ** (-3.0 * np.arange(length) / length)
    tail[: samples(0.004)] = 0.0  # the first reflection comes 1.4 m later
    tail[0] = 1.0
    return tail
