"""Statements: declarations, branches, loops, exceptions, and switches as statements and as values."""

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, CallFlag, Op, Value
from yantra_bot.graphdb.languages.java.calls import evaluate
from yantra_bot.graphdb.languages.java.code import JavaFile, Statement
from yantra_bot.graphdb.languages.java.creation import call_constructor
from yantra_bot.graphdb.languages.java.nodes import first_named
from yantra_bot.graphdb.languages.java.outline import TYPE_NODES, outline_type
from yantra_bot.graphdb.languages.java.storage import array_of
from yantra_bot.graphdb.languages.java.types import ARRAY, Type, element_of, is_tracked
from yantra_bot.graphdb.languages.lowering import site_of
from yantra_bot.graphdb.languages.ssa import State


def execute(file: JavaFile, node: Node | None) -> None:
    """Lower a statement."""
    if node is None:
        return
    handler = file.statements.get(node.type)
    if handler is not None:
        if file.enter():
            handler(file, node)
            file.depth -= 1
    elif node.type in file.expressions:
        evaluate(file, node)


def execute_block(file: JavaFile, node: Node) -> None:
    """Lower the statements of a block."""
    frame = file.code
    frame.open_block()
    children = node.named_children
    for child in children:
        if child.type in TYPE_NODES:
            _declare_local(file, child)
    for child in children:
        execute(file, child)
    frame.close_block()


def _declare_local(file: JavaFile, node: Node) -> None:
    """Outline a local class, so that it is known in all of its block."""
    around = next((one.outline for one in file.code.chain if one.outline is not None), None)
    outline = outline_type(node, file.source, None)
    if outline is not None:
        outline.outer = around
        outline.static = True
        file.code.local_types[outline.name] = outline
        file.code.found.clear()


def _local_type(file: JavaFile, node: Node) -> None:
    name = node.child_by_field_name("name")
    outline = file.code.local_types.get(file.text(name)) if name is not None else None
    if outline is not None:
        file.declare_type(file, outline)


def _expression(file: JavaFile, node: Node) -> None:
    for child in node.named_children:
        execute(file, child)


def _declaration(file: JavaFile, node: Node) -> None:
    type_node = node.child_by_field_name("type")
    kind = file.read_type(type_node)
    for one in node.children_by_field_name("declarator"):
        name = one.child_by_field_name("name")
        if name is None:
            continue
        array = one.child_by_field_name("dimensions") is not None
        declare(file, name, Type(ARRAY, (kind,)) if array else kind, one.child_by_field_name("value"), type_node)


def declare(file: JavaFile, name: Node, kind: Type | None, initial: Node | None, type_node: Node | None) -> Value:
    """Declare a local variable with what it holds at first; return that."""
    value: Value = NOTHING
    made: Type | None = None
    if initial is not None:
        value, made = (
            array_of(file, initial, kind) if initial.type == "array_initializer" else evaluate(file, initial, kind)
        )
    if type_node is not None and is_tracked(kind):
        value = file.declare_instance(value, kind, type_node)
    text = file.text(name)
    known = file.code.assigned[text]
    variable = file.code.declare(text, value, versioned=known > (initial is not None))
    variable.note = _narrow(kind, made)
    return value


def _narrow(kind: Type | None, made: Type | None) -> Type | None:
    """Return the type to remember of a variable: as declared, else as its first value has it."""
    return made if kind is None else kind


def _if(file: JavaFile, node: Node) -> None:
    """Lower a chain of `if ... else if ...`: long ones are no deep ones."""
    code = file.code
    ends: list[State] = []
    link: Node | None = node
    while link is not None and link.type == "if_statement":
        condition = link.child_by_field_name("condition")
        if condition is not None:
            evaluate(file, condition)
        start = code.fork()
        execute(file, link.child_by_field_name("consequence"))
        ends.append(code.fork())
        code.resume(start)
        link = link.child_by_field_name("alternative")
    execute(file, link)
    ends.append(code.fork())
    code.merge(ends)


def _while(file: JavaFile, node: Node) -> None:
    code = file.code
    code.begin_loop(file.count_assignments(node))
    condition = node.child_by_field_name("condition")
    if node.type == "while_statement" and condition is not None:
        evaluate(file, condition)
    execute(file, node.child_by_field_name("body"))
    if node.type == "do_statement" and condition is not None:
        evaluate(file, condition)
    code.end_loop()


def _for(file: JavaFile, node: Node) -> None:
    code = file.code
    code.open_block()
    for part in node.children_by_field_name("init"):
        execute(file, part)
    code.begin_loop(file.count_assignments(node))
    condition = node.child_by_field_name("condition")
    if condition is not None:
        evaluate(file, condition)
    execute(file, node.child_by_field_name("body"))
    for part in node.children_by_field_name("update"):
        execute(file, part)
    code.end_loop()
    code.close_block()


