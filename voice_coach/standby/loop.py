"""The shell of standby: one microphone block in, one speaker block out; all that decides is in `standby.machine`."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Final

import numpy as np

from voice_coach.actions import Hush, Line, Listen, Play, Say
from voice_coach.audio.pcm import Clip, silence
from voice_coach.coach import Ears
from voice_coach.events import AudioBack, AudioLost, Interrupted, Woke
from voice_coach.exercise.prompts import Prompts
from voice_coach.hear.own_words import Spoken
from voice_coach.speak.player import Player
from voice_coach.speak.voice import Voice
from voice_coach.standby import machine
from voice_coach.standby.happenings import Action, Begin, Break, Event, Keep, Look, Looked, Pressed, SessionOver, Ticked
from voice_coach.standby.settings import Reminders
from voice_coach.standby.state import NOTHING, Coaching, Day, Done, Memory, State, Waiting
from voice_coach.timebase import RATE, Samples, samples

TICK: Final = samples(5)
"""How often the clock on the wall is looked at: nobody notices by how much a reminder is late."""

Watcher = Callable[[Event | Action], None]
"""Told of each event and action, in order."""


class Standby:
    """Waits. Its clock is the count of microphone samples, and stands still while a session is held."""

    def __init__(  # noqa: PLR0913 -- the parts that it joins, each once
        self,
        *,
        reminders: Reminders,
        prompts: Prompts,
        voice: Voice,
        ears: Ears,
        clock: Callable[[], datetime],
        look: Callable[[date], Day],
        memory: Memory = NOTHING,
        keep: Callable[[Memory], None],
        volume: int = 4,
        watch: Iterable[Watcher] = (),
    ) -> None:
        """Begin to wait.

        Args:
            reminders: when to remind.
            prompts: what is said.
            voice: has a clip for each of that.
            ears: hear by standby's grammar.
            clock: tells what the clock on the wall says, with the offset of where the person is.
            look: tells what the history holds for this day; never raises.
            memory: what the last standby has left.
            keep: keeps that; never raises.
            volume: 1 to 7.
            watch: who is told of what happens.
        """
        self.now: Samples = 0
        self._ears = ears
        self._player = Player(voice, volume=volume)
        self._clock, self._look, self._keep = clock, look, keep
        self._watchers = tuple(watch)
        self._events: list[Event] = []
        self._next_tick: Samples = 0
        self._played = silence(0)
        self._breaking = False
        state, actions = machine.start(reminders, prompts, memory)
        self.state: State = state
        self._carry_out(actions)

    @property
    def quiet(self) -> bool:
        """Whether nothing is to be said for now, so that the speaker may be left to others."""
        return isinstance(self.state, Waiting) and not self._player.busy

    @property
    def resting(self) -> bool:
        """Whether the microphone is to be left too: to a session, or for good."""
        return isinstance(self.state, Coaching | Done) and not self._player.busy

    @property
    def done(self) -> bool:
        """Whether it is over."""
        return isinstance(self.state, Done)

    @property
    def saying(self) -> Line | None:
        """What is being said at this moment."""
        return self._player.saying

    def take_break(self) -> bool:
        """Return whether since the last call the session was to be ended."""
        breaking, self._breaking = self._breaking, False
        return breaking

    def audio_lost(self, reason: str) -> None:
        """Know that the sound is gone; taken in the next block."""
        self._events.append(AudioLost(self.now, reason))

    def audio_back(self) -> None:
        """Know that there is sound again; taken in the next block."""
        self._events.append(AudioBack(self.now))

    def sound_torn(self) -> None:
        """Tell the ears that sound was lost or came late just now."""
        self._ears.torn()

    def press(self) -> None:
        """Know that the button was pressed; taken in the next block, or at once while a session is held."""
        self._outside(Pressed(self.now))

    def interrupt(self) -> None:
        """End from outside; taken in the next block, or at once while a session is held."""
        self._outside(Interrupted(self.now))

    def session_over(self, *, held: bool) -> None:
        """Know that microphone and speaker are free again; `held`: the session came to an end of its own."""
        self.reopened()
        self._take(SessionOver(self.now, held))

    def reopened(self) -> None:
        """Know that what is heard next does not follow upon what was heard last."""
        self.now += RATE
        self._played = silence(0)

    def hear(self, mic: Clip) -> Clip:
        """Take the next microphone samples while no speaker is open: what is to be said waits; return silence."""
        self._listen(mic)
        self._decide()
        self.now += len(mic)
        self._played = silence(len(mic))
        return self._played

    def advance(self, mic: Clip) -> Clip:
        """Take the next microphone samples, return as many for the speaker."""
        end = self.now + len(mic)
        self._listen(mic)
        parts = [silence(0)]
        while self.now < end:
            self._decide()
            until = min(self._next_instant(), end)
            parts.append(self._player.next_block(self.now, until - self.now))
            self.now = until
        self._player.take_captions()
        self._played = np.concatenate(parts)
        return self._played

    def _listen(self, mic: Clip) -> None:
        if self.now >= self._next_tick:
            self._next_tick = self.now + TICK
            self._events.append(Ticked(self.now, self._clock()))
        self._player.duck(on=self._ears.user_speaks)
        heard = self._ears.process(mic, self._played, self.now, self._saying())
        self._events = sorted([*self._events, *heard, *self._player.take_played()], key=lambda event: event.at)

    def _saying(self) -> list[Spoken]:
        """Return what was said in the block before, as far as there was sound for it."""
        return [
            Spoken(one.sound.text, one.start, one.start + one.clip.size, one.end, one.begin)
            for one in self._player.take_spoken()
            if isinstance(one.sound, Line)
        ]

    def _decide(self) -> None:
        """Take all that has happened by now, each event behind the deadline before it."""
        while self._events and self._events[0].at <= self.now:
            event = self._events.pop(0)
            self._wake(event.at)
            self._take(event)
        self._wake(self.now + 1)

    def _next_instant(self) -> Samples:
        """Return when something is to be decided next; later than now."""
        instants = [event.at for event in self._events[:1]]
        if self.state.wake_at is not None:
            instants.append(self.state.wake_at)
        return min(instants, default=self.now + RATE)

    def _wake(self, before: Samples) -> None:
        if self.state.wake_at is not None and self.state.wake_at < before:
            self._take(Woke(self.state.wake_at))

    def _outside(self, event: Event) -> None:
        if isinstance(self.state, Coaching):
            self._take(event)
        else:
            self._events.append(event)

    def _take(self, event: Event) -> None:
        if self.done:
            return
        for watch in self._watchers:
            watch(event)
        self.state, actions = machine.step(self.state, event)
        self._carry_out(actions)

    def _carry_out(self, actions: list[Action]) -> None:
        for action in actions:
            for watch in self._watchers:
                watch(action)
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
            case Look():
                self._take(Looked(self.now, self._look(self._clock().date())))
            case Keep(memory):
                self._keep(memory)
            case Begin():
                pass  # whoever drives this sees that it rests
            case Break():
                self._breaking = True
