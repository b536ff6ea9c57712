"""For tests, ours and those of whoever builds on the coach: a session in words, and fakes of the engines.

`Conversation` holds a session without sound; see `voice_coach.testing.conversation` for what can be said in one.

>>> from voice_coach.testing import Conversation
>>> Conversation().says("left side").heard("Pain on the left.")
True

The fakes keep the contracts of the real parts (tests/contracts), so a coach runs on them as it is. Here the person
answers the first two questions, and says nothing from then on:

>>> from voice_coach.audio.pcm import silence
>>> from voice_coach.coach import Coach, MemoryJournal
>>> from voice_coach.config.engines import session_grammar
>>> from voice_coach.exercise.load import load_exercise
>>> from voice_coach.testing import ScriptedHearing
>>> from voice_coach.text import SilentVoice
>>> from voice_coach.timebase import BLOCK
>>> hearing = ScriptedHearing(session_grammar("en"), {"side": "left side", "side_sure": "yes"})
>>> coach = Coach(load_exercise("flexion_rotation"), voice=SilentVoice(), hearing=hearing, journal=MemoryJournal(),
...               watch=[hearing.watch])
>>> while not coach.done:
...     sound = coach.advance(silence(BLOCK))
>>> coach.outcome
'no_answer'
"""

from voice_coach.testing.conversation import ANSWERS, WORD, WRITING, Conversation, Where, at_step, counting
from voice_coach.testing.fakes import (
    ANSWER_DELAY,
    LETTER_LENGTH,
    EnergyDetector,
    ScriptedHearing,
    ScriptedRecognizer,
    ToneSynthesizer,
)

__all__ = [
    "ANSWERS",
    "ANSWER_DELAY",
    "LETTER_LENGTH",
    "WORD",
    "WRITING",
    "Conversation",
    "EnergyDetector",
    "ScriptedHearing",
    "ScriptedRecognizer",
    "ToneSynthesizer",
    "Where",
    "at_step",
    "counting",
]
