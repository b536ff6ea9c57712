"""A server beside the embedded recogniser: its text decides, but not over a reason to stop, and is not waited for."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hear.grammar.test_grammar import EN
from tests.remote.scripted_server import Held, as_clip, mute, nobody, serve
from tests.until import HANG, gathered
from voice_coach.audio.pcm import Clip, load, silence
from voice_coach.events import Intent
from voice_coach.hear.asr.recognizer import NOTHING_EXPECTED, Expected, Hypothesis, Reading, Recognizer
from voice_coach.hear.asr.vosk import EMBEDDED, VoskRecognizer
from voice_coach.hear.asr.wyoming import WyomingRecognizer, in_grammar
from voice_coach.hear.grammar.grammar import UNKNOWN
from voice_coach.hear.listener import Listener
from voice_coach.hear.vad import EnergyGate, SileroDetector
from voice_coach.remote.address import Address
from voice_coach.session.question_table import ACTIVE
from voice_coach.testing import EnergyDetector, ScriptedRecognizer
from voice_coach.timebase import RATE

WAV = Path(__file__).parents[2] / "wav"
SOUND = load(WAV / "left side.wav")
Opener = Callable[..., WyomingRecognizer]


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def opened(told: list[str]) -> Iterator[Opener]:
    """Return what puts a server beside a scripted recogniser; all are closed."""
    with ExitStack() as stack:

        def opener(address: Address, *script: str, limit: float = HANG, embedded: Recognizer | None = None,
                   blocking: bool = False) -> WyomingRecognizer:  # fmt: skip
            beside = embedded or ScriptedRecognizer(script)
            recognizer = WyomingRecognizer(beside, address, EN, limit=limit, blocking=blocking, tell=told.append)
            stack.callback(recognizer.close)
            return recognizer

        yield opener


def said(recognizer: Recognizer, at: int = 0, sound: Clip = SOUND) -> Hypothesis:
    """Say something and return the final result."""
    recognizer.begin(at, numbers=False)
    recognizer.accept(sound)
    recognizer.end()
    return final(recognizer)


def final(recognizer: Recognizer) -> Hypothesis:
    found = gathered(recognizer.poll, lambda found: any(one.final for one in found), "the final result is there")
    [only] = [one for one in found if one.final]
    return only


def is_answered(recognizer: WyomingRecognizer) -> None:
    """Wait until the server has answered, and see that nothing comes of it."""
    assert gathered(recognizer.poll, lambda _: not recognizer._asked, "the server has answered") == []


def test_a_stop_is_handed_on_whatever_the_decoder_was_told_to_expect(opened: Opener) -> None:
    with serve("yes") as site:
        recognizer = opened(site.address)
        stop = Hypothesis("up", final=True, start=0, end=99, margin=4.2, alternatives=(Reading("stop", 2.5),))
        assert recognizer._grave(stop, Expected(frozenset({"ready_next", "yes"}), repeats=10))
        assert not recognizer._grave(stop, NOTHING_EXPECTED)


# The server's text decides


def test_what_the_server_reads_is_what_was_said(opened: Opener) -> None:
    with serve("Left side.") as site:
        found = said(opened(site.address, "[unk] side"), 7 * RATE)
    assert found.text == "left side"
    assert found.margin is None
    assert (found.start, found.end) == (7 * RATE, 7 * RATE + len(SOUND))
    assert [(word.start - 7 * RATE, word.end - 7 * RATE) for word in found.words] == [
        (0, len(SOUND) // 2),
        (len(SOUND) // 2, len(SOUND) // 2 * 2),
    ]


def test_the_server_gets_the_utterance_once_it_is_over_and_nothing_before(opened: Opener) -> None:
    with serve("continue") as site:
        recognizer = opened(Address("wyoming", "127.0.0.1", site.port, "tiny"), "continue")
        recognizer.begin(0, numbers=False)
        recognizer.accept(SOUND[:9000])
        recognizer.accept(SOUND[9000:])
        recognizer.poll()
        assert site.calls == 0
        recognizer.end()
        final(recognizer)
        assert site.calls == 1
    assert site.kinds[0] == "transcribe"
    assert site.asked[0].data == {"name": "tiny", "language": "en"}
    assert np.array_equal(as_clip(site.sound), SOUND)


def test_a_word_that_sounds_like_one_of_the_grammar_is_that_one(opened: Opener) -> None:
    with serve("Write side.", "Center") as site:
        recognizer = opened(site.address, "[unk]", "[unk]")
        assert [said(recognizer).text, said(recognizer, RATE * 9).text] == ["right side", "centre"]


def test_what_is_expected_is_for_the_embedded_recogniser_and_not_for_the_server() -> None:
    embedded, yes = ScriptedRecognizer(["yes"]), Expected(frozenset({"yes"}), repeats=5)
    with serve("yes") as site:
        recognizer = WyomingRecognizer(embedded, site.address, EN, limit=HANG)
        recognizer.prepare(numbers=False, expected=yes)
        recognizer.begin(0, numbers=False, expected=yes)
        recognizer.accept(SOUND)
        recognizer.end()
        final(recognizer)
        recognizer.close()
    assert embedded.prepared == [(False, yes)]
    assert embedded.expected == [yes]
    assert b"yes" not in b"".join(str(event.data).encode() for event in site.asked)


def test_where_the_server_hears_nothing_the_embedded_one_is_believed(opened: Opener) -> None:
    with serve("", " ...") as site:
        recognizer = opened(site.address, "left side", "right side")
        assert [said(recognizer).text, said(recognizer, RATE * 9).text] == ["left side", "right side"]


def test_what_the_server_takes_for_talk_is_talk(opened: Opener) -> None:
    with serve("Nice weather today, is it?") as site:
        found = said(opened(site.address, "left side"))
    assert "left" not in found.text
    assert UNKNOWN in found.text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Left side.", "left side"),
        ("It’s better!", "it's better"),
        ("6.5", "six and a half"),
        ("A 7, I think", "a seven i think"),
        ("about 10.", "about ten"),
        ("3.14", f"{UNKNOWN} {UNKNOWN}"),
        ("1234567", UNKNOWN),
        ("", ""),
    ],
)
def test_a_text_is_read_as_the_grammar_has_it(text: str, words: str) -> None:
    expected = [word if word in EN.words else UNKNOWN for word in words.split()]
    assert in_grammar(text, EN) == expected


@given(st.text())
def test_of_any_text_only_the_words_of_the_grammar_are_left(text: str) -> None:
    assert set(in_grammar(text, EN)) <= EN.words | EN.composition.words | {UNKNOWN}


def test_of_a_noise_a_server_may_make_a_stop_but_no_answer(opened: Opener) -> None:
    """The embedded recogniser heard no speech in it, not even an unknown word."""
    with serve("No.", "Thank you.", "Stop.") as site:
        recognizer = opened(site.address, "", "", "")
        texts = [said(recognizer, at * RATE).text for at in (0, 9, 18)]
    assert texts == ["", "", "stop"]


# A reason to stop is the embedded one's


@pytest.mark.parametrize("red", ["stop", "it's worse", "it's going down my leg", "my leg is numb"])
def test_a_reason_to_stop_waits_for_no_server(opened: Opener, red: str) -> None:
    go = threading.Event()
    with serve(Held("It's better.", go)) as site:
        recognizer = opened(site.address, red)
        assert said(recognizer).text == red
        go.set()
        is_answered(recognizer)  # the server's text comes, and nothing comes of it


def test_a_reason_to_stop_overtakes_what_still_waits(opened: Opener) -> None:
    go = threading.Event()
    with serve(Held("left side", go)) as site:
        recognizer = opened(site.address, "left side", "stop")
        recognizer.begin(0, numbers=False)
        recognizer.accept(SOUND)
        recognizer.end()
        assert said(recognizer, 9 * RATE).text == "stop"
        go.set()
        assert final(recognizer).text == "left side"


def test_the_server_may_hear_a_reason_to_stop_too(opened: Opener) -> None:
    with serve("Stop!") as site:
        assert said(opened(site.address, "[unk]")).text == "stop"


def test_an_early_answer_waits_for_the_server_but_an_early_stop_does_not(opened: Opener) -> None:
    """The embedded recogniser weighs both; only what ends the counting is handed on."""
    with serve("left side") as site:
        recognizer = opened(site.address, embedded=VoskRecognizer(EMBEDDED, EN))
        weighed = []
        for name in ("left side", "stop"):
            recognizer.begin(0, numbers=False)
            recognizer.accept(load(WAV / f"{name}.wav"))
            recognizer.accept(silence(RATE // 4))
            recognizer.weigh()
            weighed += [found.text for found in recognizer.poll() if found.margin is not None]
    assert weighed == ["stop"]


def test_speech_is_understood_through_both(opened: Opener) -> None:
    """The endpointer, the grammar and the policy are those of any session; here the answer is the server's."""
    with serve("The left side, please.") as site:
        recognizer = opened(site.address, embedded=VoskRecognizer(EMBEDDED, EN), blocking=True)
        listener = Listener(EN, EnergyGate(SileroDetector()), recognizer)
        listener.listen("side", ACTIVE["side"])
        sound = np.concatenate((load(WAV / "continue.wav"), silence(RATE)))
        found = [one for one in listener.process(sound, silence(0), 0) if isinstance(one, Intent)]
    assert [(one.name, one.final) for one in found] == [("side_left", True)]


