"""libvosk in this process. It aborts the process on some inputs (see `check_model`), so live it gets one of its own."""

import json
from pathlib import Path
from typing import Any, Final

import vosk

from voice_coach.audio.pcm import Clip
from voice_coach.errors import RecognitionError
from voice_coach.hear.asr import Hypothesis, Word
from voice_coach.hear.grammar import UNKNOWN, Gaps, Grammar, vocabulary_gaps
from voice_coach.timebase import RATE, Samples, samples

EMBEDDED: Final = Path(__file__).parent.parent / "model"
"""The model that comes with the coach."""

_NEEDED: Final = ("am/final.mdl", "conf/model.conf", "conf/mfcc.conf", "graph/HCLr.fst", "graph/Gr.fst")
_READINGS: Final = 4
"""How many readings of an utterance to look at."""

_KNOWN_GAPS: Final = "known_gaps.txt"


def check_model(folder: Path) -> None:
    """See whether a folder holds a Vosk model that can be loaded without ending this process.

    Raises:
        RecognitionError: something is missing.
    """
    if not folder.is_dir():
        raise RecognitionError(f"There is no Vosk model at {folder}: name the folder that holds am/ and graph/.")
    if (folder / "graph/HCLG.fst").exists():
        raise RecognitionError(
            f"The Vosk model at {folder} takes no grammar (it has graph/HCLG.fst): take a small or dynamic-graph one."
        )
    missing = [name for name in _NEEDED if not (folder / name).is_file()]
    if missing:
        raise RecognitionError(f"The Vosk model at {folder} lacks {', '.join(missing)}: unpack it again.")
    options = (folder / "conf/model.conf").read_text("utf-8", "replace")
    if "--endpoint.silence-phones=" not in options:  # without it libvosk calls abort()
        raise RecognitionError(
            f"The Vosk model at {folder} has no --endpoint.silence-phones in conf/model.conf: add that line."
        )


def load_model(folder: Path) -> vosk.Model:
    """Return the model.

    Raises:
        RecognitionError: it is no model, or damaged.
    """
    check_model(folder)
    vosk.SetLogLevel(-1)
    try:
        return vosk.Model(str(folder))
    except Exception as error:  # vosk raises nothing more exact
        raise RecognitionError(f"The Vosk model at {folder} can't be loaded ({error}): unpack it again.") from error


def has_word(model: vosk.Model, word: str) -> bool:
    """Tell whether the model knows a word in lower case."""
    return int(model.vosk_model_find_word(word)) >= 0


def known_gaps(folder: Path) -> frozenset[str]:
    """Return the red words that a model is known, and for now allowed, to lack; they stand in its `known_gaps.txt`."""
    path = folder / _KNOWN_GAPS
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    return frozenset(word for line in lines for word in line.partition("#")[0].split())


def check_vocabulary(grammar: Grammar, model: vosk.Model, folder: Path) -> Gaps:
    """Return what the model lacks of the grammar.

    Raises:
        RecognitionError: a word of a red phrase is missing, and the model does not say so itself.
    """
    gaps = vocabulary_gaps(grammar, lambda word: has_word(model, word))
    unexpected = sorted(set(gaps.red_words) - known_gaps(folder))
    if unexpected:
        raise RecognitionError(
            f"The Vosk model at {folder} can't hear {', '.join(unexpected)}, a reason to stop: take another model."
        )
    if len(gaps.phrases) == len(grammar.phrases):
        raise RecognitionError(
            f"The Vosk model at {folder} can't hear a single phrase of {grammar.path}: take another one."
        )
    return gaps


