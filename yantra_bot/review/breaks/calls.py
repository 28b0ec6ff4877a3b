"""What a call passes, read from the syntax at its place: how many arguments, which names, what is unpacked.

The facts of a file leave out arguments that can be nothing anybody would ask for, so that they cannot be counted
there. What is unpacked (`*args`, `**kwargs`, Go's `f(g())`) makes a call's arguments unknown, not wrong.
"""

from dataclasses import dataclass
from typing import Final

from tree_sitter import Node

from yantra_bot.domain.graph import Language
from yantra_bot.review.breaks.syntax import enclosing, text

_CALLS: Final = {
    "call": ("function", "arguments"),
    "call_expression": ("function", "arguments"),
    "new_expression": ("constructor", "arguments"),
    "method_invocation": ("name", "arguments"),
    "object_creation_expression": ("type", "arguments"),
}
"""Kinds of nodes that are calls, in all languages: the field of what is called, and that of what is given."""
_LAST_NAMES: Final = {
    "attribute": "attribute",
    "member_expression": "property",
    "selector_expression": "field",
    "field_expression": "field",
    "scoped_identifier": "name",
    "field_access": "field",
    "qualified_type": "name",
    "nested_type_identifier": "name",
    "scoped_type_identifier": "name",
    "generic_function": "function",
}
"""Kinds of nodes that name something of something, and the field of the last name."""
_STARS: Final = frozenset({"list_splat", "spread_element", "variadic_argument"})
_TRIVIA: Final = frozenset({"comment", "line_comment", "block_comment"})


@dataclass(frozen=True, slots=True)
class Shape:
    """The arguments of one call."""

    node: Node
    positional: tuple[Node, ...] = ()
    keywords: tuple[tuple[str, Node], ...] = ()
    has_star: bool = False
    """Positional arguments are unpacked, so that there may be more of them than `positional` has."""
    has_double_star: bool = False
    receiver: Node | None = None
    """What the called name is looked up in, `x` of `x.f()`."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names that arguments are given by."""
        return tuple(name for name, _ in self.keywords)

    @property
    def texts(self) -> tuple[str, ...]:
        """All arguments as they are written."""
        return tuple(text(node) for node in (*self.positional, *(node for _, node in self.keywords)))


def callee_of(name: Node) -> Node:
    """Return the whole expression that ends in a name: `a.b.f` of `f`."""
    node, parent = name, name.parent
    while parent is not None:
        field = _LAST_NAMES.get(parent.type)
        last = None if field is None else parent.child_by_field_name(field)
        if last is None or last.id != node.id:
            return node
        node, parent = parent, parent.parent
    return node


def receiver_of(name: Node) -> Node | None:
    """Return what a name is looked up in, `a.b` of `a.b.f`; None where it stands alone."""
    parent = name.parent
    if parent is None:
        return None
    if parent.type == "method_invocation":
        return parent.child_by_field_name("object")
    field = _LAST_NAMES.get(parent.type)
    last = None if field is None else parent.child_by_field_name(field)
    if last is None or last.id != name.id or parent.type == "generic_function":
        return None
    return parent.named_children[0] if parent.named_children[0].id != name.id else None


def call_at(name: Node, language: Language) -> Shape | None:
    """Return the call of what a name stands for; None where it is not called there by a plain call."""
    callee = callee_of(name)
    parent = callee.parent
    while parent is not None and parent.type in ("parenthesized_expression", "generic_type"):
        callee, parent = parent, parent.parent
    if parent is None:
        return None
    if parent.type == "decorator":
        return Shape(parent, (parent,), receiver=receiver_of(name))
    fields = _CALLS.get(parent.type)
    called = None if fields is None else parent.child_by_field_name(fields[0])
    if fields is None or called is None or (called.id != callee.id and called.id != name.id):
        return None
    return _read(parent, parent.child_by_field_name(fields[1]), receiver_of(name), language)


def _read(call: Node, arguments: Node | None, receiver: Node | None, language: Language) -> Shape | None:
    if arguments is None:
        return Shape(call, receiver=receiver)
    if call.type == "call_expression" and arguments.type == "template_string":
        return None
    if arguments.type == "generator_expression":
        return Shape(call, (arguments,), receiver=receiver)
    if arguments.has_error:
        return None
    given = [child for child in arguments.named_children if child.type not in _TRIVIA]
    kinds = {child.type for child in given}
    plain = tuple(one for one in given if one.type not in _STARS | {"keyword_argument", "dictionary_splat"})
    is_spread = language is Language.GO and len(plain) == 1 and plain[0].type == "call_expression"
    return Shape(
        call,
        plain,
        tuple(_keyword(one) for one in given if one.type == "keyword_argument"),
        has_star=bool(kinds & _STARS) or is_spread,
        has_double_star="dictionary_splat" in kinds,
        receiver=receiver,
    )


def _keyword(node: Node) -> tuple[str, Node]:
    return text(node.named_children[0]), node.named_children[-1]


def holder_of(node: Node) -> Node | None:
    """Return the function that a node stands in."""
    return enclosing(node, "function_definition", "lambda")
