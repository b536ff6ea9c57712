"""libvosk in this process. It aborts the process on some inputs (see `check_model`), so live it gets one of its own."""

import json
import math
import re
from collections import OrderedDict
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from voice_coach.audio.pcm import Clip
from voice_coach.errors import RecognitionError
from voice_coach.files.read import read_bytes
from voice_coach.hear.asr.recognizer import NOTHING_EXPECTED, Expected, Hypothesis, Reading, Word
from voice_coach.hear.decision.thresholds import load_point
from voice_coach.hear.grammar.grammar import KNOWN_GAPS, UNKNOWN, Gaps, Grammar, vocabulary_gaps
from voice_coach.timebase import RATE, Samples, samples

if TYPE_CHECKING:  # 12 MiB, saved in a process whose recogniser is in a child process
    import vosk

EMBEDDED: Final = Path(__file__).parents[2] / "model"
"""The model that comes with the coach."""

_NEEDED: Final = ("am/final.mdl", "conf/model.conf", "conf/mfcc.conf", "graph/HCLr.fst", "graph/Gr.fst")
_MAX_READINGS: Final = 10
"""How many readings of an utterance to look at."""

_MAX_WEIGHED_LENGTH: Final[Samples] = 3 * RATE
"""How much of an utterance in progress is weighed, from its end: as long as the longest phrase."""

_BYTES: Final = 2
"""Of a sample."""

_PACKAGES: Final = {"libatomic.so.1": "libatomic1"}
"""System libraries that libvosk needs on some processors (aarch64), and the packages of Debian that hold them."""

MAX_DECODERS: Final = 8
"""How many decoders are kept, of 2 MiB each; building one again takes 10 to 60 ms of CPU time on a PC."""


def check_model(folder: Path) -> None:
    """Check that a folder holds a Vosk model that can be loaded without aborting this process.

    Raises:
        RecognitionError: something is missing.
    """
    if not folder.is_dir():
        raise RecognitionError(f"There is no Vosk model at {folder}: name the folder that contains am/ and graph/.")
    if (folder / "graph/HCLG.fst").exists():
        raise RecognitionError(
            f"The Vosk model at {folder} takes no grammar (it has graph/HCLG.fst): use a small or dynamic-graph one."
        )
    missing = [name for name in _NEEDED if not (folder / name).is_file()]
    if missing:
        raise RecognitionError(f"The Vosk model at {folder} lacks {', '.join(missing)}: unpack the model again.")
    options = _text_of_model(folder / "conf/model.conf")
    if "--endpoint.silence-phones=" not in options:  # without it libvosk calls abort()
        raise RecognitionError(
            f"The Vosk model at {folder} has no --endpoint.silence-phones in conf/model.conf: add that line."
        )


def load_library() -> ModuleType:
    """Return the vosk module, which loads libvosk when it is first imported.

    Raises:
        RecognitionError: libvosk, or a system library that it needs, is missing.
    """
    try:
        return import_module("vosk")
    except (ImportError, OSError) as error:
        missing = re.search(r"([\w.+-]+\.so[\d.]*): cannot open shared object file", str(error))
        if missing and missing[1] != "libvosk.so":
            package = _PACKAGES.get(missing[1])
            remedy = f"install the system package {package}" if package else "install the system package that has it"
            raise RecognitionError(
                f"The speech recogniser can't be loaded, because this system lacks the library {missing[1]}: {remedy}."
            ) from error
        raise RecognitionError(f"The speech recogniser can't be loaded ({error}): reinstall voice_coach.") from error


def load_model(folder: Path) -> "vosk.Model":
    """Return the model.

    Raises:
        RecognitionError: libvosk is missing, or the folder is not a model, or is damaged.
    """
    vosk = load_library()
    check_model(folder)
    vosk.SetLogLevel(-1)
    try:
        return vosk.Model(str(folder))
    except Exception as error:  # vosk raises nothing more exact
        raise RecognitionError(f"The Vosk model at {folder} can't be loaded ({error}): unpack it again.") from error


def has_word(model: "vosk.Model", word: str) -> bool:
    """Tell whether the model knows a word in lower case."""
    return int(model.vosk_model_find_word(word)) >= 0


def known_gaps(folder: Path) -> frozenset[str]:
    """Return the red words that a model may lack for now, from its `known_gaps.txt`."""
    path = folder / KNOWN_GAPS
    lines = _text_of_model(path).splitlines() if path.is_file() else []
    return frozenset(word for line in lines for word in line.partition("#")[0].split())


