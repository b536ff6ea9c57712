"""Notes what its process opens for writing and whom it calls; Python imports it at the start of each child.

One JSON object a line into the file that WATCH_LOG names: `{"pid", "event", "what"}`.
"""

import json
import os
import sys

_SOCKETS = {"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"}
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
_FILE = os.open(os.environ["WATCH_LOG"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)


def _note(event: str, what: object) -> None:
    os.write(_FILE, (json.dumps({"pid": os.getpid(), "event": event, "what": str(what)}) + "\n").encode())


def _hook(event: str, args: tuple[object, ...]) -> None:
    if event == "socket.getaddrinfo" or event.startswith("socket.gethostby"):
        _note("network", f"{event} {args}")  # the name that is asked for comes first
    elif event in _SOCKETS:
        _note("network", f"{event} {args[1:]}")  # behind the socket
    elif event == "open" and isinstance(args[2], int) and args[2] & _WRITES and not isinstance(args[0], int):
        _note("write", os.fsdecode(args[0]) if isinstance(args[0], (str, bytes)) else args[0])
    elif event in {"sqlite3.connect", "os.truncate"}:
        _note("write", args[0])
    elif event in {"os.rename", "os.link", "os.symlink"}:
        _note("write", args[1])


_note("start", " ".join(sys.orig_argv))
sys.addaudithook(_hook)
