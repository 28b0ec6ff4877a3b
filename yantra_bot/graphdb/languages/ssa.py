"""Variables of straight-line code as single assignments: the bookkeeping that frontends with block scopes share.

A frame is a body while it is lowered. A variable that nobody assigns again is one value. One that is assigned again has
a version per assignment, joined where branches and loops meet, and a cell as soon as an inner body names it. This
module knows no syntax and writes nothing but COPY, OUTER and SET_OUTER.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from yantra_bot.graphdb.facts import NOTHING, Body, Op, Value


@dataclass(eq=False, slots=True)
class Variable:
    """A name in a block. `value` is its only value, or the cell of a name of a module or a class."""

    frame: "Frame"
    name: str
    value: Value
    versioned: bool = False
    """It is assigned again: its values are in the frame's state."""
    cell: Value = NOTHING
    written: bool = False
    """An inner body assigns to it: only the cell tells what it holds."""
    symbol: int = -1
    """The symbol that it is, for names of modules and classes."""
    note: Any = None
    """What a frontend wants to remember of it."""


State = dict[Variable, Value] | None
"""The current version of each versioned variable; None where the code cannot go on (after a return)."""


@dataclass(eq=False, slots=True)
class Loop:
    """A loop, or a switch, whose end is not reached yet."""

    heads: dict[Variable, Value]
    switch: bool = False
    """It can be left early, but not begun again."""
    breaks: list[State] = field(default_factory=list)
    repeats: list[State] = field(default_factory=list)
    result: Value = NOTHING
    """What it is left with, where a loop has a value."""


class Frame:
    """A body while it is lowered: its blocks, the versions of its variables, what it read from around it."""

    def __init__(self, body: Body, index: int, parent: "Frame | None") -> None:
        self.body = body
        self.index = index
        self.parent = parent
        self.scopes: list[dict[str, Variable]] = [{}]
        self.state: dict[Variable, Value] = {}
        self.dead = False
        self.loops: list[Loop] = []
        self.used: set[object] = set()
        self.counts: dict[str, int] = {}
        self._outer: dict[tuple[int, Value], Value] = {}

    def new(self) -> Value:
        """Return a new value of the body."""
        value = self.body.values
        self.body.values = value + 1
        return value

    def emit(self, *op: Any) -> None:
        """Append an instruction."""
        self.body.ops.append(op)

    def copy(self, target: Value, source: Value) -> None:
        """Let `target` hold what `source` holds."""
        if source not in (NOTHING, target):
            self.body.ops.append((Op.COPY, target, source))

    def union(self, sources: Iterable[Value]) -> Value:
        """Return a value that holds what any of them holds."""
        distinct = {source: None for source in sources if source != NOTHING}
        if len(distinct) < 2:
            return next(iter(distinct), NOTHING)
        value = self.new()
        for source in distinct:
            self.body.ops.append((Op.COPY, value, source))
        return value

    def open_block(self) -> None:
        """Begin a block: names declared from here on end with it."""
        self.scopes.append({})

    def close_block(self) -> None:
        """End the innermost block."""
        for variable in self.scopes.pop().values():
            self.state.pop(variable, None)

    def declare(self, name: str, value: Value, *, versioned: bool = False) -> Variable:
        """Bind a name in the innermost block."""
        variable = Variable(self, name, value, versioned)
        self.scopes[-1][name] = variable
        if versioned:
            self.state[variable] = value
        return variable

    def find_local(self, name: str) -> Variable | None:
        """Return the variable of this name in this frame alone."""
        for scope in reversed(self.scopes):
            variable = scope.get(name)
            if variable is not None:
                return variable
        return None

    def find(self, name: str) -> Variable | None:
        """Return the variable that the name means here, in this frame or around it."""
        frame: Frame | None = self
        while frame is not None:
            variable = frame.find_local(name)
            if variable is not None:
                return variable
            frame = frame.parent
        return None

    def read(self, variable: Variable) -> Value:
        """Return the value that holds what the variable holds here."""
        owner = variable.frame
        if owner is not self:
            return self.read_outer(owner.index, owner.cell_of(variable))
        if not variable.versioned:
            return variable.value
        return variable.cell if variable.written else self.state.get(variable, variable.value)

    def read_outer(self, body: int, value: Value) -> Value:
        """Return the value that holds what a cell of an enclosing body holds."""
        if value == NOTHING:
            return NOTHING
        key = (body, value)
        known = self._outer.get(key)
        if known is None:
            known = self._outer[key] = self.new()
            self.body.ops.append((Op.OUTER, known, body, value))
        return known

    def cell_of(self, variable: Variable) -> Value:
        """Return the value of this frame that inner bodies read the variable from."""
        if not variable.versioned:
            return variable.value
        if variable.cell == NOTHING:
            variable.cell = self.new()
            self.copy(variable.cell, self.state.get(variable, variable.value))
        return variable.cell

    def assign(self, variable: Variable, value: Value) -> None:
        """Let the variable hold the value from here on."""
        owner = variable.frame
        if owner is not self:
            cell = owner.cell_of(variable)
            variable.written = True
            if value != NOTHING and cell != NOTHING:
                self.body.ops.append((Op.SET_OUTER, owner.index, cell, value))
        elif not variable.versioned:
            if variable.value != NOTHING:
                self.copy(variable.value, value)
        else:
            self.state[variable] = value
            if variable.cell != NOTHING:
                self.copy(variable.cell, value)

    def fork(self) -> State:
        """Return the state here, to come back to."""
        return None if self.dead else dict(self.state)

    def resume(self, state: State) -> None:
        """Go on from a state."""
        self.dead = state is None
        if state is not None:
            self.state = dict(state)

    def merge(self, states: Iterable[State]) -> None:
        """Go on where several ways meet."""
        live = [state for state in states if state is not None]
        self.dead = not live
        if not live:
            return
        merged = dict(live[0])
        for variable in live[0]:
            values = {state[variable] for state in live if variable in state}
            if len(values) > 1:
                merged[variable] = self.union(sorted(values))
        self.state = merged

    def begin_loop(self, assigned: Iterable[str]) -> Loop:
        """Begin a loop in which variables of these names are assigned."""
        names = set(assigned)
        heads: dict[Variable, Value] = {}
        for variable, value in self.state.items():
            if variable.name in names:
                heads[variable] = self.new()
                self.copy(heads[variable], value)
        self.state.update(heads)
        loop = Loop(heads)
        self.loops.append(loop)
        return loop

    def end_loop(self) -> None:
        """Close the loop: what its end holds, its head may hold; go on where it is left."""
        loop = self.loops.pop()
        for state in [self.fork(), *loop.repeats]:
            for variable, head in loop.heads.items():
                if state is not None:
                    self.copy(head, state.get(variable, NOTHING))
        leaving: dict[Variable, Value] = {**self.state, **loop.heads}
        self.merge([leaving, *loop.breaks])

    def leave(self, *, again: bool, labelled: bool = False) -> None:
        """Leave the innermost loop or switch, or begin the innermost loop again; the code after this is dead.

        A label is taken for the innermost loop's.
        """
        loops = [loop for loop in self.loops if not loop.switch] if again or labelled else self.loops
        if loops:
            (loops[-1].repeats if again else loops[-1].breaks).append(self.fork())
        self.dead = True
