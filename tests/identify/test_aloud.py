"""Asked aloud: blocks in, blocks out, with the real listener and the coach's real voice; and what is understood."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.identify.answering import answered
from tests.standby.test_runner import speech
from voice_coach.actions import Earcon, Line, Say
from voice_coach.audio.pcm import silence
from voice_coach.errors import DataError
from voice_coach.events import Event, Intent
from voice_coach.files.profiles import FIRST, Profile
from voice_coach.hear.grammar.grammar import Grammar
from voice_coach.hear.grammar.load import load_grammar
from voice_coach.hear.listener import build_listener
from voice_coach.identify.build import Asked, grammar_file, names_of, prompts_of
from voice_coach.identify.machine import Action, all_lines
from voice_coach.speak.clip_library import ClipLibrary
from voice_coach.speak.preloaded_voice import PreloadedVoice
from voice_coach.speak.tts.pyttsx3 import Pyttsx3Synthesizer
from voice_coach.speak.voice_spec import VoiceSpec
from voice_coach.text import SilentVoice, TypedHearing
from voice_coach.timebase import BLOCK, RATE

PROMPTS = prompts_of("en")
PEOPLE = (FIRST, Profile("Ben"), Profile("Mary Ann"))


def grammar(*people: Profile) -> Grammar:
    with grammar_file(people, "en") as file:
        found = load_grammar(file)
    assert not file.exists()
    return found


def meant(text: str, *people: Profile) -> set[str]:
    """Return what a typed answer is taken for."""
    hearing = TypedHearing(grammar(*people))
    hearing.listen("who", grammar(*people).intents)
    hearing.type(text)
    return {name for event in hearing.process(silence(1), silence(0), 0) if isinstance(event, Intent) and not event.ask
            for name in (event.name, *event.also)}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("two", "person_2"), ("2", "person_2"), ("number two", "person_2"), ("it's two", "person_2"),
        ("Ben", "person_2"), ("I'm Ben", "person_2"), ("mary ann", "person_3"), ("this is Mary Ann", "person_3"),
        ("one", "person_1"), ("yes", "yes"), ("yep", "yes"), ("no", "no"), ("nope", "no"), ("not me", "no"),
        ("I'm not", "no"), ("stop", "stop"), ("please stop now", "stop"), ("that's two for me, I think", "person_2"),
        ("good morning, Ben here", "person_2"), ("wrong one, sorry", "no"),
    ],
)  # fmt: skip
def test_numbers_always_and_names_are_taken(text: str, intent: str) -> None:
    assert meant(text, *PEOPLE) == {intent}


@pytest.mark.parametrize(
    "text",
    ["four", "nine", "not Ben", "Anna", "the first user", "two sugars for me", "one moment please", "Ben or Mary Ann"],
)
def test_who_is_not_there_or_not_meant_is_not_taken(text: str) -> None:
    assert meant(text, *PEOPLE) == set()


def test_a_name_that_is_another_word_is_taken_for_that_word() -> None:
    people = (Profile("Stop"), Profile("One"), Profile("Yes"), Profile("Anne-Marie"), Profile("Anne Marie"))
    assert [meant(text, *people) for text in ("stop", "one", "yes", "two")] == [
        {"stop"},
        {"person_1"},
        {"yes"},
        {"person_2"},
    ]
    assert meant("anne marie", *people) == {"person_4"}


def test_who_was_here_first_has_no_name_but_is_called_somehow() -> None:
    assert names_of(PEOPLE, PROMPTS) == ("the first user", "Ben", "Mary Ann")


def test_a_language_that_is_not_there_is_told() -> None:
    with pytest.raises(DataError, match="no grammar for the language 'xx'"), grammar_file(PEOPLE, "xx"):
        pass
    with pytest.raises(DataError, match="no prompts for this language"):
        prompts_of("xx")


# Blocks


def said(what: Event | Action) -> tuple[Line, ...]:
    return what.lines if isinstance(what, Say) else ()


@pytest.fixture(scope="module")
def speaker() -> Iterator[Pyttsx3Synthesizer]:
    """Return a person."""
    engine = Pyttsx3Synthesizer(VoiceSpec("en-gb", 193))
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> PreloadedVoice:
    """Return the coach's real voice, with all that it has to say."""
    library = ClipLibrary(Pyttsx3Synthesizer(VoiceSpec()), "en", tmp_path_factory.mktemp("speech"), blocking=True)
    return PreloadedVoice.taken_from(library, all_lines(names_of(PEOPLE, PROMPTS), PROMPTS))


@pytest.mark.parametrize(
    ("answers", "named", "last"),
    [
        (["two", "yes"], 1, "Thank you."),
        (["number three", "yes"], 2, "Thank you."),
        (["I'm Ben", "no", "one", "yes"], 0, "Thank you."),
        (["stop"], None, "Say three."),
        (["it is raining today", "the cat is out", "who wants to know"], None, "Let's try again another time."),
    ],
)
def test_a_real_voice_says_who_it_is_to_a_real_listener(
    speaker: Pyttsx3Synthesizer, voice: PreloadedVoice, answers: list[str], named: int | None, last: str
) -> None:
    names = names_of(PEOPLE, PROMPTS)
    hearing = build_listener(grammar(*PEOPLE), open_speaker=True, profile=None)
    lines: list[Line] = []
    asked = Asked(names, PROMPTS, voice, hearing, volume=4, watch=[lambda _, what: lines.extend(said(what))])
    sound = answered(asked, [speech(speaker, answer) for answer in answers])
    hearing.close()
    assert (asked.named, lines[-1].text) == (named, last)
    assert sound.any()


def test_until_somebody_has_said_who_they_are_it_is_nobody() -> None:
    asked = Asked(names_of(PEOPLE, PROMPTS), PROMPTS, SilentVoice(), TypedHearing(grammar(*PEOPLE)), volume=4)
    assert asked.named is None
    asked.interrupt()
    asked.advance(silence(RATE))
    assert asked.done
    assert asked.named is None


def test_sound_that_is_back_is_a_question_that_is_asked_again() -> None:
    lines: list[Line] = []
    hearing = TypedHearing(grammar(*PEOPLE))
    asked = Asked(
        ("A", "B"), PROMPTS, SilentVoice(), hearing, volume=4, watch=[lambda _, what: lines.extend(said(what))]
    )
    before = list(lines)
    asked.audio_lost("unplugged")
    asked.audio_back()
    asked.sound_torn()
    asked.sound_reopened()
    asked.advance(silence(BLOCK))
    assert lines == before * 2


# Without earcons


def test_earcons_can_be_turned_off_but_for_the_one_that_stands_for_words(tmp_path: Path) -> None:
    library = ClipLibrary(Pyttsx3Synthesizer(VoiceSpec()), "en", tmp_path, blocking=True, earcons=False)
    heard = {earcon for earcon in Earcon if library.earcon(earcon).any()}
    spoken = library.clip(Line("say.x", "Stopped."))
    library.close()
    assert heard == {Earcon.PROBLEM}
    assert spoken is not None
    assert spoken.any()
