"""Rust's blocks, branches and loops, all of which have values."""

from collections.abc import Sequence

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, CallFlag, Value
from yantra_bot.graphdb.languages.lowering import site_of
from yantra_bot.graphdb.languages.rust.context import EXPRESSIONS, OWN_ONLY, RustContext
from yantra_bot.graphdb.languages.rust.functions import return_value
from yantra_bot.graphdb.languages.rust.items import ITEMS, lower_items
from yantra_bot.graphdb.languages.rust.methods import ELEMENT
from yantra_bot.graphdb.languages.rust.patterns import bind_pattern
from yantra_bot.graphdb.languages.rust.types import annotate, type_value
from yantra_bot.graphdb.languages.ssa import Loop, State

_FROM_TYPE = {"into": "from", "parse": "from_str", "try_into": "try_from"}


def _block(ctx: RustContext, node: Node) -> Value:
    children = node.named_children
    if children and children[0].type == "label":
        return _labelled(ctx, node)
    return _plain_block(ctx, children)


def _labelled(ctx: RustContext, node: Node) -> Value:
    """Lower a block that can be left with a value."""
    frame = ctx.frame
    loop = Loop({}, result=frame.new())
    frame.loops.append(loop)
    value = _plain_block(ctx, node.named_children[1:])
    frame.loops.pop()
    frame.copy(loop.result, NOTHING if frame.dead else value)
    frame.merge([frame.fork(), *loop.breaks, *loop.repeats])
    return loop.result


def _plain_block(ctx: RustContext, children: Sequence[Node]) -> Value:
    ctx.frame.open_block()
    value = NOTHING
    if any(child.type in ITEMS for child in children):
        lower_items(ctx, children)
    for child in children:
        value = _statement(ctx, child)
    ctx.frame.close_block()
    return value


def _statement(ctx: RustContext, node: Node) -> Value:
    kind = node.type
    if kind == "expression_statement":
        inner = node.named_children[0] if node.named_children else None
        value = NOTHING if inner is None else ctx.expression(inner)
        return NOTHING if node.children[-1].type == ";" else value
    if kind == "let_declaration":
        _let(ctx, node)
        return NOTHING
    return ctx.expression(node)


def _inner_block(ctx: RustContext, node: Node) -> Value:
    inner = next((child for child in node.named_children if child.type == "block"), None)
    return NOTHING if inner is None else ctx.expression(inner)


def _let(ctx: RustContext, node: Node) -> None:
    pattern, of_type = node.child_by_field_name("pattern"), node.child_by_field_name("type")
    given, otherwise = node.child_by_field_name("value"), node.child_by_field_name("alternative")
    value = NOTHING if given is None else ctx.expression(given)
    if of_type is not None:
        value = _typed(ctx, value, of_type, given)
    if otherwise is not None:
        before = ctx.frame.fork()
        ctx.expression(otherwise)
        ctx.frame.resume(before)
    mutable = given is None or any(child.type == "mutable_specifier" for child in node.children)
    if pattern is not None:
        bind_pattern(ctx, pattern, value, versioned=mutable)


def _typed(ctx: RustContext, value: Value, of_type: Node, given: Node | None) -> Value:
    """Return the value of a `let` with a type, which also says which conversion is called."""
    held = ctx.frame.new()
    ctx.frame.copy(held, value)
    annotate(ctx, held, of_type)
    field = _converter(ctx, given)
    conversion = None if field is None else _FROM_TYPE.get(ctx.text(field))
    if conversion is not None and field is not None:
        made = ctx.call_method(type_value(ctx, of_type), conversion, site_of(field), (value,), CallFlag.IMPLICIT)
        ctx.frame.copy(held, made)
    return held


def _converter(ctx: RustContext, node: Node | None) -> Node | None:
    """Return the name of the method that gives a value, behind `?` and `unwrap()`."""
    for _ in range(10):
        if node is not None and node.type == "try_expression" and node.named_children:
            node = node.named_children[0]
            continue
        function = None if node is None else node.child_by_field_name("function")
        inner = function
        if function is not None and function.type == "generic_function":
            inner = function.child_by_field_name("function")
        field = None if inner is None else inner.child_by_field_name("field")
        if inner is None or field is None or ctx.text(field) not in ELEMENT:
            return field
        node = inner.child_by_field_name("value")
    return None


def _if(ctx: RustContext, node: Node) -> Value:
    """Lower an `if` with all its `else if`, without recursion over them."""
    frame = ctx.frame
    ends: list[State] = []
    values: list[Value] = []
    current: Node | None = node
    while current is not None and current.type == "if_expression":
        condition, consequence = current.child_by_field_name("condition"), current.child_by_field_name("consequence")
        frame.open_block()
        if condition is not None:
            ctx.expression(condition)
        before = frame.fork()
        if consequence is not None:
            values.append(_branch(ctx, consequence, ends))
        frame.close_block()
        frame.resume(before)
        alternative = current.child_by_field_name("alternative")
        current = None if alternative is None or not alternative.named_children else alternative.named_children[0]
    if current is not None:
        values.append(_branch(ctx, current, ends))
    else:
        ends.append(frame.fork())
    frame.merge(ends)
    return frame.union(values)


