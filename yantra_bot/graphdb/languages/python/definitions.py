"""Definitions: functions, lambdas and classes become symbols, bodies and values."""

from functools import partial
from typing import Final

from tree_sitter import Node

from yantra_bot.domain.graph import NodeKind
from yantra_bot.graphdb.facts import Body, BodyFlag, Literal, Op, Value
from yantra_bot.graphdb.languages.lowering import make_symbol, site_of
from yantra_bot.graphdb.languages.python.annotations import declare, declare_result
from yantra_bot.graphdb.languages.python.decorators import (
    Decorations,
    apply_decorators,
    dotted_name,
    read_decorators,
)
from yantra_bot.graphdb.languages.python.expressions import TRIVIA
from yantra_bot.graphdb.languages.python.parameters import Parameters, read_parameters, receiver_of
from yantra_bot.graphdb.languages.python.properties import make_members
from yantra_bot.graphdb.languages.python.records import add_fields
from yantra_bot.graphdb.languages.python.scope import Lower, Run, Scope
from yantra_bot.graphdb.languages.python.symbols import read_docstring, read_signature, visibility_of
from yantra_bot.graphdb.languages.python.unit import MAX_DEPTH, Hashed

_NO_DECORATIONS: Final = Decorations(0, [], (), "")
_BY_NAME: Final = {
    "__new__": BodyFlag.STATIC,
    "__init_subclass__": BodyFlag.CLASS_METHOD,
    "__class_getitem__": BodyFlag.CLASS_METHOD,
}
_ENUMS: Final = frozenset({"enum.Enum", "enum.IntEnum", "enum.StrEnum", "enum.Flag", "enum.IntFlag", "enum.ReprEnum"})
_PLAIN_ENUMS: Final = frozenset({"enum.Enum", "enum.Flag"})
_RECORDS: Final = frozenset({"typing.NamedTuple", "typing_extensions.NamedTuple"})


def define_function(scope: Scope, node: Node) -> None:
    """Lower a function without decorators."""
    _define_function(scope, node, node, _NO_DECORATIONS)


def define_class(scope: Scope, node: Node) -> None:
    """Lower a class without decorators."""
    _define_class(scope, node, node, _NO_DECORATIONS)


def define_decorated(scope: Scope, node: Node) -> None:
    """Lower a decorated function or class."""
    definition = node.child_by_field_name("definition")
    nodes = [one.named_children[0] for one in node.named_children if one.type == "decorator" and one.named_child_count]
    decorations = read_decorators(scope, nodes)
    if definition is None:
        return
    if definition.type == "class_definition":
        _define_class(scope, definition, node, decorations)
    else:
        _define_function(scope, definition, node, decorations)


# Functions


def _define_function(scope: Scope, node: Node, whole: Node, decorations: Decorations) -> None:
    unit = scope.unit
    name_node, block = node.child_by_field_name("name"), node.child_by_field_name("body")
    name = unit.text(name_node) if name_node is not None else ""
    head, result = node.child_by_field_name("parameters"), node.child_by_field_name("return_type")
    symbol = make_symbol(_function_kind(scope, name), name, scope.owner, whole, name_node)
    symbol.signature = read_signature(unit, node.start_byte, (result or head or node).end_byte)
    symbol.docstring = read_docstring(unit, block)
    symbol.decorators, symbol.visibility = decorations.texts, visibility_of(name)
    index = unit.add_symbol(symbol)
    flags = BodyFlag.FUNCTION | decorations.flags
    if node.children[0].type == "async":
        flags |= BodyFlag.ASYNC
    if scope.is_class:
        flags |= BodyFlag.METHOD | _BY_NAME.get(name, 0)
    inner = Scope(unit, Body(index, scope.index, flags), scope, scope.tables)
    inner.is_init = scope.is_class and name == "__init__"
    unit.hashed.append(Hashed(index, whole.start_byte, whole.end_byte, inner.cuts))
    parameters = read_parameters(scope, inner, head)
    if scope.is_class:
        inner.receiver = receiver_of(inner)
    value = _emit_function(scope, inner, parameters)
    unit.pending.append(partial(_lower_body, inner, block, parameters, result))
    _bind_function(scope, name, index, value, decorations)


def _function_kind(scope: Scope, name: str) -> str:
    if name.startswith("test") and (scope.unit.is_test or scope.is_test_class) and (scope.is_class or scope.is_module):
        return NodeKind.TEST.value
    return NodeKind.METHOD.value if scope.is_class else NodeKind.FUNCTION.value


def _emit_function(scope: Scope, inner: Scope, parameters: Parameters) -> Value:
    value = scope.new()
    scope.functions[value] = inner
    scope.emit((Op.FUNC, value, inner.index, tuple(parameters.defaults)))
    return value


def _bind_function(scope: Scope, name: str, index: int, value: Value, decorations: Decorations) -> None:
    result = apply_decorators(scope, decorations, value)
    if decorations.flags & BodyFlag.PROPERTY:
        scope.unit.properties.add(name)
    if decorations.part_of:
        owner, _, part = decorations.part_of.rpartition(".")
        if part != "getter":
            scope.extra_names[decorations.part_of] = result
            if owner == name:
                return
    scope.symbols[name] = index
    scope.assign(_own_name(scope, name), result)


def _own_name(scope: Scope, name: str) -> str:
    if scope.class_name and name.startswith("__") and not name.endswith("__"):
        return f"_{scope.class_name}{name}"
    return name


