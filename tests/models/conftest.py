"""An archive of a model that libvosk loads, a server that has it, and nobody else to call."""

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.models.server import Site, serve
from voice_coach.hear.asr.vosk import EMBEDDED

NAME = "vosk-model-small-en-us-0.15"


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the embedded model, packed as the official ones are: one folder of the model's name."""
    folder = tmp_path_factory.mktemp("archive")
    shutil.copytree(EMBEDDED, folder / NAME)
    return Path(shutil.make_archive(str(folder / "packed"), "zip", folder, NAME))


@pytest.fixture
def sha256(archive: Path) -> str:
    return hashlib.sha256(archive.read_bytes()).hexdigest()


@pytest.fixture
def site(archive: Path) -> Iterator[Site]:
    with serve(archive.read_bytes()) as served:
        yield served


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Call the server directly, whatever is set here."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
