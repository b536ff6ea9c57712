"""Recognise sound as a session would: with its usual intents, or with a grammar of a few words."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from voice_coach.audio.pcm import Clip, load, silence
from voice_coach.config.engines import session_grammar, tried_model, with_server
from voice_coach.errors import DataError, Problem
from voice_coach.events import Intent
from voice_coach.hear.asr.vosk import EMBEDDED, VoskRecognizer
from voice_coach.hear.grammar.grammar import NUMBER, Grammar, Phrase
from voice_coach.hear.grammar.templates import normal
from voice_coach.hear.listener import Listener
from voice_coach.hear.vad import EnergyGate, SileroDetector
from voice_coach.remote.address import Address, silent
from voice_coach.session.question_table import ACTIVE
from voice_coach.timebase import BLOCK, samples

SILENCE_AFTER: Final = samples(1.5)
"""Silence added after a file, so that its last utterance ends."""

WORDS: Final = "words:"
"""Prefix of a list of words given instead of a grammar file."""

_ONLY_IF_ASKED: Final = frozenset({NUMBER, "place"})
"""Answers to questions that a session asks once: without --state they are left out, as they are most of the time."""


def usual_intents(grammar: Grammar) -> frozenset[str]:
    """Return the intents that are taken where no state is named."""
    return grammar.intents - _ONLY_IF_ASKED


def words_grammar(words: Iterable[str]) -> Grammar:
    """Return a grammar of these words or phrases, each its own intent.

    What the coach's own grammar knows is as grave and as careful as it is there: "stop" is taken early, "left" only
    when it is sure.

    Raises:
        DataError: there is no word, or a word is nothing but blanks.
    """
    own = {phrase.words: phrase for phrase in session_grammar("en").phrases}
    phrases: dict[tuple[str, ...], Phrase] = {}
    for text in words:
        split = tuple(normal(text).split())
        if not split:
            message = f"there is an empty word; write {WORDS}yes,no,stop"
            raise DataError([Problem(Path(WORDS), 0, "", message)])
        like = own.get(split, Phrase(split, ""))
        plain = replace(like, words=split, intent=" ".join(split), slots={}, ask=False, negated="", answers=(), line=0)
        phrases[split] = plain
    red = frozenset(phrase.intent for phrase in phrases.values() if phrase.red)
    return Grammar(Path(WORDS), "en", tuple(phrases.values()), red=red)


def recognize_file(path: Path, listener: Listener, waiting_for: str = "") -> list[Intent]:
    """Return what a session would understand of a sound file.

    Args:
        path: WAV, FLAC, OGG, MP3, or whatever else `audio.pcm.load` reads, at any rate.
        listener: from `open_listener(settings, inline=True)`. A listener that has heard one file hears the next one as
            if it followed.
        waiting_for: what the coach waits for, such as the question `check` or `counting`; empty: most things are taken.

    Returns:
        The intents in the order in which they were decided; `Intent.at` is in samples from the file's start. Nothing
        that was rejected is there.

    Raises:
        DataError: the file can't be read.
        ValueError: the coach never waits for that.
    """
    if waiting_for and waiting_for not in ACTIVE:
        raise ValueError(f"the coach never waits for {waiting_for!r}; it does for {', '.join(sorted(ACTIVE))}")
    intents = ACTIVE[waiting_for] if waiting_for else usual_intents(session_grammar("en"))
    return list(accepted(load(path), listener, waiting_for, intents))


class SoundRecognition:
    """Understands one sound after another, each as if a session began with it; the model is loaded once."""

    def __init__(
        self,
        grammar: Grammar,
        intents: frozenset[str],
        waiting_for: str = "",
        *,
        model: Path | None = None,
        asr: Address | None = None,
        tell: Callable[[str], None] = silent,
    ) -> None:
        """Load the model; the caller closes it.

        Args:
            grammar: what can be said.
            intents: those that are taken.
            waiting_for: what the coach waits for, see `recognize_file`.
            model: the folder of a Vosk model, or the name of an installed one; None: the one that sessions use.
            asr: a server that hears too; None: nothing leaves this computer.
            tell: called with a sentence when that server is gone or back.

        Raises:
            RecognitionError: the model can't be loaded, or can't hear what it must.
        """
        embedded = VoskRecognizer(tried_model(model) or EMBEDDED, grammar)
        self.lacking = embedded.gaps.words
        """Words of the grammar that the model does not know: phrases with them are never recognised."""
        self._recognizer = with_server(embedded, asr, grammar, blocking=True, tell=tell)
        self._grammar = grammar
        self._intents = intents
        self._waiting_for = waiting_for

    def __call__(self, sound: Clip) -> list[Intent]:
        """Return what is understood of a sound, in order; `Intent.at` is in samples from its start."""
        listener = Listener(self._grammar, EnergyGate(SileroDetector()), self._recognizer)
        return list(accepted(sound, listener, self._waiting_for, self._intents))

    def close(self) -> None:
        """End the recogniser."""
        self._recognizer.close()


def accepted(sound: Clip, listener: Listener, expecting: str, intents: frozenset[str]) -> Iterator[Intent]:
    """Yield what is understood of a sound, block by block as live, followed by silence."""
    sound = np.concatenate((sound, silence(SILENCE_AFTER)))
    listener.listen(expecting, intents)
    for start in range(0, len(sound), BLOCK):
        block = sound[start : start + BLOCK]
        for event in listener.process(block, silence(len(block)), start):
            if isinstance(event, Intent):
                yield event
