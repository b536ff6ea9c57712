"""Renders the clips of a pack that are missing or changed; what Whisper understands of them decides which is kept."""

import random
from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from scipy.signal import resample_poly

from packs import kokoro, level
from packs.choose import choose
from packs.kokoro import Kokoro, Spoken
from packs.listen import Heard, Listener
from packs.phonemes import phonemes
from packs.recipe import Recipe
from packs.write import MARGIN, add_clip, file_name, read_index, write_index
from voice_coach.app.known_texts import KnownTexts
from voice_coach.speak.voice_pack import FORMAT, Index, PackClip, Word, digest_of, words_of
from voice_coach.timebase import RATE


class Take(NamedTuple):
    """One way to say a text."""

    levelled: level.Levelled
    words: tuple[Word, ...]
    heard: Heard
    speed: float
    shift: int

    @property
    def voiced(self) -> float:
        """Seconds from the first to the last sample of the voice."""
        return self.levelled.voiced

    @property
    def passed(self) -> bool:
        """Whether it was understood."""
        return self.heard.passed

    @property
    def score(self) -> float:
        """How well it was understood."""
        return self.heard.score


class Renderer:
    """Kokoro speaks, Whisper listens."""

    def __init__(self, recipe: Recipe, models: Path) -> None:
        """Load both from the folder that `packs.fetch` has filled."""
        self._recipe = recipe
        self._kokoro = Kokoro(models, seed=recipe.seed)
        self._listener = Listener(models)

    def best(self, text: str) -> Take:
        """Return the best of several ways to say a text (`packs.choose`), the same one each time.

        Raises:
            ValueError: the text can't be said.
        """
        shifts = self._shifts(text)
        sounds = phonemes(text, self._recipe.accent)
        recipe, is_word = self._recipe, len(words_of(text)) == 1
        length = max(len(sounds), recipe.word_row) if is_word else len(sounds)

        def say(speed: float, lead: int) -> Take:
            shift = next(shifts)
            spoken = self._kokoro.say(sounds, self._kokoro.style(recipe, length, shift), speed, lead)
            heightened = resample_poly(spoken.sound, RATE // 8000, kokoro.RATE // 8000).astype("float32")
            levelled = level.levelled(heightened)
            heard = self._listener.hear(levelled.sound, text)
            return Take(levelled, words_in(text, spoken, levelled), heard, speed, shift)

        return choose(text, recipe.speed * (recipe.word_speed if is_word else 1.0), say)

    def _shifts(self, text: str) -> Iterator[int]:
        """Yield the shift of the style for each try: none first, then some from 1 to 15."""
        chosen = random.Random(f"{self._recipe.seed} {text}")  # noqa: S311 -- no secret
        yield 0
        while True:
            yield chosen.randrange(1, 16)


def words_in(text: str, spoken: Spoken, levelled: level.Levelled) -> tuple[Word, ...]:
    """Return when the words of a text are said, in seconds from the voice's first sample.

    The model itself tells how long each phoneme lasts, and blanks part the words. Nothing is returned where it says
    more or fewer words than there are in the text, as it does with some numbers and abbreviations.
    """
    onset = levelled.cut + MARGIN
    begin, ends = 0.0, list[float]()
    found: list[tuple[float, float]] = []
    for sound, end in zip(f"{spoken.phonemes} ", (*spoken.ends, spoken.ends[-1]), strict=True):
        if sound.isspace():
            if ends:
                found.append((begin - onset, ends[-1] - onset))
            begin, ends = end, []
        elif sound.isalpha() or sound in "ˈˌː":
            ends.append(end)
        elif not ends:
            begin = end
    texts = words_of(text)
    if len(found) != len(texts):
        return ()
    last = levelled.voiced
    return tuple(
        Word(word, round(min(max(0.0, start), last), 3), round(min(end, last), 3))
        for word, (start, end) in zip(texts, found, strict=True)
    )


class Result(NamedTuple):
    """Result of a run: what was rendered, what is doubtful, what is missing."""

    rendered: int
    doubtful: list[tuple[str, str]]
    """Text, and what was heard instead: to be listened to."""
    lacking: list[str]
    """Texts that could not be said."""


def render(  # noqa: PLR0913 -- what is rendered, how, and to where
    name: str,
    recipe: Recipe,
    wanted: KnownTexts,
    folder: Path,
    renderer: Callable[[], Renderer],
    tell: Callable[[str], None],
    *,
    again: bool = False,
) -> Result:
    """Bring the pack in `folder` up to date; may be interrupted and started again.

    Args:
        name: the pack's.
        recipe: its voice.
        wanted: its texts; clips of others are removed.
        folder: is made where it is missing.
        renderer: is called when something is to be rendered.
        tell: is told how far it is.
        again: whether clips that were not understood are rendered once more.

    Raises:
        OSError: a file can't be written.
    """
    kept = current(folder, recipe, wanted.every)
    if again:
        kept = {text: clip for text, clip in kept.items() if clip.made.get("passed")}
    missing = [text for text in wanted.every if text not in kept]
    tell(f"{len(kept)} of {len(wanted.every)} clips are there already.")
    whole = frozenset(wanted.sentences)
    lacking: list[str] = []
    speaker = renderer() if missing else None
    for number, text in enumerate(missing, 1):
        assert speaker is not None
        try:
            take = speaker.best(text)
        except ValueError as error:
            lacking.append(text)
            tell(f"{number}/{len(missing)} {text!r}: {error}")
            continue
        kept[text] = _entry(folder, text, take, recipe, part=text not in whole)
        write_index(folder, _index(name, recipe, wanted.every, kept))  # each time: nothing is lost when this is ended
        tell(f"{number}/{len(missing)} {'' if take.heard.passed else '? '}{text} [{take.heard.text}]")
    if kept:
        write_index(folder, _index(name, recipe, wanted.every, kept))
    _tidy(folder, kept)
    doubtful = [(text, str(clip.made["heard"])) for text, clip in kept.items() if not clip.made.get("passed")]
    return Result(len(missing) - len(lacking), doubtful, lacking)


def current(folder: Path, recipe: Recipe, texts: Sequence[str]) -> dict[str, PackClip]:
    """Return the clips of a pack that are as they would be rendered now, by text."""
    index = read_index(folder)
    if index is None or index.made.get("recipe") != recipe.digest:
        return {}
    known = frozenset(texts)
    return {clip.text: clip for clip in index.clips if clip.text in known and _is_whole(folder / clip.file, clip)}


def _is_whole(path: Path, clip: PackClip) -> bool:
    try:
        return path.name == file_name(clip.text) and digest_of(path.read_bytes()) == clip.digest
    except OSError:
        return False


def _entry(folder: Path, text: str, take: Take, recipe: Recipe, *, part: bool) -> PackClip:
    made: dict[str, str | int | float] = {
        "heard": take.heard.text,
        "score": round(take.heard.score, 2),
        "passed": int(take.heard.passed),
        "speed": take.speed,
        "row": take.shift,
        "voiced": round(take.levelled.voiced, 3),
        "seed": recipe.seed,
    }
    return add_clip(
        folder, text, take.levelled.sound, loudness=take.levelled.loudness, words=take.words, part=part, made=made
    )


def _index(name: str, recipe: Recipe, texts: Sequence[str], clips: dict[str, PackClip]) -> Index:
    order = [clips[text] for text in texts if text in clips]
    voices = blake2b(repr((recipe.timbre, recipe.prosody)).encode(), digest_size=4).hexdigest()
    made: dict[str, str | int | float] = {
        "recipe": recipe.digest,
        "model": "Kokoro-82M 1.0, int8 ONNX",
        "voices": ", ".join(f"{voice} {share:g}" for voice, share in recipe.timbre.items()) + f" ({voices})",
        "listener": "Whisper base",
        "encoder": "libsndfile Ogg Opus, 16 kHz",
        "seed": recipe.seed,
    }
    return Index(FORMAT, name, recipe.title, recipe.language, recipe.licence, made, tuple(order))


def _tidy(folder: Path, clips: dict[str, PackClip]) -> None:
    """Remove the files of texts that nobody says any more."""
    used = {clip.file for clip in clips.values()}
    for path in folder.glob("*.opus"):
        if path.name not in used:
            path.unlink()
