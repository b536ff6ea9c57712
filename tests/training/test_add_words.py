"""Words can be added to the model's graph without training it anew."""

import json
from pathlib import Path

import pytest
import vosk

from training import add_words, fst, lexicon
from voice_coach.audio import pcm
from voice_coach.config.engines import session_grammar

MODEL = Path(__file__).parents[2] / "voice_coach" / "model"


@pytest.fixture
def extended(tmp_path: Path) -> Path:
    """A copy of the embedded model that also knows a word that no English dictionary holds."""
    dictionary = tmp_path / "new.dict"
    dictionary.write_text("# ours\nblorptang  B L AO R P T AE NG\nstop  S T AA P\n")
    assert add_words.extend(MODEL, tmp_path / "model", lexicon.read_dictionary(dictionary)) == ["blorptang"]
    return tmp_path / "model"


def test_vosk_knows_the_new_word_and_all_old_ones(extended: Path) -> None:
    vosk.SetLogLevel(-1)
    before, after = vosk.Model(str(MODEL)), vosk.Model(str(extended))
    words = [line.split()[0] for line in (MODEL / "graph/words.txt").read_text().splitlines()]
    assert before.vosk_model_find_word("blorptang") == -1
    assert after.vosk_model_find_word("blorptang") == len(words)
    assert all(after.vosk_model_find_word(word) == before.vosk_model_find_word(word) for word in words[1:])


def test_recognition_of_an_old_word_stays_as_it_was(extended: Path) -> None:
    spoken_stop = pcm.load(MODEL.parents[1] / "tests/wav/stop.wav").tobytes() + bytes(16_000)
    vosk.SetLogLevel(-1)
    results = []
    for model in (MODEL, extended):
        recognizer = vosk.KaldiRecognizer(vosk.Model(str(model)), 16000, json.dumps(["stop", "go on", "[unk]"]))
        recognizer.AcceptWaveform(spoken_stop)
        results.append(json.loads(recognizer.FinalResult())["text"])
    assert results == ["stop", "stop"]


def test_a_graph_that_is_read_and_written_is_the_same_file(tmp_path: Path) -> None:
    source = MODEL / "graph/HCLr.fst"
    fst.write(tmp_path / "copy.fst", fst.read(source))
    assert (tmp_path / "copy.fst").read_bytes() == source.read_bytes()


def test_another_kind_of_transducer_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "graph.fst"
    path.write_bytes((MODEL / "graph/HCLr.fst").read_bytes().replace(b"vector", b"const!", 1))
    with pytest.raises(ValueError, match="no OpenFst vector transducer"):
        fst.read(path)


@pytest.mark.parametrize("line", ["word", "word  QQ", "word  AH0"])
def test_a_wrong_dictionary_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "wrong.dict"
    path.write_text(f"# first\n{line}\n")
    with pytest.raises(ValueError, match=r"wrong\.dict:2: write the word and its sounds"):
        lexicon.read_dictionary(path)


def test_every_word_of_the_grammar_is_in_the_embedded_model_and_on_the_list_for_the_next() -> None:
    words = {line.split()[0] for line in (MODEL / "graph/words.txt").read_text().splitlines()}
    wanted = session_grammar("en").words
    assert wanted <= words
    assert wanted <= set(lexicon.vocabulary())
