"""Take over a folder of recordings, named by the sentence's text or id: `voice-coach cues --import`."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Final, NamedTuple

from voice_coach.actions import Earcon, Line
from voice_coach.app.record_cues import store, write
from voice_coach.errors import DataError, Problem
from voice_coach.speak.cues import (
    KINDS,
    TEXTS,
    former_text,
    is_name,
    load_earcon,
    load_line,
    own_folder,
    recording_names,
    text_name,
)
from voice_coach.speak.voice_pack import words_of

_EARCONS: Final = frozenset(earcon.value for earcon in Earcon)


class Imported(NamedTuple):
    """Result of an import."""

    taken: list[tuple[Path, tuple[str, ...]]]
    """Each file, with the texts or ids that it is a recording of."""
    problems: list[Problem]
    """Files that fit nothing, can't be read, or would replace a recording; with the remedy."""


def import_folder(folder: Path, language: str, lines: Iterable[Line]) -> Imported:
    """Copy the recordings of a folder, levelled, into the user's own.

    A file fits an id (`flexion_rotation.hold.wav`, or within a folder `en`) or a text: its words, in any case and
    without the marks that a file's name can't have. Where several texts have these words ("one," and "One."), it
    serves them all, unless another file is named exactly after one of them.

    Args:
        folder: of sound files, and of folders with some.
        language: of the sentences.
        lines: everything that the coach can say.

    Raises:
        DataError: the folder can't be read, or a recording can't be written.
    """
    if not folder.is_dir():
        raise DataError([Problem(folder, 0, "", "is no folder; name the one that holds the recordings")])
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith(".")]
    lines = tuple(lines)
    names = recording_names(language, lines)
    wanted = _texts_of(files, dict.fromkeys(line.text for line in lines))
    reworded = {line.cue: line.text for line in lines if former_text(line, language)}
    for path in files:  # named after the id of a sentence that was another one before: it is meant for today's
        if text := reworded.get(path.stem):
            wanted[path] = (text,)
    names -= {f"{language}/{cue}" for cue in reworded}
    result = Imported([], [])
    for path in files:
        try:
            if said := _take(path, folder, language, names, wanted):
                result.taken.append((path, said))
        except DataError as error:
            result.problems.extend(error.problems)
    return result


def _take(
    path: Path, folder: Path, language: str, names: set[str], wanted: Mapping[Path, tuple[str, ...]]
) -> tuple[str, ...]:
    """Copy one file; return what it is a recording of.

    Raises:
        DataError: it fits nothing, can't be read, or would replace a recording.
    """
    if path.suffix[1:].lower() not in KINDS:
        raise _refused(path, f"does not end in one of {', '.join(KINDS)}")
    name = path.relative_to(folder).with_suffix("").as_posix()
    for one in (name, f"{language}/{name}", f"{language}/{TEXTS}/{name}"):
        if is_name(one, names):
            _refuse_to_replace(path, own_folder() / one)
            write(load_earcon(path) if one in _EARCONS else load_line(path), own_folder() / f"{one}.wav")
            return (one,)
    texts = wanted[path]
    if not texts:
        close = get_close_matches(name, [one.removeprefix(f"{language}/") for one in names], n=1)
        remedy = f'did you mean "{close[0]}"?' if close else "`voice-coach cues` lists ids and texts"
        raise _refused(path, f"fits no sentence or sound; {remedy}")
    for text in texts:
        _refuse_to_replace(path, own_folder() / language / TEXTS / text_name(text))
    clip = load_line(path)
    for text in texts:
        store(clip, text, language)
    return texts


def _texts_of(files: Iterable[Path], texts: Iterable[str]) -> dict[Path, tuple[str, ...]]:
    """Return the texts that each file is named after: exactly, or else by its words."""
    files = tuple(files)
    exact = {path.stem for path in files}
    by_words: dict[tuple[str, ...], list[str]] = {}
    for text in texts:
        by_words.setdefault(_words(text), []).append(text)
    found = {}
    for path in files:
        same = by_words.get(_words(path.stem), [])
        found[path] = (path.stem,) if path.stem in same else tuple(text for text in same if text not in exact)
    return found


def _words(text: str) -> tuple[str, ...]:
    """Return the words of a text or file name; "how_many left" and "How many left?" are the same."""
    return words_of(text.replace("_", " ").replace("’", "'"))


def _refuse_to_replace(path: Path, name: Path) -> None:
    """Check that there is no recording of this name, without ending, yet.

    Raises:
        DataError: there is one.
    """
    there = sorted(one for one in name.parent.glob("*") if one.stem == name.name and one.suffix[1:].lower() in KINDS)
    if there:
        raise _refused(path, f"is not imported, as there is a recording already; remove {there[0]} to replace it")


def _refused(path: Path, why: str) -> DataError:
    return DataError([Problem(path, 0, "", why, fatal=False)])
