"""Nothing leaves the machine and no sound is kept: watched from outside, in all processes of whole sessions.

Each process tells of its own writes and calls (tests/privacy/watch/sitecustomize.py); where strace is installed, the
kernel tells too, so that nothing native goes unseen. One command may call: `models install`, and only the server that
has the model. One option lets a session be called, by browsers of this computer: `run --window`.
"""

import hashlib
import json
import os
import re
import shutil
import sqlite3
import struct
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
import soundfile

from tests.models.server import serve
from tests.privacy.recording import KEPT
from voice_coach.timebase import RATE, samples

ROOT = Path(__file__).parents[1]
SHORT = ROOT / "tests" / "virtual_card" / "short.toml"
TYPED = [
    "yes",
    "skip",
    *["no"] * 11,
    "yes",
    "left side",
    "yes",
    "seven",
    "that's not what I said",
    "six",
    "back",
    "ready",
    "yes",
    "ready",
    "",
    "",
    "better",
    "three",
    "back",
]
OWN_ADDRESS = "socket.bind (('::1', 0),)"
"""What urllib3 does when it is imported, to learn if there is IPv6; vosk imports it for downloads that nobody wants.

It is no call: the socket is closed at once, and nobody is told of it.
"""
PROBE = samples(0.02)
"""Samples that are looked for: far too many, and too varied, to be somewhere by chance."""


@dataclass(frozen=True)
class Watched:
    """What a program and its children did."""

    output: bytes
    errors: bytes
    processes: list[str]
    """Command lines of the Pythons among them."""
    written: set[Path]
    network: list[str]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return an empty folder in which everything lies that a user has: settings, history, cache, temporary files."""
    for name in ("tmp", "work"):
        (tmp_path / "home" / name).mkdir(parents=True)
    return tmp_path / "home"


def environment(home: Path) -> dict[str, str]:
    folders = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("DATA", "CONFIG", "STATE", "CACHE")}
    path = os.pathsep.join([str(ROOT / "tests" / "privacy" / "watch"), str(ROOT)])
    log = str(home.parent / "watch.jsonl")
    own = {"HOME": str(home), "TMPDIR": str(home / "tmp"), "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    measured = {name for name in os.environ if name.startswith(("COV_", "COVERAGE_"))}  # it writes files of its own
    return {key: value for key, value in os.environ.items() if key not in measured} | folders | own | {"WATCH_LOG": log}


def watched(
    home: Path, module: str, *arguments: str | Path, typed: Sequence[str] = (), under: Sequence[str] = (), **more: str
) -> Watched:
    """Run one of our modules and note what all its processes do.

    Args:
        home: where the user's folders are.
        module: what `python -m` runs.
        arguments: its own.
        typed: the lines on its standard input.
        under: a program that runs it, with that program's arguments.
        more: is added to the environment.
    """
    command = [*under, sys.executable, "-m", module, *map(str, arguments)]
    text = "".join(f"{line}\n" for line in typed).encode()
    done = subprocess.run(
        command,
        env=environment(home) | more,
        cwd=home / "work",
        input=text,
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    rows = [json.loads(line) for line in (home.parent / "watch.jsonl").read_text(encoding="utf-8").splitlines()]
    return Watched(
        done.stdout,
        done.stderr,
        [row["what"] for row in rows if row["event"] == "start"],
        {Path(row["what"].removeprefix("file:")) for row in rows if row["event"] == "write"} - {Path(os.devnull)},
        [row["what"] for row in rows if row["event"] == "network" and row["what"] != OWN_ADDRESS],
    )


def kept(home: Path) -> list[Path]:
    """Return all files that are left behind."""
    return [path for path in home.rglob("*") if path.is_file()]


@cache
def probes(microphone: bytes) -> tuple[bytes, ...]:
    """Return loud pieces of what the microphone heard."""
    sound = np.frombuffer(microphone, "<i2")
    pieces = (sound[at : at + PROBE] for at in range(0, len(sound) - PROBE, PROBE))
    return tuple(piece.tobytes() for piece in pieces if np.abs(piece.astype(np.int32)).max() > 3000)


def holds_sound(data: bytes, microphone: bytes) -> bool:
    """Return whether a file's bytes hold something that the microphone heard."""
    pieces = probes(microphone)
    assert len(pieces) > 10, "the person was not heard"
    return any(piece in data for piece in pieces)


