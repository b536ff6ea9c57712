"""A history in which the questions about red flags were answered today: for tests of everything else."""

from datetime import datetime
from pathlib import Path

from voice_coach.history.store import Store
from voice_coach.records import Answered, Ended, SessionStart


def screened_today(history: Path | None = None) -> None:
    """Write a session that was broken off behind the screening, in which nothing was found; None: where it belongs."""
    start = SessionStart(
        started=datetime.now().astimezone(),
        exercise_id="any",
        exercise_version=1,
        app_version="1",
        hold_s=None,
        reps_target=1,
    )
    with Store.open(history) as store:
        number = store.begin(start)
        store.save(number, Answered(1, "screening", "clear"))
        store.save(number, Ended(2, "interrupted", 0, 0, 0))
