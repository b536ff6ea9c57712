"""`voice-coach models`: other Vosk models than the embedded one. The only command that fetches anything."""

import json
import os
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import click

from voice_coach.cli import options
from voice_coach.config.engines import chosen_model, session_grammar
from voice_coach.config.settings import MODEL_VARIABLE
from voice_coach.errors import RecognitionError
from voice_coach.hear.grammar.grammar import KNOWN_GAPS
from voice_coach.models import installed, selected, vocabulary
from voice_coach.models.catalog import OFFICIAL, official, unknown
from voice_coach.models.disk import explained
from voice_coach.models.selected import Choice

_LANGUAGE: Final = "en"
"""The language of the grammar that a model is looked at for: the only one that the coach speaks."""

_BAR: Final = 30
"""Characters of the progress bar."""


@click.group(invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Use a Vosk model other than the embedded one. Without a command: list the models.

    `install` is the only command that downloads anything, and only when you call it.
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_models, as_json=False)


@dataclass(frozen=True, slots=True)
class Row:
    """A model that is there, or could be."""

    name: str
    used: bool
    installed: bool
    state: str
    language: str = ""
    size: int = 0
    """Bytes to fetch; of one that is none of the official ones, bytes on the disk."""
    licence: str = ""
    url: str = ""
    md5: str = ""
    sha256: str = ""
    path: str = ""


@command.command("list")
@options.as_json
def list_models(*, as_json: bool) -> None:
    """List all models; `*` marks the one that sessions use."""
    found = rows(chosen_model(None)[0])
    if as_json:
        click.echo(json.dumps([asdict(row) for row in found], indent=2))
        return
    width = max(len(row.name) for row in found)
    cells = [
        (row.name, row.language, f"{row.size / 1e6:.1f} MB", row.licence, _sum_known(row), row.state) for row in found
    ]
    marks = [" ", *("*" if row.used else " " for row in found)]
    for mark, cell in zip(marks, [("NAME", "LANG", "SIZE", "LICENCE", "SUM", ""), *cells], strict=True):
        name, language, size, licence, checksum, state = cell
        line = f"{mark} {name:<{width}}  {language:<5}  {size:>8}  {licence:<10}  {checksum:<7}  {state}"
        click.echo(line.rstrip())
    click.echo(f"Installed models are in {installed.root()}.", err=True)


def _sum_known(row: Row) -> str:
    return "SHA-256" if row.sha256 else "MD5" if row.md5 else ""


def rows(used: Path | None) -> list[Row]:
    """Return a row for each model; `used` is the folder of the one that sessions use, None for the embedded one."""
    own = Path(__file__).parents[1] / "model"
    found = [
        Row(
            installed.EMBEDDED, used is None, installed=True, state="comes with the coach", language="en-us",
            size=installed.size(own), licence="Apache-2.0", path=str(own),
        )
    ]  # fmt: skip
    there = installed.installed()
    for model in OFFICIAL:
        path = installed.place(model.name) if model.name in there else None
        state = _state(path) if path else _fetched(model.name)
        found.append(
            Row(
                model.name, path is not None and path == used, path is not None, state, model.language, model.size,
                model.licence, model.url, model.md5, model.sha256, str(path or ""),
            )
        )  # fmt: skip
    others = [installed.place(name) for name in there if official(name) is None]
    if used and used not in {*others, *(installed.place(name) for name in there)}:
        others.append(used)
    for path in others:
        name = path.name if path.parent == installed.root() else str(path)
        found.append(Row(name, path == used, path.is_dir(), _state(path), size=installed.size(path), path=str(path)))
    return found


def _state(folder: Path) -> str:
    return installed.fault(folder) or ("installed" if folder.parent == installed.root() else "")


def _fetched(name: str) -> str:
    part = installed.beside(name, "zip.part")
    return f"{part.stat().st_size / 1e6:.1f} MB of it are fetched" if part.exists() else "not installed"


@command.command()
@click.argument("model", metavar="NAME|FILE.zip")
@click.option(
    "--from", "mirror", default="", metavar="URL", help="Download from here instead; must be the same archive."
)
@click.option("--sha256", default="", metavar="DIGITS", help="Expected SHA-256 of the archive.")
@click.option("--unverified", is_flag=True, help="Skip checksum verification.")
def install(model: str, mirror: str, sha256: str, *, unverified: bool) -> None:
    """Download an official model, or install a local zip file.

    If a download is interrupted, for example by Ctrl-C, repeat the command to resume it. The archive is verified
    against the publisher's checksum, and sessions never see a partly installed model. If you are offline, put the
    official NAME.zip where `models list` says and give the same command.
    """
    from voice_coach.models.install import install as carry_out  # noqa: PLC0415 - no other part loads what calls anybody
    from voice_coach.models.install import order_file, order_official  # noqa: PLC0415 - as above

    if sha256 and unverified:
        raise click.UsageError("With --unverified there is nothing to check: leave out --sha256.")
    known = official(model)
    if known:
        order = order_official(known, mirror, sha256, unverified=unverified)
    elif model.lower().endswith(".zip") or os.sep in model:
        order = order_file(Path(model), sha256, unverified=unverified)
    else:
        raise unknown(model)
    display = Display()
    try:
        new = carry_out(order, display)
    except KeyboardInterrupt:
        display.end()
        click.echo("The partial download is kept: repeat the command to resume it.", err=True)
        raise
    finally:
        display.end()
    click.echo(
        f"{order.name} is installed. Use it: voice-coach models use {order.name}"
        if new
        else f"{order.name} is installed already."
    )


