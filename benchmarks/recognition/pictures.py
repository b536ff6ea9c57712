"""Two pictures: misses against false accepts, and what is left of ten words in noise."""

from collections.abc import Sequence
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, ScalarFormatter

from benchmarks.recognition.bench import ALONE, FORCED, Answer
from benchmarks.recognition.corpus import CURVE, NOISY, WORDS
from benchmarks.recognition.curves import CLEAN_AT, by_noise, curve

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEAST: Final = 0.5
"""False accepts an hour at which none at all is drawn, as the axis is logarithmic."""
INK: Final = "#1f2328"
PAPER: Final = "#fdfdfd"
DARK: Final = {INK: "#e6edf3", PAPER: "#0d1117"}
"""Their replacements in dark mode."""
COLOURS: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8c6d1f", "#56a0c0")
"""Told apart by the colour-blind, and seen on light and on dark."""


def draw(answers: Sequence[Answer], systems: Sequence[str], folder: Path) -> list[Path]:
    """Write both pictures as SVG; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    misses, noise = folder / "recognition-misses.svg", folder / "recognition-noise.svg"
    with mpl.rc_context(_STYLE):
        _save(_misses(answers, systems), misses)
        _save(_noise(answers, systems), noise)
    return [misses, noise]


_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "voice_coach",
    "font.family": "sans-serif",
    "font.size": 10,
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.2,
    "grid.color": INK,
    **dict.fromkeys(("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), INK),
    "legend.frameon": False,
}


def _misses(answers: Sequence[Answer], systems: Sequence[str]) -> Figure:
    figure = Figure(figsize=(10, 4.6), layout="constrained")
    left, middle = figure.subplots(1, 2, sharey=True)
    _panel(left, answers, systems, ("stop",), '"stop"')
    _panel(middle, answers, systems, WORDS, "any of the ten words")
    left.set_ylabel("missed, %")
    figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure


def _panel(axes: "Axes", answers: Sequence[Answer], systems: Sequence[str], words: Sequence[str], title: str) -> None:
    for system, colour in zip(systems, cycle(COLOURS), strict=False):
        points = curve(answers, system, words) if system != FORCED else []
        if not points:
            continue
        varied = system.endswith(ALONE) or "rejecting" in system
        false, missed = zip(*(points if varied else points[-1:]), strict=True)
        shown = [max(value, LEAST) for value in false]
        style = {"drawstyle": "steps-post"} if varied else {"marker": "o", "linestyle": "none", "markersize": 8}
        axes.plot(shown, [100 * value for value in missed], color=colour, label=system, **style)
    axes.set_xscale("log")
    axes.set_xlim(LEAST * 0.9, 500)
    axes.xaxis.set_major_formatter(ScalarFormatter())
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xticks([1, 10, 100])
    axes.set_ylim(0, 100)
    axes.set_xlabel(f"false accepts an hour (none is drawn at {LEAST:g})")
    axes.set_title(title)


def _noise(answers: Sequence[Answer], systems: Sequence[str]) -> Figure:
    figure = Figure(figsize=(8, 4.6), layout="constrained")
    axes = figure.subplots()
    for system, colour in zip(systems, cycle(COLOURS), strict=False):
        points = by_noise(answers, system)
        if points:
            values = [100 * share.value for _, share in points]
            reach = [
                [100 * abs(share.value - end) for _, share in points for end in share.interval[k : k + 1]]
                for k in (0, 1)
            ]
            axes.errorbar([at for at, _ in points], values, reach, color=colour, label=system, marker="o", capsize=3)
    axes.set_xlim(CLEAN_AT + 1, -1)
    ticks = sorted({*CURVE, *NOISY["word"]})
    axes.set_xticks([CLEAN_AT, *ticks], ["clean", *(f"{tick:g} dB" for tick in ticks)])
    axes.set_ylim(0, 100)
    axes.set_xlabel("speech over kitchen noise")
    axes.set_ylabel("ten words right, % (bars: 95 %)")
    axes.legend(loc="lower left")
    return figure


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    path.write_text(for_light_and_dark(path.read_text(encoding="utf-8")), encoding="utf-8")


def for_light_and_dark(svg: str) -> str:
    """Return a picture whose ink and paper follow the reader's setting; who knows no such thing sees the light one."""
    rules = "".join(
        f'[style*="fill: {was}"]{{fill:{now}!important}}[style*="stroke: {was}"]{{stroke:{now}!important}}'
        for was, now in DARK.items()
    )
    style = f"<style>@media (prefers-color-scheme: dark){{{rules}}}</style>"
    head, opening, rest = svg.partition("<svg")
    tag, close, body = rest.partition(">")
    return f"{head}{opening}{tag}{close}\n {style}{body}"
