"""Speech from a server: rendered beforehand, kept by server and voice, and the voice of this computer in its place."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.remote.scripted_server import VOICE_RATE, Answer, Held, mute, nobody, serve, sound_messages, spoken
from tests.until import HANG, gathered
from voice_coach.actions import Earcon, Line
from voice_coach.audio.pcm import Clip, onset
from voice_coach.remote.address import Address
from voice_coach.remote.wyoming_client import CHANNELS, RATES, to_sound
from voice_coach.speak.clip_library import ClipLibrary
from voice_coach.speak.fallback_voice import FallbackVoice
from voice_coach.speak.tts.wyoming import WyomingSynthesizer
from voice_coach.testing import ToneSynthesizer
from voice_coach.timebase import RATE

ONE, TWO, THREE = "Roll back.", "Hold it.", "And come back."
Opener = Callable[..., WyomingSynthesizer]


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def opened(told: list[str]) -> Iterator[Opener]:
    """Return what opens a synthesiser; all are closed."""
    with ExitStack() as stack:

        def opener(address: Address, limit: float = HANG) -> WyomingSynthesizer:
            synthesizer = WyomingSynthesizer(address, 155, limit=limit, tell=told.append)
            stack.callback(synthesizer.close)
            return synthesizer

        yield opener


def all_of(synthesizer: WyomingSynthesizer, *texts: str) -> dict[str, Clip]:
    """Ask for these texts and wait for all of them."""
    for text in texts:
        synthesizer.request(text)
    ready: dict[str, Clip] = {}
    while len(ready) < len(texts):
        more = synthesizer.poll(HANG)
        assert more, ready.keys()
        ready |= dict(more)
    return ready


# Rendering


def test_a_text_is_said_by_the_voice_that_was_asked_for(opened: Opener) -> None:
    with serve() as site:
        clip = all_of(opened(Address("wyoming", "127.0.0.1", site.port, "en_US-amy")), ONE)[ONE]
    [asked] = site.asked
    assert asked.data == {"text": ONE, "voice": {"name": "en_US-amy"}}
    tones = ToneSynthesizer()
    tones.request(ONE)
    [(_, original)] = tones.poll()
    assert onset(clip) == 0
    assert clip.size == pytest.approx(original.size * RATE / VOICE_RATE, abs=RATE / 50)


def test_without_a_voice_the_server_chooses(opened: Opener) -> None:
    with serve() as site:
        all_of(opened(site.address), ONE)
    assert site.asked[0].data == {"text": ONE}


def test_nothing_is_sent_before_something_is_to_be_said(opened: Opener) -> None:
    with serve() as site:
        opened(site.address).poll()
        assert site.calls == 0


def test_a_text_that_was_cut_off_is_asked_for_again(opened: Opener, told: list[str]) -> None:
    with serve(b"", spoken(ONE)) as site:
        assert all_of(opened(site.address), ONE)[ONE].size
    assert site.calls == 2
    assert told == []


def test_sound_without_an_end_is_not_waited_for(opened: Opener) -> None:
    half = sound_messages(bytes(4000), VOICE_RATE)[:-1]
    with serve(half, half) as site:
        assert all_of(opened(site.address, limit=0.3), ONE)[ONE].size == 0


ERROR = b'{"type": "error", "data": {"text": "no such voice"}}\n'


def test_a_text_that_cant_be_said_is_an_empty_clip_and_the_others_are_said(opened: Opener, told: list[str]) -> None:
    with serve(ERROR, ERROR, spoken(TWO)) as site:
        synthesizer = opened(site.address)
        assert all_of(synthesizer, ONE)[ONE].size == 0
        assert all_of(synthesizer, TWO)[TWO].size
    assert told == []


def test_silence_is_no_speech(opened: Opener) -> None:
    with serve(sound_messages(bytes(20_000), VOICE_RATE), sound_messages(b"", VOICE_RATE)) as site:
        assert all_of(opened(site.address), ONE)[ONE].size == 0


def test_who_fails_again_and_again_is_given_up_in_one_sentence(opened: Opener, told: list[str]) -> None:
    address = nobody()
    synthesizer = opened(address)
    texts = [f"Number {number}." for number in range(20)]
    assert all(clip.size == 0 for clip in all_of(synthesizer, *texts).values())
    assert told == [f"{address} can't be reached (Connection refused). The voice of this computer speaks instead."]
    synthesizer.request(ONE)
    assert [(text, clip.size) for text, clip in synthesizer.poll()] == [(ONE, 0)]


def test_it_hangs_up_when_it_is_closed(opened: Opener) -> None:
    with mute() as address:
        synthesizer = opened(address)
        synthesizer.request(ONE)
        synthesizer.request(TWO)
        synthesizer.close()
        assert [clip.size for _, clip in synthesizer.poll()] == [0, 0]


def test_asked_for_while_it_is_under_way_it_is_answered_once(opened: Opener) -> None:
    go = threading.Event()
    with serve(Held(b"", go)) as site:
        synthesizer = opened(site.address)
        synthesizer.request(ONE)
        synthesizer.request(ONE, urgent=True)
        go.set()
        assert all_of(synthesizer, ONE)[ONE].size


# Sound of any form


def test_the_forms_of_sound_that_servers_send_are_the_same_sound() -> None:
    wave = (8000 * np.sin(np.arange(RATE) / 5)).astype(np.int16)
    other = {
        1: ((wave >> 8) + 128).astype("u1"),
        2: wave.astype("<i2"),
        4: wave.astype("<i4") << 16,
    }
    for width, data in other.items():
        both = np.repeat(data, 2)
        for sound in (
            to_sound(data.tobytes(), RATE, width, 1),
            to_sound(both.tobytes(), RATE, width, 2),
            to_sound(data.tobytes() + b"\0" * (width - 1), RATE, width, 1),
        ):
            assert np.allclose(sound, wave, atol=256 if width == 1 else 1)


@given(st.binary(max_size=400), st.integers(-1, 200_000), st.integers(-1, 5), st.integers(-1, 10))
def test_of_any_bytes_there_is_sound_or_one_clear_refusal(data: bytes, rate: int, width: int, channels: int) -> None:
    if rate not in RATES or width not in {1, 2, 4} or channels not in CHANNELS:
        with pytest.raises(ValueError, match="Hz"):
            to_sound(data, rate, width, channels)
        return
    sound = to_sound(data, rate, width, channels)
    assert sound.dtype == np.int16
    assert len(sound) <= len(data) * RATE / rate + 1


BAD: dict[str, Answer] = {
    "no rate": b'{"type": "audio-chunk", "data": {"width": 2, "channels": 1}, "payload_length": 2}\nab',
    "a rate that is none": b'{"type": "audio-chunk", "data": {"rate": "16k", "width": 2, "channels": 1},'
    b' "payload_length": 2}\nab{"type": "audio-stop"}\n',
    "a rate of nothing": sound_messages(bytes(8), 0 + 10)[:1] + sound_messages(bytes(8000), 10)[1:],
    "another form in between": sound_messages(bytes(8000), VOICE_RATE)[:-1] + sound_messages(bytes(8000), RATE),
    "no end": sound_messages(b"", 10)[:1] + sound_messages(bytes(70 * 16_000), 8_000)[1:-1],
}


@pytest.mark.parametrize("sent", BAD.values(), ids=BAD)
def test_sound_that_is_none_is_not_played(opened: Opener, sent: Answer) -> None:
    with serve(sent, sent) as site:
        assert all_of(opened(site.address), ONE)[ONE].size == 0
    assert site.calls == 2


@settings(max_examples=25)
@given(st.binary(max_size=300))
def test_whatever_a_server_sends_each_text_is_answered(sent: bytes) -> None:
    with serve(sent, sent) as site:
        synthesizer = WyomingSynthesizer(site.address, 155, limit=HANG)
        assert all_of(synthesizer, ONE)[ONE].size == 0
        synthesizer.close()


# Two voices


@pytest.fixture
def voices(tmp_path: Path) -> Iterator[Callable[[Address], FallbackVoice]]:
    """Return what opens the coach's voice with a server that speaks; all are closed."""
    with ExitStack() as stack:

        def opener(address: Address) -> FallbackVoice:
            server = WyomingSynthesizer(address, 155)
            first = ClipLibrary(server, "en", tmp_path / "speech", blocking=False)
            spare = ClipLibrary(ToneSynthesizer(broken={THREE}), "en", tmp_path / "speech", blocking=False)
            voice = FallbackVoice(first, spare)
            stack.callback(voice.close)
            return voice

        yield opener


