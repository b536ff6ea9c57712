"""Each parser of files that people hand in: good files to begin with, and what must hold whatever a file has in it.

A parser accepts a file or raises one of our errors (`CoachError`), which is a sentence for the user. What `check` calls
good can be loaded, and what was loaded can be used. Everything else that is raised here is a mistake in the coach.
"""

import io
import os
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import soundfile

from voice_coach.cli.check import Kind, check
from voice_coach.config import preferences
from voice_coach.errors import CoachError
from voice_coach.exercise.load import load_exercise
from voice_coach.exercise.model import OTHER, Exercise
from voice_coach.exercise.plan import total
from voice_coach.exercise.prompts import all_lines
from voice_coach.exercise.timetable import sides_of, timetable
from voice_coach.files.resources import APP
from voice_coach.hear.decision.thresholds import load_point
from voice_coach.hear.grammar.grammar import Grammar
from voice_coach.hear.grammar.load import load_grammar
from voice_coach.hear.grammar.match import understand
from voice_coach.history import backups
from voice_coach.history.recovery import mend
from voice_coach.models import archive, selected
from voice_coach.programme import route
from voice_coach.programme.load import load_programme
from voice_coach.programme.model import Programme
from voice_coach.rehearsal.persona import Persona, check_fits, load_persona, texts_of
from voice_coach.speak import cues
from voice_coach.speak.voice_pack import VoicePack
from voice_coach.standby import settings as reminders

ROOT: Final = Path(__file__).parents[2]
KEPT: Final = ROOT / "tests/kept"
PACK: Final = ROOT / "voice_packs/woman"

MAX_REPETITIONS: Final = 20
"""Those of an exercise whose timetable is made: the others are alike."""

SMALL_GRAMMAR: Final = b"""language: en
homophones: [[knee, nee, need]]
intents:
  stop: {data: [{sentences: ["stop", "(please|do) stop", "i can't [go on]"]}]}
  side: {data: [{sentences: ["[on] <the> {side} [side]"], slots: {half: 1}}]}
lists:
  side: {values: [{in: left, out: left}, right]}
  count: {range: {from: 1, to: 20}}
expansion_rules: {the: "(the|my)"}
"""
"""Ours takes a quarter of a second to load; this one has its features."""

SETTINGS: Final = b"""# mine
volume = 5
pace = 3
rate = 150
headphones = true
microphone = "USB"
speaker = "USB"
help_command = ["say", "help"]
"""

REMINDERS: Final = b"""times = ["09:00", "14:30"]
quiet = ["21:00", "08:00"]
apart = 3
later = 30
[gpio]
button = 17
led = 27
"""


class Parser(NamedTuple):
    """A parser, and how to try it."""

    feed: Callable[[bytes, Path], bool]
    """Hands over a file with this content, within an empty folder; returns whether it was accepted."""
    seeds: Callable[[], Iterable[bytes]]
    """Good files, from which others are made."""
    is_text: bool = True


def _checked(content: bytes, path: Path) -> bool:
    path.write_bytes(content)
    found = check(path)
    loaders: dict[Kind, Callable[[], object]] = {
        "exercise": lambda: load_exercise(path),
        "programme": lambda: load_programme(path),
        "grammar": lambda: load_grammar(path),
        "persona": lambda: load_persona(str(path)),
    }
    try:
        loaded = loaders[found.kind]()
    except CoachError:
        assert not found.good, f"check takes it for a good {found.kind}, and it can't be loaded"
        return False
    assert found.good, f"it can be loaded, and check says: {found.problems[0]}"
    _use(loaded)
    return True


