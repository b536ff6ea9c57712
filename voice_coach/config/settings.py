"""The settings of a session, with their defaults; `app.resolve` makes them from options, preferences and history."""

from dataclasses import dataclass, field
from pathlib import Path

from voice_coach.actions import DEFAULT_PACE, DEFAULT_VOLUME
from voice_coach.files.profiles import FIRST, Profile
from voice_coach.help_calls.ways import HelpSettings
from voice_coach.remote.address import Address
from voice_coach.speak.voice_spec import VoiceSpec
from voice_coach.timebase import Samples

VOICE_VARIABLE = "VOICE_COACH_VOICE"
"""Environment variable with a voice, as `VoiceSpec.name`; `--voice` overrides it, and it overrides the preferences."""

MODEL_VARIABLE = "VOICE_COACH_MODEL"
"""Environment variable with the folder, or the name, of another Vosk model.

`--model` overrides it, and it overrides `voice-coach models use`.
"""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a session; frozen, so that every part sees the same ones."""

    exercise: str = "flexion_rotation"
    """An exercise's id, or the path of its file."""
    programme: str = ""
    """A programme's id, or the path of its file: its exercises instead of the one above."""
    language: str = "en"
    profile: Profile = FIRST
    """The person whose history, locks, calibration and settings are used."""
    voice: VoiceSpec = field(default_factory=VoiceSpec)
    model: Path | None = None
    """The folder of a Vosk model, or the name of an installed one; None: the default."""
    allow_gaps: bool = False
    """Accept that phrases with words unknown to the model are not understood; never phrases that are a reason to
    stop."""
    microphone: str | None = None
    """Part of the device's name; None: the system's choice."""
    speaker: str | None = None
    """Part of the device's name; None: the system's choice."""
    volume: int = DEFAULT_VOLUME
    """1 to 7."""
    pace: int = DEFAULT_PACE
    """1 to 5: how long the pauses between the coach's sentences are, see `actions.SetPace`."""
    earcons: bool = True
    """Play short sounds in addition to the words (V17)."""
    open_speaker: bool = False
    """True if the microphone hears the coach, whose words must then not be taken for the user's."""
    echo_delay: Samples | None = None
    """Measured delay from the speaker to the microphone, in samples; None: not measured."""
    asr: Address | None = None
    """A Wyoming server that recognises too; None: no sound leaves this computer."""
    tts: Address | None = None
    """A Wyoming server that speaks; None: this computer does."""
    mqtt: Address | None = None
    """An MQTT broker for session events; None: none."""
    help_calls: HelpSettings = field(default_factory=HelpSettings)
    """Ways to call for help, other than aloud, for somebody who can't get up."""
    mqtt_figures: bool = False
    """Send the pain figures too."""
    troubles: tuple[str, ...] = ()
    """Problems in reading this person's settings, a sentence each; the defaults are used instead."""
