"""Judge a trial of microphone and speaker from what was played and heard. Pure."""

import math
from typing import Final

import numpy as np

from voice_coach.audio.correlation import find, remainder
from voice_coach.audio.pcm import FULL_SCALE, Clip, rms
from voice_coach.doctor.finding import Figures, Finding, Verdict
from voice_coach.doctor.trial import Take
from voice_coach.hear.echo.delay_estimator import MAX_DELAY
from voice_coach.hear.echo.prompt_words import Spoken
from voice_coach.timebase import RATE, Samples, samples, seconds

SILENT: Final = -96.0
"""Decibels of digital silence: below what 16 bits can say."""

SPEECH: Final = -26.0
"""Decibels of a voice as the coach speaks and hopes to hear one."""

NOISY_FROM: Final = SPEECH - 15
"""Decibels of noise from which on a voice stands out of it by less than 15."""

DROWNED_FROM: Final = SPEECH - 5
"""Decibels of noise in which hardly a word is understood."""

MIN_VOICE_LEVEL: Final = -45.0
"""Decibels of a voice that is too soft to be told from most rooms' noise."""

MIN_ABOVE_NOISE: Final = 10.0
"""Decibels by which a voice is above the noise, to be taken for one."""

MIN_CLIPPED_RUN: Final = 3
"""So many samples in a row at full scale are a peak that was cut off."""

MIN_CHIRP_LIKENESS: Final = 0.2
"""Likeness of a chirp from which on it is the one that was played; noise reaches 0.1."""

MAX_WIRE_RESIDUAL: Final = -20.0
"""Decibels left from which down it was a wire, not a room, that carried the sound."""

MAX_ROUND_TRIP: Final[Samples] = samples(0.5)
"""From microphone to speaker and back; from "stop" to silence it takes as much longer."""

MIN_ECHO_LOSS: Final = 15.0
"""Decibels by which the coach's own voice should become quieter, for it not to be taken for the user's."""

LOUDER: Final = "Turn the microphone up in the system's sound settings, or move it closer."
OTHER_MICROPHONE: Final = "Choose another microphone (`voice-coach devices`, then `--microphone NAME`)."


def microphone(take: Take) -> Finding:
    """Judge whether it is one at all: neither dead nor cut off at its loudest."""
    mic = take.mic
    if mic.size and mic.min() == mic.max():
        remedy = f"Switch it on or unmute it, allow this program to use it, or: {OTHER_MICROPHONE.lower()}"
        return Finding("microphone", Verdict.FAULT, "it delivers nothing but zeros", remedy, {"zeros": True})
    peaks = clipped(mic)
    loudest = float(np.abs(mic.astype(np.int32)).max(initial=0)) / FULL_SCALE
    figures: Figures = {"clipped_peaks": peaks, "loudest": round(loudest, 3), "level_db": round(decibels(mic), 1)}
    if peaks:
        remedy = "Turn the microphone down in the system's sound settings, or move it away from the speaker."
        return Finding("microphone", Verdict.WARNING, f"{peaks} peaks are cut off: it is too loud", remedy, figures)
    return Finding("microphone", Verdict.FINE, f"it works; its loudest peak is {loudest:.0%} of full", "", figures)


def clipped(mic: Clip) -> int:
    """Return how many peaks are cut off."""
    full = np.concatenate(([0], (mic >= FULL_SCALE - 2) | (mic <= 1 - FULL_SCALE), [0])).astype(np.int8)
    changes = np.flatnonzero(np.diff(full))
    return int(np.count_nonzero(changes[1::2] - changes[::2] >= MIN_CLIPPED_RUN))


def noise_floor(take: Take) -> Finding:
    """Judge how quiet the room is while nobody speaks."""
    level = decibels(take.mic[take.parts["quiet"]])
    figures: Figures = {"noise_db": round(level, 1)}
    if level > NOISY_FROM:
        verdict = Verdict.FAULT if level > DROWNED_FROM else Verdict.WARNING
        remedy = "Switch off what makes the noise, move the microphone closer to you, or use a headset."
        return Finding("noise floor", verdict, f"{level:.0f} dB: a voice hardly stands out of it", remedy, figures)
    return Finding("noise floor", Verdict.FINE, f"{level:.0f} dB", "", figures)


def loop(take: Take, reported: Samples, *, headphones: bool = False) -> tuple[Finding, Samples | None]:
    """Judge the way from the speaker to the microphone; return the delay too, None where nothing came back.

    Args:
        take: what was played and heard.
        reported: the delay that the sound system tells, without the air.
        headphones: nothing is to come back.
    """
    delay, likeness = find(take.said("chirp"), take.heard("chirp"), MAX_DELAY)
    figures: dict[str, float | str | bool] = {"likeness": round(likeness, 2), "reported_ms": _ms(reported)}
    if likeness < MIN_CHIRP_LIKENESS:
        measured = "the microphone does not hear the speaker"
        if headphones:
            return Finding("loop delay", Verdict.FINE, f"{measured}, as with headphones", "", figures), None
        remedy = "With headphones this is right (say so: `--headphones`); else turn the speaker up, or choose another."
        return Finding("loop delay", Verdict.WARNING, measured, remedy, figures), None
    figures["delay_ms"] = _ms(delay)
    measured = f"{_ms(delay)} ms from speaker to microphone"
    if delay > MAX_ROUND_TRIP:
        remedy = "Use a wired headset or speaker: with this one it takes long until the coach falls silent."
        return Finding("loop delay", Verdict.WARNING, measured, remedy, figures), delay
    return Finding("loop delay", Verdict.FINE, measured, "", figures), delay


