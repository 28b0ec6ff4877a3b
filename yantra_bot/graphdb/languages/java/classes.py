"""Types: their symbols, their members' cells, their static initialisers, and what the compiler adds to them."""

from collections.abc import Iterable

from tree_sitter import Node

from yantra_bot.domain.graph import NodeKind, Visibility
from yantra_bot.graphdb.facts import NOTHING, BodyFlag, Op, ParamKind, Value
from yantra_bot.graphdb.languages.java.annotations import add_routes, annotations_of, is_test
from yantra_bot.graphdb.languages.java.calls import (
    Receiver,
    make_instance,
    private_key,
    read_arguments,
    settle_lambdas,
    wanted_types,
)
from yantra_bot.graphdb.languages.java.code import JavaFile
from yantra_bot.graphdb.languages.java.functions import (
    ALL_OVERLOADS,
    add_parameter,
    call_super,
    initialise,
    initialise_fields,
    lower_method,
    store_components,
)
from yantra_bot.graphdb.languages.java.names import read_field
from yantra_bot.graphdb.languages.java.nodes import has_modifier
from yantra_bot.graphdb.languages.java.outline import Method, Outline, fill_outline, members_of
from yantra_bot.graphdb.languages.java.overloads import choose_method
from yantra_bot.graphdb.languages.java.statements import execute_block
from yantra_bot.graphdb.languages.java.types import STRING, Type, is_tracked
from yantra_bot.graphdb.languages.lowering import site_of

_QUIET_BASES = frozenset({
    "Object", "Runnable", "Comparable", "Serializable", "Cloneable", "Callable", "AutoCloseable", "Closeable",
    "Comparator", "Supplier", "Consumer", "Function", "Predicate", "Iterable", "Iterator", "BiFunction",
})  # fmt: skip
"""Library types that give a class nothing it would call by name alone."""
_KINDS = {
    "class": BodyFlag.NONE,
    "interface": BodyFlag.INTERFACE | BodyFlag.ABSTRACT,
    "annotation": BodyFlag.INTERFACE,
    "enum": BodyFlag.CASE,
    "record": BodyFlag.NONE,
}


def link_outlines(outlines: Iterable[Outline], top: dict[str, Outline]) -> None:
    """Find the supertypes of types among those that this file declares."""
    waiting = list(outlines)
    while waiting:
        one = waiting.pop()
        for kind, _ in one.bases:
            found = _find_base(one, kind.name, top)
            if found is not None and found is not one:
                one.supers.append(found)
            elif kind.name not in _QUIET_BASES:
                one.foreign = True
        waiting += one.inner.values()


def _find_base(outline: Outline, name: str, top: dict[str, Outline]) -> Outline | None:
    first, *rest = name.split(".")
    around = outline.outer
    found: Outline | None = None
    while around is not None and found is None:
        found = around.inner.get(first) or (around if around.name == first else None)
        around = around.outer
    found = found or top.get(first)
    for part in rest:
        found = found.inner.get(part) if found is not None else None
    return found


def reserve(file: JavaFile, outlines: Iterable[Outline]) -> None:
    """Give types their cells in the body that declares them, before any code of it is read."""
    for one in outlines:
        one.around = file.code.index
        one.value = file.code.new()


def declare_type(file: JavaFile, outline: Outline) -> None:
    """Lower a type with all that is in it."""
    if outline.around < 0:
        link_outlines([outline], file.top)
        _link_locally(file, outline)
        reserve(file, [outline])
    name = outline.node.child_by_field_name("name")
    kind = NodeKind.CLASS if outline.kind in ("class", "record") else NodeKind.TYPE
    outline.symbol = file.add_symbol(kind, outline.name, file.code.scope, outline.node, name)
    _describe_type(file, outline)
    _lower_class(file, outline)


def _link_locally(file: JavaFile, outline: Outline) -> None:
    """Find supertypes that are local classes themselves."""
    for kind, _ in outline.bases:
        found = file.find_outline(kind.name)
        if found is not None and found is not outline and found not in outline.supers:
            outline.supers.append(found)
            outline.foreign = False


def _describe_type(file: JavaFile, outline: Outline) -> None:
    node = outline.node
    symbol = file.facts.symbols[outline.symbol]
    if symbol.content_hash:
        return
    end = outline.body_node.start_byte if outline.body_node is not None else node.end_byte
    file.describe(outline.symbol, node, docstring=doc_comment(file, node), header_end=end)
    symbol.decorators = annotations_of(file, node)
    symbol.visibility = visibility_of(node, outline.outer)


