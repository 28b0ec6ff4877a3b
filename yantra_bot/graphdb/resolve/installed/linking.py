"""Lets what installed packages declare take part in a resolution: attributes, calls and results of things outside.

Edges keep the names that the program's imports give (`requests.get`); a method of a declared class is named by where it
is declared (`requests.models.Response.json`). Value flow stops at a declaration: no code of a package is followed.
"""

from typing import Any, Final

from yantra_bot.domain.graph import Evidence, Language
from yantra_bot.graphdb.facts import NOTHING, CallFlag, ParamKind
from yantra_bot.graphdb.resolve.arguments import ARGS, DOUBLE_STAR, FLAGS, KEYWORDS, STAR
from yantra_bot.graphdb.resolve.calls import Calls
from yantra_bot.graphdb.resolve.hierarchy import Hierarchy
from yantra_bot.graphdb.resolve.installed.members import Installed, Shape
from yantra_bot.graphdb.resolve.installed.things import Sort, Thing, Things, closed, merge, open_part, replaced
from yantra_bot.graphdb.resolve.lookup import Lookup
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.python_gaps import DECLARED, PythonGaps
from yantra_bot.graphdb.resolve.state import Instance, Op, State

MAX_NESTING: Final = 6
"""Containers in containers."""
_OBJECTS: Final = frozenset({Kind.INSTANCE, Kind.OPEN})
_BUILTIN: Final = "<builtin>."
_PARTNERS: Final = {
    "__enter__": "__aenter__",
    "__aenter__": "__enter__",
    "__exit__": "__aexit__",
    "__aexit__": "__exit__",
    "__iter__": "__aiter__",
    "__aiter__": "__iter__",
    "__next__": "__anext__",
    "__anext__": "__next__",
}
"""An object that has the one has not the other."""


