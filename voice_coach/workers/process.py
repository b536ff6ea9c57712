"""Starting a program of ours that inherits pipes; what it is told and says is its own matter."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import IO


def start(
    command: Sequence[str], handles: Sequence[int], environment: Mapping[str, str], log: IO[bytes] | None = None
) -> "subprocess.Popen[bytes]":
    """Start a process that inherits these handles, out of reach of this terminal's Ctrl-C.

    Not `multiprocessing.Process`: that keeps one more process for shared memory, 7 MiB that nobody needs here, and
    loads the parent's program into the child.

    Args:
        command: the program and what it is told.
        handles: of pipes, as `Connection.fileno` gives them.
        environment: all of its variables.
        log: where its standard error goes; None: to ours.

    Raises:
        OSError: no process can be started.
    """
    if sys.platform == "win32":  # pragma: no cover - tests run on Linux
        for handle in handles:
            os.set_handle_inheritable(handle, True)  # noqa: FBT003 - positional only
        startup = subprocess.STARTUPINFO(lpAttributeList={"handle_list": list(handles)})
        group = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
        return subprocess.Popen(  # noqa: S603 - our own program
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            env=environment,
            startupinfo=startup,
            creationflags=group,
        )
    return subprocess.Popen(  # noqa: S603 - our own program
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=log,
        env=environment,
        pass_fds=handles,
        start_new_session=True,
    )
