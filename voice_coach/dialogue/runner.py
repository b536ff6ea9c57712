"""The imperative shell around a dialogue: one microphone block in, one speaker block out, by samples.

A dialogue is a pure `step(state, event) -> (state, actions)`; here its events and deadlines are taken in order, each at
its very sample, and what it wants said sounds from there on. A session's other tasks are in `coach.py`.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Final, Generic, Protocol, TypeVar

import numpy as np

from voice_coach import events
from voice_coach.actions import DEFAULT_PACE, Hush, Line, Listen, Play, Say, SetPace, SetVoice, SetVolume
from voice_coach.audio.input_faults import Fault
from voice_coach.audio.pcm import Clip, silence
from voice_coach.errors import CoachError
from voice_coach.events import AudioBack, AudioLost, Interrupted, Woke
from voice_coach.hear.echo.prompt_words import Spoken
from voice_coach.speak.player import Caption, Player
from voice_coach.speak.voice import Voice
from voice_coach.timebase import BLOCK, Samples

MAX_CAPTIONS: Final = 1000
"""Captions kept until somebody takes them: a dialogue may last for hours."""

_MAX_DEADLINES_AT_ONCE: Final = 1000
"""More at one instant means a state that wakes without moving its deadline: a fault of ours, better ended than hung."""


class Hearing(Protocol):
    """The hearing of a dialogue: microphone blocks in, events out. `Listener` is the real one."""

    @property
    def user_speaks(self) -> bool:
        """True if the user seems to be speaking over the coach: a hint to lower its voice."""

    @property
    def lag(self) -> Samples:
        """For how long the oldest input that is still to be understood has waited, as of the last block."""

    def listen(self, expecting: str, intents: frozenset[str]) -> None:
        """Take these intents from the next utterance on."""

    def process(self, mic: Clip, played: Clip, at: Samples, saying: Sequence[Spoken] = ()) -> list[events.Event]:
        """Return what has become known in this block, each event with its `at` within the block or before it.

        Args:
            mic: the block from the microphone.
            played: the speaker block before it, as long as that was.
            at: the instant of the first sample of `mic`; a gap means that sound was lost.
            saying: the sentences that sounded in `played`.
        """

    def torn(self) -> None:
        """Learn that sound was lost or late just now: the coach may be heard sooner or later than before."""

    def reopened(self) -> None:
        """Learn that the devices were opened again: nothing known of the echo holds any more."""

    def heard_itself(self) -> None:
        """Learn that the microphone copies what the speaker plays: what is not understood yet was the coach."""

    def close(self) -> None:
        """Free the engines; may be called twice."""


class Timed(Protocol):
    """A state."""

    @property
    def wake_at(self) -> Samples | None:
        """Its deadline; None: it has none."""


class Happening(Protocol):
    """An event: a dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def at(self) -> Samples:
        """When it became known."""


S = TypeVar("S", bound=Timed)
E = TypeVar("E", bound=Happening)
A = TypeVar("A")

Step = Callable[[S, E | events.Event], tuple[S, list[A]]]
Watcher = Callable[[Samples, E | events.Event | A], None]
"""Told of each event and action, in order, with the instant at which it was taken."""


