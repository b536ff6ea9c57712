"""How well people are understood: our own model, PocketSphinx 5.1.1, and Vosk models given by path.

    make bench-recognition SPEECH=FOLDER PHRASES=FILE [MODEL="FOLDER ..."] [JOBS=1] [ARGS="--quick ..."]

SPEECH has `manifest.csv` and the recordings of real people that it lists; only its dev part, on which nothing was
trained, is looked at. PHRASES has the coach's phrases by intent; two synthetic voices that no training uses say them
(flite `rms`, festival `ked`). The noise under both is the kitchen of the same folder. All systems hear the same clips
in the same run. Ours is the product: voice detector, endpointer, recogniser and policy on the stream, block by block;
"decoder alone" is what libvosk makes of the whole file with the same grammar, without all that. No question is open;
`python -m benchmarks.recognition.questions` tells what an open one changes.
"""

import json
import platform
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from benchmarks.recognition import table
from benchmarks.recognition.bench import ALONE, FORCED, Answer, Bench, cpu_spent, progress, run
from benchmarks.recognition.corpus import CURVE, CURVE_EVERY, NOISY, PEER_EVERY, Corpus, Take, read_phrases
from benchmarks.recognition.cost import Cost, measure
from benchmarks.recognition.rows import KEYS, NEEDED, Row, rows
from benchmarks.recognition.voices import phrase_takes
from voice_coach.hear.asr.vosk import EMBEDDED

ROOT: Final = Path(__file__).parents[2]
DOCUMENT: Final = ROOT / "docs" / "benchmarks" / "recognition.md"
PICTURES: Final = DOCUMENT.parent / "pictures"
QUICK: Final = 8
"""With --quick one clip in so many is heard."""
OURS: Final = "voice_coach"
_FOLDER: Final = click.Path(exists=True, file_okay=False, path_type=Path)
_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


def _keys(_context: click.Context, _parameter: click.Parameter, value: str | None) -> tuple[str, ...]:
    keys = tuple(value.split(",")) if value else KEYS
    unknown = [key for key in keys if key not in KEYS]
    if unknown:
        raise click.BadParameter(f"{', '.join(unknown)} is not a row; the rows are {', '.join(KEYS)}")
    return keys


@click.command(help=__doc__)
@click.argument("speech", type=_FOLDER)
@click.option("--phrases", type=_FILE, help="The coach's phrases by intent (TOML); without it that row is left out.")
@click.option("--model", "models", type=_FOLDER, multiple=True, help="Another Vosk model to compare; can be repeated.")
@click.option("--only", "keys", callback=_keys, metavar="ROW,...", help=f"Only these of {', '.join(KEYS)}.")
@click.option("--quick", is_flag=True, help=f"Hear one clip in {QUICK}: to try things, not to judge them.")
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Processes.")
@click.option("--peers/--no-peers", default=True, show_default=True, help="Let PocketSphinx hear too.")
@click.option("--json", "to_json", type=click.Path(dir_okay=False, path_type=Path), help="Write the figures here too.")
@click.option("--pictures", "to_folder", type=click.Path(file_okay=False, path_type=Path), help="Draw them there.")
@click.option("--write-docs", is_flag=True, help="Put table and pictures into docs/benchmarks/.")
def main(  # noqa: PLR0913, PLR0917, D103 - each option is an argument, and the module tells what it does
    speech: Path,
    phrases: Path | None,
    models: tuple[Path, ...],
    keys: tuple[str, ...],
    jobs: int,
    to_json: Path | None,
    to_folder: Path | None,
    *,
    quick: bool,
    peers: bool,
    write_docs: bool,
) -> None:
    if write_docs and (quick or keys != KEYS):
        raise click.UsageError("--write-docs takes a whole run: leave out --quick and --only.")
    every = QUICK if quick else 1
    named = ((OURS, EMBEDDED), *((f"{OURS} with {folder.name}", folder) for folder in models))
    bench = Bench(speech, named, peers=peers)
    with tempfile.TemporaryDirectory() as folder:
        takes = _takes(speech, phrases, keys, every, Path(folder))
        answers = run(bench, takes, jobs, progress(len(takes)))
        costs = _costs(bench, takes) if "cost" in keys else {}
    found = table.pairs([*rows(answers, bench.systems, keys), *table.cost_rows(costs, bench.systems)])
    text = table.markdown(found, bench.systems)
    click.echo(text)
    if to_json:
        to_json.write_text(json.dumps(_report(found, bench.systems, answers), indent=1) + "\n", encoding="utf-8")
    place = PICTURES if write_docs else to_folder
    drawn = _draw(answers, bench.systems, place) if place else []
    if write_docs:
        table.write_into(DOCUMENT, _section(bench, text, drawn, takes))


