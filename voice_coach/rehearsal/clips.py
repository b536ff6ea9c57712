"""A person's voice as recordings: a folder of clips, and an index that says which file holds which text."""

from collections import deque
from pathlib import Path
from typing import Final

from voice_coach.audio.pcm import Clip, load
from voice_coach.errors import DataError, Problem, SpeechError
from voice_coach.files.read import parse_json, read_text
from voice_coach.speak.tts.synthesizer import Synthesizer

INDEX: Final = "index.json"
"""In the folder: one JSON object, from each text to its file (whatever libsndfile reads, relative to the folder)."""


def key_of(text: str) -> str:
    """Return the text normalised for look-up: case, extra spaces and final punctuation make no difference."""
    return " ".join(text.lower().split()).rstrip(".!?")


def read_index(folder: Path) -> dict[str, Path]:
    """Return the file of each text in a folder of recordings, by `key_of`.

    Raises:
        DataError: there is no index, or it is not what it should be.
    """
    path = folder / INDEX
    try:
        found = parse_json(read_text(path))
    except OSError as error:
        message = f'can\'t be read ({error.strerror}); write {{"text": "file.flac", ...}} into it'
        raise DataError([Problem(path, 0, "", message)]) from error
    except ValueError as error:
        raise DataError([Problem(path, 0, "", f"is not JSON ({error}); correct it")]) from error
    if not isinstance(found, dict) or not all(isinstance(file, str) for file in found.values()):
        message = 'must be one object from texts to files, such as {"left side": "left-side.flac"}'
        raise DataError([Problem(path, 0, "", message)])
    return {key_of(text): folder / file for text, file in found.items()}


class RecordedVoice:
    """A synthesiser that plays recordings instead of rendering."""

    def __init__(self, folder: Path, fallback: Synthesizer | None = None) -> None:
        """Read the folder's index; `fallback` says what it does not hold, and is closed with it.

        Raises:
            DataError: as `read_index`.
        """
        self._folder = folder
        self._files = read_index(folder)
        self._fallback = fallback
        self._ready: deque[tuple[str, Clip]] = deque()

    @property
    def identity(self) -> str:
        """The folder, and what says the rest."""
        return f"{self._folder}" + (f" or {self._fallback.identity}" if self._fallback else "")

    def request(self, text: str, *, urgent: bool = False) -> None:
        """Load the recording of this text.

        Raises:
            SpeechError: there is none, and no fallback.
            DataError: its file is missing or holds no sound.
        """
        file = self._files.get(key_of(text))
        if file is not None:
            self._ready.append((text, load(file)))
        elif self._fallback is not None:
            self._fallback.request(text, urgent=urgent)
        else:
            message = f'{self._folder} has no recording of "{text}": add one to its {INDEX}, or use another voice.'
            raise SpeechError(message)

    def poll(self, timeout: float = 0.0) -> list[tuple[str, Clip]]:
        """Return the clips that are ready, waiting up to `timeout` seconds for the fallback's first."""
        if self._ready or self._fallback is None:
            ready = list(self._ready)
            self._ready.clear()
            return ready
        return self._fallback.poll(timeout)

    def close(self) -> None:
        """Close the fallback."""
        if self._fallback is not None:
            self._fallback.close()
