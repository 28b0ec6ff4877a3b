"""Finds comments and strings of several lines in Python. Pure; what it cannot be sure of it refuses.

One pattern skips code and strings of one line, so that the interpreter is only entered at a comment or a long string.
Patterns are of `regex`: possessive groups of the standard library are broken in Python 3.11 before 3.11.5.
"""

import regex as re

from yantra_bot.retrieval.compression.spans import NotSure, Spans

PIECE = re.compile(
    r"""(?:[^'"#]++|'(?!'')(?:[^'\\\n]|\\[^\n])*+'|"(?!"")(?:[^"\\\n]|\\[^\n])*+")*+"""
    r"""(?:(?P<comment>\#[^\n]*+)"""
    r'''|(?P<long>"""(?:[^"\\]|\\[\s\S]|"(?!""))*+"""'''
    r"""|'''(?:[^'\\]|\\[\s\S]|'(?!''))*+'''"""
    r"""|"(?!"")(?:[^"\\\n]|\\[\s\S])*+"|'(?!'')(?:[^'\\\n]|\\[\s\S])*+')"""
    r"""|(?P<unclear>['"])|\Z)"""
)
KEPT = re.compile(r"#\s*type:\s*(?!ignore)\S")
"""Comments that tools read as types."""
CODING = re.compile(r"#.*?coding[:=][ \t]*[-\w.]+")
NESTING = re.compile(r"\b(?:[fFtT][rR]?|[rR][fFtT])['\"]")
"""A formatted string: since Python 3.12 others may stand inside of it, in the same quotes."""


def scan_python(text: str) -> Spans:
    """Return the spans of Python. Raises NotSure at a string that does not end, or that may hold others."""
    spans = Spans()
    for found in PIECE.finditer(text):
        kind = found.lastgroup
        if kind == "comment":
            start, end = found.span(kind)
            comment = text[start:end]
            if ("'" in comment or '"' in comment) and NESTING.search(text, text.rfind("\n", 0, start) + 1, start):
                raise NotSure("a formatted string may hold this comment")
            if not is_kept(comment, text, start):
                spans.comments.append((start, end))
        elif kind == "long":
            spans.verbatim.append(found.span(kind))
        elif kind == "unclear":
            raise NotSure("a string does not end")
    return spans


def is_kept(comment: str, text: str, start: int) -> bool:
    """Say whether a comment is one that programs read: the first line's `#!`, the encoding, a type."""
    if start == 0 and comment.startswith("#!"):
        return True
    if CODING.match(comment) and text.count("\n", 0, start) < 2:
        return not text[text.rfind("\n", 0, start) + 1 : start].strip()
    return bool(KEPT.match(comment))
