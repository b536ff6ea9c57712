"""The coach's own voice is taken out of the microphone: in simulated rooms, with the coach's own sentences."""

import math
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tests.hear.grammar.test_grammar import EN
from tests.hear.room import Room, Wave, cancelled, in_turn, later, level, spoken
from voice_coach.audio.pcm import Clip, Signal, load, silence, to_clip, trim
from voice_coach.hear.asr.vosk import EMBEDDED, VoskRecognizer
from voice_coach.hear.echo.adaptive_filter import HOP
from voice_coach.hear.echo.canceller import EchoCanceller, Tape
from voice_coach.hear.echo.echo_gate import MAX_OWN_RESIDUAL, MAX_OWN_WORD_RESIDUAL, EchoGate
from voice_coach.hear.grammar.match import understand
from voice_coach.timebase import RATE, Samples, samples

LINES = (
    "Say stop at any time; if it gets worse or moves down your leg, we stop.",
    "How is the pain: better, same, or worse?",
    "You can say stop, pause, or slower.",
)
NEUTRAL = (
    "Lie on your side, with the painful side up.",
    "Bend both knees, and rest the upper arm on your hip.",
    "Hold. One. Two. Three. Four. Five. Six.",
)
WAV = Path(__file__).parents[2] / "wav"
ROOMS = (
    Room(fades_in=0.2, delay=samples(0.04), echo=0),
    Room(fades_in=0.3, delay=samples(0.15), echo=5),
    Room(fades_in=0.4, delay=samples(0.3), echo=10),
)


@cache
def lines() -> Clip:
    return in_turn(spoken((*LINES, *NEUTRAL)), 0.3)


@cache
def coach(room: Room) -> Wave:
    return room.coach(lines())


