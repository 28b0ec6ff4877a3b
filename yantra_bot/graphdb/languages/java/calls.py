"""Calls of methods, by a name alone or on an object, with the overload that their arguments choose."""

from dataclasses import dataclass
from typing import Final

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, CallFlag, Op, Value
from yantra_bot.graphdb.languages.java.code import JavaFile, Result
from yantra_bot.graphdb.languages.java.names import read_type_path, substitute
from yantra_bot.graphdb.languages.java.outline import Method, Outline
from yantra_bot.graphdb.languages.java.overloads import choose_method, find_sam, rivals, signed_key
from yantra_bot.graphdb.languages.java.types import (
    ARRAY,
    COMBINATORS,
    LAMBDA,
    OBJECT,
    STRING,
    UNTRACKED,
    Type,
    interface_parameters,
    is_tracked,
    lambda_parameters,
    library_result,
)
from yantra_bot.graphdb.languages.lowering import site_of

LAZY: Final = frozenset({"lambda_expression", "method_reference"})
"""Expressions whose lowering needs to know what type is asked for."""


@dataclass(slots=True)
class Receiver:
    """What a method is called on."""

    value: Value
    type: Type | None = None
    outline: Outline | None = None
    is_class: bool = False
    own: str = ""
    """The interface whose own method is meant."""


@dataclass(slots=True)
class Arguments:
    """The values and types of a call's arguments; `late` are the places of lambdas that wait for their types."""

    values: list[Value]
    types: list[Type | None]
    nodes: list[Node]
    late: list[int]


def evaluate(file: JavaFile, node: Node, expected: Type | None = None) -> Result:
    """Lower an expression."""
    handler = file.expressions.get(node.type)
    if handler is None or not file.enter():
        return NOTHING, None
    try:
        return handler(file, node, expected)
    finally:
        file.depth -= 1


def read_arguments(file: JavaFile, node: Node | None) -> Arguments:
    """Lower the arguments of a call, all but lambdas and method references."""
    found = Arguments([], [], [], [])
    lazy: Result = (NOTHING, Type(LAMBDA))
    for child in node.named_children if node is not None else ():
        kind = child.type
        if kind in ("line_comment", "block_comment", "ERROR"):
            continue
        if kind in LAZY:
            found.late.append(len(found.values))
            value, declared = lazy
        else:
            value, declared = evaluate(file, child)
        if declared == STRING and value == NOTHING:
            # Not the same as no value: where a key is asked for, this may be any.
            value = file.string(child)
        found.values.append(value)
        found.types.append(declared)
        found.nodes.append(child)
    return found


def settle_lambdas(file: JavaFile, arguments: Arguments, wanted: list[Type | None]) -> None:
    """Lower the lambdas among the arguments, now that it is known what is wanted at each place."""
    for place in arguments.late:
        want = wanted[place] if place < len(wanted) else None
        value, declared = evaluate(file, arguments.nodes[place], want)
        arguments.values[place] = value
        arguments.types[place] = declared


def call_method(file: JavaFile, node: Node, expected: Type | None) -> Result:
    """Lower `name(...)`, `object.name(...)`, `super.name(...)`, and a chain of them from its start."""
    spine: list[Node] = []
    inner: Node | None = node
    while inner is not None and inner.type == "method_invocation":
        spine.append(inner)
        inner = inner.child_by_field_name("object")
    result: Result = (NOTHING, None)
    receiver: Receiver | None = None
    if inner is not None and inner.type == "identifier" and any(one.type == "super" for one in spine[-1].children):
        receiver = read_super(file, inner, file.text(inner))
    elif inner is not None:
        receiver = read_receiver(file, inner)
    for one in reversed(spine):
        result = _call_one(file, one, receiver)
        receiver = Receiver(result[0], result[1], file.outline_of(result[1]))
    return result


def read_receiver(file: JavaFile, node: Node) -> Receiver:
    """Lower what stands before the dot."""
    if node.type == "super":
        return read_super(file, node)
    if node.type in ("identifier", "field_access"):
        found = read_type_path(file, node)
        if found is not None:
            return Receiver(found[0], found[1], file.outline_of(found[1]), is_class=True)
    value, kind = evaluate(file, node)
    return Receiver(value, kind, file.outline_of(kind))


def read_super(file: JavaFile, node: Node, interface: str = "") -> Receiver:
    """Lower `super`, and `Interface.super`: there a default method itself is meant, not what comes after it."""
    outline = next((one.outline for one in file.code.chain if one.outline is not None), None)
    if outline is None or (interface and any(base.name == interface for base, _ in outline.bases)):
        return Receiver(file.this(), Type(interface), file.find_outline(interface), own=interface)
    outline = file.find_outline(interface) or outline if interface else outline
    this = file.this(outline)
    above = next((one for one in outline.supers if one.kind != "interface"), None)
    if this == NOTHING:
        return Receiver(NOTHING)
    value = file.code.new()
    file.emit(Op.SUPER, value, file.class_of(outline), this, site_of(node))
    return Receiver(value, Type(above.name) if above else None, above)


