"""`voice-coach run`: a session, hands-free."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from voice_coach.app import ask_who
from voice_coach.app.console import Console
from voice_coach.app.resolve import Options, without_preferences
from voice_coach.app.run_rehearsal import rehearsals
from voice_coach.app.run_session import live, typed
from voice_coach.audio.devices import choose_pair, inventory
from voice_coach.cli import options
from voice_coach.cli.console import Terminal
from voice_coach.cli.display import displayed, windows, without_chatter
from voice_coach.cli.rehearse import ProgressLine, report
from voice_coach.config.settings import Settings
from voice_coach.errors import DeviceError, DeviceInUseError
from voice_coach.files.profiles import Profile


@click.command(
    epilog="Exit code 0: the session is over, however it ended. 1: an error, explained on standard error. 130: Ctrl-C. "
    "Without a microphone or speaker, a scripted patient does the session, as in `voice-coach rehearse`."
)
@click.option("--text", is_flag=True, help="Use no sound: read what the coach says, and type your answers.")
@options.microphone
@options.speaker
@options.volume
@options.headphones
@click.option(
    "--record",
    type=options.FILE,
    metavar="FILE",
    help="Record you and the coach to a WAV file (by default no sound is saved).",
)
@click.option("--log", type=options.FILE, metavar="FILE", help="Write every event and action as JSON.")
@click.option("--plain", is_flag=True, help="Print lines instead of showing a screen, as happens without a terminal.")
@click.option("--json", "as_json", is_flag=True, help="Print events as JSON, one object per line, for other programs.")
@click.option("--window", is_flag=True, help="Also show the session in your browser, in large type with a Stop button.")
@options.earcons
@options.profile
@options.networked
@options.allow_gaps
@options.programme
@options.spoken
def command(  # the options that are not named are those of `app.resolve.Options`
    record: Path | None,
    log: Path | None,
    profile: Profile | None,
    *,
    text: bool,
    plain: bool,
    as_json: bool,
    window: bool,
    **wanted: Any,
) -> int:
    """Start a session: the coach asks, you answer aloud.

    Say "stop" at any time to stop, "pause" to rest, "help" to hear what you can say. Ctrl-C ends the session too;
    everything up to then is in the history. In a terminal, a screen shows where the session is, what was heard and
    whether it was understood.
    """
    asked = Options(**wanted)
    without_preferences(asked)
    if text and record:
        raise click.UsageError("With --text there is no sound to record: leave out --record.")
    if text and as_json:
        raise click.UsageError("--text is for a person, --json for a program: leave out one of them.")
    if text and window:
        raise click.UsageError("--text is for the terminal, --window for a browser: leave out one of them.")
    if text:
        found = ask_who.settings_for(asked, profile, ask_who.typed, console := Terminal())
        return found if isinstance(found, int) else typed(found, log, console)
    with (
        without_chatter() as chatter,
        windows(Terminal(), wanted=window) as views,
        displayed(plain=plain, as_json=as_json, views=views) as display,
    ):
        settings = ready(asked, profile, display.console)
        if isinstance(settings, int):
            return settings
        if isinstance(settings, Settings):
            return live(settings, record, log, display.console, display.onlookers, chatter=chatter)
    return rehearsed_instead(*settings, Terminal(), asked_for=bool(record or log))


def ready(asked: Options, profile: Profile | None, console: Console) -> Settings | int | tuple[Settings, DeviceError]:
    """Return the settings of a session that can begin; else its exit code, or the settings and why there is no sound.

    Raises:
        DeviceError: the devices that were named are not there, or are in use.
        CoachError: a part does not work.
    """
    settings = without_preferences(asked)
    try:
        found = ask_who.settings_for(asked, profile, ask_who.aloud, console)
        if isinstance(found, int):
            return found
        settings = found
        choose_pair(inventory(), settings.microphone, settings.speaker)
    except DeviceInUseError:  # a session goes on: a rehearsal would only hide that
        raise
    except DeviceError as error:
        if settings.microphone or settings.speaker:
            raise
        return settings, error
    return settings


def rehearsed_instead(settings: Settings, error: DeviceError, console: Terminal, *, asked_for: bool) -> int:
    """Let a scripted person do the session, as nobody can be heard; `asked_for`: `--record` or `--log` was given."""
    console.warn(str(error))
    console.note("A scripted patient does the session instead; you can listen to the recording.")
    if asked_for:
        console.note("--record and --log are for sessions with microphone and speaker; see below what is written.")
    alone = replace(settings, open_speaker=False, asr=None, tts=None)
    results = rehearsals(alone, "goes-well", "left", None, ProgressLine())
    console.show("\n".join(map(report, results)))
    return 0
