"""What strace's files tell of the bytes, pages and syncs of a session."""

from pathlib import Path

from benchmarks.writes import PAGE, Written, counted

SESSION = """\
10.0 pwrite64(5</home/me/data/history.db-wal>, ""..., 24, 0) = 24
10.1 pwrite64(5</home/me/data/history.db-wal>, ""..., 4096, 24) = 4096
10.2 fdatasync(5</home/me/data/history.db-wal>) = 0
10.3 write(1</dev/pts/0>, ""..., 100) = 100
10.4 write(7<pipe:[123]>, ""..., 100) = 100
10.5 write(8</home/other/file>, ""..., 100) = 100
"""
LINES = """\
11.0 write(6</home/me/data/history.db.since>, ""..., 300) = 300
11.1 fsync(6</home/me/data/history.db.since>) = 0
11.2 write(6</home/me/data/history.db.since>, ""..., 300) = 300
11.3 fsync(6</home/me/data/history.db.since>) = 0
11.4 write(9</home/me/data/full>, ""..., 300) = -1 ENOSPC (No space left on device)
20.0 write(9</home/me/data/.history.db.spare.a1_b.new>, ""..., 5000) = 5000
20.1 fsync(3</home/me/data>) = 0
"""


def traces(folder: Path) -> Path:
    """Return a folder with the files of two threads."""
    (folder / "trace.1").write_text(SESSION)
    (folder / "trace.2").write_text(LINES)
    return folder


def test_bytes_syncs_and_pages_of_the_users_files_are_counted_and_nothing_else(tmp_path: Path) -> None:
    found = counted(traces(tmp_path), Path("/home/me"))
    assert (found.size, found.syncs) == (24 + 4096 + 300 + 300 + 5000, 4)
    assert found.by_file == {"history.db-wal": 4120, "history.db.since": 600, "history.db.spare (new)": 5000}


def test_a_page_counts_once_between_two_syncs_and_again_after_one(tmp_path: Path) -> None:
    found = counted(traces(tmp_path), Path("/home/me"))
    assert found.pages == 2 + 1 + 1 + 2
    assert PAGE < 24 + 4096  # the log's first record reaches into a second page


def test_only_what_was_written_meanwhile_counts(tmp_path: Path) -> None:
    assert counted(traces(tmp_path), Path("/home/me"), 11.0, 20.0).by_file == {"history.db.since": 600}
    assert counted(traces(tmp_path), Path("/home/me"), since=21.0) == Written()


def test_a_share_is_a_part_of_everything() -> None:
    whole = Written(1000, 10, 20, Written().by_file)
    whole.by_file["history.db"] = 1000
    assert whole.share(0.5) == Written(500, 5, 10, whole.share(0.5).by_file)
    assert whole.share(0.5).by_file == {"history.db": 500}
