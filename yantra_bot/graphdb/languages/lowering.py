"""What every language's lowering needs: text, places, hashes of tokens, docstrings, and what was lost in a file.

It knows no language and holds no state; it never reads a file and never raises on any bytes.
"""

import re
from collections.abc import Iterable
from hashlib import blake2b
from typing import Final

from tree_sitter import Node

from yantra_bot.graphdb.facts import COLUMN_BITS, Site, SymbolFacts

MAX_DEPTH: Final = 200
"""How deep expressions and blocks may nest together. A lowering may take up to four Python frames for each level."""
TOO_DEEP: Final = "too deep"

_LAST_COLUMN: Final = (1 << COLUMN_BITS) - 1
_PARAGRAPH: Final = re.compile(r"\n[ \t]*\n")
_SIGNATURE_LIMIT: Final = 400


class Texts(dict[bytes, str]):
    """The text of byte slices, each decoded once and kept as one object: `texts[source[a:b]]`."""

    def __missing__(self, raw: bytes) -> str:
        text = self[raw] = raw.decode("utf-8", "replace")
        return text


def text_of(source: bytes, node: Node) -> str:
    """Return the node's text; bytes that are no UTF-8 become U+FFFD."""
    return source[node.start_byte : node.end_byte].decode("utf-8", "replace")


def site_of(node: Node) -> Site:
    """Return where the node starts, packed."""
    row, column = node.start_point
    # Not min(): a call more for each of a million nodes.
    if column > _LAST_COLUMN:
        return (row + 1) << COLUMN_BITS | _LAST_COLUMN
    return (row + 1) << COLUMN_BITS | column


def make_symbol(kind: str, name: str, parent: int, node: Node, name_node: Node | None = None) -> SymbolFacts:
    """Return a symbol with the node's span and, as the name's place, the name node's (without one the node's)."""
    row, column = node.start_point
    end_row, end_column = node.end_point
    return SymbolFacts(
        kind, name, parent, row + 1, column, end_row + 1, end_column, name_site=site_of(name_node or node)
    )


def first_paragraph(text: str) -> str:
    """Return the first paragraph of a docstring or doc comment, without its markers, on one line."""
    return " ".join(_PARAGRAPH.split(text.strip(), maxsplit=1)[0].split())


def one_line(text: str) -> str:
    """Return a signature on one line, cut where it is very long."""
    line = " ".join(text.split()).replace("( ", "(").replace(" )", ")").replace(",)", ")")
    return line if len(line) <= _SIGNATURE_LIMIT else line[: _SIGNATURE_LIMIT - 1] + "…"


def token_pattern(*, comments: str, strings: str) -> re.Pattern[bytes]:
    """Return a pattern for `hash_tokens`: regular expressions for a comment and for a string literal.

    Neither may have a capturing group. White space outside of strings is no token, whole words are one. What is not
    ended should reach to the end (a closing quote that is optional): a pattern that fails there begins anew at each
    quote, and a hostile file takes the square of its length.
    """
    return re.compile(rf"(?:{comments})|((?:{strings})|\w+|[^\w\s])".encode(), re.ASCII | re.DOTALL)


def hash_tokens(pattern: re.Pattern[bytes], pieces: Iterable[bytes]) -> str:
    """Return 16 hex digits over the tokens of the pieces: another layout or another comment gives the same.

    Where one piece ends and the next one starts is part of the hash, so pieces can mark structure that white space
    carries (Python's blocks).
    """
    digest = blake2b(digest_size=8)
    for piece in pieces:
        digest.update(b"\x1f".join(filter(None, pattern.findall(piece))))
        digest.update(b"\x1e")
    return digest.hexdigest()


def find_syntax_errors(root: Node) -> list[tuple[str, str]]:
    """Return one problem for a tree with errors: the first place and how many there are; else nothing."""
    if not root.has_error:
        return []
    lines: list[int] = []
    pending = [root]
    while pending:
        node = pending.pop()
        if node.is_error or node.is_missing:
            lines.append(node.start_point[0] + 1)
        elif node.has_error:
            pending.extend(node.children)
    return [("syntax error", f"line {min(lines, default=1)}, {max(len(lines), 1)} in the file")]
