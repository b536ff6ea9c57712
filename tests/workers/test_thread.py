"""Jobs off the caller's thread: in order, and nothing lost."""

import subprocess
import sys
from collections.abc import Callable
from threading import Event, current_thread

import pytest

from voice_coach.workers.thread import Background


def failing(error: BaseException) -> Callable[[], int]:
    """Return a job that raises this."""

    def job() -> int:
        raise error

    return job


def test_results_come_in_the_order_of_the_jobs() -> None:
    with Background[int]() as background:
        for number in range(100):
            background.submit(lambda number=number: number)  # type: ignore[misc]
    assert background.poll() == list(range(100))
    assert background.poll() == []


def test_what_a_job_raises_is_handed_out_in_its_place_and_the_next_job_is_done() -> None:
    broken, ended = OSError("disk"), SystemExit(3)
    with Background[int]() as background:
        for job in (lambda: 1, failing(broken), failing(ended), lambda: 4):
            background.submit(job)
    assert background.poll() == [1, broken, ended, 4]


def test_the_first_result_can_be_waited_for_while_others_are_not_there() -> None:
    gate = Event()
    background = Background[int]()
    background.wait(3600)  # nothing is under way
    background.submit(lambda: 1)
    background.submit(lambda: int(gate.wait()) + 1)
    background.wait(3600)
    found = background.poll()
    background.wait(0)  # it is not there, and nobody waits
    gate.set()
    background.close()
    assert found + background.poll() == [1, 2]


def test_neither_submitting_nor_asking_waits_for_a_job() -> None:
    gate = Event()
    background = Background[bool]("writer")
    background.submit(gate.wait)
    background.submit(lambda: current_thread().name.startswith("writer"))
    assert background.poll() == []
    gate.set()
    background.close()
    assert background.poll() == [True, True]


def test_a_closed_one_takes_no_jobs_and_may_be_closed_again() -> None:
    background = Background[int]()
    background.close()
    background.close()
    with pytest.raises(RuntimeError):
        background.submit(lambda: 1)


def test_jobs_are_done_even_when_the_program_ends_without_closing() -> None:
    program = (
        "from voice_coach.workers.thread import Background\n"
        "background = Background()\n"
        "for n in range(3): background.submit(lambda n=n: print(n, flush=True))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["0", "1", "2"]
