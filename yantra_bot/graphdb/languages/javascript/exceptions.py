"""Lowers `throw` and `try`: what a handler may receive, of its own body and of the functions called there."""

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, Op, Value, site
from yantra_bot.graphdb.languages.javascript.declarations import bind_declared, declare_pattern
from yantra_bot.graphdb.languages.javascript.expressions import first_expression
from yantra_bot.graphdb.languages.javascript.state import Handler
from yantra_bot.graphdb.languages.javascript.statements import lower_block_here
from yantra_bot.graphdb.languages.javascript.writer import Writer


def lower_throw(low: Writer, node: Node) -> Value:
    """Lower `throw x`: a surrounding catch may receive it."""
    inner = first_expression(node)
    if inner is not None:
        value = low.value(inner)
        if low.catches:
            low.catches[-1].append(value)
        elif value != NOTHING:
            low.ops.append((Op.THROW, value))
    low.dead = True
    return NOTHING


def lower_try(low: Writer, node: Node) -> Value:
    """Lower `try`: the handler may begin after any part of the body."""
    body, handler = node.child_by_field_name("body"), node.child_by_field_name("handler")
    thrown: list[Value] = []
    low.open_branch()
    if handler is not None:
        low.catches.append(thrown)
    if body is not None:
        low.value(body)
    if handler is not None:
        low.catches.pop()
        thrown.append(_catch_calls(low, body, handler))
    left, dead, log = low.close_branch()
    ways = [(left, dead)]
    if handler is not None:
        low.open_branch()
        for variable, values in log.items():
            low.assign(variable, low.union(values))
        _lower_catch(low, handler, low.union(thrown))
        caught, caught_dead, _ = low.close_branch()
        ways.append((caught, caught_dead))
    else:
        ways.append((left, dead))
    low.merge(ways)
    finalizer = node.child_by_field_name("finalizer")
    if finalizer is not None:
        dead, low.dead = low.dead, False
        low.parts(finalizer)
        low.dead = low.dead or dead
    return NOTHING


def _catch_calls(low: Writer, body: Node | None, handler: Node) -> Value:
    """Return what the functions throw that the body of a try calls."""
    if body is None:
        return NOTHING
    caught = low.new() if handler.child_by_field_name("parameter") is not None else NOTHING
    (row, column), (end_row, end_column) = body.start_point, body.end_point
    low.ops.append((Op.CATCH, caught, site(row + 1, column), site(end_row + 1, end_column)))
    return caught


def _lower_catch(low: Writer, handler: Node, thrown: Value) -> None:
    before = low.open_scope()
    parameter, body = handler.child_by_field_name("parameter"), handler.child_by_field_name("body")
    if parameter is not None:
        declare_pattern(low, parameter, handler.end_byte)
        bind_declared(low, parameter, thrown)
    if body is not None:
        lower_block_here(low, body)
    low.scope = before


HANDLERS: dict[str, Handler] = {"throw_statement": lower_throw, "try_statement": lower_try}
