"""Lowers assignments and operators."""

from tree_sitter import Node

from yantra_bot.domain.graph import NodeKind
from yantra_bot.graphdb.facts import NOTHING, BodyFlag, Op, Value
from yantra_bot.graphdb.languages.javascript.conversions import NUMBER, convert
from yantra_bot.graphdb.languages.javascript.expressions import (
    first_expression,
    key_of,
    literal_of,
    lower_base,
    run,
)
from yantra_bot.graphdb.languages.javascript.functions import this_symbol
from yantra_bot.graphdb.languages.javascript.names import (
    assign_name,
    exports_variable,
    is_global_object,
    is_module_exports,
    set_attribute,
)
from yantra_bot.graphdb.languages.javascript.naming import NAMED, name_function, object_symbol
from yantra_bot.graphdb.languages.javascript.objects import has_functions
from yantra_bot.graphdb.languages.javascript.patterns import assign_pattern
from yantra_bot.graphdb.languages.javascript.state import Handler
from yantra_bot.graphdb.languages.javascript.writer import Writer
from yantra_bot.graphdb.languages.lowering import site_of

_LOGICAL = frozenset({"&&", "||", "??"})
_LOGICAL_ASSIGNMENTS = frozenset({"&&=", "||=", "??="})
_COUNTING = frozenset({"+", "-", "*", "/", "%", "**", "<", ">", "<=", ">=", "&", "|", "^", "~", "<<", ">>", ">>>"})

_COPYING = frozenset({"extend", "merge", "clone", "cloneDeep", "deepClone", "deepCopy", "copy", "deepMerge", "mixin"})


def lower_assignment(low: Writer, node: Node) -> Value:
    """Lower `target = value`; the value."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return NOTHING
    while left.type in ("parenthesized_expression", "non_null_expression", "as_expression"):
        inner = first_expression(left)
        if inner is None:
            return NOTHING
        left = inner
    if right.type == "object" and has_functions(right):
        low.object_symbol = object_symbol(low, left)
    value = name_function(low, right, left, node) if right.type in NAMED else low.value(right)
    assign(low, left, value)
    return value


def assign(low: Writer, left: Node, value: Value) -> None:
    """Assign a value to whatever stands on the left."""
    kind = left.type
    if kind == "identifier":
        assign_name(low, low.file.text(left), value)
    elif kind == "member_expression":
        if is_module_exports(low, left):
            low.assign(exports_variable(low), value)
            return
        base, last = left.child_by_field_name("object"), left.child_by_field_name("property")
        if base is not None and last is not None:
            if base.type == "this" and low.body.flags & BodyFlag.CONSTRUCTOR:
                _note_property(low, left, last)
            if is_global_object(low, base):
                assign_name(low, low.file.text(last), value)
            else:
                set_attribute(low, lower_base(low, base), low.file.text(last), value, site_of(last))
    elif kind == "subscript_expression":
        _assign_element(low, left, value)
    else:
        assign_pattern(low, left, value, assign)


def _assign_element(low: Writer, left: Node, value: Value) -> None:
    base, index = left.child_by_field_name("object"), left.child_by_field_name("index")
    if base is None or index is None:
        return
    literal = key_of(literal_of(low, index))
    if literal is None:
        run(low, index)
        if index.type == "identifier" and _copy_members(low, base, index, value):
            return
    set_attribute(low, lower_base(low, base), literal, value, site_of(index))


def _copied(low: Writer, value: Value) -> Value:
    """Return what a value is a deep copy of, where a function that copies, by its name, has just made it."""
    last = low.ops[-1] if low.ops else ()
    if last and last[0] == Op.CALL_METHOD and last[1] == value and last[3] in _COPYING:
        return next((one for one in last[5] if one in low.read_by_key), value)
    return value


def _copy_members(low: Writer, base: Node, index: Node, value: Value) -> bool:
    """Lower `a[k] = b[k]` for all k in b, or `a[k] = extend(b[k])`: what b has, a has under the same names."""
    source, variable = low.read_by_key.get(_copied(low, value), (NOTHING, None))
    if variable is None or variable is not low.scope.find(low.file.text(index)):
        return False
    if low.loop_keys.get(variable) != source:
        return False
    target = lower_base(low, base)
    low.stores.clear()
    if target != NOTHING:
        low.ops.append((Op.SPREAD, target, source))
    return True


def _note_property(low: Writer, target: Node, last: Node) -> None:
    """Give a property that a constructor sets its symbol, once."""
    owner, name = this_symbol(low), low.file.text(last)
    if owner >= 0 and low.file.member(owner, name) < 0:
        low.file.add_symbol(NodeKind.VARIABLE, name, owner, target, last)


def lower_update(low: Writer, node: Node) -> Value:
    """Lower `i++`: the name holds no known number any more."""
    target = node.child_by_field_name("argument")
    if target is None:
        return NOTHING
    if target.type != "identifier":
        run(low, target)
        return NOTHING
    variable = low.scope.find(low.file.text(target))
    if variable is not None and variable.owner is low and low.read(variable) in low.literals:
        low.assign(variable, low.new())
    return NOTHING


def lower_augmented(low: Writer, node: Node) -> Value:
    """Lower `a ||= b` and its kin; arithmetic gives plain values."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    operator = node.child_by_field_name("operator")
    if left is None or right is None or operator is None:
        return NOTHING
    if operator.type not in _LOGICAL_ASSIGNMENTS:
        convert(low, right, NUMBER)
        convert(low, left, NUMBER)
        return NOTHING
    before = low.value(left)
    value = name_function(low, right, left, node) if right.type in NAMED else low.value(right)
    joined = low.union((before, value))
    assign(low, left, joined)
    return joined


