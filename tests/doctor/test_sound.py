"""What a trial of microphone and speaker tells, in simulated rooms and on wires."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import soxr

from tests.hear.room import Room, Wave, spoken
from voice_coach.audio.correlation import find
from voice_coach.audio.pcm import Clip, silence, to_clip, to_signal, trim
from voice_coach.config.settings import Settings
from voice_coach.doctor import measure, sound
from voice_coach.doctor.finding import EXIT_CODES, Finding, Verdict, worst
from voice_coach.doctor.sound import SILENT, decibels
from voice_coach.doctor.trial import REQUEST, SENTENCES, Take, Trial, chirp, without_echo
from voice_coach.hear.echo.delay_estimator import MAX_DELAY
from voice_coach.timebase import BLOCK, RATE, Samples, samples

FINE, SKIPPED, WARNING, FAULT = Verdict.FINE, Verdict.SKIPPED, Verdict.WARNING, Verdict.FAULT


@cache
def clips() -> list[Clip]:
    """Return what the coach says in a trial, and a user's "yes"."""
    return [*spoken((*SENTENCES, REQUEST)), trim(spoken(("yes",), "en-gb")[0])]


@cache
def silent_take() -> Take:
    """Return a trial in which nothing is heard."""
    *sentences, request, _ = clips()
    trial = Trial(sentences, request)
    while not trial.done:
        trial.advance(silence(BLOCK))
    return trial.take()


def hearing(mic: Clip) -> Take:
    """Return a trial in which the microphone heard this."""
    return replace(silent_take(), mic=mic)


