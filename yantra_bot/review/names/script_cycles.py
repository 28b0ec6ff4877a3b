"""Circular imports of JavaScript and TypeScript that a change introduces, and whether one may fail while it loads.

Only `import` and `export … from` at the top of a module count: imports of types, `require` and `import()` do not.
"""

from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from yantra_bot.domain.findings import Finding, Severity
from yantra_bot.review.breaks.modules import Modules
from yantra_bot.review.breaks.syntax import Trees, text
from yantra_bot.review.names.cycles import find_rings, tell
from yantra_bot.review.names.loading import Step
from yantra_bot.review.names.look import Look
from yantra_bot.review.subject import Version

_SUFFIXES: Final = (".js", ".jsx", ".mjs", ".ts", ".tsx", ".mts")
_TYPED: Final = (".ts", ".tsx", ".mts")
_NAMES: Final = frozenset({"identifier", "shorthand_property_identifier"})
_LATER: Final = frozenset({
    "function_declaration", "generator_function_declaration", "arrow_function", "function_expression",
    "generator_function", "method_definition",
})  # fmt: skip
"""What does not run when the module is loaded."""
_FIELDS: Final = frozenset({"public_field_definition", "field_definition"})
_NO_VALUES: Final = frozenset({
    "import_statement", "export_specifier", "type_query", "nested_type_identifier", "type_annotation",
    "interface_declaration", "type_alias_declaration", "implements_clause", "type_arguments", "type_parameters",
})  # fmt: skip
_LATE: Final = frozenset({
    "lexical_declaration", "class_declaration", "abstract_class_declaration", "enum_declaration", "class", "object",
    "call_expression", "new_expression", "arrow_function",
})  # fmt: skip
"""What has its value only when loading has come to it; functions have it before."""


def find_script_cycles(look: Look) -> Iterator[Finding]:
    """Yield one finding for each ring of modules that an import of the change closes."""
    files = [file for file in look.subject.sources() if file.path.endswith(_SUFFIXES)]
    if files:
        head, base = Scripts(look.subject.head), Scripts(look.subject.base)
        for step, ring in find_rings(look, files, head, base):
            yield tell(look, step, ring, _weigh(head, ring))


def _weigh(scripts: "Scripts", ring: list[Step]) -> tuple[Severity, str, float]:
    """Judge a ring: whichever module is loaded first, the one that imports it runs before it."""
    failing = [(step, name) for step in ring if (name := scripts.needs(step))]
    if not failing:
        return Severity.INFO, "It loads, whichever comes first.", 0.9
    step, name = failing[0]
    why = f"`{step.path}` uses `{name}` of `{step.target}` while it is loaded, before that has a value"
    if len(failing) == len(ring):
        return Severity.ERROR, f"It fails, whichever is loaded first: {why}.", 0.85
    first = " or ".join(f"`{one.target}`" for one, _ in failing[:3])
    return Severity.WARNING, f"It fails where {first} is loaded first: {why}.", 0.8


class Scripts:
    """The modules of one version, and what each loads and uses while it is loaded."""

    def __init__(self, version: Version) -> None:
        self._trees = Trees(version)
        self._modules = Modules(self._trees)
        self._steps: dict[str, list[Step]] = {}

    def steps(self, path: str) -> list[Step]:
        """Return the imports that run when a file is loaded, one for each statement."""
        if path not in self._steps:
            root = self._trees.root(path) if path.endswith(_SUFFIXES) and not path.endswith(".d.ts") else None
            self._steps[path] = [] if root is None or root.has_error else list(self._read(path, root))
        return self._steps[path]

    def _read(self, path: str, root: Node) -> Iterator[Step]:
        used = set(_used(root, is_loading=False)) if path.endswith(_TYPED) else None
        for node in root.named_children:
            source = node.child_by_field_name("source")
            if source is None or not _runs(node, used):
                continue
            specifier = text(source).strip("'\"")
            module = self._modules.locate(path, specifier) if specifier[:1] == "." else None
            for target in module or ():
                is_code = target.endswith(_SUFFIXES) and not target.endswith(".d.ts")
                if target != path and is_code and self._gives_values(node, target):
                    yield Step(path, target, node.start_point[0] + 1)

    def _gives_values(self, node: Node, target: str) -> bool:
        """Tell whether what is exported again by name is a value: types leave nothing behind."""
        clause = next((one for one in node.named_children if one.type == "export_clause"), None)
        if clause is None or not target.endswith(_TYPED):
            return True
        declared = self._declared(target)
        return any(text(name) in declared for one in clause.named_children for name in one.named_children[:1])

    def needs(self, step: Step) -> str:
        """Return a name that a module takes from its target, uses while it is loaded, and that is no function."""
        root = self._trees.root(step.path)
        if root is None:
            return ""
        used = set(_used(root, is_loading=True))
        declared = self._declared(step.target)
        for node in root.named_children:
            if node.type == "import_statement" and node.start_point[0] + 1 == step.line:
                for name, local in _imported(node):
                    if local in used and declared.get(name) in _LATE:
                        return local
        return ""

    def _declared(self, path: str) -> dict[str, str]:
        """Return the values that a module exports by declaring them, with the kind of the declaration."""
        root = self._trees.root(path)
        found: dict[str, str] = {}
        for node in root.named_children if root is not None else ():
            declaration = node.child_by_field_name("declaration") or node.child_by_field_name("value")
            if node.type != "export_statement" or declaration is None:
                continue
            if any(child.type == "default" for child in node.children):
                found["default"] = declaration.type
                continue
            parts = [one for one in declaration.named_children if one.type == "variable_declarator"] or [declaration]
            for part in parts:
                name = part.child_by_field_name("name")
                if name is not None and declaration.type not in ("interface_declaration", "type_alias_declaration"):
                    found[text(name)] = declaration.type
        return found


def _runs(node: Node, used: set[str] | None) -> bool:
    """Tell whether an import or an export is there at run time. `used`: the names that TypeScript uses as values."""
    if any(child.type in ("type", "typeof") for child in node.children):
        return False
    if node.type != "import_statement" or used is None:
        return True
    names = [local for _, local in _imported(node)]
    has_clause = any(child.type == "import_clause" for child in node.named_children)
    return not has_clause or not used.isdisjoint(names)


def _imported(node: Node) -> Iterator[tuple[str, str]]:
    """Yield (name in the module, name here) of an import; of a namespace `*`."""
    for clause in node.named_children:
        for child in clause.named_children if clause.type == "import_clause" else ():
            if child.type == "identifier":
                yield "default", text(child)
            elif child.type == "namespace_import":
                yield "*", text(child.named_children[-1])
            for one in child.named_children if child.type == "named_imports" else ():
                name, alias = one.child_by_field_name("name"), one.child_by_field_name("alias")
                if name is not None and not any(part.type == "type" for part in one.children):
                    yield text(name), text(alias or name)


def _used(root: Node, *, is_loading: bool) -> Iterator[str]:
    """Yield the names that are used as values; while the module is loaded, or anywhere."""
    pending = list(root.named_children)
    while pending:
        node = pending.pop()
        if node.type in _NAMES:
            yield text(node)
        is_static = node.type not in _FIELDS or any(child.type == "static" for child in node.children)
        if node.type in _NO_VALUES or (is_loading and (node.type in _LATER or not is_static)):
            continue
        pending.extend(node.named_children)
