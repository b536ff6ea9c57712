"""How the parts of the question whose session it is are built: its words, what is understood, and the shell."""

import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from voice_coach.dialogue.emergency import PROMPTS
from voice_coach.dialogue.runner import DialogueRunner, Hearing
from voice_coach.dialogue.runner import Watcher as Told
from voice_coach.errors import DataError, Problem
from voice_coach.events import Event
from voice_coach.exercise.prompts import Prompts, load_prompts, read_texts
from voice_coach.files.profiles import FIRST, Profile
from voice_coach.files.read import read_text
from voice_coach.files.resources import find
from voice_coach.hear.grammar.load import load_grammar
from voice_coach.hear.grammar.templates import in_words
from voice_coach.identify import machine
from voice_coach.identify.machine import Action, Done, State
from voice_coach.speak.voice import Voice

Watcher = Told[Event, Action]

_INTENT: Final = """\
  {intent}:
    data:
      - metadata: {{rank: 10, negated: ask}}
        sentences: {sentences}
"""


class Asked(DialogueRunner[State, Event, Action]):
    """Asks, block by block."""

    def __init__(
        self,
        names: tuple[str, ...],
        prompts: Prompts,
        voice: Voice,
        hearing: Hearing,
        *,
        volume: int,
        watch: Iterable[Watcher] = (),
    ) -> None:
        """Begin to ask these people; nothing sounds before the first block."""
        first = machine.start(names, prompts)
        super().__init__(machine.step, first, voice=voice, hearing=hearing, volume=volume, watch=watch)

    @property
    def done(self) -> bool:
        """True once it is known who it is, or that nobody says so."""
        return isinstance(self.state, Done) and not self._player.busy

    @property
    def named(self) -> int | None:
        """Which of the people it is, from 0 on; None: nobody has said so for sure, or not yet."""
        return self.state.named if isinstance(self.state, Done) else None


def prompts_of(language: str) -> Prompts:
    """Return what is said; of a session's sentences those about an emergency.

    Raises:
        DataError: there is nothing for this language, or it is not the table of tables of texts that it should be.
    """
    shared = load_prompts(language).texts
    return Prompts(language, {**read_texts(f"who/{language}.toml"), **{name: shared[name] for name in PROMPTS}})


def names_of(people: Sequence[Profile], prompts: Prompts) -> tuple[str, ...]:
    """Return how people are called aloud."""
    return tuple(prompts.texts["names.first"][0] if one == FIRST else one.name for one in people)


@contextmanager
def grammar_file(people: Sequence[Profile], language: str) -> Iterator[Path]:
    """Give a file with what these people may answer: their numbers and, unless it is something else, their names.

    A recogniser leaves out the names whose words its model does not know.

    Raises:
        DataError: there is no grammar for this language, or it has mistakes.
    """
    base = find("grammars", f"who/{language}.yaml")
    if base is None:
        message = f"there is no grammar for the language {language!r}; take another language"
        raise DataError([Problem(Path("grammars") / "who" / f"{language}.yaml", 0, "", message)])
    taken = {phrase.text for phrase in load_grammar(base).phrases} | {in_words(n + 1) for n in range(len(people))}
    text = read_text(base)
    for number, one in enumerate(people):
        sentences = [f"[<i_am>] [<number>] ({in_words(number + 1)}|{number + 1})"]
        words = one.name.lower().replace("-", " ")
        if one != FIRST and words not in taken:
            taken.add(words)
            sentences.append(f"[<i_am>] {words}")
        text += _INTENT.format(intent=machine.person(number), sentences=json.dumps(sentences, ensure_ascii=False))
    with tempfile.TemporaryDirectory(prefix="voice_coach-") as folder:
        path = Path(folder) / f"{language}.yaml"
        path.write_text(text, encoding="utf-8")
        yield path
