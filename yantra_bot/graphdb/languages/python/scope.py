"""One scope while it is lowered: which value each name has at this point (static single assignment), and its cells.

It emits instructions for names and joins; what an expression or a statement means is said elsewhere.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, Body, BodyFlag, Op, Value
from yantra_bot.graphdb.languages.python.unit import MAX_DEPTH, Unit

UNBOUND: Final = -2
"""The version of a name that has no value here. Like NOTHING it is below 0."""
_COPY: Final = Op.COPY

Lower = Callable[["Scope", Node], Value]
Run = Callable[["Scope", Node], None]
Changes = dict[str, Value]


class Tables(NamedTuple):
    """The meaning of each type of node."""

    expressions: dict[str, Lower]
    statements: dict[str, Run]


class Definition(NamedTuple):
    """One assignment to a name, and when it was: the branch it stands in, the calls and assignments before it."""

    value: Value
    branch: int
    calls: int
    number: int


class Loop(NamedTuple):
    """A loop being lowered: how many logs lie below it, and what its `break`s and `continue`s left changed."""

    depth: int
    breaks: list[Changes]
    continues: list[Changes]


class Scope:
    """The names and instructions of one body."""

    __slots__ = (
        "body", "born", "branch", "branches", "calls", "calls_before", "cells", "class_name", "class_object",
        "comprehended", "const_values", "consts", "cuts", "defined", "direct", "emit", "env", "extra_names", "fields",
        "find_expression", "forced", "fresh", "functions", "index", "inline", "is_class", "is_init", "is_module",
        "is_test_class", "level", "lists", "live", "log", "logs", "loops", "made", "multiple", "narrowed", "numbers",
        "owner", "parent", "phis", "properties", "reads", "receiver", "shared", "stored", "symbols", "tables", "traces",
        "tuples", "unit", "uses", "written",
    )  # fmt: skip

    def __init__(self, unit: Unit, body: Body, parent: "Scope | None", tables: Tables) -> None:
        self.unit, self.body, self.parent, self.tables = unit, body, parent, tables
        self.find_expression = tables.expressions.get
        self.index = unit.add_body(body)
        self.owner = body.owner
        self.level: int = parent.level + 1 if parent else 0
        self.is_module = bool(body.flags & BodyFlag.MODULE)
        self.is_class = bool(body.flags & BodyFlag.CLASS)
        self.emit = body.ops.append
        self.class_name: str = parent.class_name if parent else ""
        self.class_object: Value = NOTHING
        """The value, in the body around it, of the class that this is the body of."""
        self.is_init = self.is_test_class = False
        self.functions: dict[Value, Scope] = {}
        """The scopes of the functions that are made here, by their values."""
        self.properties: dict[Value, list[tuple[str, Value]]] = {}
        """Setters and deleters of `property(...)`, by its value."""
        self.fields: list[str] = []
        """The annotated names of a class, in order."""
        self._prepare_names(unit, parent)
        self._prepare_flow()

    def _prepare_names(self, unit: Unit, parent: "Scope | None") -> None:
        self.env: dict[str, Value] = {}
        self.defined: dict[str, list[Definition]] = {}
        self.cells: dict[Any, Value] = {}
        """A cell for a name, and one for each set of versions of a name that an inner body can see."""
        self.reads: dict[Any, Value] = {}
        """What was read from outside, by name (or body and value), so that it is read once."""
        self.shared = unit.globals if self.is_module else frozenset() if self.is_class else unit.nonlocals
        self.forced: dict[str, Scope] = {}
        """Names that `global` and `nonlocal` say to be another scope's."""
        self.written: dict[str, int] = {}
        """When such a name was written here, in calls."""
        self.direct: dict[str, dict[int, int]] = {}
        """Where functions that are made here are called by name, and how many assignments had been made then."""
        self.multiple: set[str] = set()
        """Names with several definitions that can be seen."""
        self.born = parent.take_snapshot() if parent else None
        self.inline: Changes = dict(parent.comprehended) if parent and parent.comprehended else {}
        """Variables of comprehensions around this body."""
        self.comprehended: Changes = {}
        self.symbols: dict[str, int] = {}
        self.uses: dict[str, int] = {}
        self.extra_names: dict[str, Value] = {}
        self.cuts: list[int] = []
        """Byte offsets where statements start, and the complements of those where blocks end."""
        self.receiver: Value = NOTHING

    def _prepare_flow(self) -> None:
        self.log: Changes = {}
        self.logs = [self.log]
        self.traces: list[dict[str, list[Value]]] = []
        self.loops: list[Loop] = []
        self.live = True
        self.branch = self.branches = self.numbers = self.calls = self.calls_before = 0
        self.phis: set[Value] = set()
        self.consts: dict[str | int, Value] = {}
        self.const_values: dict[Value, str | int] = {}
        self.stored: dict[Any, tuple[Value, Value]] = {}
        """The object and the value last stored under a key or attribute, as long as nothing can have changed it."""
        self.fresh: dict[tuple[Value, Any], int] = {}
        """The instruction that stored it, as long as nothing can have seen it."""
        self.made: dict[Value, str] = {}
        """Containers that are made here, and their kinds."""
        self.narrowed: dict[Value, Value] = {}
        """What a value is a version of, of which is known what it is no instance of."""
        self.tuples: dict[Value, list[Value]] = {}
        """Elements of the tuples that are written out."""
        self.lists: dict[Value, list[Value]] = {}
        """The same of lists, as long as nothing can have changed them."""

    # Nodes

    def value(self, node: Node) -> Value:
        """Lower an expression and return its value; a short constant is one as well."""
        handler = self.find_expression(node.type)
        if handler is None:
            return NOTHING
        unit = self.unit
        if unit.depth >= MAX_DEPTH:
            unit.report_depth(node)
            return NOTHING
        unit.depth += 1
        result = handler(self, node)
        unit.depth -= 1
        return result

    def run(self, block: Node) -> None:
        """Lower the statements of a block."""
        unit, statements, cut = self.unit, self.tables.statements, self.cuts.append
        if unit.depth >= MAX_DEPTH:
            unit.report_depth(block)
            return
        unit.depth += 1
        depth, logs, loops, traces = unit.depth, len(self.logs), len(self.loops), len(self.traces)
        for node in block.named_children:
            handler = statements.get(node.type)
            if handler is not None:
                cut(node.start_byte)
                self.calls_before = self.calls
                try:
                    handler(self, node)
                except (IndexError, ValueError):
                    # Where the syntax is broken, a node can lack parts that it has by the grammar.
                    unit.report_broken(node)
                    unit.depth = depth
                    del self.loops[loops:], self.traces[traces:], self.logs[logs:]
                    self.log = self.logs[-1]
        cut(~block.end_byte)
        unit.depth -= 1

    # Values

    def new(self) -> Value:
        """Return a value that nothing is in yet."""
        value = self.body.values
        self.body.values = value + 1
        return value

    def constant(self, literal: str | int) -> Value:
        """Return the value of a constant, one for each constant of a body."""
        value = self.consts.get(literal)
        if value is None:
            value = self.new()
            self.emit((Op.CONST, value, literal))
            self.consts[literal] = value
            self.const_values[value] = literal
        return value

    def merge(self, values: list[Value]) -> Value:
        """Return a value that may be any of these."""
        known = [one for one in dict.fromkeys(values) if one >= 0]
        if len(known) == 1:
            return known[0]
        if not known:
            return NOTHING if NOTHING in values else UNBOUND if values else NOTHING
        joined = self.new()
        self.phis.add(joined)
        for one in known:
            self.emit((_COPY, joined, one))
        return joined

    def note_call(self) -> None:
        """A call may change every object and run every function that is known by now."""
        self.calls += 1
        if self.stored:
            self.stored.clear()
        if self.fresh:
            self.fresh.clear()
        if self.lists:
            self.lists.clear()
        if self.is_class and self.parent is not None:
            self.parent.note_call()

    def note_read(self) -> None:
        """Containers or objects are read: what is stored in them has been seen."""
        if self.fresh:
            self.fresh.clear()

    # Names

    def assign(self, name: str, value: Value) -> None:
        """Bind a name to a value from here on."""
        if name in self.forced:
            self._assign_elsewhere(name, value)
            return
        self.set_version(name, value)
        if self.traces:
            for trace in self.traces:
                trace.setdefault(name, []).append(value)
        self.numbers = number = self.numbers + 1
        definition = Definition(value, self.branch, self.calls, number)
        known = self.defined.get(name)
        if known is None:
            self.defined[name] = [definition]
        else:
            self._define_again(name, definition, known)
        if name in self.shared and name in self.cells and value >= 0:
            self.emit((_COPY, self.cells[name], value))

    def _define_again(self, name: str, definition: Definition, known: list[Definition]) -> None:
        if name not in self.shared:
            # An earlier version that no call can have met is never seen from an inner body.
            while known and known[-1].branch >= self.branch and known[-1].calls >= self.calls_before:
                known.pop()
        known.append(definition)
        if len(known) > 1:
            self.multiple.add(name)

    def set_version(self, name: str, value: Value) -> None:
        """Let a name have this version from here on, without a new assignment."""
        log, env = self.log, self.env
        if name not in log:
            log[name] = env.get(name, UNBOUND)
        env[name] = value

    def _assign_elsewhere(self, name: str, value: Value) -> None:
        scope = self.forced[name]
        if value >= 0:
            self.emit((Op.SET_OUTER, scope.index, scope.cell(name), value))
        self.set_version(name, value)
        self.written[name] = self.calls

    def cell(self, name: str) -> Value:
        """Return the value that all assignments to a name of this scope flow into."""
        found = self.cells.get(name)
        if found is None:
            versions = [one.value for one in self.defined.get(name, ())]
            if len(versions) == 1 and versions[0] >= 0 and name not in self.shared:
                found = versions[0]
            else:
                found = self.new()
                for one in dict.fromkeys(versions):
                    if one >= 0:
                        self.emit((_COPY, found, one))
            self.cells[name] = found
        return found

    def take_snapshot(self) -> tuple[int, Changes] | None:
        """Return what an inner body that is made here can see of names with several assignments so far."""
        if self.loops:
            return None
        env = self.env
        return self.numbers, {name: env.get(name, UNBOUND) for name in self.multiple}

    def seen_from(self, name: str, born: tuple[int, Changes] | None, last: int | None) -> Value:
        """Return the value of a name for an inner body made at a time; after so many assignments it runs no more."""
        if born is None or name in self.shared or (last is None and name not in born[1]):
            return self.cell(name)
        versions = born[1]
        known = self.defined[name]
        since, until = born[0] if name in versions else 0, self.numbers if last is None else last
        values = [one.value for one in known if since < one.number <= until]
        first = versions.get(name, UNBOUND)
        if first in self.phis or any(one.value == first for one in known):
            values.append(first)
        key = (name, tuple(values))
        if key not in self.cells:
            found = self.merge(values)
            self.cells[key] = found if found >= 0 else self.new()
        return self.cells[key]
