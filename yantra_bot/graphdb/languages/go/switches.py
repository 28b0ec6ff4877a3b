"""Go's switches: over values, over types, over channels."""

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, Value
from yantra_bot.graphdb.languages.go.context import STATEMENTS, GoContext
from yantra_bot.graphdb.languages.go.expressions import assert_type
from yantra_bot.graphdb.languages.go.statements import assign, declare_local, right_values
from yantra_bot.graphdb.languages.go.types import type_value
from yantra_bot.graphdb.languages.ssa import Loop, State

_CASES = ("expression_case", "default_case", "type_case", "communication_case")


def _switch(ctx: GoContext, node: Node) -> None:
    """Lower a switch: each case begins where the head ends."""
    frame = ctx.frame
    frame.open_block()
    initializer, subject = node.child_by_field_name("initializer"), node.child_by_field_name("value")
    if initializer is not None:
        ctx.statement(initializer)
    value = NOTHING if subject is None else ctx.expression(subject)
    alias = node.child_by_field_name("alias")
    name = alias.named_children[0] if alias is not None and alias.named_children else None
    frame.loops.append(Loop({}, switch=True))
    before, complete = frame.fork(), False
    ends: list[State] = []
    for case in node.named_children:
        if case.type in _CASES:
            complete |= case.type == "default_case" or node.type == "select_statement"
            frame.resume(before)
            frame.open_block()
            if case.type == "type_case":
                _bind_type(ctx, case, name, value)
            elif case.type == "default_case" and name is not None:
                declare_local(ctx, name, value)
            _case(ctx, case)
            ends.append(frame.fork())
            frame.close_block()
    ends += frame.loops.pop().breaks
    frame.merge(ends if complete else [*ends, before])
    frame.close_block()


def _case(ctx: GoContext, case: Node) -> None:
    communication = case.child_by_field_name("communication")
    if communication is not None:
        _communicate(ctx, communication)
    for child in case.named_children:
        if child.type == "expression_list":
            for one in child.named_children:
                ctx.expression(one)
        elif child != communication:
            ctx.statement(child)


def _bind_type(ctx: GoContext, case: Node, name: Node | None, value: Value) -> None:
    types = case.children_by_field_name("type")
    if name is None:
        for one in types:
            type_value(ctx, one)
    elif len(types) == 1:
        declare_local(ctx, name, assert_type(ctx, value, types[0]))
    else:
        declare_local(ctx, name, ctx.frame.union([assert_type(ctx, value, one) for one in types]))


def _communicate(ctx: GoContext, node: Node) -> None:
    if node.type != "receive_statement":
        ctx.statement(node)
        return
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    targets = [] if left is None else left.named_children
    values = right_values(ctx, right, len(targets))
    is_declaration = any(child.type == ":=" for child in node.children)
    for target, value in zip(targets, values, strict=False):
        if is_declaration:
            declare_local(ctx, target, value)
        else:
            assign(ctx, target, value)


STATEMENTS.update(
    {
        "expression_switch_statement": _switch,
        "type_switch_statement": _switch,
        "select_statement": _switch,
    }
)
