"""Ask whose session it is, before anything else, if it could be several people's."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Final

from voice_coach.app.console import Console
from voice_coach.app.publish import pass_on_news
from voice_coach.app.resolve import Options, resolve, without_preferences
from voice_coach.app.signals import Interruption
from voice_coach.audio.devices import choose_pair, inventory
from voice_coach.audio.live import run_device
from voice_coach.audio.pcm import silence
from voice_coach.config.engines import open_voice, tried_model
from voice_coach.config.settings import Settings
from voice_coach.dialogue.emergency import Staying
from voice_coach.files import profiles
from voice_coach.files.profiles import Profile
from voice_coach.hear.grammar.load import load_grammar
from voice_coach.hear.listener import build_listener
from voice_coach.identify.build import Asked, grammar_file, names_of, prompts_of
from voice_coach.identify.machine import Asking, all_lines
from voice_coach.service.notify import Notifier
from voice_coach.speak.preloaded_voice import PreloadedVoice
from voice_coach.text import SilentVoice, Subtitles, TypedHearing
from voice_coach.timebase import BLOCK

NOBODY: Final = "No session: nobody said whose it is. Give --profile NAME to skip the question."

Answer = tuple[Profile | None, int]
"""The person, or an exit code if nobody said who it is."""
Ask = Callable[[Settings, Sequence[Profile], Console], Answer]


def settings_for(options: Options, named: Profile | None, ask: Ask, console: Console) -> Settings | int:
    """Return the settings of the session's person, or the exit code if there is to be no session.

    Args:
        options: what was asked for.
        named: the profile that was named; None: the only one, or else `ask` asks.
        ask: asks which of several people it is, `aloud` or `typed`.
        console: shows that nobody answered, and what is wrong with the settings.

    Raises:
        CoachError: the profiles or the settings can't be read, or nobody can be asked.
    """
    profile, code = named or profiles.only(), 0
    if profile is None:
        profile, code = ask(without_preferences(options), profiles.everyone(), console)
    if profile is None:
        console.note(NOBODY)
        return code
    settings = resolve(options, profile)
    for trouble in settings.troubles:
        console.warn(trouble)
    return settings


def aloud(settings: Settings, people: Sequence[Profile], console: Console) -> Answer:
    """Ask with microphone and speaker.

    Raises:
        DeviceError: there is no microphone or no speaker.
        CoachError: a part does not work.
    """
    choose_pair(inventory(), settings.microphone, settings.speaker)

    def hold(asked: Asked) -> None:
        run_device(
            Notifier.from_environment().fed(Subtitles(asked, console.show).advance),
            lambda: asked.done,
            microphone=settings.microphone,
            speaker=settings.speaker,
            on_news=lambda news: pass_on_news(asked, news, console),
        )

    return heard(settings, people, hold)


def heard(
    settings: Settings, people: Sequence[Profile], hold: Callable[[Asked], None], *, apart: bool = True
) -> Answer:
    """Ask aloud, with the real voice and listener.

    Args:
        settings: which voice and model.
        people: who it may be.
        hold: runs the sound until the question is answered.
        apart: whether the recogniser runs in a process of its own, as live sound requires.

    Raises:
        CoachError: a part does not work.
    """
    prompts = prompts_of(settings.language)
    names = names_of(people, prompts)
    with ExitStack() as stack:
        grammar = load_grammar(stack.enter_context(grammar_file(people, settings.language)))
        model = tried_model(settings.model)
        hearing = build_listener(grammar, model, apart=apart, open_speaker=settings.open_speaker, profile=None)
        stack.callback(hearing.close)
        voice = PreloadedVoice.taken_from(open_voice(settings, blocking=True), all_lines(names, prompts))
        asked = Asked(names, prompts, voice, hearing, volume=settings.volume)
        with Interruption(asked) as interruption:
            hold(asked)
    return answer(asked, people), interruption.exit_code


def typed(settings: Settings, people: Sequence[Profile], console: Console) -> Answer:
    """Ask on the console."""
    prompts = prompts_of(settings.language)
    with grammar_file(people, settings.language) as file:
        hearing = TypedHearing(load_grammar(file))
    asked = Asked(names_of(people, prompts), prompts, SilentVoice(), hearing, volume=settings.volume)
    advance = Subtitles(asked, console.show).advance
    with Interruption(asked) as interruption:
        while not asked.done:
            state = asked.state
            if isinstance(state, Asking | Staying) and not state.token:
                text = interruption.read(console.read)
                if text is None:
                    asked.interrupt()
                elif text.strip():
                    hearing.type(text.strip())
                else:
                    advance(silence(state.wake_at - asked.now))
            advance(silence(BLOCK))
    return answer(asked, people), interruption.exit_code


def answer(asked: Asked, people: Sequence[Profile]) -> Profile | None:
    """Return who it is; None: nobody answered."""
    return None if asked.named is None else people[asked.named]
