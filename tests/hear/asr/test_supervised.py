"""The recogniser's own process: killed or hung in the middle of a word, it comes back and nothing is lost."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.test_recognizers import GRAMMAR, LEFT, SIDES, STOP, feed, finals, say
from tests.until import HANG, gathered, until
from tests.workers.stutter import stuttering
from voice_coach.audio.pcm import Clip
from voice_coach.errors import RecognitionError, RecognizerLostError
from voice_coach.hear.asr.supervised import PING_EVERY, START_GRACE, ProcessRecognizer
from voice_coach.hear.asr.vosk import EMBEDDED
from voice_coach.timebase import BLOCK, RATE, Samples
from voice_coach.workers.process import Patience

PATIENT = Patience(start=HANG, answer=HANG)
"""For tests in which nothing hangs: a busy machine is given its time."""


@pytest.fixture
def recognizer() -> Iterator[ProcessRecognizer]:
    engine = ProcessRecognizer(EMBEDDED, GRAMMAR, Patience(start=HANG, answer=5, working=HANG))
    yield engine
    engine.close()


def hit(recognizer: ProcessRecognizer, how: signal.Signals) -> int:
    pid = recognizer.pid
    assert pid
    os.kill(pid, how)
    return pid


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGABRT, signal.SIGSTOP])
def test_what_was_half_said_is_understood_all_the_same(recognizer: ProcessRecognizer, how: signal.Signals) -> None:
    recognizer.begin(500, numbers=False)
    feed(recognizer, LEFT[:10_000])
    pid = hit(recognizer, how)
    feed(recognizer, LEFT[10_000:])
    recognizer.end()
    final = finals(recognizer)[-1]
    assert (final.text, final.start, final.end) == ("left side", 500, 500 + len(LEFT))
    assert recognizer.pid != pid


def test_what_was_expected_still_is_after_a_restart(recognizer: ProcessRecognizer) -> None:
    likely = say(recognizer, LEFT, 0, SIDES)[-1]
    assert likely.margin is not None
    assert likely.margin > (say(recognizer, LEFT)[-1].margin or 0) + 1
    recognizer.begin(0, numbers=False, expected=SIDES)
    feed(recognizer, LEFT[:10_000])
    hit(recognizer, signal.SIGKILL)
    feed(recognizer, LEFT[10_000:])
    recognizer.end()
    assert finals(recognizer)[-1] == likely


def test_a_child_killed_while_it_prepares_is_told_again(recognizer: ProcessRecognizer) -> None:
    hit(recognizer, signal.SIGSTOP)
    pid = recognizer.pid
    recognizer.prepare(numbers=False, expected=SIDES)
    assert gathered(recognizer.poll, lambda _: recognizer.pid != pid, "the child that hangs is replaced") == []
    assert say(recognizer, LEFT, 0, SIDES)[-1].text == "left side"


def test_what_is_said_before_it_is_ready_is_understood_when_it_is() -> None:
    engine = ProcessRecognizer(EMBEDDED, GRAMMAR, PATIENT, wait=False)
    engine.begin(0, numbers=False)
    feed(engine, LEFT)
    engine.end()
    assert finals(engine)[-1].text == "left side"
    engine.close()


def test_a_model_that_will_not_do_is_told_by_poll_where_it_is_not_waited_for(tmp_path: Path) -> None:
    engine = ProcessRecognizer(tmp_path / "no model", GRAMMAR, wait=False)
    with pytest.raises(RecognitionError, match="no model"):
        finals(engine)
    engine.close()


def test_killed_behind_the_utterances_end_it_still_answers(recognizer: ProcessRecognizer) -> None:
    recognizer.begin(0, numbers=False)
    recognizer.accept(STOP)
    hit(recognizer, signal.SIGSTOP)
    recognizer.end()
    recognizer.begin(100_000, numbers=False)
    recognizer.accept(LEFT)
    recognizer.end()
    texts = [hypothesis.text for hypothesis in finals(recognizer, 2) if hypothesis.final]
    assert texts == ["stop", "left side"]


def test_killed_while_nobody_speaks_it_hears_the_next_word(recognizer: ProcessRecognizer) -> None:
    hit(recognizer, signal.SIGKILL)
    assert say(recognizer, STOP)[-1].text == "stop"


def test_a_partial_result_is_not_told_twice(recognizer: ProcessRecognizer) -> None:
    recognizer.begin(0, numbers=False)
    for i in range(0, len(STOP), 512):
        recognizer.accept(STOP[i : i + 512])
    until(lambda: "stop" in [hypothesis.text for hypothesis in recognizer.poll()], "the word is heard")
    hit(recognizer, signal.SIGKILL)
    recognizer.end()
    after = [hypothesis.text for hypothesis in finals(recognizer) if not hypothesis.final]
    assert after[:1] != ["stop"]


def test_ctrl_c_is_not_for_the_child(recognizer: ProcessRecognizer) -> None:
    pid = hit(recognizer, signal.SIGINT)
    assert say(recognizer, STOP)[-1].text == "stop"
    assert recognizer.pid == pid


def kill_always(recognizer: ProcessRecognizer) -> None:
    for _ in range(20):
        pid = hit(recognizer, signal.SIGKILL)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        recognizer.poll()


def test_a_child_that_dies_again_and_again_is_given_up() -> None:
    recognizer = ProcessRecognizer(EMBEDDED, GRAMMAR, PATIENT)
    recognizer.begin(0, numbers=False)
    with pytest.raises(RecognizerLostError, match="can't be kept alive"):
        kill_always(recognizer)
    assert recognizer.pid is None
    recognizer.close()


def answers(recognizer: ProcessRecognizer, now: Samples) -> list[str]:
    """Wait until all is answered at an instant, and return what was heard."""
    found = gathered(recognizer.poll, lambda _: not recognizer.lag(now), "all is answered")
    return [hypothesis.text for hypothesis in found]


def test_its_lag_is_how_long_the_oldest_order_waits(recognizer: ProcessRecognizer) -> None:
    assert recognizer.lag(RATE) == 0
    hit(recognizer, signal.SIGSTOP)
    recognizer.begin(RATE, numbers=False)
    recognizer.accept(LEFT)
    assert [recognizer.lag(RATE + later) for later in (BLOCK, RATE)] == [BLOCK, RATE]
    hit(recognizer, signal.SIGCONT)
    answers(recognizer, 3 * RATE)
    assert recognizer.lag(3 * RATE + BLOCK) <= BLOCK  # a sign of life may be on its way


def test_while_nobody_speaks_it_is_known_all_the_same_whether_it_could_hear(recognizer: ProcessRecognizer) -> None:
    hit(recognizer, signal.SIGSTOP)
    assert recognizer.lag(PING_EVERY) == 0
    assert recognizer.lag(PING_EVERY + RATE) == RATE
    hit(recognizer, signal.SIGCONT)
    assert answers(recognizer, PING_EVERY + 2 * RATE) == []


def test_a_lost_child_lags_until_the_next_one_has_caught_up(recognizer: ProcessRecognizer) -> None:
    recognizer.lag(RATE)
    recognizer.begin(RATE, numbers=False)
    pid = hit(recognizer, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    recognizer.accept(LEFT)
    recognizer.end()
    recognizer.poll()
    assert recognizer.pid != pid
    assert recognizer.lag(3 * RATE) == 2 * RATE
    assert "left side" in answers(recognizer, 3 * RATE)


def test_a_child_that_loads_its_model_at_the_beginning_does_not_lag_yet() -> None:
    engine = ProcessRecognizer(EMBEDDED, GRAMMAR, PATIENT, wait=False)
    hit(engine, signal.SIGSTOP)
    engine.prepare(numbers=False, expected=SIDES)
    assert engine.lag(START_GRACE) == 0
    assert engine.lag(START_GRACE + RATE) == RATE
    hit(engine, signal.SIGCONT)
    answers(engine, START_GRACE + RATE)
    engine.close()


@pytest.mark.parametrize("sound", [STOP, LEFT])
def test_stopped_nine_tenths_of_the_time_it_is_slow_and_never_replaced(sound: Clip) -> None:
    recognizer = ProcessRecognizer(EMBEDDED, GRAMMAR, Patience(start=HANG, answer=20, working=HANG))
    pid = recognizer.pid
    with stuttering(lambda: recognizer.pid):
        texts = [say(recognizer, sound, number * 100_000)[-1].text for number in range(3)]
    assert set(texts) == {"stop" if sound is STOP else "left side"}
    assert recognizer.pid == pid
    recognizer.close()


def test_a_model_that_will_not_do_is_told_by_the_parent(tmp_path: Path) -> None:
    with pytest.raises(RecognitionError, match="There is no Vosk model at"):
        ProcessRecognizer(tmp_path / "none", GRAMMAR)


@pytest.mark.parametrize("wait", [True, False])
def test_a_missing_system_library_is_told_at_once_by_the_first_child(without_libatomic: Path, *, wait: bool) -> None:
    with pytest.raises(RecognitionError, match=r"lacks the library libatomic\.so\.1: install .* libatomic1\.$"):
        finals(ProcessRecognizer(EMBEDDED, GRAMMAR, wait=wait))
    assert without_libatomic.read_text() == "vosk\n"


def test_a_file_that_cant_be_read_is_told_by_the_first_child(tmp_path: Path) -> None:
    """It is an `OSError`, and so is what the child gets when its parent is gone."""
    model = Path(shutil.copytree(EMBEDDED, tmp_path / "model"))
    (model / "conf/model.conf").unlink()
    (model / "conf/model.conf").symlink_to("/proc/self/mem")  # a file, but not even root can read its beginning
    with pytest.raises(RecognitionError, match="Input/output error"):
        ProcessRecognizer(model, GRAMMAR)


def test_a_long_utterance_at_once_does_not_block(recognizer: ProcessRecognizer) -> None:
    recognizer.begin(0, numbers=False)
    hit(recognizer, signal.SIGSTOP)  # nobody reads the pipe
    for _ in range(6):
        recognizer.accept(LEFT)
    recognizer.end()
    assert "left side" in finals(recognizer)[-1].text


def test_the_child_ends_with_its_parent(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from voice_coach.hear.asr.supervised import ProcessRecognizer\n"
        "if __name__ == '__main__':\n"
        "    recognizer = ProcessRecognizer(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "    print(recognizer.pid, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    found = subprocess.run(
        [sys.executable, script, EMBEDDED, GRAMMAR], capture_output=True, text=True, check=False, timeout=60
    )
    pid = int(found.stdout)
    until(lambda: not _alive(pid), "the child has ended")


def _alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"  # nobody may be there to collect it
