"""Which symbol of the head is which one of the base: by name, or moved, or renamed, told by what they consist of. Pure.

A pair is only made where it is likely; what has no partner was removed, or is new. Exact equals come first, then the
likest; of symbols too many to be compared each with each, only those of one name are.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from yantra_bot.domain.graph import NodeKind
from yantra_bot.review.changes.outline import CALLABLES, TYPES, Item
from yantra_bot.review.changes.tokens import Tokens, count_pairs, likeness, without_names

MAX_COMPARED: Final = 20_000
"""Pairs of symbols that are compared for likeness."""
FEW: Final = 12
"""Tokens up to which two symbols are too alike anyway for likeness to say much."""
SAME_NAME: Final = 0.5
SAME_SCOPE: Final = 0.6
ELSEWHERE: Final = 0.8
"""From which likeness on two symbols are taken for one: with its name, in its place, or with neither."""


Pairs = Counter[tuple[bytes, bytes]]
Sides = tuple[list[Item], list[Item]]
"""Symbols of the base, and of the head."""


@dataclass(slots=True)
class Pairing:
    """What was found. Of what was removed and added, every symbol is named, inner ones as well."""

    pairs: list[tuple[Item, Item]] = field(default_factory=list)
    removed: list[Item] = field(default_factory=list)
    added: list[Item] = field(default_factory=list)


def pair_symbols(files: Iterable[tuple[Item | None, Item | None]]) -> Pairing:
    """Return which symbols belong together, of files as their modules before and after (None: there is none)."""
    found = Pairing()
    modules: Sides = ([], [])
    fresh: Sides = ([], [])
    for before, after in files:
        if before is not None and after is not None:
            _descend(before, after, found, fresh)
        elif before is not None:
            modules[0].append(before)
        elif after is not None:
            modules[1].append(after)
    _meet(modules, found, fresh)
    _extend(fresh, (_inner(modules[0]), _inner(modules[1])))
    waiting: Sides = ([], [])
    while any(fresh):
        _extend(waiting, fresh)
        opened, fresh = fresh, ([], [])
        _meet(waiting, found, fresh)
        _extend(fresh, (_inner(_both(opened[0], waiting[0])), _inner(_both(opened[1], waiting[1]))))
    found.removed += [*modules[0], *waiting[0]]
    found.added += [*modules[1], *waiting[1]]
    return found


def _extend(sides: Sides, more: Sides) -> None:
    for side, items in zip(sides, more, strict=True):
        side.extend(items)


def _both(some: list[Item], others: list[Item]) -> list[Item]:
    known = set(others)
    return [item for item in some if item in known]


def _inner(items: Iterable[Item]) -> list[Item]:
    return [child for item in items for child in item.children]


def _descend(before: Item, after: Item, found: Pairing, left: Sides) -> None:
    """Note a pair, and pair what is in the two by name; what is left over goes to `left`."""
    waiting = [(before, after)]
    while waiting:
        one, other = waiting.pop()
        found.pairs.append((one, other))
        pairs, gone, come = pair_by_name(one.children, other.children)
        waiting += pairs
        left[0].extend(gone)
        left[1].extend(come)


def pair_by_name(old: Sequence[Item], new: Sequence[Item]) -> tuple[list[tuple[Item, Item]], list[Item], list[Item]]:
    """Pair the symbols of one scope by name; of several of one name (overloads) the likest first."""
    groups: dict[str, tuple[list[Item], list[Item]]] = defaultdict(lambda: ([], []))
    for side, items in enumerate((old, new)):
        for item in items:
            groups[item.symbol.name][side].append(item)
    pairs: list[tuple[Item, Item]] = []
    gone: list[Item] = []
    come: list[Item] = []
    for before, after in groups.values():
        for mark in _MARKS if len(before) > 1 or len(after) > 1 else _MARKS[-1:]:
            pairs += _take_equal(before, after, mark)
        gone += before
        come += after
    return pairs, gone, come


_MARKS: Final[tuple[Callable[[Item], Hashable], ...]] = (
    lambda item: item.tokens,
    lambda item: item.signature,
    lambda item: (item.symbol.kind, item.signature.count(b",")),
    lambda item: None,
)


def _take_equal(old: list[Item], new: list[Item], mark: Callable[[Item], Hashable]) -> list[tuple[Item, Item]]:
    """Take pairs of one mark out of both lists, in their order."""
    by_mark: dict[Hashable, list[Item]] = defaultdict(list)
    for item in reversed(new):
        by_mark[mark(item)].append(item)
    pairs = [(item, waiting.pop()) for item in old if (waiting := by_mark[mark(item)])]
    old[:] = [item for item in old if item not in {one for one, _ in pairs}]
    new[:] = [item for item in new if item not in {other for _, other in pairs}]
    return pairs


def _meet(sides: Sides, found: Pairing, left: Sides) -> None:
    """Pair what has no equal in its own place, and take it out of `sides`; what is left inside of it goes to `left`."""
    gone, come = sides
    taken: set[Item] = set()
    for one, other in [*_equals(gone, come), *_likest(gone, come)]:
        if one not in taken and other not in taken:
            taken |= {one, other}
            _descend(one, other, found, left)
    gone[:] = [one for one in gone if one not in taken]
    come[:] = [one for one in come if one not in taken]


def _equals(gone: list[Item], come: list[Item]) -> list[tuple[Item, Item]]:
    """Return pairs that consist of the same, the name aside, where no other symbol does."""
    olds, news = _by_content(gone), _by_content(come)
    return [
        (before[0], after[0])
        for content, before in olds.items()
        if len(before) == 1 and len(after := news.get(content, [])) == 1
        if _may_be_one(before[0], after[0])
    ]


def _by_content(items: list[Item]) -> dict[Hashable, list[Item]]:
    groups: dict[Hashable, list[Item]] = defaultdict(list)
    for item in items:
        if not item.is_remote:
            groups[_sort(item), nameless(item)].append(item)
    return groups


def nameless(item: Item) -> Tokens:
    """Return a symbol's tokens without its own name."""
    return without_names(item.tokens, [item.symbol.name])


