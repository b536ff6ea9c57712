"""`voice-coach`: imports the command that is called, and turns what went wrong into a sentence and an exit code."""

import errno
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from difflib import get_close_matches
from io import TextIOWrapper

import click

from voice_coach import __version__
from voice_coach.cli.console import FAILED
from voice_coach.errors import CoachError

GROUPS = {
    "Every day": {
        "run": "Start a session with microphone and speaker (the default).",
        "standby": 'Wait for "start my session", and remind you three times a day.',
        "exercises": "List the exercises and programmes that you can do now, and say why others are not offered.",
        "plan": "Follow a plan that your physiotherapist wrote.",
    },
    "Look back": {
        "history": "Show your sessions so far.",
        "report": "Write a report for your physiotherapist.",
        "export": "Write your sessions as CSV, JSON or FHIR.",
        "backup": "Copy your history to a file.",
        "restore": "Replace your history with a copy that `backup` made.",
        "forget": "Delete everything the coach knows about you.",
    },
    "Set up": {
        "setup": "Set up microphone and speaker by voice.",
        "calibrate": "Teach the coach how you sound, in half a minute.",
        "doctor": "Check that everything works, and say what to do if not.",
        "devices": "List microphones and speakers.",
        "voices": "List voices, listen to one, or choose one.",
        "profiles": "List, add and remove the people who use the coach here.",
        "service": "Run standby in the background, from system start if you like.",
        "models": "List, install and choose other Vosk models (`install` uses the network).",
    },
    "Make your own": {
        "rehearse": "Let a scripted patient do a session; write a recording, captions and a log.",
        "cues": "List or record the sounds and sentences that your recordings can replace.",
        "check": "Find mistakes in exercise, programme, grammar and persona files.",
    },
    "For developers": {
        "recognize": "Show what a session would understand from sound files.",
        "wyoming": "Recognise speech for other programs, such as Home Assistant.",
    },
}
"""Heading in the help -> name of a command, and of its module in this package -> its line in the help.

The help imports none of them.
"""

COMMANDS = {name: line for commands in GROUPS.values() for name, line in commands.items()}

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it: 128 + SIGINT."""


class LazyGroup(click.Group):
    """Commands that are imported when they are called: `voice-coach --help` loads no engine."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import the command's module; None for a name that is not ours."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"voice_coach.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """Write the table above, all of it in the same columns."""
        width = max(map(len, COMMANDS))
        for heading, commands in GROUPS.items():
            with formatter.section(heading):
                formatter.write_dl([(name.ljust(width), line) for name, line in commands.items()])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take `voice-coach` alone as `voice-coach run`: nobody wants to type before lying down.

        And `voice-coach help COMMAND` as `voice-coach COMMAND --help`.
        """
        if args[:1] == ["help"]:
            args = [*args[1:], "--help"]
        return super().parse_args(ctx, args if args or ctx.resilient_parsing else ["run"])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; a name that is almost one of ours is answered with ours."""
        name = args[0]
        if not (name in COMMANDS or name.startswith("-") or ctx.resilient_parsing):
            near = get_close_matches(name, COMMANDS, n=1)
            remedy = f"Did you mean '{near[0]}'?" if near else f"There are: {', '.join(COMMANDS)}."
            ctx.fail(f"There is no command '{name}'. {remedy}")
        return super().resolve_command(ctx, args)


HELP = """A voice coach for back exercises: it speaks, counts and listens, offline.

\b
  voice-coach                    start a session, hands-free
  voice-coach rehearse           hear how a session goes
  voice-coach help COMMAND       everything about one command
"""


@click.group(cls=LazyGroup, help=HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="voice-coach")
def group() -> None:
    """Hold the commands together; they take no options in common."""


def main(args: Sequence[str] | None = None) -> int:
    """Carry out a command line (`sys.argv` by default) and return its exit code.

    0: done. 1: what a `CoachError` says on standard error, or the output could not be written. 2: the command line is
    wrong. 130: Ctrl-C.
    """
    settle_streams()
    FAILED.clear()
    return answer(lambda: group.main(args, prog_name="voice-coach", standalone_mode=False, color=color()))


def answer(command: Callable[[], object]) -> int:
    """Call, and turn what went wrong into a sentence on standard error and an exit code."""
    try:
        result = command()
        sys.stdout.flush()
        if FAILED:
            raise FAILED[0]
    except CoachError as error:
        _tell(str(error))
        return error.exit_code
    except click.ClickException as error:
        with suppress(OSError):
            error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        _tell("interrupted.")
        return INTERRUPTED
    except OSError as error:
        if error.errno not in _OUTPUT_ERRORS or error.filename is not None:
            raise
        if error.errno != errno.EPIPE:  # the reader has had enough, such as `head`
            _tell(f"the output can't be written ({error.strerror}): make room, or send it elsewhere.")
        return 1
    finally:
        _drop_what_is_left()
    return result if isinstance(result, int) else 0


_OUTPUT_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EPIPE, errno.EIO, errno.EFBIG, errno.EBADF}
"""Errors of writing to standard output; errors of named files are not among them."""


def settle_streams() -> None:
    """See that the standard streams can be used in whatever state they were handed over.

    One that is closed becomes the null device, or the next file that is opened would get its number and, with it, what
    the sound libraries print. A character that the terminal does not know is written as `?`.
    """
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        try:
            os.fstat(number)
        except OSError:
            null = os.open(os.devnull, os.O_RDWR)
            if null != number:
                os.dup2(null, number)
                os.close(null)
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 - for good
        elif isinstance(stream := getattr(sys, name), TextIOWrapper):
            stream.reconfigure(errors="replace")


def _tell(message: str) -> None:
    """Say something on standard error, if there is anybody to read it."""
    with suppress(OSError):
        click.echo(f"voice-coach: {message}", err=True)


def _drop_what_is_left() -> None:
    """Keep Python from trying again, at its end, to write what could not be written."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, stream.fileno())
            os.close(null)


def color() -> bool | None:
    """Return False if the user wants no colour (no-color.org); None lets click see if there is a terminal."""
    return False if os.environ.get("NO_COLOR") else None
