"""A solution without what is written in it as text: literals and comments may hold a secret that no rule knows. Pure.

What is done with a text or a number is in the steps; which one it is, is not.
"""

import re
from collections.abc import Iterator
from typing import Final

from tree_sitter import Node, Parser

from yantra_bot.graphdb.languages import frontend_of

TEXT: Final = "text"
NUMBER: Final = "0"
LONGEST_TRIVIAL: Final = 2
"""Letters of a text that is left: a separator, an ending of lines."""
_MODE: Final = re.compile(r"[rwaxbt+]{1,3}")
"""How a file is opened: it says whether the step is to read or to write."""
_NUMBERS: Final = frozenset(("0", "1", "2", "10", "100", "1000"))
_LITERALS: Final = frozenset(("string_content", "integer", "float", "comment"))


def hide_literals(source: str) -> str:
    """Return Python with `"text"` for its texts and `0` for its numbers, the trivial ones left, and without comments.

    Names stay, and so does what is computed inside of a text. Source that does not parse comes back without any text.
    """
    data = source.encode("utf-8", "replace")
    root = Parser(frontend_of("a.py").grammar(".py")).parse(data).root_node
    if root.has_error:
        return ""
    for node in sorted(_literals(root), key=lambda one: one.start_byte, reverse=True):
        told = _instead(node.type, data[node.start_byte : node.end_byte].decode("utf-8", "replace"))
        data = data[: node.start_byte] + told.encode() + data[node.end_byte :]
    return "\n".join(line.rstrip() for line in data.decode("utf-8", "replace").split("\n"))


def _literals(root: Node) -> Iterator[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.type in _LITERALS:
            yield node
        else:
            waiting += node.children


def _instead(kind: str, text: str) -> str:
    if kind == "comment":
        return ""
    if kind == "string_content":
        return text if len(text) <= LONGEST_TRIVIAL or _MODE.fullmatch(text) else TEXT
    return text if text in _NUMBERS else NUMBER
