"""The scripted person: when it speaks, what the microphone hears of it, and what it keeps to itself."""

from itertools import pairwise

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice_coach.actions import Hush, Line, Listen, Play, Say
from voice_coach.audio.pcm import Clip, speech_rms
from voice_coach.errors import SpeechError
from voice_coach.events import Intent, Played
from voice_coach.exercise.model import Side
from voice_coach.rehearsal.person import INSIST_AFTER, MAX_TRIES, Person, Utterance
from voice_coach.rehearsal.persona import Answer, Expectation, Interjection, Persona
from voice_coach.speak.tts.pyttsx3 import Pyttsx3Synthesizer
from voice_coach.speak.voice_spec import VoiceSpec
from voice_coach.testing import ToneSynthesizer
from voice_coach.timebase import RATE, Samples, samples

PERSONA = Persona(
    persona="tester",
    about="For tests.",
    noise=-96.0,
    reverberation=0.0,
    answers=(
        Answer(to="side", say=("{side} side",)),
        Answer(to="check", say=("", "same", "better than the {other} one"), delay=2.0),
    ),
    interjections=(Interjection(repetition=2, call="hold", say="stop", delay=0.25),),
    expect=Expectation(outcome="completed", repetitions=10),
)


def person(side: Side = "left", **changes: object) -> Person:
    return Person(msgspec.structs.replace(PERSONA, **changes), ToneSynthesizer(), side)


def asks(who: Person, question: str, at: Samples, token: int = 1) -> None:
    """Let the coach ask, and end its question at this sample."""
    who.watch(0, Say((Line("x.y", "?"),), token))
    who.watch(0, Listen(question, frozenset()))
    who.watch(at, Played(at, token))


def counts(who: Person, number: int, at: Samples) -> None:
    """Let the coach give the player a repetition's calls."""
    who.watch(at, Play(Line(f"flexion_rotation.number.{number}", f"Number {number}."), at))
    who.watch(at, Play(Line("flexion_rotation.hold", "Hold,"), at + RATE))


def test_an_answer_comes_some_time_after_the_question() -> None:
    who = person()
    asks(who, "side", RATE)
    (said,) = who.said
    assert (said.start, said.text) == (RATE + samples(0.8), "left side")
    assert said.end > said.start


def test_the_side_and_the_other_side_are_filled_in() -> None:
    who = person("right")
    asks(who, "side", 0)
    for turn in range(3):
        asks(who, "check", turn * 10 * RATE, token=2 + turn)
    assert [said.text for said in who.said] == ["right side", "same", "better than the left one"]


def test_answers_come_in_turn_an_empty_one_is_silence_and_the_last_again_and_again() -> None:
    who = person()
    for turn in range(5):
        asks(who, "check", turn * 10 * RATE, token=turn + 1)
    assert [said.text for said in who.said] == ["same", *["better than the right one"] * 3]


def test_it_waits_for_the_end_of_the_last_thing_that_is_said() -> None:
    who = person()
    who.watch(0, Listen("side", frozenset()))
    who.watch(0, Say((Line("x.y", "?"),), 7))
    who.watch(100, Played(100, 6))
    assert who.said == []
    who.watch(200, Played(200, 7))
    assert [said.start for said in who.said] == [200 + samples(0.8)]


def test_what_is_not_in_its_script_is_not_answered() -> None:
    who = person()
    asks(who, "pain_before", 0)
    assert who.said == []


def test_it_interjects_once_at_its_call_of_its_repetition() -> None:
    who = person()
    for number in (1, 2, 2, 3):
        counts(who, number, number * 10 * RATE)
    assert [(said.start, said.text) for said in who.said] == [(21 * RATE + samples(0.25), "stop")]


def test_what_it_has_not_begun_is_kept_back_when_the_coach_goes_on() -> None:
    who = person()
    asks(who, "side", 0)
    who.watch(samples(0.5), Hush())
    assert who.said == []
    assert not np.abs(who.microphone(0, 3 * RATE)).max() > 10


def test_a_word_that_it_has_begun_is_finished() -> None:
    who = person()
    asks(who, "side", 0)
    (said,) = who.said
    heard = [who.microphone(0, said.start + 1000)]
    who.watch(said.start + 1000, Hush())
    heard.append(who.microphone(said.start + 1000, RATE))
    assert who.said == [said]
    assert np.array_equal(np.concatenate(heard)[said.start : said.end], spoken(said)[said.start : said.end])


