"""Give a Vosk model of ours more words without training it anew: its sounds are known, only the words' paths are added.

    python -m training.add_words MODEL OUT [DICTIONARY]

The graph is a loop: from the loop's state one path a pronunciation back to it, the word on the first arc (see the shape
in `voice_coach/model/README.md`). A new word costs what the words that are there cost.
"""

import math
import shutil
import sys
from pathlib import Path

from training import fst

ARPABET = (
    "AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH"
).split()
PLACES = "BEIS"
"""Each sound has four variants: at a word's begin, end, inside it, or alone."""
SILENCE = 1
LOOP, PAUSE = 1, 2
"""The states between words, and in the silence between words."""


def phone(sound: str, place: str) -> int:
    """Return the number of a sound at a place in the word."""
    return 2 + 4 * ARPABET.index(sound) + PLACES.index(place)


def phones(sounds: list[str]) -> list[int]:
    """Return the numbers of a word's sounds."""
    if len(sounds) == 1:
        return [phone(sounds[0], "S")]
    places = ["B", *"I" * (len(sounds) - 2), "E"]
    return [phone(sound, place) for sound, place in zip(sounds, places, strict=True)]


def forward(number: int) -> int:
    """Return the transition id into a phone: one state, two transitions a phone."""
    return 2 * number


def itself(number: int) -> int:
    """Return the transition id of a phone's self-loop."""
    return 2 * number - 1


def read_dictionary(path: Path) -> list[tuple[str, list[str]]]:
    """Return the words and their sounds; a word may stand there more than once.

    Raises:
        ValueError: a line is not a word and sounds of ARPABET.
    """
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        word, *sounds = line.split() or ["#"]
        if word.startswith("#"):
            continue
        if not sounds or set(sounds) - set(ARPABET):
            message = f"{path}:{number}: write the word and its sounds in ARPABET, without stress digits"
            raise ValueError(message)
        rows.append((word, sounds))
    return rows


def costs(graph: fst.Fst) -> tuple[float, float, float]:
    """Return what the graph's words cost: entering one, staying in a sound, the optional silence after it."""
    word = next(arc for arc in graph.states[LOOP].arcs if arc[1])
    inside = graph.states[word[3]].arcs
    stay = next(arc[2] for arc in inside if arc[3] == word[3])
    pause = next(arc[2] for arc in graph.states[graph.start].arcs if arc[3] == PAUSE)
    return word[2], stay, pause


def add_path(graph: fst.Fst, label: int, sounds: list[str]) -> None:
    """Add one pronunciation of a word."""
    enter, stay, pause = costs(graph)
    here = LOOP
    for place, number in enumerate(phones(sounds)):
        state = graph.add()
        graph.states[here].arcs.append((forward(number), 0 if place else label, 0.0 if place else enter, state))
        graph.states[state].arcs.append((itself(number), 0, stay, state))
        here = state
    graph.states[here].arcs += [(0, 0, pause, LOOP), (forward(SILENCE), 0, pause, PAUSE)]


def extend(model: Path, out: Path, dictionary: Path) -> list[str]:
    """Write a copy of the model that knows the dictionary's words too; return those that are new."""
    shutil.copytree(model, out, dirs_exist_ok=True)
    ids = dict(line.split() for line in (model / "graph/words.txt").read_text(encoding="utf-8").splitlines())
    labels = {word: int(number) for word, number in ids.items()}
    graph = fst.read(model / "graph/HCLr.fst")
    added = []
    for word, sounds in read_dictionary(dictionary):
        if word not in ids:
            if word not in labels:
                labels[word] = len(labels)
                added.append(word)
            add_path(graph, labels[word], sounds)
    fst.write(out / "graph/HCLr.fst", graph)
    uniform = math.log(len(labels))
    arcs = [(number, number, uniform, 0) for number in sorted(labels.values()) if number]
    fst.write(out / "graph/Gr.fst", fst.Fst(0, [fst.State(uniform, arcs)]))
    text = "".join(f"{word} {number}\n" for word, number in labels.items())
    (out / "graph/words.txt").write_text(text, encoding="utf-8")
    return added


def main() -> None:
    """Read the command line."""
    if len(sys.argv) not in {3, 4}:
        sys.exit(__doc__)
    dictionary = Path(sys.argv[3]) if len(sys.argv) == 4 else Path(__file__).parent / "words.dict"  # noqa: PLR2004
    added = extend(Path(sys.argv[1]), Path(sys.argv[2]), dictionary)
    print(f"{len(added)} words added: {' '.join(added)}")


if __name__ == "__main__":
    main()
