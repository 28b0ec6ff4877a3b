"""The logic steps of a real function body, from its syntax tree, by rules alone: the same body gives the same steps.

What is trained on comes from here, and so does what a held-out body is compared with. Python only: that is what the
corpora are in. It reads one function and never runs it.
"""

from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from yantra_bot.codex.expressions import TRANSPARENT, classify, named, text_of
from yantra_bot.codex.steps import OPENERS, Move, Step

MOST_MOVES: Final = 400
"""A longer body is generated, or a program of its own."""
MOST_DEPTH: Final = 30
_SILENT: Final = frozenset(
    {
        "comment",
        "pass_statement",
        "import_statement",
        "import_from_statement",
        "future_import_statement",
        "global_statement",
        "nonlocal_statement",
        "break_statement",
        "continue_statement",
        "function_definition",
        "class_definition",
        "decorated_definition",
        "type_alias_statement",
    }
)


def moves_of(function: Node) -> tuple[Move, ...]:
    """Return the steps of a `function_definition` of tree-sitter's Python grammar; none for an empty body.

    The docstring is no step. Blocks are closed as `steps.nest` reads them; at most `MOST_MOVES` are returned, cut at
    the end, and blocks nested deeper than `MOST_DEPTH` are passed over.
    """
    body = function.child_by_field_name("body")
    if body is None:
        return ()
    moves: list[Move] = []
    for move in _block(body, 0):
        moves.append(move)
        if len(moves) == MOST_MOVES:
            break
    return tuple(moves)


def docstring_of(function: Node) -> str:
    """Return the docstring of a `function_definition` without its quotes; empty where there is none."""
    node = _docstring_node(function.child_by_field_name("body"))
    if node is None:
        return ""
    return "".join(text_of(part) for part in node.children if part.type == "string_content").strip()


def _docstring_node(body: Node | None) -> Node | None:
    first = next((child for child in body.named_children if child.type != "comment"), None) if body else None
    if first is None or first.type != "expression_statement" or not first.named_children:
        return None
    only = first.named_children[0]
    return only if only.type == "string" else None


def _block(block: Node | None, depth: int) -> Iterator[Move]:
    if block is None or depth > MOST_DEPTH:
        return
    docstring = _docstring_node(block)
    for statement in block.named_children:
        if docstring is not None and statement == docstring.parent:
            continue
        yield from _statement(statement, depth)


def _statement(node: Node, depth: int) -> Iterator[Move]:
    if node.type in _SILENT:
        return
    if node.type in _BLOCKS:
        yield from _BLOCKS[node.type](node, depth)
    elif node.type == "expression_statement":
        for child in node.named_children:
            yield from _effect(child)
    elif node.type in _ENDINGS:
        value = next(iter(node.named_children), None)
        if value is not None and node.type == "return_statement":
            yield from classify(value)
        yield Move(_ENDINGS[node.type], () if value is None else named(value)[:2])


_ENDINGS: Final = {
    "return_statement": Step.RETURN,
    "raise_statement": Step.RAISE,
    "delete_statement": Step.DELETE,
}


def _effect(node: Node) -> Iterator[Move]:
    """Return the steps of an expression that stands for itself, an assignment included."""
    while node.type in TRANSPARENT and node.named_children:
        node = node.named_children[0]
    if node.type == "assignment":
        yield from _assignment(node)
    elif node.type == "augmented_assignment":
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        yield from _only_telling(right)
        yield Move(Step.ACCUMULATE, named(left)[:1] if left else ())
    elif node.type == "yield":
        value = next(iter(node.named_children), None)
        yield from _only_telling(value)
        yield Move(Step.YIELD, () if value is None else named(value)[:2])
    else:
        yield from classify(node)


def _only_telling(node: Node | None) -> Iterator[Move]:
    return classify(node) if node is not None else iter(())


def _assignment(node: Node) -> Iterator[Move]:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:  # a bare annotation
        return
    if right.type in {"assignment", "yield"}:
        yield from _effect(right)
        return
    moves = list(classify(right))
    target = named(left)[:1]
    if left.type in {"subscript", "attribute"}:
        yield from moves
        kept = any(word in name.lower() for name in target for word in ("cache", "memo"))
        yield Move(Step.CACHE if kept else Step.UPDATE, target)
    elif moves:
        yield from moves[:-1]
        yield Move(moves[-1].step, target + moves[-1].names) if moves[-1].step is not Step.CLOSE else moves[-1]
    else:
        yield Move(Step.DEFAULT, target)


def _if(node: Node, depth: int) -> Iterator[Move]:
    yield from _branch(node, depth)
    otherwise = node.children_by_field_name("alternative")
    yield from _alternatives(otherwise, depth)


