"""Which tests are the likeliest to notice a change: near in the graph, named alike. Only the order follows from it."""

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import PurePosixPath

from yantra_bot.graphdb.view import Direction, GraphView
from yantra_bot.graphdb.walks import IMPACT_KINDS, walk
from yantra_bot.validation.selection.suite import KnownTest

DEPTH = 6
_WORDS = re.compile(r"[a-z]+|[A-Z][a-z]*|\d+")
_IDLE = frozenset({"test", "tests", "py", "get", "set", "self", "init"})


def find_near(view: GraphView, rows: list[int], tests: Sequence[KnownTest], name: str, path: str) -> dict[int, float]:
    """Return additions to the scores of tests, below 0.2, by their places."""
    found = walk(view, rows, Direction.IN, kinds=IMPACT_KINDS, depth=DEPTH) if rows else None
    sure = {} if found is None else dict(zip(found.symbols.tolist(), found.confidences.tolist(), strict=True))
    deep = {} if found is None else dict(zip(found.symbols.tolist(), found.depths.tolist(), strict=True))
    words = _words(name) | _words(PurePosixPath(path).stem)
    near: dict[int, float] = {}
    for place, test in enumerate(tests):
        bonus = 0.1 * sure[test.row] * 0.8 ** deep[test.row] if test.row in sure else 0.0
        own = _words(test.id)
        bonus += 0.09 * len(words & own) / len(words) if words else 0.0
        if bonus:
            near[place] = bonus
    return near


@lru_cache(maxsize=1 << 15)  # the same tests are held against every changed function
def _words(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORDS.findall(text)) - _IDLE
