"""Voice packs: a clip for each text, at the loudness of all speech; what is missing or damaged is told by its name."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.speak.tone_pack import tone, words, write_tone_pack
from voice_coach.audio.pcm import ONSET, onset, speech_rms
from voice_coach.errors import DataError
from voice_coach.files import resources
from voice_coach.speak.loudness import MAX_AMPLITUDE
from voice_coach.speak.voice_pack import (
    INDEX,
    MAX_CLIP_BYTES,
    MAX_INDEX_BYTES,
    PAUSE_AFTER_COMMA,
    PAUSE_WITHIN,
    VoicePack,
    folders,
    open_pack,
    words_of,
)
from voice_coach.timebase import samples

TEXTS = ("Hello.", "And come back.", "Number four.", "one,")
PARTS = ("Call", "one", "four", "now, or get someone to call.", "and a half", "four and a half")


@pytest.fixture
def pack() -> VoicePack:
    """Return a pack of tones in the user's folder."""
    write_tone_pack("tones", TEXTS, PARTS)
    return open_pack("tones")


def test_a_clip_begins_with_its_onset_at_the_loudness_of_all_speech(pack: VoicePack) -> None:
    """The files are 7 LU louder, have silence before the voice, and went through Opus."""
    for text in TEXTS:
        clip, original = pack.load(text), tone(text)
        assert onset(clip) == 0
        assert abs(int(clip[0])) >= ONSET
        assert abs(20 * np.log10(speech_rms(clip) / speech_rms(original))) < 1
        assert abs(clip.size - original.size) < samples(0.05)
        assert np.abs(clip).max() <= MAX_AMPLITUDE * 32768 + 1
        assert abs(int(clip[-1])) <= 1


def test_a_line_can_be_put_together_from_parts(pack: VoicePack) -> None:
    """The longest parts that fit, whatever their marks and capitals, with pauses where the text has marks."""
    text = "Call one one four now, or get someone to call."
    pieces = pack.pieces(text)
    assert [piece.clip.text for piece in pieces] == ["Call", "one", "one", "four", "now, or get someone to call."]
    assert [piece.pause for piece in pieces] == [PAUSE_WITHIN] * 4 + [0]
    lengths = [pack.load(piece.clip.text).size + piece.pause for piece in pieces]
    assert pack.load(text).size == sum(lengths)
    assert [piece.clip.text for piece in pack.pieces("Four and a half, one.")] == ["four and a half", "one"]
    assert pack.pieces("Four and a half, one.")[0].pause == PAUSE_AFTER_COMMA
    assert pack.pieces("Call somebody else.") == ()
    with pytest.raises(KeyError):
        pack.load("Call somebody else.")


def test_the_places_of_words_are_known(pack: VoicePack) -> None:
    """In a clip, and in a line of several."""
    assert pack.words("Number four.") == tuple(
        (w.text, samples(w.start), samples(w.end)) for w in words("Number four.")
    )
    call, one, now = (pack.load(text).size for text in ("Call", "one", "now, or get someone to call."))
    told = pack.words("Call one now, or get someone to call.")
    assert [word for word, _, _ in told] == ["call", "one", "now", "or", "get", "someone", "to", "call"]
    assert abs(told[1][1] - (call + PAUSE_WITHIN)) < samples(0.05)
    assert abs(told[-1][2] - (call + one + now + 2 * PAUSE_WITHIN)) < samples(0.1)


def test_places_are_told_of_all_words_or_of_none() -> None:
    """An index may lack those of a clip: numbers and abbreviations have more words than they are written with."""
    folder = write_tone_pack("tones", TEXTS, PARTS)
    index = json.loads((folder / INDEX).read_text())
    (four,) = (clip for clip in index["clips"] if clip["text"] == "four")
    del four["words"]
    (folder / INDEX).write_text(json.dumps(index))
    pack = open_pack("tones")
    assert pack.words("Call four.") == ()
    assert pack.words("Call one.")


def test_packs_are_found_the_users_before_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also those that can't be read; a name that is none is answered with those that there are."""
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "package")
    assert folders() == {}
    with pytest.raises(DataError, match="there is no such voice pack; there are none on this computer"):
        open_pack("calm")
    ours = write_tone_pack("calm", ["Hello."], folder=tmp_path / "package/voice_packs/calm")
    assert folders() == {"calm": ours}
    own = write_tone_pack("calm", ["Hello."])
    assert folders() == {"calm": own}
    for name in ("warm", "../calm", ""):
        with pytest.raises(DataError, match="there is no such voice pack; there are calm"):
            open_pack(name)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is no index of a voice pack"),
        ("{}", "is no index of a voice pack"),
        ("[1, 2", "is no index of a voice pack"),
        (None, "can't be read"),
    ],
)
def test_an_index_that_cant_be_read_is_told(pack: VoicePack, content: str | None, message: str) -> None:
    """By its file."""
    path = pack.folder / INDEX
    path.unlink()
    if content is None:
        path.mkdir()
    else:
        path.write_text(content)
    with pytest.raises(DataError, match=message) as told:
        VoicePack(pack.folder)
    assert str(path) in str(told.value)


def test_an_index_of_another_format_is_refused(pack: VoicePack) -> None:
    """A later version of the coach may write one."""
    path = pack.folder / INDEX
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 2}))
    with pytest.raises(DataError, match="is of format 2, and this version reads 1"):
        VoicePack(pack.folder)


def test_a_clip_that_is_damaged_or_gone_is_told(pack: VoicePack) -> None:
    """Each byte counts: Ogg decoders skip a damaged page, and the sentence would end in the middle."""
    (piece,) = pack.pieces("And come back.")
    path = pack.folder / piece.clip.file
    whole = path.read_bytes()
    for damaged in (whole[:-1], whole[: len(whole) // 2], b"", whole[:300] + b"?" + whole[301:], b"RIFF" + whole):
        path.write_bytes(damaged)
        with pytest.raises(DataError, match="can't be played") as told:
            pack.load("And come back.")
        assert str(path) in str(told.value)
    path.unlink()
    with pytest.raises(DataError, match="No such file"):
        pack.load("And come back.")
    assert pack.load("Hello.").size


def test_index_and_clips_that_are_too_large_are_refused(pack: VoicePack) -> None:
    """Like every file that somebody may have put there; so is a folder in a file's place."""
    (piece,) = pack.pieces("And come back.")
    path = pack.folder / piece.clip.file
    with path.open("ab") as file:
        file.truncate(MAX_CLIP_BYTES + 1)
    with pytest.raises(DataError, match="it is larger than 1 MB"):
        pack.load("And come back.")
    path.unlink()
    path.mkdir()
    with pytest.raises(DataError, match="it is a folder"):
        pack.load("And come back.")
    with (pack.folder / INDEX).open("ab") as file:
        file.truncate(MAX_INDEX_BYTES + 1)
    with pytest.raises(DataError, match="it is larger than 4 MB"):
        open_pack("tones")


def test_words_are_compared_without_marks_and_capitals() -> None:
    """Hyphens and apostrophes are within words."""
    assert words_of("Don't go: twenty-one, X-ray!") == ("don't", "go", "twenty-one", "x-ray")
