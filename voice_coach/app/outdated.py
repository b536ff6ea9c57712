"""Warn of the user's own files that belong to an earlier version or another model."""

from voice_coach.config.engines import model_folder
from voice_coach.config.own_grammars import outdated_grammars
from voice_coach.config.settings import Settings
from voice_coach.errors import CoachError, Problem
from voice_coach.hear.decision import calibration


def outdated_files(settings: Settings) -> list[Problem]:
    """Return a warning for each such grammar and calibration; `ClipLibrary.problems` has those for recordings."""
    return [*outdated_grammars(settings.language), *_outdated_calibration(settings)]


def _outdated_calibration(settings: Settings) -> list[Problem]:
    """Return a warning if the calibration was made with another model than the session's."""
    from voice_coach.hear.asr.vosk import EMBEDDED  # noqa: PLC0415 - loads an engine, which a typed session has none of

    path = settings.profile.calibration
    try:
        if not path.is_file() or calibration.load(model_folder(settings.model) or EMBEDDED, settings.profile):
            return []
    except CoachError:  # `Settings.troubles` has it
        return []
    message = "was made with another model, and is not used; make a new one with `voice-coach calibrate`"
    return [Problem(path, 0, "", message, fatal=False)]
