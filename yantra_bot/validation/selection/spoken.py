"""Classes and variables that code speaks of by name, where the graph shows no reference: a call that a metaclass takes.

Only Python names of the same file or imported into it are looked for, word by word; no name is guessed across files.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from itertools import accumulate

import numpy as np

from yantra_bot.domain.graph import EdgeKind, NodeKind
from yantra_bot.graphdb.arrays import NODE_CODES
from yantra_bot.graphdb.view import Direction, GraphView
from yantra_bot.validation.selection.spots import Spots

_WORD = re.compile(r"[A-Za-z_]\w*")
_NAMED = frozenset(NODE_CODES[kind] for kind in (NodeKind.CLASS, NodeKind.TYPE, NodeKind.VARIABLE))
_IMPORT = NODE_CODES[NodeKind.IMPORT]
_DEFINES = frozenset({EdgeKind.DEFINES})
_IMPORTS = frozenset({EdgeKind.IMPORTS})


def find_spoken(view: GraphView, read: Callable[[str], bytes | None], spots: Spots) -> Iterator[tuple[int, int]]:
    """Yield who speaks of which class or variable, as rows."""
    for path in view.files:
        spots.look_at(path)
    for path in view.files:
        module = view.index_of(f"{path}::") if path.endswith(".py") else None
        if module is None:
            continue
        names = _names_of(view, module)
        if names or spots.attributes:
            yield from _in_file(path, module, names, (read(path) or b"").decode("utf-8", "replace"), spots)


def _names_of(view: GraphView, module: int) -> dict[str, set[int]]:
    """Return what the names at the level of a module stand for, those that it imports under another name included."""
    names: dict[str, set[int]] = defaultdict(set)
    bound: dict[int, set[str]] = defaultdict(set)
    rows = np.array(view.neighbours(module, Direction.OUT, _DEFINES), np.int64)
    kinds, lines = view.node_kinds[rows].tolist(), view.spans(rows)[0].tolist()
    for row, kind, line in zip(rows.tolist(), kinds, lines, strict=True):
        if kind in _NAMED:
            names[_last(view.key(row))].add(row)
        elif kind == _IMPORT:
            bound[line].add(_last(view.key(row)))
    edges = view.edges_out(module, _IMPORTS)
    targets = view.targets(edges)
    kinds, inside = view.node_kinds[targets].tolist(), (view.paths[targets] >= 0).tolist()
    for target, kind, line, is_own in zip(targets.tolist(), kinds, view.lines(edges).tolist(), inside, strict=True):
        if kind in _NAMED and is_own:
            name = _last(view.key(target))
            for word in {name} if name in bound[line] else bound[line]:
                names[word].add(target)
    return names


def _last(key: str) -> str:
    return key.rpartition("::")[2].rpartition(".")[2].partition("#")[0]


def _in_file(path: str, module: int, names: dict[str, set[int]], text: str, spots: Spots) -> Iterator[tuple[int, int]]:
    known: set[tuple[int, int]] = set()
    more = spots.attributes
    for number, line in _lines_with({word for word in _WORD.findall(text) if word in names or word in more}, text):
        words = [target for word in _WORD.findall(line) for target in names.get(word, set()) or more.get(word, set())]
        if not words or line.startswith(("import ", "from ")):
            continue
        owner = spots.owner(module, path, number)
        for target in words:
            if target != owner and owner != module and (owner, target) not in known:
                known.add((owner, target))
                yield owner, target


def _lines_with(words: Collection[str], text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines, and their numbers, in which any of the words stands, by itself or in another one."""
    if not words:
        return
    lines = text.split("\n")
    ends = list(accumulate(len(line) + 1 for line in lines))
    found: set[int] = set()
    for word in words:
        at = text.find(word)
        while at >= 0:
            number = bisect_right(ends, at)
            found.add(number)
            at = text.find(word, ends[number])
    yield from ((number + 1, lines[number]) for number in sorted(found))
