"""Declares names of blocks before their code is lowered, and gives them what their declarations say."""

from collections.abc import Iterable

from tree_sitter import Node

from yantra_bot.domain.graph import NodeKind
from yantra_bot.graphdb.facts import NOTHING, BodyFlag, Op, Value
from yantra_bot.graphdb.languages.javascript.expressions import first_expression, key_of, literal_of
from yantra_bot.graphdb.languages.javascript.functions import make_function
from yantra_bot.graphdb.languages.javascript.literals import symbol_key
from yantra_bot.graphdb.languages.javascript.naming import NAMED, name_function
from yantra_bot.graphdb.languages.javascript.objects import has_functions, make_object
from yantra_bot.graphdb.languages.javascript.patterns import assign_pattern
from yantra_bot.graphdb.languages.javascript.scan import pattern_names
from yantra_bot.graphdb.languages.javascript.scopes import Scope, Variable
from yantra_bot.graphdb.languages.javascript.types import declare_types
from yantra_bot.graphdb.languages.javascript.writer import Writer
from yantra_bot.graphdb.languages.lowering import site_of

_FUNCTION_DECLARATIONS = frozenset({"function_declaration", "generator_function_declaration"})
_NAMED_DECLARATIONS = frozenset(
    {
        "class_declaration",
        "abstract_class_declaration",
        "enum_declaration",
        "interface_declaration",
        "type_alias_declaration",
        "internal_module",
        "module",
        "function_signature",
        "import_alias",
    }
)
_NESTING = frozenset(
    {
        "program",
        "statement_block",
        "if_statement",
        "else_clause",
        "for_statement",
        "for_in_statement",
        "while_statement",
        "do_statement",
        "try_statement",
        "catch_clause",
        "finally_clause",
        "switch_statement",
        "switch_body",
        "switch_case",
        "switch_default",
        "labeled_statement",
        "with_statement",
        "export_statement",
    }
)
_MOST_NESTED = 5000


def declare_pattern(low: Writer, pattern: Node, end: int, scope: Scope | None = None) -> None:
    """Declare all names that a pattern binds."""
    for name in pattern_names(pattern):
        low.declare(low.file.text(name), pattern.start_byte, end, scope=scope)


def bind_declared(low: Writer, target: Node, value: Value) -> None:
    """Give a declared name or pattern its value."""
    if target.type in ("identifier", "shorthand_property_identifier_pattern"):
        variable = low.scope.find(low.file.text(target))
        if variable is not None:
            low.assign(variable, value)
    else:
        assign_pattern(low, target, value, bind_declared)


def hoist_vars(low: Writer, body: Node) -> None:
    """Declare all `var` names of a function, wherever in it they stand. Only statements are looked at."""
    if b"var" not in low.file.source[body.start_byte : body.end_byte]:
        return
    pending = [body]
    seen = 0
    while pending and seen < _MOST_NESTED * 20:
        node = pending.pop()
        seen += 1
        for child in node.named_children:
            kind = child.type
            if kind == "variable_declaration":
                _declare_all(low, child, low.end, low.scope.outermost())
            elif kind in _NESTING:
                pending.append(child)
        if node.type == "for_in_statement" and any(child.type == "var" for child in node.children):
            left = node.child_by_field_name("left")
            if left is not None:
                declare_pattern(low, left, low.end, low.scope.outermost())


def _declare_all(low: Writer, declaration: Node, end: int, scope: Scope | None = None) -> None:
    for declarator in declaration.named_children:
        name = declarator.child_by_field_name("name")
        if name is not None:
            declare_pattern(low, name, end, scope)


def hoist_block(low: Writer, statements: Iterable[Node], end: int) -> None:
    """Declare what a block declares, and make its functions: they exist before the first statement runs."""
    functions = []
    for statement in statements:
        node = _declared(statement)
        kind = node.type
        if kind == "lexical_declaration":
            _declare_all(low, node, end)
        elif kind in _FUNCTION_DECLARATIONS:
            functions.append((node, statement))
        elif kind in _NAMED_DECLARATIONS:
            name = first_expression(node) if kind == "import_alias" else node.child_by_field_name("name")
            if name is not None and name.type != "string":
                _declare_top(low, low.file.text(name).split(".")[0], node.start_byte, end)
    made = [(node, statement, _declare_function(low, node, end)) for node, statement in functions]
    for node, statement, variable in made:
        if variable is not None:
            low.anchor = statement.start_byte
            _make_declared(low, node, variable)


