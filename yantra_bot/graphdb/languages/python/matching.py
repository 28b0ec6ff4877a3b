"""`match`: what the patterns of its cases bind."""

from typing import Final

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, Op, Value
from yantra_bot.graphdb.languages.lowering import site_of
from yantra_bot.graphdb.languages.python.displays import make_container
from yantra_bot.graphdb.languages.python.expressions import (
    TRIVIA,
    call_implicit,
    children_of,
    test_truth,
)
from yantra_bot.graphdb.languages.python.flow import begin, end, join
from yantra_bot.graphdb.languages.python.literals import read_literal
from yantra_bot.graphdb.languages.python.names import find_symbol, note_use, read_name
from yantra_bot.graphdb.languages.python.patterns import element
from yantra_bot.graphdb.languages.python.scope import Changes, Run, Scope
from yantra_bot.graphdb.languages.python.unit import BUILTINS, MAX_DEPTH

_LITERALS: Final = frozenset(
    ["string", "concatenated_string", "integer", "float", "none", "true", "false", "complex_pattern"]
)


def _lower_match(scope: Scope, node: Node) -> None:
    subjects = [scope.value(child) for child in node.named_children if child.type not in {"block", *TRIVIA}]
    subject = subjects[0] if len(subjects) == 1 else NOTHING
    if len(subjects) > 1:
        subject = make_container(scope, "tuple", list(enumerate(subjects)))
    outcomes: list[Changes | None] = []
    block = next((child for child in node.named_children if child.type == "block"), None)
    complete = False
    for case in block.named_children if block is not None else ():
        if case.type == "case_clause":
            around = begin(scope)
            complete = _lower_case(scope, case, subject, subjects) or complete
            outcomes.append(end(scope, around))
    join(scope, outcomes if complete else [*outcomes, {}])


def _lower_case(scope: Scope, case: Node, subject: Value, subjects: list[Value]) -> bool:
    """Lower one case and say whether it matches everything."""
    patterns = [child for child in case.named_children if child.type == "case_pattern"]
    if len(patterns) == 1:
        everything = _match(scope, patterns[0], subject)
    else:
        everything = False
        values = subjects if len(subjects) == len(patterns) else [NOTHING] * len(patterns)
        for at, (pattern, value) in enumerate(zip(patterns, values, strict=True)):
            one = value if subjects == values else element(scope, subject, at, None, pattern)
            _match(scope, pattern, one)
    guard = case.child_by_field_name("guard")
    if guard is not None:
        test_truth(scope, guard.named_children[-1])
        everything = False
    block = case.child_by_field_name("consequence")
    if block is not None:
        scope.run(block)
    return everything


def _match(scope: Scope, pattern: Node, value: Value) -> bool:
    """Bind what a pattern captures; true when it matches everything."""
    unit = scope.unit
    if unit.depth >= MAX_DEPTH:
        unit.report_depth(pattern)
        return False
    unit.depth += 1
    handler = _PATTERNS.get(pattern.type)
    result = handler(scope, pattern, value) if handler is not None else False
    unit.depth -= 1
    return result


def _match_case(scope: Scope, pattern: Node, value: Value) -> bool:
    children = children_of(pattern)
    if not children:
        return scope.unit.text(pattern) == "_"
    if len(children) == 1 and children[0].type not in _LITERALS:
        return _match(scope, children[0], value)
    return False


def _match_name(scope: Scope, pattern: Node, value: Value) -> bool:
    parts = pattern.named_children if pattern.type == "dotted_name" else [pattern]
    if len(parts) != 1:
        constant = _read_dotted(scope, pattern)
        if value >= 0 and value not in scope.const_values and constant >= 0:
            call_implicit(scope, value, "__eq__", pattern, (constant,))
        return False
    name = scope.unit.text(parts[0])
    if name != "_":
        scope.assign(name, value)
    return True


def _read_dotted(scope: Scope, node: Node) -> Value:
    parts = node.named_children
    name = scope.unit.text(parts[0])
    value = read_name(scope, name, parts[0])
    note_use(scope, name, value, parts[0])
    for part in parts[1:]:
        if value < 0:
            return NOTHING
        found = scope.new()
        scope.emit((Op.ATTR, found, value, scope.unit.text(part), site_of(part)))
        value = found
    return value


