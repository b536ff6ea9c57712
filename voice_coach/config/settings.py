"""The settings of a session, with their defaults; `app.resolve` makes them from options, preferences and history."""

from dataclasses import dataclass, field
from pathlib import Path

from voice_coach.actions import DEFAULT_VOLUME
from voice_coach.files.profiles import FIRST, Profile
from voice_coach.remote.address import Address
from voice_coach.speak.voice_spec import VoiceSpec
from voice_coach.timebase import Samples

MODEL_VARIABLE = "VOICE_COACH_MODEL"
"""Environment variable with the folder, or the name, of another Vosk model.

`--model` goes before it, and it before what `voice-coach models use` chose.
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
    """Whose history, locks, calibration and settings."""
    voice: VoiceSpec = field(default_factory=VoiceSpec)
    model: Path | None = None
    """The folder of a Vosk model, or the name of an installed one; None: the one that is used otherwise."""
    allow_gaps: bool = False
    """Do without the phrases that hold a word which the model does not know; never those that are a reason to stop."""
    microphone: str | None = None
    """Part of the device's name; None: the system's choice."""
    speaker: str | None = None
    """Part of the device's name; None: the system's choice."""
    volume: int = DEFAULT_VOLUME
    """1 to 7."""
    earcons: bool = True
    """Whether short sounds accompany the words, which carry all (V17)."""
    open_speaker: bool = False
    """Whether the microphone hears the coach, whose own words must then not be taken for the user's."""
    echo_delay: Samples | None = None
    """By how many samples the microphone heard the speaker later when that was measured; None: it never was."""
    asr: Address | None = None
    """A Wyoming server that hears too; None: nothing that is heard leaves this computer."""
    tts: Address | None = None
    """A Wyoming server that speaks; None: this computer does."""
    mqtt: Address | None = None
    """A broker that is told how the session goes; None: nobody is."""
    mqtt_figures: bool = False
    """Whether it is told how much it hurts."""
    troubles: tuple[str, ...] = ()
    """What could not be read of this person's settings, a sentence each; the defaults are used in its place."""
