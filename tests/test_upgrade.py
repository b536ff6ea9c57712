"""A home that version 0.1.0 used for weeks (kept/README.md): what is kept, what is explained, and the way back."""

import json
import shutil
import sqlite3
import tarfile
from contextlib import closing
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest

from voice_coach.actions import Earcon, Line
from voice_coach.app.known_texts import known_lines
from voice_coach.cli.main import main
from voice_coach.clinical.eligibility import day_of, locked_exercises, locks_of, past_of
from voice_coach.config.outdated import outdated_files, outdated_grammars
from voice_coach.config.preferences import Preferences, load
from voice_coach.config.settings import Settings
from voice_coach.exercise import prompts
from voice_coach.exercise.library import entries
from voice_coach.files.profiles import FIRST, Profile, everyone
from voice_coach.hear.grammar.load import load_grammar
from voice_coach.hear.grammar.match import understand
from voice_coach.history import journal
from voice_coach.history.clock import Moment
from voice_coach.history.migrations import MIGRATIONS, copies_before
from voice_coach.history.recovery import mend
from voice_coach.history.resume import with_break
from voice_coach.history.store import Store
from voice_coach.programme.load import load_programme
from voice_coach.records import SessionStart
from voice_coach.service.unit import unit
from voice_coach.speak.cues import Recordings, find_earcon, former_text, unused
from voice_coach.standby import settings as standby_settings

ARCHIVE = Path(__file__).with_name("kept") / "home-0.1.0.tar.xz"
ANNA = Profile("Anna")
OUR_EXERCISES = [entry.id for entry in entries() if not entry.own]


@pytest.fixture(autouse=True)
def home(own_folders: Path) -> Path:
    """Unpack the home, and return its folder; its files are where this test's voice_coach looks for them."""
    unpacked = own_folders / "pat"
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(unpacked, filter="data")
    (own_folders / "state").mkdir(parents=True, exist_ok=True)
    for ours, theirs in {"config": ".config", "data": ".local/share"}.items():
        shutil.copytree(unpacked / theirs, own_folders / ours, dirs_exist_ok=True)
    return unpacked


