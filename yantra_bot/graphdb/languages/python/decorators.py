"""Decorators: which are calls, and which only say what a function or class is."""

from typing import Final, NamedTuple

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, BodyFlag, CallFlag, Op, Value
from yantra_bot.graphdb.languages.lowering import site_of
from yantra_bot.graphdb.languages.python.names import is_free
from yantra_bot.graphdb.languages.python.routes import note_decorated_route
from yantra_bot.graphdb.languages.python.scope import Scope
from yantra_bot.graphdb.languages.python.unit import BUILTINS

_ABSTRACT: Final = BodyFlag.ABSTRACT
_FLAGS: Final = {
    "staticmethod": BodyFlag.STATIC,
    "classmethod": BodyFlag.CLASS_METHOD,
    "property": BodyFlag.PROPERTY,
    "functools.cached_property": BodyFlag.PROPERTY,
    "types.DynamicClassAttribute": BodyFlag.PROPERTY,
    "enum.property": BodyFlag.PROPERTY,
    "abc.abstractmethod": _ABSTRACT,
    "abc.abstractproperty": _ABSTRACT | BodyFlag.PROPERTY,
    "abc.abstractclassmethod": _ABSTRACT | BodyFlag.CLASS_METHOD,
    "abc.abstractstaticmethod": _ABSTRACT | BodyFlag.STATIC,
    "typing.overload": BodyFlag.OVERLOAD,
    "typing_extensions.overload": BodyFlag.OVERLOAD,
    "dataclasses.dataclass": BodyFlag.DATACLASS,
}
# Of other packages, by the last name: they are called, and the result is as the flag says.
_FLAGS_BY_LAST_NAME: Final = {
    "cached_property": BodyFlag.PROPERTY,
    "cachedproperty": BodyFlag.PROPERTY,
    "lazy_property": BodyFlag.PROPERTY,
    "lazyproperty": BodyFlag.PROPERTY,
    "hybrid_property": BodyFlag.PROPERTY,
    "reify": BodyFlag.PROPERTY,
    "classproperty": BodyFlag.PROPERTY | BodyFlag.CLASS_METHOD,
}
_ATTRS: Final = frozenset(
    [
        "attr.s",
        "attr.attrs",
        "attr.dataclass",
        "attr.define",
        "attr.frozen",
        "attrs.define",
        "attrs.frozen",
        "attrs.mutable",
    ]
)
_DATACLASSES: Final = frozenset({"pydantic.dataclasses.dataclass", "typing.dataclass_transform"})
# They are called, and give back what they were given.
_IDENTITIES: Final = frozenset(
    [
        "typing.final",
        "typing.override",
        "typing.runtime_checkable",
        "typing.no_type_check",
        "typing_extensions.final",
        "typing_extensions.override",
        "typing_extensions.runtime_checkable",
        "functools.total_ordering",
        "enum.unique",
        "atexit.register",
    ]
)
PROPERTY_PARTS: Final = frozenset({"setter", "deleter", "getter"})


class Decorator(NamedTuple):
    """A decorator that is called."""

    node: Node
    value: Value
    keeps: bool
    """Its result is taken for what it was given."""


class Decorations(NamedTuple):
    """All decorators of one definition."""

    flags: int
    called: list[Decorator]
    texts: tuple[str, ...]
    part_of: str
    """`x.setter`, when it is that of a property."""


def read_decorators(scope: Scope, nodes: list[Node]) -> Decorations:
    """Lower the expressions of decorators, from the first to the last."""
    flags, called, texts, part_of = 0, [], [], ""
    for node in nodes:
        texts.append(_text(scope, node))
        function = node.children[0] if node.type == "call" else node
        part = _property_part(scope, function)
        if part:
            part_of = part
            continue
        dotted = dotted_name(scope, function)
        known = _FLAGS.get(dotted, 0)
        if known:
            flags |= known
            continue
        more = _FLAGS_BY_LAST_NAME.get(dotted.rpartition(".")[2], 0) if dotted else 0
        more |= BodyFlag.DATACLASS if dotted in _ATTRS or dotted in _DATACLASSES else 0
        flags |= more
        called.append(Decorator(node, scope.value(node), bool(more) or dotted in _IDENTITIES))
    return Decorations(flags, called, tuple(texts), part_of)


def _text(scope: Scope, node: Node) -> str:
    raw = scope.unit.source[node.start_byte : min(node.end_byte, node.start_byte + 120)]
    return " ".join(raw.decode("utf-8", "replace").split())


def _property_part(scope: Scope, function: Node) -> str:
    if not scope.is_class or function.type != "attribute":
        return ""
    parts = function.named_children
    last = scope.unit.text(parts[-1])
    if last not in PROPERTY_PARTS or parts[0].type not in {"identifier", "attribute"}:
        return ""
    owner = parts[0] if parts[0].type == "identifier" else parts[0].named_children[-1]
    return f"{scope.unit.text(owner)}.{last}"


def dotted_name(scope: Scope, node: Node) -> str:
    """Return what a dotted expression names, by the file's imports; empty where a scope binds it otherwise."""
    text = _text(scope, node)
    root, dot, rest = text.partition(".")
    imported = scope.unit.imported.get(root)
    if imported is not None:
        return imported + dot + rest
    return text if root in BUILTINS and is_free(scope, root) else ""


def apply_decorators(scope: Scope, decorations: Decorations, value: Value) -> Value:
    """Emit the calls of decorators, the last one first, and return the result."""
    result = value
    for node, function, keeps in reversed(decorations.called):
        note_decorated_route(scope, node, value)
        scope.note_call()
        given = result
        made = NOTHING if keeps else scope.new()
        scope.emit((Op.CALL, made, function, _site(node), (given,), (), NOTHING, NOTHING, CallFlag.DECORATOR))
        if not keeps:
            result = made
    return result


def _site(node: Node) -> int:
    function = node.children[0] if node.type == "call" else node
    return site_of(function.named_children[-1] if function.type == "attribute" else function)
