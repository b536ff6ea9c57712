"""Judge whether the canceller has learnt the room, and whether that still holds."""

from typing import Final

import numpy as np

from voice_coach.audio.pcm import Signal
from voice_coach.hear.echo.adaptive_filter import HOP, Power, Spectrum, power, spectrum_of
from voice_coach.timebase import RATE, Samples, samples

MAX_LEARNING: Final[Samples] = samples(6)
"""How long the coach may have been heard before an echo that was found, but is not under control, is given up."""

MAX_SEEKING: Final[Samples] = samples(2)
"""How long the coach may have been heard before a room in which no echo was found is taken to have none: headphones."""


MIN_HEARD: Final[Samples] = samples(0.25)
"""How long the coach must have been heard before the filter can be judged: longer than a single sound."""

MIN_HEARD_AFTER_TEAR: Final[Samples] = samples(0.6)
"""The same where sound was torn just now: the tear may still be on its way through the buffers."""


_TINY: Final = np.float32(1e-12)

_NO_POWERS: Final = (0.0, 0.0, 0.0, 0.0)
"""Powers: heard, residual, removed, and common to heard and removed."""


class Trust:
    """Tracks how much of the echo the filter removes while the coach can be heard."""

    _MEMORY: Final = 1 - HOP / (0.4 * RATE)
    """Smoothing a hop: 0.4 s."""
    _GOOD: Final = 0.1
    """Residual echo once the filter has learnt the room: -10 dB; the suppressor makes it -20."""
    _WRONG: Final = 0.4
    """Least share of the removed echo that was really there: 1 is all of it, 0 none."""
    _WEIGHTY: Final = 0.25
    """Least share of echo in what is heard for a judgement: a loud user hides it."""
    _MUCH: Final = 0.02
    """Residual echo if it arrives a sample or two sooner or later than before: more than -17 dB, mostly -5."""
    _WORSE: Final = 5.0
    """And the residual must have grown by this factor: 7 dB."""
    _MADE: Final = 0.4
    """And this share of the residual must be echo; with a user who speaks as loudly it is 0.1."""

    def __init__(self) -> None:
        """Begin without trust in the filter."""
        self._coach_heard: Samples = 0
        self._proves = MIN_HEARD
        self._patient = False
        self.learnt = False
        """True if the echo is under control."""
        self._powers = _NO_POWERS
        self._least = 1.0  # of what was left of what was heard, since it was learnt
        self._leak = Leak()

    def note(self, mic: Signal, left: Signal, echo: Signal) -> bool:
        """Take a hop in which the coach could be heard; tell whether the filter just turned out to be wrong.

        The user's speech is not part of the echo that was removed, so it hardly changes their likeness.
        """
        self._coach_heard += HOP
        kept, new = self._MEMORY, 1 - self._MEMORY
        heard, rest, removed, common = self._powers
        heard = kept * heard + new * float(mic @ mic)
        rest = kept * rest + new * float(left @ left)
        removed = kept * removed + new * float(echo @ echo)
        common = kept * common + new * float(mic @ echo)
        self._powers = heard, rest, removed, common
        of_left, of_heard = self._leak.note(mic, left, echo)
        if self.learnt and of_left > self._MADE and of_heard > max(self._MUCH, self._WORSE * self._least):
            self.restart()
            return True
        if rest < self._GOOD * heard and self._coach_heard >= self._proves:
            self.learnt = True
            self._least = min(self._least, rest / heard)
        elif self.learnt and removed > self._WEIGHTY * heard and common < self._WRONG * removed:
            self.restart()
            return True
        return False

    def blind(self, *, found: bool) -> bool:
        """Tell whether user and echo can't be told apart yet, but may soon be; `found`: there is an echo."""
        return not self.learnt and self._coach_heard < (MAX_LEARNING if found or self._patient else MAX_SEEKING)

    def seek_longer(self) -> None:
        """Note that sound was torn before any echo was found, which can hide one from a search of `MAX_SEEKING`."""
        self._patient = self._patient or self.blind(found=False)

    def restart(self, *, torn: bool = False) -> None:
        """Trust the filter no longer: the echo's path has changed.

        Time to learn it is given again if something had been learnt, or if the sound is known to have been torn;
        otherwise only once, or a user might be blamed for ever.
        """
        if self.learnt or torn:
            self._coach_heard = 0
        self._proves = MIN_HEARD_AFTER_TEAR if torn else MIN_HEARD
        self.learnt = False
        self._powers = _NO_POWERS
        self._least = 1.0


class Leak:
    """How much of the residual a filter can predict from the removed echo: that part is echo too.

    By the coherence of the two, over a third of a second. What the user says has nothing in common with the echo.
    """

    _MEMORY: Final = np.float32(1 - HOP / (0.3 * RATE))
    _BAND: Final = slice(round(200 * 2 * HOP / RATE), round(4000 * 2 * HOP / RATE))

    def __init__(self) -> None:
        """Begin with nothing heard."""
        self._window = np.hanning(2 * HOP + 1)[: 2 * HOP].astype(np.float32)
        self._frames = np.zeros((3, 2 * HOP), np.float32)
        bins = self._BAND.stop - self._BAND.start
        self._powers: Power = np.zeros((3, bins), np.float32)
        self._common: Spectrum = np.zeros(bins, np.complex64)

    def note(self, mic: Signal, left: Signal, echo: Signal) -> tuple[float, float]:
        """Take a hop; return what is echo of what was left, and what of that was heard: parts of the power, 0 to 1."""
        frames = self._frames
        frames[:, :HOP] = frames[:, HOP:]
        frames[0, HOP:], frames[1, HOP:], frames[2, HOP:] = mic, left, echo
        spectra = spectrum_of(frames * self._window)[:, self._BAND]
        new = 1 - self._MEMORY
        self._powers = self._MEMORY * self._powers + new * power(spectra)
        self._common = self._MEMORY * self._common + new * spectra[1] * spectra[2].conj()
        heard, rest, removed = self._powers
        made = float((power(self._common) / (removed + _TINY)).sum())
        return made / float(rest.sum() + _TINY), made / float(heard.sum() + _TINY)
