"""`voice-coach run`: a session, hands-free."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from voice_coach.app import ask_who
from voice_coach.app.console import read_line
from voice_coach.app.run_session import live, typed
from voice_coach.audio.devices import choose_pair, inventory
from voice_coach.cli import options
from voice_coach.cli.rehearse import rehearsals, report
from voice_coach.config.settings import Settings
from voice_coach.errors import DeviceError
from voice_coach.files.profiles import Profile
from voice_coach.remote.address import Address
from voice_coach.speak.tts.synthesizer import VoiceSpec


@click.command(
    epilog="Exit code 0: the session is over, however it ended. 1: what standard error says. 130: Ctrl-C. "
    "Without a microphone or a speaker a scripted person does the session, as in `voice-coach rehearse`."
)
@click.option("--text", is_flag=True, help="Type the answers and read the prompts; no sound.")
@click.option("--microphone", metavar="NAME", help="Part of the microphone's name; see `voice-coach devices`.")
@click.option("--speaker", metavar="NAME", help="Part of the speaker's name; see `voice-coach devices`.")
@click.option(
    "--volume", type=click.IntRange(1, 7), default=4, show_default=True, help="How loud the coach is at first."
)
@click.option("--headphones/--no-headphones", help="The microphone can't hear the coach: take every word at any time.")
@click.option(
    "--record", type=options.FILE, metavar="FILE", help="Keep the sound of both sides as a WAV (else none is kept)."
)
@click.option("--log", type=options.FILE, metavar="FILE", help="Write every event and action as JSON.")
@options.earcons
@options.profile
@options.networked
@options.allow_gaps
@options.programme
@options.spoken
def command(
    exercise: str, programme: str, model: Path | None, voice: str, rate: int, microphone: str | None,
    speaker: str | None, volume: int, record: Path | None, log: Path | None, asr: Address | None, tts: Address | None,
    mqtt: Address | None, profile: Profile | None, *, headphones: bool, text: bool, allow_gaps: bool,
    mqtt_figures: bool, earcons: bool,
) -> int:  # fmt: skip
    """Start a session: the coach asks, you answer aloud.

    Say "stop" at any time to stop, "pause" to rest, "help" for what you can say. Ctrl-C ends the session too; what was
    done by then is in the history.
    """
    settings = Settings(
        exercise=exercise, programme=programme, voice=VoiceSpec(voice, rate), model=model, microphone=microphone,
        speaker=speaker,
        volume=volume, open_speaker=not headphones, allow_gaps=allow_gaps, asr=asr, tts=tts, mqtt=mqtt,
        mqtt_figures=mqtt_figures, earcons=earcons,
    )  # fmt: skip
    if text and record:
        raise click.UsageError("With --text there is no sound to record: leave out --record.")
    try:
        found = ask_who.settled(settings, profile, partial(ask_who.typed, read=read_line) if text else ask_who.aloud)
        if isinstance(found, int):
            return found
        settings = found
        if text:
            return typed(settings, log)
        choose_pair(inventory(), settings.microphone, settings.speaker)
    except DeviceError as error:
        if settings.microphone or settings.speaker:
            raise
        return rehearsed_instead(settings, error, asked_for=bool(record or log))
    return live(settings, record, log)


def rehearsed_instead(settings: Settings, error: DeviceError, *, asked_for: bool) -> int:
    """Let a scripted person do the session, as nobody can be heard; `asked_for`: `--record` or `--log` was given."""
    click.echo(f"voice-coach: {error}", err=True)
    click.echo("So a scripted person does the session, and you can listen to the recording of it.", err=True)
    if asked_for:
        click.echo(
            "--record and --log are for sessions with microphone and speaker; see below what is written.", err=True
        )
    alone = replace(settings, open_speaker=False, asr=None, tts=None)
    click.echo("\n".join(map(report, rehearsals(alone, "goes-well", "left", None))))
    return 0
