"""What every synthesiser must do, the fake as well as the engine."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from tests.remote.scripted_server import Site, serve
from voice_coach.audio.pcm import Clip, onset, peak, speech_rms
from voice_coach.remote.address import WYOMING, Address
from voice_coach.speak.loudness import MAX_AMPLITUDE, NOMINAL_RMS
from voice_coach.speak.tts.pyttsx3 import Pyttsx3Synthesizer
from voice_coach.speak.tts.synthesizer import Synthesizer
from voice_coach.speak.tts.wyoming import WyomingSynthesizer
from voice_coach.speak.voice_spec import VoiceSpec
from voice_coach.testing import ToneSynthesizer

pytestmark = pytest.mark.compat

Maker = Callable[[VoiceSpec], Synthesizer]


def from_server(site: Site, spec: VoiceSpec) -> Synthesizer:
    return WyomingSynthesizer(Address(WYOMING, "127.0.0.1", site.port, spec.name), spec.rate)


@pytest.fixture(params=[
    lambda _, spec: Pyttsx3Synthesizer(spec),
    from_server,
    lambda _, spec: ToneSynthesizer(spec),
    lambda _, spec: ToneSynthesizer(spec, delay=2),
], ids=["pyttsx3", "wyoming", "tones", "slow tones"])  # fmt: skip
def make(request: pytest.FixtureRequest) -> Iterator[Maker]:
    """Return what makes a synthesiser; all that were made are closed."""
    made: list[Synthesizer] = []

    def maker(spec: VoiceSpec) -> Synthesizer:
        made.append(request.param(site, spec))
        return made[-1]

    with serve() as site:
        yield maker
        for synthesizer in made:
            synthesizer.close()


@pytest.fixture
def voice(make: Maker) -> Synthesizer:
    """Return a synthesiser with the coach's voice."""
    return make(VoiceSpec())


def all_of(synthesizer: Synthesizer, count: int) -> list[tuple[str, Clip]]:
    """Wait for this many answers."""
    ready: list[tuple[str, Clip]] = []
    while len(ready) < count:
        more = synthesizer.poll(30)
        assert more, f"no more answers after {ready}"
        ready += more
    return ready


@pytest.mark.parametrize("text", ["one,", "two.", "Rest.", "Roll back.", "Hook your left foot behind your right knee."])
def test_a_text_becomes_a_clip(voice: Synthesizer, text: str) -> None:
    """16 bits, from its onset on, audible, at the common loudness and below the ceiling."""
    voice.request(text)
    [(answered, clip)] = all_of(voice, 1)
    assert answered == text
    assert clip.dtype == np.int16
    assert clip.ndim == 1
    assert clip.size > 2000
    assert onset(clip) == 0
    assert 0.7 * NOMINAL_RMS < speech_rms(clip) < 1.2 * NOMINAL_RMS
    assert peak(clip) <= MAX_AMPLITUDE + 1e-4


def test_longer_texts_last_longer(voice: Synthesizer) -> None:
    """So tests with tones have the timing of speech."""
    voice.request("Rest.")
    voice.request("Slowly roll your chest back, toward the right side.")
    clips = dict(all_of(voice, 2))
    assert clips["Slowly roll your chest back, toward the right side."].size > 3 * clips["Rest."].size


def test_the_same_text_is_the_same_sound(make: Maker) -> None:
    """From two with equal identities sample for sample; said again within 10 ms, as espeak's noise goes on."""
    first, second = make(VoiceSpec()), make(VoiceSpec())
    clips = []
    for synthesizer in (first, second, first):
        synthesizer.request("And come back.")
        clips.append(all_of(synthesizer, 1)[0][1])
    assert first.identity == second.identity
    assert np.array_equal(clips[0], clips[1])
    assert abs(clips[0].size - clips[2].size) <= 160
    assert speech_rms(clips[2]) == pytest.approx(speech_rms(clips[0]), rel=0.05)


def test_another_voice_or_rate_is_another_identity(make: Maker) -> None:
    """A cache may rely on it."""
    specs = [VoiceSpec(), VoiceSpec("en-gb"), VoiceSpec(rate=170)]
    assert len({make(spec).identity for spec in specs}) == 3


def test_each_request_is_answered_once_and_in_order(voice: Synthesizer) -> None:
    """Asked twice while it waits is asked once."""
    texts = [f"Number {number}." for number in range(12)]
    for text in [*texts, texts[5], texts[11]]:
        voice.request(text)
    assert [text for text, _ in all_of(voice, 12)] == texts
    assert voice.poll() == []


def test_an_urgent_text_goes_before_those_that_wait(voice: Synthesizer) -> None:
    """Whether it waits already or not; a few may be under way."""
    texts = [f"Number {number}." for number in range(20)]
    for text in texts:
        voice.request(text)
    voice.request("Stopped.", urgent=True)
    voice.request(texts[15], urgent=True)
    order = [text for text, _ in all_of(voice, 21)]
    assert order.index(texts[15]) <= 4
    assert order.index("Stopped.") <= 5
    assert order.index(texts[19]) == 20


@pytest.mark.parametrize("text", ["", " ", "...", "?!"])
def test_a_text_without_words_is_answered_with_an_empty_clip(voice: Synthesizer, text: str) -> None:
    """There is nothing to be said of it."""
    voice.request(text)
    assert [(answered, clip.size) for answered, clip in all_of(voice, 1)] == [(text, 0)]


def test_without_a_request_there_is_nothing_to_wait_for(voice: Synthesizer) -> None:
    """A poll returns at once however long it may wait."""
    assert voice.poll(3600) == []


def test_after_the_end_every_text_fails(voice: Synthesizer) -> None:
    """Closing twice does no harm."""
    voice.close()
    voice.close()
    voice.request("Rest.")
    assert [(text, clip.size) for text, clip in all_of(voice, 1)] == [("Rest.", 0)]
