"""Java: types, methods, lambdas, packages, lowered to facts.

Methods are stored in their class under `name/arity` (variable arguments: `name/*`), under `name/arity(types)` and, all
of a name, under `name::`; a constructor is `<init>`, static initialisers are `<clinit>`. What the compiler adds to a
record belongs to the class's own symbol, so no call of it names a method that nobody wrote.
"""

from collections.abc import Sequence
from functools import cache

from tree_sitter import Language as Grammar
from tree_sitter import Node, Tree

from yantra_bot.domain.graph import NodeKind
from yantra_bot.graphdb.facts import FileFacts, Op
from yantra_bot.graphdb.languages import Linker, Read
from yantra_bot.graphdb.languages.java.calls import call_method
from yantra_bot.graphdb.languages.java.classes import anonymous_class, declare_type, link_outlines, reserve
from yantra_bot.graphdb.languages.java.code import JavaFile
from yantra_bot.graphdb.languages.java.creation import create_object
from yantra_bot.graphdb.languages.java.expressions import EXPRESSIONS
from yantra_bot.graphdb.languages.java.functions import lower_lambda, lower_reference
from yantra_bot.graphdb.languages.java.linker import JavaLinker
from yantra_bot.graphdb.languages.java.outline import TYPE_NODES, outline_type
from yantra_bot.graphdb.languages.java.patterns import PATTERNS
from yantra_bot.graphdb.languages.java.statements import STATEMENTS
from yantra_bot.graphdb.languages.java.storage import STORAGE
from yantra_bot.graphdb.languages.java.switches import lower_switch, lower_yield
from yantra_bot.graphdb.languages.java.symbols import add_type_symbols
from yantra_bot.graphdb.languages.java.types import split_path
from yantra_bot.graphdb.languages.lowering import find_syntax_errors, site_of

_EXPRESSIONS = {
    **EXPRESSIONS,
    **PATTERNS,
    **STORAGE,
    "method_invocation": call_method,
    "object_creation_expression": create_object,
    "lambda_expression": lower_lambda,
    "method_reference": lower_reference,
    "switch_expression": lower_switch,
}
_STATEMENTS = {**STATEMENTS, "yield_statement": lower_yield}


@cache
def grammar(suffix: str) -> Grammar:
    """Return Java's grammar."""
    import tree_sitter_java

    return Grammar(tree_sitter_java.language())


def make_linker(paths: Sequence[str], read: Read) -> Linker:
    """Return the linker for all Java files of a repository."""
    return JavaLinker(paths, read)


def lower(path: str, source: bytes, tree: Tree) -> FileFacts:
    """Return what a Java file says; never raises."""
    root = tree.root_node
    file = JavaFile(path, source)
    file.expressions, file.statements = _EXPRESSIONS, _STATEMENTS
    file.declare_type, file.anonymous_class = declare_type, anonymous_class
    file.begin_module(root, path.rpartition("/")[2].removesuffix(".java"))
    file.facts.problems += find_syntax_errors(root)
    for node in root.named_children:
        if node.type == "package_declaration":
            file.facts.package = "".join(file.text(node.named_children[-1]).split()) if node.named_child_count else ""
        elif node.type == "import_declaration":
            _lower_import(file, node)
        elif node.type in TYPE_NODES:
            outline = outline_type(node, source, None)
            if outline is not None:
                file.top.setdefault(outline.name, outline)
                if outline.cut:
                    file.note_depth()
    link_outlines(file.top.values(), file.top)
    reserve(file, file.top.values())
    for name, outline in file.top.items():
        file.module.body.names[name] = outline.value
    for outline in file.top.values():
        add_type_symbols(file, outline, 0)
    for outline in file.top.values():
        declare_type(file, outline)
    return file.facts


def _lower_import(file: JavaFile, node: Node) -> None:
    named = next((one for one in node.named_children if one.type in ("scoped_identifier", "identifier")), None)
    if named is None:
        return
    name = "".join(file.text(named).split())
    star = any(one.type == "asterisk" for one in node.named_children)
    static = any(one.type == "static" for one in node.children)
    if star and not static and not name.rpartition(".")[2][:1].isupper():
        file.emit(Op.IMPORT_STAR, name, site_of(named))
        return
    member = ""
    if static and not star:
        name, _, member = name.rpartition(".")
    package, names = split_path(name)
    value = file.code.new()
    file.emit(Op.IMPORT_FROM, value, f"{package}.{names[0]}", names[0], site_of(named))
    for part in names[1:]:
        value = file.read_attribute(value, part, named)
    _bind_import(file, value, names[-1], member, named, package=package, static=static, star=star)


def _bind_import(
    file: JavaFile, value: int, last: str, member: str, node: Node, *, package: str, static: bool, star: bool
) -> None:
    if star:
        file.static_stars.append(value)
    elif static:
        file.static_imports.setdefault(member, []).append(value)
        # `import static a.B.C` may name a nested class as well.
        if member[:1].isupper() and not member.isupper():
            file.imports[member] = file.read_attribute(value, member, node)
    else:
        file.imports[last] = value
        if package.startswith(("java.", "javax.")):
            file.library.add(last)
    if not star:
        file.add_symbol(NodeKind.IMPORT, member or last, 0, node)
