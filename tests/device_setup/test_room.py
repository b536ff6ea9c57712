"""Setting up by voice with the real voice, listener and measurement, in simulated rooms and in audio time."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from tests.hear.room import Room
from tests.open_speaker.talk import PAUSE, Answer, OpenSpeaker, User
from voice_coach.actions import Hush, Say
from voice_coach.audio.pcm import silence, to_clip
from voice_coach.config import preferences
from voice_coach.config.engines import open_listener
from voice_coach.config.preferences import Preferences
from voice_coach.config.settings import Settings
from voice_coach.device_setup.build import keep, prompts_of
from voice_coach.device_setup.events import Action, Event, Found, Pair, Tried, Try
from voice_coach.device_setup.runner import TRIED, Setup, all_lines
from voice_coach.doctor.trial import REPLY, Trial
from voice_coach.events import Played
from voice_coach.files.profiles import FIRST
from voice_coach.speak.clip_library import ClipLibrary
from voice_coach.speak.preloaded_voice import PreloadedVoice
from voice_coach.speak.tts.pyttsx3 import Pyttsx3Synthesizer
from voice_coach.speak.voice_spec import VoiceSpec
from voice_coach.timebase import BLOCK, Samples, samples

PROMPTS = prompts_of("en")
TELEVISION, LOUDSPEAKER = Pair("microphone", "television"), Pair("microphone", "loudspeaker")
LIMIT = samples(150)
HEARS = {"If you can hear me": [Answer("yes")], "Just say yes": [Answer("yes")]}
"""Said to the first question, and to the second try: the first "yes" may come while the echo is still being learnt."""
YES = {**HEARS, "How loud would you like me": [Answer("i'm ready")]}


@pytest.fixture(scope="module")
def voice(speech_cache: Path) -> PreloadedVoice:
    library = ClipLibrary(Pyttsx3Synthesizer(VoiceSpec()), "en", speech_cache / "speech", blocking=True)
    return PreloadedVoice.taken_from(library, all_lines(PROMPTS))


class Floor:
    """Somebody on the floor, who hears the loudspeaker and not the television."""

    def __init__(
        self,
        voice: PreloadedVoice,
        room: Room,
        answers: Mapping[str, Sequence[Answer]],
        *,
        says: Sequence[str] = ("yes",),
    ) -> None:
        """Hold a set-up; `says`: what is said when it is measured, the first time, the second, ..."""
        self.did: list[Event | Action] = []
        self._open: Pair | None = None
        self._now: Samples = 0
        self._speaker, self._says = OpenSpeaker(room), list(says)
        self._user = User(room, self._speaker, answers)
        trial = Trial([voice.clip(line) for line in TRIED[:-1]], voice.clip(TRIED[-1]))
        self._asked = trial.length - REPLY + room.delay + samples(PAUSE)
        with closing(open_listener(Settings(open_speaker=True), inline=True)) as hearing:
            pairs = (TELEVISION, LOUDSPEAKER)
            self.setup = Setup(PROMPTS, pairs, voice=voice, hearing=hearing, keep=self._keep, watch=[self._watch])
            while not self.setup.done:
                self._live()

    @property
    def tried(self) -> list[Tried]:
        """What was measured, each time."""
        return [item for item in self.did if isinstance(item, Tried)]

    def _live(self) -> None:
        """Let a block pass."""
        if self._open is not self.setup.wanted:
            self._open = self.setup.wanted
            self.setup.opened()
        self._now = self.setup.now
        assert self._now < LIMIT
        mic = self._speaker.hear(BLOCK) + self._user.hear(self._now, BLOCK)
        played = self.setup.advance(to_clip(mic.astype(np.float32)))
        if self._open is LOUDSPEAKER:
            self._speaker.play(played)
            saying = self.setup.saying
            self._user.follow(saying, saying.text if saying else "", self._now)
        else:
            self._speaker.play(silence(BLOCK))

    def _keep(self, found: Found) -> str:
        return keep(found, FIRST.settings)

    def _watch(self, _at: Samples, item: Event | Action) -> None:
        self.did.append(item)
        if self._open is LOUDSPEAKER:
            if isinstance(item, Say | Hush | Played):
                self._user.watch(self._now, item)
            if isinstance(item, Try) and self._says and (text := self._says.pop(0)):
                self._user.speak(text, self._now + self._asked)


def test_the_second_speaker_is_heard_and_all_of_it_is_remembered(voice: PreloadedVoice) -> None:
    bluetooth = samples(0.3)
    floor = Floor(voice, Room(echo=0, delay=bluetooth - BLOCK), YES)  # what is played is heard a block later
    assert floor.setup.outcome == "kept"
    (tried,) = floor.tried
    assert tried.advice == ()
    assert tried.delay_ms == pytest.approx(300, abs=6)
    assert tried.loss_db is not None
    assert tried.loss_db > 15
    kept = preferences.load(FIRST.settings)
    assert kept == Preferences(
        microphone="microphone", speaker="loudspeaker", headphones=False, volume=4, echo_delay_ms=tried.delay_ms
    )


def test_with_headphones_the_microphone_hears_nothing_of_the_coach(voice: PreloadedVoice) -> None:
    floor = Floor(voice, Room(echo=-70), YES)
    assert (floor.tried[0].delay_ms, floor.tried[0].advice) == (None, ("headphones",))
    assert preferences.load(FIRST.settings).headphones is True


@pytest.mark.lasts(20)
def test_who_says_nothing_when_it_listens_is_asked_for_it_again(voice: PreloadedVoice) -> None:
    again = {**YES, "Shall I listen once more": [Answer("yes")]}
    floor = Floor(voice, Room(echo=0), again, says=("", "yes"))
    assert [tried.advice for tried in floor.tried] == [("silent",), ()]
    assert floor.setup.outcome == "kept"


def test_stop_over_the_coachs_voice_ends_it_and_nothing_is_written(voice: PreloadedVoice) -> None:
    stop = {**HEARS, "How loud would you like me": [Answer("stop", over=0.4)]}
    floor = Floor(voice, Room(echo=0), stop)
    assert floor.setup.outcome == "stopped"
    assert not FIRST.settings.exists()


def test_stop_while_it_measures_ends_it_too(voice: PreloadedVoice) -> None:
    floor = Floor(voice, Room(echo=0), YES, says=("stop",))
    assert floor.setup.outcome == "stopped"
    assert not FIRST.settings.exists()
