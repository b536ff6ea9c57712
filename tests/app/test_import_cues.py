"""A folder of recordings is taken over: by id, by text, and with a list of what fits nothing."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from voice_coach.actions import Line
from voice_coach.app.import_cues import import_folder
from voice_coach.app.known_texts import known_lines
from voice_coach.audio.pcm import load, onset, speech_rms
from voice_coach.errors import DataError
from voice_coach.speak.cues import find_line, own_folder, unused
from voice_coach.speak.loudness import NOMINAL_RMS

LINES = known_lines()


def lines_of(*texts: str) -> list[Line]:
    return [Line("x", text) for text in texts]


def record(path: Path, amplitude: float = 0.02) -> Path:
    """Write half a second of a tone after as much silence, too soft, at another rate."""
    path.parent.mkdir(parents=True, exist_ok=True)
    tone = amplitude * np.sin(np.arange(22_050) * 0.05)
    soundfile.write(path, np.pad(tone, (22_050, 0)), 44_100)
    return path


def test_files_are_found_by_id_and_by_text(tmp_path: Path) -> None:
    """Levelled and cut; whatever case, marks and folders their names have."""
    folder = tmp_path / "mine"
    named = {
        "flexion_rotation.roll_back.wav": ("en/flexion_rotation.roll_back",),
        "en/flexion_rotation.hold.wav": ("en/flexion_rotation.hold",),
        "tick.WAV": ("tick",),
        "later/which side hurts left or right.flac": ("Which side hurts, left or right?",),
        "And come back.wav": ("And come back.",),
        "That_s good to hear.wav": (),
        "That’s good to hear.ogg": ("That's good to hear.",),
    }
    for name in named:
        record(folder / name)
    result = import_folder(folder, "en", LINES)
    assert dict(result.taken) == {folder / name: said for name, said in named.items() if said}
    assert [problem.path.name for problem in result.problems] == ["That_s good to hear.wav"]
    for line in (
        Line("flexion_rotation.roll_back", "Roll back."),
        Line("flexion_rotation.hold", "Hold,"),
        Line("any.id", "And come back."),
        Line("any.id", "Which side hurts, left or right?"),
    ):
        path = find_line(line, "en")
        assert path
        clip = load(path)
        assert onset(clip) == 0
        assert speech_rms(clip) == pytest.approx(NOMINAL_RMS, rel=0.05)
    assert unused("en", LINES) == []


def test_one_file_serves_all_texts_with_its_words(tmp_path: Path) -> None:
    """Unless another one is named exactly after one of them."""
    record(tmp_path / "one.wav")
    assert import_folder(tmp_path, "en", lines_of("one,", "One.", "Two.")).taken == [
        (tmp_path / "one.wav", ("one,", "One."))
    ]
    other = tmp_path / "other"
    for name in ("two.wav", "Two..wav"):
        record(other / name)
    taken = dict(import_folder(other, "en", lines_of("two,", "Two.")).taken)
    assert taken == {other / "two.wav": ("two,",), other / "Two..wav": ("Two.",)}


def test_what_fits_nothing_is_listed_with_the_reason(tmp_path: Path) -> None:
    """And the rest is taken over all the same."""
    folder = tmp_path / "mine"
    record(folder / "Roll back.wav")
    record(folder / "flexion_rotation.holt.wav")
    record(folder / "Take a deep breath.wav")
    record(folder / "Number two.wav", amplitude=0)
    (folder / "notes.docx").write_text("notes")
    (folder / ".hidden").write_text("")
    (folder / "Number one.wav").write_text("no sound")
    result = import_folder(folder, "en", LINES)
    assert [path.name for path, _ in result.taken] == ["Roll back.wav"]
    found = {problem.path.name: problem.message for problem in result.problems}
    assert 'did you mean "flexion_rotation.hold"?' in found.pop("flexion_rotation.holt.wav")
    assert "fits no sentence or sound" in found.pop("Take a deep breath.wav")
    assert "does not end in one of wav" in found.pop("notes.docx")
    assert "is damaged or no sound file" in found.pop("Number one.wav")
    assert "holds only silence" in found.pop("Number two.wav")
    assert found == {}


def test_a_recording_that_is_there_is_not_replaced(tmp_path: Path) -> None:
    """Whatever kind of file it is; it is named."""
    folder = tmp_path / "mine"
    for name in ("Roll back.wav", "flexion_rotation.hold.wav"):
        record(folder / name)
    assert len(import_folder(folder, "en", LINES).taken) == 2
    there = own_folder() / "en/flexion_rotation.hold.wav"
    there.rename(there.with_suffix(".FLAC"))
    result = import_folder(folder, "en", LINES)
    assert result.taken == []
    assert all("there is a recording already; remove" in problem.message for problem in result.problems)
    assert str(there.with_suffix(".FLAC")) in result.problems[1].message
    assert len([path for path in own_folder().rglob("*") if path.is_file()]) == 2


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is no folder"):
        import_folder(tmp_path / "gone", "en", LINES)
