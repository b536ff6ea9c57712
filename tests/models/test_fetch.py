"""Fetching from servers and over lines that are not as they should be."""

from http.client import HTTPMessage
from io import BytesIO
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request

import pytest

from tests.models.server import Site, full_disk
from voice_coach.errors import RecognitionError
from voice_coach.models.fetch import MAX_BYTES, Download, UnreachableError, _NoDowngrade, fetch


class Fetched:
    """A download into a folder of the test."""

    def __init__(self, site: Site, folder: Path, *, known: bool = True) -> None:
        self.download = Download(site.url, folder / "part", folder / "tag", len(site.data) if known else None)
        self.told: list[tuple[int, int]] = []

    def __call__(self) -> bytes:
        fetch(self.download, lambda there, total: self.told.append((there, total)))
        return self.download.path.read_bytes()


@pytest.fixture
def fetched(site: Site, tmp_path: Path) -> Fetched:
    return Fetched(site, tmp_path)


def test_a_file_is_fetched_and_its_progress_told(site: Site, fetched: Fetched) -> None:
    assert fetched() == site.data
    size = len(site.data)
    assert (fetched.told[0], fetched.told[-1]) == ((0, size), (size, size))
    assert fetched.told == sorted(fetched.told)


def test_what_is_there_is_not_fetched_again(site: Site, fetched: Fetched) -> None:
    assert fetched() == fetched() == site.data
    assert len(site.asked) == 1


def test_a_connection_that_is_cut_again_and_again_brings_the_file_all_the_same(site: Site, fetched: Fetched) -> None:
    site.cuts = [100_000] * 9
    assert fetched() == site.data
    assert site.starts == [100_000 * i for i in range(10)]
    assert {headers.get("If-Range") for headers in site.asked[1:]} == {'"one"'}


def test_a_dead_line_is_given_up_and_the_next_day_it_goes_on_where_it_ended(site: Site, fetched: Fetched) -> None:
    site.cuts = [200_000, 0, 0, 0, 0, 0]
    with pytest.raises(UnreachableError, match="breaks off again and again"):
        fetched()
    assert fetched.download.there == 200_000
    assert fetched() == site.data
    assert site.starts[-1] == 200_000
    assert fetched.told[-1] == (len(site.data), len(site.data))


def test_a_server_that_knows_no_ranges_sends_all_again(site: Site, fetched: Fetched) -> None:
    site.cuts = [200_000]
    site.ranges = False
    assert fetched() == site.data
    assert site.starts == [0, 200_000]


def test_a_file_that_changed_meanwhile_is_fetched_from_its_start(site: Site, fetched: Fetched) -> None:
    site.cuts = [200_000, 0, 0, 0, 0, 0]
    with pytest.raises(UnreachableError):
        fetched()
    site.data, site.headers = site.data[::-1], {"ETag": '"two"'}
    assert fetched() == site.data


@pytest.mark.parametrize("headers", [{}, {"ETag": 'W/"weak"'}])
def test_without_a_tag_nobody_knows_what_the_rest_belongs_to(
    site: Site, fetched: Fetched, headers: dict[str, str]
) -> None:
    site.headers = headers
    site.cuts = [200_000]
    assert fetched() == site.data
    assert site.starts == [0, 0]


def test_a_date_is_as_good_as_a_tag(site: Site, fetched: Fetched) -> None:
    site.headers = {"ETag": 'W/"weak"', "Last-Modified": "Sun, 06 Dec 2020 10:00:00 GMT"}
    site.cuts = [200_000]
    assert fetched() == site.data
    assert site.asked[1]["If-Range"] == "Sun, 06 Dec 2020 10:00:00 GMT"


def test_a_server_that_sends_another_range_than_was_asked_for_is_not_believed(site: Site, fetched: Fetched) -> None:
    site.cuts = [200_000]
    site.shift = 1
    with pytest.raises(UnreachableError, match="does not say what it sends"):
        fetched()
    assert fetched() == site.data


