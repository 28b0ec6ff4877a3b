"""A small typed syntax tree, between the steps and the languages: what a sketch says, in no language yet."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """The sorts of types that a sketch knows apart."""

    TEXT = "text"
    WHOLE = "whole number"
    REAL = "number"
    TRUTH = "truth"
    LIST = "list"
    MAP = "map"
    NOTHING = "nothing"
    ANY = "anything"


@dataclass(frozen=True, slots=True)
class Type:
    """A type; `inside` is what a list or a map holds."""

    kind: Kind = Kind.ANY
    inside: "Type | None" = None
    is_optional: bool = False


ANY: Final = Type()


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the function that is asked for."""

    name: str
    type: Type = ANY


@dataclass(frozen=True, slots=True)
class Name:
    """A parameter or something that the sketch has named."""

    text: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """None, null, nil."""


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number."""

    value: int


@dataclass(frozen=True, slots=True)
class EmptyList:
    """A list without anything yet."""


@dataclass(frozen=True, slots=True)
class Hole:
    """What the generator does not know: it is said in words and stops the code that reaches it."""

    what: str


@dataclass(frozen=True, slots=True)
class Sorted:
    """The same things in order."""

    of: Name


@dataclass(frozen=True, slots=True)
class Filtered:
    """Those of a list that fit."""

    item: str
    of: Name
    test: "Test"


@dataclass(frozen=True, slots=True)
class Mapped:
    """One thing made of each of a list."""

    item: str
    of: Name
    made: "Expression"


@dataclass(frozen=True, slots=True)
class Called:
    """A function that the task names, called."""

    function: str
    arguments: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class IsNothing:
    """Whether it is missing."""

    of: Name


@dataclass(frozen=True, slots=True)
class IsEmpty:
    """Whether it has nothing in it."""

    of: Name


@dataclass(frozen=True, slots=True)
class IsBelow:
    """Whether it is smaller than a number."""

    of: Name
    bound: int


@dataclass(frozen=True, slots=True)
class IsNoneOf:
    """Whether it is of another type than this. Languages that settle it before a run have a hole for it."""

    of: Name
    type: Type


@dataclass(frozen=True, slots=True)
class IsIn:
    """Whether it is there already."""

    of: Name
    place: Name
    is_map: bool = False


Test = Hole | IsNothing | IsEmpty | IsBelow | IsNoneOf | IsIn
Expression = Name | Nothing | Number | EmptyList | Hole | Sorted | Filtered | Mapped | Called


@dataclass(frozen=True, slots=True)
class If:
    """A condition."""

    test: Test
    then: tuple["Statement", ...]
    otherwise: tuple["Statement", ...] = ()


@dataclass(frozen=True, slots=True)
class Loop:
    """Each of many things in turn."""

    item: str
    source: Name | Hole
    body: tuple["Statement", ...]


@dataclass(frozen=True, slots=True)
class Try:
    """What may fail, and what is done then."""

    body: tuple["Statement", ...]
    handler: tuple["Statement", ...] = ()


@dataclass(frozen=True, slots=True)
class Assign:
    """A name gets a value, for the first time or again."""

    name: str
    value: Expression
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class Append:
    """One more in a list."""

    name: str
    value: Expression


@dataclass(frozen=True, slots=True)
class AddTo:
    """A sum grows."""

    name: str
    value: Expression


@dataclass(frozen=True, slots=True)
class Return:
    """The end, with a result or without."""

    value: Expression | None = None


@dataclass(frozen=True, slots=True)
class Raise:
    """The end, with an error."""

    message: str


@dataclass(frozen=True, slots=True)
class Yield:
    """A value is handed out."""

    value: Expression


@dataclass(frozen=True, slots=True)
class Log:
    """A log is told."""

    message: str


@dataclass(frozen=True, slots=True)
class Do:
    """Something is done that the generator can only name."""

    hole: Hole


Statement = If | Loop | Try | Assign | Append | AddTo | Return | Raise | Yield | Log | Do


@dataclass(frozen=True, slots=True)
class Function:
    """A whole function."""

    name: str
    parameters: tuple[Parameter, ...]
    returns: Type
    says: str
    """One line of what it is for."""
    body: tuple[Statement, ...]

    @property
    def fails(self) -> bool:
        """Tell whether an error is one of its ends."""
        return any(isinstance(one, Raise) for one in walk(self.body))

    @property
    def yields(self) -> bool:
        """Tell whether it hands out values while it goes on."""
        return any(isinstance(one, Yield) for one in walk(self.body))


def walk(statements: tuple[Statement, ...]) -> list[Statement]:
    """Return all statements, those inside of others included."""
    found: list[Statement] = []
    waiting = list(statements)
    while waiting:
        one = waiting.pop()
        found.append(one)
        for inside in ("then", "otherwise", "body", "handler"):
            waiting += getattr(one, inside, ())
    return found


def is_end(statement: Statement) -> bool:
    """Tell whether nothing behind it in its block is reached."""
    return isinstance(statement, Return | Raise)
