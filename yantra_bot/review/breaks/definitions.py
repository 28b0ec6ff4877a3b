"""What a function or method takes and gives, read from its definition. What a decorator may have changed is unknown."""

from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from tree_sitter import Node

from yantra_bot.domain.graph import Language, NodeKind, Symbol
from yantra_bot.graphdb.signatures import Parameter, Passing, read_signature
from yantra_bot.review.breaks.syntax import Trees, ancestors, descend, text

_BINDINGS: Final = frozenset({"staticmethod", "classmethod", "property", "cached_property", "abstractproperty"})
_TRANSPARENT: Final = _BINDINGS | {
    "abstractmethod", "abstractclassmethod", "abstractstaticmethod", "override", "final", "lru_cache", "cache",
    "contextmanager", "asynccontextmanager", "no_type_check", "overload", "deprecated", "wraps",
}  # fmt: skip
"""The last names of decorators that leave alone which arguments are taken."""
_NOT_AWAITED: Final = frozenset({"asynccontextmanager", "lru_cache", "cache"})
_CLASS_METHODS: Final = frozenset({"classmethod", "abstractclassmethod"})
_STATIC: Final = frozenset({"staticmethod", "abstractstaticmethod"})
_PROPERTIES: Final = frozenset({"property", "cached_property", "abstractproperty"})
_DEFINITIONS: Final = ("function_definition", "class_definition", "decorated_definition")


class Binding(Enum):
    """What a callable is bound to when it is read from an instance."""

    NONE = "function"
    INSTANCE = "method"
    CLASS = "classmethod"
    STATIC = "staticmethod"
    PROPERTY = "property"


@dataclass(frozen=True, slots=True)
class Definition:
    """One callable. `parameters` have the receiver in them where it is a parameter (Python)."""

    symbol: Symbol
    parameters: tuple[Parameter, ...]
    binding: Binding
    is_async: bool = False
    is_generator: bool = False
    returns: str = ""
    decorators: frozenset[str] = frozenset()
    """The last names."""
    node: Node | None = None

    @property
    def bound(self) -> int:
        """How many parameters a read from an instance fills."""
        return 1 if self.binding in (Binding.INSTANCE, Binding.CLASS) else 0

    @property
    def own(self) -> tuple[Parameter, ...]:
        """The parameters that a bound call fills."""
        return self.parameters[self.bound :]

    @property
    def awaits(self) -> bool:
        """Whether a call gives a coroutine."""
        return self.is_async and not self.is_generator and not self.decorators & _NOT_AWAITED


def define(trees: Trees, symbol: Symbol) -> Definition | None:
    """Return what a symbol takes; None where that is not known."""
    if symbol.language is Language.PYTHON:
        return _define_python(trees, symbol)
    signature = read_signature(symbol)
    if not signature.is_known or symbol.signature.endswith("…"):
        return None
    return Definition(symbol, signature.parameters, Binding.NONE, signature.is_async, returns=signature.returns)


def last_name(decorator: str) -> str:
    """Return the last name of a decorator's text: `wraps` of `functools.wraps(f)`."""
    return decorator.partition("(")[0].strip().rpartition(".")[2]


def node_of(trees: Trees, symbol: Symbol) -> Node | None:
    """Return the node of a Python symbol's `def` or `class`, without its decorators."""
    root = trees.root(symbol.path)
    if root is None:
        return None
    place = (symbol.span.line - 1, symbol.span.column)
    node = root.named_descendant_for_point_range(place, (place[0], place[1] + 1))
    if node is None:
        return None
    for one in (node, *ancestors(node)):
        if one.start_point != place:
            return None
        if one.type == "decorated_definition":
            return one.child_by_field_name("definition")
        if one.type in _DEFINITIONS and (one.parent is None or one.parent.type != "decorated_definition"):
            return one
    return None


def _define_python(trees: Trees, symbol: Symbol) -> Definition | None:
    decorators = frozenset(map(last_name, symbol.decorators))
    node = node_of(trees, symbol)
    if node is None or node.type != "function_definition" or decorators - _TRANSPARENT:
        return None
    head = node.child_by_field_name("parameters")
    if head is None or head.has_error:
        return None
    block, result = node.child_by_field_name("body"), node.child_by_field_name("return_type")
    return Definition(
        symbol,
        read_parameters(head),
        _binding(symbol, decorators),
        node.children[0].type == "async",
        block is not None and _yields(block),
        "" if result is None else text(result),
        decorators,
        node,
    )


def _binding(symbol: Symbol, decorators: frozenset[str]) -> Binding:
    if decorators & _PROPERTIES:
        return Binding.PROPERTY
    if decorators & _STATIC:
        return Binding.STATIC
    if decorators & _CLASS_METHODS or symbol.name in ("__init_subclass__", "__class_getitem__"):
        return Binding.CLASS
    return Binding.INSTANCE if symbol.kind is NodeKind.METHOD else Binding.NONE


def _yields(block: Node) -> bool:
    own = (one for one in descend(block, "yield") if not _is_inside(one, block))
    return next(own, None) is not None


def _is_inside(node: Node, block: Node) -> bool:
    for one in ancestors(node):
        if one.id == block.id:
            return False
        if one.type in ("function_definition", "lambda"):
            return True
    return False


def read_parameters(head: Node) -> tuple[Parameter, ...]:
    """Read a Python parameter list."""
    found: list[Parameter] = []
    passing = Passing.ANY
    for child in head.named_children:
        if child.type == "keyword_separator":
            passing = Passing.NAME
        elif child.type == "positional_separator":
            found = [replace(one, passing=Passing.POSITION) for one in found]
        elif child.type != "comment":
            found.append(_parameter(child, passing))
            passing = Passing.NAME if found[-1].passing is Passing.STAR else passing
    return tuple(found)


def _parameter(node: Node, passing: Passing) -> Parameter:
    declared = node.child_by_field_name("type")
    name = node.child_by_field_name("name") or (node if node.type == "identifier" else node.named_children[0])
    if "splat" in name.type or "splat" in node.type:
        star = name if "splat" in name.type else node
        passing = Passing.DOUBLE_STAR if star.type.startswith("dictionary") else Passing.STAR
        name = star.named_children[0] if star.named_child_count else star
    has_default = "default" in node.type or passing in (Passing.STAR, Passing.DOUBLE_STAR)
    return Parameter(text(name), passing, has_default, "" if declared is None else text(declared))
