"""Lowers statements: blocks, branches, loops, and the code of functions."""

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, Op, Value
from yantra_bot.graphdb.languages.javascript.classes import CLASSES, make_class
from yantra_bot.graphdb.languages.javascript.declarations import (
    bind_declared,
    declare_pattern,
    hoist_block,
    hoist_vars,
    lower_declaration,
)
from yantra_bot.graphdb.languages.javascript.expressions import first_expression, lower_nothing, run
from yantra_bot.graphdb.languages.javascript.functions import FUNCTION_BODY, give_back
from yantra_bot.graphdb.languages.javascript.narrowing import narrow
from yantra_bot.graphdb.languages.javascript.operators import assign
from yantra_bot.graphdb.languages.javascript.parameters import lower_parameters
from yantra_bot.graphdb.languages.javascript.state import Handler
from yantra_bot.graphdb.languages.javascript.types import declare_return
from yantra_bot.graphdb.languages.javascript.writer import Branch, Writer
from yantra_bot.graphdb.languages.lowering import site_of

_ENDS = frozenset({"break_statement", "return_statement", "throw_statement", "continue_statement"})


def lower_function_body(low: Writer, node: Node) -> Value:
    """Lower parameters and code of a function."""
    lower_parameters(low, node)
    declare_return(low, node)
    code = node.child_by_field_name("body")
    if code is None:
        return NOTHING
    if code.type == "statement_block":
        hoist_vars(low, code)
        lower_block_here(low, code)
    else:
        give_back(low, low.value(code))
    return NOTHING


def lower_block_here(low: Writer, block: Node) -> None:
    """Lower a block whose names belong to the scope that is open."""
    statements = block.named_children
    hoist_block(low, statements, block.end_byte)
    for statement in statements:
        low.anchor = statement.start_byte
        low.value(statement)


def lower_block(low: Writer, node: Node) -> Value:
    """Lower `{…}` as a block of its own."""
    before = low.open_scope()
    lower_block_here(low, node)
    low.scope = before
    return NOTHING


def lower_expression_statement(low: Writer, node: Node) -> Value:
    """Lower an expression for its effects."""
    inner = first_expression(node)
    if inner is not None:
        run(low, inner)
    return NOTHING


def lower_class_declaration(low: Writer, node: Node) -> Value:
    """Lower a class that is declared."""
    name = node.child_by_field_name("name")
    marks = []
    if node.parent is not None and node.parent.type == "export_statement":
        marks = [child for child in node.parent.named_children if child.type == "decorator"]
    symbol = len(low.file.facts.symbols)
    value = make_class(low, node, decorators=marks)
    variable = low.scope.find(low.file.text(name)) if name is not None else None
    if variable is not None and value != NOTHING:
        low.assign(variable, value)
        variable.symbol = symbol
    return value


def lower_return(low: Writer, node: Node) -> Value:
    """Lower `return x`."""
    inner = first_expression(node)
    if inner is not None:
        give_back(low, low.value(inner))
    low.dead = True
    return NOTHING


def _branch(low: Writer, node: Node | None, condition: Node | None = None) -> tuple[Branch, bool]:
    """Lower code that may run or not; what it leaves and whether its end is dead."""
    low.open_branch()
    if condition is not None:
        narrow(low, condition)
    if node is not None:
        low.value(node)
    left, dead, _ = low.close_branch()
    return left, dead


def lower_if(low: Writer, node: Node) -> Value:
    """Lower `if`; a long chain of `else if` costs no depth."""
    ways = []
    one: Node | None = node
    while one is not None and one.type == "if_statement":
        condition = one.child_by_field_name("condition")
        if condition is not None:
            run(low, condition)
        ways.append(_branch(low, one.child_by_field_name("consequence"), condition))
        otherwise = one.child_by_field_name("alternative")
        one = first_expression(otherwise) if otherwise is not None else None
    ways.append(_branch(low, one))
    low.merge(ways)
    return NOTHING


