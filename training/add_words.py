"""Give a Vosk model of ours more words without training it again: it knows the sounds and gets paths for the words.

    python -m training.add_words MODEL OUT [DICTIONARY]      (without one: all words of vocabulary.txt and words.dict)

The graph is a loop: from the loop's state one path a pronunciation back to it, the word on the first arc (see the shape
in `graph.py`). A new word costs what the words that are there cost.
"""

import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from training import fst
from training.graph import LOOP, PAUSE, add_steps, any_word, word_steps
from training.lexicon import lexicon, read_dictionary, vocabulary


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
    add_steps(graph, label, enter, word_steps(sounds, stay), pause)


def extend(model: Path, out: Path, words: Iterable[tuple[str, list[str]]]) -> list[str]:
    """Write a copy of the model that knows these words, with their sounds, too; return those that are new."""
    shutil.copytree(model, out, dirs_exist_ok=True)
    ids = dict(line.split() for line in (model / "graph/words.txt").read_text(encoding="utf-8").splitlines())
    labels = {word: int(number) for word, number in ids.items()}
    graph = fst.read(model / "graph/HCLr.fst")
    added = []
    for word, sounds in words:
        if word not in ids:
            if word not in labels:
                labels[word] = len(labels)
                added.append(word)
            add_path(graph, labels[word], sounds)
    fst.write(out / "graph/HCLr.fst", graph)
    fst.write(out / "graph/Gr.fst", any_word(labels))
    text = "".join(f"{word} {number}\n" for word, number in labels.items())
    (out / "graph/words.txt").write_text(text, encoding="utf-8")
    return added


def said(words: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield the words with each of their pronunciations."""
    for word, pronunciations in lexicon(words).items():
        for sounds in pronunciations:
            yield word, sounds


def main() -> None:
    """Read the command line."""
    if len(sys.argv) not in {3, 4}:
        sys.exit(__doc__)
    model, out, *dictionary = (Path(argument) for argument in sys.argv[1:])
    words = read_dictionary(dictionary[0]) if dictionary else said(vocabulary())
    added = extend(model, out, words)
    print(f"{len(added)} words added: {' '.join(added)}")


if __name__ == "__main__":
    main()
