"""Questions of the device set-up, their answers, and their time limits."""

from dataclasses import replace
from typing import Final

from voice_coach.actions import VOLUMES, Hush, Listen, SetVolume
from voice_coach.device_setup.events import Action
from voice_coach.device_setup.states import Asking, Facts, Question, State
from voice_coach.dialogue import turn
from voice_coach.dialogue.turn import MAX_SPEECH_LENGTH
from voice_coach.timebase import Samples, samples

ANSWER_TIMEOUT: Final = samples(7)
"""Silence after a question for so long is no answer."""
STOP: Final = frozenset({"stop", "finish"})
"""Intents that end it at any time."""
_PLAIN_YES: Final = frozenset({"yes", "ready_next"})
YES: Final = _PLAIN_YES | {"agrees", "confirms", "resume"}
"""Intents that are a yes here, where there is nothing to resume."""
_ENOUGH: Final = YES | {"unsure"}
"""Words for a good volume: in a session "good" and "fine" mean neither better nor worse."""
LOUDNESS: Final = {"louder": 1, "quieter": -1}
ANSWERS_TAKEN: Final[dict[Question, frozenset[str]]] = {
    "offer": STOP | YES | {"no"},
    "hear": STOP | YES | {"no"},
    "volume": STOP | _ENOUGH | frozenset(LOUDNESS),
    "again": STOP | YES | {"no"},
    "call": STOP | _PLAIN_YES | {"no"},
}
"""Intents accepted as an answer."""
EXPECTS: Final = "sound_check"
"""A session's question that is answered in the same words."""


class Turn(turn.Turn[Facts, Action]):
    """A turn of the set-up."""

    def say(self, *names: str) -> int:
        """Say these prompts instead of what is being said; return the token of their end."""
        self.do(Hush())
        return self.say_lines(tuple(line for name in names for line in self.facts.prompts.lines(name)))


def ask(turn: Turn, question: Question, *, name: str = "", before: tuple[str, ...] = ()) -> Asking:
    """Ask, in the words of another prompt where one is named, after other prompts."""
    first = question != "hear" or not turn.facts.place
    token = turn.say(*before, name or f"ask.{question}{'' if first else '_another'}")
    turn.do(Listen(EXPECTS, ANSWERS_TAKEN[question]))
    return Asking(turn.facts, question, token, turn.at + MAX_SPEECH_LENGTH)


def set_volume(turn: Turn, answer: str) -> Asking:
    """Be louder or quieter, and ask whether that is good."""
    lowest, highest = VOLUMES
    wanted = turn.facts.volume + LOUDNESS[answer]
    if not lowest <= wanted <= highest:
        return ask(turn, "volume", name="say.loudest" if wanted > highest else "say.quietest")
    turn.facts = replace(turn.facts, volume=wanted)
    turn.do(SetVolume(wanted))
    return ask(turn, "volume", name="ask.volume_again")


def retry(turn: Turn, state: State) -> State:
    """Name the answers, once."""
    if not isinstance(state, Asking) or state.token or state.retried:
        return state
    return replace(ask(turn, state.question, name=f"retry.{state.question}"), retried=True)


def stays_open(state: State, until: Samples) -> State:
    """Let a question be open until then, unless it waits for a microphone anyway."""
    return turn.stays_open(state, until) if isinstance(state, Asking) and not state.patient else state
