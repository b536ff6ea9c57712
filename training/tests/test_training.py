"""From text and recordings to a model that libvosk loads: every stage, on next to nothing."""

import fcntl
import itertools
import json
import os
import shutil
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import kaldi_native_fbank
import numpy as np
import numpy.typing as npt
import pytest
import soundfile
import torch
import vosk

from training import __main__ as program
from training import (
    channels,
    corpus,
    lexicon,
    mel,
    natural,
    network,
    nnet3,
    people,
    rooms,
    say,
    sequence,
    shards,
    takes,
)
from training.batches import IGNORED, LENGTH, PLAIN, Batches
from training.learn import Data, Learner, Plan, learn
from training.network import Network
from training.prepare import COPIES, STEP, Store
from training.signals import Signals
from training.sounds import PDFS, hmm
from voice_coach.config.engines import session_grammar
from voice_coach.hear.asr.vosk import EMBEDDED
from voice_coach.timebase import RATE

WORDS = ("stop", "yes", "worse", "left")
PEOPLE = "ann bob cleo dan eve finn gus hal ida jo kim lee mo nan ola pat".split()
KEPT = sum(people.is_kept_apart(person) for person in PEOPLE)


@pytest.fixture(scope="session")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of recordings: synthetic people, some noise, and a dev part that must not be looked at."""
    folder = tmp_path_factory.mktemp("speech")
    rows = ["path,part,kind,word,speaker,source,licence,duration,t_end,orig"]
    rng = np.random.default_rng(0)
    for number, person in enumerate(PEOPLE):
        for kind, text in (("word", WORDS[number % len(WORDS)]), ("sentence", "the weather is fine today")):
            utterance = say.say(say.Job("espeak-ng", f"en-us+m{1 + number % 4}", text, 1.0, 0.05 * number))
            assert utterance is not None
            soundfile.write(folder / f"{person}-{kind}.wav", utterance.wave, RATE)
            rows.append(f"{person}-{kind}.wav,train,{kind},{text},{person},,,,,")
    soundfile.write(folder / "rain.wav", rng.normal(size=3 * RATE) * 0.1, RATE)
    shutil.copy(folder / "ann-sentence.wav", folder / "lied.wav")
    rows += ["rain.wav,train,noise,,,,,,,", "gone.wav,dev,word,stop,zoe,,,,,", "lied.wav,train,word,worse,liz,,,,,"]
    (folder / "manifest.csv").write_text("\n".join(rows) + "\n")
    return folder


SIZE = "--widths 352 356 --synthetic 4 --steps 4 --batch 4 --noise 0.03 --every 1 --jobs 1 --rate 1e-4".split()


@pytest.fixture(scope="session")
def work(speech: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the documented command leaves behind, the model among it."""
    folder = tmp_path_factory.mktemp("work")
    program.main([str(speech), str(folder), str(folder / "out"), *SIZE])
    return folder


def test_the_command_makes_a_model_that_libvosk_loads_and_decodes_with(work: Path) -> None:
    vosk.SetLogLevel(-1)
    model = vosk.Model(str(work / "out"))
    assert all(model.vosk_model_find_word(word) > 0 for word in ("[unk]", "numb", "sacroiliac", *WORDS))
    recognizer = vosk.KaldiRecognizer(model, RATE, json.dumps(["stop", "[unk]"]))
    recognizer.AcceptWaveform(bytes(2 * RATE))
    assert "--frames-per-chunk=12\n" in (work / "out/conf/model.conf").read_text()
    assert set(json.loads(recognizer.FinalResult())["text"].split()) <= {"stop", "[unk]"}


def test_what_is_done_already_is_not_done_again(speech: Path, work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.stat().st_mtime_ns for path in work.glob("**/*.npz")}
    program.main([str(speech), str(work), str(work / "out"), *SIZE])
    assert {path: path.stat().st_mtime_ns for path in work.glob("**/*.npz")} == before
    assert "step 4 of 4" in (told := capsys.readouterr().err)
    assert "step 1 of" not in told


def test_two_runs_in_one_folder_are_one_too_many(speech: Path, work: Path) -> None:
    with (work / "pid").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(SystemExit, match="another run is under way"):
            program.main([str(speech), str(work), str(work / "out"), *SIZE])


