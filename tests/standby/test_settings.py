"""standby.toml: what may stand in it, and what is said of what may not."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from voice_coach.errors import DataError
from voice_coach.standby.settings import Pins, Reminders, file, load


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "standby.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_file_there_are_three_times_a_day(own_folders: Path) -> None:
    assert file() == own_folders / "config" / "voice_coach" / "standby.toml"
    assert load(file()) == Reminders()
    assert len(Reminders().times) == 3


def test_an_empty_file_says_the_same(tmp_path: Path) -> None:
    assert load(written(tmp_path, "")) == Reminders()


def test_all_can_be_set(tmp_path: Path) -> None:
    text = 'times = ["7:30", "12:00"]\nquiet = []\napart = 1.5\nlater = 10\n[gpio]\nbutton = 17\nled = 27\n'
    assert load(written(tmp_path, text)) == Reminders(
        (time(7, 30), time(12)), None, timedelta(hours=1.5), timedelta(minutes=10), Pins(17, 27)
    )


def test_there_may_be_no_reminders_at_all(tmp_path: Path) -> None:
    assert load(written(tmp_path, "times = []\n")).times == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('times = ["25:00"]', 'times[0]: "25:00" is no time of day: write it as "14:30"'),
        ('times = ["soon"]', 'times[0]: "soon" is no time of day'),
        ('quiet = ["21:00"]', "quiet: has two times, from and until"),
        ("apart = 0.0", "apart: is in hours: write more than 0, at most 24"),
        ("apart = nan", "apart: is in hours"),
        ("later = 1", "later: is in minutes: write 5 to 1440"),
        (
            'times = ["09:00", "10:00"]',
            "times[1]: 10:00 must be at least `apart` after 09:00: move it, or lower `apart`",
        ),
        ('times = ["14:00", "09:00"]', "times[1]: 09:00 must be at least `apart` after 14:00"),
        ('times = ["07:00"]', "times[0]: 07:00 lies in the quiet hours: move it, or change `quiet`"),
        ("[gpio]\nbutton = 5\nled = 5", "gpio: has different BCM numbers, 0 to 27: look at the board's drawing"),
        ("[gpio]\nbutton = 40", "gpio: has different BCM numbers"),
        ("hours = 3", "can't be understood (Object contains unknown field `hours`"),
        ("times = 3", "can't be understood (Expected `array`"),
        ("times = [", "can't be understood ("),
    ],
)
def test_a_mistake_is_told_with_its_key_and_what_to_do(tmp_path: Path, text: str, told: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(DataError) as error:
        load(path)
    assert f"{path}: {told}" in str(error.value)


def test_a_file_that_cannot_be_read_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="it is a folder"):
        load(tmp_path)
