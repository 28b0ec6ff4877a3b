"""Lowers what only TypeScript has: interfaces, aliases, enumerations, namespaces, declarations without code."""

from functools import partial

from tree_sitter import Node

from yantra_bot.domain.graph import NodeKind
from yantra_bot.graphdb.facts import NOTHING, BodyFlag, Op, Value
from yantra_bot.graphdb.languages.javascript.classes import add_type_bases, bind_member
from yantra_bot.graphdb.languages.javascript.declarations import hoist_block
from yantra_bot.graphdb.languages.javascript.expressions import first_expression, lower_inner, lower_nothing, run
from yantra_bot.graphdb.languages.javascript.functions import make_function
from yantra_bot.graphdb.languages.javascript.names import set_attribute
from yantra_bot.graphdb.languages.javascript.scan import pattern_names
from yantra_bot.graphdb.languages.javascript.scopes import Scope, Variable
from yantra_bot.graphdb.languages.javascript.state import Handler
from yantra_bot.graphdb.languages.javascript.types import declare_types, named_types, read_later, type_value
from yantra_bot.graphdb.languages.javascript.writer import MAX_DEPTH, Writer
from yantra_bot.graphdb.languages.lowering import site_of

_DECLARED = frozenset({"lexical_declaration", "variable_declaration"})


def _make_type(low: Writer, node: Node, flags: int, kind: NodeKind, body: Node | None) -> tuple[Value, Writer, int]:
    """Make a class-like value with a body of names; the value, the body's writer and the symbol."""
    file = low.file
    name = node.child_by_field_name("name")
    text = file.text(name).strip("'\"") if name is not None else "<type>"
    symbol = file.add_symbol(kind, text, low.body.owner, node, name)
    file.describe(symbol, node, until=body.start_byte if body else node.end_byte, anchor=low.anchor)
    scope = Scope(low.scope, top=True)
    writer = file.add_body(symbol, BodyFlag.CLASS | flags, low, scope, node.start_byte, node.end_byte)
    value = writer.class_value = low.new()
    low.ops.append((Op.CLASS, value, writer.index, (), ()))
    return value, writer, symbol


def _bind_type(low: Writer, node: Node, value: Value, symbol: int) -> None:
    """Bind a type to its name, unless a value of that name is bound already."""
    name = node.child_by_field_name("name")
    variable = low.scope.find(low.file.text(name)) if name is not None else None
    if variable is None:
        return
    if variable.symbol < 0:
        variable.symbol = symbol
    if not variable.versions:
        low.assign(variable, value)


def lower_interface(low: Writer, node: Node) -> Value:
    """Lower an interface."""
    body = node.child_by_field_name("body")
    clauses = [child for child in node.named_children if child.type in ("extends_type_clause", "extends_clause")]
    value, writer, symbol = _make_type(low, node, BodyFlag.INTERFACE, NodeKind.TYPE, body)
    for clause in clauses:
        add_type_bases(low, value, clause)
    if body is not None:
        low.file.waiting.append(partial(_lower_members, writer, body))
    _bind_type(low, node, value, symbol)
    return NOTHING


def _lower_members(low: Writer, body: Node) -> None:
    for child in body.named_children:
        name = child.child_by_field_name("name")
        if name is None:
            continue
        text = low.file.text(name).strip("'\"")
        if child.type == "method_signature":
            flags = BodyFlag.METHOD | BodyFlag.OVERLOAD | BodyFlag.ABSTRACT
            method = make_function(low, child, name=text, kind=NodeKind.METHOD, flags=flags, name_node=name)
            bind_member(low, text, method)
        elif child.type == "property_signature":
            low.file.add_symbol(NodeKind.VARIABLE, text, low.body.owner, child, name)
            declared = child.child_by_field_name("type")
            value = low.new()
            if declared is not None and declare_types(low, declared, value):
                bind_member(low, text, value)


def lower_alias(low: Writer, node: Node) -> Value:
    """Lower `type A = …`: an object type is an interface, a name or a union of names is what it names."""
    given = node.child_by_field_name("value")
    if given is not None and given.type == "object_type":
        value, writer, symbol = _make_type(low, node, BodyFlag.INTERFACE, NodeKind.TYPE, given)
        low.file.waiting.append(partial(_lower_members, writer, given))
        _bind_type(low, node, value, symbol)
        return NOTHING
    name = node.child_by_field_name("name")
    if name is None:
        return NOTHING
    symbol = low.file.add_symbol(NodeKind.TYPE, low.file.text(name), low.body.owner, node, name)
    low.file.describe(symbol, node, until=node.end_byte, anchor=low.anchor)
    names = named_types(low, given) if given is not None else []
    value = low.new()
    for one in names:
        read_later(low, one, lambda known: low.copy(value, known))
    _bind_type(low, node, value, symbol)
    return NOTHING


