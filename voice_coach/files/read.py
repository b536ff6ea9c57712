"""Reading of files that a user hands in: the kind, size and depth of a file are limited before any work is done.

A name may lead to a pipe that nobody writes to, to a device that never ends, or to a few kilobytes that keep a parser
busy for minutes. Every function here returns soon, or raises an error with a reason that fits into a sentence.
"""

import errno
import json
import os
import re
import stat
import tomllib
from pathlib import Path
from typing import Any, Final

MAX_TEXT_BYTES: Final = 512 * 1024
"""Bytes of a text file; the largest of ours, the grammar, has 27 KB."""

MAX_DEPTH: Final = 16
"""Tables and lists within each other, and keys joined by dots; ours have 5."""

_TOML_TOKEN: Final = re.compile(
    r"#[^\n]*"
    r'|"{3}(?:\\.|(?!"{3})[^\\])*(?:"{3,5}|\Z)'
    r"|'{3}(?:(?!'{3}).)*(?:'{3,5}|\Z)"
    r'|"(?:\\.|[^"\\\n])*"?'
    r"|'[^'\n]*'?"
    r"|[A-Za-z0-9_-]+"
    r"|\n|.",
    re.DOTALL,
)
"""A comment, a string of one of the four kinds, a bare key or number, or one other character."""


def read_bytes(path: Path, limit: int = MAX_TEXT_BYTES) -> bytes:
    """Return what is in a regular file.

    Args:
        path: the file; a link is followed.
        limit: bytes that it may have.

    Raises:
        OSError: it can't be read, is something other than a file, or is larger than that; `strerror` says which.
    """
    # Without O_NONBLOCK, opening a pipe waits until somebody writes to it.
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    mode = os.fstat(handle).st_mode
    if not stat.S_ISREG(mode):
        os.close(handle)
        raise OSError(errno.EINVAL, _kind(mode), str(path))
    with os.fdopen(handle, "rb") as file:
        content = file.read(limit + 1)  # the size that the system tells is 0 for files of /proc
    if len(content) > limit:
        raise OSError(errno.EFBIG, f"it is larger than {_size(limit)}", str(path))
    return content


def require_regular(path: Path, limit: int) -> None:
    """See whether this is a regular file of at most `limit` bytes, for libraries that open it by themselves.

    Raises:
        OSError: as `read_bytes`.
    """
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, _kind(status.st_mode), str(path))
    if status.st_size > limit:
        raise OSError(errno.EFBIG, f"it is larger than {_size(limit)}", str(path))


def read_text(path: Path, limit: int = MAX_TEXT_BYTES) -> str:
    """Return the UTF-8 text of a regular file, without a byte order mark.

    Raises:
        OSError: as `read_bytes`.
        UnicodeDecodeError: it is not UTF-8.
    """
    return read_bytes(path, limit).decode("utf-8-sig")


def parse_toml(text: str) -> dict[str, Any]:
    """Return what a TOML text says.

    Raises:
        tomllib.TOMLDecodeError: it is not TOML, or nested more than `MAX_DEPTH` deep.
        ValueError: a number has thousands of digits.
    """
    _limit_toml_depth(text)
    return tomllib.loads(text)


def parse_json(data: str | bytes) -> Any:  # noqa: ANN401 - JSON may hold anything
    """Return what a JSON text says.

    Raises:
        ValueError: it is not JSON, or nested too deep.
    """
    try:
        return json.loads(data)
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error


def _limit_toml_depth(text: str) -> None:
    """Raise TOMLDecodeError for what is nested too deep.

    tomllib reads nested values by recursion, and takes time that grows with the square of the parts of a dotted key.
    """
    brackets = parts = 0
    line = 1
    for token in _TOML_TOKEN.findall(text):
        line += token.count("\n")
        if token in "[{":
            brackets += 1
        elif token in "]}":
            brackets = max(0, brackets - 1)
        if token == ".":
            parts += 1
        elif token in "=,[]{}\n":
            parts = 0
        if brackets > MAX_DEPTH or parts >= MAX_DEPTH:
            raise tomllib.TOMLDecodeError(f"nested more than {MAX_DEPTH} deep (at line {line}, column 1)")


def _kind(mode: int) -> str:
    """Return what something is that is not a regular file."""
    kinds = {
        stat.S_IFDIR: "it is a folder",
        stat.S_IFIFO: "it is a pipe, not a file",
        stat.S_IFCHR: "it is a device, not a file",
        stat.S_IFBLK: "it is a device, not a file",
        stat.S_IFSOCK: "it is a socket, not a file",
    }
    return kinds.get(stat.S_IFMT(mode), "it is not a file")


def _size(limit: int) -> str:
    return f"{limit // 2**20} MB" if limit >= 2**20 else f"{limit // 1024} KB"
