"""Write docs/clinical-review.md: all that a clinician signs off, a printable page for each topic, from the code itself.

    python -m scripts.clinical_review

Sentences come from the prompts and exercises, phrases from the grammar, the decision table from stepping through a
session with each answer. Only the changed rules and the open points are written by hand: in docs/safety.md.
"""

import textwrap
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from scripts.clinical_review_language import language_pages
from scripts.dialogue_doc import PROMPTS, node
from voice_coach.clinical import eligibility, screening_questions
from voice_coach.clinical.body_regions import PLACES
from voice_coach.clinical.red_signs import RedSign
from voice_coach.device_setup.runner import TRIED
from voice_coach.exercise.library import entries
from voice_coach.exercise.model import Exercise
from voice_coach.exercise.plan import phases_of
from voice_coach.exercise.prompts import all_lines, read_texts
from voice_coach.hear.decision.calibration import ASKED, request_line
from voice_coach.records import Stopped
from voice_coach.session.question_table import QUESTIONS
from voice_coach.session.states import Asking
from voice_coach.testing import Conversation, at_step, counting

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs" / "clinical-review.md"
SAFETY: Final = ROOT / "docs" / "safety.md"

BREAK: Final = '<div style="page-break-after: always"></div>'
SIGN: Final = "Reviewed by: ______________________  Date: ____________  [ ] agreed  [ ] to be changed, see notes"

_ANSWERS: Final = {
    "gone": "it's gone",
    "better": "better",
    "moved up, toward the spine": "it moved up",
    "the same": "the same",
    "a mild stretch": "I feel a stretch",
    "unsure": "I don't know",
    "worse": "it's worse",
    "down the leg": "it's going down my leg",
    "a cry of pain": "ow",
    "numb or weak": "my leg is numb",
    "chest, both legs, saddle, bladder, bowel": "I have chest pain",
    "stop": "stop",
    "I can't": "I can't",
    "words that mean nothing to it": "blorping",
}
"""Rows of the decision table: what a person says, and an example of it."""

_SITUATIONS: Final[dict[str, Callable[[], Conversation]]] = {
    "at an instruction, before the first repetition": lambda: Conversation().goes_on_until(at_step("bend")),
    "while the third repetition is counted": lambda: Conversation().goes_on_until(counting(3)),
    'asked "better, same, or worse?"': lambda: Conversation().goes_on_until("check"),
}
_LIFTED: Final = (
    "Lifted only by “yes” to two questions, one after the other, in a later session: that a doctor or physio has "
    "checked it and agreed. A doubtful yes is asked again; no, silence and anything else leave it. In the exercise "
    "with the sign, it unlocks all exercises; in another one, only that one, unless the sign was an emergency. "
    "Nothing else lifts it, but for deleting the whole history or restoring an older copy of it."
)
_OF_A_LOCK: Final = (
    "say.locked", "ask.cleared", "ask.cleared_sure", "say.unlocked", "say.still_locked", "say.emergency_signs"
)  # fmt: skip
_SCREENING: Final = (
    "All twelve come before the first session, one at a time; one question on each later day. Only a plain “no” "
    "passes. Silence and doubt are asked again, and pass nothing. What was answered with yes, or broken off, is "
    "asked again next time."
)
_FIELDS: Final = (
    "In braces stands what the coach fills in: {side}, {other}: left or right; {when}: a day; {number}, {done}, "
    "{togo}, {goal}, {before}, {after}, {sessions}, {signs}, {times}: a number; {place}: a part of the body; "
    "{emergency}: the emergency number of the country, digit by digit; {exercise}, {title}, {name}: a name; "
    "{rest}: a time."
)
_LEAD: Final = (
    "For a physiotherapist or doctor: what the coach says, what it understands, and what it does with it, one "
    "printable page or a few for each topic. Written by `make clinical-review` from the code, and held true by a "
    "test; the hazards with their controls and tests are in [safety.md](safety.md), the published description and "
    "where it is met in [requirements.md](requirements.md), all ways through a session in "
    "[dialogue.md](dialogue.md). Nobody has signed any of it yet."
)
_VERDICTS: Final = {
    screening_questions.CLEARED_BY_CLINICIAN: "go on; “no”: advised to ask first, may begin after a yes",
    screening_questions.ACCIDENT: "asks whether it was in the last four weeks; if not, a clinician must agree first",
    "screen_new": "emergency; only a plain “no” is none, and then a doctor or physio must know and agree",
}
"""Questions to which a yes is neither an emergency nor sends the person to a clinician: what follows it."""


def wrapped(text: str) -> list[str]:
    """Return a paragraph in lines that can be printed."""
    return textwrap.wrap(text, 118, break_long_words=False, break_on_hyphens=False)


def cell(text: str) -> str:
    """Return a text as a table takes it."""
    return text.replace("|", "\\|")


def page(title: str, lines: Iterable[str]) -> list[str]:
    """Return a topic's page, with the line to sign."""
    return [f"## {title}", "", *lines, "", SIGN, "", BREAK, ""]


