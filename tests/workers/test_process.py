"""Slow is not hung: a supervised process is given time while it works, and replaced when it does nothing."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from tests.until import HANG
from tests.workers.stutter import stuttering
from voice_coach.errors import CoachError
from voice_coach.workers.process import (
    MAX_DEATH_WAIT,
    MAX_RESTARTS,
    SLOWNESS,
    Patience,
    ProcessLostError,
    Program,
    SupervisedProcess,
    cpu_time,
)

ROOT = Path(__file__).parents[2]
Start = Callable[..., SupervisedProcess]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Return what starts the program of `answering.py`, ready to answer."""
    started: list[SupervisedProcess] = []

    def launch(handle: int) -> Program:
        command = [sys.executable, "-m", "tests.workers.answering", str(handle)]
        return Program(command, {**os.environ, "PYTHONPATH": str(ROOT)}, tmp_path / "stderr.txt")

    def begin(answer: float = HANG, *, working: float = HANG, **options: Any) -> SupervisedProcess:  # noqa: ANN401 - passed on
        patience = Patience(start=HANG, answer=answer, working=working)
        started.append(SupervisedProcess(launch, patience, **{"window": 4, **options}))
        assert started[-1].receive(HANG) == "ready"
        return started[-1]

    yield begin
    for process in started:
        process.close(1)


def loss(process: SupervisedProcess) -> str:
    with pytest.raises(ProcessLostError) as lost:
        process.receive(HANG)
    return str(lost.value)


