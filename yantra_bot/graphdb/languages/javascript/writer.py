"""Writes the facts of one body: its instructions, the versions of its variables, branches and loops.

It knows the facts' vocabulary and no syntax. Instructions may be appended to a body at any time: their order means
nothing, since every variable has a value per assignment.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, Body, Literal, Op, Value
from yantra_bot.graphdb.languages.javascript.scopes import Scope, Variable

if TYPE_CHECKING:
    from yantra_bot.graphdb.languages.javascript.state import FileState

MAX_DEPTH = 120
"""Levels of nested syntax that are read; what lies deeper is left out and named as a problem. One takes up to four
Python frames; a call, which takes more, counts as three levels."""
CALL_DEPTH = 2
"""Levels that a call counts for beside its own."""
Branch = dict[Variable, Value]
"""What a branch left in the variables it assigned."""


class Writer:
    """One body while it is lowered. `start` is the offset of its function, -1 for the module."""

    def __init__(self, file: "FileState", body: Body, index: int, scope: Scope, start: int) -> None:
        self.file = file
        self.body = body
        self.index = index
        self.scope = scope
        self.start = start
        self.end = len(file.source)
        self.parent: Writer | None = None
        self.level = 0
        """How many bodies are around it."""
        self.ops = body.ops
        self.handlers = file.handlers
        self.depth = 0
        self.dead = False
        """The code here cannot be reached: a return or a throw came before."""
        self.anchor = -1
        """Offset of the statement that is lowered."""
        self.catches: list[list[Value]] = []
        self.literals: dict[Value, Literal] = {}
        self.this: Value = NOTHING
        self.is_this_used = False
        self.holder: Value = NOTHING
        """In the body around: the object that this function was stored in, for which `this` may stand."""
        self.object_symbol = -1
        """The symbol that functions of the object literal that is lowered next belong to, or -1."""
        self.made: dict[Value, Writer] = {}
        """The functions that are made here."""
        self.arguments: Value = NOTHING
        self.class_value: Value = NOTHING
        """In a class body: the class itself."""
        self.stores: dict[tuple[Value, Literal], Value] = {}
        """What was stored last under a key of an object, until something may have changed it."""
        self.read_by_key: dict[Value, tuple[Value, Variable | None]] = {}
        """What was read from an object under the key that a variable holds: (object, variable)."""
        self.loop_keys: dict[Variable, Value] = {}
        """The object whose keys a variable runs through."""
        self.free: dict[str, Value] = {}
        self.converted: set[tuple[Value, str]] = set()
        """The values that were turned into plain ones, and by which method."""
        self.used: set[Variable] = set()
        self._constants: dict[Literal, Value] = {}
        self._outer: dict[tuple[int, Value], Value] = {}
        self._logs: list[dict[Variable, list[Value]]] = []

    def new(self) -> Value:
        """Return a new value."""
        value = self.body.values
        self.body.values = value + 1
        return value

    def value(self, node: Node) -> Value:
        """Lower an expression or a statement; what it gives."""
        handler = self.handlers.get(node.type)
        if handler is None:
            return self.parts(node)
        if self.depth >= MAX_DEPTH:
            self.file.note_depth(node)
            return NOTHING
        self.depth += 1
        result = handler(self, node)
        self.depth -= 1
        return result

    def enter(self, node: Node) -> bool:
        """Go one level deeper; False where that is too deep. Pair with `leave`."""
        if self.depth >= MAX_DEPTH:
            self.file.note_depth(node)
            return False
        self.depth += 1
        return True

    def leave(self) -> None:
        """Come back from a level."""
        self.depth -= 1

    def parts(self, node: Node) -> Value:
        """Lower what an unknown piece of syntax is made of, for its effects."""
        if self.depth >= MAX_DEPTH:
            self.file.note_depth(node)
            return NOTHING
        self.depth += 1
        for child in node.named_children:
            self.value(child)
        self.depth -= 1
        return NOTHING

    def constant(self, literal: Literal) -> Value:
        """Return the value of a constant that may serve as a key."""
        known = self._constants.get(literal)
        if known is None:
            known = self._constants[literal] = self.new()
            self.literals[known] = literal
            self.ops.append((Op.CONST, known, literal))
        return known

    def copy(self, target: Value, source: Value) -> None:
        """Let `target` hold what `source` holds."""
        if source not in (NOTHING, target):
            self.ops.append((Op.COPY, target, source))

    def union(self, sources: Iterable[Value]) -> Value:
        """Return a value that holds what any of them holds."""
        distinct = [one for one in dict.fromkeys(sources) if one != NOTHING]
        if len(distinct) < 2:
            return distinct[0] if distinct else NOTHING
        value = self.new()
        for source in distinct:
            self.ops.append((Op.COPY, value, source))
        return value

    def read(self, variable: Variable) -> Value:
        """Return the value that holds what the variable holds here."""
        owner = variable.owner
        if owner is self:
            return variable.cell if variable.shared else variable.value
        return self.outer(owner, owner.cell_of(variable))

    def outer(self, owner: "Writer", value: Value) -> Value:
        """Return the value that holds what a cell of an enclosing body holds."""
        if value == NOTHING:
            return NOTHING
        key = (owner.index, value)
        known = self._outer.get(key)
        if known is None:
            known = self._outer[key] = self.new()
            self.ops.append((Op.OUTER, known, owner.index, value))
        return known

    def cell_of(self, variable: Variable) -> Value:
        """Return the value of this body that other bodies read the variable from."""
        if variable.cell == NOTHING and variable.versions:
            if len(variable.versions) == 1:
                variable.cell = variable.versions[0]
            else:
                variable.cell = self.union(variable.versions)
        return variable.cell

    def share(self, variable: Variable) -> Value:
        """Give the variable a cell of its own, which inner bodies may write to."""
        if not variable.shared:
            variable.cell = self.new()
            for version in variable.versions:
                self.copy(variable.cell, version)
            variable.shared = True
        return variable.cell

    def assign(self, variable: Variable, value: Value) -> None:
        """Let the variable hold the value from here on."""
        owner = variable.owner
        if owner is not self:
            if value != NOTHING:
                self.ops.append((Op.SET_OUTER, owner.index, owner.share(variable), value))
            return
        if variable.shared:
            self.copy(variable.cell, value)
            return
        if self._logs:
            self._logs[-1].setdefault(variable, [variable.value]).append(value)
        variable.value = value
        if value != NOTHING and (not variable.versions or variable.versions[-1] != value):
            variable.versions.append(value)
            if variable.cell != NOTHING:
                self._extend_cell(variable, value)

    def _extend_cell(self, variable: Variable, value: Value) -> None:
        """A cell was asked for before the last assignment (a name of the module in its `names`)."""
        if variable.cell in variable.versions:
            variable.cell = self.union(variable.versions)
        else:
            self.copy(variable.cell, value)

    def open_branch(self) -> None:
        """Begin code that may run or not."""
        self._logs.append({})
        self.stores.clear()

    def close_branch(self) -> tuple[Branch, bool, dict[Variable, list[Value]]]:
        """End it and go back to where it began: what it left, whether its end is dead, all it ever assigned."""
        log = self._logs.pop()
        left = {variable: variable.value for variable in log}
        for variable, values in log.items():
            variable.value = values[0]
        dead, self.dead = self.dead, False
        self.stores.clear()
        return left, dead, log

    def merge(self, branches: list[tuple[Branch, bool]]) -> None:
        """Go on where several ways meet."""
        live = [left for left, dead in branches if not dead]
        if not live:
            self.dead = bool(branches)
            return
        variables = dict.fromkeys(variable for left in live for variable in left)
        for variable in variables:
            joined = self.union(left.get(variable, variable.value) for left in live)
            if joined != variable.value:
                self.assign(variable, joined)

    def open_loop(self, start: int, end: int) -> list[tuple[Variable, Value]]:
        """Begin a loop between two offsets: variables that it assigns get a value that joins both ways to its head."""
        heads = []
        for name in sorted(self.file.scan.assigned_between(start, end)):
            variable = self.scope.find(name)
            if variable is not None and variable.owner is self and not variable.fixed and not variable.shared:
                head = self.new()
                self.copy(head, variable.value)
                self.assign(variable, head)
                heads.append((variable, head))
        self.stores.clear()
        return heads

    def close_loop(self, heads: list[tuple[Variable, Value]]) -> None:
        """End the loop: what its end holds its head may hold, and the code after it."""
        for variable, head in heads:
            if variable.value != head:
                self.copy(head, variable.value)
                self.assign(variable, head)
        self.dead = False
        self.stores.clear()

    def open_scope(self) -> Scope:
        """Begin a block of names; the one around it is returned."""
        before = self.scope
        self.scope = Scope(before)
        return before

    def declare(self, name: str, start: int, end: int, *, fixed: bool = False, scope: Scope | None = None) -> Variable:
        """Declare a name in a block; `start` and `end` are the offsets between which it is visible."""
        names = (scope or self.scope).names
        known = names.get(name)
        if known is not None:
            known.fixed = False
            return known
        scan = self.file.scan
        variable = names[name] = Variable(self, name, fixed=fixed or not scan.is_assigned(name, start, end))
        if not fixed and scan.is_assigned_inside(name, start, end, self.start):
            self.share(variable)
        return variable
