"""From the syntax tree of a function to its inner graph.

The order of writing stands for the order of running: a write further up is taken for what a read sees, also where a
branch or a loop lies between. What that loses is small beside what a network of few steps can read of it.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
from tree_sitter import Node

from yantra_bot.scoring.batch import InnerGraph
from yantra_bot.scoring.inner.names import kind_of, words_of
from yantra_bot.scoring.inner.occurrences import EdgeRow, Occurrence, join_assignment, join_guard, join_occurrences
from yantra_bot.scoring.inner.relations import Relation

MAX_NODES: Final = 512
"""A longer function has no inner graph: it is left out, and said to be."""
MAX_DEPTH: Final = 200

Callees = Mapping[tuple[int, int], tuple[str, ...]]
"""The names of the parameters of what is called, without a receiver, by the place (line from 1, column from 0 in bytes)
where the called expression's last name stands."""

_PUNCTUATION: Final = frozenset("()[]{},;:.'\"`\\") | {"=>", "->", "::", "?.", '"""', "'''"}
_MEANT: Final = frozenset(
    {"not", "in", "is", "and", "or", "await", "async", "instanceof", "typeof", "not in", "is not"}
)
"""Keywords that no syntax type of their own tells of."""
_TEXTS: Final = frozenset(
    {"string", "string_literal", "interpreted_string_literal", "raw_string_literal", "char_literal"}
)
_NAMES: Final = frozenset({"identifier", "shorthand_property_identifier", "self", "this"})
_ATTRIBUTES: Final = frozenset({"property_identifier", "field_identifier", "private_property_identifier"})
_ATTRIBUTE_FIELDS: Final = frozenset({"attribute", "property", "field"})
_TARGETS: Final = frozenset({"left", "pattern", "alias", "parameters"})
"""Fields that hold what is written."""
_NAMED_TARGETS: Final = frozenset(
    {"variable_declarator", "default_parameter", "typed_default_parameter", "named_expression", "formal_parameter"}
)
"""Types whose field `name` is written."""
_READS: Final = frozenset(
    {
        "attribute",
        "subscript",
        "call",
        "member_expression",
        "call_expression",
        "field_expression",
        "selector_expression",
    }
)
"""In what is written, these are read: `a` in `a.b = 1`."""
_ASSIGNMENTS: Final = frozenset(
    {"assignment", "augmented_assignment", "named_expression", "assignment_expression", "variable_declarator"}
) | {"short_var_declaration", "assignment_statement", "let_declaration", "for_statement", "for_in_clause"}
_CALLS: Final = frozenset({"call", "call_expression", "method_invocation"})
_BLOCKS: Final = frozenset({"block", "statement_block", "body"})


def graph_of(function: Node, callees: Callees | None = None) -> InnerGraph | None:
    """Return the inner graph of a function's node; None where it is too long or too deep to be looked at."""
    builder = _Builder(callees or {})
    try:
        builder.visit(function, "", is_write=False, depth=0)
    except _TooLong:
        return None
    return builder.finish()


class _TooLong(Exception):
    """The function has more nodes than are looked at."""


