"""Recorded sounds from audio_cues/: the earcons, and recordings that replace the synthetic voice."""

from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from voice_coach.actions import Earcon, Line
from voice_coach.audio import sound_file
from voice_coach.audio.pcm import Clip, resample, to_clip
from voice_coach.errors import DataError, Problem
from voice_coach.exercise.library import entries
from voice_coach.exercise.prompts import all_lines, fields_of, read_texts
from voice_coach.files import resources
from voice_coach.speak.loudness import shape

KINDS: Final = ("wav", "flac", "mp3", "ogg", "opus", "aiff", "m4a", "mp4", "aac", "webm", "wma", "3gp", "amr")
"""Endings of sound files, in any case, in order of precedence."""

_DIALOGUES: Final = ("setup/", "standby/", "who/")
"""Folders of the other dialogues' prompts in `prompts`."""

MAX_SECONDS: Final = 60
"""Maximum length of a recording in seconds: our longest sentence takes 12."""


def find_line(line: Line, language: str) -> Path | None:
    """Return the recording that replaces this line, `<language>/<cue>.<kind>`; None: there is none."""
    return _find(f"{language}/{line.cue}")


def find_earcon(earcon: Earcon) -> Path | None:
    """Return the earcon's file; None: it is missing."""
    return next(iter(earcon_files(earcon)), None)


def earcon_files(earcon: Earcon) -> list[Path]:
    """Return the earcon's files: the user's, then ours, which is played if the first can't be read."""
    return _candidates(earcon.value)


def load_line(path: Path) -> Clip:
    """Return a recorded line, trimmed to its onset and at the loudness of all speech.

    Raises:
        DataError: the file can't be read or holds no sound.
    """
    return _loaded(path, boost=True)


def load_earcon(path: Path) -> Clip:
    """Return an earcon, trimmed to its onset; never made louder, as some are meant to be soft.

    Raises:
        DataError: the file can't be read or holds no sound.
    """
    return _loaded(path, boost=False)


def unused(language: str) -> list[Problem]:
    """Return a warning for each file in the user's folder of recordings that nothing uses, with the reason."""
    folder = resources.APP.user_config_path / "audio_cues"
    files = [path for path in sorted(folder.rglob("*")) if not (path.is_dir() or path.name.startswith("."))]
    if not files:
        return []
    names = {f"{language}/{cue}" for cue in _cues(language)} | {earcon.value for earcon in Earcon}
    return [
        Problem(path, 0, "", f"is not used: it {why}", fatal=False)
        for path in files
        if (why := _why_unused(path, folder, names))
    ]


def unreadable(language: str) -> list[Problem]:
    """Return a warning for each of the user's recordings that a session would look for and can't play."""
    folder = resources.APP.user_config_path / "audio_cues"
    names = {path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*") if path.is_file()}
    earcons = {earcon.value for earcon in Earcon}
    found = []
    for name in sorted(name for name in names if name in earcons or name.startswith(f"{language}/")):
        path = _find(name)
        try:
            if path and path.is_relative_to(folder):
                _loaded(path, boost=True)
        except DataError as error:
            found += [replace(problem, fatal=False) for problem in error.problems]
    return found


def _cues(language: str) -> set[str]:
    """Return the ids of everything that may be said in any exercise; `.*` follows those with fields to fill in.

    Raises:
        DataError: the prompts can't be read.
    """
    found = {line.cue for entry in entries(language) if entry.exercise for line in all_lines(entry.exercise)}
    for name in ("", *_DIALOGUES):
        texts = read_texts(f"{name}{language}.toml") if resources.find("prompts", f"{name}{language}.toml") else {}
        for prompt, sentences in texts.items():
            found |= {f"{prompt}.{n}{'.*' * bool(fields_of(text))}" for n, text in enumerate(sentences, 1)}
    return found


def _why_unused(path: Path, folder: Path, names: set[str]) -> str:
    name = path.relative_to(folder).with_suffix("").as_posix()
    if path.suffix[1:].lower() not in KINDS:
        return f"does not end in one of {', '.join(KINDS)}"
    if not _inside(path, folder):
        return "is no file of this folder; copy the recording here"
    if not (name in names or any(known.endswith("*") and name.startswith(known[:-1]) for known in names)):
        close = get_close_matches(name, names, n=1)
        remedy = f'did you mean "{close[0]}"?' if close else "`voice-coach cues` lists them"
        return f"is not named after a sentence or sound; {remedy}"
    return "" if (used := _find(name)) == path else f"gives way to {used.name if used else ''}; remove one of the two"


def _find(name: str) -> Path | None:
    """Return the file of this name with the first of `KINDS`, whatever the case of its ending."""
    return next(iter(_candidates(name)), None)


def _candidates(name: str) -> list[Path]:
    """Return the file of this name in each folder that has one."""
    found = []
    for folder in resources.folders("audio_cues"):
        kinds = {path.suffix[1:].lower(): path for path in _siblings(folder / name) if _inside(path, folder)}
        found += [kinds[kind] for kind in KINDS if kind in kinds][:1]
    return found


def _siblings(wanted: Path) -> list[Path]:
    try:
        return sorted((path for path in wanted.parent.iterdir() if path.stem == wanted.name), reverse=True)
    except OSError:
        return []


def _inside(path: Path, folder: Path) -> bool:
    try:
        return path.is_file() and path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # a link that leads to itself
        return False


def _loaded(path: Path, *, boost: bool) -> Clip:
    clip = shape(to_clip(resample(*sound_file.read(path, MAX_SECONDS))), boost=boost)
    if not clip.size:
        message = "holds only silence; record it again, or remove it to hear the sound that it replaces"
        raise DataError([Problem(path, 0, "", message)])
    return clip
