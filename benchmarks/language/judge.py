"""Judge a typed sentence: what it was taken for, and what the dialogue did about it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

import click
import msgspec

from benchmarks.language.states import SESSION, arrived, listened
from voice_coach.clinical.red_signs import RED
from voice_coach.events import Intent
from voice_coach.hear.grammar.match import understand
from voice_coach.session.getting_up import CALL_FOR_HELP
from voice_coach.session.intents import AS_YES
from voice_coach.session.states import Asking, Instructing, Paused, Performing, Phase, State
from voice_coach.testing import Conversation

SIGNS: Final = RED | {"stop"}
"""Intents at which the coach must stop, or at least ask, wherever it is."""
NOTHING: Final = frozenset({"none", "not_ready"})
"""The expectation of a row where the coach should go on as if nothing had been said, or only repeat its question."""

TAKES_TALK: Final = frozenset({"setup_offer", "setup_hear", "setup_volume", "setup_again"})
"""Questions outside of a session where more may be said than the answer."""

Verdict = Literal["right", "asked", "lesser", "ignored", "wrong"]
Effect = Literal["stopped", "lesser", "asked", "said again", "counted over", "taken for good", ""]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence of utterances.jsonl."""

    text: str
    group: str
    state: str
    expect: str
    """The intent that is right; `none`: nothing should happen; `ask:NAME`: the coach should ask whether it is NAME."""
    allowed: tuple[str, ...] = ()
    note: str = ""
    slot: tuple[str, ...] | None = None
    """Values of the slot of which one is right; None: any."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The result of a sentence."""

    row: Row
    verdict: Verdict
    effect: Effect
    """Of a sign to stop: what the coach did; empty for all other sentences, and outside a session's exercise."""
    locked: bool
    """A red sign was taken where the sentence holds none."""
    taken_for: str


def read(path: Path) -> list[Row]:
    """Return the rows of a file with one JSON object a line.

    Raises:
        click.ClickException: the file can't be read, or a line is not a row.
    """
    rows = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise click.ClickException(f"{path} can't be read ({error.strerror}): name the file of utterances.") from error
    for number, line in enumerate(lines, 1):
        try:
            row = msgspec.json.decode(line, type=Row)
        except msgspec.MsgspecError as error:
            raise click.ClickException(f"{path}:{number}: {error}; correct this line.") from error
        rows.append(row)
        if row.state not in SESSION and not _known(row.state):
            raise click.ClickException(f"{path}:{number}: there is no state {row.state!r}; correct this line.")
    return rows


def _known(state: str) -> bool:
    try:
        listened(state)
    except KeyError:
        return False
    return True


def judge(row: Row) -> Judged:
    """Say a sentence in its state and judge what becomes of it."""
    return _in_session(row) if row.state in SESSION else _outside(row)


def _outside(row: Row) -> Judged:
    """Judge by the meaning alone: outside a session a doubtful answer is asked for again."""
    where = listened(row.state)
    meaning = understand(where.grammar, row.text, where.intents)
    name = meaning.intent or ""
    if meaning.ask and not (meaning.besides and row.state in TAKES_TALK):
        verdict: Verdict = "right" if NOTHING & wanted(row) else "asked"
    elif name:
        verdict = "right" if fits(row, name, meaning.slots) else "wrong"
    else:
        verdict = "right" if NOTHING & wanted(row) else "ignored"
    return Judged(row, verdict, "", locked=False, taken_for=_taken(name, meaning.slots, ask=meaning.ask))


def _in_session(row: Row) -> Judged:
    before = arrived(row.state)
    talk = before.copy().says(row.text)
    event = talk.events[-1]
    intent = _as_taken(event, before.state) if isinstance(event, Intent) else None
    name = intent.name if intent else ""
    slots = dict(intent.slots) if intent else {}
    ask = bool(intent and intent.ask)
    is_sign = row.expect in SIGNS and row.state not in {"settle", "emergency"}
    red = bool(talk.state.facts.findings.red) and not before.state.facts.findings.red
    return Judged(
        row,
        verdict_of(row, before.state, talk.state, intent),
        effect_of(row, before, talk) if is_sign else "",
        locked=red and not wanted(row) & SIGNS,
        taken_for=_taken(name, slots, ask=ask),
    )


def _as_taken(intent: Intent, before: State) -> Intent:
    """Return the intent as the dialogue takes it: sure, where the question lets one say more than the answer."""
    talked = intent.besides and isinstance(before, Asking) and before.question.takes_talk
    return replace(intent, ask=False) if talked else intent


def wanted(row: Row) -> frozenset[str]:
    """Return all that is right."""
    return frozenset({row.expect, *row.allowed})


