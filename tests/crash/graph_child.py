"""Writes graphs until it is killed: `graph_child.py FOLDER build|update`. Says `ready` once a first graph is there."""

import sys
from itertools import count
from pathlib import Path

from tests.fakes.graphs import make_graph
from yantra_bot.domain.graph import Graph
from yantra_bot.graphdb.kuzu_store import GraphStore
from yantra_bot.graphdb.overlay import diff
from yantra_bot.graphdb.view import GraphView


def make(seed: int) -> Graph:
    """Return one of the two graphs that a reader may find."""
    return GraphView.of(make_graph(20, 12, seed=seed)).to_graph()


def main() -> None:
    store, graphs = GraphStore.open(Path(sys.argv[1])), (make(1), make(2))
    views = [GraphView.of(graph) for graph in graphs]
    steps = [diff(graphs[1], graphs[0]), diff(graphs[0], graphs[1])]
    store.save(views[0])
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for number in count(1):
        if sys.argv[2] == "build":
            store.save(views[number % 2])
        else:
            store.apply(steps[number % 2])


if __name__ == "__main__":
    main()
