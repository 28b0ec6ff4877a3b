"""The graph as a SCIP index, the protocol-buffer format by which code hosts and editors exchange definitions and uses.

Only the dozen fields that say something are written, by a small writer of the wire format; it reads nothing back.
Positions count lines and columns from 0, in UTF-8 bytes.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

from yantra_bot.domain.graph import Edge, EdgeKind, Graph, Language, NodeKind, Symbol

Read = Callable[[str], bytes | None]
"""Bytes of a file by its path; None where it cannot be read."""

DEFINITION, IMPORT, READ_ACCESS, TEST = 1, 2, 8, 32
REFERENCES = frozenset(
    {EdgeKind.CALLS, EdgeKind.USES, EdgeKind.IMPORTS, EdgeKind.INHERITS, EdgeKind.IMPLEMENTS, EdgeKind.RETURNS}
)
UTF8: Final = 1
_KINDS = {
    NodeKind.FILE: 16,
    NodeKind.MODULE: 29,
    NodeKind.CLASS: 7,
    NodeKind.TYPE: 54,
    NodeKind.FUNCTION: 17,
    NodeKind.METHOD: 26,
    NodeKind.LAMBDA: 17,
    NodeKind.VARIABLE: 61,
    NodeKind.TEST: 17,
}
_LANGUAGES = {
    Language.PYTHON: "Python",
    Language.JAVASCRIPT: "JavaScript",
    Language.TYPESCRIPT: "TypeScript",
    Language.GO: "Go",
    Language.RUST: "Rust",
    Language.JAVA: "Java",
}
_METHODS = frozenset({NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.LAMBDA, NodeKind.TEST})
_LEFT_OUT = frozenset({NodeKind.IMPORT, NodeKind.ROUTE})
_DECLARED = rb"\b(?:def|class|function|func|fn|struct|enum|trait|interface|record|type|mod|const|let|var|static)\s+"
_WORD = re.compile(rb"[\w$]+")
_SIMPLE = re.compile(r"[\w+$-]+", re.ASCII)
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def write_scip(graph: Graph, out: BinaryIO, *, root: str, version: str, read: Read) -> None:
    """Write the index. `root` is the URI of the folder; `read` gives sources, by which names are found exactly."""
    names = {symbol.key: symbol for symbol in graph.symbols}
    texts = scip_names(names)
    tool = _text(1, "yantra") + _text(2, version)
    out.write(_message(1, _message(2, tool) + _text(3, root) + _number(4, UTF8)))
    by_path: dict[str, list[Symbol]] = defaultdict(list)
    for symbol in sorted(graph.symbols, key=lambda symbol: symbol.key):
        if symbol.kind not in _LEFT_OUT:
            by_path[symbol.path].append(symbol)
    references: dict[str, list[Edge]] = defaultdict(list)
    bases: dict[str, list[str]] = defaultdict(list)
    for edge in graph.edges:
        if edge.kind in REFERENCES and edge.target in texts and edge.source in names:
            references[edge.path].append(edge)
        if edge.kind in (EdgeKind.INHERITS, EdgeKind.IMPLEMENTS) and edge.target in texts:
            bases[edge.source].append(texts[edge.target])
    for path in sorted(key for key in by_path if key):
        source = (read(path) or b"").split(b"\n")
        document = b"".join(_occurrences(by_path[path], references[path], names, texts, source))
        document += b"".join(_message(3, _information(item, texts, bases[item.key])) for item in by_path[path])
        language = next((item.language for item in by_path[path] if item.language is not None), None)
        head = _text(4, _LANGUAGES[language]) if language is not None else b""
        out.write(_message(2, head + _text(1, path) + document + _number(6, UTF8)))
    for symbol in by_path[""]:
        out.write(_message(3, _information(symbol, texts, [])))


def scip_names(symbols: dict[str, Symbol]) -> dict[str, str]:
    """Return each symbol's name in SCIP's grammar: ``yantra . . . pkg/`mod.py`/Class#method().``; all differ."""
    names: dict[str, str] = {}
    for key, symbol in symbols.items():
        if symbol.kind in _LEFT_OUT:
            continue
        if not symbol.path:
            *around, last = symbol.qualified_name.split(".")
            descriptors = "".join(f"{_escape(part)}/" for part in around) + f"{_escape(last)}."
        else:
            descriptors = "".join(f"{_escape(part)}/" for part in symbol.path.split("/"))
            descriptors += "".join(_descriptor(item) for item in _nesting(symbol, symbols))
        names[key] = f"yantra . . . {descriptors}"
    return names


