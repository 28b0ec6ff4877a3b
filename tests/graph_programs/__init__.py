"""Small programs with known truth, one folder each: `language/feature/case/`, and what compares the graph with it.

truth.json: {"calls": {caller: [callee, ...]}, and, where the program is about them, "uses", "inherits", "implements",
"imports"}; names are dotted: the path of the file without its ending, then the nesting. "known" lists what is
known to be missing or wrong: {"missing": [[caller, callee]], "extra": [...]}, each with the reason in "why".
"outside": false leaves edges out that end outside of the program (`java.lang.Thread.start`).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from yantra_bot.domain.graph import EdgeKind, Evidence, Graph, NodeKind
from yantra_bot.graphdb.environment import open_environment
from yantra_bot.graphdb.indexer import Indexer

FOLDER = Path(__file__).parent
PACKAGES = "site-packages"
"""The folder of a program that holds what is installed for it."""
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Case:
    """One program."""

    folder: Path
    language: str
    feature: str
    name: str
    truth: dict[str, set[Pair]]
    """By edge kind."""
    known_missing: set[Pair] = field(default_factory=set)
    known_extra: set[Pair] = field(default_factory=set)
    outside: bool = True
    """Whether the truth names what lies outside of the program."""


def read_cases(folder: Path = FOLDER) -> Iterator[Case]:
    """Return all programs, in order of their paths."""
    for path in sorted(folder.glob("*/*/*/truth.json")):
        content = json.loads(path.read_text())
        known = content.get("known", {})
        language, feature, name = path.parent.relative_to(folder).parts
        truth = {
            kind: {(source, target) for source, targets in content[kind].items() for target in targets}
            for kind in ("calls", "uses", "inherits", "implements", "imports")
            if kind in content
        }
        missing, extra = ({tuple(pair) for pair in known.get(name, ())} for name in ("missing", "extra"))
        yield Case(path.parent, language, feature, name, truth, missing, extra, content.get("outside", True))


def find_pairs(graph: Graph, kind: str) -> set[Pair]:
    """Return the edges of a kind as pairs of names, guesses by name left out."""
    names = {symbol.key: symbol.qualified_name for symbol in graph.symbols}
    classes = {symbol.key for symbol in graph.symbols if symbol.kind in (NodeKind.CLASS, NodeKind.TYPE)}
    return {
        (names[edge.source], names[edge.target])
        for edge in graph.edges
        if edge.kind == EdgeKind(kind)
        and edge.evidence != Evidence.NAME
        # A class without a constructor is called, but nothing of the program runs.
        and not (kind == "calls" and edge.target in classes)
    }


def build(case: Case) -> Graph:
    """Return the graph of a program."""
    environment = open_environment(case.folder / PACKAGES)
    graph = Indexer(case.folder, processes=1, environment=environment).build()
    if not case.outside:
        outside = {symbol.key for symbol in graph.symbols if symbol.kind == NodeKind.EXTERNAL}
        graph.edges = [edge for edge in graph.edges if edge.target not in outside]
    return graph
