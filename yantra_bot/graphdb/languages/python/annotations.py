"""Annotations: which types a parameter, a variable or a result is declared to have.

They are read from their text, so that `"Forward"` and `Forward` are one.
"""

import re
from typing import Final, NamedTuple

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, Literal, Op, Value
from yantra_bot.graphdb.languages.lowering import site_of
from yantra_bot.graphdb.languages.python.names import class_value, note_use, read_name, read_outside
from yantra_bot.graphdb.languages.python.scope import Scope

_TOKEN: Final = re.compile(r"[\w.]+|[\[\]|,]|\"[^\"]*\"|'[^']*'")
_LIMIT: Final = 400
_DEPTH: Final = 12
# Values of these have no methods or attributes that anybody asks the graph for.
_UNTRACKED: Final = frozenset(
    ["None", "Any", "int", "float", "bool", "complex", "object", "Never", "NoReturn", "Callable", "Literal", "Hashable"]
)
_CHOICES: Final = frozenset({"Optional", "Union"})
_WRAPPERS: Final = frozenset(["Annotated", "Final", "ClassVar", "Required", "NotRequired", "ReadOnly", "InitVar"])
_SEQUENCES: Final = {
    **dict.fromkeys(["list", "List", "Sequence", "MutableSequence", "deque", "Deque", "Collection"], "list"),
    **dict.fromkeys(["set", "Set", "frozenset", "FrozenSet", "AbstractSet", "MutableSet"], "set"),
    **dict.fromkeys(
        ["Iterable", "Iterator", "Generator", "AsyncIterator", "AsyncIterable", "AsyncGenerator"], "generator"
    ),
}
_MAPPINGS: Final = frozenset(["dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "DefaultDict", "OrderedDict"])
_OPAQUE: Final = frozenset(
    ["Callable", "Literal", "Awaitable", "Coroutine", "Concatenate", "ParamSpec", "TypeGuard", "TypeIs"]
)


class Type(NamedTuple):
    """A type as it is written: a dotted name and its arguments; `|` has its sides as arguments."""

    name: str
    arguments: "list[Type]"


def declare(scope: Scope, value: Value, node: Node) -> None:
    """Say of a value that it is declared to have the type at a node."""
    for kind, one in types_at(scope, node):
        scope.emit((kind, value, one))


def declare_result(scope: Scope, node: Node) -> None:
    """Say which type the result of the scope's function is declared to have."""
    for kind, one in types_at(scope, node):
        if kind == Op.INSTANCE:
            scope.emit((Op.RETURN_TYPE, one))


def types_at(scope: Scope, node: Node) -> list[tuple[int, Value]]:
    """Return (INSTANCE or COPY, value) for each type that an annotation offers."""
    if node.end_byte - node.start_byte > _LIMIT:
        return []
    written = parse_type(scope.unit.source[node.start_byte : node.end_byte].decode("utf-8", "replace"))
    return [] if written is None else _lower(scope, written, node)


def parse_type(text: str) -> Type | None:
    """Parse an annotation; None when there is no name in it."""
    tokens = _TOKEN.findall(text)
    tokens.reverse()
    return _parse(tokens, 0)


def _parse(tokens: list[str], depth: int) -> Type | None:
    sides: list[Type] = []
    while True:
        side = _parse_one(tokens, depth)
        if side is not None:
            sides.append(side)
        if not tokens or tokens[-1] != "|":
            break
        tokens.pop()
    if not sides:
        return None
    return sides[0] if len(sides) == 1 else Type("|", sides)


def _parse_one(tokens: list[str], depth: int) -> Type | None:
    if not tokens or tokens[-1] in {"]", ",", "|"} or depth > _DEPTH:
        return None
    token = tokens.pop()
    if token[0] in "\"'":
        return parse_type(token[1:-1])
    if token.startswith("["):
        return Type("[]", _parse_arguments(tokens, depth + 1))
    arguments: list[Type] = []
    if tokens and tokens[-1] == "[":
        tokens.pop()
        arguments = _parse_arguments(tokens, depth + 1)
    return Type(token, arguments)


def _parse_arguments(tokens: list[str], depth: int) -> list[Type]:
    found: list[Type] = []
    while tokens and tokens[-1] != "]":
        one = _parse(tokens, depth)
        if one is not None:
            found.append(one)
        if tokens and tokens[-1] == ",":
            tokens.pop()
        elif one is None:
            break
    if tokens and tokens[-1] == "]":
        tokens.pop()
    return found


def _lower(scope: Scope, written: Type, node: Node) -> list[tuple[int, Value]]:
    last = written.name.rpartition(".")[2]
    arguments = written.arguments
    if last in _UNTRACKED or last in _OPAQUE or not last or not (last == "|" or last[0].isalpha() or last[0] == "_"):
        return []
    if last == "|" or (last in _CHOICES and arguments):
        return [found for one in arguments for found in _lower(scope, one, node)]
    if last in _WRAPPERS:
        return _lower(scope, arguments[0], node) if arguments else []
    if last in {"type", "Type"} and arguments:
        return [(Op.COPY, one) for kind, one in _lower(scope, arguments[0], node) if kind == Op.INSTANCE]
    container = _lower_container(scope, last, arguments, node)
    if container >= 0:
        return [(Op.INSTANCE, container)]
    value = _read_type(scope, written.name, node)
    return [(Op.INSTANCE, value)] if value >= 0 else []


def _lower_container(scope: Scope, name: str, arguments: list[Type], node: Node) -> Value:
    if not arguments:
        return NOTHING
    if name in _MAPPINGS:
        return _make(scope, "dict", [(None, arguments[-1])], node)
    if name in {"tuple", "Tuple"}:
        kept = [one for one in arguments if one.name != "..."]
        keys: list[Literal] = list(range(len(kept))) if len(kept) == len(arguments) else [None] * len(kept)
        return _make(scope, "tuple", list(zip(keys, kept, strict=True)), node)
    kind = _SEQUENCES.get(name)
    return NOTHING if kind is None else _make(scope, kind, [(None, arguments[0])], node)


def _make(scope: Scope, kind: str, elements: list[tuple[Literal, Type]], node: Node) -> Value:
    kept: list[tuple[Literal, Value]] = []
    for key, written in elements:
        types = _lower(scope, written, node)
        if types:
            element = scope.new()
            for op, one in types:
                scope.emit((op, element, one))
            kept.append((key, element))
    container = scope.new()
    scope.emit((Op.NEW, container, kind, tuple(kept)))
    return container


def _read_type(scope: Scope, dotted: str, node: Node) -> Value:
    root, *rest = dotted.split(".")
    if dotted in {"Self", "typing.Self", "t.Self"}:
        return class_value(scope)
    if root in scope.env:
        value = read_name(scope, root, node)
    else:
        value = read_outside(scope, root, node, of_class=True)
        note_use(scope, root, value, node)
    place = site_of(node)
    for name in rest:
        if value < 0:
            return NOTHING
        found = scope.new()
        scope.emit((Op.ATTR, found, value, name, place))
        value = found
        if name == rest[-1]:
            scope.emit((Op.REF, value, name, place))
    return value
