"""Options that several commands have, worded once."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)

exercise = click.option(
    "--exercise", default="flexion_rotation", show_default=True, metavar="ID|FILE", help="Which exercise."
)
model = click.option(
    "--model", type=FOLDER, metavar="NAME|FOLDER", help="Another Vosk model, see `models` [env: VOICE_COACH_MODEL]."
)
allow_gaps = click.option(
    "--allow-gaps", is_flag=True, help="Do without the phrases that hold a word which the model does not know."
)
voice = click.option("--voice", default="en-us", show_default=True, help="The coach's voice; see `cues --voices`.")
rate = click.option(
    "--rate", type=click.IntRange(120, 200), default=155, show_default=True, help="Words a minute of the coach."
)
as_json = click.option("--json", "as_json", is_flag=True, help="Write JSON, for programs.")


def spoken(command: F) -> F:
    """Add the options of a session that speaks and hears."""
    for option in (rate, voice, model, exercise):
        command = option(command)
    return command
