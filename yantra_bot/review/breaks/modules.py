"""Whether a module of the head still has a name, under the import that a place uses. When in doubt it has."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Final

from tree_sitter import Node

from yantra_bot.domain.graph import Language, NodeKind
from yantra_bot.graphdb.facts import FileFacts, Op
from yantra_bot.graphdb.languages import Linker, Paths, frontend_of, language_of
from yantra_bot.review.breaks.syntax import Trees, descend, enclosing, text
from yantra_bot.review.subject import Version

_DYNAMIC: Final = re.compile(rb"globals\(\)|sys\.modules\[|\bexec\(|lazy_loader|_lazy|deprecated_names")
_SCOPE: Final = re.compile(rb"\b(?:vars|locals)\(\)")
"""What a module may make names with where no function is around it."""
_IMPORTS: Final = frozenset({Op.IMPORT, Op.IMPORT_FROM, Op.IMPORT_STAR})
MAX_STARS = 20
_FAMILIES: Final = {Language.TYPESCRIPT: Language.JAVASCRIPT}
"""Languages whose files import each other have one linker."""
Bindings = dict[str, list[tuple[str, str]]]
"""By local name: what imports bind to it, (specifier, name in it or nothing)."""


class Modules:
    """The modules of one version, and what they provide."""

    def __init__(self, trees: Trees) -> None:
        self._trees = trees
        self._version: Version = trees.version
        self._linkers: dict[Language, Linker] = {}
        self._bindings: dict[str, Bindings] = {}

    @cached_property
    def _paths(self) -> dict[Language, list[str]]:
        found: dict[Language, list[str]] = {}
        for path in self._version.view.files or self._version.facts:
            language = language_of(path)
            if language is not None:
                found.setdefault(_FAMILIES.get(language, language), []).append(path)
        return found

    def locate(self, importer: str, specifier: str) -> Paths | None:
        """Return the files of the module that a file names so; None where it is none of the repository."""
        language = language_of(importer)
        if language is None:
            return None
        family = _FAMILIES.get(language, language)
        if family not in self._linkers:
            paths = self._paths.get(family, [])
            self._linkers[family] = frontend_of(importer).make_linker(paths, self._version.read)
        return self._linkers[family].locate(importer, specifier)

    def submodule(self, importer: str, module: Paths, name: str) -> Paths | None:
        """Return the module of a name inside of a module."""
        language = language_of(importer)
        linker = None if language is None else self._linkers.get(_FAMILIES.get(language, language))
        return None if linker is None else linker.submodule(module, name)

    def provides(self, importer: str, module: Paths, name: str) -> bool:
        """Tell whether a module may have a name: only where it certainly has not is this false."""
        return self._provides(importer, module, name, set())

    def _provides(self, importer: str, module: Paths, name: str, seen: set[str]) -> bool:
        if self.submodule(importer, module, name) is not None:
            return True
        return any(self._file_provides(path, name, seen) for path in module if path not in seen)

    def _file_provides(self, path: str, name: str, seen: set[str]) -> bool:
        seen.add(path)
        if path.endswith("/"):
            return False
        facts = self._version.facts.get(path)
        if facts is None or not facts.bodies or facts.problems or len(seen) > MAX_STARS:
            return True
        body = facts.bodies[0]
        names = body.names if facts.language is Language.PYTHON or body.exports is None else body.exports
        if name in names or name in body.names:
            return facts.language is not Language.PYTHON or not self._is_failing(facts, name, seen)
        if "__getattr__" in body.names:
            return True
        if facts.language is Language.PYTHON and self._makes_names(path):
            return True
        return any(self._star_provides(path, op[1], name, seen) for op in body.ops if op[0] == Op.IMPORT_STAR)

    def _makes_names(self, path: str) -> bool:
        """Tell whether a Python module may have names that its text does not bind."""
        data = self._version.read(path) or b""
        if _DYNAMIC.search(data):
            return True
        root = self._trees.root(path) if _SCOPE.search(data) else None
        calls = descend(root, "call") if root is not None else ()
        return any(
            _SCOPE.fullmatch(call.text or b"") is not None and enclosing(call, "function_definition", "lambda") is None
            for call in calls
        )

    def _star_provides(self, path: str, specifier: str, name: str, seen: set[str]) -> bool:
        module = self.locate(path, specifier)
        return module is None or self._provides(path, module, name, seen)

    def fails(self, path: str, specifier: str, name: str) -> bool:
        """Tell whether the import of a name certainly fails."""
        return self._fails(path, specifier, name, {path})

    def _fails(self, path: str, specifier: str, name: str, seen: set[str]) -> bool:
        module = self.locate(path, specifier) if name else None
        return module is not None and not self._provides(path, module, name, seen)

    def _is_failing(self, facts: FileFacts, name: str, seen: set[str]) -> bool:
        """Tell whether a module's name is bound by nothing but imports that fail."""
        bound = self.bindings(facts.path).get(name, [])
        if not bound or any(one.name == name and one.kind != NodeKind.IMPORT for one in facts.symbols):
            return False
        return all(self._fails(facts.path, *one, set(seen)) for one in bound)

    def bindings(self, path: str) -> Bindings:
        """Return what the imports of a Python file bind, anywhere in it."""
        if path not in self._bindings:
            root = self._trees.root(path)
            found: Bindings = {}
            for node in descend(root, "import_statement", "import_from_statement") if root is not None else ():
                for local, specifier, name in _read_import(node):
                    found.setdefault(local, []).append((specifier, name))
            self._bindings[path] = found
        return self._bindings[path]

    def is_script(self, path: str) -> bool:
        """Tell whether a file of JavaScript or TypeScript gives its names to all others: it is no module."""
        facts = self._version.facts.get(path)
        if facts is None or not facts.bodies or path.endswith(".d.ts"):
            return True
        body = facts.bodies[0]
        return not body.exports and not any(op[0] in _IMPORTS for op in body.ops)

    def has_star_import(self, path: str) -> bool:
        """Tell whether a file takes all names of some module."""
        facts = self._version.facts.get(path)
        return facts is None or any(op[0] == Op.IMPORT_STAR for body in facts.bodies for op in body.ops)


def _read_import(node: Node) -> Iterator[tuple[str, str, str]]:
    """Yield (local name, specifier, name in the module) of a Python import."""
    module = node.child_by_field_name("module_name")
    for one in node.children_by_field_name("name"):
        alias = one.child_by_field_name("alias")
        named = one.child_by_field_name("name") or one
        written = text(named)
        local = text(alias) if alias is not None else written
        if module is not None:
            yield local, text(module).replace(" ", ""), written
        elif alias is not None:
            yield local, written, ""
        else:
            yield local.partition(".")[0], local.partition(".")[0], ""
