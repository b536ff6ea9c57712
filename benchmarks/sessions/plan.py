"""The texts that the voices must say: a plan for the generator of natural speech, and the index of each voice's folder.

    python -m benchmarks.sessions.plan VOICES >plan.jsonl

VOICES gets a folder for each voice with its `index.json`. The plan has one line a clip, in the format of the generator
(text, speaker, path, speed, level). What the default seed needs comes first, so the first part of the plan is enough
for a first run. The same text in the same voice is one file.
"""

import json
import random
import re
from pathlib import Path
from typing import Any, Final

import click

from benchmarks.sessions.script import QUICK, SEED, VOICES, Sessions

_SPEEDS: Final = (0.9, 1.15)
_LEVELS: Final = (-28.0, -20.0)
"""RMS of the clips, dBFS; a person speaks at the persona's level whatever the clip's is."""


def file_name(text: str) -> str:
    """Return the name of a text's clip."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower().replace("'", "")).strip("-") + ".flac"


def line(voice: str, text: str) -> dict[str, Any]:
    """Return the plan's line for one clip; the same text and voice always give the same line."""
    draw = random.Random(f"{voice} {text}")  # noqa: S311 - speed and level, not a secret
    return {
        "path": f"{voice}/{file_name(text)}",
        "kind": "session",
        "intent": "",
        "text": text,
        "said": re.sub(r"\bi\b", "I", text) + ".",
        "speaker": voice,
        "accent": "gb" if voice.startswith("b") else "us",
        "speed": round(draw.uniform(*_SPEEDS), 2),
        "rms": round(draw.uniform(*_LEVELS), 1),
        "row": 5,
    }


def needed(sessions: Sessions) -> list[tuple[str, str]]:
    """Return each voice and text that may be needed: what a quick run needs first, then what the default seed does."""
    ordered = [script for first in range(QUICK) for script in sessions.all[first::QUICK]]
    found = [(script.voice, text) for script in ordered for text in sorted(script.likely(SEED))]
    found += [(script.voice, text) for script in ordered for text in sorted(script.texts(SEED))]
    found += [(script.voice, text) for script in ordered for text in sorted(script.every_text())]
    return list(dict.fromkeys(found))


@click.command(help=__doc__)
@click.argument("voices", type=click.Path(file_okay=False, path_type=Path))
def main(voices: Path) -> None:
    """Write the indices, and the plan to standard output."""
    clips = needed(Sessions.load())
    for voice in VOICES:
        (voices / voice).mkdir(parents=True, exist_ok=True)
        index = {text: file_name(text) for who, text in sorted(clips) if who == voice}
        (voices / voice / "index.json").write_text(json.dumps(index, indent=1) + "\n", encoding="utf-8")
    for voice, text in clips:
        click.echo(json.dumps(line(voice, text)))


if __name__ == "__main__":
    main()
