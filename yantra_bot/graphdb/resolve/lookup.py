"""Attributes: what `object.name` can be, for every kind of object, now and when more becomes known.

Each pair of object and name has one node, which holds the attribute already bound to its receiver.
"""

from collections.abc import Callable

from yantra_bot.domain.graph import Language
from yantra_bot.graphdb.facts import BodyFlag
from yantra_bot.graphdb.languages import Paths
from yantra_bot.graphdb.resolve.functions import Functions, stand_in, takes_this
from yantra_bot.graphdb.resolve.hierarchy import Hierarchy
from yantra_bot.graphdb.resolve.inside import Inside
from yantra_bot.graphdb.resolve.javascript_methods import SCRIPTS
from yantra_bot.graphdb.resolve.library import LIBRARY
from yantra_bot.graphdb.resolve.members import Members
from yantra_bot.graphdb.resolve.modules import Modules, outside_name
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.state import State

_STORES = frozenset({Kind.CLASS, Kind.INSTANCE, Kind.OPEN})
_CLASS_KINDS = frozenset({Kind.CLASS, Kind.INSTANCE, Kind.OPEN, Kind.SUPER})


class Lookup:
    """Finds attributes."""

    def __init__(self, state: State, hierarchy: Hierarchy, modules: Modules) -> None:
        self._state = state
        self._hierarchy = hierarchy
        self._modules = modules
        self.members, self.inside = Members(state, hierarchy), Inside(state, hierarchy, self.attribute)
        self.functions = Functions(state, modules.outside, self.attribute, self._bind_slot, self._bind_stored)
        self._nodes: dict[tuple[int, str], int] = {}
        self._asked: dict[str, dict[int, list[int]]] = {}
        """Objects whose attribute was asked for, by its name and their class."""
        self._names: dict[int, list[str]] = {}
        """The names that were asked for, by class."""
        self._linked: set[tuple[int, int]] = set()
        self.on_getter: Callable[[int, int, int], None]
        """Called with (getter, receiver, node) where reading an attribute calls a function; set by Calls."""
        self.on_object_member: Callable[[int, int, int], bool]
        """Called with (member, receiver, node) for an object in a class; true when it gives the value itself."""
        self.on_missing: Callable[[int, str, int], None]
        """Called with (object, name, node) where no class or module has the attribute. Both set by Hooks."""
        hierarchy.on_change = self._relink
        state.on_new_slot = self._on_new_slot

    def attribute(self, item: int, name: str) -> int:
        """Return the node of an attribute of an object."""
        node = self._nodes.get((item, name))
        if node is None:
            node = self._nodes[item, name] = self._state.engine.allocate(1)
            if self._state.objects.kinds[item] == Kind.OPEN:
                self._state.engine.unlimited.add(node)  # as many as there are classes that override it
            self._fill(item, name, node)
        return node

    def _fill(self, item: int, name: str, node: int) -> None:
        objects = self._state.objects
        kind, first = objects.kinds[item], objects.firsts[item]
        if kind == Kind.MODULE:
            self._fill_module(item, first, name, node)
        elif kind in _CLASS_KINDS:
            self._fill_class(item, name, node)
        elif kind in (Kind.EXTERNAL, Kind.DECLARED):
            self.functions.fill_outside(item, name, node)
        elif kind in (Kind.CONTAINER, Kind.BAG, Kind.GENERATOR, Kind.CONST):
            self.functions.fill_container(item, name, node)
        elif kind == Kind.NATIVE:
            self.functions.fill_native(item, name, node)
        elif kind in (Kind.FUNCTION, Kind.BOUND, Kind.PARTIAL):
            self.functions.fill_function(item, name, node)
        elif kind == Kind.PROTOTYPE:
            self.functions.fill_prototype(item, name, node)
        elif kind == Kind.OUTSIDE:
            self._state.engine.add_one(node, item)

    # Modules

    def _fill_module(self, item: int, paths: Paths, name: str, node: int) -> None:
        sources = self._modules.members(paths, name)
        for source in sources:
            self._state.engine.flow(source, node)
        self._state.on_slot(item, name, self._flow_slot, node)
        if not sources:
            self._fill_missing_member(item, paths, name, node)

    def _fill_missing_member(self, item: int, paths: Paths, name: str, node: int) -> None:
        program = self._state.program
        self.on_missing(item, name, node)
        if paths[0].startswith(LIBRARY):
            file, engine = program.files[paths[0]], self._state.engine
            engine.add_one(node, self._modules.outside(file.facts.language, f"{outside_name(file)}.{name}"))
        for cell_file, value in program.cells(paths, "default"):
            if cell_file.facts.language in SCRIPTS and name != "default":
                self._state.engine.watch(self._modules.cell(cell_file, value), self._read_default, item, name, node)

    def _read_default(self, _module: int, name: str, node: int, value: int) -> None:
        self._state.engine.flow(self.attribute(value, name), node)

    def _flow_slot(self, node: int, slot: int) -> None:
        self._state.engine.flow(slot, node)

    # Classes and their instances

    def _fill_class(self, item: int, name: str, node: int) -> None:
        objects = self._state.objects
        owner: int | None = objects.firsts[item]
        if objects.kinds[item] == Kind.CLASS:
            owner = item
        elif objects.kinds[item] == Kind.SUPER:
            owner = self.members.class_of(objects.seconds[item])
        if owner == item and name == "prototype" and objects.firsts[owner].file.facts.language in SCRIPTS:
            self._state.engine.add_one(node, objects.intern(Kind.PROTOTYPE, owner))
        elif owner is not None:
            self._asked.setdefault(name, {}).setdefault(owner, []).append(item)
            self._names.setdefault(owner, []).append(name)
            self._link_class(item, name, node)

    def _relink(self, changed: int) -> None:
        """A class has other bases than before: find its attributes once more."""
        for name in tuple(self._names.get(changed, ())):
            for item in self._asked[name][changed]:
                self._link_class(item, name, self._nodes[item, name])

    def _on_new_slot(self, owner: int, name: str) -> None:
        """Something is stored in an object or a class that had no such attribute: whoever asked for it has it now."""
        objects = self._state.objects
        kind = objects.kinds[owner]
        if kind not in _STORES:
            return
        asked = self._asked.get(name)
        if asked is None:
            return
        start: int = owner if kind == Kind.CLASS else objects.firsts[owner]
        upward = self._hierarchy.order(start)
        touched = [item for one in upward for item in asked.get(one, ()) if objects.kinds[item] == Kind.OPEN]
        if kind == Kind.INSTANCE:
            touched += asked.get(start, ())
        else:
            touched += asked.get(start, ())
            touched += [item for one in self._hierarchy.takers_among(start, asked) for item in asked[one]]
        for item in touched:
            self._link_class(item, name, self._nodes[item, name])

    def _link_class(self, item: int, name: str, node: int) -> None:
        objects = self._state.objects
        kind, start = objects.kinds[item], objects.firsts[item]
        if kind == Kind.INSTANCE:
            self._link_slots(item, name, node, start)
            self._link_chain(self._hierarchy.order(start), item, name, node)
        elif kind == Kind.OPEN:
            self._link_open(item, name, node, start)
        elif kind == Kind.CLASS:
            self._link_chain(self._hierarchy.order(item), item, name, node)
        else:
            self._link_super(item, name, node)

    def _link_super(self, item: int, name: str, node: int) -> None:
        objects = self._state.objects
        start, receiver = objects.firsts[item], objects.seconds[item]
        owner = self.members.class_of(receiver)
        if owner is None:
            return
        order = self._hierarchy.order(owner)
        after = order[order.index(start) + 1 :] if start in order else self._hierarchy.order(start)[1:]
        unit = self._state.unit_of(start)
        asks_outside = unit is not None and unit.file.facts.language in (*SCRIPTS, Language.PYTHON)
        self._link_chain(after, receiver, name, node, above=(start, *after) if asks_outside else ())

    def _link_slots(self, item: int, name: str, node: int, owner: int) -> None:
        objects, slots = self._state.objects, self._state.slots
        stored = [item, *(objects.intern(Kind.OPEN, above) for above in self._hierarchy.order(owner))]
        for one in stored:
            if (one, name) in slots:
                self._bind_slot(item, node, slots[one, name])
        if objects.kinds[owner] == Kind.FUNCTION and (item, node) not in self._linked:
            self._linked.add((item, node))
            prototype = objects.intern(Kind.PROTOTYPE, owner)
            inherited = self.attribute(prototype, name)
            self._state.engine.watch(inherited, self._bind_stored, item, node)

    def _link_open(self, item: int, name: str, node: int, start: int) -> None:
        objects = self._state.objects
        order, below = self._hierarchy.order(start), self._hierarchy.below(start)
        for one in self._state.holders.get(name, ()):
            kind, owner = objects.kinds[one], objects.firsts[one]
            if owner in order if kind == Kind.OPEN else kind == Kind.INSTANCE and (owner == start or owner in below):
                self._state.engine.flow(self._state.slots[one, name], node)
        own = [one for one in self.members.owners_among(below, name) if not self.members.only_declares(one, name)]
        first = next((one for one in order if self.members.owns(one, name)), None)
        if first is None or not (own and self.members.only_declares(first, name)):
            self._link_chain(order, item, name, node)
        for one in own:
            self._link_chain((one,), objects.intern(Kind.OPEN, one), name, node)

    def _link_chain(
        self, order: tuple[int, ...], receiver: int, name: str, node: int, *, above: tuple[int, ...] = ()
    ) -> None:
        """Link the first class of an order that has the name; what is stored into a class later is linked as well.

        Where none has it, bases outside are asked: those of the order, or of the classes `above`.
        """
        state = self._state
        for owner in order:
            body = state.class_bodies.get(owner)
            value = body.unit.body.names.get(name) if body is not None else None
            if body is not None and value is not None and self._is_embedded(owner, receiver):
                field = body.unit.file.facts.symbols[body.unit.body.owner].name
                state.engine.watch(self.attribute(receiver, field), self._read_default, -1, name, node)
            elif body is not None and value is not None:
                self._link_member(body.base + value, receiver, node)
            stored = state.slots.get((owner, name))
            if stored is not None:
                self._link_member(stored, receiver, node)
            if value is not None or stored is not None:
                return
        self.on_missing(receiver, name, node)
        if not (self.members.assigns(order, name) or self.functions.inherit(above or order, receiver, name, node)):
            self._link_outside(above or order, receiver, name, node)

    def _is_embedded(self, owner: int, receiver: int) -> bool:
        """Say whether a struct has a method from an interface it embeds: that of what the field of its name holds."""
        state, own = self._state, self.members.class_of(receiver)
        structural = bool(state.flags_of(owner) & BodyFlag.STRUCTURAL)
        return structural and own is not None and not state.flags_of(own) & BodyFlag.INTERFACE

    def _link_outside(self, order: tuple[int, ...], receiver: int, name: str, node: int) -> None:
        objects = self._state.objects
        for owner in order:
            whole = self.members.of_model(owner, name)
            if whole:
                # What a class with no public name has is any value.
                made = (
                    (Kind.OUTSIDE, "") if "._" in whole.rpartition(".")[0] else (Kind.EXTERNAL, whole, Language.PYTHON)
                )
                self._state.engine.add_one(node, objects.intern(*made))
                return
            for base in self.members.outside_with(owner, name):
                is_builtin = objects.seconds[base] == Language.PYTHON and objects.firsts[base].startswith("<builtin>.")
                if self.inside.link(base, receiver, name, node) or is_builtin:
                    continue  # methods of builtin types are named nowhere
                if name == "constructor":
                    self._state.engine.add_one(node, base)
                else:
                    self._state.engine.flow(self.attribute(stand_in(self._state, base), name), node)

    def _link_member(self, source: int, receiver: int, node: int) -> None:
        key = (source << 32 | node, receiver)
        if key not in self._linked:
            self._linked.add(key)
            self._state.engine.watch(source, self._bind_member, receiver, node)

    def _bind_member(self, receiver: int, node: int, member: int) -> None:
        """Put a member that was found in a class into an attribute's node, bound as its kind asks."""
        state, objects = self._state, self._state.objects
        kind = objects.kinds[member]
        if kind != Kind.FUNCTION:
            if not (kind in (Kind.INSTANCE, Kind.OPEN) and self.on_object_member(member, receiver, node)):
                state.engine.add_one(node, member)
            return
        flags = objects.firsts[member].body.flags
        is_class = objects.kinds[receiver] == Kind.CLASS
        if flags & BodyFlag.STATIC:
            state.engine.add_one(node, member)
        elif flags & BodyFlag.PROPERTY and (not is_class or flags & BodyFlag.CLASS_METHOD):
            self.on_getter(member, receiver, node)
        elif flags & BodyFlag.CLASS_METHOD:
            owner = self.members.class_of(receiver)
            state.engine.add_one(node, objects.intern(Kind.BOUND, member, receiver if owner is None else owner))
        elif is_class or flags & BodyFlag.ARROW:
            state.engine.add_one(node, member)
        else:
            state.engine.add_one(node, objects.intern(Kind.BOUND, member, receiver))

    def bound_slots(self) -> list[tuple[int, int]]:
        """Return which nodes of attributes are filled from which others."""
        return [(link >> 32, link & 0xFFFFFFFF) for link, _ in self._linked if link >> 32]

    def _bind_slot(self, receiver: int, node: int, slot: int) -> None:
        key = (slot << 32 | node, receiver)
        if key not in self._linked:
            self._linked.add(key)
            self._state.engine.watch(slot, self._bind_stored, receiver, node)

    def _bind_stored(self, receiver: int, node: int, member: int) -> None:
        """Bind a function that is stored in an object only where the language takes `this` from the call."""
        objects = self._state.objects
        if objects.kinds[member] == Kind.BOUND and takes_this(self._state, objects.firsts[member]):
            member = objects.firsts[member]
        if objects.kinds[member] == Kind.FUNCTION and self._state.is_getter(member):
            self.on_getter(member, receiver, node)
            return
        if objects.kinds[member] == Kind.FUNCTION and takes_this(self._state, member):
            member = objects.intern(Kind.BOUND, member, receiver)
        self._state.engine.add_one(node, member)
