"""What all parts of a resolution share: the engine, the objects, and one instance per analysed body."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from yantra_bot.graphdb.facts import NOTHING, OTHER_KEY, BodyFlag, CallFlag, ParamKind, Site, Value
from yantra_bot.graphdb.facts import Op as Code
from yantra_bot.graphdb.resolve.contexts import Contexts, budget_of, limit_of
from yantra_bot.graphdb.resolve.engine import Engine
from yantra_bot.graphdb.resolve.javascript_methods import CONVERSIONS, PROXY
from yantra_bot.graphdb.resolve.objects import Kind, Objects
from yantra_bot.graphdb.resolve.program import File, Program, Unit
from yantra_bot.graphdb.resolve.record import Record

MAX_INDEX = 24
"""Elements of a sequence that are told apart; those behind have one place."""

Op = tuple[Any, ...]
_WAITS_FOR = {
    Code.COPY: 2,
    Code.ATTR: 2,
    Code.SET_ATTR: 1,
    Code.CALL: 2,
    Code.CALL_METHOD: 2,
    Code.RETURN: 1,
    Code.YIELD: 1,
}
"""Where in an instruction the value stands that it waits for."""
Owner = tuple[File, int]
"""A file and the index of the symbol in it that code belongs to."""


@dataclass(eq=False, slots=True)
class Signature:
    """Where the arguments of a call of one body go."""

    positional: list[Value] = field(default_factory=list)
    named: dict[str, Value] = field(default_factory=dict)
    star: Value = NOTHING
    double_star: Value = NOTHING
    receiver: Value = NOTHING
    returned: list[int] = field(default_factory=list)
    """Indices of parameters that the body returns as they are."""


@dataclass(eq=False, slots=True)
class Instance:
    """One analysis of a body: its values are the nodes from `base` on."""

    number: int
    unit: Unit
    base: int
    parent: "Instance | None"
    result: int
    yields: int
    owner: Owner
    """What calls in it are attributed to."""
    site: Site = 0
    """Of the call that a library model's instance stands for."""
    depth: int = 0
    method_of: int = -1
    """The class object, when the body is a method."""
    called: bool = False
    throws: int = NOTHING
    """The node of what leaves it as an exception."""
    detached: bool = False
    """A frame for what is called later: no handler around the call is there any more."""
    pending_defaults: tuple["Instance", tuple[tuple[int, Value], ...]] | None = None
    uses: dict[Value, list[Op]] | None = None
    """What `State.uses` gives for its body, once something has reached a value of it."""

    @property
    def own_base(self) -> int:
        """Where its values really begin: `base` is 0 in a frame of made-up calls."""
        return self.result - self.unit.body.values

    def node(self, value: Value) -> int:
        """Return the node of a value, or NOTHING."""
        return value if value < 0 else self.base + value