def spoken(said: Utterance) -> Clip:
    who = person()
    asks(who, "side", 0)
    return who.microphone(0, said.end + 1)


def test_it_speaks_at_its_level_into_its_room() -> None:
    levels = []
    for level in (-30.0, -18.0):
        who = person(level=level)
        asks(who, "side", 0)
        (said,) = who.said
        levels.append(20 * np.log10(speech_rms(who.microphone(0, said.end)[said.start :])))
    assert levels[1] - levels[0] == pytest.approx(12, abs=0.5)
    dry, wet = person(), person(reverberation=0.5)
    for who in (dry, wet):
        asks(who, "side", 0)
    assert wet.said[0].end - dry.said[0].end == samples(0.5) - 1


@pytest.mark.parametrize("noise", [-70.0, -50.0])
def test_the_room_has_its_noise(noise: float) -> None:
    heard = person(noise=noise).microphone(0, RATE) / 32768
    assert 10 * np.log10(np.mean(heard**2)) == pytest.approx(noise, abs=1.5)


@settings(max_examples=15)
@given(st.lists(st.integers(1, 4096), min_size=1, max_size=20))
def test_what_the_microphone_hears_does_not_depend_on_the_blocks(sizes: list[Samples]) -> None:
    whole, parts = person(noise=-50.0, reverberation=0.2), person(noise=-50.0, reverberation=0.2)
    for who in (whole, parts):
        asks(who, "side", 0)
    at, heard = 0, []
    for size in sizes:
        heard.append(parts.microphone(at, size))
        at += size
    assert np.array_equal(np.concatenate(heard), whole.microphone(0, at))