class DialogueRunner(Generic[S, E, A]):
    """Holds a dialogue with the states S, the events E beside a session's, and the actions A.

    Its clock is the count of microphone samples.
    """

    def __init__(  # noqa: PLR0913 -- the parts that it joins, each once
        self,
        step: Step[S, E, A],
        first: tuple[S, list[A]],
        *,
        voice: Voice,
        hearing: Hearing,
        volume: int,
        pace: int = DEFAULT_PACE,
        watch: Iterable[Watcher[E, A]],
    ) -> None:
        """Take the dialogue with its first state and actions, what speaks and hears, and who is told."""
        self.now: Samples = 0
        self._step = step
        self._hearing = hearing
        self._player = Player(voice, volume=volume, pace=pace)
        self._watchers = tuple(watch)
        self._events: list[E | events.Event] = []
        self._played = silence(0)
        self._last: Samples = 0
        self._captions: deque[Caption] = deque(maxlen=MAX_CAPTIONS)
        self.state, actions = first
        self._carry_out(actions)

    @property
    def done(self) -> bool:
        """True once it is over."""
        raise NotImplementedError

    @property
    def saying(self) -> Line | None:
        """The line being said at this moment."""
        return self._player.saying

    @property
    def ducked(self) -> bool:
        """True while it speaks more quietly because the user seems to be speaking too."""
        return self._player.ducked

    def take_captions(self) -> list[Caption]:
        """Return what has sounded since the last call; of very much only the latest."""
        captions = [*self._captions, *self._player.take_captions()]
        self._captions.clear()
        return captions

    def audio_lost(self, reason: str, fault: str = "") -> None:
        """Tell the dialogue that the sound is gone, or the user's (see `AudioLost`); taken in the next block."""
        if fault == Fault.MONITOR:
            self._hearing.heard_itself()
        self._events.append(AudioLost(self.now, reason, fault))

    def audio_back(self) -> None:
        """Tell the dialogue that there is sound again; taken in the next block."""
        self._events.append(AudioBack(self.now))

    def sound_torn(self) -> None:
        """Tell the hearing that sound was lost or came late: for a while it may take the coach for the user."""
        self._hearing.torn()

    def sound_reopened(self) -> None:
        """Tell the hearing that the devices were reopened: it must learn again how the coach is heard."""
        self._hearing.reopened()

    def interrupt(self) -> None:
        """End from outside; taken in the next block."""
        self._events.append(Interrupted(self.now))

    def advance(self, mic: Clip) -> Clip:
        """Take the next microphone samples (mono, int16, 16 kHz, any number), return as many for the speaker.

        Within the block each event and each deadline is taken at its very sample, and what it leads to sounds from
        there on: where blocks begin and end changes nothing.
        """
        end = self.now + len(mic)
        self._listen(mic)
        parts = [silence(0)]
        while self.now < end:
            self._decide()
            until = min(self._next_instant(), end)
            parts.append(self._player.next_block(self.now, until - self.now))
            self.now = until
        self._captions += self._player.take_captions()
        self._played = np.concatenate(parts)
        return self._played

    def _listen(self, mic: Clip) -> None:
        self._player.duck(on=self._hearing.user_speaks)
        self._expect(self._hearing.process(mic, self._played, self.now, self._saying()))

    def _expect(self, more: Iterable[E | events.Event]) -> None:
        self._events = sorted([*self._events, *more], key=lambda event: event.at)

    def _reports(self) -> list[events.Event]:
        """Return what the dialogue's parts have done since the last call."""
        return list(self._player.take_played())

    def _saying(self) -> list[Spoken]:
        """Return what was said in the block before, as far as there was sound for it."""
        return [
            Spoken(
                one.sound.text,
                one.start,
                one.start + one.clip.size,
                one.end,
                one.begin,
                one.words,
            )
            for one in self._player.take_spoken()
            if isinstance(one.sound, Line)
        ]

    def _decide(self) -> None:
        """Handle everything that has happened by now, each event after the deadlines before it.

        What the parts have done is asked for on a grid of `BLOCK` samples from the first.
        """
        if self.now % BLOCK == 0:
            self._expect(self._reports())
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
        """Take every deadline that is due before an instant; each is computed again after the one before it."""
        for _ in range(_MAX_DEADLINES_AT_ONCE):
            due = self.state.wake_at
            if due is None or due >= before:
                return
            self._take(Woke(due))
        message = "the dialogue does not move on from one of its deadlines; please report this with the session's log"
        raise CoachError(message)

    def _take(self, event: E | events.Event) -> list[A]:
        """Let the dialogue decide, and do what it wants; return that."""
        if self.done:
            return []
        if event.at < self._last:  # what a part reports late happened when it became known
            event = replace(event, at=self._last)
        self._last = event.at
        for watch in self._watchers:
            watch(event.at, event)
        self.state, actions = self._step(self.state, event)
        self._carry_out(actions)
        return actions

    def _carry_out(self, actions: list[A]) -> None:
        for action in actions:
            for watch in self._watchers:
                watch(self._last, action)
            self._do(action)

    def _do(self, action: A) -> None:
        """Carry out what every dialogue knows; its own actions are its shell's to do."""
        match action:
            case Say(lines, token):
                self._player.say(lines, token)
            case Play(sound, at):
                self._player.play(sound, at)
            case Hush():
                self._player.hush()
            case Listen(expecting, intents):
                self._hearing.listen(expecting, intents)
            case SetVolume(level):
                self._player.set_volume(level)
            case SetPace(pace):
                self._player.set_pace(pace)
            case SetVoice(name):
                self._player.set_voice(name)
            case _:
                pass