def _branch(ctx: RustContext, node: Node, ends: list[State]) -> Value:
    """Lower one way through a branch; it has no value where it does not come to its end."""
    value = ctx.expression(node)
    ends.append(ctx.frame.fork())
    return NOTHING if ctx.frame.dead else value


def _let_condition(ctx: RustContext, node: Node) -> Value:
    pattern, value = node.child_by_field_name("pattern"), node.child_by_field_name("value")
    if pattern is not None and value is not None:
        bind_pattern(ctx, pattern, ctx.expression(value))
    return NOTHING


def _all(ctx: RustContext, node: Node) -> Value:
    for child in node.named_children:
        ctx.expression(child)
    return NOTHING


def _match(ctx: RustContext, node: Node) -> Value:
    subject, body = node.child_by_field_name("value"), node.child_by_field_name("body")
    value = NOTHING if subject is None else ctx.expression(subject)
    frame, before = ctx.frame, ctx.frame.fork()
    ends: list[State] = []
    values: list[Value] = []
    for arm in [] if body is None else body.named_children:
        if arm.type != "match_arm":
            continue
        frame.resume(before)
        frame.open_block()
        pattern, result = arm.child_by_field_name("pattern"), arm.child_by_field_name("value")
        if pattern is not None:
            bind_pattern(ctx, pattern, value)
            guard = pattern.child_by_field_name("condition")
            if guard is not None:
                ctx.expression(guard)
        if result is not None:
            values.append(_branch(ctx, result, ends))
        frame.close_block()
    frame.merge(ends or [before])
    return frame.union(values)


def _for(ctx: RustContext, node: Node) -> Value:
    pattern, subject = node.child_by_field_name("pattern"), node.child_by_field_name("value")
    obj = NOTHING if subject is None else ctx.expression(subject)
    frame = ctx.frame
    frame.open_block()
    frame.begin_loop(ctx.assigned_in(node))
    if pattern is not None and subject is not None:
        bind_pattern(ctx, pattern, element_of(ctx, obj, subject))
    _body(ctx, node)
    frame.end_loop()
    frame.close_block()
    return NOTHING


def element_of(ctx: RustContext, obj: Value, at: Node) -> Value:
    """Return what iteration gives: elements of containers, and what `next` of the program's own iterators returns."""
    if obj == NOTHING:
        return NOTHING
    place = site_of(at)
    made = ctx.call_method(obj, "into_iter", place, (), OWN_ONLY)
    source = ctx.frame.union((obj, made))
    following = ctx.call_method(source, "next", place, (), OWN_ONLY)
    return ctx.frame.union((ctx.unwrap(source, None, at), ctx.unwrap(following, None, at)))


def _body(ctx: RustContext, node: Node) -> None:
    body = node.child_by_field_name("body")
    if body is not None:
        ctx.expression(body)


def _while(ctx: RustContext, node: Node) -> Value:
    frame, condition = ctx.frame, node.child_by_field_name("condition")
    frame.open_block()
    frame.begin_loop(ctx.assigned_in(node))
    if condition is not None:
        ctx.expression(condition)
    _body(ctx, node)
    frame.end_loop()
    frame.close_block()
    return NOTHING


def _loop(ctx: RustContext, node: Node) -> Value:
    frame = ctx.frame
    loop = frame.begin_loop(ctx.assigned_in(node))
    loop.result = frame.new()
    _body(ctx, node)
    frame.end_loop()
    return loop.result


def _break(ctx: RustContext, node: Node) -> Value:
    labelled = any(child.type == "label" for child in node.named_children)
    for child in node.named_children:
        if child.type != "label":
            value = ctx.expression(child)
            for loop in ctx.frame.loops[-1:]:
                if loop.result != NOTHING:
                    ctx.frame.copy(loop.result, value)
    ctx.frame.leave(again=node.type == "continue_expression", labelled=labelled)
    return NOTHING


def _return(ctx: RustContext, node: Node) -> Value:
    for child in node.named_children:
        return_value(ctx, ctx.expression(child))
    ctx.frame.dead = True
    return NOTHING


EXPRESSIONS.update(
    {
        "block": _block,
        "unsafe_block": _inner_block,
        "async_block": _inner_block,
        "const_block": _inner_block,
        "try_block": _inner_block,
        "if_expression": _if,
        "let_condition": _let_condition,
        "let_chain": _all,
        "match_expression": _match,
        "for_expression": _for,
        "while_expression": _while,
        "loop_expression": _loop,
        "break_expression": _break,
        "continue_expression": _break,
        "return_expression": _return,
    }
)
