"""Python's classes of classes: what runs when a class is made or called, and what a class has from its metaclass."""

from collections.abc import Callable

from yantra_bot.graphdb.facts import NOTHING, BodyFlag, Value
from yantra_bot.graphdb.resolve.arguments import make_call
from yantra_bot.graphdb.resolve.calls import Calls
from yantra_bot.graphdb.resolve.lookup import Lookup
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.state import Instance, Op, State

_BELOW = "__subclasses__"
_BUILT_IN = ("__new__", "__call__")
"""What `type` itself does: it makes the class, and makes an object of one."""


class Metaclasses:
    """Knows the metaclass of each class. Asked only when all classes know their bases."""

    def __init__(self, state: State, lookup: Lookup, calls: Calls) -> None:
        self._state, self._lookup, self._calls = state, lookup, calls
        self._declared: dict[int, int] = {}
        self._made: dict[int, int] = {}
        """The node of the classes that each metaclass makes."""
        self._construct, self._call_native = calls.by_kind[Kind.CLASS], calls.call_native
        calls.by_kind[Kind.CLASS] = self._call_class
        calls.call_native = self._call_method

    def on_class(self, instance: Instance, owner: int, keywords: tuple[tuple[str, Value], ...]) -> None:
        """A class is written: note its metaclass."""
        for name, value in keywords:
            if name == "metaclass" and value >= 0:
                self._state.engine.watch(instance.base + value, self._on_metaclass, owner)

    def _on_metaclass(self, owner: int, metaclass: int) -> None:
        if self._state.objects.kinds[metaclass] == Kind.CLASS:
            self._declared.setdefault(owner, metaclass)
            self._made.setdefault(metaclass, self._state.engine.allocate(1))

    def find(self, owner: int) -> int | None:
        """Return the metaclass of a class, its own or inherited."""
        if not self._declared:
            return None
        return next((self._declared[one] for one in self._lookup.members.order(owner) if one in self._declared), None)

    def make(self, caller: Instance, owner: int, site: int) -> None:
        """A class is made by its metaclass."""
        metaclass = self.find(owner)
        if metaclass is None:
            return
        for one in self._lookup.members.order(metaclass):
            made = self._made.setdefault(one, self._state.engine.allocate(1))
            self._state.engine.add_one(made, owner)
        given = (NOTHING, NOTHING, NOTHING)
        frame = self._state.absolute(caller)
        call = make_call(site, (self._state.constant(metaclass), *given))
        self._watch(metaclass, "__new__", self._calls.on_callee, frame, call)
        self._watch(metaclass, "__init__", self._call_bound, frame, make_call(site, given), owner)

    def _watch(self, metaclass: int, name: str, handler: Callable[..., None], *payload: object) -> bool:
        """Tell the handler what a metaclass of this program has under a name; whether it has the name."""
        for one in self._lookup.members.order(metaclass):
            body = self._state.class_bodies.get(one)
            value = body.unit.body.names.get(name) if body is not None else None
            if body is not None and value is not None:
                self._state.engine.watch(body.base + value, handler, *payload)
                return True
        return False

    def _call_bound(self, frame: Instance, call: Op, owner: int, member: int) -> None:
        if self._state.objects.kinds[member] == Kind.FUNCTION:
            self._calls.on_callee(frame, call, self._state.objects.intern(Kind.BOUND, member, owner))

    def find_member(self, owner: int, name: str, node: int) -> None:
        """A class has no such attribute itself: its metaclass may have it, bound to the class."""
        if name == _BELOW or (owner in self._made and name == "__new__"):
            self._state.engine.add_one(node, self._state.objects.intern(Kind.NATIVE, name, owner))
        metaclass = self.find(owner)
        if metaclass is None:
            return
        if name == "__call__":
            self._state.engine.add_one(node, self._state.objects.intern(Kind.NATIVE, name, owner))
        elif name not in ("__init__", "__new__"):
            self._watch(metaclass, name, self._bind, owner, node)

    def _bind(self, owner: int, node: int, member: int) -> None:
        objects = self._state.objects
        flags = self._state.flags_of(member) if objects.kinds[member] == Kind.FUNCTION else 0
        if flags & BodyFlag.PROPERTY:
            self._lookup.on_getter(member, owner, node)
            return
        if objects.kinds[member] == Kind.FUNCTION and not flags & BodyFlag.STATIC:
            member = objects.intern(Kind.BOUND, member, owner)
        self._state.engine.add_one(node, member)

    def _call_class(self, caller: Instance, op: Op, owner: int) -> None:
        """A class is called: `__call__` of its metaclass runs, if it has one of its own."""
        metaclass = self.find(owner)
        if metaclass is None or not self._watch(metaclass, "__call__", self._call_bound, caller, op, owner):
            self._construct(caller, op, owner)

    def _call_method(self, caller: Instance, op: Op, name: str, owner: int) -> None:
        """Call what is built in; of a class, what `type` does."""
        if name == _BELOW and self._state.objects.kinds[owner] == Kind.CLASS:
            self._give_below(caller, op, owner)
        elif self._state.objects.kinds[owner] != Kind.CLASS or name not in _BUILT_IN:
            self._call_native(caller, op, name, owner)
        elif name == "__call__":
            self._construct(caller, op, owner)
        elif op[1] >= 0:
            self._state.engine.flow(self._made[owner], caller.node(op[1]))

    def _give_below(self, caller: Instance, op: Op, owner: int) -> None:
        """Give the list of the classes that inherit from a class directly."""
        if op[1] < 0:
            return
        made = self._state.objects.intern(Kind.CONTAINER, (_BELOW, owner), "list")
        self._state.engine.add_one(caller.node(op[1]), made)
        for one in self._lookup.members.directly_below(owner):
            self._state.engine.add_one(self._state.slot(made, None), one)
