"""Whose session it is, by enumeration: whatever is said and happens, nobody's is begun without their own sure "yes"."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from voice_coach.actions import Earcon, Hush, Listen, Play, Say
from voice_coach.dialogue.turn import MAX_QUESTION_OPEN
from voice_coach.events import (
    AudioBack,
    AudioLost,
    Event,
    Intent,
    Interrupted,
    NotRecognized,
    Played,
    Saved,
    VoiceStarted,
    VoiceStopped,
    Woke,
)
from voice_coach.exercise.lint import lint_length, lint_text
from voice_coach.files.profiles import Profile
from voice_coach.hear.grammar.load import load_grammar
from voice_coach.hear.grammar.match import understand
from voice_coach.identify.build import grammar_file, prompts_of
from voice_coach.identify.machine import (
    ANSWER,
    MISSES,
    NO,
    STOP,
    YES,
    Action,
    Asking,
    Done,
    State,
    Telling,
    all_lines,
    person,
    start,
    step,
)

PROMPTS = prompts_of("en")
NAMES = ("Anna", "Ben", "Carla")
INTENTS = (STOP, YES, NO, *(person(number) for number in range(len(NAMES))))

Way = tuple[State, Event, State, list[Action]]


def events(state: State) -> Iterator[Event]:
    """Give all that can happen in a state."""
    for name in INTENTS:
        yield Intent(0, name, name)
        yield Intent(0, name, name, ask=True)
        yield Intent(0, name, f"[unk] {name}")
        yield from (Intent(0, name, f"{name} {other}", also=(other,)) for other in INTENTS if other != name)
    yield NotRecognized(0, "brm")
    yield Played(0, state.facts.token)
    yield Played(0, 0)
    yield VoiceStarted(0)
    yield VoiceStopped(0)
    yield AudioLost(0, "unplugged")
    yield AudioBack(0)
    yield Saved(0, 1)
    yield Interrupted(0)
    if state.wake_at is not None:
        yield Woke(state.wake_at)


def place(state: State) -> State:
    """Return the state without what never matters: which sentence of all it is, and what time."""
    facts = replace(state.facts, token=1)
    if isinstance(state, Asking):
        return replace(state, facts=facts, token=min(state.token, 1), wake_at=0, until=0)
    return (
        replace(state, facts=facts, token=1, wake_at=0) if isinstance(state, Telling) else replace(state, facts=facts)
    )


def ways() -> list[Way]:
    """Return every way from every place that can be come to."""
    found: list[Way] = []
    first = place(start(NAMES, PROMPTS)[0])
    seen, waiting = {first}, [first]
    while waiting:
        state = waiting.pop()
        for event in events(state):
            following, actions = step(state, event)
            found.append((state, event, following, actions))
            if (other := place(following)) not in seen:
                seen.add(other)
                waiting.append(other)
        assert len(seen) < 200
    return found


WAYS = ways()


def is_sure(event: Event, name: str, beside: str = "") -> bool:
    """Tell whether just this was certainly said, and nothing beside it but maybe that."""
    if not isinstance(event, Intent) or event.ask or "[unk]" in event.text:
        return False
    return {name} <= {event.name, *event.also} <= {name, beside}


def test_a_session_is_for_nobody_but_who_was_named_and_has_said_yes_for_sure() -> None:
    begins = [(state, event) for state, event, following, _ in WAYS if getattr(following, "named", None) is not None]
    assert begins
    for state, event, following, _ in WAYS:
        match following:
            case Done(named=int(number)) if not isinstance(state, Done):
                assert isinstance(state, Telling)
                assert state.named == number
            case Telling(named=int(number)) if not isinstance(state, Telling):
                assert isinstance(state, Asking)
                assert state.named == number
                assert is_sure(event, YES, beside=person(number))
            case Asking(named=int(number)) if not (isinstance(state, Asking) and state.named == number):
                assert isinstance(event, Intent)
                assert person(number) in {event.name, *event.also}


def test_stop_and_an_end_from_outside_are_taken_at_once_everywhere_and_then_it_is_silent() -> None:
    for state, event, following, actions in WAYS:
        stopped = any(is_sure(event, STOP, beside=other) for other in INTENTS)
        if not isinstance(state, Done) and (stopped or isinstance(event, Interrupted)):
            assert isinstance(following, Done)
            assert following.named is None
            assert actions == [Hush()]


def test_what_is_over_stays_as_it_is() -> None:
    assert all(following == state and not actions for state, _, following, actions in WAYS if isinstance(state, Done))


def test_it_comes_to_an_end_for_each_way_back_costs_a_miss() -> None:
    for state, event, following, _ in WAYS:
        assert following.facts.misses >= state.facts.misses
        assert following.facts.misses <= MISSES
        if not (isinstance(state, Asking) and isinstance(following, Asking)):
            continue
        if following.token > 1 and not isinstance(event, AudioBack):  # a question was asked anew
            on = state.named is None and following.named is not None
            assert on or following.facts.misses == state.facts.misses + 1


def test_wherever_somebody_is_waited_for_there_is_a_deadline() -> None:
    assert all(state.wake_at is not None for state, *_ in WAYS if not isinstance(state, Done))


def test_no_answer_to_the_end_is_no_session_said_in_a_sentence() -> None:
    state, actions = start(NAMES, PROMPTS)
    said = [lines_of(actions)]
    while not isinstance(state, Done):
        assert state.wake_at is not None
        state, actions = step(state, Woke(state.wake_at))
        said += [lines_of(actions)] if lines_of(actions) else []
    assert state.named is None
    assert said == [
        ["Who am I talking to?", *("Anna?", "Say one.", "Ben?", "Say two.", "Carla?", "Say three.")],
        *[["I need to know whose session it is.", "For Anna:", "One.", "For Ben:", "Two.", "For Carla:", "Three."]] * 2,
        ["I don't know who this is.", "Let's try again another time."],
    ]


def lines_of(actions: list[Action]) -> list[str]:
    return [line.text for action in actions if isinstance(action, Say) for line in action.lines]


def says(state: State, *names: str) -> State:
    """Let a question be said to its end and answered, one after the other."""
    for name in names:
        state, actions = step(state, Played(0, state.facts.token))
        if isinstance(state, Asking):
            assert any(isinstance(action, Play) and action.sound == Earcon.LISTENING for action in actions)
        state, _ = step(state, Intent(0, name, name))
    return state


def test_a_number_and_a_yes_are_enough() -> None:
    state = says(start(NAMES, PROMPTS)[0], person(1), YES)
    assert isinstance(state, Telling)
    assert state.named == 1
    state, _ = step(state, Played(0, state.facts.token))
    assert state == Done(state.facts, 1)


def test_who_was_misheard_says_no_or_another_number_and_is_asked_again() -> None:
    state = says(start(NAMES, PROMPTS)[0], person(1), person(0))
    assert isinstance(state, Asking)
    assert (state.named, state.facts.misses) == (0, 1)
    state = says(state, NO)
    assert isinstance(state, Asking)
    assert (state.named, state.facts.misses) == (None, 2)
    state = says(state, person(0), NO)
    assert isinstance(state, Telling)
    assert state.named is None


def test_somebody_who_speaks_is_waited_for_but_not_for_ever() -> None:
    state, _ = step(start(NAMES, PROMPTS)[0], Played(0, 1))
    assert state.wake_at == ANSWER
    state, _ = step(state, VoiceStarted(ANSWER - 1))
    assert state.wake_at is not None
    assert state.wake_at > ANSWER
    state, _ = step(state, VoiceStopped(MAX_QUESTION_OPEN - 1))
    assert state.wake_at == MAX_QUESTION_OPEN


def test_what_is_said_keeps_to_the_words_that_are_free(subtests: pytest.Subtests) -> None:
    for line in all_lines(("Anna", PROMPTS.texts["names.first"][0]), PROMPTS):
        with subtests.test(cue=line.cue):
            assert lint_text(line.text) + lint_length(line.text) == []


def test_all_that_is_said_was_rendered_beforehand() -> None:
    known = set(all_lines(NAMES, PROMPTS))
    assert {line for *_, actions in WAYS for a in actions if isinstance(a, Say) for line in a.lines} <= known


SIGNS_SAID = ("call an ambulance", "my chest hurts", "oh god I can't breathe", "I've wet myself", "I've collapsed")


@pytest.mark.parametrize("text", SIGNS_SAID)
def test_call_an_ambulance_at_a_question_says_the_number_and_again(text: str) -> None:
    with grammar_file([Profile("Anna"), Profile("Ben")], "en") as path:
        grammar = load_grammar(path)
    first, actions = start(("Anna", "Ben"), PROMPTS)
    sure, more = step(first, Intent(0, person(1), "Ben"))
    for state, (*_, listen) in ((first, actions), (sure, more)):
        assert isinstance(listen, Listen)
        heard = understand(grammar, text, listen.intents)
        assert heard.intent == "emergency"
        staying, said = step(state, Intent(0, heard.intent, text, ask=heard.ask))
        assert said[0] == Hush()
        assert _said(said) == ["This needs a doctor at once.", "Call the emergency number now, or get someone to call."]
        staying, _ = step(staying, Played(100, staying.facts.token))
        assert staying.wake_at is not None
        staying, said = step(staying, Woke(staying.wake_at))
        assert _said(said) == ["I'm still here.", "The number is the emergency number."]
        over, _ = step(staying, Intent(0, STOP, "stop"))
        assert isinstance(over, Done)
        assert over.named is None


def _said(actions: list[Action]) -> list[str]:
    return [line.text for action in actions if isinstance(action, Say) for line in action.lines]
