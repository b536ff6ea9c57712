"""The terminal: what goes to standard output, what to standard error, and what is typed."""

import sys
from typing import Final

import click

FAILED: Final[list[OSError]] = []
"""Why lines could not be written, the first one first; `main` empties it and tells."""


class Terminal:
    """The `Console` of the command line.

    A terminal that is gone or full ends no session: who lies on the floor does not look at it. `main` tells at the end.
    """

    def show(self, text: str) -> None:
        """Write a line to standard output."""
        _write(text)

    def note(self, text: str) -> None:
        """Write a line to standard error."""
        _write(text, err=True)

    def warn(self, text: str) -> None:
        """Write a line to standard error that says which program is speaking."""
        _write(f"voice-coach: {text}", err=True)

    def read(self) -> str | None:
        """Return a typed line; None at the end of the input. A line from a pipe is shown, as if it were typed."""
        terminal = sys.stdin.isatty()
        if terminal:
            _write("> ", nl=False)
        line = sys.stdin.readline()
        if not line:
            return None
        text = line.rstrip("\r\n")
        if not terminal:
            self.show(f"> {text}".rstrip())
        return text


def _write(text: str, *, err: bool = False, nl: bool = True) -> None:
    try:
        click.echo(text, err=err, nl=nl)
    except OSError as error:
        FAILED.append(error)