def _nesting(symbol: Symbol, symbols: dict[str, Symbol]) -> list[Symbol]:
    chain: list[Symbol] = []
    item: Symbol | None = symbol
    while item is not None and item.kind not in (NodeKind.MODULE, NodeKind.FILE) and item not in chain:
        chain.append(item)
        item = symbols.get(item.parent or "")
    return chain[::-1]


def _descriptor(symbol: Symbol) -> str:
    number = symbol.key.rpartition("#")[2] if "#" in symbol.key else ""
    if symbol.kind in _METHODS:
        return f"{_escape(symbol.name)}({f'+{int(number) - 1}' if number.isdecimal() else ''})."
    name = _escape(f"{symbol.name}#{number}" if number.isdecimal() else symbol.name)
    return f"{name}#" if symbol.kind in (NodeKind.CLASS, NodeKind.TYPE) else f"{name}."


def _escape(name: str) -> str:
    return name if _SIMPLE.fullmatch(name) else "`" + name.replace("`", "``") + "`"


def _occurrences(
    symbols: list[Symbol], edges: list[Edge], names: dict[str, Symbol], texts: dict[str, str], source: list[bytes]
) -> Iterator[bytes]:
    found: dict[tuple[int, int, str], tuple[int, int]] = {}
    for symbol in symbols:
        line, column, size = find_name(symbol, source)
        found[line, column, texts[symbol.key]] = (size, DEFINITION)
    for edge in edges:
        place = (edge.line - 1, edge.column, texts[edge.target])
        role = IMPORT if edge.kind is EdgeKind.IMPORTS else READ_ACCESS
        role |= TEST if names[edge.source].kind is NodeKind.TEST else 0
        size, roles = found.get(place, (_width(source, edge, names[edge.target]), 0))
        found[place] = (size, roles | role)
    for (line, column, text), (size, roles) in sorted(found.items()):
        numbers = b"".join(map(_varint, (max(line, 0), column, column + size)))
        yield _message(2, _message(1, numbers) + _text(2, text) + _number(3, roles))


def find_name(symbol: Symbol, source: list[bytes]) -> tuple[int, int, int]:
    """Return (line, column, length) of a symbol's own name, from 0 in bytes; its beginning where it is not written."""
    name = symbol.name.encode(errors="replace")
    first = symbol.span.line - 1
    if symbol.kind in (NodeKind.MODULE, NodeKind.FILE, NodeKind.LAMBDA):
        return max(first, 0), symbol.span.column, 0
    for pattern in (_DECLARED + rb"(" + re.escape(name) + rb")\b", rb"\b(" + re.escape(name) + rb")\b"):
        for number in range(max(first, 0), min(symbol.span.end_line, len(source))):
            found = re.compile(pattern).search(source[number], symbol.span.column if number == first else 0)
            if found is not None:
                return number, found.start(1), len(name)
    return max(first, 0), symbol.span.column, len(name)


def _width(source: list[bytes], edge: Edge, target: Symbol) -> int:
    line = source[edge.line - 1] if 0 < edge.line <= len(source) else b""
    found = _WORD.match(line, edge.column)
    return len(found.group()) if found is not None else len(target.name.encode(errors="replace"))


def _information(symbol: Symbol, texts: dict[str, str], bases: list[str]) -> bytes:
    parts = [_text(1, texts[symbol.key])]
    if symbol.docstring:
        parts.append(_text(3, symbol.docstring))
    parts += [_message(4, _text(1, base) + _number(3, 1)) for base in sorted(set(bases))]
    parts += [_number(5, _KINDS.get(symbol.kind, 0)), _text(6, symbol.name)]
    if symbol.signature and symbol.language is not None:
        parts.append(_message(7, _text(4, _LANGUAGES[symbol.language]) + _text(5, symbol.signature)))
    return b"".join(parts)


def _varint(number: int) -> bytes:
    written = bytearray()
    while number > 0x7F:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    written.append(number)
    return bytes(written)


def _number(field: int, number: int) -> bytes:
    return _varint(field << 3) + _varint(number) if number else b""


def _message(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _text(field: int, text: str) -> bytes:
    return _message(field, _LONE_SURROGATE.sub("\ufffd", text).encode())
