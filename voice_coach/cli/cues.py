"""`voice-coach cues`: the sentences and sounds that a recording can replace, and where each comes from now."""

import json
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import click

from voice_coach.actions import Earcon, Line
from voice_coach.app.import_cues import import_folder
from voice_coach.app.known_texts import known_lines
from voice_coach.app.record_cues import record
from voice_coach.app.resolve import Options, resolve, without_preferences
from voice_coach.app.studio import DeviceStudio
from voice_coach.app.takes import RecognizerChecker
from voice_coach.audio.pcm import save
from voice_coach.cli import options
from voice_coach.cli.console import Terminal
from voice_coach.errors import DataError, Problem
from voice_coach.exercise.load import load_exercise
from voice_coach.exercise.prompts import all_lines
from voice_coach.files.profiles import FIRST, only
from voice_coach.speak.clip_library import ClipLibrary, default_folder
from voice_coach.speak.cues import Recordings, find_earcon, own_folder, recording_name, unreadable, unused
from voice_coach.speak.tts.pyttsx3 import Pyttsx3Synthesizer
from voice_coach.speak.voice_spec import VoiceSpec

Source = Literal["recorded", "synthetic", "earcon", "missing"]


@dataclass(frozen=True, slots=True)
class Row:
    """A sound that can be replaced."""

    id: str
    """The recording's name in audio_cues/, without its ending."""
    text: str
    source: Source
    path: str
    """The file that it comes from; empty for the synthetic voice."""


@click.command(name="cues")
@options.exercise
@click.option("--missing", is_flag=True, help="List only those that have no recording.")
@click.option(
    "--render", type=options.FOLDER, metavar="FOLDER", help="Write all clips to this folder as WAV files to listen to."
)
@click.option("--record", "recording", is_flag=True, help="Record the missing ones with the microphone, one at a time.")
@click.option(
    "--import",
    "imported",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Take over recordings from this folder, named by text or id.",
)
@options.voice
@options.rate
@options.microphone
@options.speaker
@options.as_json
def command(
    render: Path | None, imported: Path | None, *, missing: bool, recording: bool, as_json: bool, **wanted: Any
) -> int:
    """List the sentences and sounds of an exercise that you can replace with recordings, and their present source.

    With --record you read the sentences aloud, in the order in which a session uses them. Each take is levelled,
    checked by the recogniser and played back; then you keep it or do it again. You can quit at any time and continue
    later. Only takes that you keep are saved, on this computer, in the folder named below the list.

    Instead, you can save a recording there yourself under its id: audio_cues/ID.wav (or flac, mp3, ogg, ...). Silence
    is trimmed and the loudness adjusted for you. The list also names files there that nothing uses.
    """
    if sum((recording, imported is not None, render is not None)) > 1:
        raise click.UsageError("Use one of --record, --import and --render at a time.")
    asked = Options(**wanted)
    settings = resolve(asked, only() or FIRST) if recording else without_preferences(asked)
    chosen = load_exercise(settings.exercise, settings.language)
    if imported:
        return _import(imported, chosen.language)
    if recording:
        studio = DeviceStudio(settings.microphone, settings.speaker)
        record(chosen, studio, RecognizerChecker(), Terminal())
        return 0
    lines = all_lines(chosen)
    if render:
        return _render(lines, chosen.language, settings.voice, render)
    found = [row for row in rows(lines, chosen.language) if not missing or row.source in {"synthetic", "missing"}]
    if as_json:
        click.echo(json.dumps([asdict(row) for row in found], indent=2))
    else:
        _list(found, chosen.language)
    return 0


def rows(lines: tuple[Line, ...], language: str) -> list[Row]:
    """Return a row for each line and each earcon."""
    recordings = Recordings(language)
    found = [_line_row(line, language, recordings.find(line)) for line in lines]
    return [*found, *map(_earcon_row, Earcon)]


def _line_row(line: Line, language: str, path: Path | None) -> Row:
    return Row(
        f"{language}/{recording_name(line, language)}", line.text, "recorded" if path else "synthetic", str(path or "")
    )


def _earcon_row(earcon: Earcon) -> Row:
    path = find_earcon(earcon)
    return Row(earcon.value, "", "earcon" if path else "missing", str(path or ""))


def _list(found: list[Row], language: str) -> None:
    width = max((len(row.id) for row in found), default=0)
    for row in found:
        click.echo(f"{row.id:<{width}}  {row.source:<9}  {row.path or row.text}")
    click.echo(f"Recordings go to {own_folder()}.", err=True)
    for problem in (*unreadable(language), *unused(language, known_lines(language))):
        click.echo(f"voice-coach: {problem}", err=True)


def _import(folder: Path, language: str) -> int:
    """Take over a folder of recordings, and tell what fits nothing; 1 if anything does not."""
    result = import_folder(folder, language, known_lines(language))
    for path, said in result.taken:
        click.echo(f"{path.relative_to(folder)}: {' / '.join(said)}")
    for problem in result.problems:
        click.echo(f"voice-coach: {problem}", err=True)
    click.echo(f"{len(result.taken)} of {len(result.taken) + len(result.problems)} files are in {own_folder()}.")
    return 1 if result.problems else 0


def _render(lines: tuple[Line, ...], language: str, spec: VoiceSpec, folder: Path) -> int:
    """Write every clip as it will be heard, and tell what can't be; 1 if anything can't."""
    try:
        (folder / language).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError([Problem(folder, 0, "", f"can't be created: {error.strerror or error}")]) from error
    silent = []
    with closing(ClipLibrary(Pyttsx3Synthesizer(spec), language, default_folder(), blocking=True)) as library:
        library.prepare(lines)
        for earcon in Earcon:
            save(folder / f"{earcon}.wav", library.earcon(earcon))
        for line in lines:
            clip = library.clip(line)
            if clip is None or not clip.size:
                silent.append(f'{line.cue}: there is no sound of "{line.text}".')
            else:
                save(folder / language / f"{line.cue}.wav", clip)
        problems = [*map(str, library.problems), *silent]
    for problem in problems:
        click.echo(problem, err=True)
    click.echo(f"{len(lines) - len(silent) + len(Earcon)} clips are in {folder}.")
    return 1 if problems else 0
