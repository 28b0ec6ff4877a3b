"""Lowers `import` and `export`, and fills in what a module gives to others.

An ES module's body has the names it exports, `default` among them. Any other file has the names of its outermost block,
which are globals. A file that uses `module.exports` or `exports` has the name `module.exports`: a module that has
it *is* that value, so `require` and a default import give it, and a named import reads an attribute of it. Its name
`default` is the same value for the default import.
"""

from tree_sitter import Node

from yantra_bot.domain.graph import NodeKind, Visibility
from yantra_bot.graphdb.facts import NOTHING, Op, Value
from yantra_bot.graphdb.languages.javascript.classes import CLASSES, make_class
from yantra_bot.graphdb.languages.javascript.expressions import first_expression, literal_of
from yantra_bot.graphdb.languages.javascript.functions import FUNCTIONS, make_function
from yantra_bot.graphdb.languages.javascript.names import MODULE_EXPORTS, exports_variable, lower_identifier
from yantra_bot.graphdb.languages.javascript.scan import pattern_names
from yantra_bot.graphdb.languages.javascript.state import FileState, Handler
from yantra_bot.graphdb.languages.javascript.writer import Writer
from yantra_bot.graphdb.languages.lowering import site_of

DEFAULT = "default"


def _specifier(low: Writer, node: Node) -> tuple[str, Node] | None:
    source = node.child_by_field_name("source")
    if source is None:
        return None
    text = literal_of(low, source)
    return (text, source) if isinstance(text, str) and text else None


def hoist_imports(low: Writer, statements: list[Node]) -> None:
    """Bind what the file imports: imports run before everything else."""
    for node in statements:
        if node.type == "import_statement":
            low.file.is_esm = True
            _lower_import(low, node)
        elif node.type == "export_statement":
            low.file.is_esm = True


def _lower_import(low: Writer, node: Node) -> None:
    required = next((child for child in node.named_children if child.type == "import_require_clause"), None)
    found = _specifier(low, required or node)
    if found is None:
        return
    specifier, source = found
    if required is not None:
        _import_whole(low, specifier, source, required)
        return
    clause = next((child for child in node.named_children if child.type == "import_clause"), None)
    if clause is None:
        _import_module(low, specifier, source)
        return
    for child in clause.named_children:
        if child.type == "identifier":
            _import_name(low, specifier, DEFAULT, child, child)
        elif child.type == "namespace_import":
            _import_whole(low, specifier, source, child)
        elif child.type == "named_imports":
            for one in child.named_children:
                name = one.child_by_field_name("name")
                if name is not None:
                    _import_name(low, specifier, _plain(low, name), name, one.child_by_field_name("alias") or name)


def _import_whole(low: Writer, specifier: str, source: Node, clause: Node) -> None:
    name = first_expression(clause)
    if name is not None:
        _bind_import(low, name, low.file.text(name), _import_module(low, specifier, source))


def _plain(low: Writer, name: Node) -> str:
    """Return a name of an import or export clause, which may stand in quotes."""
    return low.file.text(name).strip("'\"")


def _import_module(low: Writer, specifier: str, source: Node) -> Value:
    value = low.new()
    low.ops.append((Op.IMPORT, value, specifier, site_of(source)))
    return value


def _import_from(low: Writer, specifier: str, name: str, node: Node) -> Value:
    value, place = low.new(), site_of(node)
    low.ops.append((Op.IMPORT_FROM, value, specifier, name, place))
    low.ops.append((Op.IMPORTED, value, name, place))
    return value


def _import_name(low: Writer, specifier: str, name: str, node: Node, local: Node) -> None:
    _bind_import(low, local, low.file.text(local), _import_from(low, specifier, name, node))


def _bind_import(low: Writer, node: Node, name: str, value: Value) -> None:
    variable = low.declare(name, 0, len(low.file.source), fixed=True)
    variable.imported = True
    low.file.add_symbol(NodeKind.IMPORT, name, low.body.owner, node)
    low.assign(variable, value)


def lower_export(low: Writer, node: Node) -> Value:
    """Lower `export …`; inside of a function, where it is a mistake, only what it holds."""
    if low is not low.file.module:
        return low.parts(node)
    found = _specifier(low, node)
    clause = next((child for child in node.named_children if child.type in ("export_clause", "namespace_export")), None)
    declaration, value = node.child_by_field_name("declaration"), node.child_by_field_name("value")
    words = {child.type for child in node.children if not child.is_named}
    if found is not None:
        _export_from(low, found[0], found[1], clause)
    elif clause is not None:
        _export_clause(low, clause)
    elif declaration is not None:
        _export_declaration(low, declaration, is_default=DEFAULT in words)
    elif value is not None:
        _export_value(low, value, is_default=True)
    elif "=" in words and (assigned := first_expression(node)) is not None:
        _export_value(low, assigned, is_default=False)
    return NOTHING


