"""`voice-coach standby`: waits for the next session, and reminds of it."""

import signal
from typing import Any

import click

from voice_coach.app import ask_who
from voice_coach.app.resolve import Options
from voice_coach.app.run_standby import Attendance
from voice_coach.app.signals import SIGNALLED
from voice_coach.cli import options
from voice_coach.cli.console import Terminal
from voice_coach.cli.display import drawable, without_chatter
from voice_coach.files.profiles import Profile


@click.command(
    epilog="Exit code 0: ended by SIGTERM. 1: an error, explained on standard error. 130: Ctrl-C. Options after -- are "
    "passed on to the sessions, such as: voice-coach standby -- --record both.wav"
)
@options.microphone
@options.speaker
@options.volume
@options.headphones
@options.earcons
@options.profile
@options.spoken
@click.argument("more", nargs=-1, type=click.UNPROCESSED, metavar="[-- OPTIONS OF run]")
def command(more: tuple[str, ...], profile: Profile | None, **wanted: Any) -> int:
    """Wait quietly for the next session: say "start my session", or wait for a reminder.

    When it is time the coach says so, and you say start, later or skip. standby.toml in your config folder sets the
    times and the quiet hours; without that file it is three times a day.
    """
    asked, console = Options(**wanted), Terminal()
    looks = [] if drawable() else ["--plain"]  # a session can't tell whether we are in the foreground
    with without_chatter():
        chosen = ask_who.settings_for(asked, profile, ask_who.aloud, console)
        if isinstance(chosen, int):
            return 0 if chosen == SIGNALLED + signal.SIGTERM else chosen
        return Attendance(chosen, [*run_options(chosen.profile, asked), *looks, *more], console).hold()


def run_options(profile: Profile, asked: Options) -> list[str]:
    """Return the options with which a session is of the same person and as standby was told to be.

    What standby was not told each session finds out for itself: its volume is that of the session before.
    """
    values = {
        "exercise": asked.exercise,
        "model": asked.model,
        "voice": asked.voice,
        "rate": asked.rate,
        "microphone": asked.microphone,
        "speaker": asked.speaker,
        "volume": asked.volume,
    }
    flags = {"headphones": asked.headphones, "earcons": asked.earcons}
    return [
        *("--profile", profile.name),
        *(part for name, value in values.items() if value is not None for part in (f"--{name}", str(value))),
        *(f"--{name}" if on else f"--no-{name}" for name, on in flags.items() if on is not None),
    ]
