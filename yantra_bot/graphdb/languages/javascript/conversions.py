"""Lowers what turns an object into a string or a number without a call: templates, sums, comparisons, signs.

The call that is meant is a CALL_METHOD with CallFlag.IMPLICIT of `toString` or `valueOf`; the solver knows what the
language tries before and after these.
"""

from typing import Final

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, CallFlag, Op, Value
from yantra_bot.graphdb.languages.javascript.expressions import first_expression, literal_of, lower_literal, run
from yantra_bot.graphdb.languages.javascript.state import Handler
from yantra_bot.graphdb.languages.javascript.writer import Writer
from yantra_bot.graphdb.languages.lowering import site_of

TEXT: Final = "toString"
NUMBER: Final = "valueOf"
"""What is tried first; also of `+` with a string."""
_OBJECTS = frozenset(
    {"identifier", "this", "member_expression", "new_expression", "call_expression", "subscript_expression"}
)
_PLAIN = frozenset({b"length", b"size"})


def convert(low: Writer, node: Node, method: str) -> None:
    """Lower an operand, and the call of the method that turns it into a plain value."""
    inner: Node | None = node
    while inner is not None and inner.type == "parenthesized_expression":
        inner = first_expression(inner)
    if inner is None:
        return
    if inner.type not in _OBJECTS:
        run(low, inner)
        return
    note_conversion(low, inner, low.value(inner), method)


def note_conversion(low: Writer, node: Node, value: Value, method: str) -> None:
    """Note once in a body that a value is turned into a plain one."""
    if value == NOTHING or value in low.literals or (value, method) in low.converted:
        return
    last = node.child_by_field_name("property") if node.type == "member_expression" else None
    if last is not None and low.file.source[last.start_byte : last.end_byte] in _PLAIN:
        return
    low.converted.add((value, method))
    call = (Op.CALL_METHOD, NOTHING, value, method, site_of(node), (), (), NOTHING, NOTHING, CallFlag.IMPLICIT)
    low.ops.append(call)


def lower_template(low: Writer, node: Node) -> Value:
    """Lower a template without a tag."""
    parts = [child for child in node.named_children if child.type == "template_substitution"]
    if not parts or literal_of(low, node) is not None:
        return lower_literal(low, node)
    for part in parts:
        for child in part.named_children:
            convert(low, child, TEXT)
    return NOTHING


HANDLERS: dict[str, Handler] = {"template_string": lower_template}
