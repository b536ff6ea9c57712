"""The script of each session: sessions.toml and wordings.toml, made into personas."""

import zlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, Literal, TypeVar

import click
import msgspec

from voice_coach.clinical.red_signs import RED
from voice_coach.exercise.model import Side, Strict
from voice_coach.rehearsal.person import chosen
from voice_coach.rehearsal.persona import Answer, Expectation, Interjection, Persona
from voice_coach.session.opening import PRACTICE_WORDS, practice_question

T = TypeVar("T")
HERE: Final = Path(__file__).parent
VOICES: Final = ("af_sarah", "am_michael", "bf_isabella", "bm_lewis")
"""Two women and two men, American and British, whom no training has heard."""
ROOMS: Final = {"dry": 0.15, "living": 0.3, "long": 0.5}
"""Seconds until sound has faded by 60 dB."""
SEED: Final = 1
"""The default seed."""
QUICK: Final = 6
"""A quick run holds one session in so many."""
WAKE: Final = "wake"
"""The words that start a session in standby, and the name of their answer."""
PRACTICE: Final = frozenset(map(practice_question, PRACTICE_WORDS))
"""The questions of a first run in which words are practised."""
_TURNS: Final = {"ready": 10, "check": 4}
"""How often a thing is said in one session at most, where that is more than once: "ready" after each instruction."""
_DELAYS: Final = {"ready": 1.5, "paused": 2.0}
"""Seconds before an answer where people need longer than usual: they are lying down, or see to the door."""
_USUAL_DELAY: Final = 0.8


class Wording(Strict, frozen=True, kw_only=True):
    """Ways to say one thing."""

    means: str
    """The intents that are right, parted by "|", each perhaps with a slot's value as in `place=thigh`."""
    plain: str
    say: tuple[str, ...]


class Says(Strict, frozen=True, kw_only=True):
    """Something said while the coach counts."""

    repetition: int
    call: str
    say: str
    then: dict[str, str] = msgspec.field(default_factory=dict)
    """Answers that hold from then on, besides those of `after`."""
    delay: float = 0.3


class Expected(Strict, frozen=True, kw_only=True):
    """How a session ends that goes as it was meant."""

    outcome: str
    red: tuple[str, ...] = ()
    """The red intents of which one ends it; empty: none does."""
    repetitions: tuple[int, ...] = ()
    """The counts that are right; empty: all that the exercise has."""


class Session(Strict, frozen=True, kw_only=True):
    """A session in sessions.toml."""

    name: str
    voice: Literal["af_sarah", "am_michael", "bf_isabella", "bm_lewis"]
    room: Literal["dry", "living", "long"]
    kitchen: bool = False
    side: Side = "left"
    standby: bool = False
    exercise: str = "flexion_rotation"
    first_run: bool = False
    screening: Literal["", "daily", "full"] = ""
    answers: dict[str, str | tuple[str, ...]] = msgspec.field(default_factory=dict)
    says: tuple[Says, ...] = ()
    expect: Expected


class _File(Strict, frozen=True, kw_only=True):
    usual: dict[str, str | tuple[str, ...]]
    after: dict[str, dict[str, str | tuple[str, ...]]]
    session: tuple[Session, ...]


