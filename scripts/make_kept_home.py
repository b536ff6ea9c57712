"""Make tests/kept/home-0.1.0.tar.xz: the home of somebody who has used version 0.1.0 for weeks, by running 0.1.0.

    git worktree add --detach FOLDER 2e168e8        the last commit of 0.1.0
    python -m scripts.make_kept_home FOLDER

It was run once; the archive stands for what users have on their disks, and is not to be made again by later code.
Every session is a typed one of 0.1.0, in a process of its own, with the date set back. The answers follow from what the
coach asks (`USUAL`); the last session is killed in the middle of a repetition. Paths of this computer are written as
those of an imaginary one (`PYTHON`, `HOME`).
"""

import datetime as dt
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
import uuid
import wave
from importlib import import_module
from pathlib import Path
from typing import Any, Final

ARCHIVE: Final = Path(__file__).parents[1] / "tests" / "kept" / "home-0.1.0.tar.xz"
HOME: Final = "/home/pat"
PYTHON: Final = "/home/pat/voice_coach/.venv/bin/python"

Rules = list[tuple[str, str]]
"""A pattern that is searched in what the coach has said since the last answer, and the answer; the first one holds."""

KILL: Final = "KILL"
"""An answer: the process is killed, as by a power cut."""

USUAL: Final[Rules] = [
    ("Do they know of it|Has a doctor or physio said|did your doctor or physio teach", "yes"),
    ("may we begin", "yes"),
    ("Are you numb|trouble with your|both legs painful|begin with a bad|chest pain with|Do you have a fever", "no"),
    ("ever had cancer|hurt all night|strong pain below|thin bones|first back pain|anything new", "no"),
    ("Which side hurts", "left side"),
    ("Pain on the left", "yes"),
    ("how strong is it now|How strong", "four"),
    ("furthest point|Where do you feel", "my back"),
    ("hear me clearly", "yes"),
    ("A little, much", "a little"),
    ("Since your first session", "better"),
    ("checked it", "yes"),
    ("[Bb]etter,? (the )?same", "better"),
    ("Say finish|Goodbye|five minutes", "finish"),
    (r"Hold,|And back|back\.$|Slide your|slide it back|Roll|Lift|Pull|Flatten|Tilt", ""),
    ("", "ready"),
]
_LINE: Final = '          - "(just stop|stop that|stop counting)"\n'
GRAMMAR: Final = (_LINE, _LINE + '          - "that will do for today"\n')
EXERCISE: Final = """\
id = "heel_slide"
version = 1
language = "en"
name = "sliding one heel on your back"
family = "mobility"
position = "back"
sides = "alternate"
intro = ["You lie on your back and slide one heel, then the other.", "We do it four times."]
cautions = ["Stay where it is comfortable."]
rest = ["Put both feet down.", "Rest with your knees bent."]

[[steps]]
id = "lie"
say = ["Lie on your back."]
help = "Lie down and look up. Then say ready."

[[steps]]
id = "knees"
say = ["Bend both knees, with your feet flat."]
help = "Your feet stand on the floor, near your bottom. Then say ready."

[[steps]]
id = "how"
say = ["Slide one heel away, then back.", "I say which one, and I count."]
help = "Your leg gets long on the floor, then short again. Say ready to begin."

[repetition]
count = 4
checks_after = [1, 4]
help = ["Slide the heel that I say.", "Hold while I count, then slide it back."]
remarks = { 3 = "Two to go.", 4 = "Last one." }

[repetition.move]
say = "Slide your {side} heel."
hold = 2
back = "And slide it back."

[[sources]]
title = "My own leaflet"
note = "all of it"
"""
PROGRAMME: Final = """\
id = "heels_and_bridge"
version = 1
language = "en"
title = "sliding your heels, then the bridge"
mixes = "asked"

[[steps]]
exercise = "heel_slide"
better = "next"
same = "ask"
cannot = "end"

[[steps]]
exercise = "bridge"
cannot = "ask heel_slide"
"""
SETTINGS: Final = """\
# written by hand
microphone = "USB"
volume = 5
rate = 140       # slower, please
earcons = true
echo_delay_ms = 120.0
input_gain_db = 3.0
"""
REMINDERS: Final = 'times = ["08:30", "13:00", "18:30"]\nquiet = ["21:30", "07:00"]\n'
RECORDINGS: Final = (
    "en/ask.check.1",  # "Better, same, or worse?", as today
    "en/ask.screen_3.1",  # asks something else today
    "en/ask.cleared.1",  # asks the same in other words
    "en/flexion_rotation.how.4",  # there is no such sentence any more
    "done",  # an earcon
)