def prompt(name: str) -> str:
    """Return the sentences of a prompt of sessions."""
    return " ".join(PROMPTS.texts[name])


def screening() -> Iterator[str]:
    """Yield what is asked before the first session."""
    yield from ["| | Asked | If it is not understood, or on “tell me more” | Yes means |", "|---|---|---|---|"]
    asked = [*screening_questions.SCREENED, screening_questions.RECENT_ACCIDENT, "screen_daily", "screen_new"]
    for number, name in enumerate((name for name in asked if f"ask.{name}" in PROMPTS.texts), 1):
        more = " ".join(PROMPTS.texts.get(f"retry1.{name}", ("",)))
        yield f"| {number} | {cell(prompt(f'ask.{name}'))} | {cell(more)} | {verdict(name)} |"
    yield ""
    yield from wrapped(_SCREENING)


def verdict(name: str) -> str:
    """Return what a yes to a question of the screening means."""
    if name in screening_questions.NEEDS_EMERGENCY_SERVICE:
        return "emergency"
    if name in screening_questions.NEEDS_CLINICIAN:
        return "a doctor or physio must know and agree first"
    return _VERDICTS.get(name, "everything is asked again")


def decisions() -> Iterator[str]:
    """Yield the decision table: what the coach does with each answer, found by saying it."""
    for situation, begin in _SITUATIONS.items():
        start = begin()
        yield from [f"**{situation[0].upper()}{situation[1:]}**", ""]
        yield from ["| The person says | The coach says at once | Then | Recorded as red |", "|---|---|---|---|"]
        for name, text in _ANSWERS.items():
            yield f"| {name}: “{text}” | {' | '.join(reaction(start, text))} |"
        yield ""
    yield from wrapped(
        "What is recorded as red locks every exercise; a cry of pain only if the question after it is not "
        f"answered. The question “{prompt('ask.check')}”, left open: {_left_open()}"
    )


def _left_open() -> str:
    """Return all that is said if nobody answers how the pain is."""
    talk = Conversation().goes_on_until("check")
    begun = len(talk.log)
    talk.until(lambda state: node(state) == "Over")
    return " ".join(line.text for line in talk.lines(since=begun))


def reaction(start: Conversation, text: str) -> tuple[str, str, str]:
    """Return what is said at once, where that leads, and whether it locks already."""
    talk = start.copy()
    before = talk.state
    talk.says(text)
    if talk.state is not before and not talk.said:
        talk.wait(2)  # an emergency is on the disk first
    said = talk.said or "nothing"
    then = "as before" if talk.state is before or node(talk.state) == node(before) else node(talk.state)
    if isinstance(talk.state, Asking):
        then = f"asks: {cell(' '.join(PROMPTS.texts.get(f'ask.{talk.question}', (talk.question,))))}"
    red = any(isinstance(one, Stopped) and one.red for one in talk.records)
    return cell(said), then, "yes" if red else ""


def locks() -> Iterator[str]:
    """Yield each sign that locks, with what is said then and the next time."""
    yield from [
        "| Sign, the gravest first | Rule | Whom to contact, said at once | Said at the next start |",
        "|---|---|---|---|",
    ]
    for sign in RedSign:
        yield f"| {sign.value} | {sign.rule} | {cell(prompt(sign.contact))} | {cell(prompt(sign.locked_because))} |"
    yield from ["", *wrapped(_LIFTED), ""]
    yield from ["| | |", "|---|---|"]
    for name in (
        "say.locked",
        "ask.cleared",
        "ask.cleared_sure",
        "say.unlocked",
        "say.still_locked",
        "say.emergency_signs",
    ):
        yield f"| `{name}` | {cell(prompt(name))} |"
    yield ""
    yield from wrapped(
        f"After {eligibility.WEEK.days} days with symptoms the coach says that a doctor or physio should look at "
        f"it. From {eligibility.FORTNIGHT.days} days on it begins only when that is acknowledged, again every "
        f"{eligibility.FORTNIGHT.days} days. After {eligibility.DAYS_WITHOUT} days without anything better it says "
        f"that this may not be the right exercise. Places, from the spine outward: {', '.join(PLACES[1:])}. A "
        "furthest place that is further out than before counts as moved down, unless the person says no when "
        "asked."
    )


def questions() -> Iterator[str]:
    """Yield each question with all its wordings."""
    yield from ["| Question | Asked | Second and third wording | When nobody answers |", "|---|---|---|---|"]
    for question in QUESTIONS:
        asked = " ".join(PROMPTS.texts.get(f"ask.{question.name}", ("(the exercise's own)",)))
        again = " — ".join(
            " ".join(PROMPTS.texts[name])
            for name in (f"retry{n}.{question.name}" for n in (1, 2, 3))
            if name in PROMPTS.texts
        )
        rest = (question.unanswered.__doc__ or "").strip().split("\n")[0]
        yield f"| `{question.name}` | {cell(asked)} | {cell(again)} | {cell(rest)} |"


