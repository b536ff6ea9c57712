"""The event log is JSON that is the same for the same session; captions are WebVTT that players accept."""

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from voice_coach.actions import Earcon, Finish, Hush, Line, Listen, Play, Record, Say
from voice_coach.audio.live import DeviceStats, Torn
from voice_coach.event_log import MIN_CAPTION_LENGTH, EventLog, webvtt
from voice_coach.events import Intent, Played, Saved
from voice_coach.records import Answered
from voice_coach.timebase import RATE, samples

STAMP = r"(\d{2,}):([0-5]\d):([0-5]\d)\.(\d{3})"
CUE = re.compile(rf"{STAMP} --> {STAMP}(?: line:0)?\n<v ([^>\n]+)>([^\n]*)\n")


def cues(text: str) -> list[tuple[int, int, str, str]]:
    """Read WebVTT strictly: a header, and after each blank line one cue. Times in milliseconds."""
    header, _, body = text.partition("\n")
    assert header == "WEBVTT"
    found = []
    for block in filter(None, body.split("\n\n")):
        match = CUE.fullmatch(block.strip("\n") + "\n")
        assert match, block
        numbers = [int(group) for group in match.groups()[:8]]
        start, end = (((h * 60 + m) * 60 + s) * 1000 + ms for h, m, s, ms in (numbers[:4], numbers[4:]))
        found.append((start, end, match[9], match[10]))
    return found


def test_nothing_said_is_an_empty_file() -> None:
    assert cues(webvtt([])) == []


def test_a_conversation_reads_in_order() -> None:
    text = webvtt(
        [
            (samples(61.5), samples(62.9), "Person", "left side"),
            (0, samples(1.25), "Coach", "Hello."),
            (samples(3600), samples(3602), "Coach", "Goodbye."),
        ]
    )
    assert text.startswith("WEBVTT\n\n00:00:00.000 --> 00:00:01.250\n<v Coach>Hello.\n")
    assert cues(text) == [
        (0, 1_250, "Coach", "Hello."),
        (61_500, 62_900, "Person", "left side"),
        (3_600_000, 3_602_000, "Coach", "Goodbye."),
    ]


def test_who_speaks_over_the_coach_is_read_at_the_top() -> None:
    """The second caption covered the first one."""
    text = webvtt([(0, samples(2), "Coach", "Roll back."), (samples(1), samples(3), "Person", "stop")])
    assert "00:00:00.000 --> 00:00:02.000\n<v Coach>" in text
    assert "00:00:01.000 --> 00:00:03.000 line:0\n<v Person>" in text


def test_a_short_word_can_be_read() -> None:
    assert cues(webvtt([(0, 100, "Coach", "one,")])) == [(0, MIN_CAPTION_LENGTH * 1000 // RATE, "Coach", "one,")]


def test_what_would_be_markup_is_escaped() -> None:
    assert webvtt([(0, RATE, "Coach", "<b> --> & more")]).endswith("<v Coach>&lt;b&gt; --&gt; &amp; more\n")


@given(
    st.lists(
        st.tuples(
            st.integers(0, 10**9),
            st.integers(0, 10**7),
            st.sampled_from(["Coach", "Person"]),
            st.text("ab <>&-", max_size=9),
        )
    )
)
def test_any_session_gives_a_valid_file(said: list[tuple[int, int, str, str]]) -> None:
    read = cues(webvtt((start, start + length, speaker, text) for start, length, speaker, text in said))
    assert len(read) == len(said)
    assert all(start < end for start, end, _, _ in read)
    assert [start for start, *_ in read] == sorted(start for start, *_ in read)


def rows(log: EventLog) -> list[dict[str, object]]:
    decoded: list[dict[str, object]] = json.loads(log.to_json())
    return decoded


def test_an_empty_log_is_an_empty_array() -> None:
    assert rows(EventLog()) == []


def test_each_row_says_when_and_what() -> None:
    log = EventLog()
    log(16_000, Intent(16_000, "side_left", "left", {"side": "left"}, 0.9, 8_000, 15_000))
    log(16_000, Say((Line("a.b", "Pain on the left."),), 3))
    log(16_001, Hush())
    assert rows(log) == [
        {
            "at": 16_000, "t": 1.0, "type": "Intent", "name": "side_left", "text": "left", "slots": {"side": "left"},
            "confidence": 0.9, "start": 8_000, "end": 15_000, "ask": False, "also": [], "final": True,
        },
        {"at": 16_000, "t": 1.0, "type": "Say", "lines": [{"cue": "a.b", "text": "Pain on the left."}], "token": 3},
        {"at": 16_001, "t": 1.0001, "type": "Hush"},
    ]  # fmt: skip


def test_a_play_tells_when_it_was_decided_and_when_it_is_to_sound() -> None:
    log = EventLog()
    log(16_000, Play(Earcon.STOPPED, 32_000))
    log(16_000, Play(Line("a.count_one", "one,"), 48_000))
    first, second = rows(log)
    assert (first["t"], first["at"], first["sound"]) == (1.0, 32_000, "stopped")
    assert (second["at"], second["sound"]) == (48_000, {"cue": "a.count_one", "text": "one,"})


def test_a_row_is_a_line() -> None:
    log = EventLog()
    for number in range(3):
        log(number, Record(Answered(number, "side", None, 'say "left"\n'), number))
    log(3, Saved(3, 2, "disk full"))
    log(4, Finish("completed"))
    assert len(log.to_json().splitlines()) == 2 + 5


@given(st.lists(st.sampled_from(["stop", "side_left", "worse", "number", "yes"]), min_size=1).map(frozenset))
def test_sets_are_written_in_order(intents: frozenset[str]) -> None:
    log = EventLog()
    log(0, Listen("side", intents))
    assert rows(log)[0]["intents"] == sorted(intents)


@given(st.lists(st.integers(0, 10**9)))
def test_the_order_is_kept(instants: list[int]) -> None:
    log = EventLog()
    for at in instants:
        log(at, Played(at, 1))
    assert [row["at"] for row in rows(log)] == instants


def test_what_became_of_the_sound_stands_in_it_too_though_no_dialogue_knows_of_it() -> None:
    log = EventLog()
    log(8_000, Torn())
    log(16_000, DeviceStats(xruns=2, losses=1))
    torn, stats = rows(log)
    assert torn == {"at": 8_000, "t": 0.5, "type": "Torn"}
    assert (stats["type"], stats["xruns"], stats["losses"]) == ("DeviceStats", 2, 1)
