"""The imperative shell: one microphone block in, one speaker block out; all that decides is in `session.machine`."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from voice_coach.actions import Action, Finish, Hush, Line, Listen, Play, Record, Say, SetVolume
from voice_coach.audio.pcm import Clip, silence
from voice_coach.errors import CoachError
from voice_coach.events import AudioBack, AudioLost, Event, Interrupted, NotRecognized, Saved, Woke
from voice_coach.exercise.model import Exercise
from voice_coach.exercise.prompts import all_lines, load_prompts
from voice_coach.hear.grammar import UNKNOWN
from voice_coach.hear.own_words import Spoken
from voice_coach.records import Past, SessionRecord
from voice_coach.session import machine
from voice_coach.session.state import NO_PAST, Done, State
from voice_coach.speak.player import Caption, Player
from voice_coach.speak.voice import Voice
from voice_coach.timebase import BLOCK, Samples, samples

Watcher = Callable[[Samples, Event | Action], None]
"""Told of each event and action, in order, with the instant at which the coach took it."""

_DEADLINES_AT_ONCE = 1000
"""More at one instant means a state that wakes without moving its deadline: a fault of ours, better ended than hung."""

_CAPTIONS_KEPT = 1000
"""What nobody takes is forgotten in the end: a session may last for hours."""


_LONG = samples(1.4)
"""An utterance of no known word that was more than a cough: 0.6 s of voice, and what is heard before and behind."""


class Ears(Protocol):
    """From microphone blocks to events."""

    @property
    def user_speaks(self) -> bool:
        """Whether the user seems to be speaking over the coach: a hint, for it to lower its voice."""

    def listen(self, expecting: str, intents: frozenset[str]) -> None:
        """Take these intents from the next utterance on."""

    def process(self, mic: Clip, played: Clip, at: Samples, saying: Sequence[Spoken] = ()) -> list[Event]:
        """Return what is heard in a block that begins at `at`; `played` is the speaker block before it.

        `saying` is what the coach was saying in that block.
        """

    def torn(self) -> None:
        """Know that sound was lost or came late just now, so that the coach may be heard otherwise than before."""

    def close(self) -> None:
        """Free what is behind it."""


class Journal(Protocol):
    """Keeps the session's records, off the audio path."""

    def write(self, record: SessionRecord, number: int) -> None:
        """Take a record; never blocks."""

    def poll(self) -> list[tuple[int, str]]:
        """Return the numbers that have been written since the last call, each with the reason if it could not be."""