def test_stop_is_understood_while_the_person_speaks_and_the_server_hangs(opened: Opener) -> None:
    with mute() as address:
        listener = Listener(EN, EnergyDetector(), opened(address, "stop it now please"))
        listener.listen("counting", ACTIVE["counting"])
        loud = np.full(2 * RATE, 8000, np.int16)
        found = [one for one in listener.process(loud, silence(0), 0) if isinstance(one, Intent)]
        listener.close()
    assert [(one.name, one.final) for one in found] == [("stop", False)]


# A server that is gone, slow or wrong


def test_without_a_server_the_embedded_one_goes_on_alone(opened: Opener, told: list[str]) -> None:
    address = nobody()
    recognizer = opened(address, "left side", "right side", "continue")
    texts = [said(recognizer, at * RATE).text for at in (0, 10, 20)]
    assert texts == ["left side", "right side", "continue"]
    assert told == [f"{address} can't be reached (Connection refused). Listening goes on without it."]


def test_a_slow_server_is_waited_for_once_and_asked_again(opened: Opener, told: list[str]) -> None:
    go = threading.Event()
    with serve(Held("right side", go), Held("right side", go), "right side", "right side") as site:
        recognizer = opened(site.address, *["left side"] * 4, limit=0.3)
        assert said(recognizer).text == "left side"
        is_answered(recognizer)
        assert told == [f"{site.address} gave no answer within 0.3 seconds. Listening goes on without it."]
        assert said(recognizer, 10 * RATE).text == "left side"  # the second is held too, and nobody waits for it
        is_answered(recognizer)
        go.set()
        recognizer._calls._limit = recognizer._limit = HANG  # now it may take its time
        assert said(recognizer, 20 * RATE).text == "left side"  # nor for the third, which is answered
        is_answered(recognizer)
        assert told[1:] == [f"{site.address} answers again."]
        assert said(recognizer, 30 * RATE).text == "right side"


