"""`voice-coach recognize`: what a session would understand from sound files."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from voice_coach.app.recognition import words_grammar
from voice_coach.cli.main import main
from voice_coach.hear.asr.vosk import EMBEDDED

WAV = Path(__file__).parents[1] / "wav"
LEFT = WAV / "left side.wav"
STOP = WAV / "stop.wav"

TWO = "language: en\nintents:\n  halt:\n    data:\n      - sentences: ['stop', 'left side']\n"


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_each_acceptance_is_a_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recognize", "--json", str(LEFT), str(STOP), str(WAV / "oov the weather is fine today.wav")]) == 0
    left, stop = lines(capsys)
    assert list(left) == ["path", "text", "intent", "slots", "confidence", "ask", "t_decision"]
    assert (left["path"], left["text"], left["intent"], left["slots"]) == (
        str(LEFT),
        "left side",
        "side_left",
        {"side": "left"},
    )
    assert (stop["path"], stop["intent"]) == (str(STOP), "stop")
    for row in (left, stop):
        assert isinstance(row["t_decision"], float)
        assert 0.5 < row["t_decision"] < 2.5
        assert isinstance(row["confidence"], float)
        assert 0.8 < row["confidence"] <= 1
        assert row["ask"] is False


def test_for_people_it_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    oov = WAV / "oov the weather is fine today.wav"
    assert main(["recognize", str(LEFT), str(oov)]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{LEFT}: ")
    assert 'side_left side=left, "left side"' in first
    assert second == f"{oov}: nothing"


@pytest.mark.parametrize(("state", "found"), [("side", ["side_left"]), ("ready", [])])
def test_a_state_takes_only_its_own_answers(state: str, found: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recognize", "--json", "--state", state, str(LEFT)]) == 0
    assert [row["intent"] for row in lines(capsys)] == found


def test_a_grammar_of_ones_own_needs_no_metadata(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    grammar = tmp_path / "two.yaml"
    grammar.write_text(TWO)
    assert main(["recognize", "--json", "--grammar", str(grammar), str(LEFT), str(WAV / "pause.wav")]) == 0
    assert [(row["intent"], row["text"]) for row in lines(capsys)] == [("halt", "left side")]


def test_some_words_will_do_for_a_grammar(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["recognize", "--json", "--grammar", "words:stop,Left side", str(STOP), str(LEFT), str(WAV / "pause.wav")])
        == 0
    )
    assert [(row["intent"], row["slots"]) for row in lines(capsys)] == [("stop", {}), ("left side", {})]


def test_words_that_the_coach_knows_are_as_grave_and_as_careful_as_there() -> None:
    grammar = words_grammar(["stop", "left", "off"])
    marks = {phrase.text: (phrase.intent, phrase.red, phrase.careful) for phrase in grammar.phrases}
    assert marks == {"stop": ("stop", True, False), "left": ("left", False, True), "off": ("off", False, False)}
    assert grammar.red == {"stop"}
    assert not any(phrase.slots or phrase.negated for phrase in grammar.phrases)


def test_the_files_may_stand_in_a_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "files.txt").write_text(f"{LEFT}\n\n{STOP}\n")
    assert main(["recognize", "--json", "--from", str(tmp_path / "files.txt"), str(WAV / "worse.wav")]) == 0
    assert [row["intent"] for row in lines(capsys)] == ["worse", "side_left", "stop"]


def test_the_decision_is_told_from_the_files_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sound, rate = soundfile.read(STOP, dtype="float32")
    soundfile.write(tmp_path / "late.wav", np.concatenate((np.zeros(2 * rate, np.float32), sound)), rate)
    assert main(["recognize", "--json", str(STOP), str(tmp_path / "late.wav")]) == 0
    early, late = (row["t_decision"] for row in lines(capsys))
    assert isinstance(early, float)
    assert late == pytest.approx(early + 2, abs=0.1)


@pytest.mark.parametrize(
    ("name", "rate", "channels"), [("a.flac", 44_100, 2), ("b.ogg", 48_000, 1), ("c.wav", 8_000, 1)]
)
def test_any_rate_and_number_of_channels_will_do(
    tmp_path: Path, name: str, rate: int, channels: int, capsys: pytest.CaptureFixture[str]
) -> None:
    sound, was = soundfile.read(STOP, dtype="float32")
    other = soxr.resample(sound, was, rate)
    soundfile.write(tmp_path / name, np.repeat(other[:, None], channels, axis=1), rate)
    assert main(["recognize", "--json", str(tmp_path / name)]) == 0
    assert [row["intent"] for row in lines(capsys)] == ["stop"]


def test_a_file_that_cant_be_read_is_told_and_the_rest_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "text.wav").write_text("no sound")
    soundfile.write(tmp_path / "empty.wav", np.zeros(0), 16_000)
    bad = [str(tmp_path / name) for name in ("none.wav", "text.wav", "empty.wav")]
    assert main(["recognize", "--json", *bad, str(STOP)]) == 1
    told = capsys.readouterr()
    assert [json.loads(line)["intent"] for line in told.out.splitlines()] == ["stop"]
    assert len(told.err.splitlines()) == 3
    assert all(path in line for path, line in zip(bad, told.err.splitlines(), strict=True))


def test_what_is_wrong_with_a_grammar_or_a_model_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.yaml").write_text("language: en\n")
    assert main(["recognize", "--grammar", str(tmp_path / "bad.yaml"), str(STOP)]) == 1
    assert "there is no key `intents`" in capsys.readouterr().err
    assert main(["recognize", "--model", str(tmp_path), str(STOP)]) == 1
    assert "lacks am/final.mdl" in capsys.readouterr().err
    assert main(["recognize", "--grammar", str(tmp_path / "none.yaml"), str(STOP)]) == 1
    assert "none.yaml" in capsys.readouterr().err
    assert main(["recognize", "--grammar", "words:stop,,go", str(STOP)]) == 1
    assert "an empty word; write words:yes,no,stop" in capsys.readouterr().err
    assert main(["recognize", "--grammar", "words:stop,qwxzt", str(STOP)]) == 0
    assert "can't hear qwxzt: phrases with that are left out" in capsys.readouterr().err
    assert main(["recognize", "--grammar", "words:qwxzt", str(STOP)]) == 1
    assert "can't hear a single phrase" in capsys.readouterr().err
    assert main(["recognize", "--state", "side", "--grammar", "x.yaml", str(STOP)]) == 2
    assert main(["recognize"]) == 2
    assert "No sound file was named" in capsys.readouterr().err
    assert main(["recognize", "--from", str(tmp_path / "none.txt")]) == 2


@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
def test_a_sound_can_be_piped_in(name: str) -> None:
    """The reading library needs to seek, which a pipe can't: two tracebacks came before the error."""
    command = [sys.executable, "-m", "voice_coach", "recognize", "--state", "check", name]
    done = subprocess.run(command, input=STOP.read_bytes(), capture_output=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(name.encode() + b": 0.")
    assert b": stop" in done.stdout


def test_no_sound_that_is_piped_in_is_told_in_one_line() -> None:
    command = [sys.executable, "-m", "voice_coach", "recognize", "-"]
    done = subprocess.run(command, input=b"hello", capture_output=True, check=False, timeout=120)
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.startswith(b"voice-coach: standard input: is damaged or no sound file")
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize("command", [["recognize", str(STOP)], ["doctor", "--silent", "--json"]])
def test_a_damaged_model_is_told_in_one_line(tmp_path: Path, command: list[str]) -> None:
    """Loading it crashes the process: libvosk dies of SIGSEGV without a message."""
    model = tmp_path / "model"
    shutil.copytree(EMBEDDED, model)
    graph = model / "graph" / "HCLr.fst"
    graph.write_bytes(graph.read_bytes()[: graph.stat().st_size // 2])
    program = [sys.executable, "-m", "voice_coach", *command, "--model", str(model)]
    done = subprocess.run(program, input="", capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 1
    told = f"The Vosk model at {model} can't be loaded (libvosk ended its process): install it again."
    assert told in (done.stdout if command[0] == "doctor" else done.stderr.removeprefix("voice-coach: ").splitlines())
