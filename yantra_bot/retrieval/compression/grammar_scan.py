"""Finds comments and strings of several lines with tree-sitter: slower than a scan, and sure.

For what a scan gives up on, and for markup (JSX). A text that does not parse has no spans.
"""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import PurePosixPath

from tree_sitter import Node, Parser

from yantra_bot.domain.graph import Language
from yantra_bot.graphdb.languages import frontend_of
from yantra_bot.retrieval.compression import brace_scan, javascript_scan, python_scan
from yantra_bot.retrieval.compression.spans import NotSure, Spans

WHOLE = frozenset(
    [
        "string",
        "template_string",
        "raw_string_literal",
        "string_literal",
        "interpreted_string_literal",
        "text_block",
        "char_literal",
        "character_literal",
        "regex",
        "jsx_text",
    ]
)
MOST_BYTES = 256 * 1024
CHECKS: dict[Language, Callable[[str], object]] = {
    Language.GO: brace_scan.check_go,
    Language.JAVA: brace_scan.check_java,
}


def scan_by_grammar(text: str, path: str, language: Language) -> Spans:
    """Return the spans of a text that parses. Raises NotSure for one that does not, and where comments are programs."""
    data = text.encode("utf-8", "surrogatepass")
    if len(data) > MOST_BYTES:
        raise NotSure("it is too large")
    CHECKS.get(language, bool)(text)
    root = _parser(PurePosixPath(path).suffix).parse(data).root_node
    if root.has_error:
        raise NotSure("it does not parse")
    spans = Spans()
    place, offset = 0, 0
    for node in _pieces(root):
        start = place + len(data[offset : node.start_byte].decode("utf-8", "surrogatepass"))
        end = start + len(data[node.start_byte : node.end_byte].decode("utf-8", "surrogatepass"))
        if "comment" in node.type and text[end - 1 : end] == "\n":
            end -= 1  # Rust's grammar counts the line's end to a documentation
        place, offset = end, offset + len(text[place:end].encode("utf-8", "surrogatepass"))
        if "comment" not in node.type:
            if "\n" in text[start:end]:
                spans.verbatim.append((start, end))
        elif not _is_kept(text, start, end, language):
            spans.comments.append((start, end))
        elif "\n" in text[start:end]:
            spans.verbatim.append((start, end))
    return spans


def _is_kept(text: str, start: int, end: int, language: Language) -> bool:
    comment = text[start:end]
    if language is Language.PYTHON:
        return python_scan.is_kept(comment, text, start)
    if language is Language.GO:
        return bool(brace_scan.GO_KEPT.match(comment))
    if language is Language.RUST:
        return (comment.startswith(("///", "//!", "/**", "/*!"))) and not comment.startswith(("////", "/***", "/**/"))
    return bool(javascript_scan.KEPT.match(comment)) and language is not Language.JAVA


def _pieces(root: Node) -> Iterator[Node]:
    """Yield comments and strings in the order of the text, none inside of another."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if "comment" in node.type or node.type in WHOLE:
            yield node
        else:
            waiting.extend(reversed(node.children))


@cache
def _parser(suffix: str) -> Parser:
    return Parser(frontend_of(f"x{suffix}").grammar(suffix))
