"""Thresholds fitted to a handful of recordings: the same each time, in order, and better than what they began with."""

import csv
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from click.testing import CliRunner

from tests.hear.room import spoken
from training import curves
from training.fit_policy import WORDS as WORDS_ADD
from training.fit_policy import fit, main, shifted, with_words
from training.measure import FALSE_ACCEPTS, at_equal_false_accepts
from training.people import is_kept_apart
from training.takes import takes
from training.trial import Case, Trial, cost, detect, listen
from voice_coach.audio.pcm import load, save
from voice_coach.hear.asr.vosk import EMBEDDED
from voice_coach.hear.decision.thresholds import DEFAULT, FILE, Bar, OperatingPoint, load_point
from voice_coach.hear.grammar.match import Meaning

WAV = Path(__file__).parents[2] / "tests/wav"
WORDS = ("stop", "yes", "no", "left", "right")
FIELDS = ("path", "part", "kind", "word", "t_end", "speaker")
KEPT, LEARNT = "finn", "ann"


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder like that of the real recordings: five words, a digit, talk, and a word to train on."""
    folder = tmp_path_factory.mktemp("speech")
    found = [(f"{word}.wav", "train", "word", word, "0.9" if word == "stop" else "", KEPT) for word in WORDS]
    for word, clip in zip(WORDS, spoken(WORDS), strict=True):
        save(folder / f"{word}.wav", clip)
    save(folder / "noise.wav", (np.random.default_rng(1).standard_normal(48_000) * 300).astype(np.int16))
    save(folder / "two.wav", spoken(["two"])[0])
    for name in ("oov seventeen yellow umbrellas", "oov the weather is fine today"):
        save(folder / f"{name}.wav", load(WAV / f"{name}.wav"))
        found.append((f"{name}.wav", "train", "negative", "", "", KEPT))
    found += [("noise.wav", "train", "silence", "", "", KEPT), ("two.wav", "train", "digit", "two", "", KEPT)]
    found += [("never.wav", "train", "word", "stop", "", LEARNT), ("dev.wav", "dev", "word", "stop", "", KEPT)]
    with (folder / "manifest.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([FIELDS, *found])
    return folder


@pytest.fixture(scope="module")
def trial(speech: Path) -> Trial:
    """Return what was found in them, but for the words in noise."""
    found = listen(detect(speech, 1), EMBEDDED)
    assert sum(case.kind == "noisy" for case in found.words) == len(WORDS)
    return replace(found, words=_quiet(found.words), session=_quiet(found.session))


def _quiet(cases: list[Case]) -> list[Case]:
    return [case for case in cases if case.kind != "noisy"]


def test_only_people_kept_apart_are_heard_and_never_the_dev_part(speech: Path) -> None:
    assert is_kept_apart(KEPT)
    assert not is_kept_apart(LEARNT)
    assert len(takes(speech, 1)) == 2 * len(WORDS) + 4
    assert {take.recording.path for take in takes(speech, 1)}.isdisjoint({"never.wav", "dev.wav"})
    assert sum(take.kind == "word" for take in takes(speech, 3)) == 2


def test_what_was_heard_is_counted(trial: Trial) -> None:
    words, session = trial.figures(DEFAULT)
    assert words.right == session.right == words.stop == 1
    assert words.wrong == words.false == session.false_red == 0
    assert -0.5 < words.late < 0.5
    nothing = trial.figures(shifted(DEFAULT, 100))[0]
    assert (nothing.right, nothing.wrong, nothing.stop, nothing.other) == (0, 0, 0, 0)
    everything = trial.figures(shifted(DEFAULT, -100))[0]
    assert everything.false >= words.false


def test_the_fit_costs_no_more_than_what_it_began_with_and_keeps_the_order(trial: Trial) -> None:
    told: list[str] = []
    point = fit(trial, told.append)
    assert told
    assert trial.cost(point) <= trial.cost(DEFAULT)
    assert point.red.unknown <= point.ordinary.unknown <= point.careful.unknown
    assert fit(trial, told.append) == point


def test_a_jumble_of_words_in_talk_is_held_against_its_meaning(trial: Trial) -> None:
    """One that reaches the bar in talk is let through as long as words that mean nothing take nothing."""
    point = fit(trial, lambda _: None)
    assert (point.word, point.jumble) == (WORDS_ADD[0], 0.0)
    talk = next(case for case in trial.session if case.kind == "negative" and case.utterances)
    jumble = replace(
        talk.utterances[0].evidence,
        meaning=Meaning("pause", first=3, last=4),
        unknown=point.ordinary.unknown + point.unexpected + 7.0,
        rival=20.0,
        length=1,
        breaks=4,
    )
    fooled = replace(talk, utterances=(replace(talk.utterances[0], early=(), evidence=jumble),))
    session = [fooled if case is talk else case for case in trial.session]
    assert with_words(point, replace(trial, session=session)).jumble == 2.0


def test_a_reason_to_stop_that_needs_more_than_a_word_is_out_of_the_question(trial: Trial) -> None:
    assert trial.cost(OperatingPoint(red=Bar(9, 0))) == float("inf")
    assert trial.cost(OperatingPoint(ending=Bar(9, 9), speaking=Bar(1, 1))) == float("inf")


def test_errors_are_counted_with_thresholds_that_let_few_enough_through(trial: Trial) -> None:
    found = at_equal_false_accepts(trial)
    assert found.words == 0
    assert found.false_words <= FALSE_ACCEPTS
    talk = next(case for case in trial.words if case.kind == "negative" and case.utterances)
    phrase = replace(talk.utterances[0].evidence, meaning=Meaning("stop", first=0, last=0), unknown=9.0, rival=9.0)
    fooled = replace(talk, utterances=(replace(talk.utterances[0], early=(), evidence=phrase),))
    words = [fooled if case is talk else case for case in trial.words]
    strict = at_equal_false_accepts(replace(trial, words=words))
    assert strict.false_words == 0  # a single one in so short a time would be too many
    assert strict.words > 0


def test_a_wrong_word_costs_more_than_a_missed_one(trial: Trial) -> None:
    figures = trial.figures(DEFAULT)[0]
    missed = replace(figures, right=figures.right - 0.1)
    wrong = replace(missed, wrong=0.1)
    assert cost(figures, figures) < cost(missed, figures) < cost(wrong, figures)


def test_the_command_writes_thresholds_and_a_picture(speech: Path, tmp_path: Path) -> None:
    picture = tmp_path / "curves.svg"
    found = CliRunner().invoke(
        main, [str(speech), "--every", "1", "--to", str(tmp_path / FILE), "--curves", str(picture)]
    )
    assert found.exit_code == 0, found.output
    right = re.search(r"fitted:\nten words: right ([\d.]+) %, wrong ([\d.]+) %", found.output)
    assert right, found.output
    assert float(right[1]) >= 80  # half of them are in noise
    assert float(right[2]) == 0
    assert load_point(tmp_path).red.unknown <= load_point(tmp_path).careful.unknown
    assert load_point(tmp_path).prior == load_point(EMBEDDED).prior
    lines = ET.fromstring(picture.read_text("utf-8")).findall(".//{http://www.w3.org/2000/svg}polyline")  # noqa: S314
    assert len(lines) == 4


def test_the_curves_stay_in_their_frame() -> None:
    assert curves.x(0) == curves.x(curves.LEAST) == curves.LEFT
    assert curves.x(1e9) == curves.RIGHT
    assert curves.y(0) == curves.BOTTOM
    assert curves.y(1) == curves.TOP