def main() -> None:
    """Make the archive with the checkout of 0.1.0 in the folder that is named."""
    checkout = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        for make in (_own_files, _weeks, _profile, _service):
            make(checkout, home)
        _pack(home)


def _run(checkout: Path, home: Path, at: str, rules: Rules, *arguments: str) -> str:
    """Run a command of 0.1.0 as if it were `at`; return what it printed."""
    command = [sys.executable, __file__, "--at", at, json.dumps([*rules, *USUAL]), *arguments]
    done = subprocess.run(  # noqa: S603 - this script itself
        command, env=_environment(checkout, home), capture_output=True, text=True, check=False, cwd=checkout
    )
    killed = any(answer == KILL for _, answer in rules)
    if done.returncode != (-signal.SIGKILL if killed else 0):
        raise SystemExit(f"{at} {arguments}: {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    print(at, *arguments, "-", done.stdout.splitlines()[-1])
    return done.stdout


def _environment(checkout: Path, home: Path) -> dict[str, str]:
    path = f"{home.parent / 'bin'}:{os.environ['PATH']}"
    return {"HOME": str(home), "TZ": "CET-1", "PYTHONPATH": str(checkout), "PATH": path, "LC_ALL": "C.UTF-8"}


def _own_files(checkout: Path, home: Path) -> None:
    config = home / ".config" / "voice_coach"
    grammar = (checkout / "grammars" / "en.yaml").read_text(encoding="utf-8")
    if grammar.count(GRAMMAR[0]) != 1:
        raise SystemExit(f"The grammar has {grammar.count(GRAMMAR[0])} lines {GRAMMAR[0]!r}.")
    texts = {
        "settings.toml": SETTINGS,
        "standby.toml": REMINDERS,
        "grammars/en.yaml": grammar.replace(*GRAMMAR),
        "exercises/en/heel_slide.toml": EXERCISE,
        "programmes/en/heels_and_bridge.toml": PROGRAMME,
    }
    for name, text in texts.items():
        (config / name).parent.mkdir(parents=True, exist_ok=True)
        (config / name).write_text(text, encoding="utf-8")
    for name in RECORDINGS:
        path = config / "audio_cues" / f"{name}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", ""))
            file.writeframes(
                b"".join((6000 * (-1) ** (n // 20)).to_bytes(2, "little", signed=True) for n in range(2400))
            )
    _run(checkout, home, "2026-10-26T08:50:00+01:00", [], "calibrate-as-if", "-0.4")


def _weeks(checkout: Path, home: Path) -> None:
    """Three locks, of which one has been lifted, a backup, and a session that is killed."""

    def session(at: str, rules: Rules, *options: str) -> None:
        _run(checkout, home, at, rules, "run", "--text", "--profile", "first", *options)

    def exercise(name: str) -> tuple[str, str]:
        return "--exercise", name

    session("2026-10-26T09:02:11+01:00", [])
    session("2026-10-28T19:30:40+01:00", [("How strong", "three")])
    session("2026-10-31T10:00:05+01:00", [], *exercise("heel_slide"))
    session("2026-11-02T09:05:00+01:00", [("Number three", "it's worse")])
    session("2026-11-05T18:00:00+01:00", [("How strong", "two")])
    session("2026-11-09T08:45:00+01:00", [("Please tell|A doctor or physio must look", "yes")])
    session("2026-11-12T09:10:00+01:00", [("(?s)Hold|Roll|over", "it's worse")], *exercise("knee_rolls"))
    session("2026-11-14T09:15:00+01:00", [("How strong", "two")])
    session("2026-11-16T18:20:00+01:00", [("(?s)Hold|Flatten", "my foot is numb")], *exercise("pelvic_tilt"))
    session("2026-11-18T09:00:00+01:00", [("checked it since", "no")], *exercise("bridge"))
    session("2026-11-21T09:00:00+01:00", [("How strong", "two")])
    _run(checkout, home, "2026-11-21T09:20:00+01:00", [], "backup", str(home / "history-backup.db"))
    session("2026-11-23T09:30:00+01:00", [("Number five", KILL)])


def _profile(checkout: Path, home: Path) -> None:
    """A second person, whose sign of an emergency is on the disk."""
    _run(checkout, home, "2026-11-10T10:00:00+01:00", [], "profiles", "add", "Anna")
    chest: Rules = [("Number two", "I have chest pain")]
    _run(checkout, home, "2026-11-10T10:05:00+01:00", chest, "run", "--text", "--profile", "Anna")


def _service(checkout: Path, home: Path) -> None:
    """The unit as 0.1.0 installs it, with a `systemctl` that only says which version it is."""
    program = home.parent / "bin" / "systemctl"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\n[ "$1" = --user ] && [ "$2" = --version ] && echo "systemd 252 (252.30)"\nexit 0\n')
    program.chmod(0o755)
    _run(checkout, home, "2026-10-27T12:00:00+01:00", [], "service", "install", "--", "--profile", "first")
    unit = home / ".config" / "systemd" / "user" / "voice-coach.service"
    text = unit.read_text(encoding="utf-8").replace(sys.executable, PYTHON).replace(str(home), HOME)
    text = re.sub(r"(?m)^Environment=.*\n", "", text)
    unit.write_text(text, encoding="utf-8")


def _pack(home: Path) -> None:
    """Put all but the cache into the archive, in order, with the owner's rights and no names of this computer."""
    shutil.rmtree(home / ".cache", ignore_errors=True)

    def ours(info: tarfile.TarInfo) -> tarfile.TarInfo:
        info.uid = info.gid = 1000
        info.uname = info.gname = "pat"
        return info

    with tarfile.open(ARCHIVE, "w:xz", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(home.rglob("*")):
            archive.add(path, path.relative_to(home), recursive=False, filter=ours)
    print(f"{ARCHIVE.name}: {ARCHIVE.stat().st_size} bytes")


def _as_if(at: str, rules: Rules, arguments: list[str]) -> int:
    """Run a command in this process, which has 0.1.0 on its path, as if it were `at` and somebody typed the answers."""
    begins, started = dt.datetime.fromisoformat(at), time.monotonic()
    boot = str(uuid.uuid5(uuid.NAMESPACE_DNS, at[:10]))  # one for each day

    def now() -> dt.datetime:
        return begins + dt.timedelta(seconds=time.monotonic() - started)

    class Shifted(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Any:  # noqa: ANN401 - a plain `datetime`
            return now().astimezone(tz)

    moment: Any = import_module("voice_coach.history.moment")
    moment.now = lambda: moment.Moment(
        now().astimezone(dt.UTC), 900 + (now() - begins).total_seconds(), boot, os.getpid()
    )
    if arguments[0] == "calibrate-as-if":
        calibration: Any = import_module("voice_coach.hear.calibration")
        embedded = import_module("voice_coach.hear.asr_vosk").EMBEDDED
        calibration.save(calibration.Calibration(calibration.fingerprint(embedded), float(arguments[1])))
        print("calibrated")
        return 0
    click: Any = import_module("click")
    run: Any = import_module("voice_coach.cli.run")
    run.datetime = Shifted
    said: list[str] = []
    echo = click.echo

    def told(text: object = "", **how: Any) -> None:  # noqa: ANN401 - as click has it
        said.append(str(text))
        echo(text, **how)

    def answer() -> str:
        heard = " ".join(said)
        said.clear()
        reply = next(reply for pattern, reply in rules if re.search(pattern, heard))
        if reply == KILL:
            os.kill(os.getpid(), signal.SIGKILL)
        echo(f"> {reply}")
        return reply

    click.echo, run.read_line = told, answer
    code: int = import_module("voice_coach.cli.main").main(arguments)
    return code


if __name__ == "__main__":
    if sys.argv[1] == "--at":
        sys.path.pop(0)  # scripts/
        sys.exit(_as_if(sys.argv[2], json.loads(sys.argv[3]), sys.argv[4:]))
    main()
