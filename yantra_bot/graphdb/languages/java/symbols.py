"""Symbols of types, methods and fields: their kinds, signatures, documentation, annotations, and who may use them."""

from collections.abc import Iterator

from tree_sitter import Node

from yantra_bot.domain.graph import NodeKind, Visibility
from yantra_bot.graphdb.languages.java.annotations import annotations_of, is_test
from yantra_bot.graphdb.languages.java.code import TOKENS, JavaFile
from yantra_bot.graphdb.languages.java.nodes import has_modifier
from yantra_bot.graphdb.languages.java.outline import Method, Outline, members_of
from yantra_bot.graphdb.languages.lowering import first_paragraph, hash_tokens, one_line

_FIELD_NODES = frozenset({"field_declaration", "constant_declaration", "enum_constant", "formal_parameter"})
_LONGEST_HEAD = 4_000
_LONGEST_COMMENT = 20_000
_FIELD_LISTS = frozenset({"field_declaration", "constant_declaration"})


def add_type_symbols(file: JavaFile, outline: Outline, parent: int) -> None:
    """Add the symbols of a type, of its fields and of the types in it, before any code names them."""
    node = outline.node
    kind = NodeKind.CLASS if outline.kind in ("class", "record") else NodeKind.TYPE
    end = outline.body_node.start_byte if outline.body_node is not None else node.end_byte
    outline.symbol = file.add_symbol(kind, outline.name, parent, node, node.child_by_field_name("name"))
    _describe(file, outline.symbol, node, outline.outer, end, hashed=False)
    add_field_symbols(file, outline)
    for inner in outline.inner.values():
        add_type_symbols(file, inner, outline.symbol)


def add_field_symbols(file: JavaFile, outline: Outline) -> None:
    """Add the symbols of a type's fields, constants and components."""
    for whole, node, name in _field_nodes(file, outline):
        field = outline.fields.get(name)
        if field is not None and field.symbol < 0:
            at = node.child_by_field_name("name")
            field.symbol = known_symbol(file, node, NodeKind.VARIABLE, name, outline.symbol, at)
            _describe(file, field.symbol, whole, outline, whole.end_byte)


def _field_nodes(file: JavaFile, outline: Outline) -> Iterator[tuple[Node, Node, str]]:
    """Yield each field's declaration, the part of it that is the field's own, and the name."""
    parameters = outline.node.child_by_field_name("parameters") if outline.kind == "record" else None
    if parameters is not None:
        yield from _named(file, parameters.named_children)
    for member in members_of(outline.body_node):
        if member.type in _FIELD_LISTS:
            for one in member.children_by_field_name("declarator"):
                name = one.child_by_field_name("name")
                if name is not None:
                    yield member, one, file.text(name)
        elif member.type == "enum_constant":
            yield from _named(file, [member])


def _named(file: JavaFile, nodes: list[Node]) -> Iterator[tuple[Node, Node, str]]:
    for node in nodes:
        name = node.child_by_field_name("name")
        if name is not None and node.type in _FIELD_NODES:
            yield node, node, file.text(name)


def method_symbol(file: JavaFile, method: Method) -> int:
    """Return the symbol of a method or constructor."""
    node = method.node
    kind = NodeKind.TEST if is_test(file, method) else NodeKind.METHOD
    count = len(file.facts.symbols)
    symbol = known_symbol(file, node, kind, method.name, method.owner.symbol, node.child_by_field_name("name"))
    if symbol == count:
        body = node.child_by_field_name("body")
        _describe(file, symbol, node, method.owner, body.start_byte if body is not None else node.end_byte)
    return symbol


def known_symbol(
    file: JavaFile, node: Node, kind: NodeKind, name: str, parent: int, name_node: Node | None = None
) -> int:
    """Return the symbol that a node has, made the first time: code of initialisers may be lowered more than once."""
    key = (node.start_byte, node.type if not name.startswith("<") else name)
    symbol = file.known_symbols.get(key)
    if symbol is None:
        symbol = file.known_symbols[key] = file.add_symbol(kind, name, parent, node, name_node)
    return symbol


