"""Standby with its devices, which it lends to one session after another."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Final, TypedDict

from voice_coach.actions import Line, Listen, SetPace, SetVoice
from voice_coach.app.console import Console
from voice_coach.app.sequence import first_of
from voice_coach.app.signals import SIGNALLED, Interruption
from voice_coach.audio.live import Advance, Ailing, Back, DeviceNews, Healed, LiveAudio, Lost, Reopened, Torn
from voice_coach.audio.microphone import open_microphone
from voice_coach.audio.pcm import Clip
from voice_coach.audio.stream import Duplex, open_devices
from voice_coach.config import preferences
from voice_coach.config.engines import open_voice, tried_model, voice_names, with_voice
from voice_coach.config.settings import VOICE_VARIABLE, Settings
from voice_coach.dialogue.runner import Hearing
from voice_coach.errors import CoachError, DataError
from voice_coach.exercise.library import entries
from voice_coach.exercise.model import Exercise
from voice_coach.hear.listener import Listener, build_listener
from voice_coach.programme import route
from voice_coach.remote.address import silent
from voice_coach.service.notify import Notifier
from voice_coach.session.status_answers import every_line
from voice_coach.speak.changeable_voice import ChangeableVoice
from voice_coach.speak.preloaded_voice import PreloadedVoice
from voice_coach.speak.voice import Voice
from voice_coach.standby import persistence, settings
from voice_coach.standby.build import all_lines, forget, grammar_of, look, prompts_of, trim_heap
from voice_coach.standby.commands import NEW_VOICE
from voice_coach.standby.events import Action, Begin, Event, Forgotten, SessionOver
from voice_coach.standby.panel import Panel, open_panel
from voice_coach.standby.runner import Standby, Watcher
from voice_coach.standby.states import Memory, light
from voice_coach.timebase import Samples

LOOK: Final = 0.1
"""Seconds between two looks at the button and at whether to end it, while a session is held."""

SUSPENDED_WITHIN: Final = 1.0
"""Seconds that a session gets for giving the terminal back when Ctrl-Z suspends it."""

_HELD: Final = frozenset({0, SIGNALLED + signal.SIGINT, SIGNALLED + signal.SIGTERM})
"""Exit codes of a session that was held, to its end or until it was ended from outside."""


class LeftBySession(TypedDict, total=False):
    """How the coach spoke at the end of a session, as `Standby.session_over` takes it."""

    pace: int | None
    voice: str


class Attendance:
    """A standby with its microphone and speaker, which it lends to one session after another."""

    def __init__(self, chosen: Settings, options: Sequence[str], console: Console) -> None:
        """Take the settings, the options of `voice-coach run` for its sessions, and where things are shown."""
        self._chosen = chosen
        self._options = options
        self._console = console
        self._line: Line | None = None
        self._amiss: Lost | Ailing | None = None
        self._notifier = Notifier.from_environment()

    def hold(self) -> int:
        """Wait, hold sessions, wait; return the exit code once it was ended by a signal.

        Raises:
            CoachError: it can't go on; nothing is left open.
        """
        with ExitStack() as stack:
            panel = open_panel(settings.load(settings.file(self._chosen.profile)).gpio)
            stack.callback(panel.close)
            hearing = open_listener(self._chosen)
            stack.callback(hearing.close)
            standby = open_standby(self._chosen, hearing, _now, self.note, self._console.note)
            stack.callback(standby.close)
            interruption = stack.enter_context(Interruption(standby))
            while not standby.done:
                self._wait(standby, panel)
                if not standby.done:
                    held = self._session(standby, panel) in _HELD
                    standby.session_over(held=held, **self._left_by_session())
        self._notifier.stopping()
        return 0 if interruption.caught == signal.SIGTERM else interruption.exit_code

    def _wait(self, standby: Standby, panel: Panel) -> None:
        """Wait until a session is to begin, or it is over; the speaker is open only for what is said."""
        names = (self._chosen.microphone, self._chosen.speaker)

        def turn(take: Advance, mic: Clip) -> Clip:
            if panel.pressed():
                standby.press()
            block = take(mic)
            panel.show(light(standby.state))
            self._subtitle(standby)
            return block

        def run(opener: Callable[..., Duplex], take: Advance, until: Callable[[], bool]) -> None:
            self._notifier.status("Waiting for the next session.")
            audio = LiveAudio(partial(opener, *names), lambda news: self.hear_of(standby, news))

            def over() -> bool:
                # The stream that lost its devices waits for them: opening others now would fail and end standby.
                return until() and (standby.done or not isinstance(self._amiss, Lost))

            audio.run(self._notifier.fed(partial(turn, take)), over)
            if isinstance(self._amiss, Ailing):  # the next stream is judged afresh
                self._amiss = None
                standby.audio_back()
            standby.reopened()

        while not standby.resting:
            run(open_microphone, standby.hear, lambda: not standby.quiet)
            if not standby.resting:
                run(open_devices, standby.advance, lambda: standby.quiet or standby.resting)
        panel.show(light(standby.state))

    def _session(self, standby: Standby, panel: Panel) -> int:
        """Hold a session in a process of its own, which feeds the watchdog itself; return its exit code."""
        self._notifier.status("A session is held.")
        command = [sys.executable, "-m", "voice_coach", "run", *self._options]
        environment = {name: value for name, value in os.environ.items() if name != "WATCHDOG_PID"}  # that is ours
        # In a session of its own, so that Ctrl-C reaches it once: through us.
        with (
            subprocess.Popen(  # noqa: S603 - this program, with options of its own user
                command, env=environment, stdin=subprocess.DEVNULL, stderr=_standard_error(), start_new_session=True
            ) as session,
            suspended_with(session),
        ):
            while True:
                try:
                    return session.wait(LOOK)
                except subprocess.TimeoutExpired:
                    if panel.pressed():
                        standby.press()
                    if standby.take_break():
                        session.terminate()

    def _left_by_session(self) -> LeftBySession:
        """Return the pace and the voice that the session has kept for the next one."""
        try:
            kept = preferences.load(self._chosen.profile.settings)
        except DataError:
            return {}
        chosen = "--voice" in self._options or VOICE_VARIABLE in os.environ  # that goes before what was kept
        voice = None if chosen else kept.voice
        return {"pace": kept.pace, "voice": voice or ""}

    def _subtitle(self, standby: Standby) -> None:
        """Write what is said to standard output, which a service throws away."""
        line = standby.saying
        if line is not None and line is not self._line:
            self._console.show(line.text)
        self._line = line

    def hear_of(self, standby: Standby, news: DeviceNews) -> None:
        """Pass on what becomes of the sound."""
        self._notifier.hear_of(news)
        match news:
            case Lost() | Ailing():
                self._console.note(f"The sound is gone: {news.reason}.")
                self._notifier.status(f"The sound is gone: {news.reason}.")
                self._amiss = news
                standby.audio_lost(news.reason)
            case Back() | Healed():
                self._console.note("The sound is back.")
                self._notifier.status("Waiting for the next session.")
                self._amiss = None
                standby.audio_back()
            case Torn():
                standby.sound_torn()
            case Reopened():
                standby.sound_reopened()

    def note(self, _at: Samples, what: Event | Action) -> None:
        """Write what standby does to standard error, for a service's journal; nothing that anybody said."""
        match what:
            case Listen("start"):
                self._console.note("Asked to start.")
            case Listen("reminder"):
                self._console.note("It is time: reminding.")
            case Begin():
                self._console.note("A session begins.")
            case Forgotten(error=error):
                self._console.note(error or "Everything has been deleted, as requested by voice.")
            case SessionOver(held=held):
                self._console.note("The session is over." if held else "The session could not be held.")
            case _:
                pass


