"""Makes classes: the value, its bases, and a body that binds methods, fields and accessors.

In the names of a class's body a setter is `x.setter` beside the getter's `x`; a method whose key is a well-known
symbol is `[Symbol.iterator]`. `this` of a field's initialiser is a RECEIVER parameter of the class's body: the
instance.
"""

from functools import partial

from tree_sitter import Node

from yantra_bot.domain.graph import NodeKind, Visibility
from yantra_bot.graphdb.facts import NOTHING, BodyFlag, CallFlag, Op, Value
from yantra_bot.graphdb.languages.javascript.expressions import first_expression, property_key
from yantra_bot.graphdb.languages.javascript.functions import FUNCTIONS, NO_SYMBOL, make_function
from yantra_bot.graphdb.languages.javascript.names import class_of
from yantra_bot.graphdb.languages.javascript.scopes import Scope
from yantra_bot.graphdb.languages.javascript.types import declare_types, named_types, read_later
from yantra_bot.graphdb.languages.javascript.web import note_decorated
from yantra_bot.graphdb.languages.javascript.writer import MAX_DEPTH, Writer
from yantra_bot.graphdb.languages.lowering import site_of

STATIC_BLOCK = "class_static_block"
CLASSES = frozenset({"class", "class_declaration", "abstract_class_declaration"})
_FIELDS = frozenset({"field_definition", "public_field_definition"})
_METHODS = frozenset({"method_definition", "abstract_method_signature", "method_signature"})
Base = tuple[Value, int, str]


def make_class(
    low: Writer, node: Node, *, name: str = "", parent: int = NO_SYMBOL, decorators: list[Node] | None = None
) -> Value:
    """Make the class of its syntax; the value of the class."""
    file = low.file
    if low.level >= MAX_DEPTH - 1:
        file.note_depth(node)
        return NOTHING
    own = node.child_by_field_name("name")
    if own is not None:
        name = file.text(own)
    around = low.body.owner if parent == NO_SYMBOL else parent
    symbol = file.add_symbol(NodeKind.CLASS, name or file.next_lambda(around), around, node, own)
    body = node.child_by_field_name("body")
    file.describe(symbol, node, until=body.start_byte if body else node.end_byte, anchor=low.anchor)
    scope = Scope(low.scope, top=True)
    value = low.new()
    if own is not None and node.type == "class":
        low.assign(low.declare(name, node.start_byte, node.end_byte, fixed=True, scope=scope), value)
    flags = BodyFlag.CLASS | (BodyFlag.ABSTRACT if node.type == "abstract_class_declaration" else 0)
    writer = file.add_body(symbol, flags, low, scope, body.start_byte if body else node.start_byte, node.end_byte)
    writer.class_value = value
    low.ops.append((Op.CLASS, value, writer.index, tuple(_bases(low, node)), ()))
    for clause in _clauses(node):
        add_type_bases(low, value, clause)
    if body is not None:
        file.waiting.append(partial(_lower_body, writer, body))
    marks = [*(decorators or ()), *(child for child in node.named_children if child.type == "decorator")]
    return low.union((value, decorate(low, symbol, marks, (value,))))


def _clauses(node: Node) -> list[Node]:
    heritage = next((child for child in node.named_children if child.type == "class_heritage"), None)
    return [] if heritage is None else [one for one in heritage.named_children if one.type == "implements_clause"]


def _bases(low: Writer, node: Node) -> list[Base]:
    heritage = next((child for child in node.named_children if child.type == "class_heritage"), None)
    if heritage is None:
        return []
    found: list[Base] = []
    for child in heritage.named_children:
        if child.type == "extends_clause":
            found.extend(_base(low, base) for base in child.children_by_field_name("value"))
        elif child.type == "implements_clause":
            continue
        elif child.type != "comment":
            found.append(_base(low, child))
    return [base for base in found if base[0] != NOTHING]


def _base(low: Writer, node: Node) -> Base:
    return low.value(node), last_name_site(node), low.file.text(node)


def add_type_bases(low: Writer, owner: Value, clause: Node) -> None:
    """Add the types that a clause names (`implements`, an interface's `extends`): they may be declared further down."""
    for one in clause.named_children:
        for name in named_types(low, one):
            _add_type_base(low, owner, name)


def _add_type_base(low: Writer, owner: Value, name: Node) -> None:
    place, text = site_of(name), low.file.text(name)
    read_later(low, name, lambda base: low.ops.append((Op.ADD_BASE, owner, base, place, text, 1)))


def last_name_site(node: Node) -> int:
    """Return where the last name of an expression like `a.b.C` stands."""
    last = node.child_by_field_name("property") if node.type == "member_expression" else None
    return site_of(last or node)


def decorate(low: Writer, symbol: int, marks: list[Node], args: tuple[Value, ...]) -> Value:
    """Call decorators with what they decorate; what those of this file give in its place."""
    if not marks:
        return NOTHING
    results = []
    names = []
    for mark in marks:
        inner = first_expression(mark)
        if inner is None:
            continue
        names.append(low.file.text(inner))
        called = low.value(inner)
        if called == NOTHING:
            continue
        result = low.new()
        low.ops.append((Op.CALL, result, called, last_name_site(inner), args, (), NOTHING, NOTHING, CallFlag.DECORATOR))
        results.append(NOTHING if _is_foreign(low, inner) else result)
    low.file.symbol(symbol).decorators = tuple(names)
    return low.union(results)


