"""Files that somebody hands in: nothing waits, nothing fills the memory, nothing takes minutes."""

import os
import tomllib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from voice_coach.files.read import MAX_DEPTH, parse_json, parse_toml, read_bytes, read_text
from voice_coach.files.resources import folders


def test_a_file_is_read_without_its_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"\xef\xbb\xbfhello")
    assert read_text(tmp_path / "x") == "hello"
    assert read_bytes(tmp_path / "x") == b"\xef\xbb\xbfhello"


def test_what_is_no_file_is_told_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, reason in {
        tmp_path / "pipe": "it is a pipe, not a file",
        tmp_path: "it is a folder",
        Path("/dev/zero"): "it is a device, not a file",
        tmp_path / "gone": "No such file or directory",
    }.items():
        with pytest.raises(OSError, match=r".") as caught:
            read_bytes(path)
        assert caught.value.strerror == reason


def test_a_file_that_is_too_large_is_told(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(bytes(11 * 1024))
    assert len(read_bytes(tmp_path / "x", 11 * 1024)) == 11 * 1024
    with pytest.raises(OSError, match="it is larger than 10 KB"):
        read_bytes(tmp_path / "x", 10 * 1024)


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 5000,
        "a = " + "{a = " * 5000,
        ".".join(["a"] * 20_000) + " = 1",
        "[" + " . ".join(['"a"'] * 20_000) + "]",
        "x = {" + ".".join(["a"] * 20_000) + " = 1}",
    ],
)
def test_toml_that_is_nested_too_deep_is_refused_at_once(text: str) -> None:
    with pytest.raises(ValueError, match="nested more than 16 deep"):
        parse_toml(text)


def test_depth_within_texts_and_comments_does_not_count() -> None:
    deep = "[" * 50 + ".".join("a" * 50)
    text = f'# {deep}\na = "{deep} \\" {deep}"\nb = \'{deep}\'\nc = """{deep}\n "" {deep}"""\nd = \'\'\'{deep}\'\'\''
    assert set(parse_toml(text)) == {"a", "b", "c", "d"}
    just = MAX_DEPTH * "[" + MAX_DEPTH * "]"
    assert parse_toml(f"a = {just}\n" + ".".join("b" * MAX_DEPTH) + " = 1")


def test_numbers_of_thousands_of_digits_are_refused() -> None:
    with pytest.raises(ValueError, match="digits"):
        parse_toml("a = " + "9" * 5000)


def test_json_that_is_nested_too_deep_is_refused() -> None:
    with pytest.raises(ValueError, match="nested too deep"):
        parse_json("[" * 100_000)


@pytest.mark.parametrize("kind", ["exercises", "programmes", "personas", "prompts"])
def test_every_file_of_ours_is_within_the_limits(kind: str) -> None:
    paths = [path for folder in folders(kind) for path in folder.rglob("*.toml")]  # type: ignore[arg-type]
    assert paths
    for path in paths:
        assert parse_toml(read_text(path))


@given(st.text(alphabet="ab.=[]{}\"'#\n, 1\\", max_size=60))
@example('a = """')
def test_what_tomllib_takes_is_taken(text: str) -> None:
    """The depth of short texts is not refused by mistake."""
    try:
        expected = tomllib.loads(text)
    except ValueError:
        expected = None
    if expected is not None:
        assert parse_toml(text) == expected
