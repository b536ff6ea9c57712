"""Stores a session while it runs, off the audio path."""

from collections import deque
from collections.abc import Iterable
from pathlib import Path

from voice_coach.errors import HistoryError
from voice_coach.history import journal
from voice_coach.history.backups import erase
from voice_coach.history.database import default_path
from voice_coach.history.errors import DamagedError, RefusedError
from voice_coach.history.recovery import is_there, mend
from voice_coach.history.store import Store
from voice_coach.records import SessionRecord, SessionStart
from voice_coach.workers.thread import Background

BEGUN = 0
"""The number under which `poll` reports that the start of the session could not be written."""

Answer = tuple[int, str]
"""A record's number, and why it is not on disk yet; empty: it is on disk and survives a power cut."""


class HistoryWriter:
    """Takes records without waiting, and reports later whether they are on disk.

    A record that can't be written is kept and tried again with the next one and at the end, so nothing is lost as long
    as the process lives. Each number is answered once.
    """

    def __init__(self, path: Path | None = None, *, patient: bool = False, others: Iterable[Path] = ()) -> None:
        """Take the database's path; None: where it belongs. Nothing is opened before `begin`.

        `patient`: `poll` waits for the disk, for sessions that run faster than real time and would outrun it.
        `others` are the files and folders that `forget` deletes with the history.
        """
        self._patient = patient
        self._path = path
        self._journal = _Journal(path, tuple(others))
        self._background = Background[Answer]("history")
        self._left: list[Answer] = []

    def begin(self, start: SessionStart) -> bool:
        """Begin a session; before the first `write`.

        Returns:
            Whether it is the first run: nobody has said yes to the safety sentence yet. Also where that can't be
            told, since to hear it twice does no harm; why it can't is answered under `BEGUN`.
        """
        first = _is_first(self._path)
        self._background.submit(lambda: (BEGUN, self._journal.begin(start)))
        return first

    def write(self, record: SessionRecord, number: int) -> None:
        """Queue this record; `poll` will answer with `number`, which is 1 or more."""
        self._background.submit(lambda: (number, self._journal.write(record)))

    def forget(self, number: int) -> None:
        """Queue the deletion of the whole history; records queued after it are dropped.

        `poll` will answer with `number`; where it could not be deleted all goes on as before.
        """
        self._background.submit(lambda: (number, self._journal.forget()))

    def poll(self) -> list[Answer]:
        """Return the answers that have become known; waits if patient. `BEGUN` is among them only with an error."""
        if self._patient:
            self._background.catch_up()
        answers, self._left = [*self._left, *self._answers()], []
        return [(number, error) for number, error in answers if number != BEGUN or error]

    def close(self) -> str:
        """Wait until all is written and close the file; may be called twice.

        Returns:
            Why some of it could not be written, or is not in the second log; empty if all is on disk twice. `poll`
            still has the answers.
        """
        if self._journal.closed:
            return ""
        self._background.submit(lambda: (BEGUN, self._journal.close()))
        self._background.close()
        *self._left, (_, error) = [*self._left, *self._answers()]
        return error

    def _answers(self) -> list[Answer]:
        """Return what the background has done; a mistake of ours is raised here."""
        answers: list[Answer] = []
        for result in self._background.poll():
            if isinstance(result, BaseException):
                raise result
            answers.append(result)
        return answers


def _is_first(path: Path | None) -> bool:
    """Tell whether the safety sentence was never answered with yes, as far as can be seen."""
    try:
        store = Store.look(path)
        if store is None:
            return True
        with store:
            return not store.acknowledged()
    except HistoryError:
        return True


class _Journal:
    """State of the background thread: the open file, and the records that are not in it yet."""

    def __init__(self, path: Path | None, others: tuple[Path, ...]) -> None:
        self.closed = False
        self._forgotten = False
        self._second_log = ""
        self._others = others
        self._path = path or default_path()
        self._store: Store | None = None
        self._start: SessionStart | None = None
        self._session: int | None = None
        self._written: list[SessionRecord] = []
        self._waiting: deque[SessionRecord] = deque()

    def begin(self, start: SessionStart) -> str:
        """Begin, and return what went wrong."""
        self._start = start
        return self._flush()

    def write(self, record: SessionRecord) -> str:
        """Write the record and those that are waiting, and return what went wrong."""
        self._waiting.append(record)
        return self._flush()

    def forget(self) -> str:
        """Delete everything, and return what went wrong."""
        if self._store:
            self._store.close()
            self._store = None
        try:
            erase(self._path, self._others)
        except HistoryError as error:
            return str(error)
        self._forgotten = True
        return ""

    def close(self) -> str:
        """Try for the last time, and return what went wrong."""
        error = self._flush()
        if self._store:
            self._store.close()
        self.closed = True
        return error or self._second_log

    def _note(self, trouble: str) -> None:
        """Keep the first trouble of the second log, which is reported once, at the end."""
        self._second_log = self._second_log or trouble

    def _flush(self) -> str:
        """Write all waiting records, in order; none after a deletion."""
        refused = ""
        if self._forgotten:
            self._waiting.clear()
            return refused
        try:
            while self._waiting or (self._start and self._session is None):
                refused = self._next() or refused
        except DamagedError as error:  # the damaged file was set aside
            self._store = None
            self._after_damage()
            return str(error)
        except HistoryError as error:
            return str(error)
        return refused

    def _after_damage(self) -> None:
        """Rebuild the history, and write the records of this session that it lacks."""
        mend(self._path)
        if self._start and self._session and is_there(self._path, self._session, self._start):
            return
        self._waiting.extendleft(reversed(self._written))
        self._written.clear()
        self._session = None

    def _next(self) -> str:
        """Do the next task; return why a record was refused for good."""
        if self._start is None:
            raise HistoryError("No session has begun, so there is nothing to write to.")
        if self._store is None:
            self._store = Store.open(self._path)
        if self._session is None:
            self._session = self._store.begin(self._start)
            self._note(journal.note(self._path, self._session, self._start))
            return ""
        record = self._waiting[0]
        try:
            self._store.save(self._session, record)
            self._note(journal.note(self._path, self._session, self._start, record))
        except (
            RefusedError,
            OverflowError,
            TypeError,
            ValueError,
        ) as error:  # a mistake of ours; the other records are still written
            self._waiting.popleft()
            return str(error)
        self._written.append(self._waiting.popleft())
        return ""
