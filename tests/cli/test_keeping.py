"""`voice-coach backup`, `restore` and `forget`, with real files, processes and a terminal."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.history.course import Done, write
from voice_coach.cli.main import main
from voice_coach.files.profiles import FIRST
from voice_coach.history.database import default_path
from voice_coach.history.store import Store
from voice_coach.speak.clip_library import default_folder


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the test folders of its own."""
    for name in ("DATA", "CACHE", "CONFIG"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def known() -> list[Path]:
    """Let the coach know its user, and return the files by which it does."""
    write(None, [Done(), Done(day=1)])
    clip, settings = default_folder() / "1.pcm", FIRST.calibration
    for path in (clip, settings):
        path.parent.mkdir(parents=True)
        path.write_bytes(b"x")
    return [default_path(), clip, settings]


def count() -> int:
    """Return how many sessions there are."""
    with Store.open() as store:
        return len(store.sessions())


def typed(words: str, *args: str) -> tuple[int, str]:
    """Return the exit code and the output of a command that is called on a terminal, on which this is typed."""
    ours, its = pty.openpty()
    try:
        os.write(ours, words.encode())
        program = [sys.executable, "-m", "voice_coach", *args]
        done = subprocess.run(
            program, stdin=its, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2]
        )
    finally:
        os.close(ours)
        os.close(its)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.usefixtures("known")
def test_there_and_back(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backup", "copy.db"]) == 0
    write(None, [Done(day=2)])
    assert main(["restore", "copy.db"]) == 0
    kept = default_path().with_name("history.db.before-restore")
    assert capsys.readouterr().out.splitlines() == [
        "copy.db holds 2 sessions.",
        "The history holds 2 sessions now.",
        f"The one before is kept as {kept}; `voice-coach forget` deletes it too.",
    ]
    assert count() == 2


@pytest.mark.usefixtures("known")
def test_after_forgetting_the_copy_brings_it_back(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backup", "copy.db"]) == 0
    assert main(["forget", "--yes"]) == 0
    assert main(["restore", "copy.db"]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        "Everything has been deleted.",
        "The history holds 2 sessions now.",
    ]
    assert count() == 2


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (
            ["backup", "there.txt"],
            "there.txt already exists; name a new file, because nothing is overwritten.",
        ),
        (["restore", "nowhere.db"], "nowhere.db does not exist; name the file that `voice-coach backup` wrote."),
    ],
)
@pytest.mark.usefixtures("known")
def test_what_goes_wrong_is_one_sentence(args: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("there.txt").touch()
    assert main(args) == 1
    assert capsys.readouterr() == ("", f"voice-coach: {sentence}\n")
    assert count() == 2


def test_all_that_it_knows_is_forgotten(known: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    model = default_path().with_name("models") / "one"
    model.mkdir(parents=True)
    assert main(["forget", "--yes"]) == 0
    assert capsys.readouterr().out == "Everything has been deleted.\n"
    assert [path for path in known if path.exists()] == []
    assert model.is_dir()
    assert main(["forget"]) == 0
    assert capsys.readouterr().out == "There is nothing to forget.\n"


def test_nothing_is_forgotten_where_nobody_can_be_asked(known: list[Path]) -> None:
    program = [sys.executable, "-m", "voice_coach", "forget"]
    done = subprocess.run(
        program, input="forget\n", capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2]
    )
    assert done.returncode == 1
    assert done.stderr.startswith("voice-coach: Nothing was deleted: deleting is permanent, and there is no terminal")
    assert "give --yes" in done.stderr
    assert all(path.exists() for path in known)


@pytest.mark.parametrize("answer", ["y\n", "yes\n", "\n", "forget it\n"])
def test_only_the_very_word_is_a_yes(answer: str, known: list[Path]) -> None:
    code, output = typed(answer, "forget")
    assert code == 1
    assert "Nothing was deleted." in output
    assert all(path.exists() for path in known)


def test_who_types_the_word_is_forgotten(known: list[Path]) -> None:
    code, output = typed("Forget\n", "forget")
    assert code == 0
    assert "Everything has been deleted." in output
    assert str(known[0]) in output
    assert [path for path in known if path.exists()] == []
