"""The table of what sessions cost."""

from benchmarks.cost.__main__ import Session, notes, table


def held(log: str, *, open_speaker: bool, length: float, **parts: float) -> Session:
    """Return a session that cost so much."""
    return Session(open_speaker, length, parts, "completed", log)


OLD = [
    held("a", open_speaker=True, length=100.0, hearing=3.0, speaking=1.0),
    held("b", open_speaker=False, length=50.0),
]
NOW = [
    held("a", open_speaker=True, length=300.0, hearing=6.0),
    held("c", open_speaker=False, length=50.0, speaking=1.0),
]


def test_the_table_tells_milliseconds_a_second_by_part_dearest_first() -> None:
    assert table({"v1": OLD, "now": NOW}).splitlines() == [
        "|  | open speaker, v1 | open speaker, now | headphones, v1 | headphones, now |",
        "| --- | --- | --- | --- | --- |",
        "| hearing | 30.0 | 20.0 | 0.0 | 0.0 |",
        "| speaking | 10.0 | 0.0 | 0.0 | 20.0 |",
        "| all | 40.0 | 20.0 | 0.0 | 20.0 |",
        "| share of a core | 4.0 % | 2.0 % | 0.0 % | 2.0 % |",
    ]


def test_logs_that_differ_are_counted() -> None:
    told = notes({"v1": OLD, "now": NOW}, "the command")
    assert "as at v1: 1 of 2" in told
    assert "2 sessions, 6 minutes" in told