def test_the_embedded_model_finds_each_sound_in_order(work: Path) -> None:
    """No vowel is shorter than two labels, but where the clip begins with it."""
    found = [u for path in (work / "first/recorded").glob("*.npz") for u in shards.load(path)]
    said = {u.text: [sound for sound, _ in u.segments or () if sound] for u in found if u.kind == "word"}
    assert said == {
        "stop": ["S", "T", "AA", "P"],
        "yes": ["Y", "EH", "S"],
        "left": ["L", "EH", "F", "T"],
        "worse": ["W", "ER", "S"],
    }
    for utterance in found:
        ends = [0.0, *(end for _, end in utterance.segments or ())]
        assert ends[-1] <= len(utterance.wave) / RATE + 0.5
        for (sound, _), begin, end in zip(utterance.segments or (), ends, ends[1:], strict=False):
            assert end - begin > (0.05 if sound in {"AA", "EH", "ER"} else 0.02) or begin == 0.0


def test_a_recording_with_a_wrong_text_is_left_out(work: Path) -> None:
    found = [u for path in (work / "first/recorded").glob("*.npz") for u in shards.load(path)]
    assert {u.speaker for u in found} == set(PEOPLE)


def test_a_checkpoint_aligns_as_the_model_that_it_was_begun_with(work: Path) -> None:
    first, second = (
        {(u.speaker, u.text): [sound for sound, _ in u.segments or () if sound] for u in shards.load(path)}
        for path in (work / "first/recorded/recorded-0000.npz", work / "second/recorded/recorded-0000.npz")
    )
    assert first == second


def test_nothing_is_learnt_from_people_kept_apart(work: Path) -> None:
    kept = [person for person in PEOPLE if people.is_kept_apart(person)]
    assert kept
    learnt, checked = Store.load(work / "first/learn.npz"), Store.load(work / "first/check.npz")
    assert len(checked.items) == 2 * len(kept)
    assert (learnt.kinds == "sentence").sum() == len(PEOPLE) - len(kept)
    assert (learnt.kinds == "word").sum() == COPIES["word"] * (len(PEOPLE) - len(kept))


def test_nothing_is_learnt_from_the_coachs_own_voices(tmp_path: Path) -> None:
    names = ["path", "part", "kind", "word", "speaker"]
    rows = [
        ["a.ogg", "train", "synthetic", "stop", "kokoro-af_heart"],
        ["b.ogg", "train", "synthetic", "stop", "kokoro-bf_emma"],
    ]
    for folder, some in ((tmp_path / "speech", rows), (tmp_path / "more", rows[1:])):
        folder.mkdir()
        text = "".join(",".join(row) + "\n" for row in [names, *some])
        (folder / "manifest.csv").write_text(text, encoding="utf-8")
    found = corpus.read_all(tmp_path / "speech", [tmp_path / "more"], "synthetic")
    assert [one.path for one in found] == ["b.ogg", str(tmp_path / "more/b.ogg")]


def test_made_up_voices_have_no_part_of_the_packs_or_the_benchmarks() -> None:
    voices = [
        "af_heart",
        "af_sarah",
        "af_nova",
        "af_sky",
        "bf_emma",
        "am_puck",
        "am_adam",
        "am_echo",
        "bm_george",
        "zf_xiaoyi",
    ]
    made = list(natural.lines(voices, ["it has eased off"], 200, seed=1))
    parts = {voice for line in made for voice in (*line.voice.timbre, *line.voice.prosody)}
    assert parts == {"af_nova", "af_sky", "bf_emma", "am_adam", "am_echo", "bm_george", "zf_xiaoyi"}
    assert all(sum(line.voice.timbre.values()) == pytest.approx(1) for line in made)
    assert made[:50] == list(natural.lines(voices, ["it has eased off"], 50, seed=1))


def test_models_are_judged_by_people_kept_apart_only(speech: Path) -> None:
    found = takes.takes(speech, 1)
    assert {take.recording.speaker for take in found} == {one for one in PEOPLE if people.is_kept_apart(one)}
    assert Counter(take.kind for take in found) == {"word": KEPT, "noisy": KEPT, "negative": KEPT}
    sounds = list(takes.sounds(speech, found))
    clean = next(sound for take, sound in sounds if take.kind == "word")
    noisy = next(sound for take, sound in sounds if take.kind == "noisy")
    assert len(clean) == len(noisy)
    assert np.abs(noisy[-800:]).max() > 10 * max(1, np.abs(clean[-800:]).max())


