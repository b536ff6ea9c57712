"""A whole session as it is for a user: the real program and engines, answers spoken into the microphone."""

import json
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.history.screened import screened_today
from tests.virtual_card.card import VirtualCard
from tests.virtual_card.partner import Partner
from tests.virtual_card.program import Ended, VirtualCardError
from voice_coach.audio import pcm
from voice_coach.session.listening import RED
from voice_coach.speak.tts import VoiceSpec
from voice_coach.speak.tts_pyttsx3 import Pyttsx3Synthesizer
from voice_coach.timebase import RATE

SHORT = Path(__file__).parent / "short.toml"
REPETITIONS = 2
ATTEMPTS = 3
"""How often a session is tried on a machine that is too busy for it."""
ANSWERS = {
    "may we begin": ["yes"],
    "Which side": ["left side"],
    "Pain on the left": ["yes"],
    "How strong": ["six", "three"],
    "furthest point": ["buttock"],
    "Lie on your left": ["ready"],
    "Can you hear me": ["yes"],
    "Hook your right": ["ready"],
    "Better, same": ["better"],
}
"""What the user says to which caption."""
AGAIN = {
    "Left or right?": ["left side"],
    "Say left side": ["left side"],
    "Is it the left": ["yes"],
    "side: yes or no": ["yes"],
    "Is the pain on": ["yes"],
    "A number from": ["six"],
    "Say one number": ["six"],
    "How far does it": ["buttock"],
    "Is it only in": ["no"],
    "Say yes to begin": ["yes"],
    "May I begin": ["yes"],
    "Say yes, louder": ["yes"],
    "Is my voice": ["yes"],
    "ay ready": ["ready"],
    "I'm back": ["resume"],
    "Say resume": ["resume"],
    "How is the pain": ["better"],
    "Is it worse": ["no"],
}
"""What the user says to a coach that has not understood."""
GRAVE = RED | {"stop", "finish"}
"""What the user never says over an open speaker, and what would end the exercise."""


def command(log: Path, *more: str) -> list[str]:
    return ["-u", "-m", "voice_coach", "run", "--exercise", str(SHORT), "--log", str(log), *more]


def events(log: Path, kind: str) -> list[dict[str, Any]]:
    return [row for row in json.loads(log.read_text(encoding="utf-8")) if row["type"] == kind]


def history(card: VirtualCard) -> dict[str, Any]:
    with card.python("-m", "voice_coach", "history", "--json") as program:
        sessions: list[dict[str, Any]] = json.loads(program.finish().output)
    return sessions[0]


@pytest.fixture
def live_card(virtual_card: VirtualCard) -> VirtualCard:
    """A card whose programs are not measured for coverage, which makes them too slow for real time."""
    virtual_card.env.pop("COVERAGE_PROCESS_CONFIG", None)
    screened_today()  # a rehearsal goes through these questions by voice, faster than real time
    return virtual_card


@pytest.mark.slow
def test_a_session_by_voice_from_hello_to_goodbye(live_card: VirtualCard, tmp_path: Path) -> None:
    log, recording = tmp_path / "log.json", tmp_path / "coach.wav"
    with (
        live_card.record_speaker(recording),
        live_card.python(*command(log, "--headphones")) as program,
        Partner(live_card, program) as partner,
    ):
        partner.converse(ANSWERS | AGAIN, until="Goodbye")
        assert partner.ends().code == 0
    assert [row["outcome"] for row in events(log, "Finish")] == ["completed"]
    session = history(live_card)
    assert (session["outcome"], session["painful_side"]) == ("completed", "left")
    assert (session["nprs_before"], session["nprs_after"], session["reps_coached"]) == (6, 3, 2)
    counts_are_a_second_apart(recording, log)


@pytest.mark.slow
def test_worse_in_the_hold_ends_the_exercise(live_card: VirtualCard, tmp_path: Path) -> None:
    log = tmp_path / "log.json"
    with live_card.python(*command(log, "--headphones")) as program, Partner(live_card, program) as partner:
        partner.converse({**ANSWERS, **AGAIN, "two.": ["it's worse"], "in five minutes": ["finish"]}, until="Goodbye")
        assert partner.ends().code == 0
    session = history(live_card)
    assert (session["outcome"], session["reps_coached"]) == ("stopped", 0)
    assert [(stop["intent"], stop["red"]) for stop in session["stops"]] == [("worse", True)]


@pytest.mark.slow
def test_over_an_open_speaker_the_coach_does_not_stop_because_of_itself(live_card: VirtualCard, tmp_path: Path) -> None:
    """What is heard exactly is shown in audio time (tests/open_speaker); here the sound may be torn at any moment."""
    log = tmp_path / "log.json"
    live_card.loop_back()
    ended, completed = talk(live_card, log), False
    for left in reversed(range(ATTEMPTS)):
        heard = [(row["name"], row["text"]) for row in events(log, "Intent")]
        assert not [name for name, _ in heard if name in GRAVE], (heard, ended.errors)
        completed = [row["outcome"] for row in events(log, "Finish")] == ["completed"]
        if completed or not (left and disturbed(ended.errors)):
            break
        ended = talk(live_card, log)
    assert completed, ended.errors
    assert ended.code == 0


def talk(card: VirtualCard, log: Path) -> Ended:
    """Hold a session over an open speaker; where the sound is lost for long, until then."""
    with card.python(*command(log)) as program, Partner(card, program, polite=True) as partner:
        try:
            partner.converse(ANSWERS | AGAIN, until="Goodbye")
        except VirtualCardError:
            if not disturbed(program.errors()):
                raise
            program.process.send_signal(signal.SIGINT)
        return partner.ends()


def disturbed(errors: str) -> bool:
    """Return whether the machine was too busy for sound in real time: answers may be torn, or none be heard at all."""
    return "underrun" in errors or "overrun" in errors or "The sound is gone" in errors


def counts_are_a_second_apart(recording: Path, log: Path) -> None:
    """Find "one" and "two" in what the speaker played, by their own sound, and hold them against the log."""
    sound = pcm.load(recording).astype(np.float64)
    planned = [
        (row["sound"]["cue"].rsplit(".", 1)[-1], row["at"]) for row in events(log, "Play") if "cue" in row["sound"]
    ]
    ones = [at for cue, at in planned if cue == "count_one"]
    twos = [at for cue, at in planned if cue == "count_two"]
    assert len(ones) >= REPETITIONS  # one that was interrupted is done again
    assert {two - one for one, two in zip(ones, twos, strict=False)} == {RATE}
    voice = Pyttsx3Synthesizer(VoiceSpec())
    for text in ("one,", "two."):
        voice.request(text)
    clips = dict(voice.poll(60) + voice.poll(60))
    voice.close()
    found = {text: onsets(sound, clips[text].astype(np.float64), REPETITIONS) for text in clips}
    apart = [two - one for one, two in zip(found["one,"], found["two."], strict=True)]
    # To 10 ms, for the card resamples; a busy machine may tear one of them, `test_counts.py` is exact about all.
    assert any(abs(length - RATE) <= RATE // 100 for length in apart), apart


def onsets(sound: np.ndarray, clip: np.ndarray, number: int) -> list[int]:
    """Return where a clip is heard, by correlation: the so many best places, in order."""
    size = len(sound) + len(clip)
    match = np.fft.irfft(np.fft.rfft(sound, size) * np.conj(np.fft.rfft(clip, size)), size)[: len(sound)]
    places = []
    for _ in range(number):
        best = int(np.argmax(match))
        places.append(best)
        match[max(best - RATE, 0) : best + RATE] = -np.inf
    return sorted(places)