def _match_as(scope: Scope, pattern: Node, value: Value) -> bool:
    children = children_of(pattern)
    inner, name = children[0], children[-1]
    result = False
    narrowed = value
    shapes = _class_patterns(inner)
    if shapes:
        narrowed = _narrow(scope, shapes, value)
    result = _match(scope, inner, narrowed)
    scope.assign(scope.unit.text(name), narrowed)
    return result


def _class_patterns(pattern: Node) -> list[Node]:
    found: list[Node] = []
    pending = [pattern]
    while pending:
        node = pending.pop()
        if node.type == "class_pattern":
            found.append(node)
        elif node.type in {"case_pattern", "union_pattern"}:
            pending.extend(node.named_children)
    return found


def _narrow(scope: Scope, shapes: list[Node], value: Value) -> Value:
    narrowed = scope.new()
    if value >= 0:
        scope.emit((Op.COPY, narrowed, value))
    for shape in shapes:
        owner = _read_dotted(scope, shape.named_children[0])
        if owner >= 0:
            scope.emit((Op.INSTANCE, narrowed, owner))
    return narrowed


def _match_union(scope: Scope, pattern: Node, value: Value) -> bool:
    """Alternatives bind the same names: each is a branch."""
    outcomes: list[Changes | None] = []
    result = False
    for child in children_of(pattern):
        around = begin(scope)
        result = (child.type not in _LITERALS and _match(scope, child, value)) or result
        outcomes.append(end(scope, around))
    join(scope, outcomes)
    scope.live = True
    return result


def _match_sequence(scope: Scope, pattern: Node, value: Value) -> bool:
    children = children_of(pattern)
    star = next((at for at, child in enumerate(children) if _is_splat(child)), None)
    for at, child in enumerate(children):
        one = element(scope, value, at, star, child)
        if _is_splat(child):
            names = [node for node in _splat(child).named_children if node.type == "identifier"]
            for name in names:
                scope.assign(scope.unit.text(name), one)
        else:
            _match(scope, child, one)
    return False


def _splat(node: Node) -> Node:
    return node.named_children[0] if node.type == "case_pattern" and node.named_child_count else node


def _is_splat(node: Node) -> bool:
    return _splat(node).type == "splat_pattern"


def _match_dict(scope: Scope, pattern: Node, value: Value) -> bool:
    key = None
    for child in children_of(pattern):
        if child.type == "splat_pattern":
            for name in child.named_children:
                scope.assign(scope.unit.text(name), value)
        elif child.type == "case_pattern":
            item = NOTHING
            if value >= 0:
                item = scope.new()
                scope.emit((Op.ITEM, item, value, key, site_of(child)))
            _match(scope, child, item)
        else:
            key = read_literal(scope, child)
    return False


def _match_class(scope: Scope, pattern: Node, value: Value) -> bool:
    children = children_of(pattern)
    narrowed = _narrow(scope, [pattern], value) if len(children) > 1 else value
    if narrowed == value:
        _read_dotted(scope, children[0])
    name = scope.unit.text(children[0])
    symbol = find_symbol(scope, name)
    fields = scope.unit.fields.get(symbol, [])
    at = 0
    for child in children[1:]:
        keyword = _keyword(child)
        if keyword is not None:
            parts = children_of(keyword)
            _match_attribute(scope, parts[-1], narrowed, scope.unit.text(parts[0]))
            continue
        if at == 0 and name in BUILTINS and symbol < 0:
            _match(scope, child, value)
        elif at < len(fields):
            _match_attribute(scope, child, narrowed, fields[at])
        else:
            _match(scope, child, NOTHING)
        at += 1
    return False


def _keyword(pattern: Node) -> Node | None:
    child = pattern.named_children[0] if pattern.type == "case_pattern" and pattern.named_child_count else pattern
    return child if child.type == "keyword_pattern" else None


def _match_attribute(scope: Scope, pattern: Node, value: Value, name: str) -> None:
    found = NOTHING
    if value >= 0 and name:
        found = scope.new()
        scope.emit((Op.ATTR, found, value, name, site_of(pattern)))
    _match(scope, pattern, found)


_PATTERNS: Final = {
    "case_pattern": _match_case,
    "dotted_name": _match_name,
    "identifier": _match_name,
    "as_pattern": _match_as,
    "union_pattern": _match_union,
    "list_pattern": _match_sequence,
    "tuple_pattern": _match_sequence,
    "dict_pattern": _match_dict,
    "class_pattern": _match_class,
}
MATCHING: Final[dict[str, Run]] = {"match_statement": _lower_match}