def test_someone_without_a_name_is_a_person_a_clip() -> None:
    named = corpus.Recording("a.wav", "word", "ann", "stop")
    assert replace(named, speaker="unknown").identity == "a.wav"
    assert people.known([named, replace(named, speaker="unknown"), replace(named, speaker="cv1-7?")]) == {"ann"}
    assert people.known([replace(named, kind="synthetic")]) == set()


def test_a_run_that_a_signal_ends_goes_on_as_if_nothing_had_been(work: Path, tmp_path: Path) -> None:
    plan, data = Plan(width=16, steps=5, batch=4, seed=3), Data.load(work / "first")
    for _ in learn(tmp_path / "whole", Learner(plan, data), every=5):
        pass
    signals = Signals()
    stopped = Learner(plan, data)
    going = learn(tmp_path / "parts", stopped, signals, every=2)
    assert next(going).step == 0
    stopped.go = _ended_after(stopped, 3)  # type: ignore[method-assign]
    with signals.installed(), pytest.raises(SystemExit):
        list(going)
    again = list(learn(tmp_path / "parts", Learner(plan, data), every=2))
    assert [progress.step for progress in again] == [3, 4, 5]
    one, two = (torch.load(tmp_path / name / "network.pt", weights_only=False) for name in ("whole", "parts"))
    for weights in ("weights", "learning"):
        assert all(torch.equal(one[weights][name], two[weights][name]) for name in one[weights])


def _ended_after(learner: Learner, steps: int) -> Callable[[], None]:
    """Return a step in the midst of which a signal comes, after so many."""
    go = learner.go

    def going() -> None:
        if learner.step == steps - 1:
            os.kill(os.getpid(), signal.SIGTERM)
        go()

    return going


def test_another_plan_does_not_go_on_with_these_weights(work: Path, tmp_path: Path) -> None:
    data = Data.load(work / "first")
    list(learn(tmp_path, Learner(Plan(width=16, steps=1, batch=4), data)))
    with pytest.raises(ValueError, match="another plan"):
        list(learn(tmp_path, Learner(Plan(width=16, steps=2, batch=4), data)))


def test_the_curve_tells_cpu_time_and_errors(work: Path) -> None:
    curve = json.loads((work / "curve.json").read_text())
    assert set(curve["runs"]) == {"width-352", "width-356", "long"}
    for run in curve["runs"].values():
        assert [point["step"] for point in run["points"]] == [0, 4]
        for point in run["points"]:
            assert all(0 <= point["errors"][name] <= 1 for name in ("words", "noisy_words", "phrases"))
    long = curve["runs"]["long"]
    before = curve["runs"][long["after"]]["points"][-1]
    assert long["points"][0]["cpu_hours"] == before["cpu_hours"]
    assert long["points"][-1]["heard_hours"] == pytest.approx(2 * before["heard_hours"], abs=0.02)


def test_a_model_that_is_read_back_computes_the_same_and_so_does_a_wider_one() -> None:
    layers, priors = nnet3.read((EMBEDDED / "am/final.mdl").read_bytes())
    assert priors.sum() == pytest.approx(1, abs=1e-3)
    again, _ = nnet3.read(nnet3.model(hmm(), layers, priors))
    assert all(np.abs(one.weights - two.weights).max() < 1e-6 for one, two in zip(layers, again, strict=True))
    model = Network.unfolded(layers)
    frames = torch.randn(2, STEP * 3 + 1 + model.left + model.right, mel.BINS) * 3 + 5
    model.eval()
    wanted = model(frames)
    model.settle(frames * 1.1)
    wider = Network.unfolded(network.widened(layers, 400, np.random.default_rng(0)))
    wider.eval()
    assert torch.allclose(model(frames), wanted, atol=1e-3)
    assert torch.allclose(wider(frames), wanted, atol=1e-3)
    with pytest.raises(ValueError, match="352 units wide"):
        network.widened(layers, 320, np.random.default_rng(0))


