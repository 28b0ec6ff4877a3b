"""Constants that are written out: the text of a string, the number of an int, the key of a subscript."""

import re
from collections.abc import Sequence
from typing import Final

from tree_sitter import Node

from yantra_bot.graphdb.facts import OTHER_KEY, Literal
from yantra_bot.graphdb.languages.python.names import find_symbol
from yantra_bot.graphdb.languages.python.scope import Scope

CONSTANT_LIMIT: Final = 40
"""The longest string, in bytes, that is taken for a key or a name."""
_PATH_LIMIT: Final = 200
_STRING: Final = re.compile(rb"""([A-Za-z]{0,2})("{3}|'{3}|"|')(.*)\2\Z""", re.DOTALL)
_DIGITS: Final = 9
_PARTS_LIMIT: Final = 8
_WORDS: Final[dict[str, str | int]] = {"none": f"{OTHER_KEY}None", "true": 1, "false": 0, "ellipsis": f"{OTHER_KEY}..."}


def read_string(scope: Scope, node: Node, limit: int = CONSTANT_LIMIT) -> str | None:
    """Return the text of a plain string literal, also of one in several parts; None when it is long or computed."""
    start, end = node.start_byte, node.end_byte
    if end - start > limit + 8:
        return None
    raw = scope.unit.source[start:end]
    quote = raw[:1]
    if quote in (b'"', b"'") and node.type == "string":
        inner = raw[1:-1] if raw[1:2] != quote else raw[3:-3]
        if b"\\" not in inner:
            return scope.unit.texts[inner]
    return _read_odd_string(scope, node)


def _read_odd_string(scope: Scope, node: Node) -> str | None:
    parts = [node] if node.type == "string" else node.named_children
    texts: list[str] = []
    for part in parts:
        found = _STRING.match(scope.unit.source[part.start_byte : part.end_byte])
        if found is None or b"f" in found[1].lower() or (b"\\" in found[3] and b"r" not in found[1].lower()):
            return None
        texts.append(found[3].decode("utf-8", "replace"))
    return "".join(texts)


def read_path(scope: Scope, node: Node) -> str | None:
    """Return a string that may be longer than a key: a URL or a route."""
    return read_string(scope, node, _PATH_LIMIT) if node.type in {"string", "concatenated_string"} else None


def read_int(scope: Scope, node: Node) -> int | None:
    """Return an int literal that is short and decimal."""
    text = scope.unit.text(node)
    return int(text) if len(text) <= _DIGITS and text.isascii() and text.isdigit() else None


def read_literal(scope: Scope, node: Node) -> Literal:
    """Return the constant that an expression is, as a key; None when it is none."""
    kind = node.type
    if kind in {"string", "concatenated_string"}:
        return read_string(scope, node)
    if kind == "integer":
        return read_int(scope, node)
    if kind == "unary_operator":
        operand = node.named_children[-1]
        number = read_int(scope, operand) if operand.type == "integer" else None
        return (
            -number if number is not None and scope.unit.source[node.start_byte : node.start_byte + 1] == b"-" else None
        )
    if kind == "parenthesized_expression" and node.named_child_count == 1:
        return read_literal(scope, node.named_children[0])
    return None


def read_key(scope: Scope, node: Node) -> Literal:
    """Return the key that an expression is in a dict, whatever its type; None when it is not known."""
    kind = node.type
    if kind in _WORDS:
        return _WORDS[kind]
    if kind == "float":
        return _read_float(scope.unit.text(node))
    if kind == "tuple":
        return read_keys(scope, node.named_children)
    if kind == "attribute":
        return _read_member(scope, node)
    if kind == "parenthesized_expression" and node.named_child_count == 1:
        return read_key(scope, node.named_children[0])
    return read_literal(scope, node)


def read_keys(scope: Scope, nodes: list[Node]) -> Literal:
    """Return the key that a tuple of these is."""
    if len(nodes) > _PARTS_LIMIT or any(node.type == "tuple" for node in nodes):
        return None
    return key_of_tuple([read_key(scope, node) for node in nodes])


def key_of_tuple(parts: Sequence[Literal]) -> Literal:
    """Return the key that a tuple of known constants is."""
    return None if None in parts else f"{OTHER_KEY}{tuple(parts)}"


def _read_float(text: str) -> Literal:
    try:
        number = float(text)
    except ValueError:
        return None
    return int(number) if number.is_integer() and abs(number) < 10**_DIGITS else f"{OTHER_KEY}{number}"


def _read_member(scope: Scope, node: Node) -> Literal:
    """A member of an enumeration of this file is a key of its own."""
    owner, name = node.named_children[0], node.named_children[-1]
    if owner.type != "identifier" or not scope.unit.enums:
        return None
    text = scope.unit.text(owner)
    is_enum = find_symbol(scope, text) in scope.unit.enums
    return f"{OTHER_KEY}{text}.{scope.unit.text(name)}" if is_enum else None
