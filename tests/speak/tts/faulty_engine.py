"""The engine's program with faults: it dies, hangs or fails as a plan says, and does the real thing otherwise.

The plan is the file named by TEST_FAULTS: one fault a line, each used once, `start` ones by a starting engine and the
others by a render.
"""

import importlib.util
import os
import sys
import threading
import wave
from pathlib import Path

REAL = Path(__file__).parents[3] / "voice_coach" / "speak" / "tts" / "pyttsx3_worker.py"
spec = importlib.util.spec_from_file_location("engine", REAL)
assert spec
assert spec.loader
engine = importlib.util.module_from_spec(spec)
spec.loader.exec_module(engine)


def next_fault(*, start: bool) -> str:
    """Take the plan's next fault if it is of this kind."""
    plan = Path(os.environ["TEST_FAULTS"])
    faults = plan.read_text().split("\n") if plan.exists() else []
    if not faults or not faults[0] or faults[0].startswith("start") != start:
        return ""
    plan.write_text("\n".join(faults[1:]))
    return faults[0]


class FaultyEngine(engine.Engine):  # type: ignore[name-defined, misc]
    """The real engine, but for its faults."""

    def __init__(self, voice: str, rate: int, folder: Path) -> None:
        """Start, or not."""
        match next_fault(start=True):
            case "start exit":  # as espeak does when its data is missing
                sys.stderr.write("Error processing file '/usr/share/espeak-ng-data/phontab'\n")
                sys.stderr.flush()
                os._exit(1)
            case "start raise":
                message = "no espeak here"
                raise RuntimeError(message)
            case "start synchronous":
                synchronous()
            case _:
                pass
        super().__init__(voice, rate, folder)

    def _render(self, text: str) -> bytes:
        """Render, or not."""
        match next_fault(start=False):
            case "die":
                os._exit(7)
            case "hang":
                threading.Event().wait()
            case "babble":
                sys.stdout.write("babble")
                self.replies.send(("babble",))
            case "empty":
                return sound(b"")
            case "zeros":
                return sound(bytes(44_100))
            case "short":
                return sound(bytes([1, 2] * 200))
            case "damaged":
                return bytes(range(256)) * 200
            case "missing":
                return b""
            case "hurry":  # as espeak does when it takes the rates that it was told in another order
                self._run(self._engine.setProperty, "rate", 200)
            case _:
                pass
        return bytes(super()._render(text))


def synchronous() -> None:
    """Let espeak render within `Synth` and never send `MSG_TERMINATED`, as espeakng-loader's aarch64 library does."""
    from pyttsx3.drivers import _espeak  # noqa: PLC0415 - after espeak's library has been chosen

    initialize = _espeak.Initialize
    _espeak.Initialize = lambda _, length: initialize(_espeak.AUDIO_OUTPUT_SYNCHRONOUS, length)


def sound(frames: bytes) -> bytes:
    """Return a WAV as espeak's driver writes it."""
    path = Path(os.environ["TEST_FAULTS"]).with_suffix(".wav")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(22_050)
        file.writeframes(frames)
    return path.read_bytes()


if __name__ == "__main__":
    vars(engine)["Engine"] = FaultyEngine
    FaultyEngine.replies = engine.Connection(os.dup(int(sys.argv[1])), readable=False)
    engine.main(sys.argv[1:])
