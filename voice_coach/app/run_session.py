"""A session, live or typed: its parts put together, its records and log written when it ends."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Final

from voice_coach import __version__
from voice_coach.app import first_run
from voice_coach.app.console import NO_CONSOLE, Console
from voice_coach.app.keep_awake import kept_awake
from voice_coach.app.onlooker import Onlooker
from voice_coach.app.publish import pass_on_news, published, shown
from voice_coach.app.sequence import first_of, one_after_another
from voice_coach.app.signals import Interruption
from voice_coach.audio.live import Advance, DeviceNews, Torn, run_device
from voice_coach.audio.offline import StereoRecorder, recorded
from voice_coach.audio.pcm import Clip
from voice_coach.clinical.eligibility import day_of
from voice_coach.clinical.past import Past
from voice_coach.coach import Coach, Watcher
from voice_coach.config import preferences
from voice_coach.config.engines import (
    changeable,
    open_caller,
    open_listener,
    open_voice,
    session_grammar,
    start_synthesizer,
    voice_names,
)
from voice_coach.config.outdated import outdated_files
from voice_coach.config.settings import Settings
from voice_coach.dialogue.runner import Hearing
from voice_coach.errors import CoachError, HistoryError
from voice_coach.event_log import EventLog
from voice_coach.exercise.availability import choice
from voice_coach.exercise.library import entries
from voice_coach.exercise.model import Exercise
from voice_coach.exercise.plan import phases_of, total
from voice_coach.files.profiles import FIRST, Profile
from voice_coach.history.errors import NewerError
from voice_coach.history.recovery import open_past
from voice_coach.history.store import Store
from voice_coach.history.writer import HistoryWriter
from voice_coach.records import SessionStart
from voice_coach.service.notify import Notifier
from voice_coach.speak.changeable_voice import ChangeableVoice
from voice_coach.speak.clip_library import ClipLibrary, default_folder
from voice_coach.speak.fallback_voice import FallbackVoice
from voice_coach.speak.voice import Voice
from voice_coach.text import HOW, SilentVoice, Subtitles, TypedHearing, run_text

MAX_SESSIONS_A_DAY: Final = 100
"""How many of the last sessions are searched for those of today."""


@dataclass(frozen=True, slots=True)
class LibraryMessages:
    """Messages of the sound libraries on standard error, for the log."""

    text: str


def files_beside_history(profile: Profile = FIRST, *, speech: bool) -> list[Path]:
    """Return this person's files besides the history; `speech`: also the speech cache."""
    kept = (*([default_folder()] if speech else []), profile.calibration, profile.plan, profile.memory)
    return [path for path in kept if path.exists()]


def tell_problems(voice: ClipLibrary | FallbackVoice | ChangeableVoice, warn: Callable[[str], None]) -> None:
    """Say which recordings could not be used, and what is wrong with the cache; the session went on without them."""
    for problem in voice.problems:
        warn(str(problem))


def live(
    settings: Settings,
    record: Path | None,
    log: Path | None,
    console: Console,
    onlookers: Sequence[Onlooker] = (),
    *,
    chatter: Callable[[], str] = str,
) -> int:
    """Hold a session with microphone and speaker.

    Args:
        settings: of whom, with what.
        record: gets the sound of both sides; None: it is not kept.
        log: gets each event and action as JSON; None: there is no log.
        console: where lines are shown.
        onlookers: observers of the session.
        chatter: returns what the sound libraries have written since the last call; it goes into the log.
    """
    done = partial(done_on, datetime.now().astimezone().date(), settings.profile.history)
    first = first_of(settings, done())  # report its mistakes before anything else
    for problem in outdated_files(settings):
        console.warn(str(problem))
    with ExitStack() as stack:
        stack.enter_context(kept_awake())
        recorder = stack.enter_context(StereoRecorder(record)) if record else None
        wanted = first_run.offered(settings, console)
        if isinstance(wanted, int):
            return wanted
        hearing, voice = _open_engines(wanted, console, stack)
        sessions = _LiveSessions(hearing, voice, console, onlookers, chatter, recorder)
        return one_after_another(first, log, sessions.hold, done)


