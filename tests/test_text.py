"""A session without sound: who may type when, and what is written."""

from collections.abc import Iterable

from voice_coach.actions import Earcon, Line
from voice_coach.audio.pcm import Clip, silence
from voice_coach.coach import Coach, MemoryJournal
from voice_coach.config.engines import session_grammar
from voice_coach.exercise.load import load_exercise
from voice_coach.records import Answered, SessionRecord, Stopped
from voice_coach.text import SilentVoice, TypedHearing, run_text
from voice_coach.timebase import RATE, samples

GRAMMAR = session_grammar("en")
EXERCISE = load_exercise("flexion_rotation")
BEFORE = ["left side", "yes", "six", "back", "ready", "yes", *["ready"] * 6]
"""From hello to the first repetition."""


def conversation(typed: Iterable[str], voice: SilentVoice | None = None) -> tuple[str, Coach, list[SessionRecord]]:
    """Type these lines, one each time that it is one's turn; return both sides' words, the coach and the records."""
    hearing, journal, written = TypedHearing(GRAMMAR), MemoryJournal(), list[str]()
    coach = Coach(EXERCISE, voice=voice or SilentVoice(), hearing=hearing, journal=journal)
    lines = iter(typed)

    def read() -> str | None:
        line = next(lines, None)
        written.append(f"> {line}")
        return line

    run_text(coach, hearing, read, written.append)
    return "\n".join(written), coach, journal.records


def test_each_repetition_has_one_place_to_type_behind_its_first_count() -> None:
    text, coach, _ = conversation([*BEFORE, *[""] * 2])
    assert coach.outcome == "interrupted"
    assert "Number one.\nRoll back.\nHold,\none,\n> \ntwo.\nAnd come back.\nRest.\nBetter, same, or worse?\n> " in text


def test_an_empty_line_is_silence_until_the_deadline() -> None:
    text, coach, records = conversation(["", "", "", ""])
    assert coach.outcome == "no_answer"
    assert text.startswith("Hello.")
    assert "> \nLeft or right?\n> \nSay left side, or right side.\n> \nIs it the left side?" in text
    assert [record.value for record in records if isinstance(record, Answered)] == [None]


def test_blanks_around_what_is_typed_and_its_case_do_not_matter() -> None:
    _, _, records = conversation(["  LEFT side ", "Yes", "six"])
    assert [record.value for record in records if isinstance(record, Answered)] == ["left", "left", 6]


def test_what_makes_no_sense_is_asked_again() -> None:
    text, coach, _ = conversation(["bananas", "left side"])
    assert "> bananas\nSorry?\nLeft or right?\n> left side\nPain on the left." in text
    assert coach.state.facts.speech.nomatch == 1


def test_red_words_stop_the_count_at_once() -> None:
    text, coach, records = conversation([*BEFORE, "it's worse", "foot"])
    assert "one,\n> it's worse\nStop.\nLet go of your knee." in text
    assert "two." not in text.splitlines()
    assert coach.outcome == "stopped"
    assert [(stop.intent, stop.red) for stop in records if isinstance(stop, Stopped)] == [("worse", True)]


def test_a_pause_waits_for_resume_and_reminds_each_minute() -> None:
    text, coach, _ = conversation([*BEFORE, "pause", "", "resume", "ready"])
    assert "> pause\nPaused." in text
    assert "> \nStill resting." in text
    assert "> resume\nHere we go." in text
    assert coach.now > 60 * RATE


def test_finish_can_be_taken_back_until_the_session_is_over() -> None:
    text, coach, _ = conversation([*BEFORE[:4], "finish", "resume"])
    assert "> finish\nWe'll leave it there." in text
    assert "> resume\nHere we go.\n" in text
    assert coach.outcome == "interrupted"
    text, coach, _ = conversation([*BEFORE[:4], "finish", ""])
    assert text.endswith("Goodbye.\n> ")
    assert coach.outcome == "finished_early"


def test_the_end_of_the_input_ends_the_session() -> None:
    text, coach, _ = conversation([])
    assert coach.outcome == "interrupted"
    assert text.endswith("Which side hurts, left or right?\n> None")


class HoarseVoice(SilentVoice):
    """Can't say one of the lines."""

    def clip(self, line: Line) -> Clip:
        return silence(0) if line.text == "Left or right?" else super().clip(line)


def test_a_line_that_has_no_sound_is_written_all_the_same() -> None:
    text, _, _ = conversation([""], HoarseVoice())
    assert "> \n(no sound for this) Left or right?" in text


def test_the_silent_voice_takes_as_long_as_speech() -> None:
    voice = SilentVoice()
    line = Line("x", "We'll do one exercise, ten times, on your left side.")
    voice.prepare([line])
    assert samples(3) < len(voice.clip(line)) < samples(5)
    assert not voice.clip(line).any()
    assert len(voice.clip(Line("x", "..."))) > 0
    assert 0 < len(voice.earcon(Earcon.STOPPED)) < samples(0.5)
    voice.close()


def test_typed_ears_follow_what_is_listened_for() -> None:
    hearing = TypedHearing(GRAMMAR)
    hearing.listen("side", frozenset({"side_left"}))
    hearing.type("left")
    hearing.type("seven")
    assert [type(event).__name__ for event in hearing.process(silence(320), silence(320), 640)] == [
        "Intent",
        "NotRecognized",
    ]
    assert hearing.process(silence(320), silence(320), 960) == []
    hearing.close()
