"""Says in a few lines what code or prose says: signatures with what is called and raised, sentences that tell most.

Pure and deterministic, no model. What comes out is for reading: it is no text of a file.
"""

import re
from collections.abc import Iterator

from tree_sitter import Node

from yantra_bot.retrieval.chunking.grammars import grammar_of
from yantra_bot.retrieval.salience import judge_speech, split_sentences

CALLS = frozenset(("call", "call_expression", "method_invocation", "macro_invocation", "new_expression"))
CALLS |= {"object_creation_expression"}
RAISES = frozenset(("raise_statement", "throw_statement"))
DEFINITIONS = re.compile(
    r"function|method|constructor|class_d|class_decl|interface_decl|impl_item|trait_item|enum_decl"
)
TYPES = re.compile(r"class|interface|impl_|trait_|enum_")
NAME = re.compile(r"[A-Za-z_$][\w$]*")
MOST_NAMES = 12
BLANKS = re.compile(r"\s+")
PARAGRAPH = re.compile(r"\n\s*\n")
DOCSTRING = re.compile(r'(^[ \t]*[rR]?)("""|\'\'\')((?:[^\\]|\\.){0,10000}?)\2[ \t]*$', re.MULTILINE | re.DOTALL)


def summarise_code(text: str, path: str) -> str | None:
    """Return each function and class of a source on a line: signature, docstring's first line, calls, errors raised.

    None where the language is unknown, or the source defines nothing.
    """
    grammar = grammar_of(path)
    if grammar is None:
        return None
    data = text.encode("utf-8", "surrogatepass")
    lines = [_describe(node, data, depth) for node, depth in _definitions(grammar.parser.parse(data).root_node, 0)]
    return "\n".join(lines) or None


def _definitions(node: Node, depth: int) -> Iterator[tuple[Node, int]]:
    """Yield functions and classes in order, with how deep they stand in classes; not those inside of functions."""
    for child in node.named_children:
        is_definition = DEFINITIONS.search(child.type) and child.child_by_field_name("body") is not None
        if not is_definition:
            yield from _definitions(child, depth)
            continue
        yield child, depth
        if TYPES.search(child.type):
            yield from _definitions(child.child_by_field_name("body") or child, depth + 1)


def _describe(node: Node, data: bytes, depth: int) -> str:
    body = node.child_by_field_name("body") or node
    signature = BLANKS.sub(" ", _text(data, node.start_byte, body.start_byte)).strip().rstrip("{:").strip()
    line = " " * depth + signature
    doc = _docstring(body, data)
    if doc:
        line += f'  """{doc}"""'
    if TYPES.search(node.type):
        return line
    for word, names in (("calls", _names(body, data, CALLS)), ("raises", _names(body, data, RAISES))):
        if names:
            line += f"; {word} {', '.join(names[:MOST_NAMES])}{', …' if len(names) > MOST_NAMES else ''}"
    return line


def _docstring(body: Node, data: bytes) -> str:
    first = body.named_children[0] if body.named_children else None
    if first is not None and first.type == "expression_statement" and first.named_children:
        first = first.named_children[0]
    if first is None or first.type != "string":
        return ""
    words = _text(data, first.start_byte, first.end_byte).lstrip("rRuUbB").strip("\"'").strip()
    return words.splitlines()[0].strip() if words else ""


def _names(body: Node, data: bytes, kinds: frozenset[str]) -> list[str]:
    """Return what is called or raised, each once, in order."""
    found: dict[str, None] = {}
    waiting = [body]
    while waiting:
        node = waiting.pop()
        if node.type in kinds:
            # The name stands before the first bracket, whatever the grammar calls it.
            words = _text(data, node.start_byte, node.end_byte)
            for word in ("raise", "throw", "new", "await"):
                words = words.removeprefix(word + " ")
            names = NAME.findall(words.partition("(")[0].partition("{")[0])
            if names:
                found[names[-1]] = None
        waiting.extend(reversed(node.named_children))
    return list(found)


def _text(data: bytes, start: int, end: int) -> str:
    return data[start:end].decode("utf-8", "replace")


def squeeze_prose(text: str, share: float = 0.4) -> str:
    """Return about a share of the sentences of a text, those that tell most, in their order.

    At least one of each paragraph; headings, tables and code blocks stay.
    """
    told: list[str] = []
    for paragraph in PARAGRAPH.split(text):
        if paragraph.lstrip().startswith(("#", "```", "    ", "|")):
            told.append(paragraph)
            continue
        sentences = split_sentences(paragraph)
        wanted = max(1, round(len(sentences) * share))
        ranked = sorted(
            range(len(sentences)), key=lambda place: (-judge_speech(sentences[place]) - 0.2 * (place == 0), place)
        )
        told.append(" ".join(sentences[place] for place in sorted(ranked[:wanted])))
    return "\n\n".join(told)


def squeeze_docstrings(text: str) -> str:
    """Return Python with the first paragraph of each docstring of several."""

    def shorten(found: re.Match[str]) -> str:
        first = PARAGRAPH.split(found[3], maxsplit=1)[0].rstrip()
        return found[0] if first == found[3].rstrip() else f"{found[1]}{found[2]}{first} …{found[2]}"

    return DOCSTRING.sub(shorten, text)
