"""From text and recordings to a model that libvosk loads: every stage, on next to nothing."""

import itertools
import json
from dataclasses import asdict
from pathlib import Path

import kaldi_native_fbank
import numpy as np
import numpy.typing as npt
import pytest
import soundfile
import torch
import vosk

from training import __main__ as program
from training import corpus, lexicon, mel, network, say, sequence, shards
from training.batches import IGNORED, LENGTH, PLAIN, Batches
from training.learn import Plan, learn
from training.network import Network
from training.prepare import STEP, Store
from training.sounds import PDFS
from voice_coach.config import load_grammar
from voice_coach.timebase import RATE

WORDS = ("stop", "yes", "worse", "left")
PEOPLE = "ann bob cleo dan eve finn gus hal ida jo kim lee mo nan ola pat".split()


@pytest.fixture(scope="session")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of recordings: synthetic people, some noise, and a dev part that must not be looked at."""
    folder = tmp_path_factory.mktemp("speech")
    rows = ["path,part,kind,word,speaker,source,licence,duration,t_end,orig"]
    rng = np.random.default_rng(0)
    for number, person in enumerate(PEOPLE):
        word = WORDS[number % len(WORDS)]
        utterance = say.say(say.Job("espeak-ng", f"en-us+m{1 + number % 4}", word, 1.0, 0.05 * number))
        assert utterance is not None
        soundfile.write(folder / f"{person}.wav", utterance.wave, RATE)
        rows.append(f"{person}.wav,train,word,{word},{person},,,,,")
    soundfile.write(folder / "rain.wav", rng.normal(size=3 * RATE) * 0.1, RATE)
    rows += ["rain.wav,train,noise,,,,,,,", "gone.wav,dev,word,stop,zoe,,,,,"]
    (folder / "manifest.csv").write_text("\n".join(rows) + "\n")
    return folder


@pytest.fixture(scope="session")
def work(speech: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the documented command leaves behind, the model among it."""
    folder = tmp_path_factory.mktemp("work")
    size = ["--utterances", "12", "--width", "16", "--first-steps", "4", "--steps", "6", "--jobs", "1"]
    program.main([str(speech), str(folder), str(folder / "model"), *size])
    return folder


def test_the_command_makes_a_model_that_libvosk_loads_and_decodes_with(work: Path) -> None:
    vosk.SetLogLevel(-1)
    model = vosk.Model(str(work / "model"))
    assert all(model.vosk_model_find_word(word) > 0 for word in ("[unk]", "numb", "sacroiliac", *WORDS))
    recognizer = vosk.KaldiRecognizer(model, RATE, json.dumps(["stop", "[unk]"]))
    recognizer.AcceptWaveform(bytes(2 * RATE))
    assert set(json.loads(recognizer.FinalResult())["text"].split()) <= {"stop", "[unk]"}


def test_what_is_done_already_is_not_done_again(speech: Path, work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.stat().st_mtime_ns for path in work.glob("**/*.npz")}
    size = ["--utterances", "12", "--width", "16", "--first-steps", "4", "--steps", "6", "--jobs", "1"]
    program.main([str(speech), str(work), str(work / "model"), *size])
    assert {path: path.stat().st_mtime_ns for path in work.glob("**/*.npz")} == before
    assert "step" not in capsys.readouterr().err


def test_most_words_are_found_in_their_recordings(work: Path) -> None:
    recorded = [u for path in (work / "recorded").glob("*.npz") for u in shards.load(path)]
    found = [u for u in recorded if u.segments]
    assert len(recorded) == len(PEOPLE)
    assert len(found) >= len(PEOPLE) // 2
    for utterance in found:
        ends = [end for _, end in utterance.segments or ()]
        assert ends == sorted(ends)
        assert ends[-1] <= len(utterance.wave) / RATE + 0.5


def test_the_network_that_was_learnt_first_aligns_again(work: Path) -> None:
    """One so small can't know better; but each sound is there, in order, and no vowel is shorter than two labels."""
    aligned = [u for path in (work / "second/recorded").glob("*.npz") for u in shards.load(path)]
    said = {u.text: [sound for sound, _ in u.segments or () if sound] for u in aligned}
    assert said == {
        "stop": ["S", "T", "AA", "P"],
        "yes": ["Y", "EH", "S"],
        "left": ["L", "EH", "F", "T"],
        "worse": ["W", "ER", "S"],
    }
    for utterance in aligned:
        ends = [0.0, *(end for _, end in utterance.segments or ())]
        for (sound, _), begin, end in zip(utterance.segments or (), ends, ends[1:], strict=False):
            assert end - begin > (0.05 if sound in {"AA", "EH", "ER"} else 0.02) or begin == 0.0


def test_people_to_check_with_are_not_learnt_from(work: Path) -> None:
    kept = [person for person in PEOPLE if corpus.kept_out(person)]
    assert kept
    learnt, checked = Store.load(work / "second/learn.npz"), Store.load(work / "second/check.npz")
    assert 0 < len(checked.items) <= len(kept)
    assert (learnt.kinds == "word").sum() <= 7 * (len(PEOPLE) - len(kept))


def test_the_same_seed_learns_the_same_and_a_broken_off_run_goes_on_as_if_nothing_had_been(work: Path) -> None:
    plan = Plan(width=16, steps=4, batch=8, seed=3)
    whole, parts = work / "whole", work / "parts"
    for folder in (whole, parts):
        folder.mkdir()
        for name in ("learn.npz", "check.npz"):
            (folder / name).symlink_to(work / "second" / name)
    list(learn(whole, plan, every=4))
    next(iter(learn(parts, plan, every=2)))  # broken off after two steps
    list(learn(parts, plan, every=2))
    one, two = (network.load(folder / "network.pt")[0].state_dict() for folder in (whole, parts))
    assert all(torch.equal(one[name], two[name]) for name in one)


def test_another_plan_does_not_go_on_with_these_weights(work: Path) -> None:
    with pytest.raises(ValueError, match="another plan"):
        list(learn(work / "second", Plan(width=16, steps=7)))


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
    store = Store.load(work / "second/learn.npz")
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


def test_plans_are_kept_beside_the_weights(work: Path) -> None:
    _, held = network.load(work / "second/network.pt")
    again = Plan(width=16, steps=6, rate=1.5e-3, frames_only=0.1)  # it went on from the first one's weights
    assert held["plan"] == asdict(again)


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
    grammar = load_grammar("en")
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