def lower_binary(low: Writer, node: Node) -> Value:
    """Lower an operator with two sides; long sums cost no depth."""
    operator = node.child_by_field_name("operator")
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if operator is None or left is None or right is None:
        return low.parts(node)
    if operator.type in _LOGICAL:
        return _lower_logical(low, node)
    rest = [(right, operator.type)]
    while left is not None and left.type == "binary_expression":
        inner = left.child_by_field_name("operator")
        if inner is None or inner.type in _LOGICAL:
            break
        deeper = left.child_by_field_name("right")
        if deeper is not None:
            rest.append((deeper, inner.type))
        left = left.child_by_field_name("left")
    if left is not None:
        _lower_side(low, left, rest[-1][1])
    for side, sign in reversed(rest):
        _lower_side(low, side, sign)
    return NOTHING


def _lower_side(low: Writer, side: Node, sign: str) -> None:
    if sign in _COUNTING:
        convert(low, side, NUMBER)
    else:
        run(low, side)


def _lower_logical(low: Writer, node: Node) -> Value:
    """Lower `a && b || c` from its start; what `&&` gives is its right side, or nothing that anybody asks for."""
    chain = []
    first: Node | None = node
    while first is not None and first.type == "binary_expression":
        operator = first.child_by_field_name("operator")
        if operator is None or operator.type not in _LOGICAL:
            break
        chain.append((operator.type, first.child_by_field_name("right")))
        first = first.child_by_field_name("left")
    value = NOTHING if first is None else low.value(first)
    values = [value]
    for operator_type, right in reversed(chain):
        value = NOTHING if right is None else lower_maybe(low, right)
        values = [value] if operator_type == "&&" else [*values, value]
    return low.union(values)


def lower_maybe(low: Writer, node: Node) -> Value:
    """Lower an expression that may be left out."""
    if not low.file.scan.has_assignment(node.start_byte, node.end_byte):
        return low.value(node)
    low.open_branch()
    value = low.value(node)
    left, dead, _ = low.close_branch()
    low.merge([(left, dead), ({}, False)])
    return value


def lower_ternary(low: Writer, node: Node) -> Value:
    """Lower `a ? b : c ? d : e`; a long chain costs no depth."""
    values = []
    one: Node | None = node
    while one is not None and one.type == "ternary_expression":
        condition, way = one.child_by_field_name("condition"), one.child_by_field_name("consequence")
        if condition is not None:
            run(low, condition)
        if way is not None:
            values.append(lower_maybe(low, way))
        one = one.child_by_field_name("alternative")
    if one is not None:
        values.append(lower_maybe(low, one))
    return low.union(values)


def lower_sequence(low: Writer, node: Node) -> Value:
    """Lower `a, b`; the last value. Nested sequences are taken apart without depth."""
    pending = [node]
    parts: list[Node] = []
    while pending:
        one = pending.pop()
        if one.type == "sequence_expression":
            pending.extend(one.named_children)
        elif one.type != "comment":
            parts.append(one)
    for part in reversed(parts[1:]):
        run(low, part)
    return low.value(parts[0]) if parts else NOTHING


def lower_unary(low: Writer, node: Node) -> Value:
    """Lower a prefix operator; `delete` of an attribute is kept as a reference."""
    argument = node.child_by_field_name("argument")
    operator = node.child_by_field_name("operator")
    if argument is None or operator is None:
        return low.parts(node)
    if operator.type != "delete" or argument.type != "member_expression":
        _lower_side(low, argument, operator.type)
        return NOTHING
    base, last = argument.child_by_field_name("object"), argument.child_by_field_name("property")
    if base is not None and last is not None:
        target = lower_base(low, base)
        if target != NOTHING:
            low.ops.append((Op.DELETE_ATTR, target, low.file.text(last), site_of(last)))
    return NOTHING


HANDLERS: dict[str, Handler] = {
    "assignment_expression": lower_assignment,
    "augmented_assignment_expression": lower_augmented,
    "update_expression": lower_update,
    "binary_expression": lower_binary,
    "ternary_expression": lower_ternary,
    "sequence_expression": lower_sequence,
    "unary_expression": lower_unary,
}
