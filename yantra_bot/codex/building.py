"""From steps to a sketch: the syntax tree of a function, with the names that the problem's text has. Rules, pure.

A step says what is done and not to what. What the text settles is filled in; the rest is a `Hole`, which says in words
what is open and stops code that reaches it. Nothing is filled in to look finished.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from yantra_bot.codex.conditions import allowed, may_be_missing, of_type, sounds_many, there
from yantra_bot.codex.problem import Problem
from yantra_bot.codex.steps import CONDITIONS, Block, Step, nest
from yantra_bot.codex.tree import (
    AddTo,
    Append,
    Assign,
    Called,
    Do,
    EmptyList,
    Expression,
    Filtered,
    Function,
    Hole,
    If,
    IsNothing,
    Kind,
    Log,
    Loop,
    Mapped,
    Name,
    Nothing,
    Number,
    Parameter,
    Raise,
    Return,
    Sorted,
    Statement,
    Test,
    Try,
    Type,
    Yield,
    is_end,
    walk,
)

MOST_STEPS: Final = 64
MOST_SAID: Final = 120
_FOUND: Final = {
    Step.COMPUTE: "computed",
    Step.COMPARE: "holds",
    Step.LOOKUP: "found",
    Step.QUERY: "rows",
    Step.PARSE: "parsed",
    Step.FORMAT: "formatted",
    Step.API_CALL: "answer",
    Step.READ: "content",
    Step.CALL: "outcome",
}
"""What the value of a step is called."""
_DONE: Final = frozenset({Step.UPDATE, Step.DELETE, Step.WRITE, Step.CACHE})


def build(steps: Sequence[Step], problem: Problem) -> Function:
    """Return the sketch of a function; at most `MOST_STEPS` steps of the sequence are taken."""
    maker = _Maker(problem)
    body = maker.block(nest(steps[:MOST_STEPS]))
    returns = problem.returns
    if returns.kind not in {Kind.ANY, Kind.NOTHING} and not any(isinstance(one, Yield) for one in walk(body)):
        body = body if body and is_end(body[-1]) else (*body, Return(Hole("what is returned")))
    elif not body:
        body = (Do(Hole(f"what {problem.name} does")),)
    return Function(problem.name, maker.parameters(), returns, first_line(problem.text), body)


def first_line(text: str) -> str:
    """Return the first line that says something, cut."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return line if len(line) <= MOST_SAID else line[: MOST_SAID - 1] + "…"


