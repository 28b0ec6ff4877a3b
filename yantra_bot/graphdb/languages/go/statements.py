"""Go's statements: assignments, branches, loops, returns."""

from collections.abc import Sequence

from tree_sitter import Node

from yantra_bot.domain.graph import NodeKind
from yantra_bot.graphdb.facts import NOTHING, CallFlag, Op, Value
from yantra_bot.graphdb.languages.go.calls import emit_call
from yantra_bot.graphdb.languages.go.context import CONSTANTS, CONTENT, STATEMENTS, GoContext
from yantra_bot.graphdb.languages.go.expressions import literal_key
from yantra_bot.graphdb.languages.go.functions import return_values
from yantra_bot.graphdb.languages.lowering import site_of

_SEVERAL = ("index_expression", "type_assertion_expression", "unary_expression")


def _block(ctx: GoContext, node: Node) -> None:
    ctx.frame.open_block()
    _inside(ctx, node)
    ctx.frame.close_block()


def _inside(ctx: GoContext, node: Node) -> None:
    for child in node.named_children:
        ctx.statement(child)


def _expressions(ctx: GoContext, node: Node) -> None:
    for child in node.named_children:
        ctx.expression(child)


def right_values(ctx: GoContext, node: Node | None, count: int) -> list[Value]:
    """Lower the right side of an assignment to so many targets."""
    nodes = [] if node is None else [child for child in node.named_children if child.type != "comment"]
    if node is not None and node.type != "expression_list":
        nodes = [node]
    values = [ctx.expression(child) for child in nodes]
    if len(values) == 1 and count > 1:
        only = values[0]
        if nodes[0].type in _SEVERAL:
            return [only] + [NOTHING] * (count - 1)
        return [ctx.item(only, position, nodes[0]) for position in range(count)]
    return values + [NOTHING] * (count - len(values))


def _declaration(ctx: GoContext, node: Node) -> None:
    left = node.child_by_field_name("left")
    targets = [] if left is None else left.named_children
    values = right_values(ctx, node.child_by_field_name("right"), len(targets))
    for target, value in zip(targets, values, strict=False):
        declare_local(ctx, target, value)


def declare_local(ctx: GoContext, target: Node, value: Value) -> None:
    """Bind a local name; one that its block has already gets the value."""
    name = ctx.text(target)
    if name == "_" or target.type != "identifier":
        return
    known = ctx.frame.scopes[-1].get(name)
    if known is not None and known.versioned:
        ctx.frame.assign(known, value)
    else:
        ctx.frame.declare(name, value, versioned=ctx.is_versioned(name))


def _assignment(ctx: GoContext, node: Node) -> None:
    left, operator = node.child_by_field_name("left"), node.child_by_field_name("operator")
    targets = [] if left is None else left.named_children
    values = right_values(ctx, node.child_by_field_name("right"), len(targets))
    if operator is not None and operator.type != "=":
        _visit_targets(ctx, targets)
        return
    for target, value in zip(targets, values, strict=False):
        assign(ctx, target, value)


def _visit_targets(ctx: GoContext, targets: Sequence[Node]) -> None:
    for target in targets:
        ctx.expression(target)


def assign(ctx: GoContext, target: Node, value: Value) -> None:
    """Lower an assignment to a name, a field, an element or what a pointer points at."""
    while target.type == "parenthesized_expression" and target.named_children:
        target = target.named_children[0]
    handler = _TARGETS.get(target.type)
    if handler is not None:
        handler(ctx, target, value)


def _assign_name(ctx: GoContext, target: Node, value: Value) -> None:
    name = ctx.text(target)
    variable = ctx.frame.find(name)
    if variable is not None:
        ctx.use(variable, target)
        ctx.frame.assign(variable, value)
    elif name not in CONSTANTS:
        ctx.refer(ctx.free(name, target), name, target)
        if value != NOTHING:
            ctx.frame.emit(Op.SET_ATTR, ctx.own_package(), name, value)


def _assign_field(ctx: GoContext, target: Node, value: Value) -> None:
    operand, field = target.child_by_field_name("operand"), target.child_by_field_name("field")
    if operand is None or field is None:
        return
    obj = ctx.expression(operand)
    if NOTHING not in (obj, value):
        ctx.frame.emit(Op.SET_ATTR, obj, ctx.text(field), value)


def _assign_item(ctx: GoContext, target: Node, value: Value) -> None:
    operand, index = target.child_by_field_name("operand"), target.child_by_field_name("index")
    if operand is None or index is None:
        return
    obj, key = ctx.expression(operand), literal_key(ctx, index)
    if key is None:
        ctx.expression(index)
    if NOTHING not in (obj, value):
        ctx.frame.emit(Op.SET_ITEM, obj, key, value, site_of(index))


