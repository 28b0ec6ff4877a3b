"""Finds comments and strings of several lines in JavaScript and TypeScript. Pure; what it is not sure of it refuses.

A slash may begin a comment, a regular expression or a division: the word before it tells, or both readings come to the
same, or the scan gives up. So it does where markup (JSX) may be in the text.
Patterns are of `regex`: possessive groups of the standard library are broken in Python 3.11 before 3.11.5.
"""

import regex as re

from yantra_bot.retrieval.compression.spans import NotSure, Spans

_STRINGS = (
    r"""[^"'`/{}]++|"(?:[^"\\\n]|\\[^\n])*+"|'(?:[^'\\\n]|\\[^\n])*+'"""
    r"""|`(?:[^`\\$\n]|\\[^\n]|\$(?!\{)|\$\{[^`'"{}/\n]*+\})*+`"""
)
_EVENTS = (
    r"(?P<comment>//[^\n]*+)|(?P<block>/\*(?:[^*]|\*(?!/))*+\*/)|(?P<slash>/(?![/*]))|(?P<template>`)"
    r"""|(?P<long>"(?:[^"\\\n]|\\[\s\S])*+"|'(?:[^'\\\n]|\\[\s\S])*+')|(?P<unclear>["']|/\*)"""
)
CODE = re.compile(rf"(?:{_STRINGS}|[{{}}])*+(?:{_EVENTS}|\Z)")
INSIDE = re.compile(rf"(?:{_STRINGS})*+(?:{_EVENTS}|(?P<open>{{)|(?P<close>}})|\Z)")
"""In a template's expression braces are counted."""
TEMPLATE = re.compile(r"(?:[^`\\$]|\\[\s\S]|\$(?!\{))*+(?P<end>`|\$\{)")
REGEX = re.compile(r"/(?![*/])(?:[^\\/\[\n]|\\[^\n]|\[(?:[^\]\\\n]|\\[^\n]){0,500}+\]){1,1000}+/\w*+")
"""Of bounded length: a line of many brackets must not be looked at to its end from each."""
WORD = re.compile(r"[\w$]+$")
MARKUP = re.compile(r"<!--|-->|[\u2028\u2029]")
KEPT = re.compile(r"///\s*<(?:reference|amd)\b")
BEFORE_REGEX = frozenset(
    (
        "return",
        "typeof",
        "case",
        "in",
        "of",
        "delete",
        "void",
        "throw",
        "new",
        "do",
        "else",
        "instanceof",
        "yield",
        "await",
    )
)
DEEPEST = 50


def scan_javascript(text: str) -> Spans:
    """Return the spans of JavaScript or TypeScript. Raises NotSure."""
    if MARKUP.search(text):
        raise NotSure("there may be markup")
    spans = Spans()
    place = text.find("\n") if text.startswith("#!") else 0
    place = len(text) if place < 0 else place
    while (found := CODE.match(text, place)) is not None:
        kind, place = found.lastgroup, found.end()
        if kind in ("comment", "block"):
            if not (kind == "comment" and KEPT.match(text, found.start(kind))):
                spans.comments.append(found.span(kind))
        elif kind == "slash":
            place = pass_slash(text, place - 1, spans.comments)
        elif kind == "template":
            start, place = place - 1, end_of_template(text, place, 0)
            spans.verbatim.append((start, place))
        elif kind == "long":
            spans.verbatim.append(found.span(kind))
        elif kind == "unclear":
            raise NotSure("a string or a comment does not end")
        elif place >= len(text):
            break
    return spans


def end_of_template(text: str, place: int, depth: int) -> int:
    """Return where a template ends whose words go on at `place`; what stands in its expressions is passed over."""
    if depth > DEEPEST:
        raise NotSure("templates are nested too deeply")
    while True:
        found = TEMPLATE.match(text, place)
        if found is None:
            raise NotSure("a template does not end")
        if found["end"] == "`":
            return int(found.end())
        place = end_of_expression(text, found.end(), depth)


def end_of_expression(text: str, place: int, depth: int) -> int:
    """Return where the expression of a template ends, after its brace."""
    braces, comments = 1, list[tuple[int, int]]()
    while (found := INSIDE.match(text, place)) is not None:
        kind, place = found.lastgroup, found.end()
        if kind in ("open", "close"):
            braces += 1 if kind == "open" else -1
            if braces == 0:
                return place
        elif kind in ("comment", "block"):
            comments.append(found.span(kind))
        elif kind == "slash":
            place = pass_slash(text, place - 1, comments)
        elif kind == "template":
            place = end_of_template(text, place, depth + 1)
        elif kind != "long":
            break
    raise NotSure("an expression does not end")


def pass_slash(text: str, place: int, comments: list[tuple[int, int]]) -> int:
    """Return where to go on after a slash that begins no comment. Raises NotSure where it is not clear what it is."""
    if text[place - 1 : place] == "<" or text[place + 1 : place + 2] == ">":
        raise NotSure("there may be markup")
    begins = begins_regex(text, place, comments)
    if begins is False:
        return place + 1
    found = REGEX.match(text, place)
    if found is None:
        if begins:
            raise NotSure("a regular expression does not end")
        return place + 1
    if begins:
        return int(found.end())
    inner, behind = found.group()[1:], text[found.end() : found.end() + 1]
    if (
        any(sign in inner for sign in "\"'`{}")
        or "//" in inner
        or "/*" in inner
        or (behind in ("/", "*") and inner[-1] == "/")
    ):
        raise NotSure("a slash may be a division or a regular expression")
    return int(found.end())


def begins_regex(text: str, place: int, comments: list[tuple[int, int]]) -> bool | None:
    """Say whether a slash begins a regular expression, by what stands before it; None where that does not tell."""
    latest = len(comments) - 1
    while True:
        while place and text[place - 1] in " \t\n\r":
            place -= 1
        if latest < 0 or comments[latest][1] != place:
            break
        place, latest = comments[latest][0], latest - 1
    if place == 0 or (text.startswith("#!") and "\n" not in text[:place]):
        return True  # the program begins here, behind the line that names its interpreter
    last = text[place - 1]
    if last.isalnum() or last in "_$":
        word = WORD.search(text, max(0, place - 40), place)
        name = word.group() if word else ""
        before = text[place - len(name) - 1 : place - len(name)]
        return name in BEFORE_REGEX and before not in (".", "#")
    if last in "]\"'`":
        return False
    if last in ")}>" or (last in "+-" and text[place - 2 : place - 1] == last) or last == "!":
        return None
    return True