@dataclass(slots=True)
class _Maker:
    """What is known while the blocks are gone through."""

    problem: Problem
    checked: set[str] = field(default_factory=set)
    gone_through: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)
    collected: str = ""
    total: str = ""
    last: str = ""
    many: str = ""
    """The list that was made last."""
    items: list[str] = field(default_factory=list)

    def parameters(self) -> tuple[Parameter, ...]:
        """Return the parameters; one that is asked whether it is missing may be missing."""
        return tuple(
            Parameter(one.name, Type(one.type.kind, one.type.inside, is_optional=True))
            if one.name in self.checked
            else one
            for one in self.problem.parameters
        )

    def block(self, blocks: Sequence[Block], opener: Step | None = None) -> tuple[Statement, ...]:
        """Return the statements of a block, without what would never be reached."""
        done: list[Statement] = []
        for place, one in enumerate(blocks):
            if one.step is Step.OTHERWISE:
                self._otherwise(done, one)
            else:
                done += self._statements(one, blocks[place + 1 :], opener)
            if done and is_end(done[-1]):
                break
        return tuple(done)

    def _otherwise(self, done: list[Statement], block: Block) -> None:
        before = done[-1] if done else None
        inside = self._inside(block)
        if isinstance(before, If) and not before.otherwise:
            done[-1] = If(before.test, before.then, inside)
        elif isinstance(before, Try) and not before.handler:
            done[-1] = Try(before.body, inside)
        else:
            done.append(If(Hole("which case is left"), inside))

    def _inside(self, block: Block) -> tuple[Statement, ...]:
        """Return what is in a block; what it names is not known behind it."""
        kept = (self.collected, self.total, self.last, self.many)
        inside = self.block(block.inside, block.step)
        self.collected, self.total, self.last, self.many = kept
        return inside

    def _statements(self, block: Block, rest: Sequence[Block], opener: Step | None) -> list[Statement]:
        step = block.step
        if step in CONDITIONS:
            return [If(self._test(block), self._inside(block))]
        if step is Step.ITERATE:
            return [self._loop(block)]
        if step is Step.TRY:
            return [Try(self._inside(block))]
        if step in _FOUND:
            return [self._assign(_FOUND[step], self._value(step))]
        if step in _DONE:
            return [Do(Hole(f"{step.label}: {step.meaning}"))]
        return [self._other(step, rest, opener)]

    def _other(self, step: Step, rest: Sequence[Block], opener: Step | None) -> Statement:
        if step is Step.DEFAULT:
            return self._start(rest)
        if step is Step.INSERT:
            return self._insert()
        if step is Step.ACCUMULATE:
            return self._accumulate()
        if step is Step.RAISE:
            return Raise(self._complaint(opener))
        if step is Step.RETURN:
            return self._return(opener)
        if step is Step.YIELD:
            return Yield(self._latest("what is handed out"))
        if step is Step.LOG:
            return Log(self.problem.name)
        assigned = self._assign({Step.SORT: "ordered", Step.FILTER: "kept"}.get(step, "made"), self._whole(step))
        self.many = assigned.name
        return assigned

    def _assign(self, name: str, value: Expression) -> Assign:
        name = self._free(name)
        self.last = name
        return Assign(name, value)

    def _free(self, name: str) -> str:
        used = {one.name for one in self.problem.parameters} | self.taken | {self.problem.name}
        number, free = 2, name
        while free in used:
            free, number = f"{name}_{number}", number + 1
        self.taken.add(free)
        return free

    def _test(self, block: Block) -> Test:
        if block.step is Step.NULL_CHECK:
            return self._missing()
        if block.step is Step.VALIDATE:
            return allowed(self.problem)
        if block.step is Step.TYPE_CHECK:
            return of_type(self.problem, refuses=bool(block.inside) and block.inside[0].step is Step.RAISE)
        if block.step is Step.DUPLICATE_CHECK:
            return there(self.problem, self.items[-1] if self.items else "", self.collected)
        return Hole("which condition")

    def _missing(self) -> Test:
        name = may_be_missing(self.problem, self.checked)
        if not name:
            return Hole("what may be missing")
        self.checked.add(name)
        return IsNothing(Name(name))

    def _collection(self) -> str:
        """Return the list that has not been gone through yet."""
        return next(
            (
                one.name
                for one in self.problem.parameters
                if one.name not in self.gone_through and (one.type.kind is Kind.LIST or sounds_many(one))
            ),
            "",
        )

    def _loop(self, block: Block) -> Loop:
        source = self._collection()
        self.gone_through.add(source)
        item = self._free(singular(source) if source else "item")
        self.items.append(item)
        body = self._inside(block)
        self.items.pop()
        return Loop(item, Name(source) if source else Hole("what is gone through"), body)

    def _start(self, rest: Sequence[Block]) -> Assign:
        """Return the first value of what is gathered behind it: a list, a sum, or something that is not known."""
        ahead = _all_steps(rest)
        if Step.INSERT in ahead and not self.collected:
            assigned = self._assign("results", EmptyList())
            self.collected = assigned.name
        elif Step.ACCUMULATE in ahead and not self.total:
            assigned = self._assign("total", Number(0))
            self.total = assigned.name
        else:
            assigned = self._assign("value", Hole("what it starts from"))
        return assigned

    def _insert(self) -> Statement:
        if not self.collected:
            return Do(Hole("what is added to what"))
        value: Expression = self._latest("what is added") if self.items else Hole("what is added")
        return Append(self.collected, value)

    def _accumulate(self) -> Statement:
        if not self.total:
            return self._assign("total", Hole("what is gathered into one"))
        return AddTo(self.total, self._latest("what is added up") if self.items else Hole("what is added up"))

    def _latest(self, open_words: str) -> Expression:
        name = self.last if self.last not in {self.collected, self.total, ""} else ""
        name = name or (self.items[-1] if self.items else "")
        return Name(name) if name else Hole(open_words)

    def _whole(self, step: Step) -> Expression:
        source = (
            self.many
            or self.collected
            or next((one.name for one in self.problem.parameters if one.type.kind is Kind.LIST or sounds_many(one)), "")
        )
        if not source:
            return Hole(f"{step.label}: {step.meaning}")
        if step is Step.SORT:
            return Sorted(Name(source))
        item = self._free(singular(source))
        if step is Step.FILTER:
            return Filtered(item, Name(source), Hole("which are kept"))
        return Mapped(item, Name(source), Hole("what is made of each"))

    def _value(self, step: Step) -> Expression:
        if step is Step.CALL and self.problem.neighbours and len(self.problem.parameters) == 1:
            return Called(self.problem.neighbours[0], (Name(self.problem.parameters[0].name),))
        return Hole(f"{step.label}: {step.meaning}")

    def _return(self, opener: Step | None) -> Return:
        if self.problem.returns.kind is Kind.NOTHING:
            return Return()
        if opener is Step.NULL_CHECK and self.problem.returns.is_optional:
            return Return(Nothing())
        gathered = self.last or self.collected or self.total
        if opener in CONDITIONS or not gathered:
            return Return(Hole("what is returned"))
        return Return(Name(gathered))

    def _complaint(self, opener: Step | None) -> str:
        if opener is Step.NULL_CHECK:
            return f"{self.problem.name}: a value is missing"
        return f"{self.problem.name}: a value is not allowed" if opener in CONDITIONS else f"{self.problem.name} failed"


def _all_steps(blocks: Sequence[Block]) -> set[Step]:
    found: set[Step] = set()
    for block in blocks:
        found |= {block.step} | _all_steps(block.inside)
    return found


def singular(name: str) -> str:
    """Return what one of several is called."""
    if name.endswith("ies") and len(name) > 4:
        return name[:-3] + "y"
    if name.endswith("s") and not name.endswith("ss") and len(name) > 2:
        return name[:-1]
    return "item"