def test_a_layer_that_is_put_in_changes_little_at_first() -> None:
    layers, _ = nnet3.read((EMBEDDED / "am/final.mdl").read_bytes())
    shallow = [*layers[:-2], layers[-1]]
    deep = Network.unfolded(network.deepened(shallow, np.random.default_rng(0)))
    assert deep.offsets == network.OFFSETS
    before = Network.unfolded(shallow)
    frames = torch.randn(2, STEP * 9 + 1 + deep.left + deep.right, mel.BINS) * 3 + 5
    wanted = before.eval()(frames[:, deep.left - before.left :])
    changed = (deep.eval()(frames) - wanted).std() / wanted.std()
    assert 0 < changed < 0.2
    assert network.deepened(layers, np.random.default_rng(0)) == layers


def test_another_make_of_model_is_refused() -> None:
    with pytest.raises(ValueError, match="not a model of this project"):
        nnet3.read(
            b"\0B<TransitionModel> <Nnet3> component-node name=tdnn1.affine component=tdnn1 input=lda\n<NumComponents> "
        )


@pytest.mark.parametrize("name", channels.CODECS)
def test_a_codec_changes_a_sound_but_neither_its_length_nor_its_place(speech: Path, name: str) -> None:
    sound, _ = soundfile.read(speech / "ann-sentence.wav", dtype="int16")
    coded = channels.through(sound.astype(np.float64), name, np.random.default_rng(0))
    assert coded.shape == sound.shape
    assert not np.array_equal(coded, sound)
    likeness = np.correlate(coded[4000:20000], sound[4000:20000].astype(np.float64), "same")
    assert abs(int(likeness.argmax()) - 8000) <= RATE // 200
    assert likeness.max() > 0.8 * np.sqrt((coded[4000:20000] ** 2).sum() * (sound[4000:20000].astype(float) ** 2).sum())


def test_a_clipping_microphone_is_flat_at_its_peaks_and_a_far_one_rings(speech: Path) -> None:
    sound = soundfile.read(speech / "ann-word.wav", dtype="int16")[0].astype(np.float64)
    rng = np.random.default_rng(0)
    clipped = channels.clipped(sound, rng)
    assert (np.abs(clipped) == np.abs(clipped).max()).sum() > 20
    assert np.abs(clipped).max() <= np.abs(sound).max() * 10 ** (-3 / 20)
    click = np.zeros(RATE)
    click[100] = 10_000
    distant = channels.far(click, rng)
    assert (distant[300:] ** 2).sum() > 0.3 * (distant[:300] ** 2).sum()


def test_television_is_talk_in_a_small_loudspeakers_band() -> None:
    rng = np.random.default_rng(0)
    voice = (rng.normal(size=RATE) * 1000).astype(np.int16)
    sound = rooms.television(rng, [voice], 2 * RATE)
    assert sound.shape == (2 * RATE,)
    spectrum = np.abs(np.fft.rfft(sound)) ** 2  # bins of half a hertz
    assert spectrum[:100].mean() < 0.1 * spectrum[1000:4000].mean()


def test_features_are_kaldis() -> None:
    sound = np.random.default_rng(1).normal(size=RATE) * 3000
    options = kaldi_native_fbank.MfccOptions()
    options.frame_opts.dither = 0.0
    options.frame_opts.samp_freq = RATE
    options.mel_opts.num_bins = options.num_ceps = mel.BINS
    options.mel_opts.low_freq, options.mel_opts.high_freq = mel.LOW, mel.HIGH
    options.use_energy = False
    kaldi = kaldi_native_fbank.OnlineMfcc(options)
    kaldi.accept_waveform(RATE, sound.tolist())
    kaldi.input_finished()
    theirs = np.stack([kaldi.get_frame(number) for number in range(kaldi.num_frames_ready)])
    ours = mel.log_mel(sound) @ mel.cepstrum()
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() < 2e-3


def test_a_folded_network_on_mfccs_is_the_network_on_log_mel_energies() -> None:
    torch.manual_seed(0)
    model = Network(8)
    frames = torch.randn(4, STEP * 4 + 1 + model.left + model.right, mel.BINS) * 3 + 5
    model.mean.fill_(4.0)
    model.scale.fill_(2.0)
    model(frames)  # the normalisation sees something
    model.eval()
    wanted = model(frames)[0].detach().numpy()
    assert np.abs(_as_libvosk(model, frames[0].numpy()) - wanted).max() < 1e-3


