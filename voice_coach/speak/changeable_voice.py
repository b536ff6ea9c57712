"""A voice that can be changed for another one while the coach runs."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Final, NamedTuple

from voice_coach.actions import Earcon, Line
from voice_coach.audio.pcm import Clip
from voice_coach.errors import CoachError, Problem
from voice_coach.remote.address import silent
from voice_coach.speak.voice import Voice, Words
from voice_coach.timebase import samples
from voice_coach.workers.thread import Background

MAX_OPENING: Final = samples(2.5)
"""How long lines wait for a voice that is being opened; less than `speech_queue.MAX_RENDERING_WAIT`."""

Opener = Callable[[str], Iterator[Voice]]
"""Opens the voice of a name. A later one that it yields has more lines than the one before, and takes its place."""


class _Opened(NamedTuple):
    """The result of one step of opening a voice."""

    name: str
    steps: Iterator[Voice]
    voice: Voice | None
    """None: that was all of them."""
    problem: CoachError | None = None


class ChangeableVoice:
    """A `Voice` that speaks with one voice, and after `change` with another.

    Live, the other one is opened in the background, and lines wait for it until the player calls `go_on`. A voice that
    can't be opened leaves things as they were. A line that the new one can't say is said by the one before.
    """

    def __init__(
        self, first: Voice, name: str, opener: Opener, *, blocking: bool, tell: Callable[[str], None] = silent
    ) -> None:
        """Take over the first voice; `close` ends all of them.

        Args:
            first: speaks until another one is asked for.
            name: its name.
            opener: opens another one; called in the background.
            blocking: whether `change` waits until the voice is open: for files.
            tell: called with a sentence when a voice can't be opened.
        """
        self._voice = self._before = first
        self._opened = {name: first}
        self._all: list[Voice] = [first]
        self._wanted = name
        self._opener = opener
        self._blocking = blocking
        self._tell = tell
        self._waits = False
        self._lines: dict[Line, None] = {}
        self._sayers: dict[Line, Voice] = {}
        self._jobs: Background[_Opened] = Background("voice")

    @property
    def problems(self) -> list[Problem]:
        """Problems of all voices that were used, each once."""
        found = (problem for voice in self._all for problem in getattr(voice, "problems", ()))
        return list(dict.fromkeys(found))

    def change(self, name: str) -> None:
        """Speak with the voice of this name from the next line on."""
        if name == self._wanted:
            return
        self._wanted = name
        if (known := self._opened.get(name)) is not None:
            self._take(known)
            return
        begin = partial(_step, name, self._opener(name))
        if self._blocking:
            self._go_on(begin())
        else:
            self._waits = True
            self._jobs.submit(partial(self._prepared, begin, tuple(self._lines)))

    def go_on(self) -> None:
        """Let the voice before speak until the new one is there: it takes too long."""
        self._waits = False

    def prepare(self, lines: Iterable[Line]) -> None:
        """Begin to render what is missing, in this order; never blocks."""
        wanted = tuple(lines)
        self._lines.update(dict.fromkeys(wanted))
        self._collect()
        self._voice.prepare(wanted)

    def clip(self, line: Line) -> Clip | None:
        """Return the line's clip; None: not ready yet; an empty clip: no voice can say it."""
        self._collect()
        if self._waits:
            return None
        sayer = self._voice
        clip = sayer.clip(line)
        if clip is not None and not clip.size and self._before is not self._voice:
            sayer = self._before
            clip = sayer.clip(line)
        self._sayers[line] = sayer
        return clip

    def words(self, line: Line) -> Words:
        """Return where the words of the clip are that was last given for the line."""
        return self._sayers.get(line, self._voice).words(line)

    def earcon(self, earcon: Earcon) -> Clip:
        """Return the earcon's clip."""
        return self._voice.earcon(earcon)

    def close(self) -> None:
        """End all voices; may be called twice."""
        self._jobs.close()
        for done in self._jobs.poll():
            if isinstance(done, _Opened) and done.voice:
                self._all.append(done.voice)
        for voice in self._all:
            voice.close()

    def _prepared(self, begin: Callable[[], _Opened], lines: tuple[Line, ...]) -> _Opened:
        """Open a voice and let it begin to render; in the background."""
        done = begin()
        if done.voice:
            done.voice.prepare(lines)
        return done

    def _collect(self) -> None:
        for done in self._jobs.poll():
            if isinstance(done, BaseException):
                raise done
            self._go_on(done)

    def _go_on(self, done: _Opened) -> None:
        """Take a voice that was opened, and go on with opening it."""
        if done.problem:
            self._tell(f"{done.problem} The voice stays as it is.")
        elif done.voice:
            self._opened[done.name] = done.voice
            self._all.append(done.voice)
            step = partial(_step, done.name, done.steps)
            if self._blocking:
                done.voice.prepare(tuple(self._lines))
                self._go_on(step())
            else:
                self._jobs.submit(step)
        if done.name == self._wanted and done.name in self._opened:
            self._take(self._opened[done.name])
        elif done.name == self._wanted:
            self._wanted = next(name for name, voice in self._opened.items() if voice is self._voice)
            self._waits = False

    def _take(self, voice: Voice) -> None:
        self._waits = False
        if voice is not self._voice:
            self._before, self._voice = self._voice, voice


def _step(name: str, steps: Iterator[Voice]) -> _Opened:
    try:
        return _Opened(name, steps, next(steps, None))
    except CoachError as error:
        return _Opened(name, steps, None, error)
