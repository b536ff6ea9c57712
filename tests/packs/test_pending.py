"""Each text of the coach is in every shipped pack, or pending; a release has nothing pending."""

from pathlib import Path

import pytest

from packs import pending
from packs.__main__ import main
from tests.speak.tone_pack import write_tone_pack
from voice_coach.app.known_texts import known_texts
from voice_coach.speak.voice_pack import INDEX

TEXTS = ("Hello.", "And come back.", "one,")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with two packs of all texts."""
    for name in ("woman", "man"):
        write_tone_pack(name, TEXTS, folder=tmp_path / name)
    return tmp_path


def test_shipped_packs_hold_each_text_or_it_is_pending() -> None:
    """Of this checkout. Somebody who changes a sentence runs `python -m packs pending`."""
    assert list(pending.faults(known_texts().every)) == []


def test_packs_that_hold_all_are_in_order(folder: Path) -> None:
    """Nothing is pending."""
    assert list(pending.faults(TEXTS, folder)) == []
    assert pending.lacking(TEXTS, pending.shipped(folder)) == ()


def test_without_packs_nothing_is_pending(tmp_path: Path) -> None:
    """This computer's voice says everything."""
    assert list(pending.faults(TEXTS, tmp_path)) == []
    assert pending.lacking(TEXTS, []) == ()


def test_a_new_text_is_a_fault_until_it_is_pending(folder: Path) -> None:
    """And one that is rendered is pending no more."""
    texts = (*TEXTS, "Number four.")
    assert list(pending.faults(texts, folder)) == [
        "'Number four.' is neither rendered nor pending: run `python -m packs pending`"
    ]
    pending.write_pending(pending.lacking(texts, pending.shipped(folder)), folder)
    assert pending.read_pending(folder) == ("Number four.",)
    assert list(pending.faults(texts, folder)) == []
    write_tone_pack("man", texts, folder=folder / "man")
    assert pending.lacking(texts, pending.shipped(folder)) == ("Number four.",)  # the woman's still lacks it
    write_tone_pack("woman", texts, folder=folder / "woman")
    assert list(pending.faults(texts, folder)) == [
        "'Number four.' is pending, but rendered or no longer said: run `python -m packs pending`"
    ]


def test_a_text_that_is_no_longer_said_is_a_fault(folder: Path) -> None:
    """It was changed, and its clip is of the old words."""
    faults = list(pending.faults(("Hello.", "And come back!", "one,"), folder))
    (clip,) = (clip for clip in pending.shipped(folder)[0].index.clips if clip.text == "And come back.")
    said = "'And come back.' is no longer said: run `make voice-pack VOICE="
    assert [fault for fault in faults if "is no longer said" in fault] == [
        f"{folder / name / clip.file}: {said}{name}`" for name in ("man", "woman")
    ]
    assert any("'And come back!' is neither rendered nor pending" in fault for fault in faults)


def test_a_clip_that_was_changed_is_a_fault(folder: Path) -> None:
    """So is one that is gone, and a pack that can't be read."""
    clips = sorted((folder / "man").glob("*.opus"))
    clips[0].write_bytes(b"OggS")
    clips[1].unlink()
    faults = list(pending.faults(TEXTS, folder))
    assert len(faults) == 2
    assert all("is not as it was rendered" in fault for fault in faults)
    (folder / "woman" / INDEX).write_text("?")
    (fault,) = pending.faults(TEXTS, folder)
    assert "is no index of a voice pack" in fault


def test_a_release_needs_an_empty_list(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`make dist` asks first."""
    every = known_texts().every
    assert main(["pending", "--empty", "--folder", str(tmp_path / "none")]) == 0
    ours = ["pending", "--folder", str(folder)]
    assert main([*ours, "--empty"]) == 1
    assert "is neither rendered nor pending" in capsys.readouterr().err
    for name in ("woman", "man"):
        write_tone_pack(name, every[:5], folder=folder / name)
    assert main(ours) == 0
    assert pending.read_pending(folder) == every[5:]
    assert list(pending.faults(every, folder)) == []
    assert main([*ours, "--empty"]) == 1
    assert f"{len(every) - 5} texts of shipped voice packs are not rendered" in capsys.readouterr().err
