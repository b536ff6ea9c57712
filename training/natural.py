"""Clips of natural voices to learn from: Kokoro-82M says phrases and sentences in made-up voices.

    .venv-packs/bin/python -m training.natural MODELS OUT --clips 2000 [--texts FILE.jsonl ...]

MODELS is the folder that `make voice-models` fills. OUT gets the sound files and a `manifest.csv`, and is then given to
`python -m training` with `--also OUT`. Each voice is a blend of Kokoro's English and foreign voices; those that the
voice packs or the benchmarks use are no part of any. Interrupt and repeat the command at any time: clips that are
there are kept. Nobody listens to the clips: those that don't say their text fail to align, and training drops them.
"""

import argparse
import csv
import json
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import soundfile
from scipy.signal import resample_poly

from packs import recipe
from packs.recipe import Recipe
from training.corpus import words
from training.texts import NUMBERS, PLAIN, SAFETY
from voice_coach.audio.pcm import Signal
from voice_coach.hear.grammar.load import load_grammar
from voice_coach.timebase import RATE

if TYPE_CHECKING:
    from packs.kokoro import Kokoro

GRAMMAR: Final = Path(__file__).parent.parent / "grammars/en.yaml"
BENCHMARKED: Final = frozenset({"af_sarah", "am_michael", "bf_isabella", "bm_lewis"})
"""The voices that the recogniser is tested with."""
SHARES: Final = {"own words": 0.5, "phrase": 0.3, "word": 0.2}
"""Of the clips: sentences from the files, the grammar's phrases, and words that matter most."""
SPEEDS: Final = (0.75, 1.35)
LEVELS: Final = (-34.0, -17.0)
"""dB of full scale, RMS of the louder half."""
_MARKS: Final = {".": 0.6, "!": 0.18, "": 0.14, "?": 0.04, "...": 0.04}
_SHIFTED, _DISTANCES = 0.7, (0.1, 0.35)
"""Share of the voices that are moved along the difference of two others, and how far."""
_FIELDS: Final = ("path", "part", "kind", "word", "speaker", "source", "licence", "duration", "t_end", "orig")
_LICENCE: Final = ("kokoro-82m", "Apache-2.0")
_MARGIN: Final = int(0.15 * RATE)
_FLOOR: Final = 0.012
"""Share of the loudest 10 ms: quieter ends are cut off, except for `_MARGIN`."""


@dataclass(frozen=True)
class Line:
    """One clip to be made."""

    text: str
    voice: Recipe
    speaker: str
    mark: str
    level: float
    row: int
    """How many phonemes longer a text the style is taken from."""


