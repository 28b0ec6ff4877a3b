"""Calls: what is called, with which arguments, and the few calls that mean something of their own (`super()`)."""

from typing import Final

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, CallFlag, Op, Site, Value
from yantra_bot.graphdb.languages.lowering import site_of
from yantra_bot.graphdb.languages.python.annotations import types_at
from yantra_bot.graphdb.languages.python.comprehensions import lower_comprehension
from yantra_bot.graphdb.languages.python.displays import make_container
from yantra_bot.graphdb.languages.python.evaluated import EVALUATORS, run_text
from yantra_bot.graphdb.languages.python.expressions import TRIVIA, elements_of, object_value
from yantra_bot.graphdb.languages.python.imports import extend_exports
from yantra_bot.graphdb.languages.python.names import (
    class_value,
    is_free,
    mangle,
    note_direct_call,
    read_name,
    read_outside,
)
from yantra_bot.graphdb.languages.python.properties import MEMBERS, make_member
from yantra_bot.graphdb.languages.python.records import RECORD_NAMES, make_class, make_record
from yantra_bot.graphdb.languages.python.routes import REQUEST_NAMES, ROUTE_NAMES, note_request, note_route
from yantra_bot.graphdb.languages.python.scope import Lower, Scope

_CASTS: Final = frozenset({"typing.cast", "typing_extensions.cast"})
_OWN_NAMES: Final = frozenset({"locals", "vars"})
"""What gives, without arguments, the names of the scope itself."""
_READ_AS_TEXT: Final = EVALUATORS | {"type"}
_EXPORT_CHANGES: Final = frozenset({"append", "extend"})


class Arguments:
    """The arguments of one call."""

    __slots__ = ("double_star", "double_stars", "keywords", "positional", "star", "stars")

    def __init__(self) -> None:
        self.positional: list[Value] = []
        self.keywords: list[tuple[str, Value]] = []
        self.stars: list[Value] = []
        self.double_stars: list[Value] = []


def lower_call(scope: Scope, node: Node, *, wanted: bool = True) -> Value:
    """Lower a call; without wanted, its result is thrown away."""
    children = node.children
    function, arguments = children[0], children[-1]
    if function.type == "attribute":
        return _call_method(scope, function, arguments, wanted=wanted)
    if function.type == "identifier":
        return _call_name(scope, function, arguments, wanted=wanted)
    callee = scope.value(function)
    return emit_call(scope, callee, site_of(function), read_arguments(scope, arguments), wanted=wanted)


def _call_name(scope: Scope, function: Node, arguments: Node, *, wanted: bool) -> Value:
    name = mangle(scope, scope.unit.text(function))
    if name == "super" and is_free(scope, name):
        return _lower_super(scope, function, arguments)
    callee = read_name(scope, name, function)
    args = read_arguments(scope, arguments)
    note_direct_call(scope, name, callee, function)
    if name in RECORD_NAMES and (made := make_record(scope, arguments.parent or arguments)) is not None:
        emit_call(scope, callee, site_of(function), args, wanted=False)
        return made
    if name in ROUTE_NAMES:
        note_route(scope, name, arguments, args.positional)
    if scope.unit.imported.get(name) in _CASTS:
        emit_call(scope, callee, site_of(function), args, wanted=False)
        return _cast(scope, arguments, args)
    made = _make_of_text(scope, name, arguments, args) if name in _READ_AS_TEXT and is_free(scope, name) else None
    if made is not None:
        emit_call(scope, callee, site_of(function), args, wanted=False)
        return made
    if name in _OWN_NAMES and arguments.named_child_count == 0 and is_free(scope, name):
        emit_call(scope, callee, site_of(function), args, wanted=False)
        return make_container(scope, "dict", list(scope.env.items()))
    if name in MEMBERS and (scope.is_class or name == "property") and is_free(scope, name):
        made = make_member(scope, name, args.positional, args.keywords)
        if made is not None:
            emit_call(scope, callee, site_of(function), args, wanted=False)
            return made
    return emit_call(scope, callee, site_of(function), args, wanted=wanted)


def _make_of_text(scope: Scope, name: str, arguments: Node, args: Arguments) -> Value | None:
    """Return what the text of a call says: a class that `type` makes, what `eval` gives; None for any other call."""
    if name in EVALUATORS:
        return run_text(scope, arguments)
    return make_class(scope, arguments.parent or arguments, args.positional) if len(args.positional) == 3 else None


def _cast(scope: Scope, arguments: Node, args: Arguments) -> Value:
    """`cast(T, x)` is an instance of T where it says something, else x."""
    types = types_at(scope, arguments.named_children[0]) if arguments.named_child_count else []
    value = args.positional[1] if len(args.positional) > 1 else NOTHING
    if not types:
        return value
    result = scope.new()
    for kind, one in types:
        scope.emit((kind, result, one))
    return result


