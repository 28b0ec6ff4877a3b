"""Lowers expressions that are neither calls, literals of objects, functions nor classes."""

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, BodyFlag, Literal, Op, Site, Value
from yantra_bot.graphdb.languages.javascript.literals import join_sum, join_template
from yantra_bot.graphdb.languages.javascript.names import (
    class_of,
    get_attribute,
    is_global_object,
    is_module_exports,
    lower_identifier,
    mention,
    read_exports,
    read_name,
    this_of,
)
from yantra_bot.graphdb.languages.javascript.state import Handler
from yantra_bot.graphdb.languages.javascript.types import declare_types
from yantra_bot.graphdb.languages.javascript.writer import MAX_DEPTH, Writer
from yantra_bot.graphdb.languages.lowering import site_of

UNWANTED_CALL = "call_expression, unwanted"
"""The handler of a call whose result nobody asks for."""
IMPORT_CALL = "call_expression, import"
"""The handler of `import(…)` that gives the module, not a promise of it."""
_LONGEST_KEY = 80
_SYMBOL = b"Symbol."


def first_expression(node: Node) -> Node | None:
    """Return the first named child that is no comment."""
    return next((child for child in node.named_children if child.type != "comment"), None)


def literal_of(low: Writer, node: Node) -> Literal:
    """Return the constant that an expression is, as a key; None where it is none or not known."""
    kind = node.type
    if kind == "string":
        return low.file.text(node)[1:-1]
    if kind == "number":
        text = low.file.text(node)
        return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else None
    if kind == "template_string":
        return join_template(low, node, literal_of)
    if kind == "binary_expression":
        return join_sum(low, node, literal_of)
    if kind == "identifier":
        variable = low.scope.find(low.file.text(node))
        if variable is None:
            return None
        if variable.literal is not None:
            mention(low, variable.name, NOTHING, node)
            return variable.literal
        return low.literals.get(low.read(variable)) if variable.owner is low else None
    if kind in ("parenthesized_expression", "as_expression", "satisfies_expression"):
        inner = first_expression(node)
        return None if inner is None else literal_of(low, inner)
    if kind == "member_expression" and low.file.source.startswith(_SYMBOL, node.start_byte):
        return f"[{low.file.text(node)}]"
    return None


def key_of(literal: Literal) -> Literal:
    """Return a literal as a key: digits in quotes are a number."""
    if isinstance(literal, str) and literal.isascii() and literal.isdecimal() and len(literal) < 10:
        return int(literal)
    return literal


def property_key(low: Writer, key: Node) -> Literal:
    """Return the key that a property is named by: a name, a string, a number, or a computed constant."""
    kind = key.type
    if kind in ("property_identifier", "private_property_identifier", "identifier"):
        return low.file.text(key)
    if kind in ("string", "number"):
        return key_of(literal_of(low, key))
    if kind == "computed_property_name":
        inner = first_expression(key)
        if inner is None:
            return None
        literal = literal_of(low, inner)
        if literal is None:
            run(low, inner)
        return key_of(literal)
    return None


def lower_literal(low: Writer, node: Node) -> Value:
    """Keep a constant that may serve as a key."""
    if node.end_byte - node.start_byte > _LONGEST_KEY:
        return NOTHING
    literal = literal_of(low, node)
    return NOTHING if literal is None else low.constant(literal)


def run(low: Writer, node: Node) -> None:
    """Lower an expression whose value nobody asks for."""
    kind = node.type
    if kind in ("string", "number", "identifier", "this", "comment"):
        if kind == "identifier":
            lower_identifier(low, node)
        return
    if kind == "call_expression" and low.depth < MAX_DEPTH:
        low.handlers[UNWANTED_CALL](low, node)
    else:
        low.value(node)


def lower_nothing(_low: Writer, _node: Node) -> Value:
    """Lower what can hold nothing that anybody asks for."""
    return NOTHING


def lower_effects(low: Writer, node: Node) -> Value:
    """Lower an operator whose result is a plain value."""
    for child in node.named_children:
        run(low, child)
    return NOTHING


def lower_inner(low: Writer, node: Node) -> Value:
    """Lower what wraps an expression and gives it."""
    inner = first_expression(node)
    return NOTHING if inner is None else low.value(inner)


def lower_cast(low: Writer, node: Node) -> Value:
    """Lower `x as T` and `<T>x`."""
    children = [child for child in node.named_children if child.type != "comment"]
    if len(children) < 2:
        return lower_inner(low, node)
    inner, declared = (children[-1], children[0]) if node.type == "type_assertion" else (children[0], children[-1])
    value = low.value(inner)
    cast = low.new()
    if not declare_types(low, declared, cast):
        return value
    low.copy(cast, value)
    return cast


