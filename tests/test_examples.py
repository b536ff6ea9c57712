"""The programs in examples/: each runs as its first lines say."""

import subprocess
import sys
from pathlib import Path

import soundfile

from voice_coach.audio.offline import WavWriter
from voice_coach.speak.tts.pyttsx3 import Pyttsx3Synthesizer
from voice_coach.speak.voice_spec import VoiceSpec
from voice_coach.timebase import RATE

EXAMPLES = Path(__file__).parents[1] / "examples"
SHORT = Path(__file__).parent / "virtual_card" / "short.toml"
ANSWERS = {
    "side": "left side",
    "side_sure": "yes",
    "pain_before": "six",
    "furthest_before": "back",
    "ready": "ready",
    "sound_check": "yes",
    "check": "better",
    "pain_after": "three",
    "furthest_after": "back",
}


def run(name: str, *args: str, typed: str = "") -> str:
    command = [sys.executable, str(EXAMPLES / f"{name}.py"), *args]
    done = subprocess.run(command, input=typed, check=True, capture_output=True, text=True)
    return done.stdout


def test_each_example_is_run_here() -> None:
    tests = Path(__file__).read_text(encoding="utf-8")
    assert [path.stem for path in EXAMPLES.glob("*.py") if f'run("{path.stem}"' not in tests] == []


def test_the_pure_step_stops_at_stop() -> None:
    out = run("pure_step").splitlines()
    assert out[0].startswith(" 6.0 s: Played leads to Play")
    assert out[-2].startswith("11.0 s: Intent leads to Hush, Play, Record, Say")
    assert out[-1].split()[0] == "Stopped."


def test_a_session_is_typed() -> None:
    out = run("text_session", typed="left side\nyes\n")
    assert "> Pain on the left." in out
    assert out.splitlines()[-1] == "> The session is over: interrupted, 3 records."


def test_a_session_goes_from_wav_files_to_a_wav_file(tmp_path: Path) -> None:
    engine = Pyttsx3Synthesizer(VoiceSpec("en-gb", 150))
    for name, text in ANSWERS.items():
        engine.request(text)
        ((_, clip),) = engine.poll(60)
        with WavWriter(tmp_path / f"{name}.wav") as file:
            file.write(clip)
    engine.close()
    out = run("wav_session", str(tmp_path), str(tmp_path / "coach.wav"), str(SHORT))
    assert out.splitlines()[-1] == "The session is over: completed."
    assert {f"{name}: answered" for name in ANSWERS} <= set(out.splitlines())
    sound, rate = soundfile.read(tmp_path / "coach.wav")
    assert rate == RATE
    assert len(sound) > 30 * RATE
    assert abs(sound).max() > 0.1


def test_a_recogniser_of_ones_own_is_plugged_in() -> None:
    (line,) = run("own_recognizer").splitlines()
    assert line.endswith(": stop")