class VoskRecognizer:
    """One utterance at a time through libvosk, with the phrases of a grammar and `[unk]` for the rest."""

    def __init__(self, folder: Path, grammar: Grammar) -> None:
        """Load the model and build the two decoders.

        Raises:
            RecognitionError: the model can't be loaded, or can't hear what it must.
        """
        model = load_model(folder)
        self.gaps = check_vocabulary(grammar, model, folder)
        self._decoders = {numbers: _Decoder(model, grammar, self.gaps, numbers=numbers) for numbers in (False, True)}
        self._current: _Decoder | None = None
        self._found: list[Hypothesis] = []

    def begin(self, at: Samples, *, numbers: bool) -> None:
        """Start an utterance; one that was not ended is given up."""
        self._current = self._decoders[numbers]
        self._current.begin(at)

    def accept(self, pcm: Clip) -> None:
        """Decode the utterance's next samples."""
        if self._current and (hypothesis := self._current.accept(pcm)):
            self._found.append(hypothesis)

    def end(self) -> None:
        """Finish the utterance."""
        if self._current:
            self._found.append(self._current.end())
        self._current = None

    def poll(self) -> list[Hypothesis]:
        """Return what has become known since the last call."""
        found, self._found = self._found, []
        return found

    def close(self) -> None:
        """Free the decoders and the model."""
        self._current = None
        self._decoders = {}


class _Decoder:
    """A Kaldi recogniser with one grammar; its clock runs on from utterance to utterance."""

    def __init__(self, model: vosk.Model, grammar: Grammar, gaps: Gaps, *, numbers: bool) -> None:
        unheard = set(gaps.phrases)
        phrases = [text for text in grammar.sample(numbers=numbers) if text not in unheard]
        texts = json.dumps([*phrases, UNKNOWN])  # never "[]": that crashes
        self._kaldi = vosk.KaldiRecognizer(model, RATE, texts)
        self._kaldi.SetWords(True)  # noqa: FBT003 -- its only argument
        self._second = vosk.KaldiRecognizer(
            model, RATE, texts
        )  # a decoder gives confidences or other readings, not both
        self._second.SetMaxAlternatives(_READINGS)
        self._readings: list[str] = []
        self._fed: Samples = 0
        self._start: Samples = 0
        self._offset: Samples = 0
        self._pieces: list[dict[str, Any]] = []
        self._partial = ""

    def begin(self, at: Samples) -> None:
        self._kaldi.Reset()
        self._start = at
        self._offset = at - self._fed
        self._pieces = []
        self._second.Reset()
        self._readings = []
        self._partial = ""

    def accept(self, pcm: Clip) -> Hypothesis | None:
        self._fed += len(pcm)
        data = pcm.tobytes()
        if self._second.AcceptWaveform(data):  # alongside, so that at the end nothing is left to do
            self._read(self._second.Result())
        if self._kaldi.AcceptWaveform(data):  # its own endpointer cut the utterance: keep the piece
            self._pieces.append(json.loads(self._kaldi.Result()))
            return None
        text = self._joined(json.loads(self._kaldi.PartialResult()).get("partial", ""))
        if text == self._partial:
            return None
        self._partial = text
        return Hypothesis(text, final=False, start=self._start, end=self._offset + self._fed)

    def end(self) -> Hypothesis:
        self._pieces.append(json.loads(self._kaldi.FinalResult()))
        words = tuple(self._word(entry) for piece in self._pieces for entry in piece.get("result", ()))
        text = self._joined("")
        end = self._offset + self._fed
        self._read(self._second.FinalResult())
        others = tuple(dict.fromkeys(other for other in self._readings if other not in ("", text)))
        return Hypothesis(text, final=True, start=self._start, end=end, words=words, alternatives=others)

    def _read(self, result: str) -> None:
        """Note what else the utterance, or this piece of it, may have been."""
        self._readings += [str(reading["text"]) for reading in json.loads(result).get("alternatives", ())]

    def _joined(self, rest: str) -> str:
        return " ".join(filter(None, (*(piece.get("text", "") for piece in self._pieces), rest)))

    def _word(self, entry: dict[str, Any]) -> Word:
        start, end = (self._offset + samples(float(entry[key])) for key in ("start", "end"))
        return Word(str(entry["word"]), start, end, float(entry.get("conf", 1.0)))
