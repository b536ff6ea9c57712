"""The heart of it: each count begins at the very sample that the exercise file names, at any block size and tempo.

Real voice, real dialogue; what is understood comes from a script, at exact samples. What is asserted is found in the
sound itself, not in the log.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice_coach.actions import DEFAULT_PACE, PACES, Action, Line, Play
from voice_coach.audio.pcm import Clip, onset, silence
from voice_coach.coach import Coach, MemoryJournal
from voice_coach.config.engines import session_grammar
from voice_coach.event_log import EventLog
from voice_coach.events import Event
from voice_coach.exercise.load import load_exercise
from voice_coach.files.resources import find
from voice_coach.speak.clip_library import ClipLibrary
from voice_coach.speak.tts.pyttsx3 import Pyttsx3Synthesizer
from voice_coach.speak.voice_spec import VoiceSpec
from voice_coach.testing import ScriptedHearing
from voice_coach.timebase import BLOCK, RATE, Samples, samples

FULL = find("exercises", "en/flexion_rotation.toml") or Path()
SHORT = Path(__file__).parent / "virtual_card" / "short.toml"
GRAMMAR = session_grammar("en")
ANSWERS = {
    "side": "left side",
    "side_sure": "yes",
    "pain_before": "six",
    "furthest_before": "back",
    "ready": "ready",
    "sound_check": "yes",
    "check": "better",
    "pain_after": "three",
    "furthest_after": "back",
}
QUIET = samples(0.05)
"""Before a count there is no sound for at least so long."""


@dataclass(frozen=True)
class Interjection:
    """Something said while this repetition is counted."""

    repetition: int
    call: str
    text: str
    delay: float = 0.5


@dataclass
class Heard:
    """A session as it sounded."""

    sound: Clip
    coach: Coach
    log: EventLog
    numbers: list[Samples] = field(default_factory=list)
    """Where each "Number ..." was to begin."""


@pytest.fixture(scope="module")
def voice(speech_cache: Path) -> Iterator[ClipLibrary]:
    """Return the coach's real voice."""
    library = ClipLibrary(Pyttsx3Synthesizer(VoiceSpec()), "en", speech_cache / "speech", blocking=True)
    yield library
    library.close()


def listen_to(
    voice: ClipLibrary,
    exercise: Path,
    sizes: Iterator[Samples],
    *interjections: Interjection,
    until: Samples = 0,
    pace: int = DEFAULT_PACE,
) -> Heard:
    """Hold a session in blocks of these sizes, to its end or for so many samples."""
    hearing, log, numbers = ScriptedHearing(GRAMMAR, ANSWERS), EventLog(), list[Samples]()

    def interject(_at: Samples, item: Event | Action) -> None:
        if not isinstance(item, Play) or not isinstance(item.sound, Line):
            return
        if ".number." in item.sound.cue:
            numbers.append(item.at)
        for one in interjections:
            if one.repetition == len(numbers) and item.sound.cue.endswith(f".{one.call}"):
                hearing.say(one.text, item.at + samples(one.delay), "counting")

    watch = (log, hearing.watch, interject)
    coach = Coach(
        load_exercise(exercise), voice=voice, hearing=hearing, journal=MemoryJournal(), pace=pace, watch=watch
    )
    blocks = []
    while not coach.done and not (until and coach.now >= until):
        size = next(sizes)
        blocks.append(coach.advance(silence(min(size, until - coach.now) if until else size)))
    return Heard(np.concatenate(blocks), coach, log, numbers)


def places(sound: Clip, clip: Clip) -> list[Samples]:
    """Return where a clip sounds, found by correlation alone: where all of it, and nothing else, is in the sound."""
    size = 1 << (len(sound) + len(clip)).bit_length()
    wide, narrow = (np.fft.rfft(one.astype(np.float64), size) for one in (sound, clip))
    product = np.fft.irfft(wide * np.conj(narrow), size)[: len(sound)]
    energy = float(np.sum(clip.astype(np.float64) ** 2))
    similar = np.flatnonzero(product > 0.98 * energy)
    groups = np.split(similar, np.flatnonzero(np.diff(similar) > QUIET) + 1) if similar.size else []
    return [int(group[np.argmax(product[group])]) for group in groups]


def planned(exercise: Path, starts: list[Samples], tempi: list[float]) -> dict[str, list[Samples]]:
    """Return where the calls of a hold belong, worked out from the exercise file alone."""
    phases = tomllib.loads(exercise.read_text(encoding="utf-8"))["repetition"]["phases"]
    found: dict[str, list[Samples]] = {}
    for start, tempo in zip(starts, tempi, strict=True):
        begins = start
        for phase in phases:
            for call in phase["calls"] if phase["name"] == "hold" else []:
                found.setdefault(call["say"], []).append(begins + round(call["at"] * RATE))
            begins += round(phase["seconds"] * (tempo if phase.get("scales", True) else 1.0) * RATE)
    return found


def clip_of(voice: ClipLibrary, text: str) -> Clip:
    clip = voice.clip(Line("flexion_rotation.x", text))
    assert clip is not None
    assert clip.size
    return clip


def assert_counts_are_exact(heard: Heard, voice: ClipLibrary, exercise: Path, tempi: list[float]) -> None:
    """Find each count in the sound by its own shape and by its onset, and hold it against the exercise file."""
    starts = [places(heard.sound, clip_of(voice, f"Number {word}."))[0] for word in WORDS[: len(tempi)]]
    assert starts == heard.numbers
    for text, expected in planned(exercise, starts, tempi).items():
        assert places(heard.sound, clip_of(voice, text)) == expected
        for at in expected:
            assert onset(heard.sound[at - QUIET : at + QUIET]) == QUIET
    ones, twos = planned(exercise, starts, tempi).values()
    assert [two - one for one, two in zip(ones, twos, strict=True)] == [RATE] * len(tempi)


