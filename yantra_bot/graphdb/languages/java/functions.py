"""Bodies of code: methods, constructors with the initialisers they run, lambdas, references to methods."""

from collections.abc import Sequence

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, BodyFlag, CallFlag, Op, ParamKind, Value
from yantra_bot.graphdb.languages.java.calls import Receiver, evaluate, read_receiver
from yantra_bot.graphdb.languages.java.code import JavaFile, Result
from yantra_bot.graphdb.languages.java.names import substitute, write_field
from yantra_bot.graphdb.languages.java.nodes import first_named, has_modifier
from yantra_bot.graphdb.languages.java.outline import Method, Outline, members_of, read_parameters
from yantra_bot.graphdb.languages.java.overloads import choose_method, find_sam
from yantra_bot.graphdb.languages.java.statements import execute, execute_block
from yantra_bot.graphdb.languages.java.symbols import lambda_symbol
from yantra_bot.graphdb.languages.java.types import (
    ARRAY,
    LAMBDA,
    Type,
    interface_parameters,
    interface_result,
    is_tracked,
)
from yantra_bot.graphdb.languages.lowering import site_of

_MOST_INITIALISERS = 3_000
"""Members times constructors: where there are more, the first constructor alone runs the initialisers of fields."""


def lower_method(file: JavaFile, method: Method, symbol: int) -> Value:
    """Lower a method or a constructor; return the function."""
    node = method.node
    flags = BodyFlag.FUNCTION | BodyFlag.METHOD
    block = node.child_by_field_name("body")
    if method.name == "<init>":
        flags |= BodyFlag.CONSTRUCTOR
    elif method.static:
        flags |= BodyFlag.STATIC
    if block is None:
        flags |= BodyFlag.OVERLOAD
    with file.enter_body(symbol, flags) as code:
        code.bounds = method.bounds
        code.returns = method.returns
        if not method.static:
            code.receiver = file.add_param("this", ParamKind.RECEIVER)
        if block is not None:
            code.assigned = file.count_assignments(node)
        _add_parameters(file, method, node)
        if method.returns is not None and is_tracked(method.returns):
            _declare_return(file, method.returns, node)
        if method.name == "<init>" and block is not None:
            _run_constructor(file, method, block)
        elif block is not None:
            execute_block(file, block)
    dst = file.code.new()
    file.emit(Op.FUNC, dst, code.index, ())
    return dst


def _declare_return(file: JavaFile, kind: Type, node: Node) -> None:
    declared = node.child_by_field_name("type")
    if kind.name != ARRAY and declared is not None:
        value = file.type_value(kind.name, declared)
        if value != NOTHING:
            file.emit(Op.RETURN_TYPE, value)


def _add_parameters(file: JavaFile, method: Method, node: Node) -> None:
    parameters = node.child_by_field_name("parameters")
    if parameters is None:
        names = [name for name, one in method.owner.fields.items() if not one.static]
    else:
        _, names, _ = read_parameters(parameters, file.source)
    for place, (name, kind) in enumerate(zip(names, method.types, strict=False)):
        star = method.varargs and place == len(method.types) - 1
        add_parameter(file, name, kind, parameters or node, star=star)


def add_parameter(file: JavaFile, name: str, kind: Type | None, node: Node, *, star: bool = False) -> Value:
    """Add a parameter with its declared type."""
    code = file.code
    value = file.add_param("", ParamKind.STAR if star else ParamKind.NORMAL)
    if name:
        code.declare(name, value, versioned=bool(code.assigned[name])).note = kind
    if is_tracked(kind):
        file.declare_instance(value, kind, node)
    return value


def _run_constructor(file: JavaFile, method: Method, block: Node) -> None:
    """Lower a constructor: first what is above it, then the initialisers of fields, then its own code."""
    first = first_named(block)
    explicit = first if first is not None and first.type == "explicit_constructor_invocation" else None
    chained = explicit.child_by_field_name("constructor") if explicit is not None else None
    if explicit is None:
        call_super(file, method.owner, method.node, ())
    if chained is None or chained.type != "this":
        if explicit is not None:
            execute(file, explicit)
        initialise_fields(file, method.owner)
        file.code.open_block()
        for child in block.named_children:
            if child != explicit:
                execute(file, child)
        file.code.close_block()
    else:
        execute_block(file, block)
    if method.node.type == "compact_constructor_declaration":
        store_components(file, method.owner)


