"""What the recognition benchmark makes of what was heard: intervals, rows, curves, the table."""

import math
from pathlib import Path

import click
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.recognition.bench import ALONE, Answer, Bench, pick
from benchmarks.recognition.corpus import Take
from benchmarks.recognition.cost import Cost, size
from benchmarks.recognition.curves import CLEAN_AT, by_noise, curve
from benchmarks.recognition.hearing import Heard
from benchmarks.recognition.interval import Rate, Share, quantile
from benchmarks.recognition.rows import right, rows, stop_threshold
from benchmarks.recognition.sphinx import FORMULAS, NEVER, Word, score
from benchmarks.recognition.table import BEGIN, END, cost_rows, data, markdown, pairs, write_into


def take(kind: str, truth: str = "", **rest: object) -> Take:
    return Take("x", Path("x.wav"), kind, truth=truth, **rest)  # type: ignore[arg-type]


def answer(of: Take, *heard: Heard, task: str = "words", system: str = "ours") -> Answer:
    return Answer(of, task, system, heard)


# --- intervals ---


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (686, 740, 0.9061, 0.9437), (10, 10, 0.7225, 1.0)],
)
def test_a_share_has_wilsons_interval(count: int, of: int, low: float, high: float) -> None:
    assert Share(count, of).interval == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize(
    ("count", "low", "high"), [(0, 0.0, 3.6889), (1, 0.0253, 5.5716), (18, 10.668, 28.448), (97, 78.66, 118.33)]
)
def test_a_rate_has_the_exact_interval_of_poisson(count: int, low: float, high: float) -> None:
    assert Rate(count, 1).interval == pytest.approx((low, high), abs=0.01)
    assert Rate(count, 0.5).interval == pytest.approx((2 * low, 2 * high), abs=0.02)


def test_nothing_counted_is_no_figure() -> None:
    assert (str(Share(0, 0)), Share(0, 0).interval) == ("-", (0.0, 1.0))
    assert (str(Rate(0, 0)), Rate(0, 0).interval) == ("-", (0.0, math.inf))
    assert math.isnan(Share(0, 0).value)
    assert math.isnan(Rate(0, 0).value)
    assert math.isnan(quantile([], 0.5))


@given(st.lists(st.floats(-10, 10), min_size=1), st.floats(0, 1))
def test_a_quantile_is_numpys(values: list[float], share: float) -> None:
    assert quantile(values, share) == pytest.approx(float(np.quantile(values, share)), abs=1e-9)


# --- counting ---

STOP = take("word", "stop", end=0.6)
READ = take("negative", source="read", seconds=1800.0)


def test_the_first_thing_taken_counts() -> None:
    stop, go = Heard("stop", "stop", 0.7), Heard("go", "go", 0.8)
    assert right(answer(STOP, stop, go))
    assert not right(answer(STOP, go, stop))
    assert right(answer(STOP, Heard("go", "go", 0.6, taken=False), stop))
    assert not right(answer(STOP))


def test_of_an_order_each_labelled_slot_must_be_right() -> None:
    order = take("command", slots={"drink": "latte"})
    assert right(answer(order, Heard("order", "", 1, slots={"drink": "latte", "size": "small"})))
    assert not right(answer(order, Heard("order", "", 1, slots={"size": "small"})))
    assert not right(answer(order))


def test_the_rows_count_what_each_system_took() -> None:
    answers = [
        answer(STOP, Heard("stop", "stop", 0.75, 0.004)),
        answer(STOP, Heard("stop", "stop", 0.65, 0.002)),
        answer(STOP, Heard("go", "go", 1.0, ask=True)),
        answer(STOP),
        answer(READ, Heard("stop", "stop", 3.0)),
        answer(READ, task="words"),
        answer(READ, Heard("worse", "worse", 3.0, red=True), Heard("yes", "yes", 4.0), task="coach"),
        answer(take("unknown"), Heard("go", "go", 1.0)),
        answer(take("unknown")),
    ]
    found = {row.title: row.cells[0] for row in rows(answers, ["ours"], ["words", "stop", "unknown", "false", "delay"])}
    words, stop, unknown, false, red, *sources, delay = found.values()
    assert words.text == "50.0 % [15.0-85.0] / 25.0 / 25.0 (n=4)"
    assert words.data == {"right": 2, "wrong": 1, "rejected": 1, "asked": 1, "n": 4}
    assert stop.text == "50.0 % [15.0-85.0] at 1.0/h [0.0-5.6]"
    assert unknown.data == {"accepted": 1, "n": 2}
    assert false.text == "4.0/h [0.5-14.4] (2)"
    assert red.data == {"count": 1, "asked": 0, "hours": 0.5}
    assert [cell.text != "" for cell in sources] == [True, False, False, False]
    assert delay.data is not None
    assert delay.data["p50"] == pytest.approx(0.1)
    assert delay.data["cpu_p50"] == pytest.approx(0.003)