def lambda_symbol(file: JavaFile, node: Node, parent: int) -> int:
    """Return the symbol of a lambda: the n-th of its scope."""
    key = (node.start_byte, node.type)
    symbol = file.known_symbols.get(key)
    if symbol is None:
        file.lambdas[parent] += 1
        name = f"<lambda{file.lambdas[parent]}>"
        symbol = file.known_symbols[key] = file.add_symbol(NodeKind.LAMBDA, name, parent, node)
    return symbol


def anonymous_symbol(file: JavaFile, body: Node, parent: int, name: str | None = None) -> int:
    """Return the symbol of a class without a name: the n-th of its scope, or a constant's own class."""
    key = (body.start_byte, body.type)
    symbol = file.known_symbols.get(key)
    if symbol is None:
        if name is None:
            file.anonymous[parent] += 1
            name = f"<anonymous{file.anonymous[parent]}>"
        symbol = file.known_symbols[key] = file.add_symbol(NodeKind.CLASS, name, parent, body)
    return symbol


def number_nested(file: JavaFile, outline: Outline) -> None:
    """Name the lambdas and anonymous classes of a type's initialisers in the order of the source.

    Constructors run some of them before others that stand earlier.
    """
    for member in members_of(outline.body_node):
        if member.type not in ("field_declaration", "constant_declaration", "static_initializer", "block"):
            continue
        raw = file.source[member.start_byte : member.end_byte]
        waiting = [member] if b"->" in raw or b"{" in raw else []
        while waiting:
            node = waiting.pop()
            if node.type == "lambda_expression":
                lambda_symbol(file, node, outline.symbol)
            elif node.type == "class_body":
                anonymous_symbol(file, node, outline.symbol)
            else:
                waiting.extend(reversed(node.named_children))


def hash_type(file: JavaFile, outline: Outline, methods: list[int]) -> None:
    """Give a type its hash: of its head, and of the hashes of all that is in it. Nothing is read twice."""
    body = outline.body_node
    end = body.start_byte if body is not None else outline.node.end_byte
    inside = [field.symbol for field in outline.fields.values()]
    inside += [*methods, *(inner.symbol for inner in outline.inner.values())]
    symbols = file.facts.symbols
    pieces = [file.source[outline.node.start_byte : end]]
    pieces += [symbols[one].content_hash.encode() for one in inside if one >= 0]
    for member in members_of(body):
        if member.type in ("static_initializer", "block"):
            pieces.append(file.source[member.start_byte : member.end_byte])
    symbols[outline.symbol].content_hash = hash_tokens(TOKENS, pieces)


def _describe(file: JavaFile, symbol: int, node: Node, outer: Outline | None, end: int, *, hashed: bool = True) -> None:
    facts = file.facts.symbols[symbol]
    if hashed:
        facts.content_hash = hash_tokens(TOKENS, (file.source[node.start_byte : node.end_byte],))
    head = file.source[node.start_byte : min(end, node.start_byte + _LONGEST_HEAD)]
    facts.signature = one_line(head.decode("utf-8", "replace"))
    comment = doc_comment(file, node)
    if comment:
        facts.docstring = first_paragraph(comment)
    facts.decorators = annotations_of(file, node)
    facts.visibility = visibility_of(node, outer)


def visibility_of(node: Node, outer: Outline | None) -> str:
    """Return who may use a declaration: what has no modifier is for its package."""
    for word in ("public", "private", "protected"):
        if has_modifier(node, word):
            return word
    if node.type == "enum_constant" or (outer is not None and outer.kind in ("interface", "annotation")):
        return Visibility.PUBLIC.value
    return Visibility.PROTECTED.value


def doc_comment(file: JavaFile, node: Node) -> str:
    """Return the text of the Javadoc comment before a declaration."""
    # Not the sibling before it: to find that one takes the tree's library a walk over all siblings.
    end = node.start_byte
    start = file.source.rfind(b"/**", max(0, end - _LONGEST_COMMENT), end)
    raw = file.source[start:end].rstrip() if start >= 0 else b""
    if not raw.endswith(b"*/") or raw.count(b"*/") != 1:
        return ""
    text = raw.decode("utf-8", "replace")
    lines = [line.strip().removeprefix("*").strip() for line in text[3:-2].splitlines()]
    return "\n".join(line for line in lines if not line.startswith("@"))
