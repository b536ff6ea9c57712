"""`voice-coach export`: the sessions for other programs."""

import json
import sys
from pathlib import Path

import click

from voice_coach import __version__
from voice_coach.cli import options
from voice_coach.errors import HistoryError
from voice_coach.files.profiles import Profile, which
from voice_coach.history.store import Store

_NONE = "There are no sessions to export yet; `voice-coach run` starts one."


@click.command(name="export")
@click.argument("file", type=options.FILE, metavar="FILE.csv|FILE.json|FILE.fhir.json")
@click.option("--yes", is_flag=True, help="Overwrite FILE without asking.")
@options.profile
def command(file: Path, profile: Profile | None, *, yes: bool) -> int:
    """Write your sessions for other programs; the ending of FILE selects the format.

    \b
    FILE.csv        one row for each session; an empty cell means not answered
    FILE.json       everything that is stored
    FILE.fhir.json  a FHIR R4 Bundle without a Patient: a Procedure for each session, pain as LOINC 72514-3,
                    red events as Observations, screening as QuestionnaireResponses, locks as Flags
    """  # noqa: D301 - \b is click's sign for lines as they are
    from voice_coach.files import atomic  # noqa: PLC0415 - the help of all commands needs none of them
    from voice_coach.report import csv_json, fhir  # noqa: PLC0415 - the help of all commands needs none of them
    from voice_coach.report.safety import known_words  # noqa: PLC0415 - as above

    kind = file.name.lower()
    if not kind.endswith((".csv", ".json")):
        raise click.UsageError(f"'{file.name}' must end in .csv, .json or .fhir.json, which selects the format.")
    store = Store.look(which(profile).history)
    if store is None:
        raise HistoryError(_NONE)
    with store:
        sessions = store.sessions()[::-1]
        if not sessions:
            raise HistoryError(_NONE)
        if kind.endswith(".fhir.json"):
            text = json.dumps(fhir.bundle(sessions, known_words()), indent=2, ensure_ascii=False) + "\n"
        elif kind.endswith(".json"):
            text = csv_json.as_json(sessions, csv_json.other_tables(store.path), __version__)
        else:
            text = csv_json.as_csv(sessions, known_words().names)
    if file.exists() and not yes and not _confirmed(file):
        click.echo("Nothing was written.")
        return 1
    atomic.write_user_file(file, text)
    many = f"{len(sessions)} session{'' if len(sessions) == 1 else 's'}"
    click.echo(f"{file} holds {many}. It is about your health: share it only with people you trust.")
    return 0


def _confirmed(file: Path) -> bool:
    """Ask whether a file may be overwritten.

    Raises:
        HistoryError: there is nobody to ask.
    """
    if not sys.stdin.isatty():
        raise HistoryError(f"{file} already exists; nothing was written: name a new file, or give --yes.")
    return click.confirm(f"{file} is there already. Overwrite it?")
