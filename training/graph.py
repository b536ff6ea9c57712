"""The decoding graph: a loop of words, each with its sounds; libvosk composes it with a grammar at run time.

From the loop's state one path a pronunciation leads back to it, the word on its first arc, a silence behind it if there
is one. `[unk]`, speech that is none of the words, is a run of the filler, at a price for each frame. (A loop of sounds
as its pronunciation is a trap: libvosk's determinization blows up on it.)
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from training import fst
from training.lexicon import Lexicon
from training.sounds import ARPABET, FILLER, PLACES, SILENCE, forward, itself, phone, phones

UNKNOWN: Final = "[unk]"
LOOP, PAUSE = 1, 2
"""The states between words, and in the silence between words."""
Step = tuple[int, int, float, float]
"""One phone: the transitions into it and of its self-loop, and the prices of its first and its later frames."""


@dataclass(frozen=True)
class Costs:
    """Prices, as negative log probabilities. They are where a decoder's errors are traded against each other."""

    word: float = 1.5
    """Of entering a word: keeps "no" from becoming "no go". A higher one loses whole phrases to `[unk]`."""
    stay: float = 0.1
    """Of each further frame in a sound."""
    pause: float = math.log(2)
    """Of a silence after a word, and of none."""
    unknown: float = 1.0
    unknown_frame: float = 0.8
    """Of `[unk]`, and of each of its frames: dearer means fewer words lost, and more that nobody said."""


class Words:
    """The words' labels and the graph under construction."""

    def __init__(self, costs: Costs) -> None:
        """Begin with the loop, and no word."""
        self.costs = costs
        self.labels = {"<eps>": 0}
        pause = costs.pause
        start = fst.State(arcs=[(0, 0, pause, LOOP), (forward(SILENCE), 0, pause, PAUSE)])
        silence = fst.State(arcs=[(itself(SILENCE), 0, costs.stay, PAUSE), (0, 0, 0.0, LOOP)])
        self.graph = fst.Fst(0, [start, fst.State(final=0.0), silence])

    def add(self, word: str, sounds: list[str]) -> None:
        """Add one pronunciation of a word."""
        self._path(word, self.costs.word, word_steps(sounds, self.costs.stay))

    def add_unknown(self) -> None:
        """Add the word for all others."""
        frame = self.costs.unknown_frame
        self._path(UNKNOWN, self.costs.unknown, [(forward(FILLER), itself(FILLER), frame, frame)])

    def _path(self, word: str, price: float, steps: list[Step]) -> None:
        label = self.labels.setdefault(word, len(self.labels))
        add_steps(self.graph, label, price, steps, self.costs.pause)


def word_steps(sounds: list[str], stay: float) -> list[Step]:
    """Return a pronunciation's steps; `stay`: the price of each further frame in a sound."""
    return [(forward(number), itself(number), 0.0, stay) for number in phones(sounds)]


def add_steps(graph: fst.Fst, label: int, price: float, steps: list[Step], pause: float) -> None:
    """Add a path from the loop back to it, with the word and its price on the first arc, then a silence."""
    here = LOOP
    for enter, stay, first, later in steps:
        state = graph.add()
        graph.states[here].arcs.append((enter, label, price + first, state))
        graph.states[state].arcs.append((stay, 0, later, state))
        here, label, price = state, 0, 0.0
    graph.states[here].arcs += [(0, 0, pause, LOOP), (forward(SILENCE), 0, pause, PAUSE)]


def write(folder: Path, lexicon: Lexicon, costs: Costs) -> None:
    """Write the model's `graph/` for these words and `[unk]`."""
    words = Words(costs)
    for word, pronunciations in lexicon.items():
        for sounds in pronunciations:
            words.add(word, sounds)
    words.add_unknown()
    (folder / "phones").mkdir(parents=True, exist_ok=True)
    fst.write(folder / "HCLr.fst", words.graph)
    fst.write(folder / "Gr.fst", any_word(words.labels))
    text = "".join(f"{word} {number}\n" for word, number in words.labels.items())
    (folder / "words.txt").write_text(text, encoding="utf-8")
    (folder / "disambig_tid.int").write_text("")  # libvosk wants the file, with nothing in it
    (folder / "phones/word_boundary.int").write_text(boundaries(), encoding="utf-8")


def any_word(labels: dict[str, int]) -> fst.Fst:
    """Return the language model for use without a grammar: each word as likely as any other."""
    price = math.log(len(labels))
    arcs = [(number, number, price, 0) for number in sorted(labels.values()) if number]
    return fst.Fst(0, [fst.State(price, arcs)])


def boundaries() -> str:
    """Return which phones begin, end or make up a word; without them word times are rough."""
    names = dict(zip(PLACES, ("begin", "end", "internal", "singleton"), strict=True))
    rows = [(phone(sound, place), names[place]) for sound in ARPABET for place in PLACES]
    rows = [(SILENCE, "nonword"), *rows, (FILLER, "singleton")]
    return "".join(f"{number} {name}\n" for number, name in rows)
