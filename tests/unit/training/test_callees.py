"""The parameters of what a function calls: from the calls that the graph knows."""

import pytest

from yantra_bot.graphdb.indexer import Indexer
from yantra_bot.graphdb.view import GraphView
from yantra_bot.scoring.callees import ResolvedCalls

SOURCE = b"""import far


class Box:
    def __init__(self, width, height=3, *rest):
        self.width = width

    @staticmethod
    def made(size, /, name, *, key=0):
        return Box(size)


def area(box, unit):
    def inner(one):
        return far.near(one, unit)
    box = Box(box, unit)
    both = area(inner(box), far.near(unit, box))
    return Box.made(both, unit)
"""


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> GraphView:
    folder = tmp_path_factory.mktemp("tree")
    folder.joinpath("a.py").write_bytes(SOURCE)
    folder.joinpath("far.py").write_bytes(b"def near(left, right):\n    return left\n")
    return GraphView.of(Indexer(folder, processes=1).build())


def row_of(view: GraphView, key: str) -> int:
    row = view.index_of(key)
    assert row is not None
    return row


def told(source: bytes, places: dict[tuple[int, int], tuple[str, ...]]) -> list[tuple[str, tuple[str, ...]]]:
    """Return what stands at each place, with the parameters, in the order of the text."""
    lines = source.split(b"\n")
    names = {place: lines[place[0] - 1][place[1] :].partition(b"(")[0].decode() for place in places}
    return [(names[place], places[place]) for place in sorted(places)]


def test_each_call_has_the_names_of_what_it_may_be_given_by_position(view: GraphView) -> None:
    """A class takes what its constructor takes, a method nothing for its receiver, and calls inside count too."""
    found = ResolvedCalls(view).of(row_of(view, "a.py::area"))
    assert told(SOURCE, dict(found)) == [
        ("near", ("left", "right")),
        ("Box", ("width", "height")),
        ("area", ("box", "unit")),
        ("inner", ("one",)),
        ("near", ("left", "right")),
        ("made", ("size", "name")),
    ]