@contextmanager
def suspended_with(session: "subprocess.Popen[bytes]") -> Iterator[None]:
    """Let Ctrl-Z suspend a session's process as well, and `fg` resume it.

    The process is in a session of its own, so the terminal doesn't tell it. It gives the terminal back before this one
    stops and the shell writes its prompt; one that has no screen goes on.
    """
    if sys.platform == "win32":  # pragma: no cover -- tests run on Linux
        yield
        return

    def suspend(_number: int, _frame: FrameType | None) -> None:
        session.send_signal(signal.SIGTSTP)
        end = time.monotonic() + SUSPENDED_WITHIN
        while session.returncode is None and time.monotonic() < end and not _is_stopped(session.pid):
            time.sleep(LOOK)
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)  # returns when this process is resumed
        signal.signal(signal.SIGTSTP, suspend)
        session.send_signal(signal.SIGCONT)

    before = signal.signal(signal.SIGTSTP, suspend)
    try:
        yield
    finally:
        signal.signal(signal.SIGTSTP, before)


def _is_stopped(process: int) -> bool:
    """Return whether a child is suspended; one that has ended is left for `wait`."""
    try:
        found = os.waitid(os.P_PID, process, os.WSTOPPED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return found is not None and found.si_pid == process


def _standard_error() -> int | None:
    """Return where `sys.stderr` leads, which need not be where the sound libraries write; None: there is no file."""
    try:
        return sys.stderr.fileno()
    except (OSError, ValueError):
        return None


def open_listener(chosen: Settings) -> Listener:
    """Return what standby hears with: a session's listener but for the grammar, which is small; the caller closes it.

    Raises:
        RecognitionError: the model can't be loaded, or can't hear a single phrase.
        DataError: there is no grammar of standby for the language, or it has mistakes.
    """
    grammar = grammar_of(chosen.language)
    return build_listener(
        grammar, tried_model(chosen.model), apart=True, open_speaker=chosen.open_speaker,
        echo_delay=chosen.echo_delay, profile=chosen.profile,
    )  # fmt: skip


def open_standby(
    chosen: Settings,
    hearing: Hearing,
    clock: Callable[[], datetime],
    watch: Watcher,
    tell: Callable[[str], None] = silent,
) -> Standby:
    """Return a standby that remembers what the last one has left.

    Args:
        chosen: as for the sessions that it starts.
        hearing: from `open_listener`.
        clock: tells what the clock on the wall says.
        watch: called with each event and action.
        tell: called with a sentence when a voice that was asked for can't be opened, or kept for the next time.

    Raises:
        SpeechError: there is no voice.
        DataError: a setting, the exercise or a prompt is wrong.
    """
    exercise = reminded_of(chosen)
    prompts = prompts_of(chosen.language)
    known = entries(chosen.language)
    told = every_line(prompts, (one.exercise.name for one in known if one.exercise), exercise.per_day)
    lines = (*all_lines(prompts), *told)
    voice = PreloadedVoice.taken_from(open_voice(chosen, blocking=True), lines)
    trim_heap()
    names = voice_names(chosen)
    first = prompts.lines(NEW_VOICE)

    def opened(name: str) -> Iterator[Voice]:
        return _opened(with_voice(chosen, name), first, lines)

    person = chosen.profile
    return Standby(
        reminders=settings.load(settings.file(person)),
        prompts=prompts,
        voice=ChangeableVoice(voice, names[0], opened, blocking=False, tell=tell),
        hearing=hearing,
        clock=clock,
        look=partial(look, exercise, known, person.history),
        memory=persistence.recall(person.memory),
        keep=partial(_keep, person.memory),
        forget=partial(forget, person),
        volume=chosen.volume,
        pace=chosen.pace,
        voices=names,
        keep_speech=partial(_keep_speech, person.settings, tell),
        watch=[watch],
    )


def _opened(chosen: Settings, first: Sequence[Line], lines: Sequence[Line]) -> Iterator[Voice]:
    """Yield another voice with the lines that are said first, and then with all."""
    library = open_voice(chosen, blocking=True)
    try:
        yield PreloadedVoice.of(library, first)
        yield PreloadedVoice.of(library, lines)
    finally:
        library.close()
        trim_heap()


def _now() -> datetime:
    return datetime.now().astimezone()


def _keep_speech(path: Path, tell: Callable[[str], None], change: SetPace | SetVoice) -> None:
    """Save a pace or voice that was asked for, also for the sessions; under systemd it can't be saved."""
    try:
        match change:
            case SetPace(pace):
                preferences.keep_speech(path, pace=pace)
            case SetVoice(name):
                preferences.keep_speech(path, voice=name)
    except CoachError as error:
        tell(str(error))


def _keep(path: Path, kept: Memory) -> None:
    persistence.keep(kept, path)


def reminded_of(chosen: Settings) -> Exercise:
    """Return the exercise to remind of: the first one of a programme or plan.

    Raises:
        DataError: it can't be used.
    """
    first = first_of(chosen)
    if first.programme is None:
        return first.exercise
    return route.placed(first.programme, first.step, first.exercise, continues=False)
