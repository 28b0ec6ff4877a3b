"""Calls: which callee a value is, where arguments go, what comes back, and which edge that makes."""

from collections.abc import Callable
from typing import Any

from yantra_bot.domain.graph import Evidence, Language, NodeKind
from yantra_bot.graphdb.facts import NOTHING, BodyFlag, CallFlag
from yantra_bot.graphdb.resolve.arguments import ARGS, FLAGS, KEYWORDS, SITE, Arguments, is_unbound
from yantra_bot.graphdb.resolve.exceptions import Exceptions
from yantra_bot.graphdb.resolve.java_references import constants_of, give_constants, is_constructor, refer
from yantra_bot.graphdb.resolve.javascript_methods import SCRIPTS
from yantra_bot.graphdb.resolve.lookup import Lookup
from yantra_bot.graphdb.resolve.modules import outside_name
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.program import Unit, is_mixin
from yantra_bot.graphdb.resolve.record import Target
from yantra_bot.graphdb.resolve.results import Results
from yantra_bot.graphdb.resolve.state import Instance, Op, State

MAX_MODEL_DEPTH = 6


class Calls:
    """Makes calls of every kind of callee, and notes them."""

    def __init__(self, state: State, lookup: Lookup) -> None:
        self._state = state
        self._lookup = lookup
        self.arguments = self._arguments = Arguments(state)
        self.results = Results(state, self._arguments)
        self.exceptions = Exceptions(state)
        self._bound: set[tuple[int, int]] = set()
        self._silent: dict[int, tuple[Op, Op]] = {}
        self._getters: dict[int, set[int]] = {}
        self._readers: dict[int, list[tuple[Instance, int]]] = {}
        # Set by those who do it, since they call back.
        self.open_instance: Callable[[int, Instance | None, Op | None], Instance]
        self.on_receiver: Callable[[Instance, Op, int], None]
        """A CALL_METHOD's receiver is known: look the method up and call what it can be."""
        self.make_object: Callable[[int, Any], int]
        self.call_native: Callable[[Instance, Op, str, int], None]
        self.call_bag: Callable[[Instance, Op, int], None]
        self.call_outside: Callable[[Instance, Op, str], None]
        self.call_partial: Callable[[Instance, Op, int], None]
        self.call_model: Callable[[Instance, Op, Instance], None]
        self.on_construct: Callable[[Instance, Op, int], None]
        self.fill_fields: Callable[[Instance, Op, int, int], None]
        self.by_kind: dict[Kind, Callable[[Instance, Op, int], None]] = {
            Kind.FUNCTION: self._call_plain,
            Kind.BOUND: self._call_bound,
            Kind.CLASS: self._construct,
            Kind.INSTANCE: self._call_object,
            Kind.OPEN: self._call_object,
            Kind.EXTERNAL: self._call_outside,
            Kind.PARTIAL: self._call_partial,
            Kind.NATIVE: self._call_method,
            Kind.MODULE: self._call_module,
            Kind.BAG: self._call_bag,
        }
        self._told, self._constructor = self.on_callee, self.on_constructor
        """Bound once for all watchers: a new one each time costs memory."""
        lookup.on_getter = self.call_getter

    # Finding the callee

    def call_attribute(self, caller: Instance, op: Op, receiver: int, name: str) -> None:
        """Call an attribute of an object."""
        if "/" in name:
            overload = self._lookup.members.overload(receiver, name)
            is_class = self._state.objects.kinds[receiver] == Kind.CLASS
            if is_class and is_constructor(self._lookup.members, receiver, overload):
                constants = constants_of(self._lookup, receiver, name)
                if constants is not None:
                    self._state.engine.watch(constants, give_constants, self._state, caller, op)
                else:
                    # A class stands where an object is called: a reference to its constructor.
                    self._construct(caller, op, receiver)
                return
            name = overload or name.partition("(")[0]
        node = self._lookup.attribute(receiver, name)
        if name in self._state.program.property_names:
            self.read(caller, node, op[SITE])
        self._state.engine.watch(node, self._told, caller, op)

    def on_callee(self, caller: Instance, op: Op, callee: int) -> None:
        """A callee is known: call it."""
        kind = self._state.objects.kinds[callee]
        if op[FLAGS] & CallFlag.IF_CLASS and kind not in (Kind.CLASS, Kind.EXTERNAL):
            self._pass_through(caller, op, callee)
            return
        call = self.by_kind.get(kind)
        if call is not None:
            call(caller, op, callee)

    def _call_plain(self, caller: Instance, op: Op, function: int) -> None:
        unit: Unit = self._state.objects.firsts[function]
        if is_unbound(unit) and op[ARGS] and op[ARGS][0] >= 0:
            self._call_unbound(caller, op, unit)
        else:
            self._call_function(caller, op, function, NOTHING)

    def _call_unbound(self, caller: Instance, op: Op, unit: Unit) -> None:
        """A method of Java without an object (`Class::method`): the first argument is the object."""
        signature = self._state.signature(unit)
        count = "*" if signature.star >= 0 else len(signature.positional)
        name = f"{unit.file.facts.symbols[unit.body.owner].name}/{count}"
        rest = (*op[:ARGS], op[ARGS][1:], *op[KEYWORDS:])
        self._state.engine.watch(caller.node(op[ARGS][0]), self._on_object, caller, rest, name)

    def _on_object(self, caller: Instance, op: Op, name: str, item: int) -> None:
        if self._state.objects.kinds[item] in (Kind.INSTANCE, Kind.OPEN):
            self.call_attribute(caller, op, item, name)

    def _call_bound(self, caller: Instance, op: Op, bound: int) -> None:
        objects = self._state.objects
        function = objects.firsts[bound]
        if objects.kinds[function] == Kind.FUNCTION:
            self._call_function(caller, op, function, objects.seconds[bound])
        else:
            self.on_callee(caller, op, function)

    def _call_object(self, caller: Instance, op: Op, item: int) -> None:
        self.call_attribute(caller, op, item, "__call__")

    def _call_partial(self, caller: Instance, op: Op, partial: int) -> None:
        self.call_partial(caller, op, partial)

    def _call_bag(self, caller: Instance, op: Op, bag: int) -> None:
        self.call_bag(caller, op, bag)

    def _call_module(self, caller: Instance, op: Op, module: int) -> None:
        self.call_attribute(caller, op, module, "default")

    def _call_method(self, caller: Instance, op: Op, method: int) -> None:
        objects = self._state.objects
        self._state.record.answer(caller.owner[0], self.site_of(caller, op))
        self.call_native(caller, op, objects.firsts[method], objects.seconds[method])

    def _pass_through(self, caller: Instance, op: Op, value: int) -> None:
        if op[1] >= 0:
            self._state.engine.add_one(caller.node(op[1]), value)

    # Calling

    def _call_function(self, caller: Instance, op: Op, function: int, receiver: int) -> None:
        state = self._state
        unit: Unit = state.objects.firsts[function]
        if unit.file.library and caller.depth >= MAX_MODEL_DEPTH:
            return
        if caller.unit is unit and is_mixin(unit):
            # To follow what it copies deeply would mix everything with everything.
            self.note(caller, op[SITE], function, Evidence.FLOW)
            return
        if op[FLAGS] & CallFlag.NEW and (receiver < 0 or unit.file.facts.language in SCRIPTS):
            receiver = state.objects.intern(Kind.INSTANCE, function)
            self._pass_through(caller, op, receiver)
        callee = self.open_instance(function, caller, op)
        self.note(caller, op[SITE], function, self._evidence(receiver, caller), receiver=receiver)
        if receiver >= 0 and not self._arguments.is_given_target(op, unit):
            self._arguments.bind_receiver(callee, receiver)
        key = (callee.number << 32 | caller.number, self._state.identity(op))
        if key not in self._bound:
            self._bound.add(key)
            callee.called = True
            self.exceptions.pass_up(caller, op, callee)
            self._arguments.bind(caller, op, callee, function, shift=self._arguments.shift(callee, receiver))
        self.results.give(caller, op, callee, receiver)
        if unit.file.library:
            self.call_model(caller, op, callee)

    def _evidence(self, receiver: int, caller: Instance) -> Evidence:
        if caller.unit.file.library:
            return Evidence.LIBRARY
        if receiver >= 0 and self._state.objects.kinds[receiver] == Kind.OPEN:
            return Evidence.TYPE
        return Evidence.FLOW

    # Classes

    def _construct(self, caller: Instance, op: Op, owner: int) -> None:
        state = self._state
        # What one thread or future holds is not another's.
        unit: Unit = state.objects.firsts[owner]
        place = state.contexts.place_of(owner, unit, (caller.number, state.identity(op)))
        instance = self.make_object(owner, place)
        self._pass_through(caller, op, instance)
        names = self._constructors(instance, op)
        for name in names:
            node = self._lookup.attribute(instance, name)
            if state.engine.holds(node) or name == names[0]:
                self.note(caller, op[SITE], owner, self._evidence(NOTHING, caller))
            state.engine.watch(node, self._constructor, caller, self._silence(op))
        if state.flags_of(owner) & BodyFlag.DATACLASS:
            self.fill_fields(caller, op, owner, instance)
            self.on_construct(caller, op, instance)

    def _silence(self, op: Op) -> Op:
        """Return the same call with its result left out: what a constructor returns is not the object."""
        known = self._silent.get(self._state.identity(op))
        if known is None:
            silent = (*op[:1], NOTHING, *op[2:FLAGS], op[FLAGS] & ~(CallFlag.IF_CLASS | CallFlag.NEW))
            known = self._silent[self._state.identity(op)] = (op, silent)
        return known[1]

    def _constructors(self, instance: int, op: Op) -> tuple[str, ...]:
        """Return the names of constructors. In Java a keyword of the call names the one that its types choose."""
        language = self._state.objects.firsts[self._state.objects.firsts[instance]].file.facts.language
        if language == Language.PYTHON:
            return ("__init__", "__new__")
        if language != Language.JAVA:
            return ("constructor",)
        plain = f"<init>/{len(op[ARGS])}"
        wanted = op[KEYWORDS][0][0] if op[KEYWORDS] else plain
        return (self._lookup.members.overload(instance, wanted) or plain,)

    def on_constructor(self, caller: Instance, op: Op, callee: int) -> None:
        """A constructor is known: functions are, and a container's; an external base's needs no edge of its own."""
        kind, first = self._state.objects.kinds[callee], self._state.objects.firsts[callee]
        if kind in (Kind.BOUND, Kind.FUNCTION) or (kind == Kind.NATIVE and first == "__init__"):
            self.on_callee(caller, op, callee)

    # Outside

    def _call_outside(self, caller: Instance, op: Op, callee: int) -> None:
        objects = self._state.objects
        name, language = objects.firsts[callee], objects.seconds[callee]
        if name.endswith("::"):
            name, op = refer(name, op)
        is_literal = op[FLAGS] & (CallFlag.NEW | CallFlag.IMPLICIT) == CallFlag.NEW | CallFlag.IMPLICIT
        is_protocol = bool(op[FLAGS] & CallFlag.IMPLICIT) and ".__" in name and language == Language.PYTHON
        if not caller.unit.file.library and not is_literal and not is_protocol:
            self._state.record.call(caller.owner, self.site_of(caller, op), name, Evidence.BINDING)
        if language != Language.PYTHON:
            self.call_outside(caller, op, name)

    # Recording

    def site_of(self, caller: Instance, op: Op) -> int:
        """Return where a call stands, for a call in a library model the call of the model."""
        return caller.site if caller.unit.file.library else op[SITE]

    def note(self, caller: Instance, site: int, callee: int, evidence: Evidence, *, receiver: int = NOTHING) -> None:
        """Record that the code of an instance calls a function or class."""
        unit = self._state.unit_of(callee)
        if unit is None:
            return
        if caller.unit.file.library:
            if unit.file.library:
                return
            site = caller.site
        target = self._outside_target(unit, receiver) if unit.file.library else (unit.file, unit.body.owner)
        if target is None:
            self._state.record.answer(caller.owner[0], site)
        else:
            self._state.record.call(caller.owner, site, target, evidence)

    def _outside_target(self, unit: Unit, receiver: int) -> Target | None:
        """Return the public name that a function of a library model stands for; None for what is the model's own."""
        file, symbols = unit.file, unit.file.facts.symbols
        parts = file.names[unit.body.owner].removeprefix(f"{file.module_name}.").split(".")
        parent = symbols[unit.body.owner].parent
        if any(part.startswith("_") for part in parts) or symbols[parent].kind not in (NodeKind.MODULE, NodeKind.CLASS):
            return None
        owner = self._state.unit_of(self._lookup.members.class_of(receiver) or NOTHING) if receiver >= 0 else None
        if owner is not None and owner.file is file and len(parts) > 1:
            parts = [file.names[owner.body.owner].rpartition(".")[2], parts[-1]]
        return f"{outside_name(file)}.{'.'.join(parts)}"

    def call_getter(self, getter: int, receiver: int, node: int, given: tuple[int, ...] = ()) -> None:
        """A property is read: its getter runs, once for all readers; who reads it is noted at each place.

        `given` are the objects that its parameters behind the receiver hold.
        """
        callee = self.open_instance(getter, None, None)
        callee.called = True
        self._arguments.bind_receiver(callee, receiver)
        self._state.engine.flow(callee.result, node)
        signature = self._state.signature(callee.unit)
        if signature.returned:
            self._state.engine.add_one(node, receiver)
        for item, parameter in zip(given, signature.positional[1:], strict=False):
            self._state.engine.add_one(callee.base + parameter, item)
        self.note_getter(node, getter)

    def note_getter(self, node: int, getter: int) -> None:
        """Note that reading what a node holds calls a function, at all places where it is read."""
        self._getters.setdefault(node, set()).add(getter)
        for caller, site in self._readers.get(node, ()):
            self.note(caller, site, getter, Evidence.FLOW)

    def read(self, caller: Instance, node: int, site: int) -> None:
        """An attribute is read at a place: note the getters that this calls."""
        self._readers.setdefault(node, []).append((caller, site))
        for getter in self._getters.get(node, ()):
            self.note(caller, site, getter, Evidence.FLOW)