def _branch(node: Node, depth: int) -> Iterator[Move]:
    condition, body = node.child_by_field_name("condition"), node.child_by_field_name("consequence")
    inside = list(_block(body, depth + 1))
    refuses = bool(inside) and inside[0].step is Step.RAISE
    yield Move(condition_step(condition, refuses=refuses), named(condition)[:2] if condition else ())
    yield from inside
    yield Move(Step.CLOSE)


def _alternatives(clauses: list[Node], depth: int) -> Iterator[Move]:
    """Return else and elif: an elif is an else with a condition inside, as most languages have it."""
    if not clauses or depth + len(clauses) > MOST_DEPTH:
        return
    first, rest = clauses[0], clauses[1:]
    yield Move(Step.OTHERWISE)
    if first.type == "elif_clause":
        yield from _branch(first, depth + 1)
        yield from _alternatives(rest, depth + 1)
    else:
        yield from _block(first.child_by_field_name("body"), depth + 1)
    yield Move(Step.CLOSE)


def condition_step(condition: Node | None, *, refuses: bool) -> Step:
    """Return which sort of condition it is; `refuses` says that its block begins with a raise."""
    if condition is not None:
        kinds = {child.type for child in condition.children}
        if _asks_for_null(condition, kinds):
            return Step.NULL_CHECK
        if any(word in text_of(condition) for word in ("isinstance(", "issubclass(", "type(")):
            return Step.TYPE_CHECK
        if condition.type == "comparison_operator" and kinds & {"in", "not in"}:
            return Step.DUPLICATE_CHECK
    return Step.VALIDATE if refuses else Step.CONDITION


def _asks_for_null(condition: Node, kinds: set[str]) -> bool:
    if condition.type == "not_operator":
        argument = condition.child_by_field_name("argument")
        return argument is not None and argument.type in {"identifier", "attribute"}
    is_alike = bool(kinds & {"is", "is not", "==", "!="})
    return condition.type == "comparison_operator" and is_alike and condition.children[-1].type == "none"


def _loop(node: Node, depth: int) -> Iterator[Move]:
    source = node.child_by_field_name("right") or node.child_by_field_name("condition")
    if node.type == "for_statement":
        yield from (move for move in _only_telling(source) if move.step not in {Step.LOOKUP, Step.CALL, Step.MAP})
    yield Move(Step.ITERATE, named(source)[:2] if source else ())
    yield from _block(node.child_by_field_name("body"), depth + 1)
    yield Move(Step.CLOSE)
    for clause in node.children_by_field_name("alternative"):
        yield from _block(clause.child_by_field_name("body"), depth)


def _try(node: Node, depth: int) -> Iterator[Move]:
    yield Move(Step.TRY)
    yield from _block(node.child_by_field_name("body"), depth + 1)
    for clause in node.named_children:
        if clause.type == "else_clause":
            yield from _block(clause.child_by_field_name("body"), depth + 1)
    yield Move(Step.CLOSE)
    for clause in node.named_children:
        if clause.type in {"except_clause", "except_group_clause"}:
            caught = next((child for child in clause.named_children if child.type not in {"block", "comment"}), None)
            yield Move(Step.OTHERWISE, named(caught)[:1] if caught else ())
            yield from _block(_last_block(clause), depth + 1)
            yield Move(Step.CLOSE)
        elif clause.type == "finally_clause":
            yield from _block(_last_block(clause), depth)


def _with(node: Node, depth: int) -> Iterator[Move]:
    for clause in node.named_children:
        if clause.type == "with_clause":
            for item in clause.named_children:
                value = item.child_by_field_name("value")
                yield from _only_telling(value)
    yield from _block(node.child_by_field_name("body"), depth)


def _match(node: Node, depth: int) -> Iterator[Move]:
    body = node.child_by_field_name("body")
    for clause in body.named_children if body is not None else ():
        if clause.type == "case_clause":
            yield Move(Step.CONDITION)
            yield from _block(clause.child_by_field_name("consequence"), depth + 1)
            yield Move(Step.CLOSE)


def _assert(node: Node, _depth: int) -> Iterator[Move]:
    condition = next(iter(node.named_children), None)
    yield Move(condition_step(condition, refuses=True), named(condition)[:2] if condition else ())
    yield Move(Step.RAISE, ("AssertionError",))
    yield Move(Step.CLOSE)


def _last_block(clause: Node) -> Node | None:
    return next((child for child in reversed(clause.named_children) if child.type == "block"), None)


_BLOCKS: Final = {
    "if_statement": _if,
    "for_statement": _loop,
    "while_statement": _loop,
    "try_statement": _try,
    "with_statement": _with,
    "match_statement": _match,
    "assert_statement": _assert,
}


def closes(moves: tuple[Move, ...]) -> bool:
    """Tell whether every block of a sequence is closed; one that was cut is not."""
    depth = 0
    for move in moves:
        depth += (move.step in OPENERS) - (move.step is Step.CLOSE)
    return depth == 0