def fits(row: Row, name: str, slots: Any) -> bool:  # noqa: ANN401 - a mapping of any values
    """Return whether an intent that was taken for sure is right."""
    value = slots.get(name)
    if name.startswith("side_"):
        name, value = "side", name.removeprefix("side_")
    if name not in wanted(row) and _ALIASES.get(name) not in wanted(row):
        return False
    return row.slot is None or name != row.expect or any(_same(one, value) for one in row.slot)


_ALIASES: Final = {"other_side": "clinician_side", **dict.fromkeys(AS_YES, "yes")}


def _same(wanted_value: str, found: object) -> bool:
    return float(wanted_value) == found if isinstance(found, float | int) else wanted_value == found


def verdict_of(row: Row, before: State, after: State, intent: Intent | None) -> Verdict:
    """Return the verdict in a session.

    Args:
        row: the sentence.
        before: the state in which it was said.
        after: the state that followed at once.
        intent: what it was taken for; None: it was not understood.
    """
    idle = place_of(before) == place_of(after)
    again = _asked_again(before, after)
    if NOTHING & wanted(row) and (idle or intent is None):
        verdict: Verdict = "right"
    elif intent is None:
        verdict = "ignored" if idle and not again else "asked"
    elif f"ask:{intent.name}" in wanted(row) and (intent.ask or _doubts(after)):
        verdict = "right"
    elif intent.ask or (idle and again):
        verdict = "asked"
    elif fits(row, intent.name, intent.slots) or _is_confirmed(row, before, after):
        verdict = "right"
    elif _doubts(after):
        verdict = "asked"
    elif row.expect == "emergency" and after.facts.findings.red:
        verdict = "lesser"
    else:
        verdict = "ignored" if idle else "wrong"
    return verdict


def _is_confirmed(row: Row, before: State, after: State) -> bool:
    """Return whether the side that was asked about has been taken, by whatever word: "yes, left" is a yes."""
    confirmed = (
        isinstance(before, Asking) and before.question.name == "side_sure" and after.facts.plan.side == before.about
    )
    return confirmed and "yes" in wanted(row)


def effect_of(row: Row, before: Conversation, after: Conversation) -> Effect:
    """Return what the coach did at a sign to stop."""
    state, facts = after.state, after.state.facts
    question = state.question.name if isinstance(state, Asking) else ""
    if facts.findings.red:
        effect: Effect = "lesser" if row.expect == "emergency" and facts.findings.red[0] != "emergency" else "stopped"
    elif isinstance(state, Paused) or question == "go_on":
        effect = "stopped" if row.expect == "stop" else "asked"
    elif question == "after_cry":
        effect = "stopped" if row.expect == "pain_cry" else "asked"
    elif _doubts(state):
        effect = "asked"
    elif isinstance(state, Performing):
        effect = "counted over"
    else:
        still = place_of(before.state) == place_of(state) or _asked_again(before.state, state)
        effect = "said again" if still else "taken for good"
    return effect


def _doubts(state: State) -> bool:
    if not isinstance(state, Asking):
        return False
    return state.question.phase is Phase.CLARIFICATION or state.question.name in {"after_cry", CALL_FOR_HELP.name}


def _asked_again(before: State, after: State) -> bool:
    """Return whether the same question, or the same step, was put again because of what was said."""
    match before, after:
        case Asking(), Asking():
            return before.question == after.question and after.failures > before.failures
        case Instructing(), Instructing():
            return before.index == after.index and after.nomatch > before.nomatch
        case Paused(), Paused():
            return after.nomatch > before.nomatch
        case _:
            return False


def place_of(state: State) -> Sequence[object]:
    """Return where the dialogue is, and all that a wish can change."""
    facts = state.facts
    where = [getattr(state, name, None) for name in ("question", "index", "number", "about")]
    settled = (
        facts.plan.side,
        facts.plan.variant,
        facts.plan.tempo,
        facts.speech.volume,
        facts.findings.red,
        facts.progress.outcome,
        facts.speech.pending,
    )
    return [
        type(state),
        *where,
        settled,
        facts.findings.pain_before,
        facts.findings.furthest_before,
        facts.speech.progress_asked,
    ]


def _taken(name: str, slots: Any, *, ask: bool) -> str:  # noqa: ANN401 - as in `fits`
    values = "".join(f"={value}" for value in slots.values())
    return f"{name}{values}{'?' if ask else ''}" or "nothing"


def to_json(one: Judged) -> str:
    """Return the judgement as a line of JSON."""
    row = msgspec.to_builtins(one.row)
    return json.dumps({**row, "verdict": one.verdict, "effect": one.effect, "taken_for": one.taken_for})