class Display:
    """How an installation goes, on standard error: one line that grows on a terminal, else a line each tenth."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._open = False
        self._began = (0.0, 0)
        self._tenth = -1

    def say(self, text: str) -> None:
        """Write what begins now."""
        self.end()
        click.echo(text, err=True)

    def progress(self, there: int, total: int) -> None:
        """Show how much is there."""
        share = there / total if total else 1.0
        amount = f"{there / 1e6:.1f} of {total / 1e6:.1f} MB"
        if self._terminal:
            bar = "#" * int(share * _BAR)
            click.echo(
                f"\r[{bar:<{_BAR}}] {share:4.0%}  {amount}  {self._remaining(there, total):<12}", nl=False, err=True
            )
            self._open = True
        elif int(share * 10) != self._tenth:
            self._tenth = int(share * 10)
            click.echo(f"{share:.0%}, {amount}", err=True)

    def end(self) -> None:
        """Leave the line that grows."""
        if self._open:
            click.echo(err=True)
        self._open = False

    def _remaining(self, there: int, total: int) -> str:
        """Return how long it will still take, such as `1:05 left`; empty at first."""
        now = time.monotonic()
        if not self._open or there < self._began[1]:
            self._began = (now, there)
        seconds, fetched = now - self._began[0], there - self._began[1]
        if seconds < 1 or not fetched:
            return ""
        left = round((total - there) * seconds / fetched)
        return f"{left // 60}:{left % 60:02} left"


@command.command()
@click.argument("model", metavar="NAME|FOLDER|embedded")
@options.allow_gaps
@click.option(
    "--without",
    multiple=True,
    metavar="WORD",
    help="Accept that this word is not understood, even if it is a reason to stop.",
)
def use(model: str, without: tuple[str, ...], *, allow_gaps: bool) -> None:
    """Use a model from now on, in all commands; --model overrides it.

    The model is checked for every word of the grammar. If words are missing they are listed, and you need --allow-gaps
    to use it: phrases with such a word are then not understood. Missing words in phrases that are a reason to stop must
    each be confirmed with --without.
    """
    folder = installed.find(model)
    if folder is None:
        selected.write(selected.EMBEDDED)
        click.echo("Sessions use the embedded model.")
    else:
        _use(model, folder, set(without), allow_gaps=allow_gaps)
    if named := os.environ.get(MODEL_VARIABLE):
        click.echo(f"But {MODEL_VARIABLE} is set to {named}, which overrides it.", err=True)


def _use(model: str, folder: Path, without: set[str], *, allow_gaps: bool) -> None:
    from voice_coach.hear.asr.vosk import known_gaps  # noqa: PLC0415 - it brings libvosk

    if official(model) and not folder.is_dir():
        raise RecognitionError(f"{model} is not installed: `voice-coach models install {model}` installs it.")
    grammar = session_grammar(_LANGUAGE)
    found = vocabulary.gaps(folder, grammar)
    if needless := sorted(without - set(found.words)):
        raise click.UsageError(f"The model does not lack {vocabulary.named(needless)}: leave out that --without.")
    excused = known_gaps(folder) | without
    vocabulary.check(grammar, found, excused=excused, allow_gaps=allow_gaps)
    if without:
        _excuse(folder, excused)
    whole = installed.absolute(folder)
    kept = whole.name if whole.parent == installed.absolute(installed.root()) else str(whole)
    selected.write(Choice(kept, allow_gaps=allow_gaps))
    click.echo(f"Sessions use {kept}.")
    if found.words:
        click.echo(
            f"It does not know {vocabulary.named(found.words)}: {len(found.phrases)} of {len(grammar.phrases)} phrases"
            " are not understood."
        )


def _excuse(folder: Path, words: set[str] | frozenset[str]) -> None:
    """Write down, with the model, which words it may lack; whoever loads it looks there."""
    path = folder / KNOWN_GAPS
    with explained(path):
        head = "# Words that this model does not know, and that the user does without.\n"
        path.write_text(head + "".join(f"{word}\n" for word in sorted(words)), encoding="utf-8")


@command.command()
@click.argument("model", metavar="NAME")
@click.option("--in-use", is_flag=True, help="Remove it even if sessions use it; they then use the embedded one.")
def remove(model: str, *, in_use: bool) -> None:
    """Remove an installed model, or an unfinished download."""
    if model == installed.EMBEDDED:
        raise RecognitionError("The embedded model is part of the program: it can't be removed.")
    chosen = selected.read().model == model
    if chosen and not in_use:
        raise RecognitionError(
            f"Sessions use {model}: `voice-coach models remove {model} --in-use` removes it all the same;"
            " they then use the embedded one."
        )
    if chosen:
        selected.write(selected.EMBEDDED)  # first, so that no session looks for what is gone
    installed.remove(model)
    click.echo(f"{model} is removed." + (" Sessions use the embedded model." if chosen else ""))
