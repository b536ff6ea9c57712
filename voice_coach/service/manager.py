"""Puts the unit where systemd's user manager finds it, and has it started, stopped and looked at."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from voice_coach.errors import ServiceError
from voice_coach.files import atomic
from voice_coach.files.resources import APP
from voice_coach.service.unit import NAME, unit

_PATIENCE: Final = 90
"""Seconds that a start may take: until sound flows."""
_CARRIED: Final = re.compile(r"XDG_(DATA|CONFIG|STATE|CACHE)_HOME|VOICE_COACH_\w+")
"""Variables that say where our files are; a service does not get those of a shell."""


def unit_file() -> Path:
    """Return where the unit is, whether or not there is one."""
    config = os.environ.get("XDG_CONFIG_HOME")
    return (Path(config) if config else Path.home() / ".config") / "systemd" / "user" / NAME


def install(options: Sequence[str], *, boot: bool) -> None:
    """Write the unit and start it, now and at each login; with `boot` without a login too.

    Args:
        options: of `voice-coach standby`.
        boot: whether the user's services are to run although the user has not logged in.

    Raises:
        ServiceError: there is no systemd, or it did not do it.
    """
    version = _version()
    folders = [APP.user_data_path, APP.user_cache_path, APP.user_state_path]
    carried = {name: value for name, value in os.environ.items() if _CARRIED.fullmatch(name)}
    command = [sys.executable, "-m", "voice_coach", "standby", *options]
    path = unit_file()
    try:
        for folder in folders:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic.write(path, unit(command, folders, carried, version))
    except OSError as error:
        raise ServiceError(f"{error.filename} can't be written ({error.strerror}): check who owns it.") from error
    _systemctl("daemon-reload")
    if boot:
        _call("loginctl", "enable-linger")
    _systemctl("enable", NAME)
    _systemctl("restart", NAME)


def remove() -> bool:
    """Stop it and take the unit away; return whether there was one.

    Raises:
        ServiceError: there is no systemd, or it did not do it.
    """
    path = unit_file()
    if not path.exists():
        return False
    _systemctl("disable", "--now", NAME)
    path.unlink(missing_ok=True)
    _systemctl("daemon-reload")
    return True


def status() -> str:
    """Return what systemd knows of it: its state, and the line that it has said last.

    Raises:
        ServiceError: there is no systemd, or it does not answer.
    """
    told = _systemctl("show", "--property=LoadState,ActiveState,SubState,StatusText,NRestarts", NAME)
    facts = dict(line.partition("=")[::2] for line in told.splitlines())
    if facts.get("LoadState") != "loaded":
        return "not installed"
    state = f"{facts.get('ActiveState')} ({facts.get('SubState')}), restarted {facts.get('NRestarts')} times"
    return f"{state}: {facts['StatusText']}" if facts.get("StatusText") else state


def _version() -> int:
    found = re.search(r"systemd (\d+)", _systemctl("--version"))
    return int(found[1]) if found else 0


def _systemctl(*arguments: str) -> str:
    return _call("systemctl", "--user", *arguments)


def _call(program: str, *arguments: str) -> str:
    found = shutil.which(program)
    if found is None:
        raise ServiceError(
            f"{program} was not found, and a service needs systemd; start `voice-coach standby` yourself."
        )
    try:
        done = subprocess.run(  # noqa: S603 - systemd's own program, with arguments of ours
            [found, *arguments], capture_output=True, text=True, check=False, timeout=_PATIENCE
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ServiceError(f"{program} does not answer ({error}): see `journalctl --user -u {NAME}`.") from error
    if done.returncode:
        reason = " ".join(done.stderr.split()) or f"exit code {done.returncode}"
        raise ServiceError(f"{program} {' '.join(arguments)} failed ({reason}): see `journalctl --user -u {NAME}`.")
    return done.stdout
