"""pyttsx3 in its process: real espeak-ng, and all that can happen to it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.until import HANG, until
from tests.workers.stutter import stuttering
from voice_coach.audio.pcm import Clip, onset, speech_rms, trim
from voice_coach.errors import SpeechError
from voice_coach.exercise.load import load_exercise
from voice_coach.exercise.prompts import all_lines
from voice_coach.speak.loudness import NOMINAL_RMS
from voice_coach.speak.tts import pyttsx3_worker as child
from voice_coach.speak.tts.pyttsx3 import Pyttsx3Synthesizer
from voice_coach.speak.voice_spec import VoiceSpec
from voice_coach.timebase import RATE
from voice_coach.workers.process import MAX_RESTARTS, Patience

FAULTY = Path(__file__).with_name("faulty_engine.py")
Faulty = Callable[..., Pyttsx3Synthesizer]


@pytest.fixture
def voice() -> Iterator[Pyttsx3Synthesizer]:
    """Return the real engine with the coach's voice."""
    synthesizer = Pyttsx3Synthesizer(VoiceSpec())
    yield synthesizer
    synthesizer.close()


@pytest.fixture
def faulty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Faulty]:
    """Return what makes an engine with these faults."""
    made: list[Pyttsx3Synthesizer] = []

    def make(*faults: str, patience: float = HANG) -> Pyttsx3Synthesizer:
        (tmp_path / "plan.txt").write_text("\n".join(faults))
        monkeypatch.setenv("TEST_FAULTS", str(tmp_path / "plan.txt"))
        made.append(Pyttsx3Synthesizer(VoiceSpec(), program=FAULTY, patience=Patience(start=patience, answer=patience)))
        return made[-1]

    yield make
    for synthesizer in made:
        synthesizer.close()


def rendered(synthesizer: Pyttsx3Synthesizer, *texts: str) -> dict[str, Clip]:
    """Request the texts and wait for all of them."""
    for text in texts:
        synthesizer.request(text)
    clips: dict[str, Clip] = {}
    while len(clips) < len(set(texts)):
        ready = dict(synthesizer.poll(HANG))
        assert ready, f"no answer; there are {list(clips)}"
        clips |= ready
    return clips


def test_two_hundred_renders_in_a_row_are_all_good(voice: Pyttsx3Synthesizer) -> None:
    """Short and long, none empty, each from its onset on, each as loud as the others."""
    texts = [f"Number {number}, roll back." for number in range(195)]
    texts += ["one,", "two.", "Rest.", "Hold,", "Slowly roll your chest back, toward the right side."]
    clips = rendered(voice, *texts)
    assert len(clips) == 200
    for text, clip in clips.items():
        assert clip.size > 2000, text
        assert onset(clip) == 0, text
        assert speech_rms(clip) == pytest.approx(NOMINAL_RMS, rel=0.12), text


def test_the_identity_tells_engine_voice_and_rate(voice: Pyttsx3Synthesizer) -> None:
    """With versions, as another version sounds otherwise."""
    assert voice.identity.startswith("pyttsx3 2.")
    assert " espeak 1." in voice.identity
    assert voice.identity.endswith(" gmw/en-us 200 wpm")


def test_a_killed_engine_is_replaced_and_its_text_comes(voice: Pyttsx3Synthesizer) -> None:
    """Killed with texts in hand and texts waiting."""
    assert rendered(voice, "Hello.")["Hello."].size
    before = voice.process
    assert before
    texts = [f"Sentence {number}." for number in range(20)]
    for text in texts[:10]:
        voice.request(text)
    os.kill(before, signal.SIGKILL)
    clips = rendered(voice, *texts)
    assert set(texts) <= clips.keys()
    assert all(clip.size for clip in clips.values())
    assert voice.process != before


