"""`voice-coach run`: a session, hands-free."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

import click

from voice_coach import __version__
from voice_coach.audio.devices import choose_pair, inventory
from voice_coach.audio.live import Advance, DeviceNews, Torn, run_device
from voice_coach.audio.offline import StereoRecorder, recorded
from voice_coach.cli import options, whose
from voice_coach.cli import setup as set_up
from voice_coach.cli.chain import first_of, one_after_another
from voice_coach.cli.forget import beside
from voice_coach.cli.interruption import Interruption
from voice_coach.cli.news import hear_of
from voice_coach.cli.published import published, tell
from voice_coach.cli.rehearse import rehearsals, report, tell_problems
from voice_coach.coach import Coach
from voice_coach.config.engines import open_ears, open_voice, session_grammar, start_synthesizer
from voice_coach.config.settings import Settings
from voice_coach.dialogue.runner import Hearing
from voice_coach.errors import CoachError, DeviceError
from voice_coach.event_log import EventLog
from voice_coach.exercise.availability import choice
from voice_coach.exercise.library import entries
from voice_coach.exercise.model import Exercise
from voice_coach.exercise.plan import phases_of, total
from voice_coach.files.profiles import Profile
from voice_coach.history.recovery import open_past
from voice_coach.history.writer import HistoryWriter
from voice_coach.records import SessionStart
from voice_coach.remote.address import Address
from voice_coach.service.notify import Notifier
from voice_coach.speak.tts.synthesizer import VoiceSpec
from voice_coach.speak.voice import Voice
from voice_coach.text import HOW, SilentVoice, Subtitles, TypedEars, run_text


@click.command(
    epilog="Exit code 0: the session is over, however it ended. 1: what standard error says. 130: Ctrl-C. "
    "Without a microphone or a speaker a scripted person does the session, as in `voice-coach rehearse`."
)
@click.option("--text", is_flag=True, help="Type the answers and read the prompts; no sound.")
@click.option("--microphone", metavar="NAME", help="Part of the microphone's name; see `voice-coach devices`.")
@click.option("--speaker", metavar="NAME", help="Part of the speaker's name; see `voice-coach devices`.")
@click.option(
    "--volume", type=click.IntRange(1, 7), default=4, show_default=True, help="How loud the coach is at first."
)
@click.option("--headphones/--no-headphones", help="The microphone can't hear the coach: take every word at any time.")
@click.option(
    "--record", type=options.FILE, metavar="FILE", help="Keep the sound of both sides as a WAV (else none is kept)."
)
@click.option("--log", type=options.FILE, metavar="FILE", help="Write every event and action as JSON.")
@options.earcons
@options.profile
@options.networked
@options.allow_gaps
@options.programme
@options.spoken
def command(
    exercise: str, programme: str, model: Path | None, voice: str, rate: int, microphone: str | None,
    speaker: str | None, volume: int, record: Path | None, log: Path | None, asr: Address | None, tts: Address | None,
    mqtt: Address | None, profile: Profile | None, *, headphones: bool, text: bool, allow_gaps: bool,
    mqtt_figures: bool, earcons: bool,
) -> int:  # fmt: skip
    """Start a session: the coach asks, you answer aloud.

    Say "stop" at any time to stop, "pause" to rest, "help" for what you can say. Ctrl-C ends the session too; what was
    done by then is in the history.
    """
    settings = Settings(
        exercise=exercise, programme=programme, voice=VoiceSpec(voice, rate), model=model, microphone=microphone,
        speaker=speaker,
        volume=volume, open_speaker=not headphones, allow_gaps=allow_gaps, asr=asr, tts=tts, mqtt=mqtt,
        mqtt_figures=mqtt_figures, earcons=earcons,
    )  # fmt: skip
    if text and record:
        raise click.UsageError("With --text there is no sound to record: leave out --record.")
    try:
        found = whose.settled(settings, profile, partial(whose.typed, read=read_line) if text else whose.aloud)
        if isinstance(found, int):
            return found
        settings = found
        if text:
            return typed(settings, log)
        choose_pair(inventory(), settings.microphone, settings.speaker)
    except DeviceError as error:
        if settings.microphone or settings.speaker:
            raise
        return rehearsed_instead(settings, error, asked_for=bool(record or log))
    return live(settings, record, log)


def rehearsed_instead(settings: Settings, error: DeviceError, *, asked_for: bool) -> int:
    """Let a scripted person do the session, as nobody can be heard; `asked_for`: `--record` or `--log` was given."""
    click.echo(f"voice-coach: {error}", err=True)
    click.echo("So a scripted person does the session, and you can listen to the recording of it.", err=True)
    if asked_for:
        click.echo(
            "--record and --log are for sessions with microphone and speaker; see below what is written.", err=True
        )
    alone = replace(settings, open_speaker=False, asr=None, tts=None)
    click.echo("\n".join(map(report, rehearsals(alone, "goes-well", "left", None))))
    return 0


def live(settings: Settings, record: Path | None, log: Path | None) -> int:
    """Hold a session with microphone and speaker."""
    first = first_of(settings)  # what is wrong with it is told before all else
    with ExitStack() as stack:
        recorder = stack.enter_context(StereoRecorder(record)) if record else None
        wanted = set_up.offered(settings)
        if isinstance(wanted, int):
            return wanted
        settings = wanted
        synthesizer = start_synthesizer(settings)
        stack.callback(synthesizer.close)
        ears = open_ears(settings, inline=False, tell=tell)  # while the other engine starts
        stack.callback(ears.close)
        voice = open_voice(settings, blocking=False, synthesizer=synthesizer, tell=tell)
        stack.callback(voice.close)
        stack.callback(tell_problems, voice)
        notifier = Notifier.from_environment()  # where standby is a service, its sessions feed the watchdog

        def hold(settings: Settings, exercise: Exercise, back_to: str, log: Path | None) -> tuple[Coach, int]:
            events = EventLog()
            with (
                session(exercise, settings, voice, ears, log, back_to, events) as coach,
                Interruption(coach) as interruption,
            ):
                advance: Advance = Subtitles(coach, click.echo).advance

                def hear(news: DeviceNews) -> None:
                    notifier.hear_of(news)
                    hear_of(coach, news)
                    if isinstance(news, Torn):
                        events(coach.now, news)

                stats = run_device(
                    notifier.fed(recorded(advance, recorder) if recorder else advance),
                    lambda: coach.done,
                    microphone=settings.microphone,
                    speaker=settings.speaker,
                    on_news=hear,
                )
                events(coach.now, stats)
            return coach, interruption.exit_code

        return one_after_another(first, log, hold)


def typed(settings: Settings, log: Path | None) -> int:
    """Hold a session by typing."""
    first = first_of(settings)
    ears = TypedEars(session_grammar(settings.language))
    click.echo(HOW)

    def hold(settings: Settings, exercise: Exercise, back_to: str, log: Path | None) -> tuple[Coach, int]:
        with (
            session(exercise, settings, SilentVoice(), ears, log, back_to) as coach,
            Interruption(coach) as interruption,
        ):
            run_text(coach, ears, lambda: interruption.read(read_line), click.echo)
        return coach, interruption.exit_code

    return one_after_another(first, log, hold)


@contextmanager
def session(
    exercise: Exercise,
    settings: Settings,
    voice: Voice,
    ears: Hearing,
    log: Path | None,
    back_to: str = "",
    events: EventLog | None = None,
) -> Iterator[Coach]:
    """Yield a coach whose records go to the history; when it is left, all of them are written, and the log.

    `events` is what the log is gathered in, for who has more to note than the coach.

    Raises:
        CoachError: the log can't be written: told before the session begins, if it can be known then. Or, at the end,
            what could not be written.
    """
    events = events or EventLog()
    if log:
        _write(log, "")
    start = start_of(exercise, settings)
    past, told = open_past(start, settings.profile.history)
    if told:
        click.echo(f"voice-coach: {told}", err=True)
    past = replace(past, choice=choice(exercise, entries(exercise.language), dict(past.locks)))
    writer = HistoryWriter(
        settings.profile.history,
        patient=isinstance(ears, TypedEars),
        others=beside(settings.profile, speech=False),
    )
    try:
        with published(settings, exercise) as watch:
            coach = Coach(
                exercise,
                voice=voice,
                ears=ears,
                journal=writer,
                first_run=writer.begin(start),
                past=past,
                back_to=back_to,
                volume=settings.volume,
                watch=[*watch, events] if log else watch,
            )
            yield coach
        facts = coach.state.facts
        goal = total(exercise)
        click.echo(f"Session over: {coach.outcome or 'cut off'}, {facts.repetitions} of {goal} repetitions.")
    except BaseException:
        for trouble in _finished(writer, events, log):
            click.echo(f"voice-coach: {trouble}", err=True)
        raise
    if troubles := _finished(writer, events, log):
        raise CoachError("\n".join(troubles))


def _finished(writer: HistoryWriter, events: EventLog, log: Path | None) -> list[str]:
    """Write what is left, one thing whatever becomes of the other; return what went wrong."""
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


def start_of(exercise: Exercise, settings: Settings) -> SessionStart:
    """Return what is known of a session when it starts; the wall clock is read here and nowhere else."""
    holds = [phase.seconds for phase in phases_of(exercise) if phase.name == "hold"]
    return SessionStart(
        started=datetime.now().astimezone(),
        exercise_id=exercise.id,
        exercise_version=exercise.version,
        app_version=__version__,
        reps_target=total(exercise),
        hold_s=holds[0] if holds else None,
        speech_rate=settings.voice.rate,
        volume=settings.volume,
    )


def read_line() -> str | None:
    """Return a typed line; None at the end of the input. What comes through a pipe is shown, as if it were typed."""
    terminal = sys.stdin.isatty()
    if terminal:
        click.echo("> ", nl=False)
    line = sys.stdin.readline()
    if not line:
        return None
    text = line.rstrip("\r\n")
    if not terminal:
        click.echo(f"> {text}".rstrip())
    return text
