"""Make `vocabulary.txt`, every word that the model shall know.

    python -m training.words UTTERANCES.jsonl       (one JSON object with a `text` a line)

It keeps what is listed and adds the grammar's words, those of the utterances, and the 5,000 most frequent words of
CMUdict, by the language model of conversations in PocketSphinx's package (`en-us.lm.bin`, BSD licence).
"""

import json
import re
import sys
from pathlib import Path
from typing import Final

from training.corpus import words
from training.lexicon import LIST, OWN, lexicon, read_dictionary, vocabulary
from voice_coach.config.engines import session_grammar

FREQUENT: Final = 5000
_HEAD: Final = (
    "# Words that the model knows besides words.dict, one a line. Made by `python -m training.words`; add your own and "
    "run it again.\n"
)
_WORD: Final = re.compile(r"[a-z]+(?:'[a-z]+)?")


def frequent(count: int = FREQUENT) -> list[str]:
    """Return the most frequent English words, the most frequent first."""
    import pocketsphinx  # noqa: PLC0415  (an extra)

    folder = Path(pocketsphinx.get_model_path("en-us"))
    model = pocketsphinx.NGramModel.readfile(str(folder / "en-us.lm.bin"))
    lines = (folder / "cmudict-en-us.dict").read_text(encoding="utf-8").splitlines()
    known = {line.split()[0].partition("(")[0] for line in lines}
    spelt = sorted(word for word in known if _WORD.fullmatch(word))
    return sorted(spelt, key=lambda word: float(model.prob([word])), reverse=True)[:count]


def listed(utterances: Path) -> list[str]:
    """Return the words of the list, the grammar, the utterances, and the most frequent ones, in order.

    Raises:
        ValueError: one of them can't be said.
    """
    lines = utterances.read_text(encoding="utf-8").splitlines()
    said = {word for line in lines for word in words(json.loads(line)["text"]).split()}
    found = said | set(session_grammar("en").words) | set(frequent()) | set(vocabulary())
    lexicon(found)
    return sorted(found)


def main() -> None:
    """Read the command line."""
    if len(sys.argv) != 2:  # noqa: PLR2004
        sys.exit(__doc__)
    found = listed(Path(sys.argv[1]))
    own = {word for word, _ in read_dictionary(OWN)}
    LIST.write_text(_HEAD + "".join(f"{word}\n" for word in found if word not in own), encoding="utf-8")
    print(f"{len(found)} words")


if __name__ == "__main__":
    main()
