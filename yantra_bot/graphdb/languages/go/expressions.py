"""Go's expressions that are no calls: names, selectors, items, operators, assertions."""

import ast

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, Literal, Value
from yantra_bot.graphdb.languages.go.context import (
    BASIC_TYPES,
    CONSTANTS,
    CONTENT,
    EXPRESSIONS,
    Constant,
    GoContext,
    Package,
    Shape,
)
from yantra_bot.graphdb.languages.go.types import CONTAINERS, declare_value, named_type, strip_type, type_value
from yantra_bot.graphdb.languages.lowering import site_of

_CHAINED = "binary_expression"


def read_name(ctx: GoContext, node: Node, *, called: bool = False) -> Value:
    """Lower a name; one that is not called is noted as used."""
    name = ctx.text(node)
    variable = ctx.frame.find(name)
    if variable is not None:
        if called:
            ctx.use_called(variable, node)
        else:
            ctx.use(variable, node)
        return ctx.frame.read(variable)
    if name in CONSTANTS or name in BASIC_TYPES:
        return NOTHING
    value = ctx.free(name, node)
    if not called:
        ctx.refer(value, name, node)
    return value


def _selector(ctx: GoContext, node: Node) -> Value:
    return select(ctx, node, called=False)


def select(ctx: GoContext, node: Node, *, called: bool) -> Value:
    """Lower `operand.field`."""
    operand, field = node.child_by_field_name("operand"), node.child_by_field_name("field")
    if operand is None or field is None:
        return NOTHING
    obj = read_operand(ctx, operand)
    name = ctx.text(field)
    value = ctx.member(obj, name, field)
    if not called and package_of(ctx, operand):
        ctx.refer(value, ctx.text(node), field)
    return value


def package_of(ctx: GoContext, operand: Node) -> str:
    """Return the path of the imported package that the operand of a selector is; empty where it is none."""
    variable = ctx.frame.find(ctx.text(operand)) if operand.type == "identifier" else None
    return variable.note.path if variable is not None and isinstance(variable.note, Package) else ""


def read_operand(ctx: GoContext, operand: Node) -> Value:
    """Lower what stands before a dot: a package, a type or a value."""
    if operand.type == "identifier":
        return read_name(ctx, operand)
    inner = operand
    while inner.type in ("parenthesized_expression", "unary_expression") and inner.named_child_count == 1:
        inner = inner.named_children[0]
    if inner is not operand and inner.type == "identifier":
        return read_name(ctx, inner)
    return ctx.expression(operand)


def literal_key(ctx: GoContext, node: Node) -> Literal:
    """Return the key that an index is, where it is a literal or a constant of this file."""
    kind = node.type
    if kind == "int_literal":
        try:
            return int(ctx.text(node).replace("_", ""), 0)
        except ValueError:
            return None
    if kind in ("interpreted_string_literal", "raw_string_literal"):
        return string_value(ctx.text(node))
    if kind == "identifier":
        variable = ctx.frame.find(ctx.text(node))
        if variable is not None and isinstance(variable.note, Constant):
            return variable.note.value
    return None


def string_value(text: str) -> str:
    """Return what a string literal stands for; its own text where Go's escapes differ from Python's."""
    if text.startswith("`") or "\\" not in text:
        return text[1:-1]
    try:
        return str(ast.literal_eval(text))
    except (ValueError, SyntaxError, MemoryError):
        return text[1:-1]


def _index(ctx: GoContext, node: Node) -> Value:
    operand, index = node.child_by_field_name("operand"), node.child_by_field_name("index")
    if operand is None or index is None:
        return NOTHING
    obj = ctx.expression(operand)
    if is_generic(ctx, operand, index):
        return obj
    key = literal_key(ctx, index)
    if key is None:
        ctx.expression(index)
    return ctx.item(obj, key, index)


def is_generic(ctx: GoContext, operand: Node, index: Node) -> bool:
    """Say whether `operand[index]` is a generic function with its type arguments."""
    if index.type == "identifier" and (ctx.text(index) in BASIC_TYPES or _names_type(ctx, index)):
        return True
    if operand.type == "identifier":
        variable = ctx.frame.find(ctx.text(operand))
        return variable is not None and variable.note is Shape.ALIAS
    return index.type in CONTAINERS or index.type in ("pointer_type", "function_type", "qualified_type")


def _names_type(ctx: GoContext, node: Node) -> bool:
    return ctx.shape_of(ctx.frame.find(ctx.text(node))) is not None


def _slice(ctx: GoContext, node: Node) -> Value:
    values = [ctx.expression(child) for child in node.named_children]
    return values[0] if values else NOTHING


def _unary(ctx: GoContext, node: Node) -> Value:
    operand = node.child_by_field_name("operand")
    if operand is None:
        return NOTHING
    value = ctx.expression(operand)
    sign = node.children[0].type
    if sign == "<-":
        return ctx.item(value, None, node)
    if sign == "*":
        return ctx.frame.union((value, ctx.member(value, CONTENT, node)))
    return value if sign == "&" else NOTHING


def _binary(ctx: GoContext, node: Node) -> Value:
    rights = []
    while node.type == _CHAINED:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if right is not None:
            rights.append(right)
        if left is None:
            break
        node = left
    if node.type != _CHAINED:
        ctx.expression(node)
    for right in reversed(rights):
        ctx.expression(right)
    return NOTHING


def _parenthesized(ctx: GoContext, node: Node) -> Value:
    return ctx.expression(node.named_children[0]) if node.named_children else NOTHING


def _assertion(ctx: GoContext, node: Node) -> Value:
    operand, of_type = node.child_by_field_name("operand"), node.child_by_field_name("type")
    value = NOTHING if operand is None else ctx.expression(operand)
    return assert_type(ctx, value, of_type)


def assert_type(ctx: GoContext, value: Value, node: Node | None) -> Value:
    """Return what a value holds once it is known to be of a type."""
    stripped = strip_type(node)
    if stripped is None or stripped.type in CONTAINERS or stripped.type in ("function_type", "interface_type"):
        return value
    of_type, variable = named_type(ctx, stripped)
    if of_type == NOTHING:
        return value
    shape = ctx.shape_of(variable)
    if shape is Shape.STRUCT:
        return ctx.make_instance(of_type, site_of(stripped))
    found = ctx.frame.new()
    declare_value(ctx, found, of_type, variable, stripped)
    if shape is not None:
        ctx.frame.copy(found, value)
    return found


def _type_expression(ctx: GoContext, node: Node) -> Value:
    return type_value(ctx, node)


EXPRESSIONS.update(
    {
        "identifier": read_name,
        "selector_expression": _selector,
        "index_expression": _index,
        "slice_expression": _slice,
        "unary_expression": _unary,
        "binary_expression": _binary,
        "parenthesized_expression": _parenthesized,
        "type_assertion_expression": _assertion,
        "type_identifier": _type_expression,
        "qualified_type": _type_expression,
        "generic_type": _type_expression,
        "pointer_type": _type_expression,
        "type_instantiation_expression": _type_expression,
    }
)
