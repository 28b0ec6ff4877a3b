"""Classes that a call makes: named tuples, and `type("Name", (Base,), {...})`. It knows no class statements."""

from typing import Final

from tree_sitter import Node

from yantra_bot.domain.graph import NodeKind
from yantra_bot.graphdb.facts import Body, BodyFlag, Op, Value
from yantra_bot.graphdb.languages.lowering import make_symbol, site_of
from yantra_bot.graphdb.languages.python.decorators import dotted_name
from yantra_bot.graphdb.languages.python.expressions import children_of
from yantra_bot.graphdb.languages.python.literals import read_path
from yantra_bot.graphdb.languages.python.scope import Scope
from yantra_bot.graphdb.languages.python.symbols import visibility_of
from yantra_bot.graphdb.languages.python.unit import Hashed

RECORD_NAMES: Final = frozenset({"namedtuple", "NamedTuple"})
_RECORDS: Final = frozenset({"collections.namedtuple", "typing.NamedTuple", "typing_extensions.NamedTuple"})
_SEQUENCES: Final = frozenset({"list", "tuple"})


def read_fields(scope: Scope, call: Node) -> list[str]:
    """Return the fields of the named tuple that a call makes; none where it makes something else."""
    if call.type != "call" or dotted_name(scope, call.children[0]) not in _RECORDS:
        return []
    arguments = children_of(call.children[-1])
    if len(arguments) < 2:
        return []
    fields = arguments[1]
    if fields.type in _SEQUENCES:
        return [name for one in children_of(fields) if (name := _name_of(scope, one))]
    return (read_path(scope, fields) or "").replace(",", " ").split()


def _name_of(scope: Scope, node: Node) -> str | None:
    """A field is named by a string, or by the first part of a pair of name and type."""
    parts = children_of(node) if node.type == "tuple" else [node]
    return read_path(scope, parts[0]) if parts else None


def make_record(scope: Scope, call: Node) -> Value | None:
    """Return the class that `P = namedtuple("P", ...)` makes; None for what is no such assignment."""
    statement = call.parent
    target = statement.child_by_field_name("left") if statement is not None else None
    fields = read_fields(scope, call)
    if statement is None or target is None or target.type != "identifier" or not fields:
        return None
    unit, name = scope.unit, scope.unit.text(target)
    symbol = make_symbol(NodeKind.CLASS.value, name, scope.owner, statement, target)
    symbol.visibility = visibility_of(name)
    index = scope.symbols[name] = unit.add_symbol(symbol)
    inner = Scope(unit, Body(index, scope.index, BodyFlag.CLASS | BodyFlag.DATACLASS), scope, scope.tables)
    unit.hashed.append(Hashed(index, statement.start_byte, statement.end_byte, inner.cuts))
    unit.fields[index] = fields
    inner.body.names.update((field, inner.new()) for field in fields)
    value = inner.class_object = scope.new()
    scope.emit((Op.CLASS, value, inner.index, (), ()))
    return value


def make_class(scope: Scope, call: Node, given: list[Value]) -> Value | None:
    """Return the class that `C = type("C", bases, members)` makes; None where its parts are not written out.

    Without an assignment its name is the one in the call.
    """
    bases, members = scope.tuples.get(given[1]), _members_of(scope, given[2])
    statement = call.parent
    target = statement.child_by_field_name("left") if statement is not None else None
    name_node = target if target is not None and target.type == "identifier" else children_of(call.children[-1])[0]
    name = scope.unit.text(name_node) if name_node is target else read_path(scope, name_node)
    if bases is None or members is None or not name or not name.isidentifier() or name in scope.symbols:
        return None
    unit = scope.unit
    symbol = make_symbol(NodeKind.CLASS.value, name, scope.owner, call, name_node)
    symbol.visibility = visibility_of(name)
    index = unit.add_symbol(symbol)
    if name_node is target:
        scope.symbols[name] = index
    inner = Scope(unit, Body(index, scope.index, BodyFlag.CLASS), scope, scope.tables)
    unit.hashed.append(Hashed(index, call.start_byte, call.end_byte, inner.cuts))
    for member, value in members.items():
        inner.body.names[member] = inner.new()
        inner.emit((Op.OUTER, inner.body.names[member], scope.index, value))
    value = inner.class_object = scope.new()
    written = tuple((base, site_of(call), "") for base in bases if base >= 0)
    scope.emit((Op.CLASS, value, inner.index, written, ()))
    return value


def _members_of(scope: Scope, value: Value) -> dict[str, Value] | None:
    """Return what is in a dict that the scope has made, under names; None for any other value."""
    for op in reversed(scope.body.ops):
        if op[0] == Op.NEW and op[1] == value:
            return {key: one for key, one in op[3] if isinstance(key, str)}
        if op[0] == Op.CALL and op[1] == value:
            return dict(op[5]) if op[5] and not op[4] else None
    return None


def add_fields(scope: Scope, inner: Scope, head: Node | None) -> None:
    """Give a class the fields of the named tuples that its bases make."""
    for base in children_of(head) if head is not None else ():
        for field in read_fields(scope, base):
            inner.body.flags |= BodyFlag.DATACLASS
            inner.fields.append(field)
            inner.assign(field, inner.new())