class Clock:
    """Seconds that go by only when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def passes(self, process: SupervisedProcess, seconds: float, step: float = 0.05) -> None:
        """Let time pass while the process says nothing."""
        end = self.now + seconds
        while self.now < end:
            self.now += step
            assert process.receive() is None


def test_each_message_is_answered_in_order(start: Start) -> None:
    process = start()
    for number in range(20):
        process.send(("say", number))
    assert [process.receive(HANG) for _ in range(20)] == [("say", number) for number in range(20)]
    assert (process.owed, process.receive()) == (0, None)


def test_no_more_is_under_way_than_the_window_holds(start: Start) -> None:
    process = start(window=3)
    assert process.pid
    os.kill(process.pid, signal.SIGSTOP)
    for number in range(5):
        process.send(("say", number), size=number)
    child = process._child
    assert child
    assert sum(child.in_flight) <= 3
    os.kill(process.pid, signal.SIGCONT)
    assert [process.receive(HANG) for _ in range(5)] == [("say", number) for number in range(5)]


def test_a_process_that_works_is_slow_and_is_waited_for(start: Start) -> None:
    process = start(0.2)
    pid = process.pid
    process.send(("work", 1.0))
    assert process.receive(HANG) == ("work", 1.0)
    assert process.pid == pid


def test_while_its_cpu_time_grows_it_is_waited_for_and_no_longer(start: Start) -> None:
    clock, cpu = Clock(), Clock()
    process = start(0.2, clock=clock, measure=lambda _: (cpu(), False))
    process.send(("hang", 0))
    for _ in range(10):
        cpu.now += 0.01
        clock.passes(process, 0.15)
    with pytest.raises(ProcessLostError, match=r"it did nothing for 0\.2 seconds"):
        clock.passes(process, 0.3)


def test_while_it_waits_for_its_turn_or_for_the_disk_it_is_waited_for(start: Start) -> None:
    clock = Clock()
    process = start(0.2, clock=clock, measure=lambda _: (1.0, True))
    process.send(("hang", 0))
    clock.passes(process, 10)


def test_a_process_that_does_nothing_hangs(start: Start) -> None:
    process = start(0.2)
    process.send(("hang", 0))
    assert loss(process) == "it did nothing for 0.2 seconds"


def test_on_a_computer_that_is_said_to_be_slow_it_is_given_so_many_times_as_long(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SLOWNESS, "2.5")
    process = start(0.2)
    process.send(("hang", 0))
    assert loss(process) == "it did nothing for 0.5 seconds"


@pytest.mark.parametrize("said", ["slow", "0", "nan", "1e9"])
def test_a_slowness_that_is_no_number_from_1_to_1000_is_refused(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SLOWNESS, said)
    with pytest.raises(CoachError, match=f"VOICE_COACH_SLOWNESS is '{said}': set it to a number"):
        SupervisedProcess(lambda _: Program(["/no/such/program"], {}), Patience(HANG, HANG), window=1)


def test_a_process_that_works_for_ever_hangs_too(start: Start) -> None:
    clock = Clock()
    process = start(0.2, working=1, clock=clock)
    process.send(("spin", 0))
    clock.now += 0.95
    assert process.receive() is None
    clock.now += 0.1
    assert loss(process) == "it gave no answer for 1 seconds"


def test_where_the_system_tells_nothing_it_is_given_as_long_as_one_that_works(start: Start) -> None:
    clock = Clock()
    process = start(0.2, working=5, clock=clock, measure=lambda _: None)
    process.send(("hang", 0))
    clock.passes(process, 4.9)
    with pytest.raises(ProcessLostError, match="it gave no answer for 5 seconds"):
        clock.passes(process, 0.2)


def test_stopped_nine_tenths_of_the_time_it_is_never_replaced(start: Start) -> None:
    """Patience is counted in stutters: in each of them it gets some CPU time, however busy the machine is."""
    held: list[SupervisedProcess] = []
    with stuttering(lambda: held[0].pid if held else None) as stutter:
        process = start(0.5, clock=lambda: stutter.seconds)
        pid, before = process.pid, stutter.seconds
        held.append(process)
        process.send(("work", 0.6))  # where the stutters come late it gets a quarter of the time, not a tenth
        assert process.receive(HANG) == ("work", 0.6)
        took = stutter.seconds - before
        held.clear()
    assert took > 2 * 0.5
    assert (process.pid, process.losses) == (pid, 0)


def test_each_loss_doubles_the_patience_until_the_process_has_proven_itself(start: Start) -> None:
    process = start(0.5)
    assert process.restart()
    assert process.receive(HANG) == "ready"
    process.send(("hang", 0))
    assert loss(process) == "it did nothing for 1 seconds"
    process.restart()
    assert process.receive(HANG) == "ready"
    process.proven()
    process.send(("hang", 0))
    assert loss(process) == "it did nothing for 0.5 seconds"


def test_nothing_is_expected_of_a_process_that_owes_nothing(start: Start) -> None:
    clock = Clock()
    process = start(0.05, clock=clock)
    clock.passes(process, 60)


def test_a_process_that_ended_has_its_last_words_told(start: Start) -> None:
    process = start()
    process.send(("die", 0))
    assert loss(process) == "the disk is gone"


def test_another_process_is_told_nothing_of_what_was_sent(start: Start) -> None:
    process = start()
    before = process.pid
    process.send(("hang", 0))
    assert process.restart()
    assert (process.owed, process.ready) == (0, False)
    process.send(("say", 1))
    assert [process.receive(HANG) for _ in range(2)] == ["ready", ("say", 1)]
    assert process.pid != before


def test_after_too_many_losses_in_a_row_there_is_no_other_process(start: Start) -> None:
    process = start()
    assert [process.restart() for _ in range(MAX_RESTARTS + 1)] == [True] * MAX_RESTARTS + [False]
    assert process.pid is None
    process.send(("say", 1))
    assert process.receive(1) is None


@pytest.mark.parametrize("farewell", [None, "quit"])
def test_closed_it_ends(start: Start, farewell: str | None) -> None:
    process = start(farewell=farewell)
    pid = process.pid
    assert pid
    process.close(HANG)
    process.close(HANG)
    assert process.pid is None
    assert cpu_time(pid) is None


def test_what_does_not_end_is_killed(start: Start) -> None:
    process = start()
    pid = process.pid
    assert pid
    process.send(("hang", 0))
    process.close(0.1)
    assert cpu_time(pid) is None


class Immortal:
    """A process that waits for a disk that never answers: no signal ends it."""

    def __init__(self) -> None:
        self.killed, self.waited = 0, 0.0

    def kill(self) -> None:
        self.killed += 1

    def wait(self, timeout: float) -> int:
        self.waited += timeout
        raise subprocess.TimeoutExpired("it", timeout)

    def poll(self) -> None:
        return None


def test_what_cannot_be_killed_holds_nobody_up_and_is_replaced(start: Start) -> None:
    process = start()
    child, immortal = process._child, Immortal()
    assert child
    real, child.process = child.process, cast("subprocess.Popen[bytes]", immortal)
    assert process.restart()
    assert process.receive(HANG) == "ready"
    assert (immortal.killed, immortal.waited) == (1, MAX_DEATH_WAIT)
    real.kill()
    real.wait(HANG)
    immortal.poll = lambda: -9  # type: ignore[method-assign, assignment]
    process.kill()


def test_a_program_that_is_not_there_is_an_error_of_the_system() -> None:
    with pytest.raises(FileNotFoundError):
        SupervisedProcess(lambda _: Program(["/no/such/program"], {}), Patience(HANG, HANG), window=1)


def test_cpu_time_grows_while_a_process_works() -> None:
    now = before = cpu_time(os.getpid())
    while now and before and now[0] <= before[0]:
        now = cpu_time(os.getpid())
    assert now
    assert now == (now[0], True)
