"""Names that are like one that is not there: what a person may have meant."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

from yantra_bot.domain.graph import EdgeKind, NodeKind, Visibility
from yantra_bot.graphdb.view import Direction, GraphView

MAX_COMPARED = 400
MAX_PLACES = 20
SHORT = 6
"""Up to so many letters, single letters are compared: a swap leaves no pair of them."""
LEAST_LIKENESS = 0.68


def find_similar(view: GraphView, text: str, *, limit: int = 5) -> list[str]:
    """Return the qualified names whose last part is most like that of the text, the likeliest first.

    Case and underscores do not count: `getUser` is like `get_user`. Where what stands before the last part is known,
    its own members come first. Takes some 50 ms for a hundred thousand names.
    """
    *around, wanted = re.split(r"[.:#/]+", text.strip(".:#/ "))
    beside = _members(view, ".".join(around), wanted)
    rows = [row for name in rank_similar(wanted, set(view.columns.symbols.name))[:limit] for row in view.find(name)]
    symbols = [symbol for symbol in map(view.symbol, rows) if symbol.kind not in (NodeKind.IMPORT, NodeKind.EXTERNAL)]
    return list(dict.fromkeys([*beside, *(symbol.qualified_name for symbol in symbols)]))[:limit]


def _members(view: GraphView, around: str, wanted: str) -> list[str]:
    """Return what is defined in the named places, the likeliest first: all of one place where nothing is like it."""
    places = view.find(around)[:MAX_PLACES] if around else []
    inside = [row for place in places for row in view.neighbours(place, Direction.OUT, {EdgeKind.DEFINES})]
    symbols = [symbol for symbol in map(view.symbol, inside) if symbol.kind is not NodeKind.IMPORT]
    ranked = rank_similar(wanted, {symbol.name for symbol in symbols}, least=0.3)
    if not ranked and len(places) == 1:
        return [symbol.qualified_name for symbol in symbols if symbol.visibility is Visibility.PUBLIC]
    order = {name: place for place, name in enumerate(ranked)}
    like = sorted((symbol for symbol in symbols if symbol.name in order), key=lambda symbol: order[symbol.name])
    return [symbol.qualified_name for symbol in like]


def rank_similar(wanted: str, names: Iterable[str], *, least: float = LEAST_LIKENESS) -> list[str]:
    """Return the names that are like the wanted one, the likeliest first."""
    plain = _plain(wanted)
    pairs = _pairs(plain)
    if not plain:
        return []
    shared = [(_share(pairs, plain, other), name) for name in names if (other := _plain(name))]
    near = sorted((item for item in shared if item[0] > 0), key=lambda item: (-item[0], item[1]))[:MAX_COMPARED]
    scored = [(_likeness(plain, _plain(name)), name) for _, name in near]
    return [name for score, name in sorted(scored, key=lambda item: (-item[0], item[1])) if score >= least]


def _plain(name: str) -> str:
    return name.lower().replace("_", "")


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text) if len(text) <= SHORT else frozenset(text[at : at + 2] for at in range(len(text) - 1))


def _share(pairs: frozenset[str], plain: str, other: str) -> float:
    """Return the share of letter pairs that two names have in common: cheap, and misses only short ones."""
    if abs(len(other) - len(plain)) > max(len(plain), 4):
        return 0.0
    return sum(pair in other for pair in pairs) / (len(pairs) + max(len(other) - len(plain), 0))


def _likeness(one: str, other: str) -> float:
    ratio = SequenceMatcher(None, one, other).ratio()
    is_part = min(len(one), len(other)) >= 3 and (one in other or other in one)
    return max(ratio, 0.75) if is_part else ratio
