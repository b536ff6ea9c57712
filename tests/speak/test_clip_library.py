"""Where clips come from: recording, disk, synthesiser; live without waiting, on files without surprises."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.speak.tone_pack import write_tone_pack
from tests.until import gathered
from voice_coach.actions import Earcon, Line
from voice_coach.audio.pcm import Clip, load, save
from voice_coach.errors import SpeechError
from voice_coach.files import resources
from voice_coach.speak import clip_library as module
from voice_coach.speak.clip_library import ClipLibrary, default_folder
from voice_coach.speak.fallback_voice import FallbackVoice
from voice_coach.speak.preloaded_voice import PreloadedVoice
from voice_coach.speak.tts.on_demand import OnDemandSynthesizer
from voice_coach.speak.tts.pyttsx3 import Pyttsx3Synthesizer
from voice_coach.speak.tts.synthesizer import Synthesizer
from voice_coach.speak.voice_pack import VoicePack
from voice_coach.speak.voice_spec import VoiceSpec
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

    def there() -> list[Clip]:
        clip = library.clip(line)
        return [] if clip is None else [clip]

    return gathered(there, bool, f"{line} is there")[0]


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


def test_a_missing_earcon_is_told_and_ends_no_session(
    opened: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the remedy; here the program's own folders are elsewhere."""
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path)
    library = opened(ToneSynthesizer(), blocking=False)
    assert "listening.wav: is missing; reinstall" in str(library.problems[0])
    assert not library.earcon(Earcon.LISTENING).size


@pytest.mark.parametrize("content", [b"hello", b"", b"RIFF\x00\x00\x00\x00WAVE"])
def test_an_own_earcon_that_cant_be_read_is_named_and_ours_is_played(opened: Opener, content: bytes) -> None:
    ours = opened(ToneSynthesizer(), blocking=False).earcon(Earcon.TICK)
    own = resources.APP.user_config_path / "audio_cues" / "tick.wav"
    own.parent.mkdir(parents=True)
    own.write_bytes(content)
    library = opened(ToneSynthesizer(), blocking=False)
    assert np.array_equal(library.earcon(Earcon.TICK), ours)
    (problem,) = library.problems
    assert problem.path == own
    assert not problem.fatal


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


# A voice pack


PACKED = [Line(f"line{n}", f"Sentence {n}.") for n in range(30)]


def with_pack(folder: Path, pack: Path, synthesizer: Synthesizer, *, blocking: bool) -> ClipLibrary:
    """Return a library with a voice pack."""
    return ClipLibrary(synthesizer, "en", folder / "speech", blocking=blocking, pack=VoicePack(pack))


@pytest.mark.parametrize("blocking", [False, True])
def test_the_pack_goes_before_the_synthesiser(tmp_path: Path, blocking: bool) -> None:
    """What it lacks is synthesised, and told once for all of it; nothing of the pack is kept on disk again."""
    pack = write_tone_pack("tones", [line.text for line in PACKED[:10]])
    tones = ToneSynthesizer()
    with closing(with_pack(tmp_path, pack, tones, blocking=blocking)) as library:
        library.prepare(PACKED[:12])
        clips = [until_there(library, line) for line in PACKED[:12]]
        assert [text for text, _ in tones.requested] == [line.text for line in PACKED[10:12]]
        opened = VoicePack(pack)
        for clip, line in zip(clips[:10], PACKED[:10], strict=True):
            assert np.array_equal(clip, opened.load(line.text))
        assert [str(problem) for problem in library.problems] == [
            f"{pack}: lacks 2 of the sentences of this session; this computer's voice says them"
        ]
    assert len(list((tmp_path / "speech").iterdir())) == 2


def test_a_recording_goes_before_the_pack(tmp_path: Path) -> None:
    """It is a voice that the user trusts."""
    pack = write_tone_pack("tones", [ONE.text])
    recording = resources.APP.user_config_path / "audio_cues" / "en" / "one.wav"
    recording.parent.mkdir(parents=True)
    save(recording, np.full(16_000, 1000, np.int16) * np.resize([1, -1], 16_000).astype(np.int16))
    with closing(with_pack(tmp_path, pack, ToneSynthesizer(), blocking=True)) as library:
        assert abs(until_there(library, ONE).size - 16_000) < 100
        assert VoicePack(pack).load(ONE.text).size < 10_000


def test_only_the_next_lines_of_a_pack_are_decoded(tmp_path: Path) -> None:
    """A session prepares all of its lines."""
    pack = write_tone_pack("tones", [line.text for line in PACKED])
    with closing(with_pack(tmp_path, pack, ToneSynthesizer(), blocking=False)) as library:
        library.prepare(PACKED)
        library._jobs.catch_up()
        shutil.rmtree(pack)  # what is decoded is there, and the rest is not
        there = [line for line in PACKED if library.clip(line) is not None]
        assert there == PACKED[: module.MAX_DECODED_AHEAD]


def test_a_packed_line_that_is_needed_now_is_there(tmp_path: Path) -> None:
    """A count is scheduled for its sample, and asked for once more when it is to sound; nobody waits for a thread."""
    pack = write_tone_pack("tones", [line.text for line in PACKED])
    with closing(with_pack(tmp_path, pack, ToneSynthesizer(), blocking=False)) as library:
        for line in PACKED:
            first = library.clip(line)
            clip = first if first is not None else library.clip(line)
            assert clip is not None
            assert np.array_equal(clip, VoicePack(pack).load(line.text))


