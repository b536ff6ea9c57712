"""The shell of a session: what it writes down, and what it says again; all that decides is in `session.machine`."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final, Protocol

from voice_coach.actions import DEFAULT_PACE, DEFAULT_VOLUME, Action, CallForHelp, Finish, Forget, Line, Record, Say
from voice_coach.audio.pcm import Clip
from voice_coach.clinical.past import NO_PAST, Past
from voice_coach.dialogue import runner
from voice_coach.dialogue.runner import DialogueRunner, Hearing
from voice_coach.errors import RecognizerLostError
from voice_coach.events import Event, HearingBack, HearingLost, HelpCalled, Intent, NotRecognized, Saved
from voice_coach.exercise.model import Exercise
from voice_coach.exercise.prompts import all_lines, load_prompts
from voice_coach.hear.grammar.grammar import UNKNOWN
from voice_coach.hear.lag import LagWatch
from voice_coach.records import SessionRecord
from voice_coach.session import machine, status_answers
from voice_coach.session.states import Done, State
from voice_coach.speak.voice import Voice
from voice_coach.timebase import Samples, samples

Watcher = runner.Watcher[Event, Action]
"""Told of each event and action, in order, with the instant at which the coach took it."""

TOO_BUSY: Final = "the computer is too busy: speech is understood more than a second late"
"""The beginning of a sentence."""

PRESSED: Final = "stop (pressed)"
"""Stands in the log and the history for the words of a stop that nobody said."""

_LONG = samples(1.4)
"""An utterance of no known word that was more than a cough: 0.6 s of voice, and what is heard before and after."""


class Journal(Protocol):
    """Keeps the session's records without ever holding up the sound."""

    def write(self, record: SessionRecord, number: int) -> None:
        """Take a record; never blocks. `poll` tells of `number` when the record is safe, or could not be written."""

    def forget(self, number: int) -> None:
        """Delete all that there is and write nothing more, unless that fails; never blocks."""

    def poll(self) -> list[tuple[int, str]]:
        """Return the numbers settled since the last call, each with why it could not be written (empty: it was)."""


class MemoryJournal:
    """Keeps the records in memory: for rehearsals, tests, and programs that keep a history of their own."""

    def __init__(self) -> None:
        """Begin empty."""
        self.records: list[SessionRecord] = []
        """In the order in which they were written."""
        self._written: list[tuple[int, str]] = []

    def write(self, record: SessionRecord, number: int) -> None:
        """Keep a record."""
        self.records.append(record)
        self._written.append((number, ""))

    def forget(self, number: int) -> None:
        """Drop all records."""
        self.records.clear()
        self._written.append((number, ""))

    def poll(self) -> list[tuple[int, str]]:
        """Return the numbers of what was written since the last call; nothing ever fails."""
        written, self._written = self._written, []
        return written


class HelpCaller(Protocol):
    """Calls for help in the ways that a person has set up, without ever holding up the sound."""

    @property
    def ways(self) -> tuple[str, ...]:
        """Names of `records.HELP_WAYS`; empty: none was set up, so the coach only says aloud that help is needed."""

    @property
    def at_once(self) -> bool:
        """Whether a sign of an emergency is enough, without anybody asking for help."""

    def call(self, call: CallForHelp) -> None:
        """Begin to call in each way; never blocks. `poll` tells what came of it."""

    def poll(self, at: Samples) -> list[HelpCalled]:
        """Return what has come of attempts since the last call, and begin those that are due again by now."""


class NoCaller:
    """Nothing was set up."""

    ways: tuple[str, ...] = ()
    at_once = False

    def call(self, call: CallForHelp) -> None:
        """Do nothing: the dialogue asks for no call where there is no way."""

    def poll(self, at: Samples) -> list[HelpCalled]:  # noqa: ARG002 -- the protocol's
        """Return nothing."""
        return []


