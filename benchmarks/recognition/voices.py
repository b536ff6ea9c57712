"""Phrases said by synthetic voices that no training uses: flite's `rms` and festival's `ked`."""

import shutil
import subprocess
from pathlib import Path
from typing import Final

import click

from benchmarks.recognition.corpus import PEER_EVERY, Take, in_noise
from voice_coach.audio.pcm import load
from voice_coach.timebase import seconds

VOICES: Final = {"rms": "flite", "ked": "festival"}
"""The voices and the programs that have them."""
_KED: Final = "ked_diphone"


def phrase_takes(phrases: list[tuple[str, str]], folder: Path, every: int) -> list[Take]:
    """Return each phrase as each voice says it, clean and in noise; the files are written to `folder`.

    Args:
        phrases: intents and phrases.
        folder: where the sound files go.
        every: take one phrase in so many.
    """
    lacking = [program for program in VOICES.values() if shutil.which(program) is None]
    if lacking:
        raise click.UsageError(
            f"{', '.join(lacking)} can't be found: install it (apt-get install {' '.join(lacking)})."
        )
    chosen = list(enumerate(phrases))[::every]
    texts = {i: phrase for i, (_, phrase) in chosen}
    _flite(texts, folder)
    _festival(texts, folder)
    clean = [
        Take(
            f"{voice}-{i}: {phrase}",
            file := folder / f"{voice}-{i}.wav",
            "phrase",
            source=voice,
            truth=intent,
            seconds=seconds(len(load(file))),
            peers=place % PEER_EVERY["phrase"] == 0,
        )
        for voice in VOICES
        for place, (i, (intent, phrase)) in enumerate(chosen)
    ]
    return clean + in_noise(clean)


def _flite(texts: dict[int, str], folder: Path) -> None:
    for i, text in texts.items():
        subprocess.run(["flite", "-voice", "rms", "-t", text, "-o", folder / f"rms-{i}.wav"], check=True)  # noqa: S603, S607


def _festival(texts: dict[int, str], folder: Path) -> None:
    """One process for all: it takes a while to start."""
    lines = [f"(voice_{_KED})"]
    for i, text in texts.items():
        said = text.replace("\\", "").replace('"', "")
        lines.append(f'(utt.save.wave (utt.synth (Utterance Text "{said}")) "{folder}/ked-{i}.wav" \'riff)')
    script = folder / "say.scm"
    script.write_text("\n".join(lines) + "\n", encoding="utf-8")
    subprocess.run(["festival", "-b", script], check=True, capture_output=True)  # noqa: S603, S607
    lost = [text for i, text in texts.items() if not (folder / f"ked-{i}.wav").exists()]
    if lost:
        raise click.UsageError(f"festival's voice ked did not say {lost[0]!r}: install festvox-kdlpc16k.")
