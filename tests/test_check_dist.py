"""`make check-dist`: what it calls a difference, what must be in a wheel, and that this tree's builds are the same."""

from pathlib import Path

import pytest

from scripts.check_dist import INSIDE, ROOT, built, clone, differences, from_sdist, misplaced, tried


def files(folder: Path, **content: str) -> list[Path]:
    folder.mkdir()
    for name, text in content.items():
        (folder / name).write_text(text, encoding="utf-8")
    return sorted(folder.iterdir())


def test_builds_are_the_same_only_with_the_same_files_and_bytes(tmp_path: Path) -> None:
    one = files(tmp_path / "one", wheel="a", sdist="b")
    assert list(differences(one, files(tmp_path / "same", wheel="a", sdist="b"))) == []
    (changed,) = differences(one, files(tmp_path / "changed", wheel="a", sdist="c"))
    assert changed.startswith("sdist differs between two builds")
    assert list(differences(one, files(tmp_path / "less", wheel="a"))) == ["sdist comes out of one build only."]


def test_a_wheel_without_a_licence_or_with_a_test_is_refused() -> None:
    whole = [f"any/{name}" for name in INSIDE]
    assert list(misplaced(whole)) == []
    assert list(misplaced([*whole, "voice_coach/tests/test_a.py"])) == [
        "voice_coach/tests/test_a.py does not belong there."
    ]
    assert list(misplaced([name for name in whole if not name.endswith("NOTICE")])) == [
        "dist-info/licenses/NOTICE is missing."
    ]


def test_each_command_is_tried_and_what_fails_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = tmp_path / "bin" / "voice-coach"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho "voice-coach $1: a good exercise"\n[ "$1" != rehearse ]\n')
    program.chmod(0o755)
    faults = list(tried(program, "pip-3.11", tmp_path / "home"))
    assert [fault.split("`")[1].split()[1] for fault in faults] == ["run", "rehearse"]
    assert [line.rpartition(": ")[2] for line in capsys.readouterr().out.splitlines()] == [
        "good",
        "good",
        "FAILED",
        "FAILED",
    ]


@pytest.mark.slow
@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="an unpacked sdist can't be cloned")
def test_two_builds_of_what_is_committed_are_the_same_and_so_is_one_from_the_sdist(tmp_path: Path) -> None:
    one = built(clone(tmp_path / "one"))
    two = built(clone(tmp_path / "another place"), umask=0o077, zone="Asia/Kathmandu")
    assert [path.suffix for path in one] == [".whl", ".gz"]
    assert list(differences(one, two)) == []
    sdist = next(path for path in one if path.suffix == ".gz")
    assert list(differences(one[:1], [from_sdist(sdist, tmp_path / "unpacked")])) == []
