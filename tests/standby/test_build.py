"""Standby as it is opened: from the user's own settings, history and memory, with the real voice."""

import platform
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from tests.standby.test_runner import ExactHearing
from voice_coach.app.run_standby import open_standby
from voice_coach.audio.pcm import silence
from voice_coach.config.settings import Settings
from voice_coach.errors import DataError
from voice_coach.files.profiles import FIRST
from voice_coach.hear.asr.vosk import EMBEDDED, has_word, load_model
from voice_coach.hear.grammar.grammar import vocabulary_gaps
from voice_coach.hear.grammar.match import understand
from voice_coach.standby import persistence, settings
from voice_coach.standby.build import grammar_of, trim_heap
from voice_coach.standby.events import Action, Event
from voice_coach.standby.questions import ANSWERS, WAITING
from voice_coach.standby.runner import Watcher
from voice_coach.timebase import RATE, Samples

MIB = 2**20


def opened(at: datetime, watch: Watcher) -> float:
    """Open it at this time, let half a second pass, and return how loud it was."""
    standby = open_standby(Settings(), ExactHearing(), lambda: at, watch)
    return float(max(abs(int(sample)) for sample in standby.advance(silence(RATE // 2))))


def test_it_reminds_by_the_users_times_and_not_again_after_a_restart() -> None:
    settings.file().parent.mkdir(parents=True)
    settings.file().write_text('times = ["11:00"]\n', encoding="utf-8")
    did: list[Event | Action] = []

    def watch(_at: Samples, what: Event | Action) -> None:
        did.append(what)

    at = datetime(2030, 5, 6, 11, 1, tzinfo=UTC)
    assert opened(at, watch) > 0
    assert persistence.recall(FIRST.memory).day == at.date()
    assert opened(at.replace(minute=5), watch) == 0


def test_a_language_without_a_grammar_is_told() -> None:
    with pytest.raises(DataError, match="there is no grammar of standby for the language 'xx'"):
        grammar_of("xx")


def test_the_grammar_has_no_mistakes_and_no_gap_in_the_embedded_model() -> None:
    grammar = grammar_of("en")
    assert grammar.warnings == ()
    assert not grammar.red
    assert {phrase.intent for phrase in grammar.phrases} == WAITING | ANSWERS | {"no", "emergency"}
    model = load_model(EMBEDDED)
    assert vocabulary_gaps(grammar, lambda word: has_word(model, word)).words == ()


def taken_for(text: str, intents: frozenset[str] = WAITING) -> str | None:
    """Return what standby acts on, when this is said while these intents are expected."""
    meaning = understand(grammar_of("en"), text, intents)
    return None if meaning.ask else meaning.intent


@pytest.mark.parametrize(
    "text", ["start my session", "could you begin my session please", "I'd like to start my exercises now"]
)
def test_it_wakes_in_ones_own_words(text: str) -> None:
    assert taken_for(text) == "wake"


@pytest.mark.parametrize(
    "text",
    [
        "are you going to start my session or not",
        "don't start my session",
        "he wants to start my session of the game",
        "call an ambulance",
        "I've got chest pain",
        "it's worse",
        "stop",
    ],
)
def test_talk_and_a_television_do_not_wake_it_and_asleep_it_hears_its_own_words_alone(text: str) -> None:
    assert taken_for(text) is None


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("yes, I've got time now", "yes"),
        ("okay, start it now", "start"),
        ("no, I changed my mind", "no"),
        ("ask me again in half an hour", "later"),
        ("I said yes to your mother", None),
        ("no idea where the remote is", None),
    ],
)
def test_an_answer_to_a_reminder_is_all_that_is_said(text: str, intent: str | None) -> None:
    assert taken_for(text, ANSWERS) == intent


def held() -> int:
    """Return the bytes that this process has of its own."""
    words = Path("/proc/self/smaps_rollup").read_text(encoding="utf-8").split()
    return int(words[words.index("Anonymous:") + 1]) * 1024


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries can't be asked")
def test_what_lies_free_between_what_is_used_is_given_back() -> None:
    pairs = [(np.ones(32_000, np.int16), np.ones(1_000, np.int16)) for _ in range(1000)]
    used = [packed for _, packed in pairs]
    pairs.clear()
    before = held()
    trim_heap()
    assert before - held() > 20 * MIB
    assert all(packed.all() for packed in used)


def test_it_may_be_asked_at_any_time() -> None:
    trim_heap()
    trim_heap()
