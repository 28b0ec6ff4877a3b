"""Attributes of what is no module and no class: functions, prototypes, containers, and methods that are built in."""

from collections.abc import Callable

from yantra_bot.domain.graph import Language
from yantra_bot.graphdb.facts import BodyFlag
from yantra_bot.graphdb.resolve.java_methods import may_have
from yantra_bot.graphdb.resolve.javascript_methods import FUNCTION_METHODS, PROTO, SCRIPTS, has_method, member_of
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.state import State

MAX_OUTSIDE_DEPTH = 8
"""Parts of the name of something outside: a loop over `x = x.next` names no new thing each time."""
_PYTHON_CONTAINERS = frozenset({"list", "dict", "tuple", "set"})
"""Their items are no attributes."""
NAMESPACE = "namespace"
"""A container whose items are its attributes, and which has no methods."""


class Functions:
    """Fills the nodes of such attributes for Lookup, whose three ways to find and bind attributes it is given."""

    def __init__(
        self,
        state: State,
        outside: Callable[[Language, str], int],
        attribute: Callable[[int, str], int],
        bind_slot: Callable[[int, int, int], None],
        bind_stored: Callable[[int, int, int], None],
    ) -> None:
        self._state, self._outside, self._attribute = state, outside, attribute
        self._bind_slot, self._bind_stored = bind_slot, bind_stored
        self.fill_declared: Callable[[int, str, int], bool] = lambda *_: False
        """Called with (object, name, node) for what lies outside; true where a declaration says what it is."""
        self.fill_proxy: Callable[[int, str, int], None]
        """Called with (proxy, name, node); set by Proxies."""
        self.inherit: Callable[[tuple[int, ...], int, str, int], bool] = lambda *_: False
        """Called with (classes, receiver, name, node); true where a declared class above them has the name. Both set by
        Linking, where packages are installed."""

    def fill_outside(self, item: int, name: str, node: int) -> None:
        """Fill an attribute of something outside; `default` of a module of JavaScript is the module."""
        if self.fill_declared(item, name, node):
            return
        first, language = self._state.objects.firsts[item], self._state.objects.seconds[item]
        if (name == "default" and language in SCRIPTS) or first.endswith("::"):
            self._state.engine.add_one(node, item)  # of a reference to a method (Java) any method is itself
        elif name == "this$0" or not may_have(first, name):
            return
        elif first.count(".") < MAX_OUTSIDE_DEPTH and not name.startswith("."):
            whole = member_of(first, name) if language in SCRIPTS else f"{first}.{name}"
            if whole:
                self._state.engine.add_one(node, self._outside(language, whole))

    def fill_container(self, item: int, name: str, node: int) -> None:
        """Fill an attribute of a container, a bag, a generator or a constant."""
        objects, state = self._state.objects, self._state
        what = objects.seconds[item]
        if item in state.proxies:
            self.fill_proxy(item, name, node)
        if what not in _PYTHON_CONTAINERS:
            state.on_slot(item, name, self._bind_slot, item, node)
        if what == "object" and name != PROTO:
            state.on_slot(item, PROTO, self._inherit, name, item, node)
        if objects.kinds[item] != Kind.CONTAINER or (what != NAMESPACE and has_method(what, name)):
            state.engine.add_one(node, objects.intern(Kind.NATIVE, name, item))

    def _inherit(self, name: str, receiver: int, node: int, slot: int) -> None:
        """What an object of JavaScript lacks is found in its prototype, and works on the object."""
        self._state.engine.watch(slot, self._on_prototype, name, receiver, node)

    def _on_prototype(self, name: str, receiver: int, node: int, prototype: int) -> None:
        if prototype != receiver and (receiver, name) not in self._state.slots:
            self._state.engine.watch(self._attribute(prototype, name), self._bind_stored, receiver, node)

    def fill_native(self, item: int, name: str, node: int) -> None:
        """Fill an attribute of a method that is built in: `slice.call`, and what a bag has."""
        objects, engine = self._state.objects, self._state.engine
        method, owner = objects.firsts[item], objects.seconds[item]
        if method.endswith("::"):
            engine.add_one(node, item)
        elif name in FUNCTION_METHODS and not method.endswith(tuple(FUNCTION_METHODS)):
            engine.add_one(node, objects.intern(Kind.NATIVE, f"{method}.{name}", owner))
        elif objects.kinds[owner] == Kind.BAG:
            engine.add_one(node, objects.intern(Kind.NATIVE, name, owner))

    def fill_function(self, item: int, name: str, node: int) -> None:
        """Fill an attribute of a function: what was stored in it, and what all functions of its language have."""
        state, objects = self._state, self._state.objects
        language = self._language_of(item)
        if language in SCRIPTS:
            if name in FUNCTION_METHODS:
                state.engine.add_one(node, objects.intern(Kind.NATIVE, name, item))
                return
            if name == "prototype":
                state.engine.add_one(node, objects.intern(Kind.PROTOTYPE, item))
            elif name != PROTO:
                state.on_slot(item, PROTO, self._inherit, name, item, node)
            state.on_slot(item, name, self._bind_slot, item, node)
            return
        if language == Language.JAVA:
            state.engine.add_one(node, item)
            return
        if name == "__call__":
            state.engine.add_one(node, item)
        state.on_slot(item, name, self._flow_slot, node)

    def _language_of(self, item: int) -> Language | None:
        objects = self._state.objects
        while objects.kinds[item] == Kind.BOUND:
            item = objects.firsts[item]
        unit = self._state.unit_of(item)
        return unit.file.facts.language if unit else None

    def fill_prototype(self, item: int, name: str, node: int) -> None:
        """A prototype's members are its own, and those of what was assigned to it or that it was created from."""
        state, objects = self._state, self._state.objects
        owner = objects.firsts[item]
        state.on_slot(item, name, self._flow_slot, node)
        if objects.kinds[owner] == Kind.CLASS:
            state.engine.flow(self._attribute(owner, name), node)
        state.on_slot(owner, "prototype", self._delegate, name, node)
        if name != PROTO:
            state.on_slot(item, PROTO, self._inherit, name, item, node)

    def _delegate(self, name: str, node: int, slot: int) -> None:
        self._state.engine.watch(slot, self._read, name, node)

    def _read(self, name: str, node: int, value: int) -> None:
        self._state.engine.flow(self._attribute(value, name), node)

    def _flow_slot(self, node: int, slot: int) -> None:
        self._state.engine.flow(slot, node)


def takes_this(state: State, item: int) -> bool:
    """Say whether an object is a function whose receiver is whatever the call names."""
    unit = state.unit_of(item)
    if unit is None or state.objects.kinds[item] != Kind.FUNCTION:
        return False
    return state.signature(unit).receiver >= 0 and not unit.body.flags & BodyFlag.ARROW


def stand_in(state: State, base: int) -> int:
    """Return what methods from an outside base are looked up in.

    Whatever comes through a Go struct or a Rust type that has one may not have the method, so none is named.
    """
    objects = state.objects
    if objects.seconds[base] in (Language.GO, Language.RUST):
        return objects.intern(Kind.BAG, ("base", base), objects.firsts[base])
    return base
