"""One turn of a session: what is known, the actions gathered, and comparisons with how it was before."""

from typing import Unpack

from voice_coach.actions import Action, Hush, Line, Listen, Record, SetVoice, beginning_with
from voice_coach.clinical.body_regions import rank
from voice_coach.clinical.red_signs import contact
from voice_coach.dialogue import turn
from voice_coach.events import Intent
from voice_coach.exercise import plan
from voice_coach.exercise.model import OTHER, Side
from voice_coach.exercise.prompts import number_text
from voice_coach.records import Adjusted, Answered, SessionRecord
from voice_coach.session.facts import Changes, Facts
from voice_coach.session.intents import SITUATIONS, UNIVERSAL

PRAISE = ("say.good_1", "say.good_2", "say.good_3")


class Turn(turn.Turn[Facts, Action]):
    """A turn of a session."""

    @property
    def complete(self) -> bool:
        """True if all repetitions were coached."""
        return self.facts.progress.repetitions >= plan.total(self.facts.plan.exercise)

    def know(self, **changes: Unpack[Changes]) -> None:
        """Change what is known: fields of any group of the facts."""
        self.facts = self.facts.with_changes(changes)

    def next_token(self) -> int:
        """Return the token of the next `Say`, and keep it in the facts."""
        self.know(token=self.facts.speech.token + 1)
        return self.facts.speech.token

    def hush(self) -> None:
        """Fall silent at once."""
        self.do(Hush())

    def say(self, *lines: Line) -> int:
        """Say the lines; return the token that `Played` will carry (0 where there is nothing to say)."""
        return self.say_lines(lines)

    def listen(self, situation: str) -> None:
        """Take the intents of this situation from now on: `ready`, `counting`, `paused`, ..."""
        self.do(Listen(situation, SITUATIONS[situation]))

    def listen_for(self, question: str, answers: frozenset[str]) -> None:
        """Take the answers to a question from now on, and what is always taken."""
        self.do(Listen(question, answers | UNIVERSAL))

    def record(self, record: SessionRecord) -> None:
        """Write it to the history."""
        number = self.facts.log.record + 1
        self.know(record=number, unsaved=self.facts.log.unsaved | {number})
        self.do(Record(record, number))

    def answer(self, question: str, value: str | float | None, intent: Intent | None) -> None:
        """Write an answer down, with the raw words; None: there was none."""
        words, confidence = (intent.text, intent.confidence) if intent else ("", 0.0)
        self.record(Answered(self.at, question, value, words, confidence))
        if question == f"check_{self.facts.progress.repetitions}":
            self.know(change=str(value or ""))

    def prompt(self, name: str, **fields: str) -> tuple[Line, ...]:
        """Return the lines of a prompt, with the side filled in where it is known."""
        side: Side | None = self.facts.plan.side
        known = {"side": side, "other": OTHER[side]} if side else {}
        return self.facts.plan.prompts.lines(name, **{**known, **fields})

    def contact(self) -> tuple[Line, ...]:
        """Return whom to contact after the red sign that there was."""
        return self.prompt(contact(self.facts.findings.red[0] if self.facts.findings.red else ""))

    def take_pending(self) -> tuple[Line, ...]:
        """Return what was asked for while counting, and the news of the log; forget both, and take the voice due."""
        if due := self.facts.speech.voice_due:
            self.change_voice(due)
        lines = self.facts.speech.pending + (self.progress() if self.facts.speech.progress_asked else ())
        self.drop_pending()
        return lines + self.take_news()

    def drop_pending(self) -> None:
        """Forget what was asked for while counting."""
        self.know(pending=(), progress_asked=False, voice_due="")

    def change_voice(self, name: str) -> None:
        """Speak with this one of the voices from now on."""
        self.know(voices=beginning_with(self.facts.speech.voices, name))
        self.do(SetVoice(name))

    def take_news(self) -> tuple[Line, ...]:
        """Return once in a session that the log cannot be written, where that is so."""
        if not self.facts.log.log_failed or self.facts.log.said_not_saved:
            return ()
        self.know(said_not_saved=True)
        return self.prompt("say.not_saved")

    def adopt_variant(self, variant: str, reason: str) -> None:
        """Do a step the easier way from now on (R22: sticky)."""
        if variant == self.facts.plan.variant:
            return
        self.know(variant=variant)
        self.record(Adjusted(self.at, "variant", variant, reason))

    def praise(self) -> tuple[Line, ...]:
        """Return a short acknowledgement, another one each time (V22)."""
        self.know(praise=self.facts.speech.praise + 1)
        return self.prompt(PRAISE[self.facts.speech.praise % len(PRAISE)])

    def progress(self) -> tuple[Line, ...]:
        """Return how many are done and to go."""
        done = self.facts.progress.repetitions
        togo = plan.total(self.facts.plan.exercise) - done
        return self.prompt("say.progress", done=number_text(done), togo=number_text(togo))


def is_lower(turn: Turn, place: str | None) -> bool:
    """Tell whether a place is further down than the furthest one before."""
    before, now = rank(turn.facts.findings.furthest_before), rank(place)
    return before is not None and now is not None and now > before


def is_higher(turn: Turn, place: str | None) -> bool:
    """Tell whether a place is closer to the spine than the furthest one before."""
    before, now = rank(turn.facts.findings.furthest_before), rank(place)
    return before is not None and now is not None and now < before


def hurts_more(turn: Turn) -> bool:
    """Tell whether the number after the exercise is higher than that before it."""
    before, after = turn.facts.findings.pain_before, turn.facts.findings.pain_after
    return before is not None and after is not None and after > before
