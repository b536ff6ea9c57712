"""libvosk: what is checked before it is loaded (it aborts the process otherwise), and what is joined behind it."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.hear.grammar.test_grammar import EN
from voice_coach.audio.pcm import Clip, load, silence
from voice_coach.errors import RecognitionError
from voice_coach.hear.asr.recognizer import NOTHING_EXPECTED, Expected, Reading
from voice_coach.hear.asr.vosk import EMBEDDED, MAX_DECODERS, VoskRecognizer, known_gaps, load_model
from voice_coach.hear.decision.thresholds import Prior
from voice_coach.hear.grammar.load import load_grammar
from voice_coach.timebase import RATE, samples

WAV = Path(__file__).parents[2] / "wav"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EMBEDDED, tmp_path / "model"))


def without(name: str) -> Callable[[Path], None]:
    return lambda model: (model / name).unlink()


def no_silence_phones(model: Path) -> None:
    (model / "conf/model.conf").write_text("--beam=13\n")


def static_graph(model: Path) -> None:
    (model / "graph/HCLG.fst").touch()


def cut_short(model: Path) -> None:
    (model / "am/final.mdl").write_bytes((EMBEDDED / "am/final.mdl").read_bytes()[:5000])


def no_excuse(model: Path) -> None:
    (model / "known_gaps.txt").unlink(missing_ok=True)
    words = (model / "graph/words.txt").read_text()
    (model / "graph/words.txt").write_text(words.replace("\nstop ", "\nstopp "))


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (shutil.rmtree, "There is no Vosk model at"),
        (without("graph/Gr.fst"), "lacks graph/Gr.fst: unpack the model again"),
        (without("am/final.mdl"), "lacks am/final.mdl"),
        (no_silence_phones, "no --endpoint.silence-phones in conf/model.conf: add that line"),
        (static_graph, "takes no grammar"),
        (cut_short, "can't be loaded"),
        (no_excuse, "can't hear .*stop.*, a reason to stop: use another model"),
    ],
)
def test_a_model_that_will_not_do_is_told_in_one_sentence(model: Path, harm: Callable[[Path], None], why: str) -> None:
    harm(model)
    with pytest.raises(RecognitionError, match=why) as error:
        VoskRecognizer(model, EN)
    assert "\n" not in str(error.value)


def test_a_model_that_knows_none_of_the_words_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "g.yaml"
    path.write_text("language: xx\nintents:\n  a: {data: [{sentences: [xyzzy]}]}\n")
    with pytest.raises(RecognitionError, match="can't hear a single phrase of"):
        VoskRecognizer(EMBEDDED, load_grammar(path))


def test_the_embedded_model_says_itself_which_red_words_it_lacks() -> None:
    recognizer = VoskRecognizer(EMBEDDED, EN)
    assert set(recognizer.gaps.red_words) == known_gaps(EMBEDDED)
    recognizer.close()


def test_known_gaps_are_words_but_not_comments(tmp_path: Path) -> None:
    assert known_gaps(tmp_path) == frozenset()
    (tmp_path / "known_gaps.txt").write_text("# not this\nnumb  ow # nor this\n\nouch\n")
    assert known_gaps(tmp_path) == {"numb", "ow", "ouch"}


def run(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    """Run the program."""
    command = [sys.executable, "-m", "voice_coach", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize(
    "command", [["recognize", WAV / "stop.wav"], ["rehearse"], ["wyoming", "--uri", "tcp://127.0.0.1:0"]]
)
def test_a_missing_system_library_is_told_in_one_sentence(
    without_libatomic: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str | Path]
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(*command)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "voice-coach: The speech recogniser can't be loaded, because this system lacks the library libatomic.so.1:"
        " install the system package libatomic1."
    )
    assert "Traceback" not in done.stderr
    assert without_libatomic.read_text() == "vosk\n"


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        (
            "OSError('libfoo-2.so.7: cannot open shared object file: None')",
            "libfoo-2.so.7: install the system package that",
        ),
        ("OSError('libvosk.so: cannot open shared object file: None')", "None): reinstall voice_coach."),
        ("ImportError('No module named _cffi')", "(No module named _cffi): reinstall voice_coach."),
    ],
)
def test_a_library_that_cant_be_loaded_is_told_with_what_to_install(
    without_libatomic: Path, raised: str, told: str
) -> None:
    (without_libatomic.parent / "without_libatomic/vosk/__init__.py").write_text(f"raise {raised}\n")
    done = run("recognize", WAV / "stop.wav")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert told in done.stderr


def test_a_missing_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(RecognitionError, match="name the folder that contains am/ and graph/"):
        load_model(tmp_path / "none")


def test_a_pause_that_vosk_takes_for_the_end_cuts_nothing() -> None:
    recognizer = VoskRecognizer(EMBEDDED, EN)
    sound: Clip = np.concatenate(
        (load(WAV / "stop.wav"), silence(2 * RATE), load(WAV / "left side.wav"), silence(3000))
    )
    recognizer.begin(1000, numbers=False)
    for i in range(0, len(sound), 512):
        recognizer.accept(sound[i : i + 512])
    recognizer.end()
    found = recognizer.poll()
    recognizer.close()
    assert found[-1].text == "stop left side"
    assert [hypothesis.final for hypothesis in found].count(True) == 1
    stop, left, _ = found[-1].words
    assert stop.end < 1000 + samples(1.5) < 1000 + samples(3) < left.start


def test_a_margin_tells_words_from_other_speech() -> None:
    recognizer = VoskRecognizer(EMBEDDED, EN)
    margins = {}
    for name in ("stop", "worse", "left side", "oov the weather is fine today"):
        recognizer.begin(0, numbers=False)
        recognizer.accept(np.concatenate((load(WAV / f"{name}.wav"), silence(3000))))
        recognizer.end()
        final = recognizer.poll()[-1]
        assert final.margin is not None
        assert all(final.margin >= other.margin for other in final.alternatives)
        readings = (Reading(final.text, final.margin), *final.alternatives)
        known = [reading.margin for reading in readings if "[unk]" not in reading.text.split()]
        margins[name] = max(known, default=-10.0)
    recognizer.close()
    oov = margins.pop("oov the weather is fine today")
    assert min(margins.values()) > max(oov, 3)


def test_only_the_last_words_of_long_talk_are_weighed() -> None:
    recognizer = VoskRecognizer(EMBEDDED, EN)
    recognizer.begin(0, numbers=False)
    for sound in (load(WAV / "left side.wav"), silence(3 * RATE), load(WAV / "stop.wav"), silence(2000)):
        recognizer.accept(sound)
    recognizer.poll()
    recognizer.weigh()
    found = recognizer.poll()
    recognizer.end()
    whole = recognizer.poll()
    recognizer.close()
    assert [hypothesis.text for hypothesis in (*found, *whole)] == ["stop", "left side stop"]
    assert abs(found[0].words[0].start - whole[0].words[-1].start) < samples(0.1)


def margins(recognizer: VoskRecognizer, name: str, expected: Expected) -> dict[str, float]:
    """Return the margin of each reading of a recording."""
    recognizer.begin(0, numbers=False, expected=expected)
    recognizer.accept(np.concatenate((load(WAV / f"{name}.wav"), silence(3000))))
    recognizer.end()
    final = recognizer.poll()[-1]
    assert final.margin is not None
    return {final.text: final.margin, **{other.text: other.margin for other in final.alternatives}}


def test_an_expected_phrase_gains_what_its_repeats_say_and_a_reason_to_stop_loses_nothing() -> None:
    recognizer = VoskRecognizer(EMBEDDED, EN)
    for repeats in (2, 10):
        expected = Expected(frozenset({"pause"}), repeats)
        gain = Prior("", (), repeats).shift
        blind, likely = (margins(recognizer, "pause", e)["pause"] for e in (NOTHING_EXPECTED, expected))
        assert likely - blind == pytest.approx(gain, abs=0.15)
        for red in ("stop", "worse"):
            blind, open_question = (margins(recognizer, red, e)[red] for e in (NOTHING_EXPECTED, expected))
            assert open_question == pytest.approx(blind, abs=0.15)
    recognizer.close()


def test_only_so_many_decoders_are_kept_and_the_one_for_nothing_expected_hears_as_ever() -> None:
    recognizer = VoskRecognizer(EMBEDDED, EN)
    before = margins(recognizer, "left side", NOTHING_EXPECTED)
    for repeats in range(2, MAX_DECODERS + 3):
        recognizer.prepare(numbers=False, expected=Expected(frozenset({"yes"}), repeats))
    assert recognizer.decoders == MAX_DECODERS
    assert margins(recognizer, "left side", NOTHING_EXPECTED) == before
    assert recognizer.decoders == MAX_DECODERS
    recognizer.close()
    assert recognizer.decoders == 0
