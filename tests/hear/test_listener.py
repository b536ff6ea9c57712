"""Blocks in, events out: with real speech through the real engines, and with scripted ones for what must be exact."""

import statistics
from collections.abc import Iterable
from pathlib import Path

import msgspec
import numpy as np
import pytest

from tests.hear.echo.test_canceller import ROOMS, coach, lines, with_user
from tests.hear.grammar.test_grammar import EN
from tests.hear.room import spoken
from voice_coach.audio.pcm import Clip, load, silence
from voice_coach.events import Event, Intent, NotRecognized
from voice_coach.hear.asr.recognizer import NOTHING_EXPECTED, Hypothesis
from voice_coach.hear.asr.vosk import EMBEDDED, VoskRecognizer
from voice_coach.hear.decision.calibration import Calibration, fingerprint, save
from voice_coach.hear.decision.policy import WEIGHING_INTERVAL
from voice_coach.hear.decision.situation import COUNTING
from voice_coach.hear.decision.thresholds import Bar, OperatingPoint, Prior, load_point
from voice_coach.hear.grammar.match import understand
from voice_coach.hear.listener import Listener, build_listener
from voice_coach.hear.vad import EnergyGate, SileroDetector
from voice_coach.session.question_table import ACTIVE
from voice_coach.testing import EnergyDetector, ScriptedRecognizer
from voice_coach.timebase import RATE, samples

WAVS = sorted((Path(__file__).parents[1] / "wav").glob("*.wav"))
REST = silence(RATE)


def tone(seconds: float = 0.6) -> Clip:
    """Return what the energy detector takes for speech."""
    return (8000 * np.sin(np.arange(samples(seconds)) / 5)).astype(np.int16)


def run(
    listener: Listener, sound: Clip, length: int = 320, start: int = 0, *, played: Clip | None = None
) -> list[Event]:
    """Return the events of a sound from `start` on; `played`: what the coach said meanwhile, by default nothing."""
    events: list[Event] = []
    for i in range(0, len(sound), length):
        block = sound[i : i + length]
        events += listener.process(block, silence(len(block)) if played is None else played[i : i + length], start + i)
    return events


def scripted(*script: str, confidence: float = 1.0) -> Listener:
    return Listener(EN, EnergyDetector(), ScriptedRecognizer(script, confidence))


def names(events: Iterable[Event]) -> list[str]:
    return [event.name if isinstance(event, Intent) else type(event).__name__ for event in events]


@pytest.mark.parametrize("wav", WAVS, ids=lambda path: path.stem)
def test_a_recording_is_understood_as_what_its_name_says(wav: Path) -> None:
    listener = build_listener(EN)
    listener.listen("check", EN.intents - {"number", "place"})
    events = run(listener, np.concatenate((load(wav), REST)))
    listener.close()
    found = [event for event in events if isinstance(event, Intent)]
    if wav.stem.startswith("oov "):
        assert not found
        assert any(isinstance(event, NotRecognized) for event in events)
    else:
        assert found[-1].name == understand(EN, wav.stem).intent
        assert not found[-1].ask


def test_what_is_heard_does_not_depend_on_the_block_size() -> None:
    sound = np.concatenate([part for wav in WAVS[:4] for part in (load(wav), REST)])
    told = []
    for length in (160, 320, 1000, 4096):
        listener = build_listener(EN)
        listener.listen("check", EN.intents)
        events = run(listener, sound, length)
        listener.close()
        told.append([(e.name, e.text, e.confidence, e.start, e.end) for e in events if isinstance(e, Intent)])
        ats = [event.at for event in events]
        assert ats == sorted(ats)
    assert told[0]
    assert all(one == told[0] for one in told)


