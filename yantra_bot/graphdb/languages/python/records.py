"""Named tuples that a call makes: classes whose fields are what the call says. It knows no other classes."""

from typing import Final

from tree_sitter import Node

from yantra_bot.domain.graph import NodeKind
from yantra_bot.graphdb.facts import Body, BodyFlag, Op, Value
from yantra_bot.graphdb.languages.lowering import make_symbol
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


def add_fields(scope: Scope, inner: Scope, head: Node | None) -> None:
    """Give a class the fields of the named tuples that its bases make."""
    for base in children_of(head) if head is not None else ():
        for field in read_fields(scope, base):
            inner.body.flags |= BodyFlag.DATACLASS
            inner.fields.append(field)
            inner.assign(field, inner.new())
