"""A name and its folders: nobody's things are found under another name, lost, or written where they should not be."""

import os
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voice_coach.errors import ProfileError
from voice_coach.files import profiles
from voice_coach.files.profiles import FIRST, MAX_PROFILES, Profile, add, everyone, find, only, remove, which
from voice_coach.files.resources import APP

FILES = ("history", "calibration", "settings", "reminders", "memory")
NAMES = st.text(st.sampled_from("anAN éß2 -_./\\\0:C~…"), max_size=33)


def folders() -> Path:
    return APP.user_data_path / "profiles"


def touched(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


# Who is here


def test_who_is_alone_has_the_programs_own_folders_and_is_never_asked_for() -> None:
    assert everyone() == [FIRST]
    assert only() == which(None) == FIRST
    assert FIRST.history == APP.user_data_path / "history.db"
    assert FIRST.calibration == APP.user_config_path / "calibration.json"
    assert FIRST.memory == APP.user_state_path / "standby.json"
    assert not APP.user_data_path.exists()


def test_the_only_profile_is_meant_unless_somebody_was_here_before() -> None:
    anna = add("Anna")
    assert everyone() == [anna]
    assert which(None) == anna
    touched(FIRST.history)
    assert everyone() == [FIRST, anna]
    assert only() is None


@pytest.mark.parametrize("name", ["history.db.damaged-20300506", "history.db.spare"])
def test_a_damaged_history_is_somebodys_too(name: str) -> None:
    add("Anna")
    touched(FIRST.history.with_name(name))
    assert everyone()[0] == FIRST


def test_where_several_may_be_meant_nobody_is_guessed() -> None:
    add("Ben")
    add("Anna")
    assert [one.name for one in everyone()] == ["Anna", "Ben"]
    with pytest.raises(ProfileError, match=r"--profile NAME \(there are Anna, Ben\)\."):
        which(None)
    assert which(find("ben")) == Profile("Ben")


def test_each_has_files_of_their_own() -> None:
    people = [FIRST, add("Anna"), add("Ben")]
    paths = [getattr(one, kind) for one in people for kind in FILES]
    assert len(set(paths)) == len(paths)


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
def test_a_profiles_folder_is_for_its_owners_eyes_only() -> None:
    folder = add("Anna").history.parent
    assert folder == folders() / "Anna"
    for path in (folder, folder.parent, folder.parent.parent):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700


# Names


@pytest.mark.parametrize("name", ["anna", "ANNA", "Anna"])
def test_large_and_small_letters_are_one_name_on_every_system(name: str) -> None:
    anna = add("Anna")
    assert find(name) == anna
    with pytest.raises(ProfileError, match="There is already a profile Anna"):
        add(name)


def test_an_accent_is_one_letter_however_it_is_written() -> None:
    folder = folders() / "Jose\u0301"  # as some file systems give it back
    folder.mkdir(parents=True)
    found = find("José")
    assert found.name == "José"
    assert found.history.parent == folder
    with pytest.raises(ProfileError, match="already"):
        add("JOSÉ")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "letters and digits"), ("..", "letters and digits"), ("a/b", "letters and digits"),
        ("a\\b", "letters and digits"), ("Anna ", "letters and digits"), ("a  b", "letters and digits"),
        ("2", "begins with a letter"), ("a_b", "letters and digits"), ("C:", "letters and digits"),
        ("a" * 31, "at most 30"), ("first", "before there were profiles"), ("FIRST", "before there were profiles"),
        ("Con", "a device"), ("lpt1", "a device"),
    ],
)  # fmt: skip
def test_what_is_unsafe_as_a_folders_name_is_refused_in_a_sentence(name: str, reason: str) -> None:
    with pytest.raises(ProfileError, match=reason) as refused:
        add(name)
    assert "\n" not in str(refused.value)
    assert not folders().exists()


@pytest.mark.parametrize("name", ["Anna", "Mary Ann", "Anne-Marie", "Ben 2", "José", "Console"])
def test_ordinary_names_are_taken(name: str) -> None:
    assert add(name) == find(name)


@given(NAMES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_typed_is_refused_or_a_folder_right_among_the_profiles(name: str) -> None:
    try:
        made = add(name)
    except ProfileError:
        return
    try:
        assert made.history.parent.resolve().parent == folders().resolve()
        assert find(name.upper()) == find(name.lower()) == find(name)
    finally:
        remove(made)


def test_who_is_not_there_is_never_made_by_the_way() -> None:
    with pytest.raises(ProfileError, match=r"no profile 'Ben': `voice-coach profiles add \"Ben\"` makes one"):
        find("Ben")
    with pytest.raises(ProfileError, match=r"no profile '\.\.': there is first\."):
        find("..")
    assert not folders().exists()
    assert find("First") == FIRST


def test_what_is_no_profile_among_the_folders_is_passed_over() -> None:
    add("Anna")
    (folders() / ".DS_Store").touch()
    (folders() / "Anna.old").mkdir()
    (folders() / "Ben").touch()
    assert [one.name for one in everyone()] == ["Anna"]


@pytest.mark.skipif(os.name != "posix", reason="there large and small letters are one folder")
def test_two_folders_of_one_name_are_told_and_neither_is_taken() -> None:
    add("Anna")
    (folders() / "ANNA").mkdir()
    with pytest.raises(ProfileError, match="both ANNA and Anna, which are one name"):
        find("anna")


def test_there_are_no_more_than_can_be_told_by_a_number() -> None:
    for number in range(MAX_PROFILES):
        add(f"P{number}")
    with pytest.raises(ProfileError, match="9 people already"):
        add("Anna")


def test_folders_that_cannot_be_read_or_made_are_told(own_folders: Path) -> None:
    (own_folders / "data").mkdir(parents=True)
    (own_folders / "data" / "voice_coach").touch()
    with pytest.raises(ProfileError, match="can't be created"):
        add("Anna")
    (own_folders / "data" / "voice_coach").unlink()
    touched(folders())
    with pytest.raises(ProfileError, match="can't be read"):
        everyone()


# Removing


def test_who_has_no_history_is_removed_with_all_that_is_theirs_and_nothing_else() -> None:
    anna, ben = add("Anna"), add("Ben")
    for one in (FIRST, anna, ben):
        for path in (one.calibration, one.settings, one.reminders, one.memory):
            touched(path)
    remove(ben)
    assert everyone() == [FIRST, anna]
    assert not any(getattr(ben, kind).parent.exists() for kind in FILES)
    assert all(getattr(one, kind).exists() for one in (FIRST, anna) for kind in FILES[1:])


@pytest.mark.parametrize("name", ["history.db", "history.db-wal", "history.db.before-restore", "history.db.spare"])
def test_a_history_or_what_was_kept_of_one_is_never_removed(name: str) -> None:
    anna = add("Anna")
    kept = touched(anna.history.parent / name)
    touched(anna.calibration)
    with pytest.raises(ProfileError, match=r'nothing was removed\. `voice-coach forget --profile "Anna"`'):
        remove(anna)
    assert kept.exists()
    assert anna.calibration.exists()


def test_who_was_here_first_is_no_profile_to_remove() -> None:
    with pytest.raises(ProfileError, match="forget --profile first"):
        remove(FIRST)


def test_what_cannot_be_deleted_is_told() -> None:
    anna = add("Anna")
    (anna.calibration / "x").mkdir(parents=True)
    with pytest.raises(ProfileError, match="Anna can't be removed"):
        remove(anna)
    assert profiles.everyone() == [anna]
