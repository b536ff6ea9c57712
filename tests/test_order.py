"""The longest tests are begun first, each by another process."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.order import dealt

MakeItem = Callable[[str, float], pytest.Item]


@pytest.fixture(scope="session")
def item(request: pytest.FixtureRequest) -> MakeItem:
    """Return what makes a test that lasts so many seconds; 0: it is not marked."""

    def made(name: str, seconds: float) -> pytest.Item:
        one = pytest.Function.from_parent(request.session, name=name, callobj=lambda: None)
        if seconds:
            one.add_marker(pytest.mark.lasts(seconds))
        return one

    return made


def names(items: Sequence[pytest.Item]) -> list[str]:
    return [one.name for one in items]


def test_each_process_begins_with_one_of_the_longest(item: MakeItem) -> None:
    items = [item("a", 50), item("b", 0), item("c", 130), item("d", 0), item("e", 110), item("f", 0), item("g", 0)]
    assert names(dealt(items, 3)) == ["c", "b", "e", "d", "a", "f", "g"]
    assert names(dealt(items, 2)) == ["c", "a", "b", "e", "d", "f", "g"]


def test_in_one_process_the_rest_stays_in_order(item: MakeItem) -> None:
    assert names(dealt([item("a", 0), item("b", 20), item("c", 0)], 1)) == ["b", "a", "c"]


@given(lasting=st.lists(st.sampled_from([0, 0, 20, 50])), workers=st.integers(1, 9))
def test_none_is_lost_and_none_runs_twice(lasting: list[float], workers: int, item: MakeItem) -> None:
    items = [item(str(place), seconds) for place, seconds in enumerate(lasting)]
    assert sorted(map(int, names(dealt(items, workers)))) == list(range(len(items)))
