"""The shell of standby: one microphone block in, one speaker block out; all that decides is in `standby.machine`."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Final

from voice_coach.actions import DEFAULT_PACE, DEFAULT_VOLUME, SetPace, SetVoice
from voice_coach.audio.pcm import Clip, silence
from voice_coach.dialogue.runner import DialogueRunner, Hearing
from voice_coach.dialogue.runner import Watcher as Told
from voice_coach.events import Interrupted
from voice_coach.exercise.prompts import Prompts
from voice_coach.speak.voice import Voice
from voice_coach.standby import machine
from voice_coach.standby.events import (
    Action,
    Break,
    Event,
    Forget,
    Forgotten,
    Keep,
    Look,
    Looked,
    Pressed,
    SessionOver,
    Ticked,
)
from voice_coach.standby.settings import Reminders
from voice_coach.standby.states import NOTHING, Coaching, Day, Done, Memory, State, Waiting
from voice_coach.timebase import RATE, Samples, samples

CLOCK_EVERY: Final = samples(5)
"""How often the clock on the wall is looked at: nobody notices by how much a reminder is late."""

Watcher = Told[Event, Action]


class Standby(DialogueRunner[State, Event, Action]):
    """Waits. Its clock is the count of microphone samples, and stands still while a session is held."""

    def __init__(  # noqa: PLR0913 -- the parts that it joins, each once
        self,
        *,
        reminders: Reminders,
        prompts: Prompts,
        voice: Voice,
        hearing: Hearing,
        clock: Callable[[], datetime],
        look: Callable[[date], Day],
        memory: Memory = NOTHING,
        keep: Callable[[Memory], None],
        forget: Callable[[], str],
        volume: int = DEFAULT_VOLUME,
        pace: int = DEFAULT_PACE,
        voices: tuple[str, ...] = (),
        keep_speech: Callable[[SetPace | SetVoice], None] = lambda _: None,
        watch: Iterable[Watcher] = (),
    ) -> None:
        """Begin to wait.

        Args:
            reminders: when to remind.
            prompts: what is said.
            voice: has a clip for each of that.
            hearing: hear by standby's grammar.
            clock: tells what the clock on the wall says, with the offset of where the person is.
            look: tells what the history holds for this day; never raises.
            memory: what the last standby has left.
            keep: keeps that; never raises.
            forget: deletes all that is known of the person, and tells why it could not; never raises.
            volume: 1 to 7.
            pace: 1 to 5.
            voices: names of those that can be asked for, in turn, the one that speaks first.
            keep_speech: keeps a pace or a voice that was asked for; never raises.
            watch: called with each event and action.
        """
        self._clock, self._look, self._keep, self._forget = clock, look, keep, forget
        self._keep_speech, self._voice = keep_speech, voice
        self._next_tick: Samples = 0
        self._breaking = False
        first = machine.start(reminders, prompts, memory, pace=pace, voices=voices)
        super().__init__(machine.step, first, voice=voice, hearing=hearing, volume=volume, pace=pace, watch=watch)

    @property
    def quiet(self) -> bool:
        """True if there is nothing to say for now, so that the speaker can be released."""
        return isinstance(self.state, Waiting) and not self._player.busy

    @property
    def resting(self) -> bool:
        """True if the microphone is to be released too: to a session, or for good."""
        return isinstance(self.state, Coaching | Done) and not self._player.busy

    @property
    def done(self) -> bool:
        """True once it is over."""
        return isinstance(self.state, Done)

    def close(self) -> None:
        """Free the voice; may be called twice."""
        self._voice.close()

    def take_break(self) -> bool:
        """Return whether since the last call the session was to be ended."""
        breaking, self._breaking = self._breaking, False
        return breaking

    def press(self) -> None:
        """Note that the button was pressed; taken in the next block, or at once while a session is held."""
        self._outside(Pressed(self.now))

    def interrupt(self) -> None:
        """End from outside; taken in the next block, or at once while a session is held."""
        self._outside(Interrupted(self.now))

    def session_over(self, *, held: bool, pace: int | None = None, voice: str = "") -> None:
        """Note that microphone and speaker are free again.

        Args:
            held: whether the session came to an end of its own.
            pace: as the session has left it; None: that is not known.
            voice: the same; empty: that is not known.
        """
        self.reopened()
        self._take(SessionOver(self.now, held, pace, voice))

    def reopened(self) -> None:
        """Note a gap in what is heard."""
        self.now += RATE
        self._played = silence(0)

    def hear(self, mic: Clip) -> Clip:
        """Take the next microphone samples while no speaker is open: what is to be said waits; return silence."""
        self._listen(mic)
        self._decide()
        self.now += len(mic)
        self._played = silence(len(mic))
        return self._played

    def _listen(self, mic: Clip) -> None:
        if self.now >= self._next_tick:
            self._next_tick = self.now + CLOCK_EVERY
            self._events.append(Ticked(self.now, self._clock()))
        super()._listen(mic)

    def _outside(self, event: Event) -> None:
        if isinstance(self.state, Coaching):
            self._take(event)
        else:
            self._events.append(event)

    def _do(self, action: Action) -> None:
        match action:
            case Look():
                self._take(Looked(self.now, self._look(self._clock().date())))
            case Keep(memory):
                self._keep(memory)
            case Forget():
                self._take(Forgotten(self.now, self._forget()))
            case SetPace() | SetVoice():
                super()._do(action)
                self._keep_speech(action)
            case Break():
                self._breaking = True
            case _:  # `Begin`: the caller sees that it rests
                super()._do(action)
