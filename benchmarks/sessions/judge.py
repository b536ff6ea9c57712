"""Judge each utterance and each session by the persona's intentions and the coach's event log alone."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from benchmarks.sessions.perform import Held, Part
from benchmarks.sessions.script import PRACTICE
from voice_coach.clinical.red_signs import RED
from voice_coach.rehearsal.person import Utterance
from voice_coach.session.intents import AS_YES
from voice_coach.timebase import samples, seconds

STOPS: Final = RED | {"stop", "pause", "finish"}
"""Intents that interrupt the session."""
SOON: Final = samples(3)
"""Within so long of its end a red sign must have silenced the coach to count as acted on at once."""

Verdict = Literal["right", "asked", "wrong", "unheard"]


@dataclass(frozen=True, slots=True)
class Judged:
    """One thing said, and what it was taken for."""

    session: str
    voice: str
    room: str
    kitchen: bool
    at: float
    """Seconds into standby or the session."""
    state: str
    """The question that the coach was asking, or `counting`, `wake` or `start`."""
    said: str
    means: str
    tries: int
    """How often the same had been said before."""
    verdict: Verdict
    taken_for: str
    """The intents heard, each with its text, with a question mark where the coach asks first."""


@dataclass(frozen=True, slots=True)
class FalseStop:
    """The coach took something for a reason to stop that was none."""

    session: str
    at: float
    intent: str
    text: str
    said: str
    """The person's words at that time; empty: none."""


@dataclass(frozen=True, slots=True)
class Result:
    """A session's judgement."""

    session: str
    as_meant: bool
    outcome: str
    repetitions: int
    red: str
    locked_falsely: bool
    """It ended as a red sign before the person had said one."""
    red_expected: bool
    red_said: bool
    """The person has come to say the sign."""
    red_at_once: bool
    """The coach fell silent at the first red sign."""
    red_in_the_end: bool
    """It ended as the red sign that was meant."""
    red_otherwise: bool
    """It ended as another red sign."""
    minutes: float
    cpu: float
    utterances: tuple[Judged, ...]
    false_stops: tuple[FalseStop, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON knows it."""
        return asdict(self)


def judged(held: Held) -> Result:
    """Judge a session."""
    utterances = [one for part in held.parts for one in _utterances(held, part)]
    stops = [one for part in held.parts for one in _false_stops(held, part)]
    expect, script = held.script.session.expect, held.script
    signs = [one for part in held.parts[-1:] for one in part.said if _reds(one)]
    after_sign = bool(signs) and signs[0].start <= held.stopped_at
    counts = expect.repetitions or (held.total,)
    at_screening = held.red in expect.red and any(name.startswith("screen_") for name in script.session.answers)
    return Result(
        session=script.session.name,
        as_meant=(
            held.outcome == expect.outcome
            and held.repetitions in counts
            and (held.red in expect.red if expect.red else not held.red)
            and held.side in {"", script.session.side, *(("left", "right") if _any_side(held) else ())}
        ),
        outcome=held.outcome,
        repetitions=held.repetitions,
        red=held.red,
        locked_falsely=bool(held.red) and not after_sign and not at_screening,
        red_expected=bool(expect.red),
        red_said=bool(expect.red and signs),
        red_at_once=bool(expect.red and signs) and _silenced(held.parts[-1], signs[0]),
        red_in_the_end=bool(signs) and held.red in expect.red,
        red_otherwise=bool(expect.red and signs and held.red) and held.red not in expect.red,
        minutes=round(sum(seconds(part.length) for part in held.parts) / 60, 2),
        cpu=round(held.cpu, 2),
        utterances=tuple(utterances),
        false_stops=tuple(stops),
    )


def fits(means: str, row: dict[str, Any]) -> bool:
    """Return whether an intent of the event log is one that was meant; `means` as in wordings.toml."""
    return any(_is(one.strip(), row) for one in means.split("|"))


def _is(meant: str, row: dict[str, Any]) -> bool:
    name, _, value = meant.partition("=")
    if row["name"] not in {name, *(AS_YES if name == "yes" else ())}:
        return False
    found = row["slots"].get(name)
    return not value or (float(value) == found if name == "number" else value == found)


def _any_side(held: Held) -> bool:
    """Return whether the exercise does not go by the painful side, so that the coach's side means nothing."""
    return held.script.session.exercise != "flexion_rotation"


def _reds(said: Utterance) -> set[str]:
    """Return the red signs that were meant; a word that is practised is none."""
    return set() if said.to in PRACTICE else {one.strip() for one in said.means.split("|")} & RED


def _overlapping(said: Utterance, rows: Iterable[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """Return the rows of this type that were heard in what was said."""
    return [row for row in rows if row["type"] == kind and row["start"] < said.end and row["end"] > said.start]


def _utterances(held: Held, part: Part) -> Iterable[Judged]:
    session = held.script.session
    for number, said in enumerate(part.said):
        if not said.means:
            continue
        intents = _overlapping(said, part.rows, "Intent")
        unknown = _overlapping(said, part.rows, "NotRecognized")
        again = any(
            (later.to, later.means) == (said.to, said.means) and later.tries == said.tries + 1
            for later in part.said[number + 1 : number + 2]
        )
        yield Judged(
            session=session.name,
            voice=session.voice,
            room=session.room,
            kitchen=session.kitchen,
            at=round(seconds(said.start), 2),
            state=said.to,
            said=said.text,
            means=said.means,
            tries=said.tries,
            verdict=verdict(said.means, intents, unknown=bool(unknown), again=again),
            taken_for=", ".join([*map(_named, intents), *(f'nothing ("{row["text"]}")' for row in unknown)]),
        )


def verdict(means: str, intents: Sequence[dict[str, Any]], *, unknown: bool, again: bool) -> Verdict:
    """Return the outcome of an utterance.

    Args:
        means: the intents that are right.
        intents: those that were heard in it, as rows of the event log.
        unknown: the coach heard speech in it that it could not make out.
        again: the person had to say it again.
    """
    taken = [row for row in intents if not row["ask"] or (row.get("besides") and not again)]
    if any(not fits(means, row) for row in taken):
        return "wrong"
    if taken:
        return "asked" if again else "right"
    return "asked" if intents or unknown else "unheard"


def _named(row: dict[str, Any]) -> str:
    slots = "".join(f"={value}" for value in row["slots"].values())
    return f'{row["name"]}{slots}{"?" if row["ask"] else ""} ("{row["text"]}")'


def _false_stops(held: Held, part: Part) -> Iterable[FalseStop]:
    for row in part.rows:
        if row["type"] != "Intent" or row["name"] not in STOPS:
            continue
        during = [said for said in part.said if row["start"] < said.end and row["end"] > said.start]
        meant = {one.strip().partition("=")[0] for said in during for one in said.means.split("|")}
        if not meant & STOPS:
            said = " / ".join(one.text for one in during)
            yield FalseStop(held.script.session.name, row["t"], row["name"], row["text"], said)


def _silenced(part: Part, sign: Utterance) -> bool:
    """Return whether the coach fell silent soon after this was said."""
    return any(row["type"] == "Hush" and sign.start < row["at"] <= sign.end + SOON for row in part.rows)
