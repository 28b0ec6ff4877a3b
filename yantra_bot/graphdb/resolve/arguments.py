"""Arguments: which argument of a call reaches which parameter of a body."""

from collections.abc import Callable
from typing import Any

from yantra_bot.domain.graph import Language
from yantra_bot.graphdb.facts import NOTHING, BodyFlag, CallFlag
from yantra_bot.graphdb.facts import Op as Code
from yantra_bot.graphdb.resolve.javascript_methods import ITERATOR, SCRIPTS
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.program import Unit, is_mixin
from yantra_bot.graphdb.resolve.state import Instance, Op, State

# From the end of a CALL or CALL_METHOD.
SITE, ARGS, KEYWORDS, STAR, DOUBLE_STAR, FLAGS = -6, -5, -4, -3, -2, -1


def make_call(site: int, args: tuple[int, ...], *, dst: int = NOTHING, flags: int = CallFlag.IMPLICIT) -> Op:
    """Return a call that stands nowhere in the source."""
    return (Code.CALL, dst, NOTHING, site, args, (), NOTHING, NOTHING, flags)


_ITERATED = frozenset({Kind.INSTANCE, Kind.OPEN, Kind.GENERATOR, Kind.CONTAINER})
MAX_RECEIVERS = 12
"""Classes whose objects a method is seen to work on; with more, it may be any class below its own."""


