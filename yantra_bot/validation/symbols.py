"""Which functions and classes a file has, each with a digest of its source: what a lesson is about. Pure.

A symbol's name is `path::Outer.inner`. Its digest does not change with its place in the file or its indentation.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from tree_sitter import Node

from yantra_bot.domain.lessons import CodeNode
from yantra_bot.domain.paths import is_test
from yantra_bot.graphdb.complexity import MAX_NODES
from yantra_bot.validation.complexity import Parse
from yantra_bot.validation.weakening import Change

MOST: Final = 20
"""Symbols that are told of one change; the first in order of their names."""
MOST_NAMED: Final = 400
_SYMBOLS: Final = frozenset(
    {
        *("function_definition", "class_definition"),  # Python
        *("function_declaration", "generator_function_declaration", "method_definition", "class_declaration"),
        *("method_declaration", "type_spec", "constructor_declaration", "interface_declaration"),  # Go, Java
        *("function_item", "struct_item", "trait_item", "enum_item", "impl_item"),  # Rust
    }
)
_NAMED_BY: Final = {"impl_item": "type"}
"""What gives its name to what is in it, and is no symbol itself."""


def read_symbols(path: str, data: bytes, *, parse: Parse) -> dict[str, str]:
    """Return the digest of each named symbol of a file, by its qualified name; of two of one name the last counts."""
    tree = parse(path, data)
    if tree is None:
        return {}
    return {f"{path}::{name}": _digest(node, data) for name, node in _walk(tree.root_node)}


def find_touched(changes: Mapping[str, Change], *, parse: Parse) -> tuple[CodeNode, ...]:
    """Return the symbols outside of tests that a change adds, changes or removes, innermost ones only, MOST at most."""
    found: list[CodeNode] = []
    for path, change in sorted(changes.items()):
        if is_test(path):
            continue
        old, new = (read_symbols(path, data or b"", parse=parse) for data in (change.before, change.after))
        names = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
        inner = [name for name in names if not any(other.startswith(f"{name}.") for other in names)]
        found += [CodeNode(name, new.get(name, ""), old.get(name, "")) for name in inner]
    return tuple(found[:MOST])


def look_up(names: Iterable[str], files: Mapping[str, bytes], *, parse: Parse) -> tuple[CodeNode, ...]:
    """Return the named symbols as they are in `files`; one that is not there has no digest."""
    wanted = list(dict.fromkeys(names))[:MOST_NAMED]
    read: dict[str, dict[str, str]] = {}
    for name in wanted:
        path = name.partition("::")[0]
        if path in files and path not in read:
            read[path] = read_symbols(path, files[path], parse=parse)
    return tuple(CodeNode(name, read.get(name.partition("::")[0], {}).get(name, "")) for name in wanted)


def _walk(root: Node) -> Iterator[tuple[str, Node]]:
    waiting: list[tuple[Node, str]] = [(root, "")]
    seen = 0
    while waiting and seen < MAX_NODES:
        node, outer = waiting.pop()
        seen += 1
        name = node.child_by_field_name(_NAMED_BY.get(node.type, "name")) if node.type in _SYMBOLS else None
        if name is not None and name.text is not None:
            outer = f"{outer}.{name.text.decode('utf-8', 'replace')}".lstrip(".")
            if node.type not in _NAMED_BY:
                yield outer, node
        waiting.extend((child, outer) for child in reversed(node.children))


def _digest(node: Node, data: bytes) -> str:
    words = data[node.start_byte : node.end_byte].split()
    return hashlib.sha256(b" ".join(words)).hexdigest()[:16]