def sentences(file: str, tables: Iterable[str] = ()) -> Iterator[str]:
    """Yield a row for each prompt of a file, of all tables or of these."""
    yield from ["| | |", "|---|---|"]
    for name, texts in read_texts(file).items():
        if not tables or name.partition(".")[0] in tables:
            yield f"| `{name}` | {cell(' '.join(texts))} |"


def derived_questions() -> Iterator[str]:
    """Yield what is asked under another name than a question's, such as for each place."""
    yield from ["| | |", "|---|---|"]
    asked = {question.name for question in QUESTIONS}
    for name, texts in PROMPTS.texts.items():
        table, _, rest = name.partition(".")
        if table == "ask" and rest not in asked:
            yield f"| `{name}` | {cell(' '.join(texts))} |"


def exercise_page(exercise: Exercise) -> Iterator[str]:
    """Yield an exercise's dose and all its sentences, as they are heard."""
    moves = exercise.repetition
    phases = ", ".join(f"{phase.name} {phase.seconds:g} s" for phase in phases_of(exercise))
    facts = {
        "Family, position, sides": f"{exercise.family}, {exercise.position}, {exercise.sides}",
        "Dose": f"{moves.sets} set{'s' * (moves.sets > 1)} of {moves.count}; {phases}",
        "A day": f"at least {exercise.per_day}" if exercise.per_day else "as doctor or physio says",
        "“Better, same, or worse?” after": ", ".join(map(str, moves.checks_after)) or "never",
        "Only if taught by a professional": "yes" if exercise.taught else "no",
        "Screening questions that matter": ", ".join(exercise.contraindications) or "none of its own",
        "Easier ones": ", ".join(exercise.alternatives) or "none",
    }
    yield from ["| | |", "|---|---|", *(f"| {name} | {cell(fact)} |" for name, fact in facts.items())]
    yield from (f"| Own question, yes: {one.verdict} | {cell(' '.join(one.ask))} |" for one in exercise.questions)
    yield from (f"| Ours, not the source's | {cell(one)} |" for one in exercise.additions)
    yield from (
        f"| Source | {cell(one.title)}{f': {cell(one.note)}' if one.note else ''} |" for one in exercise.sources
    )
    yield from ["", "| Heard as | |", "|---|---|"]
    said = {"name, where it is offered": [f"{exercise.name[0].upper()}{exercise.name[1:]}."]}
    for line in all_lines(exercise):
        identifier, _, rest = line.cue.partition(".")
        if identifier == exercise.id:
            said.setdefault(rest.split(".")[0], []).append(line.text)
    for name, texts in said.items():
        yield f"| {name} | {cell(' / '.join(dict.fromkeys(texts)))} |"


def from_safety(heading: str) -> list[str]:
    """Return a section of docs/safety.md, which is written by hand."""
    text = SAFETY.read_text(encoding="utf-8")
    _, found, rest = text.partition(f"\n## {heading}\n")
    if not found:
        raise ValueError(f"{SAFETY} has no section {heading!r}.")
    return rest.partition("\n## ")[0].strip().split("\n")


def topics() -> Iterator[tuple[str, list[str]]]:
    """Yield the title and the lines of each page."""
    yield "Before the first session", [*sentences("en.toml", ["welcome"]), "", *screening()]
    yield "Signs to stop: the decision table", list(decisions())
    yield "Locks, and who lifts them", list(locks())
    yield "Rules that were changed, and why", from_safety("Clinical rules that were changed")
    yield "Open clinical points", from_safety("Open clinical points")
    yield "The questions of a session", [*questions(), "", *derived_questions()]
    yield (
        "What else is said in a session",
        [*wrapped(_FIELDS), "", *sentences("en.toml", ["say", "help", "summary", "fault"])],
    )
    yield "What is answered, and said about the course", [*sentences("en.toml", ["told"])]
    yield "Set-up by voice: while it tries", [f"- {line.text}" for line in TRIED]
    for file, title in {"standby": "Standby and reminders", "setup": "Set-up by voice", "who": "Who is it"}.items():
        yield title, list(sentences(f"{file}/en.toml"))
    yield "Learning a voice (`voice-coach calibrate`)", [f"- {request_line(phrase).text}" for phrase in ASKED]
    for entry in entries():
        if entry.exercise and not entry.own:
            yield f"Exercise: {entry.exercise.name}", list(exercise_page(entry.exercise))
    yield from language_pages()


def document() -> str:
    """Return the whole document."""
    pages = list(topics())
    lines = [
        "# Clinical review",
        "",
        *wrapped(_LEAD),
        "",
        *(f"{number}. {title}" for number, (title, _) in enumerate(pages, 1)),
        "",
        BREAK,
        "",
    ]
    for number, (title, body) in enumerate(pages, 1):
        lines += page(f"{number}. {title}", body)
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    PAGE.write_text(document(), encoding="utf-8")
    print(f"{PAGE} written")