class State:
    """The shared tables of one resolution."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.engine = Engine(limit_of(program), budget_of(program))
        self.objects = Objects()
        self.record = Record()
        self.contexts = Contexts(program)
        self.instances: dict[tuple[Any, ...], Instance] = {}
        self.bodies: list[Instance] = []
        """Every analysis of a body: that of a number stands one place before it."""
        self.opened: list[Instance] = []
        """Those of functions, in the order in which they were opened."""
        self.modules: dict[str, Instance] = {}
        self.class_bodies: dict[int, Instance] = {}
        self.slots: dict[tuple[int, Any], int] = {}
        """Nodes of attributes and items that were stored, by owner and name."""
        self.keys_of: dict[int, list[Any]] = {}
        self.holders: dict[str, list[int]] = {}
        """Objects that something was stored in, by its name."""
        self.writers: dict[str, set[int]] = {}
        """Classes that have a name themselves, written or stored."""
        self.slot_watchers: dict[tuple[int, Any], list[tuple[Any, ...]]] = {}
        self.key_watchers: dict[int, list[tuple[Any, ...]]] = {}
        self.defaults: dict[int, tuple[Instance, tuple[tuple[int, Value], ...]]] = {}
        self.on_new_slot: Callable[[int, str], None]
        """Called with the object and the name of each new named slot; set by Lookup."""
        self.order: Callable[[int], tuple[int, ...]]
        """Return a class and what it inherits from, in order; set by Solver."""
        self.getters: set[int] = set()
        """Functions that were made getters after they were written."""
        self.made: dict[int, dict[int, None]] = {}
        """The instances of each class that are told apart."""
        self.partials: dict[int, tuple[Instance, Op]] = {}
        """What each partial object holds: the call that made it, and where that stands."""
        self.proxies: dict[int, tuple[int, int]] = {}
        """JavaScript's proxies with traps: the node of what each stands for, and its handler."""
        self.untracked: set[int] = set()
        """Parameters that are given what is not followed."""
        self.unpacked: dict[int, list[tuple[Instance, int]]] = {}
        """By parameter, what calls unpack that leave it out: the caller and the node."""
        self.patterns: dict[int, list[tuple[str, str, int]]] = {}
        """What is stored in a container under texts of which the ends are known: begin, end, node."""
        self._uses: dict[int, dict[Value, list[Op]]] = {}
        self._signatures: dict[int, Signature] = {}
        self._constants: dict[int, int] = {}
        self._identified: dict[int, Op] = {}
        self._absolutes: dict[int, Instance] = {}

    def constant(self, item: int) -> int:
        """Return a node that holds one object and nothing else."""
        node = self._constants.get(item)
        if node is None:
            node = self._constants[item] = self.engine.allocate(1)
            self.engine.add_one(node, item)
        return node

    def identity(self, op: Op) -> int:
        """Return a number that is this instruction's alone: it is kept, so that no other can take its address."""
        number = id(op)
        self._identified[number] = op
        return number

    def instances_of(self, owner: int) -> tuple[int, ...]:
        """Return the instances of exactly this class: the one for all, and those that are told apart."""
        return (self.objects.intern(Kind.INSTANCE, owner), *self.made.get(owner, ()))

    def absolute(self, instance: Instance) -> Instance:
        """Return the same instance for made-up calls, whose values are nodes themselves."""
        found = self._absolutes.get(instance.number)
        if found is None:
            found = self._absolutes[instance.number] = replace(instance, base=0)
        return found

    def slot(self, owner: int, name: Any) -> int:
        """Return the node of what is stored under a name in an object, and tell who waited for it."""
        if isinstance(name, int) and not 0 <= name < MAX_INDEX:
            name = self.place_of(owner, name)
        node = self.slots.get((owner, name))
        if node is None:
            node = self.slots[owner, name] = self.engine.allocate(1)
            self.keys_of.setdefault(owner, []).append(name)
            if isinstance(name, str):
                self.holders.setdefault(name, []).append(owner)
                self.writers.setdefault(name, set()).add(owner)
                self.on_new_slot(owner, name)
            for handler, payload in self.slot_watchers.get((owner, name), ()):
                self.engine.later(handler, payload, node)
            for handler, payload in self.key_watchers.get(owner, ()):
                self.engine.later(handler, (*payload, name), node)
        return node

    def place_of(self, owner: int, number: int) -> str | None:
        """Return the name for a number that is no place of a sequence: a dict has a key of it, others have none."""
        is_dict = self.objects.kinds[owner] == Kind.CONTAINER and self.objects.seconds[owner] == "dict"
        return f"{OTHER_KEY}{number}" if is_dict else None

    def on_slot(self, owner: int, name: Any, handler: Any, *payload: Any) -> None:
        """Call handler(*payload, node) when the slot exists."""
        if isinstance(name, int) and not 0 <= name < MAX_INDEX:
            name = self.place_of(owner, name)
        self.slot_watchers.setdefault((owner, name), []).append((handler, payload))
        if owner in self.patterns and isinstance(name, str):
            for pattern in self.patterns[owner]:
                self._fit(owner, name, *pattern)
        node = self.slots.get((owner, name))
        if node is not None:
            self.engine.later(handler, payload, node)

    def store_text(self, owner: int, ends: tuple[str, str], source: int) -> None:
        """Store what a node holds under any name that begins and ends so: where one is read, and for all readers."""
        known = self.patterns.setdefault(owner, [])
        if (*ends, source) in known:
            return
        known.append((*ends, source))
        self.engine.flow(source, self.slot(owner, f"{OTHER_KEY}{ends[0]} {ends[1]}"))
        for _, name in [one for one in self.slot_watchers if one[0] == owner and isinstance(one[1], str)]:
            self._fit(owner, name, *ends, source)

    def _fit(self, owner: int, name: str, first: str, last: str, source: int) -> None:
        if name.startswith(first) and name.endswith(last) and not name.startswith(OTHER_KEY):
            self.engine.flow(source, self.slot(owner, name))

    def on_keys(self, owner: int, handler: Any, *payload: Any) -> None:
        """Call handler(*payload, key, node) for every slot of an object, now and later."""
        self.key_watchers.setdefault(owner, []).append((handler, payload))
        for key in self.keys_of.get(owner, ()):
            self.engine.later(handler, (*payload, key), self.slots[owner, key])

    def uses(self, instance: Instance) -> dict[Value, list[Op]]:
        """Return the instructions of a body that wait for what reaches a value, by value, and keep them with it."""
        unit = instance.unit
        found = self._uses.get(id(unit))
        if found is None:
            found = self._uses[id(unit)] = {}
            for op in unit.body.ops:
                at = _WAITS_FOR.get(op[0])
                if at is not None and op[at] >= 0 and self._matters(op):
                    found.setdefault(op[at], []).append(op)
        instance.uses = found
        return found

    def _matters(self, op: Op) -> bool:
        """Say whether an instruction can do anything.

        Writing an attribute keeps a value, or calls a setter with none; converting an object of JavaScript calls what
        some file defines.
        """
        if op[0] == Code.SET_ATTR:
            setters = self.program.setters
            hooks = "__setattr__" in self.program.literals or PROXY in setters
            return op[3] >= 0 or hooks or f"{op[2]}.setter" in setters
        if op[0] == Code.CALL_METHOD and op[-1] & CallFlag.IMPLICIT and op[3] in CONVERSIONS:
            return not self.program.literals.isdisjoint(CONVERSIONS[op[3]])
        return True

    def signature(self, unit: Unit) -> Signature:
        """Return where arguments go, computed once a body."""
        found = self._signatures.get(id(unit))
        if found is None:
            found = self._signatures[id(unit)] = _sign(unit)
        return found

    def is_idle(self, instance: Instance) -> bool:
        """Say whether it is the analysis for all calls of a function whose calls all have analyses of their own."""
        return not instance.called and self.contexts.is_copied(instance.unit)

    def unit_of(self, item: int) -> Unit | None:
        """Return the body of a function or class object."""
        if self.objects.kinds[item] in (Kind.FUNCTION, Kind.CLASS):
            unit: Unit = self.objects.firsts[item]
            return unit
        return None

    def is_getter(self, item: int) -> bool:
        """Say whether a function is called where the attribute that holds it is read."""
        return bool(self.flags_of(item) & BodyFlag.PROPERTY) or item in self.getters

    def flags_of(self, item: int) -> int:
        """Return the body flags of a function or class object."""
        unit = self.unit_of(item)
        return unit.body.flags if unit else BodyFlag.NONE


def _sign(unit: Unit) -> Signature:
    signature = Signature()
    for name, kind, value in unit.body.params:
        if kind == ParamKind.STAR:
            signature.star = value
        elif kind == ParamKind.DOUBLE_STAR:
            signature.double_star = value
        elif kind == ParamKind.RECEIVER:
            signature.receiver = value
        else:
            if kind != ParamKind.KEYWORD:
                signature.positional.append(value)
            if kind != ParamKind.POSITIONAL:
                signature.named[name] = value
    signature.returned = [op[1] for op in unit.body.ops if op[0] == Code.RETURN_PARAM]
    return signature
