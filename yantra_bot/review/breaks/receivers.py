"""How a Python method is reached at a call: through an instance, through its class, or by who knows what."""

from enum import Enum

from tree_sitter import Node

from yantra_bot.domain.findings import Side
from yantra_bot.domain.graph import EdgeKind, Evidence, NodeKind, Symbol
from yantra_bot.review.breaks.calls import Shape, receiver_of
from yantra_bot.review.breaks.definitions import Binding, Definition
from yantra_bot.review.breaks.references import Context
from yantra_bot.review.breaks.syntax import descend, enclosing, text

_CLASSES = frozenset({NodeKind.CLASS, NodeKind.TYPE})
_FIRST = frozenset({"__new__", "__init_subclass__", "__class_getitem__"})


class Access(Enum):
    """What a method is read from."""

    INSTANCE = "instance"
    CLASS = "class"
    CONSTRUCTION = "construction"
    UNKNOWN = "unknown"


def access_of(context: Context, side: Side, path: str, shape: Shape, definition: Definition) -> Access:
    """Tell how a call reaches a method."""
    receiver = shape.receiver
    name = definition.symbol.name
    if definition.symbol.kind in _CLASSES or (name in ("__init__", "__new__") and not _names(shape, name)):
        return Access.CONSTRUCTION
    if receiver is None:
        return Access.UNKNOWN
    if receiver.type == "call":
        return Access.INSTANCE if _is_instance(context, side, path, receiver) else Access.UNKNOWN
    if receiver.type in ("identifier", "attribute"):
        if text(receiver) == "self" or _is_declared(context, side, path, shape):
            return Access.INSTANCE
        return _named(context, side, path, receiver)
    literal = ("string", "list", "dictionary", "set", "tuple", "integer", "float")
    return Access.INSTANCE if receiver.type in literal else Access.UNKNOWN


def implicit_arguments(access: Access, definition: Definition) -> tuple[int, ...]:
    """Return how many arguments besides the written ones a call may pass: more than one number where it is unknown."""
    if access is Access.CONSTRUCTION:
        return (1,)
    if definition.binding is Binding.CLASS:
        return (1,)
    if definition.binding is not Binding.INSTANCE:
        return (0,)
    if definition.symbol.name in _FIRST:
        return (0, 1)
    return {Access.INSTANCE: (1,), Access.CLASS: (0,)}.get(access, (1, 0))


def _is_declared(context: Context, side: Side, path: str, shape: Shape) -> bool:
    """Tell whether the receiver is an instance by a declared type, or since its only assignment makes one."""
    function = shape.node.child_by_field_name("function")
    name = None if function is None else function.child_by_field_name("attribute")
    if name is None or shape.receiver is None:
        return False
    edges = context.edges_at(side, (path, name.start_point[0] + 1, name.start_point[1]))
    calls = [edge for edge in edges if edge.kind is EdgeKind.CALLS]
    if calls and all(edge.evidence is Evidence.TYPE for edge in calls):
        return True
    if shape.receiver.type == "identifier" and _is_made(context, side, path, shape.receiver):
        return True
    return _is_used_as_one(context, side, path, shape.receiver)


def _is_used_as_one(context: Context, side: Side, path: str, receiver: Node) -> bool:
    """Tell whether the function calls a method on the same expression that only an instance has so few arguments for.

    `x.close()` says that `x` is no class.
    """
    scope, word = enclosing(receiver, "function_definition", "lambda"), text(receiver)
    for call in descend(scope, "call") if scope is not None else ():
        function, arguments = call.child_by_field_name("function"), call.child_by_field_name("arguments")
        name = None if function is None else function.child_by_field_name("attribute")
        if name is None or arguments is None or arguments.named_child_count:
            continue
        owner = receiver_of(name)
        if owner is None or text(owner) != word:
            continue
        targets = context.targets_at(side, (path, name.start_point[0] + 1, name.start_point[1]))
        if targets and all(one is not None and _is_plain_method(one) for one in targets):
            return True
    return False


def _is_plain_method(symbol: Symbol) -> bool:
    """Tell whether a symbol is a method that nothing decorates: it needs an instance."""
    return symbol.kind is NodeKind.METHOD and not symbol.decorators


def _is_made(context: Context, side: Side, path: str, name: Node) -> bool:
    scope = enclosing(name, "function_definition", "lambda", "module")
    word = text(name)
    if scope is None:
        return False
    head = scope.child_by_field_name("parameters")
    if head is not None and any(text(one) == word for one in descend(head, "identifier")):
        return False
    values = []
    for one in descend(scope, "assignment", "for_statement", "as_pattern", "named_expression"):
        left = one.child_by_field_name("left") or one.child_by_field_name("name") or one.child_by_field_name("alias")
        if left is not None and any(text(part) == word for part in descend(left, "identifier")):
            values.append(one.child_by_field_name("right") if one.type == "assignment" else None)
    return bool(values) and all(
        value is not None and value.type == "call" and _is_instance(context, side, path, value) for value in values
    )


def _names(shape: Shape, name: str) -> bool:
    function = shape.node.child_by_field_name("function")
    return function is not None and text(function).endswith(f".{name}")


def _is_instance(context: Context, side: Side, path: str, call: Node) -> bool:
    """Tell whether a call certainly gives an instance: `super()`, or a class of the repository is called."""
    function = call.child_by_field_name("function")
    if function is None or text(function) == "super":
        return function is not None
    last = function.child_by_field_name("attribute") or function
    place = (path, last.start_point[0] + 1, last.start_point[1])
    targets = context.targets_at(side, place)
    return bool(targets) and all(
        one is not None and (one.kind in _CLASSES or one.name in ("__init__", "__new__")) for one in targets
    )


def _named(context: Context, side: Side, path: str, receiver: Node) -> Access:
    last = receiver.child_by_field_name("attribute") or receiver
    view = context.subject.version(side).view
    for edge in context.edges_at(side, (path, last.start_point[0] + 1, last.start_point[1])):
        row = view.index_of(edge.target)
        if edge.kind is EdgeKind.USES and row is not None and view.symbol(row).kind in _CLASSES:
            return Access.CLASS
    return Access.UNKNOWN
