"""Learn the path from loudspeaker to microphone while sound is played: a frequency-domain Kalman filter.

Gerald Enzner and Peter Vary, "Frequency-domain adaptive Kalman filter for acoustic echo control in hands-free
telephones", Signal Processing 86 (2006) 1140-1156: the filter, and the postfilter from the filter's own doubt.
Fabian Kuech, Edwin Mabande and Gerald Enzner, "State-space architecture of the partitioned-block-based acoustic echo
controller", ICASSP 2014, 1295-1299: the room's response in partitions, so that a long one costs no delay.
Heinrich Löllmann and Peter Vary, "Uniform and warped low delay filter-banks for speech enhancement", Speech
Communication 49 (2007) 574-587: the postfilter's gains by a minimum-phase filter, which costs no delay either.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from voice_coach.audio.pcm import Signal
from voice_coach.timebase import Samples

HOP: Final[Samples] = 256
"""Samples that are processed at a time: 16 ms."""

PARTITIONS: Final = 24
"""Hops of the room's response that are learnt: 384 ms, where a room with bare walls (0.5 s to -60 dB) is at -46 dB.

With 224 ms the filter takes 21 dB of such a room's echo away instead of 29.
"""

Spectrum = NDArray[np.complex64]
"""Shape `(..., bins)`; of a frame of two hops it has `HOP + 1` bins."""

Power = NDArray[np.float32]
"""Shape `(..., bins)` or `(..., bands)`: squared magnitudes, or factors of them."""

_STEADY: Final = np.float32(0.999)
"""Share of the response that stays the same from one hop to the next: people move, doors open."""

_DOUBT: Final = np.float32(0.3)
"""Initial variance of the response in each bin of the first partition: an echo as loud as its signal."""

_FADES: Final = np.float32(0.8)
"""Factor of that variance from one partition to the next, as rooms decay."""

_NEAR_MEMORY: Final = np.float32(0.9)
"""Smoothing, a hop, of the sound that is not echo: 0.15 s, half a syllable."""

_BANDS: Final = 64
"""Bands of 125 Hz that are attenuated separately, and one at the top."""

_BAND_STARTS: Final = np.arange(0, HOP + 1, HOP // _BANDS)

_TINY: Final = np.float32(1e-9)


class EchoFilter:
    """Learns the path from loudspeaker to microphone, however loud the user is, and predicts the echo.

    The filter knows its own doubt: it learns fast where its doubt is great and the user is silent, slowly where the
    user speaks. So nobody has to decide whether two are speaking at once.
    """

    def __init__(self) -> None:
        """Begin with no knowledge of the room."""
        shape = (PARTITIONS, HOP + 1)
        self._response: Spectrum = np.zeros(shape, np.complex64)
        self._doubt: Power = np.zeros(shape, np.float32)
        self._far: Spectrum = np.zeros(shape, np.complex64)
        self._far_power: Power = np.zeros(shape, np.float32)
        self._near: Power = np.full(HOP + 1, 1e-4, np.float32)
        self._heard: Signal = np.zeros(2 * HOP, np.float32)  # the frame that is learnt from: its first half is silence
        self._played: Signal = np.zeros(2 * HOP, np.float32)
        self._sounds = [False] * PARTITIONS
        """Whether anything was played in each partition; otherwise there is nothing to hear or learn."""
        self._grows: Power = np.zeros(shape, np.float32)  # growth of the uncertainty from hop to hop
        self.doubted: Power = np.zeros(HOP + 1, np.float32)
        """The power of the echo that the filter has not learnt yet, in the last hop."""
        self.forget()

    def forget(self) -> None:
        """Forget the room."""
        self._response[:] = 0
        self._doubt[:] = _start()
        self._note_growth(slice(None))

    def doubt(self, loudness: float = 1) -> None:
        """Keep the learnt room, but be ready to learn it again: something has changed.

        `loudness`: about how loud the echo is, as a power, compared with what was played.
        """
        np.maximum(self._doubt, np.float32(loudness) * _start(), out=self._doubt)

    @property
    def response(self) -> Signal:
        """The learnt part of the room's response."""
        return signal_of(self._response)[:, :HOP].ravel()

    def scale(self, by: float) -> None:
        """Scale the learnt response: everything is louder by this factor from here on."""
        self._response *= np.float32(by)
        self._note_growth(slice(None))

    def step(self, mic: Signal, far: Signal) -> tuple[Signal, Signal]:
        """Take a hop that was heard and one that was played; return the residual, and the echo that was removed."""
        self.follow(far)
        rows = self._sounding()
        echo = signal_of((self._response[rows] * self._far[rows]).sum(axis=0))[HOP:]
        left = mic - echo
        self._heard[HOP:] = left
        self._learn(spectrum_of(self._heard), rows)
        return left, echo

    def follow(self, far: Signal) -> None:
        """Take only a hop that was played: nothing can be learnt from what was heard."""
        self._far[1:] = self._far[:-1].copy()
        self._far_power[1:] = self._far_power[:-1].copy()
        self._played[:HOP] = self._played[HOP:]
        self._played[HOP:] = far
        self._far[0] = spectrum_of(self._played)
        self._far_power[0] = power(self._far[0])
        self._sounds = [bool(self._played.any()), *self._sounds[:-1]]

    def _sounding(self) -> slice:
        """Return the partitions from the first to the last in which anything was played; may be empty."""
        if True not in self._sounds:
            return slice(0, 0)
        return slice(self._sounds.index(True), PARTITIONS - self._sounds[::-1].index(True))

    def _note_growth(self, rows: slice) -> None:
        self._grows[rows] = (1 - _STEADY * _STEADY) * power(self._response[rows]) + np.float32(1e-10)

    def _learn(self, left: Spectrum, rows: slice) -> None:
        """The Kalman filter's update of each bin and partition; half of a frame's power is in its new hop."""
        half = np.float32(0.5)
        now = power(left)
        self._near += (1 - _NEAR_MEMORY) * (now - self._near)
        near = np.maximum(
            self._near, now
        )  # the smoothed one is late when a word begins, and would let it be learnt as echo
        doubt, far_power = self._doubt[rows], self._far_power[rows]
        self.doubted = half * (doubt * far_power).sum(axis=0)
        gain = doubt / (self.doubted + near + _TINY)
        steady = _STEADY * _STEADY
        if len(gain):
            change = signal_of(gain * self._far[rows].conj() * left)
            change[:, HOP:] = 0  # a partition of the response is one hop long; the rest is the circle's
            self._response[rows] += spectrum_of(change)
            self._note_growth(rows)
        self._doubt[: rows.start] *= steady
        self._doubt[rows.stop :] *= steady
        doubt *= steady * (1 - half * gain * far_power)
        self._doubt += self._grows