def _lower_class(file: JavaFile, outline: Outline) -> None:
    flags = BodyFlag.CLASS | _KINDS[outline.kind]
    if has_modifier(outline.node, "abstract"):
        flags |= BodyFlag.ABSTRACT
    bases = []
    for kind, node in outline.bases:
        value = file.type_value(kind.name, node)
        if value != NOTHING:
            bases.append((value, site_of(node), kind.name))
    with file.enter_body(outline.symbol, flags, outline) as code:
        outline.body = code.index
        reserve(file, outline.inner.values())
        for name, one in outline.inner.items():
            code.body.names[name] = one.value
        _lower_members(file, outline)
    file.emit(Op.CLASS, outline.value, code.index, tuple(bases), ())


def _lower_members(file: JavaFile, outline: Outline) -> None:
    _reserve_fields(file, outline)
    by_node = {method.node.start_byte: method for methods in outline.methods.values() for method in methods}
    stored: dict[str, list[Value]] = {}
    for member in members_of(outline.body_node):
        method = by_node.get(member.start_byte)
        if method is not None:
            symbol = _method_symbol(file, method)
            value = lower_method(file, method, symbol)
            for key in _keys_of(method):
                stored.setdefault(key, []).append(value)
            add_routes(file, outline.node, method.node, value)
    for inner in outline.inner.values():
        declare_type(file, inner)
    if outline.kind == "record":
        _add_record_members(file, outline, stored)
    if "<init>" not in outline.methods and _has_initialisers(file, outline, static=False):
        _add_constructor(file, outline, stored, 0)
    for key, values in stored.items():
        file.code.body.names[key] = file.code.union(values)
    _initialise_class(file, outline)


def _keys_of(method: Method) -> list[str]:
    keys = [method.key, method.exact, f"{method.name}{ALL_OVERLOADS}"]
    if method.private or method.name == "<init>":
        keys.append(private_key(method))
    return keys


def _method_symbol(file: JavaFile, method: Method) -> int:
    node = method.node
    key = (node.start_byte, node.type)
    known = file.known_symbols.get(key)
    if known is not None:
        return known
    tested = is_test(file, method)
    kind = NodeKind.TEST if tested else NodeKind.METHOD
    name = node.child_by_field_name("name")
    symbol = file.add_symbol(kind, method.name, method.owner.symbol, node, name)
    body = node.child_by_field_name("body")
    end = body.start_byte if body is not None else node.end_byte
    file.describe(symbol, node, docstring=doc_comment(file, node), header_end=end)
    facts = file.facts.symbols[symbol]
    facts.decorators = annotations_of(file, node)
    facts.visibility = visibility_of(node, method.owner)
    file.known_symbols[key] = symbol
    return symbol


def _reserve_fields(file: JavaFile, outline: Outline) -> None:
    """Give fields their symbols, and static ones their cells."""
    places = {name: node for node, name in _field_nodes(file, outline)}
    for name, field in outline.fields.items():
        node = places.get(name)
        if node is not None:
            key = (node.start_byte, "field")
            known = file.known_symbols.get(key)
            if known is None:
                known = file.known_symbols[key] = _field_symbol(file, outline, node, name)
            field.symbol = known
        if field.static and (is_tracked(field.type) or field.type == STRING):
            field.value = file.code.body.names[name] = file.code.new()
        elif not field.static and is_tracked(field.type) and node is not None and not _is_private(node):
            cell = file.declare_instance(NOTHING, field.type, node)
            if cell != NOTHING:
                file.code.body.names[name] = cell


def _is_private(node: Node) -> bool:
    return has_modifier(node, "private") or (node.parent is not None and has_modifier(node.parent, "private"))


def _field_nodes(file: JavaFile, outline: Outline) -> Iterable[tuple[Node, str]]:
    parameters = outline.node.child_by_field_name("parameters") if outline.kind == "record" else None
    members = [*(parameters.named_children if parameters is not None else ()), *members_of(outline.body_node)]
    for member in members:
        declarators = member.children_by_field_name("declarator")
        for one in declarators or [member]:
            name = one.child_by_field_name("name")
            if name is not None and member.type in _FIELD_NODES:
                yield one, file.text(name)


_FIELD_NODES = frozenset({"field_declaration", "constant_declaration", "enum_constant", "formal_parameter"})


