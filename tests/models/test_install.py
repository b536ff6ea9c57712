"""Models that are installed, or not: whatever happens meanwhile, the shelf has the whole model or none."""

import hashlib
import os
import resource
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from tests.hear.grammar.test_grammar import EN
from tests.models.conftest import NAME
from tests.models.server import Site
from tests.until import HANG, until
from voice_coach.audio.pcm import load, silence
from voice_coach.errors import RecognitionError
from voice_coach.hear.asr.vosk import EMBEDDED, VoskRecognizer
from voice_coach.models import installed
from voice_coach.models.archive import BadArchiveError
from voice_coach.models.catalog import OFFICIAL, Checksum, official
from voice_coach.models.fetch import UnreachableError
from voice_coach.models.install import Order, install, order_file, order_official
from voice_coach.timebase import RATE

WAV = Path(__file__).parents[1] / "wav"


class Told:
    """What was said meanwhile."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, text: str) -> None:
        self.said.append(text)

    def progress(self, there: int, total: int) -> None:
        assert there <= total


def ordered(site: Site) -> Order:
    return Order(NAME, Checksum("sha256", hashlib.sha256(site.data).hexdigest()), url=site.url, size=len(site.data))


def on_the_shelf() -> set[str]:
    """Return all that lies there, the locks aside."""
    return {path.name for path in installed.root().iterdir() if path.suffix != ".lock"}


def test_libvosk_hears_with_what_was_installed(site: Site) -> None:
    assert install(ordered(site), Told())
    assert on_the_shelf() == {NAME}
    recognizer = VoskRecognizer(installed.place(NAME), EN)
    recognizer.begin(0, numbers=False)
    recognizer.accept(np.concatenate((load(WAV / "stop.wav"), silence(RATE))))
    recognizer.end()
    assert recognizer.poll()[-1].text == "stop"
    recognizer.close()


def test_what_is_installed_is_not_fetched_again_but_what_is_damaged_is(site: Site) -> None:
    install(ordered(site), Told())
    assert not install(ordered(site), Told())
    (installed.place(NAME) / "am" / "final.mdl").unlink()
    assert install(ordered(site), Told())
    assert len(site.asked) == 2
    assert (installed.fault(installed.place(NAME)), on_the_shelf()) == ("", {NAME})


def test_a_wrong_sum_is_told_and_nothing_is_kept(site: Site) -> None:
    order = ordered(site)
    site.data = site.data[:1000] + b"damage" + site.data[1006:]
    with pytest.raises(BadArchiveError, match=r"is not the expected archive \(it has the SHA-256 .* instead of"):
        install(order, Told())
    assert on_the_shelf() == set()


def test_an_md5_is_checked_likewise(site: Site) -> None:
    good = Checksum("md5", hashlib.md5(site.data, usedforsecurity=False).hexdigest())
    bad = Checksum("md5", "0" * 32)
    with pytest.raises(BadArchiveError, match=r"it has the MD5 .* instead of MD5 000"):
        install(Order(NAME, bad, url=site.url), Told())
    assert install(Order(NAME, good, url=site.url), Told())


def test_a_part_of_another_file_is_found_out_by_the_sum_and_thrown_away(site: Site) -> None:
    installed.root().mkdir(parents=True)
    installed.beside(NAME, "zip.part").write_bytes(b"x" * 1000)
    installed.beside(NAME, "zip.tag").write_text('"one"')
    with pytest.raises(BadArchiveError):
        install(ordered(site), Told())
    assert install(ordered(site), Told())


def test_offline_it_tells_which_file_to_put_where_and_then_takes_it(site: Site, archive: Path) -> None:
    order = Order(NAME, ordered(site).expected, url="http://127.0.0.1:9/x.zip")
    file = installed.root() / f"{NAME}.zip"
    with pytest.raises(UnreachableError) as error:
        install(order, Told())
    assert f"fetch http://127.0.0.1:9/x.zip on another computer, put it here as {file}" in str(error.value)
    shutil.copy(archive, file)
    model = official(NAME)
    assert model
    told = Told()
    assert install(order_official(model, "", str(order.expected).split()[1], unverified=False), told)
    assert told.said[0] == f"Taking {file}."
    assert on_the_shelf() == {NAME, f"{NAME}.zip"}  # it is the user's


@pytest.fixture
def other(tmp_path: Path, archive: Path) -> Path:
    return Path(shutil.copy(archive, tmp_path / "my-model.zip"))


def test_an_archive_that_nobody_knows_is_taken_with_its_sum_or_on_the_users_word(other: Path, sha256: str) -> None:
    with pytest.raises(RecognitionError, match=f"The checksum of my-model.zip is not known.*--sha256 {sha256}"):
        order_file(other, "", unverified=False)
    with pytest.raises(BadArchiveError, match="fetch it again"):
        install(order_file(other, "0" * 64, unverified=False), Told())
    assert other.exists()
    assert install(order_file(other, sha256.upper(), unverified=False), Told())
    installed.remove("my-model")
    assert install(order_file(other, "", unverified=True), Told())


def test_an_archive_with_an_official_name_must_be_that_one(other: Path) -> None:
    renamed = other.rename(other.with_name(f"{NAME}.zip"))
    with pytest.raises(BadArchiveError, match="instead of SHA-256 30f26242"):
        install(order_file(renamed, "", unverified=False), Told())


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("none.zip", "There is no archive at"),
        ("wrong.tar", "There is no archive at"),
        ("-x.zip", "not a name for a model"),
    ],
)
def test_what_is_no_archive_is_told(tmp_path: Path, name: str, why: str) -> None:
    if name != "none.zip":
        (tmp_path / name).touch()
    with pytest.raises(RecognitionError, match=why):
        order_file(tmp_path / name, "", unverified=True)


def test_a_sum_must_be_one() -> None:
    with pytest.raises(RecognitionError, match="'12' is not a SHA-256: give its 64 hexadecimal digits"):
        order_official(OFFICIAL[0], "", "12", unverified=False)


def test_an_official_model_must_have_its_size_unless_the_user_knows_better() -> None:
    model = OFFICIAL[0]
    assert order_official(model, "", "", unverified=False).size == model.size
    assert order_official(model, "http://x/y.zip", "1" * 64, unverified=False).size is None
    waived = order_official(model, "", "", unverified=True)
    assert (waived.size, waived.expected, waived.url) == (None, None, model.url)


def without(name: str) -> Callable[[Path], None]:
    return lambda model: (model / name).unlink()


def garbled(model: Path) -> None:
    (model / "am/final.mdl").write_bytes(b"garbage" * 100)


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (without("graph/Gr.fst"), "other.zip is no model for the coach. .*lacks graph/Gr.fst"),
        (without("am/final.mdl"), "holds 0 Vosk models"),
        (garbled, "can't be loaded"),
    ],
)
def test_an_archive_that_libvosk_cant_load_is_not_installed(
    tmp_path: Path, harm: Callable[[Path], None], why: str
) -> None:
    shutil.copytree(EMBEDDED, tmp_path / "m")
    harm(tmp_path / "m")
    path = Path(shutil.make_archive(str(tmp_path / "other"), "zip", tmp_path, "m"))
    with pytest.raises(RecognitionError, match=why):
        install(order_file(path, "", unverified=True), Told())
    assert on_the_shelf() == set()


def test_a_hostile_archive_is_not_kept_although_its_sum_is_right(site: Site, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as opened:
        opened.writestr("../evil", b"evil")
    site.data = (tmp_path / "evil.zip").read_bytes()
    with pytest.raises(BadArchiveError, match="would be written somewhere else"):
        install(ordered(site), Told())
    assert on_the_shelf() == set()


def test_a_folder_that_cant_be_made_is_told(site: Site, own_folders: Path) -> None:
    (own_folders / "data").mkdir(parents=True)
    (own_folders / "data" / "voice_coach").touch()
    with pytest.raises(RecognitionError, match=r"can't be used \((Not a directory|File exists)"):
        install(ordered(site), Told())


# Several processes, and ends before the end


def program(site: Site, **options: object) -> "subprocess.Popen[str]":
    """Start `voice-coach models install`."""
    order = ordered(site)
    assert order.expected
    command = [sys.executable, "-m", "voice_coach", "models", "install", NAME, "--from", site.url]
    return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
        [*command, "--sha256", order.expected.digest],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        **options,
    )


def end(process: "subprocess.Popen[str]") -> tuple[int, str]:
    """Wait for the end; return the exit code and what was written."""
    out, err = process.communicate(timeout=120)
    return process.returncode, out + err


def test_of_two_installs_at_once_one_is_told_to_wait(site: Site) -> None:
    site.cuts, site.stall = [100_000], Event()
    first = program(site)
    assert site.stalled.wait(HANG)
    with pytest.raises(RecognitionError, match=f"Another voice-coach is installing or removing {NAME}: wait"):
        install(ordered(site), Told())
    site.stall.set()
    assert end(first)[0] == 0
    assert (installed.fault(installed.place(NAME)), on_the_shelf()) == ("", {NAME})


def test_what_is_being_installed_is_not_removed(site: Site) -> None:
    install(ordered(site), Told())
    with installed.lock(NAME), pytest.raises(RecognitionError, match="Another voice-coach is installing or removing"):
        installed.remove(NAME)
    installed.remove(NAME)
    assert on_the_shelf() == set()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_download_that_is_ended_goes_on_where_it_was(site: Site, how: signal.Signals) -> None:
    site.cuts, site.stall = [500_000], Event()
    process = program(site)
    assert site.stalled.wait(HANG)
    part = installed.beside(NAME, "zip.part")
    until(lambda: part.exists() and part.stat().st_size > 450_000, "most of it is there")  # buffers may be lost
    assert process.poll() is None
    process.send_signal(how)
    code, text = end(process)
    if how is signal.SIGINT:
        assert (code, "The partial download is kept: repeat the command to resume it." in text) == (130, True)
    kept = part.stat().st_size
    assert 0 < kept <= 500_000
    site.stall.set()
    assert install(ordered(site), Told())
    assert site.starts == [0, kept]


@pytest.mark.parametrize("when", ["Unpacking", "Loading"])
def test_killed_in_mid_install_it_leaves_the_whole_model_or_none_and_no_litter(site: Site, when: str) -> None:
    process = program(site)
    assert process.stderr
    for line in process.stderr:
        if line.startswith(when):
            process.kill()
            break
    end(process)
    assert not installed.place(NAME).exists() or not installed.fault(installed.place(NAME))
    install(ordered(site), Told())
    assert (installed.fault(installed.place(NAME)), len(site.asked)) == ("", 1)
    assert on_the_shelf() - {f".{NAME}.zip.part", f".{NAME}.zip.tag"} == {NAME}


def test_a_disk_that_gets_full_is_told_and_once_there_is_room_it_goes_on(site: Site) -> None:
    """A limit of the process does what a full disk does."""
    limit = 400_000
    bare = {key: value for key, value in os.environ.items() if not key.startswith("COV")}  # its files are larger
    process = program(
        site, env=bare, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    )
    code, text = end(process)
    assert code == 1
    assert "There is no room left for" in text
    assert "free some space, then try again" in text
    assert "Traceback" not in text
    assert install(ordered(site), Told())
    assert site.starts == [0, limit]
