"""A whole rehearsal: the real coach, voice and recogniser, and a scripted person; faster than real time."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from voice_coach.actions import Line
from voice_coach.audio.offline import StereoRecorder, recorded, run_file
from voice_coach.clinical.past import Past
from voice_coach.coach import Coach, MemoryJournal
from voice_coach.dialogue.runner import Hearing
from voice_coach.errors import CoachError
from voice_coach.event_log import EventLog, webvtt
from voice_coach.exercise.model import Exercise, Side
from voice_coach.exercise.plan import total
from voice_coach.rehearsal.person import Person
from voice_coach.rehearsal.persona import Persona, check_fits
from voice_coach.speak.player import Caption
from voice_coach.speak.tts.synthesizer import Synthesizer
from voice_coach.speak.voice import Voice
from voice_coach.timebase import BLOCK, RATE, Samples, samples, seconds

MAX_REHEARSAL: Final = samples(45 * 60)
"""Limit for a rehearsal that does not end: no session is as long."""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """Result of a rehearsal."""

    persona: str
    exercise: str
    side: Side
    outcome: str
    repetitions: int
    red: dict[str, str | int] | None
    """The red intent that ended the exercise, and the repetition; None if none did."""
    as_expected: bool
    """True if it ended as the persona's script says."""
    seconds: float
    """Of audio."""
    recording: str
    captions: str
    log: str
    onward: str = ""
    """The step of a programme that follows; empty: none."""

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON knows it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Stage:
    """The real parts that a rehearsal needs."""

    exercise: Exercise
    voice: Voice
    hearing: Hearing
    person_voice: Synthesizer
    voices: tuple[str, ...] = ()
    """The names of those that the person can ask for, as `Coach` takes them."""


def rehearse(  # noqa: PLR0913 -- two that only tests change
    stage: Stage,
    persona: Persona,
    side: Side,
    folder: Path,
    progress: Callable[[str], None] = lambda _: None,
    *,
    block: Samples = BLOCK,
    limit: Samples = MAX_REHEARSAL,
) -> Rehearsed:
    """Run a session with a scripted person and record it in `folder`, which is created.

    Args:
        stage: coach, listener and voices; the caller closes them.
        persona: who answers.
        side: where it hurts.
        folder: gets PERSONA-EXERCISE-SIDE.wav (coach left, person right), .vtt and .json (the event log).
        progress: told once a second of audio how far it is.
        block: samples in a block.
        limit: where it is broken off; what was heard until then is written all the same.

    Raises:
        CoachError: the files can't be written, the persona does not fit the exercise, or the session did not end.
    """
    check_fits(persona, stage.exercise)
    recording = _made(folder) / f"{persona.persona}-{stage.exercise.id}-{side}.wav"
    log, person = EventLog(), Person(persona, stage.person_voice, side)
    person.prepare()
    coach = Coach(
        stage.exercise,
        voice=stage.voice,
        hearing=stage.hearing,
        journal=MemoryJournal(),
        first_run=persona.first_run,
        past=Past(screening=persona.screening),
        voices=stage.voices,
        watch=(log, person.watch),
    )
    report = _Report(coach, progress)
    with StereoRecorder(recording) as recorder:
        run_file(
            recorded(coach.advance, recorder),
            report.done,
            lambda length: person.microphone(coach.now, length),
            limit=limit,
            block=block,
        )
    _write(recording.with_suffix(".vtt"), webvtt(_cues(report.captions, person)))
    _write(recording.with_suffix(".json"), log.to_json())
    if not coach.done:
        message = f"The rehearsal did not end within {seconds(limit):.0f} s: listen to {recording} and read its log."
        raise CoachError(message)
    return _result(coach, persona, side, recording)


class _Report:
    """Gathers the captions, and tells how far it is once a second."""

    def __init__(self, coach: Coach, progress: Callable[[str], None]) -> None:
        """Take the callbacks."""
        self.captions: list[Caption] = []
        self._coach = coach
        self._progress = progress
        self._told: Samples = 0

    def done(self) -> bool:
        """Return whether it is over; asked before each block."""
        coach = self._coach
        self.captions += coach.take_captions()
        if coach.now >= self._told or coach.done:
            self._told = coach.now + RATE
            facts = coach.state.facts
            count = total(facts.plan.exercise)
            self._progress(f"{seconds(coach.now):4.0f} s, repetition {facts.progress.repetitions} of {count}")
        return coach.done


def _cues(captions: list[Caption], person: Person) -> list[tuple[Samples, Samples, str, str]]:
    spoken = [
        (caption.start, caption.end, "Coach", caption.sound.text)
        for caption in captions
        if isinstance(caption.sound, Line)
    ]
    return spoken + [(said.start, said.end, "Person", said.text) for said in person.said]


def _result(coach: Coach, persona: Persona, side: Side, recording: Path) -> Rehearsed:
    facts, expect = coach.state.facts, persona.expect
    red: dict[str, str | int] | None = (
        {"intent": facts.findings.red[0], "repetition": facts.findings.red[1]} if facts.findings.red else None
    )
    wanted = total(facts.plan.exercise) if expect.repetitions is None else expect.repetitions
    on_side = facts.plan.side == side or facts.plan.exercise.sides != "painful" or facts.plan.side is None
    got = (coach.outcome, facts.progress.repetitions, facts.findings.red[0] if facts.findings.red else None)
    return Rehearsed(
        persona=persona.persona,
        exercise=facts.plan.exercise.id,
        side=facts.plan.side if facts.plan.side and facts.plan.exercise.sides == "painful" else side,
        outcome=coach.outcome,
        repetitions=facts.progress.repetitions,
        red=red,
        as_expected=got == (expect.outcome, wanted, expect.red) and on_side,
        seconds=round(seconds(coach.now), 2),
        recording=str(recording),
        captions=str(recording.with_suffix(".vtt")),
        log=str(recording.with_suffix(".json")),
        onward=facts.plan.onward,
    )


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"The folder {folder} can't be created ({error.strerror}): choose another one with --out."
        raise CoachError(message) from error
    return folder


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        message = f"{path} can't be written ({error.strerror}): make room, or choose another folder with --out."
        raise CoachError(message) from error


def to_json(result: Rehearsed) -> str:
    """Return the summary as one line of JSON."""
    return msgspec.json.encode(result.to_json()).decode()