def test_more_than_there_should_be_is_thrown_away(site: Site, fetched: Fetched) -> None:
    fetched.download.path.write_bytes(bytes(len(site.data) + 5))
    fetched.download.tag.write_text('"one"')
    assert fetched() == site.data


def test_of_a_file_of_unknown_size_what_is_complete_is_kept(site: Site, tmp_path: Path) -> None:
    fetched = Fetched(site, tmp_path, known=False)
    assert fetched() == fetched() == site.data
    assert site.starts == [0, len(site.data)]


def test_of_a_file_of_unknown_size_what_is_too_long_is_thrown_away(site: Site, tmp_path: Path) -> None:
    fetched = Fetched(site, tmp_path, known=False)
    fetched()
    site.data = site.data[:1000]
    assert fetched() == site.data


def test_a_known_size_does_where_the_server_tells_none(site: Site, fetched: Fetched) -> None:
    site.length = False
    assert fetched() == site.data


def test_with_no_size_from_anybody_nothing_can_be_whole(site: Site, tmp_path: Path) -> None:
    site.length = False
    with pytest.raises(UnreachableError, match="does not say what it sends"):
        Fetched(site, tmp_path, known=False)()


def test_a_file_of_another_size_is_another_file(site: Site, fetched: Fetched) -> None:
    site.data += b"more"
    with pytest.raises(RecognitionError, match=r"bytes instead of .*give its --sha256 if you know"):
        fetched()
    assert not fetched.download.path.exists()


def test_a_file_without_end_is_not_begun(site: Site, tmp_path: Path) -> None:
    site.headers = {"Content-Length": str(MAX_BYTES + 1)}
    with pytest.raises(RecognitionError, match="too large for a model"):
        Fetched(site, tmp_path, known=False)()


@pytest.mark.parametrize("status", [404, 500, 416])
def test_a_server_that_has_no_such_file_is_quoted(site: Site, fetched: Fetched, status: int) -> None:
    site.status = status
    with pytest.raises(UnreachableError, match=f"answers {status} .* to http://127.0.0.1"):
        fetched()


def test_where_there_is_no_server_nothing_is_lost(site: Site, fetched: Fetched) -> None:
    site.cuts = [200_000, 0, 0, 0, 0, 0]
    with pytest.raises(UnreachableError):
        fetched()
    gone = Download("http://127.0.0.1:9/model.zip", fetched.download.path, fetched.download.tag, len(site.data))
    with pytest.raises(UnreachableError, match=r"127\.0\.0\.1:9 can't be reached \(.*refused"):
        fetch(gone, lambda *_: None)
    assert gone.there == 200_000


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.org/model.zip", "model.zip"])
def test_only_web_addresses_are_fetched_from(tmp_path: Path, url: str) -> None:
    with pytest.raises(RecognitionError, match="is not an address to download from"):
        fetch(Download(url, tmp_path / "part", tmp_path / "tag", 5), lambda *_: None)


def test_a_redirection_is_followed_but_not_out_of_encryption(site: Site, fetched: Fetched) -> None:
    request = Request("https://example.org/a.zip")
    follow = _NoDowngrade().redirect_request
    arguments = (request, BytesIO(), 302, "Found", HTTPMessage())
    with pytest.raises(HTTPError, match="which is not encrypted") as refused:
        follow(*arguments, "http://example.org/b.zip")
    refused.value.close()
    assert follow(*arguments, "https://example.org/b.zip") is not None
    site.location = "http://127.0.0.1:9/elsewhere.zip"
    with pytest.raises(UnreachableError, match="can't be reached"):
        fetched()


def test_a_disk_that_has_no_room_is_told_before_anything_is_fetched(
    fetched: Fetched, monkeypatch: pytest.MonkeyPatch
) -> None:
    full_disk(monkeypatch)
    with pytest.raises(RecognitionError, match=r"no room left for .*MB are needed, 0 MB are free"):
        fetched()
    assert not fetched.download.path.exists()
