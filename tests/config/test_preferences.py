"""What a person prefers: read with clear errors, written whole, and nothing lost that stood there."""

import os
import stat
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.config.preferences import Preferences, load, save
from voice_coach.errors import DataError, HistoryError
from voice_coach.files.profiles import FIRST

TEXTS = st.none() | st.text(min_size=1).filter(str.strip)
FLAGS = st.none() | st.booleans()
PREFERENCES = st.builds(
    Preferences,
    microphone=TEXTS, speaker=TEXTS, voice=TEXTS, headphones=FLAGS, earcons=FLAGS,
    volume=st.none() | st.integers(1, 7), rate=st.none() | st.integers(120, 200),
    echo_delay_ms=st.none() | st.floats(0, 2000),
    help_command=st.none() | st.lists(st.text(min_size=1), min_size=1, max_size=3).map(tuple),
    help_mqtt=st.sampled_from([None, "mqtt://broker/help", "mqtts://me@broker:1/a/b"]),
    help_gpio=st.none() | st.integers(0, 27), help_at_once=FLAGS,
)  # fmt: skip


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_file_all_is_as_for_anybody(tmp_path: Path) -> None:
    assert load(tmp_path / "settings.toml") == Preferences()
    assert FIRST.settings.name == "settings.toml"


@given(PREFERENCES, PREFERENCES)
def test_what_was_saved_is_what_is_read_whatever_stood_there(
    tmp_path_factory: pytest.TempPathFactory, before: Preferences, after: Preferences
) -> None:
    path = tmp_path_factory.mktemp("person") / "deep" / "settings.toml"
    for wanted in (before, after):
        save(path, wanted)
        assert load(path) == wanted


def test_comments_and_what_is_not_changed_stay_as_they_were(tmp_path: Path) -> None:
    path = written(tmp_path, '# mine\nvolume = 5  # loud\nrate=140\nspeaker = "Box"')
    save(path, msgspec.structs.replace(load(path), rate=150, speaker=None, earcons=False))
    assert path.read_text() == "# mine\nvolume = 5  # loud\nrate=150\nearcons = false\n"


def test_what_is_written_over_several_lines_is_changed_and_the_rest_stays(tmp_path: Path) -> None:
    path = written(tmp_path, 'microphone = """\nUSB"""  # mine\n\nvolume = 5\n')
    save(path, Preferences(microphone="Array", volume=5))
    assert path.read_text() == 'microphone = "Array"  # mine\n\nvolume = 5\n'


def test_a_command_over_several_lines_stays_as_it_is(tmp_path: Path) -> None:
    text = 'help_command = [  # mine\n  "ring",\n  "--loud",\n]\nvolume = 5\n'
    path = written(tmp_path, text)
    save(path, msgspec.structs.replace(load(path), volume=6))
    assert path.read_text() == text.replace("5", "6")
    assert load(path).help_command == ("ring", "--loud")


def test_the_ways_of_calling_for_help_are_those_that_stand_there(tmp_path: Path) -> None:
    assert load(tmp_path / "settings.toml").help_calls.ways() == []
    text = 'help_command = ["ring"]\nhelp_mqtt = "mqtt://broker/help"\nhelp_gpio = 22\nhelp_at_once = true'
    found = load(written(tmp_path, text)).help_calls
    assert [way.name for way in found.ways()] == ["command", "mqtt", "gpio"]
    assert found.at_once


def test_nothing_new_writes_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, "volume=5")
    save(path, Preferences(volume=5))
    assert path.read_text() == "volume=5"


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
def test_the_file_is_for_its_owners_eyes_only(tmp_path: Path) -> None:
    path = tmp_path / "config" / "settings.toml"
    save(path, Preferences(volume=5))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("text", "line", "key", "message"),
    [
        ("\nvolum = 5", 2, "volum", "is no setting; there are microphone, speaker"),
        ("[sound]\nvolume = 5", 1, "sound", "is no setting"),
        ("volume = 8", 1, "volume", "a whole number from 1 to 7"),
        ("volume = 5.5", 1, "volume", "a whole number"),
        ("volume = true", 1, "volume", "a whole number"),
        ("rate = 100", 1, "rate", "from 120 to 200"),
        ('earcons = "no"', 1, "earcons", "true or false"),
        ("microphone = 1", 1, "microphone", "a text in quotes"),
        ('speaker = " "', 1, "speaker", "not empty"),
        ("echo_delay_ms = nan", 1, "echo_delay_ms", "from 0 to 2000"),
    ],
)
def test_a_mistake_is_told_with_its_line_its_key_and_what_to_write(
    tmp_path: Path, text: str, line: int, key: str, message: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(DataError) as told:
        load(path)
    (problem,) = told.value.problems
    assert (problem.path, problem.line, problem.key) == (path, line, key)
    assert message in problem.message


def test_keys_of_a_former_version_are_passed_over_and_go_when_the_file_is_written_next(tmp_path: Path) -> None:
    path = written(tmp_path, 'input_gain_db = 6.0\nvolume = 5  # loud\ninput_threshold_db = "low"\n')
    assert load(path) == Preferences(volume=5)
    save(path, msgspec.structs.replace(load(path), rate=150))
    assert path.read_text() == "volume = 5  # loud\nrate = 150\n"


@pytest.mark.parametrize("content", [b"volume = ", b"\xff\xfe"])
def test_what_is_no_toml_is_told_and_never_written_over(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(content)
    for action in (lambda: load(path), lambda: save(path, Preferences(volume=5))):
        with pytest.raises(DataError, match="can't be understood"):
            action()
    assert path.read_bytes() == content


def test_what_would_not_be_read_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="volume: must be a whole number"):
        save(tmp_path / "settings.toml", Preferences(volume=0))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    with pytest.raises(HistoryError, match="can't be written"):
        save(tmp_path / "gone" / "settings.toml", Preferences(volume=5))
