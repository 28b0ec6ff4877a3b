"""What Python's values are where nothing was seen to flow: decorated functions, unknown keys, what the outside gives.

A value of the outside is one object, `OUTSIDE`: whatever is called on it leaves the program, and gives the same again.
It stands for results of functions outside and for what is declared as `str`, `Path` ...; it makes no edge.
"""

from collections.abc import Callable, Iterable

from yantra_bot.domain.graph import Language
from yantra_bot.graphdb.facts import BodyFlag, CallFlag
from yantra_bot.graphdb.facts import Op as Code
from yantra_bot.graphdb.resolve.arguments import ARGS
from yantra_bot.graphdb.resolve.calls import Calls
from yantra_bot.graphdb.resolve.modules import outside_name
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.program import Unit
from yantra_bot.graphdb.resolve.state import Instance, Op, State

_SAYS_NOTHING = ("typing.", "typing_extensions.", "collections.abc.", "abc.", "<builtin>.object", "<builtin>.type")
"""Types outside whose values may be of this program all the same: `Any`, `Callable`, `Iterable`."""
_HANDS_ON = frozenset(
    {"__import__", "getattr", "globals", "import_module", "partial", "partialmethod", "setattr", "type", "zip"}
)
"""Functions of models that return nothing in their source and yet give what they are given."""
_READERS = frozenset({"json.load", "json.loads"})
"""Functions of models that return what a function they are given makes, and else a value of the outside."""
DECLARED = "declared"
"""How the place of a container begins that an installed package declares to give."""
_ANSWERS = frozenset({Kind.EXTERNAL, Kind.CONST, Kind.TEXT, Kind.DECLARED})


class PythonGaps:
    """Fills what is left once all flows are known. It is asked before declared types are."""

    def __init__(self, state: State, calls: Calls) -> None:
        self._state, self._calls = state, calls
        self._known_calls: dict[int, list[Op]] = {}
        self.outside = state.objects.intern(Kind.OUTSIDE, "")
        calls.by_kind[Kind.OUTSIDE] = self._call_outside
        self.declare_type: Callable[[int, str], bool] = lambda *_: False
        """Called with (node, name of a type outside); true where it is installed. Set by Linking."""

    def _call_outside(self, caller: Instance, op: Op, item: int) -> None:
        """A call on a value of the outside leaves the program."""
        self._state.record.answer(caller.owner[0], self._calls.site_of(caller, op))
        if op[1] >= 0:
            self._state.engine.add_one(caller.node(op[1]), item)

    def is_blank(self, node: int) -> bool:
        """Say whether nothing of this program is in a node."""
        return all(item == self.outside or self.is_declared(item) for item in self._state.engine.objects(node))

    def is_declared(self, item: int) -> bool:
        """Say whether an object is known from a declaration of an installed package alone."""
        objects = self._state.objects
        if objects.kinds[item] == Kind.CONTAINER:
            return bool(objects.firsts[item][0] == DECLARED)
        return objects.kinds[item] == Kind.DECLARED

    def keep_decorated(self, instances: Iterable[Instance]) -> bool:
        """A decorator of which nothing is known gives its function back; whether there was any."""
        engine = self._state.engine
        flows = [
            (instance.base + op[ARGS][0], instance.base + op[1])
            for instance in instances
            if _is_python(instance)
            for op in instance.unit.body.ops
            if op[0] == Code.CALL and op[-1] & CallFlag.DECORATOR and op[1] >= 0 and op[ARGS][0] >= 0
            if not engine.holds(instance.base + op[1])
        ]
        for source, target in flows:
            engine.flow(source, target)
        return bool(flows)

    def find_results(self, instances: Iterable[Instance]) -> list[tuple[int, int]]:
        """Return (node, object) for the results of calls that can be of nothing but the outside."""
        found = []
        engine = self._state.engine
        for instance in instances:
            if not _is_python(instance):
                continue
            base = instance.base
            for op in self._calls_of(instance.unit):
                if engine.holds(base + op[1]):
                    continue
                called = engine.objects(base + op[2])
                name = op[3] if op[0] == Code.CALL_METHOD else ""
                if called and all(self._gives_outside(item, name) for item in called):
                    found.append((base + op[1], self.outside))
        return found

    def _calls_of(self, unit: Unit) -> list[Op]:
        """Return the calls of a body on a value, with a result; found once a body."""
        found = self._known_calls.get(id(unit))
        if found is None:
            is_call = (Code.CALL, Code.CALL_METHOD)
            found = [op for op in unit.body.ops if op[0] in is_call and op[1] >= 0 and op[2] >= 0]
            self._known_calls[id(unit)] = found
        return found

    def _gives_outside(self, item: int, name: str) -> bool:
        objects = self._state.objects
        kind = objects.kinds[item]
        if kind in _ANSWERS:
            return True
        if kind == Kind.MODULE and name:
            file = self._state.program.files.get(objects.firsts[item][0])
            value = file.units[0].body.names.get(name) if file is not None and file.library else None
            return file is not None and file.library and value is None
        unit = self._state.unit_of(item)
        if unit is None or not unit.file.library or kind != Kind.FUNCTION or name:
            return False
        returns = any(op[0] in (Code.RETURN, Code.RETURN_PARAM) for op in unit.body.ops)
        if unit.file.names[unit.body.owner] in _READERS:
            return True
        return not returns and unit.file.facts.symbols[unit.body.owner].name not in _HANDS_ON

    def declare(self, node: int, owner: int) -> bool:
        """A value is declared to be of a type outside; whether it is."""
        objects = self._state.objects
        unit = self._state.unit_of(owner)
        if objects.kinds[owner] == Kind.EXTERNAL and objects.seconds[owner] == Language.PYTHON:
            name = objects.firsts[owner]
        elif unit is not None and unit.file.library and objects.kinds[owner] == Kind.FUNCTION:
            name = f"{outside_name(unit.file)}.{unit.file.facts.symbols[unit.body.owner].name}"
        else:
            return False
        if not name.startswith(_SAYS_NOTHING) and not self.declare_type(node, name):
            self._state.engine.add_one(node, self.outside)
        return True

    def find_receivers(self, instances: Iterable[Instance]) -> list[tuple[int, int]]:
        """Return (node, object) for the receivers of methods that no object was seen to reach.

        A wrapper that nobody calls hides who calls the method.
        """
        found = []
        for instance in instances:
            flags = instance.unit.body.flags
            if self._state.is_idle(instance):
                continue
            if instance.method_of < 0 or flags & BodyFlag.STATIC or not _is_python(instance):
                continue
            positional = self._state.signature(instance.unit).positional
            if positional and not self._state.engine.holds(instance.base + positional[0]):
                owner = instance.method_of
                kind = Kind.CLASS if flags & BodyFlag.CLASS_METHOD else Kind.OPEN
                item = owner if kind == Kind.CLASS else self._state.objects.intern(Kind.OPEN, owner)
                found.append((instance.base + positional[0], item))
        return found


def _is_python(instance: Instance) -> bool:
    file = instance.unit.file
    return file.facts.language == Language.PYTHON and not file.library