def store_components(file: JavaFile, outline: Outline) -> None:
    """Let a record keep what its constructor was given."""
    for name, field in outline.fields.items():
        variable = file.code.find_local(name)
        if not field.static and variable is not None:
            write_field(file, outline.node, name, field, file.code.receiver, file.code.read(variable))


def call_super(file: JavaFile, outline: Outline, node: Node, arguments: Sequence[Value]) -> None:
    """Call the constructor of the superclass, as a constructor does that does not say it."""
    is_anonymous = outline.node is outline.body_node
    if not is_anonymous and not any(one.type == "superclass" for one in outline.node.named_children):
        return
    above = file.code.new()
    place = site_of(node.child_by_field_name("name") or node)
    file.emit(Op.SUPER, above, file.class_of(outline), file.code.receiver, place)
    key = f"<init>/{len(arguments)}"
    flags = CallFlag.IMPLICIT
    file.emit(Op.CALL_METHOD, NOTHING, above, key, place, tuple(arguments), (), NOTHING, NOTHING, flags)


def initialise_fields(file: JavaFile, outline: Outline) -> None:
    """Lower the initialisers of a class's instance fields, and its initialiser blocks, into a constructor."""
    code = file.code
    members = list(members_of(outline.body_node))
    if len(members) * len(outline.methods.get("<init>", ())) > _MOST_INITIALISERS and outline.initialised:
        return
    outline.initialised = True
    scope, code.scope = code.scope, outline.symbol
    scopes, code.scopes = code.scopes, [{}]
    for member in members:
        if member.type == "block":
            execute_block(file, member)
        elif member.type == "field_declaration" and not has_modifier(member, "static"):
            initialise(file, outline, member)
    code.scope, code.scopes = scope, scopes


def initialise(file: JavaFile, outline: Outline, member: Node) -> None:
    """Lower the initialisers of one declaration of fields."""
    for one in member.children_by_field_name("declarator"):
        name, initial = one.child_by_field_name("name"), one.child_by_field_name("value")
        field = outline.fields.get(file.text(name)) if name is not None else None
        if initial is not None and name is not None and field is not None:
            value, _ = evaluate(file, initial, field.type)
            write_field(file, name, file.text(name), field, NOTHING, value)


def lower_lambda(file: JavaFile, node: Node, expected: Type | None) -> Result:
    """Lower a lambda expression."""
    parameters, body = node.child_by_field_name("parameters"), node.child_by_field_name("body")
    symbol = lambda_symbol(file, node, file.code.scope)
    with file.enter_body(symbol, BodyFlag.FUNCTION | BodyFlag.ARROW) as code:
        code.arrow = True
        code.returns = _expected_result(file, expected)
        code.assigned = file.count_assignments(node)
        _add_lambda_parameters(file, parameters, expected)
        result: Type | None = None
        if body is not None and body.type == "block":
            execute_block(file, body)
            result = code.result
        elif body is not None:
            value, result = evaluate(file, body, code.returns)
            if value != NOTHING:
                file.emit(Op.RETURN, value)
    dst = file.code.new()
    file.emit(Op.FUNC, dst, code.index, ())
    file.code.typed.add(dst)
    return as_object(file, dst, expected, node), Type(LAMBDA, (result,))


def as_object(file: JavaFile, function: Value, expected: Type | None, node: Node) -> Value:
    """Return a function as an object of its interface, where that has methods of its own to call.

    The object's class belongs to the interface's symbol: nobody wrote it.
    """
    outline = file.outline_of(expected)
    sam = find_sam(outline) if outline is not None else None
    if outline is None or sam is None or function == NOTHING or not _has_defaults(outline):
        return function
    with file.enter_body(outline.symbol, BodyFlag.CLASS) as code:
        inner = code.read_outer(file.code.around.index, function) if file.code.around is not None else NOTHING
        code.body.names = dict.fromkeys((sam.key, sam.exact, sam.overloads), inner)
    made, dst = file.code.new(), file.code.new()
    place = site_of(node)
    file.emit(Op.CLASS, made, code.index, (), ())
    file.emit(Op.ADD_BASE, made, file.class_of(outline), place, outline.name, 0)
    file.emit(Op.CALL, dst, made, place, (), (), NOTHING, NOTHING, CallFlag.NEW | CallFlag.IMPLICIT)
    file.code.typed.add(dst)
    return dst


