"""One turn of standby: what is known, and the actions gathered while an event is answered."""

from voice_coach import turn
from voice_coach.standby.happenings import Action, Keep
from voice_coach.standby.state import Facts, Memory


class Turn(turn.Turn[Facts, Action]):
    """A turn of standby."""

    def remember(self, memory: Memory) -> None:
        """Keep this on the disk, if it is new."""
        if memory != self.facts.memory:
            self.know(memory=memory)
            self.do(Keep(memory))

    def say(self, *names: str) -> int:
        """Say these prompts and return the token of their end."""
        return self.say_lines(tuple(line for name in names for line in self.facts.prompts.lines(name)))