def _field_symbol(file: JavaFile, outline: Outline, node: Node, name: str) -> int:
    symbol = file.add_symbol(NodeKind.VARIABLE, name, outline.symbol, node, node.child_by_field_name("name"))
    whole = node.parent if node.type == "variable_declarator" and node.parent is not None else node
    file.describe(symbol, whole, docstring=doc_comment(file, whole), header_end=whole.end_byte)
    facts = file.facts.symbols[symbol]
    facts.decorators = annotations_of(file, whole)
    facts.visibility = "public" if node.type == "enum_constant" else visibility_of(whole, outline)
    return symbol


def _has_initialisers(file: JavaFile, outline: Outline, *, static: bool) -> bool:
    """Say whether the class runs code of its own when it is loaded, or when an instance of it is made."""
    for member in members_of(outline.body_node):
        kind = member.type
        if kind == ("static_initializer" if static else "block"):
            return True
        if kind == "enum_constant" and static:
            if "<init>" in outline.methods or member.child_by_field_name("arguments") is not None:
                return True
        elif kind in ("field_declaration", "constant_declaration"):
            is_static = kind == "constant_declaration" or outline.kind == "interface" or has_modifier(member, "static")
            text = file.source[member.start_byte : member.end_byte]
            if is_static == static and b"=" in text and (b"(" in text or b"::" in text or not static):
                return True
    return False


def _initialise_class(file: JavaFile, outline: Outline) -> None:
    """Lower static initialisers: code of `<clinit>` where they call anything, else of the class's body."""
    if not _has_initialisers(file, outline, static=True):
        _run_static(file, outline)
        return
    key = (outline.node.start_byte, "<clinit>")
    symbol = file.known_symbols.get(key)
    if symbol is None:
        symbol = file.known_symbols[key] = file.add_symbol(
            NodeKind.METHOD, "<clinit>", outline.symbol, outline.node, outline.node.child_by_field_name("name")
        )
    with file.enter_body(symbol, BodyFlag.FUNCTION | BodyFlag.METHOD | BodyFlag.STATIC) as code:
        code.scope = outline.symbol
        code.assigned = file.count_assignments(outline.node)
        _run_static(file, outline)
    value = file.code.new()
    file.emit(Op.FUNC, value, code.index, ())
    file.code.body.names["<clinit>/0"] = value


def _run_static(file: JavaFile, outline: Outline) -> None:
    constants: list[Value] = []
    for member in members_of(outline.body_node):
        kind = member.type
        if kind == "static_initializer":
            for child in member.named_children:
                execute_block(file, child)
        elif kind == "enum_constant":
            constants.append(_make_constant(file, outline, member))
        elif kind == "constant_declaration" or (
            kind == "field_declaration" and (outline.kind == "interface" or has_modifier(member, "static"))
        ):
            initialise(file, outline, member)
    if outline.kind == "enum":
        _store_constants(file, outline, [value for value in constants if value != NOTHING])


def _store_constants(file: JavaFile, outline: Outline, constants: list[Value]) -> None:
    made = file.code.new()
    file.emit(Op.NEW, made, "list", tuple(enumerate(constants)))
    if file.code.index == outline.body:
        file.code.body.names["$VALUES"] = made
        return
    class_body = file.facts.bodies[outline.body]
    cell = class_body.values
    class_body.values += 1
    class_body.names["$VALUES"] = cell
    file.emit(Op.SET_OUTER, outline.body, cell, made)


def _make_constant(file: JavaFile, outline: Outline, node: Node) -> Value:
    """Lower one constant of an enumeration: an instance, of a class of its own where it has a body."""
    name = node.child_by_field_name("name")
    body = node.child_by_field_name("body")
    if name is None:
        return NOTHING
    kind = Type(outline.name)
    arguments = read_arguments(file, node.child_by_field_name("arguments"))
    method = choose_method(file, outline.methods.get("<init>", []), arguments.types)
    settle_lambdas(
        file, arguments, wanted_types(method, Receiver(NOTHING, kind, outline), "<init>", len(arguments.values))
    )
    if body is None:
        class_value = file.class_of(outline)
    else:
        class_value, _ = anonymous_class(file, body, kind, name, file.text(name))
    value, _ = make_instance(file, class_value, kind, None, method, arguments, name, NOTHING)
    field = outline.fields[file.text(name)]
    if field.value != NOTHING and file.code.index == outline.body:
        file.code.copy(field.value, value)
    elif field.value != NOTHING:
        file.emit(Op.SET_OUTER, outline.body, field.value, value)
    return value


