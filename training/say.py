"""Synthetic speakers: espeak-ng in many voices, flite, festival and SVOX Pico, each in many speeds and pitches.

flite's `rms` and festival's `ked` are left to the benchmarks: no weight ever learns from them.
"""

import io
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import soundfile
import soxr

from training.corpus import Segment, Utterance
from training.sounds import ARPABET
from voice_coach.audio.pcm import Clip
from voice_coach.timebase import RATE

ACCENTS: Final = ("en-us en-us en-us-nyc en-gb en-gb-x-rp en-029 en-gb-scotland en-gb-x-gbclan en-gb-x-gbcwmd").split()
VARIANTS: Final = (
    "f1 f2 f3 f5 m1 m2 m3 m4 m5 m6 m8 Alex Alicia Andrea Andy Denis Diogo Gene Gene2 Henrique Hugo Jacky Lee Marco "
    "Mario Michael Nguyen adam anika antonio aunty belinda benjamin boris caleb david ed edward edward2 gustave "
    "iven iven2 iven3 iven4 john kaukovalta klatt klatt2 klatt3 klatt4 klatt5 klatt6 linda marcelo max michel "
    "miguel norbert pablo paul pedro quincy rob robert sandro shelby steph steph2 steph3 travis victor zac grandma "
    "grandpa Tweaky RicishayMax2 whisper whisperf"
).split()
FLITE: Final = {"awb": (95, 150), "kal16": (80, 150), "slt": (150, 230)}
"""Voices, and the range of their mean pitch in Hz."""
FESTIVAL: Final = ("kal_diphone", "cmu_us_slt_arctic_hts")
PICO: Final = ("en-US", "en-GB")
SHARES: Final = {"espeak-ng": 0.45, "flite": 0.25, "festival": 0.1, "pico": 0.2}
_MERGED: Final = {"ax": "AH", "axr": "ER", "el": "L", "em": "M", "en": "N"}
"""flite's sounds that ARPABET as used here does not have."""
_SHORTEST: Final = 0.2
"""Seconds; anything less is an engine's mishap."""


@dataclass(frozen=True, slots=True)
class Job:
    """One text by one voice."""

    engine: str
    voice: str
    text: str
    rate: float
    """1 is as the voice speaks by itself, 2 twice as fast."""
    pitch: float
    """0 lowest, 1 highest."""


def engines() -> list[str]:
    """Return the engines that this machine has."""
    there = [name for name in SHARES if name != "pico" and shutil.which(name)]
    try:
        import ttspico  # noqa: F401, PLC0415  (an extra)
    except ImportError:
        return there
    return [*there, "pico"]


def draw(rng: np.random.Generator, text: str, present: list[str]) -> Job:
    """Return a job for a text: an engine that is there, a voice, a speed and a pitch."""
    shares = np.array([SHARES[name] for name in present])
    engine = present[rng.choice(len(present), p=shares / shares.sum())]
    voice = {
        "espeak-ng": _accented(rng),
        "flite": str(rng.choice(list(FLITE))),
        "festival": str(rng.choice(FESTIVAL)),
        "pico": str(rng.choice(PICO)),
    }[engine]
    return Job(engine, voice, text, round(float(rng.uniform(0.75, 1.35)), 2), round(float(rng.random()), 2))


def coach(rng: np.random.Generator, text: str) -> Clip:
    """Return a text as pyttsx3 says it to most users: one of espeak's accents at about its own speed and pitch.

    Returns no sound where espeak-ng is not installed.
    """
    if shutil.which("espeak-ng") is None:
        return np.zeros(0, np.int16)
    return _espeak(Job("espeak-ng", str(rng.choice(ACCENTS)), text, float(rng.uniform(0.9, 1.2)), 0.5))[0]


def _accented(rng: np.random.Generator) -> str:
    """Return one of espeak's voices: one in five is an accent as it is, as most people's espeak sounds."""
    accent = str(rng.choice(ACCENTS))
    return accent if rng.random() < 0.2 else f"{accent}+{rng.choice(VARIANTS)}"  # noqa: PLR2004  (the share)


def say(job: Job) -> Utterance | None:
    """Return the job's speech, with its sounds where the engine tells them; None where it failed to say anything."""
    wave, segments = _SPEAK[job.engine](job)
    if len(wave) < _SHORTEST * RATE:
        return None
    return Utterance("synthetic", f"{job.engine}:{job.voice}", job.text, wave, segments)


Spoken = tuple[Clip, tuple[Segment, ...] | None]


def _espeak(job: Job) -> Spoken:
    options = ["-v", job.voice, "-s", str(round(165 * job.rate)), "-p", str(round(10 + 80 * job.pitch))]
    wave = _decode(_run(["espeak-ng", *options, "--stdout", "--", job.text]))
    return wave, None


def _flite(job: Job) -> Spoken:
    low, high = FLITE[job.voice]
    pitch, stretch = round(low + (high - low) * job.pitch), round(1 / job.rate, 2)
    settings = ["--setf", f"duration_stretch={stretch}", "--setf", f"int_f0_target_mean={pitch}"]
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        told = _run(["flite", "-voice", job.voice, *settings, "-psdur", "-t", job.text, "-o", file.name]).decode()
        wave = _decode(Path(file.name).read_bytes())
    segments = tuple(_segment(*item.rsplit(":", 1)) for item in told.split())
    return wave, segments


def _segment(name: str, end: str) -> Segment:
    sound = _MERGED.get(name, name.upper())
    return (sound if sound in ARPABET else None), float(end)


def _festival(job: Job) -> Spoken:
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        program = [
            f"(voice_{job.voice})",
            f"(Parameter.set 'Duration_Stretch {round(1 / job.rate, 2)})",
            f'(set! said (utt.synth (Utterance Text "{job.text}")))',
            f'(utt.save.wave said "{file.name}" (quote riff))',
        ]
        _run(["festival", "-b", *program])
        wave = _decode(Path(file.name).read_bytes())
    return wave, None


def _pico(job: Job) -> Spoken:
    engine = _pico_engine(job.voice)
    engine.rate, engine.pitch = round(100 * job.rate), round(75 + 60 * job.pitch)
    return np.frombuffer(engine.speak(job.text), np.int16), None


@cache
def _pico_engine(language: str) -> Any:  # noqa: ANN401  (the package has no types)
    import ttspico  # noqa: PLC0415  (an extra, and only for this voice)

    return ttspico.TtsEngine(language)


_SPEAK: Final[dict[str, Callable[[Job], Spoken]]] = {
    "espeak-ng": _espeak, "flite": _flite, "festival": _festival, "pico": _pico,
}  # fmt: skip


def _decode(data: bytes) -> Clip:
    """Return the sound of a WAV file at `RATE`."""
    wave, rate = soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)
    mono = soxr.resample(wave[:, 0], rate, RATE) if rate != RATE else wave[:, 0]
    return np.asarray(np.clip(np.round(mono * 32767), -32768, 32767), np.int16)


def _run(command: list[str]) -> bytes:
    done = subprocess.run(command, capture_output=True, check=True)  # noqa: S603  (arguments, no shell)
    return done.stdout
