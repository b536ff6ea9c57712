"""Holds one session: the real coach, voice and listener, and a person whose microphone is a simulated room."""

import time  # noqa: TID251 - CPU time is measured
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.recognition.noise import FRAME, loudest
from benchmarks.sessions.script import WAKE, Script
from voice_coach.audio.offline import run_file
from voice_coach.audio.pcm import FULL_SCALE, Clip, load, to_clip, to_signal
from voice_coach.clinical.past import Past
from voice_coach.coach import Coach, MemoryJournal
from voice_coach.config.engines import model_folder, open_listener, open_voice
from voice_coach.config.settings import Settings
from voice_coach.errors import CoachError
from voice_coach.event_log import EventLog
from voice_coach.exercise.load import load_exercise
from voice_coach.exercise.plan import total
from voice_coach.files.profiles import Profile
from voice_coach.hear.listener import build_listener
from voice_coach.rehearsal.clips import RecordedVoice
from voice_coach.rehearsal.person import Person, Utterance
from voice_coach.standby.build import grammar_of, prompts_of
from voice_coach.standby.runner import Standby
from voice_coach.standby.settings import Reminders
from voice_coach.standby.states import Coaching, Day, Waiting
from voice_coach.text import SilentVoice
from voice_coach.timebase import BLOCK, Samples, samples, seconds

NOBODY: Final = Profile("benchmark-nobody")
"""Has no calibration: thresholds are the recogniser's own."""
LIMIT: Final = samples(30 * 60)
"""A session that lasts longer counts as one that never ends."""
LOUDEST_FRAME: Final = -0.7
"""Decibels by which a person's loudest 2048 samples are above the level of their speech (median of 213 clips)."""
_WINDOW: Final = samples(1.5)
"""About as long as an utterance: noise is as loud as its loudest frame in such a window, in the median."""
_FIRST_CALL: Final = samples(1.5)
_NEXT_CALL: Final = samples(6)
"""From the end of one call in standby that led to nothing to the next."""
_STANDBY_LIMIT: Final = samples(60)
"""Somebody who has not been heard by then gives up."""


@dataclass(frozen=True)
class Stage:
    """Shared by all sessions of a process."""

    clips: Path
    noise: Clip
    model: Path | None
    snr: float
    """Decibels of speech over the kitchen."""

    @property
    def settings(self) -> Settings:
        """The coach's settings but for the exercise."""
        return Settings(model=self.model, allow_gaps=True, profile=NOBODY)


@dataclass(frozen=True)
class Part:
    """Utterances and events in standby, or in the session itself."""

    name: str
    said: list[Utterance]
    rows: list[dict[str, Any]]
    """The event log."""
    length: Samples


@dataclass(frozen=True)
class Held:
    """How a session went."""

    script: Script
    parts: list[Part]
    outcome: str
    """`never_started` where standby did not begin it, `endless` where it did not end."""
    repetitions: int
    total: int
    """Repetitions of the whole exercise."""
    side: str
    """As the coach has understood it; empty: it was not asked."""
    red: str
    """The red intent that ended it; empty: none did."""
    stopped_at: Samples
    """When the last red sign was taken."""
    cpu: float
    """Seconds."""


def hold(stage: Stage, script: Script, seed: int) -> Held:
    """Hold a session from the first word in standby, or from the coach's welcome, to its end.

    Raises:
        CoachError: a recording is missing, or an engine does not work.
    """
    began = time.process_time()
    voice = RecordedVoice(stage.clips / script.voice)
    persona = script.persona(seed)
    noise = _as_loud(stage.noise, persona.level + LOUDEST_FRAME - stage.snr, persona.seed)
    background = noise if script.session.kitchen else None
    parts: list[Part] = []
    if script.session.standby:
        caller = Person(script.caller(seed), voice, script.session.side, background)
        part, begun = _in_standby(stage, caller)
        parts.append(part)
        if not begun:
            return Held(script, parts, "never_started", 0, 0, "", "", 0, time.process_time() - began)
    person = Person(persona, voice, script.session.side, background)
    settings = stage.settings
    coach_voice = open_voice(settings, blocking=True)
    hearing = open_listener(settings, inline=True)
    log = EventLog()
    try:
        coach = Coach(
            load_exercise(script.session.exercise),
            voice=coach_voice,
            hearing=hearing,
            journal=MemoryJournal(),
            first_run=persona.first_run,
            past=Past(screening=persona.screening),
            watch=(log, person.watch),
        )
        _run(coach.advance, lambda: coach.done, lambda length: person.microphone(coach.now, length), LIMIT)
    finally:
        hearing.close()
        coach_voice.close()
    parts.append(Part("session", person.said, log.rows, coach.now))
    facts = coach.state.facts
    return Held(
        script=script,
        parts=parts,
        outcome=coach.outcome if coach.done else "endless",
        repetitions=facts.progress.repetitions,
        total=total(facts.plan.exercise),
        side=facts.plan.side or "",
        red=facts.findings.red[0] if facts.findings.red else "",
        stopped_at=facts.findings.stopped_at,
        cpu=time.process_time() - began,
    )


def _in_standby(stage: Stage, caller: Person) -> tuple[Part, bool]:
    """Let the person call until a session begins, or they give up; return what happened and whether it began."""
    log = EventLog()
    hearing = build_listener(grammar_of("en"), model_folder(stage.model), profile=NOBODY)
    clock = datetime(2030, 5, 6, 12, tzinfo=UTC)
    standby = Standby(
        reminders=Reminders(times=()),
        prompts=prompts_of("en"),
        voice=SilentVoice(),
        hearing=hearing,
        clock=lambda: clock + timedelta(seconds=seconds(standby.now)),
        look=lambda _: Day(),
        keep=lambda _: None,
        forget=lambda: "",
        watch=(log, caller.watch),
    )

    def microphone(length: Samples) -> Clip:
        last = caller.said[-1].end + _NEXT_CALL if caller.said else _FIRST_CALL
        if isinstance(standby.state, Waiting) and standby.now >= last:
            caller.call(WAKE, standby.now)
        return caller.microphone(standby.now, length)

    try:
        _run(standby.advance, lambda: standby.resting, microphone, _STANDBY_LIMIT)
    finally:
        hearing.close()
    return Part("standby", caller.said, log.rows, standby.now), isinstance(standby.state, Coaching)


def _run(
    advance: Callable[[Clip], Clip], done: Callable[[], bool], mic: Callable[[Samples], Clip], limit: Samples
) -> None:
    run_file(advance, done, mic, limit=limit, block=BLOCK)


def read_noise(path: Path) -> Clip:
    """Return a recording of noise.

    Raises:
        CoachError: it is missing, or shorter than one utterance.
    """
    noise = load(path)
    if len(noise) < _WINDOW:
        raise CoachError(f"{path} is too short for noise: take a recording of at least 1.5 s, better of minutes.")
    return noise


def _as_loud(noise: Clip, level: float, seed: int) -> Clip:
    """Return the noise at a level in dBFS, beginning at a place that follows from the seed."""
    windows = [noise[begin : begin + _WINDOW] for begin in range(0, len(noise) - _WINDOW + 1, _WINDOW)]
    now = 10 * np.log10(np.median([max(loudest(window), 1.0) for window in windows]) / FRAME / FULL_SCALE**2)
    scaled = to_clip((to_signal(noise) * 10 ** ((level - now) / 20)).astype(np.float32))
    return np.roll(scaled, -(seed % len(noise)))
