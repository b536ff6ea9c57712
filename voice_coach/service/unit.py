"""The unit of systemd's user manager: standby from boot on, in a sandbox without a network. Pure.

Left out is what a user manager can't do (`ProtectProc`, device lists), what a user's processes don't have anyway
(capabilities), what would take the sound card or the pins away (`PrivateDevices`, `ProtectClock`, `ProcSubset`), and
`MemoryDenyWriteExecute`, as PortAudio's callbacks are code made at run time.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

NAME: Final = "voice-coach.service"

WATCHDOG: Final = 60
"""Seconds without sound after which systemd restarts it."""

BACK_OFF: Final = 254
"""The version of systemd from which on the delay between restarts can grow."""

_STEPS: Final = "RestartSec=5\nRestartSteps=6\nRestartMaxDelaySec=300"
_EVENLY: Final = "RestartSec=30"

_UNIT: Final = """\
# Written by `voice-coach service install`; what you change here, `voice-coach service install` undoes.
[Unit]
Description=voice_coach waits for the next session
After=pipewire.service pipewire-pulse.service wireplumber.service pulseaudio.service
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=all
ExecStart={command}
{environment}WatchdogSec={watchdog}
WatchdogSignal=SIGTERM
Restart=on-failure
{restart}
KillMode=mixed
TimeoutStopSec=20
UMask=0077

# What is said goes to standard output, and nowhere; the journal gets what is done.
StandardInput=null
StandardOutput=null
StandardError=journal
SyslogIdentifier=voice-coach

# No network: the sound server and systemd are reached by sockets in the file system.
PrivateNetwork=yes
RestrictAddressFamilies=AF_UNIX

# Nothing is written but the history, the speech that is kept, and what standby remembers.
ProtectSystem=strict
ProtectHome=read-only
ReadWritePaths={writable}
PrivateTmp=yes

NoNewPrivileges=yes
PrivateUsers=yes
LockPersonality=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM

[Install]
WantedBy=default.target
"""


def unit(command: Sequence[str], writable: Sequence[Path], environment: Mapping[str, str], version: int) -> str:
    """Return the unit's text.

    Args:
        command: the absolute path of a program, and its arguments.
        writable: folders that exist.
        environment: variables that it needs to find its folders.
        version: of systemd.
    """
    variables = "".join(f"Environment={quoted(f'{name}={value}')}\n" for name, value in environment.items())
    return _UNIT.format(
        command=" ".join(quoted(part).replace("$", "$$") for part in command),
        environment=variables,
        watchdog=WATCHDOG,
        restart=_STEPS if version >= BACK_OFF else _EVENLY,
        writable=" ".join(quoted(str(folder)) for folder in writable),
    )


def quoted(text: str) -> str:
    """Return a text as one word of a unit file, whatever is in it but a line's end."""
    text = text.replace("%", "%%")
    if re.fullmatch(r"[\w@%+=:,./-]+", text, re.ASCII):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