@cache
def user(room: Room, name: str) -> Wave:
    clip = load(WAV / f"{name}.wav") if (WAV / f"{name}.wav").exists() else spoken((name,), "en-gb")[0]
    return room.user(np.concatenate((trim(clip), silence(RATE // 4))) / 32768)


def with_user(room: Room, wave: Wave, at: Samples, name: str) -> Clip:
    voice = np.zeros(len(wave))
    voice[at : at + len(user(room, name))] += user(room, name)
    return room.microphone(wave, voice)


@cache
def recognizer() -> VoskRecognizer:
    return VoskRecognizer(EMBEDDED, EN)


def heard(clip: Clip) -> str | None:
    """Return the intent that the real recogniser and grammar find in it."""
    engine = recognizer()
    engine.begin(0, numbers=False)
    engine.accept(clip)
    engine.end()
    text = engine.poll()[-1].text
    return understand(EN, text, frozenset(EN.intents)).intent


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: f"{room.echo:+.0f} dB")
def test_the_coach_is_all_but_gone_after_its_first_sentence(room: Room) -> None:
    mic = room.microphone(coach(room))
    canceller = EchoCanceller(multiple=512)
    left = cancelled(canceller, mic, lines())
    learnt = samples(5)
    assert level(left[learnt:]) < level(mic[learnt:]) - 25
    assert canceller.delay == pytest.approx(room.delay + 0.5 / 343 * RATE, abs=16)


def test_the_coach_does_not_take_its_own_words_for_the_users() -> None:
    room = ROOMS[1]
    played = np.concatenate((lines(), lines()))
    canceller = EchoCanceller(multiple=512)
    cancelled(canceller, room.microphone(room.coach(played)), played)
    sentence = len(spoken(LINES[:1])[0])
    start = len(lines()) + room.delay
    assert canceller.gate.ratio(start, start + sentence) < MAX_OWN_RESIDUAL - 5
    for at in range(start, start + sentence - samples(0.6), samples(0.2)):
        assert canceller.gate.blames_echo(at, at + samples(0.6))


def test_it_does_not_so_in_its_very_first_words_either() -> None:
    room = ROOMS[1]
    canceller = EchoCanceller(multiple=512)
    cancelled(canceller, room.microphone(coach(room))[:RATE], lines()[:RATE])
    assert canceller.gate.ratio(room.delay, RATE) > MAX_OWN_RESIDUAL  # it has not learnt the room yet
    assert canceller.gate.blames_echo(room.delay, RATE)


@pytest.mark.parametrize("word", ["stop", "worse", "yes"])
def test_a_user_who_speaks_over_the_coach_is_understood(word: str) -> None:
    room = Room(echo=0)
    at = len(lines()) - samples(3)
    mic = with_user(room, coach(room), at, word)
    canceller = EchoCanceller(multiple=512)
    left = cancelled(canceller, mic, lines())
    end = at + len(user(room, word))
    assert heard(left[at - samples(0.1) : end]) == word
    assert heard(mic[at - samples(0.1) : end]) != word
    assert not canceller.gate.blames_echo(at, at + samples(0.6))


def test_a_stop_over_a_louder_coach_is_not_blamed_on_it() -> None:
    room = ROOMS[1]
    stops = range(samples(6), len(lines()) - 2 * RATE, samples(2.5))
    voice = np.zeros(len(lines()))
    for at in stops:
        voice[at : at + len(user(room, "stop"))] += user(room, "stop")
    canceller = EchoCanceller(multiple=512)
    cancelled(canceller, room.microphone(coach(room), voice), lines())
    blamed = [canceller.gate.blames_echo(at, at + samples(0.6)) for at in stops]
    assert len(blamed) > 5
    assert not any(blamed)


def test_a_pause_is_the_users_even_before_the_room_is_known() -> None:
    room = ROOMS[1]
    played = np.concatenate((lines()[: samples(0.5)], silence(3 * RATE)))
    at = samples(1.5)
    canceller = EchoCanceller(multiple=512)
    cancelled(canceller, with_user(room, room.coach(played), at, "stop"), played)
    assert not canceller.gate.blames_echo(at, at + samples(0.6))


def test_of_a_loudspeaker_that_distorts_no_more_is_left() -> None:
    """A filter alone, however long, takes away 10 dB of it."""
    room = Room(drive=6)
    mic = room.microphone(coach(room))
    left = cancelled(EchoCanceller(multiple=512), mic, lines())
    learnt = samples(6)
    assert level(left[learnt:]) < level(mic[learnt:]) - 25


def test_what_a_long_room_rings_behind_a_sentence_is_no_word_of_the_users() -> None:
    room = Room(fades_in=0.5, delay=samples(0.1), echo=10)
    clips = (
        spoken(
            ("It's best to ask a doctor or physio first.", "Say a little bit, quite a lot, or a great deal.", *NEUTRAL)
        )
        * 2
    )
    played = in_turn(clips, 0.8)
    mic = room.microphone(room.coach(played))
    canceller = EchoCanceller(multiple=512)
    left = cancelled(canceller, mic, played)
    assert canceller.delay is not None
    ends = np.cumsum([len(clip) + samples(0.8) for clip in clips]) - samples(0.8) + canceller.delay
    for end in ends[len(clips) // 2 :]:
        rings = slice(end + samples(0.1), end + samples(0.3))
        assert level(left[rings]) < level(mic[rings]) - 17
        assert canceller.gate.ratio(rings.start, rings.stop) < MAX_OWN_WORD_RESIDUAL


def test_a_users_words_are_turned_down_less_for_the_recogniser_than_the_coach_is_for_the_detector() -> None:
    room, at = ROOMS[2], samples(8)
    mic = with_user(room, coach(room), at, "stop")
    starts = range(0, len(mic) - 511, 512)
    canceller = EchoCanceller(multiple=512)
    pairs = [canceller.take_out(mic[i : i + 512], lines()[i : i + 512]) for i in starts]
    deep, words = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    alone, over = slice(samples(5), at), slice(at, at + samples(0.5))
    assert level(deep[alone]) < level(words[alone]) < level(mic[alone]) - 15
    voice = user(room, "stop")[: samples(0.5)]
    likeness = [np.corrcoef(clip[over], voice)[0, 1] for clip in (mic, deep, words)]
    assert likeness == sorted(likeness)


def test_with_headphones_nobody_is_blamed_for_long_and_nothing_is_lost() -> None:
    room = Room()
    played = np.concatenate((lines(), lines()))
    at = samples(8)
    mic = with_user(room, np.zeros(len(played)), at, "stop")
    canceller = EchoCanceller(multiple=512)
    left = cancelled(canceller, mic, played)
    assert canceller.delay is None
    assert not canceller.gate.blames_echo(at, at + samples(0.6))
    assert level(left[at : at + RATE]) == pytest.approx(level(mic[at : at + RATE]), abs=1)


def test_a_silent_coach_leaves_every_bit_as_it_was() -> None:
    room = ROOMS[0]
    played = np.concatenate((lines(), silence(4 * RATE)))
    at = len(lines()) + RATE
    mic = with_user(room, room.coach(played), at, "stop")
    left = cancelled(EchoCanceller(multiple=512), mic, played)
    assert np.array_equal(left[at:], mic[at : len(left)])
    assert not np.array_equal(left[:at], mic[:at])


def test_without_a_coach_the_stream_passes_at_once() -> None:
    mic = to_clip(np.random.default_rng(2).standard_normal(4096).astype(np.float32))
    canceller = EchoCanceller(multiple=512)
    assert canceller.latency == 0
    assert np.array_equal(canceller.process(mic, silence(0)), mic)
    assert canceller.gate.ratio(0, 4096) == 0
    assert not canceller.gate.blames_echo(0, 4096)


@pytest.mark.parametrize(("multiple", "latency"), [(1, 255), (320, 192), (512, 0), (256, 0), (1000, 248)])
def test_the_stream_is_late_by_what_it_says(multiple: Samples, latency: Samples) -> None:
    mic = np.arange(1, 8001).astype(np.int16)
    canceller = EchoCanceller(multiple=multiple)
    left = cancelled(canceller, mic, silence(len(mic)), multiple)
    assert canceller.latency == latency
    assert np.array_equal(left, np.concatenate((silence(latency), mic))[: len(left)])
    assert len(mic) - len(left) < multiple


def test_a_block_that_was_not_promised_is_refused() -> None:
    with pytest.raises(ValueError, match="500 samples are not a multiple of 512"):
        EchoCanceller(multiple=512).process(silence(500), silence(500))


@settings(max_examples=8)
@given(st.lists(st.integers(0, 3000), min_size=1, max_size=20))
def test_what_is_left_does_not_depend_on_the_blocks(lengths: list[int]) -> None:
    room = ROOMS[0]
    mic, played = room.microphone(coach(room))[: 2 * RATE], lines()[: 2 * RATE]
    whole = EchoCanceller().process(mic, played)
    canceller, parts, at = EchoCanceller(), [], 0
    for length in (*lengths, len(mic)):
        parts.append(canceller.process(mic[at : at + length], played[at : at + length]))
        at += length
        assert len(parts[-1]) == len(mic[at - length : at])
    assert np.array_equal(np.concatenate(parts), whole)


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(
            arrays.arrays(np.int16, st.integers(0, 1500), elements=st.sampled_from([-32768, -1, 0, 5, 3000, 32767])),
            st.sampled_from([0, 1, -32768, 32767]),
        ),
        max_size=12,
    )
)
def test_no_sound_breaks_it(blocks: list[tuple[Clip, int]]) -> None:
    canceller, given_, taken = EchoCanceller(), 0, 0
    for block, constant in blocks:
        for mic, played in ((block, np.full_like(block, constant)), (np.full_like(block, constant), block)):
            taken += len(canceller.process(mic, played))
            given_ += len(mic)
            assert np.isfinite(canceller.gate.ratio(0, given_))
    assert taken == given_
    assert all(np.isfinite(canceller._filter.step(np.zeros(HOP, np.float32), np.zeros(HOP, np.float32))[0]))


def test_an_echo_that_comes_later_all_at_once_is_found_again() -> None:
    room = ROOMS[1]
    wave, jump = coach(room), samples(7)
    mic = room.microphone(np.concatenate((wave[:jump], later(wave, samples(0.12))[jump:])))
    canceller = EchoCanceller(multiple=512)
    left = cancelled(canceller, mic, lines())
    assert canceller.delay == pytest.approx(room.delay + samples(0.12) + 0.5 / 343 * RATE, abs=16)
    settled = jump + samples(3)
    assert level(left[settled:]) < level(mic[settled:]) - 20


@pytest.mark.parametrize("loudness", [0.8, 1.0, 1.2])
def test_of_two_ways_about_as_loud_the_first_is_the_echo_all_the_time(loudness: float) -> None:
    """Now one is the clearer and now the other: taken for a jump, each such change would be a new beginning."""
    room = ROOMS[1]
    wave = coach(room) + loudness * later(coach(room), samples(0.04))
    canceller, learnt = EchoCanceller(multiple=512), samples(4)
    mic = room.microphone(wave)
    known = []
    for i in range(0, len(mic) - 511, 512):
        canceller.process(mic[i : i + 512], lines()[i : i + 512])
        known.append((canceller.delay, canceller.controlled))
    assert [delay for delay, _ in known[-1:]] == [pytest.approx(room.delay + 0.5 / 343 * RATE, abs=16)]
    assert len({delay for delay, _ in known if delay is not None}) <= 3  # the same to a sample
    assert all(controlled for _, controlled in known[learnt // 512 :])


@pytest.mark.parametrize("loudness", [0.8, 1.0, 1.2])
@pytest.mark.parametrize("by", [0.012, -0.012, 0.03])
def test_where_the_first_of_two_ways_changes_it_is_found_again_and_not_given_up_for_the_wall(
    by: float, loudness: float
) -> None:
    """A filter that is set to the wall's echo knows nothing of what comes before: half of the coach would stay."""
    room, changes = ROOMS[1], samples(7)
    first, wall = coach(room), loudness * later(coach(room), samples(0.04))
    changed = np.concatenate((first[:changes], np.roll(first, samples(by))[changes:]))
    mic = room.microphone(changed + wall)
    canceller = EchoCanceller(multiple=512)
    left = cancelled(canceller, mic, lines())
    assert canceller.delay == pytest.approx(room.delay + samples(by) + 0.5 / 343 * RATE, abs=16)
    assert canceller.controlled
    settled = changes + samples(5)
    assert level(left[settled:]) < level(mic[settled:]) - 20


def test_a_microphone_that_is_muted_brings_nothing_and_what_was_learnt_still_holds() -> None:
    """What was learnt, taken out of nothing, would be the coach's own voice, turned over."""
    room, muted, on = ROOMS[1], samples(7), samples(8)
    mic = room.microphone(coach(room))
    mic[muted:on] = 0
    canceller = EchoCanceller(multiple=512)
    left = cancelled(canceller, mic, lines())
    assert not left[muted + HOP : on - HOP].any()
    assert level(left[on : on + RATE]) < level(mic[on : on + RATE]) - 20
    assert canceller.controlled


def test_a_room_that_changes_is_noticed_and_learnt_anew() -> None:
    room = ROOMS[1]
    wave, change = coach(room), samples(7)
    mic = room.microphone(np.concatenate((wave[:change], -wave[change:])))
    canceller = EchoCanceller(multiple=512)
    left = cancelled(canceller, mic, lines())
    settled = change + samples(3)
    assert level(left[settled:]) < level(mic[settled:]) - 20
    noticed = change + samples(0.6)
    assert canceller.gate.blames_echo(noticed, noticed + samples(0.4))


@pytest.mark.parametrize("delay", [0.02, 0.5, 0.52, 0.9])
def test_the_echo_of_an_overloaded_machine_is_found_too(delay: float) -> None:
    room = Room(delay=samples(delay))
    mic = room.microphone(coach(room))
    canceller = EchoCanceller(multiple=512)
    left = cancelled(canceller, mic, lines())
    assert canceller.delay == pytest.approx(room.delay + 0.5 / 343 * RATE, abs=16)
    settled = samples(6)
    assert level(left[settled:]) < level(mic[settled:]) - 20


def test_what_was_heard_since_the_echo_jumped_is_blamed_afterwards() -> None:
    room = ROOMS[1]
    wave, jump = coach(room), samples(7)
    mic = room.microphone(np.concatenate((wave[:jump], later(wave, samples(0.04))[jump:])))
    canceller = EchoCanceller(multiple=512)
    cancelled(canceller, mic[: jump + RATE], lines())
    assert canceller.gate.ratio(jump, jump + samples(0.4)) > MAX_OWN_RESIDUAL
    assert canceller.gate.blames_echo(jump, jump + samples(0.4))


@pytest.mark.parametrize("by", [-16, -3, -2, -1, 1, 2, 3, 16])
def test_an_echo_that_moves_by_a_sample_is_blamed_and_learnt_anew(by: Samples) -> None:
    """A few samples are made up or left out somewhere on the way, and nobody tells."""
    room, moves = ROOMS[1], samples(10)
    echo = coach(room)
    moved = np.concatenate((echo[:moves], np.roll(echo, by)[moves:]))
    canceller = EchoCanceller(multiple=512)
    left = cancelled(canceller, room.microphone(moved), lines())
    assert canceller.gate.blames_echo(moves - samples(0.2), moves + samples(0.4))
    for at in range(moves - samples(0.4), len(left) - samples(0.6), samples(0.2)):
        span = at, at + samples(0.6)
        assert canceller.gate.blames_echo(*span) or canceller.gate.ratio(*span) < MAX_OWN_WORD_RESIDUAL, at / RATE
    assert canceller.controlled
    again = slice(moves + samples(2), None)
    assert level(left[again]) < level(room.microphone(moved)[again]) - 20


@pytest.mark.parametrize("echo", [0, 5, 10])
def test_who_speaks_over_the_coach_is_no_echo_that_has_moved(echo: float) -> None:
    room = Room(echo=echo)
    wave = coach(room)
    voice = np.zeros(len(wave))
    for at in range(samples(8), len(wave) - samples(1.5), samples(1.5)):
        voice[at : at + len(user(room, "stop"))] += user(room, "stop")
    mic = room.microphone(wave, voice)
    canceller = EchoCanceller(multiple=512)
    for at in range(0, len(mic) - 511, 512):
        canceller.process(mic[at : at + 512], lines()[at : at + 512])
        assert canceller.controlled or at < samples(7)


def test_after_a_tear_nothing_is_trusted_until_the_echo_is_seen_to_be_as_before() -> None:
    room = ROOMS[1]
    mic, at = with_user(room, coach(room), samples(7), "stop"), samples(7)
    canceller = EchoCanceller(multiple=512)
    cancelled(canceller, mic[:at], lines())
    assert not canceller.may_leave_words(samples(6), at) or canceller.gate.blames_echo(samples(6), at)
    canceller.torn()
    end = len(mic) // 512 * 512
    first = at // 512 * 512
    starts = range(first, end, 512)
    for i in starts[: samples(0.6) // 512]:
        canceller.process(mic[i : i + 512], lines()[i : i + 512])
    assert canceller.gate.blames_echo(at, at + samples(0.5))
    assert canceller.may_leave_words(at, at + samples(0.5))
    for i in starts[samples(0.6) // 512 :]:
        canceller.process(mic[i : i + 512], lines()[i : i + 512])
    assert canceller.gate.ratio(end - 2 * RATE, end) < MAX_OWN_RESIDUAL
    assert canceller.may_leave_words(end - 2 * RATE, end)


def test_with_headphones_a_tear_is_nobodys_fault() -> None:
    at = samples(8)
    mic = with_user(ROOMS[1], np.zeros(len(lines())), at, "stop")
    canceller = EchoCanceller(multiple=512)
    cancelled(canceller, mic[: samples(7)], lines())
    canceller.torn()
    begin = samples(7) // 512 * 512
    cancelled(canceller, mic[begin:], lines()[begin:])
    assert not canceller.gate.blames_echo(at, at + samples(0.6))


def test_where_sound_is_torn_at_first_an_echo_is_sought_for_longer() -> None:
    """The computer is busiest while it starts, and the coach's first sentences hold "stop" and "worse"."""

    def given_up(canceller: EchoCanceller) -> float:
        mic = with_user(ROOMS[1], np.zeros(len(lines())), 0, "stop")
        for at in range(0, len(mic) - 511, 512):
            canceller.process(mic[at : at + 512], lines()[at : at + 512])
            if canceller.controlled:
                return at / RATE
        return math.inf

    torn = EchoCanceller(multiple=512)
    torn.torn()
    assert given_up(EchoCanceller(multiple=512)) + 3 < given_up(torn) < len(lines()) / RATE


def test_who_is_told_the_delay_learns_sooner() -> None:
    room = ROOMS[2]
    mic, first = room.microphone(coach(room)), slice(samples(0.3), samples(1.3))
    told = cancelled(EchoCanceller(multiple=512, delay=room.delay), mic, lines())
    untold = cancelled(EchoCanceller(multiple=512), mic, lines())
    assert level(told[first]) < level(untold[first]) - 3


def test_a_delay_that_is_told_wrong_is_put_right() -> None:
    room = ROOMS[0]
    mic = room.microphone(coach(room))
    canceller = EchoCanceller(multiple=512, delay=samples(0.4))
    left = cancelled(canceller, mic, lines())
    canceller.set_delay(room.delay)  # it is known by now
    assert canceller.delay == pytest.approx(room.delay + 0.5 / 343 * RATE, abs=16)
    assert level(left[samples(5) :]) < level(mic[samples(5) :]) - 25


def test_a_stream_that_starts_again_elsewhere_is_a_new_one() -> None:
    room = ROOMS[0]
    mic = room.microphone(coach(room))
    canceller = EchoCanceller(multiple=512)
    once = cancelled(canceller, mic, lines())
    canceller.restart(1_000_000)
    assert canceller.gate.ratio(0, len(mic)) == 0
    assert np.array_equal(cancelled(canceller, mic, lines()), once)
    assert canceller.gate.ratio(1_000_000 + samples(6), 1_000_000 + samples(7)) < MAX_OWN_RESIDUAL


def tone(energy: float, frequency: float = 1_000) -> Signal:
    """Return a hop of this energy and frequency."""
    phase = 2 * np.pi * frequency / RATE * np.arange(HOP)
    wave: Signal = (np.sqrt(2 * energy / HOP) * np.sin(phase)).astype(np.float32)
    return wave


@pytest.mark.parametrize(("hissed", "spoken", "coach"), [(0.2, 1e-4, True), (0.2, 0.2, False), (1.0, 0.01, False)])
def test_a_hiss_that_is_left_makes_no_user_where_the_vowels_are_gone(hissed: float, spoken: float, coach: bool) -> None:
    """The coach's "s" is learnt later than its vowels; a user's words leave both."""
    gate = EchoGate()
    mic, left = tone(1.0) + tone(1.0, 6_000), tone(spoken) + tone(hissed, 6_000)
    gate.add(mic, left, 2.0 - hissed - spoken, audible=True, blind=False)
    assert gate.ratio(0, HOP) > MAX_OWN_RESIDUAL
    assert gate.blames_echo(0, HOP) == coach


def test_the_gate_remembers_half_a_minute_and_judges_the_hops_that_an_interval_touches() -> None:
    gate = EchoGate()
    gate.restart(1000)
    for number in range(60 * RATE // HOP):
        gate.add(tone(1.0), tone(0.001 if number % 2 else 1.0), 0.0, audible=True, blind=False)
    end = 1000 + 60 * RATE // HOP * HOP
    assert gate.ratio(end - HOP, end) == pytest.approx(-30, abs=0.01)
    assert gate.ratio(end - HOP - 1, end) == pytest.approx(-3, abs=0.1)
    assert gate.blames_echo(end - HOP, end)
    assert not gate.blames_echo(end - 2 * HOP, end)
    assert gate.ratio(1000, 1000 + 29 * RATE) == 0
    assert gate.ratio(end, end + RATE) == 0
    assert not gate.blames_echo(end + RATE, end)


@pytest.mark.parametrize(("fainter", "coach"), [(-20, False), (-30, False), (-45, True), (-60, True)])
def test_what_is_far_fainter_than_the_coach_was_a_moment_ago_is_what_rings_of_it(fainter: float, coach: bool) -> None:
    gate = EchoGate()
    sounds, rings = (round(length * RATE / HOP) for length in (1.0, 0.2))
    for number in range(sounds + rings):
        left = 1e-4 if number < sounds else 10 ** (fainter / 10)
        gate.add(tone(left + (number < sounds)), tone(left), number < sounds, audible=True, blind=False)
    start, end = sounds * HOP, (sounds + rings) * HOP
    assert gate.ratio(start, end) == pytest.approx(0)
    assert gate.blames_echo(start, end) == coach


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 200)), max_size=40))
def test_a_tape_holds_the_latest_samples_by_their_instants(steps: list[tuple[int, int]]) -> None:
    tape, whole, first = Tape(7), np.zeros(0, np.int16), 0
    for length, keeps in steps:
        whole = np.concatenate((whole, np.arange(len(whole) + 1, len(whole) + 1 + length, dtype=np.int16)))
        tape.put(whole[len(whole) - length :])
        first = max(first, len(whole) - keeps)
        tape.drop(tape.end - keeps)
        assert tape.end == 7 + len(whole)
        known = np.concatenate((np.zeros(first, np.int16), whole[first:]))
        assert np.array_equal(tape.read(7, len(whole)), known)
