"""Everything that the coach can say, over an open speaker, into its own ears: no command is taken for it (V13, T8)."""

import re
from collections.abc import Sequence

import numpy as np
import pytest

from tests.hear.room import Room
from tests.open_speaker.talk import OpenSpeaker
from voice_coach.actions import Line
from voice_coach.audio.pcm import silence, to_clip
from voice_coach.config import Settings, open_ears
from voice_coach.events import Intent
from voice_coach.exercise.load import load_exercise
from voice_coach.exercise.prompts import all_lines
from voice_coach.hear.own_words import Spoken
from voice_coach.session.listening import ACTIVE
from voice_coach.speak.library import ClipLibrary
from voice_coach.speak.player import Player
from voice_coach.timebase import BLOCK, samples

NUMBERS = "zero one two three four five six seven eight nine ten half".split()
FILLED = re.compile(rf"\b({'|'.join(('left', 'right', *NUMBERS))})\b", re.IGNORECASE)
"""What is filled into a sentence: of each sentence one way to fill it is enough."""


def sentences() -> list[Line]:
    """Return what can be said in a session of the published exercise, each sentence once."""
    kept: dict[str, Line] = {}
    for line in all_lines(load_exercise("flexion_rotation")):
        kept.setdefault(FILLED.sub("_", line.text), line)
    return list(kept.values())


def taken(lines: Sequence[Line], voice: ClipLibrary, expecting: str) -> list[Intent]:
    """Say the lines one after the other into a room; return what the coach's own ears take, and when."""
    player, room, heard = Player(voice), OpenSpeaker(Room()), []
    ears = open_ears(Settings(open_speaker=True), inline=True)
    try:
        ears.listen(expecting, ACTIVE[expecting])
        player.say(tuple(lines), 1)
        played, now, rest = silence(BLOCK), 0, samples(2)
        while player.busy or rest > 0:
            rest -= 0 if player.busy else BLOCK
            saying = [
                Spoken(one.sound.text, one.start, one.start + one.clip.size, one.end, one.begin)
                for one in player.take_spoken()
                if isinstance(one.sound, Line)
            ]
            mic = to_clip(room.hear(BLOCK).astype(np.float32))
            heard += [event for event in ears.process(mic, played, now, saying) if isinstance(event, Intent)]
            played = player.next_block(now, BLOCK)
            room.play(played)
            now += BLOCK
    finally:
        ears.close()
    return heard


SENTENCES = sentences()
PARTS = 4
"""One after the other, as each is minutes of speech."""


def test_there_are_all_of_them() -> None:
    assert len(SENTENCES) > 400
    assert {line.cue.partition(".")[0] for line in SENTENCES} > {"say", "ask", "retry1", "flexion_rotation"}


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_that_the_coach_says_is_a_command(part: int, voice: ClipLibrary) -> None:
    heard = taken(SENTENCES[part::PARTS], voice, "counting")
    assert [(event.name, event.text) for event in heard] == []
