"""A voice coach for back exercises: it talks, counts, listens and keeps its user safe, offline.

The names below are the public API; docs/api.md shows how to use them, and `examples/` has whole programs. Importing the
package loads none of it: each name brings its module when it is first asked for, so that a program that only steps the
dialogue loads no sound. `voice_coach.testing` has fakes, and conversations without sound.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from voice_coach.actions import (
        DEFAULT_VOLUME,
        VOLUMES,
        Action,
        CallForHelp,
        Earcon,
        Finish,
        Forget,
        Hush,
        Line,
        Listen,
        Play,
        Record,
        Say,
        SetPace,
        SetVoice,
        SetVolume,
    )
    from voice_coach.app.console import Console, NoConsole
    from voice_coach.app.publish import pass_on_news
    from voice_coach.app.recognition import recognize_file
    from voice_coach.app.run_session import open_session
    from voice_coach.audio.live import DeviceNews, DeviceStats, run_device
    from voice_coach.audio.offline import WavMic, WavSpeaker, run_file
    from voice_coach.audio.pcm import Clip, silence
    from voice_coach.coach import Coach, HelpCaller, Journal, MemoryJournal
    from voice_coach.config.engines import open_listener, open_voice, session_grammar
    from voice_coach.config.settings import Settings
    from voice_coach.dialogue.runner import Hearing
    from voice_coach.errors import (
        CoachError,
        DataError,
        DeviceError,
        HistoryError,
        NetworkError,
        Problem,
        ProfileError,
        RecognitionError,
        RecognizerLostError,
        ServiceError,
        SpeechError,
    )
    from voice_coach.event_log import EventLog
    from voice_coach.events import (
        AudioBack,
        AudioLost,
        Event,
        HearingBack,
        HearingLost,
        HelpCalled,
        Intent,
        Interrupted,
        NotRecognized,
        Played,
        Saved,
        VoiceStarted,
        VoiceStopped,
        Woke,
    )
    from voice_coach.exercise.load import load_exercise
    from voice_coach.exercise.model import Exercise
    from voice_coach.exercise.prompts import Prompts, load_prompts
    from voice_coach.files.profiles import Profile
    from voice_coach.hear.asr.recognizer import NOTHING_EXPECTED, Expected, Hypothesis, Reading, Recognizer, Word
    from voice_coach.hear.decision.thresholds import OperatingPoint
    from voice_coach.hear.grammar.grammar import Grammar
    from voice_coach.hear.grammar.load import load_grammar
    from voice_coach.hear.listener import Listener
    from voice_coach.hear.vad import EnergyGate, SileroDetector, VoiceDetector
    from voice_coach.records import SessionRecord
    from voice_coach.session.machine import start, step
    from voice_coach.session.states import State
    from voice_coach.speak.clip_library import ClipLibrary
    from voice_coach.speak.tts.synthesizer import Synthesizer
    from voice_coach.speak.voice import Voice
    from voice_coach.speak.voice_spec import VoiceSpec
    from voice_coach.text import SilentVoice, TypedHearing, run_text
    from voice_coach.timebase import BLOCK, RATE, Samples, samples, seconds

__version__ = "0.1.0"

__all__ = [
    "BLOCK",
    "DEFAULT_VOLUME",
    "NOTHING_EXPECTED",
    "RATE",
    "VOLUMES",
    "Action",
    "AudioBack",
    "AudioLost",
    "CallForHelp",
    "Clip",
    "ClipLibrary",
    "Coach",
    "CoachError",
    "Console",
    "DataError",
    "DeviceError",
    "DeviceNews",
    "DeviceStats",
    "Earcon",
    "EnergyGate",
    "Event",
    "EventLog",
    "Exercise",
    "Expected",
    "Finish",
    "Forget",
    "Grammar",
    "Hearing",
    "HearingBack",
    "HearingLost",
    "HelpCalled",
    "HelpCaller",
    "HistoryError",
    "Hush",
    "Hypothesis",
    "Intent",
    "Interrupted",
    "Journal",
    "Line",
    "Listen",
    "Listener",
    "MemoryJournal",
    "NetworkError",
    "NoConsole",
    "NotRecognized",
    "OperatingPoint",
    "Play",
    "Played",
    "Problem",
    "Profile",
    "ProfileError",
    "Prompts",
    "Reading",
    "RecognitionError",
    "Recognizer",
    "RecognizerLostError",
    "Record",
    "Samples",
    "Saved",
    "Say",
    "ServiceError",
    "SessionRecord",
    "SetPace",
    "SetVoice",
    "SetVolume",
    "Settings",
    "SilentVoice",
    "SileroDetector",
    "SpeechError",
    "State",
    "Synthesizer",
    "TypedHearing",
    "Voice",
    "VoiceDetector",
    "VoiceSpec",
    "VoiceStarted",
    "VoiceStopped",
    "WavMic",
    "WavSpeaker",
    "Woke",
    "Word",
    "load_exercise",
    "load_grammar",
    "load_prompts",
    "open_listener",
    "open_session",
    "open_voice",
    "pass_on_news",
    "recognize_file",
    "run_device",
    "run_file",
    "run_text",
    "samples",
    "seconds",
    "session_grammar",
    "silence",
    "start",
    "step",
]

_MODULES = {
    "voice_coach.actions": "DEFAULT_VOLUME VOLUMES Action CallForHelp Earcon Finish Forget Hush "
    "Line Listen Play Record Say SetPace SetVoice SetVolume",
    "voice_coach.app.console": "Console NoConsole",
    "voice_coach.app.publish": "pass_on_news",
    "voice_coach.app.recognition": "recognize_file",
    "voice_coach.app.run_session": "open_session",
    "voice_coach.audio.live": "DeviceNews DeviceStats run_device",
    "voice_coach.audio.offline": "WavMic WavSpeaker run_file",
    "voice_coach.audio.pcm": "Clip silence",
    "voice_coach.coach": "Coach HelpCaller Journal MemoryJournal",
    "voice_coach.config.engines": "open_listener open_voice session_grammar",
    "voice_coach.config.settings": "Settings",
    "voice_coach.dialogue.runner": "Hearing",
    "voice_coach.errors": "CoachError DataError DeviceError HistoryError NetworkError Problem "
    "ProfileError RecognitionError RecognizerLostError ServiceError SpeechError",
    "voice_coach.event_log": "EventLog",
    "voice_coach.events": "AudioBack AudioLost Event HearingBack HearingLost HelpCalled Intent Interrupted "
    "NotRecognized Played Saved VoiceStarted VoiceStopped Woke",
    "voice_coach.exercise.load": "load_exercise",
    "voice_coach.exercise.model": "Exercise",
    "voice_coach.exercise.prompts": "Prompts load_prompts",
    "voice_coach.files.profiles": "Profile",
    "voice_coach.hear.asr.recognizer": "NOTHING_EXPECTED Expected Hypothesis Reading Recognizer Word",
    "voice_coach.hear.decision.thresholds": "OperatingPoint",
    "voice_coach.hear.grammar.grammar": "Grammar",
    "voice_coach.hear.grammar.load": "load_grammar",
    "voice_coach.hear.listener": "Listener",
    "voice_coach.hear.vad": "EnergyGate SileroDetector VoiceDetector",
    "voice_coach.records": "SessionRecord",
    "voice_coach.session.machine": "start step",
    "voice_coach.session.states": "State",
    "voice_coach.speak.clip_library": "ClipLibrary",
    "voice_coach.speak.tts.synthesizer": "Synthesizer",
    "voice_coach.speak.voice": "Voice",
    "voice_coach.speak.voice_spec": "VoiceSpec",
    "voice_coach.text": "SilentVoice TypedHearing run_text",
    "voice_coach.timebase": "BLOCK RATE Samples samples seconds",
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names.split()}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any of the public names
    """Import a public name when it is first asked for (PEP 562)."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_MODULE_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names, and those of every module."""
    return sorted({*globals(), *__all__})
