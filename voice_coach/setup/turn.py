"""One turn of the set-up: what is known, and the actions gathered while an event is answered."""

from voice_coach import turn
from voice_coach.actions import Hush
from voice_coach.setup.happenings import Action
from voice_coach.setup.state import Facts


class Turn(turn.Turn[Facts, Action]):
    """A turn of the set-up."""

    def say(self, *names: str) -> int:
        """Say these prompts instead of what is being said; return the token of their end."""
        self.do(Hush())
        return self.say_lines(tuple(line for name in names for line in self.facts.prompts.lines(name)))