def _sort(item: Item) -> Hashable:
    kind = item.symbol.kind
    group = "callable" if kind in CALLABLES else "type" if kind in TYPES else str(kind)
    return group, item.language


def _may_be_one(one: Item, other: Item) -> bool:
    """Tell whether equal symbols are one: short ones only where they keep their name or their place."""
    if one.symbol.kind is NodeKind.VARIABLE and one.symbol.name != other.symbol.name:
        return len(one.tokens) > FEW and _is_same_scope(one, other)
    return len(one.tokens) > FEW or one.symbol.name == other.symbol.name or _is_same_scope(one, other)


def _is_same_scope(one: Item, other: Item) -> bool:
    above, beside = one.parent, other.parent
    if above is None or beside is None:
        return False
    return (one.symbol.path, above.symbol.name) == (other.symbol.path, beside.symbol.name)


def _likest(gone: list[Item], come: list[Item]) -> list[tuple[Item, Item]]:
    """Return pairs that may be one, the likest first; of very many, only those of one name are compared."""
    olds, news = ([one for one in side if _is_comparable(one)] for side in (gone, come))
    is_crowd = len(olds) * len(news) > MAX_COMPARED
    counted: dict[Item, Pairs] = {}
    scored = []
    for place, one in enumerate(olds):
        for other in news:
            is_same = one.symbol.name == other.symbol.name
            if (is_crowd and not is_same) or _sort(one) != _sort(other):
                continue
            score = _likeness(one, other, counted, _bar(one, other))
            if score > 0:
                scored.append((-score - is_same, place, one, other))
    return [(one, other) for *_, one, other in sorted(scored, key=lambda item: item[:2])]


def _likeness(one: Item, other: Item, counted: dict[Item, Pairs], bar: float) -> float:
    """Return how like two symbols are, 0 below the bar; of very different sizes they cannot be like enough."""
    short, long = sorted((len(one.tokens), len(other.tokens)))
    if 2 * short < bar * (short + long) - 2:
        return 0.0
    for item in (one, other):
        if item not in counted:
            counted[item] = count_pairs(nameless(item))
    score = likeness(counted[one], counted[other])
    return score if score >= bar else 0.0


def _is_comparable(item: Item) -> bool:
    return item.symbol.kind in CALLABLES | TYPES and len(item.tokens) > FEW


def _bar(one: Item, other: Item) -> float:
    if one.symbol.name == other.symbol.name:
        return SAME_NAME
    return SAME_SCOPE if _is_same_scope(one, other) else ELSEWHERE
