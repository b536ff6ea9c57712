"""How whole sessions go with people who talk in their own words.

    make bench-sessions VOICES=FOLDER [MODEL=FOLDER] [JOBS=2] [ARGS="--quick --seed 2 --json FILE --details FILE"]

VOICES has a folder for each of four natural synthetic voices with its clips and `index.json`, and `kitchen.flac`;
`python -m benchmarks.sessions.plan` makes the index and says which clips are needed. sessions.toml has the sessions,
wordings.toml what people say in them and what they mean by it. The coach, its voice and its listener are the product's.
What the person says goes through a simulated room, in half of the sessions with the noise of a kitchen, into the
listener, faster than life. People who are not understood say it again in plain words.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from benchmarks.sessions import table
from benchmarks.sessions.judge import Result
from benchmarks.sessions.perform import Stage, read_noise
from benchmarks.sessions.processes import held
from benchmarks.sessions.script import QUICK, SEED, Sessions
from voice_coach.errors import CoachError
from voice_coach.hear.asr.vosk import EMBEDDED

SNR: Final = 10.0
_FOLDER: Final = click.Path(exists=True, file_okay=False, path_type=Path)
_FILE: Final = click.Path(dir_okay=False, path_type=Path)


@click.command(help=__doc__)
@click.argument("voices", type=_FOLDER)
@click.option("--model", type=_FOLDER, help="Folder of a Vosk model in place of the embedded one.")
@click.option("--noise", type=_FILE, help="What is to be heard in a kitchen; VOICES/kitchen.flac if not named.")
@click.option("--snr", default=SNR, show_default=True, help="Decibels of speech over that noise.")
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Processes.")
@click.option("--seed", default=SEED, show_default=True, help="Chooses wordings and noise.")
@click.option("--every", type=click.IntRange(1), default=1, show_default=True, help="Hold one session in so many.")
@click.option("--quick", is_flag=True, help=f"The same as --every {QUICK}: to try things, not to judge them.")
@click.option("--sessions", "wanted", default="", metavar="TEXT", help="Only sessions whose names hold this.")
@click.option("--json", "to_json", type=_FILE, help="Write every figure and utterance here too.")
@click.option("--details", "to_details", type=_FILE, help="Write what went wrong here; otherwise it follows the table.")
def main(  # noqa: PLR0913, PLR0917, D103 - each option is an argument, and the module tells what it does
    voices: Path,
    model: Path | None,
    noise: Path | None,
    snr: float,
    jobs: int,
    seed: int,
    every: int,
    wanted: str,
    to_json: Path | None,
    to_details: Path | None,
    *,
    quick: bool,
) -> None:
    scripts = [script for script in Sessions.load().all if wanted in script.session.name]
    scripts = scripts[:: QUICK if quick else every]
    if not scripts:
        raise click.UsageError(f"No session's name holds {wanted!r}.")
    try:
        stage = Stage(voices, read_noise(noise or voices / "kitchen.flac"), model, snr)
        results = list(_progress(held(stage, scripts, seed, jobs), len(scripts)))
    except CoachError as error:
        raise click.ClickException(str(error)) from error
    click.echo(table.markdown(results, (model or EMBEDDED).name))
    details = table.details(results)
    if to_details:
        to_details.write_text(details + "\n", encoding="utf-8")
    else:
        click.echo(f"\n{details}")
    if to_json:
        to_json.write_text(json.dumps(table.data(results), indent=1) + "\n", encoding="utf-8")


def _progress(results: Iterator[Result], total: int) -> Iterator[Result]:
    """Yield the results, and show how far it is: in one line that is written over, or a line for each."""
    for done, result in enumerate(results, 1):
        told = f"{done} of {total}: {result.session}: {'as meant' if result.as_meant else result.outcome}"
        if sys.stderr.isatty():
            click.echo(f"\r\033[K{told}", nl=done == total, err=True)
        else:
            click.echo(told, err=True)
        yield result


if __name__ == "__main__":
    main()
