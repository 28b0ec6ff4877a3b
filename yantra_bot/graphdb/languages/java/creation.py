"""Objects that are made: `new Class(...)`, also with a body, and what constructors call of each other."""

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, CallFlag, Op, Value
from yantra_bot.graphdb.languages.java.calls import (
    Arguments,
    Receiver,
    evaluate,
    key_of,
    read_arguments,
    read_super,
    settle_lambdas,
    spread_array,
    wanted_types,
)
from yantra_bot.graphdb.languages.java.code import OUTER_THIS, JavaFile, Result
from yantra_bot.graphdb.languages.java.nodes import first_named
from yantra_bot.graphdb.languages.java.outline import Method, Outline
from yantra_bot.graphdb.languages.java.overloads import choose_method, rivals, signed_key
from yantra_bot.graphdb.languages.java.types import Type
from yantra_bot.graphdb.languages.lowering import site_of


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
    settle_lambdas(file, arguments, wanted_types(method, Receiver(NOTHING, kind, outline), len(arguments.values)))
    if body is None:
        class_value = file.type_value(kind.name, type_node)
    else:
        class_value, outline = file.anonymous_class(file, body, kind, type_node, len(arguments.values))
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
    values, star = spread_array(method, arguments)
    hint = ""
    if method is None and outline is None:
        hint = signed_key(file, "<init>", arguments.types, kind)
    elif method is not None and outline is not None and rivals(outline.methods.get("<init>", []), method):
        hint = method.exact
    keywords = ((hint, NOTHING),) if "(" in hint else ()
    dst = file.code.new()
    place = site_of(node.named_children[0] if node.type == "generic_type" else node)
    file.emit(Op.CALL, dst, class_value, place, tuple(values), keywords, star, NOTHING, CallFlag.NEW)
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
    code = next((one for one in file.code.chain if one.outline is not None), None)
    if word is None or code is None or code.outline is None:
        return
    is_super = word.type == "super"
    receiver = read_super(file, word) if is_super else Receiver(file.this(), None, code.outline)
    methods = receiver.outline.methods.get("<init>", []) if receiver.outline is not None else []
    method = choose_method(file, methods, arguments.types)
    settle_lambdas(file, arguments, wanted_types(method, receiver, len(arguments.values)))
    if receiver.value == NOTHING:
        return
    key = f"<init>/{len(arguments.values)}"
    values, star = spread_array(method, arguments)
    if method is not None:
        key = key_of(method, methods) if is_super else method.own_exact
    flag = CallFlag.NONE if method is not None else CallFlag.IMPLICIT
    file.emit(Op.CALL_METHOD, NOTHING, receiver.value, key, site_of(word), tuple(values), (), star, NOTHING, flag)