WORDS = "one two three four five six seven eight nine ten".split()


@pytest.mark.lasts(20)
def test_every_count_of_a_whole_session_is_where_the_exercise_file_says(voice: ClipLibrary) -> None:
    heard = listen_to(voice, FULL, cycle([BLOCK]))
    assert heard.coach.outcome == "completed"
    assert_counts_are_exact(heard, voice, FULL, [1.0] * 10)


def test_slower_and_faster_change_everything_but_the_hold(voice: ClipLibrary) -> None:
    heard = listen_to(
        voice,
        FULL,
        cycle([BLOCK]),
        Interjection(2, "come_back", "slower"),
        Interjection(3, "count_one", "slower", 0.2),
        Interjection(5, "roll_back", "faster"),
        Interjection(6, "rest", "faster"),
        Interjection(7, "rest", "faster"),
        Interjection(8, "come_back", "faster"),
    )
    tempi = [row["record"]["tempo"] for row in heard.log.rows if "tempo" in row.get("record", {})]
    assert len(tempi) == 10
    assert [after > before for before, after in pairwise(tempi)][1:4] == [True, True, False]
    assert min(tempi) < 1.0 < max(tempi)
    assert_counts_are_exact(heard, voice, FULL, tempi)


@pytest.mark.parametrize(("pace", "wish"), [(PACES[0], "speak slower"), (PACES[1], "speak faster")])
def test_the_coach_s_pace_moves_no_count(voice: ClipLibrary, pace: int, wish: str) -> None:
    """Neither the one that the session begins with nor a change in the middle of a hold."""
    heard = listen_to(voice, SHORT, cycle([BLOCK]), Interjection(1, "count_one", wish, 0.2), pace=pace)
    assert heard.coach.outcome == "completed"
    assert abs(heard.coach.state.facts.speech.pace - pace) == 1
    assert_counts_are_exact(heard, voice, SHORT, [1.0] * len(heard.numbers))


def assert_same_sound(heard: Heard, reference: Heard) -> None:
    length = min(len(heard.sound), len(reference.sound))
    differing = np.flatnonzero(heard.sound[:length] != reference.sound[:length])
    assert differing.size == 0, f"from sample {differing[0]} on"
    assert not heard.sound[length:].any()
    assert heard.log.rows == reference.log.rows


INTERRUPTED = (
    Interjection(1, "come_back", "slower"),
    Interjection(2, "count_two", "louder", 0.1),
    Interjection(2, "come_back", "how many left", 0.313),
)


@pytest.fixture(scope="module")
def reference(voice: ClipLibrary) -> Heard:
    """Return a short session in blocks of 20 ms."""
    return listen_to(voice, SHORT, cycle([BLOCK]), *INTERRUPTED)


def test_the_short_session_is_counted_to_its_end(voice: ClipLibrary, reference: Heard) -> None:
    assert reference.coach.outcome == "completed"
    tempi = [row["record"]["tempo"] for row in reference.log.rows if "tempo" in row.get("record", {})]
    assert_counts_are_exact(reference, voice, SHORT, tempi)


@pytest.mark.parametrize("size", [97, 160, 321, 512, 1000, 1024, 2047, 4095, 4096])
def test_a_session_sounds_the_same_at_any_block_size(voice: ClipLibrary, reference: Heard, size: Samples) -> None:
    assert_same_sound(listen_to(voice, SHORT, cycle([size]), *INTERRUPTED), reference)


@settings(max_examples=6)
@given(sizes=st.lists(st.integers(1, 4096), min_size=1, max_size=6).filter(lambda sizes: sum(sizes) > 150 * len(sizes)))
def test_a_session_sounds_the_same_in_any_mix_of_blocks(
    voice: ClipLibrary, reference: Heard, sizes: list[Samples]
) -> None:
    assert_same_sound(listen_to(voice, SHORT, cycle(sizes), *INTERRUPTED), reference)


@pytest.mark.parametrize("word", ["stop", "it's worse", "ow", "pause"])
def test_a_stop_in_the_hold_silences_from_the_same_sample_on_at_any_block_size(voice: ClipLibrary, word: str) -> None:
    stop = Interjection(1, "count_one", word, 0.1003)
    reference = listen_to(voice, SHORT, cycle([BLOCK]), stop, until=samples(60))
    one, two = clip_of(voice, "one,"), clip_of(voice, "two.")
    assert places(reference.sound, two) == []
    (begins,) = planned(SHORT, reference.numbers, [1.0])["one,"]
    said = begins + samples(0.1003)
    assert np.array_equal(reference.sound[begins:said], one[: said - begins])
    for sizes in ([4096], [333, 1, 7], [160, 4001]):
        assert_same_sound(listen_to(voice, SHORT, cycle(sizes), stop, until=samples(60)), reference)


def test_a_hold_sounds_the_same_in_blocks_of_a_single_sample(voice: ClipLibrary, reference: Heard) -> None:
    """All of it would take minutes: the last word before the hold, the hold, and what follows."""
    first, last = (reference.numbers[0] + samples(seconds) for seconds in (2.6, 5.6))

    def sizes() -> Iterator[Samples]:
        for begin in range(0, first, BLOCK):
            yield min(BLOCK, first - begin)
        yield from cycle([1])

    heard = listen_to(voice, SHORT, sizes(), *INTERRUPTED, until=last)
    assert np.array_equal(heard.sound, reference.sound[:last])
