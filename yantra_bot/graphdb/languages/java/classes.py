"""Types: their supertypes, the cells of their members, their bodies."""

from collections.abc import Iterable

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, BodyFlag, Op, Value
from yantra_bot.graphdb.languages.java.annotations import add_routes
from yantra_bot.graphdb.languages.java.code import JavaFile
from yantra_bot.graphdb.languages.java.functions import lower_method
from yantra_bot.graphdb.languages.java.implied import add_constructor, add_record_members, initialise_class
from yantra_bot.graphdb.languages.java.names import declared_name
from yantra_bot.graphdb.languages.java.nodes import has_modifier
from yantra_bot.graphdb.languages.java.outline import Method, Outline, fill_outline, members_of
from yantra_bot.graphdb.languages.java.symbols import (
    add_field_symbols,
    add_type_symbols,
    anonymous_symbol,
    hash_type,
    method_symbol,
    number_nested,
)
from yantra_bot.graphdb.languages.java.types import ARRAY, STRING, UNTOLD, Type, is_tracked
from yantra_bot.graphdb.languages.lowering import MAX_DEPTH, site_of

_LEVELS = 5
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
            _add_super(one, _find_base(one, kind.name, top), kind.name)
        waiting += one.inner.values()


def _add_super(outline: Outline, found: Outline | None, name: str) -> None:
    if found is not None and found is not outline:
        if found not in outline.supers:
            outline.supers.append(found)
            outline.line = None
        found.extended = True
    elif name not in _QUIET_BASES:
        outline.foreign = True


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
    """Lower a type with all that is in it. A local one is linked here, where its names mean something."""
    if outline.around < 0:
        link_outlines(outline.inner.values(), file.top)
        for kind, _ in outline.bases:
            _add_super(outline, file.find_outline(kind.name), kind.name)
        reserve(file, [outline])
        add_type_symbols(file, outline, file.code.scope)
    _lower_class(file, outline)


def _lower_class(file: JavaFile, outline: Outline) -> None:
    # A class in a class takes more frames than other levels do.
    file.depth += _LEVELS
    if file.depth < MAX_DEPTH or outline.outer is None:
        _lower_body(file, outline)
    else:
        file.note_depth()
    file.depth -= _LEVELS


def _lower_body(file: JavaFile, outline: Outline) -> None:
    flags = BodyFlag.CLASS | _KINDS[outline.kind]
    if has_modifier(outline.node, "abstract"):
        flags |= BodyFlag.ABSTRACT
    bases = []
    for kind, node in _ordered_bases(file, outline):
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


def _ordered_bases(file: JavaFile, outline: Outline) -> list[tuple[Type, Node]]:
    """Return the supertypes so that none comes before one that inherits from it: a default method's override wins."""
    found = [file.find_outline(kind.name) for kind, _ in outline.bases]

    def rank(place: int) -> int:
        own = found[place]
        return sum(own in one.lineage() for one in found if own is not None and one is not None and one is not own)

    return [outline.bases[place] for place in sorted(range(len(found)), key=rank)]


def _lower_members(file: JavaFile, outline: Outline) -> None:
    _reserve_fields(file, outline)
    number_nested(file, outline)
    by_node = {method.node.start_byte: method for methods in outline.methods.values() for method in methods}
    stored: dict[str, list[Value]] = {}
    symbols: list[int] = []
    for member in members_of(outline.body_node):
        method = by_node.get(member.start_byte)
        if method is not None:
            symbols.append(method_symbol(file, method))
            value = lower_method(file, method, symbols[-1])
            for key in _keys_of(method):
                stored.setdefault(key, []).append(value)
            add_routes(file, outline.node, method.node, value)
    for inner in outline.inner.values():
        declare_type(file, inner)
    if outline.kind == "record":
        add_record_members(file, outline, stored)
    if "<init>" not in outline.methods:
        add_constructor(file, outline, stored)
    for key, values in stored.items():
        file.code.body.names[key] = file.code.union(values)
    initialise_class(file, outline)
    hash_type(file, outline, symbols)


def _keys_of(method: Method) -> list[str]:
    keys = [method.key, method.exact, method.overloads]
    if method.is_hidden():
        keys += [method.own_key, method.own_exact]
    return keys


def _reserve_fields(file: JavaFile, outline: Outline) -> None:
    """Give static fields their cells; of others say of what class they are declared to be."""
    names = file.code.body.names
    for name, field in outline.fields.items():
        if field.static and (is_tracked(field.type) or field.type == STRING):
            field.value = names[name] = file.code.new()
        kind = field.type
        private = field.symbol >= 0 and file.facts.symbols[field.symbol].visibility == "private"
        if not private and kind is not None and kind.name != ARRAY and kind.name not in UNTOLD:
            value = file.type_value(kind.name, outline.node)
            if value != NOTHING:
                names[declared_name(name)] = value


def anonymous_class(
    file: JavaFile, body: Node, kind: Type, type_node: Node, arity: int, name: str | None = None
) -> tuple[Value, Outline]:
    """Lower a class without a name of its own, which is made with so many arguments; return the class."""
    symbol = anonymous_symbol(file, body, file.code.scope, name)
    around = next((one.outline for one in file.code.chain if one.outline is not None), None)
    outline = Outline(file.facts.symbols[symbol].name, "class", body, body, around, symbol=symbol)
    outline.bases = [(kind, type_node)]
    outline.arity = arity
    fill_outline(outline, file.source)
    link_outlines(outline.inner.values(), file.top)
    _add_super(outline, file.find_outline(kind.name), kind.name)
    add_field_symbols(file, outline)
    for inner in outline.inner.values():
        if (body.start_byte, "inner") not in file.known_symbols:
            add_type_symbols(file, inner, symbol)
    reserve(file, [outline])
    _lower_class(file, outline)
    return outline.value, outline
