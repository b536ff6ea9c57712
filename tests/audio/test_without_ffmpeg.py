"""Without ffmpeg, which `make run` leaves out: everything works, and one line tells who has a telephone's recording."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import soundfile

from voice_coach.audio.sound_file import INSTALL_FFMPEG
from voice_coach.files import resources

STOP = Path(__file__).parents[1] / "wav/stop.wav"

TOLD = f": is of a kind that needs ffmpeg; install it ({INSTALL_FFMPEG}), or convert it elsewhere: ffmpeg -i "


def call(*arguments: str, said: str = "") -> "subprocess.CompletedProcess[str]":
    """Run the program where PATH leads to no other program."""
    return subprocess.run(
        [sys.executable, "-m", "voice_coach", *arguments],
        env={**os.environ, "PATH": "/nowhere"},
        input=said,
        capture_output=True,
        text=True,
        check=False,
    )


def telephone_memo(path: Path) -> Path:
    """Write what begins as an M4A file does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\x00\x00\x00\x1cftypM4A " + bytes(100))
    return path


KINDS = ("wav", "flac", "mp3", "ogg", "opus", "aiff")


def test_all_that_libsndfile_reads_is_recognised(tmp_path: Path, subtests: pytest.Subtests) -> None:
    sound, rate = soundfile.read(STOP)
    paths = {kind: tmp_path / f"x.{kind}" for kind in KINDS}
    for kind, path in paths.items():
        subtype = {"opus": "OPUS", "ogg": "VORBIS"}.get(kind)
        soundfile.write(path, sound, rate, format="OGG" if subtype else None, subtype=subtype)
    done = call("recognize", *map(str, paths.values()))
    assert (done.returncode, done.stderr) == (0, "")
    for kind, path in paths.items():
        with subtests.test(kind):
            (found,) = [line for line in done.stdout.splitlines() if line.startswith(str(path))]
            assert ' stop, "stop"' in found


@pytest.mark.parametrize(
    "command", ["rehearse --persona red-flag", "run --text", "cues", "exercises", "doctor --silent"]
)
def test_no_command_needs_it_or_speaks_of_it(command: str) -> None:
    """Only the doctor complains, of a missing microphone."""
    done = call(*command.split(), said="stop\n" * 20)
    assert done.returncode == (1 if "doctor" in command else 0), done.stderr
    assert "ffmpeg" not in done.stdout + done.stderr
    assert "Warning" not in done.stderr


def test_a_sound_file_of_a_telephone_is_told_in_one_line(tmp_path: Path) -> None:
    memo = telephone_memo(tmp_path / "memo.m4a")
    done = call("recognize", str(memo))
    assert (done.returncode, done.stderr) == (1, f"voice-coach: {memo}{TOLD}memo.m4a memo.wav\n")


def test_so_are_recordings_of_the_coach(tmp_path: Path) -> None:
    """On import, and where they lie already: by `cues` and `doctor`."""
    memo = telephone_memo(tmp_path / "phone/Roll back.m4a")
    assert f"{memo}{TOLD}'Roll back.m4a' 'Roll back.wav'" in call("cues", "--import", str(memo.parent)).stderr
    own = telephone_memo(resources.APP.user_config_path / "audio_cues/en/flexion_rotation.roll_back.m4a")
    for command in ("cues", "doctor --silent"):
        done = call(*command.split())
        assert (done.stdout + done.stderr).count(f"{own}{TOLD}") == 1
        assert "Warning" not in done.stderr
