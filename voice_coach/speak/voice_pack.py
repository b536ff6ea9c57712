"""Voice packs: folders with a rendered clip for each text that the coach can say, and an index of them.

A pack is `voice_packs/NAME/`: Ogg Opus files and `index.json` (`Index`). Packs are made by `make voice-pack`
(packs/README.md). libsndfile decodes them, so nothing but the Python packages is needed to hear the first word.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Annotated, Final, NamedTuple

import msgspec
import numpy as np

from voice_coach.audio.pcm import FADE, Clip, decode, fade, onset, peak, silence, to_clip, to_signal, trim
from voice_coach.errors import DataError, Problem
from voice_coach.files import read, resources
from voice_coach.speak.loudness import MAX_AMPLITUDE, SPEECH_LOUDNESS, TAIL_LENGTH
from voice_coach.speak.voice import Words
from voice_coach.timebase import Samples, samples

INDEX: Final = "index.json"
FORMAT: Final = 1
"""Of the index; a pack of another one is not read."""

MAX_INDEX_BYTES: Final = 4 * 2**20
"""Bytes of an index: a pack of all our texts has 0.5 MB."""

MAX_CLIP_BYTES: Final = 2**20
"""Bytes of a clip: that is seven minutes of speech, and the longest of our clips has 30 KB."""

PAUSE_AFTER_COMMA: Final = samples(0.18)
PAUSE_WITHIN: Final = samples(0.05)
"""Between the parts of a line: where its text has a mark, and where it has none."""

_DIGEST: Final = 8
"""Bytes."""
_WORD: Final = re.compile(r"[\w']+(?:[-.][\w']+)*")


Seconds = Annotated[float, msgspec.Meta(ge=0, le=600)]
"""Within a clip: no clip of `MAX_CLIP_BYTES` is longer. Beyond that an index is damaged."""


class Word(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A word of a clip; seconds from the first sample of its voice."""

    text: str
    start: Seconds
    end: Seconds


class PackClip(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text and its sound."""

    text: str
    file: str
    """Name of the file in the pack's folder."""
    digest: str
    """`digest_of` the file's bytes: a clip that was damaged is not played."""
    length: Annotated[int, msgspec.Meta(gt=0, le=samples(600))]
    """Samples at 16 kHz of the decoded file."""
    loudness: Annotated[float, msgspec.Meta(ge=-100, le=20)]
    """LUFS by ITU-R BS.1770; of clips shorter than a second their speech RMS, brought to the same scale."""
    onset: Seconds
    """Seconds from the file's beginning to the voice."""
    words: tuple[Word, ...] = ()
    part: bool = False
    """It is a part that lines are put together from (`known_texts`)."""
    made: dict[str, str | int | float] = {}
    """How: what was spoken, with which speed and seed, and what the recogniser heard."""


class Index(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Content of a pack."""

    format: int
    name: str
    title: str
    language: str
    licence: str
    """SPDX identifier of the sounds' licence."""
    made: dict[str, str | int | float]
    """With what it was made: model, voices, seed, encoder."""
    clips: tuple[PackClip, ...]


class Piece(NamedTuple):
    """A clip as it stands in a line."""

    clip: PackClip
    pause: Samples
    """Silence after it."""


class VoicePack:
    """A pack that has been opened: its index is in memory, its sounds are decoded one by one when they are asked for.

    Safe to be used by two threads: nothing in it changes.
    """

    def __init__(self, folder: Path) -> None:
        """Read the index.

        Raises:
            DataError: there is none, or it is damaged or of another format.
        """
        self.folder = folder
        path = folder / INDEX
        try:
            data = read.read_bytes(path, MAX_INDEX_BYTES)
            self.index = msgspec.json.decode(data, type=Index)
        except OSError as error:
            raise DataError([Problem(path, 0, "", f"can't be read ({error.strerror or error})")]) from error
        except (ValueError, RecursionError) as error:  # msgspec's errors are ValueErrors; so is what is not UTF-8
            raise DataError(
                [Problem(path, 0, "", f"is no index of a voice pack ({error}); install the pack again")]
            ) from error
        if self.index.format != FORMAT:
            message = f"is of format {self.index.format}, and this version reads {FORMAT}; install a pack made for it"
            raise DataError([Problem(path, 0, "format", message)])
        self.identity = f"{self.index.name} {digest_of(data)}"
        """Equal for packs with equal sounds."""
        self._clips = {clip.text: clip for clip in self.index.clips if not clip.part}
        self._parts = {words_of(clip.text): clip for clip in self.index.clips}

    def pieces(self, text: str) -> tuple[Piece, ...]:
        """Return the clips that say this text, in order: its own one, or parts that make it up; none if it can't."""
        if (clip := self._clips.get(text)) is not None:
            return (Piece(clip, 0),)
        return tuple(put_together(text, self._parts, self._longest))

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self._parts), default=0)

    def load(self, text: str) -> Clip:
        """Return the sound of a text: at the loudness of all speech, from its onset on.

        Raises:
            DataError: a file of it is missing or damaged.
            KeyError: the pack can't say it.
        """
        sounds = [part for piece in self._needed(text) for part in (self._sound(piece.clip), silence(piece.pause))]
        return np.concatenate(sounds)

    def words(self, text: str) -> Words:
        """Return where the words of a text are; empty where the index does not tell of all of them.

        Raises:
            KeyError: the pack can't say it.
        """
        found, at = [], 0
        for clip, pause in self._needed(text):
            if not clip.words:
                return ()
            found += [(word.text, at + samples(word.start), at + samples(word.end)) for word in clip.words]
            at += clip.length - samples(clip.onset) + pause
        return tuple(found)

    def _needed(self, text: str) -> tuple[Piece, ...]:
        if pieces := self.pieces(text):
            return pieces
        raise KeyError(text)

    def _sound(self, clip: PackClip) -> Clip:
        path = self.folder / clip.file
        try:
            sound = _decoded(read.read_bytes(path, MAX_CLIP_BYTES), clip.digest)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise DataError([Problem(path, 0, "", f"can't be played ({reason}); install the pack again")]) from error
        gain = 10 ** ((SPEECH_LOUDNESS - clip.loudness) / 20)
        level = to_clip(to_signal(sound) * min(gain, MAX_AMPLITUDE / peak(sound)))
        return fade(trim(level, tail=TAIL_LENGTH), tail=FADE)