def _lower_body(inner: Scope, block: Node | None, parameters: Parameters, result: Node | None) -> None:
    for value, declared in parameters.declared:
        declare(inner, value, declared)
    if block is not None and not _is_too_deep(inner, block):
        inner.run(block)
    if result is not None and not inner.body.flags & BodyFlag.GENERATOR:
        declare_result(inner, result)


def _is_too_deep(inner: Scope, node: Node) -> bool:
    if inner.level <= MAX_DEPTH:
        return False
    inner.unit.report_depth(node)
    return True


def lower_lambda(scope: Scope, node: Node) -> Value:
    """Lower a lambda; it gets its name when the scope is finished."""
    unit = scope.unit
    body = node.child_by_field_name("body")
    index = unit.add_symbol(make_symbol(NodeKind.LAMBDA.value, "", scope.owner, node))
    flags = BodyFlag.FUNCTION | (BodyFlag.METHOD if scope.is_class else 0)
    inner = Scope(unit, Body(index, scope.index, flags), scope, scope.tables)
    unit.hashed.append(Hashed(index, node.start_byte, node.end_byte, []))
    parameters = read_parameters(scope, inner, node.child_by_field_name("parameters"))
    value = _emit_function(scope, inner, parameters)
    if body is not None and not _is_too_deep(inner, node):
        unit.pending.append(partial(_lower_lambda_body, inner, body))
    return value


def _lower_lambda_body(inner: Scope, body: Node) -> None:
    emit_return(inner, inner.value(body))


def emit_return(scope: Scope, value: Value) -> None:
    """Emit what a return gives: a parameter of its own, or a value."""
    value = scope.narrowed.get(value, value)
    if 0 <= value < len(scope.body.params):
        scope.emit((Op.RETURN_PARAM, value))
    elif value >= 0:
        scope.emit((Op.RETURN, value))


# Classes


def _define_class(scope: Scope, node: Node, whole: Node, decorations: Decorations) -> None:
    unit = scope.unit
    name_node, block = node.child_by_field_name("name"), node.child_by_field_name("body")
    name = unit.text(name_node) if name_node is not None else ""
    head = node.child_by_field_name("superclasses")
    symbol = make_symbol(NodeKind.CLASS.value, name, scope.owner, whole, name_node)
    symbol.signature = read_signature(unit, node.start_byte, (head or name_node or node).end_byte)
    symbol.docstring = read_docstring(unit, block)
    symbol.decorators, symbol.visibility = decorations.texts, visibility_of(name)
    index = unit.add_symbol(symbol)
    bases, keywords, flags = _read_bases(scope, head)
    inner = Scope(unit, Body(index, scope.index, BodyFlag.CLASS | decorations.flags | flags), scope, scope.tables)
    inner.class_name = name.lstrip("_")
    inner.is_test_class = name.startswith("Test") or name.endswith(("Test", "Tests", "TestCase"))
    unit.hashed.append(Hashed(index, whole.start_byte, whole.end_byte, inner.cuts))
    scope.symbols[name] = index
    if head is not None and flags & BodyFlag.CASE and dotted_name(scope, head.named_children[0]) in _PLAIN_ENUMS:
        unit.enums.add(index)
    value = inner.class_object = scope.new()
    add_fields(scope, inner, head)
    if block is not None:
        inner.run(block)
    finish_names(inner)
    _note_fields(inner)
    scope.emit((Op.CLASS, value, inner.index, tuple(bases), tuple(keywords)))
    scope.assign(_own_name(scope, name), apply_decorators(scope, decorations, value))


def _read_bases(scope: Scope, head: Node | None) -> tuple[list[tuple[Value, int, str]], list[tuple[str, Value]], int]:
    bases: list[tuple[Value, int, str]] = []
    keywords: list[tuple[str, Value]] = []
    flags = 0
    for child in head.named_children if head is not None else ():
        if child.type == "keyword_argument":
            value = scope.value(child.named_children[-1])
            if value >= 0:
                keywords.append((scope.unit.text(child.named_children[0]), value))
        elif child.type not in TRIVIA and not child.type.endswith("_splat"):
            bases.append((scope.value(child), site_of(child), scope.unit.text(child)[:200]))
            named = dotted_name(scope, child)
            flags |= BodyFlag.CASE if named in _ENUMS else BodyFlag.DATACLASS if named in _RECORDS else 0
            flags |= BodyFlag.INTERFACE if named in {"typing.Protocol", "typing_extensions.Protocol"} else 0
    return bases, keywords, flags


def finish_names(scope: Scope) -> None:
    """Say which names a module or class has at its end, and in which value each is."""
    names = scope.body.names
    for name in scope.defined:
        version = scope.env.get(name)
        if version is None or version >= -1:
            known = version is not None and version >= 0 and name not in scope.shared
            names[name] = version if known and version is not None else scope.cell(name)
    names.update(scope.extra_names)
    if scope.body.flags & BodyFlag.CASE:
        make_members(scope)


def _note_fields(scope: Scope) -> None:
    """Keep the names that a class pattern's positions mean, for `match`."""
    own: list[Literal] | None = None
    match_args = scope.env.get("__match_args__", -1)
    if match_args >= 0 and match_args in scope.tuples:
        own = [scope.const_values.get(one) for one in scope.tuples[match_args]]
    elif scope.body.flags & BodyFlag.DATACLASS:
        own = list(scope.fields)
    if own:
        scope.unit.fields[scope.owner] = [one if isinstance(one, str) else "" for one in own]


DEFINITIONS: Final[dict[str, Run]] = {
    "function_definition": define_function,
    "class_definition": define_class,
    "decorated_definition": define_decorated,
}
LAMBDAS: Final[dict[str, Lower]] = {"lambda": lower_lambda}
