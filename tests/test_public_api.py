"""What `voice_coach` exports: the names, where they come from, and that asking for one loads no more than it needs."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import voice_coach
from voice_coach import actions, errors, events

TREE = ast.parse(Path(voice_coach.__file__).read_text(encoding="utf-8"))


def test_every_exported_name_is_there() -> None:
    assert [name for name in voice_coach.__all__ if getattr(voice_coach, name, None) is None] == []
    assert set(voice_coach.__all__) <= set(dir(voice_coach))


def test_what_the_type_checker_sees_is_what_is_imported() -> None:
    guarded = next(node for node in TREE.body if isinstance(node, ast.If))
    seen = {name.name: node.module for node in guarded.body if isinstance(node, ast.ImportFrom) for name in node.names}
    assert seen == voice_coach._MODULE_OF
    assert sorted(seen) == sorted(voice_coach.__all__)


def test_all_events_actions_and_errors_are_exported() -> None:
    unions = [*events.Event.__args__, *actions.Action.__args__]
    kinds = {kind.__name__ for kind in unions} | {"CoachError", "Problem"}
    kinds |= {kind.__name__ for kind in errors.CoachError.__subclasses__()}
    assert kinds - set(voice_coach.__all__) == set()


def test_an_exported_name_is_the_same_object_as_in_its_module() -> None:
    assert voice_coach.Intent is events.Intent
    assert voice_coach.Say is actions.Say


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Trainer'"):
        voice_coach.Trainer  # noqa: B018


@pytest.mark.parametrize(
    ("code", "loads", "not_loaded"),
    [
        ("import voice_coach", set(), {"numpy", "msgspec", "voice_coach.events"}),
        (
            "from voice_coach import step",
            {"voice_coach.session.machine"},
            {"numpy", "sounddevice", "click"},
        ),
        ("from voice_coach import run_file", {"numpy"}, {"sounddevice", "vosk", "click"}),
        ("from voice_coach import open_session", {"numpy"}, {"vosk", "click"}),
    ],
)
def test_a_name_loads_no_more_than_it_needs(code: str, loads: set[str], not_loaded: set[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; import sys; print(*sys.modules)"], check=True, capture_output=True, text=True
    )
    loaded = set(done.stdout.split())
    assert loads <= loaded
    assert not_loaded & loaded == set()
