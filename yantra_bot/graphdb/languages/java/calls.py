"""Calls: of methods, of constructors, by a name alone or on an object, with the overload that their arguments choose."""

from dataclasses import dataclass
from typing import Final

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, CallFlag, Op, Site, Value
from yantra_bot.graphdb.languages.java.code import OUTER_THIS, JavaFile, Result
from yantra_bot.graphdb.languages.java.names import read_type_path, substitute
from yantra_bot.graphdb.languages.java.nodes import first_named
from yantra_bot.graphdb.languages.java.outline import Method, Outline
from yantra_bot.graphdb.languages.java.overloads import choose_method, find_sam, rivals
from yantra_bot.graphdb.languages.java.types import (
    ARRAY,
    LAMBDA,
    OBJECT,
    STRING,
    UNTRACKED,
    Type,
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
    is_super: bool = False


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
    for child in node.named_children if node is not None else ():
        kind = child.type
        if kind in ("line_comment", "block_comment", "ERROR"):
            continue
        if kind in LAZY:
            found.late.append(len(found.values))
            value, declared = NOTHING, Type(LAMBDA)
        else:
            value, declared = evaluate(file, child)
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
    """Lower `name(...)`, `object.name(...)`, `Class.name(...)`, `super.name(...)`, and a chain of them from its start."""
    spine: list[Node] = []
    inner: Node | None = node
    while inner is not None and inner.type == "method_invocation":
        spine.append(inner)
        inner = inner.child_by_field_name("object")
    result: Result = (NOTHING, None)
    receiver = None if inner is None else read_receiver(file, inner)
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
        last = node.child_by_field_name("field")
        if last is not None and last.type == "super":
            return read_super(file, node)
    value, kind = evaluate(file, node)
    return Receiver(value, kind, file.outline_of(kind))


def read_super(file: JavaFile, node: Node) -> Receiver:
    """Lower `super`, and `Interface.super`."""
    code = next((one for one in file.code.chain() if one.outline is not None), None)
    this = file.this()
    if code is None or code.outline is None or this == NOTHING:
        return Receiver(NOTHING)
    named = node.child_by_field_name("object")
    value = file.code.new()
    if named is not None:
        # A default method of a direct superinterface: its own class, not what comes after it.
        name = file.text(named)
        file.code.copy(value, file.type_value(name, named))
        return Receiver(value, Type(name), file.find_outline(name), is_super=True)
    file.emit(Op.SUPER, value, file.class_of(code.outline), this, site_of(node))
    above = next((one for one in code.outline.supers if one.kind != "interface"), None)
    return Receiver(value, Type(above.name) if above else None, above, is_super=True)


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
    settle_lambdas(file, arguments, wanted_types(method, receiver, name, len(arguments.values)))
    place = site_of(name_node)
    if receiver.is_class and name == "values" and not arguments.values and method is None:
        return _all_constants(file, receiver, name_node)
    value = receiver.value
    if value == NOTHING and receiver.type is not None:
        value = _plain_receiver(file, receiver, name_node)
    result = _result_type(file, receiver, name, method, arguments)
    if value == NOTHING and method is None:
        return NOTHING, result
    return _emit_call(file, value, method, methods, name, arguments, place, result, name_node)


def _emit_call(
    file: JavaFile,
    obj: Value,
    method: Method | None,
    methods: list[Method],
    name: str,
    arguments: Arguments,
    place: Site,
    result: Type | None,
    node: Node,
) -> Result:
    key, star = f"{name}/{len(arguments.values)}", NOTHING
    values = arguments.values
    if method is not None:
        key = method.exact if rivals(methods, method) else method.key
        if method.private:
            key = private_key(method)
        if method.varargs:
            values, star = spread_array(method, arguments)
    wanted = result is None or is_tracked(result)
    dst = file.code.new() if wanted else NOTHING
    file.emit(Op.CALL_METHOD, dst, obj, key, place, trim(values), (), star, NOTHING, CallFlag.NONE)
    if method is None or result != method.returns:
        file.declare_instance(dst, result, node)
    return dst, result


def spread_array(method: Method, arguments: Arguments) -> tuple[list[Value], Value]:
    """Return the arguments of a call with variable arguments: an array in their place is unpacked."""
    last = arguments.types[-1] if arguments.types else None
    if len(arguments.values) == len(method.types) and last is not None and last.name == ARRAY:
        return arguments.values[:-1], arguments.values[-1]
    return arguments.values, NOTHING


def trim(values: list[Value]) -> tuple[Value, ...]:
    """Return the arguments of an instruction."""
    return tuple(values)


def private_key(method: Method) -> str:
    """Return the name under which no class below can hide a method."""
    return f"{method.owner.name}#{method.exact}"


def find_implicit(file: JavaFile, name: str, node: Node) -> Receiver:
    """Return what a method is called on that is called by its name alone."""
    foreign: Outline | None = None
    innermost: Outline | None = None
    for code in file.code.chain():
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


def wanted_types(method: Method | None, receiver: Receiver, name: str, count: int) -> list[Type | None]:
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


def create_object(file: JavaFile, node: Node, expected: Type | None) -> Result:
    """Lower `new Class(...)`, with a body of its own or without."""
    type_node = node.child_by_field_name("type")
    kind = file.read_type(type_node)
    around = first_named(node)
    outer = NOTHING
    if around is not None and around != type_node and around.type in file.expressions:
        outer, outer_type = evaluate(file, around)
        if outer_type is not None and kind is not None and file.find_outline(kind.name) is None:
            kind = Type(f"{outer_type.name}.{kind.name}", kind.args)
    arguments = read_arguments(file, node.child_by_field_name("arguments"))
    if kind is None or type_node is None:
        return NOTHING, None
    if not kind.args and expected is not None and expected.args and type_node.type == "generic_type":
        kind = Type(kind.name, expected.args)
    body = next((child for child in node.named_children if child.type == "class_body"), None)
    outline = file.find_outline(kind.name)
    methods = outline.methods.get("<init>", []) if outline is not None else []
    method = choose_method(file, methods, arguments.types)
    settle_lambdas(
        file, arguments, wanted_types(method, Receiver(NOTHING, kind, outline), "<init>", len(arguments.values))
    )
    if body is None:
        class_value = file.type_value(kind.name, type_node)
    else:
        class_value, outline = file.anonymous_class(file, body, kind, type_node)
    return make_instance(file, class_value, kind, outline, method, arguments, type_node, outer)


def make_instance(
    file: JavaFile,
    class_value: Value,
    kind: Type,
    outline: Outline | None,
    method: Method | None,
    arguments: Arguments,
    node: Node,
    outer: Value,
) -> Result:
    """Call a class; an instance of an inner class keeps the instance around it."""
    if class_value == NOTHING:
        return NOTHING, kind
    values, star = arguments.values, NOTHING
    if method is not None and method.varargs:
        values, star = spread_array(method, arguments)
    dst = file.code.new()
    place = site_of(node.named_children[0] if node.type == "generic_type" else node)
    file.emit(Op.CALL, dst, class_value, place, trim(values), (), star, NOTHING, CallFlag.NEW)
    file.code.typed.add(dst)
    if outline is not None and not outline.static and outline.outer is not None:
        around = file.this(outline.outer) if outer == NOTHING else outer
        if around != NOTHING:
            file.emit(Op.SET_ATTR, dst, OUTER_THIS, around)
    return dst, kind


def call_constructor(file: JavaFile, node: Node) -> None:
    """Lower `this(...)` and `super(...)` at the start of a constructor."""
    word = node.child_by_field_name("constructor")
    arguments = read_arguments(file, node.child_by_field_name("arguments"))
    code = next((one for one in file.code.chain() if one.outline is not None), None)
    if word is None or code is None or code.outline is None:
        return
    is_super = word.type == "super"
    receiver = read_super(file, word) if is_super else Receiver(file.this(), None, code.outline)
    methods = receiver.outline.methods.get("<init>", []) if receiver.outline is not None else []
    method = choose_method(file, methods, arguments.types)
    settle_lambdas(file, arguments, wanted_types(method, receiver, "<init>", len(arguments.values)))
    if receiver.value == NOTHING:
        return
    key, values, star = f"<init>/{len(arguments.values)}", arguments.values, NOTHING
    if method is not None:
        key = private_key(method) if not is_super else method.exact if rivals(methods, method) else method.key
        if method.varargs:
            values, star = spread_array(method, arguments)
    flag = CallFlag.NONE if method is not None else CallFlag.IMPLICIT
    file.emit(Op.CALL_METHOD, NOTHING, receiver.value, key, site_of(word), trim(values), (), star, NOTHING, flag)
