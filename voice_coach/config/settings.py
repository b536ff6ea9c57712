"""Every default of a session, and what the command line may set."""

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
    """What can be chosen; the defaults are what a person on the floor needs."""

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
    speaker: str | None = None
    volume: int = DEFAULT_VOLUME
    earcons: bool = True
    """Whether short sounds accompany the words, which carry all (V17)."""
    open_speaker: bool = False
    """The microphone hears the coach: what the coach is saying itself is not taken for the user's words."""
    echo_delay: Samples | None = None
    """How late the microphone heard the speaker when that was measured; None: never."""
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