def _for_each(file: JavaFile, node: Node) -> None:
    code = file.code
    code.open_block()
    iterated, name = node.child_by_field_name("value"), node.child_by_field_name("name")
    type_node = node.child_by_field_name("type")
    value, kind = evaluate(file, iterated) if iterated is not None else (NOTHING, None)
    declared = file.read_type(type_node) or element_of(kind)
    element: Value = NOTHING
    if iterated is not None and value != NOTHING:
        element = code.new()
        file.emit(Op.ITER, element, value, site_of(iterated))
    if not is_tracked(declared):
        element = NOTHING
    elif type_node is not None:
        element = file.declare_instance(element, declared, type_node)
    code.begin_loop(file.count_assignments(node))
    if name is not None:
        code.declare(file.text(name), element, versioned=bool(code.assigned[file.text(name)])).note = declared
    execute(file, node.child_by_field_name("body"))
    code.end_loop()
    code.close_block()


def _return(file: JavaFile, node: Node) -> None:
    code = file.code
    child = first_named(node)
    if child is not None:
        value, kind = evaluate(file, child, code.returns)
        code.result = kind
        if value != NOTHING:
            file.emit(Op.RETURN, value)
    code.dead = True


def _throw(file: JavaFile, node: Node) -> None:
    _expression(file, node)
    file.code.dead = True


def _break(file: JavaFile, node: Node) -> None:
    file.code.leave(again=False)


def _continue(file: JavaFile, node: Node) -> None:
    code = file.code
    for loop in reversed(code.loops):
        if loop.heads:  # a switch has none, and a loop without any has nothing to join
            loop.repeats.append(code.fork())
            break
    code.dead = True


def _try(file: JavaFile, node: Node) -> None:
    """Lower try: a handler may begin after any assignment of the body, so it begins as a loop's head does."""
    code = file.code
    code.open_block()
    resources = node.child_by_field_name("resources")
    closed = [_resource(file, one) for one in resources.named_children] if resources is not None else []
    body = node.child_by_field_name("body")
    start = code.fork()
    execute(file, body)
    after = code.fork()
    for place, value in closed:
        if value != NOTHING:
            rest = ((), (), NOTHING, NOTHING, CallFlag.IMPLICIT)
            file.emit(Op.CALL_METHOD, NOTHING, value, "close/0", site_of(place), *rest)
    ends = [after]
    for child in node.named_children:
        if child.type == "catch_clause":
            code.merge([start, after])
            _catch(file, child)
            ends.append(code.fork())
    final = next((child for child in node.named_children if child.type == "finally_clause"), None)
    code.merge(ends if final is None else [start, *ends])
    if final is not None:
        _expression(file, final)
        code.dead = code.dead or all(state is None for state in ends)
    code.close_block()


def _resource(file: JavaFile, node: Node) -> tuple[Node, Value]:
    name, initial = node.child_by_field_name("name"), node.child_by_field_name("value")
    if name is not None:
        type_node = node.child_by_field_name("type")
        return name, declare(file, name, file.read_type(type_node), initial, type_node)
    inner = first_named(node)
    return node, evaluate(file, inner)[0] if inner is not None else NOTHING


def _catch(file: JavaFile, node: Node) -> None:
    code = file.code
    code.open_block()
    parameter = next((child for child in node.named_children if child.type == "catch_formal_parameter"), None)
    name = parameter.child_by_field_name("name") if parameter is not None else None
    caught = next((one for one in parameter.named_children if one.type == "catch_type"), None) if parameter else None
    if name is not None and caught is not None:
        value = code.new()
        for one in caught.named_children:
            kind = file.read_type(one)
            type_value = NOTHING if kind is None else file.type_value(kind.name, one)
            if type_value != NOTHING:
                file.emit(Op.INSTANCE, value, type_value)
        only = file.read_type(caught.named_children[0]) if caught.named_child_count == 1 else None
        code.declare(file.text(name), value).note = only
    execute(file, node.child_by_field_name("body"))
    code.close_block()


STATEMENTS: dict[str, Statement] = {
    "block": execute_block,
    "constructor_body": execute_block,
    "expression_statement": _expression,
    "local_variable_declaration": _declaration,
    "if_statement": _if,
    "while_statement": _while,
    "do_statement": _while,
    "for_statement": _for,
    "enhanced_for_statement": _for_each,
    "return_statement": _return,
    "throw_statement": _throw,
    "break_statement": _break,
    "continue_statement": _continue,
    "try_statement": _try,
    "try_with_resources_statement": _try,
    "labeled_statement": _expression,
    "synchronized_statement": _expression,
    "assert_statement": _expression,
    "explicit_constructor_invocation": call_constructor,
    **dict.fromkeys(TYPE_NODES, _local_type),
}
