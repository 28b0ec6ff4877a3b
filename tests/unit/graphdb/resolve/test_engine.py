"""The points-to engine: flows, watchers, bounds."""

from yantra_bot.graphdb.resolve.engine import Engine


def test_what_flows_is_seen_once_wherever_it_comes_from() -> None:
    """A watcher is told each object once, now and later, through a circle of flows too."""
    engine = Engine()
    first, second = engine.allocate(2), engine.allocate(1)
    engine.flow(first, second)
    engine.flow(second, first)
    seen: list[int] = []
    engine.add_one(first, 7)
    engine.watch(second, seen.append)
    engine.run()
    engine.add(second, {7, 8})
    engine.run()
    assert sorted(seen) == [7, 8]
    assert set(engine.objects(first)) == {7, 8}


def test_a_node_holds_no_more_than_its_limit() -> None:
    """Further objects are not taken, and nothing fails."""
    engine = Engine(limit=3)
    node = engine.allocate(1)
    for item in range(10):
        engine.add_one(node, item)
    assert len(engine.objects(node)) == 3


def test_values_that_run_away_are_given_up() -> None:
    """A program that makes new values without end is left as far as it was understood."""
    engine = Engine(budget=100)

    def grow(item: int) -> None:
        node = engine.allocate(1)
        engine.watch(node, grow)
        engine.add_one(node, item + 1)

    start = engine.allocate(1)
    engine.watch(start, grow)
    engine.add_one(start, 0)
    engine.run()
    assert engine.is_exhausted
    engine.run()
