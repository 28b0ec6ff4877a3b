"""Expressions other than calls and comprehensions: names, attributes, subscripts, operators, containers, strings."""

from typing import Final

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, CallFlag, Literal, Op, Value
from yantra_bot.graphdb.languages.lowering import site_of
from yantra_bot.graphdb.languages.python.flow import begin, end, join
from yantra_bot.graphdb.languages.python.literals import read_int, read_literal, read_string
from yantra_bot.graphdb.languages.python.names import is_import, mangle, note_use, read_name
from yantra_bot.graphdb.languages.python.scope import Lower, Scope

TRIVIA: Final = frozenset({"comment", "line_continuation", "ERROR"})
_IMPLICIT: Final = CallFlag.IMPLICIT
_BINARY: Final = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow", "@": "matmul",
    "&": "and", "|": "or", "^": "xor", "<<": "lshift", ">>": "rshift",
}  # fmt: skip
_UNARY: Final = {"-": "__neg__", "+": "__pos__", "~": "__invert__"}
_COMPARISON: Final = {
    "==": "__eq__",
    "!=": "__ne__",
    "<>": "__ne__",
    "<": "__lt__",
    "<=": "__le__",
    ">": "__gt__",
    ">=": "__ge__",
}
_TRUTH_TESTED: Final = frozenset({"identifier", "attribute", "call", "subscript", "await", "named_expression"})


def children_of(node: Node) -> list[Node]:
    """Return the named children without comments and the like."""
    return [child for child in node.named_children if child.type not in TRIVIA]


def last_value(scope: Scope, node: Node) -> Value:
    """Lower all children and return the last one's value."""
    value = NOTHING
    for child in node.named_children:
        value = scope.value(child)
    return value


def only_effects(scope: Scope, node: Node) -> Value:
    """Lower all children for what they do."""
    last_value(scope, node)
    return NOTHING


def is_plain(scope: Scope, value: Value) -> bool:
    """Say whether a value is a constant, or nothing that is tracked."""
    return value < 0 or value in scope.const_values


def call_implicit(scope: Scope, obj: Value, name: str, node: Node, args: tuple[Value, ...] = ()) -> Value:
    """Emit the call that an operator or a protocol makes, and return its result."""
    result = scope.new()
    scope.emit((Op.CALL_METHOD, result, obj, name, site_of(node), args, (), NOTHING, NOTHING, _IMPLICIT))
    return result


def test_truth(scope: Scope, node: Node) -> Value:
    """Lower a condition; an object in it is asked whether it is true."""
    while node.type == "parenthesized_expression" and node.named_child_count == 1:
        node = node.named_children[0]
    value = scope.value(node)
    if value >= 0 and node.type in _TRUTH_TESTED and value not in scope.const_values:
        scope.emit((Op.CALL_METHOD, NOTHING, value, "__bool__", site_of(node), (), (), NOTHING, NOTHING, _IMPLICIT))
    return value


def _lower_name(scope: Scope, node: Node) -> Value:
    unit = scope.unit
    name = unit.texts[unit.source[node.start_byte : node.end_byte]]
    if name.startswith("__") and scope.class_name:
        name = mangle(scope, name)
    value = read_name(scope, name, node)
    if name not in scope.env or name in scope.symbols:
        note_use(scope, name, value, node)
    return value


def _lower_attribute(scope: Scope, node: Node) -> Value:
    children = node.named_children
    root, last = children[0], children[-1]
    obj = object_value(scope, root)
    name = mangle(scope, scope.unit.text(last))
    if obj < 0:
        return NOTHING
    stored = scope.stored.get((obj, name))
    if stored is not None:
        return stored
    if scope.fresh:
        scope.fresh.clear()
    value = scope.new()
    place = site_of(last)
    scope.emit((Op.ATTR, value, obj, name, place))
    if root.type == "identifier" and is_import(scope, scope.unit.text(root)):
        scope.emit((Op.REF, value, name, place))
    return value


def object_value(scope: Scope, node: Node) -> Value:
    """Lower what stands before a dot: an imported name there is no use of its own."""
    if node.type == "identifier":
        name = mangle(scope, scope.unit.text(node))
        value = read_name(scope, name, node)
        if (name not in scope.env or name in scope.symbols) and not is_import(scope, name):
            note_use(scope, name, value, node)
        return value
    if node.type in {"string", "concatenated_string"}:
        _lower_string(scope, node)
        return scope.constant("")
    return scope.value(node)


def subscript_key(scope: Scope, nodes: list[Node]) -> tuple[Literal, Value]:
    """Lower the inside of a subscript: a constant key, else None, and its value."""
    if len(nodes) != 1:
        for node in nodes:
            scope.value(node)
        return None, NOTHING
    literal = read_literal(scope, nodes[0])
    if literal is not None:
        return literal, NOTHING
    value = scope.value(nodes[0])
    return scope.const_values.get(value), value