def test_an_utterance_is_a_start_a_stop_and_an_answer() -> None:
    listener = scripted("left side")
    listener.listen("side", ACTIVE["side"])
    events = run(listener, np.concatenate((REST, tone(), REST)))
    assert names(events) == ["VoiceStarted", "VoiceStopped", "side_left"]
    started, stopped, intent = events
    assert isinstance(intent, Intent)
    assert intent.slots == {"side": "left"}
    assert intent.final
    assert RATE <= started.at < intent.start + samples(0.4)
    assert stopped.at == intent.at


def test_a_red_intent_comes_while_the_person_still_speaks() -> None:
    events = run(scripted("stop it"), np.concatenate((REST, tone(2.0), REST)))
    assert names(events) == ["VoiceStarted", "stop", "VoiceStopped"]
    intent = events[1]
    assert isinstance(intent, Intent)
    assert not intent.final
    assert intent.start < intent.end <= intent.at


def test_a_graver_final_result_follows_an_early_one() -> None:
    script = "ow ow ow ow ow ow ow ow it's going down my leg"
    events = run(scripted(script), np.concatenate((REST, tone(2.0), REST)))
    assert names(events) == ["VoiceStarted", "pain_cry", "VoiceStopped", "peripheralised"]


def test_an_answer_that_began_before_the_question_was_open_is_taken() -> None:
    listener = scripted("left side")
    listener.listen("nothing", frozenset())
    events = run(listener, np.concatenate((REST, tone(0.3))))
    listener.listen("side", ACTIVE["side"])
    events += run(listener, REST, start=RATE + samples(0.3))
    assert names(events)[-1] == "side_left"


def test_an_answer_to_the_question_before_is_not_dropped() -> None:
    listener = scripted("left side")
    listener.listen("side", ACTIVE["side"])
    events = run(listener, np.concatenate((REST, tone(0.3))))
    listener.listen("ready", ACTIVE["ready"])
    events += run(listener, REST, start=RATE + samples(0.3))
    assert names(events)[-1] == "side_left"


def test_numbers_are_listened_for_only_when_asked_even_if_asked_in_the_middle() -> None:
    recognizer = ScriptedRecognizer(["four", "ready", "five"])
    listener = Listener(EN, EnergyDetector(), recognizer)
    listener.listen("pain_before", ACTIVE["pain_before"])
    run(listener, np.concatenate((REST, tone(), REST)))
    listener.listen("ready", ACTIVE["ready"])
    run(listener, np.concatenate((tone(), REST)), start=len(REST) * 2 + len(tone()))
    assert recognizer.numbers == [True, False]
    at = len(REST) * 3 + 2 * len(tone())
    run(listener, tone(0.3), start=at)
    listener.listen("pain_after", ACTIVE["pain_after"])
    events = run(listener, REST, start=at + samples(0.3))
    assert recognizer.numbers == [True, False, False, True]
    assert [event.slots for event in events if isinstance(event, Intent)] == [{"number": 5}]


def test_what_nobody_knows_is_not_recognized_but_while_counting() -> None:
    listener = scripted("[unk]", "[unk]")
    listener.listen("side", ACTIVE["side"])
    events = run(listener, np.concatenate((tone(), REST)))
    assert names(events) == ["VoiceStarted", "VoiceStopped", "NotRecognized"]
    listener.listen(COUNTING, ACTIVE["counting"])
    events = run(listener, np.concatenate((tone(), REST)), start=len(tone()) + RATE)
    assert names(events) == ["VoiceStarted", "VoiceStopped"]


def over_the_coach(heard: Clip, played: Clip, *, open_speaker: bool) -> list[str]:
    """Return which intents are taken in the midst of a count."""
    listener = build_listener(EN, open_speaker=open_speaker)
    listener.listen("counting", ACTIVE["counting"])
    events: list[Event] = []
    before = silence(0)  # the speaker's block is known one turn later, as in Coach
    for i in range(0, len(heard), 320):
        mic = heard[i : i + 320]
        events += listener.process(mic, before, i)
        before = played[i : i + len(mic)]
    listener.close()
    return [event.name for event in events if isinstance(event, Intent)]


