"""Recordings: any kind, any loudness, the user's own first, and a clear sentence for what can't be used."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from voice_coach.actions import Earcon, Line
from voice_coach.app.known_texts import known_lines
from voice_coach.audio.pcm import onset, peak, speech_rms, to_signal
from voice_coach.errors import DataError
from voice_coach.files import resources
from voice_coach.identify import build as identify_build
from voice_coach.identify import machine as identify_machine
from voice_coach.speak import cues
from voice_coach.speak.loudness import NOMINAL_RMS

LINE = Line("flexion_rotation.hold", "Hold,")


@pytest.fixture
def recordings(own_folders: Path) -> Path:  # noqa: ARG001 - the user's folders stand elsewhere in tests
    """Return the user's folder of recordings, with a folder for English."""
    folder = resources.APP.user_config_path / "audio_cues"
    (folder / "en").mkdir(parents=True)
    return folder


def record(path: Path, subtype: str | None = "PCM_16", *, rate: int = 44_100, amplitude: float = 0.1) -> Path:
    """Write half a second of a tone, after a third of a second of silence, in two channels."""
    time = np.arange(rate // 2) / rate
    tone = np.pad(amplitude * np.sin(2 * np.pi * 300 * time), (rate // 3, rate // 5))
    soundfile.write(path, np.stack([tone, tone], axis=1), rate, subtype=subtype)
    return path


@pytest.mark.parametrize(
    ("kind", "subtype"),
    [("wav", "PCM_16"), ("wav", "PCM_24"), ("wav", "PCM_32"), ("wav", "FLOAT"), ("wav", "PCM_U8"),
     ("flac", None), ("ogg", None), ("mp3", None)],
)  # fmt: skip
def test_every_kind_of_recording_comes_out_alike(recordings: Path, kind: str, subtype: str | None) -> None:
    """Trimmed to the onset, at the common loudness, half a second long."""
    record(recordings / "en" / f"{LINE.cue}.{kind}", subtype)
    path = cues.find_line(LINE, "en")
    assert path
    clip = cues.load_line(path)
    assert onset(clip) == 0
    assert speech_rms(clip) == pytest.approx(NOMINAL_RMS, rel=0.05)
    assert clip.size == pytest.approx(8000, abs=800)


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "FLOAT"])
def test_an_extensible_wav_is_read_as_what_it_is(recordings: Path, subtype: str) -> None:
    """Floats taken for integers would be loud noise: not one sample may be far from the tone."""
    time = np.arange(16_000) / 16_000
    tone = 0.05 * np.sin(2 * np.pi * 300 * time)
    soundfile.write(recordings / "en" / "x.wav", tone, 16_000, format="WAVEX", subtype=subtype)
    clip = to_signal(cues.load_line(recordings / "en" / "x.wav"))
    expected = tone[-clip.size :] * NOMINAL_RMS / (0.05 / np.sqrt(2))
    power = np.abs(np.fft.rfft(clip)) ** 2
    assert power[295:306].sum() > 0.99 * power.sum()
    assert np.abs(clip).max() == pytest.approx(np.abs(expected).max(), rel=0.05)


def test_all_that_libsndfile_reads_needs_no_ffmpeg(recordings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And all else is told with the command that converts it."""
    monkeypatch.setenv("PATH", str(recordings))
    for name in ("a.flac", "b.mp3", "c.ogg", "d.wav"):
        path = record(recordings / "en" / name, "FLOAT" if name == "d.wav" else None)
        assert cues.load_line(path).size
    path = recordings / "en" / "memo.m4a"
    path.write_bytes(b"\x00\x00\x00\x1cftypM4A " + bytes(100))
    with pytest.raises(DataError, match=r"memo\.m4a: .* needs ffmpeg; .* ffmpeg -i memo\.m4a memo\.wav"):
        cues.load_line(path)


def test_what_is_no_sound_is_told_with_the_remedy(recordings: Path) -> None:
    """Text, nothing, silence, a folder that may not be read, a file that has gone."""
    (recordings / "en" / "text.wav").write_text("hello")
    (recordings / "en" / "empty.mp3").touch()
    record(recordings / "en" / "silent.wav", amplitude=0)
    (recordings / "en" / "folder.wav").mkdir()
    for name, message in [
        ("text.wav", "is damaged or no sound file .* convert it to WAV"),
        ("empty.mp3", "is damaged or no sound file"),
        ("silent.wav", "holds only silence; record it again"),
        ("folder.wav", "can't be read"),
        ("gone.wav", "can't be read"),
    ]:
        with pytest.raises(DataError, match=rf"{name}: {message}"):
            cues.load_line(recordings / "en" / name)


def test_a_wav_comes_before_the_other_kinds_and_other_languages_do_not_count(recordings: Path) -> None:
    """One place, one order; nothing outside of the folder."""
    assert cues.find_line(LINE, "en") is None
    (recordings / "de").mkdir()
    record(recordings / "de" / f"{LINE.cue}.wav")
    record(recordings / "secret.wav")
    assert cues.find_line(LINE, "en") is None
    assert cues.find_line(Line("../../secret", ""), "en") is None
    record(recordings / "en" / f"{LINE.cue}.ogg", None)
    wav = record(recordings / "en" / f"{LINE.cue}.wav")
    assert cues.find_line(LINE, "en") == wav


def test_an_offset_makes_no_difference_to_length_and_loudness(recordings: Path) -> None:
    """Cheap sound cards add one: nothing was trimmed, so that the count came 0.7 s late."""
    tone = np.pad(0.2 * np.sin(2 * np.pi * 300 * np.arange(8000) / 16_000), (11_200, 11_200)).round(3)
    clips = []
    for name, offset in (("plain.wav", 0.0), ("offset.wav", 0.4), ("below.wav", -0.4)):
        soundfile.write(recordings / "en" / name, tone + offset, 16_000, subtype="FLOAT")
        clips.append(cues.load_line(recordings / "en" / name))
    assert 8000 <= clips[0].size < 9000
    for clip in clips[1:]:
        assert clip.size == clips[0].size
        assert np.abs(clip.astype(int) - clips[0]).max() <= 2


@pytest.mark.parametrize("name", ["count.WAV", "count.Flac", "count.OGG"])
def test_the_case_of_an_ending_makes_no_difference(recordings: Path, name: str) -> None:
    """Recorders of Windows write WAV."""
    assert cues.find_line(Line("count", ""), "en") is None
    path = record(recordings / "en" / name, None)
    assert cues.find_line(Line("count", ""), "en") == path


def test_files_that_nothing_uses_are_named_with_the_reason(recordings: Path, tmp_path: Path) -> None:
    """A misspelled id, another kind of file, a link out of the folder, a second recording of one line."""
    assert cues.unused("en") == []
    for name in ("flexion_rotation.hold.wav", "flexion_rotation.holt.wav", "flexion_rotation.hold.flac"):
        record(recordings / "en" / name, None)
    record(recordings / "en" / "summary.improved.1.five.three.wav")
    record(recordings / "tick.WAV", None)
    (recordings / "en" / "notes.docx").touch()
    (recordings / "en" / "flexion_rotation.come_back.wav").symlink_to(record(tmp_path / "elsewhere.wav"))
    (recordings / "en" / "flexion_rotation.roll_back.wav").symlink_to("flexion_rotation.roll_back.wav")
    found = {problem.path.name: problem.message for problem in cues.unused("en")}
    assert 'did you mean "en/flexion_rotation.hold"?' in found.pop("flexion_rotation.holt.wav")
    assert "gives way to flexion_rotation.hold.wav" in found.pop("flexion_rotation.hold.flac")
    assert "does not end in one of wav" in found.pop("notes.docx")
    assert "copy the recording here" in found.pop("flexion_rotation.come_back.wav")
    assert "copy the recording here" in found.pop("flexion_rotation.roll_back.wav")
    assert set(found) <= {"summary.improved.1.five.three.wav"}


def test_a_link_to_a_folder_is_named(recordings: Path, tmp_path: Path) -> None:
    """What is behind it is not used."""
    record(tmp_path / "elsewhere.wav")
    (recordings / "en" / "texts").symlink_to(tmp_path, target_is_directory=True)
    (recordings / "en" / "mine").mkdir()
    (problem,) = cues.unused("en")
    assert problem.path == recordings / "en" / "texts"
    assert "is a link to a folder; copy the recordings here" in problem.message


def test_one_recording_serves_every_line_of_a_text(recordings: Path) -> None:
    """One that is named after an id goes before it."""
    (recordings / "en" / "texts").mkdir()
    path = record(recordings / "en" / "texts" / f"{cues.text_name('Hold,')}.wav")
    for cue in ("flexion_rotation.hold", "bridge.hold", "x"):
        assert cues.find_line(Line(cue, "Hold,"), "en") == path
    assert cues.find_line(Line("flexion_rotation.hold", "Hold."), "en") is None
    own = record(recordings / "en" / "bridge.hold.wav")
    assert cues.find_line(Line("bridge.hold", "Hold,"), "en") == own
    assert cues.unused("en") == []


def test_a_recording_of_a_text_that_nobody_says_is_named(recordings: Path) -> None:
    """Unless it is known beforehand that it is said; with the text that it may have been."""
    (recordings / "en" / "texts").mkdir()
    lines = [Line("x", "Hello, Jane."), Line("y", "And come back, slowly.")]
    for line in lines:
        record(recordings / "en" / "texts" / f"{cues.text_name(line.text)}.wav")
    (problem,) = cues.unused("en", lines[:1])
    assert problem.path.name.startswith("and-come-back-slowly.")
    assert f'did you mean "en/texts/{cues.text_name("And come back.")}"?' in problem.message


WHO = identify_machine.all_lines(("Jane",), identify_build.prompts_of("en"))


def test_every_line_of_every_dialogue_can_be_replaced(recordings: Path) -> None:
    """Whatever its fields hold: figures of a summary, days, names. No such file is called unused."""
    known = known_lines()
    names = cues.recording_names("en", known)
    assert any(line.cue.startswith("summary.change.1.") for line in known)
    assert [line.cue for line in (*known, *WHO) if not cues.is_name(f"en/{line.cue}", names)] == []
    by_prompt = {line.cue.rpartition(".")[0]: line for line in (*known, *WHO)}
    (recordings / "en" / "texts").mkdir()
    for line in by_prompt.values():
        (recordings / "en" / f"{cues.recording_name(line, 'en')}.wav").touch()
    found = cues.Recordings("en")
    assert [line.cue for line in by_prompt.values() if found.find(line) is None] == []
    assert cues.unused("en", known) == []


def test_recordings_that_cant_be_played_are_found_beforehand(recordings: Path) -> None:
    assert cues.unreadable("en") == []
    record(recordings / "en" / "flexion_rotation.hold.wav")
    (recordings / "en" / "flexion_rotation.roll_back.wav").write_bytes(b"RIFF")
    (recordings / "tick.wav").write_text("hello")
    assert [problem.path.name for problem in cues.unreadable("en")] == ["flexion_rotation.roll_back.wav", "tick.wav"]


@pytest.mark.parametrize("earcon", list(Earcon))
def test_every_earcon_is_there(earcon: Earcon) -> None:
    """And begins at once."""
    path = cues.find_earcon(earcon)
    assert path
    assert onset(cues.load_earcon(path)) == 0


def test_an_earcon_can_be_replaced_but_is_never_louder_than_speech(recordings: Path) -> None:
    """The user's folder comes first; what is soft stays soft."""
    path = record(recordings / "tick.wav", amplitude=0.9)
    assert cues.find_earcon(Earcon.TICK) == path
    assert speech_rms(cues.load_earcon(path)) == pytest.approx(NOMINAL_RMS, rel=0.05)
    record(path, amplitude=0.02)
    assert peak(cues.load_earcon(path)) == pytest.approx(0.02, rel=0.05)
