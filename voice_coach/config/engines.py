"""Open the voice, listener, grammar and caller for help of a session from its settings.

Engines are imported when they are opened: a typed session waits for none of them.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from voice_coach.actions import SERVER_VOICE, beginning_with
from voice_coach.config.settings import MODEL_VARIABLE, Settings
from voice_coach.errors import DataError, Problem
from voice_coach.files.resources import APP, find
from voice_coach.hear.grammar.grammar import Grammar
from voice_coach.hear.grammar.load import load_grammar
from voice_coach.models import installed, selected
from voice_coach.remote.address import Address, silent

if TYPE_CHECKING:
    from voice_coach.hear.asr.recognizer import Recognizer
    from voice_coach.hear.listener import Listener
    from voice_coach.help_calls.caller import Caller
    from voice_coach.speak.changeable_voice import ChangeableVoice
    from voice_coach.speak.clip_library import ClipLibrary
    from voice_coach.speak.fallback_voice import FallbackVoice
    from voice_coach.speak.tts.pyttsx3 import Pyttsx3Synthesizer
    from voice_coach.speak.voice import Voice
    from voice_coach.speak.voice_pack import VoicePack


def model_folder(asked: Path | None) -> Path | None:
    """Return the model that was asked for by option, environment or `models use`; None: the embedded one.

    Raises:
        DataError: what `models use` wrote can't be understood.
    """
    return chosen_model(asked)[0]


def tried_model(asked: Path | None) -> Path | None:
    """Return that model after a trial in a separate process: it is loaded and given a second of silence.

    A damaged one kills the process that loads it. The result is cached until the model's files change.

    Raises:
        DataError: as above.
        RecognitionError: it can't be loaded.
    """
    folder = model_folder(asked)
    if folder:
        from voice_coach.models import vocabulary  # noqa: PLC0415 - see above

        vocabulary.missing_words(folder, ())
    return folder


def chosen_model(asked: Path | None) -> tuple[Path | None, bool]:
    """Return that model, and whether the user accepted that it can't hear some phrases.

    Raises:
        DataError: as above.
    """
    named = asked or os.environ.get(MODEL_VARIABLE)
    if named:
        return installed.find(named), False
    chosen = selected.read()
    return chosen.folder, chosen.allow_gaps


def grammar_file(language: str) -> Path:
    """Return the grammar of a language.

    Raises:
        DataError: there is none.
    """
    path = find("grammars", f"{language}.yaml")
    if path is None:
        message = f"there is no grammar for the language {language!r}; take another language"
        raise DataError([Problem(Path("grammars") / f"{language}.yaml", 0, "", message)])
    return path


def session_grammar(language: str) -> Grammar:
    """Return the grammar of a session, read and expanded once a process; `en` is the only language so far.

    Raises:
        DataError: there is none, or it has mistakes.
    """
    return _loaded(grammar_file(language))


@cache
def _loaded(path: Path) -> Grammar:
    return load_grammar(path)


def start_synthesizer(settings: Settings) -> "Pyttsx3Synthesizer":
    """Start the engine that speaks, in its own process, without waiting until it is ready.

    Raises:
        SpeechError: no process can be started.
    """
    from voice_coach.speak.tts.pyttsx3 import Pyttsx3Synthesizer  # noqa: PLC0415 - see above

    return Pyttsx3Synthesizer(settings.voice)


def open_voice(
    settings: Settings,
    *,
    blocking: bool,
    synthesizer: "Pyttsx3Synthesizer | None" = None,
    tell: Callable[[str], None] = silent,
) -> "ClipLibrary | FallbackVoice":
    """Return the coach's voice; the caller closes it.

    Args:
        settings: which voice.
        blocking: whether it waits until each clip is rendered: for files. For live sound False: a line is said as
            soon as its clip is there.
        synthesizer: one that was started before; it is closed with the voice. None: start it now, or, where a voice
            pack speaks, when a text is not in the pack.
        tell: called with a sentence when a speech server is given up, or a voice pack can't be used or lacks lines.

    Raises:
        SpeechError: there is no engine, or it does not have the voice.
        DataError: an earcon is missing.
    """
    from voice_coach.speak.clip_library import ClipLibrary  # noqa: PLC0415 - see above

    library = partial(
        ClipLibrary, language=settings.language, folder=APP.user_cache_path / "speech", blocking=blocking,
        earcons=settings.earcons,
    )  # fmt: skip
    pack = _voice_pack(settings, tell)
    if synthesizer is None and pack is not None:
        from voice_coach.speak.tts.on_demand import OnDemandSynthesizer  # noqa: PLC0415 - as above

        own = library(OnDemandSynthesizer(partial(start_synthesizer, settings)), pack=pack, tell=tell)
    else:
        own = library(synthesizer or start_synthesizer(settings), pack=pack, tell=tell)
    if not settings.tts:
        return own
    from voice_coach.speak.fallback_voice import FallbackVoice  # noqa: PLC0415 - as above
    from voice_coach.speak.tts.wyoming import WyomingSynthesizer  # noqa: PLC0415 - as above

    server = WyomingSynthesizer(settings.tts, settings.voice.rate, tell=tell)
    return FallbackVoice(library(server), own)


def voice_names(settings: Settings) -> tuple[str, ...]:
    """Return the voices that somebody can ask for in turn, the one that speaks first: packs, then this computer's own.

    `SERVER_VOICE` alone where a server speaks.
    """
    from voice_coach.speak import voice_pack  # noqa: PLC0415 - as above
    from voice_coach.speak.voice_spec import PACK  # noqa: PLC0415 - as above

    if settings.tts:
        return (SERVER_VOICE,)
    own = settings.voice.engine.name
    ring = (*(f"{PACK}{name}" for name in voice_pack.folders()), own)
    return beginning_with(ring, settings.voice.name if settings.voice.name in ring else own)  # own: the pack is gone


def with_voice(settings: Settings, name: str) -> Settings:
    """Return the settings with another voice at the same rate."""
    return replace(settings, voice=replace(settings.voice, name=name))


def changeable(
    first: "ClipLibrary | FallbackVoice", settings: Settings, *, blocking: bool, tell: Callable[[str], None] = silent
) -> "ChangeableVoice":
    """Return a voice that can be changed for another of `voice_names`; it takes over the first one.

    Args:
        first: from `open_voice`.
        settings: of the session.
        blocking: as for `open_voice`.
        tell: called with a sentence when a voice can't be opened.
    """
    from voice_coach.speak.changeable_voice import ChangeableVoice  # noqa: PLC0415 - as above

    def opened(name: str) -> "Iterator[Voice]":
        yield open_voice(with_voice(settings, name), blocking=blocking, tell=tell)

    return ChangeableVoice(first, voice_names(settings)[0], opened, blocking=blocking, tell=tell)


def _voice_pack(settings: Settings, tell: Callable[[str], None]) -> "VoicePack | None":
    """Return the voice pack that was chosen; None: none was, or it can't be used, which is reported."""
    name = settings.voice.pack
    if name is None:
        return None
    from voice_coach.speak.voice_pack import open_pack  # noqa: PLC0415 - as above

    try:
        return open_pack(name)
    except DataError as error:
        tell(f"{error}. The voice of this computer speaks instead.")
        return None


