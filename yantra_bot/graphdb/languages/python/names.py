"""What a name means where it is read: the scope's own version, a cell of a scope around it, or a free name."""

import re
import sys
from typing import Final

from tree_sitter import Node

from yantra_bot.domain.graph import NodeKind
from yantra_bot.graphdb.facts import NOTHING, BodyFlag, Op, Value
from yantra_bot.graphdb.languages.lowering import site_of
from yantra_bot.graphdb.languages.python.scope import UNBOUND, Scope
from yantra_bot.graphdb.languages.python.unit import BUILTINS

_IMPORT: Final = NodeKind.IMPORT.value
_MODULE_DUNDERS: Final = frozenset({"__name__", "__file__", "__doc__", "__package__", "__path__", "__spec__"})
_USED: Final = "used"
_NO_SYMBOL: Final = -1
_ALWAYS: Final = sys.maxsize


def read_name(scope: Scope, name: str, node: Node) -> Value:
    """Return the value of a name that is read at a node."""
    version = scope.env.get(name)
    if version is not None and name not in scope.shared and name not in scope.forced:
        return version if version >= 0 else NOTHING
    if name in scope.forced:
        return _read_forced(scope, name)
    if name in scope.shared and name in scope.defined:
        return _read_shared(scope, name)
    return read_outside(scope, name, node)


def _read_shared(scope: Scope, name: str) -> Value:
    """A name that inner bodies write: its own version only as long as none can have run."""
    last = scope.defined[name][-1]
    if last.calls >= scope.calls and scope.env.get(name) == last.value:
        return last.value
    return scope.cell(name)


def _read_forced(scope: Scope, name: str) -> Value:
    if scope.written.get(name) == scope.calls and scope.env.get(name, UNBOUND) >= 0:
        return scope.env[name]
    owner = scope.forced[name]
    return _read_cell(scope, owner, owner.cell(name))


def read_outside(scope: Scope, name: str, node: Node, *, of_class: bool = False) -> Value:
    """Return the value of a name that the scope itself does not bind.

    With of_class a class directly around counts as well, as it does for annotations.
    """
    found = scope.reads.get(name)
    if found is not None:
        return found
    running = scope.is_class
    inner, outer = scope, scope.parent
    while outer is not None:
        if name in inner.inline:
            return _keep(scope, name, _read_cell(scope, outer, inner.inline[name]))
        if (not outer.is_class or (of_class and inner is scope)) and _binds(outer, name):
            if running or outer.is_class:
                return _read_version(scope, outer, name)
            last = _last_call(outer, inner, name) if inner is scope else None
            return _keep(scope, name, _read_cell(scope, outer, outer.seen_from(name, inner.born, last)))
        running = running and outer.is_class
        inner, outer = outer, outer.parent
    if name in _MODULE_DUNDERS:
        return NOTHING
    value = scope.new()
    scope.emit((Op.FREE, value, name, site_of(node)))
    return _keep(scope, name, value)


def _last_call(outer: Scope, inner: Scope, name: str) -> int | None:
    """Return how many assignments came before the last call of a function; None where it may run at any time.

    That is known where the text names it nowhere but in its definition and in calls beside it.
    """
    unit = outer.unit
    function = unit.facts.symbols[inner.owner].name
    calls = outer.direct.get(function)
    if calls is None or name in outer.shared or (outer.is_module and unit.is_package):
        return None
    last = max(calls.values())
    if outer.defined[name][-1].number <= last or inner.body.flags & BodyFlag.ASYNC or _yields(inner):
        return None
    named = re.findall(rb"\b%s\b" % re.escape(function.encode()), _source_of(outer))
    return last if len(named) == len(calls) + 1 else None


def _yields(scope: Scope) -> bool:
    """Say whether a function may be a generator, whose code runs later; its body may not be lowered yet."""
    return b"yield" in _source_of(scope)


def _source_of(scope: Scope) -> bytes:
    source = scope.unit.source
    if scope.is_module:
        return source
    return next((source[one.start : one.end] for one in scope.unit.hashed if one.symbol == scope.owner), source)