def _text_of_model(path: Path) -> str:
    try:
        return read_bytes(path).decode("utf-8", "replace")
    except OSError as error:
        raise RecognitionError(f"{path} can't be read ({error.strerror}): unpack the model again.") from error


def check_vocabulary(grammar: Grammar, model: "vosk.Model", folder: Path) -> Gaps:
    """Return what the model lacks of the grammar.

    Raises:
        RecognitionError: a word of a red phrase is missing, and the model does not say so itself.
    """
    gaps = vocabulary_gaps(grammar, lambda word: has_word(model, word))
    unexpected = sorted(set(gaps.red_words) - known_gaps(folder))
    if unexpected:
        raise RecognitionError(
            f"The Vosk model at {folder} can't hear {', '.join(unexpected)}, a reason to stop: use another model."
        )
    if {phrase.text for phrase in grammar.phrases} <= set(gaps.phrases):
        raise RecognitionError(
            f"The Vosk model at {folder} can't hear a single phrase of {grammar.path}: use another model."
        )
    return gaps


class VoskRecognizer:
    """One utterance at a time through libvosk, with the phrases of a grammar and `[unk]` for the rest."""

    def __init__(self, folder: Path, grammar: Grammar) -> None:
        """Load the model and build the two decoders.

        Raises:
            RecognitionError: the model can't be loaded, or can't hear what it must.
            DataError: its thresholds can't be read.
        """
        model = load_model(folder)
        self.gaps = check_vocabulary(grammar, model, folder)
        self.point = load_point(folder)
        self._model: vosk.Model | None = model
        self._grammar = grammar
        self._decoders: OrderedDict[tuple[bool, Expected], _Decoder] = OrderedDict()
        self._current: _Decoder | None = None
        self._found: list[Hypothesis] = []
        for numbers in (False, True):
            self.prepare(numbers=numbers, expected=NOTHING_EXPECTED)

    @property
    def decoders(self) -> int:
        """How many decoders are in memory."""
        return len(self._decoders)

    def prepare(self, *, numbers: bool, expected: Expected) -> None:
        """Build the decoder for these answers, unless there is one already."""
        self._decoder(numbers, expected)

    def begin(self, at: Samples, *, numbers: bool, expected: Expected = NOTHING_EXPECTED) -> None:
        """Start an utterance; one that was not ended is given up."""
        self._current = self._decoder(numbers, expected)
        self._current.begin(at)

    def accept(self, pcm: Clip) -> None:
        """Decode the utterance's next samples."""
        if self._current and (hypothesis := self._current.accept(pcm)):
            self._found.append(hypothesis)

    def weigh(self) -> None:
        """Weigh what was fed so far."""
        if self._current:
            self._found.append(self._current.weigh())

    def end(self) -> None:
        """Finish the utterance."""
        if self._current:
            self._found.append(self._current.end())
        self._current = None

    def poll(self) -> list[Hypothesis]:
        """Return what has become known since the last call."""
        found, self._found = self._found, []
        return found

    def lag(self, now: Samples) -> Samples:  # noqa: ARG002 - never
        """Return 0: each call does its work before it returns."""
        return 0

    def close(self) -> None:
        """Free the decoders and the model."""
        self._current = None
        self._decoders.clear()
        self._model = None

    def _decoder(self, numbers: bool, expected: Expected) -> "_Decoder":  # noqa: FBT001 - half of a key
        """Return the decoder for these answers; beyond `MAX_DECODERS` the least recently used one is freed."""
        assert self._model is not None, "closed"
        key = numbers, expected
        if key not in self._decoders:
            unheard = set(self.gaps.phrases)
            sample = self._grammar.sample(numbers=numbers, likely=expected.intents, repeats=expected.repeats)
            self._decoders[key] = _Decoder(self._model, [text for text in sample if text not in unheard])
        self._decoders.move_to_end(key)
        while len(self._decoders) > MAX_DECODERS:
            self._decoders.popitem(last=False)
        return self._decoders[key]