def session_of(profile: Profile, exercise_id: str, answers: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.stdin", StringIO(answers))
    return main(["run", "--text", "--profile", profile.name, "--exercise", exercise_id])


def locks(profile: Profile, exercise_ids: list[str] = OUR_EXERCISES) -> dict[str, str]:
    with Store.open(profile.history) as store:
        return {name: lock.reason for name, lock in locks_of(store.sessions(), exercise_ids).items()}


def test_everybody_is_known_and_no_session_is_lost() -> None:
    assert everyone() == [FIRST, ANNA]
    with Store.open(FIRST.history) as store:
        sessions = sorted(store.sessions(), key=lambda one: one.id)
    assert [one.id for one in sessions] == list(range(1, 13))
    assert [day_of(one).isoformat() for one in sessions[::11]] == ["2026-10-26", "2026-11-23"]
    assert (len(sessions[-1].repetitions), sessions[-1].outcome) == (4, None)
    with Store.open(ANNA.history) as store:
        assert [(one.outcome, one.stops[-1].intent) for one in store.sessions()] == [("stopped", "emergency")]


def test_each_lock_stands_and_the_one_that_was_lifted_does_not() -> None:
    others = [name for name in OUR_EXERCISES if name != "flexion_rotation"]
    assert locks(FIRST) == dict.fromkeys(others, "numb_weak")
    with Store.open(FIRST.history) as store:
        assert locked_exercises(store.sessions()) == {"knee_rolls": "worse", "pelvic_tilt": "numb_weak"}
    assert locks(ANNA) == dict.fromkeys(OUR_EXERCISES, "emergency")


@pytest.mark.parametrize("profile", [FIRST, ANNA])
def test_a_locked_exercise_is_not_begun_unless_it_was_checked(
    profile: Profile, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert session_of(profile, "knee_rolls", "no\nno\n", monkeypatch) == 0
    said = capsys.readouterr().out
    assert "Has a doctor or physio checked you since, and said it's fine?" in said
    assert "Session over: cannot_start, 0 of 5 repetitions." in said
    assert "knee_rolls" in locks(profile)


@pytest.mark.parametrize(("minutes", "offered"), [(10, True), (20, False)])
def test_the_session_that_broke_off_is_resumed_within_a_quarter_of_an_hour(minutes: int, *, offered: bool) -> None:
    found = mend(FIRST.history)
    assert found.told == ""
    written = found.lines[-1].at
    now = Moment(written.wall + timedelta(minutes=minutes), (written.running or 0) + 60 * minutes, written.boot)
    broken = found.lines[-1].start
    start = SessionStart(
        started=now.wall, exercise_id=broken.exercise_id, exercise_version=broken.exercise_version, app_version="",
        reps_target=broken.reps_target, hold_s=broken.hold_s,
    )  # fmt: skip
    past = past_of(found.sessions or [], broken.exercise_id, now.wall.date())
    cut = with_break(past, found.sessions or [], start, found.lines, now).broken_off
    assert cut is not None
    assert (cut.session, cut.repetitions, cut.side, cut.offered) == (12, 4, "left", offered)


def test_a_history_that_is_gone_is_rebuilt_from_the_second_log_of_0_1_0() -> None:
    for path in FIRST.history.parent.glob("history.db*"):
        if path not in journal.files(FIRST.history):
            path.unlink()
    assert "rebuilt from its second log: 12 sessions" in mend(FIRST.history).told
    assert locks(FIRST)["pelvic_tilt"] == "numb_weak"


def test_settings_reminders_and_the_service_stay_as_they_were(home: Path) -> None:
    wanted = Preferences(microphone="USB", volume=5, rate=140, earcons=True, echo_delay_ms=120.0)
    assert load(FIRST.settings) == wanted
    assert [time.isoformat("minutes") for time in standby_settings.load(FIRST.reminders).times] == [
        "08:30",
        "13:00",
        "18:30",
    ]
    command = ["/home/pat/voice_coach/.venv/bin/python", "-m", "voice_coach", "standby", "--profile", "first"]
    folders = [Path(f"/home/pat/{name}/voice_coach") for name in (".local/share", ".cache", ".local/state")]
    installed = (home / ".config" / "systemd" / "user" / "voice-coach.service").read_text(encoding="utf-8")
    assert unit(command, folders, {}, 252) == installed


def test_own_exercises_and_programmes_are_good(capsys: pytest.CaptureFixture[str], own_folders: Path) -> None:
    config = own_folders / "config" / "voice_coach"
    files = [config / "exercises/en/heel_slide.toml", config / "programmes/en/heels_and_bridge.toml"]
    assert main(["check", *map(str, files)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{files[0]}: a good exercise",
        f"{files[1]}: a good programme",
    ]
    assert [step.exercise for step in load_programme("heels_and_bridge").written.steps] == ["heel_slide", "bridge"]
    assert locks(FIRST, ["heel_slide"]) == {"heel_slide": "numb_weak"}


def test_an_own_grammar_is_used_and_what_it_lacks_is_said_in_one_line(
    own_folders: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = own_folders / "config" / "voice_coach" / "grammars" / "en.yaml"
    assert understand(load_grammar(path), "that will do for today", frozenset({"stop"})).intent == "stop"
    (problem,) = outdated_grammars()
    assert (problem.path, problem.fatal) == (path, False)
    assert "it lacks call_help, cant_get_up, " in problem.message
    assert "signs to stop among them" in problem.message
    assert main(["check", str(path)]) == 0
    assert f"{problem} (warning)" in capsys.readouterr().out
    session_of(FIRST, "knee_rolls", "no\nno\n", monkeypatch)
    assert capsys.readouterr().err.count(str(problem)) == 1


def test_an_own_grammar_of_this_version_is_not_warned_of(own_folders: Path) -> None:
    path = own_folders / "config" / "voice_coach" / "grammars" / "en.yaml"
    shutil.copyfile(Path(__file__).parents[1] / "grammars" / "en.yaml", path)
    assert outdated_grammars() == []


def test_recordings_of_sentences_that_are_others_now_are_not_played_and_each_is_explained() -> None:
    lines = {line.cue: line for line in known_lines()}
    recordings = Recordings("en")
    played = {cue for cue, line in lines.items() if recordings.find(line)}
    assert played == {"ask.check.1"}
    assert find_earcon(Earcon.DONE) is not None
    why = {problem.path.stem: problem.message for problem in unused("en", lines.values())}
    assert why.keys() == {"ask.cleared.1", "ask.screen_3.1", "flexion_rotation.how.4"}
    assert 'it may say "Are both legs painful, numb or weak?"' in why["ask.screen_3.1"]
    assert 'now it is "Three of twelve."' in why["ask.screen_3.1"]
    assert "no longer says" in why["flexion_rotation.how.4"]
    assert {problem.path.stem for problem in recordings.problems} == {"ask.cleared.1", "ask.screen_3.1"}


def test_a_recording_is_played_for_the_sentence_that_0_1_0_said_under_its_name() -> None:
    line = Line("ask.screen_3.1", "Are both legs painful, numb or weak?")
    assert former_text(line, "en") == ""
    found = Recordings("en").find(line)
    assert found is not None
    assert found.name == "ask.screen_3.1.wav"


def test_a_recording_imported_under_an_id_today_is_one_of_todays_sentence(
    tmp_path: Path, own_folders: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (line,) = (line for line in known_lines() if line.cue == "ask.screen_3.1")
    recorded = own_folders / "config" / "voice_coach" / "audio_cues" / "en" / "ask.screen_3.1.wav"
    (tmp_path / "mine").mkdir()
    shutil.move(recorded, tmp_path / "mine" / recorded.name)
    assert main(["cues", "--import", str(tmp_path / "mine")]) == 0
    capsys.readouterr()
    assert Recordings("en").find(line) is not None


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("[welcome]", "[hello]"), "it lacks 3 prompts, such as welcome.again"),
        (
            ('paused = ["Paused."', 'paused = ["Paused {goal}."'),
            "say.paused has the field {goal}, which nothing fills in",
        ),
    ],
)
def test_own_prompts_of_another_version_are_refused_in_one_line(
    change: tuple[str, str],
    why: str,
    own_folders: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours = Path(prompts.__file__).parents[1] / "prompts" / "en.toml"
    own = own_folders / "config" / "voice_coach" / "prompts" / "en.toml"
    own.parent.mkdir()
    text = ours.read_text(encoding="utf-8")
    assert text.count(change[0]) == 1
    own.write_text(text.replace(*change), encoding="utf-8")
    prompts.load_prompts.cache_clear()
    assert session_of(FIRST, "flexion_rotation", "", monkeypatch) == 1
    prompts.load_prompts.cache_clear()
    assert capsys.readouterr().err.splitlines()[-1].startswith(f"voice-coach: {own}: is of another version: {why};")


def test_a_calibration_for_the_model_of_0_1_0_is_reported(own_folders: Path) -> None:
    path = own_folders / "config" / "voice_coach" / "calibration.json"
    assert [problem.path for problem in outdated_files(Settings(profile=FIRST)) if problem.path == path] == [path]
    assert not [problem for problem in outdated_files(Settings(profile=ANNA)) if problem.path.name == path.name]


def test_a_backup_that_0_1_0_made_is_restored_with_its_locks(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["restore", "--profile", "first", str(home / "history-backup.db")]) == 0
    assert "The history holds 11 sessions now." in capsys.readouterr().out
    with Store.open(FIRST.history) as store:
        assert locked_exercises(store.sessions()) == {"knee_rolls": "worse", "pelvic_tilt": "numb_weak"}


def test_the_history_is_kept_as_0_1_0_can_open_it() -> None:
    """It refuses one that has been migrated, and `restore` of 0.1.0 takes this copy."""
    before = sessions_by_sqlite(FIRST.history)
    Store.open(FIRST.history).close()
    (copy,) = copies_before(FIRST.history)
    assert copy.name == "history.db.version-1"
    with closing(sqlite3.connect(copy)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
        assert "target_per_day" in {row[1] for row in db.execute("PRAGMA table_info(sessions)")}
    assert sessions_by_sqlite(copy) == before


def sessions_by_sqlite(path: Path) -> str:
    with closing(sqlite3.connect(path)) as db:
        return json.dumps(db.execute("SELECT * FROM sessions ORDER BY id").fetchall())


def test_a_newer_history_holds_no_session_and_is_left_as_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Store.open(FIRST.history).close()
    newer = len(MIGRATIONS) + 1
    with closing(sqlite3.connect(FIRST.history)) as db:
        db.execute(f"PRAGMA user_version = {newer}")
    files = {path: path.read_bytes() for path in FIRST.history.parent.glob("history.db*")}
    assert session_of(FIRST, "flexion_rotation", "yes\n", monkeypatch) == 1
    out, err = capsys.readouterr()
    assert err.splitlines()[-1] == (
        f"voice-coach: The history was written by a newer voice-coach (version {newer}, this one knows "
        f"{len(MIGRATIONS)}); update voice-coach, the file is left as it is."
    )
    assert "Hello." not in out
    assert {path: path.read_bytes() for path in files} == files
