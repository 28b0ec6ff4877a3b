"""Constants that are made of constants (`"on" + NAME`, `` `on${NAME}` ``), and symbols, which name what is stored.

It decides nothing about names; who asks tells what a part is.
"""

from collections.abc import Callable

from tree_sitter import Node

from yantra_bot.graphdb.facts import Literal
from yantra_bot.graphdb.languages.javascript.writer import Writer

_LONGEST = 80
"""Bytes of an expression that is looked at: longer ones are no keys, and deep ones would cost depth."""
_SYMBOLS = frozenset({"Symbol", "Symbol.for"})
LiteralOf = Callable[[Writer, Node], Literal]


def join_sum(low: Writer, node: Node, literal_of: LiteralOf) -> Literal:
    """Return the string that `a + b` makes of constants; None where it is none or a part is not known."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    operator = node.child_by_field_name("operator")
    if left is None or right is None or operator is None or operator.type != "+":
        return None
    if node.end_byte - node.start_byte > _LONGEST:
        return None
    first = literal_of(low, left)
    second = None if first is None else literal_of(low, right)
    if first is None or second is None or not (isinstance(first, str) or isinstance(second, str)):
        return None
    return f"{first}{second}"


def join_template(low: Writer, node: Node, literal_of: LiteralOf) -> Literal:
    """Return the string that a template makes of constants; None where a part is not known."""
    parts = [child for child in node.named_children if child.type == "template_substitution"]
    if parts and node.end_byte - node.start_byte > _LONGEST:
        return None
    source, start, made = low.file.source, node.start_byte + 1, ""
    for part in parts:
        inner = next((child for child in part.named_children if child.type != "comment"), None)
        literal = None if inner is None else literal_of(low, inner)
        if literal is None:
            return None
        made += f"{source[start : part.start_byte].decode(errors='replace')}{literal}"
        start = part.end_byte
    return made + source[start : node.end_byte - 1].decode(errors="replace")


def symbol_key(low: Writer, name: str, given: Node) -> Literal:
    """Return the key that `const NAME = Symbol(…)` stands for; None where something else is given."""
    function = given.child_by_field_name("function") if given.type == "call_expression" else None
    if function is None or low.file.text(function) not in _SYMBOLS or low.scope.find("Symbol") is not None:
        return None
    return f"[{name}]"