def main(arguments: list[str] | None = None) -> None:
    """Read the command line and render."""
    parser = argparse.ArgumentParser(prog="python -m training.natural", description=__doc__)
    parser.add_argument("models", type=Path, help="folder that `make voice-models` has filled")
    parser.add_argument("out", type=Path, help="folder for the clips and their manifest.csv")
    parser.add_argument("--clips", type=int, default=2000, help="how many (default: %(default)s)")
    parser.add_argument("--texts", type=Path, nargs="*", default=[], help="files with a JSON object a line: text")
    parser.add_argument("--seed", type=int, default=1, help="another one gives other clips (default: %(default)s)")
    options = parser.parse_args(arguments)
    from packs.kokoro import Kokoro  # noqa: PLC0415  (its packages are in packs/requirements.txt)

    said = [words(json.loads(row)["text"]) for path in options.texts for row in path.read_text("utf-8").splitlines()]
    voices = sorted(path.stem for path in (options.models / "voices").glob("*.bin"))
    model = Kokoro(options.models, seed=options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    rows = []
    for number, line in enumerate(lines(voices, said, options.clips, options.seed)):
        path = options.out / f"{line.speaker}-{number:05}.ogg"
        try:
            length = soundfile.info(path).duration if path.exists() else render(model, line, path)
        except ValueError as error:
            print(f"left out: {error}", file=sys.stderr)
            continue
        rows.append([path.name, "train", "synthetic", line.text, line.speaker, *_LICENCE, length, "", ""])
        if number % 50 == 0 or number == options.clips - 1:
            _write(options.out / "manifest.csv", rows)
            print(f"{number + 1} of {options.clips}", file=sys.stderr, flush=True)


def lines(voices: list[str], said: list[str], count: int, seed: int) -> Iterator[Line]:
    """Yield what is said by whom: the same for the same seed, and each first part of it a fair share of all."""
    rng = random.Random(seed)  # noqa: S311  (no secret)
    phrases = sorted({phrase.text for phrase in load_grammar(GRAMMAR).phrases})
    used = BENCHMARKED | in_packs()
    free = [voice for voice in voices if voice not in used]
    left = {"own words": _endless(said or phrases, rng), "phrase": _endless(phrases, rng),
            "word": _endless([*SAFETY, *PLAIN, *NUMBERS, "left", "right", "no", "yes"], rng)}  # fmt: skip
    for number in range(count):
        kind = rng.choices(list(SHARES), list(SHARES.values()))[0]
        mark = rng.choices(list(_MARKS), list(_MARKS.values()))[0]
        yield Line(
            text=next(left[kind]),
            voice=made_up(free, rng),
            speaker=f"natural-{seed}-{number:05}",
            mark=mark,
            level=rng.uniform(*LEVELS),
            row=rng.randrange(13),
        )


def made_up(free: list[str], rng: random.Random) -> Recipe:
    """Return a voice: the timbre of one to three of a sex, most of them shifted a little; an English one's rhythm."""
    sex = rng.choice("fm")
    pool = [voice for voice in free if voice[1] == sex]
    english = [voice for voice in pool if voice[0] in "ab"]
    first = rng.choice(english if rng.random() < 0.6 else pool)  # noqa: PLR2004  (a share)
    parts = [first, *rng.sample([voice for voice in pool if voice != first], rng.choice([0, 1, 1, 2]))]
    weights = [rng.uniform(0.5, 1) for _ in parts]
    timbre = {voice: weight / sum(weights) for voice, weight in zip(parts, weights, strict=True)}
    if rng.random() < _SHIFTED:
        away, to = rng.sample(pool, 2)
        far = rng.uniform(*_DISTANCES)
        timbre[to] = timbre.get(to, 0.0) + far
        timbre[away] = timbre.get(away, 0.0) - far
    rhythm = first if first in english else rng.choice(english)
    british = (rhythm[0] == "b") ^ (rng.random() < 0.15)  # noqa: PLR2004  (a share)
    speed = min(max(rng.gauss(1.02, 0.14), SPEEDS[0]), SPEEDS[1])
    return Recipe("", "en", "Apache-2.0", "gb" if british else "us", timbre, {rhythm: 1.0}, speed)


def in_packs() -> frozenset[str]:
    """Return the voices that the coach itself speaks with: the model must not understand them best."""
    recipes = [recipe.read_recipe(path.stem) for path in recipe.FOLDER.glob("*.toml")]
    return frozenset(voice for one in recipes for voice in (*one.timbre, *one.prosody))


def render(model: "Kokoro", line: Line, path: Path) -> float:
    """Write a clip and return its seconds.

    Raises:
        ValueError: the text can't be said, or the model gave no sound.
    """
    from packs import kokoro  # noqa: PLC0415  (as above)
    from packs.phonemes import phonemes  # noqa: PLC0415

    text = re.sub(r"\bi\b", "I", line.text)
    sounds = phonemes(text + line.mark, line.voice.accent)
    spoken = model.say(sounds, model.style(line.voice, len(sounds), line.row), line.voice.speed, lead=60)
    sound = resample_poly(spoken.sound, RATE // 8000, kokoro.RATE // 8000)
    kept = _levelled(_trimmed(sound), line.level)
    part = path.with_suffix(".part")
    soundfile.write(part, kept, RATE, format="OGG", subtype="OPUS")
    part.replace(path)
    return len(kept) / RATE


def _trimmed(sound: Signal) -> Signal:
    window = RATE // 100
    loud = np.sqrt((sound[: len(sound) // window * window].reshape(-1, window) ** 2).mean(1))
    if not np.isfinite(loud).all() or not loud.max(initial=0) > 0:
        message = "the model gave no sound"
        raise ValueError(message)
    there = np.flatnonzero(loud > loud.max() * _FLOOR)
    padded = np.pad(sound, _MARGIN)
    return padded[there[0] * window : (there[-1] + 1) * window + 2 * _MARGIN]


def _levelled(sound: Signal, level: float) -> Signal:
    frames = np.sort((sound[: len(sound) // 160 * 160].reshape(-1, 160) ** 2).mean(1))
    rms = np.sqrt(frames[len(frames) // 2 :].mean())
    gain = min(10 ** (level / 20) / rms, 0.97 / np.abs(sound).max())
    return np.asarray(sound * gain, np.float32)


def _endless(texts: list[str], rng: random.Random) -> Iterator[str]:
    while True:
        yield from rng.sample(texts, len(texts))


def _write(path: Path, rows: list[list[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(_FIELDS)
        table.writerows(rows)


if __name__ == "__main__":
    main()
