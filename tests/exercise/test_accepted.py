"""What `check` calls good can be coached: files of ours with a few values changed, as somebody tries things out."""

import re
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voice_coach.cli.check import check
from voice_coach.exercise.load import load_exercise
from voice_coach.exercise.plan import place, total
from voice_coach.exercise.prompts import all_lines
from voice_coach.exercise.timetable import sides_of, timetable
from voice_coach.files.resources import find

OURS = [
    (find("exercises", f"en/{name}.toml") or Path()).read_text(encoding="utf-8")
    for name in ("flexion_rotation", "bird_dog", "cat_cow")
]
VALUE = re.compile(r"= (?:\S.*)$", re.MULTILINE)
NEW = st.sampled_from(
    ["0", "-1", "1", "600", "0.001", "1e-300", "1e300", "nan", "inf", "99999999999999999999", "0xffffffffffffffffffff",
     '""', '"{side}"', '"{number}"', '"{"', '"{0}"', '"none"', '"alternate"', '"each"', "[]", "true", "1979-05-27"]
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(OURS), st.lists(st.tuples(st.integers(0, 80), NEW), min_size=1, max_size=3))
def test_a_file_is_refused_or_its_timetable_can_be_made(
    tmp_path: Path, text: str, changes: list[tuple[int, str]]
) -> None:
    """A version of 26 digits was a good exercise, and ended the session that began with it."""
    for number, value in changes:
        places = list(VALUE.finditer(text))
        found = places[number % len(places)]
        text = f"{text[: found.start()]}= {value}{text[found.end() :]}"
    path = tmp_path / "x.toml"
    path.write_text(text, encoding="utf-8")
    if not check(path).good:
        return
    exercise = load_exercise(path)
    assert exercise.version < 2**63
    assert all(line.text for line in all_lines(exercise))
    for side in sides_of(exercise):
        for number in range(1, total(exercise) + 1):
            assert place(exercise, number).number >= 1
            assert timetable(exercise, number, side, 1.0).length > 0