class Suppressor:
    """Attenuates only the frequencies in which echo must be left; adds no delay.

    Once as deeply as possible, to decide whose voice it was, and once so gently that the words of a user who speaks
    over the echo stay intact: a whisper of the coach disturbs a recogniser less than holes in the user's speech.
    """

    _MISSED: Final = np.array([[0.04], [0.01]], np.float32)
    """The part of the echo's power that the filter is taken to miss: loudspeakers distort, rooms ring longer."""
    _LASTS: Final = np.array([[0.86], [0.75]], np.float32)
    """Decay of an echo's power from one hop to the next: no room that people exercise in decays more slowly than 78
    dB a second. The filter hardly knows the echo's tail: in a long room it was heard as a word, 0.4 s after the
    coach's last one. So the deep gain assumes a decay of 41 dB a second."""
    _SMOOTH: Final = np.float32(0.4)
    """Weight of the newest hop in the power that is compared with the echo's."""
    _FLOOR: Final = np.float32(0.1)
    """The least gain, -20 dB: with the filter's 20 dB it silences the coach, and the user is not chopped up."""
    _DEPTH: Final = np.array([[1.0], [0.35]], np.float32)
    """Share of the gain's decibels that is applied: at most -7 dB for the gentle one."""

    def __init__(self) -> None:
        """Begin without attenuation."""
        self._window = np.hanning(2 * HOP + 1)[: 2 * HOP].astype(np.float32)
        self._rise = np.linspace(0, 1, HOP, endpoint=False, dtype=np.float32)
        self._frames: Signal = np.zeros((3, 2 * HOP), np.float32)  # what is left and the echo, and the former plain
        self._both: Signal = np.zeros((2, 2 * HOP), np.float32)  # what is left and the echo, before the window
        self._powers: Power = np.zeros((3, HOP + 1), np.float32)  # of what is left, of the echo, and what is doubted
        self._heard: Power = np.zeros(_BANDS + 1, np.float32)
        self._lasting: Power = np.zeros((2, _BANDS + 1), np.float32)
        self._gain: Power = np.ones((2, _BANDS + 1), np.float32)
        self._filters: Spectrum = np.ones((2, 2, HOP + 1), np.complex64)  # of the hop before and of this one

    def rest(self, left: Signal) -> None:
        """Skip a hop; from here on nothing is turned down."""
        self._both[0, HOP:] = left
        self._both[1, HOP:] = 0
        self._lasting[:] = 0
        self._gain[:] = 1
        self._filters[1] = 1

    def step(self, left: Signal, echo: Signal, doubted: Power, *, last: bool = False) -> Signal:
        """Return a hop of what the filter left, without what echo there still is in it: deep and gently, shape (2, n).

        Args:
            left: What the filter left.
            echo: What it took away.
            doubted: The power of the echo that it does not know of.
            last: No more will follow soon: turn down nothing at this hop's end.
        """
        frames = self._both
        frames[:, :HOP] = frames[:, HOP:]
        frames[0, HOP:], frames[1, HOP:] = left, echo
        np.multiply(frames, self._window, out=self._frames[:2])
        self._frames[2] = frames[0]
        spectra = spectrum_of(self._frames)
        self._update(spectra[:2], doubted)
        if last:
            self._gain[:] = 1
        self._filters[0] = self._filters[1]
        self._filters[1] = minimum_phase(self._gain**self._DEPTH)
        was, becomes = signal_of(self._filters * spectra[2])[..., HOP:]
        out: Signal = was + self._rise * (becomes - was)
        return out

    def _update(self, spectra: Spectrum, doubted: Power) -> None:
        """Take the spectra of what is left and of the echo."""
        self._powers[:2] = power(spectra)
        self._powers[2] = doubted
        heard, removed, unknown = in_bands(self._powers)
        self._heard += self._SMOOTH * (heard - self._heard)
        self._lasting = np.maximum(removed, self._LASTS * self._lasting)
        residual = self._MISSED * self._lasting + unknown
        gain = np.minimum(np.maximum(1 - residual / (self._heard + _TINY), self._FLOOR), 1)
        self._gain = np.where(gain > self._gain, (gain + self._gain) / 2, gain)  # down at once, up gently


