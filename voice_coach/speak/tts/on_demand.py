"""A synthesiser that starts when a text is first requested: a voice pack seldom needs one."""

from collections.abc import Callable

from voice_coach.audio.pcm import Clip, silence
from voice_coach.errors import SpeechError
from voice_coach.speak.tts.synthesizer import Synthesizer


class OnDemandSynthesizer:
    """A `Synthesizer` that runs nothing until it is needed."""

    def __init__(self, start: Callable[[], Synthesizer]) -> None:
        """Take what starts the engine; it is called at most once."""
        self._start = start
        self._engine: Synthesizer | None = None
        self._trouble: SpeechError | None = None
        self._failed: list[str] = []

    @property
    def started(self) -> bool:
        """True once the engine was needed."""
        return self._engine is not None

    @property
    def identity(self) -> str:
        """The engine's identity; starts it.

        Raises:
            SpeechError: it can't be started, or is closed.
        """
        engine = self._started()
        if engine is None:
            raise self._trouble or SpeechError("The speech engine is closed.")
        return engine.identity

    def request(self, text: str, *, urgent: bool = False) -> None:
        """Ask for this text; starts the engine without waiting for it. If it can't be started, the clip is empty."""
        if engine := self._started():
            engine.request(text, urgent=urgent)
        else:
            self._failed.append(text)

    def poll(self, timeout: float = 0.0) -> list[tuple[str, Clip]]:
        """Return the clips that have become ready; waits only for an engine that was started."""
        failed, self._failed = self._failed, []
        done = [(text, silence(0)) for text in failed]
        return done or (self._engine.poll(timeout) if self._engine else [])

    def close(self) -> None:
        """End the engine, if there is one; none is started from now on."""
        self._trouble = self._trouble or SpeechError("The speech engine is closed.")
        if self._engine:
            self._engine.close()

    def _started(self) -> Synthesizer | None:
        if self._engine is None and self._trouble is None:
            try:
                self._engine = self._start()
            except SpeechError as error:
                self._trouble = error
        return self._engine