@dataclass(frozen=True, slots=True)
class _LiveSessions:
    """Holds sessions one after another, all with the same engines and into the same recording."""

    hearing: Hearing
    voice: Voice
    console: Console
    onlookers: Sequence[Onlooker]
    chatter: Callable[[], str]
    recorder: StereoRecorder | None
    notifier: Notifier = field(default_factory=Notifier.from_environment)
    """Where standby is a service, its sessions feed the watchdog."""

    def hold(self, settings: Settings, exercise: Exercise, back_to: str, log: Path | None) -> tuple[Coach, int]:
        """Hold a session; return its coach and the exit code."""
        events = EventLog()
        for onlooker in self.onlookers:
            onlooker.begin(exercise, settings)
        with (
            open_session(
                exercise, settings, voice=self.voice, hearing=self.hearing, console=self.console, log=log,
                back_to=back_to, events=events, watch=[one.watch for one in self.onlookers],
            ) as coach,
            Interruption(coach) as interruption,
        ):  # fmt: skip
            self._run(coach, settings, events)
        return coach, interruption.exit_code or int(coach.deaf)

    def _run(self, coach: Coach, settings: Settings, events: EventLog) -> None:
        """Connect the coach to the devices until it is done; the log gets their news."""

        def hear(news: DeviceNews) -> None:
            self.notifier.hear_of(news)
            pass_on_news(coach, news, self.console)
            if isinstance(news, Torn):
                events(coach.now, news)

        advance = looked_at(Subtitles(coach, self.console.show).advance, coach, self.onlookers)
        stats = run_device(
            self.notifier.fed(recorded(advance, self.recorder) if self.recorder else advance),
            lambda: coach.done,
            microphone=settings.microphone,
            speaker=settings.speaker,
            on_news=hear,
        )
        events(coach.now, stats)
        if text := self.chatter():
            events(coach.now, LibraryMessages(text))


def _open_engines(settings: Settings, console: Console, stack: ExitStack) -> tuple[Hearing, Voice]:
    """Return what a live session hears and speaks with; both end with the stack."""
    # A voice pack needs an engine only for what it lacks; without one, the engine starts in parallel.
    synthesizer = None if settings.voice.pack else start_synthesizer(settings)
    if synthesizer:
        stack.callback(synthesizer.close)
    hearing = open_listener(settings, inline=False, tell=console.warn)
    stack.callback(hearing.close)
    first = open_voice(settings, blocking=False, synthesizer=synthesizer, tell=console.warn)
    voice = changeable(first, settings, blocking=False, tell=console.warn)
    stack.callback(voice.close)
    stack.callback(tell_problems, voice, console.warn)
    return hearing, voice


def looked_at(advance: Advance, coach: Coach, onlookers: Sequence[Onlooker]) -> Advance:
    """Return `advance` with a look by each onlooker after each block."""

    def turn(mic: Clip) -> Clip:
        block = advance(mic)
        for onlooker in onlookers:
            onlooker.turned(coach, mic)
        return block

    return turn


def typed(settings: Settings, log: Path | None, console: Console) -> int:
    """Hold a session by typing."""
    done = partial(done_on, datetime.now().astimezone().date(), settings.profile.history)
    first = first_of(settings, done())
    for problem in outdated_files(settings):
        console.warn(str(problem))
    hearing = TypedHearing(session_grammar(settings.language))
    console.show(HOW)

    def hold(settings: Settings, exercise: Exercise, back_to: str, log: Path | None) -> tuple[Coach, int]:
        with (
            open_session(
                exercise, settings, voice=SilentVoice(), hearing=hearing, console=console, log=log, back_to=back_to
            ) as coach,
            Interruption(coach) as interruption,
        ):
            run_text(coach, hearing, lambda: interruption.read(console.read), console.show)
        return coach, interruption.exit_code

    return one_after_another(first, log, hold, done)


@contextmanager
def open_session(
    exercise: Exercise,
    settings: Settings,
    *,
    voice: Voice,
    hearing: Hearing,
    console: Console = NO_CONSOLE,
    log: Path | None = None,
    back_to: str = "",
    events: EventLog | None = None,
    watch: Iterable[Watcher] = (),
) -> Iterator[Coach]:
    """Yield a coach that knows the person's history, and whose records go there.

    What earlier sessions demand comes first: a lock, the screening, a session to go on with. On leaving, all records
    are on the disk, and the log is written. The caller closes `voice` and `hearing`.

    Args:
        exercise: from `load_exercise`.
        settings: whose history, at what volume and pace; a broker to be told, if one is named.
        voice: from `open_voice`, or another one.
        hearing: from `open_listener`, or other ones.
        console: shows problems, and the result of the session.
        log: gets each event and action as JSON; None: there is no log.
        back_to: the id of the exercise that this one takes the place of; empty: none.
        events: what the log is gathered in, for whoever has more to note than the coach.
        watch: also called with each event and action.

    Raises:
        NewerError: a newer version of the program has written the history, and a lock may be in it.
        CoachError: the log can't be written, if possible before the session begins; or, on leaving, a record can't.
    """
    events = events or EventLog()
    if log:
        _write(log, "")
    start = start_of(exercise, settings)
    past = _past(exercise, settings, start, console)
    writer = _writer(settings, hearing)
    with _written_at_end(writer, events, log, console):
        with published(settings, exercise, console) as broker, open_caller(settings) as caller:
            coach = Coach(
                exercise,
                voice=voice,
                hearing=hearing,
                journal=writer,
                first_run=writer.begin(start),
                past=past,
                back_to=back_to,
                volume=settings.volume,
                pace=settings.pace,
                voices=voice_names(settings),
                caller=caller,
                watch=[*broker, shown(console), *watch, *([events] if log else [])],
            )
            try:
                yield coach
            finally:
                _keep_speech(coach, settings, console)
        console.show(_result(coach, exercise))


