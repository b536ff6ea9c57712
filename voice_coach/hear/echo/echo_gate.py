"""Decide whether a voice was the coach's own: compare the microphone with the canceller's residual."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voice_coach.audio.pcm import Signal
from voice_coach.hear.echo.adaptive_filter import HOP, power, spectrum_of
from voice_coach.timebase import RATE, Samples

MAX_OWN_RESIDUAL: Final = -20.0
"""Decibels left of what was heard below which it was the coach's own voice.

What the coach's own words leave is -31 dB or less; what a user leaves who speaks over an echo 5 dB louder is -9 dB in
the median, -16 dB in the worst of twenty.
"""

MAX_OWN_RESIDUAL_TO_4_KHZ: Final = -33.0
"""The same of what lies up to 4 kHz, where words are told apart, as on a telephone.

Above it the coach's "s" and "f" are learnt late, as they are short and rare, and a clock that is off by half a sample
already undoes what was learnt. In the 15 s behind an echo that had moved, "Six." left -17 dB, and -35 dB up to here;
"calf or foot" -20 and -44. With -30 here, 3 of 76 words over an echo 10 dB louder were lost; with -33 none.
"""

MAX_OWN_WORD_RESIDUAL: Final = -14.0
"""The same for a word that the coach is saying at that moment: few users happen to say it then."""

MIN_USER_RESIDUAL: Final = -10.0
"""From here on it is mostly the user's voice: what the coach leaves is -20 dB or less, once the room is known."""

MAX_REVERBERATION: Final = -35.0
"""Decibels left below the coach's voice, as it was heard a moment ago, below which it was what rings of that.

Of a long room's last echoes little is taken out, and little of what is heard is anything else: in one of 0.5 s to
-60 dB they were 41 dB or more below the loudest of the sentence. A user so faint beside the coach is beyond what is
tried (an echo 10 dB louder).
"""

_FADES: Final = 10 ** (-25 / 10 * HOP / RATE)
"""By which the coach's voice counts less a hop later: 25 dB a second, as in a hall (2.4 s to -60 dB)."""

_WORDS: Final = slice(1, round(4_000 * HOP / RATE))
"""Bins of a hop's spectrum up to 4 kHz."""

_MAX_HOPS_KEPT: Final = 30 * RATE // HOP
"""Hops that are remembered: the longest utterance, twice over, and the time that its recognition takes."""

_MEASURED_AT_ONCE: Final = 32
"""Hops whose spectra are computed together, unless needed earlier: one by one costs four times as much."""

_EPSILON: Final = 1e-9
"""Energy of a hop of digital silence, so that silence over silence is 0 dB."""


