"""Voice, recogniser, disk and folders: what is measured, and how it is judged."""

from pathlib import Path

import pytest

from voice_coach.audio.pcm import silence
from voice_coach.config.settings import Settings
from voice_coach.doctor import computer, measure
from voice_coach.doctor.computer import MEGABYTE, Folder, Recognised, Spoke
from voice_coach.doctor.finding import Verdict
from voice_coach.doctor.trial import REQUEST, SENTENCES
from voice_coach.files import resources
from voice_coach.history.store import Store
from voice_coach.speak.voice_spec import VoiceSpec
from voice_coach.timebase import RATE

FINE, WARNING, FAULT = Verdict.FINE, Verdict.WARNING, Verdict.FAULT


def test_the_voice_says_all_that_is_needed_and_the_recogniser_hears_its_stop() -> None:
    voice = measure.speak(Settings())
    assert set(voice.clips) == {*SENTENCES, REQUEST, measure.WORD}
    assert computer.voice(voice.spoke).verdict is FINE
    found = measure.recognise(Settings(), voice.clips[measure.WORD])
    assert found.heard == ("stop",)
    assert computer.recogniser(found).verdict is FINE


def test_a_voice_that_there_is_not_is_a_fault() -> None:
    finding = computer.voice(measure.speak(Settings(voice=VoiceSpec("elvish"))).spoke)
    assert finding.verdict is FAULT
    assert "elvish" in finding.measured
    assert "espeak-ng" in finding.remedy


def test_a_model_that_can_not_be_loaded_is_a_fault(tmp_path: Path) -> None:
    found = measure.recognise(Settings(model=tmp_path / "none"), silence(RATE))
    finding = computer.recogniser(found)
    assert (finding.verdict, finding.measured) == (FAULT, found.trouble)
    assert str(tmp_path / "none") in finding.measured


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (Recognised("m", 1.0, 0.02, "stop", ("stop",)), FINE),
        (Recognised("m", 1.0, 0.9, "stop", ("stop", "pause")), WARNING),
        (Recognised("m", 1.0, 0.02, "stop", ("pause",)), FAULT),
        (Recognised("m", 1.0, 0.02, "stop"), FAULT),
    ],
)
def test_a_recogniser_is_to_hear_stop_and_in_time(found: Recognised, verdict: Verdict) -> None:
    assert computer.recogniser(found).verdict is verdict


def test_sentences_without_sound_are_named() -> None:
    finding = computer.voice(Spoke("espeak", 0.1, ("Hello.",)))
    assert finding.verdict is FAULT
    assert "Hello." in finding.measured


@pytest.mark.parametrize(("free", "verdict"), [(3, FAULT), (50, WARNING), (500, FINE)])
def test_the_fullest_disk_counts(free: int, verdict: Verdict, tmp_path: Path) -> None:
    places = [
        Folder("cache", tmp_path, writable=True, free=10**12),
        Folder("history", tmp_path, writable=True, free=free * MEGABYTE),
    ]
    finding = computer.disk(places)
    assert (finding.verdict, finding.figures) == (verdict, {"free_mb": free})
    assert "history" in finding.measured


def test_folders_that_are_not_there_yet_can_be_made() -> None:
    found = measure.folders()
    assert [one.use for one in found] == ["history", "cache", "settings"]
    assert {computer.folder(one).verdict for one in found} == {FINE}
    assert all(one.free > 0 for one in found)


def test_a_history_that_others_can_read_is_told_and_one_of_ours_is_private() -> None:
    Store.open().close()
    assert computer.folder(measure.folders()[0]).verdict is FINE
    (resources.APP.user_data_path / "history.db").chmod(0o644)
    finding = computer.folder(measure.folders()[0])
    assert (finding.verdict, finding.measured) == (WARNING, "others can read history.db")
    assert str(resources.APP.user_data_path) in finding.remedy


def test_a_file_where_a_folder_should_be_can_not_be_written_to() -> None:
    path = resources.APP.user_config_path
    path.parent.mkdir(parents=True)
    path.write_text("")
    finding = computer.folder(measure.folders()[2])
    assert (finding.verdict, finding.figures) == (FAULT, {"writable": False})
