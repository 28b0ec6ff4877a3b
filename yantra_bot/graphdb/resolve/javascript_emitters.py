"""Node's event emitters: a listener is called where its event is emitted.

Where nobody in the program emits the event, the library does, and the listener counts as called where it is registered.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from yantra_bot.graphdb.facts import NOTHING, Literal
from yantra_bot.graphdb.facts import Op as Code
from yantra_bot.graphdb.resolve.arguments import ARGS, SITE, STAR
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.state import Instance, Op, State

_EMITTERS = frozenset({"events", "events.EventEmitter"})
_REGISTERS = frozenset({"on", "once", "addListener", "prependListener", "prependOnceListener"})
_OBJECTS = frozenset({Kind.INSTANCE, Kind.OPEN})


@dataclass(eq=False, slots=True)
class _Listener:
    """A function that waits for an event of an emitter."""

    event: Literal
    function: int
    otherwise: Callable[[], None]
    """Calls it where it is registered."""
    is_met: bool = False


class Emitters:
    """Joins what is registered with what is emitted, by emitter (or its class) and event; None stands for any event."""

    def __init__(self, state: State, on_callee: Callable[[Instance, Op, int], None]) -> None:
        """`on_callee` calls an object if it can be called: (caller, call, object)."""
        self._state, self._on_callee = state, on_callee
        self._listeners: dict[int, list[_Listener]] = {}
        self._emitted: dict[int, list[tuple[Literal, Instance, Op]]] = {}
        self._waiting: list[_Listener] = []
        self._constants: dict[int, dict[int, Any]] = {}

    def is_meant(self, owner: str, name: str, op: Op) -> bool:
        """Say whether a call of a method of something outside registers a listener, or emits an event."""
        if owner not in _EMITTERS or op[0] != Code.CALL_METHOD or op[2] < 0:
            return False
        return name == "emit" or (name in _REGISTERS and len(op[ARGS]) > 1 and op[ARGS][1] >= 0)

    def call_any(self, caller: Instance, op: Op, name: str, otherwise: Callable[[], None]) -> None:
        """Do it for whatever the method is called on; `otherwise` calls a listener where it is registered."""
        self._state.engine.watch(caller.node(op[2]), self._on_receiver, caller, op, name, otherwise)

    def _on_receiver(self, caller: Instance, op: Op, name: str, otherwise: Callable[[], None], item: int) -> None:
        objects = self._state.objects
        if objects.kinds[item] == Kind.SUPER:
            item = objects.seconds[item]
        if objects.kinds[item] in _OBJECTS:
            self.call(caller, op, name, objects.firsts[item], otherwise)

    def call(self, caller: Instance, op: Op, name: str, emitter: int, otherwise: Callable[[], None]) -> None:
        """Register a listener, or emit an event; `emitter` is the object or its class."""
        event = self._event(caller, op)
        if name == "emit":
            self._emitted.setdefault(emitter, []).append((event, caller, op))
            for known in self._listeners.get(emitter, ()):
                self._meet(known, event, caller, op)
            return
        listener = _Listener(event, caller.node(op[ARGS][1]), otherwise)
        self._listeners.setdefault(emitter, []).append(listener)
        self._waiting.append(listener)
        for emitted in self._emitted.get(emitter, ()):
            self._meet(listener, *emitted)

    def _meet(self, listener: _Listener, event: Literal, caller: Instance, op: Op) -> None:
        if event is None or listener.event is None or event == listener.event:
            listener.is_met = True
            args = tuple(caller.node(value) for value in op[ARGS][1:])
            call = (Code.CALL, NOTHING, NOTHING, op[SITE], args, (), caller.node(op[STAR]), NOTHING, 0)
            self._state.engine.watch(listener.function, self._on_callee, self._state.absolute(caller), call)

    def _event(self, caller: Instance, op: Op) -> Literal:
        """Return the constant that names the event; None where it is none."""
        unit = caller.unit
        known = self._constants.get(id(unit))
        if known is None:
            ops = unit.body.ops
            known = self._constants[id(unit)] = {step[1]: step[2] for step in ops if step[0] == Code.CONST}
        value = op[ARGS][0] if op[ARGS] else NOTHING
        literal: Literal = known.get(value) if caller.base == caller.own_base else None
        return literal

    def assume(self) -> bool:
        """Let the library call what nobody emits; whether there is any."""
        waiting, self._waiting = [one for one in self._waiting if not one.is_met], []
        for listener in waiting:
            listener.otherwise()
        return bool(waiting)