def power(spectrum: Spectrum) -> Power:
    """Return the squared magnitudes."""
    squares: Power = np.square(spectrum.real) + np.square(spectrum.imag)
    return squares


def spectrum_of(frames: Signal, length: Samples | None = None) -> Spectrum:
    """Return the spectrum along the last axis, of frames filled with silence up to `length`."""
    return np.fft.rfft(frames, length).astype(np.complex64, copy=False)


def signal_of(spectrum: Spectrum) -> Signal:
    """Return the frames that have these spectra, along the last axis."""
    return np.fft.irfft(spectrum).astype(np.float32, copy=False)


def spectrum_into(out: Spectrum, frames: Signal) -> None:
    """Write the spectrum along the last axis into an array that is kept.

    Arrays of 128 KiB and more are given back to the system each time, which clears them when they are asked for again:
    a transform of ten stretches of 0.6 s takes a quarter of the time where its result has a place already.
    """
    np.fft.rfft(frames, out=out)  # type: ignore[arg-type] # numpy takes single precision, its types don't tell so


def signal_into(out: Signal, spectrum: Spectrum) -> None:
    """Write the frames that have these spectra, along the last axis, into an array that is kept."""
    np.fft.irfft(spectrum, out=out)  # type: ignore[arg-type] # as above


def in_bands(powers: Power) -> Power:
    """Return the power in each band, the last axis being bins."""
    bands: Power = np.add.reduceat(powers, _BAND_STARTS, axis=-1)
    return bands


def minimum_phase(gain: Power) -> Spectrum:
    """Return the spectrum of a filter that has this gain in each band, and lets each sound out as soon as it can.

    By way of the cepstrum, whose half before time zero is folded onto the other (Oppenheim and Schafer, Discrete-Time
    Signal Processing, on the minimum-phase part of a sequence).
    """
    cepstrum = signal_of(np.log(gain).astype(np.complex64))
    cepstrum[..., 1:_BANDS] *= 2
    cepstrum[..., _BANDS + 1 :] = 0
    taps = signal_of(np.exp(spectrum_of(cepstrum)))
    return spectrum_of(taps, 2 * HOP)


def _start() -> Power:
    fading: Power = _DOUBT * _FADES ** np.arange(PARTITIONS, dtype=np.float32)[:, None]
    return fading
