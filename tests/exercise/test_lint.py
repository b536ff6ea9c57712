"""The words that the coach must not say (clinical.md 5c)."""

import pytest

from voice_coach.exercise.lint import lint_length, lint_text


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("Bend your top knee.", "upper"),
        ("That was step three.", "part"),
        ("None or ten?", "zero"),
        ("Two left.", "to go"),
        ("You have {number} left.", "to go"),
        ("How many left?", "to go"),
        ("That's right.", "correct"),
        ("All right, lie down.", "correct"),
        ("Do it right now.", "at once"),
        ("Right, lie down.", "leave it out"),
        ("Okay.", "leave it out"),
        ("Lie down. Now, bend your knee.", "leave it out"),
        ("So how is it?", "leave it out"),
        ("And how is it, now?", "leave it out"),
        ("It moves down your leg.", "safety"),
    ],
)
def test_a_reserved_word_is_found_and_the_remedy_told(text: str, remedy: str) -> None:
    (message,) = lint_text(text)
    assert remedy in message


@pytest.mark.parametrize(
    "text",
    [
        "Lie on your right side.",
        "Left or right?",
        "Pain on the right. Yes or no?",
        "Two to go.",
        "Shall we try lying on your side now?",
        "Say stop at any time.",
        "Stop. Let go of your knee, and rest.",
        "Keep your {upper} leg bent, so that it stays hooked.",
        "Your left knee is bent, the right one is straight.",
    ],
)
def test_sides_and_harmless_words_pass(text: str) -> None:
    assert lint_text(text) == []


def test_the_safety_sentence_may_speak_of_the_leg() -> None:
    assert lint_text("If it gets worse or moves down your leg, we stop.", safety=True) == []


def test_the_words_of_other_languages_are_not_judged() -> None:
    assert lint_text("Top!", language="de") == []


def test_a_sentence_of_more_than_twelve_words_is_too_long() -> None:
    twelve = "One two three four five six seven eight nine ten eleven twelve."
    assert lint_length(f"{twelve} {twelve}") == []
    (message,) = lint_length(f"Short. And {twelve.lower()}")
    assert "13 words" in message