class _Builder:
    def __init__(self, callees: Callees) -> None:
        self._callees = callees
        self._kinds: list[int] = []
        self._words: list[int] = []
        self._starts: list[int] = [0]
        self._places: list[tuple[int, int]] = []
        self._edges: list[EdgeRow] = []
        self._found: list[Occurrence] = []
        self._leaf = -1
        self._ids: dict[int, int] = {}

    def visit(self, node: Node, field: str, *, is_write: bool, depth: int) -> int:
        """Add a node and what is in it; return its row, -1 where it says nothing."""
        kind, is_named = node.type, node.is_named  # each look at a node makes what it gives anew
        if not _says_something(kind, is_named=is_named):
            return -1
        if depth > MAX_DEPTH:
            raise _TooLong
        row = self._add(kind_of(kind, field), *node.start_point)
        self._ids[node.id] = row
        before = len(self._found)
        if kind not in _TEXTS and (children := node.children):
            self._visit_children(node, kind, children, row, is_write=is_write, depth=depth)
        else:
            self._visit_leaf(node, kind, field, row, is_named=is_named, is_write=is_write)
        if kind in _ASSIGNMENTS:
            self._edges += join_assignment(self._here(node, before))
        if kind in _CALLS:
            self._join_arguments(node)
        return row

    def _here(self, node: Node, before: int) -> list[Occurrence]:
        """Return the occurrences of an assignment; of a loop only those of its head."""
        body = node.child_by_field_name("body")
        if body is None or body.id not in self._ids:
            return self._found[before:]
        return [one for one in self._found[before:] if one.node < self._ids[body.id]]

    def _visit_children(
        self, node: Node, kind: str, children: list[Node], row: int, *, is_write: bool, depth: int
    ) -> None:
        last, is_block, field_of = -1, kind in _BLOCKS, node.field_name_for_child
        for at, child in enumerate(children):
            field = field_of(at) or ""
            writes = _writes(kind, field, is_write=is_write)
            before = len(self._found)
            inner = self.visit(child, field, is_write=writes, depth=depth + 1)
            if inner < 0:
                continue
            self._edges.append((row, inner, Relation.CHILD))
            if is_block:
                if last >= 0:
                    self._edges.append((last, inner, Relation.SIBLING))
                last = inner
            if field in ("consequence", "body"):
                self._join_guard(node, inner, self._found[before:])

    def _visit_leaf(self, node: Node, kind: str, field: str, row: int, *, is_named: bool, is_write: bool) -> None:
        text = (node.text or b"")[:200].decode("utf-8", "replace")
        if is_named:
            self._words += words_of(text)
            self._starts[-1] = len(self._words)
        if self._leaf >= 0:
            self._edges.append((self._leaf, row, Relation.NEXT))
        self._leaf = row
        if kind in _ATTRIBUTES or (kind in _NAMES and field in _ATTRIBUTE_FIELDS):
            self._found.append(Occurrence(row, f".{text}", is_write))
        elif kind in _NAMES and field != "function":
            self._found.append(Occurrence(row, text, is_write))

    def _add(self, kind: int, row: int, column: int) -> int:
        """Add a node that begins in a row, from 0, and a column."""
        if len(self._kinds) >= MAX_NODES:
            raise _TooLong
        self._kinds.append(kind)
        self._starts.append(len(self._words))
        self._places.append((row + 1, column))
        return len(self._kinds) - 1

    def _join_guard(self, node: Node, body: int, guarded: list[Occurrence]) -> None:
        condition = node.child_by_field_name("condition")
        if condition is None or condition.id not in self._ids:
            return
        first = self._ids[condition.id]
        self._edges.append((body, first, Relation.GUARDED_BY))
        self._edges += join_guard(guarded, [one for one in self._found if first <= one.node < body])

    def _join_arguments(self, node: Node) -> None:
        called = node.child_by_field_name("function") or node.child_by_field_name("name")
        arguments = node.child_by_field_name("arguments")
        if called is None or arguments is None:
            return
        name = _last_name(called)
        parameters = self._callees.get((name.start_point.row + 1, name.start_point.column), ())
        places = [one for one in arguments.named_children if one.type not in ("comment", "keyword_argument")]
        for argument, parameter in zip(places, parameters, strict=False):
            if argument.type in ("list_splat", "dictionary_splat", "spread_element"):
                return
            if argument.id in self._ids:
                row = self._add(0, *argument.start_point)
                self._words += words_of(parameter)
                self._starts[-1] = len(self._words)
                self._edges.append((self._ids[argument.id], row, Relation.ARGUMENT))

    def finish(self) -> InnerGraph:
        """Return what was added, as arrays."""
        edges = [*self._edges, *join_occurrences(self._found)]
        return InnerGraph(
            kinds=np.array(self._kinds, np.int32),
            words=np.array(self._words, np.int32),
            word_starts=np.array(self._starts, np.int32),
            places=np.array(self._places, np.int32).reshape(-1, 2),
            edges=np.array(edges, np.int32).reshape(-1, 3).T.copy(),
        )


def _says_something(kind: str, *, is_named: bool) -> bool:
    if is_named:
        return "comment" not in kind
    return kind not in _PUNCTUATION and (not kind[:1].isalpha() or kind in _MEANT)


def _writes(parent: str, field: str, *, is_write: bool) -> bool:
    """Tell whether names in a child are written: what a field says, until something is read inside of it."""
    if parent in _READS:
        return parent == "attribute" and field == "attribute" and is_write
    if field in _TARGETS or (field == "name" and parent in _NAMED_TARGETS):
        return True
    if field in ("value", "type", "right", "body", "iterable", "default"):
        return False
    return is_write


def _last_name(called: Node) -> Node:
    """Return the last name of what is called: `c` of `a.b.c(…)`."""
    for field in ("attribute", "property", "field", "name"):
        inner = called.child_by_field_name(field)
        if inner is not None:
            return inner
    return called
