"""A points-to engine: nodes that hold sets of objects, flows between nodes, and watchers that see each new object.

It knows nothing of programs. The result is the least fixpoint, so it does not depend on the order of work.
"""

from array import array
from collections import deque
from collections.abc import Callable, Collection
from collections.abc import Set as AbstractSet
from typing import Any

MAX_OBJECTS = 40
"""A node that holds more says nothing any more: it takes no further ones, and calls through it are not believed."""
MAX_NODES = 50_000_000

Handler = Callable[..., None]
"""Called as handler(*payload, object) once for each object that reaches the watched node."""


class Engine:
    """Nodes are ints from 0; objects are ints of the caller's."""

    def __init__(self, limit: int = MAX_OBJECTS, budget: int = MAX_NODES) -> None:
        """`limit`: how many objects a node holds at most; `budget`: how many nodes there may be."""
        self.limit, self.budget = limit, budget
        self.is_exhausted = False
        """Whether the work was given up, so that anything may be missing."""
        self._points: list[Any] = []
        """None, the only object, or the set of several: most nodes hold one, and a set takes 200 bytes."""
        self.unlimited: set[int] = set()
        """Nodes that hold many things for a good reason."""
        self._flows: list[Any] = []
        """None, the only target, or the list of several."""
        self._watchers: list[Any] = []
        """None, the only watcher as (handler, *payload), or the list of several."""
        self._pending: dict[int, set[int]] = {}
        self._queue: deque[int] = deque()
        self._linked: set[int] = set()
        self._owners = array("i")
        self.reader: Callable[[int, int, AbstractSet[int]], None] = lambda *_: None
        """Called as (owner, node, objects): one watcher for all nodes of an owner costs no memory for each."""
        self._tasks: deque[tuple[Handler, tuple[Any, ...], list[Any]]] = deque()

    def allocate(self, count: int, owner: int = 0) -> int:
        """Return the first of `count` new nodes; what reaches them is told to `reader` if they have an owner."""
        self._owners.extend(array("i", (owner,)) * count)
        base = len(self._points)
        empty = (None,) * count
        self._points += empty
        self._flows += empty
        self._watchers += empty
        return base

    def add(self, node: int, objects: AbstractSet[int]) -> None:
        """Put objects into a node."""
        known = self._points[node]
        if known is None:
            if len(objects) == 1:
                self._points[node] = next(iter(objects))
            else:
                self._points[node] = set(objects)
            self._announce(node, objects)
            return
        if known.__class__ is int:
            fresh = objects - {known}
            if fresh:
                self._points[node] = {known, *fresh}
                self._announce(node, fresh)
            return
        fresh = objects - known
        if fresh and (len(known) < self.limit or node in self.unlimited):
            known |= fresh
            self._announce(node, fresh)

    def add_one(self, node: int, item: int) -> None:
        """Put one object into a node."""
        known = self._points[node]
        if known is None:
            self._points[node] = item
        elif known.__class__ is int:
            if known == item:
                return
            self._points[node] = {known, item}
        elif item in known or (len(known) >= self.limit and node not in self.unlimited):
            return
        else:
            known.add(item)
        self._announce(node, (item,))

    def _announce(self, node: int, fresh: Collection[int]) -> None:
        waiting = self._pending.get(node)
        if waiting is None:
            self._pending[node] = set(fresh)
            self._queue.append(node)
        else:
            waiting.update(fresh)

    def objects(self, node: int) -> Collection[int]:
        """Return what has reached a node."""
        known = self._points[node]
        if known is None:
            return ()
        return (known,) if known.__class__ is int else known

    def flow(self, source: int, target: int) -> None:
        """Let everything in `source`, now and later, be in `target` too. A second time changes nothing."""
        if source == target:
            return
        link = source << 32 | target
        if link in self._linked:
            return
        self._linked.add(link)
        self.flow_once(source, target)

    def flow_once(self, source: int, target: int) -> None:
        """As `flow`, for a flow between two nodes that is asked for only once: it is not remembered as such."""
        targets = self._flows[source]
        if targets is None:
            self._flows[source] = target
        elif targets.__class__ is int:
            self._flows[source] = [targets, target]
        else:
            targets.append(target)
        known = self._points[source]
        if known is None:
            return
        if known.__class__ is int:
            self.add_one(target, known)
        else:
            self.add(target, known)

    def watch(self, node: int, handler: Handler, *payload: Any) -> None:
        """Call the handler with each object that is in the node or comes into it, once each."""
        entry = (handler, *payload)
        watchers = self._watchers[node]
        if watchers is None:
            self._watchers[node] = entry
        elif watchers.__class__ is tuple:
            self._watchers[node] = [watchers, entry]
        else:
            watchers.append(entry)
        known = self.objects(node)
        if known:
            waiting = self._pending.get(node, ())
            told = [item for item in known if item not in waiting]
            if told:
                self._tasks.append((handler, payload, told))

    def later(self, handler: Handler, payload: tuple[Any, ...], item: Any) -> None:
        """Call handler(*payload, item) as soon as nothing else runs."""
        self._tasks.append((handler, payload, [item]))

    def run(self) -> None:
        """Work until nothing moves. Handlers never run inside of each other, however long the chains are."""
        queue, pending, flows, watchers, tasks = (
            self._queue,
            self._pending,
            self._flows,
            self._watchers,
            self._tasks,
        )
        while queue or tasks:
            if len(flows) > self.budget:
                self._give_up()
                return
            if tasks:
                handler, payload, told = tasks.popleft()
                for item in told:
                    handler(*payload, item)
                continue
            node = queue.popleft()
            fresh = pending.pop(node)
            targets = flows[node]
            if targets.__class__ is int:
                self.add(targets, fresh)
            elif targets is not None:
                for target in targets:
                    self.add(target, fresh)
            owner = self._owners[node]
            if owner:
                self.reader(owner, node, fresh)
            entries = watchers[node]
            if entries is not None:
                self._tell((entries,) if entries.__class__ is tuple else tuple(entries), fresh)

    def _tell(self, entries: tuple[tuple[Any, ...], ...], fresh: Collection[int]) -> None:
        for handler, *payload in entries:
            for item in fresh:
                handler(*payload, item)

    def _give_up(self) -> None:
        """Leave everything as it has been found so far: a program whose values run away takes all memory there is."""
        self.is_exhausted = True
        self._queue.clear()
        self._pending.clear()
        self._tasks.clear()

    def owner(self, node: int) -> int:
        """Return whose a node is; 0 for nobody's."""
        return self._owners[node]

    def backward_flows(self) -> dict[int, list[int]]:
        """Return where what is in a node flows from, by node."""
        before: dict[int, list[int]] = {}
        for source, targets in enumerate(self._flows):
            if targets is None:
                continue
            for target in (targets,) if targets.__class__ is int else targets:
                known = before.get(target)
                if known is None:
                    before[target] = [source]
                else:
                    known.append(source)
        return before

    def end(self) -> None:
        """Forget everything but what the nodes hold: nothing will move any more."""
        for table in (self._flows, self._watchers, self._linked):
            table.clear()

    def holds(self, node: int) -> bool:
        """Say whether anything has reached the node."""
        return self._points[node] is not None
