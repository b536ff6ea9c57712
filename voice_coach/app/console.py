"""Lines typed on the terminal, or piped into it."""

import sys

import click


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
