"""Standby as it is opened: from the user's own settings, history and memory, with the real voice."""

from datetime import UTC, datetime

import pytest

from tests.standby.test_loop import TestEars
from voice_coach.audio.pcm import silence
from voice_coach.config.settings import Settings
from voice_coach.errors import DataError
from voice_coach.files.profiles import FIRST
from voice_coach.hear.asr.vosk import EMBEDDED, has_word, load_model
from voice_coach.hear.grammar.grammar import vocabulary_gaps
from voice_coach.session.listening import QUESTIONS
from voice_coach.standby import memory, settings
from voice_coach.standby.happenings import Action, Event
from voice_coach.standby.loop import Watcher
from voice_coach.standby.opening import grammar_of, open_standby
from voice_coach.timebase import RATE, Samples


def opened(at: datetime, watch: Watcher) -> float:
    """Open it at this time, let half a second pass, and return how loud it was."""
    standby = open_standby(Settings(), TestEars(), lambda: at, watch)
    return float(max(abs(int(sample)) for sample in standby.advance(silence(RATE // 2))))


def test_it_reminds_by_the_users_times_and_not_again_after_a_restart() -> None:
    settings.file().parent.mkdir(parents=True)
    settings.file().write_text('times = ["11:00"]\n', encoding="utf-8")
    did: list[Event | Action] = []

    def watch(_at: Samples, what: Event | Action) -> None:
        did.append(what)

    at = datetime(2030, 5, 6, 11, 1, tzinfo=UTC)
    assert opened(at, watch) > 0
    assert memory.recall(FIRST.memory).day == at.date()
    assert opened(at.replace(minute=5), watch) == 0


def test_a_language_without_a_grammar_is_told() -> None:
    with pytest.raises(DataError, match="there is no grammar of standby for the language 'xx'"):
        grammar_of("xx")


def test_the_grammar_has_no_mistakes_and_no_gap_in_the_embedded_model() -> None:
    grammar = grammar_of("en")
    assert grammar.warnings == ()
    assert not grammar.red
    assert {phrase.intent for phrase in grammar.phrases} == QUESTIONS | {"wake", "start", "yes", "no", "later", "skip"}
    model = load_model(EMBEDDED)
    assert vocabulary_gaps(grammar, lambda word: has_word(model, word)).words == ()