def test_a_rehearsal_calls_nobody_and_writes_only_its_files_and_the_coachs_own_prompts(home: Path) -> None:
    out = home / "out"
    seen = watched(home, "voice_coach", "rehearse", "--exercise", SHORT, "--persona", own_persona(home), "--out", out)
    assert seen.network == []
    assert sum("pyttsx3_worker.py" in process for process in seen.processes) == 2
    assert {path.name for path in kept(out)} == {
        "goes-well-short_rotation-left.wav",
        "goes-well-short_rotation-left.vtt",
        "goes-well-short_rotation-left.json",
    }
    allowed = (out, home / "cache" / "voice_coach" / "speech", home / "tmp")
    assert [path for path in seen.written if not path.is_relative_to(home) or not inside(path, *allowed)] == []
    assert kept(home / "tmp") == []


def own_persona(home: Path) -> Path:
    """Return the persona that goes well, for an exercise of two repetitions."""
    text = (ROOT / "voice_coach" / "personas" / "goes-well.toml").read_text(encoding="utf-8")
    path = home / "work" / "two.toml"
    path.write_text(text.replace('"completed"', '"completed", repetitions = 2'), encoding="utf-8")
    return path


def inside(path: Path, *folders: Path) -> bool:
    return any(path.is_relative_to(folder) for folder in folders)


def test_a_typed_session_calls_nobody_and_writes_only_the_history(home: Path) -> None:
    seen = watched(home, "voice_coach", "run", "--text", "--exercise", SHORT, typed=TYPED)
    assert b"Session over: completed" in seen.output
    assert b"Sorry, I misheard you." in seen.output
    assert seen.network == []
    assert {path.parent for path in seen.written} == {home / "data" / "voice_coach"}
    assert {path.name for path in kept(home)} == {"history.db", "history.db.since"}


def test_what_is_heard_is_kept_nowhere_and_nobody_is_called(home: Path, subtests: pytest.Subtests) -> None:
    trace = home.parent / "trace.txt"
    tracer = strace(trace)
    seen = watched(home, "tests.privacy.listening", under=tracer)
    assert seen.network == []
    assert any("hear.asr.worker" in process for process in seen.processes)  # the recogniser
    assert any("pyttsx3_worker.py" in process for process in seen.processes)
    allowed = (home / "data" / "voice_coach", home / "cache" / "voice_coach" / "speech", home / "tmp")
    assert [path for path in seen.written if not inside(path, *allowed)] == []
    assert kept(home / "tmp") == []
    assert [path for path in kept(home) if holds_sound(path.read_bytes(), seen.output)] == []
    history = home / "data" / "voice_coach" / "history.db"
    assert history.stat().st_size < 200_000
    assert answered(history) >= {"side", "pain_before"}
    with subtests.test("the kernel sees no call"):
        if not tracer:
            pytest.skip("strace is not installed, or may not trace here; the processes were watched as well")
        assert calls(trace) == []


def answered(history: Path) -> set[str]:
    """Return the questions whose answers are in a history."""
    with closing(sqlite3.connect(history)) as store:
        return {question for (question,) in store.execute("SELECT question FROM answers")}


def strace(trace: Path) -> list[str]:
    """Return what notes a program's calls to anybody, as the kernel sees them; nothing where that can't be had."""
    if shutil.which("strace") is None:
        return []
    command = ["strace", "-f", "-qq", "--trace=connect,bind,sendto,sendmsg,sendmmsg", "-o", str(trace)]
    tried = subprocess.run([*command, "true"], capture_output=True, check=False)
    return command if tried.returncode == 0 else []


def calls(trace: Path) -> list[str]:
    """Return the calls to anybody in what strace has noted."""
    called = re.findall(r"^\d+ +((?:connect|bind|sendto|sendmsg|sendmmsg)\(.*)", trace.read_text("utf-8"), re.MULTILINE)
    # Sockets in the file system are no network: the player in espeak-ng looks for a sound server, and finds none.
    network = [call for call in called if "AF_UNIX" not in call and re.search("AF_[A-Z]", call)]
    return [call for call in network if not re.match(r'bind\(.*sin6_port=htons\(0\).*"::1"', call)]


def test_record_keeps_what_is_heard_in_that_file_and_a_page_shows_it_to_this_computer_alone(
    home: Path, subtests: pytest.Subtests
) -> None:
    """The page has what is said and heard as words; no sound."""
    record = home / "work" / "both.wav"
    seen = watched(home, "tests.privacy.listening", record, WINDOW="1")
    sound, rate = soundfile.read(record, dtype="int16")
    with subtests.test("recorded"):
        assert (rate, sound.shape[1]) == (RATE, 2)
        assert sound[:, 1].astype("<i2").tobytes() == seen.output
        assert holds_sound(sound[:, 1].astype("<i2").tobytes(), seen.output)
        assert record.stat().st_mode & 0o077 == 0
        others = [path for path in kept(home) if path != record]
        assert [path for path in others if holds_sound(path.read_bytes(), seen.output)] == []
    with subtests.test("shown"):
        assert seen.network == ["socket.bind (('127.0.0.1', 0),)"]
        assert b"Stop</button>" in seen.errors
        assert b'"certainty":"certain"' in seen.errors
        assert not holds_sound(seen.errors, seen.output)
    allowed = (home / "data" / "voice_coach", home / "cache" / "voice_coach" / "speech", home / "tmp")
    assert [path for path in seen.written - {record} if not inside(path, *allowed)] == []
    assert kept(home / "tmp") == []


