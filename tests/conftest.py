"""Fixtures of every test: folders and a cache of its own. Live tests that can't judge are skipped, and counted."""

import os
import signal
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from coverage import Coverage
from hypothesis import HealthCheck, settings

from tests.coverage_files import drop_damaged
from tests.order import dealt
from tests.virtual_card.busy import Watch
from tests.virtual_card.card import VirtualCard
from voice_coach.config.settings import VOICE_VARIABLE
from voice_coach.speak.voice_spec import VoiceSpec
from voice_coach.workers.process import SLOWNESS

# A shell's background job ignores Ctrl-C, and so would the programs that the tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

UNJUDGED = "too busy to judge"
MAX_UNJUDGED = 0.2
"""Share of the live tests that may be skipped because the machine was too busy."""

PURE_COVERAGE = "pure_coverage.toml"
PURE = tuple(
    f"tests/{place}"
    for place in (
        "clinical/",
        "device_setup/test_machine.py",
        "exercise/",
        "hear/decision/",
        "hear/grammar/",
        "identify/test_machine.py",
        "programme/test_load.py",
        "programme/test_plan.py",
        "programme/test_route.py",
        "programme/test_shipped.py",
        "session/",
        "standby/test_questions.py",
        "standby/test_schedule.py",
    )
)
"""The tests in which the coverage of the pure packages is measured (pure_coverage.toml).

All others run untraced: the tracer would make them half as slow again, even if it records none of their files.
"""

# Neither a deadline nor Hypothesis's check that inputs are made fast: a busy machine fails both.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("here"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(scope="session")
def speech_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the cache folder of the whole run: a sentence that one test rendered is there for the next."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, speech_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the user's history, settings and models out of the test, also out of the processes that it starts.

    Returns the folder that stands for the user's home; `data/voice_coach` and `config/voice_coach` are in it.
    """
    home = tmp_path / "xdg"
    for variable, folder in {"DATA": "data", "CONFIG": "config", "STATE": "state"}.items():
        monkeypatch.setenv(f"XDG_{variable}_HOME", str(home / folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(speech_cache))
    for variable in [name for name in os.environ if name.startswith("VOICE_COACH_") and name != SLOWNESS]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv(VOICE_VARIABLE, VoiceSpec().name)  # most texts of the tests are in no voice pack
    return home


@pytest.fixture
def without_libatomic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let `import vosk` fail in the programs that a test starts, as on an aarch64 Debian that lacks libatomic1.

    Returns the file that has one line for each time it failed.
    """
    folder, imports = tmp_path / "without_libatomic", tmp_path / "imports.txt"
    (folder / "vosk").mkdir(parents=True)
    (folder / "vosk/__init__.py").write_text(
        f"with open({str(imports)!r}, 'a', encoding='utf-8') as file:\n"
        "    file.write('vosk\\n')\n"
        "message = 'cannot open shared object file: No such file or directory'\n"
        "raise OSError(f\"cannot load library '/site-packages/vosk/libvosk.so': libatomic.so.1: {message}\")\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return imports


@pytest.fixture
def virtual_card() -> Iterator[VirtualCard]:
    """Return a running sound card."""
    if sys.platform != "linux":
        pytest.skip("PulseAudio's null sinks are for Linux")
    with VirtualCard() as card:
        yield card


@pytest.fixture
def live_card(virtual_card: VirtualCard) -> VirtualCard:
    """Return a card whose programs are not measured for coverage, which makes them too slow for real time."""
    virtual_card.env.pop("COVERAGE_PROCESS_CONFIG", None)
    return virtual_card


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Generator[None, object, object]:
    """Mark the tests that run in real time; in several processes, begin with the longest tests."""
    for item in items:
        if isinstance(item, pytest.Function) and "virtual_card" in item.fixturenames:
            item.add_marker(pytest.mark.live)
    chosen = yield
    if workers := getattr(config, "workerinput", {}).get("workercount"):
        items[:] = dealt(items, workers)
    return chosen


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Run a test and its fixtures untraced where coverage of the pure packages is measured in other tests."""
    measured = Coverage.current()
    pure = Path(item.config.getoption("cov_config", default="")).name == PURE_COVERAGE
    traced = item.nodeid.startswith(PURE) and item.get_closest_marker("enumerated") is None
    if measured is None or not pure or traced:
        return (yield)
    measured.stop()
    try:
        return (yield)
    finally:
        measured.start()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Skip a live test that failed where the machine was too busy to judge; one that passed has passed."""
    if item.get_closest_marker("live") is None:
        return (yield)
    watch = Watch()
    try:
        with watch:
            return (yield)
    except Exception as error:
        if watch.too_busy:
            pytest.skip(
                f"{UNJUDGED}: programs waited {watch.queued:.0%} of the time, wake-ups were {watch.lost:.2f} s "
                f"too late in all ({type(error).__name__})"
            )
        raise
    finally:
        item.user_properties.append(("share of the time in which programs waited", round(watch.queued, 2)))


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Before pytest-cov combines them, drop the data files that killed children left half written."""
    over = yield
    if not hasattr(session.config, "workerinput"):  # the workers of xdist have ended
        drop_damaged(session.config.rootpath)
    return over


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail where more than a fifth of the live tests could not judge: then next to nothing was shown."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or hasattr(session.config, "workerinput"):
        return
    unjudged = [report for report in reporter.stats.get("skipped", ()) if UNJUDGED in str(report.longrepr)]
    judged = [
        report for kind in ("passed", "failed") for report in reporter.stats.get(kind, ()) if "live" in report.keywords
    ]
    if len(unjudged) > MAX_UNJUDGED * (len(unjudged) + len(judged)) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
