"""The whole examination: what is measured, in order, and what each measurement means."""

from collections.abc import Callable, Iterable, Iterator

from voice_coach.actions import Line
from voice_coach.audio.devices import Setup
from voice_coach.config.outdated import outdated_grammars
from voice_coach.config.settings import Settings
from voice_coach.doctor import computer, measure, sound
from voice_coach.doctor.finding import Finding, Verdict
from voice_coach.doctor.trial import REQUEST, without_echo
from voice_coach.errors import CoachError, DeviceError


def examine(
    settings: Settings, tell: Callable[[str], None], *, silent: bool, lines: Callable[[], Iterable[Line]] = tuple
) -> Iterator[Finding]:
    """Yield the findings, each as soon as it is known.

    Args:
        settings: voice, model, and devices of the sessions in question.
        tell: told in a sentence what the user is to do meanwhile.
        silent: play nothing and record nothing.
        lines: tells what else than the lines of exercises the coach can say: recordings of other lines are of no use.
    """
    places = measure.folders()
    yield computer.disk(places)
    yield from map(computer.folder, places)
    yield computer.settings(settings.troubles)
    yield computer.recordings(measure.recordings(settings, lines))
    yield computer.grammars(outdated_grammars(settings.language))
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
            tell(f'Trying microphone and speaker. Be quiet until you hear "{REQUEST}"')
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
        yield sound.echo_loss(tried.take, without_echo(tried.take))
    try:
        heard = measure.understand(settings, tried.take)
    except CoachError:  # told by the finding on the model
        return
    yield sound.own_commands(heard.own)
    yield sound.your_voice(tried.take, delay, understood=heard.answered)
