"""What ALSA writes by itself."""

import subprocess
import sys

import pytest

_OPEN_NOTHING = """
import ctypes
from voice_coach.audio.alsa import silence_alsa
{silent}
print(ctypes.CDLL("libasound.so.2").snd_pcm_open(ctypes.byref(ctypes.c_void_p()), b"no_such_device", 0, 0))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ALSA is a part of Linux")
@pytest.mark.parametrize(("silent", "lines"), [("", 1), ("silence_alsa()", 0)])
def test_alsa_fails_without_a_word_once_it_is_silenced(silent: str, lines: int) -> None:
    command = [sys.executable, "-c", _OPEN_NOTHING.format(silent=silent)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert int(done.stdout) < 0
    assert done.stderr.count("ALSA lib") == lines