def _lower_subscript(scope: Scope, node: Node) -> Value:
    children = children_of(node)
    obj = scope.value(children[0])
    if len(children) == 2 and children[1].type == "slice":
        only_effects(scope, children[1])
        return _emit_slice(scope, obj, node)
    literal, _ = subscript_key(scope, children[1:])
    if obj < 0 or obj in scope.const_values:
        return NOTHING
    return read_item(scope, obj, literal, node)


def _emit_slice(scope: Scope, obj: Value, node: Node) -> Value:
    if is_plain(scope, obj):
        return NOTHING
    value = scope.new()
    scope.emit((Op.SLICE, value, obj, site_of(node)))
    return value


def read_item(scope: Scope, obj: Value, literal: Literal, node: Node) -> Value:
    """Return an object's item under a constant key, or under any."""
    if literal is not None:
        stored = scope.stored.get((obj, ("item", literal)))
        if stored is not None:
            return stored
    if isinstance(literal, int) and literal < 0:
        elements = elements_of(scope, obj)
        if elements is not None and -literal <= len(elements):
            literal += len(elements)
    if scope.fresh:
        scope.fresh.clear()
    value = scope.new()
    scope.emit((Op.ITEM, value, obj, literal, site_of(node)))
    return value


# Operators


def _lower_binary(scope: Scope, node: Node) -> Value:
    chain: list[Node] = []
    while node.type == "binary_operator":
        chain.append(node)
        node = node.children[0]
    left = scope.value(node)
    for one in reversed(chain):
        children = one.children
        right = scope.value(children[-1])
        left = _operate(scope, _BINARY.get(children[1].type, ""), left, right, one)
    return left


def _operate(scope: Scope, operator: str, left: Value, right: Value, node: Node) -> Value:
    if is_plain(scope, left):
        if is_plain(scope, right) or not operator:
            return NOTHING
        return call_implicit(scope, right, f"__r{operator}__", node, (left,))
    return call_implicit(scope, left, f"__{operator}__", node, (right,)) if operator else NOTHING


def operate_in_place(scope: Scope, operator: str, left: Value, right: Value, node: Node) -> Value:
    """Lower `left += right` and the like, and return the new value."""
    name = _BINARY.get(operator.removesuffix("="), "")
    if is_plain(scope, left) or not name:
        return _operate(scope, name, left, right, node)
    return call_implicit(scope, left, f"__i{name}__", node, (right,))


def _lower_unary(scope: Scope, node: Node) -> Value:
    value = scope.value(node.children[-1])
    name = _UNARY.get(node.children[0].type)
    return NOTHING if is_plain(scope, value) or name is None else call_implicit(scope, value, name, node)


def _lower_not(scope: Scope, node: Node) -> Value:
    test_truth(scope, node.named_children[-1])
    return NOTHING


def _lower_boolean(scope: Scope, node: Node) -> Value:
    chain: list[Node] = []
    while node.type == "boolean_operator":
        chain.append(node)
        node = node.children[0]
    left = test_truth(scope, node)
    for one in reversed(chain):
        children = one.children
        around = begin(scope)
        right = scope.value(children[-1])
        changes = end(scope, around)
        join(scope, [changes, {}])
        # What `and` gives when its left side is false can hardly be called.
        left = right if children[1].type == "and" else scope.merge([left, right])
    return left


def _lower_comparison(scope: Scope, node: Node) -> Value:
    left, operator, result = NOTHING, "", NOTHING
    for child in node.children:
        if not child.is_named:
            operator = child.type
        elif child.type not in TRIVIA:
            right = scope.value(child)
            if operator:
                result = _compare(scope, operator, left, right, node)
            left = right
    return result


def _compare(scope: Scope, operator: str, left: Value, right: Value, node: Node) -> Value:
    name = _COMPARISON.get(operator)
    if name is not None:
        if not is_plain(scope, left):
            return call_implicit(scope, left, name, node, (right,))
        return NOTHING if is_plain(scope, right) else call_implicit(scope, right, _REFLECTED[name], node, (left,))
    if operator in {"in", "not in"} and not is_plain(scope, right):
        call_implicit(scope, right, "__contains__", node, (left,))
    return NOTHING


_REFLECTED: Final = {
    "__eq__": "__eq__", "__ne__": "__ne__", "__lt__": "__gt__", "__gt__": "__lt__", "__le__": "__ge__",
    "__ge__": "__le__",
}  # fmt: skip


def _lower_conditional(scope: Scope, node: Node) -> Value:
    children = children_of(node)
    if len(children) != 3:
        return only_effects(scope, node)
    test_truth(scope, children[1])
    around = begin(scope)
    first = scope.value(children[0])
    first_changes = end(scope, around)
    around = begin(scope)
    second = scope.value(children[2])
    join(scope, [first_changes, end(scope, around)])
    return scope.merge([first, second])


def _lower_walrus(scope: Scope, node: Node) -> Value:
    children = children_of(node)
    value = scope.value(children[-1])
    name = scope.unit.text(children[0])
    scope.assign(name, value)
    scope.comprehended.pop(name, None)
    return value