def _assign_pointed(ctx: GoContext, target: Node, value: Value) -> None:
    operand = target.child_by_field_name("operand")
    obj = NOTHING if operand is None else ctx.expression(operand)
    if NOTHING not in (obj, value):
        ctx.frame.emit(Op.SET_ATTR, obj, CONTENT, value)


_TARGETS = {
    "identifier": _assign_name,
    "selector_expression": _assign_field,
    "index_expression": _assign_item,
    "unary_expression": _assign_pointed,
}


def _if(ctx: GoContext, node: Node) -> None:
    """Lower an `if` with all its `else if`, without recursion over them."""
    frame, opened, ends = ctx.frame, 0, []
    current: Node | None = node
    while current is not None and current.type == "if_statement":
        frame.open_block()
        opened += 1
        initializer, condition = current.child_by_field_name("initializer"), current.child_by_field_name("condition")
        if initializer is not None:
            ctx.statement(initializer)
        if condition is not None:
            ctx.expression(condition)
        before, consequence = frame.fork(), current.child_by_field_name("consequence")
        if consequence is not None:
            ctx.statement(consequence)
        ends.append(frame.fork())
        frame.resume(before)
        current = current.child_by_field_name("alternative")
    if current is not None:
        ctx.statement(current)
    frame.merge([*ends, frame.fork()])
    for _ in range(opened):
        frame.close_block()


def _for(ctx: GoContext, node: Node) -> None:
    frame = ctx.frame
    frame.open_block()
    clause = next((child for child in node.named_children if child.type.endswith("_clause")), None)
    body = node.child_by_field_name("body")
    initializer = None if clause is None else clause.child_by_field_name("initializer")
    if initializer is not None:
        ctx.statement(initializer)
    frame.begin_loop(ctx.assigned_in(node))
    if clause is None:
        for child in node.named_children:
            if child != body:
                ctx.expression(child)
    elif clause.type == "range_clause":
        _range(ctx, clause)
    else:
        condition = clause.child_by_field_name("condition")
        if condition is not None:
            ctx.expression(condition)
    if body is not None:
        ctx.statement(body)
    update = None if clause is None else clause.child_by_field_name("update")
    if update is not None:
        ctx.statement(update)
    frame.end_loop()
    frame.close_block()


def _range(ctx: GoContext, clause: Node) -> None:
    left, right = clause.child_by_field_name("left"), clause.child_by_field_name("right")
    if right is None:
        return
    obj = ctx.expression(right)
    targets = [] if left is None else left.named_children
    if obj != NOTHING and _may_be_iterator(ctx, right):
        emit_call(ctx, obj, right, ([], NOTHING), CallFlag.IMPLICIT)
    element = ctx.item(obj, None, right) if targets else NOTHING
    is_declaration = any(child.type == ":=" for child in clause.children)
    values = [element] if len(targets) == 1 else [NOTHING, element]
    for target, value in zip(targets, values, strict=False):
        if is_declaration:
            declare_local(ctx, target, value)
        else:
            assign(ctx, target, value)


def _may_be_iterator(ctx: GoContext, node: Node) -> bool:
    """Say whether what is ranged over may be a function, which that calls."""
    variable = ctx.frame.find(ctx.text(node)) if node.type == "identifier" else None
    is_function = (
        variable is not None and variable.symbol >= 0 and (ctx.facts.symbols[variable.symbol].kind == NodeKind.FUNCTION)
    )
    return node.type == "call_expression" or is_function


def _return(ctx: GoContext, node: Node) -> None:
    values = [ctx.expression(child) for one in node.named_children for child in one.named_children]
    return_values(ctx, values)
    ctx.frame.dead = True


def _send(ctx: GoContext, node: Node) -> None:
    channel, value = node.child_by_field_name("channel"), node.child_by_field_name("value")
    if channel is None or value is None:
        return
    obj, sent = ctx.expression(channel), ctx.expression(value)
    if NOTHING not in (obj, sent):
        ctx.frame.emit(Op.SET_ITEM, obj, None, sent, site_of(channel))


def _break(ctx: GoContext, node: Node) -> None:
    ctx.frame.leave(again=node.type == "continue_statement", labelled=bool(node.named_children))


STATEMENTS.update(
    {
        "block": _block,
        "statement_list": _inside,
        "labeled_statement": _inside,
        "expression_statement": _expressions,
        "go_statement": _expressions,
        "defer_statement": _expressions,
        "inc_statement": _expressions,
        "dec_statement": _expressions,
        "short_var_declaration": _declaration,
        "assignment_statement": _assignment,
        "if_statement": _if,
        "for_statement": _for,
        "return_statement": _return,
        "send_statement": _send,
        "break_statement": _break,
        "continue_statement": _break,
    }
)
