"""One turn of standby: what is known, and the actions gathered while an event is answered."""

from dataclasses import replace
from typing import Any

from voice_coach.actions import Say
from voice_coach.standby.happenings import Action, Keep
from voice_coach.standby.state import Facts, Memory
from voice_coach.timebase import Samples


class Turn:
    """Lives for one call of `step`; nothing of it is kept but the facts and the actions."""

    def __init__(self, facts: Facts, at: Samples) -> None:
        """Begin a turn at an instant."""
        self.facts = facts
        self.at = at
        self.actions: list[Action] = []

    def know(self, **facts: Any) -> None:  # noqa: ANN401 - the fields of `Facts`
        """Change what is known."""
        self.facts = replace(self.facts, **facts)

    def do(self, action: Action) -> None:
        """Add an action."""
        self.actions.append(action)

    def remember(self, memory: Memory) -> None:
        """Keep this on the disk, if it is new."""
        if memory != self.facts.memory:
            self.know(memory=memory)
            self.do(Keep(memory))

    def say(self, *names: str) -> int:
        """Say these prompts and return the token of their end."""
        self.know(token=self.facts.token + 1)
        self.do(Say(tuple(line for name in names for line in self.facts.prompts.lines(name)), self.facts.token))
        return self.facts.token
