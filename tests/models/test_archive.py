"""Archives that are hostile, damaged or none; whatever is in them, nothing is written anywhere else."""

import errno
import resource
import shutil
import stat
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.models.server import full_disk
from voice_coach.errors import RecognitionError
from voice_coach.models import archive as unpacking
from voice_coach.models.archive import BadArchiveError, unpack
from voice_coach.models.disk import trouble


def packed(path: Path, *entries: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    """Return an archive of these, beside what every model has."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in (("m/am/final.mdl", b"model"), *entries):
            opened.writestr(name, data)
    return path


def with_mode(name: str, kind: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (kind | 0o777) << 16
    return info


def patched(path: Path, find: bytes, put: bytes) -> Path:
    """Change the archive's bytes, wherever these stand."""
    data = path.read_bytes()
    assert find in data
    path.write_bytes(data.replace(find, put))
    return path


def everything(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_a_model_comes_out_as_it_went_in(archive: Path, tmp_path: Path) -> None:
    folder = unpack(archive, tmp_path / "new")
    assert folder.parent == tmp_path / "new"
    with zipfile.ZipFile(archive) as opened:
        for member in opened.infolist():
            if not member.is_dir() and not member.filename.endswith("known_gaps.txt"):
                assert (tmp_path / "new" / member.filename).read_bytes() == opened.read(member)


def test_who_made_an_archive_may_not_say_which_red_words_may_be_missing(tmp_path: Path) -> None:
    folder = unpack(packed(tmp_path / "a.zip", ("m/known_gaps.txt", b"stop")), tmp_path / "new")
    assert not (folder / "known_gaps.txt").exists()


@pytest.mark.parametrize("prefix", ["", "a/b/c/"])
def test_a_model_may_lie_at_the_top_or_deep_inside(tmp_path: Path, prefix: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as opened:
        opened.writestr(f"{prefix}am/final.mdl", b"model")
        opened.writestr(f"{prefix}README", b"about")
    assert unpack(tmp_path / "a.zip", tmp_path / "new") == tmp_path / "new" / prefix


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ("../evil", "would be written somewhere else"),
        ("m/../../evil", "would be written somewhere else"),
        ("/tmp/evil", "would be written somewhere else"),  # noqa: S108 - nothing is to be written there
        ("m//evil", "would be written somewhere else"),
        ("C:/evil", "would be written somewhere else"),
        ("C:evil", "would be written somewhere else"),
        ("m\\..\\..\\evil", "would be written somewhere else"),
        ("m/evil.", "would be written somewhere else"),
        ("m/evil:stream", "would be written somewhere else"),
        (with_mode("m/link", stat.S_IFLNK), "is a link or a device"),
        (with_mode("m/null", stat.S_IFCHR), "is a link or a device"),
        ("m/AM/final.mdl", "is there twice"),
    ],
)
def test_an_archive_with_a_hostile_entry_is_not_unpacked_at_all(
    tmp_path: Path, entry: str | zipfile.ZipInfo, why: str
) -> None:
    path = packed(tmp_path / "a.zip", (entry, b"/etc/passwd"))
    with pytest.raises(
        BadArchiveError, match=f"was not unpacked, because it is not a valid archive of a model: .*{why}"
    ):
        unpack(path, tmp_path / "new")
    assert everything(tmp_path) == {"a.zip"}


@given(
    st.text(min_size=1, max_size=30)
    | st.lists(st.sampled_from(["..", ".", "a", "", "~", "C:", "\\", "\x00"]), min_size=2).map("/".join)
)
def test_whatever_an_entry_is_called_nothing_is_written_outside(
    tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    folder = tmp_path_factory.mktemp("names")
    try:
        entry = zipfile.ZipInfo("x")
        entry.filename = name  # which zipfile itself would mend
        path = packed(folder / "a.zip", (entry, b"x"))
        unpack(path, folder / "new")
    except (RecognitionError, UnicodeEncodeError):  # the latter from whoever packs a lone surrogate
        pass
    assert {path.name for path in folder.iterdir()} <= {"a.zip", "new"}
    shutil.rmtree(folder)


def bomb(path: Path) -> Path:
    return packed(path, ("m/zeroes", bytes(50_000_000)))


def many(path: Path) -> Path:
    return packed(path, *((f"m/{i}", b"") for i in range(unpacking.MAX_FILES)))


def unknown_method(path: Path) -> Path:
    packed(path)
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        data[data.index(mark) + offset] = 97
    path.write_bytes(data)
    return path


def by_lzma(path: Path) -> Path:
    """Write an archive packed by LZMA: damage raises an error of its own, and reading takes what memory it asks for."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as opened:
        opened.writestr("m/am/final.mdl", b"model")
    return path


def encrypted(path: Path) -> Path:
    packed(path)
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (bomb, "it would grow to 50,000,005 bytes"),
        (many, "501 files are in it, at most 500"),
        (encrypted, "is encrypted"),
        (unknown_method, "is neither stored nor deflated"),
        (by_lzma, "is neither stored nor deflated"),
    ],
)
def test_a_bomb_or_what_models_are_not_packed_by_is_not_unpacked(
    tmp_path: Path, make: Callable[[Path], Path], why: str
) -> None:
    with pytest.raises(BadArchiveError, match=why):
        unpack(make(tmp_path / "a.zip"), tmp_path / "new")
    assert everything(tmp_path) == {"a.zip"}


def test_a_bomb_that_lies_about_its_size_grows_no_further_than_it_says(tmp_path: Path) -> None:
    size = 5_000_000
    path = packed(tmp_path / "a.zip", ("m/zeroes", bytes(size)))
    patched(path, size.to_bytes(4, "little"), (100).to_bytes(4, "little"))
    with pytest.raises(BadArchiveError, match="is damaged, or not a zip archive"):
        unpack(path, tmp_path / "new")
    assert (tmp_path / "new" / "m" / "zeroes").stat().st_size <= 100


def no_zip(path: Path) -> Path:
    path.write_text("<html>Sign in to the hotel's network</html>")
    return path


def cut_short(path: Path) -> Path:
    packed(path, ("m/more", bytes(range(256))))
    path.write_bytes(path.read_bytes()[:-40])
    return path


def flipped(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as opened:
        opened.writestr("m/am/final.mdl", b"as it was made")
    return patched(path, b"as it was made", b"as it came out")


def overlapping(path: Path) -> Path:
    packed(path, ("m/more", bytes(range(256))))
    data = bytearray(path.read_bytes())
    second = data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = bytes(4)  # where its data begin: at the first file's
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("make", [no_zip, cut_short, flipped, overlapping])
def test_a_damaged_archive_is_told_in_one_sentence(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    with pytest.raises(BadArchiveError, match="is damaged, or not a zip archive") as error:
        unpack(make(tmp_path / "a.zip"), tmp_path / "new")
    assert "\n" not in str(error.value)


@given(st.data())
def test_bytes_that_were_changed_on_the_way_are_told_or_do_no_harm(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("changed")
    path = packed(folder / "a.zip", ("m/more", b"some more"))
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    with suppress(RecognitionError):
        assert (unpack(path, folder / "new") / "am" / "final.mdl").read_bytes() == b"model"
    assert {path.name for path in folder.iterdir()} <= {"a.zip", "new"}
    shutil.rmtree(folder)


def test_a_file_where_another_entry_needs_a_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(RecognitionError, match=r"m/am/final\.mdl/x can't be used"):
        unpack(packed(tmp_path / "a.zip", ("m/am/final.mdl/x", b"")), tmp_path / "new")


@pytest.mark.parametrize("names", [["README"], ["a/am/final.mdl", "b/am/final.mdl"]])
def test_an_archive_holds_one_model(tmp_path: Path, names: list[str]) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as opened:
        for name in names:
            opened.writestr(name, b"model")
    with pytest.raises(
        BadArchiveError, match=f"holds {len(names) - (names == ['README'])} Vosk models: use an archive"
    ):
        unpack(tmp_path / "a.zip", tmp_path / "new")


def test_an_archive_that_cant_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(RecognitionError, match=r"none\.zip can't be used \(No such file"):
        unpack(tmp_path / "none.zip", tmp_path / "new")


def test_a_disk_that_has_no_room_is_told_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full_disk(monkeypatch)
    with pytest.raises(RecognitionError, match="There is no room left for"):
        unpack(packed(tmp_path / "a.zip"), tmp_path / "new")
    assert everything(tmp_path) == {"a.zip"}


def test_a_disk_that_is_full_sooner_than_it_said_is_told(archive: Path, tmp_path: Path) -> None:
    """A limit of this process does what a full disk does: a write brings an error."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, limits[1]))
        with pytest.raises(RecognitionError, match=r"There is no room left for .*: free some space"):
            unpack(archive, tmp_path / "new")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOSPC, "There is no room left for"),
        (errno.EDQUOT, "There is no room left for"),
        (errno.EROFS, "make it and its folder writable"),
        (errno.EACCES, "make it and its folder writable"),
        (errno.EIO, "check that it exists and that its disk works"),
    ],
)
def test_what_a_disk_says_becomes_what_to_do(number: int, remedy: str) -> None:
    assert remedy in str(trouble(Path("x"), OSError(number, "so it is")))