def note_direct_call(scope: Scope, name: str, callee: Value, node: Node) -> None:
    """Note that a function which is made here is called by its name; in a loop what comes behind comes before, too."""
    if callee in scope.functions:
        scope.direct.setdefault(name, {})[node.start_byte] = _ALWAYS if scope.loops else scope.numbers


def _binds(scope: Scope, name: str) -> bool:
    return name in scope.defined or (name in scope.shared and name in scope.cells)


def _keep(scope: Scope, name: str, value: Value) -> Value:
    scope.reads[name] = value
    return value


def _read_version(scope: Scope, outer: Scope, name: str) -> Value:
    """What the body of a class reads while the body around it stands here."""
    version = outer.env.get(name, UNBOUND)
    if version < 0 or name in outer.shared:
        version = outer.cell(name)
    return _read_cell(scope, outer, version)


def _read_cell(scope: Scope, outer: Scope, value: Value) -> Value:
    if value < 0:
        return NOTHING
    found = scope.reads.get((outer.index, value))
    if found is None:
        found = scope.reads[outer.index, value] = scope.new()
        scope.emit((Op.OUTER, found, outer.index, value))
    return found


def class_value(scope: Scope) -> Value:
    """Return the value of the class that the code stands in."""
    inner: Scope | None = scope
    while inner is not None and not inner.is_class:
        inner = inner.parent
    if inner is None or inner.parent is None:
        return NOTHING
    if scope is inner.parent:
        return inner.class_object
    return _read_cell(scope, inner.parent, inner.class_object)


def find_symbol(scope: Scope, name: str) -> int:
    """Return the index of the symbol that a name means by scopes alone; -1 when it is a plain variable or free."""
    own = scope.symbols.get(name)
    if own is not None:
        return own
    if name in scope.env and name not in scope.forced:
        return _NO_SYMBOL
    found = scope.uses.get(name)
    if found is None:
        found = scope.uses[name] = _find_outside(scope, name)
    return found


def _find_outside(scope: Scope, name: str) -> int:
    outer = scope.parent
    while outer is not None:
        if not outer.is_class:
            own = outer.symbols.get(name)
            if own is not None:
                return own
            if name in outer.defined:
                return _NO_SYMBOL
        outer = outer.parent
    return _NO_SYMBOL


def is_free(scope: Scope, name: str) -> bool:
    """Say whether no scope of the file binds a name, as far as it is lowered."""
    if name in scope.env:
        return False
    around: Scope | None = scope
    while around is not None:
        if name in around.defined or name in around.inline:
            return False
        around = around.parent
    return True


def note_use(scope: Scope, name: str, value: Value, node: Node) -> None:
    """Note that an expression names something, where it is a symbol of this file or an imported one."""
    symbol = find_symbol(scope, name)
    if symbol >= 0:
        if scope.unit.facts.symbols[symbol].kind != _IMPORT:
            scope.emit((Op.USES, symbol, site_of(node)))
        elif value >= 0:
            scope.emit((Op.REF, value, name, site_of(node)))
    elif value >= 0 and name not in BUILTINS and scope.reads.get(name) == value and is_free(scope, name):
        scope.emit((Op.REF, value, name, site_of(node)))


def note_owner(scope: Scope, name: str, value: Value, node: Node) -> None:
    """Note the use of a name before a dot: of a module it is none, of an imported class it is one for each body."""
    symbol = find_symbol(scope, name)
    if symbol < 0 or scope.unit.facts.symbols[symbol].kind != _IMPORT:
        note_use(scope, name, value, node)
    elif value >= 0 and name in scope.unit.members and (_USED, name) not in scope.reads:
        scope.reads[_USED, name] = value
        scope.emit((Op.REF, value, name, site_of(node)))


def is_import(scope: Scope, name: str) -> bool:
    """Say whether a name is bound by an import."""
    symbol = find_symbol(scope, name)
    return symbol >= 0 and scope.unit.facts.symbols[symbol].kind == _IMPORT


def mangle(scope: Scope, name: str) -> str:
    """Return the name as a class's code means it: `__x` is `_Class__x`."""
    if scope.class_name and name.startswith("__") and not name.endswith("__"):
        return f"_{scope.class_name}{name}"
    return name
