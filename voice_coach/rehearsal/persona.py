"""Personas: TOML files that script a person for a rehearsal, with their voice and room."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from string import Formatter
from typing import Annotated, Literal

import msgspec

from voice_coach.errors import CoachError, DataError, Problem
from voice_coach.exercise.model import OTHER, Exercise, Side, Strict
from voice_coach.exercise.plan import phases_of
from voice_coach.files.positions import Place
from voice_coach.files.resources import find, folders
from voice_coach.files.validate import Mistake, nearest, read_toml
from voice_coach.rehearsal.clips import INDEX, key_of, read_index
from voice_coach.session.question_table import ACTIVE

Seconds = Annotated[float, msgspec.Meta(ge=0, le=600)]
Decibels = Annotated[float, msgspec.Meta(ge=-96, le=0)]
Words = Annotated[str, msgspec.Meta(max_length=200)]

FIELDS = ("side", "other")
"""Fields in braces of a text: the painful side, and the other one."""


class Answer(Strict, frozen=True, kw_only=True):
    """The person's answer when the coach waits for something."""

    to: str
    """What the coach is waiting for: a question such as `side` or `check`, `ready`, or `paused`."""
    say: Annotated[tuple[Words, ...], msgspec.Meta(min_length=1)]
    """In turn; the last one again and again. An empty text is silence. `{side}` and `{other}` are filled in.

    Without `natural` each time that the coach asks is a turn. With it a turn lasts until the coach goes on.
    """
    natural: tuple[tuple[Words, ...], ...] = ()
    """For each turn of `say`, other ways to say it, of which the seed chooses one; empty: there are none.

    The person says that first, and the plain text of `say` when the coach has not understood.
    """
    means: tuple[str, ...] = ()
    """For each turn of `say`, the intent that the coach should hear, for benchmarks."""
    delay: Seconds = 0.8
    """From the end of the coach's words."""


class Interjection(Strict, frozen=True, kw_only=True):
    """An interjection while the coach counts."""

    repetition: Annotated[int, msgspec.Meta(ge=1)]
    call: str
    """Counted from the onset of this call of the exercise, such as `hold` or `count_one`."""
    say: Annotated[Words, msgspec.Meta(min_length=1)]
    natural: tuple[Words, ...] = ()
    """Other ways to say it, of which the seed chooses one. If nothing is understood, `say` follows up to twice."""
    means: str = ""
    """The intent that the coach should hear, for benchmarks."""
    then: tuple[Answer, ...] = ()
    """Answers to the questions named here, from then on."""
    delay: Seconds = 0.3


class Expectation(Strict, frozen=True, kw_only=True):
    """How the rehearsal ends if all goes as the script says."""

    outcome: Literal["completed", "stopped", "finished_early", "no_answer", "cannot_start", "interrupted"]
    repetitions: Annotated[int, msgspec.Meta(ge=0)] | None = None
    """None: all that the exercise has."""
    red: Literal["emergency", "worse", "peripheralised", "numb_weak"] | None = None
    """The red intent that ends the exercise, if one does."""


class Persona(Strict, frozen=True, kw_only=True):
    """A scripted person."""

    persona: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]*$")]
    """The name, as in `rehearse --persona NAME`."""
    about: str
    voice: str = "en-gb"
    """A voice of espeak-ng; not the coach's own."""
    clips: str = ""
    """Folder of recordings with an `index.json` (text to file), relative to the persona's file; empty: none."""
    fallback: bool = False
    """Let `voice` say what has no recording in `clips`; otherwise that is an error."""
    rate: Annotated[int, msgspec.Meta(ge=80, le=300)] = 193
    """Words a minute, as the coach's (`VoiceSpec.rate`): brisk."""
    level: Decibels = -24.0
    """Of the speech at the microphone, dBFS."""
    noise: Decibels = -66.0
    """Of the room, dBFS."""
    reverberation: Annotated[float, msgspec.Meta(ge=0, le=2)] = 0.25
    """RT60 of the room, seconds; 0: none."""
    seed: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 1
    first_run: bool = True
    screening: Literal["", "daily", "full"] = ""
    """Which questions about red flags are asked."""
    answers: tuple[Answer, ...]
    interjections: tuple[Interjection, ...] = ()
    expect: Expectation


def read_persona(path: Path) -> tuple[Persona | None, list[Problem]]:
    """Read a persona file; return it (None where it can't be used) and all that is wrong with it."""
    persona, problems, located = read_toml(path, Persona)
    if persona is None or located is None:
        return None, problems
    if persona.clips:
        persona = msgspec.structs.replace(persona, clips=str(path.parent / persona.clips))
    mistakes = list(_mistakes(persona)) or list(_in_clips(persona))
    problems = [located.problem(mistake) for mistake in mistakes]
    return (None if problems else persona), problems


