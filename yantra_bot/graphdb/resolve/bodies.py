"""Bodies: turns the instructions of one body into flows and watchers, once for each instance of it."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from typing import Any

from yantra_bot.domain.graph import Language
from yantra_bot.graphdb.facts import BodyFlag, CallFlag
from yantra_bot.graphdb.facts import Op as Code
from yantra_bot.graphdb.resolve.bases import Bases
from yantra_bot.graphdb.resolve.calls import Calls
from yantra_bot.graphdb.resolve.containers import Containers
from yantra_bot.graphdb.resolve.holding import BY_CLASS, Holding
from yantra_bot.graphdb.resolve.hooks import Hooks
from yantra_bot.graphdb.resolve.imports import Imports
from yantra_bot.graphdb.resolve.java_reflection import class_object
from yantra_bot.graphdb.resolve.javascript_methods import SCRIPTS
from yantra_bot.graphdb.resolve.lookup import Lookup
from yantra_bot.graphdb.resolve.narrowing import Narrowing
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.operators import Operators
from yantra_bot.graphdb.resolve.program import File
from yantra_bot.graphdb.resolve.protocols import Protocols
from yantra_bot.graphdb.resolve.state import Instance, Op, Owner, State
from yantra_bot.graphdb.resolve.stores import Stores
from yantra_bot.graphdb.resolve.texts import Texts

_READ = BY_CLASS | {Kind.CONTAINER, Kind.FUNCTION, Kind.MODULE}
_WRITTEN = frozenset({Kind.INSTANCE, Kind.OPEN, Kind.CONTAINER})
"""What may have getters, and setters."""


class Bodies:
    """Opens instances and interprets their instructions."""

    def __init__(
        self,
        state: State,
        lookup: Lookup,
        calls: Calls,
        containers: Containers,
        bases: Bases,
        stores: Stores,
        imports: Imports,
        operators: Operators,
        hooks: Hooks,
        texts: Texts,
    ) -> None:
        self._state, self._lookup, self._calls = state, lookup, calls
        self._containers, self._bases, self._texts = containers, bases, texts
        self._stores, self._imports, self._operators, self._hooks = stores, imports, operators, hooks
        self.holding = Holding(state.objects)
        self._hold = self.holding.hold
        self._protocols = Protocols(state, calls, lookup.members, self._hold)
        self.declared: list[tuple[Instance, int, int]] = []
        """(instance, node that receives, node of the type)."""
        self._handlers = self._table()
        self._readers = {
            Code.ATTR: self._on_attr,
            Code.SET_ATTR: self._on_set_attr,
            Code.CALL: self._on_call,
            Code.CALL_METHOD: self._on_method,
        }
        self._opened = state.bodies
        self.narrowing: Narrowing
        """Set before anything runs."""
        self._contexts = state.contexts
        state.engine.reader = self._read
        calls.open_instance = self.open_function
        imports.modules.open_module = self.open_module

    def _table(self) -> dict[int, Callable[[Instance, Op], None]]:
        return {
            Code.OUTER: self._outer,
            Code.SET_OUTER: self._set_outer,
            Code.FREE: self._imports.free,
            Code.CONST: self._const,
            Code.FUNC: self._func,
            Code.CLASS: self._class,
            Code.IMPORT: self._import,
            Code.IMPORT_FROM: self._import_from,
            Code.IMPORT_STAR: self._import_star,
            Code.ITEM: self._containers.item,
            Code.SET_ITEM: self._containers.set_item,
            Code.NEW: self._containers.new,
            Code.SPREAD: self._containers.spread,
            Code.CALL_METHOD: self._open_method,
            Code.ITER: self._containers.iterate,
            Code.AWAIT: self._protocols.wait,
            Code.ENTER: self._protocols.enter,
            Code.SUPER: self._protocols.find_super,
            Code.INSTANCE: self._instance,
            Code.RETURN_TYPE: self._return_type,
            Code.ADD_BASE: self._bases.add,
            Code.SLICE: self._containers.slice,
            Code.UNPACK: self._containers.unpack,
            Code.UNWRAP: self._containers.unwrap,
            Code.TEXT: self._texts.make,
            Code.NARROW: self._protocols.narrow,
            Code.THROW: self._calls.exceptions.throw,
        }

    # Instances

    def open_module(self, file: File) -> Instance:
        """Return the instance of a module's body, opened the first time."""
        found = self._state.modules.get(file.path)
        if found is None:
            found = self._make(file.units[0], None, (file, 0))
            self._state.modules[file.path] = found
            self.holding.nest(self._interpret, found)
        return found

    def open_function(self, function: int, caller: Instance | None, op: Op | None) -> Instance:
        """Return the instance of a function: one for each call where calls are told apart, else one for all."""
        state = self._state
        unit, parent = state.objects.firsts[function], state.objects.seconds[function]
        context: tuple[Any, ...] = ()
        if caller is not None and op is not None:
            place = (caller.number, self._state.identity(op))
            context = place if self._contexts.tells_apart(unit, parent, caller, place) else ()
        key = (id(unit), parent.number, context)
        found = state.instances.get(key)
        if found is None:
            owner = (unit.file, unit.body.owner)
            library = unit.file.library and caller is not None
            found = self._make(unit, parent, caller.owner if library and caller else owner)
            if caller is not None:
                found.depth = caller.depth + 1 if library else 0
                found.site = self._calls.site_of(caller, op) if library and op else 0
            if not unit.file.library:
                found.depth = 1 + caller.depth if context and caller is not None else parent.depth
                self._contexts.note(unit, copied=bool(context))
            state.instances[key] = found
            state.opened.append(found)
            if parent.unit.body.flags & BodyFlag.CLASS:
                found.method_of = parent.method_of
            self._interpret(found)
        return found

    def _make(self, unit: Any, parent: Instance | None, owner: Owner) -> Instance:
        engine = self._state.engine
        number = len(self._opened) + 1
        base = engine.allocate(unit.body.values + 3, number)
        end = base + unit.body.values
        self._opened.append(Instance(number, unit, base, parent, end, end + 1, owner, throws=end + 2))
        return self._opened[-1]

    def _interpret(self, instance: Instance) -> None:
        handlers = self._handlers
        for op in instance.unit.body.ops:
            handler = handlers.get(op[0])
            if handler is not None:
                handler(instance, op)

    def _read(self, number: int, node: int, fresh: AbstractSet[int]) -> None:
        """Do what the instructions of a body do with objects that have reached one of its values."""
        instance = self._opened[number - 1]
        base, add, uses = instance.base, self._state.engine.add, instance.uses or self._state.uses(instance)
        if node in self.narrowing.hints:
            fresh = self.narrowing.believe(node, fresh)
        for op in uses.get(node - base, ()):
            code = op[0]
            if code == Code.COPY:
                if len(op) == 3:
                    add(base + op[1], fresh)
                else:
                    self.narrowing.copy_all(self._hold, instance, op, fresh)
            elif code == Code.RETURN:
                add(instance.result, fresh)
            elif code == Code.YIELD:
                add(instance.yields, fresh)
            else:
                for item in fresh:
                    self._readers[code](instance, op, item)

    # Names and values

    def _around(self, instance: Instance, body: int) -> Instance | None:
        around: Instance | None = instance
        while around is not None and around.unit.index != body:
            around = around.parent
        return around

    def _outer(self, instance: Instance, op: Op) -> None:
        around = self._around(instance, op[2])
        if around is not None:
            self._state.engine.flow_once(around.base + op[3], instance.base + op[1])

    def _set_outer(self, instance: Instance, op: Op) -> None:
        around = self._around(instance, op[1])
        if around is not None and op[3] >= 0:
            self._state.engine.flow_once(instance.base + op[3], around.base + op[2])

    def _const(self, instance: Instance, op: Op) -> None:
        if op[2] not in self._state.program.literals_for(instance.unit.file):
            return
        self._state.engine.add_one(instance.base + op[1], self._state.objects.intern(Kind.CONST, op[2]))

    def _func(self, instance: Instance, op: Op) -> None:
        unit = instance.unit.file.units[op[2]]
        function = self._state.objects.intern(Kind.FUNCTION, unit, instance)
        if op[3]:
            self._state.defaults[function] = (instance, op[3])
        self._state.engine.add_one(instance.base + op[1], function)
        if not unit.file.library and unit.body.owner not in unit.file.idle:
            self.open_function(function, None, None)

    def _class(self, instance: Instance, op: Op) -> None:
        state = self._state
        unit = instance.unit.file.units[op[2]]
        owner = state.objects.intern(Kind.CLASS, unit, instance)
        self._bases.link(instance, op, owner)
        state.engine.add_one(instance.base + op[1], owner)
        body = self._make(unit, instance, instance.owner)
        body.method_of = owner
        state.class_bodies[owner] = body
        for name in unit.body.names:
            state.writers.setdefault(name, set()).add(owner)
        self._interpret(body)
        if unit.file.facts.language == Language.PYTHON and not unit.file.library:
            self._hooks.on_class(instance, owner, op[4])
            self._hold(owner, self._hooks.after_classes, instance, owner)

    # Imports

    def _import(self, instance: Instance, op: Op) -> None:
        module = self._imports.module(instance.unit.file, op[2], op[3])
        nodes = self._imports.modules.assigned(module)
        for node in nodes:
            self._state.engine.flow(node, instance.base + op[1])
        if not nodes:
            self._state.engine.add_one(instance.base + op[1], module)

    def _import_from(self, instance: Instance, op: Op) -> None:
        file, objects = instance.unit.file, self._state.objects
        module = self._imports.module(file, op[2], op[4])
        self._hooks.take_member(instance, module, op)
        if objects.kinds[module] == Kind.MODULE and objects.firsts[module] == (file.path,):
            # A package that imports from itself has not bound the name yet: a module inside it is meant.
            inner = self._state.program.submodule((file.path,), op[3])
            if inner is not None:
                self._state.engine.add_one(instance.base + op[1], objects.intern(Kind.MODULE, inner))

    def _import_star(self, instance: Instance, op: Op) -> None:
        self._imports.module(instance.unit.file, op[1], op[2])

    # Attributes and calls

    def _on_attr(self, instance: Instance, op: Op, item: int) -> None:
        if self._state.objects.kinds[item] == Kind.CONST and instance.unit.file.facts.language == Language.PYTHON:
            return
        self._hold(item, self._read_attr, instance, op, item)

    def _read_attr(self, instance: Instance, op: Op, item: int) -> None:
        if op[3] in ("class", "new::") and instance.unit.file.facts.language == Language.JAVA:
            self._state.engine.add_one(instance.base + op[1], class_object(self._state, item, op[3]))
            return
        node = self._lookup.attribute(item, op[3])
        self._state.engine.flow_once(node, instance.base + op[1])
        if op[3] in self._state.program.property_names and self._state.objects.kinds[item] in _READ:
            self._calls.read(instance, node, op[4])

    def _on_set_attr(self, instance: Instance, op: Op, item: int) -> None:
        source = instance.node(op[3])
        if source >= 0:
            self._stores.store(item, op[2], source)
        kind = self._state.objects.kinds[item]
        if kind in _WRITTEN or (kind == Kind.CLASS and instance.unit.file.facts.language in SCRIPTS):
            site = op[4] if len(op) > 4 else 0
            if f"{op[2]}.setter" in self._state.program.setters or item in self._state.proxies:
                self._hold(item, self._containers.write_property, instance, item, op[2], source, site)
            self._hold(item, self._hooks.on_store, instance, item, op[2], source, site)

    def _on_call(self, instance: Instance, op: Op, item: int) -> None:
        self._hold(item, self._calls.on_callee, instance, op, item)

    def _open_method(self, instance: Instance, op: Op) -> None:
        if op[2] < 0 and op[-1] & CallFlag.IMPLICIT:
            self._operators.call_reflected(instance, op)

    def _on_method(self, instance: Instance, op: Op, item: int) -> None:
        kind = self._state.objects.kinds[item]
        if kind in (Kind.CONST, Kind.TEXT) and instance.unit.file.facts.language == Language.PYTHON:
            self._state.record.answer(instance.owner[0], op[-6])
            self._texts.call_method(instance, op, item)
            return
        if op[-1] & CallFlag.OWN and kind not in BY_CLASS and kind != Kind.MODULE:
            return
        protocol = op[-1] & CallFlag.IMPLICIT or instance.unit.file.library
        self._hold(item, self._operators.call if protocol else self._calls.on_receiver, instance, op, item)

    def _instance(self, instance: Instance, op: Op) -> None:
        if op[2] >= 0:
            self.narrowing.note_hint(instance, op)
            self.declared.append((instance, instance.base + op[1], instance.base + op[2]))

    def _return_type(self, instance: Instance, op: Op) -> None:
        if op[1] >= 0:
            self.declared.append((instance, instance.result, instance.base + op[1]))
