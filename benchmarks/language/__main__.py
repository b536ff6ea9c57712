"""How well the coach understands people: typed sentences through the grammar and the real dialogue, in each state.

    make bench-language UTTERANCES=FILE [FLOOR=FILE] [ARGS="--json FILE --details FILE"]

UTTERANCES has one JSON object a line: text, group, state, expect, allowed, slot (see judge.py). The project's own
more.jsonl and apart.jsonl are always taken too: what is said in standby, in the set-up of the devices, where it is
asked who it is, in the rest after a sign, and after an emergency. The sentences that tests/language makes from word
lists get tables of their own. FLOOR is a TOML file with the tables `at_least` and `at_most`, over the figures below
the tables.
Exit code 1 if one of them is beyond its floor.
"""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import click

from benchmarks.language import generated, table
from benchmarks.language.judge import judge, read, to_json

OWN: Final = tuple(Path(__file__).with_name(name) for name in ("more.jsonl", "apart.jsonl"))
"""The second was written after the grammar had been tuned on the first, and is not for tuning."""
_FILE: Final = click.Path(dir_okay=False, path_type=Path)


@click.command(help=__doc__)
@click.argument("utterances", type=_FILE, nargs=-1)
@click.option("--floor", type=_FILE, help="TOML file with the figures that must be kept.")
@click.option("--json", "json_file", type=_FILE, help="Write the figures and every sentence here too.")
@click.option("--details", type=_FILE, help="Write what went wrong here.")
@click.option("--generated/--no-generated", "made", default=True, help="Sentences made from word lists too.")
def main(  # noqa: D103 - the module tells
    *, utterances: tuple[Path, ...], floor: Path | None, json_file: Path | None, details: Path | None, made: bool
) -> None:
    found = [judge(row) for path in (*utterances, *OWN) for row in read(path)]
    figures, wrong, tables = table.figures(found), table.details(found), table.markdown(found)
    if made:
        said, answered = generated.all_said(), generated.all_answered()
        figures |= generated.figures(said, answered)
        wrong += f"\n\n{generated.details(said, answered)}"
        tables += f"\n\n{generated.markdown(said, answered)}"
    click.echo(tables)
    click.echo("\n" + "\n".join(f"{name} = {value:g}" for name, value in figures.items()))
    if details:
        details.write_text(f"{wrong}\n", encoding="utf-8")
    if json_file:
        report = {"figures": figures, "rows": [json.loads(to_json(one)) for one in found]}
        json_file.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    if floor and (broken := beyond(figures, floor)):
        raise click.ClickException("; ".join(broken) + f". The floors are in {floor}.")


def beyond(figures: Mapping[str, float], floor: Path) -> list[str]:
    """Return a sentence for each figure that is below its floor, or above its limit.

    Raises:
        click.ClickException: the file can't be read, or names a figure that there is not.
    """
    try:
        floors = tomllib.loads(floor.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise click.ClickException(f"{floor} can't be read ({error}): write [at_least] and [at_most].") from error
    least, most = floors.get("at_least", {}), floors.get("at_most", {})
    if unknown := sorted({*least, *most} - set(figures)) or sorted(set(floors) - {"at_least", "at_most"}):
        raise click.ClickException(f"{floor}: {', '.join(unknown)} is not a figure: take {', '.join(figures)}.")
    below = [f"{name} is {figures[name]:g}, at least {value:g} is asked" for name, value in least.items()
             if figures[name] < value]  # fmt: skip
    above = [f"{name} is {figures[name]:g}, at most {value:g} is allowed" for name, value in most.items()
             if figures[name] > value]  # fmt: skip
    return [*below, *above]


if __name__ == "__main__":
    main()
