"""`scripts/same_logs`: a repository of two revisions, whose "coach" writes a log of three rows."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
COACH = """
import json, pathlib, sys
at = {sys.argv[i]: sys.argv[i + 1] for i in range(2, len(sys.argv), 2)}
if at["--persona"] == "unfit":
    sys.exit(f"voice-coach: {pathlib.Path.cwd()}/unfit.toml does not fit")
out = pathlib.Path(at["--out"])
out.mkdir(parents=True)
(out / "log.wav").write_bytes(b"sound")
rows = ["Say hello", "LINE" if at["--persona"] == "gets-worse" else "Hold", "Say goodbye"]
(out / "log.json").write_text("[\\n" + ",\\n".join(map(json.dumps, rows)) + "\\n]\\n")
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a checkout of the second revision, in which `gets-worse` holds for longer."""
    if shutil.which("git") is None:
        pytest.skip("there is no git here, which same_logs compares revisions with")
    folder = tmp_path / "checkout"
    for name in ("scripts", "voice_coach/personas", "exercises/en", ".venv/bin"):
        (folder / name).mkdir(parents=True)
    shutil.copy(ROOT / "scripts" / "same_logs", folder / "scripts")
    (folder / ".venv" / "bin" / "python").symlink_to(sys.executable)
    for name in ("voice_coach/personas/goes-well", "voice_coach/personas/gets-worse", "exercises/en/bridge"):
        (folder / f"{name}.toml").touch()
    (folder / "exercises" / "en" / "flexion_rotation.toml").touch()
    git(folder, "init", "--quiet")
    for line in ("Hold", "Hold longer"):
        (folder / "voice_coach" / "__main__.py").write_text(COACH.replace("LINE", line), encoding="utf-8")
        git(folder, "add", "scripts", "voice_coach", "exercises")
        git(
            folder,
            "-c",
            "commit.gpgsign=false",
            "-c",
            "user.name=A",
            "-c",
            "user.email=a@b.c",
            "commit",
            "--quiet",
            "--message",
            line,
        )
    return folder


def git(folder: Path, *arguments: str) -> str:
    """Run git there and return what it says."""
    done = subprocess.run(["git", "-C", folder, *arguments], capture_output=True, text=True, check=True)
    return done.stdout


def same_logs(checkout: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the script of that checkout."""
    script = checkout / "scripts" / "same_logs"
    return subprocess.run([sys.executable, script, *arguments], capture_output=True, text=True, check=False)


def test_all_personas_and_every_exercise_are_compared_and_the_first_row_that_differs_is_printed(checkout: Path) -> None:
    done = same_logs(checkout, "HEAD~1")
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "gets-worse   flexion_rotation             DIFFERENT from line 3 on",
        '  then: "Hold",',
        '  now:  "Hold longer",',
        "goes-well    bridge                       same, 5 lines",
        "goes-well    flexion_rotation             same, 5 lines",
        "3 rehearsals, 1 differ from HEAD~1",
    ]
    assert done.returncode == 1


def test_the_same_revision_has_the_same_logs_and_leaves_no_worktree(checkout: Path, tmp_path: Path) -> None:
    done = same_logs(checkout, "HEAD", "--persona", "gets-worse", "--keep", str(tmp_path / "kept"))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("1 rehearsals, 0 differ from HEAD\n")
    kept = sorted(path.relative_to(tmp_path / "kept") for path in (tmp_path / "kept").rglob("log.*"))
    assert kept == [Path(f"{name}/gets-worse-flexion_rotation/log.json") for name in ("now", "then")]
    assert len(git(checkout, "worktree", "list").splitlines()) == 1


def test_what_is_not_committed_is_compared_as_well(checkout: Path) -> None:
    program = checkout / "voice_coach" / "__main__.py"
    program.write_text(program.read_text(encoding="utf-8").replace("goodbye", "bye"), encoding="utf-8")
    done = same_logs(checkout, "HEAD", "--exercise", "bridge")
    assert done.returncode == 1
    assert '  then: "Say goodbye"\n  now:  "Say bye"\n' in done.stdout


def test_a_rehearsal_that_is_refused_at_both_is_the_same(checkout: Path) -> None:
    done = same_logs(checkout, "HEAD~1", "--persona", "unfit")
    assert (done.returncode, done.stderr) == (0, "")
    assert "same: voice-coach: ./unfit.toml does not fit" in done.stdout


def test_a_revision_that_does_not_exist_is_named_in_one_line(checkout: Path) -> None:
    done = same_logs(checkout, "nowhere")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("same_logs: nowhere can't be checked out: ")
    assert len(done.stderr.splitlines()) == 1


def test_without_an_environment_it_says_how_to_get_one(checkout: Path) -> None:
    (checkout / ".venv" / "bin" / "python").unlink()
    done = same_logs(checkout, "HEAD")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith("/.venv/bin/python: call scripts/setup test first\n")