def test_another_seed_is_another_noise_and_the_same_seed_the_same() -> None:
    one, again, other = (person(seed=seed, noise=-50.0).microphone(0, 1000) for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_all_it_can_say_is_rendered_beforehand() -> None:
    synthesizer = ToneSynthesizer()
    Person(PERSONA, synthesizer, "left").prepare()
    asked = {text for text, _ in synthesizer.requested}
    assert asked == {"left side", "same", "better than the right one", "stop"}


def test_a_text_that_its_voice_cannot_say_is_a_sentence() -> None:
    who = Person(PERSONA, ToneSynthesizer(broken=["stop"]), "left")
    with pytest.raises(SpeechError, match=r'The voice of tester \(en-gb\) can\'t say "stop": change one of them\.'):
        who.prepare()


def test_a_real_voice_says_it() -> None:
    synthesizer = Pyttsx3Synthesizer(VoiceSpec("en-gb", 193))
    try:
        who = Person(PERSONA, synthesizer, "left")
        who.prepare()
        asks(who, "side", 0)
    finally:
        synthesizer.close()
    (said,) = who.said
    assert 0.4 * RATE < said.end - said.start < 1.5 * RATE


OWN_WORDS = Answer(
    to="check", say=("same", "better"), natural=(("about the same", "no change"), ("a bit better",)), means=("same",)
)


def in_own_words(seed: int = 1) -> Person:
    return person(
        seed=seed,
        answers=(OWN_WORDS, Answer(to="go_on", say=("yes",), natural=(("let's go on",),))),
    )


def played(who: Person, token: int, at: Samples) -> None:
    """Let the coach say something that asks nothing new."""
    who.watch(at, Say((Line("retry1.check.1", "?"),), token))
    who.watch(at + RATE, Played(at + RATE, token))


def test_own_words_come_first_and_plain_ones_when_the_coach_asks_the_same_again() -> None:
    who = in_own_words(seed=1)
    asks(who, "check", RATE)
    played(who, 2, 5 * RATE)
    played(who, 3, 10 * RATE)
    first, *again = who.said
    assert first.text in {"about the same", "no change"}
    assert [(said.text, said.tries) for said in again] == [("same", 1), ("same", 2)]
    assert {(said.to, said.means) for said in who.said} == {("check", "same")}


def test_the_seed_chooses_the_wording() -> None:
    heard = set()
    for seed in range(8):
        who = in_own_words(seed=seed)
        asks(who, "check", RATE)
        again = in_own_words(seed=seed)
        asks(again, "check", RATE)
        assert who.said[0].text == again.said[0].text
        heard.add(who.said[0].text)
    assert heard == {"about the same", "no change"}


def test_the_next_turn_comes_once_the_coach_has_gone_on() -> None:
    who = in_own_words()
    asks(who, "check", RATE)
    who.watch(3 * RATE, Listen("counting", frozenset()))
    asks(who, "check", 20 * RATE, token=2)
    assert [said.text for said in who.said[1:]] == ["a bit better"]


def test_a_detour_leaves_the_question_open() -> None:
    who = in_own_words()
    asks(who, "check", RATE)
    asks(who, "go_on", 5 * RATE, token=2)
    asks(who, "check", 10 * RATE, token=3)
    assert [said.text for said in who.said[1:]] == ["let's go on", "same"]


def test_what_the_coach_does_nothing_about_is_said_again_plainly_and_twice_at_most() -> None:
    who = in_own_words()
    asks(who, "check", RATE)
    for at in range(RATE, 40 * RATE, RATE // 2):
        who.microphone(at, RATE // 2)
    assert [said.text for said in who.said[1:]] == ["same", "same"]
    gaps = [later.start - said.end for said, later in pairwise(who.said)]
    assert all(INSIST_AFTER <= gap <= INSIST_AFTER + RATE // 2 for gap in gaps)


def test_what_was_understood_or_answered_is_not_said_again() -> None:
    understood, answered = in_own_words(), in_own_words()
    for who in (understood, answered):
        asks(who, "check", RATE)
    said = understood.said[0]
    understood.watch(said.end, Intent(said.end, "same", "same", start=said.start, end=said.end))
    answered.watch(said.end, Say((Line("say.sorry.1", "Sorry?"),), 9))
    for who in (understood, answered):
        for at in range(RATE, 20 * RATE, RATE):
            who.microphone(at, RATE)
        assert len(who.said) == 1


def test_an_interjection_that_was_kept_back_comes_when_the_repetition_is_done_again() -> None:
    who = person()
    counts(who, 2, RATE)
    who.watch(RATE, Hush())
    assert who.said == []
    counts(who, 2, 30 * RATE)
    assert [said.text for said in who.said] == ["stop"]


def test_after_a_sign_other_answers_hold() -> None:
    worse = Interjection(
        repetition=1, call="hold", say="it's worse", natural=("ow, worse",), means="worse",
        then=(Answer(to="check", say=("worse",)),),
    )  # fmt: skip
    who = person(interjections=(worse,))
    asks(who, "check", 0)
    counts(who, 1, 10 * RATE)
    asks(who, "check", 20 * RATE, token=2)
    assert [(said.to, said.text) for said in who.said] == [("counting", "ow, worse"), ("check", "worse")]


def test_a_step_that_was_answered_is_not_answered_so_again() -> None:
    answer = Answer(
        to="ready",
        say=("I can't reach", "ready"),
        natural=(("my arm won't go",), ("ready now",)),
        means=("cant_reach", "ready_next"),
    )
    who = person(answers=(answer,))
    asks(who, "ready", RATE)
    said = who.said[0]
    who.watch(said.end, Intent(said.end, "cant_reach", "", start=said.start, end=said.end))
    played(who, 2, 5 * RATE)
    assert [one.text for one in who.said] == ["my arm won't go", "ready now"]


def test_the_room_repeats_its_background() -> None:
    noise = np.random.default_rng(3).integers(-3000, 3000, 700).astype(np.int16)
    who = Person(PERSONA, ToneSynthesizer(), "left", noise)
    heard = np.concatenate((who.microphone(0, 500), who.microphone(500, 900)))
    assert np.abs(heard - np.tile(noise, 2)).max() <= 3


def test_nobody_gives_the_same_answer_in_vain_for_ever() -> None:
    who = in_own_words()
    asks(who, "check", RATE)
    for turn in range(2, 12):
        played(who, turn, turn * 10 * RATE)
    assert len(who.said) == MAX_TRIES
    who.watch(200 * RATE, Listen("counting", frozenset()))
    asks(who, "check", 220 * RATE, token=20)
    assert who.said[-1].text == "a bit better"
