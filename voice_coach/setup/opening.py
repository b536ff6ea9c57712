"""How the parts of the set-up are built, and where what it found is kept."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import msgspec

from voice_coach.audio.bounded_calls import patiently
from voice_coach.audio.devices import inventory
from voice_coach.config import preferences
from voice_coach.config.engines import open_ears, open_voice
from voice_coach.config.settings import Settings
from voice_coach.errors import CoachError
from voice_coach.exercise.prompts import Prompts, load_prompts, read_texts
from voice_coach.session.outside import FAULTS
from voice_coach.setup.happenings import Found
from voice_coach.setup.loop import Setup, Watcher, all_lines
from voice_coach.setup.pairs import pairs
from voice_coach.speak.preloaded_voice import PreloadedVoice


def prompts_of(language: str) -> Prompts:
    """Return what is said; of a session's sentences those about the microphone.

    Raises:
        DataError: there is nothing for this language, or it is not the table of tables of texts that it should be.
    """
    own = read_texts(f"setup/{language}.toml")
    shared = load_prompts(language).texts
    return Prompts(language, {**own, **{name: shared[name] for name in FAULTS.values()}})


def keep(found: Found, settings: Settings) -> str:
    """Write what was found to the person's settings; return why it could not, or an empty text."""
    path = settings.profile.settings
    try:
        before = preferences.load(path)
        after = msgspec.structs.replace(
            before,
            microphone=found.pair.microphone,
            speaker=found.pair.speaker,
            headphones=found.headphones,
            volume=found.volume,
            echo_delay_ms=found.delay_ms,
        )
        preferences.save(path, after)
    except CoachError as error:
        return str(error)
    return ""


@contextmanager
def opened(settings: Settings, watch: Watcher, *, offered: bool = False) -> Iterator[Setup]:
    """Give a set-up of the microphone and speaker that are named, or of all there are; its engines end with it.

    Raises:
        CoachError: there is no microphone, no speaker, no voice or no recogniser.
    """
    prompts = prompts_of(settings.language)
    tried = patiently(lambda: pairs(inventory(), settings.microphone, settings.speaker))
    voice = PreloadedVoice.taken_from(open_voice(settings, blocking=True), all_lines(prompts))
    with closing(open_ears(settings, inline=False)) as ears:
        yield Setup(
            prompts,
            tried,
            voice=voice,
            ears=ears,
            keep=lambda found: keep(found, settings),
            offered=offered,
            volume=settings.volume,
            watch=[watch],
        )