def _call_one(file: JavaFile, node: Node, receiver: Receiver | None) -> Result:
    name_node = node.child_by_field_name("name")
    if name_node is None:
        return NOTHING, None
    name = file.text(name_node)
    arguments = read_arguments(file, node.child_by_field_name("arguments"))
    if receiver is None:
        receiver = find_implicit(file, name, name_node)
    methods = receiver.outline.find_methods(name) if receiver.outline is not None else []
    method = choose_method(file, methods, arguments.types)
    settle_lambdas(file, arguments, wanted_types(method, receiver, len(arguments.values)))
    if receiver.is_class and name == "values" and not arguments.values and method is None:
        return _all_constants(file, receiver, name_node)
    value = receiver.value
    if value == NOTHING and receiver.type is not None:
        value = _plain_receiver(file, receiver, name_node)
    result = _result_type(file, receiver, name, method, arguments)
    if value == NOTHING:
        return NOTHING, result
    if method is None and name in COMBINATORS and interface_parameters(receiver.type) is not None:
        return file.code.union([value, *arguments.values]), receiver.type
    key = signed_key(file, name, arguments.types, receiver.type) if method is None else key_of(method, methods)
    if receiver.own:
        key = f"{receiver.own}#{key}"
    return _emit_call(file, value, key, method, arguments, result, name_node)


def _emit_call(
    file: JavaFile, obj: Value, key: str, method: Method | None, arguments: Arguments, result: Type | None, node: Node
) -> Result:
    values, star = spread_array(method, arguments)
    dst = file.code.new() if result is None or is_tracked(result) else NOTHING
    file.emit(Op.CALL_METHOD, dst, obj, key, site_of(node), tuple(values), (), star, NOTHING, CallFlag.NONE)
    if dst != NOTHING and (method is None or result != method.returns):
        file.declare_instance(dst, result, node)
    return dst, result


def spread_array(method: Method | None, arguments: Arguments) -> tuple[list[Value], Value]:
    """Return the arguments of a call, and the array that is given in the place of variable arguments."""
    last = arguments.types[-1] if arguments.types else None
    is_array = last is not None and last.name == ARRAY
    if method is not None and method.varargs and is_array and len(arguments.values) == len(method.types):
        return arguments.values[:-1], arguments.values[-1]
    return arguments.values, NOTHING


def key_of(method: Method, methods: list[Method]) -> str:
    """Return the name by which a call finds exactly the method that it means."""
    if method.private:
        return method.own_exact
    return method.exact if rivals(methods, method) else method.key


def find_implicit(file: JavaFile, name: str, node: Node) -> Receiver:
    """Return what a method is called on that is called by its name alone."""
    foreign: Outline | None = None
    innermost: Outline | None = None
    for code in file.code.chain:
        outline = code.outline
        if outline is None:
            continue
        methods = outline.find_methods(name)
        if methods:
            return _own_receiver(file, outline, static=methods[0].static)
        innermost = innermost or outline
        if foreign is None and outline.is_foreign():
            foreign = outline
    if name in file.static_imports:
        return Receiver(file.from_module(file.static_imports[name][0]), is_class=True)
    if file.static_stars and (foreign is None or foreign is not innermost):
        return Receiver(file.from_module(file.static_stars[0]), is_class=True)
    outline = foreign or innermost
    return _own_receiver(file, outline, static=False) if outline is not None else Receiver(NOTHING)


def _own_receiver(file: JavaFile, outline: Outline, *, static: bool) -> Receiver:
    value = NOTHING if static else file.this(outline)
    is_class = value == NOTHING
    return Receiver(file.class_of(outline) if is_class else value, Type(outline.name), outline, is_class=is_class)


def wanted_types(method: Method | None, receiver: Receiver, count: int) -> list[Type | None]:
    """Return what each argument of a call is declared to be, for lambdas among them."""
    if method is not None:
        types = [substitute(one, method.owner, receiver.type) for one in method.types]
        if method.varargs and types and types[-1] is not None and types[-1].args:
            types[-1:] = [types[-1].args[0]] * max(count - len(types) + 1, 1)
        return types
    if receiver.outline is not None or receiver.is_class:
        return [None] * count
    return [Type(LAMBDA, lambda_parameters(receiver.type, 2))] * count


def _result_type(
    file: JavaFile, receiver: Receiver, name: str, method: Method | None, arguments: Arguments
) -> Type | None:
    if method is not None:
        result = substitute(method.returns, method.owner, receiver.type)
        if result is not None and result.name in method.bounds:
            return _infer(result, method, arguments)
        return result
    if receiver.is_class and name in ("of", "asList", "copyOf", "ofNullable") and receiver.type is not None:
        return Type(receiver.type.name, (arguments.types[0] if arguments.types else None,))
    found = library_result(receiver.type, name, tuple(arguments.types))
    if found is None and receiver.type is not None and receiver.outline is not None:
        sam = find_sam(receiver.outline)
        return None if sam is None or sam.name != name else sam.returns
    return found or (STRING if name in ("toString", "getName", "name") else None)


def _infer(result: Type, method: Method, arguments: Arguments) -> Type | None:
    """Return the type that a method's own type parameter takes from an argument of exactly that type."""
    for want, have in zip(method.types, arguments.types, strict=False):
        if want is not None and want.name == result.name and have is not None and have.name != LAMBDA:
            return have
    return method.bounds.get(result.name) or OBJECT


def _plain_receiver(file: JavaFile, receiver: Receiver, node: Node) -> Value:
    """Return a value for an object that is not tracked: a string, a boxed number."""
    kind = receiver.type
    if kind == STRING:
        return file.string(node)
    if kind is None or kind.name in UNTRACKED:
        return NOTHING
    return file.declare_instance(NOTHING, kind, node)


def _all_constants(file: JavaFile, receiver: Receiver, node: Node) -> Result:
    """Lower `Enumeration.values()`: the array that its class keeps."""
    value = file.read_attribute(receiver.value, "$VALUES", node)
    return value, Type(ARRAY, (receiver.type,))