@pytest.mark.parametrize("blocking", [False, True])
def test_a_damaged_clip_of_a_pack_is_synthesised(tmp_path: Path, blocking: bool) -> None:
    """And told in one line, however many there are."""
    pack = write_tone_pack("tones", [line.text for line in PACKED[:4]])
    for path in sorted(pack.glob("*.opus"))[:3]:
        path.write_bytes(path.read_bytes()[:-10])
    tones = ToneSynthesizer()
    with closing(with_pack(tmp_path, pack, tones, blocking=blocking)) as library:
        library.prepare(PACKED[:4])
        assert all(until_there(library, line).size for line in PACKED[:4])
        (problem,) = library.problems
    assert "can't be played" in str(problem)
    assert str(problem).endswith("and 2 more files of this voice pack")
    assert len({text for text, _ in tones.requested}) == 3


@pytest.mark.parametrize("blocking", [False, True])
def test_an_engine_starts_only_for_what_the_pack_lacks(tmp_path: Path, blocking: bool) -> None:
    """And what it rendered is on disk for the next session, under the engine's own identity."""
    pack = write_tone_pack("tones", [line.text for line in PACKED[:4]])
    tones = ToneSynthesizer()
    engine = OnDemandSynthesizer(lambda: tones)
    with closing(with_pack(tmp_path, pack, engine, blocking=blocking)) as library:
        library.prepare(PACKED[:4])
        assert all(until_there(library, line).size for line in PACKED[:4])
        assert not engine.started
        library.prepare(PACKED[:5])
        said = until_there(library, PACKED[4])
        assert engine.started
    plain = ToneSynthesizer()
    with closing(ClipLibrary(plain, "en", tmp_path / "speech", blocking=True)) as library:
        assert np.array_equal(until_there(library, PACKED[4]), said)
    assert plain.requested == []


def no_engine() -> Synthesizer:
    """Fail as where no espeak-ng is installed."""
    raise SpeechError("There is no engine.")


@pytest.mark.parametrize("blocking", [False, True])
def test_a_pack_speaks_where_there_is_no_engine(tmp_path: Path, blocking: bool) -> None:
    """What it lacks can't be had, and that is told once."""
    pack = write_tone_pack("tones", [line.text for line in PACKED[:4]])
    with closing(with_pack(tmp_path, pack, OnDemandSynthesizer(no_engine), blocking=blocking)) as library:
        library.prepare(PACKED[:6])
        sizes = [until_there(library, line).size for line in PACKED[:6]]
        assert all(sizes[:4])
        assert sizes[4:] == [0, 0]
        assert [str(problem) for problem in library.problems] == [
            f"{pack}: what it lacks can't be said: There is no engine.",
            f"{pack}: lacks 2 of the sentences of this session; this computer's voice says them",
        ]


def test_what_a_pack_lacks_is_told_once_when_the_lines_are_known(tmp_path: Path) -> None:
    """On the screen at the start, and not again at the end."""
    pack = write_tone_pack("tones", [line.text for line in PACKED[:4]])
    told: list[str] = []
    with closing(
        ClipLibrary(ToneSynthesizer(), "en", tmp_path, blocking=False, pack=VoicePack(pack), tell=told.append)
    ) as library:
        library.prepare(PACKED[:4])
        assert told == []
        library.prepare(PACKED[:6])
        library.prepare(PACKED[:8])
        assert told == [f"{pack}: lacks 2 of the sentences of this session; this computer's voice says them"]
        assert library.problems == []


def test_the_places_of_words_are_known_of_the_packs_clips_alone(tmp_path: Path) -> None:
    """A recording, or the engine, says them at its own pace."""
    pack = write_tone_pack("tones", [ONE.text, PACKED[0].text])
    recording = resources.APP.user_config_path / "audio_cues" / "en" / "one.wav"
    recording.parent.mkdir(parents=True)
    save(recording, np.full(16_000, 1000, np.int16) * np.resize([1, -1], 16_000).astype(np.int16))
    with closing(with_pack(tmp_path, pack, ToneSynthesizer(), blocking=True)) as library:
        assert library.words(PACKED[0]) == VoicePack(pack).words(PACKED[0].text) != ()
        assert library.words(ONE) == library.words(PACKED[1]) == ()
        standby = PreloadedVoice.taken_from(library, PACKED[:2])
    assert standby.words(PACKED[0]) == VoicePack(pack).words(PACKED[0].text)
    assert standby.words(PACKED[1]) == ()


def test_a_server_that_speaks_has_no_places_of_words(tmp_path: Path) -> None:
    """They are told of the clip that is played: the server's, or where it falls silent the pack's."""
    pack = write_tone_pack("tones", [PACKED[0].text, PACKED[1].text])
    server = ClipLibrary(ToneSynthesizer(broken={PACKED[1].text}), "en", tmp_path / "server", blocking=True)
    own = with_pack(tmp_path, pack, ToneSynthesizer(), blocking=True)
    with closing(FallbackVoice(server, own)) as voice:
        assert voice.words(PACKED[0]) == ()
        assert voice.words(PACKED[1]) == VoicePack(pack).words(PACKED[1].text) != ()