def _export_from(low: Writer, specifier: str, source: Node, clause: Node | None) -> None:
    exports = low.file.exports
    if clause is None:
        low.ops.append((Op.IMPORT_STAR, specifier, site_of(source)))
    elif clause.type == "namespace_export":
        name = first_expression(clause)
        if name is not None:
            exports[_plain(low, name)] = _import_module(low, specifier, source)
    else:
        for one in clause.named_children:
            name = one.child_by_field_name("name")
            if name is not None:
                alias = one.child_by_field_name("alias") or name
                exports[_plain(low, alias)] = _import_from(low, specifier, _plain(low, name), name)


def _export_clause(low: Writer, clause: Node) -> None:
    for one in clause.named_children:
        name = one.child_by_field_name("name")
        if name is not None:
            alias = one.child_by_field_name("alias") or name
            low.file.exported_locals.append((_plain(low, alias), low.file.text(name)))


def _export_declaration(low: Writer, node: Node, *, is_default: bool) -> None:
    low.value(node)
    if node.type in ("lexical_declaration", "variable_declaration"):
        targets = [one.child_by_field_name("name") for one in node.named_children if one.type == "variable_declarator"]
        names = [low.file.text(name) for target in targets if target is not None for name in pattern_names(target)]
    else:
        inner = first_expression(node) if node.type == "ambient_declaration" else node
        own = inner.child_by_field_name("name") if inner is not None else None
        names = [low.file.text(own).split(".")[0]] if own is not None else []
    low.file.exported_locals.extend((DEFAULT if is_default else name, name) for name in names)


def _export_value(low: Writer, node: Node, *, is_default: bool) -> None:
    """Lower `export default x`, and TypeScript's `export = x`."""
    if node.type in FUNCTIONS and node.child_by_field_name("name") is None:
        value = make_function(low, node, name=DEFAULT)
    elif node.type in CLASSES:
        value = make_class(low, node, name=DEFAULT)
    else:
        value = lower_identifier(low, node) if node.type == "identifier" else low.value(node)
    if not is_default:
        low.assign(exports_variable(low), value)
    elif value != NOTHING:
        low.file.exports[DEFAULT] = value


def finish_module(file: FileState) -> None:
    """Fill in the module's names, when all its code is lowered."""
    module, names = file.module, file.module.body.names
    top = file.module_scope.names
    if file.is_esm:
        for exported, local in file.exported_locals:
            variable = top.get(local)
            value = module.cell_of(variable) if variable is not None else NOTHING
            if value != NOTHING:
                file.exports.setdefault(exported, value)
        names.update(file.exports)
        module.body.exports = [name for name in names if name != DEFAULT]
        _hide_unexported(file)
    elif not file.is_commonjs:
        for name, variable in top.items():
            value = module.cell_of(variable)
            if value != NOTHING and not variable.imported:
                names[name] = value
    whole = top.get(MODULE_EXPORTS)
    value = module.cell_of(whole) if whole is not None else NOTHING
    if value != NOTHING:
        names[MODULE_EXPORTS] = value
        names.setdefault(DEFAULT, _default_of(file, value))


def _default_of(file: FileState, value: Value) -> Value:
    """Return what a default import of a CommonJS module gives: what it exports, or that value's `default`."""
    if b"default" not in file.source:
        return value
    module = file.module
    inner, both = module.new(), module.new()
    module.ops.append((Op.ATTR, inner, value, DEFAULT, 0))
    module.copy(both, value)
    module.copy(both, inner)
    return both


def _hide_unexported(file: FileState) -> None:
    """What an ES module does not export is its own."""
    shown = {local for _, local in file.exported_locals} | {DEFAULT}
    for symbol in file.facts.symbols[1:]:
        if symbol.parent == 0 and symbol.name not in shown and symbol.kind not in _NEUTRAL:
            symbol.visibility = Visibility.PRIVATE.value


_NEUTRAL = frozenset({NodeKind.IMPORT.value, NodeKind.LAMBDA.value, NodeKind.TEST.value})
HANDLERS: dict[str, Handler] = {"export_statement": lower_export, "import_statement": lambda _low, _node: NOTHING}
