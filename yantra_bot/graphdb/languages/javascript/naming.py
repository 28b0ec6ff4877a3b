"""Names functions and classes after what they are stored in, as the language itself does.

`const f = () => …` is `f`, `F.prototype.m = function …` is `F.m`, `exports.g = …` is `g`, `this.h = …` in a constructor
is `Class.h`.
"""

from tree_sitter import Node

from yantra_bot.domain.graph import NodeKind
from yantra_bot.graphdb.facts import Value
from yantra_bot.graphdb.languages.javascript.classes import make_class
from yantra_bot.graphdb.languages.javascript.expressions import literal_of
from yantra_bot.graphdb.languages.javascript.functions import FUNCTIONS, NO_SYMBOL, make_function, this_symbol
from yantra_bot.graphdb.languages.javascript.names import MODULE_EXPORTS
from yantra_bot.graphdb.languages.javascript.writer import Writer

NAMED = FUNCTIONS | {"class"}
"""Expressions that take a name from what they are stored in."""
_EXPORTS = frozenset({"exports", MODULE_EXPORTS, "window", "globalThis", "global", "self"})


def name_function(low: Writer, function: Node, target: Node, span: Node) -> Value:
    """Make the function or class that is stored in a target, named after it."""
    name, parent = _name_after(low, target)
    if function.type == "class":
        return make_class(low, function, name=name, parent=parent)
    kind = NodeKind.FUNCTION
    if parent != NO_SYMBOL and low.file.symbol(parent).kind == NodeKind.CLASS.value:
        kind = NodeKind.METHOD
    return make_function(low, function, name=name, parent=parent, kind=kind, span=span if name else None)


def _name_after(low: Writer, target: Node) -> tuple[str, int]:
    """Return the name and the parent symbol that a target gives to a function; an empty name where it gives none."""
    file = low.file
    if target.type in ("identifier", "shorthand_property_identifier_pattern"):
        return file.text(target), NO_SYMBOL
    base, last = target.child_by_field_name("object"), target.child_by_field_name("property")
    if target.type == "subscript_expression":
        last = target.child_by_field_name("index")
        if last is None or not str(literal_of(low, last)).startswith("[Symbol."):
            return "", NO_SYMBOL
    elif target.type != "member_expression":
        return "", NO_SYMBOL
    if base is None or last is None:
        return "", NO_SYMBOL
    name, where = file.text(last), file.text(base)
    if target.type == "subscript_expression":
        name = f"[{name}]"
    if where == "module" and name == "exports":
        return "", NO_SYMBOL
    if where in _EXPORTS:
        return name, NO_SYMBOL
    if where == "this":
        return name, this_symbol(low)
    return name, _symbol_of(low, where)


def _symbol_of(low: Writer, path: str) -> int:
    """Return the symbol of a variable, or of what an object in it has (`o.a.b`, `F.prototype`)."""
    first, *rest = path.split(".")
    variable = low.scope.find(first)
    symbol = NO_SYMBOL if variable is None else variable.symbol
    for part in rest:
        if symbol >= 0 and part != "prototype":
            symbol = low.file.member(symbol, part)
    return symbol if symbol >= 0 else NO_SYMBOL


def object_symbol(low: Writer, target: Node) -> int:
    """Return the symbol whose members the functions of an object literal are that is stored in a target."""
    name, parent = _name_after(low, target)
    if not name or target.type != "member_expression":
        return _symbol_of(low, name) if name else NO_SYMBOL
    if name == "prototype":
        return parent
    parent = low.body.owner if parent == NO_SYMBOL else parent
    known = low.file.member(parent, name)
    return known if known >= 0 else low.file.add_symbol(NodeKind.VARIABLE, name, parent, target)