def _has_defaults(outline: Outline) -> bool:
    return any(
        not method.static and not method.private and method.node.child_by_field_name("body") is not None
        for one in outline.lineage()
        for methods in one.methods.values()
        for method in methods
    )


def _add_lambda_parameters(file: JavaFile, node: Node | None, expected: Type | None) -> None:
    if node is None:
        return
    if node.type == "formal_parameters":
        types, names, _ = read_parameters(node, file.source)
    else:
        parts = [node] if node.type == "identifier" else node.named_children
        names = [file.text(one) for one in parts]
        types = (None,) * len(names)
    wanted = parameters_of(file, expected) or ()
    for place, (name, kind) in enumerate(zip(names, types, strict=True)):
        guess = wanted[place] if place < len(wanted) else None
        add_parameter(file, name, kind or guess, node)


def parameters_of(file: JavaFile, kind: Type | None) -> Sequence[Type | None] | None:
    """Return the parameter types of a functional interface; None when it is not known as one."""
    if kind is None:
        return None
    if kind.name == LAMBDA:
        return kind.args
    outline = file.outline_of(kind)
    sam = find_sam(outline) if outline is not None else None
    if sam is not None:
        return [substitute(one, sam.owner, kind) for one in sam.types]
    return interface_parameters(kind)


def _expected_result(file: JavaFile, kind: Type | None) -> Type | None:
    outline = file.outline_of(kind)
    sam = find_sam(outline) if outline is not None else None
    return substitute(sam.returns, sam.owner, kind) if sam is not None else interface_result(kind)


def lower_reference(file: JavaFile, node: Node, expected: Type | None) -> Result:
    """Lower `Class::method`, `object::method`, `Class::new`."""
    qualifier, last = first_named(node), node.children[-1]
    if qualifier is None:
        return NOTHING, None
    if last.type == "new":
        kind = file.read_type(qualifier)
        if kind is None or kind.name == ARRAY:
            return NOTHING, Type(LAMBDA, (kind,))
        value = file.type_value(kind.name, qualifier)
        if value != NOTHING and file.find_outline(kind.name) is None:
            value = file.read_attribute(value, "new::", last)
        return value, Type(LAMBDA, (kind,))
    if qualifier.type.endswith("_type") or qualifier.type == "type_identifier":
        kind = file.read_type(qualifier)
        value = file.type_value(kind.name, qualifier) if kind is not None and kind.name != ARRAY else NOTHING
        receiver = Receiver(value, kind, file.outline_of(kind), is_class=True)
    else:
        receiver = read_receiver(file, qualifier)
    name = file.text(last)
    method = _find_referred(file, receiver, name, expected)
    returned = Type(LAMBDA, (substitute(method.returns, method.owner, receiver.type) if method else None,))
    if receiver.value == NOTHING:
        return NOTHING, returned
    key = f"{name}::"
    if method is not None:
        key = method.own_exact if method.private else method.exact
    return as_object(file, file.read_attribute(receiver.value, key, last), expected, node), returned


def _find_referred(file: JavaFile, receiver: Receiver, name: str, expected: Type | None) -> Method | None:
    """Return the method that a reference means, where this file shows it and no other can be meant."""
    methods = receiver.outline.find_methods(name) if receiver.outline is not None else []
    if len(methods) < 2:
        return methods[0] if methods else None
    wanted = parameters_of(file, expected) if expected is None or expected.name != LAMBDA else None
    if wanted is None:
        return None
    bound = [one for one in methods if one.static or not receiver.is_class]
    chosen = choose_method(file, bound, wanted)
    if chosen is None and wanted:
        chosen = choose_method(file, [one for one in methods if not one.static], wanted[1:])
    return chosen