def _lower_await(scope: Scope, node: Node) -> Value:
    value = last_value(scope, node)
    scope.note_call()
    if is_plain(scope, value):
        return NOTHING
    result = scope.new()
    scope.emit((Op.AWAIT, result, value, site_of(node)))
    return result


def _lower_yield(scope: Scope, node: Node) -> Value:
    value = last_value(scope, node)
    scope.note_call()
    if value >= 0:
        if any(child.type == "from" for child in node.children):
            element = scope.new()
            scope.emit((Op.ITER, element, value, site_of(node)))
            value = element
        scope.emit((Op.YIELD, value))
    return NOTHING


# Containers and strings


def make_container(scope: Scope, kind: str, elements: list[tuple[Literal, Value]]) -> Value:
    """Return a new container with these elements."""
    value = scope.new()
    kept = tuple((key, one) for key, one in elements if one >= 0)
    scope.fresh.update(
        dict.fromkeys(((value, ("item", key)) for key, _ in kept if key is not None), len(scope.body.ops))
    )
    scope.emit((Op.NEW, value, kind, kept))
    return value


def elements_of(scope: Scope, value: Value) -> list[Value] | None:
    """Return the elements of a tuple or list that is written out and was not changed; None when they are not known."""
    return scope.tuples.get(value) or scope.lists.get(value)


def _lower_sequence(scope: Scope, node: Node) -> Value:
    kind = "list" if node.type == "list" else "set" if node.type == "set" else "tuple"
    elements: list[tuple[Literal, Value]] = []
    spreads: list[Value] = []
    ordered = kind != "set"
    position = 0
    for child in node.named_children:
        if child.type == "list_splat":
            inner = last_value(scope, child)
            known = elements_of(scope, inner) if ordered else None
            if known is not None:
                elements += [(position + at, one) for at, one in enumerate(known)]
                position += len(known)
            else:
                spreads.append(inner)
                ordered = False
        elif child.type not in TRIVIA:
            elements.append((position if ordered else None, scope.value(child)))
            position += 1
    value = make_container(scope, kind, elements)
    for one in spreads:
        if one >= 0:
            scope.emit((Op.SPREAD, value, one))
    if ordered:
        written = scope.tuples if kind == "tuple" else scope.lists
        written[value] = [one for _, one in elements]
    return value


def _lower_dictionary(scope: Scope, node: Node) -> Value:
    elements: list[tuple[Literal, Value]] = []
    spreads: list[Value] = []
    for child in node.named_children:
        if child.type == "pair":
            parts = children_of(child)
            key, _ = subscript_key(scope, parts[:1])
            elements.append((key, scope.value(parts[-1])))
        elif child.type == "dictionary_splat":
            spreads.append(last_value(scope, child))
    value = make_container(scope, "dict", elements)
    for one in spreads:
        if one >= 0:
            scope.emit((Op.SPREAD, value, one))
    return value


def _lower_string(scope: Scope, node: Node) -> Value:
    text = read_string(scope, node)
    if text is not None and "{" not in text:
        return scope.constant(text)
    return _interpolate(scope, node)


def _interpolate(scope: Scope, node: Node) -> Value:
    for child in node.named_children:
        if child.type == "interpolation":
            _format(scope, child)
        elif child.type in {"string", "format_specifier", "format_expression"}:
            _interpolate(scope, child)
    return NOTHING


def _format(scope: Scope, node: Node) -> None:
    value, method = NOTHING, "__format__"
    for child in node.named_children:
        if child.type == "type_conversion":
            method = "__repr__" if scope.unit.text(child) in {"!r", "!a"} else "__str__"
        elif child.type == "format_specifier":
            _interpolate(scope, child)
        elif child.type not in TRIVIA:
            value = scope.value(child)
    if not is_plain(scope, value):
        scope.emit((Op.CALL_METHOD, NOTHING, value, method, site_of(node), (), (), NOTHING, NOTHING, _IMPLICIT))


def _lower_integer(scope: Scope, node: Node) -> Value:
    number = read_int(scope, node)
    return NOTHING if number is None else scope.constant(number)


EXPRESSIONS: Final[dict[str, Lower]] = {
    "identifier": _lower_name,
    "attribute": _lower_attribute,
    "subscript": _lower_subscript,
    "binary_operator": _lower_binary,
    "unary_operator": _lower_unary,
    "not_operator": _lower_not,
    "boolean_operator": _lower_boolean,
    "comparison_operator": _lower_comparison,
    "conditional_expression": _lower_conditional,
    "named_expression": _lower_walrus,
    "await": _lower_await,
    "yield": _lower_yield,
    "list": _lower_sequence,
    "tuple": _lower_sequence,
    "set": _lower_sequence,
    "expression_list": _lower_sequence,
    "dictionary": _lower_dictionary,
    "string": _lower_string,
    "concatenated_string": _lower_string,
    "integer": _lower_integer,
    "parenthesized_expression": last_value,
    "slice": only_effects,
    "list_splat": last_value,
    "dictionary_splat": last_value,
    "interpolation": only_effects,
    "keyword_argument": last_value,
    "pattern_list": _lower_sequence,
}