class EchoGate:
    """Tells the coach's own voice from a user's, by what the canceller left of it.

    Once the canceller has learnt the room: what was heard while the coach was to be heard, and of which less than
    `MAX_OWN_RESIDUAL` is left, or than `MAX_OWN_RESIDUAL_TO_4_KHZ` of what lies there, was the coach itself. So is what
    is fainter by `MAX_REVERBERATION` than the coach was a moment ago.

    Before that, nothing tells the two apart, and what is heard mostly while the coach is to be heard is blamed on the
    coach. The two mistakes are not equal. Taking its own "Say stop at any time" for the user's would stop each session
    on an open speaker in its first sentence, before any canceller can have learnt the room. Missing a user's "stop" in
    that sentence loses nothing for good: no exercise runs yet, what is said in the pauses is never blamed, and whoever
    is not answered says it again. And it lasts for 2 s of the coach's own speech where no echo is found (headphones;
    6 s if sound was lost meanwhile), where there is one until it is learnt, in practice about 2 s too, and for 6 s at
    most (convergence.py). From then on an echo that can't be cancelled is heard as if it were the user: a false stop
    costs a short pause, a missed one may hurt.
    """

    def __init__(self) -> None:
        """Begin with an empty memory."""
        self._mic: NDArray[np.float64] = np.zeros((2, _MAX_HOPS_KEPT))  # all of it, and what lies in _WORDS
        self._left: NDArray[np.float64] = np.zeros((2, _MAX_HOPS_KEPT))
        self._rings: NDArray[np.float64] = np.zeros(_MAX_HOPS_KEPT)
        self._audible: NDArray[np.bool_] = np.zeros(_MAX_HOPS_KEPT, np.bool_)
        self._blind: NDArray[np.bool_] = np.zeros(_MAX_HOPS_KEPT, np.bool_)
        self._fresh: list[tuple[Signal, Signal]] = []  # hops that are not in the two yet
        self._origin: Samples = 0
        self._hops = 0
        self._ringing = 0.0

    def restart(self, at: Samples) -> None:
        """Forget everything; the next hop begins at `at`."""
        self._fresh.clear()
        self._origin = at
        self._hops = 0
        self._ringing = 0.0

    def add(self, mic: Signal, left: Signal, echo: float, *, audible: bool, blind: bool) -> None:
        """Remember the next hop.

        Args:
            mic: What was heard, `HOP` samples.
            left: What is left of it.
            echo: The energy that was taken away.
            audible: Whether the coach was to be heard, itself or its last sound in the room.
            blind: Whether the canceller has not learnt the room yet, and is given time to.
        """
        place = self._hops % _MAX_HOPS_KEPT
        self._fresh.append((mic, left))
        self._ringing = max(echo, _FADES * self._ringing)
        self._rings[place] = self._ringing
        self._audible[place] = audible
        self._blind[place] = blind
        self._hops += 1
        if len(self._fresh) == _MEASURED_AT_ONCE:
            self._measure()

    def _measure(self) -> None:
        """Take the energies of the hops that were added since."""
        if not self._fresh:
            return
        places = np.arange(self._hops - len(self._fresh), self._hops) % _MAX_HOPS_KEPT
        squares = power(spectrum_of(np.array(self._fresh)))
        parts = np.stack((squares.sum(axis=-1), squares[..., _WORDS].sum(axis=-1))) * (2 / HOP)
        self._mic[:, places], self._left[:, places] = parts[..., 0], parts[..., 1]
        self._fresh.clear()

    def doubt(self, since: Samples) -> None:
        """Note that from `since` on the canceller had not learnt the room: what it had learnt no longer held."""
        self._blind[self._between(since, self._origin + self._hops * HOP)] = True

    def ratio(self, start: Samples, end: Samples) -> float:
        """Return the residual of what was heard from `start` to `end`, in decibels; 0 if unknown."""
        self._measure()
        hops = self._between(start, end)
        return _decibels(self._left[0, hops].sum(), self._mic[0, hops].sum())

    def audible(self, start: Samples, end: Samples) -> bool:
        """Tell whether the coach could be heard at any time from `start` to `end`."""
        return bool(self._audible[self._between(start, end)].any())

    def blames_echo(self, start: Samples, end: Samples) -> bool:
        """Tell whether what was heard from `start` to `end` was the coach's own voice (doubtful cases: see above)."""
        hops = self._between(start, end)
        if not self.audible(start, end):
            return False
        self._measure()
        blind = hops[self._audible[hops] & self._blind[hops]]
        if 2 * self._mic[0, blind].sum() > self._mic[0, hops].sum():
            return True
        left, left_of_words = self._left[:, hops].sum(axis=1)
        if _decibels(left, self._rings[hops].sum()) < MAX_REVERBERATION:
            return True
        return (
            self.ratio(start, end) < MAX_OWN_RESIDUAL
            or _decibels(left_of_words, self._mic[1, hops].sum()) < MAX_OWN_RESIDUAL_TO_4_KHZ
        )

    def _between(self, start: Samples, end: Samples) -> NDArray[np.intp]:
        """Return the places of the hops that lie in the interval, even partly."""
        first = max((start - self._origin) // HOP, self._hops - _MAX_HOPS_KEPT, 0)
        behind = min(-((self._origin - end) // HOP), self._hops)
        return np.arange(first, max(first, behind)) % _MAX_HOPS_KEPT


def _decibels(left: float, mic: float) -> float:
    return 10 * math.log10((left + _EPSILON) / (mic + _EPSILON))
