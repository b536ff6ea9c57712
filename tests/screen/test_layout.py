"""The screen as text in the situations in which somebody looks at it, and on terminals of every size.

`python -m tests.screen.test_layout` writes the screens anew; look at the difference before it is committed.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.screen.looking_on import LookedAt, tone
from tests.screen.sample import SAMPLE
from voice_coach.audio.live import Back, Lost
from voice_coach.screen.layout import TO_STOP, cells, plain, rows, wrapped
from voice_coach.screen.scene import Certainty, Heard, Scene
from voice_coach.session.states import Asking, Done, Performing
from voice_coach.testing import counting

SCREENS = Path(__file__).parent / "screens"


def question() -> Scene:
    return LookedAt().until(asked("pain_before")).waits(0.4).scene


def counted() -> Scene:
    session = LookedAt().until(counting(4))
    session.microphone = lambda length: tone(length, 300)
    return session.waits(5).scene


def doubtful() -> Scene:
    return LookedAt().until(counting(2)).waits(3).says("it could be worse").waits(1).scene


def not_understood() -> Scene:
    return LookedAt().until(counting(2)).waits(3).says("no, a little").waits(1).scene


def worse() -> Scene:
    return LookedAt().until(counting(3)).waits(3).says("it's going down my leg").waits(30).scene


def emergency() -> Scene:
    return LookedAt().until(counting(1)).waits(1).says("I have chest pain").waits(3).scene


def sound_lost() -> Scene:
    return LookedAt().until(counting(3)).waits(3).hears_of(Lost("the sound device has stopped")).scene


def ended() -> Scene:
    return LookedAt().until(lambda state: isinstance(state, Done)).scene


SITUATIONS: dict[str, Callable[[], Scene]] = {
    one.__name__: one for one in (question, counted, doubtful, not_understood, worse, emergency, sound_lost, ended)
}


def asked(name: str) -> Callable[[object], bool]:
    return lambda state: isinstance(state, Asking) and state.question.name == name and not state.token


def text(scene: Scene, width: int = 80, height: int = 24) -> str:
    return "".join(f"{plain(row)}\n" for row in rows(scene, width, height))


@pytest.mark.parametrize("name", SITUATIONS)
def test_what_the_screen_shows(name: str) -> None:
    assert text(SITUATIONS[name]()) == (SCREENS / f"{name}.txt").read_text(encoding="utf-8")


def test_what_was_mended_is_told_for_a_while() -> None:
    session = LookedAt().until(counting(3)).hears_of(Lost("the sound device has stopped")).hears_of(Back())
    assert "The sound is back." in text(session.scene)
    assert "The sound is back." in text(session.waits(10).scene)
    assert "The sound is back." not in text(session.waits(10).scene)


def test_every_state_of_a_session_has_its_words() -> None:
    session = LookedAt().until(lambda state: isinstance(state, Done))
    doing = {scene.moment.doing.rstrip("0123456789 of") for scene in session.gallery.scenes}
    assert {"Questions before the exercise", "Getting into position: step", "Repetition", "How it feels"} <= doing
    assert {"Questions after the exercise", "Saying goodbye"} <= doing


@given(width=st.integers(1, 220), height=st.integers(1, 70), ascii_only=st.booleans())
def test_on_every_size_it_is_as_large_as_the_terminal_and_no_larger(
    width: int, height: int, *, ascii_only: bool
) -> None:
    drawn = [plain(row) for row in rows(SAMPLE, width, height, ascii_only=ascii_only)]
    assert len(drawn) == height
    assert [row for row in drawn if cells(row) > width] == []
    if ascii_only:
        assert "".join(drawn).isascii()
    if width >= 40 and height >= 4:
        shown = "\n".join(drawn)
        assert all(one in shown for one in ("Repetition 4 of 10", "it's worse", "certain: worse", "one,", "Ctrl-C"))


def test_how_to_stop_is_on_the_last_row() -> None:
    assert plain(rows(SAMPLE, 80, 24)[-1]).strip() == TO_STOP
    assert "Ctrl-C" in plain(rows(SAMPLE, 40, 5)[-1])


def test_no_control_character_reaches_the_terminal() -> None:
    nasty = "\x1b[2Jworse\x07\r\n\u202e"
    scene = replace(
        SAMPLE, exercise=nasty, person=nasty, said=(nasty,), news=(nasty,),
        heard=(Heard(0, nasty, nasty, Certainty.DOUBTFUL),),
    )  # fmt: skip
    assert all(one.isprintable() for size in ((80, 24), (30, 4)) for row in rows(scene, *size) for one in plain(row))


def test_wide_letters_take_two_columns_and_long_words_are_parted() -> None:
    assert cells("漢字e\u0301") == 5
    assert wrapped("漢字漢字 abc", 4) == ["漢字", "漢字", "abc"]
    assert wrapped("a very longwordindeed", 6) == ["a very", "longwo", "rdinde", "ed"]
    assert wrapped("", 10) == []


def test_the_meaning_is_in_words_and_not_in_colour_alone() -> None:
    for certainty in Certainty:
        scene = replace(SAMPLE, heard=(Heard(0, "x", "" if certainty is Certainty.NOT_UNDERSTOOD else "y", certainty),))
        assert str(certainty) in text(scene)
    assert text(replace(SAMPLE, moment=replace(SAMPLE.moment, grave=True))).splitlines()[2].startswith("  ! ")


def test_a_repetition_is_one_even_while_its_state_is_new() -> None:
    session = LookedAt().until(lambda state: isinstance(state, Performing))
    assert session.scene.moment.doing == "Repetition 1 of 10"


if __name__ == "__main__":
    for situation, made in SITUATIONS.items():
        (SCREENS / f"{situation}.txt").write_text(text(made()), encoding="utf-8")
