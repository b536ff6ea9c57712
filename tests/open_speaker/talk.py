"""A session over an open speaker in audio time: the microphone hears a user and, through a room, the coach itself.

All of it is simulated and has fixed seeds, so that a session is the same in each run and on each machine.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from tests.hear.room import COACH, HEARD, SPOKEN, Room, Wave, response, spoken, strength, through
from voice_coach.actions import Action, Hush, Say
from voice_coach.audio.offline import run_file
from voice_coach.audio.pcm import Clip, load, silence, to_clip, trim
from voice_coach.coach import Coach, MemoryJournal
from voice_coach.dialogue.runner import Hearing
from voice_coach.events import Event, Intent, Played
from voice_coach.exercise.model import Exercise
from voice_coach.speak.loudness import NOMINAL_RMS
from voice_coach.speak.player import Caption
from voice_coach.speak.voice import Voice
from voice_coach.timebase import BLOCK, RATE, Samples, samples

PAUSE: Final = 0.7
"""Seconds from the end of the coach's words to a polite user's."""

LIMIT: Final = samples(180)
"""Where a session that does not end is left."""

WAV: Final = Path(__file__).parents[1] / "wav"

_LOUDER: Final = 10 ** (SPOKEN / 20) / NOMINAL_RMS
"""By which the coach's voice is raised, for a room's loudspeaker to distort it as much as the room says."""

_FRAME: Final = 8192
"""Of the transforms: longer than a block and the room's response."""


class OpenSpeaker:
    """A room as time goes by: what is played comes back in the blocks after it."""

    def __init__(self, room: Room) -> None:
        """Take the room; the coach's voice at its usual volume comes back `room.echo` dB louder than the user."""
        self._room = room
        taps = np.convolve(_small_loudspeaker(), response(COACH, room.fades_in))
        sample = _sample() / 32768
        taps *= 10 ** ((HEARD + room.echo) / 20) / strength(through(sample, taps))
        self._taps = np.fft.rfft(taps.astype(np.float32), _FRAME)
        self._coming = np.zeros(_FRAME, np.float32)
        self._late: Wave = np.zeros(room.delay)
        self._silence = np.zeros(_FRAME, np.float32)
        self._rng = np.random.default_rng(7)

    def play(self, block: Clip) -> None:
        """Let a block sound."""
        drive = self._room.drive * _LOUDER
        self._late = np.concatenate((self._late, np.tanh(drive * block / 32768) / drive))

    def hear(self, length: Samples) -> Wave:
        """Return the next samples of the coach in the room, and of the room's noise."""
        sounds, self._late = self._late[:length], self._late[length:]
        if sounds.any():
            self._coming += np.fft.irfft(np.fft.rfft(sounds.astype(np.float32), _FRAME) * self._taps, _FRAME)
        heard, self._coming = self._coming[:length], np.concatenate((self._coming[length:], self._silence[:length]))
        return heard + self._rng.standard_normal(length) * 10 ** (self._room.noise / 20)

    @property
    def delay(self) -> Samples:
        """How much later than it is played something sounds by now."""
        return len(self._late)

    def tear(self, by: Samples) -> None:
        """Let the speaker fall so much further behind, as when the computer was too busy; below 0: catch up."""
        self._late = np.concatenate((np.zeros(max(by, 0)), self._late[max(-by, 0) :]))


@cache
def _sample() -> Clip:
    """Return the coach's voice as it is played."""
    return np.concatenate(spoken(("Lie on your left side.", "Better, same, or worse?")))


@cache
def _small_loudspeaker() -> Wave:
    """Return the response of a loudspeaker that gives little below 180 Hz."""
    hertz = np.fft.rfftfreq(512, 1 / RATE)
    high_pass = 1 / np.sqrt(1 + (180 / np.maximum(hertz, 1)) ** 4)
    return np.asarray(np.roll(np.fft.irfft(high_pass), 256) * np.hanning(512))


@dataclass(frozen=True)
class Answer:
    """What the user says to a sentence of the coach."""

    text: str
    over: float | None = None
    """Seconds after the coach's sentence has begun: over its voice. None: politely, behind its last word."""


