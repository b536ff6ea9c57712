"""Where clips come from: recording, disk, synthesiser; live without waiting, on files without surprises."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voice_coach.actions import Earcon, Line
from voice_coach.audio.pcm import Clip, load, save
from voice_coach.errors import DataError, SpeechError
from voice_coach.files import resources
from voice_coach.speak import clip_library as module
from voice_coach.speak.clip_library import ClipLibrary, default_folder
from voice_coach.speak.tts.pyttsx3 import Pyttsx3Synthesizer
from voice_coach.speak.tts.synthesizer import Synthesizer, VoiceSpec
from voice_coach.testing import ToneSynthesizer

ONE, TWO, THREE = Line("one", "one,"), Line("two", "two."), Line("three", "Number three.")
Opener = Callable[..., ClipLibrary]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opener]:
    """Return what opens a library with a cache of the test's own; all are closed."""
    made: list[ClipLibrary] = []

    def opener(synthesizer: Synthesizer, *, blocking: bool, memory: int = module.MAX_MEMORY_BYTES) -> ClipLibrary:
        made.append(ClipLibrary(synthesizer, "en", tmp_path / "speech", blocking=blocking, memory=memory))
        return made[-1]

    yield opener
    for library in made:
        library.close()


def until_there(library: ClipLibrary, line: Line) -> Clip:
    """Ask for the line as the player does, once a block."""
    for _ in range(1_000_000):
        clip = library.clip(line)
        if clip is not None:
            return clip
    pytest.fail(f"{line} never came")


def test_live_a_clip_is_none_until_it_is_there(opened: Opener) -> None:
    """And becomes urgent, once, when it is asked for."""
    tones = ToneSynthesizer(delay=2)
    library = opened(tones, blocking=False)
    library.prepare([ONE, TWO, THREE])
    assert library.clip(THREE) is None
    assert library.clip(THREE) is None
    clip = library.clip(THREE)
    assert clip is not None
    assert clip.size
    assert tones.requested == [("one,", False), ("two.", False), ("Number three.", False), ("Number three.", True)]
    for _ in range(6):
        library.prepare([])
    assert library.clip(ONE) is not None


def test_blocking_a_clip_is_waited_for(opened: Opener) -> None:
    """Prepared or not."""
    library = opened(ToneSynthesizer(delay=100), blocking=True)
    library.prepare([ONE])
    for line in (TWO, ONE):
        clip = library.clip(line)
        assert clip is not None
        assert clip.size


@pytest.mark.parametrize("blocking", [False, True])
def test_a_line_that_cant_be_said_is_an_empty_clip(opened: Opener, blocking: bool) -> None:
    """Asked of the synthesiser once."""
    tones = ToneSynthesizer(broken={ONE.text})
    library = opened(tones, blocking=blocking)
    assert until_there(library, ONE).size == 0
    asked = len(tones.requested)
    assert until_there(library, ONE).size == 0
    assert len(tones.requested) == asked


