"""Find the words of a grammar that a model lacks, in a separate process: a damaged model can make libvosk abort.

The answer is kept in the cache, as long as the model's files stay what they are: a large model loads for seconds.
"""

import hashlib
import json
import multiprocessing
import os
from collections.abc import Iterable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from voice_coach.audio.pcm import silence
from voice_coach.errors import CoachError, RecognitionError
from voice_coach.files.read import parse_json, read_bytes
from voice_coach.files.resources import APP
from voice_coach.hear.grammar.grammar import UNKNOWN, Gaps, Grammar, Phrase, vocabulary_gaps
from voice_coach.timebase import RATE

_FILES: Final = ("am/final.mdl", "conf/model.conf", "graph/HCLr.fst", "graph/Gr.fst", "graph/words.txt")
"""Files that determine a model's vocabulary, and whether it loads."""

_MAX_LOADING: Final = 120.0
"""Seconds until a model must be loaded: a large one from a slow card takes half a minute."""

_UNLOADED: Final = "The Vosk model at {} can't be loaded ({}): install it again."

_MAX_NAMED: Final = 20
"""How many words a message names; a model of another language lacks them all."""


def missing_words(folder: Path, words: Iterable[str]) -> frozenset[str]:
    """Return which of these words a model does not know.

    Raises:
        RecognitionError: it can't be loaded.
    """
    asked = sorted(words)
    key = _key(folder, asked)
    kept = APP.user_cache_path / "models" / f"{key}.json"
    with suppress(OSError, ValueError):
        if isinstance(known := parse_json(read_bytes(kept)), list) and all(isinstance(word, str) for word in known):
            return frozenset(known)
    missing = ask(folder, asked)
    with suppress(OSError):  # it is only the quicker way
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(missing), encoding="utf-8")
    return frozenset(missing)


def gaps(folder: Path, grammar: Grammar) -> Gaps:
    """Return what a model lacks of a grammar.

    Raises:
        RecognitionError: it can't be loaded.
    """
    missing = missing_words(folder, grammar.words)
    return vocabulary_gaps(grammar, lambda word: word not in missing)


def check(grammar: Grammar, found: Gaps, *, excused: Iterable[str], allow_gaps: bool) -> None:
    """See whether a session can be held with a model that lacks this.

    Args:
        grammar: What is to be understood.
        found: What the model lacks of it.
        excused: Words that the user named to do without. Only these may be words of red phrases.
        allow_gaps: Whether the user does without all other phrases that hold a missing word.

    Raises:
        RecognitionError: it can't; the words are named.
    """
    unheard = set(found.phrases)
    deaf = sorted(grammar.red - {phrase.intent for phrase in grammar.phrases if phrase.text not in unheard})
    if deaf:
        raise RecognitionError(
            f"The model knows no phrase at all for {', '.join(deaf)}, a reason to stop (it lacks"
            f" {named(found.red_words)}): take another one."
        )
    red = sorted(set(found.red_words) - set(excused))
    if red:
        options = "".join(f" --without {word}" for word in red)
        raise RecognitionError(
            f"The model does not know {named(red)}, in phrases that are a reason to stop: take another one; or, if you"
            f" can do without these words, name them: `voice-coach models use MODEL{options}`."
        )
    open_words = sorted(set(found.words) - set(excused))
    if open_words and not allow_gaps:
        raise RecognitionError(
            f"The model does not know {named(open_words)}, so {len(found.phrases)} of {len(grammar.phrases)} phrases"
            " would not be understood: take another one, or do without them with --allow-gaps."
        )


def named(words: Iterable[str]) -> str:
    """Return words in one line, the first ones where there are many."""
    quoted = [f'"{word}"' for word in words]
    more = [f"{len(quoted) - _MAX_NAMED} more"] if len(quoted) > _MAX_NAMED else []
    return ", ".join([*quoted[:_MAX_NAMED], *more])


def _key(folder: Path, words: list[str]) -> str:
    state: list[object] = [str(folder.absolute()), words]
    for name in _FILES:
        with suppress(OSError):
            status = (folder / name).stat()
            state.append((name, status.st_size, status.st_mtime_ns))
    return hashlib.sha256(json.dumps(state).encode()).hexdigest()[:32]


def ask(folder: Path, words: list[str]) -> list[str]:
    """Load a model in a process of its own and return which of the words it does not know.

    Raises:
        RecognitionError: it can't be loaded.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=answer, args=(theirs, folder, words), daemon=True, name="model")
    child.start()
    theirs.close()
    try:
        found = ours.recv() if ours.poll(_MAX_LOADING) else _UNLOADED.format(folder, "it takes too long")
    except EOFError:
        found = _UNLOADED.format(folder, "libvosk ended its process")
    finally:
        ours.close()
        child.kill()
        child.join()
        child.close()
    if isinstance(found, str):
        raise RecognitionError(found)
    return list(found)


def answer(pipe: Connection, folder: Path, words: list[str]) -> None:
    """Load the model, let it hear, and send which of the words it does not know, or the error: the child's work."""
    from voice_coach.hear.asr.vosk import has_word, load_model  # noqa: PLC0415 - only here libvosk may end the process

    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)  # what libvosk says of damage is no sentence for the user, and the error that is sent is one
    os.close(null)
    try:
        model = load_model(folder)
        missing = [word for word in words if not has_word(model, word)]
        del model  # a large one is not to be there twice
        _hear(folder)
        pipe.send(missing)
    except CoachError as error:
        pipe.send(str(error))


def _hear(folder: Path) -> None:
    """Take a damaged graph to where libvosk ends the process: not when it loads the model, but when it decodes."""
    from voice_coach.hear.asr.vosk import VoskRecognizer  # noqa: PLC0415 - as above

    grammar = Grammar(folder, "", (Phrase((UNKNOWN,), UNKNOWN),))
    recognizer = VoskRecognizer(folder, grammar)
    recognizer.begin(0, numbers=False)
    recognizer.accept(silence(RATE))
    recognizer.end()
    recognizer.close()
