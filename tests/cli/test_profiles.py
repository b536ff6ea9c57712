"""`--profile`, `profiles` and `settings.toml` on the command line: to each their own, and nobody by guess."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from tests.history.course import Done, write
from tests.identify.answering import answered
from tests.standby.test_runner import speech
from voice_coach.app import ask_who
from voice_coach.app.resolve import Options, resolve
from voice_coach.cli import options
from voice_coach.cli.main import COMMANDS, main
from voice_coach.config import preferences
from voice_coach.config.preferences import Preferences
from voice_coach.config.settings import VOICE_VARIABLE, Settings
from voice_coach.files import profiles
from voice_coach.files.profiles import FIRST, VARIABLE, Profile
from voice_coach.hear.asr.vosk import EMBEDDED
from voice_coach.hear.decision import calibration
from voice_coach.hear.decision.calibration import Calibration, fingerprint
from voice_coach.history.store import Store, last_volume
from voice_coach.identify.build import Asked
from voice_coach.speak.tts.pyttsx3 import Pyttsx3Synthesizer
from voice_coach.speak.voice_spec import USUAL_VOICE, VoiceSpec

SHORT = Path(__file__).parents[1] / "virtual_card" / "short.toml"
RED = Done(red="it's going down my leg", outcome="stopped")
Told = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Told:
    """Return what calls a command and gives its exit code, output and errors."""

    def called(*args: str | Path) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(list(map(str, args)))
        return code, *capsys.readouterr()

    return called


@pytest.fixture
def anna() -> Profile:
    return profiles.add("Anna")


@pytest.fixture
def ben() -> Profile:
    return profiles.add("Ben")


def typed(words: str, *args: str | Path) -> tuple[int, str, str]:
    """Hold a typed session of the short exercise in a process of its own."""
    command = [sys.executable, "-m", "voice_coach", "run", "--text", "--exercise", SHORT, *args]
    done = subprocess.run(
        list(map(str, command)), input=words, capture_output=True, text=True, check=False, timeout=120
    )
    return done.returncode, done.stdout, done.stderr


def volumes(profile: Profile) -> list[int | None]:
    """Return the level at the end of each session, the newest first."""
    with Store.open(profile.history) as store:
        return [one.volume for one in store.sessions()]


# Histories and locks


def test_each_has_a_history_of_their_own(call: Told, anna: Profile, ben: Profile, tmp_path: Path) -> None:
    write(anna.history, [Done(), Done(day=1)])
    write(ben.history, [Done()])
    sessions = {name: json.loads(call("history", "--json", "--profile", name)[1]) for name in ("anna", "Ben")}
    assert {name: len(found) for name, found in sessions.items()} == {"anna": 2, "Ben": 1}
    assert json.loads(call("history", "--json", "--profile", "first")[1]) == []
    for name, number in (("anna", 2), ("Ben", 1)):
        assert f"holds {number} session" in call("export", tmp_path / f"{name}.csv", "--profile", name)[1]
        assert f"holds {number} session" in call("backup", tmp_path / f"{name}.db", "--profile", name)[1]
    assert call("restore", tmp_path / "Ben.db", "--profile", "anna")[0] == 0
    assert len(json.loads(call("history", "--json", "--profile", "anna")[1])) == 1
    assert call("report", "--out", tmp_path / "first.html", "--profile", "first")[0] == 1


def test_a_lock_is_of_one_person_and_goes_with_nothing_but_forget(call: Told, anna: Profile, ben: Profile) -> None:
    write(anna.history, [RED])
    write(ben.history, [Done()])
    assert "Locked until a professional has checked it: flexion rotation" in call("history", "--profile", "Anna")[1]
    assert "Locked" not in call("history", "--profile", "Ben")[1]
    assert "flexion_rotation" in call("exercises", "--profile", "Anna")[1].partition("Not offered:")[2]
    assert "flexion_rotation" in call("exercises", "--profile", "Ben")[1].partition("Not offered:")[0]
    assert call("profiles", "remove", "Anna", "--yes")[0] == 1
    assert call("forget", "--yes", "--profile", "Ben")[0] == 0
    assert call("profiles", "remove", "Ben", "--yes")[:2] == (0, "Ben is removed.\n")
    assert "checked it: flexion rotation" in call("history")[1]  # alone now, so nobody need be named
    assert call("forget", "--yes")[0] == 0
    assert call("profiles", "remove", "Anna", "--yes")[0] == 0


def test_a_session_of_one_begins_with_their_lock_and_of_the_other_with_the_questions(
    anna: Profile, ben: Profile
) -> None:
    write(anna.history, [RED])
    run = [sys.executable, "-m", "voice_coach", "run", "--text"]
    locked, free = (
        subprocess.run([*run, "--profile", one.name], input="", capture_output=True, text=True, check=True).stdout
        for one in (anna, ben)
    )
    assert "Has a doctor or physio checked you since" in locked
    assert "checked you since" not in free
    assert "I'm not a doctor" in free  # the first run of this person


# Who is it?


def test_who_is_asked_answers_by_typing_and_only_then_a_session_is_held(anna: Profile, ben: Profile) -> None:
    code, transcript, errors = typed("hm\nben\nno\ntwo\nyes\n")
    assert (code, errors) == (0, "")
    lines = transcript.splitlines()
    assert lines[:4] == ["Who am I talking to?", "Anna?", "Say one.", "Ben?"]
    assert transcript.index("Ben.\nIs that you?\n> yes\nThank you.\n") < transcript.index("Hello.")
    assert len(volumes(ben)) == 1
    assert not anna.history.exists()
    assert not FIRST.history.exists()


@pytest.mark.parametrize("words", ["", "stop\n", "one\nno\nno\nno\n", "\n\n\n", "one\n\n\n\n"])
def test_without_a_sure_answer_there_is_no_session(anna: Profile, ben: Profile, words: str) -> None:
    code, transcript, errors = typed(words)
    assert code == 0
    assert "Hello." not in transcript
    assert errors == f"{ask_who.NOBODY}\n"
    assert not any(one.history.exists() for one in (FIRST, anna, ben))


def test_who_is_alone_or_named_is_not_asked(anna: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Who am I talking to?" not in typed("")[1]
    assert len(volumes(anna)) == 1
    profiles.add("Ben")
    assert "Who am I talking to?" not in typed("", "--profile", "anna")[1]
    monkeypatch.setenv(VARIABLE, "ANNA")
    assert "Who am I talking to?" not in typed("")[1]
    assert len(volumes(anna)) == 3


@pytest.mark.usefixtures("anna", "ben")
@pytest.mark.parametrize("command", ["history", "exercises", "calibrate"])
def test_what_only_looks_wants_to_be_told_whose(call: Told, command: str) -> None:
    assert call(command)[0::2] == (
        1,
        "voice-coach: Several people use the coach: choose one with --profile NAME (there are Anna, Ben).\n",
    )


def test_a_name_that_is_mistyped_begins_no_new_history(call: Told, anna: Profile) -> None:
    code, _, errors = call("run", "--text", "--profile", "Ana")
    assert (code, errors.splitlines()) == (
        1,
        ["voice-coach: There is no profile 'Ana': `voice-coach profiles add \"Ana\"` makes one."],
    )
    assert profiles.everyone() == [anna]


@pytest.mark.usefixtures("anna", "ben")
def test_a_service_is_somebodys(call: Told) -> None:
    code, _, errors = call("service", "install")
    assert code == 1
    assert "-- --profile NAME (there are Anna, Ben)." in errors


@pytest.mark.usefixtures("anna", "ben")
def test_in_a_rehearsal_nobody_is_asked(call: Told) -> None:
    code, output, errors = call("run", "--exercise", SHORT)
    assert code == 0
    assert "A scripted patient does the session instead" in errors
    assert "Who am I talking to?" not in output


def test_every_command_about_a_person_takes_their_name() -> None:
    about = set("run standby history report export backup restore forget calibrate exercises doctor".split())
    for name in about:
        module = __import__(f"voice_coach.cli.{name}", fromlist=["command"])
        assert "--profile" in {option for parameter in module.command.params for option in parameter.opts}
    assert about <= set(COMMANDS)


# `profiles`


def test_profiles_are_listed_added_and_removed(call: Told) -> None:
    assert call("profiles") == (0, "1  first\n", "")
    assert call("profiles", "add", "Mary Ann")[1] == ('Mary Ann is number 1: `voice-coach run --profile "Mary Ann"`.\n')
    write(FIRST.history, [Done()])
    assert call("profiles", "add", "Ben")[1].splitlines() == [
        "Ben is number 2: `voice-coach run --profile Ben`.",
        "The person who used the coach before is number 1, first.",
        "`run` and `standby` ask who it is; for a service: `voice-coach service install -- --profile NAME`.",
    ]
    assert call("profiles")[1] == "1  first\n2  Ben\n3  Mary Ann\n"
    code, _, errors = call("profiles", "remove", "ben")
    assert code == 1
    assert "there is no terminal on which to ask you first" in errors
    assert call("profiles", "remove", "first", "--yes")[0] == 1


@pytest.mark.parametrize(("words", "code", "left"), [("Anna\n", 0, [FIRST]), ("anna\n", 1, None), ("\n", 1, None)])
def test_who_is_removed_is_named_once_more(anna: Profile, words: str, code: int, left: list[Profile] | None) -> None:
    ours, its = pty.openpty()
    try:
        os.write(ours, words.encode())
        program = [sys.executable, "-m", "voice_coach", "profiles", "remove", "Anna"]
        done = subprocess.run(program, stdin=its, capture_output=True, text=True, check=False)
    finally:
        os.close(ours)
        os.close(its)
    assert done.returncode == code
    assert profiles.everyone() == (left or [anna])


# Calibration and settings


def test_a_calibration_is_of_one_voice(call: Told, anna: Profile, ben: Profile) -> None:
    kept = Calibration(fingerprint(EMBEDDED), -0.5)
    calibration.save(kept, anna)
    assert calibration.load(EMBEDDED, anna) == kept
    assert calibration.load(EMBEDDED, ben) is None
    assert calibration.load(EMBEDDED) is None
    assert call("calibrate", "--forget", "--profile", "Ben")[1] == "There was nothing to forget.\n"
    assert call("calibrate", "--forget", "--profile", "Anna")[1] == "Forgotten.\n"


@click.command()
@options.microphone
@options.speaker
@options.volume
@options.headphones
@options.earcons
@options.spoken
def chosen(**wanted: Any) -> Settings:  # noqa: ANN401 - as click gives them
    return resolve(Options(**wanted), profiles.find("Anna"))


def with_options(*args: str) -> Settings:
    settings: Settings = chosen.main(list(args), standalone_mode=False)
    return settings


def test_what_a_person_prefers_is_taken_and_an_option_goes_before_it(
    anna: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VOICE_VARIABLE)
    usual = Settings(profile=anna, voice=VoiceSpec(USUAL_VOICE), open_speaker=True)
    assert with_options() == usual
    preferences.save(
        anna.settings,
        Preferences("USB", "Box", headphones=True, volume=6, voice="en-gb", rate=130, earcons=False, echo_delay_ms=125),
    )
    assert with_options() == Settings(
        profile=anna, voice=VoiceSpec("en-gb", 130), microphone="USB", speaker="Box", volume=6, open_speaker=False,
        earcons=False, echo_delay=2000,
    )  # fmt: skip
    said = "--microphone A --speaker B --volume 4 --no-headphones --voice en-us --rate 200 --earcons".split()
    assert with_options(*said) == Settings(profile=anna, microphone="A", speaker="B", open_speaker=True)


def test_a_mistake_in_the_settings_is_told_before_a_session(anna: Profile) -> None:
    anna.settings.parent.mkdir(parents=True)
    anna.settings.write_text("volum = 5\n", encoding="utf-8")
    _, output, errors = typed("", "--profile", "Anna")
    assert f"{anna.settings}:1: volum: is no setting" in errors
    assert "Hello." in output  # it is held with the usual settings


def test_the_level_a_session_ends_with_is_the_next_ones_first(anna: Profile, ben: Profile) -> None:
    preferences.save(anna.settings, Preferences(volume=3))
    said = "louder\nlouder\nstop\nno\n"
    typed(said, "--profile", "Anna")
    assert volumes(anna) == [5]  # 3 and twice louder
    typed("", "--profile", "Anna")
    assert volumes(anna) == [5, 5]
    typed("quieter\nstop\nno\n", "--profile", "Anna", "--volume", "2")
    assert volumes(anna) == [1, 5, 5]
    typed("", "--profile", "Ben")
    assert volumes(ben) == [4]
    assert last_volume(anna.history) == 1


def test_the_pace_that_was_asked_for_is_the_next_session_s(anna: Profile, ben: Profile) -> None:
    """It goes into the person's settings, where everything else stays."""
    anna.settings.parent.mkdir(parents=True, exist_ok=True)
    anna.settings.write_text("volume = 3 # soft\n", encoding="utf-8")
    _, output, _ = typed("speak slower\nstop\nno\n", "--profile", "Anna")
    assert "I'll take my time." in output
    assert anna.settings.read_text(encoding="utf-8") == "volume = 3 # soft\npace = 3\n"
    typed("speak slower\nstop\nno\n", "--profile", "Anna")
    assert preferences.load(anna.settings).pace == 4
    typed("stop\nno\n", "--profile", "Ben")
    assert not ben.settings.exists()