def lower_switch(low: Writer, node: Node) -> Value:
    """Lower `switch`: a case begins after the head, or after the case before it."""
    value, body = node.child_by_field_name("value"), node.child_by_field_name("body")
    if value is not None:
        run(low, value)
    if body is None:
        return NOTHING
    before = low.open_scope()
    ways: list[tuple[Branch, bool]] = [({}, False)]
    fallen: Branch = {}
    for case in body.named_children:
        if case.type not in ("switch_case", "switch_default"):
            continue
        hoist_block(low, case.named_children, body.end_byte)
        low.open_branch()
        for variable, other in fallen.items():
            low.assign(variable, low.union((variable.value, other)))
        last = _lower_case(low, case)
        left, dead, _ = low.close_branch()
        fallen = {} if last in _ENDS else left
        ways.append((left, dead))
    low.merge(ways)
    low.dead = False
    low.scope = before
    return NOTHING


def _lower_case(low: Writer, case: Node) -> str:
    """Lower one case; the kind of its last statement."""
    test = case.child_by_field_name("value")
    last = ""
    for child in case.named_children:
        if child.type == "comment":
            continue
        low.anchor = child.start_byte
        if test is not None and child.id == test.id:
            run(low, child)
        else:
            low.value(child)
            last = child.type
            if last == "statement_block" and child.named_children:
                last = child.named_children[-1].type
    return last


def lower_loop(low: Writer, node: Node) -> Value:
    """Lower `for (;;)`, `while`, `do`."""
    before = low.open_scope()
    first = node.child_by_field_name("initializer")
    if first is not None:
        hoist_block(low, (first,), node.end_byte)
        low.value(first)
    heads = low.open_loop(node.start_byte, node.end_byte)
    body = node.child_by_field_name("body")
    for part in ("condition", "increment"):
        for child in node.children_by_field_name(part):
            if child.is_named:
                run(low, child)
    if body is not None:
        low.value(body)
    low.close_loop(heads)
    low.scope = before
    return NOTHING


def lower_for_in(low: Writer, node: Node) -> Value:
    """Lower `for (x of y)` and `for (x in y)`."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    operator, body = node.child_by_field_name("operator"), node.child_by_field_name("body")
    if left is None or right is None:
        return NOTHING
    source = low.value(right)
    before = low.open_scope()
    heads = low.open_loop(node.start_byte, node.end_byte)
    each = NOTHING
    if source != NOTHING and operator is not None and operator.type == "of":
        each = low.new()
        waits = any(child.type == "await" for child in node.children)
        low.ops.append((Op.ITER, each, source, site_of(right), *([True] if waits else ())))
        if waits:
            waited = low.new()
            low.ops.append((Op.AWAIT, waited, each, site_of(right)))
            each = waited
    kind = node.child_by_field_name("kind")
    if kind is None:
        assign(low, left, each)
    else:
        if kind.type != "var":
            declare_pattern(low, left, node.end_byte)
        bind_declared(low, left, each)
    if each == NOTHING and left.type == "identifier" and (key := low.scope.find(low.file.text(left))) is not None:
        low.loop_keys[key] = source
    if body is not None:
        low.value(body)
    low.close_loop(heads)
    low.scope = before
    return NOTHING


def lower_labeled(low: Writer, node: Node) -> Value:
    """Lower what stands behind a label."""
    body = node.child_by_field_name("body")
    return NOTHING if body is None else low.value(body)


HANDLERS: dict[str, Handler] = {
    "statement_block": lower_block,
    "expression_statement": lower_expression_statement,
    "variable_declaration": lower_declaration,
    "lexical_declaration": lower_declaration,
    "using_declaration": lower_declaration,
    "function_declaration": lower_nothing,
    "generator_function_declaration": lower_nothing,
    "return_statement": lower_return,
    "if_statement": lower_if,
    "switch_statement": lower_switch,
    "for_statement": lower_loop,
    "while_statement": lower_loop,
    "do_statement": lower_loop,
    "for_in_statement": lower_for_in,
    "labeled_statement": lower_labeled,
    FUNCTION_BODY: lower_function_body,
} | dict.fromkeys(CLASSES - {"class"}, lower_class_declaration)
