"""The logic steps inside one expression of Python: inner ones first, as they are worked out. Rules alone."""

from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from yantra_bot.codex.calls import step_of_call, step_of_open
from yantra_bot.codex.steps import Move, Step

MOST_DEPTH: Final = 12
"""How deep an expression is looked into."""
MOST_NAMES: Final = 6
TRANSPARENT: Final = frozenset(
    {"await", "parenthesized_expression", "named_expression", "list_splat", "dictionary_splat"}
)
_COMPREHENSIONS: Final = frozenset(
    {"list_comprehension", "set_comprehension", "dictionary_comprehension", "generator_expression"}
)
_PLAIN: Final = {
    "comparison_operator": Step.COMPARE,
    "not_operator": Step.COMPARE,
    "unary_operator": Step.COMPUTE,
    "subscript": Step.LOOKUP,
    "attribute": Step.LOOKUP,
}
_QUIET: Final = frozenset({Step.CALL, Step.LOOKUP, Step.COMPARE, Step.DEFAULT})
"""Inside another expression these say nothing that the outer step does not."""


def classify(node: Node, depth: int = 0) -> Iterator[Move]:
    """Return the steps of an expression; none for a literal or a bare name."""
    while node.type in TRANSPARENT and node.named_children:
        node = node.named_children[-1] if node.type == "named_expression" else node.named_children[0]
    if depth > MOST_DEPTH:
        return
    if node.type in _COMPREHENSIONS:
        yield from _comprehension(node)
    elif node.type in _WAYS:
        yield from _WAYS[node.type](node, depth)
    else:
        yield from _inner(node, depth)
        if node.type in _PLAIN:
            yield Move(_PLAIN[node.type], named(node)[:2])


def _binary(node: Node, depth: int) -> Iterator[Move]:
    yield from _inner(node, depth)
    yield Move(Step.FORMAT if _joins_text(node) else Step.COMPUTE, named(node)[:2])


def _boolean(node: Node, _depth: int) -> Iterator[Move]:
    yield Move(Step.DEFAULT if _is_fallback(node) else Step.COMPARE, named(node)[:2])


def _string(node: Node, _depth: int) -> Iterator[Move]:
    if _has_interpolation(node):
        yield Move(Step.FORMAT, named(node)[:2])


def _yield(node: Node, _depth: int) -> Iterator[Move]:
    yield Move(Step.YIELD, named(node)[:1])


def _inner(node: Node, depth: int) -> Iterator[Move]:
    for child in node.named_children:
        if child.type not in {"lambda", "comment", "string"}:
            yield from (move for move in classify(child, depth + 1) if move.step not in _QUIET)


def _call(node: Node, depth: int) -> Iterator[Move]:
    function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if function is None:
        return
    if function.type == "attribute":
        yield from (move for move in _only(function.child_by_field_name("object"), depth) if move.step not in _QUIET)
    if arguments is not None and arguments.type == "argument_list":
        yield from _inner(arguments, depth)
    elif arguments is not None:  # a generator without brackets of its own
        yield from _comprehension(arguments)
    name, receiver = _called(function)
    step = step_of_call(name, receiver)
    if name == "open":
        step = step_of_open(_mode(arguments))
    elif step in {Step.MAP, Step.DEFAULT} and name in {"list", "tuple", "set", "frozenset", "dict"}:
        step = Step.DEFAULT
    yield Move(step, (name, *(named(arguments)[:2] if arguments else ())))


def _only(node: Node | None, depth: int) -> Iterator[Move]:
    return classify(node, depth + 1) if node is not None else iter(())


def _called(function: Node) -> tuple[str, str]:
    if function.type == "attribute":
        attribute, owner = function.child_by_field_name("attribute"), function.child_by_field_name("object")
        receiver = ""
        if owner is not None and owner.type in {"identifier", "attribute"}:
            receiver = text_of(owner).rpartition(".")[2]
        return (text_of(attribute) if attribute else "", receiver)
    return (text_of(function) if function.type == "identifier" else "", "")


def _mode(arguments: Node | None) -> str:
    for child in arguments.named_children[1:] if arguments is not None else ():
        value = child.child_by_field_name("value") if child.type == "keyword_argument" else child
        name = child.child_by_field_name("name")
        if value is not None and value.type == "string" and (name is None or text_of(name) == "mode"):
            return text_of(value).strip("\"'")
    return "r"


def _comprehension(node: Node) -> Iterator[Move]:
    element = node.child_by_field_name("body")
    clauses = {child.type for child in node.named_children}
    sources = [child.child_by_field_name("left") for child in node.named_children if child.type == "for_in_clause"]
    names = tuple(name for child in node.named_children if child.type == "for_in_clause" for name in _source(child))
    if "if_clause" in clauses:
        yield Move(Step.FILTER, names[:2])
    is_same = element is not None and any(left is not None and text_of(left) == text_of(element) for left in sources)
    if not is_same:
        yield Move(Step.MAP, names[:2])


def _source(clause: Node) -> tuple[str, ...]:
    right = clause.child_by_field_name("right")
    return named(right)[:1] if right is not None else ()


def _conditional(node: Node, depth: int) -> Iterator[Move]:
    parts = node.named_children
    if len(parts) < 3:
        return
    first, condition = parts[0], parts[1]
    is_null = condition.type == "comparison_operator" and condition.children[-1].type == "none"
    yield Move(Step.NULL_CHECK if is_null else Step.CONDITION, named(condition)[:2])
    yield from (move for move in classify(first, depth + 1) if move.step not in _QUIET)
    yield Move(Step.CLOSE)


def _joins_text(node: Node) -> bool:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    operator = node.child_by_field_name("operator")
    if operator is None or operator.type not in {"+", "%"}:
        return False
    sides = [left] if operator.type == "%" else [left, right]
    return any(side is not None and side.type in {"string", "concatenated_string"} for side in sides)


def _is_fallback(node: Node) -> bool:
    operator = node.child_by_field_name("operator")
    right = node.child_by_field_name("right")
    if operator is None or operator.type != "or" or right is None:
        return False
    return right.type not in {"comparison_operator", "not_operator", "boolean_operator"}


def _has_interpolation(node: Node) -> bool:
    parts = (
        node.named_children if node.type == "string" else [part for one in node.named_children for part in one.children]
    )
    return any(part.type == "interpolation" for part in parts)


_WAYS: Final = {
    "call": _call,
    "binary_operator": _binary,
    "boolean_operator": _boolean,
    "conditional_expression": _conditional,
    "string": _string,
    "concatenated_string": _string,
    "yield": _yield,
}


def named(node: Node) -> tuple[str, ...]:
    """Return the names in an expression, in their order, each once, at most `MOST_NAMES`; `self` is none."""
    found: dict[str, None] = {}
    waiting = [node]
    while waiting and len(found) < MOST_NAMES:
        one = waiting.pop()
        if one.type == "identifier":
            if (text := text_of(one)) not in {"self", "cls"}:
                found[text] = None
        elif one.type != "lambda":
            waiting += reversed(one.named_children)
    return tuple(found)


def text_of(node: Node) -> str:
    """Return the source of a node."""
    return (node.text or b"").decode("utf-8", "replace")
