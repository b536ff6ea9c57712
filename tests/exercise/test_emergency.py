"""The number to call is that of the country, or none is named."""

import pytest

from voice_coach.exercise.emergency import UNKNOWN, VARIABLE, emergency_number
from voice_coach.exercise.prompts import load_prompts


@pytest.mark.parametrize(
    ("environment", "spoken"),
    [
        ({"LANG": "en_GB.UTF-8"}, "nine nine nine"),
        ({"LANG": "en_US.UTF-8"}, "nine one one"),
        ({"LANG": "de_DE@euro"}, "one one two"),
        ({"LANG": "en_AU"}, "zero zero zero"),
        ({"LANG": "en_GB", "LC_ALL": "en_US"}, "nine one one"),
        ({"LC_ALL": "", "LC_MESSAGES": "en_NZ", "LANG": "en_US"}, "one one one"),
        ({"LANG": "C.UTF-8"}, UNKNOWN),
        ({"LANG": "en"}, UNKNOWN),
        ({"LANG": "en_XX"}, UNKNOWN),
        ({}, UNKNOWN),
        ({"LANG": "en_US", VARIABLE: "112"}, "one one two"),
        ({"LANG": "en_US", VARIABLE: "rm -rf"}, "nine one one"),
        ({"LANG": "C", VARIABLE: "1" * 30}, UNKNOWN),
    ],
)
def test_it_is_spoken_digit_by_digit(environment: dict[str, str], spoken: str) -> None:
    assert emergency_number(environment) == spoken


def test_the_prompts_name_it() -> None:
    assert not any("{emergency}" in text for texts in load_prompts("en").texts.values() for text in texts)