def _declared(statement: Node) -> Node:
    """Return the declaration inside of `export …`, `declare …`, and the namespace that stands as an expression."""
    node = statement
    while node.type in ("export_statement", "ambient_declaration"):
        inner = node.child_by_field_name("declaration") or first_expression(node)
        if inner is None:
            break
        node = inner
    if node.type == "expression_statement":
        return next((one for one in node.named_children if one.type == "internal_module"), node)
    return node


def _declare_top(low: Writer, name: str, start: int, end: int) -> Variable:
    return low.declare(name, start, end)


def _declare_function(low: Writer, node: Node, end: int) -> Variable | None:
    name = node.child_by_field_name("name")
    if name is None:
        return None
    text = low.file.text(name)
    variable = low.declare(text, 0, end)
    top = low.scope.outermost()
    if top is not low.scope and text not in top.names:
        top.names[text] = variable
    return variable


def _make_declared(low: Writer, node: Node, variable: Variable) -> None:
    name = node.child_by_field_name("name")
    symbol = len(low.file.facts.symbols)
    value = make_function(low, node, name=variable.name, name_node=name)
    if value == NOTHING:
        return
    if variable.symbol < 0:
        variable.symbol = symbol
    low.assign(variable, value)


def lower_declaration(low: Writer, node: Node) -> Value:
    """Lower `const`, `let`, `var`."""
    for declarator in node.named_children:
        if declarator.type == "variable_declarator":
            _lower_declarator(low, declarator)
    return NOTHING


def _lower_declarator(low: Writer, node: Node) -> None:
    target, given = node.child_by_field_name("name"), node.child_by_field_name("value")
    if target is None:
        return
    declared = node.child_by_field_name("type")
    if target.type != "identifier":
        if given is not None:
            bind_declared(low, target, low.value(given))
            _mark_names(low, target, node, imported=_is_required(low, given))
        return
    variable = low.scope.find(low.file.text(target))
    if variable is None:
        return
    value = _declared_value(low, node, target, given, variable)
    if declared is not None:
        typed = low.new()
        if declare_types(low, declared, typed):
            low.copy(typed, value)
            value = typed
    if given is not None or value != NOTHING:
        low.assign(variable, value)


def _declared_value(low: Writer, node: Node, target: Node, given: Node | None, variable: Variable) -> Value:
    symbols = len(low.file.facts.symbols)
    if given is not None and given.type in NAMED:
        value = name_function(low, given, target, node)
        if variable.symbol < 0 and value != NOTHING:
            variable.symbol = symbols
        return value
    imported = given is not None and _is_required(low, given)
    symbol = _variable_symbol(low, variable, node, target, imported=imported)
    if given is None:
        return NOTHING
    if variable.fixed:
        variable.literal = symbol_key(low, variable.name, given) or key_of(literal_of(low, given))
    if given.type == "object" and (symbol >= 0 or has_functions(given)):
        if symbol < 0:
            symbol = low.file.add_symbol(NodeKind.VARIABLE, variable.name, low.body.owner, node, target)
        return make_object(low, given, symbol)
    return low.value(given)


def _is_required(low: Writer, given: Node) -> bool:
    """Say whether a value is what the module loader gives: `require('x')`, also an attribute of it."""
    while given.type == "member_expression" and (base := given.child_by_field_name("object")) is not None:
        given = base
    function = given.child_by_field_name("function") if given.type == "call_expression" else None
    return function is not None and low.file.text(function) == "require" and low.scope.find("require") is None


def _variable_symbol(low: Writer, variable: Variable, node: Node, target: Node, *, imported: bool = False) -> int:
    """Give a variable of a module (or a namespace) its symbol, once; -1 for variables of functions."""
    if variable.symbol >= 0:
        return variable.symbol
    if not low.body.flags & (BodyFlag.MODULE | BodyFlag.CLASS) or not low.scope.top:
        return -1
    variable.imported = imported
    kind = NodeKind.IMPORT if imported else NodeKind.VARIABLE
    symbol = low.file.add_symbol(kind, variable.name, low.body.owner, node, target)
    low.file.describe(symbol, node, anchor=low.anchor)
    variable.symbol = symbol
    return symbol


def _mark_names(low: Writer, pattern: Node, node: Node, *, imported: bool) -> None:
    for name in pattern_names(pattern):
        variable = low.scope.find(low.file.text(name))
        if variable is None or variable.owner is not low:
            continue
        _variable_symbol(low, variable, node, name, imported=imported)
        if imported and variable.value != NOTHING:
            low.ops.append((Op.IMPORTED, variable.value, variable.name, site_of(name)))
