"""Runs the set-up: one microphone block in, one speaker block out; `device_setup.machine` decides."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from voice_coach import events
from voice_coach.actions import CallForHelp, Hush, Line
from voice_coach.audio.pcm import Clip, silence, to_clip, to_signal
from voice_coach.coach import HelpCaller, NoCaller
from voice_coach.device_setup import machine
from voice_coach.device_setup.events import (
    Action,
    Event,
    Found,
    Keep,
    Open,
    Opened,
    Pair,
    Tried,
    Try,
    Unusable,
    Written,
)
from voice_coach.device_setup.states import Done, Opening, Outcome, State
from voice_coach.dialogue.runner import DialogueRunner, Hearing
from voice_coach.dialogue.runner import Watcher as Told
from voice_coach.doctor import sound
from voice_coach.doctor.finding import Verdict
from voice_coach.doctor.trial import ANSWER, REQUEST, SENTENCES, Take, Trial, without_echo
from voice_coach.events import Intent
from voice_coach.exercise.prompts import Prompts
from voice_coach.hear.echo.prompt_words import Spoken
from voice_coach.speak.player import VOLUME_STEP
from voice_coach.speak.voice import Voice
from voice_coach.timebase import BLOCK, RATE, Samples

TRIED: Final = tuple(Line(f"setup.trial.{n}", text) for n, text in enumerate((*SENTENCES, REQUEST), 1))
"""Said while it measures."""

_USUAL: Final = 4
"""The volume at which clips are as they are."""

Watcher = Told[Event, Action]


def judged(take: Take, at: Samples, *, understood: bool) -> Tried:
    """Return what was found, and what is to be told of it.

    Args:
        take: what was played and heard.
        at: when that was known.
        understood: whether the word that was asked for was.
    """
    loop, delay = sound.loop(take, 0)
    voice = sound.your_voice(take, delay, understood=understood)
    level = voice.figures.get("voice_db")
    echo = sound.echo_loss(take, without_echo(take)) if delay is not None else None
    told = {
        "silent": voice.verdict is not Verdict.FINE and not understood,
        "loud": sound.microphone(take).verdict is not Verdict.FINE,
        "soft": understood and isinstance(level, float) and level < sound.MIN_VOICE_LEVEL,
        "noisy": sound.noise_floor(take).verdict is not Verdict.FINE,
        "echo": echo is not None and echo.verdict is not Verdict.FINE,
        "late": delay is not None and loop.verdict is not Verdict.FINE,
        "headphones": delay is None,
    }
    loss = echo.figures["echo_loss_db"] if echo else None
    advice = tuple(name for name, is_so in told.items() if is_so)
    ms = loop.figures["delay_ms"] if delay is not None else None
    return Tried(at, advice, None if ms is None else float(ms), None if loss is None else float(loss))


class Setup(DialogueRunner[State, Event, Action]):
    """Sets up microphone and speaker, block by block; whoever drives it opens the devices that it wants."""

    def __init__(  # noqa: PLR0913 -- the parts that it joins, each once
        self,
        prompts: Prompts,
        pairs: tuple[Pair, ...],
        *,
        voice: Voice,
        hearing: Hearing,
        keep: Callable[[Found], str],
        offered: bool = False,
        volume: int = _USUAL,
        caller: HelpCaller | None = None,
        watch: Iterable[Watcher] = (),
    ) -> None:
        """Begin; nothing sounds before the first block.

        Args:
            prompts: what is said.
            pairs: what is tried, one at least.
            voice: has a clip for each of that, and for `TRIED`.
            hearing: hear by a session's grammar.
            keep: writes down what was found; returns why it could not, or an empty text. Never raises.
            offered: ask first whether it is wanted.
            volume: 1 to 7.
            caller: calls for help, to be tried if that is wanted; None: nothing does.
            watch: called with each event and action.
        """
        self.wanted = pairs[0]
        """The pair that is to be open."""
        self._keep = keep
        self._voice = voice
        self._trial: Trial | None = None
        self._began: Samples = 0
        self._understood = False
        self._caller = caller or NoCaller()
        first = machine.start(prompts, pairs, offered=offered, volume=volume, help_ways=len(self._caller.ways))
        super().__init__(machine.step, first, voice=voice, hearing=hearing, volume=volume, watch=watch)

    @property
    def done(self) -> bool:
        """True once it is over."""
        return isinstance(self.state, Done) and not self._player.busy

    @property
    def outcome(self) -> Outcome:
        """How it ended, once it is over."""
        return self.state.facts.outcome

    @property
    def volume(self) -> int:
        """How loud the coach is now, 1 to 7."""
        return self.state.facts.volume

    def opened(self) -> None:
        """Note that sound flows on the pair that was wanted; what is heard next does not follow upon what was last."""
        self.now += RATE
        self._played = silence(0)
        self._hearing.torn()
        self._events.append(Opened(self.now))

    def unusable(self) -> bool:
        """Note that it can't be opened; return whether it was new, so that another one is wanted or it is over."""
        expected = isinstance(self.state, Opening)
        self._take(Unusable(self.now))
        return expected

    def advance(self, mic: Clip) -> Clip:
        """Take the next microphone samples, return as many for the speaker."""
        trial = self._trial
        if trial is None:
            return super().advance(mic)
        self._listen(mic)
        self._played = trial.advance(mic)
        self.now += len(mic)
        self._decide()
        if trial.done and self._trial is trial:
            self._trial = None
            self._events.append(judged(trial.take(), self.now, understood=self._understood))
        return self._played

    def _reports(self) -> list[events.Event]:
        return [*super()._reports(), *self._caller.poll(self.now)]

    def _saying(self) -> list[Spoken]:
        said = super()._saying()
        if self._trial is None:
            return said
        at = self._began
        moved = [
            replace(one, start=one.start + at, end=one.end + at, until=one.until + at) for one in self._trial.spoken
        ]
        return [*said, *(one for one in moved if one.start < self.now and self.now - BLOCK < one.until)]

    def _take(self, event: Event | events.Event) -> list[Action]:
        if self._trial is not None and isinstance(event, Intent) and event.name == ANSWER:
            request = self._trial.spoken[-1]
            self._understood |= event.start >= self._began + request.start
        return super()._take(event)

    def _do(self, action: Action) -> None:
        match action:
            case Hush():
                self._trial = None
                super()._do(action)
            case Open(pair):
                self.wanted = pair
            case Try(volume):
                self._begin_trial(10 ** (VOLUME_STEP * (volume - _USUAL) / 20))
            case CallForHelp():
                self._caller.call(action)
            case Keep(found):
                self._events.append(Written(self.now, self._keep(found)))
            case _:
                super()._do(action)

    def _begin_trial(self, gain: float) -> None:
        *sentences, request = (_louder(self._voice.clip(line), gain) for line in TRIED)
        self._trial, self._began, self._understood = Trial(sentences, request), self.now, False


def _louder(clip: Clip | None, gain: float) -> Clip:
    return silence(0) if clip is None else to_clip(to_signal(clip) * gain)


def all_lines(prompts: Prompts) -> tuple[Line, ...]:
    """Return every line that can be said."""
    return (*(line for name in prompts.texts for line in prompts.lines(name)), *TRIED)