def test_one_that_is_gone_is_asked_only_once_at_a_time(opened: Opener) -> None:
    go = threading.Event()
    with serve(b"", Held("yes", go)) as site:
        recognizer = opened(site.address, *["left side"] * 4)
        assert [said(recognizer, at * RATE).text for at in (0, 10, 20, 30)] == ["left side"] * 4
        go.set()
        is_answered(recognizer)
        assert site.calls == 2


BAD = {
    "cut": b"",
    "noise": bytes(range(256)),
    "a web server": b"HTTP/1.1 400 Bad Request\r\n\r\n",
    "a list": b"[1, 2]\n",
    "a number": b"7\n",
    "no type": b"{}\n",
    "a type that is none": b'{"type": 5}\n',
    "data that is none": b'{"type": "transcript", "data": "left side"}\n',
    "no text": b'{"type": "transcript", "data": {}}\n',
    "a text that is none": b'{"type": "transcript", "data": {"text": ["left"]}}\n',
    "a text without end": b'{"type": "transcript", "data": {"text": "%s"}}\n' % (b"left " * 1000),
    "a line without end": b'{"type": "transcript", "data": {"text": "%s"}}\n' % (b"left " * 100_000),
    "a length that is none": b'{"type": "transcript", "data_length": "long"}\n',
    "more than there is": b'{"type": "transcript", "data_length": 1000}\n{"text": "left"}',
    "more than there can be": b'{"type": "transcript", "payload_length": 99999999999999}\n',
    "nesting": b"[" * 60_000 + b"\n",
    "an error": b'{"type": "error", "data": {"text": "out of\\n\\u001b[31mmemory."}}\n',
    "an error that is none": b'{"type": "error"}\n',
}