@pytest.mark.parametrize("open_speaker", [True, False], ids=["open speaker", "the microphone is a monitor"])
def test_the_coachs_own_words_are_not_taken(*, open_speaker: bool) -> None:
    """The coach says "stop" and more; the microphone hears it 0.15 s later, half as loud, and later a user."""
    words = [load(wav) for wav in WAVS if wav.stem in {"stop", "worse", "continue"}]
    coach = np.concatenate([part for _ in range(4) for word in words for part in (word, silence(RATE // 4))])
    user = load(next(wav for wav in WAVS if wav.stem == "worse"))
    echo = np.concatenate((silence(samples(0.15)), coach // 2))[: len(coach)]
    played = np.concatenate((coach, silence(len(user) + 2 * RATE)))
    heard = np.concatenate((echo, silence(RATE), user, REST))
    assert over_the_coach(heard, played, open_speaker=open_speaker) == ["worse"]
    assert over_the_coach(heard, silence(len(heard)), open_speaker=False).count("stop") >= 3


def test_what_the_coach_said_while_it_was_not_taken_out_is_no_part_of_what_the_user_says_then() -> None:
    """Its echo comes 40 ms later all at once; two seconds after that it is learnt anew, and the user says "stop"."""
    room, jump = ROOMS[1], samples(12)
    at = jump + samples(2.1)
    wave = coach(room)
    echo = np.concatenate((wave[:jump], np.zeros(samples(0.04)), wave[jump:]))[: at + samples(3)]
    heard = with_user(room, echo, at, "stop")
    assert over_the_coach(heard, lines(), open_speaker=True) == ["stop"]


def test_a_copy_that_is_found_out_in_the_midst_of_a_word_is_no_user() -> None:
    """From then on there are zeros in its place, which no wire explains."""
    (number,) = spoken(["Number one."], "en-gb")
    played = np.concatenate((REST, number, REST))
    copy = np.concatenate((silence(samples(0.1)), played))[: len(played)]
    alone: set[str] = set()
    for cut in range(RATE + samples(0.3), RATE + samples(0.9), samples(0.1)):
        heard = np.where(np.arange(len(copy)) < cut, copy, 0).astype(np.int16)
        assert over_the_coach(heard, played, open_speaker=False) == []
        alone.update(over_the_coach(heard, silence(len(played)), open_speaker=False))
    assert alone


@pytest.mark.parametrize(
    ("who", "leaks"),
    [("another voice", 0.0), ("another voice", 0.03), ("the coach's voice", 0.1), ("the coach's voice", 0.15)],
)
def test_who_speaks_into_a_headset_that_leaks_is_heard(who: str, leaks: float) -> None:
    (user,) = (
        spoken(["stop"], "en-gb") if who == "the coach's voice" else [load(wav) for wav in WAVS if wav.stem == "stop"]
    )
    (coach,) = spoken(["Lower the leg, and rest. Then breathe in and out, slowly."])
    sound = np.concatenate((REST, silence(len(coach)), REST))
    sound[len(REST) : len(REST) + len(coach)] = coach
    heard = np.concatenate((silence(samples(0.1)), sound * leaks))[: len(sound)]
    heard[2 * RATE : 2 * RATE + len(user)] += user
    assert over_the_coach(heard.astype(np.int16), sound, open_speaker=False) == ["stop"]


def test_a_gap_in_the_stream_ends_the_utterance() -> None:
    listener = scripted("left side")
    listener.listen("side", ACTIVE["side"])
    run(listener, tone(0.5))
    events = run(listener, REST, start=10 * RATE)
    assert names(events) == ["VoiceStopped", "side_left"]
    assert events[0].at > 10 * RATE


def test_events_never_go_back() -> None:
    listener = scripted("stop", "left", "[unk]", "better")
    listener.listen("check", EN.intents)
    parts = [part for i in range(4) for part in (tone(0.2 + i / 4), REST[: RATE // (1 + i % 2)])]
    ats = [event.at for event in run(listener, np.concatenate(parts), 777)]
    assert ats == sorted(ats)


def test_a_whole_answer_does_not_wait_for_the_end() -> None:
    sound = np.concatenate((load(WAVS[0].with_name("left side.wav")), REST))
    listener = build_listener(EN)
    listener.listen("side", ACTIVE["side"])
    events = run(listener, sound)
    listener.close()
    assert names(events) == ["VoiceStarted", "side_left", "VoiceStopped"]
    answer, stopped = events[1:]
    assert isinstance(answer, Intent)
    assert not answer.final
    assert stopped.at - answer.at >= samples(0.1)


def test_where_the_same_words_are_no_answer_they_wait_for_the_end() -> None:
    sound = np.concatenate((load(WAVS[0].with_name("i'm ready.wav")), REST))
    listener = build_listener(EN)
    listener.listen("check", ACTIVE["check"])
    events = run(listener, sound)
    listener.close()
    assert names(events) == ["VoiceStarted", "VoiceStopped", "ready_next"]


def test_the_thresholds_may_be_other_than_the_model_s() -> None:
    sound = np.concatenate((load(WAVS[0].with_name("left side.wav")), REST))
    strict = OperatingPoint(careful=Bar(99, 0))
    recognizer = VoskRecognizer(EMBEDDED, EN)
    listener = Listener(EN, EnergyGate(SileroDetector()), recognizer, point=strict)
    listener.listen("side", ACTIVE["side"])
    events = run(listener, sound)
    listener.close()
    assert names(events) == ["VoiceStarted", "VoiceStopped", "NotRecognized"]


def test_a_calibrated_voice_has_its_own_thresholds() -> None:
    save(Calibration(fingerprint(EMBEDDED), -1.5))
    listener = build_listener(EN)
    point = listener._point
    listener.close()
    assert point.ordinary.unknown == load_point(EMBEDDED).ordinary.unknown - 1.5


class Noting(VoskRecognizer):
    """Keeps every hypothesis."""

    def __init__(self) -> None:
        super().__init__(EMBEDDED, EN)
        self.found: list[Hypothesis] = []

    def poll(self) -> list[Hypothesis]:
        found = super().poll()
        self.found += found
        return found


def test_while_it_counts_it_hears_what_it_heard_without_any_prior() -> None:
    sound = np.concatenate([part for wav in WAVS for part in (load(wav), REST)])
    point = load_point(EMBEDDED)
    assert point.prior
    heard, told = [], []
    for one, asked_before in ((point, True), (msgspec.structs.replace(point, prior=()), False)):
        recognizer = Noting()
        listener = Listener(EN, EnergyGate(SileroDetector()), recognizer, point=one)
        if asked_before:
            listener.listen("ready", ACTIVE["ready"])
        listener.listen(COUNTING, ACTIVE[COUNTING])
        told.append(run(listener, sound))
        heard.append(recognizer.found)
        listener.close()
    assert heard[0] == heard[1]
    assert any(hypothesis.margin is not None for hypothesis in heard[0])
    assert told[0] == told[1]


@pytest.mark.parametrize("question", ["ready", "side", "check", "pain_before", "furthest_after", "screen_1"])
def test_a_reason_to_stop_is_heard_as_soon_with_a_question_open_as_without(question: str) -> None:
    red = [wav for wav in WAVS if wav.stem in {"stop", "worse", "my leg is weak", "it's going down my leg"}]
    assert len(red) == 4
    point = load_point(EMBEDDED)
    assert point.prior_at(question).shift > 0
    told = []
    for one in (point, msgspec.structs.replace(point, prior=())):
        listener = Listener(EN, EnergyGate(SileroDetector()), VoskRecognizer(EMBEDDED, EN), point=one)
        listener.listen(question, ACTIVE[question])
        events = run(listener, np.concatenate([part for wav in red for part in (load(wav), REST)]))
        told.append([(e.name, e.ask, e.at) for e in events if isinstance(e, Intent) and e.name in EN.red])
        listener.close()
    assert [(name, ask) for name, ask, _ in told[0]] == [(name, ask) for name, ask, _ in told[1]]
    late = [open_at - blind_at for (*_, open_at), (*_, blind_at) in zip(*told, strict=True)]
    assert statistics.mean(late) <= WEIGHING_INTERVAL
    assert max(late) <= samples(0.24)  # a partial result each 0.12 s: two may say "start" before one says "stop"
    assert {name for name, ask, _ in told[0] if not ask} == {understand(EN, wav.stem).intent for wav in red}


def test_the_recogniser_is_ready_for_the_answers_before_the_utterance_begins() -> None:
    recognizer = ScriptedRecognizer(["yes", "yes", "stop"])
    point = OperatingPoint(prior=(Prior("some", ("ready", "pain_before"), repeats=5),))
    listener = Listener(EN, EnergyDetector(), recognizer, point=point)
    listener.listen("ready", ACTIVE["ready"])
    [(numbers, ready)] = recognizer.prepared
    assert not numbers
    assert ready.repeats == 5
    assert ready.intents == {"ready_next", "yes"}
    run(listener, np.concatenate((REST, tone(), REST)))
    listener.listen(COUNTING, ACTIVE[COUNTING])
    run(listener, np.concatenate((REST, tone(), REST)), start=100_000)
    assert recognizer.expected == [ready, NOTHING_EXPECTED]
    listener.listen("pain_before", ACTIVE["pain_before"])
    assert [numbers for numbers, _ in recognizer.prepared] == [False, True]


def test_an_utterance_that_is_heard_again_with_numbers_expects_the_new_answers() -> None:
    recognizer = ScriptedRecognizer(["four"])
    point = OperatingPoint(prior=(Prior("score", ("pain_before",), repeats=5),))
    listener = Listener(EN, EnergyDetector(), recognizer, point=point)
    listener.listen(COUNTING, ACTIVE[COUNTING])
    run(listener, np.concatenate((REST, tone(0.3))))
    listener.listen("pain_before", ACTIVE["pain_before"])
    assert recognizer.numbers == [False, True]
    assert recognizer.expected == [NOTHING_EXPECTED, recognizer.prepared[-1][1]]


MOVES = [
    (text, lost, begins, found_after)
    for text in ("Number one.", "one,", "two.")
    for lost in (0, 160, 320)
    for begins in (1.0, 1.15)
    for found_after in (0.35, 0.6)
]


@pytest.mark.lasts(20)
def test_a_microphone_that_becomes_a_copy_in_the_middle_of_a_word_is_no_user() -> None:
    """Room noise, then a copy, of which some samples are lost as the stream is moved; then it is found out."""
    noise = (100 * np.sin(np.arange(4 * RATE) / 9)).astype(np.int16)
    for text, lost, begins, found_after in MOVES:
        (clip,) = spoken([text], "en-gb")
        played = np.concatenate((REST, clip, REST))
        copy = np.concatenate((silence(samples(0.1)), played))
        jump, end = samples(begins + 0.1), samples(begins + found_after)
        copy = np.concatenate((copy[:jump], copy[jump + lost :], silence(lost)))[: len(played)]
        at = np.arange(len(played))
        heard = np.where(at < samples(begins), noise[: len(played)], np.where(at < end, copy, 0)).astype(np.int16)
        listener = build_listener(EN)
        listener.listen("counting", ACTIVE["counting"])
        taken = run(listener, heard[:end], played=played[:end])
        listener.heard_itself()
        taken += run(listener, heard[end:], start=end, played=played[end:])
        listener.close()
        assert names(event for event in taken if isinstance(event, Intent)) == [], (text, lost, begins, found_after)
