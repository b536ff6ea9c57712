"""The listener's hint that the user speaks over the coach: with headphones, and over an open speaker."""

from dataclasses import replace
from functools import cache

import numpy as np

from tests.hear.grammar.test_grammar import EN
from tests.hear.room import Room, in_turn, spoken
from tests.hear.test_listener import REST, WAVS, scripted, tone
from voice_coach.audio.pcm import Clip, load, silence, trim
from voice_coach.events import Event, Intent, NotRecognized
from voice_coach.hear.asr.recognizer import Hypothesis
from voice_coach.hear.listener import Listener, build_listener
from voice_coach.hear.overlap import MAX_GAP, MAX_IN_VAIN
from voice_coach.hear.vad import CHUNK
from voice_coach.session.question_table import ACTIVE
from voice_coach.testing import EnergyDetector, ScriptedRecognizer
from voice_coach.timebase import BLOCK, RATE, Samples, samples

STOP = next(wav for wav in WAVS if wav.stem == "stop")


def hints(listener: Listener, mic: Clip, played: Clip) -> tuple[list[Samples], list[Event]]:
    """Return after which blocks the user seemed to speak, and what was heard."""
    found, events = [], list[Event]()
    for at in range(0, len(mic) - BLOCK + 1, BLOCK):
        events += listener.process(mic[at : at + BLOCK], played[at : at + BLOCK], at)
        if listener.user_speaks:
            found.append(at + BLOCK)
    return found, events


def coach(length: Samples) -> Clip:
    """Return what the coach plays all the while: it is never heard in these headphones."""
    return np.random.default_rng(2).integers(-2000, 2000, length).astype(np.int16)


def test_a_voice_over_the_coachs_is_told_of_in_a_tenth_of_a_second_and_until_it_has_been_heard() -> None:
    sound = np.concatenate((REST, tone(0.4), REST))
    found, events = hints(scripted("lamp"), sound, coach(len(sound)))
    assert RATE < found[0] <= RATE + 3 * CHUNK
    (unknown,) = [event for event in events if isinstance(event, NotRecognized)]
    assert unknown.at - BLOCK <= found[-1] < unknown.at + BLOCK


def test_where_the_coach_is_silent_there_is_nothing_to_be_quieter() -> None:
    sound = np.concatenate((REST, tone(0.4), REST))
    assert hints(scripted("lamp"), sound, silence(len(sound)))[0] == []


def test_what_was_taken_early_is_waited_for_no_longer() -> None:
    sound = np.concatenate((REST, tone(2.0), REST))
    found, events = hints(scripted("stop it"), sound, coach(len(sound)))
    assert [event.name for event in events if isinstance(event, Intent)] == ["stop"]
    taken = next(event.at for event in events if isinstance(event, Intent))
    assert max(found) < taken


def test_a_radio_is_not_waited_for_again_and_again() -> None:
    sound = np.concatenate([part for _ in range(MAX_IN_VAIN + 2) for part in (REST, tone(0.4), REST)])
    found, _ = hints(scripted(), sound, coach(len(sound)))
    apart = np.flatnonzero(np.diff(found) > MAX_GAP)
    assert len(apart) + 1 == MAX_IN_VAIN


def test_over_an_open_speaker_of_which_nothing_is_known_yet_no_voice_is_told_from_the_coachs() -> None:
    listener = Listener(EN, EnergyDetector(), ScriptedRecognizer(), open_speaker=True)
    sound = np.concatenate((tone(0.4), REST, REST, tone(0.4), REST))
    found, _ = hints(listener, sound, coach(len(sound)))
    assert found[0] > samples(2.4)  # nothing came back for two seconds: these are headphones


class Weighing(ScriptedRecognizer):
    """Is sure of what was said so far, and hardly of all of it, as where the coach goes on behind the user's words."""

    def weigh(self) -> None:
        """Weigh what was fed so far."""
        self._found.append(
            Hypothesis(self._partial, final=False, start=self._start, end=self._start + self._fed, margin=9.0)
        )

    def end(self) -> None:
        """Finish the utterance."""
        super().end()
        self._found[-1] = replace(self._found[-1], text=f"{self._found[-1].text} reach", margin=-0.5)


def test_what_the_coach_says_behind_the_users_words_does_not_undo_them() -> None:
    listener = Listener(EN, EnergyDetector(), Weighing(["[unk]", "left side"]), open_speaker=True)
    listener.listen("side", ACTIVE["side"])
    sound = np.concatenate((tone(0.4), REST, REST, tone(0.5), REST))
    _, events = hints(listener, sound, coach(len(sound)))
    (left,) = [event for event in events if isinstance(event, Intent)]
    assert (left.name, left.text, left.final) == ("side_left", "left side", True)


@cache
def prompts() -> Clip:
    """Return some 20 s of the coach's speech, with the words that it is not to take for the user's."""
    texts = ("Lie on your left side.", "Say stop at any time.", "Is it better, same, or worse?", "Say next, or repeat.")
    return in_turn(spoken(texts * 2), 0.4)


def test_the_coachs_own_echo_is_not_taken_for_the_user_and_a_user_is() -> None:
    """An echo of 5 dB more than the user; the hint comes within the word."""
    room, played = Room(echo=5), prompts()
    said = room.user(np.concatenate((trim(load(STOP)), silence(RATE // 4))) / 32768)
    at = len(played) * 3 // 4
    user = np.zeros(len(played))
    user[at : at + len(said)] = said
    told = []
    for heard in ([room.coach(played)], [room.coach(played), user]):
        listener = build_listener(EN, open_speaker=True)
        listener.listen("counting", ACTIVE["counting"])
        told.append(hints(listener, room.microphone(*heard), np.concatenate((silence(BLOCK), played)))[0])
        listener.close()
    alone, both = told
    assert alone == []
    assert at < both[0] < at + samples(0.35)