def test_a_threshold_lets_so_many_false_stops_through_and_no_more() -> None:
    negatives = [
        answer(take("negative", seconds=7200.0), *(Heard("stop", "stop", 1, score=s) for s in (0.9, 0.5, 0.7)))
    ]
    assert stop_threshold(negatives) == 0.7  # one in two hours
    assert stop_threshold([answer(READ)]) == -math.inf
    said = [answer(STOP, Heard("stop", "stop", 0.7, score=s)) for s in (0.6, 0.8, 0.95)]
    (row,) = rows([*said, *negatives], ["ours"], ["stop"])
    assert row.cells[0].data is not None
    assert (row.cells[0].data["found"], row.cells[0].data["found_at_limit"]) == (3, 2)


def test_what_was_not_measured_has_no_figure() -> None:
    assert not any(
        cell.text for row in rows([], ["ours"], ["words", "stop", "coffee", "delay", "false"]) for cell in row.cells
    )


def test_a_curve_goes_from_strict_to_lenient() -> None:
    said = [answer(STOP, Heard("stop", "stop", 0.7, score=s)) for s in (0.9, 0.4)]
    assert curve([*said, answer(READ, Heard("stop", "stop", 1, score=0.6))], "ours", ["stop"]) == [
        (0.0, 0.5),
        (2.0, 0.5),
        (2.0, 0.0),
    ]
    assert curve(said, "ours", ["stop"]) == []


def test_accuracy_is_told_for_each_level_of_noise_that_was_heard() -> None:
    loud = take("word", "stop", decibels=5.0)
    answers = [answer(STOP, Heard("stop", "stop", 0.7)), answer(loud), answer(loud, Heard("stop", "stop", 0.7))]
    assert by_noise(answers, "ours") == [(CLEAN_AT, Share(1, 1)), (5.0, Share(1, 2))]


def test_answers_are_picked_by_what_they_are_about() -> None:
    answers = [answer(READ), answer(READ, task="coach"), answer(READ, system="theirs"), answer(STOP)]
    assert pick(answers, "negative", "ours") == answers[:2]
    assert pick(answers, "negative", "ours", task="coach", source="read") == answers[1:2]


def test_each_model_has_a_column_for_the_product_and_one_for_its_decoder() -> None:
    bench = Bench(Path(), (("a", Path("a")), ("b", Path("b"))), peers=False)
    assert bench.systems == ["a", f"a{ALONE}", "b", f"b{ALONE}"]


# --- PocketSphinx's score ---


def test_a_segment_is_the_surer_the_better_it_fits() -> None:
    words, formula = [Word("stop", 40, -160.0)], FORMULAS["words"]
    sure = score(formula, words, lead=80.0, voiced=40, agreed=True)
    assert sure == pytest.approx(3.87 + 0.194 * 2 + (0.282 + 0.282) * -4 + 1.309 - 0.2 * 10 / 10)
    assert score(formula, words, lead=80.0, voiced=40, agreed=False) == pytest.approx(sure - 1.309)
    assert score(formula, words, lead=80.0, voiced=80, agreed=True) < sure
    assert score(formula, words, lead=-math.inf, voiced=40, agreed=True) == NEVER
    two = [*words, Word("it(2)", 20, -80.0)]
    assert score(FORMULAS["coach"], two, lead=0, voiced=60, agreed=False) == pytest.approx(
        2.903 + (0.469 + 0.167) * -4 + 0.576 * 10 / 10 - 1.137
    )


# --- the table ---


def test_the_table_shows_what_was_measured() -> None:
    cost = Cost(load=0.052, memory=24.6, cpu=0.0312, disk=2.44, voice=0.0151)
    found = pairs(
        [
            *rows([answer(STOP)], ["ours", "theirs"], ["words", "unknown"]),
            *cost_rows({"ours": cost}, ["ours", "theirs"]),
        ]
    )
    lines = markdown(found, ["ours", "theirs"]).splitlines()
    assert lines[0] == "| | aim | ours |"
    assert lines[2].startswith("| ten words: right / wrong / rejected, % | >= 97 / <= 0.5 | 0.0 % [0.0-79.3]")
    assert lines[3] == "| CPU, seconds a second of sound | <= 0.03 | 0.031 |"
    assert lines[4] == "| &nbsp;&nbsp;of these, the voice detector |  | 0.015 |"
    assert [line.split("|")[3].strip() for line in lines[5:]] == ["25 MiB", "0.05 s", "2.4 MB"]
    table = data(found, ["ours", "theirs"])
    assert table[0]["systems"] == {
        "ours": {"text": found[0].cells[0].text, "right": 0, "wrong": 0, "rejected": 1, "asked": 0, "n": 1}
    }


def test_the_table_takes_its_place_in_the_document_again_and_again(tmp_path: Path) -> None:
    document = tmp_path / "figures.md"
    document.write_text(f"before\n{BEGIN}\n\nold\n\n{END}\nafter\n")
    for text in ("new", "newer"):
        write_into(document, text)
        assert document.read_text() == f"before\n{BEGIN}\n\n{text}\n\n{END}\nafter\n"
    document.write_text("nothing")
    with pytest.raises(click.UsageError, match="lacks the lines"):
        write_into(document, "new")


def test_the_size_of_a_model_is_that_of_its_files(tmp_path: Path) -> None:
    (tmp_path / "am").mkdir()
    (tmp_path / "am" / "final.mdl").write_bytes(bytes(1_500_000))
    (tmp_path / "readme").write_bytes(bytes(500_000))
    assert size(tmp_path) == 2.0