def _mistakes(persona: Persona) -> Iterator[Mistake]:
    """Yield what is wrong with the meaning of a persona whose shape is good."""
    yield from _in_answers(("answers",), persona.answers)
    for number, interjection in enumerate(persona.interjections):
        place = ("interjections", number)
        yield from _in_text((*place, "say"), interjection.say)
        for way, text in enumerate(interjection.natural):
            yield from _in_text((*place, "natural", way), text)
        yield from _in_answers((*place, "then"), interjection.then)


def _in_answers(place: Place, answers: Sequence[Answer]) -> Iterator[Mistake]:
    waited_for: set[str] = set()
    for number, answer in enumerate(answers):
        to = (*place, number, "to")
        if answer.to not in ACTIVE:
            yield Mistake(to, f'the coach never waits for "{answer.to}"; {nearest(answer.to, ACTIVE)}')
        if answer.to in waited_for:
            yield Mistake(to, f'"{answer.to}" is answered twice; write both texts into one list: say = ["...", "..."]')
        waited_for.add(answer.to)
        for turn, text in enumerate(answer.say):
            yield from _in_text((*place, number, "say", turn), text)
        for turn, ways in enumerate(answer.natural):
            for way, text in enumerate(ways):
                yield from _in_text((*place, number, "natural", turn, way), text)
        for key, given in (("natural", answer.natural), ("means", answer.means)):
            if given and len(given) != len(answer.say):
                message = f"has {len(given)} turns, but say has {len(answer.say)}; write one entry for each turn"
                yield Mistake((*place, number, key), message)


def _in_text(place: Place, text: str) -> Iterator[Mistake]:
    try:
        unknown = {field for _, field, _, _ in Formatter().parse(text) if field is not None} - set(FIELDS)
    except ValueError:
        yield Mistake(place, f'a brace is not closed, or not opened; write {{side}} or {{other}}, in "{text}"')
        return
    for field in sorted(unknown):
        yield Mistake(place, f"{{{field}}} means nothing here; write {{side}} or {{other}}")


def _in_clips(persona: Persona) -> Iterator[Mistake]:
    """Yield what is wrong with the folder of recordings, and each text that has none."""
    if not persona.clips:
        return
    try:
        index = read_index(Path(persona.clips))
    except DataError as error:
        yield from (Mistake(("clips",), str(problem)) for problem in error.problems)
        return
    for text in {text: None for side in OTHER for text in texts_of(persona, side)}:
        file = index.get(key_of(text))
        if file is None and not persona.fallback:
            message = (
                f'has no recording of "{text}"; record it and add it to {INDEX}, or write fallback = true to let '
                f"the voice {persona.voice} say it"
            )
            yield Mistake(("clips",), message)
        elif file is not None and not file.is_file():
            yield Mistake(
                ("clips",), f'has no file {file.name}, which should hold "{text}"; add it, or correct {INDEX}'
            )


def texts_of(persona: Persona, side: Side) -> list[str]:
    """Return all that the persona may say where it hurts on this side, each text once, in order."""
    answers = [*persona.answers, *(answer for one in persona.interjections for answer in one.then)]
    said = [text for answer in answers for text in (*answer.say, *(way for ways in answer.natural for way in ways))]
    said += [text for one in persona.interjections for text in (one.say, *one.natural)]
    return [text for text in dict.fromkeys(filled(text, side) for text in said) if text]


def filled(text: str, side: Side) -> str:
    """Return the text with the painful side and the other one filled in."""
    return text.format(side=side, other=OTHER[side])


def check_fits(persona: Persona, exercise: Exercise) -> None:
    """See whether the persona's interjections have their place in this exercise.

    Raises:
        CoachError: one has not, so the person would never say it.
    """
    calls = [call.id for phase in phases_of(exercise) for call in phase.calls]
    for interjection in persona.interjections:
        what = f'The persona {persona.persona} says "{interjection.say}"'
        if interjection.call not in calls:
            message = (
                f'{what} at "{interjection.call}", which {exercise.id} does not have: take one of {", ".join(calls)}.'
            )
            raise CoachError(message)
        if interjection.repetition > exercise.repetition.count:
            message = f"{what} in repetition {interjection.repetition}: {exercise.id} has {exercise.repetition.count}."
            raise CoachError(message)


def personas() -> list[str]:
    """Return the names of the personas that there are."""
    return sorted({path.stem for folder in folders("personas") for path in folder.glob("*.toml")})


def load_persona(name: str) -> Persona:
    """Return the persona with this name, or in this file.

    Raises:
        CoachError: there is none, or its file is wrong.
    """
    path = Path(name) if name.lower().endswith(".toml") else find("personas", f"{name}.toml")
    if path is None:
        raise CoachError(
            f"There is no persona {name!r}: name one of {', '.join(personas())}, or the path of a .toml file."
        )
    persona, problems = read_persona(path)
    if persona is None:
        raise DataError(problems)
    return persona
