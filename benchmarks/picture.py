"""Draws one repetition of a rehearsal as SVG: both channels as waveforms, what was said, and where each call belongs.

    voice-coach rehearse --persona gets-worse --out out
    python -m benchmarks.picture out/gets-worse-flexion_rotation-left.wav --repetition 4 --to repetition.svg

The log (.json) and the captions (.vtt) are looked for next to the recording. Needs no other packages than the coach.
"""

import json
import re
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import click
import numpy as np
import soundfile
from numpy.typing import NDArray

from voice_coach.timebase import RATE, Samples, seconds

WIDTH: Final = 1600
HALF: Final = 90
"""Pixels from a channel's middle to full scale."""
MIDDLE: Final = {"Coach": 190, "Person": 470}
"""Pixels from the top to a channel's middle."""
HEIGHT: Final = 640
COLOUR: Final = {"Coach": "#1f5fa8", "Person": "#b3541e"}
MARGIN: Final = RATE // 2
"""Samples shown before the first call."""
PERIOD: Final = 11 * RATE
"""Samples shown from the first call on; a repetition lasts ten seconds."""
LOUDEST: Final = 0.35
"""Amplitude at which a waveform fills its strip: speech peaks at about 0.3."""

Channel = NDArray[np.float32]


class Scale:
    """Samples to pixels."""

    def __init__(self, begin: Samples, end: Samples) -> None:
        """Show what lies between two samples."""
        self.begin = begin
        self.end = end

    def x(self, at: Samples) -> float:
        """Return how far from the left a sample is drawn."""
        return round((at - self.begin) * WIDTH / (self.end - self.begin), 1)


def draw(recording: Path, repetition: int) -> str:
    """Return the picture of a repetition (from 1)."""
    sound, _ = soundfile.read(recording, dtype="float32", always_2d=True)
    log: list[dict[str, Any]] = json.loads(recording.with_suffix(".json").read_text(encoding="utf-8"))
    calls = calls_of(log, repetition)
    scale = Scale(calls[0][0] - MARGIN, min(calls[0][0] + PERIOD, len(sound)))
    parts = [grid(scale)]
    for channel, speaker in enumerate(MIDDLE):
        parts.append(wave(scale, sound[:, channel], speaker))
    parts += [call(scale, at, text) for at, text in calls]
    parts += captions(scale, recording.with_suffix(".vtt").read_text(encoding="utf-8"))
    parts += [decision(scale, row) for row in log if row["type"] == "Intent" and scale.begin < row["at"] < scale.end]
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" '
        f'font-size="14"><rect width="100%" height="100%" fill="white"/>\n{body}\n</svg>\n'
    )


def calls_of(log: list[dict[str, Any]], repetition: int) -> list[tuple[Samples, str]]:
    """Return when each call of a repetition was to sound, and its text."""
    found: list[list[tuple[Samples, str]]] = []
    for row in log:
        if row["type"] == "Play" and isinstance(row["sound"], dict):
            if ".number." in row["sound"]["cue"]:
                found.append([])
            found[-1].append((row["at"], row["sound"]["text"]))
    if not 0 < repetition <= len(found):
        raise click.BadParameter(f"the recording has {len(found)} repetitions", param_hint="--repetition")
    return found[repetition - 1]


def grid(scale: Scale) -> str:
    """Draw a line a second, and the names of the channels."""
    first = -(-scale.begin // RATE) * RATE
    lines = [
        f'<line x1="{scale.x(at)}" y1="40" x2="{scale.x(at)}" y2="{HEIGHT - 40}" stroke="#ddd"/>'
        f'<text x="{scale.x(at) + 3}" y="{HEIGHT - 44}" fill="#888" font-size="12">{seconds(at):.0f} s</text>'
        for at in range(first, scale.end, RATE)
    ]
    names = [
        f'<text x="6" y="{middle - HALF - 34}" font-weight="bold" fill="{COLOUR[name]}">{name}</text>'
        for name, middle in MIDDLE.items()
    ]
    return "\n".join(lines + names)


def wave(scale: Scale, channel: Channel, speaker: str) -> str:
    """Draw the channel: for each pixel from its least to its greatest sample."""
    edges = np.linspace(scale.begin, scale.end, WIDTH + 1).astype(int)
    middle = MIDDLE[speaker]
    strokes = []
    for x, (begin, end) in enumerate(pairwise(edges)):
        part = channel[max(begin, 0) : end] / LOUDEST * HALF
        if part.size:
            strokes.append(f"M{x} {middle - float(part.max()):.1f}V{middle - float(part.min()) + 0.5:.1f}")
    return f'<path d="{"".join(strokes)}" stroke="{COLOUR[speaker]}" fill="none"/>'


def call(scale: Scale, at: Samples, text: str) -> str:
    """Draw where a call was to begin: to the very sample."""
    x, top = scale.x(at), MIDDLE["Coach"] - HALF - 14
    label = f"{escape(text)} {seconds(at - scale.begin - MARGIN):.2f}"
    return (
        f'<line x1="{x}" y1="{top}" x2="{x}" y2="{MIDDLE["Coach"] + HALF}" stroke="#d00" stroke-dasharray="3 3"/>'
        f'<text x="{x + 3}" y="{top + 4}" fill="#d00" font-size="12">{label}</text>'
    )


def captions(scale: Scale, vtt: str) -> list[str]:
    """Draw what was said below each channel, from where it began."""
    stamp = r"(\d+):(\d+):(\d+)\.(\d+)"
    found = []
    for *numbers, speaker, text in re.findall(rf"{stamp} --> [\d:.]+\n<v (\w+)>(.*)", vtt):
        hours, minutes, whole, thousandths = map(int, numbers)
        at = ((hours * 60 + minutes) * 60 + whole) * RATE + thousandths * RATE // 1000
        if scale.begin <= at < scale.end:
            y = MIDDLE[speaker] + HALF + 18
            found.append(f'<text x="{scale.x(at)}" y="{y}" fill="{COLOUR[speaker]}">{text}</text>')
    return found


def decision(scale: Scale, row: dict[str, Any]) -> str:
    """Draw when something was understood."""
    x = scale.x(row["at"])
    return (
        f'<line x1="{x}" y1="60" x2="{x}" y2="{HEIGHT - 60}" stroke="#080" stroke-width="2"/>'
        f'<text x="{x + 4}" y="{MIDDLE["Person"] - HALF - 6}" fill="#080">understood: {escape(row["name"])}</text>'
    )


@click.command()
@click.argument("recording", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--repetition", type=click.IntRange(1), default=1, show_default=True)
@click.option(
    "--to", type=click.Path(dir_okay=False, path_type=Path), default=Path("repetition.svg"), show_default=True
)
def main(recording: Path, repetition: int, to: Path) -> None:
    """Draw one repetition of a rehearsal."""
    to.write_text(draw(recording, repetition), encoding="utf-8")
    click.echo(f"{to}: repetition {repetition} of {recording.name}")


if __name__ == "__main__":
    main()
