"""Syntax trees as values that can be compared: what a text says to a parser, its comments aside."""

import ast
import warnings
from pathlib import PurePosixPath
from typing import Any

from tree_sitter import Parser

from yantra_bot.graphdb.languages import frontend_of


def tree_of(text: str, path: str) -> Any:
    """Return the tree of a source, None when it does not parse: Python's own, with types in comments, else a list of
    kinds with the words of the leaves. Rust's documentation belongs to the tree."""
    if path.endswith(".py"):
        return python_tree(text)
    suffix = PurePosixPath(path).suffix
    data = text.encode("utf-8", "surrogatepass")
    root = Parser(frontend_of(f"x{suffix}").grammar(suffix)).parse(data).root_node
    if root.has_error:
        return None
    found: list[tuple[str, bytes]] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        words = data[node.start_byte : node.end_byte]
        if "comment" in node.type:
            if suffix == ".rs" and is_documentation(words):
                found.append((node.type, words.rstrip()))
            continue
        if not node.children:
            found.append((node.type, words.strip(b"\r\n") if not words.strip() else words))
        else:
            found.append((node.type, b""))
            # Words between the parts of a string or of markup are no leaves of their own in every grammar.
            if node.type in (
                "string",
                "template_string",
                "string_literal",
                "raw_string_literal",
                "text_block",
                "regex",
            ):
                found.append(("words", words))
        waiting.extend(reversed(node.children))
    return found


def python_tree(text: str) -> str | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(text, type_comments=True)
            tree.type_ignores = []  # they silence checkers, and nothing else
            for node in ast.walk(tree):
                if (kind := getattr(node, "type_comment", None)) is not None:
                    node.type_comment = kind.rstrip()  # type: ignore[attr-defined]  # those nodes have it
            return ast.dump(tree)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def is_documentation(words: bytes) -> bool:
    return words.startswith((b"///", b"//!", b"/**", b"/*!")) and not words.startswith((b"////", b"/***", b"/**/"))