class Coach:
    """A session of one exercise. Its clock is the count of microphone samples."""

    def __init__(  # noqa: PLR0913 -- the parts that it joins, each once
        self,
        exercise: Exercise,
        *,
        voice: Voice,
        ears: Ears,
        journal: Journal,
        first_run: bool = False,
        past: Past = NO_PAST,
        back_to: str = "",
        volume: int = 4,
        watch: Iterable[Watcher] = (),
    ) -> None:
        """Begin with the welcome; nothing sounds before the first block."""
        self.now: Samples = 0
        self.outcome = ""
        self._ears = ears
        self._player = Player(voice, volume=volume)
        self._journal = journal
        self._watchers = tuple(watch)
        self._events: list[Event] = []
        self._last: Samples = 0
        self._played = silence(0)
        self._captions: deque[Caption] = deque(maxlen=_CAPTIONS_KEPT)
        prompts = load_prompts(exercise.language)
        state, actions = machine.start(
            exercise, prompts, first_run=first_run, volume=volume, past=past, back_to=back_to
        )
        self.state: State = state
        spoken = [line for action in actions if isinstance(action, Say) for line in action.lines]
        voice.prepare((*spoken, *all_lines(exercise)))
        self._carry_out(actions)

    @property
    def done(self) -> bool:
        """Whether the session is over."""
        return isinstance(self.state, Done)

    @property
    def ducked(self) -> bool:
        """Whether it speaks in a low voice, as the user seems to be speaking too."""
        return self._player.ducked

    @property
    def saying(self) -> Line | None:
        """What is being said at this moment."""
        return self._player.saying

    def take_captions(self) -> list[Caption]:
        """Return what has sounded since the last call; of very much only the latest."""
        captions = [*self._captions, *self._player.take_captions()]
        self._captions.clear()
        return captions

    def audio_lost(self, reason: str) -> None:
        """Tell the dialogue that the sound is gone; taken in the next block."""
        self._events.append(AudioLost(self.now, reason))

    def audio_back(self) -> None:
        """Tell the dialogue that there is sound again; taken in the next block."""
        self._events.append(AudioBack(self.now))

    def sound_torn(self) -> None:
        """Tell the ears that sound was lost or came late: for a while they may take the coach for the user."""
        self._ears.torn()

    def interrupt(self) -> None:
        """End the session from outside; taken in the next block."""
        self._events.append(Interrupted(self.now))

    def advance(self, mic: Clip) -> Clip:
        """Take the next microphone samples, return as many for the speaker.

        Within the block each event and each deadline is taken at its very sample, and what it leads to sounds from
        there on: where blocks begin and end changes nothing.
        """
        end = self.now + len(mic)
        self._player.duck(on=self._ears.user_speaks)
        heard = self._ears.process(mic, self._played, self.now, self._saying())
        self._events = sorted([*self._events, *heard], key=lambda event: event.at)
        parts = [silence(0)]
        while self.now < end:
            self._decide()
            until = min(self._next_instant(), end)
            parts.append(self._player.next_block(self.now, until - self.now))
            self.now = until
        self._captions += self._player.take_captions()
        self._played = np.concatenate(parts)
        return self._played

    def _saying(self) -> list[Spoken]:
        """Return what was said in the block before, as far as there was sound for it."""
        return [
            Spoken(one.sound.text, one.start, one.start + one.clip.size, one.end, one.begin)
            for one in self._player.take_spoken()
            if isinstance(one.sound, Line)
        ]

    def _decide(self) -> None:
        """Take all that has happened by now, each event behind the deadlines before it.

        What was played and written is asked for on a grid of `BLOCK` samples from the session's first.
        """
        if self.now % BLOCK == 0:
            saved = [Saved(self.now, number, error) for number, error in self._journal.poll()]
            self._events = sorted([*self._events, *self._player.take_played(), *saved], key=lambda event: event.at)
        while self._events and self._events[0].at <= self.now:
            event = self._events.pop(0)
            self._wake(event.at)
            self._take(event)
        self._wake(self.now + 1)

    def _next_instant(self) -> Samples:
        """Return when something is to be decided next; later than now."""
        instants = [(self.now // BLOCK + 1) * BLOCK, *(event.at for event in self._events[:1])]
        if self.state.wake_at is not None:
            instants.append(self.state.wake_at)
        return min(instants)

    def _wake(self, before: Samples) -> None:
        """Take every deadline that is due before an instant; each is computed anew after the one before it."""
        for _ in range(_DEADLINES_AT_ONCE):
            due = self.state.wake_at
            if due is None or due >= before:
                return
            self._take(Woke(due))
        message = "the dialogue does not move on from one of its deadlines; please report this with the session's log"
        raise CoachError(message)

    def _take(self, event: Event) -> None:
        if self.done:
            return
        if event.at < self._last:  # what a part reports late happened when it became known
            event = replace(event, at=self._last)
        self._last = event.at
        for watch in self._watchers:
            watch(event.at, event)
        self.state, actions = machine.step(self.state, event)
        self._carry_out(actions)
        if isinstance(event, NotRecognized) and _said_much(event) and not any(isinstance(one, Say) for one in actions):
            self._player.say_again(event.start)

    def _carry_out(self, actions: list[Action]) -> None:
        for action in actions:
            for watch in self._watchers:
                watch(self._last, action)
            self._do(action)

    def _do(self, action: Action) -> None:
        match action:
            case Say(lines, token):
                self._player.say(lines, token)
            case Play(sound, at):
                self._player.play(sound, at)
            case Hush():
                self._player.hush()
            case Listen(expecting, intents):
                self._ears.listen(expecting, intents)
            case SetVolume(level):
                self._player.set_volume(level)
            case Record(record, number):
                self._journal.write(record, number)
            case Finish(outcome):
                self.outcome = outcome


def _said_much(what: NotRecognized) -> bool:
    """Tell whether it was a word at least, which may have covered some of the coach's; a cough is none."""
    return any(word != UNKNOWN for word in what.text.split()) or what.end - what.start >= _LONG
