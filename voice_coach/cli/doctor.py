"""`voice-coach doctor`: is everything in order for a session, and what is to be done where it is not?"""

import json
from collections.abc import Iterator
from pathlib import Path

import click

from voice_coach.app.ask_who import personal
from voice_coach.audio.devices import Setup
from voice_coach.cli import options
from voice_coach.config.settings import Settings
from voice_coach.doctor import computer, measure, sound
from voice_coach.doctor.finding import EXIT_CODES, Finding, Verdict, worst
from voice_coach.doctor.trial import REQUEST
from voice_coach.errors import CoachError, DeviceError
from voice_coach.files.profiles import FIRST, Profile, only
from voice_coach.speak.tts.synthesizer import VoiceSpec

MARKS = {Verdict.FINE: "ok", Verdict.SKIPPED: "-", Verdict.WARNING: "!", Verdict.FAULT: "FAULT"}
"""What stands before a finding."""

COLORS = {Verdict.FINE: "green", Verdict.SKIPPED: None, Verdict.WARNING: "yellow", Verdict.FAULT: "red"}


@click.command(
    name="doctor",
    epilog="Exit code 0: all is fine. 3: a session can be held, but there are warnings. 1: something does not work. "
    "2: the command line is wrong.",
)
@click.option("--microphone", metavar="NAME", help="A part of a microphone's name, as for `run`.")
@click.option("--speaker", metavar="NAME", help="A part of a speaker's name, as for `run`.")
@click.option("--headphones/--no-headphones", help="The microphone is not to hear the speaker.")
@click.option("--silent", is_flag=True, help="Play nothing and record nothing: leave out what needs that.")
@options.model
@options.voice
@options.rate
@options.profile
@options.as_json
def command(
    microphone: str | None, speaker: str | None, model: Path | None, voice: str, rate: int, profile: Profile | None, *,
    headphones: bool, silent: bool, as_json: bool,
) -> int:  # fmt: skip
    """Look whether voice, recogniser, disk, folders, microphone and speaker are in order.

    For half a minute the speaker plays a chirp and some sentences, while the microphone listens. Be quiet until you
    are asked to say yes. No sound is kept.
    """
    settings = personal(
        Settings(
            profile=profile or only() or FIRST, voice=VoiceSpec(voice, rate), model=model, microphone=microphone,
            speaker=speaker, open_speaker=not headphones,
        )
    )  # fmt: skip
    findings = []
    for finding in examine(settings, silent=silent):
        findings.append(finding)
        if not as_json:
            _tell(finding)
    verdict = worst(findings)
    if as_json:
        report = {"verdict": verdict, "findings": [finding.to_json() for finding in findings]}
        click.echo(json.dumps(report, indent=2, ensure_ascii=False))
    return EXIT_CODES[verdict]


def examine(settings: Settings, *, silent: bool) -> Iterator[Finding]:
    """Yield the findings, each as soon as it is known."""
    places = measure.folders()
    yield computer.disk(places)
    yield from map(computer.folder, places)
    yield computer.recordings(measure.recordings(settings))
    voice = measure.speak(settings)
    yield computer.voice(voice.spoke)
    word = voice.clips.get(measure.WORD)
    if trouble := measure.library_trouble():
        yield computer.library(trouble)
    elif word is None or not word.size:
        yield Finding("model", Verdict.SKIPPED, "without a voice there is no word to try it with")
    else:
        yield computer.recogniser(measure.recognise(settings, word))
    try:
        setup = measure.devices(settings)
        yield _used(setup)
        if silent:
            yield Finding("sound", Verdict.SKIPPED, "not tried, as `--silent` was asked for")
        elif voice.spoke.trouble or voice.spoke.silent:
            yield Finding("sound", Verdict.SKIPPED, "without a voice there is nothing to play")
        else:
            click.echo(f'Trying microphone and speaker. Be quiet until you hear "{REQUEST}"', err=True)
            yield from judged(settings, measure.listen_and_speak(settings, voice))
    except DeviceError as error:
        remedy = "Until then `voice-coach run --text` can be typed, and `voice-coach rehearse` be listened to."
        yield Finding("devices", Verdict.FAULT, str(error), remedy)


def _used(setup: Setup) -> Finding:
    mic, spk = setup.microphone.device, setup.speaker.device
    figures = {"rate_hz": setup.rate, "microphone_hz": mic.rate, "speaker_hz": spk.rate}
    return Finding("devices", Verdict.FINE, f"{mic.label} and {spk.label}, at {setup.rate} Hz", "", figures)


def judged(settings: Settings, tried: measure.Sound) -> Iterator[Finding]:
    """Yield what the trial of the devices tells."""
    if tried.trouble:
        remedy = "Check the connection, or choose another device (`voice-coach devices`)."
        yield Finding("stream", Verdict.FAULT, f"broken off: {tried.trouble}", remedy)
        return
    yield sound.stream(tried.stats.captured, tried.stats.xruns, tried.stats.dropped)
    yield (alive := sound.microphone(tried.take))
    if alive.verdict is Verdict.FAULT:
        yield Finding("echo", Verdict.SKIPPED, "without a microphone nothing is heard")
        return
    yield sound.noise_floor(tried.take)
    finding, delay = sound.loop(tried.take, tried.stats.loop_delay, headphones=not settings.open_speaker)
    yield finding
    if delay is not None:
        yield sound.monitor(tried.take)
        yield sound.echo_loss(tried.take, measure.without_echo(tried.take))
    try:
        heard = measure.understand(settings, tried.take)
    except CoachError:  # told by the finding on the model
        return
    yield sound.own_commands(heard.own)
    yield sound.your_voice(tried.take, delay, understood=heard.answered)


def _tell(finding: Finding) -> None:
    mark = click.style(f"{MARKS[finding.verdict]:<5}", fg=COLORS[finding.verdict])
    click.echo(f"{mark} {finding.check}: {finding.measured}")
    if finding.remedy:
        click.echo(f"      {finding.remedy}")
