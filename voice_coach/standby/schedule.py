"""When somebody is to be reminded, by the clock on the wall and by what was really done. Pure.

No instant is computed beforehand but that of "later": each look compares the time of day with the day's times. So a
changed clock, summer time or a night asleep can make a reminder late, or leave it out, but never double it.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import msgspec

from voice_coach.standby.settings import Reminders
from voice_coach.standby.states import Day, Memory


@dataclass(frozen=True, slots=True)
class Remind:
    """It is time for a session."""

    number: int
    """The day's first, second ..., from 1."""


@dataclass(frozen=True, slots=True)
class Tell:
    """The exercise is locked: the coach gives the reason instead of a reminder."""

    reason: str
    """As in `clinical.past.Lock`."""


Verdict = Remind | Tell | None


def is_due(reminders: Reminders, memory: Memory, wall: datetime) -> bool:
    """Tell whether the history is to be looked at: one of the day's times has come, or what was put off is due."""
    if reminders.is_quiet(wall.time()):
        return False
    own = of_day(memory, wall)
    if own.again and own.since:
        return wall >= own.again or wall < own.since
    slot = newest(reminders, wall)
    return slot is not None and (own.slot is None or slot > own.slot)


def decide(reminders: Reminders, memory: Memory, wall: datetime, day: Day) -> tuple[Memory, Verdict]:
    """Return what is to be said now that it is due, and what is to be remembered.

    R33 asks for a number of sessions a day, R34 names no upper one: so what was done counts as if it had been done at
    the first of the day's times, and who has done enough is left in peace.
    """
    own = of_day(memory, wall)
    slot = newest(reminders, wall)
    over = Memory(own.day, slot, silent=own.silent if slot == own.slot else 0, told=own.told)
    if not day.readable:
        return over, None
    if day.locked:
        told = own.told == wall.date()
        return msgspec.structs.replace(over, told=wall.date()), None if told else Tell(day.locked)
    by_plan = bool(day.enough) and day.completed >= day.enough
    if slot is None or by_plan or day.completed >= sum(one <= slot for one in reminders.times):
        return over, None
    if day.last and timedelta(0) <= wall - day.last < reminders.apart:
        return put_off(over, wall, day.last + reminders.apart), None
    if _comes_soon(reminders, wall):
        return over, None
    return over, Remind(day.completed + 1)


def put_off(memory: Memory, wall: datetime, until: datetime) -> Memory:
    """Return what is remembered if it is to be looked at again."""
    return msgspec.structs.replace(memory, again=until, since=wall)


def of_day(memory: Memory, wall: datetime) -> Memory:
    """Return what is remembered of today; of another day nothing is but when it was told of the lock."""
    return memory if memory.day == wall.date() else Memory(wall.date(), told=memory.told)


def newest(reminders: Reminders, wall: datetime) -> time | None:
    """Return the last of the day's times that has come."""
    return max((one for one in reminders.times if one <= wall.time()), default=None)


def _comes_soon(reminders: Reminders, wall: datetime) -> bool:
    """Tell whether the day's next time is so near that this one had better be left out."""
    day = date.min
    now = datetime.combine(day, wall.time())
    ahead = [datetime.combine(day, one) - now for one in reminders.times if one > wall.time()]
    return bool(ahead) and min(ahead) < reminders.apart / 2
