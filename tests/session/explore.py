"""All places that a session can come to, found by letting everything happen in each of them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from tests.session.arrivals import EXERCISE, GRAMMAR, PROMPTS
from voice_coach.actions import Action
from voice_coach.clinical.past import Past
from voice_coach.events import (
    AudioBack,
    AudioLost,
    Event,
    HearingBack,
    HearingLost,
    HelpCalled,
    Intent,
    Interrupted,
    NotRecognized,
    Played,
    Saved,
    VoiceStarted,
    VoiceStopped,
    Woke,
)
from voice_coach.exercise.model import Exercise
from voice_coach.session import machine
from voice_coach.session.states import Asking, Between, Done, Ending, Instructing, Paused, Performing, State, Staying
from voice_coach.session.transitions import PAUSE_ENDS

NAMES = sorted(GRAMMAR.intents)
LIMIT = 20_000
"""Places: more would mean that something is told apart that need not be."""

Way = tuple[State, Event, State, list[Action]]


def events(state: State) -> Iterator[Event]:
    """Give all that can happen in a state."""
    at = state.since if isinstance(state, Paused) else state.facts.findings.stopped_at
    for name in NAMES:
        yield Intent(at, name, name)
        yield Intent(at, name, name, ask=True)
    yield Intent(at, "place", "my leg", {"place": "leg"})
    yield Intent(at, "place", "my back", {"place": "back"})
    yield Intent(at, "place", "my foot", {"place": "foot"})
    yield Intent(at, "number", "three", {"number": 3.0})
    yield Intent(at, "number", "eight", {"number": 8.0})
    yield Intent(at, "number", "worst ever", {"number": 10.0}, ask=True)
    yield Intent(at, "number", "none", {"number": 0.0})
    yield Intent(at, "finish", "i'm done")
    yield NotRecognized(at, "brm")
    yield Played(at, state.facts.speech.token)
    yield VoiceStarted(at)
    yield VoiceStopped(at)
    yield AudioLost(at, "unplugged")
    yield AudioLost(at, "muted", "muted")
    yield AudioBack(at)
    yield Interrupted(at)
    if isinstance(state, Staying):
        yield HelpCalled(at, "mqtt")
        yield HelpCalled(at, "mqtt", "gone")
        yield HelpCalled(at, "mqtt", "gone", again=True)
    yield Saved(at, state.facts.log.record)
    yield Saved(at, state.facts.log.record, "disk full")
    if state.wake_at is not None:
        yield Woke(state.wake_at)


def hearing_events(state: State) -> Iterator[Event]:
    """Give what can happen to the hearing; not among `events`, as it would make each place two."""
    at = state.since if isinstance(state, Paused) else state.facts.findings.stopped_at
    yield HearingLost(at, "too busy")
    yield HearingLost(at, "Given up.", for_good=True)
    yield HearingBack(at)


def key(state: State) -> object:
    """Return what tells one place of the dialogue from another; times, volumes and numbers of records do not."""
    match state:
        case Asking():
            detail = f"{state.failures} {bool(state.token)}"
        case Paused():
            detail = f"{state.by_device} {state.facts.speech.deaf and state.no_sound} {state.reminders}"
        case Ending():
            detail = f"{bool(state.token)} {state.unheard}"
        case Staying():
            told = f"{state.arrived} {state.shouting} {state.loud}"
            detail = f"{bool(state.token)} {state.unsaid} {bool(state.talking)} {told}"
        case Between():
            detail = f"{bool(state.token)} {bool(state.facts.log.unsaved)}"
        case Instructing():
            detail = f"{bool(state.token)} {bool(state.nudges)} {state.index}"
        case Performing():
            detail = f"{state.number}"
        case _:
            detail = ""
    plan, progress, findings, log = state.facts.plan, state.facts.progress, state.facts.findings, state.facts.log
    deaf = state.facts.speech.deaf
    known = (
        progress.repetitions,
        progress.begun,
        findings.told,
        findings.news,
        progress.lying,
        findings.settled,
        bool(log.forgetting),
        deaf,
    )
    return place(state), plan.lock, bool(findings.red), known, detail


def simplified(state: State) -> State:
    """Return the state when all but its last record is on disk, and after one reminder of a pause all but the last.

    What lies between makes no other places.
    """
    last = state.facts.log.unsaved & {state.facts.log.record}
    if isinstance(state, Paused) and state.reminders:
        state = replace(state, reminders=PAUSE_ENDS - 1)
    if state.facts.log.unsaved == last:
        return state
    return replace(state, facts=state.facts.with_changes({"unsaved": last}))


def place(state: State | None, deep: int = 2) -> object:
    """Return a place and those that it leads back to; what is come back to is asked from its beginning.

    Pauses and doubts can be put one into the other without an end: two of them show all that there is.
    """
    match state:
        case Asking() if deep:
            return state.question.name, state.about, place(state.resume, deep - 1)
        case Asking():
            return state.question.name
        case Paused() | Ending() if deep:
            return type(state).__name__, place(state.resume, deep - 1)
        case _:
            return type(state).__name__


@dataclass
class Explored:
    """What was found; not in the `repr`: pytest would print gigabytes of it when a test fails."""

    places: list[State] = field(default_factory=list, repr=False)
    ways: list[Way] = field(default_factory=list, repr=False)
    """Those that were asked for."""


def explore(
    past: Past,
    *,
    exercise: Exercise = EXERCISE,
    keep: Callable[[Way], bool] = lambda _way: False,
    enter: Callable[[Way], bool] = lambda _way: True,
) -> Explored:
    """Return all places that a session with this past can come to.

    Args:
        past: what earlier sessions mean for it.
        exercise: what is done.
        keep: which ways are returned.
        enter: which ways are gone; what lies behind the others is not looked at.
    """
    first, _ = machine.start(exercise, PROMPTS, past=past)
    return explore_from([first], keep=keep, enter=enter)


def explore_from(
    first: Iterable[State],
    *,
    keep: Callable[[Way], bool],
    enter: Callable[[Way], bool],
    also: Callable[[State], Iterable[Event]] = lambda _state: (),
    key: Callable[[State], object] = key,
) -> Explored:
    """Return all places that can be come to from some states, told apart by `key`, with events that happen `also`."""
    found: dict[object, State] = {key(state): state for state in first}
    waiting, explored = list(found.values()), Explored()
    while waiting:
        state = waiting.pop()
        assert len(found) < LIMIT
        for event in (*events(state), *also(state)):
            following, actions = machine.step(state, event)
            following = simplified(following)
            way = (state, event, following, actions)
            if keep(way):
                explored.ways.append(way)
            if isinstance(state, Done) or not enter(way):
                continue
            if (name := key(following)) not in found:
                found[name] = following
                waiting.append(following)
    explored.places = list(found.values())
    return explored
