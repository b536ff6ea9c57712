"""Captions are WebVTT that players and validators accept."""

import re

from hypothesis import given
from hypothesis import strategies as st

from voice_coach.captions import SHORTEST, webvtt
from voice_coach.timebase import RATE, samples

STAMP = r"(\d{2,}):([0-5]\d):([0-5]\d)\.(\d{3})"
CUE = re.compile(rf"{STAMP} --> {STAMP}\n<v ([^>\n]+)>([^\n]*)\n")


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


def test_a_short_word_can_be_read() -> None:
    assert cues(webvtt([(0, 100, "Coach", "one,")])) == [(0, SHORTEST * 1000 // RATE, "Coach", "one,")]


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
