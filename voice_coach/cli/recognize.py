"""`voice-coach recognize`: what a session would understand from sound files."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
import numpy as np

from voice_coach.audio.pcm import load, silence
from voice_coach.cli import options
from voice_coach.config import load_grammar, model_folder
from voice_coach.errors import DataError, Problem
from voice_coach.events import Intent
from voice_coach.hear.asr_vosk import EMBEDDED, VoskRecognizer
from voice_coach.hear.grammar import NUMBER, Grammar
from voice_coach.hear.listener import Listener
from voice_coach.hear.vad import EnergyGate, SileroDetector
from voice_coach.session.listening import ACTIVE
from voice_coach.timebase import BLOCK, samples, seconds

_AFTER: Final = samples(1.5)
"""Silence behind a file, so that its last utterance ends."""

_ASKED: Final = frozenset({NUMBER, "place"})
"""Answers to questions that a session asks once: without --state they are left out, as they are most of the time."""


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--state", type=click.Choice(sorted(ACTIVE)), help="What is being waited for; else nearly all is taken.")
@click.option("--grammar", type=options.FILE, help="Another grammar file; all of its intents are taken.")
@options.model
@options.as_json
def command(
    files: tuple[Path, ...], state: str | None, grammar: Path | None, model: Path | None, *, as_json: bool
) -> int:
    """Tell what a session would understand from sound files: same voice detector, same recogniser, same decisions.

    Any file that libsndfile reads will do (WAV, FLAC, OGG, MP3, ...). With --json, each acceptance is one line:
    path, text (what was recognised), intent (what it was taken for), slots, confidence and t_decision (seconds
    from the file's start). Exit code 1 if a file can't be read; the others are recognised all the same.
    """
    if state and grammar:
        raise click.UsageError("--state is for the coach's own grammar: leave out --state or --grammar.")
    known = Grammar.load(grammar) if grammar else load_grammar("en")
    intents = known.intents if grammar else ACTIVE[state] if state else known.intents - _ASKED
    recognizer = VoskRecognizer(model_folder(model) or EMBEDDED, known)
    failed = False
    for path in files:
        try:
            listener = Listener(known, EnergyGate(SileroDetector()), recognizer)
            found = list(accepted(path, listener, state or "", intents))
        except DataError as error:
            failed = True
            click.echo(f"voice-coach: {error}", err=True)
            continue
        for intent in found:
            click.echo(as_line(path, intent) if as_json else as_text(path, intent))
        if not found and not as_json:
            click.echo(f"{path}: nothing")
    recognizer.close()
    return int(failed)


def accepted(path: Path, listener: Listener, expecting: str, intents: frozenset[str]) -> Iterator[Intent]:
    """Yield what is understood of a file, block by block as live.

    Raises:
        DataError: the file can't be read.
    """
    sound = load(path)
    if not sound.size:
        raise DataError([Problem(path, 0, "", "holds no sound: record it again.")])
    sound = np.concatenate((sound, silence(_AFTER)))
    listener.listen(expecting, intents)
    for start in range(0, len(sound), BLOCK):
        block = sound[start : start + BLOCK]
        for event in listener.process(block, silence(len(block)), start):
            if isinstance(event, Intent):
                yield event


def as_line(path: Path, intent: Intent) -> str:
    """Return an acceptance as one line of JSON."""
    return json.dumps(
        {
            "path": str(path),
            "text": intent.text,
            "intent": intent.name,
            "slots": dict(intent.slots),
            "confidence": round(intent.confidence, 4),
            "t_decision": round(seconds(intent.at), 3),
        }
    )


def as_text(path: Path, intent: Intent) -> str:
    """Return an acceptance as one line for people."""
    slots = "".join(f" {name}={value}" for name, value in intent.slots.items())
    doubt = " (would be asked about)" if intent.ask else ""
    return f'{path}: {seconds(intent.at):.2f} s: {intent.name}{slots}{doubt}, "{intent.text}", {intent.confidence:.0%}'