class Coach(DialogueRunner[State, Event, Action]):
    """A session of one exercise: microphone blocks in, speaker blocks out, by `advance`.

    Its clock, `now`, is the number of microphone samples it was given. It opens and closes nothing: voice, hearing
    and journal are the caller's. `app.run_session.open_session` makes one that knows the person's history.
    """

    def __init__(  # noqa: PLR0913 -- the parts that it joins, each once
        self,
        exercise: Exercise,
        *,
        voice: Voice,
        hearing: Hearing,
        journal: Journal,
        first_run: bool = False,
        past: Past = NO_PAST,
        back_to: str = "",
        volume: int = DEFAULT_VOLUME,
        pace: int = DEFAULT_PACE,
        voices: tuple[str, ...] = (),
        caller: HelpCaller | None = None,
        watch: Iterable[Watcher] = (),
    ) -> None:
        """Begin with the welcome; nothing sounds before the first block.

        Args:
            exercise: from `load_exercise`.
            voice: gives each line its clip.
            hearing: turn microphone blocks into events.
            journal: keeps the records; the next repetition waits until those of the last one are written.
            first_run: whether the person has never held a session: the welcome is longer, and four words are tried.
            past: what earlier sessions mean for this one; the default knows of no lock and asks no screening.
            back_to: the id of the exercise that this one takes the place of; empty: none.
            volume: 1 to 7, see `VOLUMES`.
            pace: 1 to 5, see `PACES`.
            voices: names of those that can be asked for, in turn, the one that speaks first: `voice` is then a
                `ChangeableVoice`. Empty: there is no other one.
            caller: calls for help; None: the coach only says aloud that help is needed.
            watch: each is called with the instant, in samples, and every event and action, in order.

        Raises:
            DataError: there are no sentences for the exercise's language.
        """
        self.outcome = ""
        """How the session ended, such as `completed`, `stopped` or `no_answer`; empty while it goes on."""
        self.deaf = False
        """True if the recogniser was lost for good; the session then ends."""
        self._lags = LagWatch()
        self._journal = journal
        self._caller = caller or NoCaller()
        prompts = load_prompts(exercise.language)
        past = replace(past, practice=first_run)
        first = machine.start(
            exercise,
            prompts,
            first_run=first_run,
            volume=volume,
            pace=pace,
            voices=voices,
            past=past,
            back_to=back_to,
            help_ways=self._caller.ways,
            help_at_once=self._caller.at_once,
        )
        told = status_answers.lines_to_prepare(prompts, past, exercise.per_day)
        voice.prepare((*_spoken(first[1]), *all_lines(exercise), *told))
        super().__init__(machine.step, first, voice=voice, hearing=hearing, volume=volume, pace=pace, watch=watch)

    @property
    def done(self) -> bool:
        """True once the session is over."""
        return isinstance(self.state, Done)

    def stop_pressed(self) -> None:
        """Stop as if the person had said so: somebody has pressed Stop. Taken in the next block."""
        self._events.append(Intent(self.now, "stop", PRESSED, start=self.now, end=self.now))

    def _listen(self, mic: Clip) -> None:
        """Hear, and tell the dialogue when what is said is understood too late, or not any more."""
        if self.deaf:
            return
        known = self.now + len(mic)
        try:
            super()._listen(mic)
        except RecognizerLostError as error:
            self.deaf = True
            self._player.duck(on=False)
            self._expect([HearingLost(known, str(error), for_good=True)])
            return
        if self._lags.look(self._hearing.lag, known):
            self._expect([HearingLost(known, TOO_BUSY) if self._lags.lost else HearingBack(known)])

    def _reports(self) -> list[Event]:
        saved = [Saved(self.now, number, error) for number, error in self._journal.poll()]
        return [*super()._reports(), *saved, *self._caller.poll(self.now)]

    def _take(self, event: Event) -> list[Action]:
        if self.done:
            return []
        actions = super()._take(event)
        if isinstance(event, NotRecognized) and _said_much(event) and not any(isinstance(one, Say) for one in actions):
            self._player.say_again(event.start)
        return actions

    def _do(self, action: Action) -> None:
        match action:
            case Record(record, number):
                self._journal.write(record, number)
            case Forget(number):
                self._journal.forget(number)
            case CallForHelp():
                self._caller.call(action)
            case Finish(outcome):
                self.outcome = outcome
            case _:
                super()._do(action)


def _said_much(what: NotRecognized) -> bool:
    """Tell whether it was a word at least, which may have covered some of the coach's; a cough is none."""
    return any(word != UNKNOWN for word in what.text.split()) or what.end - what.start >= _LONG


def _spoken(actions: Iterable[Action]) -> list[Line]:
    """Return the lines that actions say."""
    return [line for action in actions if isinstance(action, Say) for line in action.lines]
