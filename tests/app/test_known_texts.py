"""All texts that the coach can say are known beforehand: those of the data files, and of all places of a session."""

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from tests.session.arrivals import EXERCISE
from tests.session.explore import explore
from voice_coach.actions import Action, Line, Play, Say
from voice_coach.app.known_texts import known_texts
from voice_coach.clinical.past import NO_PAST
from voice_coach.exercise.emergency import VARIABLE, known_numbers
from voice_coach.exercise.prompts import load_prompts
from voice_coach.speak.voice_pack import PackClip, put_together, words_of

ROOT = Path(__file__).parents[2]
KNOWN = known_texts()
WHOLE = frozenset(KNOWN.sentences)
PARTS = {words_of(text): PackClip(text, "", "", 1, 0.0, 0.0) for text in KNOWN.every}
LONGEST = max(map(len, PARTS))

OWN_EXERCISES = r"\{(set|rest|times)\}"
"""Said only of exercises with sets, or of more than three times a day; none of ours is."""

PROMPT_FILES = ("en.toml", "standby/en.toml", "setup/en.toml", "who/en.toml")
MAX_TEXTS = 1300
"""One person can record so many in a few hours."""
LONGEST_TEXT = 130
"""Characters: what is said in one breath or two; a user hears it lying down."""


def known(text: str) -> bool:
    """Tell whether a pack of all known texts says this one."""
    return text in WHOLE or any(put_together(text, PARTS, LONGEST))


def test_texts_are_finite_and_fit_to_be_said() -> None:
    """Their number and length are printed: they are what a voice pack costs."""
    every = KNOWN.every
    words = sum(len(text.split()) for text in every)
    print(f"{len(KNOWN.sentences)} sentences, {len(KNOWN.parts)} parts; {len(every)} texts of {words} words")  # noqa: T201 -- wanted
    assert len(every) <= MAX_TEXTS
    assert len(every) == len(set(every))
    assert [text for text in every if not re.fullmatch(r"[A-Za-z0-9 ,.:;?!'’-]+", text)] == []
    assert [text for text in every if len(text) > LONGEST_TEXT] == []
    assert [text for text in every if text != text.strip() or "  " in text] == []


def prompts_of(name: str) -> list[list[str]]:
    """Return the texts of a file of prompts, a list for each prompt; names are only said within others."""
    tables = tomllib.loads((ROOT / "voice_coach/prompts" / name).read_text(encoding="utf-8"))
    return [texts for table, keys in tables.items() if table != "names" for texts in keys.values()]


@pytest.mark.parametrize("name", PROMPT_FILES)
def test_each_prompt_is_known(name: str) -> None:
    """Whatever its fields are filled with, which must be words; a profile's name is not known."""
    prompts = [texts for texts in prompts_of(name) if not re.search(OWN_EXERCISES, " ".join(texts))]
    assert len(prompts) > 5
    lost = [text for texts in prompts for text in texts if not any(map(matching(text).fullmatch, KNOWN.sentences))]
    assert lost == []


def matching(text: str) -> re.Pattern[str]:
    """Return what a text is like with its fields filled in."""
    parts = re.split(r"\{\w+\}", text)
    return re.compile("[a-zA-Z -]+".join(map(re.escape, parts)), re.IGNORECASE)


@pytest.mark.parametrize("path", sorted((ROOT / "exercises/en").glob("*.toml")), ids=lambda path: path.stem)
def test_each_text_of_an_exercise_is_known(path: Path) -> None:
    """A text of several sentences is several texts."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    said = [text for key in ("intro", "cautions", "rest") for text in table.get(key, [])]
    for step in table["steps"]:
        said += step["say"]
        said += re.split(r"(?<=[.?!]) ", step["help"])
    assert said
    assert [text for text in said if not any(matching(text).fullmatch(one) for one in WHOLE)] == []


@pytest.mark.slow
def test_whatever_a_session_can_say_is_known() -> None:
    """Found by letting everything happen in each place that a session of one repetition can come to."""
    once = msgspec.structs.replace(
        EXERCISE,
        steps=EXERCISE.steps[:2],
        repetition=msgspec.structs.replace(EXERCISE.repetition, count=1, checks_after=(1,), remarks={}),
    )
    texts: set[str] = set()

    def note(way: tuple[object, object, object, list[Action]]) -> bool:
        for action in way[3]:
            if isinstance(action, Say):
                texts.update(line.text for line in action.lines)
            elif isinstance(action, Play) and isinstance(action.sound, Line):
                texts.add(action.sound.text)
        return False

    explore(NO_PAST, exercise=once, keep=note)
    assert len(texts) > 100
    assert sorted(text for text in texts if not known(text)) == []


def test_each_emergency_number_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """A number of another country is said digit by digit; the list is the same on every machine."""
    for number in known_numbers():
        assert f"Call {number} now, or get someone to call." in WHOLE
    assert known("Call one four four now, or get someone to call.")
    assert known("Call zero six one two eight nine now, or get someone to call.")
    monkeypatch.setenv(VARIABLE, "144")
    load_prompts.cache_clear()
    assert known_texts() == KNOWN
    monkeypatch.delenv(VARIABLE)
    load_prompts.cache_clear()


def test_the_summary_is_known() -> None:
    said = (
        "That's ten done.",
        "The pain was nine before we started.",
        "It's two and a half now.",
        "The pain stayed at zero.",
    )
    assert [text for text in said if text not in WHOLE] == []
    assert not known("The pain stayed at Tom.")


def test_a_text_has_one_field_at_most(subtests: pytest.Subtests) -> None:
    """Each way of filling it is a recording."""
    for name in PROMPT_FILES:
        for texts in prompts_of(name):
            for text in texts:
                with subtests.test(file=name, text=text):
                    assert len(re.findall(r"{\w+}", text)) <= 1
