"""A lower voice, for those who hear high sounds badly (V19): the default is low, and a variant of it lower still."""

import numpy as np

from voice_coach.audio.pcm import Clip
from voice_coach.speak.tts.pyttsx3 import Pyttsx3Synthesizer
from voice_coach.speak.voice_spec import VoiceSpec
from voice_coach.timebase import RATE

SENTENCE = "Keep your right leg, the bottom one, straight."
WINDOW = RATE // 25
LAGS = slice(RATE // 400, RATE // 55)
"""Of a voice's period: from 400 to 55 Hz."""


def pitch(clip: Clip) -> float:
    """Return the pitch of a voice in Hz: the median over where it is voiced, by autocorrelation."""
    found = []
    for start in range(0, len(clip) - WINDOW, WINDOW // 2):
        part = clip[start : start + WINDOW].astype(float)
        part -= part.mean()
        alike = np.correlate(part, part, "full")[WINDOW - 1 :]
        lag = int(alike[LAGS].argmax()) + LAGS.start
        if part.std() > 800 and alike[lag] > alike[0] / 2:
            found.append(RATE / lag)
    return float(np.median(found))


def voice(name: str) -> Clip:
    """Return the sentence in this voice."""
    synthesizer = Pyttsx3Synthesizer(VoiceSpec(name))
    try:
        synthesizer.request(SENTENCE)
        while not (clips := synthesizer.poll(1)):
            pass
    finally:
        synthesizer.close()
    return clips[0][1]


def test_a_tone_has_its_own_pitch() -> None:
    tone = (8000 * np.sin(np.arange(RATE) / RATE * 2 * np.pi * 125)).astype(np.int16)
    assert round(pitch(tone)) == 125


def test_the_usual_voice_is_low_and_a_variant_of_it_lower() -> None:
    usual, lower = pitch(voice(VoiceSpec().name)), pitch(voice("en-us+m8"))
    assert usual < 120
    assert lower < 0.9 * usual
