"""Recording the coach's sentences one by one: what is kept, what is done again, and what is told."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from tests.hear.room import spoken
from voice_coach.actions import Line
from voice_coach.app.record_cues import HOW, MAX_LISTED, record, recorded_texts, store
from voice_coach.app.recording_script import Script, entries_of
from voice_coach.app.studio import MAX_PAUSE, MAX_TAKE, Capture
from voice_coach.app.takes import Opinion, RecognizerChecker, Recorded, Verdict
from voice_coach.audio.offline import run_file
from voice_coach.audio.pcm import Clip, load, silence
from voice_coach.errors import DataError
from voice_coach.exercise.load import load_exercise
from voice_coach.hear.vad import EnergyGate, SileroDetector
from voice_coach.speak.cues import find_line, own_folder, text_name, unreadable, unused
from voice_coach.testing import ToneSynthesizer
from voice_coach.timebase import RATE

EXERCISE = load_exercise("flexion_rotation")
ENTRIES = entries_of(EXERCISE)
TEXTS = [entry.text for entry in ENTRIES]


def tone(text: str) -> Clip:
    """Return a text as tones, each word one, in a quiet room."""
    tones = ToneSynthesizer()
    tones.request(text)
    ((_, clip),) = tones.poll()
    return np.concatenate((silence(RATE // 2), clip, silence(RATE)))


class ToneStudio:
    """A person who says what they are told to, in tones."""

    def __init__(self, says: Iterable[str], torn: Iterable[bool] = ()) -> None:
        self._says = iter(says)
        self._torn = iter(torn)
        self.played: list[Clip] = []

    def record(self) -> Recorded:
        text = next(self._says)
        return Recorded(tone(text) if text else silence(RATE), torn=next(self._torn, False))

    def play(self, clip: Clip) -> None:
        self.played.append(clip)


class Opinions:
    """A checker that hears what it is given, in order; nothing is left: the text."""

    def __init__(self, *opinions: Opinion) -> None:
        self._opinions = iter(opinions)
        self.others: list[Sequence[str]] = []

    def check(self, clip: Clip, text: str, others: Sequence[str]) -> Opinion:
        assert clip.size
        assert text not in others
        self.others.append(others)
        return next(self._opinions, Opinion(Verdict.HEARD))


class Typist:
    """A console on which these lines are typed."""

    def __init__(self, *typed: str) -> None:
        self._typed: Iterator[str] = iter(typed)
        self.shown: list[str] = []
        self.notes: list[str] = []

    def show(self, text: str) -> None:
        self.shown.append(text)

    def note(self, text: str) -> None:
        self.notes.append(text)

    def warn(self, text: str) -> None:
        raise AssertionError(text)

    def read(self) -> str | None:
        return next(self._typed, None)


def held(console: Typist, says: Iterable[str], *opinions: Opinion) -> tuple[Script, ToneStudio]:
    studio = ToneStudio(says)
    return record(EXERCISE, studio, Opinions(*opinions), console), studio


def kept() -> list[str]:
    """Return the texts that are recorded now, in order."""
    found = recorded_texts(ENTRIES, "en")
    return [text for text in TEXTS if text in found]


def files() -> list[Path]:
    return [path for path in own_folder().rglob("*") if path.is_file()]


def test_what_is_kept_serves_every_line_of_that_text() -> None:
    """It is levelled, readable by its owner alone, and found under each id."""
    console = Typist("", "", "", "q")
    script, studio = held(console, TEXTS)
    assert kept() == TEXTS[:2]
    assert [path.stat().st_mode & 0o077 for path in files()] == [0, 0]
    assert (load(files()[0]) == studio.played[[text_name(text) for text in TEXTS].index(files()[0].stem)]).all()
    assert script.progress in console.shown[-MAX_LISTED - 3]
    for entry in ENTRIES[:2]:
        assert {find_line(line, "en") for line in entry.lines} == {
            own_folder() / "en" / "texts" / f"{text_name(entry.text)}.wav"
        }
    assert find_line(Line("flexion_rotation.anything", TEXTS[0]), "en")
    assert unused("en") == unreadable("en") == []


def test_it_is_gone_on_with_where_it_was_left() -> None:
    """With the progress before each sentence."""
    held(Typist("", ""), TEXTS)
    console = Typist("", "", "q")
    held(console, TEXTS[1:])
    assert kept() == TEXTS[:2]
    assert console.notes[0] == HOW
    total, first = len(TEXTS), console.shown[0]
    assert first.strip().splitlines() == [f"1 of {total}, 1 of the 40 most heard", f"  {TEXTS[1]}"]
    assert console.shown[1].strip().startswith(f"2 of {total}, ")


def test_a_take_is_kept_only_if_nothing_is_wrong_with_it_or_it_is_asked_for() -> None:
    """Enter does it again otherwise; "k" keeps it all the same."""
    other = Opinion(Verdict.OTHER, TEXTS[1])
    console = Typist("", "", "", "q")
    held(console, [TEXTS[1], "", TEXTS[1]], other, other)
    assert kept() == []
    assert any(TEXTS[1] in note and "something else" in note for note in console.notes)
    assert any("no voice" in note for note in console.notes)
    held(Typist("", "k", "q"), [TEXTS[1], TEXTS[0]], other)
    assert kept() == TEXTS[:1]


def test_a_take_in_which_sound_was_lost_is_done_again() -> None:
    console = Typist("", "", "", "q")
    record(EXERCISE, ToneStudio([TEXTS[0], *TEXTS], torn=[True]), Opinions(), console)
    assert [note for note in console.notes if "Sound was lost" in note] == [
        "Sound was lost while it was recorded: say it again, and close other programs if that repeats."
    ]
    assert kept() == TEXTS[:1]


def test_where_the_recogniser_cant_judge_it_says_so() -> None:
    """And Enter keeps the take: the person has heard it."""
    console = Typist("", "", "q")
    held(console, TEXTS, Opinion(Verdict.UNSURE, "The recogniser can't tell."))
    assert "The recogniser can't tell." in console.notes
    assert kept() == TEXTS[:1]


def test_a_take_can_be_heard_again_done_again_and_left_out() -> None:
    """And silence can't be kept."""
    console = Typist("", "p", "r", "x", "k", "s", "k", "p", "s", "q")
    _, studio = held(console, [*TEXTS[:1], *TEXTS[:2], "", *TEXTS[3:]])
    assert kept() == TEXTS[:1]
    assert [clip.size for clip in studio.played[:3]] == [studio.played[0].size] * 3
    assert len(studio.played) == 5


