"""A child that is killed while it writes its coverage costs its own data, and not the run."""

from pathlib import Path

import pytest
from coverage import Coverage, CoverageData
from coverage.exceptions import DataError

from tests.coverage_files import drop_damaged

PAGE = 4096


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """Return a folder with the data of three processes."""
    for number in range(3):
        data = CoverageData(str(tmp_path / f".coverage.host.{number}"))
        data.add_lines({f"/{number}/{file}.py": range(1000) for file in range(200)})
        data.write()
        data.close()
    return tmp_path


def combined(folder: Path) -> set[str]:
    """Combine what is there, as pytest-cov does at the end, and return which files were measured."""
    coverage = Coverage(data_file=str(folder / ".coverage"), config_file=False)
    coverage.combine(keep=True)
    return coverage.get_data().measured_files()


def test_what_is_whole_is_kept(written: Path) -> None:
    assert drop_damaged(written) == []
    assert len(combined(written)) == 600


@pytest.mark.parametrize("what", ["empty", "header", "tables", "cut", "garbled"])
def test_what_is_damaged_is_left_out_and_the_rest_is_combined(written: Path, what: str) -> None:
    path = written / ".coverage.host.1"
    whole = path.read_bytes()
    pages = {
        "empty": b"",
        "header": whole[:50],
        "tables": whole[:PAGE],
        "cut": whole[: len(whole) // 2],
        "garbled": whole[: 8 * PAGE] + b"\xff" * PAGE + whole[9 * PAGE :],
    }
    path.write_bytes(pages[what])
    assert drop_damaged(written) == [path.name]
    assert len(combined(written)) == 400


def test_without_that_a_damaged_page_ends_the_run(written: Path) -> None:
    """Should this fail, coverage leaves such files out by itself, and tests/coverage_files.py can go."""
    path = written / ".coverage.host.1"
    whole = path.read_bytes()
    path.write_bytes(whole[: 8 * PAGE] + b"\xff" * PAGE + whole[9 * PAGE :])
    with pytest.raises(DataError):
        combined(written)
