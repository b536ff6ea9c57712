"""Whole sessions over an open speaker, in audio time: the coach hears the user, at any moment, and never itself."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest

from tests.hear.room import Room
from tests.open_speaker.talk import Answer, Talk, talk
from voice_coach.actions import Line
from voice_coach.config.engines import open_listener
from voice_coach.config.settings import Settings
from voice_coach.exercise.load import load_exercise
from voice_coach.exercise.model import Exercise
from voice_coach.speak.clip_library import ClipLibrary
from voice_coach.timebase import Samples, samples

SHORT = Path(__file__).parents[1] / "virtual_card" / "short.toml"
POLITE = {
    "Which side": "left side",
    "Left or right?": "left side",
    "Say left side": "left side",
    "Pain on the": "yes",
    "side: yes or no": "yes",
    "Is the pain on": "yes",
    "say one number": "six",
    "A number from": "six",
    "far down do you feel": "buttock",
    "bottom, upper leg": "buttock",
    "Lie on your": "i'm ready",
    "Say ready": "i'm ready",
    "Can you hear me": "yes",
    "Say yes, louder": "yes",
    "Is my voice": "yes",
    "How is the pain": "better",
    "or it's further down?": "it's better",
    "moving lower in your leg": "no",
}
"""What a polite user says to which sentence, also to those of a coach that has not understood."""

HEARD = ["side_left", "yes", "number", "place", "ready_next", "yes"]
"""What the coach is told until the second step of the set-up."""


def exercise() -> Exercise:
    """Return the short exercise with one repetition."""
    short = load_exercise(str(SHORT))
    once = msgspec.structs.replace(short.repetition, count=1, checks_after=(1,))
    return msgspec.structs.replace(short, repetition=once)


def session(
    voice: ClipLibrary,
    room: Room,
    answers: Mapping[str, Sequence[Answer]],
    tears: Mapping[Samples, Samples] | None = None,
) -> Talk:
    """Hold a session with a user who is polite but for these answers."""
    polite = {prompt: [Answer(text)] for prompt, text in POLITE.items()}
    pain = {"How bad": [Answer("six"), Answer("three")]}
    hearing = open_listener(Settings(open_speaker=True), inline=True)
    try:
        return talk(exercise(), voice, hearing, room, {**answers, **polite, **pain}, tears)
    finally:
        hearing.close()


def cut_off(held: Talk, voice: ClipLibrary) -> list[str]:
    """Return the coach's sentences that did not sound to their end."""
    lines = [(one.sound, one.end - one.start) for one in held.captions if isinstance(one.sound, Line)]
    clips = [voice.clip(line) for line, _ in lines]
    return [
        line.text for (line, length), clip in zip(lines, clips, strict=True) if clip is not None and length < len(clip)
    ]


@pytest.mark.lasts(25)
@pytest.mark.parametrize("echo", [0, 5], ids=lambda echo: f"{echo:+d} dB")
def test_the_coach_hears_a_user_who_interrupts_it_and_not_itself(voice: ClipLibrary, echo: int) -> None:
    barging_in = {
        "Hook your": [Answer("stop", over=0.7), Answer("i'm ready")],
        "Shall we go on": [Answer("yes")],
        "Better, same": [Answer("better", over=1.1)],
    }
    held = session(voice, Room(echo=echo), barging_in)
    assert held.outcome == "completed"
    assert held.made_up == []
    assert held.heard == [*HEARD, "stop", "yes", "ready_next", "better", "number", "place"]
    assert cut_off(held, voice) == ["Hook your right foot behind your left knee."]
    ((begun, ended),) = [(start, end) for start, end, text in held.said if text == "stop"]
    (silent,) = [one.end for one in held.captions if isinstance(one.sound, Line) and "Hook" in one.sound.text][:1]
    assert begun < silent < ended + samples(0.6)
    assert held.ducked_without(samples(1)) == []


@pytest.mark.lasts(20)
def test_who_speaks_over_it_and_means_somebody_else_costs_one_phrase(voice: ClipLibrary) -> None:
    """It lowers its voice for nobody but the user, and says again what could not be heard."""
    held = session(voice, Room(echo=5), {"Hook your": [Answer("tomorrow", over=0.4)]})
    assert held.outcome == "completed"
    assert held.made_up == []
    assert held.heard == [*HEARD, "ready_next", "better", "number", "place"]
    assert cut_off(held, voice) == ["Hook your right foot behind your left knee."]
    assert [one.sound.text for one in held.captions if isinstance(one.sound, Line)].count(*cut_off(held, voice)) == 2
    assert held.ducked
    assert held.ducked_without(samples(1)) == []


@pytest.mark.lasts(30)
@pytest.mark.parametrize("seed", [3, 4])
def test_where_sound_is_torn_again_and_again_nothing_is_made_up(voice: ClipLibrary, seed: int) -> None:
    """Each gap makes the echo come later, or sooner, all at once."""
    rng = np.random.default_rng(seed)
    instants = np.cumsum(rng.uniform(1.0, 6.0, 40))
    tears = {samples(float(at)): int(by) for at, by in zip(instants, rng.choice([320, 640, -320], 40), strict=True)}
    answers = {"Better, same": [Answer("better")], "Hook your": [Answer("i'm ready")]}
    held = session(voice, Room(echo=5, delay=samples(0.3)), answers, tears)
    assert held.outcome == "completed"
    assert held.made_up == []
    assert set(held.heard) == {*HEARD, "better"}
