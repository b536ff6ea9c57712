"""`voice-coach voices`: which voices the coach can speak with, how one sounds, and which it is to use from now on."""

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final, Literal

import click
import msgspec
import numpy as np

from voice_coach.actions import Line
from voice_coach.app.resolve import Options, resolve
from voice_coach.audio.live import run_device
from voice_coach.audio.pcm import Clip, save
from voice_coach.cli import options
from voice_coach.config import preferences
from voice_coach.config.engines import open_voice
from voice_coach.config.settings import Settings
from voice_coach.errors import CoachError, DataError
from voice_coach.exercise.load import load_exercise
from voice_coach.exercise.prompts import load_prompts
from voice_coach.exercise.timetable import timetable
from voice_coach.files import resources
from voice_coach.files.profiles import Profile, which
from voice_coach.speak import voice_pack
from voice_coach.speak.player import Player
from voice_coach.speak.tts.pyttsx3 import Pyttsx3Synthesizer
from voice_coach.speak.voice_pack import VoicePack
from voice_coach.speak.voice_spec import PACK, VoiceSpec
from voice_coach.timebase import BLOCK, RATE

SAMPLE_CALLS: Final = 5
"""Lines of a repetition that a preview says after the greeting: how it counts tells most of a voice."""

_MAX_PREVIEW: Final = 120 * RATE
"""Samples: a preview that is longer has gone wrong."""


@dataclass(frozen=True, slots=True)
class Row:
    """A voice."""

    voice: str
    """The name for `--voice`, `--use` and `--preview`; empty for recordings, which precede every voice."""
    kind: Literal["recordings", "pack", "computer"]
    about: str
    used: bool
    problem: str = ""
    """Why it can't be used."""


@click.command(name="voices")
@click.option("--preview", metavar="NAME", help="Hear this voice greet you and count.")
@click.option("--render", type=options.FILE, metavar="FILE", help="Write the preview to this WAV file instead.")
@click.option("--use", metavar="NAME", help="Use this voice from now on (saves it in your settings).")
@click.option("--all", "every", is_flag=True, help="Also list this computer's voices for other languages.")
@options.rate
@options.microphone
@options.speaker
@options.profile
@options.as_json
def command(
    preview: str | None,
    render: Path | None,
    use: str | None,
    rate: int | None,
    microphone: str | None,
    speaker: str | None,
    profile: Profile | None,
    *,
    every: bool,
    as_json: bool,
) -> int:
    """List the available voices: voice packs, this computer's own, and how many lines you have recorded.

    Use a voice's name with `--voice`, or as `voice = "NAME"` in settings.toml. Your own recordings take precedence over
    any voice; see `cues`.
    """
    wanted = Options(rate=rate, microphone=microphone, speaker=speaker)
    settings = resolve(wanted, which(profile))
    if render and not preview:
        raise click.UsageError("--render writes a preview: name the voice with --preview.")
    if preview:
        _preview(replace(settings, voice=VoiceSpec(preview, settings.voice.rate)), render)
    if use:
        _check(VoiceSpec(use, settings.voice.rate))
        path = settings.profile.settings
        preferences.save(path, msgspec.structs.replace(preferences.load(path), voice=use))
        click.echo(f"The coach speaks with {use} from now on.")
    if preview or use:
        return 0
    found = list(rows(settings.voice, every=every))
    if as_json:
        click.echo(json.dumps([asdict(row) for row in found], indent=2, ensure_ascii=False))
    else:
        _list(found)
    return 0


def rows(chosen: VoiceSpec, *, every: bool) -> Iterator[Row]:
    """Yield recordings, packs and this computer's voices, in the order in which they go before one another.

    Args:
        chosen: the voice that is used.
        every: whether voices of this computer are told that are not English.

    Raises:
        SpeechError: there is no engine.
    """
    recorded = [path for folder in resources.folders("audio_cues") for path in folder.glob("*/*") if path.is_file()]
    yield Row(
        "", "recordings", f"{len(recorded)} lines in {resources.APP.user_config_path / 'audio_cues'}", bool(recorded)
    )
    for name, folder in voice_pack.folders().items():
        yield _pack_row(name, folder, chosen)
    with closing(Pyttsx3Synthesizer(chosen.engine)) as synthesizer:
        for one in synthesizer.voices():
            short = one.id.rpartition("/")[2]
            if every or one.language.lower().startswith("en"):
                names = {one.id.lower(), short.lower(), one.name.lower()}
                yield Row(short, "computer", one.name, chosen.name.partition("+")[0].lower() in names)


def sample_lines() -> tuple[Line, ...]:
    """Return what a preview says: the greeting, and the beginning of a repetition."""
    exercise = load_exercise("flexion_rotation")
    calls = timetable(exercise, 1, "left", 1.0).calls[:SAMPLE_CALLS]
    return (*load_prompts("en").lines("welcome.back"), *(call.line for call in calls))


def _pack_row(name: str, folder: Path, chosen: VoiceSpec) -> Row:
    used = chosen.pack == name
    try:
        index = VoicePack(folder).index
    except DataError as error:
        return Row(f"{PACK}{name}", "pack", "", used, str(error))
    return Row(f"{PACK}{name}", "pack", f"{index.title}; {len(index.clips)} texts, {index.licence}", used)


def _list(found: Sequence[Row]) -> None:
    width = max(len(row.voice or row.kind) for row in found)
    for row in found:
        click.echo(f"{'*' if row.used else ' '} {row.voice or row.kind:<{width}}  {row.problem or row.about}")
    click.echo("* is used. Listen to one with --preview NAME, choose it with --use NAME.", err=True)


def _check(spec: VoiceSpec) -> None:
    """See whether a voice is there and works.

    Raises:
        CoachError: it does not.
    """
    if spec.pack is not None:
        voice_pack.open_pack(spec.pack)
        return
    with closing(Pyttsx3Synthesizer(spec)) as synthesizer:
        assert synthesizer.identity


def _preview(settings: Settings, render: Path | None) -> None:
    """Let a voice be heard.

    Raises:
        CoachError: there is no such voice, or no speaker; or the file can't be written.
    """
    _check(settings.voice)
    lines = sample_lines()
    with closing(open_voice(settings, blocking=True, tell=_warn)) as voice:
        player = Player(voice, volume=settings.volume)
        player.say(lines, 1)
        if render:
            save(render, _played(player))
            click.echo(f"The preview is in {render}.")
            return
        at = 0

        def advance(mic: Clip) -> Clip:
            nonlocal at
            at += mic.size
            return player.next_block(at - mic.size, mic.size)

        run_device(
            advance, lambda: not player.busy, microphone=settings.microphone, speaker=settings.speaker, judged=False
        )


def _warn(text: str) -> None:
    click.echo(f"voice-coach: {text}", err=True)


def _played(player: Player) -> Clip:
    """Return all that a player has to say."""
    blocks: list[Clip] = []
    while player.busy:
        at = len(blocks) * BLOCK
        if at > _MAX_PREVIEW:
            raise CoachError("The voice never finishes speaking; choose another one.")
        blocks.append(player.next_block(at, BLOCK))
    return np.concatenate(blocks)
