"""What the recognition benchmark listens to: noise mixed in, coffee orders, recordings; no recording is needed."""

import math
from pathlib import Path

import click
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.recognition.corpus import CURVE, CURVE_EVERY, Corpus, Take, in_noise, read_phrases
from benchmarks.recognition.hearing import Tasks
from benchmarks.recognition.jsgf import parse
from benchmarks.recognition.noise import FRAME, halved, loudest, mixed

COFFEE = """#JSGF V1.0;
grammar small;
// who asks
public <order> = (get me | i want) [a | an] [<size>] <drink> [with <milk>];
<size> = (small | large | twelve ounce) {size};
<drink> = (latte | iced mocha | mocha) {drink};
<milk> = ([a bit of | some] (soy milk | milk)) {milk};
"""


def noise(seed: int, length: int, level: float) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    return np.rint(np.random.default_rng(seed).normal(0, level, length)).astype(np.int16)


def take(kind: str, truth: str = "", **rest: object) -> Take:
    return Take("x", Path("x.wav"), kind, truth=truth, **rest)  # type: ignore[arg-type]


# --- noise ---


@given(st.integers(0, 50), st.integers(200, 40_000), st.sampled_from((20.0, 10.0, 5.0, 0.0)))
def test_noise_is_as_loud_as_the_rule_says(seed: int, length: int, decibels: float) -> None:
    speech = noise(seed, length, 3000)
    hum = np.tile(np.array([500, -500], np.int16), 25_000)
    sum_ = mixed(speech, hum, decibels, "a").astype(np.float64)
    parts = np.stack((speech, hum[:length]), axis=1).astype(np.float64)
    (of_speech, of_hum), *_ = np.linalg.lstsq(parts, sum_)
    ratio = of_speech**2 * loudest(speech) / (of_hum**2 * loudest(hum[:length]))
    assert 10 * math.log10(ratio) == pytest.approx(decibels, abs=0.1)
    assert np.abs(sum_).max() == pytest.approx(32767 / 2, abs=1)


def test_the_same_clip_gets_the_same_noise_and_another_clip_another() -> None:
    speech, kitchen = noise(1, 5000, 3000), noise(2, 50_000, 500)
    assert np.array_equal(mixed(speech, kitchen, 10, "a"), mixed(speech, kitchen, 10, "a"))
    assert not np.array_equal(mixed(speech, kitchen, 10, "a"), mixed(speech, kitchen, 10, "b"))


def test_the_loudest_frame_counts_and_what_is_shorter_than_a_frame_counts_whole() -> None:
    sound = np.zeros(3 * FRAME, np.int16)
    sound[FRAME : FRAME + 10] = 100
    sound[10] = 50
    assert loudest(sound) == 10 * 100**2
    assert loudest(sound[:20]) == 50**2


def test_a_clip_that_is_longer_than_the_noise_is_refused() -> None:
    with pytest.raises(ValueError, match="a is longer than the noise"):
        mixed(noise(1, 100, 10), noise(2, 99, 10), 10, "a")


def test_silence_stays_silence() -> None:
    assert not halved(np.zeros(100, np.int16)).any()


# --- coffee ---


def test_each_sentence_drawn_can_be_read_and_all_neighbours_occur() -> None:
    grammar = parse(COFFEE)
    sentences = grammar.sentences(seed=3)
    assert sentences == grammar.sentences(seed=3)
    assert all(grammar.read(text) for text in sentences)
    together = {pair for text in sentences for pair in zip(text.split(), text.split()[1:], strict=False)}
    assert {("want", "iced"), ("a", "latte"), ("twelve", "ounce"), ("with", "a"), ("some", "soy")} <= together
    assert not any(first == "milk" for first, _ in together)


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        (
            "get me a large iced mocha with a bit of soy milk",
            {"size": "large", "drink": "iced mocha", "milk": "a bit of soy milk"},
        ),
        ("i want latte", {"drink": "latte"}),
        ("want a twelve ounce mocha", {"size": "twelve ounce", "drink": "mocha"}),
        ("small some milk", {"size": "small", "milk": "some milk"}),
        ("i want a latte mocha", None),
        ("a cup of tea", None),
        ("", None),
    ],
)
def test_an_order_is_read_whole_or_by_its_parts(text: str, slots: dict[str, str] | None) -> None:
    assert parse(COFFEE).read(text) == slots


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("public <a> = (b | c;", "can't be read"),
        ("public <a> = b | ;", "can't be read"),
        ("public <a> = b ) c;", "can't be read"),
        ("public <a> = {tag} b;", "can't be read"),
        ("public <a> = b <;", "can't be read"),
        ("public <a> = <b>;", "no rule <b>"),
        ("<a> = b;", "no rule is public"),
        ("public a = b;", "this is not a rule"),
    ],
)
def test_what_is_no_plain_jsgf_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse(text)