@dataclass
class User:
    """Answers what the coach says."""

    room: Room
    speaker: OpenSpeaker
    """What the user hears the coach from."""
    answers: Mapping[str, Sequence[Answer]]
    """By part of a sentence: what is said to it the first time, the second, ...; the last again and again."""
    said: list[tuple[Samples, Samples, str]] = field(default_factory=list)
    """What was said: begin, end, text."""
    _given: Counter[str] = field(default_factory=Counter)
    _pending: dict[int, Answer] = field(default_factory=dict)
    _sounding: list[tuple[Samples, Wave]] = field(default_factory=list)
    _last: object = None

    def watch(self, at: Samples, item: Event | Action) -> None:
        """Follow the coach to the end of what it says."""
        match item:
            case Say(lines, token):
                for line in lines:
                    if (answer := self._answer(line.text, over=False)) is not None:
                        self._pending[token] = answer
            case Played(at=end, token=token) if token in self._pending:
                self.speak(self._pending.pop(token).text, end + self.speaker.delay + samples(PAUSE))
            case Hush():
                self._pending.clear()
                self._sounding = [one for one in self._sounding if one[0] <= at]
                self.said = [one for one in self.said if one[0] <= at]
            case _:
                pass

    def follow(self, saying: object, text: str, now: Samples) -> None:
        """See which sentence sounds at the moment, and speak over it if it is one of those."""
        if saying is not self._last and text and (answer := self._answer(text, over=True)) is not None:
            assert answer.over is not None
            self.speak(answer.text, now + self.speaker.delay + samples(answer.over))
        self._last = saying

    def hear(self, at: Samples, length: Samples) -> Wave:
        """Return the user at the microphone."""
        block = np.zeros(length)
        for start, wave in self._sounding:
            first, last = max(start, at), min(start + len(wave), at + length)
            if first < last:
                block[first - at : last - at] += wave[first - start : last - start]
        return block

    def _answer(self, text: str, *, over: bool) -> Answer | None:
        for prompt, choice in self.answers.items():
            answer = choice[min(self._given[prompt], len(choice) - 1)]
            if prompt in text and (answer.over is not None) == over:
                self._given[prompt] += 1
                return answer
        return None

    def speak(self, text: str, at: Samples) -> None:
        """Say this at an instant, whatever the coach says."""
        wave = self.room.user(np.concatenate((_words(text), silence(RATE // 4))) / 32768)
        self._sounding.append((at, wave))
        self.said.append((at, at + len(wave) - RATE // 4, text))


@cache
def _words(text: str) -> Clip:
    path = WAV / f"{text}.wav"
    return trim(load(path) if path.exists() else spoken((text,), "en-gb")[0])


@dataclass(frozen=True)
class Talk:
    """How a session went."""

    log: list[tuple[Samples, Event | Action]]
    captions: list[Caption]
    said: list[tuple[Samples, Samples, str]]
    outcome: str
    ducked: list[Samples]
    """The ends of the blocks in which the coach spoke in a low voice."""

    @property
    def heard(self) -> list[str]:
        """The names of the intents, in order."""
        return [item.name for _, item in self.log if isinstance(item, Intent)]

    def ducked_without(self, within: Samples) -> list[Samples]:
        """Return the blocks with a low voice before which the user had said nothing for so long."""
        return [at for at in self.ducked if not any(begin < at < end + within for begin, end, _ in self.said)]

    @property
    def made_up(self) -> list[Intent]:
        """The intents that were heard where the user had said nothing."""
        intents = [item for _, item in self.log if isinstance(item, Intent)]
        return [one for one in intents if not any(begin < one.end and one.start < end for begin, end, _ in self.said)]


def talk(
    exercise: Exercise,
    voice: Voice,
    hearing: Hearing,
    room: Room,
    answers: Mapping[str, Sequence[Answer]],
    tears: Mapping[Samples, Samples] | None = None,
) -> Talk:
    """Hold a session over an open speaker.

    Args:
        exercise: of the session.
        voice: the coach's, the same in each run.
        hearing: with an open speaker, inline.
        room: how the coach comes back.
        answers: what the user says.
        tears: at which instants the speaker falls behind (below 0: catches up) and the sound system tells of it; by
            how much.
    """
    speaker = OpenSpeaker(room)
    user = User(room, speaker, answers)
    log: list[tuple[Samples, Event | Action]] = []
    coach = Coach(
        exercise,
        voice=voice,
        hearing=hearing,
        journal=MemoryJournal(),
        watch=[user.watch, lambda at, item: log.append((at, item))],
    )
    torn = sorted((tears or {}).items())
    captions: list[Caption] = []
    ducked: list[Samples] = []

    def microphone(length: Samples) -> Clip:
        while torn and torn[0][0] <= coach.now:
            speaker.tear(torn.pop(0)[1])
            coach.sound_torn()
        return to_clip((speaker.hear(length) + user.hear(coach.now, length)).astype(np.float32))

    def played(block: Clip) -> None:
        speaker.play(block)
        captions.extend(coach.take_captions())
        if coach.ducked:
            ducked.append(coach.now)
        user.follow(coach.saying, coach.saying.text if coach.saying else "", coach.now)

    run_file(coach.advance, lambda: coach.done, microphone, speaker=played, limit=LIMIT, block=BLOCK)
    return Talk(log, captions, user.said, coach.outcome, ducked)
