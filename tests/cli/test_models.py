"""`voice-coach models`: list, install, use, remove, as a user sees them."""

import hashlib
import json
import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.models.server import Site, serve
from voice_coach.cli.main import main
from voice_coach.cli.models import command
from voice_coach.hear.asr.vosk import EMBEDDED
from voice_coach.models import installed, selected
from voice_coach.models.selected import Choice

NAME = "vosk-model-small-en-us-0.15"
Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="session")
def packed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("packed")
    return Path(shutil.make_archive(str(folder / "model"), "zip", EMBEDDED.parent, EMBEDDED.name)).read_bytes()


@pytest.fixture
def site(packed: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serve(packed) as served:
        yield served


@pytest.fixture
def shelved() -> Path:
    installed.root().mkdir(parents=True)
    return Path(shutil.copytree(EMBEDDED, installed.place("my-model")))


def lack(folder: Path, *words: str) -> None:
    """Let a model forget words."""
    path = folder / "graph/words.txt"
    text = path.read_text("utf-8")
    for word in words:
        text = text.replace(f"\n{word} ", f"\n{word}x ")
    path.write_text(text, "utf-8")


def models(capsys: Captured, *arguments: str, code: int = 0) -> str:
    """Call, and return all that was written."""
    assert main(["models", *arguments]) == code
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    return out + err


def rows(capsys: Captured) -> dict[str, dict[str, object]]:
    assert main(["models", "list", "--json"]) == 0
    return {row["name"]: row for row in json.loads(capsys.readouterr().out)}


def test_the_list_has_the_embedded_the_official_and_the_installed_models(shelved: Path, capsys: Captured) -> None:
    (installed.root() / ".hidden").mkdir()
    (installed.root() / f".{NAME}.zip.part").write_bytes(bytes(1_500_000))
    text = models(capsys)
    assert "* embedded " in text
    assert f"\n  {NAME}   en-us   41.2 MB  Apache-2.0  SHA-256  1.5 MB of it are fetched\n" in text
    assert "  vosk-model-small-en-gb-0.15   en-gb   42.8 MB  Apache-2.0  MD5      not installed" in text
    assert "\n  my-model " in text
    assert "hidden" not in text
    assert f"Installed models are in {installed.root()}." in text
    assert models(capsys, "list") == text
    (shelved / "am" / "final.mdl").unlink()
    assert f"The Vosk model at {shelved} lacks am/final.mdl" in models(capsys)


def test_the_list_for_programs_tells_where_each_is_and_which_is_used(
    shelved: Path, tmp_path: Path, capsys: Captured
) -> None:
    found = rows(capsys)
    assert (found["embedded"]["used"], found["my-model"]["used"]) == (True, False)
    assert found["my-model"]["path"] == str(shelved)
    assert found[NAME]["url"] == f"https://alphacephei.com/vosk/models/{NAME}.zip"
    assert found[NAME]["size"] == 41_205_931
    selected.write(Choice("my-model"))
    assert [name for name, row in rows(capsys).items() if row["used"]] == ["my-model"]
    own = shutil.copytree(EMBEDDED, tmp_path / "own")
    selected.write(Choice(str(own)))
    assert [name for name, row in rows(capsys).items() if row["used"]] == [str(own)]


def test_an_official_model_is_installed_used_and_removed(site: Site, capsys: Captured) -> None:
    digest = hashlib.sha256(site.data).hexdigest()
    text = models(capsys, "install", NAME, "--from", site.url, "--sha256", digest)
    size = f"{len(site.data) / 1e6:.1f}"
    assert f"Fetching {site.url}.\n0%, 0.0 of {size} MB\n" in text
    assert f"100%, {size} of {size} MB\nUnpacking it.\nLoading it once, to see that it works.\n" in text
    assert len(text.splitlines()) == 15  # ... and a line each tenth
    assert f"{NAME} is installed already." in models(capsys, "install", NAME)
    assert f"Sessions use {NAME}." in models(capsys, "use", NAME)
    assert rows(capsys)[NAME]["used"]
    refused = models(capsys, "remove", NAME, code=1)
    assert f"Sessions use {NAME}: `voice-coach models remove {NAME} --in-use`" in refused
    assert rows(capsys)[NAME]["installed"]
    assert f"{NAME} is removed. Sessions use the embedded model." in models(capsys, "remove", NAME, "--in-use")
    assert (rows(capsys)["embedded"]["used"], rows(capsys)[NAME]["installed"]) == (True, False)


def test_on_a_terminal_one_line_grows(site: Site) -> None:
    digest = hashlib.sha256(site.data).hexdigest()
    ours, theirs = pty.openpty()
    arguments = ["models", "install", NAME, "--from", site.url, "--sha256", digest]
    site.cuts = [1_000_000]
    with subprocess.Popen([sys.executable, "-m", "voice_coach", *arguments], stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        while piece := read(ours):
            shown += piece
    os.close(ours)
    assert process.returncode == 0
    lines = shown.decode().split("\r\n")
    grown = lines[1].split("\r")
    assert grown[1].startswith("[" + " " * 30 + "]   0%  0.0 of ")
    assert grown[-1].startswith("[" + "#" * 30 + "] 100%  ")
    assert lines[2] == "Unpacking it."
    assert b"\x1b" not in shown  # no colour, so NO_COLOR has nothing to ask for


def read(terminal: int) -> bytes:
    """Return what was written to it; nothing at its end, which Linux tells by an error."""
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""


def test_an_archive_on_this_computer_is_installed_under_its_name(
    packed: bytes, tmp_path: Path, capsys: Captured
) -> None:
    (tmp_path / "mine.zip").write_bytes(packed)
    refused = models(capsys, "install", str(tmp_path / "mine.zip"), code=1)
    assert "The checksum of mine.zip is not known" in refused
    assert "mine is installed. Use it: voice-coach models use mine" in models(
        capsys, "install", str(tmp_path / "mine.zip"), "--unverified"
    )
    assert f"There is no archive at {tmp_path / 'none.zip'}" in models(
        capsys, "install", str(tmp_path / "none.zip"), code=1
    )


def test_a_name_that_is_none_is_answered_with_a_better_one(capsys: Captured) -> None:
    assert f"did you mean {NAME}?" in models(capsys, "install", "vosk-model-small-en-us-0.5", code=1)
    assert "no official model called 'xyz'" in models(capsys, "install", "xyz", code=1)
    assert "No model called 'xyz' is installed" in models(capsys, "remove", "xyz", code=1)
    assert "is not a name for a model" in models(capsys, "remove", "../history", code=1)
    assert "There is no Vosk model at xyz" in models(capsys, "use", "xyz", code=1)
    assert f"`voice-coach models install {NAME}` downloads it" in models(capsys, "use", NAME, code=1)


def test_what_makes_no_sense_together_is_told(capsys: Captured) -> None:
    assert "leave out --sha256" in models(capsys, "install", NAME, "--unverified", "--sha256", "0" * 64, code=2)


def test_the_embedded_model_stays(capsys: Captured) -> None:
    assert "can't be removed" in models(capsys, "remove", "embedded", code=1)
    selected.write(Choice("my-model"))
    assert models(capsys, "use", "embedded") == "Sessions use the embedded model.\n"
    assert selected.read() == selected.EMBEDDED


def test_a_folder_is_used_by_its_whole_path(tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(EMBEDDED, tmp_path / "own")
    monkeypatch.chdir(tmp_path)
    assert f"Sessions use {tmp_path / 'own'}." in models(capsys, "use", "own")
    monkeypatch.setenv("VOICE_COACH_MODEL", "/elsewhere")
    assert "But VOICE_COACH_MODEL is set to /elsewhere, which overrides it." in models(capsys, "use", "own")


def test_a_folder_on_the_shelf_is_used_by_its_name(
    shelved: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shelved.parent.parent)
    assert models(capsys, "use", "models/my-model") == "Sessions use my-model.\n"
    assert "--in-use" in models(capsys, "remove", "my-model", code=1)


def test_a_model_that_lacks_words_is_used_as_far_as_the_user_says(shelved: Path, capsys: Captured) -> None:
    lack(shelved, "louder", "numb")
    assert 'does not know "numb", in phrases that are a reason to stop' in models(
        capsys, "use", "my-model", "--allow-gaps", code=1
    )
    assert 'does not lack "stop"' in models(capsys, "use", "my-model", "--without", "stop", code=2)
    assert 'does not know "louder"' in models(capsys, "use", "my-model", "--without", "numb", code=1)
    assert selected.read() == selected.EMBEDDED
    assert not (shelved / "known_gaps.txt").exists() or "numb" not in (shelved / "known_gaps.txt").read_text()
    text = models(capsys, "use", "my-model", "--without", "numb", "--allow-gaps")
    assert 'It does not know "louder", "numb":' in text
    assert selected.read() == Choice("my-model", allow_gaps=True)
    wav = Path(__file__).parents[1] / "wav" / "stop.wav"
    assert main(["recognize", str(wav)]) == 0
    assert "stop" in capsys.readouterr().out


def test_the_rest_of_a_download_can_be_removed(capsys: Captured) -> None:
    installed.root().mkdir(parents=True)
    part = installed.beside(NAME, "zip.part")
    part.touch()
    assert models(capsys, "remove", NAME) == f"{NAME} is removed.\n"
    assert not part.exists()


@pytest.mark.parametrize("name", ["list", "install", "use", "remove"])
def test_each_command_explains_itself(name: str, capsys: Captured) -> None:
    assert isinstance(command, click.Group)
    called = command.commands[name]
    assert f"Usage: voice-coach models {name} " in models(capsys, name, "--help")
    assert called.help
    assert all(option.help for option in called.params if isinstance(option, click.Option))