def _is_foreign(low: Writer, decorator: Node) -> bool:
    """Say whether a decorator comes from another file: what such a one returns is not worth a guess."""
    while decorator.type in ("call_expression", "member_expression"):
        inner = decorator.child_by_field_name("function") or decorator.child_by_field_name("object")
        if inner is None:
            return True
        decorator = inner
    variable = low.scope.find(low.file.text(decorator))
    return variable is None or variable.imported


def _lower_body(low: Writer, body: Node) -> None:
    """Lower what stands between the braces of a class."""
    implemented = {
        low.file.text(name)
        for child in body.named_children
        if child.type == "method_definition" and (name := child.child_by_field_name("name")) is not None
    }
    marks: list[Node] = []
    for child in body.named_children:
        kind = child.type
        low.anchor = marks[0].start_byte if marks else child.start_byte
        if kind == "decorator":
            marks.append(child)
            continue
        if kind in _METHODS:
            name = child.child_by_field_name("name")
            if kind == "method_definition" or (name is not None and low.file.text(name) not in implemented):
                _lower_method(low, child, marks)
        elif kind in _FIELDS:
            _lower_field(low, child, marks)
        elif kind == STATIC_BLOCK:
            _lower_static_block(low, child)
        if kind != "comment":
            marks = []


def bind_member(low: Writer, key: str, value: Value) -> None:
    """Bind a name of a class's body, or add to what it is bound to."""
    names = low.body.names
    if value != NOTHING:
        names[key] = low.union((names.get(key, NOTHING), value))


def _words(node: Node) -> set[str]:
    return {low_level.type for low_level in node.children if not low_level.is_named}


def _visibility(low: Writer, node: Node, symbol: int) -> None:
    for child in node.children:
        if child.type == "accessibility_modifier":
            low.file.symbol(symbol).visibility = Visibility(low.file.text(child)).value


def _lower_method(low: Writer, node: Node, marks: list[Node]) -> None:
    name_node = node.child_by_field_name("name")
    if name_node is None:
        return
    key = property_key(low, name_node)
    name = str(key) if key is not None else low.file.text(name_node)
    words = _words(node)
    flags = BodyFlag.METHOD
    flags |= BodyFlag.CLASS_METHOD if "static" in words else 0
    flags |= BodyFlag.PROPERTY if "get" in words else 0
    flags |= BodyFlag.CONSTRUCTOR if name == "constructor" and "static" not in words else 0
    if node.type != "method_definition":
        flags |= BodyFlag.OVERLOAD | BodyFlag.ABSTRACT
    symbol = len(low.file.facts.symbols)
    value = make_function(low, node, name=name, kind=NodeKind.METHOD, flags=flags, name_node=name_node)
    _visibility(low, node, symbol)
    marks = [*marks, *(child for child in node.named_children if child.type == "decorator")]
    if marks:
        descriptor = low.new()
        low.ops.append((Op.NEW, descriptor, "object", (("value", value),)))
        made = decorate(low, symbol, marks, (value, NOTHING, descriptor))
        note_decorated(low, symbol, low.body.owner, value, name_node)
        value = low.union((value, made))
    bind_member(low, f"{name}.setter" if "set" in words else name, value)


def _lower_field(low: Writer, node: Node, marks: list[Node]) -> None:
    name_node = node.child_by_field_name("name") or node.child_by_field_name("property")
    if name_node is None:
        return
    key = property_key(low, name_node)
    name = str(key) if key is not None else low.file.text(name_node)
    given = node.child_by_field_name("value")
    declared = node.child_by_field_name("type")
    is_static = "static" in _words(node)
    before = low.this
    if is_static:
        low.this = class_of(low)
    symbol = len(low.file.facts.symbols)
    if given is not None and given.type in FUNCTIONS:
        value = make_function(low, given, name=name, kind=NodeKind.METHOD, span=node, name_node=name_node)
    elif given is not None and given.type == "class":
        value = make_class(low, given, name=name)
    else:
        symbol = low.file.add_symbol(NodeKind.VARIABLE, name, low.body.owner, node, name_node)
        low.file.describe(symbol, node, until=given.start_byte if given else node.end_byte)
        value = _field_value(low, given, symbol)
    if is_static:
        low.this = before
    _visibility(low, node, symbol)
    marks = [*marks, *(child for child in node.named_children if child.type == "decorator")]
    decorate(low, symbol, marks, (NOTHING,))
    if declared is not None:
        field = low.new()
        if declare_types(low, declared, field):
            low.copy(field, value)
            value = field
    bind_member(low, name, value)


def _field_value(low: Writer, given: Node | None, symbol: int) -> Value:
    if given is None:
        return NOTHING
    if given.type == "object":
        low.object_symbol = symbol
    return low.value(given)


def _lower_static_block(low: Writer, node: Node) -> None:
    before, low.this = low.this, class_of(low)
    body = node.child_by_field_name("body") or first_expression(node)
    if body is not None:
        low.value(body)
    low.this = before