class _Decoder:
    """Takes an utterance as phrases, and as unknown words alone: two Kaldi recognisers follow it, two hear it whole.

    The cost of unknown words alone less that of a reading says how sure the reading is. Both come from the same sounds
    through the same network, so loudness, distance and length cancel out. Unknown words alone are free; beside many
    phrases they cost what one of those does, and half of that is kept for what was never seen. A phrase that is there
    several times is as many times as likely, also over unknown words; the others' costs over those don't change.
    """

    def __init__(self, model: "vosk.Model", phrases: list[str]) -> None:
        self._stream, self._phrases = (_Kaldi(model, [*phrases, UNKNOWN]) for _ in range(2))
        self._stream_unknown, self._unknown = (_Kaldi(model, [UNKNOWN]) for _ in range(2))
        self._share = 0.9 * math.log(2 * len(phrases))  # libvosk scales a grammar's costs by 0.9
        self._start: Samples = 0
        self._audio = bytearray()
        self._cut: list[str] = []
        self._torn = False
        self._partial = ""

    def begin(self, at: Samples) -> None:
        self._stream.begin()
        self._stream_unknown.begin()
        self._start = at
        self._audio.clear()
        self._cut = []
        self._torn = False
        self._partial = ""

    def accept(self, pcm: Clip) -> Hypothesis | None:
        data = pcm.tobytes()
        self._audio += data
        if self._stream_unknown.accept(data):  # alongside, so that no work is left for the end
            self._stream_unknown.result()
            self._torn = True
        if self._stream.accept(data):  # its own endpointer cut the utterance: keep the words
            self._cut.append(str(self._stream.result()[0]["text"]))
            return None
        text = " ".join(filter(None, (*self._cut, self._stream.partial())))
        if text == self._partial:
            return None
        self._partial = text
        return Hypothesis(text, final=False, start=self._start, end=self._start + len(self._audio) // _BYTES)

    def weigh(self) -> Hypothesis:
        """Return what the last words are, as if the utterance ended here."""
        data = bytes(self._audio[-_BYTES * _MAX_WEIGHED_LENGTH :])
        offset = self._start + (len(self._audio) - len(data)) // _BYTES
        return self._hypothesis(self._phrases.hear(data), self._unknown.hear(data), offset, final=False)

    def end(self) -> Hypothesis:
        readings, unknown = self._stream.end(), self._stream_unknown.end()
        if self._cut or self._torn:  # the pieces have no common score
            data = bytes(self._audio)
            readings, unknown = self._phrases.hear(data), self._unknown.hear(data)
        return self._hypothesis(readings, unknown, self._start, final=True)

    def _hypothesis(
        self, readings: list[dict[str, Any]], alone: list[dict[str, Any]], offset: Samples, *, final: bool
    ) -> Hypothesis:
        unknown = alone[0]["confidence"] - self._share
        end = self._start + len(self._audio) // _BYTES
        first, *others = (_reading(entry, unknown, offset) for entry in readings)
        return Hypothesis(first.text, final, self._start, end, first.words, first.margin, tuple(others))


def _reading(entry: dict[str, Any], unknown: float, offset: Samples) -> Reading:
    words = tuple(
        Word(str(word["word"]), offset + samples(word["start"]), offset + samples(word["end"]), 1.0)
        for word in entry.get("result", ())
    )
    return Reading(str(entry["text"]), entry["confidence"] - unknown, words)


class _Kaldi:
    """A Kaldi recogniser that gives several readings; `confidence` is minus a reading's cost.

    Its clock runs on from utterance to utterance; the words' times told here are those within the utterance.
    """

    def __init__(self, model: "vosk.Model", texts: list[str]) -> None:
        import vosk  # noqa: PLC0415 - see above

        self._kaldi = vosk.KaldiRecognizer(model, RATE, json.dumps(texts))  # never "[]": that crashes
        self._kaldi.SetMaxAlternatives(_MAX_READINGS)
        self._kaldi.SetWords(True)  # noqa: FBT003 -- its only argument
        self._open = False
        self._fed = 0
        self._began = 0

    def begin(self) -> None:
        """Begin an utterance that knows nothing of the one before: `Reset` would keep its last frames as a context."""
        if self._open:
            self._kaldi.FinalResult()
        self._open = False
        self._began = self._fed

    def accept(self, data: bytes) -> bool:
        self._fed += len(data) // _BYTES
        self._open = True
        return bool(self._kaldi.AcceptWaveform(data))

    def partial(self) -> str:
        return str(json.loads(self._kaldi.PartialResult()).get("partial", ""))

    def result(self) -> list[dict[str, Any]]:
        return self._readings(self._kaldi.Result())

    def end(self) -> list[dict[str, Any]]:
        self._open = False
        return self._readings(self._kaldi.FinalResult())

    def hear(self, data: bytes) -> list[dict[str, Any]]:
        """Return the readings of a whole utterance, never cut: that is asked only between two pieces of sound."""
        self.begin()
        self.accept(data)
        return self.end()

    def _readings(self, result: str) -> list[dict[str, Any]]:
        """Return the readings, best first: at least one, if an empty one."""
        readings: list[dict[str, Any]] = json.loads(result)["alternatives"]
        for word in (word for reading in readings for word in reading.get("result", ())):
            word["start"] -= self._began / RATE
            word["end"] -= self._began / RATE
        return readings