def lower_this(low: Writer, _node: Node) -> Value:
    """Lower `this`."""
    return this_of(low)


def lower_member(low: Writer, node: Node) -> Value:
    """Lower a chain `a.b.c`, from its start, so that its length costs no depth."""
    chain = []
    base: Node | None = node
    while base is not None and base.type == "member_expression" and not is_module_exports(low, base):
        chain.append(base)
        base = base.child_by_field_name("object")
    if base is None:
        return NOTHING
    value = lower_base(low, base)
    start = base
    for member in reversed(chain):
        last = member.child_by_field_name("property")
        if last is None:
            return NOTHING
        name = low.file.text(last)
        if value == NOTHING:
            break
        if start is base and is_global_object(low, base):
            value = read_name(low, name, site_of(last))
        else:
            value = get_attribute(low, value, name, site_of(last))
        start = member
    return value


def lower_base(low: Writer, node: Node) -> Value:
    """Lower what stands before a dot or a bracket."""
    if is_module_exports(low, node):
        return read_exports(low)
    return low.value(node)


def lower_subscript(low: Writer, node: Node) -> Value:
    """Lower `a[k]`."""
    target, index = node.child_by_field_name("object"), node.child_by_field_name("index")
    if target is None or index is None:
        return NOTHING
    value = lower_base(low, target)
    literal = key_of(literal_of(low, index))
    if literal is None:
        run(low, index)
    result = get_attribute(low, value, literal, site_of(index))
    read_imported_key(low, value, index, result)
    if literal is None and index.type == "identifier" and result != NOTHING:
        low.read_by_key[result] = (value, low.scope.find(low.file.text(index)))
    return result


def read_imported_key(low: Writer, target: Value, index: Node, result: Value) -> None:
    """Where a key is imported it may be a symbol, after which a class that imports it too has named a method."""
    variable = low.scope.find(low.file.text(index)) if index.type == "identifier" else None
    if target != NOTHING and result != NOTHING and variable is not None and variable.imported:
        low.ops.append((Op.ATTR, result, target, f"[{variable.name}]", site_of(index)))


def lower_await(low: Writer, node: Node) -> Value:
    """Lower `await x`; `await import(…)` is the module itself."""
    inner = first_expression(node)
    called = inner.child_by_field_name("function") if inner is not None else None
    if inner is not None and called is not None and called.type == "import":
        return low.handlers[IMPORT_CALL](low, inner)
    return awaited(low, lower_inner(low, node), site_of(node))


def awaited(low: Writer, source: Value, place: Site) -> Value:
    """Return what waiting for a value gives."""
    if source == NOTHING:
        return NOTHING
    value = low.new()
    low.ops.append((Op.AWAIT, value, source, place))
    return value


def lower_yield(low: Writer, node: Node) -> Value:
    """Lower `yield x` and `yield* x`."""
    inner = first_expression(node)
    value = NOTHING if inner is None else low.value(inner)
    if value == NOTHING:
        return NOTHING
    if any(child.type == "*" for child in node.children):
        each = low.new()
        waits = low.body.flags & BodyFlag.ASYNC
        low.ops.append((Op.ITER, each, value, site_of(node), *([True] if waits else ())))
        value = each
    low.ops.append((Op.YIELD, value))
    return NOTHING


def lower_super(low: Writer, node: Node) -> Value:
    """Lower `super`: what is inherited, seen from the class around."""
    around = class_of(low)
    if around == NOTHING:
        return NOTHING
    value = low.new()
    low.ops.append((Op.SUPER, value, around, this_of(low), site_of(node)))
    return value


HANDLERS: dict[str, Handler] = {
    "identifier": lower_identifier,
    "shorthand_property_identifier": lower_identifier,
    "string": lower_literal,
    "number": lower_literal,
    "this": lower_this,
    "super": lower_super,
    "member_expression": lower_member,
    "subscript_expression": lower_subscript,
    "await_expression": lower_await,
    "yield_expression": lower_yield,
    "parenthesized_expression": lower_inner,
    "non_null_expression": lower_inner,
    "instantiation_expression": lower_inner,
    "as_expression": lower_cast,
    "satisfies_expression": lower_cast,
    "type_assertion": lower_cast,
} | dict.fromkeys(
    (
        "comment",
        "regex",
        "true",
        "false",
        "null",
        "undefined",
        "meta_property",
        "optional_chain",
        "empty_statement",
        "debugger_statement",
        "break_statement",
        "continue_statement",
        "hash_bang_line",
        "html_comment",
        "jsx_text",
        "statement_identifier",
        "property_identifier",
        "type_arguments",
        "type_annotation",
        "decorator",
    ),
    lower_nothing,
)
