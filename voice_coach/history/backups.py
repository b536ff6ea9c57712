"""Copy, restore and delete the whole history. If anything fails on the way, the history stays unchanged."""

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from voice_coach.errors import HistoryError
from voice_coach.files.atomic import replacing_user_file
from voice_coach.history import journal
from voice_coach.history.database import check, connect, copy_whole
from voice_coach.history.errors import DamagedError, explained, put_aside
from voice_coach.history.migrations import MIGRATIONS, migrate, version_of
from voice_coach.history.store import Store

KEPT = ".before-restore"
"""File ending of a history that was replaced by a restored one."""


def backup(history: Path, copy: Path) -> int:
    """Copy the history, even during a session, to a new file that only its owner can read.

    Returns:
        How many sessions the copy holds.

    Raises:
        HistoryError: there is none, it is damaged, or the copy can't be written; no partial copy is left.
    """
    if copy.exists():
        raise HistoryError(f"{copy} already exists; name a new file, because nothing is overwritten.")
    if not history.exists():
        raise HistoryError("There is no history to back up yet; `voice-coach run` starts one.")
    with closing(connect(history, "?mode=ro")) as source:
        with explained(history):
            check(source, history)
        with replacing_user_file(copy) as new:
            copy_whole(source, new, copy)
            return _sessions(new, copy)


def restore(history: Path, copy: Path) -> tuple[int, Path | None]:
    """Replace the history with a copy; the previous one is kept next to it.

    The copy is checked, and brought up to date in a file of its own, before anything is touched.

    Returns:
        How many sessions there are now, and the path of the previous history; None: there was none.

    Raises:
        HistoryError: the copy is missing, not a history, damaged, or of a newer version, or another program uses the
        history, or the disk is full. The history is then unchanged.
    """
    if not copy.is_file():
        raise HistoryError(f"{copy} does not exist; name the file that `voice-coach backup` wrote.")
    if history.exists() and copy.samefile(history):
        raise HistoryError(f"{copy} is the history itself; name the file that `voice-coach backup` wrote.")
    with explained(history):
        history.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with replacing_user_file(history) as new:
        checked(copy, new)
        number = _sessions(new, copy)
        kept = _set_aside(history)
        journal.drop(history)  # it belongs to the history that was there
    return number, kept


def fold(history: Path) -> None:
    """Fold the history into its one file, which SQLite does only for its sole user.

    Raises:
        DamagedError: it is not a database, or is a broken one.
        HistoryError: another program uses it.
    """
    with explained(history), closing(connect(history, "?mode=rw")) as db:
        db.execute("PRAGMA journal_mode = DELETE").fetchone()


def traces(history: Path) -> list[Path]:
    """Return the paths of the history, SQLite's extra files, and damaged and previous histories."""
    if not history.parent.is_dir():
        return []
    return sorted(path for path in history.parent.iterdir() if path.name.removeprefix(".").startswith(history.name))


def erase(history: Path, others: Iterable[Path]) -> None:
    """Delete the history with all its traces, and these other files and folders of files.

    Raises:
        HistoryError: a session is using the history, and nothing was deleted; or a file can't be deleted, and the
        message names the first one left.
    """
    paths = [*reversed(traces(history)), *others]  # last: the others could restore it
    for path in paths:
        if path.is_symlink() and path.is_dir():
            raise HistoryError(
                f"{path} is a link to the folder {path.resolve()}, and nothing was deleted: delete what is in there, "
                "remove the link, then try again."
            )
    if history.exists():
        with suppress(DamagedError):  # deleted in any case
            fold(history)
    for path in paths:
        try:
            if path.is_symlink():
                _delete_target(path)
            _delete(path)
        except OSError as error:
            raise HistoryError(
                f"{path} can't be deleted ({error.strerror or error}); it is left, and so may be what comes after it. "
                "Make sure that its folder is writable, then try again."
            ) from error


def _delete(path: Path) -> None:
    """Delete a file, or a folder and its content; never the target of a link."""
    if path.is_dir() and not path.is_symlink():
        for inner in path.iterdir():
            _delete(inner)
        path.rmdir()
    else:
        path.unlink(missing_ok=True)


def _delete_target(link: Path) -> None:
    """Delete the target of a link, with SQLite's extra files."""
    target = link.resolve()
    for ending in ("-wal", "-shm", "-journal", ""):
        Path(f"{target}{ending}").unlink(missing_ok=True)


def checked(copy: Path, new: Path) -> None:
    """Write a valid, migrated copy of the history to a new file.

    Raises:
        HistoryError: it is none.
    """
    with _no_backup(copy), closing(connect(copy, "?mode=ro")) as source:
        version = version_of(source)
        tables = {str(name) for (name,) in source.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        if not version or "sessions" not in tables:
            raise HistoryError(f"{copy} is a database but not a backup of the history; nothing was changed.")
        if version > len(MIGRATIONS):
            raise HistoryError(
                f"{copy} was written by a newer voice-coach (version {version}, this one knows {len(MIGRATIONS)}); "
                "update voice-coach; nothing was changed."
            )
        (finding,) = source.execute("PRAGMA integrity_check(1)").fetchone()
        loose = source.execute("PRAGMA foreign_key_check").fetchone()
        if finding != "ok" or loose:
            raise DamagedError(str(finding if finding != "ok" else "parts of sessions that are not there"))
        copy_whole(source, new, new)
        with explained(new), closing(connect(new)) as db:
            migrate(db)


@contextmanager
def _no_backup(copy: Path) -> Iterator[None]:
    """Report that a damaged file can't be restored, instead of what to do about a damaged history."""
    try:
        with explained(copy):
            yield
    except DamagedError as error:
        reason = error.__cause__ or error
        raise HistoryError(
            f"{copy} is damaged, or not a backup of the history ({reason}); nothing was changed; name another file."
        ) from error


def _sessions(new: Path, named: Path) -> int:
    """Read a new file as the program would, and return how many sessions it has."""
    with explained(named):
        store = Store(connect(new, "?mode=ro"), named)
        with store:
            return len(store.sessions())


def _set_aside(history: Path) -> Path | None:
    """Move the present history aside and return its new path; None: there is none.

    Raises:
        HistoryError: another program uses it, or it can't be kept.
    """
    if not history.exists():
        return None
    try:
        fold(history)
    except DamagedError:
        return put_aside(history)
    kept = history.with_name(history.name + KEPT)
    with closing(connect(history, "?mode=ro")) as source, replacing_user_file(kept) as new:
        copy_whole(source, new, kept)
    return kept
