"""The parameters of what a function calls: known in use, and the same for both versions of a function in training."""

import ast

import pytest

from yantra_bot.graphdb.indexer import Indexer
from yantra_bot.graphdb.view import GraphView
from yantra_bot.scoring.callees import ResolvedCalls
from yantra_bot.training.faults import Module
from yantra_bot.training.samples.cutting import cut_out
from yantra_bot.training.samples.drawing import Variant

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


@pytest.mark.parametrize(
    "edits",
    [
        [(b"inner(box), far.near(unit, box)", b"far.near(unit, box), inner(box)")],
        [
            (b"def area(box, unit):\n", b"def area(box, unit):\n    # Said\n    # before.\n"),
            (b"(both, unit)", b"(unit, both)"),
        ],
        [(b"box = Box(box, unit)", b"case = Box(box, unit)"), (b"both = area", b"both = (area")],
        [],
    ],
)
def test_a_changed_function_keeps_its_callees(view: GraphView, edits: list[tuple[bytes, bytes]]) -> None:
    """Arguments that change places, and with them calls, lines that are added, names that are replaced."""
    made = tuple((SOURCE.index(old), SOURCE.index(old) + len(old), new) for old, new in edits)
    source = SOURCE
    for start, end, new in sorted(made, reverse=True):
        source = source[:start] + new + source[end:]
    row = row_of(view, "a.py::area")
    callees, span = ResolvedCalls(view).of(row), view.symbol(row).span
    variant = Variant(source, SOURCE.index(b"def area"), len(source) - 1, span.line, None, None, made)
    cut = cut_out(Module(SOURCE, ast.parse(SOURCE)), variant, span, callees)
    assert sorted(told(cut.piece.source, dict(cut.callees))) == sorted(told(SOURCE, dict(callees)))
    assert cut.piece.source.startswith(b"def area")
    assert cut.before == span.line - 1


def test_a_call_whose_name_was_replaced_has_no_callee(view: GraphView) -> None:
    """What is not there any more is not told about what came in its place."""
    start = SOURCE.index(b"made(both")
    source = SOURCE[:start] + b"lost" + SOURCE[start + 4 :]
    row = row_of(view, "a.py::area")
    callees, span = ResolvedCalls(view).of(row), view.symbol(row).span
    variant = Variant(source, 0, len(source) - 1, span.line, None, None, ((start, start + 4, b"lost"),))
    cut = cut_out(Module(SOURCE, ast.parse(SOURCE)), variant, span, callees)
    assert len(cut.callees) == len(callees) - 1
