"""`voice-coach rehearse`: hear how a session goes, without lying down."""

import sys
from pathlib import Path
from typing import Any

import click

from voice_coach.app.resolve import Options, without_preferences
from voice_coach.app.run_rehearsal import rehearsals
from voice_coach.cli import options
from voice_coach.cli.console import Terminal
from voice_coach.exercise.model import Side
from voice_coach.rehearsal.perform import Rehearsed, to_json
from voice_coach.rehearsal.persona import personas


@click.command(
    epilog=f"Personas: {', '.join(personas())}; `voice-coach check` finds mistakes in your own. "
    "Exit code 0: the session ended as the persona's script expects; 1: it did not."
)
@click.option("--persona", default="goes-well", show_default=True, metavar="NAME|FILE", help="Scripted patient to use.")
@click.option("--side", type=click.Choice(["left", "right"]), default="left", show_default=True, help="Where it hurts.")
@click.option(
    "--out", type=options.FOLDER, metavar="FOLDER", help="Where to write the files; default: your data folder."
)
@options.programme
@options.spoken
@options.as_json
def command(persona: str, side: Side, out: Path | None, *, as_json: bool, **wanted: Any) -> int:
    """Let a scripted patient do a session with the real recogniser, faster than real time.

    Writes PERSONA-EXERCISE-SIDE.wav (the coach on the left channel, the patient on the right), .vtt (captions) and
    .json (every event and action). A programme gets a folder for each exercise.
    """
    settings = without_preferences(Options(headphones=True, **wanted))  # nobody hears the speaker
    results = rehearsals(settings, persona, side, out, ProgressLine())
    click.echo("\n".join(map(to_json if as_json else report, results)))
    return 0 if all(result.as_expected for result in results) else 1


class ProgressLine(Terminal):
    """One line on standard error that is written over, where that is a terminal; elsewhere only warnings are shown."""

    def show(self, text: str) -> None:
        """Write over the line."""
        if sys.stderr.isatty():
            click.echo(f"\r\033[Krehearsing: {text}", nl=False, err=True)

    def end(self) -> None:
        """Leave the line behind."""
        if sys.stderr.isatty():
            click.echo(err=True)


def _when(repetition: str | int) -> str:
    return f"at repetition {repetition}" if repetition else "before the first repetition"


def report(result: Rehearsed) -> str:
    """Return the summary for a person."""
    red = f", {result.red['intent']} {_when(result.red['repetition'])}" if result.red else ""
    expected = "as the script says" if result.as_expected else "NOT as the script says"
    return (
        f"{result.persona} ({result.side} side): {result.outcome}, {result.repetitions} repetitions{red}; {expected}.\n"
        f"recording  {result.recording}\ncaptions   {result.captions}\nlog        {result.log}"
    )
