"""`voice-coach recognize`: what a session would understand from sound files."""

import json
import sys
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Final

import click

from voice_coach.app.recognition import WORDS, SoundRecognition, usual_intents, words_grammar
from voice_coach.audio import sound_file
from voice_coach.audio.pcm import Clip, load, resample, to_clip
from voice_coach.cli import options
from voice_coach.cli.console import Terminal
from voice_coach.config.engines import session_grammar
from voice_coach.errors import DataError, Problem
from voice_coach.events import Intent
from voice_coach.files.validate import nearest
from voice_coach.hear.grammar.grammar import Grammar
from voice_coach.hear.grammar.load import load_grammar
from voice_coach.remote.address import Address
from voice_coach.session.question_table import ACTIVE
from voice_coach.timebase import seconds

_NAME: Final = Path("standard input")
_STANDARD_INPUT: Final = frozenset({"-", "/dev/stdin"})
_MAX_PIPED_BYTES: Final = 256 * 2**20
"""Half an hour in stereo at 48 kHz and 24 bits."""


def _known_state(_context: click.Context, _option: click.Parameter, state: str | None) -> str | None:
    """Refuse a state that is none, with the one that was probably meant."""
    if state is not None and state not in ACTIVE:
        raise click.BadParameter(f"there is no state '{state}'; {nearest(state, ACTIVE)} (see --states)")
    return state


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="FILE...")
@click.option(
    "--from",
    "lists",
    multiple=True,
    type=click.File(encoding="utf-8"),
    metavar="LIST",
    help="Read names of sound files from this file, one per line (- is standard input). Can be repeated.",
)
@click.option(
    "--state",
    callback=_known_state,
    metavar="STATE",
    help="What the coach is waiting for; see --states. Default: accept nearly everything.",
)
@click.option("--states", is_flag=True, help="List the states, each with the intents that it accepts.")
@click.option(
    "--grammar",
    metavar="FILE|words:A,B,...",
    help="Grammar file, or a comma-separated list of words (each becomes an intent).",
)
@options.model
@options.asr
@options.as_json
def command(
    files: tuple[Path, ...],
    lists: tuple[Iterable[str], ...],
    state: str | None,
    grammar: str | None,
    model: Path | None,
    asr: Address | None,
    *,
    as_json: bool,
    states: bool,
) -> int:
    """Show what a session would understand from sound files.

    It uses the voice detector, recogniser and decisions of a session. It reads WAV, FLAC, OGG, MP3 and whatever else
    libsndfile supports, also from standard input (-), and with ffmpeg the formats of phones, such as M4A.

    With --json, each phrase that was accepted is one line: path (as given), text (what was recognised), intent (what
    it was taken to mean), slots, confidence, ask (whether a session would ask before acting on it) and t_decision
    (seconds from the start of the file to the decision). A file without a line was rejected. Exit code 1 if a file
    can't be read; the others are still recognised.
    """
    if states:
        listed = {name: sorted(ACTIVE[name]) for name in sorted(ACTIVE)}
        plain = (f"{name}  {', '.join(intents)}" for name, intents in listed.items())
        click.echo(json.dumps(listed, indent=2) if as_json else "\n".join(plain))
        return 0
    paths = [*files, *(Path(line.strip()) for named in lists for line in named if line.strip())]
    if not paths:
        raise click.UsageError("No sound file was named: name some, or name a list of them with --from.")
    if state and grammar:
        raise click.UsageError("--state is for the coach's own grammar: leave out --state or --grammar.")
    known = _grammar(grammar) if grammar else session_grammar("en")
    intents = known.intents if grammar else ACTIVE[state] if state else usual_intents(known)
    console = Terminal()
    failed = False
    with closing(SoundRecognition(known, intents, state or "", model=model, asr=asr, tell=console.warn)) as recognition:
        if grammar and recognition.lacking:
            console.warn(f"the model can't hear {', '.join(recognition.lacking)}: phrases with that are left out.")
        for path in paths:
            try:
                sound = _load(path)
            except DataError as error:
                failed = True
                console.warn(str(error))
                continue
            found = recognition(sound)
            for intent in found:
                click.echo(as_line(path, intent) if as_json else as_text(path, intent))
            if not found and not as_json:
                click.echo(f"{path}: nothing")
    return int(failed)


def _grammar(named: str) -> Grammar:
    if named.startswith(WORDS):
        return words_grammar(named.removeprefix(WORDS).split(","))
    return load_grammar(Path(named))


def _load(path: Path) -> Clip:
    sound = _from_standard_input() if str(path) in _STANDARD_INPUT else load(path)
    if not sound.size:
        raise DataError([Problem(path, 0, "", "holds no sound: record it again.")])
    return sound


def _from_standard_input() -> Clip:
    """Return the sound that is piped in, which libsndfile can't read as it comes: it goes to and fro in a file."""
    stream = sys.stdin.buffer
    try:
        data = stream.read(_MAX_PIPED_BYTES + 1)
    except OSError as error:
        raise DataError([Problem(_NAME, 0, "", f"can't be read ({error.strerror}): name a file.")]) from error
    if len(data) > _MAX_PIPED_BYTES:
        raise DataError([Problem(_NAME, 0, "", f"has more than {_MAX_PIPED_BYTES // 2**20} MB: name a file.")])
    return to_clip(resample(*sound_file.decode(data, _NAME)))


def as_line(path: Path, intent: Intent) -> str:
    """Return an acceptance as one line of JSON."""
    return json.dumps(
        {
            "path": str(path),
            "text": intent.text,
            "intent": intent.name,
            "slots": dict(intent.slots),
            "confidence": round(intent.confidence, 4),
            "ask": intent.ask,
            "t_decision": round(seconds(intent.at), 3),
        }
    )


def as_text(path: Path, intent: Intent) -> str:
    """Return an acceptance as one line for people."""
    slots = "".join(f" {name}={value}" for name, value in intent.slots.items())
    doubt = " (would be asked about)" if intent.ask else ""
    return f'{path}: {seconds(intent.at):.2f} s: {intent.name}{slots}{doubt}, "{intent.text}", {intent.confidence:.0%}'