def user(room: Room) -> Wave:
    """Return the user's "yes", a second after it was asked for."""
    take = silent_take()
    said = room.user(np.concatenate((clips()[-1], silence(RATE // 4))) / 32768)
    voice, at = np.zeros(len(take.played)), take.parts["reply"].start + RATE
    voice[at : at + len(said)] = said
    return voice


def in_room(room: Room, *, answered: bool = True) -> Take:
    sounds = [room.coach(silent_take().played), *([user(room)] if answered else [])]
    return hearing(room.microphone(*sounds))


def over_wire(delay: Samples, carry: Callable[[Clip], Clip] = lambda clip: clip) -> Take:
    """Return a trial with the speaker's monitor as its microphone."""
    played = silent_take().played
    return hearing(np.concatenate((silence(delay), carry(played)))[: len(played)])


def test_a_usual_room_is_fine_in_every_respect() -> None:
    take = in_room(Room(echo=5))
    loop, delay = sound.loop(take, 2400)
    assert delay is not None
    assert delay == pytest.approx(2400, abs=samples(0.005))
    heard = measure.understand(Settings(), take)
    findings = [
        sound.microphone(take),
        sound.noise_floor(take),
        loop,
        sound.monitor(take),
        sound.echo_loss(take, without_echo(take)),
        sound.own_commands(heard.own),
        sound.your_voice(take, delay, understood=heard.answered),
    ]
    assert [finding.verdict for finding in findings] == [FINE] * 7
    assert not any(finding.remedy for finding in findings)
    assert findings[1].figures["noise_db"] == pytest.approx(-68, abs=1)


def test_a_dead_microphone_delivers_nothing_but_zeros() -> None:
    finding = sound.microphone(silent_take())
    assert (finding.verdict, finding.figures) == (FAULT, {"zeros": True})
    assert finding.remedy.startswith("Switch it on")


@pytest.mark.parametrize(("gain", "verdict"), [(0.5, FINE), (1.0, FINE), (4.0, WARNING)])
def test_peaks_that_are_cut_off_are_counted(gain: float, verdict: Verdict) -> None:
    tone = 0.9 * np.sin(np.arange(RATE) * 2 * np.pi * 50 / RATE)
    finding = sound.microphone(hearing(to_clip((gain * tone).astype(np.float32))))
    assert finding.verdict is verdict
    assert finding.figures["clipped_peaks"] == (100 if verdict is WARNING else 0)


@pytest.mark.parametrize(("level", "verdict"), [(-68, FINE), (-45, FINE), (-38, WARNING), (-25, FAULT)])
def test_a_voice_is_to_stand_out_of_the_noise(level: float, verdict: Verdict) -> None:
    finding = sound.noise_floor(hearing(Room(noise=level).microphone(np.zeros(5 * RATE))))
    assert finding.verdict is verdict
    assert bool(finding.remedy) == (verdict is not FINE)


@pytest.mark.parametrize(("delay", "verdict"), [(0.0, FINE), (0.3, FINE), (0.7, WARNING), (1.0, WARNING)])
def test_the_way_from_speaker_to_microphone_is_measured(delay: float, verdict: Verdict) -> None:
    finding, found = sound.loop(in_room(Room(delay=samples(delay)), answered=False), samples(0.1))
    assert finding.verdict is verdict
    assert found == pytest.approx(samples(delay), abs=samples(0.005))
    assert finding.figures["reported_ms"] == 100


def test_where_the_speaker_is_not_heard_these_are_headphones_or_it_is_off() -> None:
    take = hearing(Room(noise=-40).microphone(user(Room())))
    finding, delay = sound.loop(take, 0)
    assert (finding.verdict, delay) == (WARNING, None)
    assert "--headphones" in finding.remedy
    assert sound.loop(take, 0, headphones=True)[0].verdict is FINE


def carried_at_48_khz(clip: Clip) -> Clip:
    """Return the clip as a sound server's monitor gives it: half as loud, and resampled twice."""
    return to_clip(soxr.resample(soxr.resample(0.5 * to_signal(clip), RATE, 48_000), 48_000, RATE))


@pytest.mark.parametrize("carry", [lambda clip: clip, carried_at_48_khz], ids=["16 kHz", "48 kHz"])
@pytest.mark.parametrize("delay", [0, 2000, samples(0.9)])
def test_a_microphone_that_is_the_speakers_monitor_is_found_out(delay: Samples, carry: Callable[[Clip], Clip]) -> None:
    take = over_wire(delay, carry)
    assert sound.loop(take, 0)[1] == delay
    finding = sound.monitor(take)
    assert finding.verdict is FAULT
    assert "monitor" in finding.remedy


def test_a_wire_is_a_wire_though_sound_is_torn_in_all_sentences_but_one() -> None:
    take = over_wire(2000)
    for number, one in enumerate(take.spoken):
        if number != 2:
            middle = (one.start + one.end) // 2 + 2000
            take.mic[middle : one.end] = take.mic[middle + 640 : one.end + 640].copy()
    assert sound.monitor(take).verdict is FAULT


def test_the_driest_room_is_no_wire() -> None:
    take = in_room(Room(fades_in=0.15, noise=-80))
    assert sound.monitor(take).verdict is FINE


def test_an_echo_that_stays_is_a_reason_for_headphones() -> None:
    take = in_room(Room(echo=5), answered=False)
    finding = sound.echo_loss(take, take.mic)
    assert (finding.verdict, finding.figures["echo_loss_db"]) == (WARNING, 0.0)
    assert "headphones" in finding.remedy


def test_an_echo_that_is_lost_in_the_noise_is_none() -> None:
    take = in_room(Room(echo=-14, noise=-48), answered=False)
    finding = sound.echo_loss(take, without_echo(take))
    assert float(finding.figures["echo_loss_db"]) < sound.MIN_ECHO_LOSS
    assert finding.verdict is FINE


def test_who_says_nothing_is_not_judged() -> None:
    finding = sound.your_voice(in_room(Room(), answered=False), 2400, understood=False)
    assert finding.verdict is SKIPPED


@pytest.mark.parametrize(
    ("gain", "understood", "verdict"), [(1, True, FINE), (1, False, WARNING), (0.05, True, WARNING)]
)
def test_a_voice_is_to_be_loud_enough_and_understood(gain: float, understood: bool, verdict: Verdict) -> None:
    quiet = Room(noise=-80)
    take = hearing(quiet.microphone(gain * user(quiet)))
    finding = sound.your_voice(take, None, understood=understood)
    assert finding.verdict is verdict
    assert finding.figures["understood"] == understood


def test_a_word_that_was_understood_though_it_is_hardly_louder_than_the_noise_counts() -> None:
    take = hearing(Room(noise=-40).microphone(np.zeros(len(silent_take().played))))
    assert sound.your_voice(take, None, understood=True).verdict is FINE


def test_words_of_its_own_that_the_coach_took_for_the_users_are_told() -> None:
    assert sound.own_commands([]).verdict is FINE
    finding = sound.own_commands(["stop", "yes"])
    assert finding.verdict is WARNING
    assert "stop, yes" in finding.measured


@pytest.mark.parametrize(
    ("captured", "xruns", "dropped", "verdict"),
    [(16_000, 0, 0, FINE), (0, 0, 0, FINE), (15_700, 1, 1, FINE), (12_000, 0, 0, WARNING), (16_000, 3, 2, WARNING)],
)
def test_sound_is_to_flow_without_gaps(captured: float, xruns: int, dropped: int, verdict: Verdict) -> None:
    assert sound.stream(captured, xruns, dropped).verdict is verdict


def test_a_trial_that_is_broken_off_is_as_long_as_any() -> None:
    *sentences, request, _ = clips()
    trial = Trial(sentences, request)
    trial.advance(silence(BLOCK))
    trial.trouble = "the device is gone"
    assert trial.done
    assert len(trial.take().mic) == len(trial.take().played) == trial.length


def test_what_was_played_is_where_the_take_says() -> None:
    take = silent_take()
    assert np.array_equal(take.said("chirp")[: len(chirp())], chirp())
    assert not take.played[: take.parts["chirp"].start].any()
    assert not take.said("reply").any()
    for one, clip in zip(take.spoken, clips(), strict=False):
        assert np.array_equal(take.played[one.start : one.end], clip)


def test_levels_are_of_full_scale() -> None:
    assert decibels(silence(100)) == decibels(silence(0)) == SILENT
    assert decibels(np.full(100, 16_384, np.int16)) == pytest.approx(-6.0, abs=0.1)


def test_noise_is_not_like_a_chirp() -> None:
    noise = np.random.default_rng(5).integers(-3000, 3000, 3 * RATE).astype(np.int16)
    assert find(chirp(), noise, MAX_DELAY)[1] < sound.MIN_CHIRP_LIKENESS / 2


@pytest.mark.parametrize(
    ("verdicts", "code"), [([], 0), ([FINE, SKIPPED], 0), ([FINE, WARNING, SKIPPED], 3), ([WARNING, FAULT, FINE], 1)]
)
def test_the_worst_finding_decides(verdicts: list[Verdict], code: int) -> None:
    assert EXIT_CODES[worst(Finding("it", verdict, "measured") for verdict in verdicts)] == code