def test_a_pace_that_cant_be_kept_is_told(anna: Profile) -> None:
    """The session is over by then, and saved."""
    anna.settings.parent.mkdir(parents=True, exist_ok=True)
    anna.settings.write_text("volum = 5\n", encoding="utf-8")
    code, _, errors = typed("speak slower\nstop\nno\n", "--profile", "Anna")
    assert code == 0
    assert errors.count("volum: is no setting") == 2
    assert anna.settings.read_text(encoding="utf-8") == "volum = 5\n"


def test_a_history_that_cannot_be_read_tells_of_no_level(anna: Profile) -> None:
    assert last_volume(anna.history) is None
    anna.history.write_bytes(b"no database at all" * 100)
    assert last_volume(anna.history) is None


# The sound


@pytest.mark.parametrize(("words", "wanted"), [(["two", "yes"], "Ben"), (["stop"], None)])
def test_the_real_voice_and_ears_find_out_who_it_is(words: list[str], wanted: str | None) -> None:
    people = [FIRST, Profile("Ben")]
    engine = Pyttsx3Synthesizer(VoiceSpec("en-gb", 193))
    said = [speech(engine, word) for word in words]
    engine.close()

    def hold(asked: Asked) -> None:
        assert answered(asked, said).any()
        assert asked.done

    found, code = ask_who.heard(Settings(), people, hold, apart=False)
    assert (found and found.name, code) == (wanted, 0)


@pytest.mark.usefixtures("anna", "ben")
def test_a_microphone_that_is_not_there_is_told_before_anybody_is_asked(call: Told) -> None:
    for command in ("run", "standby"):
        code, output, errors = call(command, "--microphone", "no such microphone")
        assert (code, output) == (1, "")
        assert "microphone" in errors