def _takes(speech: Path, phrases: Path | None, keys: Sequence[str], every: int, folder: Path) -> list[Take]:
    """Return what the rows need; voices are rendered into `folder`."""
    kinds = {kind for key in keys for kind in NEEDED[key]}
    real = [kind for kind in ("word", "unknown", "command", "negative") if kind in kinds or "cost" in keys]
    heard = [take for take in Corpus(speech).takes(real, every) if _wanted(take, keys)]
    if "phrase" in kinds and phrases:
        heard += phrase_takes(read_phrases(phrases), folder, every)
    return heard


def _wanted(take: Take, keys: Sequence[str]) -> bool:
    """Whether a word in this noise is counted in one of these rows; all else is."""
    needed = "curve" in keys or ("kitchen" in keys and take.decibels not in CURVE)
    return needed or take.decibels is None or take.kind != "word"


def _costs(bench: Bench, takes: Sequence[Take]) -> Mapping[str, Cost]:
    """Measure each system in a process of its own, on some talk and some commands."""
    clean = [take for take in takes if take.decibels is None and take.kind != "phrase"]
    files = [take.file for take in clean if take.source == "read"][:6]
    files += [take.file for take in clean if take.kind in ("word", "command")][::10][:50]
    found: dict[str, Cost] = {}
    for name, folder in bench.models:
        found[name] = measure("product", folder, files)
        found[f"{name}{ALONE}"] = measure("decoder", folder, files)
    if bench.peers:
        found[FORCED] = measure("sphinx", bench.speech, files)
    return found


def _draw(answers: Sequence[Answer], systems: Sequence[str], folder: Path) -> list[Path]:
    from benchmarks.recognition.pictures import draw  # noqa: PLC0415 - the table does without matplotlib

    return draw(answers, systems, folder)


def _report(found: Sequence[Row], systems: Sequence[str], answers: Sequence[Answer]) -> dict[str, object]:
    return {
        "date": _date(),
        "machine": _machine(),
        "rows": table.data(found, systems),
        "cpu_spent": cpu_spent(answers),
    }


def _section(bench: Bench, text: str, drawn: Sequence[Path], takes: Sequence[Take]) -> str:
    """Return what goes into the document."""
    images = "\n\n".join(f"![{path.stem.replace('-', ': ')}]({PICTURES.name}/{path.name})" for path in drawn)
    levels = ", ".join(f"{level:g}" for level in sorted({*CURVE, *NOISY["word"]}, reverse=True))
    hours = sum(take.seconds for take in takes if take.kind == "negative") / 3600
    return f"""    {_command(bench)}

{_date()}; {_machine()}. In brackets: 95 % intervals (Wilson; Poisson for rates).

{text}

* Noise: words at {levels} dB; at {", ".join(f"{level:g}" for level in CURVE)} dB (picture only) one clip in
  {CURVE_EVERY}. PocketSphinx, being slow, hears one word in {PEER_EVERY["word"]} in noise, one phrase in
  {PEER_EVERY["phrase"]}, and with the coach's grammar one negative in {PEER_EVERY["negative"]}.
* Negatives: {hours:.2f} h. A command that the coach would ask about before acting on it counts as accepted.
* "rejecting": with the score and the thresholds of `benchmarks/recognition/sphinx.py`, which were fitted to these very
  clips; without it PocketSphinx takes whatever fits best.

{images}"""


def _command(bench: Bench) -> str:
    """Return the command line, without the paths of this machine."""
    models = " ".join(folder.name for _, folder in bench.models[1:])
    given = ["SPEECH=... PHRASES=...", f'MODEL="{models}"' if models else "", "" if bench.peers else "ARGS=--no-peers"]
    return " ".join(["make bench-recognition", *filter(None, given)])


def _date() -> str:
    return datetime.now(UTC).date().isoformat()  # noqa: TID251 - a figure has a date


def _machine() -> str:
    return f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}"


if __name__ == "__main__":
    main()
