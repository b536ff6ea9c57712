"""`voice-coach voices`: what there is, how it sounds, and which is used from now on."""

import json
from pathlib import Path

import pytest
import soundfile

from tests.speak.tone_pack import write_tone_pack
from voice_coach.audio.pcm import load, onset, trim
from voice_coach.cli.main import main
from voice_coach.cli.voices import sample_lines
from voice_coach.config import preferences
from voice_coach.files import resources
from voice_coach.files.profiles import FIRST
from voice_coach.speak.voice_pack import INDEX, open_pack


def test_voices_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """Recordings, packs and this computer's English voices; the one that is used has a mark."""
    write_tone_pack("tones", ["Hello."])
    recording = resources.APP.user_config_path / "audio_cues/en/one.wav"
    recording.parent.mkdir(parents=True)
    soundfile.write(recording, [0.0], 16_000)
    assert main(["voices"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0].split()[:4] == ["*", "recordings", "1", "lines"]
    assert out[1].split() == ["pack:tones", "tones,", "tones;", "1", "texts,", "CC0-1.0"]
    assert [line.split()[1] for line in out if line.startswith("* ")] == ["recordings", "en-us"]
    assert not any(line.split()[0] == "de" for line in out)


def test_voices_of_other_languages_are_listed_if_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    """For programs too."""
    assert main(["voices", "--json", "--all"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {"voice": "en-us", "kind": "computer", "about": "English (America)", "used": True, "problem": ""} in rows
    assert any(row["voice"] == "de" for row in rows)


def test_a_damaged_pack_is_listed_with_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    """And can't be used."""
    folder = write_tone_pack("tones", ["Hello."])
    (folder / INDEX).write_text("{")
    assert main(["voices"]) == 0
    (row,) = (line for line in capsys.readouterr().out.splitlines() if "pack:tones" in line)
    assert f" {folder / INDEX}: is no index of a voice pack" in row
    assert main(["voices", "--use", "pack:tones"]) == 1
    assert "is no index of a voice pack" in capsys.readouterr().err
    assert preferences.load(FIRST.settings).voice is None


def test_a_voice_is_used_from_now_on(capsys: pytest.CaptureFixture[str]) -> None:
    """Of a pack or of this computer; what else is in the settings stays."""
    write_tone_pack("tones", ["Hello."])
    FIRST.settings.parent.mkdir(parents=True, exist_ok=True)
    FIRST.settings.write_text('voice = "en-gb"\nvolume = 5 # loud\n')
    for voice in ("pack:tones", "en-us+m8"):
        assert main(["voices", "--use", voice]) == 0
        assert f"speaks with {voice} from now on" in capsys.readouterr().out
        assert FIRST.settings.read_text() == f'voice = "{voice}"\nvolume = 5 # loud\n'
    assert main(["voices"]) == 0
    assert any(line.startswith("* en-us ") for line in capsys.readouterr().out.splitlines())


@pytest.mark.parametrize("voice", ["nobody", "pack:nobody", "pack:"])
def test_a_voice_that_is_none_is_not_used(voice: str, capsys: pytest.CaptureFixture[str]) -> None:
    """And told in a sentence."""
    assert main(["voices", "--use", voice]) == 1
    assert "there is no" in capsys.readouterr().err.lower()
    assert not FIRST.settings.exists()


def test_a_preview_greets_and_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In the voice of the pack, and what that lacks in this computer's."""
    lines = sample_lines()
    write_tone_pack("tones", [line.text for line in lines])
    assert main(["voices", "--preview", "pack:tones", "--render", str(tmp_path / "a.wav")]) == 0
    assert str(tmp_path / "a.wav") in capsys.readouterr().out
    heard = load(tmp_path / "a.wav")
    first = open_pack("tones").load(lines[0].text)
    begin = onset(heard)
    assert begin is not None
    assert (heard[begin : begin + first.size // 2] == first[: first.size // 2]).all()
    assert trim(heard).size > sum(open_pack("tones").load(line.text).size for line in lines) // 2


def test_a_render_without_a_preview_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the way to say it."""
    assert main(["voices", "--render", str(tmp_path / "a.wav")]) == 2
    assert "--preview" in capsys.readouterr().err
