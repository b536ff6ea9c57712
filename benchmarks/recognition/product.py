"""Our own system as a session hears with it, and what a Vosk model does without all that."""

import json
import time  # noqa: TID251 - CPU time is what is measured
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import click
import vosk

from benchmarks.recognition.hearing import Heard, Sound, Tasks, Told
from voice_coach.audio.pcm import Clip, silence
from voice_coach.events import Event, Intent, NotRecognized
from voice_coach.hear.asr.vosk import VoskRecognizer, has_word, load_model
from voice_coach.hear.grammar.grammar import UNKNOWN, Grammar, Phrase, vocabulary_gaps
from voice_coach.hear.listener import Listener
from voice_coach.timebase import BLOCK, RATE, seconds

_PIECE: Final = RATE // 5
"""Samples that the bare decoder is fed at a time."""


class Product:
    """The coach's listener: voice detector, endpointer, recogniser and policy, block by block."""

    slow = False

    def __init__(self, name: str, folder: Path, tasks: Tasks) -> None:
        """Take the model's folder; a recogniser is opened when its grammar is first needed."""
        self.name = name
        self._folder = folder
        self._tasks = tasks
        self._recognizers: dict[str, VoskRecognizer] = {}

    def hear(self, sound: Sound, task: str) -> tuple[Heard, ...]:
        """Return what is taken for a command, in order.

        Raises:
            RecognitionError: the model can't hear what it must.
        """
        grammar = _orders(self._tasks) if task == "coffee" else self._tasks.grammar(task)
        active = grammar.intents if task == "coffee" else self._tasks.active(task, sound.take)
        if task not in self._recognizers:
            self._recognizers[task] = VoskRecognizer(self._folder, grammar)
        detector = Told()
        detector.tell(sound.probabilities)
        listener = Listener(grammar, detector, self._recognizers[task])
        listener.listen("", active)
        events = list(_events(listener, sound.stream))
        return self._order(events) if task == "coffee" else _commands(events, grammar)

    def _order(self, events: list[tuple[Event, float]]) -> tuple[Heard, ...]:
        """Read a coffee order from all that was said: a pause may have cut it in two."""
        said = [(event, cpu) for event, cpu in events if isinstance(event, Intent | NotRecognized)]
        if not said:
            return ()
        last, cpu = said[-1]
        return self._tasks.order(" ".join(event.text for event, _ in said), seconds(last.at), cpu)


def _orders(tasks: Tasks) -> Grammar:
    phrases = tuple(Phrase(tuple(text.split()), "order") for text in tasks.orders)
    return Grammar(Path("coffee.jsgf"), "en", phrases)


def _events(listener: Listener, stream: Clip) -> Iterator[tuple[Event, float]]:
    """Yield each event with the CPU time of the block that brought it."""
    for start in range(0, len(stream), BLOCK):
        block = stream[start : start + BLOCK]
        began = time.process_time()
        events = listener.process(block, silence(len(block)), start)
        computing = time.process_time() - began
        yield from ((event, computing) for event in events)


def _commands(events: list[tuple[Event, float]], grammar: Grammar) -> tuple[Heard, ...]:
    return tuple(
        Heard(
            event.name,
            event.text,
            seconds(event.at),
            cpu,
            event.confidence,
            ask=event.ask,
            red=event.name in grammar.red,
        )
        for event, cpu in events
        if isinstance(event, Intent)
    )


class Decoder:
    """A Vosk model with the grammar's phrases and `[unk]`, fed the whole file; libvosk's own endpointer cuts it.

    Its text for each piece goes through the same matcher; its score is the least confidence of the words.
    """

    slow = False

    def __init__(self, name: str, folder: Path, tasks: Tasks) -> None:
        """Load the model.

        Raises:
            RecognitionError: there is none.
        """
        self.name = name
        self._tasks = tasks
        self._model = load_model(folder)
        self._open: dict[tuple[str, bool], vosk.KaldiRecognizer] = {}

    def hear(self, sound: Sound, task: str) -> tuple[Heard, ...]:
        """Return what the pieces of the file mean, in order."""
        numbers = self._tasks.numbers(task, sound.take)
        kaldi = self._open.get((task, numbers)) or self._opened(task, numbers=numbers)
        kaldi.Reset()
        pieces = list(_pieces(kaldi, sound.stream))
        if task == "coffee":
            _, at, cpu = pieces[-1]
            return self._tasks.order(" ".join(result["text"] for result, _, _ in pieces), at, cpu)
        found: list[Heard] = []
        for result, at, cpu in pieces:
            text = str(result["text"])
            score = min((word["conf"] for word in result.get("result", ()) if word["word"] != UNKNOWN), default=0.0)
            meaning = self._tasks.meaning(task, sound.take, text)
            if meaning.intent:
                found.append(Heard(meaning.intent, text, at, cpu, score, ask=meaning.ask, red=meaning.red))
        return tuple(found)

    def _opened(self, task: str, *, numbers: bool) -> vosk.KaldiRecognizer:
        grammar = _orders(self._tasks) if task == "coffee" else self._tasks.grammar(task)
        gaps = vocabulary_gaps(grammar, lambda word: has_word(self._model, word))
        if gaps.words and not numbers:
            click.echo(f"{self.name} lacks words of {task}, and so {len(gaps.phrases)} phrases: {gaps.words}", err=True)
        unheard = set(gaps.phrases)
        phrases = [text for text in grammar.sample(numbers=numbers) if text not in unheard]
        kaldi = vosk.KaldiRecognizer(self._model, RATE, json.dumps([*phrases, UNKNOWN]))
        kaldi.SetWords(True)  # noqa: FBT003 - its only argument
        self._open[task, numbers] = kaldi
        return kaldi


def _pieces(kaldi: vosk.KaldiRecognizer, stream: Clip) -> Iterator[tuple[dict[str, Any], float, float]]:
    """Yield each result, when it was there (seconds of audio), and the CPU time that it then took."""
    finish: Callable[[], str]
    for start in range(0, len(stream), _PIECE):
        piece = stream[start : start + _PIECE]
        began = time.process_time()
        ended = kaldi.AcceptWaveform(piece.tobytes())
        last = start + _PIECE >= len(stream)
        if ended or last:
            finish = kaldi.FinalResult if last else kaldi.Result
            yield json.loads(finish()), seconds(start + len(piece)), time.process_time() - began