def test_sequences_are_scored_as_by_going_through_them_all() -> None:
    generator = torch.Generator().manual_seed(0)
    scores = torch.randn(1, LENGTH, PDFS, generator=generator)
    labels = torch.tensor([[4, 5, 5, 8, 9, 0, 1, 1] + [IGNORED] * (LENGTH - 8)])
    model = sequence.Model.of(np.array([0, 1, 4, 5, 8, 9] * 50, np.int16))
    likelihood = sequence.ACOUSTIC * (torch.log_softmax(scores, -1) - sequence.PRIOR * model.log_prior)[0, :8].numpy()
    ways = [_path(likelihood, model.log_next.numpy(), cuts) for cuts in _cuts()]
    right = float(np.logaddexp.reduce(ways))
    total = _all_paths(likelihood, model.log_next.numpy())
    assert float(sequence.loss(scores, labels, model)) == pytest.approx((total - right) / 8, abs=1e-3)


def test_a_piece_in_noise_is_louder_nowhere_quieter_than_its_floor(work: Path) -> None:
    store = Store.load(work / "first/learn.npz")
    plain = Batches(store, 24, 12, 0, PLAIN)
    frames, labels = plain.take(np.arange(4))
    noisy, same = Batches(store, 24, 12, 0).take(np.arange(4))
    assert frames.shape == noisy.shape == (4, STEP * (LENGTH - 1) + 1 + 36, mel.BINS)
    assert torch.equal(labels, same)
    assert not torch.equal(frames, noisy)
    assert torch.isfinite(noisy).all()


def test_words_that_no_dictionary_holds_are_said_by_their_letters() -> None:
    known = lexicon.lexicon(["stop", "numb", "sacroiliac", "glute"])
    assert known["stop"] == [["S", "T", "AA", "P"]]
    assert known["numb"] == [["N", "AH", "M"]]
    assert known["glute"] == [["G", "L", "UW", "T"]]
    assert known["sacroiliac"]
    with pytest.raises(ValueError, match=r"words\.dict"):
        lexicon.by_letters("...")


def _as_libvosk(model: Network, frames: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Evaluate the exported layers as Kaldi does: each at its own offsets."""
    *hidden, out = model.folded()
    values = dict(enumerate(frames @ mel.cepstrum()))
    for layer in hidden:
        at = [t for t in values if all(t + offset in values for offset in layer.offsets)]
        values = {
            t: np.maximum(layer.weights @ np.concatenate([values[t + o] for o in layer.offsets]) + layer.biases, 0)
            for t in at
        }
    return np.stack([out.weights @ values[t] + out.biases for t in sorted(values) if (t - model.left) % STEP == 0])


def _cuts() -> list[tuple[int, int]]:
    """Where the second and the third sound may begin: two labels around 3 and 5, in order, each sound heard."""
    return [(b, c) for b in range(1, 6) for c in range(3, 8) if b < c]


def _path(likelihood: npt.NDArray[np.float32], following: npt.NDArray[np.float32], cuts: tuple[int, int]) -> float:
    second, third = cuts
    sounds = [2] * second + [4] * (third - second) + [0] * (8 - third)
    total = float(max(likelihood[0, 4], likelihood[0, 5]))
    for at in range(1, 8):
        changed = sounds[at] != sounds[at - 1]
        total += float(likelihood[at, 2 * sounds[at] + (not changed)])
        total += float(following[sounds[at - 1], sounds[at]]) if changed else 0.0
    return total


def _all_paths(likelihood: npt.NDArray[np.float32], following: npt.NDArray[np.float32]) -> float:
    first, later = likelihood[:, 0::2].astype(np.float64), likelihood[:, 1::2].astype(np.float64)
    score = np.maximum(first[0], later[0])
    for at in range(1, len(likelihood)):
        entered = np.logaddexp.reduce(score[:, None] + following, axis=0)
        score = np.logaddexp(entered + first[at], score + later[at])
    return float(np.logaddexp.reduce(score))


def test_the_grammar_tells_which_of_its_words_sound_alike() -> None:
    grammar = session_grammar("en")
    sounds = {word: {tuple(one) for one in ways} for word, ways in lexicon.lexicon(grammar.words).items()}
    weak = {"a", "uh", "are", "or"}  # alike only where they are not stressed
    alike = {
        frozenset({one, other})
        for one, other in itertools.combinations(sorted(grammar.words - weak), 2)
        if sounds[one] & sounds[other]
    }
    assert alike == {
        frozenset({one, other})
        for one, other in itertools.combinations(sorted(grammar.words), 2)
        if grammar.alike.get(one, one) == grammar.alike.get(other, other)
    }
