"""What each of the 978 features of a symbol is: groups, and one by one. A table; `docs/learned-features.md` shows it.

A file of weights names the version of this table that it was trained on. Whoever changes an entry here raises it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from yantra_bot.domain.graph import EdgeKind, NodeKind, Visibility
from yantra_bot.scoring.batch import FEATURES
from yantra_bot.scoring.vocabulary import CATEGORIES, OPERATORS

FEATURE_VERSION: Final = 2
"""Raised with every change of what a feature means, or of which are held at 0."""

STRUCTURE: Final = (
    "lines",
    "bytes",
    "syntax nodes",
    "deepest syntax node",
    "mean depth of syntax nodes",
    "branches, inner functions with them",
    "branches, inner functions left out (cyclomatic complexity less one)",
    "branches for each line",
    "`and` and `or`, inner functions left out",
    "deepest nesting of control structures",
    "deepest nesting of loops",
    "deepest nesting of calls in arguments",
    "nesting summed over the branches (how hard to follow)",
    "parameters",
    "parameters with a default",
    "parameters with a type, as a share",
    "open parameters (`*args`, `...rest`)",
    "whether the result has a type",
    "returns, inner functions left out",
    "whether the last statement returns or throws",
    "yields, inner functions left out",
    "awaits, inner functions left out",
    "whether it is asynchronous",
    "throws, inner functions left out",
    "handlers of exceptions",
    "handlers that hold one statement or none",
    "attempts without a handler",
    "final blocks",
    "resources opened for a block",
    "loops",
    "loops without an end of their own (`while`, `loop`)",
    "breaks and continues",
    "conditions",
    "conditions with an alternative, as a share",
    "choices among cases",
    "cases",
    "comprehensions",
    "inner functions and lambdas",
    "inner classes",
    "calls",
    "arguments for each call",
    "keyword arguments, as a share of arguments",
    "assignments",
    "changing assignments",
    "accesses to members",
    "subscripts and slices",
    "numbers other than 0 and 1",
    "texts",
    "comparisons",
    "assertions",
    "different names (buckets in use)",
    "different operators",
    "comments, bytes as a share",
    "docstring, words",
    "decorators",
    "syntax errors",
)
GRAPH: Final = (
    *(f"edges to it: {kind.value}" for kind in EdgeKind),
    *(f"edges from it: {kind.value}" for kind in EdgeKind),
    "PageRank, beside the mean",
    "coreness",
    "closeness to a test, 1 / (1 + calls between)",
    "whether no test reaches it within six calls",
    "different callers",
    "different callees",
    "callers in other files",
    "callees in other files",
    "callees outside of the repository",
    "references without a known target",
    "nesting: symbols around it",
    "whether it calls itself",
    "mean confidence of the edges from it",
    "mean confidence of the edges to it",
    "siblings in the same symbol",
    "symbols in its file",
    "edges to its file's module",
    "edges from its file's module",
    "PageRank of its file's module, beside the mean",
    "callers that are tests",
    "greatest PageRank among its callees",
    "mean PageRank of its callers",
    "whether anything but its parent needs it",
    "whether it is outside of the repository",
)
HISTORY: Final = (
    "whether its past is unknown: then the others are 0",
    "commits that touched it",
    "lines added",
    "lines removed",
    "authors",
    "days since the first commit, counted from the newest of the repository",
    "days since the last commit",
    "commits in the last 90 days",
    "commits that fixed a fault",
    "fixes, as a share of its commits",
    "share of the author with most commits",
    "commits that touched its file",
    "authors of its file",
    "fixes in its file",
)


@dataclass(frozen=True, slots=True)
class Group:
    """Features that belong together: `names[i]` says what feature `start + i` is."""

    name: str
    start: int
    size: int
    what: str
    names: tuple[str, ...]

    @property
    def columns(self) -> slice:
        """The columns of a row of features."""
        return slice(self.start, self.start + self.size)


def _buckets(count: int, of: str) -> tuple[str, ...]:
    return tuple(f"{of}, bucket {place}" for place in range(count))


_COUNT: Final = "ln(1 + count) / 4"
_FEW: Final = "ln(1 + count) / 2"
_TABLE: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
    ("categories", f"How often each kind of syntax stands in the symbol, the same for all languages: {_COUNT}.",
     tuple(f"count: {name}" for name in CATEGORIES)),
    ("shares", "Which share of the symbol's syntax each kind is, 0 to 1.",
     tuple(f"share: {name}" for name in CATEGORIES)),
    ("operators", f"How often each operator stands in it: {_COUNT}.",
     tuple(f"operator `{name}`" for name in OPERATORS)),
    ("types of nodes", f"The grammar's own names of its syntax nodes, hashed: {_COUNT}.", _buckets(64, "node type")),
    ("pairs of nodes", f"A node's type with that of the node around it, hashed: {_COUNT}.", _buckets(152, "node pair")),
    ("structure", "Size and shape. Counts as ln(1 + count) / 4, shares as they are, yes as 1.", STRUCTURE),
    ("kind", "What it is, one of these as 1; then who may use it.",
     (*(f"kind: {kind.value}" for kind in NodeKind), *(f"visibility: {one.value}" for one in Visibility))),
    ("own name", f"The parts of its own and its parents' names, hashed: {_FEW}.", _buckets(48, "part of the name")),
    ("names", f"The parts of the names used in it, hashed: {_COUNT}.", _buckets(128, "part of a name")),
    ("types", f"The names in its type annotations, hashed: {_FEW}.", _buckets(40, "type")),
    ("imports used", f"The modules whose members it refers to, hashed: {_FEW}.", _buckets(40, "module used")),
    ("imports of the file", f"The modules that its file imports, hashed: {_FEW}.", _buckets(40, "module imported")),
    ("graph", "Its place in the code graph. Counts as ln(1 + count) / 4, shares as they are, yes as 1.", GRAPH),
    ("history", "Its past. Counts as ln(1 + count) / 4, days as ln(1 + days) / 8.", HISTORY),
    ("letters", f"Three letters in a row of its name, hashed: {_FEW}.", _buckets(32, "three letters")),
    ("docstring", f"The words of its docstring's first paragraph, hashed: {_FEW}.", _buckets(48, "docstring word")),
    ("comments", f"The words of its comments, hashed: {_FEW}.", _buckets(37, "comment word")),
    ("language", "Two of four are 1, another two for each of the six languages; none for a symbol without one.",
     _buckets(4, "language")),
)  # fmt: skip


def _lay_out() -> tuple[Group, ...]:
    groups, start = [], 0
    for name, what, names in _TABLE:
        groups.append(Group(name, start, len(names), what, names))
        start += len(names)
    if start != FEATURES:
        raise AssertionError(f"the groups add up to {start} features and not to {FEATURES}")
    return tuple(groups)


GROUPS: Final = _lay_out()
BY_NAME: Final = {group.name: group for group in GROUPS}


def mask(*names: str) -> npt.NDArray[np.bool_]:
    """Return [978], true for the features of the groups named. Raises KeyError for a name that is none."""
    chosen = np.zeros(FEATURES, np.bool_)
    for name in names:
        chosen[BY_NAME[name].columns] = True
    return chosen


_HIDDEN: Final = {
    "history": HISTORY,
    "graph": (
        f"edges to it: {EdgeKind.TESTS.value}",
        f"edges from it: {EdgeKind.TESTS.value}",
        f"edges to it: {EdgeKind.REQUESTS.value}",
        f"edges from it: {EdgeKind.REQUESTS.value}",
        "closeness to a test, 1 / (1 + calls between)",
        "whether no test reaches it within six calls",
        "callers that are tests",
    ),
    "kind": (f"kind: {NodeKind.TEST.value}", f"kind: {NodeKind.ROUTE.value}"),
    "categories": ("count: error",),
    "shares": ("share: error",),
    "structure": ("syntax errors",),
}


def _columns_of(chosen: dict[str, tuple[str, ...]]) -> npt.NDArray[np.bool_]:
    found = np.zeros(FEATURES, np.bool_)
    for group, names in chosen.items():
        found[[BY_NAME[group].start + BY_NAME[group].names.index(name) for name in names]] = True
    return found


MASKED: Final = _columns_of(_HIDDEN)
"""[978] 0 for every symbol: training has no history, no tests, no requests between programs and no files that do not
parse, so that nobody knows what these would mean."""
IMPORTS: Final = mask("imports used", "imports of the file")
"""[978] 0 for every symbol in the file of a scored one: which modules code like it imports is asked of the network."""
OF_TEXT: Final = mask(
    "categories", "shares", "operators", "types of nodes", "pairs of nodes", "structure", "names", "types", "comments"
)
"""[978] Counted in a symbol's text: 0 for those that have a scored symbol's text in theirs."""
THROUGH_GRAPH: Final = mask("graph", "imports used", "imports of the file")
"""[978] 0 for a scored symbol: they follow from its text, and from the rest of the graph, in ways training cannot have.
The graph tells of it by the symbols around it."""


def describe() -> str:
    """Return docs/learned-features.md: each feature by its number."""
    lines = [
        "# The features of a symbol",
        "",
        f"What the learned score reads of each symbol: {FEATURES} numbers, version {FEATURE_VERSION}. This page is",
        "written by `python -m yantra_bot.scoring.layout > docs/learned-features.md`. *Hashed* means: a text counts in",
        "the bucket that a checksum of it gives, so that texts nobody has seen before count too, and some share one.",
        "Every number is finite; counts are dampened by a logarithm, and what cannot be read is 0.",
        "",
        "Some are held at 0 where the network reads them, in training and in use alike:",
        "",
        f"- for every symbol, what training cannot know ({_numbers(MASKED)}): the past, tests,",
        "  requests between programs, syntax errors;",
        f"- for a symbol that is scored, what follows from its text through the graph ({_numbers(THROUGH_GRAPH)});",
        f"- for every symbol of its file, what is imported ({_numbers(IMPORTS)}), which is asked of the network;",
        f"- for the class and module around it, what is counted in their text ({_numbers(OF_TEXT)}).",
    ]
    for group in GROUPS:
        last = group.start + group.size - 1
        lines += ["", f"## {group.name.capitalize()}: {group.start} to {last}", "", group.what, ""]
        lines += ["| feature | what it is |", "|---|---|"]
        lines += [f"| {group.start + place} | {_cell(name)} |" for place, name in enumerate(group.names)]
    return "\n".join(lines) + "\n"


def _numbers(chosen: npt.NDArray[np.bool_]) -> str:
    """Write the numbers of some features: `3, 7 to 9`."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], chosen.astype(np.int8), [0]))))
    runs = [(first, end - 1) for first, end in edges.reshape(-1, 2).tolist()]
    return ", ".join(str(first) if first == last else f"{first} to {last}" for first, last in runs)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    import sys

    sys.stdout.write(describe())