class Linking:
    """Answers for objects of the outside that an installed package declares. A resolution without one has none."""

    def __init__(
        self, state: State, lookup: Lookup, calls: Calls, hierarchy: Hierarchy, gaps: PythonGaps, installed: Installed
    ) -> None:
        self._state, self._lookup, self._calls = state, lookup, calls
        self._hierarchy, self._installed = hierarchy, installed
        self._unknown = state.objects.intern(Kind.DECLARED, Thing(Sort.OBJECT), NOTHING)
        """A value of the outside of which no declaration says what it is."""
        self._outside = calls.by_kind[Kind.EXTERNAL]
        calls.by_kind[Kind.EXTERNAL] = self._call_external
        calls.by_kind[Kind.DECLARED] = self._call_declared
        lookup.functions.fill_declared = self._fill
        lookup.functions.inherit = self._inherit
        gaps.declare_type = self._declare_type

    # Attributes

    def _fill(self, item: int, name: str, node: int) -> bool:
        """Fill an attribute of something outside, where a declaration says what it is; whether it does."""
        objects = self._state.objects
        if objects.kinds[item] == Kind.DECLARED:
            self._state.on_slot(item, name, self._flow_slot, node)
            found = self._member(objects.firsts[item], name)
            is_known = self._deliver(found, node, ("attribute", item, name), item)
            if not is_known and not self._member(objects.firsts[item], _PARTNERS.get(name, "")):
                self._state.engine.add_one(node, self._unknown)
            return True
        if objects.seconds[item] != Language.PYTHON:
            return False
        given = False
        for thing in self._installed.named(objects.firsts[item]):
            if thing.sort in (Sort.OBJECT, Sort.MANAGER):
                # What it keeps has a name already: that of the import.
                found = tuple(one for one in self._member(thing, name) if one.sort == Sort.FUNCTION)
                given |= self._deliver(found, node, ("attribute", item, name), self._object(thing, NOTHING))
        return given

    def _flow_slot(self, node: int, slot: int) -> None:
        self._state.engine.flow(slot, node)

    def _member(self, thing: Thing, name: str) -> Things:
        if thing.sort == Sort.MANAGER:
            return (thing._replace(sort=Sort.CALLABLE),) if name in ("__enter__", "__aenter__") else ()
        if thing.sort == Sort.CALLABLE:
            return (thing,) if name == "__call__" else ()
        if thing.sort != Sort.OBJECT:
            return ()
        if name == "__await__":
            awaited = self._installed.awaited(thing)
            return () if awaited is None else (Thing(Sort.CALLABLE, args=(awaited,)),)
        return self._installed.member(thing, name) or ()

    def _inherit(self, order: tuple[int, ...], receiver: int, name: str, node: int) -> bool:
        """Link what classes of the program inherit from installed ones; whether one of these has the name."""
        objects = self._state.objects
        unknown: list[int] = []
        for owner in order:
            unit = self._state.unit_of(owner)
            if unit is None or unit.file.library or unit.file.facts.language != Language.PYTHON:
                return False
            for base in self._hierarchy.info(owner).outside:
                found = self._inherited(objects.firsts[base], receiver, name)
                if found is not None:
                    if not self._deliver(found, node, ("attribute", receiver, name), receiver):
                        self._state.engine.add_one(node, self._unknown)
                    for other in unknown:
                        self._state.engine.flow(self._lookup.attribute(other, name), node)
                    return True
                if not objects.firsts[base].startswith(_BUILTIN) and not self._installed.named(objects.firsts[base]):
                    unknown.append(base)
        return False

    def _inherited(self, base: str, receiver: int, name: str) -> Things | None:
        """Return what a base has under a name; None where it has nothing, or is not known."""
        is_object = self._state.objects.kinds[receiver] in _OBJECTS
        found: list[Things] = []
        for thing in self._installed.named(base):
            if thing.sort == Sort.CLASS:
                one = thing._replace(sort=Sort.OBJECT, made=True) if is_object else thing
                member = self._installed.member(one, name)
                if member is not None:
                    found.append(member)
        return merge(*found) if found else None

    # Calls

    def _call_external(self, caller: Instance, op: Op, callee: int) -> None:
        """Something that an import names is called."""
        self._outside(caller, op, callee)
        objects = self._state.objects
        if objects.seconds[callee] == Language.PYTHON:
            for thing in self._installed.named(objects.firsts[callee]):
                receiver = self._object(thing.of[0], NOTHING) if thing.of else self._object(thing, NOTHING)
                self._give(caller, op, self._installed.call(thing, _shape(op)), receiver)

    def _call_declared(self, caller: Instance, op: Op, callee: int) -> None:
        """Something that is known by its declaration is called."""
        objects = self._state.objects
        thing: Thing = objects.firsts[callee]
        receiver: int = objects.seconds[callee]
        if thing.sort == Sort.OBJECT and callee != self._unknown:
            self._calls.call_attribute(caller, op, callee, "__call__")
            return
        is_protocol = bool(op[FLAGS] & CallFlag.IMPLICIT) and ".__" in thing.name
        if thing.sort == Sort.FUNCTION and not caller.unit.file.library and not is_protocol:
            evidence = Evidence.FLOW if thing.made else Evidence.TYPE
            self._state.record.call(caller.owner, self._calls.site_of(caller, op), thing.name, evidence)
        else:
            self._state.record.answer(caller.owner[0], self._calls.site_of(caller, op))
        given = self._give(caller, op, self._installed.call(thing, _shape(op)), receiver)
        if not given and op[1] >= 0 and not op[FLAGS] & CallFlag.DECORATOR:
            self._state.engine.add_one(caller.node(op[1]), self._unknown)

    def _give(self, caller: Instance, op: Op, found: Things, receiver: int) -> bool:
        """Let a call give what is declared; whether there is any. What is decorated stays beside it."""
        if op[1] < 0:
            return False
        target = caller.node(op[1])
        given = self._deliver(found, target, (caller.number, self._state.identity(op)), receiver, (caller, op))
        if given and op[FLAGS] & CallFlag.DECORATOR and op[ARGS] and op[ARGS][0] >= 0:
            self._state.engine.flow(caller.node(op[ARGS][0]), target)
        return given

    # Values

    def _deliver(
        self,
        things: Things,
        node: int,
        place: tuple[Any, ...],
        receiver: int,
        call: tuple[Instance, Op] | None = None,
        depth: int = 0,
    ) -> bool:
        """Put things into a node; whether there are any. `place` tells their containers from others."""
        given = False
        for thing in things:
            if thing.sort in (Sort.ARGUMENT, Sort.INSTANCE_OF):
                given |= call is not None and self._deliver_argument(thing, node, *call)
            elif thing.sort == Sort.CONTAINER:
                if depth < MAX_NESTING:
                    self._deliver_container(thing, node, place, receiver, call, depth)
                    given = True
            elif thing.sort == Sort.SELF:
                given |= self._deliver_receiver(node, receiver)
            elif thing.sort == Sort.VALUE:
                self._state.engine.add_one(node, thing.args[0])
                given = True
            else:
                self._deliver_open(thing, node, receiver, call)
                self._state.engine.add_one(node, self._object(closed(thing), receiver))
                given = True
        return given

    def _deliver_open(self, thing: Thing, node: int, receiver: int, call: tuple[Instance, Op] | None) -> None:
        """Let a node hold a generic object of what a call gives a parameter: `Query[User]` of `query(User)`."""
        part = open_part(thing)
        if part is not None and call is not None:
            caller, op = call
            for value in _arguments(part, op):
                if value >= 0:
                    source = caller.node(value)
                    self._state.engine.watch(source, self._close, thing, part, node, receiver, call)

    def _close(self, thing: Thing, part: Thing, node: int, receiver: int, call: tuple[Instance, Op], item: int) -> None:
        by = self._thing_of(item, is_type=part.sort == Sort.INSTANCE_OF)
        if by:
            self._deliver((replaced(thing, part, by),), node, (), receiver, call)

    def _thing_of(self, item: int, *, is_type: bool) -> Things:
        """Return what stands for an object of the resolution inside of a thing, or for an instance of it."""
        objects = self._state.objects
        kind = objects.kinds[item]
        if kind == Kind.CLASS and is_type:
            return (Thing(Sort.VALUE, args=(objects.intern(Kind.OPEN, item),)),)
        if kind == Kind.EXTERNAL and objects.seconds[item] == Language.PYTHON and is_type:
            return self._installed.typed(objects.firsts[item])
        if kind == Kind.DECLARED and not is_type:
            return (objects.firsts[item],)
        return (Thing(Sort.VALUE, args=(item,)),) if kind in _OBJECTS and not is_type else ()

    def _object(self, thing: Thing, receiver: int) -> int:
        """Return the object that stands for a thing."""
        if thing.sort in (Sort.CLASS, Sort.MODULE):
            return self._state.objects.intern(Kind.EXTERNAL, thing.name, Language.PYTHON)
        if thing.sort == Sort.OBJECT:
            receiver = NOTHING
        return self._state.objects.intern(Kind.DECLARED, thing, receiver)

    def _deliver_receiver(self, node: int, receiver: int) -> bool:
        if receiver < 0:
            return False
        objects = self._state.objects
        kind = objects.kinds[receiver]
        if kind == Kind.CLASS:
            receiver = objects.intern(Kind.OPEN, receiver)
        elif kind not in _OBJECTS and kind != Kind.DECLARED:
            return False
        self._state.engine.add_one(node, receiver)
        return True

    def _deliver_container(
        self,
        thing: Thing,
        node: int,
        place: tuple[Any, ...],
        receiver: int,
        call: tuple[Instance, Op] | None,
        depth: int,
    ) -> None:
        container = self._state.objects.intern(Kind.CONTAINER, (DECLARED, place, thing), thing.name)
        for key, inner in thing.args:
            slot = self._state.slot(container, key)
            if not self._deliver(inner, slot, (*place, thing, key), receiver, call, depth + 1):
                self._state.engine.add_one(slot, self._unknown)
        self._state.engine.add_one(node, container)

    def _deliver_argument(self, thing: Thing, node: int, caller: Instance, op: Op) -> bool:
        """Let a node hold what a call gives a parameter, or an instance of it."""
        given = False
        for value in _arguments(thing, op):
            if value >= 0:
                given = True
                source = caller.node(value)
                if thing.sort == Sort.ARGUMENT:
                    self._state.engine.flow(source, node)
                else:
                    self._state.engine.watch(source, self._make, node)
        return given

    def _make(self, node: int, owner: int) -> None:
        objects = self._state.objects
        if objects.kinds[owner] == Kind.CLASS:
            self._state.engine.add_one(node, objects.intern(Kind.OPEN, owner))
        elif objects.kinds[owner] == Kind.EXTERNAL and objects.seconds[owner] == Language.PYTHON:
            self._declare_type(node, objects.firsts[owner])

    def _declare_type(self, node: int, name: str) -> bool:
        """Let a node hold an object of a type that an import names; whether that is installed."""
        return self._deliver(self._installed.typed(name), node, ("type", node, name), NOTHING)


def _shape(op: Op) -> Shape:
    is_open = op[STAR] != NOTHING or op[DOUBLE_STAR] != NOTHING
    return Shape(len(op[ARGS]), frozenset(name for name, _ in op[KEYWORDS]), is_open)


def _arguments(thing: Thing, op: Op) -> list[int]:
    """Return the values that a call gives a parameter."""
    index, kind = thing.args
    named = [value for key, value in op[KEYWORDS] if key == thing.name]
    if kind == ParamKind.STAR:
        return list(op[ARGS][index:])
    if named or kind in (ParamKind.KEYWORD, ParamKind.DOUBLE_STAR):
        return named
    return [op[ARGS][index]] if 0 <= index < len(op[ARGS]) else []
