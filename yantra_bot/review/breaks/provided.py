"""Whether a reference to something that is gone still finds its name in the head, as the place is written."""

from tree_sitter import Node

from yantra_bot.domain.findings import Side
from yantra_bot.domain.graph import CONFIDENCE, Evidence, Language, NodeKind, Symbol
from yantra_bot.graphdb.languages import Paths
from yantra_bot.review.breaks.calls import receiver_of
from yantra_bot.review.breaks.classes import Classes
from yantra_bot.review.breaks.modules import Modules
from yantra_bot.review.breaks.references import Context, Reference
from yantra_bot.review.breaks.script_globals import GLOBALS
from yantra_bot.review.breaks.syntax import ancestors, descend, enclosing, text

FLOW = CONFIDENCE[Evidence.FLOW]
_SCRIPTS = frozenset({Language.JAVASCRIPT, Language.TYPESCRIPT})
_CONTAINERS = frozenset({NodeKind.CLASS, NodeKind.TYPE})
_UNREAD = frozenset({"macro_invocation", "token_tree", "ambient_declaration"})
_STORES = frozenset({"assignment", "augmented_assignment", "delete_statement", "for_statement", "as_pattern"})


class Provided:
    """What the head still provides."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.modules = Modules(context.head)
        self.classes = Classes(context.head)
        self._base_classes = Classes(context.base)
        self._view = context.subject.head.view

    def is_gone(self, reference: Reference, symbol: Symbol, name: Node) -> bool:
        """Tell whether a name in the head can certainly not be found: `symbol` is what it stood for in the base."""
        if self._is_resolved(reference, symbol, text(name)):
            return False
        if reference.language is Language.GO:
            return self._is_go_gone(name, symbol)
        owner = self._owner(symbol)
        if owner is not None and owner.kind in _CONTAINERS:
            return self._is_member_gone(reference, name, symbol, owner)
        if owner is None or owner.kind not in (NodeKind.MODULE, NodeKind.FILE):
            return False
        if reference.language is Language.PYTHON:
            return self._is_name_gone(reference.place[0], name, symbol)
        return self._is_export_gone(reference, name, symbol)

    def _is_resolved(self, reference: Reference, symbol: Symbol, name: str) -> bool:
        """Tell whether the head's graph knows a target there: something took the place of what is gone.

        What scripts use and nobody declares the graph takes for a global of the language's surroundings; so it does of
        Java for a member of a base that is outside of the repository.
        """
        edges = self._context.edges_at(Side.HEAD, reference.place)
        if reference.language in _SCRIPTS and any(edge.target == f"::<builtin>.{name}" for edge in edges):
            return self._is_global(name)
        is_own = self._context.is_own(symbol, reference.place[0])
        for edge in edges:
            if is_own and edge.target.startswith("::"):
                continue
            row = self._view.index_of(edge.target)
            kind = None if row is None else self._view.symbol(row).kind
            if edge.kind is reference.kind and kind is not None and kind is not NodeKind.MODULE:
                return True
        return False

    def _is_global(self, name: str) -> bool:
        """Tell whether scripts may have a name that they do not declare."""
        if name in GLOBALS or self._context.subject.base.view.index_of(f"::<builtin>.{name}") is not None:
            return True
        found = (self._view.symbol(row) for row in self._view.find(name))
        return any(self.modules.is_script(one.path) for one in found if one.language in _SCRIPTS)

    def _owner(self, symbol: Symbol) -> Symbol | None:
        """Return what a symbol of the base was declared in, as it is in the head, else as it was in the base."""
        if symbol.parent is None:
            return None
        file = self._context.lines.file_of(symbol.path)
        keys = [symbol.parent]
        if file is not None:
            keys.insert(0, f"{file.path}::{symbol.parent.partition('::')[2]}")
        for view, key in ((self._view, keys[0]), (self._context.subject.base.view, keys[-1])):
            row = view.index_of(key)
            if row is not None:
                return view.symbol(row)
        return None

    # Members of classes

    def _is_member_gone(self, reference: Reference, name: Node, symbol: Symbol, owner: Symbol) -> bool:
        is_python = symbol.language is Language.PYTHON
        if is_python and (receiver_of(name) is None or _is_stored(name)):
            return False
        if text(name) != symbol.name or self._view.index_of(owner.key) is None:
            return False
        is_own = self._context.is_own(symbol, reference.place[0])
        return not self.classes.may_have(owner, symbol.name, self._others(reference, symbol), is_own=is_own)

    def _others(self, reference: Reference, symbol: Symbol) -> set[str]:
        """Return the subclasses that had a member of their own: an edge by flow to this one does not mean them."""
        if reference.confidence < FLOW or symbol.parent is None:
            return set()
        view = self._context.subject.base.view
        row = view.index_of(symbol.parent)
        below = [] if row is None else self._base_classes.descendants(view.symbol(row)) or []
        own = (one for one in below if self._base_classes.member(one, symbol.name) is not None)
        return {one.key for one in own if one.key != symbol.parent}

    # Names of modules, Python

    def _is_name_gone(self, path: str, name: Node, symbol: Symbol) -> bool:
        statement = enclosing(name, "import_from_statement")
        if statement is not None:
            return self._is_import_gone(path, statement, text(name))
        receiver = receiver_of(name)
        if receiver is not None:
            module = self._module_of(path, receiver)
            is_read = text(name) == symbol.name and not _is_stored(name)
            return is_read and module is not None and not self.modules.provides(path, module, symbol.name)
        return self._is_binding_gone(path, name, symbol)

    def _is_import_gone(self, path: str, statement: Node, name: str) -> bool:
        module = statement.child_by_field_name("module_name")
        found = None if module is None else self.modules.locate(path, text(module).replace(" ", ""))
        return found is not None and not self.modules.provides(path, found, name)

    def _module_of(self, path: str, receiver: Node) -> Paths | None:
        """Return the module that a dotted expression names by the imports of its file; None for anything else."""
        first, *rest = text(receiver).split(".")
        bound = self.modules.bindings(path).get(first, [])
        if len(set(bound)) != 1 or not first.isidentifier():
            return None
        specifier, name = bound[0]
        module = self.modules.locate(path, specifier)
        for part in [*([name] if name else []), *rest]:
            module = None if module is None else self.modules.submodule(path, module, part)
        return module

    def _is_binding_gone(self, path: str, name: Node, symbol: Symbol) -> bool:
        """Tell whether a bare name is bound by nothing but an import that fails, or not at all any more."""
        local = text(name)
        facts = self._context.subject.head.facts.get(path)
        if facts is None or not facts.bodies or facts.problems:
            return False
        bound = self.modules.bindings(path).get(local, [])
        if bound:
            return all(self.modules.fails(path, *one) for one in bound)
        if local != symbol.name or self.modules.has_star_import(path):
            return False
        return not self.modules.provides(path, (path,), local) and not _is_rebound(name)

    # Names of modules, elsewhere

    def _is_export_gone(self, reference: Reference, name: Node, symbol: Symbol) -> bool:
        """Tell whether no top-level symbol of this name is left where the old one was.

        A package of Go or Java is its folder. What took its place elsewhere, the head's graph has found.
        """
        if text(name) != symbol.name or any(one.type in _UNREAD for one in ancestors(name)):
            return False
        file = self._context.lines.file_of(symbol.path)
        path = symbol.path if file is None else file.path
        if symbol.language is not Language.JAVA:
            return not self.modules.provides(path, (path,), symbol.name) if self._exists(path) else True
        return not self._is_in_folder(symbol)

    def _is_go_gone(self, name: Node, symbol: Symbol) -> bool:
        """Tell whether a package has a name, or a type in it a method, no more; its files may share them out anew."""
        if text(name) != last_part(symbol.name):
            return False
        owner = self._owner(symbol)
        if owner is not None and owner.kind in _CONTAINERS and self.classes.may_have(owner, symbol.name):
            return False
        return not self._is_in_folder(symbol)

    def _is_in_folder(self, symbol: Symbol) -> bool:
        folder, tail = symbol.path.rpartition("/")[0], _tail(symbol)
        rows = {*self._view.find(symbol.name), *self._view.find(last_part(symbol.name))}
        found = (self._view.symbol(row) for row in rows)
        return any(one.path.rpartition("/")[0] == folder and _tail(one) == tail for one in found)

    def _exists(self, path: str) -> bool:
        return self._context.subject.head.facts.get(path) is not None


def last_part(name: str) -> str:
    """Return a symbol's name as it is called: of Go's `Type.method`, in another file than the type's, the method's."""
    return name.rpartition(".")[2]


def _tail(symbol: Symbol) -> str:
    return symbol.key.partition("::")[2].partition("#")[0]


def _is_rebound(name: Node) -> bool:
    """Tell whether a function around a bare name binds it itself."""
    word = text(name)
    for outer in ancestors(name):
        if outer.type in ("function_definition", "lambda"):
            head = outer.child_by_field_name("parameters")
            if head is not None and any(text(one) == word for one in descend(head, "identifier")):
                return True
        is_scope = (
            outer.type in ("function_definition", "lambda", "generator_expression") or "comprehension" in outer.type
        )
        if is_scope and any(text(one) == word and _is_target(one) for one in descend(outer, "identifier")):
            return True
    return False


def _is_target(name: Node) -> bool:
    for outer in ancestors(name):
        if outer.type in ("as_pattern_target", "named_expression", "function_definition", "class_definition"):
            field = outer.child_by_field_name("name")
            return outer.type == "as_pattern_target" or (field is not None and field.id == name.id)
        left = outer.child_by_field_name("left")
        if left is not None and left.start_byte <= name.start_byte < left.end_byte:
            return outer.type in ("assignment", "augmented_assignment", "for_statement", "for_in_clause")
        if outer.type not in ("pattern_list", "tuple_pattern", "list_pattern", "list_splat_pattern"):
            return False
    return False


def _is_stored(name: Node) -> bool:
    """Tell whether an attribute is written or deleted, not read."""
    inner = name.parent
    for outer in ancestors(name):
        if outer.type in _STORES:
            left = outer.child_by_field_name("left")
            return outer.type == "delete_statement" or (left is not None and inner is not None and left.id == inner.id)
        if outer.type not in ("attribute", "pattern_list", "tuple_pattern", "list_pattern"):
            return False
        inner = outer
    return False