def test_sentences_that_are_recorded_are_kept_only_if_asked_for(home: Path) -> None:
    """`cues --record`: the take that is kept lies in one file, for its owner alone; no other leaves a trace."""
    seen = watched(home, "tests.privacy.recording")
    assert seen.network == []
    heard, *takes = clips_in(seen.output)
    texts = home / "config" / "voice_coach" / "audio_cues" / "en" / "texts"
    (file,) = kept(home / "config")
    assert file.parent == texts
    assert file.stat().st_mode & 0o077 == 0
    assert soundfile.read(file, dtype="int16")[0].astype("<i2").tobytes() == takes[KEPT]
    speech = home / "cache" / "voice_coach" / "speech"  # of the coach's own voice
    assert [path for path in seen.written if not inside(path, texts, speech, home / "tmp")] == []
    assert kept(home / "tmp") == []
    others = [path.read_bytes() for path in kept(home) if path != file]
    assert not any(
        holds_sound(data, sound) for data in (*others, file.read_bytes()) for sound in (heard, *not_kept(takes))
    )
    assert not any(holds_sound(data, takes[KEPT]) for data in others)


def clips_in(output: bytes) -> list[bytes]:
    """Return what `tests.privacy.recording` tells of: what was heard, and each take as it was played."""
    found = []
    while output:
        (length,) = struct.unpack("<I", output[:4])
        found.append(output[4 : 4 + 2 * length])
        output = output[4 + 2 * length :]
    return found


def not_kept(takes: list[bytes]) -> list[bytes]:
    return [take for number, take in enumerate(takes) if number != KEPT]


def test_to_list_and_to_choose_models_calls_nobody(home: Path) -> None:
    model = Path(shutil.copytree(ROOT / "voice_coach" / "model", home / "work" / "other"))
    for arguments in (["list"], ["use", model], ["list", "--json"], ["use", "embedded"]):
        assert watched(home, "voice_coach", "models", *arguments).network == []
    seen = watched(home, "voice_coach", "models", "install", archive(home), "--unverified")
    assert seen.network == []
    allowed = (home / "data" / "voice_coach" / "models", home / "cache" / "voice_coach" / "models")
    config = home / "config" / "voice_coach"
    assert kept(config) == []  # "embedded" is the choice that nobody made
    assert [path for path in seen.written if not inside(path, *allowed, config)] == []


def test_to_install_a_model_calls_the_server_that_has_it_and_no_other(home: Path) -> None:
    """The one command that may call anybody."""
    digest = hashlib.sha256(archive(home).read_bytes()).hexdigest()
    name = "vosk-model-small-en-us-0.15"
    with serve(archive(home).read_bytes()) as site:
        port = urlsplit(site.url).port
        seen = watched(home, "voice_coach", "models", "install", name, "--from", site.url, "--sha256", digest)
    assert {tuple(re.findall(r"'127\.0\.0\.1', (\d+)", call)) for call in seen.network} == {(str(port),)}
    assert [set(headers) for headers in site.asked] == [{"Host", "User-Agent", "Accept-Encoding", "Connection"}]
    assert seen.written
    assert [path for path in seen.written if not inside(path, home / "data" / "voice_coach" / "models")] == []


def archive(home: Path) -> Path:
    """Return a model's archive outside of the home."""
    path = home.parent / "other.zip"
    if not path.exists():
        shutil.make_archive(str(path.with_suffix("")), "zip", ROOT / "voice_coach", "model")
    return path


def test_the_watcher_sees_writes_and_calls(home: Path) -> None:
    """The tests above would pass if nothing were watched: here something is to be seen."""
    (home / "work" / "leaky.py").write_text(
        "import socket, subprocess, sys\n"
        "open('leak.txt', 'w').close()\n"
        "if len(sys.argv) < 2: subprocess.run([sys.executable, __file__, 'child'], check=True)\n"
        "with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out: out.sendto(b'x', ('127.0.0.1', 9))\n",
        encoding="utf-8",
    )
    seen = watched(home, "leaky")
    assert len(seen.processes) == len(seen.network) == 2
    assert seen.written == {Path("leak.txt")}