def test_the_sentence_before_can_be_done_again() -> None:
    """Its recording stays until it is replaced."""
    console = Typist("", "b", "k", "b", "q")
    held(console, [TEXTS[0], TEXTS[0], TEXTS[1], TEXTS[5]])
    assert "There is none before it." in console.notes
    assert console.shown[3].endswith(TEXTS[0])
    assert kept() == TEXTS[:1]


def test_it_ends_with_what_is_still_synthetic() -> None:
    """The next ones, and how many more."""
    console = Typist("q")
    held(console, TEXTS)
    assert kept() == []
    left = TEXTS
    assert console.shown[-MAX_LISTED - 1 : -1] == [f"  {text}" for text in left[:MAX_LISTED]]
    assert f"and {len(left) - MAX_LISTED} more" in console.shown[-1]
    for text in TEXTS:
        store(tone("a"), text, "en")
    console = Typist("")
    script, _ = held(console, [])
    assert script.synthetic == ()
    assert console.shown[-1] == "No sentence of this exercise is synthetic any more."


def test_nobody_who_types_begins_nothing() -> None:
    """At the end of the input, as without a terminal."""
    held(Typist(), [])
    assert kept() == []


def test_a_folder_that_cant_be_written_is_told() -> None:
    own_folder().parent.mkdir(parents=True)
    own_folder().touch()
    with pytest.raises(DataError, match="can't be written"):
        store(tone("a"), "A", "en")


class SpokenStudio:
    """A person with this computer's voice, in front of the real detector."""

    def __init__(self, clips: Iterable[Clip]) -> None:
        self._clips = iter(clips)

    def record(self) -> Recorded:
        capture = Capture(silence(0), EnergyGate(SileroDetector()))
        mic = [silence(RATE), next(self._clips), silence(MAX_PAUSE)]
        run_file(capture.advance, lambda: capture.done, mic, limit=MAX_TAKE)
        return Recorded(capture.take)

    def play(self, clip: Clip) -> None:
        assert clip.size


def test_with_the_real_engines_a_wrong_sentence_is_done_again() -> None:
    """The first sentence is read right at the second try; Enter is all that is typed."""
    wrong, right = "Which side hurts, left or right?", TEXTS[1]
    assert wrong in TEXTS[:5]
    store(tone("a"), TEXTS[0], "en")
    console = Typist("", "", "")
    record(EXERCISE, SpokenStudio(spoken([wrong, right, wrong])), RecognizerChecker(), console)
    assert f'The recogniser heard something else: "{wrong}"' in console.notes
    assert "The recogniser heard it." in console.notes
    assert kept() == TEXTS[:2]