class Arguments:
    """Lets values flow from calls into parameters, and back where a body returns a parameter as it is."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.each: Callable[[Instance, int, int, int], None]
        """Iterates an object: (caller, object, node that receives, site); set by Containers."""

    def shift(self, callee: Instance, receiver: int) -> int:
        """Return how many positional parameters the receiver takes: none in JavaScript."""
        if callee.unit.file.facts.language in SCRIPTS:
            return 0
        return 1 if receiver >= 0 and self._state.signature(callee.unit).receiver < 0 else 0

    def is_given_target(self, op: Op, unit: Unit) -> bool:
        """Say whether `extend(target, source)` works on its first argument: on `this` only if that is all."""
        return len(op[ARGS]) > 1 and is_mixin(unit) and not self._state.signature(unit).positional

    def bind_receiver(self, callee: Instance, receiver: int) -> None:
        signature = self._state.signature(callee.unit)
        if signature.receiver < 0 and callee.unit.file.facts.language in SCRIPTS:
            return
        first = signature.positional[0] if signature.positional else NOTHING
        parameter = signature.receiver if signature.receiver >= 0 else first
        if parameter >= 0:
            node = callee.base + parameter
            self._state.engine.add_one(node, self._widen(callee, node, receiver))
        elif signature.star >= 0:
            self._state.engine.add_one(self._star_slot(callee, signature.star, 0), receiver)

    def _widen(self, callee: Instance, node: int, receiver: int) -> int:
        """Return the receiver, or, where there are many already, an open instance of the method's class for all."""
        known = self._state.engine.objects(node)
        if len(known) < MAX_RECEIVERS or callee.method_of < 0:
            return receiver
        objects = self._state.objects
        is_instance = objects.kinds[receiver] in (Kind.INSTANCE, Kind.OPEN)
        return objects.intern(Kind.OPEN, callee.method_of) if is_instance else receiver

    def _star_slot(self, callee: Instance, star: int, key: int | str | None) -> int:
        kind = "dict" if isinstance(key, str) else "tuple"
        objects = self._state.objects
        container = objects.intern(Kind.CONTAINER, (callee.number, star), kind)
        self._state.engine.add_one(callee.base + star, container)
        return self._state.slot(container, key)

    def bind(self, caller: Instance, op: Op, callee: Instance, function: int, *, shift: int) -> None:
        signature, flow = self._state.signature(callee.unit), self._state.engine.flow
        given = {signature.positional[0]} if shift and signature.positional else set()
        for index, value in enumerate(op[ARGS]):
            at = index + shift
            if at < len(signature.positional):
                given.add(signature.positional[at])
                if value != NOTHING:
                    flow(caller.node(value), callee.base + signature.positional[at])
                else:
                    self._state.untracked.add(callee.base + signature.positional[at])
            elif signature.star >= 0 and value != NOTHING:
                place = at - len(signature.positional) + _skips(callee, op, index)
                flow(caller.node(value), self._star_slot(callee, signature.star, place))
        for name, value in op[KEYWORDS]:
            parameter = signature.named.get(name, NOTHING)
            given.add(parameter)
            if value == NOTHING:
                self._state.untracked.add(callee.base + parameter)
                continue
            if parameter >= 0:
                flow(caller.node(value), callee.base + parameter)
            elif signature.double_star >= 0:
                flow(caller.node(value), self._star_slot(callee, signature.double_star, name))
        self._unpack(caller, op, callee, shift, given)
        certain = op[STAR] == NOTHING and op[DOUBLE_STAR] == NOTHING
        self._bind_defaults(callee, function, given if certain else {NOTHING})

    def _unpack(self, caller: Instance, op: Op, callee: Instance, shift: int, given: set[int]) -> None:
        engine = self._state.engine
        if op[STAR] != NOTHING:
            start = len(op[ARGS]) + shift
            engine.watch(caller.node(op[STAR]), self._on_star, caller, op[SITE], callee, start)
        if op[DOUBLE_STAR] != NOTHING:
            engine.watch(caller.node(op[DOUBLE_STAR]), self._on_double_star, callee, shift)
            for value in self._state.signature(callee.unit).named.values():
                if value not in given:
                    source = (caller, caller.node(op[DOUBLE_STAR]))
                    self._state.unpacked.setdefault(callee.base + value, []).append(source)

    def _on_star(self, caller: Instance, site: int, callee: Instance, start: int, container: int) -> None:
        kind = self._state.objects.kinds[container]
        if kind in (Kind.CONTAINER, Kind.BAG) and (container, ITERATOR) not in self._state.slots:
            self._state.on_keys(container, self._on_star_item, callee, start)
        elif kind in _ITERATED:
            inside = self._state.engine.allocate(1)
            self.each(caller, container, inside, site)
            self._on_star_item(callee, start, None, inside)

    def _on_star_item(self, callee: Instance, start: int, key: Any, node: int) -> None:
        signature, flow = self._state.signature(callee.unit), self._state.engine.flow
        positional = signature.positional
        if isinstance(key, int) and key >= 0:
            if start + key < len(positional):
                flow(node, callee.base + positional[start + key])
            elif signature.star >= 0:
                flow(node, self._star_slot(callee, signature.star, start + key - len(positional)))
        elif key is None:
            for value in positional[start:]:
                flow(node, callee.base + value)
            if signature.star >= 0:
                flow(node, self._star_slot(callee, signature.star, None))

    def _on_double_star(self, callee: Instance, shift: int, container: int) -> None:
        if self._state.objects.kinds[container] == Kind.CONTAINER:
            self._state.on_keys(container, self._on_double_star_item, callee, shift)

    def _on_double_star_item(self, callee: Instance, shift: int, key: Any, node: int) -> None:
        signature, flow = self._state.signature(callee.unit), self._state.engine.flow
        if isinstance(key, str):
            if key in signature.named:
                flow(node, callee.base + signature.named[key])
            elif signature.double_star >= 0:
                flow(node, self._star_slot(callee, signature.double_star, key))
        elif key is None:
            for value in tuple(signature.named.values())[shift:]:
                flow(node, callee.base + value)

    def _bind_defaults(self, callee: Instance, function: int, given: set[int]) -> None:
        """Let a default reach its parameter only where a call may leave the parameter out."""
        found = self._state.defaults.get(function)
        if found is None:
            return
        maker, defaults = found
        for index, value in defaults:
            parameter = callee.unit.body.params[index][2]
            if value >= 0 and parameter not in given:
                self._state.engine.flow(maker.base + value, callee.base + parameter)

    def give_back(self, caller: Instance, op: Op, callee: Instance, receiver: int, index: int, target: int) -> None:
        """Give a call its own argument back where the body returns a parameter as it is."""
        engine, signature = self._state.engine, self._state.signature(callee.unit)
        name, _, parameter = callee.unit.body.params[index]
        shift = self.shift(callee, receiver)
        at = signature.positional.index(parameter) if parameter in signature.positional else -1
        if parameter == signature.receiver or (shift and at == 0):
            if receiver >= 0:
                engine.add_one(target, receiver)
            return
        keyword = next((value for key, value in op[KEYWORDS] if key == name), None)
        if keyword is not None:
            if keyword != NOTHING:
                engine.flow(caller.node(keyword), target)
        elif 0 <= at - shift < len(op[ARGS]):
            if op[ARGS][at - shift] != NOTHING:
                engine.flow(caller.node(op[ARGS][at - shift]), target)
        else:
            engine.flow(callee.base + parameter, target)


def _skips(callee: Instance, op: Op, index: int) -> int:
    """Return by how many places an argument stands further behind for a mixin of JavaScript that reads `arguments`.

    What stands second is the target only where a flag stands first: `extend(true, target, source)`.
    """
    of_call = is_mixin(callee.unit) and callee.depth > 0
    return int(of_call and index > 0 and op[ARGS][0] != NOTHING)


def is_unbound(unit: Unit) -> bool:
    """Say whether a function is a method of Java, which needs an object."""
    kind = unit.body.flags & (BodyFlag.METHOD | BodyFlag.STATIC | BodyFlag.CONSTRUCTOR)
    return unit.file.facts.language == Language.JAVA and kind == BodyFlag.METHOD
