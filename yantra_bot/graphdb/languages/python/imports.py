"""Import statements and `__all__`."""

from typing import Final

from tree_sitter import Node

from yantra_bot.domain.graph import NodeKind
from yantra_bot.graphdb.facts import Op
from yantra_bot.graphdb.languages.lowering import make_symbol, site_of
from yantra_bot.graphdb.languages.python.literals import read_string
from yantra_bot.graphdb.languages.python.scope import Run, Scope

_SEQUENCES: Final = frozenset({"list", "tuple", "set", "expression_list"})
_NAME_LIMIT: Final = 200


def _lower_import(scope: Scope, node: Node) -> None:
    """`import a.b.c` binds `a`; `import a.b as x` binds the module itself."""
    unit = scope.unit
    for child in node.named_children:
        if child.type == "aliased_import":
            parts = child.named_children
            dotted, bound = unit.text(parts[0]), unit.text(parts[-1])
            imported = dotted
        elif child.type == "dotted_name":
            dotted = unit.text(child)
            imported = bound = dotted.partition(".")[0]
        else:
            continue
        value = scope.new()
        scope.emit((Op.IMPORT, value, imported, site_of(child)))
        if imported != dotted:
            scope.emit((Op.IMPORT, scope.new(), dotted, site_of(child)))
        unit.imported.setdefault(bound, imported)
        _add_symbol(scope, bound, child, node)
        scope.assign(bound, value)


def _lower_import_from(scope: Scope, node: Node) -> None:
    unit = scope.unit
    module = node.child_by_field_name("module_name")
    if module is None:
        return
    specifier = unit.text(module).replace(" ", "")
    for child in node.named_children:
        kind = child.type
        if kind == "wildcard_import":
            scope.emit((Op.IMPORT_STAR, specifier, site_of(module)))
        elif kind == "aliased_import":
            parts = child.named_children
            _bind_member(scope, node, child, specifier, (unit.text(parts[0]), unit.text(parts[-1])))
        elif kind == "dotted_name" and child.start_byte != module.start_byte:
            name = unit.text(child)
            _bind_member(scope, node, child, specifier, (name, name))


def _bind_member(scope: Scope, node: Node, child: Node, specifier: str, names: tuple[str, str]) -> None:
    name, bound = names
    value = scope.new()
    if specifier == "." and scope.unit.is_package:
        # A package that imports from itself means a module in it.
        scope.emit((Op.IMPORT, value, f".{name}", site_of(child)))
    else:
        scope.emit((Op.IMPORT_FROM, value, specifier, name, site_of(child)))
    scope.emit((Op.IMPORTED, value, name, site_of(child)))
    scope.unit.imported.setdefault(bound, f"{specifier}.{name}")
    scope.unit.members.add(bound)
    _add_symbol(scope, bound, child, node)
    scope.assign(bound, value)


def _add_symbol(scope: Scope, name: str, child: Node, node: Node) -> None:
    symbol = make_symbol(NodeKind.IMPORT.value, name, scope.owner, node, child)
    scope.symbols[name] = scope.unit.add_symbol(symbol)


def set_exports(scope: Scope, node: Node) -> None:
    """Note `__all__ = [...]`."""
    scope.body.exports = []
    _add_exports(scope, node)


def extend_exports(scope: Scope, nodes: list[Node]) -> None:
    """Note `__all__ += [...]`, `__all__.append("x")`, `__all__.extend([...])`."""
    if scope.body.exports is None:
        scope.body.exports = []
    for node in nodes:
        _add_exports(scope, node)


def _add_exports(scope: Scope, node: Node) -> None:
    exports = scope.body.exports
    pending = [node]
    while pending:
        one = pending.pop()
        if one.type in {"string", "concatenated_string"}:
            name = read_string(scope, one, _NAME_LIMIT)
            if name and exports is not None:
                exports.append(name)
        elif one.type in _SEQUENCES or one.type in {"binary_operator", "parenthesized_expression"}:
            pending.extend(reversed(one.named_children))


IMPORTS: Final[dict[str, Run]] = {
    "import_statement": _lower_import,
    "import_from_statement": _lower_import_from,
}
