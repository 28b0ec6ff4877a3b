"""Python's protocols: which method an operator or a builtin calls when the first choice is not there."""

from yantra_bot.graphdb.facts import NOTHING
from yantra_bot.graphdb.resolve.arguments import ARGS, SITE, make_call
from yantra_bot.graphdb.resolve.calls import Calls
from yantra_bot.graphdb.resolve.containers import Containers
from yantra_bot.graphdb.resolve.javascript_conversions import Conversions
from yantra_bot.graphdb.resolve.javascript_methods import CONVERSIONS, SCRIPTS
from yantra_bot.graphdb.resolve.lookup import Lookup
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.state import Instance, Op, State

_ARITHMETIC = (
    "add",
    "sub",
    "mul",
    "matmul",
    "truediv",
    "floordiv",
    "mod",
    "pow",
    "lshift",
    "rshift",
    "and",
    "xor",
    "or",
)
_INSTEAD: dict[str, tuple[str, ...]] = {
    "__bool__": ("__len__",),
    "__contains__": ("__iter__", "__getitem__"),
    "__ne__": ("__eq__",),
    "__format__": ("__str__", "__repr__"),
    "__str__": ("__repr__",),
    "__iter__": ("__getitem__",),
    "__reversed__": ("__iter__",),
    "__index__": ("__int__",),
    **{f"__i{name}__": (f"__{name}__",) for name in _ARITHMETIC},
}
_REFLECTED = {
    **{f"__{name}__": f"__r{name}__" for name in _ARITHMETIC},
    **{f"__i{name}__": f"__r{name}__" for name in _ARITHMETIC},
    "__divmod__": "__rdivmod__",
    "__lt__": "__gt__",
    "__gt__": "__lt__",
    "__le__": "__ge__",
    "__ge__": "__le__",
}
_JOINS = frozenset({"__add__", "__or__", "__xor__"})
_REPEATS = frozenset({"__mul__", "__rmul__", "__sub__", "__and__"})
"""Operators between containers: of both sides' elements, and of one side's alone."""
_PLAIN = frozenset({Kind.CONTAINER, Kind.OUTSIDE})
_OBJECTS = frozenset({Kind.INSTANCE, Kind.OPEN})


class Operators:
    """Makes the calls that are written as no call."""

    def __init__(self, state: State, lookup: Lookup, calls: Calls, containers: Containers) -> None:
        self._state, self._lookup, self._calls, self._containers = state, lookup, calls, containers
        self._conversions = Conversions(state, lookup, calls)

    def call(self, caller: Instance, op: Op, receiver: int) -> None:
        """Call the first method of the protocol that the receiver has, else the argument's reflected one."""
        name: str = op[3]
        if name in _JOINS or name in _REPEATS:
            self._join(caller, op, receiver, name)
        if name in CONVERSIONS and caller.unit.file.facts.language in SCRIPTS:
            self._conversions.convert(caller, op[SITE], receiver, name)
            return
        if self._state.objects.kinds[receiver] in _OBJECTS and name.startswith("__"):
            for choice in (name, *_INSTEAD.get(name, ())):
                if self._lookup.members.has(receiver, choice):
                    self._calls.call_attribute(caller, op, receiver, choice)
                    return
        elif self._state.objects.kinds[receiver] == Kind.DECLARED:
            self._calls.call_attribute(caller, op, receiver, name)
        elif self._state.objects.kinds[receiver] == Kind.EXTERNAL and name.startswith("__"):
            # What an operator calls of an object outside is not known.
            return
        elif self._state.objects.kinds[receiver] not in _PLAIN or name not in _REFLECTED:
            self._calls.call_attribute(caller, op, receiver, name)
            return
        self.call_reflected(caller, op)

    def _join(self, caller: Instance, op: Op, receiver: int, name: str) -> None:
        """An operator between containers makes one of its own, with the elements of one or both."""
        state, objects = self._state, self._state.objects
        if op[1] < 0 or objects.kinds[receiver] != Kind.CONTAINER:
            return
        place = (caller.number, state.identity(op), "joined")
        made = objects.intern(Kind.CONTAINER, place, objects.seconds[receiver])
        state.engine.add_one(caller.node(op[1]), made)
        self._containers.pour(caller, made, receiver)
        if name in _JOINS and op[ARGS] and op[ARGS][0] >= 0:
            state.engine.watch(caller.node(op[ARGS][0]), self._containers.pour, caller, made)

    def call_reflected(self, caller: Instance, op: Op) -> None:
        """Call the reflected method of the argument's objects, since the receiver has none."""
        name = _REFLECTED.get(op[3])
        if name is not None and op[ARGS] and op[ARGS][0] >= 0:
            self._state.engine.watch(caller.node(op[ARGS][0]), self._on_argument, caller, op, name)

    def _on_argument(self, caller: Instance, op: Op, name: str, argument: int) -> None:
        if self._state.objects.kinds[argument] in _OBJECTS and self._lookup.members.has(argument, name):
            call = make_call(op[SITE], (op[2] if op[2] >= 0 else NOTHING,), dst=op[1])
            self._calls.call_attribute(caller, call, argument, name)