def monitor(take: Take) -> Finding:
    """Judge whether the microphone is none, but a copy of what the speaker plays.

    One sentence that came over a wire is proof: sound may be torn in the others, but a room is never a wire.
    """
    left = min(_left_of(take, one) for one in take.spoken)
    figures: Figures = {"left_db": round(left, 1)}
    if left < MAX_WIRE_RESIDUAL:
        remedy = f"Choose a real one: it is the speaker's monitor. {OTHER_MICROPHONE}"
        return Finding("monitor", Verdict.FAULT, "the microphone is a copy of the speaker", remedy, figures)
    return Finding("monitor", Verdict.FINE, "the microphone hears a room", "", figures)


def _left_of(take: Take, one: Spoken) -> float:
    """Return what of a sentence is heard that no wire carries, in decibels."""
    played, heard = take.played[one.start : one.end], take.mic[one.start : one.end + MAX_DELAY]
    return remainder(played, heard, find(played, heard, MAX_DELAY)[0])


def echo_loss(take: Take, left: Clip) -> Finding:
    """Judge how much of the coach's own voice can be taken out of what is heard.

    Args:
        take: what was played and heard, with the speaker to be heard in it.
        left: what the canceller leaves of `take.mic`; as long.
    """
    place = take.parts["speech"]
    later = slice((place.start + place.stop) // 2, place.stop)
    before, after = decibels(take.mic[later]), decibels(left[later])
    noise = decibels(take.mic[take.parts["quiet"]])
    loss = round(before - after, 1)
    figures: Figures = {"echo_loss_db": loss, "echo_db": round(before, 1), "left_db": round(after, 1)}
    measured = f"the coach's voice becomes {loss:.0f} dB quieter"
    if loss < MIN_ECHO_LOSS and after > noise + _HIDDEN:
        remedy = "Use headphones, or turn the speaker down: a distorted voice can't be taken out."
        return Finding("echo loss", Verdict.WARNING, measured, remedy, figures)
    return Finding("echo loss", Verdict.FINE, measured, "", figures)


_HIDDEN: Final = 6.0
"""Decibels above the noise below which what is left of an echo is lost in it."""


def your_voice(take: Take, delay: Samples | None, *, understood: bool) -> Finding:
    """Judge the word that the user was asked for.

    Args:
        take: what was played and heard.
        delay: how late the coach is heard; None: it is not.
        understood: whether the word was.
    """
    began = take.parts["reply"].start + (delay + _RINGS if delay else 0)
    said, noise = take.mic[began : take.parts["reply"].stop], decibels(take.mic[take.parts["quiet"]])
    frames = said[: said.size // _FRAME * _FRAME].reshape(-1, _FRAME)
    loud = [frame for frame in frames if decibels(frame) > noise + MIN_ABOVE_NOISE]
    if len(loud) < _WORD and not understood:
        measured = "nobody spoke when asked to"
        return Finding("your voice", Verdict.SKIPPED, measured, "Run it again and say yes when you are asked to.")
    level = decibels(np.concatenate(loud)) if loud else decibels(said)
    figures: Figures = {"voice_db": round(level, 1), "over_noise_db": round(level - noise, 1), "understood": understood}
    measured = f"{level:.0f} dB, {level - noise:.0f} dB above the noise"
    if level < MIN_VOICE_LEVEL:
        return Finding("your voice", Verdict.WARNING, f"{measured}: it is soft", LOUDER, figures)
    if not understood:
        remedy = f"Speak towards the microphone. {LOUDER}"
        return Finding("your voice", Verdict.WARNING, f"{measured}, and the word was not understood", remedy, figures)
    return Finding("your voice", Verdict.FINE, f"{measured}, and understood", "", figures)


_FRAME: Final[Samples] = samples(0.02)
_WORD: Final = 8
"""Frames of the shortest word."""

_RINGS: Final[Samples] = samples(0.3)
"""How long the request is still in the room."""


def own_commands(names: list[str]) -> Finding:
    """Judge whether the coach took its own words for the user's; `names`: the intents that it heard in them."""
    if names:
        remedy = "Use headphones, or turn the speaker down."
        measured = f"the coach took its own voice for {', '.join(names)}"
        return Finding("own voice", Verdict.WARNING, measured, remedy, {"taken": len(names)})
    return Finding("own voice", Verdict.FINE, "the coach takes none of its own words for yours", "", {"taken": 0})


def stream(captured: float, xruns: int, dropped: int) -> Finding:
    """Judge how the sound flowed.

    Args:
        captured: samples a second that the microphone delivered; 0: not known.
        xruns: how often the sound system lost sound.
        dropped: how many blocks came too late for the speaker.
    """
    figures: Figures = {"captured_hz": round(captured), "xruns": xruns, "dropped": dropped}
    measured = f"{captured:.0f} samples a second, {xruns} gaps, {dropped} blocks too late"
    if captured and abs(captured / RATE - 1) > _PACE:
        remedy = "Choose another device: this one does not deliver all of its sound."
        return Finding("stream", Verdict.WARNING, measured, remedy, figures)
    if xruns + dropped > _GAPS:
        remedy = "Close other programs: the computer is too busy for sound without gaps."
        return Finding("stream", Verdict.WARNING, measured, remedy, figures)
    return Finding("stream", Verdict.FINE, measured, "", figures)


_PACE: Final = 0.05
"""Share of its samples by which a microphone may be off; a count of blocks in four seconds is no better than 2 %."""

_GAPS: Final = 3
"""In some twenty seconds."""


def _ms(length: Samples) -> int:
    return round(1000 * seconds(length))


def decibels(clip: Clip) -> float:
    """Return the level of a clip, full scale 0."""
    level = rms(clip)
    return max(SILENT, 20 * math.log10(level)) if level else SILENT
