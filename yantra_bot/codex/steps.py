"""The logic steps that a function body is told in: thirty-two of them, closed, the same for every language.

A body is a flat sequence. A step that opens a block (a condition, a loop, a try) is followed by the steps inside it
and a `CLOSE`; `OTHERWISE` behind the `CLOSE` of a condition is its else, behind that of a try its handler. A `CLOSE`
outside of every block ends the body, so that the network needs no thirty-third step.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final


class Step(Enum):
    """One step: its number in the network's output, its name in a file, and what it means."""

    CLOSE = (0, "close", "the block ends here")
    NULL_CHECK = (1, "null check", "is a value missing?")
    VALIDATE = (2, "validate", "is a value allowed? The block refuses it")
    TYPE_CHECK = (3, "type check", "is a value of a type?")
    DUPLICATE_CHECK = (4, "membership check", "is a value already there?")
    CONDITION = (5, "condition", "does something else hold?")
    OTHERWISE = (6, "otherwise", "what happens if not, or when the tried fails")
    ITERATE = (7, "iterate", "go through things, or repeat")
    TRY = (8, "try", "do what may fail")
    DEFAULT = (9, "start value", "give a name a value to start from")
    COMPUTE = (10, "compute", "calculate a value")
    COMPARE = (11, "compare", "put in a name whether something holds")
    LOOKUP = (12, "look up", "get a part of something by key, place or name")
    QUERY = (13, "query", "ask a database or search a text")
    INSERT = (14, "insert", "add to a collection")
    UPDATE = (15, "update", "change a part of something")
    DELETE = (16, "delete", "take something out")
    FILTER = (17, "filter", "keep those that fit")
    MAP = (18, "map", "make one thing of each")
    ACCUMULATE = (19, "accumulate", "gather many values into one")
    SORT = (20, "sort", "put in order")
    PARSE = (21, "parse", "read a value out of text or bytes")
    FORMAT = (22, "format", "make text or bytes of values")
    CALL = (23, "call", "have another function do it")
    API_CALL = (24, "remote call", "ask a service over the network")
    READ = (25, "read", "read a file or a stream")
    WRITE = (26, "write", "write a file or a stream")
    LOG = (27, "log", "tell a log or a person")
    RAISE = (28, "raise", "end with an error")
    RETURN = (29, "return", "end with a result")
    YIELD = (30, "yield", "hand out a value and go on")
    CACHE = (31, "cache", "keep a result for the next time")

    def __init__(self, number: int, label: str, meaning: str) -> None:
        self.number, self.label, self.meaning = number, label, meaning


STEPS: Final = tuple(Step)
"""By number."""
BY_LABEL: Final = {step.label: step for step in STEPS}
CONDITIONS: Final = frozenset({Step.NULL_CHECK, Step.VALIDATE, Step.TYPE_CHECK, Step.DUPLICATE_CHECK, Step.CONDITION})
OPENERS: Final = CONDITIONS | {Step.OTHERWISE, Step.ITERATE, Step.TRY}
ENDS: Final = frozenset({Step.RAISE, Step.RETURN})
"""Nothing behind one of these in its block is reached."""
COMPLEXITY: Final = (2, 5, 10, 20)
"""Up to how many steps a body is of a class; the fifth has more."""


@dataclass(frozen=True, slots=True)
class Move:
    """A step of a body, with the names that it is about."""

    step: Step
    names: tuple[str, ...] = ()
    """As the source has them, the most telling first; empty where nothing is named."""


@dataclass(frozen=True, slots=True)
class Block:
    """A step with what is inside it. Only openers have an inside."""

    step: Step
    inside: tuple["Block", ...] = ()
    names: tuple[str, ...] = ()


def nest(moves: Iterable[Move | Step]) -> tuple[Block, ...]:
    """Return a sequence as blocks. Any sequence has some: what is left open is closed at the end."""
    top: list[Block] = []
    open_blocks: list[tuple[Move, list[Block]]] = []
    for move in moves:
        one = move if isinstance(move, Move) else Move(move)
        if one.step is Step.CLOSE:
            if not open_blocks:
                break
            _close(open_blocks, top)
        elif one.step in OPENERS:
            open_blocks.append((one, []))
        else:
            (open_blocks[-1][1] if open_blocks else top).append(Block(one.step, (), one.names))
    while open_blocks:
        _close(open_blocks, top)
    return tuple(top)


def _close(open_blocks: list[tuple[Move, list[Block]]], top: list[Block]) -> None:
    move, inside = open_blocks.pop()
    (open_blocks[-1][1] if open_blocks else top).append(Block(move.step, tuple(inside), move.names))


def flatten(blocks: Sequence[Block]) -> tuple[Step, ...]:
    """Return blocks as the sequence that `nest` makes them of."""
    steps: list[Step] = []
    for block in blocks:
        steps.append(block.step)
        if block.step in OPENERS:
            steps += [*flatten(block.inside), Step.CLOSE]
    return tuple(steps)


def telling(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Return the steps that say something: what a comparison of two bodies counts, without `CLOSE`."""
    return tuple(step for step in steps if step is not Step.CLOSE)


def complexity_of(steps: Sequence[Step]) -> int:
    """Return the class, 0 to 4, of a body by the number of its steps."""
    return bisect_left(COMPLEXITY, len(telling(steps)))
