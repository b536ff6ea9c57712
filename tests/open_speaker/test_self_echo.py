"""Nothing that the coach can say, over an open speaker into its own microphone, is taken for a command (V13, T8)."""

import re
from collections.abc import Sequence

import numpy as np
import pytest

from tests.hear.room import Room
from tests.open_speaker.talk import OpenSpeaker
from voice_coach.actions import Line
from voice_coach.audio.pcm import Clip, silence, to_clip
from voice_coach.config.engines import open_listener, session_grammar
from voice_coach.config.settings import Settings
from voice_coach.events import Intent
from voice_coach.exercise.library import entries
from voice_coach.exercise.load import load_exercise
from voice_coach.exercise.prompts import all_lines
from voice_coach.hear.echo.prompt_words import Spoken
from voice_coach.hear.echo.self_speech import OwnVoice
from voice_coach.hear.grammar.match import understand
from voice_coach.hear.listener import Listener
from voice_coach.session.question_table import ACTIVE
from voice_coach.speak.clip_library import ClipLibrary
from voice_coach.speak.player import Player
from voice_coach.timebase import BLOCK, Samples, samples

NUMBERS = "zero one two three four five six seven eight nine ten half".split()
FILLED = re.compile(rf"\b({'|'.join(('left', 'right', *NUMBERS))})\b", re.IGNORECASE)
"""What is filled into a sentence: of each sentence one way to fill it is enough."""


def sentences() -> list[Line]:
    """Return what can be said in a session of the published exercise, each sentence once."""
    kept: dict[str, Line] = {}
    for line in all_lines(load_exercise("flexion_rotation")):
        kept.setdefault(FILLED.sub("_", line.text), line)
    return list(kept.values())


class Speaking:
    """The coach's own listener, in a room in which nobody else speaks."""

    def __init__(self, voice: ClipLibrary, expecting: str, room: Room) -> None:
        self._voice = voice
        self.room = OpenSpeaker(room)
        self.hearing = open_listener(Settings(open_speaker=True), inline=True)
        self.hearing.listen(expecting, ACTIVE[expecting])
        self._now: Samples = 0
        self._played = silence(BLOCK)

    def taken(self, lines: Sequence[Line]) -> list[Intent]:
        """Say the lines one after the other; return what the listener takes, and when."""
        player, heard, rest = Player(self._voice), list[Intent](), samples(2)
        player.say(tuple(lines), 1)
        while player.busy or rest > 0:
            rest -= 0 if player.busy else BLOCK
            saying = [
                Spoken(
                    one.sound.text,
                    one.start,
                    one.start + one.clip.size,
                    one.end,
                    one.begin,
                    one.words,
                )
                for one in player.take_spoken()
                if isinstance(one.sound, Line)
            ]
            heard += self._hear(to_clip(self.room.hear(BLOCK).astype(np.float32)), saying)
            self._played = player.next_block(self._now, BLOCK)
            self.room.play(self._played)
        return heard

    def lose_sound(self, length: Samples) -> None:
        """Let nothing be heard or said for so long."""
        self._played = silence(BLOCK)
        for _ in range(0, length, BLOCK):
            self._hear(silence(BLOCK))

    def _hear(self, mic: Clip, saying: Sequence[Spoken] = ()) -> list[Intent]:
        events = self.hearing.process(mic, self._played, self._now, saying)
        self._now += BLOCK
        return [event for event in events if isinstance(event, Intent)]


SENTENCES = sentences()
PARTS = 4
"""One after the other, as each is minutes of speech."""


def test_there_are_all_of_them() -> None:
    assert len(SENTENCES) > 400
    assert {line.cue.partition(".")[0] for line in SENTENCES} > {"say", "ask", "retry1", "flexion_rotation"}


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_that_the_coach_says_is_a_command(part: int, voice: ClipLibrary) -> None:
    coach = Speaking(voice, "counting", Room())
    heard = coach.taken(SENTENCES[part::PARTS])
    coach.hearing.close()
    assert [(event.name, event.text) for event in heard] == []


def read_as_signs() -> list[Line]:
    """Return what the exercises say that would be a sign, or "stop", if somebody said it: "... say numb"."""
    grammar = session_grammar("en")
    kept: dict[str, Line] = {}
    for entry in entries("en"):
        if entry.exercise is None or entry.own:
            continue
        for line in all_lines(entry.exercise):
            meaning = understand(grammar, line.text, ACTIVE["counting"])
            if line.cue.startswith(f"{entry.exercise.id}.") and meaning.red and not meaning.ask:
                kept.setdefault(FILLED.sub("_", line.text), line)
    return list(kept.values())


@pytest.mark.parametrize("question", ["counting", "ready"])
def test_say_numb_of_an_exercise_is_no_sign(question: str, voice: ClipLibrary) -> None:
    lines = read_as_signs()
    assert "If the tingling doesn't go away, say numb." in [line.text for line in lines]
    coach = Speaking(voice, question, Room())
    heard = coach.taken(lines)
    coach.hearing.close()
    assert [(event.name, event.text) for event in heard] == []


@pytest.mark.parametrize("question", ["ready", "sound_check"])
def test_the_coachs_own_yes_or_no_is_no_answer_where_one_is_most_expected(question: str, voice: ClipLibrary) -> None:
    coach = Speaking(voice, question, Room())
    asked = [line for line in SENTENCES if re.search(r"yes or no|ready", line.text, re.IGNORECASE)]
    assert len(asked) > 10
    heard = coach.taken(asked[:12])
    coach.hearing.close()
    assert [(event.name, event.text) for event in heard] == []


@pytest.mark.parametrize("by", [-0.35, -0.1, 0.03, 0.2], ids=lambda by: f"{by:+.2f} s")
def test_where_the_devices_were_lost_its_im_back_is_not_the_users(by: float, voice: ClipLibrary) -> None:
    """A new stream has another delay, and what was learnt of the echo does not hold any more."""
    coach = Speaking(voice, "counting", Room(delay=samples(0.5)))
    heard = coach.taken([Line("a", "Lie on your left side."), Line("b", "Hook your right foot behind your left knee.")])
    coach.lose_sound(samples(1.5))
    coach.room.tear(samples(by))
    assert isinstance(coach.hearing, Listener)
    assert isinstance(coach.hearing._own_voice, OwnVoice)
    assert coach.hearing._own_voice.controlled
    coach.hearing.reopened()
    assert not coach.hearing._own_voice.controlled
    heard += coach.taken([Line("c", "I'm back."), Line("d", "Let's do number one again.")])
    coach.hearing.close()
    assert [(event.name, event.text) for event in heard] == []
