"""Code in strings: what `eval("f()")` and `exec("f()")` run, where the text is written out. It makes no names."""

from functools import cache
from typing import Final

import tree_sitter_python
from tree_sitter import Language, Node, Parser, Range

from yantra_bot.graphdb.facts import NOTHING, Value
from yantra_bot.graphdb.languages.python.scope import Scope

EVALUATORS: Final = frozenset({"eval", "exec"})
_LIMIT: Final = 400
"""The longest text, in bytes, that is read."""


@cache
def _load_grammar() -> Language:
    return Language(tree_sitter_python.language())


def run_text(scope: Scope, arguments: Node) -> Value | None:
    """Lower the text that is the only argument as code of the scope; return its last value, None for another text."""
    text = _find_text(arguments)
    if text is None:
        return None
    part = Range(text.start_point, text.end_point, text.start_byte, text.end_byte)
    root = Parser(_load_grammar(), included_ranges=[part]).parse(scope.unit.source).root_node
    statements = root.named_children
    if root.has_error or any(one.type != "expression_statement" for one in statements):
        return None
    expressions = [child for one in statements for child in one.named_children]
    if any(one.type in {"assignment", "augmented_assignment"} for one in expressions):
        return None
    value = NOTHING
    for one in expressions:
        value = scope.value(one)
    return value


def _find_text(arguments: Node) -> Node | None:
    """Return the content of a plain string that is the only argument."""
    if arguments.named_child_count != 1 or arguments.named_children[0].type != "string":
        return None
    contents = arguments.named_children[0].named_children
    if [one.type for one in contents] != ["string_start", "string_content", "string_end"]:
        return None
    content = contents[1]
    is_plain = content.named_child_count == 0 and content.end_byte - content.start_byte <= _LIMIT
    return content if is_plain else None
