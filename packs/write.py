"""Clips and index of a voice pack, as `voice_coach.speak.voice_pack` reads them."""

from io import BytesIO
from pathlib import Path
from typing import Final

import msgspec
import soundfile

from voice_coach.audio.pcm import Signal, decode, onset
from voice_coach.files.atomic import replacing
from voice_coach.speak.cues import text_name
from voice_coach.speak.voice_pack import INDEX, Index, PackClip, Word, digest_of
from voice_coach.timebase import RATE

COMPRESSION: Final = 0.97
"""libsndfile's level, which it turns into a bit rate: 18 kbit/s over 20 clips, so 6.6 MB for 50 minutes."""

MARGIN: Final = 0.02
"""Seconds kept before the voice: Opus needs some to swing in."""


def encoded(sound: Signal) -> bytes:
    """Return the sound, at 16 kHz, as Ogg Opus."""
    file = BytesIO()
    soundfile.write(file, sound, RATE, format="OGG", subtype="OPUS", compression_level=COMPRESSION)
    return file.getvalue()


def file_name(text: str) -> str:
    """Return what a text's file is called: some of its letters, and what tells it from other texts."""
    return f"{text_name(text)}.opus"


def add_clip(  # noqa: PLR0913 -- a clip's facts, each once
    folder: Path,
    text: str,
    sound: Signal,
    *,
    loudness: float,
    words: tuple[Word, ...] = (),
    part: bool = False,
    made: dict[str, str | int | float] | None = None,
) -> PackClip:
    """Write a text's file and return its entry for the index.

    Args:
        folder: the pack's.
        text: as the coach has it.
        sound: at 16 kHz; the voice begins about `MARGIN` after its first sample.
        loudness: LUFS.
        words: in seconds from the voice's first sample; none ends later than the clip.
        part: whether lines are put together from it.
        made: how.

    Raises:
        OSError: the file can't be written.
    """
    data = encoded(sound)
    clip = decode(data)
    name = file_name(text)
    _write(folder / name, data)
    begins = (onset(clip) or 0) / RATE
    longest = clip.size / RATE - round(begins, 4)
    words = tuple(Word(word.text, word.start, min(word.end, int(1000 * longest) / 1000)) for word in words)
    return PackClip(
        text, name, digest_of(data), clip.size, round(loudness, 2), round(begins, 4), words, part=part, made=made or {}
    )


def write_index(folder: Path, index: Index) -> None:
    """Write the index, a clip a line, so that a change of one text is a change of one line.

    Raises:
        OSError: it can't be written.
    """
    head = msgspec.to_builtins(index)
    clips = [msgspec.json.encode(clip).decode() for clip in index.clips]
    del head["clips"]
    text = msgspec.json.encode(head).decode()[:-1] + ',"clips":[\n' + ",\n".join(clips) + "\n]}\n"
    _write(folder / INDEX, text.encode())


def read_index(folder: Path) -> Index | None:
    """Return the index that is there; None: there is none, or it is of another format."""
    try:
        return msgspec.json.decode((folder / INDEX).read_bytes(), type=Index)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def _write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, to be read by everybody, as it is shipped."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as new:
        new.write_bytes(data)
        new.chmod(0o644)
