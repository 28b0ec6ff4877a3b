"""Search results are remembered for a while, and never past a change."""

from hypothesis import given
from hypothesis import strategies as st

from yantra_bot.retrieval.result_cache import ResultCache


class Clock:
    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


def test_an_answer_is_kept_for_five_minutes() -> None:
    """And not a moment longer."""
    clock = Clock()
    cache = ResultCache[str](clock)
    cache.put(("query", 10), "found")
    clock.time = 299.9
    assert cache.get(("query", 10)) == "found"
    clock.time = 300.0
    assert cache.get(("query", 10)) is None
    assert len(cache) == 0


def test_an_update_drops_everything() -> None:
    """An answer that was being looked for meanwhile is not kept either."""
    cache = ResultCache[str](Clock())
    cache.put("a", "old")
    before = cache.version
    cache.drop()
    cache.put("b", "of the old index", version=before)
    assert cache.get("a") is None
    assert cache.get("b") is None
    cache.put("b", "of the new index", version=cache.version)
    assert cache.get("b") == "of the new index"


def test_what_was_used_longest_ago_makes_room() -> None:
    """The memory is bounded."""
    cache = ResultCache[int](Clock(), entries=2)
    cache.put("a", 1)
    cache.put("b", 2)
    assert cache.get("a") == 1
    cache.put("c", 3)
    assert (cache.get("a"), cache.get("b"), cache.get("c")) == (1, None, 3)


@given(st.lists(st.tuples(st.integers(0, 9), st.floats(0, 200))))
def test_what_comes_out_went_in(steps: list[tuple[int, float]]) -> None:
    """Whatever the order: the newest answer of a key or none, and never more than there is room for."""
    clock, cache, newest = Clock(), ResultCache[tuple[int, int]](lambda: clock.time, entries=4), {}
    for number, (key, wait) in enumerate(steps):
        clock.time += wait
        assert cache.get(key) in (None, newest.get(key))
        newest[key] = (key, number)
        cache.put(key, newest[key])
        assert cache.get(key) == newest[key]
        assert len(cache) <= 4
