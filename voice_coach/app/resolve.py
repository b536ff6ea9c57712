"""Resolve the settings of a run once, from options, preferences and the last session."""

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from voice_coach.config import preferences
from voice_coach.config.engines import model_folder
from voice_coach.config.preferences import Preferences
from voice_coach.config.settings import VOICE_VARIABLE, Settings
from voice_coach.errors import DataError, RecognitionError
from voice_coach.files.profiles import FIRST, Profile
from voice_coach.hear.decision import calibration
from voice_coach.history.store import last_volume
from voice_coach.models.installed import EMBEDDED
from voice_coach.remote.address import Address
from voice_coach.speak.voice_spec import USUAL_VOICE, VoiceSpec, rate_at

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of this run. None: not given, so preferences, the last session and defaults decide."""

    exercise: str | None = None
    """An exercise's id, or the path of its file."""
    programme: str | None = None
    """A programme's id, or the path of its file."""
    voice: str | None = None
    """A `VoiceSpec.name`."""
    rate: int | None = None
    """Words a minute, 120 to 200."""
    model: Path | None = None
    """The folder of a Vosk model, or the name of an installed one."""
    microphone: str | None = None
    """Part of a device's name."""
    speaker: str | None = None
    """Part of a device's name."""
    volume: int | None = None
    """1 to 7."""
    headphones: bool | None = None
    """True if the microphone can't hear the coach; by default it can."""
    earcons: bool | None = None
    """True if short sounds accompany the words."""
    allow_gaps: bool = False
    asr: Address | None = None
    tts: Address | None = None
    mqtt: Address | None = None
    mqtt_figures: bool = False


def resolve(options: Options, profile: Profile) -> Settings:
    """Return the settings of a person's session.

    An option comes first; then, for the volume, the level at the end of the last session; then the person's preferences
    and plan; then the default. Files that can't be read are named in `Settings.troubles` and replaced by the defaults,
    because somebody may be waiting on the floor.

    Raises:
        RecognitionError: the model that was asked for is known, but not installed.
    """
    if profile.plan.exists() and options.exercise is None and options.programme is None:
        options = replace(options, programme=str(profile.plan))
    preferred, model, troubles = _read(options, profile)
    settings = _settings(options, profile, preferred, last_volume(profile.history))
    return replace(settings, model=model, troubles=troubles)


def without_preferences(options: Options, profile: Profile = FIRST) -> Settings:
    """Return the settings from options and defaults alone, for a person who is not known yet."""
    return _settings(options, profile, Preferences(), None)


def _settings(options: Options, profile: Profile, preferred: Preferences, last: int | None) -> Settings:
    usual = Settings()
    pace = _first(preferred.pace, default=usual.pace)
    has_rate = options.rate is not None or preferred.rate is not None  # a voice pack has a rate of its own
    # The delay was measured with the preferred devices, and others have another.
    other_devices = options.microphone is not None or options.speaker is not None
    return Settings(
        exercise=_first(options.exercise, default=usual.exercise),
        programme=_first(options.programme, default=usual.programme),
        profile=profile,
        voice=VoiceSpec(
            _first(
                options.voice,
                os.environ.get(VOICE_VARIABLE),
                preferred.voice,
                default=usual.voice.name if has_rate else USUAL_VOICE,
            ),
            options.rate or rate_at(_first(preferred.rate, default=usual.voice.rate), pace),
        ),
        model=options.model,
        allow_gaps=options.allow_gaps,
        microphone=_first(options.microphone, preferred.microphone, default=None),
        speaker=_first(options.speaker, preferred.speaker, default=None),
        volume=_first(options.volume, last, preferred.volume, default=usual.volume),
        pace=pace,
        earcons=_first(options.earcons, preferred.earcons, default=usual.earcons),
        open_speaker=not _first(options.headphones, preferred.headphones, default=False),
        echo_delay=None if other_devices else preferred.echo_delay,
        asr=options.asr,
        tts=options.tts,
        mqtt=options.mqtt,
        mqtt_figures=options.mqtt_figures,
        help_calls=preferred.help_calls,
    )


def _read(options: Options, profile: Profile) -> tuple[Preferences, Path | None, tuple[str, ...]]:
    """Return the person's preferences, the model, and sentences about files of theirs that can't be read."""
    preferred, model, troubles = Preferences(), options.model, []
    try:
        preferred = preferences.load(profile.settings)
    except DataError as error:
        troubles.append(str(error))
    try:
        folder = model_folder(model)
    except (DataError, RecognitionError) as error:
        if options.model is not None:
            raise
        troubles.append(str(error))
        folder = model = Path(EMBEDDED)
    try:
        calibration.load(folder or Path(), profile)
    except DataError as error:
        troubles.append(str(error))
    return preferred, model, tuple(troubles)


def _first(*values: T | None, default: T) -> T:
    """Return the first value that was given."""
    return next((value for value in values if value is not None), default)