@pytest.mark.parametrize("sent", BAD.values(), ids=BAD)
def test_what_is_no_answer_is_told_and_costs_nothing(opened: Opener, told: list[str], sent: bytes) -> None:
    with serve(sent) as site:
        assert said(opened(site.address, "right side")).text == "right side"
    [sentence] = told
    assert sentence.startswith(f"{site.address} ")
    assert sentence.endswith("Listening goes on without it.")
    assert sentence.isprintable()


@settings(max_examples=40)
@given(st.binary(max_size=300))
def test_whatever_a_server_sends_there_is_one_final_result(sent: bytes) -> None:
    with serve(sent) as site:
        recognizer = WyomingRecognizer(ScriptedRecognizer(["right side"]), site.address, EN, limit=HANG)
        assert said(recognizer).text == "right side"
        recognizer.close()


def test_chatter_without_an_end_is_cut_off(opened: Opener, told: list[str]) -> None:
    chatter = b'{"type": "transcript-chunk", "data": {"text": "left"}}\n' * 200_000
    with serve(chatter) as site:
        assert said(opened(site.address, "right side", limit=0.2)).text == "right side"
        assert len(told) <= 1


# The rest of the contract


def test_an_utterance_that_is_given_up_goes_to_nobody(opened: Opener) -> None:
    with serve("left side") as site:
        recognizer = opened(site.address, "right side")
        recognizer.begin(0, numbers=False)
        recognizer.accept(SOUND[:5000])
        assert said(recognizer, 5000).text == "left side"
    assert site.calls == 1


def test_an_utterance_without_sound_goes_to_nobody(opened: Opener) -> None:
    with serve() as site:
        assert said(opened(site.address, "right side"), sound=silence(0)).text == "right side"
    assert site.calls == 1


def test_on_files_the_server_is_waited_for(opened: Opener) -> None:
    """All of it within one call of `poll`."""
    with serve("left side") as site:
        recognizer = opened(site.address, "right side", blocking=True)
        recognizer.begin(0, numbers=False)
        recognizer.accept(SOUND)
        recognizer.end()
        assert [found.text for found in recognizer.poll() if found.final] == ["left side"]


def test_it_hangs_up_when_it_is_closed(opened: Opener) -> None:
    with mute() as address:
        recognizer = opened(address, "right side")
        recognizer.begin(0, numbers=False)
        recognizer.accept(SOUND)
        recognizer.end()
        recognizer.close()
        assert [found for found in recognizer.poll() if found.final] == []
