"""Takes tests out of a test file by their names, and the imports that nothing else in it needs. Pure.

A test that cannot be found stays: whoever asked for its removal looks again and takes the file as a whole.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import Final

from tree_sitter import Node

from yantra_bot.validation.complexity import Parse
from yantra_bot.validation.script_tests import SCRIPTS, find_calls, is_test_call, title_of

_DEFINITIONS: Final = frozenset({"function_definition", "class_definition"})
_MAX_DEPTH: Final = 20
_MAX_NODES: Final = 200_000
Find = Callable[[Node, str], Iterator[tuple[Node, Node]]]
"""Yields what is to go and what is inside it, of each thing with this name right below a node."""


def remove_tests(path: str, data: bytes, names: Sequence[str], *, parse: Parse) -> bytes | None:
    """Return a UTF-8 file without these tests, named as in its report behind `::`; None where no test is left in it."""
    suffix = PurePosixPath(path).suffix
    find, separator = _LANGUAGES.get(suffix, (_find_nothing, "::"))
    rest = data
    for name in names:  # one after the other: what holds nothing else goes with the last that it held
        tree = parse(path, rest)
        gone = _find_all(tree.root_node, name.split(separator), find) if tree is not None else []
        rest = _cut(rest, [_whole_lines(rest, node) for node in gone])
        if gone and suffix == ".py":
            rest = _drop_imports(path, rest, _identifiers(gone), parse)
    left = parse(path, rest)
    return rest if left is None or rest == data or _has_test(left.root_node, suffix) else None


def _find_all(node: Node, parts: Sequence[str], find: Find, depth: int = 0) -> list[Node]:
    """Return the nodes of a test; a group goes as a whole when it holds nothing else."""
    if depth > _MAX_DEPTH:
        return []
    found: list[Node] = []
    for whole, inside in find(node, parts[0]):
        found += [whole] if len(parts) == 1 else _find_all(inside, parts[1:], find, depth + 1)
    return found


def _find_definitions(node: Node, name: str) -> Iterator[tuple[Node, Node]]:
    body = node.child_by_field_name("body") or node
    for child in body.named_children:
        definition = child.child_by_field_name("definition") if child.type == "decorated_definition" else child
        if definition is not None and definition.type in _DEFINITIONS and _text(definition, "name") == name:
            yield _alone(child), definition


def _alone(node: Node) -> Node:
    """Return the class around the only thing that it holds, else the thing itself."""
    block = node.parent
    holder = block.parent if block is not None and block.type == "block" else None
    if block is None or holder is None or holder.type != "class_definition" or len(block.named_children) > 1:
        return node
    outer = holder.parent
    return outer if outer is not None and outer.type == "decorated_definition" else holder


def _find_calls(node: Node, name: str) -> Iterator[tuple[Node, Node]]:
    for statement, call in find_calls(node):
        if title_of(call) == name:
            yield statement, call


def _find_functions(node: Node, name: str) -> Iterator[tuple[Node, Node]]:
    plain = name.partition("/")[0]
    for child in node.named_children:
        if child.type == "function_declaration" and _text(child, "name") == plain:
            yield child, child


def _find_nothing(_: Node, __: str) -> Iterator[tuple[Node, Node]]:
    yield from ()


_LANGUAGES: Final[dict[str, tuple[Find, str]]] = {
    ".py": (_find_definitions, "::"),
    ".go": (_find_functions, "::"),
    **dict.fromkeys(SCRIPTS, (_find_calls, " > ")),
}


def _has_test(root: Node, suffix: str) -> bool:
    """Tell whether anything still looks like a test."""
    return any(_is_test(node, suffix) for node in _walk(root))


def _is_test(node: Node, suffix: str) -> bool:
    if suffix == ".py":
        return node.type == "function_definition" and _text(node, "name").startswith("test")
    if suffix == ".go":
        return node.type == "function_declaration" and _text(node, "name").startswith("Test")
    callee = _text(node, "function").encode() if node.type == "call_expression" else b""
    return is_test_call(callee)


def _whole_lines(data: bytes, node: Node) -> tuple[int, int]:
    """Return the range of a node with its lines' ends, the comment right above it and the blank lines there."""
    start, end = _line_start(data, node.start_byte), _line_end(data, node.end_byte)
    if data[start : node.start_byte].strip() or data[node.end_byte : end].strip(b" \t\r\n;"):
        return node.start_byte, node.end_byte
    while start > 0 and _line_before(data, start).strip().startswith((b"#", b"//")):
        start = _line_start(data, start - 1)
    if node.prev_named_sibling is None:
        while end < len(data) and not data[end : _line_end(data, end)].strip():
            end = _line_end(data, end)
        return start, end
    while start > 0 and not _line_before(data, start).strip():
        start = _line_start(data, start - 1)
    return start, end


def _line_start(data: bytes, at: int) -> int:
    return data.rfind(b"\n", 0, at) + 1


def _line_end(data: bytes, at: int) -> int:
    end = data.find(b"\n", at)
    return len(data) if end < 0 else end + 1


def _line_before(data: bytes, start: int) -> bytes:
    return data[_line_start(data, start - 1) : start]


def _cut(data: bytes, ranges: Sequence[tuple[int, int]]) -> bytes:
    kept, at = [], 0
    for start, end in sorted(ranges):
        kept.append(data[at : max(at, start)])
        at = max(at, end)
    return b"".join([*kept, data[at:]])


def _drop_imports(path: str, data: bytes, freed: frozenset[str], parse: Parse) -> bytes:
    """Return a Python file without the imported names that only what was removed used."""
    tree = parse(path, data)
    if tree is None:
        return data
    imports = [
        one for one in tree.root_node.named_children if one.type in {"import_statement", "import_from_statement"}
    ]
    used = _identifiers([one for one in tree.root_node.named_children if one not in imports])
    for statement in reversed(imports):
        names = statement.children_by_field_name("name")
        kept = [one for one in names if _bound(one) not in freed - used]
        if not kept:
            data = data[: _line_start(data, statement.start_byte)] + data[_line_end(data, statement.end_byte) :]
        elif len(kept) < len(names):
            text = b", ".join(one.text or b"" for one in kept)
            data = data[: names[0].start_byte] + text + data[names[-1].end_byte :]
    return data


def _bound(name: Node) -> str:
    alias = name.child_by_field_name("alias")
    return ((alias or name).text or b"").decode("utf-8", "replace").partition(".")[0]


def _identifiers(nodes: Sequence[Node]) -> frozenset[str]:
    found = (one.text or b"" for node in nodes for one in _walk(node) if one.type == "identifier")
    return frozenset(one.decode("utf-8", "replace") for one in found)


def _walk(node: Node) -> Iterator[Node]:
    waiting, seen = [node], 0
    while waiting and seen < _MAX_NODES:
        node = waiting.pop()
        seen += 1
        yield node
        waiting.extend(node.children)


def _text(node: Node, field: str) -> str:
    found = node.child_by_field_name(field)
    return (found.text or b"").decode("utf-8", "replace") if found is not None else ""