def test_a_text_of_a_recogniser_is_an_order_or_nothing() -> None:
    tasks = Tasks(COFFEE)
    (heard,) = tasks.order("i want [unk] a latte", 1.5, 0.01)
    assert (heard.intent, heard.slots, heard.at) == ("order", {"drink": "latte"}, 1.5)
    assert tasks.order("[unk]", 1.5, 0.01) == ()


# --- what is listened to ---


def folder(tmp_path: Path) -> Path:
    rows_ = [
        "path,part,kind,word,speaker,source,licence,duration,t_end,orig",
        *(f"dev/words/stop/{i}.flac,dev,word,stop,s,x,x,1.0,0.6,o" for i in range(6)),
        "dev/words/one/a.flac,dev,digit,one,s,x,x,1.0,,o",
        "dev/negatives/read/a.flac,dev,negative,,s,x,x,9.0,,o",
        "dev/silence/a.flac,dev,silence,,s,x,x,1.0,,o",
        "dev/coffee/a.flac,dev,command,,s,x,x,3.0,2.5,o",
        "train/words/stop/z.flac,train,word,stop,s,x,x,1.0,0.6,o",
    ]
    (tmp_path / "manifest.csv").write_text("\n".join(rows_) + "\n")
    (tmp_path / "coffee_labels.json").write_text('{"dev/coffee/a.flac": {"intent": "o", "slots": {"drink": "latte"}}}')
    return tmp_path


def test_only_the_dev_part_is_listened_to(tmp_path: Path) -> None:
    takes = Corpus(folder(tmp_path)).takes(("word", "unknown", "negative", "command"), 1)
    clean = [take for take in takes if take.decibels is None]
    assert [(take.kind, take.source, take.truth) for take in clean] == [
        *[("word", "", "stop")] * 6,
        ("unknown", "", ""),
        ("negative", "read", ""),
        ("negative", "silence", ""),
        ("command", "", ""),
    ]
    assert not any("train" in take.name for take in takes)
    assert clean[-1].slots == {"drink": "latte"}
    assert [take.peers for take in clean if take.kind == "negative"] == [True, False]
    assert (clean[0].end, clean[-2].end) == (0.6, None)


def test_noise_is_put_under_words_and_orders_and_the_slow_peer_hears_fewer() -> None:
    takes = in_noise([*[take("word", "stop")] * 8, take("command")])
    at = [(take.kind, take.decibels) for take in takes]
    assert (at.count(("word", 10.0)), at.count(("word", 5.0)), at.count(("word", CURVE[0]))) == (8, 8, 2)
    assert CURVE_EVERY == 5
    assert (at.count(("command", 12.0)), at.count(("command", 6.0))) == (1, 1)
    assert sum(take.peers for take in takes if take.decibels == 10.0) == 2
    assert all(take.peers for take in takes if take.kind == "command")


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(click.UsageError, match="holds no recordings"):
        Corpus(tmp_path)
    with pytest.raises(click.UsageError, match="holds no phrases"):
        read_phrases(tmp_path / "none.toml")
    (tmp_path / "some.toml").write_text('stop = ["stop", "halt"]\n')
    assert read_phrases(tmp_path / "some.toml") == [("stop", "stop"), ("stop", "halt")]
