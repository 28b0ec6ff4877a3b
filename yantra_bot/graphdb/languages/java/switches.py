"""Switches as statements and as values, with their patterns and `yield`s."""

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, Value
from yantra_bot.graphdb.languages.java.calls import evaluate
from yantra_bot.graphdb.languages.java.code import JavaFile, Result
from yantra_bot.graphdb.languages.java.expressions import join_results
from yantra_bot.graphdb.languages.java.nodes import first_named
from yantra_bot.graphdb.languages.java.patterns import bind_pattern
from yantra_bot.graphdb.languages.java.statements import execute
from yantra_bot.graphdb.languages.java.types import Type


def lower_switch(file: JavaFile, node: Node, expected: Type | None) -> Result:
    """Lower a switch; as a value it is what its arrows and `yield`s give."""
    code = file.code
    condition, body = node.child_by_field_name("condition"), node.child_by_field_name("body")
    value, kind = evaluate(file, condition) if condition is not None else (NOTHING, None)
    results: list[Result] = []
    loop = code.begin_loop(())
    start = code.fork()
    yields, file.yields = file.yields, results
    for group in body.named_children if body is not None else ():
        if group.type == "switch_rule":
            code.resume(start)
            _rule(file, group, value, kind, expected, results)
            loop.breaks.append(code.fork())
        elif group.type == "switch_block_statement_group":
            code.merge([start, code.fork()])
            _group(file, group, value, kind)
    file.yields = yields
    code.loops.pop()
    code.merge([start, code.fork(), *loop.breaks])
    return join_results(file, results)


def _rule(
    file: JavaFile, node: Node, value: Value, kind: Type | None, expected: Type | None, results: list[Result]
) -> None:
    code = file.code
    code.open_block()
    for child in node.named_children:
        if child.type == "switch_label":
            _label(file, child, value, kind)
        elif child.type == "expression_statement" and child.named_child_count:
            results.append(evaluate(file, child.named_children[0], expected))
        else:
            execute(file, child)
    code.close_block()


def _group(file: JavaFile, node: Node, value: Value, kind: Type | None) -> None:
    for child in node.named_children:
        if child.type == "switch_label":
            _label(file, child, value, kind)
        else:
            execute(file, child)


def _label(file: JavaFile, node: Node, value: Value, kind: Type | None) -> None:
    for child in node.named_children:
        if child.type == "pattern":
            bind_pattern(file, child, value)
        elif child.type == "guard" and child.named_child_count:
            evaluate(file, child.named_children[0])


def lower_yield(file: JavaFile, node: Node) -> None:
    child = first_named(node)
    if child is not None:
        file.yields.append(evaluate(file, child))
    file.code.leave(again=False)
