"""Write docs/dialogue.md: every question of a session, and the ways between its phases, from the code itself.

    python -m scripts.dialogue_doc

The table is that of `session.question_table`; what silence leads to is said by the handler of that
case; the diagram is found by stepping through the dialogue (`walk`).
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import msgspec

from voice_coach.clinical.past import BrokenOff, Lock, Past
from voice_coach.events import Event, Intent, NotRecognized, Played, Woke
from voice_coach.exercise.load import load_exercise
from voice_coach.exercise.model import Exercise, Follow, OwnQuestion
from voice_coach.exercise.prompts import load_prompts
from voice_coach.session import machine
from voice_coach.session.intents import SITUATIONS, UNIVERSAL, YES_NO
from voice_coach.session.question_table import QUESTIONS
from voice_coach.session.states import (
    Asking,
    Between,
    Done,
    Ending,
    Instructing,
    Paused,
    Performing,
    Phase,
    Question,
    Settling,
    State,
    Staying,
)

PAGE: Final = Path(__file__).parents[1] / "docs" / "dialogue.md"
PROMPTS: Final = load_prompts("en")

_FULL: Final = load_exercise("flexion_rotation")
_SHORT: Final = msgspec.structs.replace(
    _FULL,
    steps=_FULL.steps[:2],
    repetition=msgspec.structs.replace(_FULL.repetition, count=2, checks_after=(1, 2), remarks={}),
    follows={"better": Follow(step="last", exercise="knee_rolls", name="rolling your knees", asked=True)},
)
_OWN: Final = msgspec.structs.replace(
    _SHORT,
    taught=True,
    questions=(OwnQuestion(id="wrist", ask=("Is a wrist broken?",), help="Not healed yet.", verdict="professional"),),
)
_SESSIONS: Final[tuple[tuple[Exercise, Past, str], ...]] = (
    (_SHORT, Past(), ""),
    (_SHORT, Past(), "knee_rolls"),
    (_SHORT, Past(impression_due=True), ""),
    (_SHORT, Past(screening="daily"), ""),
    (_SHORT, Past(familiar=frozenset({"left"}), last_side="left"), ""),
    (_OWN, Past(screening="full", lock=Lock("worse", 3, 1, 1), two_weeks=True, practice=True), ""),
    (
        _SHORT,
        Past(broken_off=BrokenOff(session=1, repetitions=1, offered=True, checked=True, side="left", pain_before=6)),
        "",
    ),
)
"""Sessions that together come to every question."""

_NAMES: Final[dict[type[State], str]] = {
    Instructing: "Instructions",
    Between: "Counting",
    Performing: "Counting",
    Paused: "Paused",
    Settling: "Resting after a red sign",
    Staying: "With the person after an emergency",
    Ending: "Last words",
    Done: "Over",
}
_INTENTS: Final[dict[str, tuple[dict[str, str | float], ...]]] = {
    "place": ({"place": "calf"}, {"place": "leg"}, {"place": "back"}),
    "number": ({"number": 8.0}, {"number": 3.0}),
    "amount": ({"amount": "much"},),
}


def events(state: State) -> Iterator[Event]:
    """Yield what can happen in a state, as far as it may lead to another one."""
    at = state.facts.findings.stopped_at
    answers = state.question.accepts if isinstance(state, Asking) else SITUATIONS["ready"]
    for name in sorted(answers | UNIVERSAL):
        for slots in _INTENTS.get(name, ({},)):
            yield Intent(at, name, name, slots)
            yield Intent(at, name, name, slots, ask=True)
    yield Intent(at, "number", "none", {"number": 0.0})
    yield Intent(at, "number", "worst ever", {"number": 10.0}, ask=True)
    yield Intent(at, "finish", "i'm done")
    yield NotRecognized(at, "")
    yield Played(at, state.facts.token)
    if state.wake_at is not None:
        yield Woke(state.wake_at)


def walk() -> Iterator[tuple[State, State]]:
    """Yield the steps from place to place in all sessions; places that differ little are entered once."""
    seen: set[object] = set()
    for exercise, past, back_to in _SESSIONS:
        first, _ = machine.start(exercise, PROMPTS, past=past, back_to=back_to, first_run=past.lock is not None)
        waiting: list[State] = [first]
        while waiting:
            state = waiting.pop()
            if _key(state) in seen or isinstance(state, Done):
                continue
            seen.add(_key(state))
            for event in events(state):
                following = _saved(machine.step(state, event)[0])
                yield state, following
                waiting.append(following)


def _saved(state: State) -> State:
    """Return the state with all records on disk."""
    return replace(state, facts=state.facts.with_changes({"unsaved": frozenset()}))


def _key(state: State) -> object:
    facts = state.facts
    known = bool(getattr(state, "token", 0)), bool(facts.findings.red)
    if isinstance(state, Asking):
        return state.question.name, type(state.resume), state.facts.findings.told, known
    return type(state), getattr(state, "index", 0), facts.progress.repetitions, facts.log.forgetting > 0, known


def node(state: State) -> str:
    """Return the name of a state in the diagram."""
    return state.question.phase.value.capitalize() if isinstance(state, Asking) else _NAMES[type(state)]


def ways() -> set[tuple[str, str]]:
    """Return the edges of the diagram."""
    return {(node(one), node(other)) for one, other in walk() if node(one) != node(other)}


def sentence(question: Question) -> str:
    """Return what no answer leads to, in words."""
    return (question.unanswered.__doc__ or "").strip().split("\n")[0]


def answers(question: Question) -> str:
    """Return what answers a question."""
    rest = sorted(question.accepts - YES_NO)
    return ", ".join((["yes", "no"] if question.accepts >= YES_NO else []) + rest)


def document() -> str:
    """Return the page."""
    edges = ways()
    lines = [
        "# The dialogue of a session",
        "",
        "Written by `make dialogue-doc` from `voice_coach/session/question_table.py`; a test holds it up to date.",
        "",
        "Each question is one `Question`, defined next to the functions that handle its answers. Every question also",
        "accepts the universal intents (`session.intents.UNIVERSAL`): stop, pause, worse, help, ... A question that is",
        "not answered or not understood is asked again in other words, at most three times; then the last column",
        "applies. Silence never means that all is well.",
        "",
    ]
    for phase in Phase:
        lines += [f"## {phase.value.capitalize()}", ""]
        lines += ["| Question | Asked | Answers | When nobody answers |", "|---|---|---|---|"]
        for question in (one for one in QUESTIONS if one.phase is phase):
            asked = " ".join(PROMPTS.texts.get(f"ask.{question.name}", ("(the exercise's own)",)))
            lines.append(f"| `{question.name}` | {asked} | {answers(question)} | {sentence(question)} |")
        lines.append("")
    lines += [
        "## Ways",
        "",
        "Between phases and other states, found by stepping through sessions:",
        "",
        "```mermaid",
    ]
    lines += ["stateDiagram-v2"]
    ids = {name: name.replace(" ", "_").replace("-", "_") for pair in edges for name in pair}
    lines += [f"    {ids[name]}: {name}" for name in sorted(ids)]
    lines += [f"    {ids[one]} --> {ids[other]}" for one, other in sorted(edges)]
    return "\n".join([*lines, "```", ""])


if __name__ == "__main__":
    PAGE.write_text(document(), encoding="utf-8")
    print(f"{PAGE} written")