def _use(loaded: object) -> None:
    match loaded:
        case Exercise():
            _use_exercise(loaded)
        case Programme():
            for step in route.names(loaded.written):
                exercise = route.exercise_of(loaded, step)
                with suppress(CoachError):
                    _use_exercise(route.placed(loaded, step, exercise, continues=False))
            assert route.first(loaded) in route.names(loaded.written)
        case Grammar():
            for text in ("stop", "please stop on the left side", *[phrase.text for phrase in loaded.phrases[:20]]):
                understand(loaded, text)
            assert loaded.sample() is not None
        case Persona():
            assert all(text for side in OTHER for text in texts_of(loaded, side))
            with suppress(CoachError):
                check_fits(loaded, load_exercise("flexion_rotation"))
        case _:
            raise TypeError(type(loaded))


def _use_exercise(exercise: Exercise) -> None:
    assert all(line.text for line in all_lines(exercise))
    for side in sides_of(exercise):
        for number in range(1, min(total(exercise), MAX_REPETITIONS) + 1):
            assert timetable(exercise, number, side, 1.0).length > 0


def _toml(content: bytes, folder: Path) -> bool:
    return _checked(content, folder / "x.toml")


def _yaml(content: bytes, folder: Path) -> bool:
    return _checked(content, folder / "x.yaml")


def _settings(content: bytes, folder: Path) -> bool:
    """Load them, and save them with another pace: the rest stays."""
    path = folder / "settings.toml"
    path.write_bytes(content)
    try:
        loaded = preferences.load(path)
        preferences.keep_speech(path, pace=2)
    except CoachError:
        return False
    again = preferences.load(path)
    assert again.pace == 2
    preferences.save(path, loaded)
    assert preferences.load(path) == loaded
    return True


def _reminders(content: bytes, folder: Path) -> bool:
    path = folder / "standby.toml"
    path.write_bytes(content)
    return _accepted(lambda: reminders.load(path))


def _recording(content: bytes, folder: Path) -> bool:
    """As a sentence of the coach and as an earcon."""
    path = folder / "x.wav"
    path.write_bytes(content)
    with suppress(CoachError):
        assert cues.load_earcon(path).size
    return _accepted(lambda: cues.load_line(path).size > 0)


def _archive(content: bytes, folder: Path) -> bool:
    """Nothing is written outside of the new folder, and no more than an archive may grow."""
    path, target = folder / "model.zip", folder / "in/new"
    path.write_bytes(content)
    target.parent.mkdir()
    accepted = _accepted(lambda: archive.unpack(path, target))
    assert {one.name for one in folder.iterdir()} == {"model.zip", "in"}
    assert {one.name for one in target.parent.iterdir()} <= {"new"}
    written = sum(one.stat().st_size for one in target.rglob("*") if one.is_file())
    assert written <= archive.MAX_GROWTH * len(content)
    return accepted


def _choice(content: bytes, _: Path) -> bool:
    APP.user_config_path.mkdir(parents=True, exist_ok=True)
    selected.file().write_bytes(content)
    return _accepted(lambda: (selected.read(), selected.read().folder))


def _thresholds(content: bytes, folder: Path) -> bool:
    (folder / "policy.toml").write_bytes(content)
    return _accepted(lambda: load_point(folder))


def _pack(content: bytes, folder: Path) -> bool:
    """Load what the index names, too: its first clip is there."""
    (folder / "index.json").write_bytes(content)
    first = next(PACK.glob("hello.*.opus"))
    shutil.copy(first, folder)
    try:
        pack = VoicePack(folder)
    except CoachError:
        return False
    for text in ["Hello. Hello.", *[clip.text for clip in pack.index.clips]]:
        with suppress(CoachError, KeyError):
            assert np.abs(pack.load(text)).max() > 0
            pack.words(text)
    return True


def _history(content: bytes, folder: Path) -> bool:
    """Begin a session with it, and restore it as a backup."""
    path, copy = folder / "history.db", folder / "copy.db"
    path.write_bytes(content)
    copy.write_bytes(content)
    accepted = mend(path)
    with suppress(CoachError):
        backups.restore(folder / "other.db", copy)
    return accepted.sessions is not None and not accepted.told


