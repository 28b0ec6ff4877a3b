"""Python's methods that run without being named: descriptors, `__init_subclass__`, `__getattr__`, `__setattr__`.

Each is looked for only in programs that define a method of its name.
"""

from yantra_bot.graphdb.facts import NOTHING
from yantra_bot.graphdb.facts import Op as Code
from yantra_bot.graphdb.resolve.arguments import ARGS, SITE, make_call
from yantra_bot.graphdb.resolve.calls import Calls
from yantra_bot.graphdb.resolve.lookup import Lookup
from yantra_bot.graphdb.resolve.metaclasses import Metaclasses
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.state import Instance, Op, State

_OBJECTS = frozenset({Kind.INSTANCE, Kind.OPEN})


class Hooks:
    """Calls hidden methods where a class is made, constructed, read or written."""

    def __init__(self, state: State, lookup: Lookup, calls: Calls) -> None:
        self._state, self._lookup, self._calls = state, lookup, calls
        self.metaclasses: Metaclasses
        """Set once everything that it calls is there."""
        lookup.on_object_member = self._on_object_member
        lookup.on_missing = self._on_missing
        calls.on_construct = self.on_construct

    def _defines(self, name: str) -> bool:
        return name in self._state.program.literals

    # A class is made

    def on_class(self, caller: Instance, owner: int, keywords: tuple[tuple[str, int], ...]) -> None:
        """A class statement has run: its members learn their names."""
        self.metaclasses.on_class(caller, owner, keywords)
        site = self._site_of(owner)
        if self._defines("__set_name__"):
            body = self._state.class_bodies[owner]
            for value in body.unit.body.names.values():
                self._state.engine.watch(body.base + value, self._on_named, caller, site)

    def after_classes(self, caller: Instance, owner: int) -> None:
        """All classes know their bases: one of them may want to know of each class below."""
        site, objects = self._site_of(owner), self._state.objects
        self.metaclasses.make(caller, owner, site)
        if self._defines("__init_subclass__"):
            above = objects.intern(Kind.SUPER, owner, owner)
            self._calls.call_attribute(caller, make_call(site, ()), above, "__init_subclass__")

    def _site_of(self, owner: int) -> int:
        unit = self._state.unit_of(owner)
        return unit.file.facts.symbols[unit.body.owner].name_site if unit is not None else 0

    def _on_named(self, caller: Instance, site: int, member: int) -> None:
        if self._state.objects.kinds[member] in _OBJECTS and self._lookup.members.owns_any(member, "__set_name__"):
            self._calls.call_attribute(caller, make_call(site, (NOTHING, NOTHING)), member, "__set_name__")

    # An object is made

    def on_construct(self, caller: Instance, op: Op, instance: int) -> None:
        """A class is called: a data class finishes its object."""
        if self._defines("__post_init__") and self._lookup.members.owns_any(instance, "__post_init__"):
            self._calls.call_attribute(caller, make_call(op[SITE], ()), instance, "__post_init__")

    # An attribute is read or written

    def _on_object_member(self, member: int, receiver: int, node: int) -> bool:
        """A class's attribute is an object: a descriptor gives what its `__get__` returns."""
        if not self._defines("__get__") or not self._lookup.members.owns_any(member, "__get__"):
            return False
        self._state.engine.watch(self._lookup.attribute(member, "__get__"), self._on_descriptor, receiver, node)
        return True

    def _on_descriptor(self, receiver: int, node: int, method: int) -> None:
        objects = self._state.objects
        if objects.kinds[method] == Kind.BOUND:
            function, descriptor = objects.firsts[method], objects.seconds[method]
            owner = self._lookup.members.class_of(receiver)
            given = (receiver,) if owner is None else (receiver, owner)
            self._calls.call_getter(function, descriptor, node, given)

    def _on_missing(self, item: int, name: str, node: int) -> None:
        """No class has the attribute: it is one that all objects have, or `__getattr__` answers, if there is one."""
        kind = self._state.objects.kinds[item]
        if kind == Kind.CLASS:
            self.metaclasses.find_member(item, name, node)
            return
        if name == "__class__" and self._state.objects.kinds[item] in _OBJECTS:
            self._state.engine.add_one(node, self._state.objects.firsts[item])
        if name.startswith("__") or not self._defines("__getattr__"):
            return
        if kind == Kind.MODULE:
            given = self._state.objects.intern(Kind.CONST, name)
            self._state.engine.watch(self._lookup.attribute(item, "__getattr__"), self._on_module_fallback, given, node)
        elif kind in _OBJECTS and self._lookup.members.owns_any(item, "__getattr__"):
            owner = self._state.objects.firsts[item]
            if not self._lookup.members.assigns(self._lookup.members.order(owner), name):
                method = self._lookup.attribute(item, "__getattr__")
                self._state.engine.watch(method, self._on_fallback, item, name, node)

    def _on_module_fallback(self, name: int, node: int, function: int) -> None:
        if self._state.objects.kinds[function] == Kind.FUNCTION:
            self._calls.call_getter(function, name, node)

    def _on_fallback(self, item: int, name: str, node: int, method: int) -> None:
        objects = self._state.objects
        if objects.kinds[method] == Kind.BOUND:
            function = objects.firsts[method]
            self._calls.call_getter(function, item, node)
            self._delegate(self._calls.open_instance(function, None, None), item, name, node)

    def _delegate(self, getter: Instance, item: int, name: str, node: int) -> None:
        """`getattr(self.inner, name)` in a `__getattr__`: the attribute of that name, of what is inside."""
        body, engine = getter.unit.body, self._state.engine
        asked = [value for _, _, value in body.params[1:2]]
        builtin = {op[1] for op in body.ops if op[0] == Code.FREE and op[2] == "getattr"}
        for op in body.ops if builtin and asked else ():
            if op[0] == Code.CALL and op[2] in builtin and [*op[ARGS][1:2]] == asked and op[ARGS][0] >= 0:
                given = node if (Code.RETURN, op[1]) in body.ops else getter.node(op[1])
                if given >= 0:
                    engine.watch(getter.base + op[ARGS][0], self._on_inside, item, name, given)

    def _on_inside(self, item: int, name: str, node: int, inside: int) -> None:
        if inside != item:
            self._state.engine.flow(self._lookup.attribute(inside, name), node)

    def take_member(self, instance: Instance, module: int, op: Op) -> None:
        """IMPORT_FROM: a name of a module; `__getattr__` of the module may have to make it."""
        node = self._lookup.attribute(module, op[3])
        self._state.engine.flow(node, instance.base + op[1])
        if self._defines("__getattr__"):
            self._calls.read(instance, node, op[4])

    def on_store(self, instance: Instance, item: int, name: str, source: int, site: int) -> None:
        """An attribute of an object is assigned: `__setattr__` or a descriptor in its class takes the value."""
        owner = self._lookup.members.class_of(item)
        if owner is None:
            return
        if site and self._defines("__setattr__") and self._lookup.members.owns_any(item, "__setattr__"):
            named = self._state.constant(self._state.objects.intern(Kind.CONST, name))
            call = make_call(site, (named, source))
            self._calls.call_attribute(self._state.absolute(instance), call, item, "__setattr__")
        if not self._defines("__set__"):
            return
        for above in self._lookup.members.order(owner):
            body = self._state.class_bodies.get(above)
            value = body.unit.body.names.get(name) if body is not None else None
            if body is not None and value is not None:
                self._state.engine.watch(body.base + value, self._on_written, instance, item, source, site)
                return

    def _on_written(self, instance: Instance, item: int, source: int, site: int, member: int) -> None:
        if self._state.objects.kinds[member] in _OBJECTS and self._lookup.members.owns_any(member, "__set__"):
            frame = self._state.absolute(instance)
            call = make_call(site, (self._state.constant(item), source))
            self._calls.call_attribute(frame, call, member, "__set__")
