"""Measures: starts the engines, looks at disk and folders, and lets microphone and speaker hear one another."""

import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np

from voice_coach.actions import Earcon, Line
from voice_coach.audio.bounded_calls import patiently
from voice_coach.audio.devices import Setup, choose_pair, inventory, settle
from voice_coach.audio.live import DeviceNews, DeviceStats, Lost, run_device
from voice_coach.audio.pcm import Clip, silence
from voice_coach.config.engines import chosen_model, open_listener, start_synthesizer
from voice_coach.config.settings import Settings
from voice_coach.dialogue.runner import Hearing
from voice_coach.doctor.computer import EMBEDDED_MODEL, Folder, Recognised, Spoke
from voice_coach.doctor.trial import ANSWER, REQUEST, SENTENCES, Take, Trial
from voice_coach.errors import CoachError, DataError, Problem, RecognitionError
from voice_coach.events import Intent
from voice_coach.files import resources
from voice_coach.hear.asr.vosk import EMBEDDED, load_library
from voice_coach.models import vocabulary
from voice_coach.session.question_table import ACTIVE
from voice_coach.speak import cues
from voice_coach.timebase import BLOCK, RATE, seconds

WORD: Final = "stop"
"""The word that the recogniser is tried with, the most important one; its intent has the same name."""

MAX_RENDERING: Final = 20.0
"""Seconds that a sentence may take to be rendered; 0.4 is usual for the first, with the engine's start."""

EXPECTS: Final = "sound_check"
"""The question to which the answer is yes or no."""


@dataclass(frozen=True, slots=True)
class Voice:
    """Result of the voice's trial, and its clips."""

    spoke: Spoke
    clips: dict[str, Clip] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sound:
    """Result of the devices' trial."""

    take: Take
    stats: DeviceStats
    trouble: str = ""
    """Why it was broken off."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a session would have understood."""

    own: list[str]
    """The intents that were heard in the coach's own sentences."""
    answered: bool
    """True if the user's answer was understood."""


def speak(settings: Settings) -> Voice:
    """Return what the voice says of all that is needed; never raises."""
    texts = (*SENTENCES, REQUEST, WORD)
    began = time.monotonic()
    try:
        with closing(start_synthesizer(settings)) as synthesizer:
            for text in texts:
                synthesizer.request(text)
            clips = dict(synthesizer.poll(MAX_RENDERING))
            first = time.monotonic() - began
            while len(clips) < len(texts) and (more := synthesizer.poll(MAX_RENDERING)):
                clips.update(more)
            engine = synthesizer.identity
    except CoachError as error:
        return Voice(Spoke(trouble=str(error)))
    silent = tuple(text for text in texts if not clips.get(text, silence(0)).size)
    return Voice(Spoke(engine, first, silent), clips)


def recordings(settings: Settings, lines: Callable[[], Iterable[Line]]) -> list[Problem]:
    """Return what a session would not use of the user's recordings, and what of our sounds is missing; never raises.

    Args:
        settings: with the language.
        lines: tells what else than the lines of exercises the coach can say.
    """
    try:
        missing = [Problem(Path(f"{one}.wav"), 0, "", "is missing") for one in Earcon if not cues.earcon_files(one)]
        return [*missing, *cues.unreadable(settings.language), *cues.unused(settings.language, lines())]
    except DataError as error:
        return error.problems


def library_trouble() -> str:
    """Return why the recogniser's library can't be loaded, in a sentence; empty where it can."""
    try:
        load_library()
    except RecognitionError as error:
        return str(error)
    return ""


def recognise(settings: Settings, word: Clip) -> Recognised:
    """Return what the recogniser makes of the coach's own "stop"; never raises."""
    began = time.monotonic()
    sound = np.concatenate((silence(RATE // 2), word, silence(RATE)))
    try:
        model = chosen_model(settings.model)[0]
        vocabulary.ask(model or EMBEDDED, [])  # where it is damaged, libvosk ends the process that loads it
        began = time.monotonic()
        with closing(open_listener(replace(settings, open_speaker=False), inline=True)) as hearing:
            loaded, worked = time.monotonic() - began, time.process_time()
            hearing.listen("counting", ACTIVE["counting"])
            heard = _intents(hearing, sound, silence(len(sound)))
            worked = time.process_time() - worked
    except CoachError as error:
        return Recognised(trouble=str(error))
    name = model.name if model else EMBEDDED_MODEL
    return Recognised(name, loaded, worked / seconds(len(sound)), WORD, tuple(dict.fromkeys(one.name for one in heard)))


def folders() -> list[Folder]:
    """Return the folders that sessions write to, whether they are there already or not."""
    app = resources.APP
    places = {"history": app.user_data_path, "cache": app.user_cache_path, "settings": app.user_config_path}
    return [_folder(use, path) for use, path in places.items()]


def _folder(use: str, path: Path) -> Folder:
    there = next(place for place in (path, *path.parents) if place.exists())
    writable = there.is_dir() and os.access(there, os.W_OK | os.X_OK)
    private = (
        [path, *path.glob("history.db*"), *path.glob("profiles"), *path.glob("profiles/*/history.db*")]
        if use == "history" and path.exists()
        else []
    )
    open_to = [place.name for place in private if os.name == "posix" and place.stat().st_mode & 0o077]
    return Folder(use, path, writable, tuple(open_to), shutil.disk_usage(there).free)


def devices(settings: Settings) -> Setup:
    """Return which microphone and speaker would be used, and how.

    Raises:
        DeviceError: no session could be held with them.
    """
    return patiently(lambda: settle(*choose_pair(inventory(), settings.microphone, settings.speaker)))


def listen_and_speak(settings: Settings, voice: Voice) -> Sound:
    """Let the devices go through the trial.

    Raises:
        DeviceError: they can't be opened.
    """
    trial = Trial([voice.clips[text] for text in SENTENCES], voice.clips[REQUEST])

    def hear_of(news: DeviceNews) -> None:
        if isinstance(news, Lost):
            trial.trouble = news.reason

    stats = run_device(
        trial.advance,
        lambda: trial.done,
        microphone=settings.microphone,
        speaker=settings.speaker,
        on_news=hear_of,
        judged=False,
    )
    return Sound(trial.take(), stats, trial.trouble)


def understand(settings: Settings, take: Take) -> Heard:
    """Return what a session over an open speaker would have understood.

    Raises:
        RecognitionError: the recogniser can't be used.
    """
    with closing(open_listener(replace(settings, open_speaker=True), inline=True)) as hearing:
        hearing.listen(EXPECTS, ACTIVE[EXPECTS])
        heard = _intents(hearing, take.mic, take.played, take)
    replied = take.parts["reply"].start
    own = [one.name for one in heard if one.start < replied]
    return Heard(own, any(one.name == ANSWER and one.start >= replied for one in heard))


def _intents(hearing: Hearing, mic: Clip, played: Clip, take: Take | None = None) -> Sequence[Intent]:
    return [event for event in _events(hearing, mic, played, take) if isinstance(event, Intent)]


def _events(hearing: Hearing, mic: Clip, played: Clip, take: Take | None) -> Iterator[object]:
    before = silence(0)
    for at in range(0, len(mic) - BLOCK + 1, BLOCK):
        saying = [one for one in take.spoken if one.start < at and at - BLOCK < one.end] if take else []
        yield from hearing.process(mic[at : at + BLOCK], before, at, saying)
        before = played[at : at + BLOCK]
