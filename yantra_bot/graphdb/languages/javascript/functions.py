"""Makes functions: a symbol, a value, and a body that waits until all code around it is lowered."""

from functools import partial

from tree_sitter import Node

from yantra_bot.domain.graph import NodeKind
from yantra_bot.graphdb.facts import NOTHING, BodyFlag, Op, ParamKind, Value
from yantra_bot.graphdb.languages.javascript.scopes import Scope
from yantra_bot.graphdb.languages.javascript.writer import MAX_DEPTH, Writer

FUNCTIONS = frozenset({"function_expression", "arrow_function", "generator_function"})
FUNCTION_BODY = "function body"
"""The handler that lowers what is inside of a function."""
NO_SYMBOL = -1


def make_function(
    low: Writer,
    node: Node,
    *,
    name: str = "",
    parent: int = NO_SYMBOL,
    kind: NodeKind = NodeKind.FUNCTION,
    flags: int = 0,
    span: Node | None = None,
    name_node: Node | None = None,
    title: str = "",
) -> Value:
    """Make a function value of its syntax. `span` is what its symbol covers, where that is more than the function."""
    file = low.file
    if low.level >= MAX_DEPTH:
        file.note_depth(node)
        return NOTHING
    around = low.body.owner if parent == NO_SYMBOL else parent
    own = node.child_by_field_name("name")
    if not name and own is not None and node.type in FUNCTIONS:
        name, name_node = file.text(own), own
    if not name:
        name, kind = file.next_lambda(around), NodeKind.LAMBDA if kind == NodeKind.FUNCTION else kind
    symbol = file.add_symbol(kind, name, around, span or node, name_node)
    body_node = node.child_by_field_name("body")
    file.describe(symbol, span or node, until=body_node.start_byte if body_node else node.end_byte, anchor=low.anchor)
    if title:
        file.symbol(symbol).docstring = title
    scope = low.scope
    value = low.new()
    if own is not None and node.type in FUNCTIONS:
        scope = Scope(low.scope)
        variable = low.declare(file.text(own), node.start_byte, node.end_byte, fixed=True, scope=scope)
        low.assign(variable, value)
    writer = file.add_body(symbol, flags | _flags(node), low, Scope(scope, top=True), node.start_byte, node.end_byte)
    if node.type != "arrow_function":
        # Also where it is not used: a resolver binds the object that a call names to it, never to the first parameter.
        writer.this = writer.new()
        writer.body.params.append(("this", ParamKind.RECEIVER, writer.this))
        low.made[value] = writer
        file.functions.append(writer)
    low.ops.append((Op.FUNC, value, writer.index, ()))
    file.waiting.append(partial(_lower_body, writer, node))
    return value


def _flags(node: Node) -> int:
    flags = BodyFlag.FUNCTION
    kind = node.type
    if kind == "arrow_function":
        flags |= BodyFlag.ARROW
    for child in node.children:
        word = child.type
        if word == "async":
            flags |= BodyFlag.ASYNC
        elif word == "*":
            flags |= BodyFlag.GENERATOR
        elif word in ("formal_parameters", "statement_block"):
            break
    if kind.startswith("generator_function"):
        flags |= BodyFlag.GENERATOR
    return flags


def _lower_body(low: Writer, node: Node) -> None:
    low.handlers[FUNCTION_BODY](low, node)


def suppose_this(low: Writer) -> None:
    """Where no call is seen to say what `this` is, let it be the object that the function was stored in."""
    if low.is_this_used and low.holder != NOTHING and low.parent is not None:
        low.ops.append((Op.INSTANCE, low.this, low.outer(low.parent, low.holder)))


def this_symbol(low: Writer) -> int:
    """Return the symbol that members of `this` belong to: the class, or the constructor function."""
    owner: Writer | None = low
    while owner is not None and owner.body.flags & BodyFlag.ARROW:
        owner = owner.parent
    if owner is None:
        return NO_SYMBOL
    if owner.parent is not None and owner.parent.body.flags & BodyFlag.CLASS:
        return owner.parent.body.owner
    return owner.body.owner


def give_back(low: Writer, value: Value) -> None:
    """Return a value from the body; a parameter's own value by its number."""
    if value == NOTHING:
        return
    for index, (_, kind, param) in enumerate(low.body.params):
        if param == value and kind != ParamKind.STAR:
            low.ops.append((Op.RETURN_PARAM, index))
            return
    low.ops.append((Op.RETURN, value))
