"""`voice_packs/pending.txt`: texts that shipped packs do not hold yet, and what is wrong with packs or with that list.

Whoever changes a sentence of the coach needs none of the tools that render: `python -m packs pending` notes it here,
and it is said by the computer's own voice until somebody renders it. Releases have nothing pending.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from voice_coach.errors import DataError
from voice_coach.speak.voice_pack import INDEX, VoicePack, digest_of

FOLDER: Final = Path(__file__).parents[1] / "voice_packs"
FILE: Final = "pending.txt"

_HEAD: Final = (
    "# Texts that a shipped voice pack does not hold yet, written by `python -m packs pending`; see packs/README.md.\n"
)


def shipped(folder: Path = FOLDER) -> list[VoicePack]:
    """Return the packs that are shipped.

    Raises:
        DataError: one can't be read.
    """
    return [VoicePack(path.parent) for path in sorted(folder.glob(f"*/{INDEX}"))]


def read_pending(folder: Path = FOLDER) -> tuple[str, ...]:
    """Return the texts of the list, in its order; none where there is no list."""
    try:
        lines = (folder / FILE).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return ()
    return tuple(line for line in lines if line and not line.startswith("#"))


def write_pending(texts: Sequence[str], folder: Path = FOLDER) -> None:
    """Write the list."""
    (folder / FILE).write_text(_HEAD + "".join(f"{text}\n" for text in texts), encoding="utf-8")


def lacking(texts: Sequence[str], packs: Sequence[VoicePack]) -> tuple[str, ...]:
    """Return those of the texts that a pack has no clip for."""
    held = [frozenset(clip.text for clip in pack.index.clips) for pack in packs]
    return tuple(text for text in texts if not all(text in one for one in held))


def faults(texts: Sequence[str], folder: Path = FOLDER) -> Iterator[str]:
    """Yield what is wrong, a sentence each: with the list, and with the packs' clips.

    A text must be in each pack, or pending; a clip must be of a text that is said, and its file as it was rendered.
    """
    try:
        packs = shipped(folder)
    except DataError as error:
        yield str(error)
        return
    pending, missing = read_pending(folder), lacking(texts, packs)
    for text in missing:
        if text not in pending:
            yield f"{text!r} is neither rendered nor pending: run `python -m packs pending`"
    for text in pending:
        if text not in missing:
            yield f"{text!r} is pending, but rendered or no longer said: run `python -m packs pending`"
    known = frozenset(texts)
    for pack in packs:
        for clip in pack.index.clips:
            path = pack.folder / clip.file
            if clip.text not in known and clip.text not in pending:
                yield f"{path}: {clip.text!r} is no longer said: run `make voice-pack VOICE={pack.folder.name}`"
            if not path.is_file() or digest_of(path.read_bytes()) != clip.digest:
                yield f"{path}: is not as it was rendered: run `make voice-pack VOICE={pack.folder.name}`"
