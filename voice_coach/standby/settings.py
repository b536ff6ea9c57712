"""Standby's settings: `standby.toml` in the user's config folder; without the file, the defaults.

times = ["09:00", "14:00", "19:00"]   # when to remind: as many as sessions a day, [] for none
quiet = ["21:00", "08:00"]            # from, until: nobody is reminded in between; [] for no such hours
apart = 2.0                           # hours from one session to the next reminder
later = 30                            # minutes that "later" lasts

[gpio]
button = 17                           # pins by their BCM numbers; leave out what is not there
led = 27
"""

import re
from collections.abc import Iterator
from datetime import time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Final

import msgspec

from voice_coach.errors import DataError, Problem
from voice_coach.files.profiles import FIRST, Profile
from voice_coach.files.read import parse_toml, read_text

_CLOCK: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_ENDS: Final = 2
"""Of the quiet hours."""
_DAY: Final = 24
"""Hours."""
_LATER: Final = range(5, _DAY * 60 + 1)
"""Minutes that "later" may last: less would be no rest."""
_PINS: Final = range(28)
"""Of a Raspberry Pi's header."""


class Pins(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Pins wired to the board, by BCM numbers; None: nothing."""

    button: int | None = None
    led: int | None = None


class Reminders(msgspec.Struct, frozen=True):
    """When to remind, by the clock on the wall."""

    times: tuple[time, ...] = (time(9), time(14), time(19))
    """In order, at least `apart` from each other; as many as sessions are wanted (R33: three a day)."""
    quiet: tuple[time, time] | None = (time(21), time(8))
    """From and until, over midnight or not; None: at no time."""
    apart: timedelta = timedelta(hours=2)
    """From the end of a session to the next reminder, at least."""
    later: timedelta = timedelta(minutes=30)
    """How long "later" is."""
    gpio: Pins = Pins()

    def is_quiet(self, now: time) -> bool:
        """Tell whether nobody is to be reminded at this time of day."""
        if self.quiet is None:
            return False
        first, last = self.quiet
        return first <= now < last if first <= last else now >= first or now < last


class _Written(msgspec.Struct, forbid_unknown_fields=True):
    """The file as it stands."""

    times: tuple[str, ...] = ("09:00", "14:00", "19:00")
    quiet: tuple[str, ...] = ("21:00", "08:00")
    apart: float = 2.0
    later: int = 30
    gpio: Pins = Pins()


def file(profile: Profile = FIRST) -> Path:
    """Return where a person's settings are, whether or not there are any; who has none of their own has everybody's."""
    return profile.reminders if profile.reminders.exists() else FIRST.reminders


def load(path: Path) -> Reminders:
    """Return the settings in a file; the defaults where there is none.

    Raises:
        DataError: they can't be understood, or contradict each other; each mistake with its key.
    """
    try:
        written = msgspec.convert(parse_toml(read_text(path)), _Written)
    except FileNotFoundError:
        return Reminders()
    except (OSError, ValueError) as error:  # msgspec's and TOML's errors are ValueErrors
        reason = error.strerror if isinstance(error, OSError) else error
        raise DataError([Problem(path, 0, "", f"can't be understood ({reason}); mend or remove the file")]) from error
    problems = [Problem(path, 0, key, message) for key, message in (*_clocks(written), *_amounts(written))]
    if not problems:
        found = _read(written)
        problems = [Problem(path, 0, key, message) for key, message in _order(found)]
        if not problems:
            return found
    raise DataError(problems)


def _read(written: _Written) -> Reminders:
    quiet = [_time(text) for text in written.quiet]
    return Reminders(
        tuple(_time(text) for text in written.times),
        (quiet[0], quiet[1]) if quiet else None,
        timedelta(hours=written.apart),
        timedelta(minutes=written.later),
        written.gpio,
    )


def _time(text: str) -> time:
    hour, minute = text.split(":")
    return time(int(hour), int(minute))


def _clocks(written: _Written) -> Iterator[tuple[str, str]]:
    """Yield the keys that hold no time of day, with what to do."""
    for key in ("times", "quiet"):
        for number, text in enumerate(getattr(written, key)):
            if not _CLOCK.fullmatch(text):
                yield f"{key}[{number}]", f'"{text}" is no time of day: write it as "14:30"'
    if len(written.quiet) not in {0, _ENDS}:
        yield "quiet", 'has two times, from and until, such as ["21:00", "08:00"], or none'


def _amounts(written: _Written) -> Iterator[tuple[str, str]]:
    """Yield the keys that hold too much or too little, with what to do."""
    if not 0 < written.apart <= _DAY:
        yield "apart", f"is in hours: write more than 0, at most {_DAY}"
    if written.later not in _LATER:
        yield "later", f"is in minutes: write {_LATER[0]} to {_LATER[-1]}"
    pins = [pin for pin in (written.gpio.button, written.gpio.led) if pin is not None]
    if len(set(pins)) < len(pins) or not set(pins) <= set(_PINS):
        yield "gpio", f"has different BCM numbers, 0 to {_PINS[-1]}: look at the board's drawing"


def _order(found: Reminders) -> Iterator[tuple[str, str]]:
    """Yield the times that are too early, too late or too near to each other, with what to do."""
    for number, (one, other) in enumerate(pairwise(found.times), 1):
        if _since_midnight(other) - _since_midnight(one) < found.apart:
            yield (
                f"times[{number}]",
                f"{other:%H:%M} must be at least `apart` after {one:%H:%M}: move it, or lower `apart`",
            )
    for number, one in enumerate(found.times):
        if found.is_quiet(one):
            yield f"times[{number}]", f"{one:%H:%M} lies in the quiet hours: move it, or change `quiet`"


def _since_midnight(clock: time) -> timedelta:
    return timedelta(hours=clock.hour, minutes=clock.minute)