def _call_method(scope: Scope, function: Node, arguments: Node, *, wanted: bool) -> Value:
    parts = function.named_children
    root, last = parts[0], parts[-1]
    obj = object_value(scope, root)
    name = scope.unit.text(last)
    if name.startswith("__"):
        name = mangle(scope, name)
    args = read_arguments(scope, arguments)
    place = site_of(last)
    if name == "__setattr__":
        _note_stored(scope, root, args.positional)
    if name in REQUEST_NAMES:
        note_request(scope, root, name, arguments, place)
    elif name in _EXPORT_CHANGES and scope.is_module and scope.unit.text(root) == "__all__":
        extend_exports(scope, arguments.named_children)
    stored = scope.stored.get(name) if scope.stored else None
    if stored is not None and stored[0] == obj:
        return emit_call(scope, stored[1], place, args, wanted=wanted)
    record = make_record(scope, arguments.parent or arguments) if name in RECORD_NAMES else None
    scope.note_call()
    star, double_star = _unpacked(scope, args)
    result = scope.new() if wanted and record is None else NOTHING
    positional, keywords = tuple(args.positional), tuple(args.keywords)
    scope.emit((Op.CALL_METHOD, result, obj, name, place, positional, keywords, star, double_star, CallFlag.NONE))
    return result if record is None else record


def _note_stored(scope: Scope, root: Node, given: list[Value]) -> None:
    """`object.__setattr__(self, "x", value)` sets an attribute past the class's own `__setattr__`."""
    if root.type == "call" and scope.unit.text(root.named_children[0]) == "super":
        given = [_class_and_receiver(scope, root)[1], *given]
    elif scope.unit.text(root) != "object":
        return
    name = scope.const_values.get(given[1]) if len(given) == 3 else None
    if isinstance(name, str) and given[0] >= 0:
        scope.emit((Op.SET_ATTR, given[0], name, given[2]))


def emit_call(
    scope: Scope, callee: Value, place: Site, args: Arguments, *, wanted: bool = True, flags: int = CallFlag.NONE
) -> Value:
    """Emit a call of a value and return its result."""
    scope.note_call()
    star, double_star = _unpacked(scope, args)
    result = scope.new() if wanted else NOTHING
    scope.emit((Op.CALL, result, callee, place, tuple(args.positional), tuple(args.keywords), star, double_star, flags))
    return result


def _unpacked(scope: Scope, args: Arguments) -> tuple[Value, Value]:
    star = scope.merge(args.stars) if args.stars else NOTHING
    return star, scope.merge(args.double_stars) if args.double_stars else NOTHING


# Arguments


def read_arguments(scope: Scope, node: Node) -> Arguments:
    """Lower the arguments of a call."""
    args = Arguments()
    if node.type == "generator_expression":
        args.positional.append(lower_comprehension(scope, node))
        return args
    for child in node.named_children:
        kind = child.type
        if kind == "keyword_argument":
            _add_keyword(scope, child, args)
        elif kind == "list_splat":
            _add_star(scope, child, args)
        elif kind == "dictionary_splat":
            _add_double_star(scope, child, args)
        elif kind not in TRIVIA:
            _add_positional(scope, scope.value(child), args)
    return args


def _add_positional(scope: Scope, value: Value, args: Arguments) -> None:
    if args.stars:
        # Its position is not known any more: it is one of what is unpacked.
        args.stars.append(make_container(scope, "list", [(None, value)]))
    else:
        args.positional.append(value)


def _add_keyword(scope: Scope, node: Node, args: Arguments) -> None:
    parts = node.named_children
    value = scope.value(parts[-1])
    if value >= 0:
        args.keywords.append((scope.unit.text(parts[0]), value))


def _add_star(scope: Scope, node: Node, args: Arguments) -> None:
    value = scope.value(node.named_children[-1])
    known = elements_of(scope, value)
    if known is not None and not args.stars:
        args.positional += known
    elif value >= 0:
        args.stars.append(value)
    else:
        args.stars.append(make_container(scope, "list", []))


def _add_double_star(scope: Scope, node: Node, args: Arguments) -> None:
    value = scope.value(node.named_children[-1])
    if value >= 0:
        args.double_stars.append(value)


# The class after this one


def _lower_super(scope: Scope, function: Node, arguments: Node) -> Value:
    values = [scope.value(child) for child in arguments.named_children if child.type not in TRIVIA]
    place = site_of(function)
    result = scope.new()
    if len(values) >= 2:
        scope.emit((Op.SUPER, result, values[0], values[1], place))
        return result
    owner, receiver = _class_and_receiver(scope, function)
    scope.emit((Op.SUPER, result, owner, receiver, place))
    return result


def _class_and_receiver(scope: Scope, node: Node) -> tuple[Value, Value]:
    """Return the class that the code stands in, and the first parameter of its method."""
    method: Scope | None = scope
    while method is not None and not (method.parent is not None and method.parent.is_class):
        method = method.parent
    if method is None or method.parent is None:
        return NOTHING, NOTHING
    owner = class_value(scope)
    if method is scope:
        return owner, method.receiver
    if scope.receiver >= 0:
        return owner, scope.receiver
    name = method.body.params[0][0] if method.body.params else ""
    return owner, read_outside(scope, name, node) if name else NOTHING


CALLS: Final[dict[str, Lower]] = {"call": lower_call}
