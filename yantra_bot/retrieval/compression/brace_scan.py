"""Finds comments and strings of several lines in Go, Rust and Java. Pure; what it cannot be sure of it refuses.

What a compiler reads out of a comment is kept: Go's directives, Rust's documentation, which is an attribute.
Patterns are of `regex`: possessive groups of the standard library are broken in Python 3.11 before 3.11.5.
"""

import regex as re

from yantra_bot.retrieval.compression.spans import NotSure, Spans

_LINE = r"(?P<comment>//[^\n]*+)"
_BLOCK = r"(?P<block>/\*(?:[^*]|\*(?!/))*+\*/)"
_END = r"(?P<unclear>[\"'`]|/\*)|\Z"

GO = re.compile(
    r"""(?:[^"'`/]++|"(?:[^"\\\n]|\\[^\n])*+"|'(?:[^'\\\n]|\\[^\n])*+'|`[^`\n]*+`|/(?![/*]))*+"""
    rf"""(?:{_LINE}|{_BLOCK}|(?P<long>`[^`]*+`)|{_END})"""
)
GO_KEPT = re.compile(r"//(?:go:|export |extern |line |\s*\+build)|/\*line ")
GO_C = re.compile(r"^[ \t]*import[ \t]+(?:\(\s*)?\"C\"|^[ \t]+\"C\"[ \t]*$", re.MULTILINE)
"""The comment before this import is a program in C."""

JAVA = re.compile(
    r"""(?:[^"'/]++|"(?!"")(?:[^"\\\n]|\\[^\n])*+"|'(?:[^'\\\n]|\\[^\n])*+'|/(?![/*]))*+"""
    rf"""(?:{_LINE}|{_BLOCK}"""
    r'''|(?P<long>"""(?:[^"\\]|\\[\s\S]|"(?!""))*+""")'''
    rf"""|{_END})"""
)
JAVA_ESCAPES = re.compile(r"\\u+00(?:0[aAdD]|2[27aAfF]|5[cC])")
"""Signs that mean something to the scan, written so that only the compiler sees them."""

RUST = re.compile(
    r"""(?:[^"'/#]++|(?<=r)"[^"\n]*+"|(?<!r)"(?:[^"\\\n]|\\[^\n])*+"|(?<=r)(?P<hashes>\#++)"[^"\n]*+"(?P=hashes)|\#(?!\#*+")"""
    r"""|'(?:[^'\\\n]|\\(?:[^xu\n]|x[0-9a-fA-F]{2}|u\{[0-9a-fA-F_]*\}))'|'(?=[^\W\d])|/(?![/*])|//(?:/(?!/)|!)[^\n]*+)*+"""
    rf"""(?:{_LINE}|(?P<block>/\*)"""
    r"""|(?P<long>(?<=r)"[^"]*+"|(?<!r)"(?:[^"\\]|\\[\s\S])*+"|(?<=r)(?P<more>\#++)"(?:[^"]|"(?!(?P=more)))*+"(?P=more))"""
    r"""|(?P<unclear>["'\#])|\Z)"""
)
RUST_BLOCK = re.compile(r"/\*|\*/")


def check_go(text: str) -> None:
    """Raise NotSure where the comment before an import is a program in C."""
    if GO_C.search(text):
        raise NotSure("the comment before import C is a program")


def check_java(text: str) -> None:
    """Raise NotSure where signs that begin or end comments and strings may be hidden."""
    if "\\u" in text and JAVA_ESCAPES.search(text):
        raise NotSure("signs are written as escapes")


def scan_go(text: str) -> Spans:
    """Return the spans of Go. Raises NotSure at a string or a comment without an end, and where C is embedded."""
    check_go(text)
    return _scan(text, GO, GO_KEPT)


def scan_java(text: str) -> Spans:
    """Return the spans of Java. Raises NotSure at a string or a comment without an end, and at hidden signs."""
    check_java(text)
    return _scan(text, JAVA, None)


def _scan(text: str, pattern: re.Pattern[str], kept: re.Pattern[str] | None) -> Spans:
    spans = Spans()
    for found in pattern.finditer(text):
        kind = found.lastgroup
        if kind in ("comment", "block"):
            span = found.span(kind)
            if kept is None or not kept.match(text, *span):
                spans.comments.append(span)
            elif kind == "block":
                spans.verbatim.append(span)
        elif kind == "long":
            spans.verbatim.append(found.span(kind))
        elif kind == "unclear":
            raise NotSure("a string or a comment does not end")
    return spans


def scan_rust(text: str) -> Spans:
    """Return the spans of Rust. Raises NotSure at a string or a comment without an end."""
    spans, place = Spans(), 0
    if text.startswith("#!") and not text.startswith("#!["):
        place = text.find("\n") if "\n" in text else len(text)
    while (found := RUST.match(text, place)) is not None:
        kind, place = found.lastgroup, found.end()
        if kind == "comment":
            spans.comments.append(found.span(kind))
        elif kind == "block":
            start, place = found.start(kind), end_of_block(text, found.start(kind))
            is_doc = text[start + 2 : start + 3] in ("*", "!") and text[start + 3 : start + 4] not in ("*", "/")
            (spans.verbatim if is_doc else spans.comments).append((start, place))
        elif kind in ("long", "more"):
            spans.verbatim.append(found.span("long"))
        elif kind == "unclear":
            raise NotSure("a string does not end")
        elif place >= len(text):
            break
    return spans


def end_of_block(text: str, start: int) -> int:
    """Return where a comment ends that may hold others. Raises NotSure where it does not."""
    depth = 0
    for found in RUST_BLOCK.finditer(text, start):
        depth += 1 if found.group() == "/*" else -1
        if depth == 0:
            return int(found.end())
    raise NotSure("a comment does not end")
