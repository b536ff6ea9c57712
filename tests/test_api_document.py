"""docs/api.md: its blocks run in their order, in one program, and print what stands under them."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

import voice_coach
from tests.pace import in_step
from voice_coach.audio.offline import Advance, run_file
from voice_coach.config.settings import Settings
from voice_coach.files.profiles import FIRST
from voice_coach.history.store import Store
from voice_coach.timebase import RATE

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```(?:\n\n```text\n(.*?)```)?", TEXT, re.DOTALL)


def run_blocks(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Run all blocks in a folder with the recordings that they name; return what they have defined."""
    for sound in (ROOT / "tests" / "wav").glob("*.wav"):
        shutil.copy(sound, folder)
    monkeypatch.chdir(folder)
    program: dict[str, Any] = {"__name__": "api"}
    for code, printed in BLOCKS:
        exec(compile(code, "docs/api.md", "exec"), program)  # noqa: S102 - our own document
        assert capsys.readouterr().out == printed
    return program


def test_every_block_runs_and_prints_what_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert len(BLOCKS) == TEXT.count("```python") >= 7
    program = run_blocks(tmp_path, monkeypatch, capsys)

    def silent_device(advance: Advance, done: Any, **_: object) -> None:  # noqa: ANN401 - as run_device takes it
        coach = advance.__self__  # type: ignore[attr-defined]
        run_file(in_step(coach, advance), done, [], limit=60 * 60 * RATE)

    program["run_device"] = silent_device  # nobody answers, and no sound card is needed
    assert program["hold_session"](Settings()) == "no_answer"
    store = Store.look(FIRST.history)
    assert store is not None
    with store:
        assert [session.outcome for session in store.sessions(5)] == ["no_answer"]


def test_the_page_names_only_what_is_exported() -> None:
    imported = {
        name
        for block in re.findall(r"from voice_coach import \(?([^)\n]*(?:\n    [^)\n]*)*)", TEXT)
        for name in re.findall(r"\w+", block)
    }
    assert imported - set(voice_coach.__all__) == set()
    assert len(imported) > 20