@dataclass(frozen=True)
class Script:
    """A session with all that is said in it."""

    session: Session
    wordings: dict[str, Wording]
    usual: dict[str, str | tuple[str, ...]]
    after: dict[str, dict[str, str | tuple[str, ...]]]

    @property
    def voice(self) -> str:
        """The speaker's name."""
        return self.session.voice

    def persona(self, seed: int, clips: Path | None = None) -> Persona:
        """Return who holds the session; `clips` is the folder of all voices."""
        session = self.session
        answers = {"side": session.side, **self.usual, **session.answers}
        return Persona(
            persona=session.name,
            about="A session of the benchmark.",
            clips=str(clips / session.voice) if clips else "",
            reverberation=ROOMS[session.room],
            seed=_seed(session.name, seed),
            first_run=session.first_run,
            screening=session.screening,
            answers=tuple(self._answer(to, names) for to, names in answers.items()),
            interjections=tuple(map(self._interjection, session.says)),
            expect=Expectation(outcome="completed"),  # judged by `Expected`, which knows more
        )

    def caller(self, seed: int, clips: Path | None = None) -> Persona:
        """Return who says in standby that a session shall begin."""
        answers = (self._answer(WAKE, "wake"), self._answer("start", "start_yes"))
        return msgspec.structs.replace(self.persona(seed, clips), answers=answers, interjections=())

    def likely(self, seed: int) -> set[str]:
        """Return what is said with this seed as long as everything is understood."""
        asked = {"side", "side_sure", "pain_before", "furthest_before", "sound_check", "ready", "check", WAKE, "start"}
        asked |= {"pain_after", "furthest_after", "paused", "go_on", "acknowledge", "screen_daily", "nothing"}
        asked |= {to for to in self.usual if to.startswith("screen_")} if self.session.screening == "full" else set()
        asked |= PRACTICE if self.session.first_run else set()
        found: set[str] = set()
        for persona in (self.persona(seed), self.caller(seed)) if self.session.standby else (self.persona(seed),):
            answers = tuple(answer for answer in persona.answers if answer.to in asked)
            found |= _said(msgspec.structs.replace(persona, answers=answers))
        return found

    def texts(self, seed: int) -> set[str]:
        """Return what is said with this seed, and all plain texts."""
        found: set[str] = set()
        for persona in (self.persona(seed), self.caller(seed)) if self.session.standby else (self.persona(seed),):
            found |= _said(persona)
        return found

    def every_text(self) -> set[str]:
        """Return what is said with any seed."""
        personas = (self.persona(SEED), self.caller(SEED)) if self.session.standby else (self.persona(SEED),)
        answers = [answer for persona in personas for answer in _answers(persona)]
        found = {text for answer in answers for ways in answer.natural for text in ways}
        found |= {text for persona in personas for one in persona.interjections for text in one.natural}
        return found | self.texts(SEED)

    @cached_property
    def red(self) -> frozenset[str]:
        """The red intents that the person means at some time in the session; a cry of pain is one."""
        names = [one.say for one in self.session.says]
        for given in self.session.answers.values():
            names += [given] if isinstance(given, str) else given
        found = {meant for name in names for meant in self.wordings[name].means.replace(" ", "").split("|")}
        return frozenset(found & RED) | frozenset(self.session.expect.red)

    def _answer(self, to: str, names: str | tuple[str, ...]) -> Answer:
        given = [self.wordings[name] for name in ((names,) if isinstance(names, str) else names)]
        return Answer(
            to=to,
            say=tuple(wording.plain for wording in given),
            natural=tuple(wording.say for wording in given),
            means=tuple(wording.means for wording in given),
            delay=_DELAYS.get(to, _USUAL_DELAY),
        )

    def _interjection(self, one: Says) -> Interjection:
        wording = self.wordings[one.say]
        first = wording.means.split("|")[0].strip()
        then = tuple(self._answer(to, names) for to, names in {**self.after.get(first, {}), **one.then}.items())
        return Interjection(
            repetition=one.repetition, call=one.call, say=wording.plain, natural=wording.say, means=wording.means,
            then=then, delay=one.delay,
        )  # fmt: skip


@dataclass(frozen=True)
class Sessions:
    """All sessions."""

    all: tuple[Script, ...]

    @classmethod
    def load(cls, folder: Path = HERE) -> "Sessions":
        """Read both files of a folder.

        Raises:
            click.ClickException: one of them has a mistake.
        """
        file = _read(folder / "sessions.toml", _File)
        wordings = _read(folder / "wordings.toml", dict[str, Wording])
        scripts = tuple(Script(session, wordings, file.usual, file.after) for session in file.session)
        for script in scripts:
            try:
                script.every_text()
            except KeyError as error:
                raise click.ClickException(f"{script.session.name} says {error}, which wordings.toml lacks.") from error
        return cls(scripts)


def _read(path: Path, kind: type[T]) -> T:
    try:
        return msgspec.toml.decode(path.read_bytes(), type=kind)
    except msgspec.MsgspecError as error:
        raise click.ClickException(f"{path}: {error}; correct it.") from error


def _seed(name: str, seed: int) -> int:
    """Return a seed of the session's own, so that two sessions with the same words differ."""
    return zlib.crc32(f"{name}:{seed}".encode())


def _answers(persona: Persona) -> list[Answer]:
    return [*persona.answers, *(answer for one in persona.interjections for answer in one.then)]


def _said(persona: Persona) -> set[str]:
    """Return what the persona may say with its seed."""
    found: set[str] = set()
    for answer in _answers(persona):
        found |= set(answer.say)
        for turn in range(_TURNS.get(answer.to, 2)):
            ways = answer.natural[min(turn, len(answer.natural) - 1)]
            found.add(chosen(ways, persona.seed, answer.to, turn))
    for place, one in enumerate(persona.interjections):
        found |= {one.say, chosen(one.natural, persona.seed, "counting", place)}
    return found
