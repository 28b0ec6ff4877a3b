"""Classes and what they inherit: bases as they become known, the C3 order, the classes below."""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from yantra_bot.graphdb.resolve.objects import Kind, Objects

MAX_BASES = 4
"""Possible classes at one place among the bases: a function that makes classes from its argument."""


@dataclass(eq=False, slots=True)
class ClassInfo:
    """The bases of one class object, by position."""

    bases: dict[int, list[int]] = field(default_factory=dict)
    outside: list[int] = field(default_factory=list)
    """External objects among the bases."""
    below: list[int] = field(default_factory=list)
    """Who inherits from it directly."""
    lent: list[int] = field(default_factory=list)
    """Who has its attributes without being of its type."""


class Hierarchy:
    """All class objects of a resolution."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self.classes: dict[int, ClassInfo] = {}
        self._orders: dict[int, tuple[int, ...]] = {}
        self._reached: dict[tuple[int, bool], dict[int, None]] = {}
        self.on_change: Callable[[int], None] = lambda _: None
        """Called with each class whose order has changed."""

    def info(self, item: int) -> ClassInfo:
        """Return what is known of a class object, a new entry the first time."""
        found = self.classes.get(item)
        if found is None:
            found = self.classes[item] = ClassInfo()
        return found

    def add_base(self, item: int, position: int, base: int, *, subtype: bool = True) -> None:
        """Note one possible base at a position. Without `subtype` it only lends its attributes."""
        kind = self._objects.kinds[base]
        info = self.info(item)
        if kind == Kind.EXTERNAL:
            if base not in info.outside:
                info.outside.append(base)
                self._changed(item)
        elif kind in (Kind.CLASS, Kind.FUNCTION):
            known = info.bases.setdefault(position, [])
            if base not in known and base != item and len(known) < MAX_BASES:
                known.append(base)
                (self.info(base).below if subtype else self.info(base).lent).append(item)
                self._changed(item)

    def _changed(self, item: int) -> None:
        self._reached.clear()
        for affected in (item, *self._reach(item, lent=True)):
            self._orders.pop(affected, None)
            self.on_change(affected)

    def below(self, item: int) -> dict[int, None]:
        """Return all classes that inherit from one, nearest first."""
        return self._reach(item, lent=False)

    def takers_among(self, item: int, classes: Collection[int]) -> list[int]:
        """Return which of some classes have what one has: those below, and those that it only lends its attributes."""
        takers = self._reach(item, lent=True)
        if len(classes) < len(takers):
            return [one for one in classes if one in takers]
        return [one for one in takers if one in classes]

    def _reach(self, item: int, *, lent: bool) -> dict[int, None]:
        known = self._reached.get((item, lent))
        if known is None:
            known = self._reached[item, lent] = self._walk(item, lent=lent)
        return known

    def _walk(self, item: int, *, lent: bool) -> dict[int, None]:
        found: dict[int, None] = {}
        waiting = [item]
        for one in waiting:
            info = self.info(one)
            for below in (*info.below, *(info.lent if lent else ())):
                if below not in found and below != item:
                    found[below] = None
                    waiting.append(below)
        return found

    def order(self, item: int) -> tuple[int, ...]:
        """Return the class and what it inherits from, in C3 order; where there is none, depth first."""
        found = self._orders.get(item)
        if found is None:
            found = self._orders[item] = self._linearise(item)
        return found

    def _linearise(self, item: int) -> tuple[int, ...]:
        orders = self._orders
        stack = [(item, False)]
        entered: set[int] = set()
        while stack:
            one, ready = stack.pop()
            bases = [base for _, bases in sorted(self.info(one).bases.items()) for base in bases]
            if ready:
                orders[one] = _merge(one, [orders[base] for base in bases if base in orders], bases)
            elif one not in entered:
                entered.add(one)
                stack.append((one, True))
                stack += [(base, False) for base in bases if base not in orders]
        return orders[item]

    def outside(self, item: int) -> list[int]:
        """Return the external classes that a class inherits from."""
        return [base for one in self.order(item) for base in self.info(one).outside]


def _merge(item: int, orders: list[tuple[int, ...]], bases: list[int]) -> tuple[int, ...]:
    """Return the C3 linearisation; when the orders contradict each other, the first that is possible at each step."""
    if len(bases) < 2:
        return (item, *(one for order in orders for one in order if one != item))
    rows = [list(reversed(order)) for order in (*orders, tuple(bases)) if order]
    behind = Counter(one for row in rows for one in row[:-1])
    result = {item: None}
    while rows:
        good = next((row[-1] for row in rows if not behind[row[-1]]), rows[0][-1])
        result[good] = None
        for row in rows:
            if row[-1] == good:
                row.pop()
                if row:
                    behind[row[-1]] -= 1
            elif good in row:  # only where the orders contradict each other
                row.remove(good)
                behind[good] -= 1
        rows = [row for row in rows if row]
    return tuple(result)