def lower_enum(low: Writer, node: Node) -> Value:
    """Lower an enumeration: its members are names of a class-like value."""
    body = node.child_by_field_name("body")
    value, writer, symbol = _make_type(low, node, BodyFlag.CASE, NodeKind.TYPE, body)
    for child in body.named_children if body is not None else ():
        if child.type == "comment":
            continue
        name = child.child_by_field_name("name") or child
        low.file.add_symbol(NodeKind.VARIABLE, low.file.text(name).strip("'\""), symbol, child, name)
        given = child.child_by_field_name("value")
        if given is not None:
            run(writer, given)
    _bind_type(low, node, value, symbol)
    return NOTHING


def lower_namespace(low: Writer, node: Node) -> Value:
    """Lower `namespace N { … }`: what it exports are names of a class-like value."""
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    if name is None or body is None:
        return NOTHING
    if low.level >= MAX_DEPTH - 1:
        low.file.note_depth(node)
        return NOTHING
    value, writer, symbol = _make_type(low, node, 0, NodeKind.MODULE, body)
    low.file.waiting.append(partial(_lower_namespace_body, writer, body))
    variable = low.scope.find(low.file.text(name).split(".")[0]) if name.type != "string" else None
    if variable is not None:
        if variable.versions:
            _extend(low, variable, value, body)
        else:
            low.assign(variable, value)
        if variable.symbol < 0:
            variable.symbol = symbol
    return NOTHING


def _extend(low: Writer, variable: Variable, value: Value, body: Node) -> None:
    """Add what a namespace exports to the function, class or namespace of the same name."""
    known = low.read(variable)
    for name in _exported(low, body):
        inner = low.new()
        low.ops.append((Op.ATTR, inner, value, name, site_of(body)))
        set_attribute(low, known, name, inner, site_of(body))


def _exported(low: Writer, body: Node) -> list[str]:
    found: list[str] = []
    for child in body.named_children:
        declaration = child.child_by_field_name("declaration") if child.type == "export_statement" else None
        if declaration is None:
            continue
        if declaration.type in _DECLARED:
            targets = (one.child_by_field_name("name") for one in declaration.named_children)
            names = [name for target in targets if target is not None for name in pattern_names(target)]
            found.extend(low.file.text(name) for name in names)
        else:
            name = declaration.child_by_field_name("name")
            found.extend([low.file.text(name)] if name is not None else [])
    return found


def _lower_namespace_body(low: Writer, body: Node) -> None:
    statements = body.named_children
    hoist_block(low, statements, body.end_byte)
    for statement in statements:
        low.anchor = statement.start_byte
        inner = statement.child_by_field_name("declaration") if statement.type == "export_statement" else None
        low.value(inner or statement)
    for name in _exported(low, body):
        variable = low.scope.names.get(name)
        value = low.cell_of(variable) if variable is not None else NOTHING
        if value != NOTHING:
            low.body.names[name] = value


def lower_signature(low: Writer, node: Node) -> Value:
    """Lower a function without code: an overload, or a declaration of what exists elsewhere."""
    name = node.child_by_field_name("name")
    variable = low.scope.find(low.file.text(name)) if name is not None else None
    if variable is None or variable.versions or variable.symbol >= 0:
        return NOTHING
    symbol = len(low.file.facts.symbols)
    value = make_function(low, node, name=variable.name, name_node=name, flags=BodyFlag.OVERLOAD)
    if value != NOTHING:
        variable.symbol = symbol
        low.assign(variable, value)
    return NOTHING


def lower_ambient(low: Writer, node: Node) -> Value:
    """Lower `declare …`."""
    inner = first_expression(node)
    return NOTHING if inner is None else low.value(inner)


def lower_import_alias(low: Writer, node: Node) -> Value:
    """Lower `import a = b.c`."""
    parts = [child for child in node.named_children if child.type != "comment"]
    if len(parts) == 2:
        variable = low.scope.find(low.file.text(parts[0]))
        value = type_value(low, parts[1])
        if variable is not None and value != NOTHING:
            low.assign(variable, value)
    return NOTHING


HANDLERS: dict[str, Handler] = {
    "interface_declaration": lower_interface,
    "type_alias_declaration": lower_alias,
    "enum_declaration": lower_enum,
    "internal_module": lower_namespace,
    "module": lower_namespace,
    "function_signature": lower_signature,
    "ambient_declaration": lower_ambient,
    "import_alias": lower_import_alias,
    "parenthesized_type": lower_nothing,
    "enum_body": lower_inner,
}
