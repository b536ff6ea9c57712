"""A persona that speaks with recordings: which file is played, and what is wrong with a folder."""

import json
from pathlib import Path

import numpy as np
import pytest

from voice_coach.audio.pcm import save, silence
from voice_coach.cli.check import check
from voice_coach.errors import DataError, SpeechError
from voice_coach.rehearsal.clips import RecordedVoice, read_index
from voice_coach.rehearsal.persona import load_persona
from voice_coach.rehearsal.voice import voice_of
from voice_coach.testing import ToneSynthesizer
from voice_coach.timebase import RATE

PERSONA = """\
persona = "recorded"
about = "Speaks with recordings."
clips = "voice"
expect = { outcome = "no_answer", repetitions = 0 }
answers = [
  { to = "side", say = ["{side} side"], natural = [["it's the {side} one"]], means = ["side_left"] },
]
"""
TEXTS = ["left side", "right side", "It's the left one.", "it's the right one"]


def recorded(folder: Path, texts: list[str]) -> Path:
    """Write a folder of recordings, each as many tenths of a second long as its place in the list."""
    folder.mkdir()
    index = {}
    for number, text in enumerate(texts, 1):
        index[text] = f"{number}.wav"
        save(folder / f"{number}.wav", np.full(number * RATE // 10, 1000, np.int16))
    (folder / "index.json").write_text(json.dumps(index), encoding="utf-8")
    return folder


def persona(folder: Path, text: str = PERSONA) -> Path:
    path = folder / "recorded.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_each_text_is_the_sound_of_its_file_whatever_its_case_and_mark(tmp_path: Path) -> None:
    voice = RecordedVoice(recorded(tmp_path / "voice", TEXTS))
    voice.request("it's the  LEFT one")
    voice.request("left side", urgent=True)
    assert [(text, len(clip)) for text, clip in voice.poll()] == [
        ("it's the  LEFT one", 3 * RATE // 10),
        ("left side", RATE // 10),
    ]
    assert voice.poll() == []


def test_a_text_without_a_recording_is_an_error_that_names_it(tmp_path: Path) -> None:
    voice = RecordedVoice(recorded(tmp_path / "voice", TEXTS))
    with pytest.raises(SpeechError, match=r'voice has no recording of "stop": add one to its index\.json'):
        voice.request("stop")


def test_the_fallback_says_what_has_no_recording(tmp_path: Path) -> None:
    fallback = ToneSynthesizer()
    voice = RecordedVoice(recorded(tmp_path / "voice", TEXTS), fallback)
    voice.request("stop")
    ((text, clip),) = voice.poll(1.0)
    assert text == "stop"
    assert clip.size
    assert [asked for asked, _ in fallback.requested] == ["stop"]
    assert fallback.identity in voice.identity
    voice.close()


def test_a_persona_says_where_its_recordings_are(tmp_path: Path) -> None:
    folder = recorded(tmp_path / "voice", TEXTS)
    person = load_persona(str(persona(tmp_path)))
    assert Path(person.clips) == folder
    assert str(folder) in voice_of(person).identity


@pytest.mark.parametrize(
    ("index", "message"),
    [
        (None, "index.json: can't be read"),
        ("{", "index.json: is not JSON"),
        ("[]", "index.json: must be one object from texts to files"),
        ('{"a": 1}', "index.json: must be one object from texts to files"),
    ],
)
def test_an_index_with_a_mistake_is_told(tmp_path: Path, index: str | None, message: str) -> None:
    folder = tmp_path / "voice"
    folder.mkdir()
    if index is not None:
        (folder / "index.json").write_text(index, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        read_index(folder)
    found = check(persona(tmp_path))
    assert not found.good
    (problem,) = found.problems
    assert (problem.line, problem.key) == (3, "clips")
    assert message in problem.message


def test_check_names_each_text_that_has_no_recording(tmp_path: Path) -> None:
    folder = recorded(tmp_path / "voice", TEXTS[:3])
    (problem,) = check(persona(tmp_path)).problems
    assert 'has no recording of "it\'s the right one"' in problem.message
    assert check(persona(tmp_path, PERSONA.replace("clips =", "fallback = true\nclips ="))).good
    (folder / "1.wav").unlink()
    problems = check(persona(tmp_path)).problems
    assert 'has no file 1.wav, which should hold "left side"' in problems[0].message
    assert problems[0].line == 3


def test_a_file_that_holds_no_sound_is_told(tmp_path: Path) -> None:
    folder = recorded(tmp_path / "voice", TEXTS)
    save(folder / "1.wav", silence(10))
    (folder / "2.wav").write_text("no sound", encoding="utf-8")
    voice = RecordedVoice(folder)
    with pytest.raises(DataError, match=r"2\.wav: is damaged or no sound file"):
        voice.request("right side")


@pytest.mark.parametrize("key", ["natural", "means"])
def test_more_turns_than_are_said_are_told(tmp_path: Path, key: str) -> None:
    recorded(tmp_path / "voice", TEXTS)
    more = {"natural": '[["a"], ["b"]]', "means": '["side_left", "side_right"]'}[key]
    old = {"natural": '[["it\'s the {side} one"]]', "means": '["side_left"]'}[key]
    (problem,) = check(persona(tmp_path, PERSONA.replace(f"{key} = {old}", f"{key} = {more}"))).problems
    assert problem.key == f"answers[0].{key}"
    assert "has 2 turns, but say has 1; write one entry for each turn" in problem.message


def test_a_field_in_own_words_is_checked_too(tmp_path: Path) -> None:
    text = PERSONA.replace("it's the {side} one", "it's the {sight} one")
    (problem,) = check(persona(tmp_path, text)).problems
    assert problem.key == "answers[0].natural[0][0]"
    assert "{sight} means nothing here" in problem.message