def anonymous_class(
    file: JavaFile, body: Node, kind: Type, type_node: Node, name: str | None = None
) -> tuple[Value, Outline]:
    """Lower a class without a name of its own; return the class."""
    key = (body.start_byte, "anonymous")
    symbol = file.known_symbols.get(key)
    if symbol is None:
        parent = file.code.scope
        if name is None:
            file.anonymous[parent] += 1
            name = f"<anonymous{file.anonymous[parent]}>"
        symbol = file.known_symbols[key] = file.add_symbol(NodeKind.CLASS, name, parent, body, type_node)
    around = next((one.outline for one in file.code.chain() if one.outline is not None), None)
    outline = Outline(file.facts.symbols[symbol].name, "class", body, body, around, symbol=symbol)
    outline.bases = [(kind, type_node)]
    fill_outline(outline, file.source)
    link_outlines(outline.inner.values(), file.top)
    above = file.find_outline(kind.name)
    outline.supers = [above] if above is not None else []
    outline.foreign = above is None and kind.name not in _QUIET_BASES
    reserve(file, [outline])
    _lower_class(file, outline)
    return outline.value, outline


def _add_constructor(file: JavaFile, outline: Outline, stored: dict[str, list[Value]], arity: int) -> None:
    """Add the constructor that the compiler makes, since it runs the initialisers of fields."""
    key = (outline.node.start_byte, "<init>")
    symbol = file.known_symbols.get(key)
    if symbol is None:
        symbol = file.known_symbols[key] = file.add_symbol(
            NodeKind.METHOD, "<init>", outline.symbol, outline.node, outline.node.child_by_field_name("name")
        )
    flags = BodyFlag.FUNCTION | BodyFlag.METHOD | BodyFlag.CONSTRUCTOR
    with file.enter_body(symbol, flags) as code:
        code.receiver = file.add_param("this", ParamKind.RECEIVER)
        arguments = [file.add_param("", ParamKind.NORMAL) for _ in range(arity)]
        code.assigned = file.count_assignments(outline.node)
        call_super(file, outline, outline.node, arguments)
        initialise_fields(file, outline)
    value = file.code.new()
    file.emit(Op.FUNC, value, code.index, ())
    stored.setdefault(f"<init>/{arity}", []).append(value)


def _add_record_members(file: JavaFile, outline: Outline, stored: dict[str, list[Value]]) -> None:
    """Add a record's own constructor and accessors where they are not written. They belong to the class itself."""
    components = [(name, one) for name, one in outline.fields.items() if not one.static]
    written = {len(one.types) for one in outline.methods.get("<init>", ())}
    flags = BodyFlag.FUNCTION | BodyFlag.METHOD
    if len(components) not in written:
        with file.enter_body(outline.symbol, flags | BodyFlag.CONSTRUCTOR) as code:
            code.receiver = file.add_param("this", ParamKind.RECEIVER)
            for name, one in components:
                add_parameter(file, name, one.type, outline.node)
            store_components(file, outline)
        _store(file, code.index, stored, f"<init>/{len(components)}")
    for name, one in components:
        if is_tracked(one.type) and not any(not method.types for method in outline.methods.get(name, ())):
            with file.enter_body(outline.symbol, flags) as code:
                code.receiver = file.add_param("this", ParamKind.RECEIVER)
                value, _ = read_field(file, outline.node, name, one, code.receiver)
                file.emit(Op.RETURN, value)
            _store(file, code.index, stored, f"{name}/0", f"{name}{ALL_OVERLOADS}")


def _store(file: JavaFile, body: int, stored: dict[str, list[Value]], *keys: str) -> None:
    value = file.code.new()
    file.emit(Op.FUNC, value, body, ())
    for key in keys:
        stored.setdefault(key, []).append(value)


def visibility_of(node: Node, outer: Outline | None) -> str:
    """Return who may use a declaration: what has no modifier is for its package."""
    for word in ("public", "private", "protected"):
        if has_modifier(node, word):
            return word
    if outer is not None and outer.kind in ("interface", "annotation"):
        return Visibility.PUBLIC.value
    return Visibility.PROTECTED.value


def doc_comment(file: JavaFile, node: Node) -> str:
    """Return the text of the Javadoc comment before a declaration."""
    before = node.prev_named_sibling
    if before is None or before.type != "block_comment":
        return ""
    text = file.source[before.start_byte : before.end_byte].decode("utf-8", "replace")
    if not text.startswith("/**"):
        return ""
    lines = [line.strip().removeprefix("*").strip() for line in text[3:-2].splitlines()]
    return "\n".join(line for line in lines if not line.startswith("@"))
