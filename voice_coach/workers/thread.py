"""Our one thread class: jobs done in order, off the caller's thread."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from types import TracebackType
from typing import Generic, Self, TypeVar

T = TypeVar("T")


class Background(Generic[T]):
    """Does jobs one after another while the caller goes on.

    Each job's result, or what it raised, is handed out exactly once and in the order of the jobs. A program that
    ends without `close` still does the jobs that it took.
    """

    def __init__(self, name: str = "background") -> None:
        """Start nothing yet: the thread begins with the first job and is called `name`."""
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._pending: deque[Future[T]] = deque()

    def submit(self, job: Callable[[], T]) -> None:
        """Queue the job; returns at once.

        Raises:
            RuntimeError: already closed.
        """
        self._pending.append(self._pool.submit(job))

    def poll(self) -> list[T | BaseException]:
        """Return what the jobs done since the last call gave or raised, in the order of the jobs; never waits."""
        done: list[T | BaseException] = []
        while self._pending and self._pending[0].done():
            job = self._pending.popleft()
            error = job.exception()
            done.append(job.result() if error is None else error)
        return done

    def wait(self, timeout: float) -> None:
        """Wait up to `timeout` seconds until `poll` has something; returns at once where nothing is under way."""
        wait(self._pending, timeout, FIRST_COMPLETED)

    def catch_up(self) -> None:
        """Wait until all jobs that were taken are done."""
        wait(self._pending)

    def close(self) -> None:
        """Wait until all jobs are done, and take no more; `poll` still has what they gave. May be called twice."""
        self._pool.shutdown(wait=True)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()