LINES = [Line(f"cue.{text}", text) for text in (ONE, TWO, THREE)]


def wait(voice: FallbackVoice, line: Line, true: Callable[[Clip | None], bool]) -> Clip:
    """Ask for a line, as the player does, until what comes is as it should be."""

    def there() -> list[Clip]:
        clip = voice.clip(line)
        return [clip] if clip is not None and true(clip) else []

    return gathered(there, bool, "the line is there as it should be")[0]


def from_server(clip: Clip | None) -> bool:
    """Tell whether it is longer or shorter than the spare voice's, which speaks at another rate."""
    tones = ToneSynthesizer()
    tones.request(ONE)
    [(_, own)] = tones.poll()
    return clip is not None and clip.size > 0 and abs(clip.size - own.size) > own.size / 10


def test_the_server_speaks_once_it_has_and_the_own_voice_until_then(voices: Callable[[Address], FallbackVoice]) -> None:
    go = threading.Event()
    with serve(Held(b"", go)) as site:
        voice = voices(site.address)
        voice.prepare(LINES[:1])
        assert not from_server(wait(voice, LINES[0], lambda clip: clip is not None))
        go.set()
        assert from_server(wait(voice, LINES[0], from_server))
        assert voice.earcon(Earcon.STOPPED).size
        assert voice.problems == []


def test_when_the_server_is_gone_the_own_voice_goes_on(voices: Callable[[Address], FallbackVoice]) -> None:
    with serve() as site:
        voice = voices(site.address)
        voice.prepare(LINES[:1])
        wait(voice, LINES[0], from_server)
    assert wait(voice, LINES[1], lambda clip: clip is not None and clip.size > 0).size
    assert from_server(voice.clip(LINES[0]))  # what it had rendered stays
    assert wait(voice, LINES[2], lambda clip: clip is not None).size == 0  # neither can say it


def test_each_voice_is_kept_under_its_own_name(voices: Callable[[Address], FallbackVoice]) -> None:
    """So a session without the server leaves nothing behind that would be taken for the server's later."""
    with serve() as site:
        lost = Address("wyoming", "127.0.0.1", site.port, "en_GB-alan")
        with serve(*[b""] * 9) as cut:
            voice = voices(Address("wyoming", "127.0.0.1", cut.port))
            assert not from_server(wait(voice, LINES[0], lambda clip: clip is not None and clip.size > 0))
            voice.close()
        again = voices(lost)
        assert from_server(wait(again, LINES[0], from_server))
        again.close()
        calls = site.calls
        assert from_server(voices(lost).clip(LINES[0]))  # from the disk
        assert site.calls == calls
