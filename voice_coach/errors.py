"""Errors, named after the stage in which they occur.

Each message is one sentence for the user: what is wrong, where, and what to do.

CoachError
  ├─ DataError             a file of ours or the user's: exercise, grammar, persona, cue, prompt, setting
  ├─ SpeechError           text to speech
  ├─ RecognitionError      the recogniser or its model
  │    └─ RecognizerLostError    it worked, and can't be kept alive any more
  ├─ DeviceError           microphone or speaker
  │    └─ DeviceInUseError   another voice-coach has it
  ├─ HistoryError          the log of sessions
  ├─ ProfileError          whose it is
  ├─ NetworkError          another machine, which the user named
  └─ ServiceError          the service that systemd runs
"""

from dataclasses import dataclass
from pathlib import Path


class CoachError(Exception):
    """Something a user can mend; `str()` is the one sentence that tells how."""

    exit_code = 1


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a data file."""

    path: Path
    line: int
    """From 1; 0 where the file as a whole is meant."""
    key: str
    """Such as `repetition.phases[1].seconds`; empty where there is none."""
    message: str
    """What is wrong and what to do about it."""
    fatal: bool = True
    """False: the file works, but not as well as it could."""

    def __str__(self) -> str:
        """Return `file:line: key: message`, as compilers write it and editors read it."""
        where = f"{self.path}:{self.line}" if self.line else f"{self.path}"
        return ": ".join(part for part in (where, self.key, self.message) if part)


class DataError(CoachError):
    """A data file is wrong; `problems` has each mistake."""

    def __init__(self, problems: list[Problem]) -> None:
        """Take at least one problem."""
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class SpeechError(CoachError):
    """A text could not be turned into sound."""


class RecognitionError(CoachError):
    """The recogniser or its model does not work."""


class RecognizerLostError(RecognitionError):
    """The recogniser has worked, and can't be kept alive any more."""


class DeviceError(CoachError):
    """No sound can be had from the microphone or to the speaker."""


class DeviceInUseError(DeviceError):
    """Another voice-coach has the microphone or the speaker."""


class HistoryError(CoachError):
    """The log of sessions cannot be read or written."""


class ProfileError(CoachError):
    """It is not known whose history, calibration and settings are meant."""


class NetworkError(CoachError):
    """Another machine, which the user named, can't be had."""


class ServiceError(CoachError):
    """systemd is not there, or did not do what it was to do."""