def _second_log(content: bytes, folder: Path) -> bool:
    """Rebuild a history from the lines, each with the sum that makes it whole."""
    lines = b"".join(b"%08x %b\n" % (zlib.crc32(line), line) for line in content.split(b"\n"))
    (folder / "history.db.since").write_bytes(lines)
    return bool(mend(folder / "history.db").sessions)


def _accepted(load: Callable[[], object]) -> bool:
    try:
        load()
    except CoachError:
        return False
    return True


def _files(kind: str, *names: str) -> list[bytes]:
    return [(ROOT / kind / name).read_bytes() for name in names]


def _plan() -> list[bytes]:
    """Return the one that the page for physiotherapists tells them to copy."""
    return [(ROOT / "docs/physiotherapist.md").read_bytes().split(b"```toml\n")[1].split(b"```")[0]]


def _sounds() -> list[bytes]:
    tone = 0.1 * np.sin(np.arange(4000) * 0.2)
    found = [next(PACK.glob("hello.*.opus")).read_bytes()]
    kinds = {"WAV": "PCM_16", "WAVEX": "FLOAT", "OGG": "VORBIS", "FLAC": "PCM_16", "AIFF": "PCM_24"}
    for kind, subtype in kinds.items():
        file = io.BytesIO()
        soundfile.write(file, tone, 16_000, format=kind, subtype=subtype)
        found.append(file.getvalue())
    return found


def _archives() -> list[bytes]:
    found = []
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", method) as packed:
            for name in ("am/final.mdl", "conf/model.conf", "graph/words.txt"):
                packed.writestr(f"model/{name}", f"{name} " * 20)
        found.append(file.getvalue())
    return found


def _index() -> list[bytes]:
    """Return an index of the first clip, and of one whose file is missing."""
    head, *clips = (PACK / "index.json").read_bytes().splitlines()
    return [head + clips[0] + clips[1].rstrip(b",") + b"]}"]


def _lines() -> list[bytes]:
    lines = (KEPT / "history.db.since").read_bytes().splitlines()
    return [b"\n".join(line[9:] for line in lines if line)]


PARSERS: Final[dict[str, Parser]] = {
    "exercise": Parser(_toml, lambda: _files("exercises/en", "flexion_rotation.toml", "cat_cow.toml")),
    "programme": Parser(_toml, lambda: _files("programmes/en", "toward_rotation.toml", "toward_press_ups.toml")),
    "plan": Parser(_toml, _plan),
    "grammar": Parser(_yaml, lambda: [SMALL_GRAMMAR, *_files("grammars", "standby/en.yaml")]),
    "persona": Parser(_toml, lambda: _files("voice_coach/personas", "gets-worse.toml", "mumbles.toml")),
    "settings": Parser(_settings, lambda: [SETTINGS]),
    "reminders": Parser(_reminders, lambda: [REMINDERS]),
    "recording": Parser(_recording, _sounds, is_text=False),
    "model-archive": Parser(_archive, _archives, is_text=False),
    "model-choice": Parser(_choice, lambda: [b'model = "embedded"\nallow_gaps = true\n']),
    "thresholds": Parser(_thresholds, lambda: _files("voice_coach/model", "policy.toml")),
    "voice-pack": Parser(_pack, _index),
    "history": Parser(_history, lambda: _files("tests/kept", "history.db"), is_text=False),
    "second-log": Parser(_second_log, _lines),
}
"""By the name that `make fuzz PARSER=...` takes."""


def hand_in(parser: Parser, content: bytes, folder: Path) -> bool:
    """Feed the parser within this folder, which is emptied first; return whether the file was accepted."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return parser.feed(content, folder)


def keep_to(home: Path) -> None:
    """Let settings and data of the user be looked for in this folder, and no program be found."""
    for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        os.environ[variable] = str(home / variable)
    os.environ["PATH"] = "/nowhere"