def test_stopped_nine_tenths_of_the_time_it_is_slow_and_never_replaced(faulty: Faulty) -> None:
    voice = faulty(patience=20.0)  # what patience is, tests/workers/test_process.py shows
    assert rendered(voice, "Hello.")["Hello."].size
    before = voice.process
    texts = [f"Sentence {number}." for number in range(3)]
    with stuttering(lambda: voice.process):
        clips = rendered(voice, *texts)
    assert all(clip.size for clip in clips.values())
    assert voice.process == before


def test_bundled_espeak_speaks_where_the_system_has_none(
    voice: Pyttsx3Synthesizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library from the wheel, with its own data."""
    monkeypatch.setenv("VOICE_COACH_ESPEAK", "bundled")
    bundled = Pyttsx3Synthesizer(VoiceSpec())
    try:
        assert rendered(bundled, "And come back.")["And come back."].size > 8000
        assert bundled.identity.split()[4] == "bundled"
        assert bundled.identity != voice.identity
    finally:
        bundled.close()


@pytest.mark.parametrize("whose", ["system", "bundled"])
def test_an_espeak_that_never_tells_its_end_is_finished_when_synth_returns(
    faulty: Faulty, monkeypatch: pytest.MonkeyPatch, whose: str
) -> None:
    """By the first process, and with all of the sound: as long as an espeak that tells its end makes it."""
    monkeypatch.setenv("VOICE_COACH_ESPEAK", whose)
    texts = ["Rest.", "Slowly roll your chest back, toward the right side.", "Two sentences. They follow.", "one,"]
    expected = rendered(faulty(), *texts)
    synchronous = faulty("start synchronous")
    assert synchronous.identity.split()[4] == whose
    process = synchronous.process
    clips = rendered(synchronous, *texts)
    assert synchronous.process == process
    assert {text: clips[text].size for text in texts} == pytest.approx(
        {text: expected[text].size for text in texts}, rel=0.02
    )


@pytest.mark.parametrize("fault", ["die", "hang", "babble", "empty", "zeros", "short", "damaged", "missing"])
def test_one_fault_costs_no_clip(faulty: Faulty, fault: str) -> None:
    """Whatever happens in a render, the text comes, and so do the others."""
    synthesizer = faulty(fault, patience=6.0 if fault == "hang" else HANG)
    clips = rendered(synthesizer, "one,", "two.", "Rest.")
    assert all(clip.size > 2000 for clip in clips.values())


def test_an_engine_that_keeps_failing_on_a_text_is_replaced_before_it_is_given_up(faulty: Faulty) -> None:
    """Three empty files are the first engine's share; the second one says it."""
    synthesizer = faulty("empty", "empty", "empty")
    synthesizer.identity  # noqa: B018 - wait for the first engine
    before = synthesizer.process
    assert rendered(synthesizer, "Rest.")["Rest."].size > 2000
    assert synthesizer.process != before


def test_a_text_that_kills_every_engine_is_given_up_and_the_others_come(faulty: Faulty) -> None:
    """An empty clip for it, after three engines."""
    clips = rendered(faulty("die", "die", "die"), "Poison.", "Rest.", "Hold.")
    assert not clips["Poison."].size
    assert clips["Rest."].size
    assert clips["Hold."].size


def test_an_engine_that_never_starts_is_told_in_one_sentence(faulty: Faulty) -> None:
    """And all that was or will be asked of it is answered with empty clips."""
    synthesizer = faulty(*["start raise"] * (MAX_RESTARTS + 1))
    synthesizer.request("Rest.")
    with pytest.raises(
        SpeechError, match=r"^The speech engine does not work: RuntimeError: no espeak here\. Reinstall"
    ):
        synthesizer.identity  # noqa: B018 - that it raises is the point
    assert [(text, clip.size) for text, clip in synthesizer.poll()] == [("Rest.", 0)]
    synthesizer.request("Hold.")
    assert [(text, clip.size) for text, clip in synthesizer.poll()] == [("Hold.", 0)]
    with pytest.raises(SpeechError, match="no espeak here"):
        synthesizer.voices()


def test_a_system_espeak_without_its_data_is_replaced_by_the_bundled_one(faulty: Faulty) -> None:
    """It ends the process at every start; from the third on the bundled one is taken."""
    synthesizer = faulty("start exit", "start exit")
    assert synthesizer.identity.split()[4] == "bundled"


def test_an_engine_that_exits_has_its_last_words_told(faulty: Faulty) -> None:
    """What it wrote on standard error is the reason."""
    with pytest.raises(SpeechError, match="phontab"):
        faulty(*["start exit"] * (MAX_RESTARTS + 1)).identity  # noqa: B018 - that it raises is the point


def test_a_voice_that_does_not_exist_is_told_with_those_near_to_it() -> None:
    """The engine itself would keep quiet and take another."""
    for name, near in [("en-uss", "gmw/en-us"), ("en-us+nobody", "gmw/en-us"), ("xyzzy", "and others")]:
        synthesizer = Pyttsx3Synthesizer(VoiceSpec(name))
        with pytest.raises(SpeechError, match=rf'There is no voice "{name.replace("+", ".")}"; .*{near}.*coach voices'):
            synthesizer.identity  # noqa: B018 - that it raises is the point
        synthesizer.close()


@pytest.mark.parametrize(
    ("name", "id_"), [("en-gb", "gmw/en"), ("EN-GB+f3", "gmw/en+f3"), ("English (America)", "gmw/en-us")]
)
def test_a_voice_goes_by_id_language_or_name(name: str, id_: str) -> None:
    """With a variant behind it or not."""
    synthesizer = Pyttsx3Synthesizer(VoiceSpec(name))
    assert synthesizer.identity.endswith(f" {id_} 200 wpm")
    synthesizer.close()


def test_voices_are_listed(voice: Pyttsx3Synthesizer) -> None:
    """Whether the engine is still starting or not, and once more from memory."""
    known = voice.voices()
    assert ("gmw/en-us", "English (America)", "en-us") in known
    assert voice.voices() is known
    assert rendered(voice, "Rest.")["Rest."].size
    ready = Pyttsx3Synthesizer(VoiceSpec())
    assert ready.identity
    assert ready.voices() == known
    ready.close()


@pytest.mark.parametrize("rate", [119, 201])
def test_a_rate_out_of_range_is_refused(rate: int) -> None:
    """V4's bounds."""
    with pytest.raises(SpeechError, match="between 120 and 200 words a minute"):
        Pyttsx3Synthesizer(VoiceSpec(rate=rate))


@pytest.mark.parametrize("voice", ["en-us", "en-gb"])
@pytest.mark.parametrize("rate", [120, 155, 200])
def test_the_rate_is_what_is_measured(voice: str, rate: int) -> None:
    """In words a minute over texts of six words and more, within 5 %, pauses within a text included."""
    every = (text for text in dict.fromkeys(line.text for line in all_lines(load_exercise("bird_dog"))))
    texts = [text for text in every if len(text.split()) >= 6][::3]
    assert len(texts) > 40
    with closing(Pyttsx3Synthesizer(VoiceSpec(voice, rate))) as synthesizer:
        clips = rendered(synthesizer, *texts)
    seconds = sum(trim(clip).size for clip in clips.values()) / RATE
    assert 60 * sum(len(text.split()) for text in texts) / seconds == pytest.approx(rate, rel=0.05)


def test_the_rate_is_kept() -> None:
    """Faster speech is shorter."""
    sizes = []
    for rate in (120, 200):
        synthesizer = Pyttsx3Synthesizer(VoiceSpec(rate=rate))
        sizes.append(rendered(synthesizer, "Slowly roll your chest back.")["Slowly roll your chest back."].size)
        synthesizer.close()
    assert sizes[0] > 1.4 * sizes[1]


def test_a_rate_that_the_engine_lost_is_set_again(faulty: Faulty, voice: Pyttsx3Synthesizer) -> None:
    """One fresh espeak in a hundred, started beside others, went on with pyttsx3's own 200 words a minute."""
    text = "Slowly roll your chest back."
    expected = rendered(voice, text)[text].size
    assert rendered(faulty("hurry"), text)[text].size == pytest.approx(expected, rel=0.02)


def test_a_program_that_cant_be_started_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here: no interpreter."""
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with pytest.raises(SpeechError, match="can't be started: No such file"):
        Pyttsx3Synthesizer(VoiceSpec())


def test_an_engine_that_cant_be_started_again_is_given_up(
    voice: Pyttsx3Synthesizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its texts are answered all the same."""
    assert voice.identity
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    voice.request("Rest.")
    assert voice.process
    os.kill(voice.process, signal.SIGKILL)
    while not (ready := voice.poll(10)):
        pass
    assert all(text == "Rest." for text, _ in ready)


def test_an_engine_that_does_not_listen_is_killed_in_the_end(faulty: Faulty) -> None:
    """Closing waits for it only so long."""
    synthesizer = faulty("hang")
    synthesizer.request("Rest.")
    assert synthesizer.identity
    assert synthesizer.poll(0.3) == []
    number = synthesizer.process
    assert number
    synthesizer.close()
    assert not alive(number)


def test_ctrl_c_does_not_reach_the_engine(voice: Pyttsx3Synthesizer) -> None:
    """It is in a session of its own, and this process does not have the engine's package in it."""
    assert rendered(voice, "Rest.")["Rest."].size
    assert voice.process
    assert os.getsid(voice.process) != os.getsid(0)
    code = "import sys, voice_coach.speak.tts.pyttsx3; sys.exit('pyttsx3' in sys.modules or 'pydub' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_engine_ends_when_the_coach_is_killed_even_if_it_hangs(tmp_path: Path) -> None:
    """Nothing is left behind."""
    (tmp_path / "plan.txt").write_text("hang")
    code = (
        "import pathlib, sys\n"
        "from voice_coach.speak.voice_spec import VoiceSpec\n"
        "from voice_coach.speak.tts.pyttsx3 import Pyttsx3Synthesizer\n"
        "s = Pyttsx3Synthesizer(VoiceSpec(), program=pathlib.Path(sys.argv[1]))\n"
        "s.request('Rest.'); s.identity; s.poll(0.5); print(s.process, flush=True); s.poll(60)\n"
    )
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    environment = {**os.environ, "TEST_FAULTS": str(tmp_path / "plan.txt"), "TMPDIR": str(temporary)}
    with subprocess.Popen(
        [sys.executable, "-c", code, str(FAULTY)], stdout=subprocess.PIPE, env=environment, text=True
    ) as coach:
        assert coach.stdout
        engine = int(coach.stdout.readline())
        assert alive(engine)
        assert list(temporary.iterdir())
        coach.kill()
    until(lambda: not alive(engine), "the engine has ended")
    assert not list(temporary.iterdir())


def alive(number: int) -> bool:
    """Return whether the process runs; one that nobody has buried yet does not."""
    try:
        return bool(Path(f"/proc/{number}/cmdline").read_bytes())
    except OSError:
        return False


def test_what_a_file_should_hold_depends_on_the_text() -> None:
    """Too short, too long, silent and empty ones are not taken."""
    second = b"\1\2" * 22_050
    header = bytes(child.HEADER)
    assert child.plausible(header + second, "And come back.", 155)
    assert not child.plausible(header + second[:4000], "And come back.", 155)
    assert not child.plausible(header + 20 * second, "And come back.", 155)
    assert not child.plausible(header + bytes(44_100), "And come back.", 155)
    assert not child.plausible(header[:44], "one,", 155)
    assert not child.plausible(b"", "one,", 155)