def _writer(settings: Settings, hearing: Hearing) -> HistoryWriter:
    """Return the writer of the person's history; a typed session, which runs faster, waits for the disk."""
    return HistoryWriter(
        settings.profile.history,
        patient=isinstance(hearing, TypedHearing),
        others=files_beside_history(settings.profile, speech=False),
    )


def _keep_speech(coach: Coach, settings: Settings, console: Console) -> None:
    """Save the pace and the voice that the person asked for by voice, for the next session."""
    speech = coach.state.facts.speech
    pace = speech.pace if speech.pace != settings.pace else None
    voice = speech.voices[0] if speech.voices[:1] != voice_names(settings)[:1] else None
    if pace is None and voice is None:
        return
    try:
        preferences.keep_speech(settings.profile.settings, pace=pace, voice=voice)
    except CoachError as error:
        console.warn(str(error))


def _result(coach: Coach, exercise: Exercise) -> str:
    """Return the result of a session, in a sentence."""
    done = coach.state.facts.progress.repetitions
    return f"Session over: {coach.outcome or 'cut off'}, {done} of {total(exercise)} repetitions."


@contextmanager
def _written_at_end(writer: HistoryWriter, events: EventLog, log: Path | None, console: Console) -> Iterator[None]:
    """Write what is left when the session ends, whatever ended it.

    Raises:
        CoachError: what could not be written; where the session failed, its own error is raised and this is shown.
    """
    try:
        yield
    except BaseException:
        for trouble in _finished(writer, events, log):
            console.warn(trouble)
        raise
    if troubles := _finished(writer, events, log):
        raise CoachError("\n".join(troubles))


def _past(exercise: Exercise, settings: Settings, start: SessionStart, console: Console) -> Past:
    """Return what earlier sessions mean for this one; what is wrong with the history is shown.

    Raises:
        NewerError: a newer version of the program has written it, and a lock may be in it.
    """
    done_on(start.started.date(), settings.profile.history)
    past, told = open_past(start, settings.profile.history)
    if told:
        console.warn(told)
    review = exercise.prescribed.review if exercise.prescribed else None
    return replace(
        past,
        settings_readable=not settings.troubles,
        review_due=review is not None and review <= start.started.date() and not past.completed_today,
        choice=choice(exercise, entries(exercise.language), dict(past.locks)),
    )


def _finished(writer: HistoryWriter, events: EventLog, log: Path | None) -> list[str]:
    """Write the remaining records and the log, each even if the other fails; return what went wrong."""
    troubles = [trouble] if (trouble := writer.close()) else []
    try:
        if log:
            _write(log, events.to_json())
    except CoachError as error:
        troubles.append(str(error))
    return troubles


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CoachError(
            f"The log {path} can't be written ({error.strerror}): choose another file with --log."
        ) from error


def done_on(day: date, history: Path) -> Counter[str]:
    """Return how often each exercise was done to its end on a day; nothing where the history can't be read.

    Raises:
        NewerError: a newer version of the program has written the history.
    """
    try:
        store = Store.look(history)
        if store is None:
            return Counter()
        with store:
            sessions = store.sessions(MAX_SESSIONS_A_DAY)
    except NewerError:
        raise
    except HistoryError:
        return Counter()
    return Counter(one.exercise_id for one in sessions if one.outcome == "completed" and day_of(one) == day)


def start_of(exercise: Exercise, settings: Settings) -> SessionStart:
    """Return what is known of a session when it starts. A session asks for the time of day only here."""
    holds = [phase.seconds for phase in phases_of(exercise) if phase.name == "hold"]
    return SessionStart(
        started=datetime.now().astimezone(),
        exercise_id=exercise.id,
        exercise_version=exercise.version,
        app_version=__version__,
        reps_target=total(exercise),
        hold_s=holds[0] if holds else None,
        per_day=exercise.per_day,
        speech_rate=settings.voice.rate,
        volume=settings.volume,
    )