def open_listener(settings: Settings, *, inline: bool, tell: Callable[[str], None] = silent) -> "Listener":
    """Return the listener of a session; the caller closes it.

    Args:
        settings: which language and model, whose voice, and whether the microphone hears the coach (`open_speaker`).
        inline: whether it recognises in this process, as fast as it can: for files. For live sound False: the
            recogniser gets a process of its own, so that no block of sound waits for it.
        tell: called with a sentence when a server that hears too is gone or back.

    Raises:
        RecognitionError: the model can't be loaded, or can't hear what it must.
        DataError: there is no grammar of that language, or it has mistakes.
    """
    from voice_coach.hear.listener import build_listener  # noqa: PLC0415 - see above

    grammar = session_grammar(settings.language)
    folder, allowed = chosen_model(settings.model)
    if folder:
        _check_words(folder, grammar, allow_gaps=settings.allow_gaps or allowed)
    return build_listener(
        grammar,
        folder,
        apart=not inline,
        open_speaker=settings.open_speaker,
        echo_delay=settings.echo_delay,
        profile=settings.profile,
        combine=lambda embedded: with_server(embedded, settings.asr, grammar, blocking=inline, tell=tell),
    )


def with_server(
    embedded: "Recognizer", asr: Address | None, grammar: Grammar, *, blocking: bool, tell: Callable[[str], None]
) -> "Recognizer":
    """Return the recogniser combined with the server, if one is named; see `WyomingRecognizer`."""
    if asr is None:
        return embedded
    from voice_coach.hear.asr.wyoming import ANSWER_WITHIN, ANSWER_WITHIN_ON_FILES, WyomingRecognizer  # noqa: PLC0415 - see above

    limit = ANSWER_WITHIN_ON_FILES if blocking else ANSWER_WITHIN
    return WyomingRecognizer(embedded, asr, grammar, limit=limit, blocking=blocking, tell=tell)


def open_caller(settings: Settings) -> "Caller":
    """Return what calls for help in the ways that the person has set up; the caller closes it.

    It does nothing before it is told to.
    """
    from voice_coach.help_calls.caller import Caller  # noqa: PLC0415 - see above

    wanted = settings.help_calls
    return Caller(
        wanted.ways(), profile=settings.profile.name, now=lambda: datetime.now().astimezone(), at_once=wanted.at_once
    )


def _check_words(folder: Path, grammar: Grammar, *, allow_gaps: bool) -> None:
    """Check that a session can use a model that is not ours.

    Raises:
        RecognitionError: it can't be loaded, or lacks words that the user has not accepted as missing.
    """
    from voice_coach.hear.asr.vosk import known_gaps  # noqa: PLC0415 - see above
    from voice_coach.models import vocabulary  # noqa: PLC0415 - as above

    found = vocabulary.gaps(folder, grammar)
    vocabulary.check(grammar, found, excused=known_gaps(folder), allow_gaps=allow_gaps)
