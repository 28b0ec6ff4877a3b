"""Builtins that need more than a model in source: attributes by name, partial calls, modules by name, data classes."""

from collections.abc import Callable

from yantra_bot.domain.graph import Evidence
from yantra_bot.graphdb.facts import NOTHING, BodyFlag
from yantra_bot.graphdb.facts import Op as Code
from yantra_bot.graphdb.resolve.arguments import ARGS, DOUBLE_STAR, FLAGS, KEYWORDS, SITE, STAR, make_call
from yantra_bot.graphdb.resolve.calls import Calls
from yantra_bot.graphdb.resolve.containers import Containers
from yantra_bot.graphdb.resolve.imports import Imports
from yantra_bot.graphdb.resolve.lookup import Lookup
from yantra_bot.graphdb.resolve.modules import outside_name
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.python_library import PythonLibrary
from yantra_bot.graphdb.resolve.state import Instance, Op, State
from yantra_bot.graphdb.resolve.stores import Stores
from yantra_bot.graphdb.resolve.texts import Texts

FEW_NAMES = 8
"""So many attributes flow one by one; more of them are one object, a choice."""


class Models:
    """Does what the source of a library model cannot say."""

    def __init__(
        self,
        state: State,
        lookup: Lookup,
        calls: Calls,
        containers: Containers,
        stores: Stores,
        imports: Imports,
        texts: Texts,
    ) -> None:
        self._state, self._lookup, self._calls = state, lookup, calls
        self._containers, self._stores, self._imports = containers, stores, imports
        self._texts = texts
        self._models: dict[str, Callable[[Instance, Op, Instance], None]] = {
            "builtins.getattr": self._getattr,
            "builtins.setattr": self._setattr,
            "builtins.type": self._type,
            "builtins.globals": self._globals,
            "builtins.zip": self._zip,
            "builtins.__import__": self._import_module,
            "importlib.import_module": self._import_module,
            "functools.partial": self._partial,
            "functools._Dispatcher.register": self._register,
            "functools.partialmethod": self._partial,
            **PythonLibrary(state).models,
        }
        self._named_stores: list[tuple[int, int, int]] = []
        """(object, name, value), as nodes."""
        self._chains: dict[int, frozenset[int]] = {}
        """The partial objects that a made-up call came through."""
        calls.call_partial = self.call_partial
        calls.by_kind[Kind.CHOICE] = self.call_choice
        calls.call_model = self.call_model
        calls.fill_fields = self.fill_fields

    def _make(self, caller: Instance, op: Op, what: str, kind: str) -> int:
        return self._state.objects.intern(Kind.CONTAINER, (caller.number, self._state.identity(op), what), kind)

    def call_model(self, caller: Instance, op: Op, callee: Instance) -> None:
        """A library model was called: do what its source cannot say."""
        unit = callee.unit
        if op[0] == Code.CALL_METHOD and op[3] == "__init__" and not caller.unit.file.library:
            name = (
                f"{outside_name(unit.file)}.{unit.file.names[unit.body.owner].removeprefix(unit.file.module_name)[1:]}"
            )
            self._state.record.call(caller.owner, op[SITE], name, Evidence.BINDING)
        model = self._models.get(unit.file.names[unit.body.owner])
        if model is not None:
            model(caller, op, callee)

    def _getattr(self, caller: Instance, op: Op, _callee: Instance) -> None:
        args = [caller.node(value) for value in op[ARGS]]
        if len(args) >= 2 and min(args[:2]) >= 0 and op[1] >= 0:
            self._state.engine.watch(args[1], self._on_attribute_name, args[0], caller, op)

    def _on_attribute_name(self, node: int, caller: Instance, op: Op, name: int) -> None:
        objects = self._state.objects
        if objects.kinds[name] == Kind.CONST and isinstance(objects.firsts[name], str):
            self._state.engine.watch(node, self._read_attribute, objects.firsts[name], caller, op)
        elif objects.kinds[name] == Kind.TEXT:
            self._state.engine.watch(node, self._read_attributes, name, caller, op)

    def _read_attributes(self, pattern: int, caller: Instance, op: Op, item: int) -> None:
        names = self._texts.names(item, pattern)
        if len(names) > FEW_NAMES:
            self._state.engine.add_one(caller.node(op[1]), self._state.objects.intern(Kind.CHOICE, item, pattern))
            return
        for name in names:
            self._read_attribute(name, caller, op, item)

    def call_choice(self, caller: Instance, op: Op, choice: int) -> None:
        """Call any of the attributes of an object whose names fit, as a visitor does."""
        item, pattern = self._state.objects.firsts[choice], self._state.objects.seconds[choice]
        file, symbol = caller.owner
        self._state.record.files[file].chosen.add((symbol, self._calls.site_of(caller, op)))
        for name in self._texts.names(item, pattern):
            self._state.engine.watch(self._lookup.attribute(item, name), self._calls.on_callee, caller, op)

    def _read_attribute(self, name: str, caller: Instance, op: Op, item: int) -> None:
        node = self._lookup.attribute(item, name)
        self._state.engine.flow(node, caller.node(op[1]))
        self._calls.read(caller, node, op[SITE])

    def _setattr(self, caller: Instance, op: Op, _callee: Instance) -> None:
        args = [caller.node(value) for value in op[ARGS]]
        if len(args) == 3 and min(args) >= 0:
            self._named_stores.append((args[0], args[1], args[2]))

    def store_attributes(self) -> bool:
        """Do what `setattr` does with few names; one that sets anything says nothing of any attribute."""
        objects, engine = self._state.objects, self._state.engine
        waiting, self._named_stores = self._named_stores, []
        for node, name, source in waiting:
            names = [objects.firsts[one] for one in engine.objects(name) if objects.kinds[one] == Kind.CONST]
            for one in names if len(names) <= FEW_NAMES else ():
                engine.watch(node, self._store_attribute, str(one), source)
        return bool(waiting)

    def _store_attribute(self, name: str, source: int, item: int) -> None:
        self._stores.store(item, name, source)

    def _type(self, caller: Instance, op: Op, _callee: Instance) -> None:
        args, target = [caller.node(value) for value in op[ARGS]], caller.node(op[1])
        if target >= 0 and len(args) == 1 and args[0] >= 0:
            self._state.engine.watch(args[0], self._give_class, target)
        elif target >= 0 and len(args) == 3 and args[1] >= 0:
            # A class that is made so adds what nobody reads here: its bases stand for it.
            self._state.engine.watch(args[1], self._on_column, caller, target, op[SITE])

    def _globals(self, caller: Instance, op: Op, _callee: Instance) -> None:
        if op[1] >= 0:
            module = self._state.objects.intern(Kind.MODULE, (caller.owner[0].path,))
            self._state.engine.add_one(caller.node(op[1]), module)

    def _give_class(self, target: int, item: int) -> None:
        owner = self._lookup.members.class_of(item)
        if owner is not None and owner != item:
            self._state.engine.add_one(target, owner)

    def _zip(self, caller: Instance, op: Op, _callee: Instance) -> None:
        if op[1] < 0:
            return
        rows, row = self._make(caller, op, "rows", "list"), self._make(caller, op, "row", "tuple")
        self._state.engine.add_one(self._state.slot(rows, None), row)
        self._state.engine.add_one(caller.node(op[1]), rows)
        for index, value in enumerate(op[ARGS]):
            if value >= 0:
                column = self._state.slot(row, index)
                self._state.engine.watch(caller.node(value), self._on_column, caller, column, op[SITE])

    def _on_column(self, caller: Instance, column: int, site: int, item: int) -> None:
        self._containers.each(caller, item, column, site)

    def _import_module(self, caller: Instance, op: Op, _callee: Instance) -> None:
        if op[ARGS] and op[ARGS][0] >= 0 and op[1] >= 0:
            self._state.engine.watch(caller.node(op[ARGS][0]), self._on_module_name, caller, caller.node(op[1]))

    def _on_module_name(self, caller: Instance, target: int, name: int) -> None:
        objects = self._state.objects
        literal = objects.firsts[name]
        if objects.kinds[name] == Kind.CONST and isinstance(literal, str) and not caller.unit.file.library:
            self._state.engine.add_one(target, self._imports.module(caller.unit.file, literal, 0))

    def _partial(self, caller: Instance, op: Op, _callee: Instance) -> None:
        if op[ARGS] and op[1] >= 0:
            made = self._state.objects.intern(Kind.PARTIAL, (caller.number, self._state.identity(op)))
            self._state.partials[made] = (caller, op)
            self._state.engine.add_one(caller.node(op[1]), made)

    def _register(self, caller: Instance, op: Op, callee: Instance) -> None:
        """`register(f)` takes f for one more implementation; `register(int)` gives what takes one."""
        if op[ARGS] and op[ARGS][0] >= 0:
            self._state.engine.watch(caller.node(op[ARGS][0]), self._on_registered, callee.base, caller.node(op[1]))

    def _on_registered(self, receiver: int, target: int, item: int) -> None:
        is_kind = self._state.objects.kinds[item] not in (Kind.FUNCTION, Kind.BOUND) or self._is_of_library(item)
        self._state.engine.watch(receiver, self._take_implementation, item, target, is_kind)

    def _is_of_library(self, item: int) -> bool:
        unit = self._state.unit_of(item)
        return unit is not None and unit.file.library

    def _take_implementation(self, item: int, target: int, is_kind: bool, dispatcher: int) -> None:
        if not is_kind:
            self._stores.store(dispatcher, "_function", self._state.constant(item))
        if target >= 0:
            given = self._lookup.attribute(dispatcher, "_keep") if is_kind else self._state.constant(item)
            self._state.engine.flow(given, target)

    def call_partial(self, caller: Instance, op: Op, partial: int) -> None:
        """Call what a partial object holds, with its own arguments before those of the call; never through itself."""
        chain = self._chains.get(self._state.identity(op), frozenset())
        if partial in chain:
            return
        maker, made = self._state.partials[partial]
        args = (*map(maker.node, made[ARGS][1:]), *map(caller.node, op[ARGS]))
        named = {**{key: maker.node(value) for key, value in made[KEYWORDS]}}
        named |= {key: caller.node(value) for key, value in op[KEYWORDS]}
        star = caller.node(op[STAR]) if op[STAR] >= 0 else maker.node(made[STAR])
        double = caller.node(op[DOUBLE_STAR]) if op[DOUBLE_STAR] >= 0 else maker.node(made[DOUBLE_STAR])
        call = (op[0], caller.node(op[1]), NOTHING, op[SITE], args, tuple(named.items()), star, double, op[FLAGS])
        function = made[ARGS][0]
        self._chains[self._state.identity(call)] = chain | {partial}
        if function >= 0:
            frame = self._state.absolute(caller)
            self._state.engine.watch(maker.node(function), self._calls.on_callee, frame, call)

    def fill_fields(self, caller: Instance, op: Op, owner: int, instance: int) -> None:
        """A data class is constructed: its fields hold the arguments, in the order in which they are declared."""
        makers: dict[str, int] = {}
        for above in reversed(self._lookup.members.order(owner)):
            body = self._state.class_bodies.get(above)
            if body is not None and body.unit.body.flags & BodyFlag.DATACLASS:
                makers |= _fields_of(body)
        given = dict([*zip(makers, op[ARGS], strict=False), *op[KEYWORDS]])
        for name, value in given.items():
            if value >= 0:
                self._stores.store(instance, name, caller.node(value))
        for place, name in enumerate(makers):
            if given.get(name, NOTHING) >= 0:
                # A named tuple has them by their places, too.
                self._state.engine.flow(caller.node(given[name]), self._state.slot(instance, place))
        for name in makers.keys() - given.keys():
            if makers[name] >= 0:
                made = self._state.engine.allocate(1)
                call = make_call(op[SITE], (), dst=made)
                self._state.engine.watch(makers[name], self._calls.on_callee, self._state.absolute(caller), call)
                self._stores.store(instance, name, made)


def _fields_of(body: Instance) -> dict[str, int]:
    """Return the fields that a data class declares, with the node of what makes each one's default."""
    ops = body.unit.body.ops
    functions = {step[1] for step in ops if step[0] in (Code.FUNC, Code.CLASS)}
    copies = {step[1]: step[2] for step in ops if step[0] == Code.COPY}
    makers = {step[1]: dict(step[KEYWORDS]) for step in ops if step[0] == Code.CALL and step[1] >= 0}
    fields = {}
    for name, value in body.unit.body.names.items():
        source = copies.get(value, value)
        if value not in functions and source not in functions:
            named: dict[str, int] = makers.get(source, {})
            fields[name] = body.node(named.get("default_factory", named.get("factory", NOTHING)))
    return fields