def test_a_synthesiser_that_never_answers_does_not_stop_a_session(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A blocking library goes on without the clip."""

    class Mute(ToneSynthesizer):
        def poll(self, timeout: float = 0.0) -> list[tuple[str, Clip]]:  # noqa: ARG002 - the protocol's
            return []

    monkeypatch.setattr(module, "MAX_WAITS", 3)
    library = opened(Mute(), blocking=True)
    clip = library.clip(ONE)
    assert clip is not None
    assert clip.size == 0


@pytest.mark.parametrize("blocking", [False, True])
def test_the_second_session_has_its_clips_from_disk(opened: Opener, blocking: bool) -> None:
    """The synthesiser is not asked; another voice is another clip; a damaged file is rendered again."""
    first = opened(ToneSynthesizer(), blocking=blocking)
    clip = until_there(first, ONE)
    first.close()
    tones = ToneSynthesizer()
    second = opened(tones, blocking=blocking)
    again = second.clip(ONE)
    assert again is not None
    assert np.array_equal(again, clip)
    assert tones.requested == []
    other = ToneSynthesizer(VoiceSpec("en-gb"))
    until_there(opened(other, blocking=blocking), ONE)
    assert [text for text, _ in other.requested] == [ONE.text]


def test_a_disk_that_cant_be_written_is_told_and_speech_goes_on(tmp_path: Path, opened: Opener) -> None:
    """One problem, whatever the number of clips."""
    (tmp_path / "speech").touch()
    library = opened(ToneSynthesizer(), blocking=True)
    assert until_there(library, ONE).size
    assert until_there(library, TWO).size
    [problem] = library.problems
    assert not problem.fatal
    assert "speech can't be kept for the next time" in str(problem)


def test_memory_is_bounded(opened: Opener) -> None:
    """The clip that was not used for the longest time is read from disk again."""
    library = opened(ToneSynthesizer(), blocking=True, memory=20_000)
    clips = {line: until_there(library, line) for line in (ONE, TWO, THREE)}
    assert sum(clip.nbytes for clip in clips.values()) > 20_000
    for line, clip in clips.items():
        assert np.array_equal(until_there(library, line), clip)


@pytest.mark.parametrize("blocking", [False, True])
@pytest.mark.parametrize("kind", ["wav", "flac"])
def test_a_recording_replaces_the_synthetic_voice(opened: Opener, kind: str, blocking: bool) -> None:
    """From the user's folder; decoded once, then from disk, and again when it has changed."""
    recording = resources.APP.user_config_path / "audio_cues" / "en" / f"one.{kind}"
    recording.parent.mkdir(parents=True)
    sizes = []
    for seconds in (1, None, 2):
        if seconds:
            soundfile.write(recording, 0.2 * np.sin(np.arange(16_000 * seconds) * 0.2), 16_000)
        tones = ToneSynthesizer()
        library = opened(tones, blocking=blocking)
        library.prepare([ONE])
        sizes.append(until_there(library, ONE).size)
        assert tones.requested == []
        assert not library.problems
        library.close()
    assert sizes == pytest.approx([16_000, 16_000, 32_000], abs=500)


@pytest.mark.parametrize("blocking", [False, True])
def test_a_recording_that_cant_be_read_is_told_and_the_line_is_synthetic(
    opened: Opener, blocking: bool
) -> None:  # fmt: skip
    """One problem, not fatal, that names the file."""
    recording = resources.APP.user_config_path / "audio_cues" / "en" / "one.wav"
    recording.parent.mkdir(parents=True)
    recording.write_text("hello")
    tones = ToneSynthesizer()
    library = opened(tones, blocking=blocking)
    assert until_there(library, ONE).size
    assert [text for text, _ in tones.requested] == [ONE.text]
    [problem] = library.problems
    assert problem.path == recording
    assert not problem.fatal


def test_earcons_are_there_from_the_start(opened: Opener) -> None:
    """Each with its own sound."""
    library = opened(ToneSynthesizer(), blocking=False)
    assert len({library.earcon(earcon).tobytes() for earcon in Earcon}) == len(Earcon)


def test_a_missing_earcon_is_told_before_the_session(
    opened: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the remedy; here the program's own folders are elsewhere."""
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path)
    with pytest.raises(DataError, match=r"listening\.wav: is missing; reinstall"):
        opened(ToneSynthesizer(), blocking=False)


def test_a_voice_that_does_not_exist_is_told_before_the_session(opened: Opener) -> None:
    """By the engine."""
    with pytest.raises(SpeechError, match='no voice "nobody"'):
        opened(Pyttsx3Synthesizer(VoiceSpec("nobody")), blocking=False)


def test_the_real_voice_says_the_counts(opened: Opener, tmp_path: Path) -> None:
    """Live, through the disk, and audible when saved."""
    library = opened(Pyttsx3Synthesizer(VoiceSpec()), blocking=False)
    library.prepare([ONE, TWO])
    for line in (ONE, TWO):
        clip = until_there(library, line)
        save(tmp_path / "heard.wav", clip)
        assert 3000 < load(tmp_path / "heard.wav").size < 12_000


def test_clips_are_kept_where_caches_belong() -> None:
    """XDG, on Linux."""
    assert default_folder() == resources.APP.user_cache_path / "speech"
