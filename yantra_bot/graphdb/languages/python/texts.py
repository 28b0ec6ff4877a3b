"""Strings and numbers: constants that may be keys or names, and strings that are made of parts."""

import re
from typing import Final

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, CallFlag, Op, Value
from yantra_bot.graphdb.languages.lowering import site_of
from yantra_bot.graphdb.languages.python.expressions import TRIVIA, is_plain, only_effects
from yantra_bot.graphdb.languages.python.literals import CONSTANT_LIMIT, read_int, read_string
from yantra_bot.graphdb.languages.python.scope import Lower, Scope

_IMPLICIT: Final = CallFlag.IMPLICIT
_PARTS_LIMIT: Final = 4
_PLACE: Final = re.compile(r"%s")
_NAME_PART: Final = re.compile(r"[\w.]{1,40}\Z")


def _lower_string(scope: Scope, node: Node) -> Value:
    text = read_string(scope, node)
    if text is not None:
        # A text with spaces is a message, not a key that a value would carry.
        return NOTHING if " " in text or "\n" in text else scope.constant(text)
    parts: list[str | Value] = []
    _interpolate(scope, node, parts)
    return make_text(scope, parts)


def make_text(scope: Scope, parts: list[str | Value]) -> Value:
    """Return the value of a string in parts, where it can be a name: short, without spaces, made of something."""
    texts = [part for part in parts if isinstance(part, str)]
    kept = [part for part in parts if isinstance(part, str) or part != NOTHING]
    if not texts or len(kept) != len(parts) or not 1 < len(parts) <= _PARTS_LIMIT:
        return NOTHING
    if not all(_NAME_PART.match(text) for text in texts):
        return NOTHING
    value = scope.new()
    scope.emit((Op.TEXT, value, tuple(parts)))
    return value


def format_text(scope: Scope, pattern: str | Value, value: Value) -> Value:
    """Return the value of `"ext.%s" % value`, where it can be a name."""
    if not isinstance(pattern, str) or "%%" in pattern or value < 0:
        return NOTHING
    parts = _PLACE.split(pattern)
    if len(parts) != 2 or any("%" in part for part in parts):
        return NOTHING
    made: list[str | Value] = [one for one in (parts[0], value, parts[-1]) if one != ""]
    return make_text(scope, made)


def _interpolate(scope: Scope, node: Node, parts: list[str | Value]) -> None:
    for child in node.named_children:
        kind = child.type
        if kind in {"interpolation", "format_expression"}:
            parts.append(_format(scope, child))
        elif kind in {"string", "format_specifier"}:
            _interpolate(scope, child, parts)
        elif kind == "string_content":
            parts.append(scope.unit.text(child) if child.end_byte - child.start_byte <= CONSTANT_LIMIT else " ")


def _format(scope: Scope, node: Node) -> Value:
    value, method = NOTHING, "__format__"
    for child in node.named_children:
        if child.type == "type_conversion":
            method = "__repr__" if scope.unit.text(child) in {"!r", "!a"} else "__str__"
        elif child.type == "format_specifier":
            _interpolate(scope, child, [])
        elif child.type not in TRIVIA:
            value = scope.value(child)
    if not is_plain(scope, value):
        scope.emit((Op.CALL_METHOD, NOTHING, value, method, site_of(node), (), (), NOTHING, NOTHING, _IMPLICIT))
    return value


def _lower_integer(scope: Scope, node: Node) -> Value:
    number = read_int(scope, node)
    return NOTHING if number is None else scope.constant(number)


TEXTS: Final[dict[str, Lower]] = {
    "string": _lower_string,
    "concatenated_string": _lower_string,
    "integer": _lower_integer,
    "interpolation": only_effects,
}
