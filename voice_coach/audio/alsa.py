"""ALSA writes on the standard error output by itself, among the captions: `underrun occurred`, or what it can't open.

What a user needs to know of that the coach says in its own words: PortAudio reports the same faults to it.
"""

import contextlib
import ctypes
import functools
from typing import Final

_LIBRARY: Final = "libasound.so.2"
"""The one that PortAudio takes, too, where sound goes through ALSA."""


_HANDLER: Final = ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p)
"""Takes file, line, function, error and a form; what is to be filled into the form, behind these, is not looked at."""

_nothing: Final = _HANDLER(lambda *_: None)
"""Kept for as long as the process lives: ALSA holds no reference to it."""


@functools.cache
def silence_alsa() -> None:
    """Let ALSA write nothing in this process from now on; where there is no ALSA, nothing happens."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(_LIBRARY).snd_lib_error_set_handler(_nothing)