def _decoded(data: bytes, digest: str) -> Clip:
    """Return the sound of a file's bytes.

    Raises:
        ValueError: they are not those of the index, or hold only silence.
    """
    if digest_of(data) != digest:
        raise ValueError("its bytes are not those of the index")
    sound = decode(data)
    if onset(sound) is None:
        raise ValueError("it holds only silence")
    return sound


def digest_of(data: bytes) -> str:
    """Return what a file's bytes are told by in an index."""
    return blake2b(data, digest_size=_DIGEST).hexdigest()


def words_of(text: str) -> tuple[str, ...]:
    """Return the words by which a part is found in a line, without marks and capitals."""
    return tuple(_WORD.findall(text.lower()))


def put_together(text: str, parts: Mapping[tuple[str, ...], PackClip], longest: int) -> Iterator[Piece]:
    """Yield the parts of a text, the longest that fits first; nothing where a word of it is in no part."""
    found = list(_WORD.finditer(text))
    words = [match[0].lower() for match in found]
    pieces, at = [], 0
    while at < len(words):
        fitting = (n for n in range(min(longest, len(words) - at), 0, -1) if tuple(words[at : at + n]) in parts)
        length = next(fitting, 0)
        if not length:
            return
        clip = parts[tuple(words[at : at + length])]
        at += length
        after = text[found[at - 1].end() : found[at].start()] if at < len(words) else ""
        marked = bool(after.strip())
        pieces.append(Piece(clip, 0 if at == len(words) else PAUSE_AFTER_COMMA if marked else PAUSE_WITHIN))
    yield from pieces


def folders() -> dict[str, Path]:
    """Return the folders of the packs that there are, by name, the user's before ours; also of damaged ones."""
    found: dict[str, Path] = {}
    for folder in resources.folders("voice_packs"):
        for path in sorted(folder.glob(f"*/{INDEX}")):
            found.setdefault(path.parent.name, path.parent)
    return found


def open_pack(name: str) -> VoicePack:
    """Open the pack of this name.

    Raises:
        DataError: there is none, or its index is damaged.
    """
    there = folders()
    if name not in there:
        others = f"there are {', '.join(there)}" if there else "there are none on this computer"
        raise DataError([Problem(Path("voice_packs") / name, 0, "", f"there is no such voice pack; {others}")])
    return VoicePack(there[name])
