"""What the compiler adds to a type: constructors that run initialisers, static initialisers, accessors of records.

A body that calls nothing belongs to the type's own symbol: nobody wrote it, so no call of it names a method.
"""

from tree_sitter import Node

from yantra_bot.domain.graph import NodeKind
from yantra_bot.graphdb.facts import NOTHING, BodyFlag, Op, ParamKind, Value
from yantra_bot.graphdb.languages.java.calls import Receiver, read_arguments, settle_lambdas, wanted_types
from yantra_bot.graphdb.languages.java.code import Code, JavaFile
from yantra_bot.graphdb.languages.java.creation import make_instance
from yantra_bot.graphdb.languages.java.functions import (
    add_parameter,
    call_super,
    initialise,
    initialise_fields,
    store_components,
)
from yantra_bot.graphdb.languages.java.names import read_field
from yantra_bot.graphdb.languages.java.nodes import has_modifier
from yantra_bot.graphdb.languages.java.outline import Outline, members_of
from yantra_bot.graphdb.languages.java.overloads import choose_method
from yantra_bot.graphdb.languages.java.statements import execute_block
from yantra_bot.graphdb.languages.java.symbols import known_symbol
from yantra_bot.graphdb.languages.java.types import Type, is_tracked

_METHOD = BodyFlag.FUNCTION | BodyFlag.METHOD
_CALLS = frozenset({Op.CALL, Op.CALL_METHOD})


def add_constructor(file: JavaFile, outline: Outline, stored: dict[str, list[Value]]) -> None:
    """Add the constructor of a type without one, if it has initialisers to run."""
    if not any(
        member.type == "block" or (member.type == "field_declaration" and _is_initialised(file, member, static=False))
        for member in members_of(outline.body_node)
    ):
        return
    with file.enter_body(outline.symbol, _METHOD | BodyFlag.CONSTRUCTOR) as code:
        code.receiver = file.add_param("this", ParamKind.RECEIVER)
        arguments = [file.add_param("", ParamKind.NORMAL) for _ in range(outline.arity)]
        code.assigned = file.count_assignments(outline.node)
        call_super(file, outline, outline.node, arguments)
        initialise_fields(file, outline)
    _own(file, outline, code, "<init>")
    _store(file, code.index, stored, f"<init>/{outline.arity}")


def _own(file: JavaFile, outline: Outline, code: Code, name: str) -> None:
    """Give a body that calls something a symbol of its own."""
    if any(op[0] in _CALLS for op in code.body.ops):
        at = outline.node.child_by_field_name("name")
        code.body.owner = known_symbol(file, outline.node, NodeKind.METHOD, name, outline.symbol, at)


def _is_initialised(file: JavaFile, member: Node, *, static: bool) -> bool:
    return has_modifier(member, "static") == static and any(
        one.child_by_field_name("value") is not None for one in member.children_by_field_name("declarator")
    )


def initialise_class(file: JavaFile, outline: Outline) -> None:
    """Lower what runs when a class is loaded: static initialisers and the constants of an enumeration."""
    members = [member for member in members_of(outline.body_node) if _is_static_code(file, outline, member)]
    if not members:
        return
    with file.enter_body(outline.symbol, _METHOD | BodyFlag.STATIC) as code:
        code.scope = outline.symbol
        code.assigned = file.count_assignments(outline.node)
        _run_static(file, outline, members)
    if not code.body.ops:
        return
    _own(file, outline, code, "<clinit>")
    file.code.body.names["<clinit>/0"] = _function(file, code.index)


def _is_static_code(file: JavaFile, outline: Outline, member: Node) -> bool:
    kind = member.type
    if kind in ("static_initializer", "enum_constant", "constant_declaration"):
        return True
    return kind == "field_declaration" and (
        outline.kind in ("interface", "annotation") or _is_initialised(file, member, static=True)
    )


def _run_static(file: JavaFile, outline: Outline, members: list[Node]) -> None:
    constants: list[Value] = []
    for member in members:
        if member.type == "static_initializer":
            for child in member.named_children:
                execute_block(file, child)
        elif member.type == "enum_constant":
            constants.append(_make_constant(file, outline, member))
        else:
            initialise(file, outline, member)
    if outline.kind == "enum":
        _store_constants(file, outline, constants)


def _store_constants(file: JavaFile, outline: Outline, constants: list[Value]) -> None:
    """Keep all constants in one array, for `values()`."""
    made = file.code.new()
    file.emit(Op.NEW, made, "list", tuple((place, one) for place, one in enumerate(constants) if one != NOTHING))
    class_body = file.facts.bodies[outline.body]
    cell = class_body.names["$VALUES"] = class_body.values
    class_body.values += 1
    file.emit(Op.SET_OUTER, outline.body, cell, made)


def _make_constant(file: JavaFile, outline: Outline, node: Node) -> Value:
    """Lower one constant of an enumeration: an instance, of a class of its own where it has a body."""
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    if name is None:
        return NOTHING
    kind = Type(outline.name)
    arguments = read_arguments(file, node.child_by_field_name("arguments"))
    count = len(arguments.values)
    method = choose_method(file, outline.methods.get("<init>", []), arguments.types)
    settle_lambdas(file, arguments, wanted_types(method, Receiver(NOTHING, kind, outline), count))
    if body is None:
        class_value = file.class_of(outline)
    else:
        class_value, _ = file.anonymous_class(file, body, kind, name, count, file.text(name))
    value, _ = make_instance(file, class_value, kind, outline, method, arguments, name, NOTHING)
    field = outline.fields[file.text(name)]
    if field.value != NOTHING:
        file.emit(Op.SET_OUTER, outline.body, field.value, value)
    return value


def add_record_members(file: JavaFile, outline: Outline, stored: dict[str, list[Value]]) -> None:
    """Add a record's constructor and accessors where they are not written."""
    components = [(name, one) for name, one in outline.fields.items() if not one.static]
    written = {len(one.types) for one in outline.methods.get("<init>", ())}
    if len(components) not in written:
        with file.enter_body(outline.symbol, _METHOD | BodyFlag.CONSTRUCTOR) as code:
            code.receiver = file.add_param("this", ParamKind.RECEIVER)
            for name, one in components:
                add_parameter(file, name, one.type, outline.node)
            store_components(file, outline)
        _store(file, code.index, stored, f"<init>/{len(components)}")
    for name, one in components:
        if is_tracked(one.type) and not any(not method.types for method in outline.methods.get(name, ())):
            with file.enter_body(outline.symbol, _METHOD) as code:
                code.receiver = file.add_param("this", ParamKind.RECEIVER)
                value, _ = read_field(file, outline.node, name, one, code.receiver)
                file.emit(Op.RETURN, value)
            _store(file, code.index, stored, f"{name}/0", f"{name}::")


def _store(file: JavaFile, body: int, stored: dict[str, list[Value]], *keys: str) -> None:
    value = _function(file, body)
    for key in keys:
        stored.setdefault(key, []).append(value)


def _function(file: JavaFile, body: int) -> Value:
    value = file.code.new()
    file.emit(Op.FUNC, value, body, ())
    return value
