"""`voice-coach report` and `export`: the files that they write, and what they say where they can't."""

import json
import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.history.course import FIRST, Done, write
from voice_coach.cli.main import main
from voice_coach.history.database import default_path


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test a data folder of its own, and a folder to be in."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


@pytest.fixture
def history() -> None:
    """Write a history of three days."""
    last = (datetime.now(UTC).date() - FIRST.date()).days - 1
    red = Done(day=last - 1, red="it's going down my leg", outcome="stopped")
    write(None, [Done(day=last - 2), Done(day=last - 2), red, Done(day=last)])


@pytest.mark.usefixtures("history")
def test_the_report_is_a_page_for_its_owner_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--out", "page.html"]) == 0
    assert capsys.readouterr().out == "page.html\n"
    page = Path("page.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 4
    assert "<h1>Exercise report</h1>" in page
    assert "“it's going down my leg”" in page
    assert stat.S_IMODE(Path("page.html").stat().st_mode) == 0o600


@pytest.mark.usefixtures("history")
def test_without_a_name_it_has_that_of_the_day(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report"]) == 0
    (page,) = folder.iterdir()
    assert page.name == capsys.readouterr().out.strip()
    assert page.match("voice-coach-report-????-??-??.html")


@pytest.mark.usefixtures("history")
def test_it_may_be_a_pdf(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--pdf"]) == 0
    (paper,) = folder.iterdir()
    assert paper.name == capsys.readouterr().out.strip()
    assert paper.match("voice-coach-report-????-??-??.pdf")
    assert paper.read_bytes().startswith(b"%PDF")
    assert stat.S_IMODE(paper.stat().st_mode) == 0o600


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize(("code", "told"), [(0, ""), (1, "No browser could be started; open the file yourself.\n")])
def test_it_is_shown_if_you_like(
    code: int, told: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    opener = tmp_path / "xdg-open"
    opener.write_text(f'#!/bin/sh\necho "$1" >"{tmp_path}/shown"\nexit {code}\n')
    opener.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert main(["report", "--out", "page.html", "--open"]) == 0
    assert capsys.readouterr() == ("page.html\n", told)
    assert (tmp_path / "shown").read_text() == f"{Path('page.html').absolute()}\n"


@pytest.mark.parametrize("args", [["report"], ["export", "x.json"]])
@pytest.mark.parametrize("begun", [False, True])
def test_without_sessions_it_says_so_and_writes_nothing(
    args: list[str], begun: bool, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if begun:
        write(None, [])
    assert main(args) == 1
    assert (
        capsys.readouterr().err
        == f"voice-coach: There are no sessions to {args[0]} yet; `voice-coach run` starts one.\n"
    )
    assert list(folder.iterdir()) == []
    assert default_path().exists() is begun


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize("args", [["report", "--out", "no/x.html"], ["export", "no/x.csv"]])
def test_a_folder_that_is_not_there_is_told(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(args) == 1
    assert capsys.readouterr().err.startswith(
        f"voice-coach: {args[-1]} can't be written (No such file or directory); nothing"
    )


@pytest.mark.usefixtures("history")
def test_the_ending_tells_what_is_exported(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a.csv", "a.json", "a.fhir.json", "B.FHIR.JSON"):
        assert main(["export", name]) == 0
        assert (
            capsys.readouterr().out
            == f"{name} holds 4 sessions. It is about your health: share it only with people you trust.\n"
        )
        assert stat.S_IMODE(Path(name).stat().st_mode) == 0o600
    assert len(Path("a.csv").read_text().splitlines()) == 5
    content = json.loads(Path("a.json").read_text())
    starts = [session["started"] for session in content["sessions"]]
    assert starts == sorted(starts)
    assert "weeks" in content
    assert json.loads(Path("a.fhir.json").read_text())["resourceType"] == "Bundle"
    assert Path("a.fhir.json").read_text() == Path("B.FHIR.JSON").read_text()


@pytest.mark.usefixtures("history")
def test_a_file_that_is_there_is_not_overwritten_unasked(capsys: pytest.CaptureFixture[str]) -> None:
    """Here nobody can be asked."""
    Path("a.csv").write_text("mine")
    assert main(["export", "a.csv"]) == 1
    assert capsys.readouterr().err == (
        "voice-coach: a.csv already exists; nothing was written: name a new file, or give --yes.\n"
    )
    assert Path("a.csv").read_text() == "mine"
    assert main(["export", "a.csv", "--yes"]) == 0
    assert len(Path("a.csv").read_text().splitlines()) == 5


def test_another_ending_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "x.xlsx"]) == 2
    assert "'x.xlsx' must end in .csv, .json or .fhir.json" in capsys.readouterr().err
