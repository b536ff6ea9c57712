"""Sentences are recorded for the coach, but for microphone and speaker: a synthetic voice is heard, nothing is played.

`python -m tests.privacy.recording` records three takes: one is done again, one is kept, one is left. Standard output
has what the microphone heard and then each take as it was played back, each after its number of samples.
"""

import struct
import sys
from collections.abc import Iterable, Iterator

import numpy as np

from tests.hear.room import spoken
from voice_coach.app.record_cues import record
from voice_coach.app.recording_script import entries_of
from voice_coach.app.studio import MAX_PAUSE, MAX_TAKE, Capture
from voice_coach.app.takes import RecognizerChecker, Recorded
from voice_coach.audio.offline import run_file
from voice_coach.audio.pcm import Clip, silence
from voice_coach.exercise.load import load_exercise
from voice_coach.hear.vad import EnergyGate, SileroDetector
from voice_coach.timebase import RATE

KEPT = 1
"""Number of the take that is kept, from 0."""


class Studio:
    """Hears these clips, one a take."""

    def __init__(self, clips: Iterable[Clip]) -> None:
        self._clips = iter(clips)
        self.heard: list[Clip] = []
        self.played: list[Clip] = []

    def record(self) -> Recorded:
        """Return the next take."""
        capture = Capture(silence(0), EnergyGate(SileroDetector()))
        mic = np.concatenate((silence(RATE), next(self._clips), silence(MAX_PAUSE)))
        self.heard.append(mic)
        run_file(capture.advance, lambda: capture.done, [mic], limit=MAX_TAKE)
        return Recorded(capture.take)

    def play(self, clip: Clip) -> None:
        """Play nothing."""
        self.played.append(clip)


class Typist:
    """Types what becomes of each take."""

    def __init__(self) -> None:
        self._typed: Iterator[str] = iter(["", "r", "k", "q"])

    def show(self, text: str) -> None:
        """Show nothing."""

    def note(self, text: str) -> None:
        """Show nothing."""

    def warn(self, text: str) -> None:
        """Show nothing."""

    def read(self) -> str | None:
        """Return the next line."""
        return next(self._typed)


def main() -> None:
    """Record."""
    exercise = load_exercise("flexion_rotation")
    texts = [entry.text for entry in entries_of(exercise)]
    studio = Studio(spoken([texts[2], texts[1], texts[3]]))
    record(exercise, studio, RecognizerChecker(), Typist())
    for clip in (np.concatenate(studio.heard), *studio.played):
        sys.stdout.buffer.write(struct.pack("<I", clip.size) + clip.astype("<i2").tobytes())


if __name__ == "__main__":
    main()
