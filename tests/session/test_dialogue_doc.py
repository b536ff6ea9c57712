"""docs/dialogue.md is what the code does."""

import pytest

from scripts.dialogue_doc import PAGE, document
from voice_coach.session.question_table import QUESTIONS


@pytest.mark.enumerated
def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == document(), "write it with `make dialogue-doc`"


def test_every_question_says_what_no_answer_leads_to() -> None:
    assert [question.name for question in QUESTIONS if not question.unanswered.__doc__] == []


def test_names_are_there_once() -> None:
    names = [question.name for question in QUESTIONS]
    assert len(set(names)) == len(names)
