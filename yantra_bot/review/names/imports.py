"""What the imports of a Python file ask of the repository's own modules, and which of it is not there.

It looks at one version at a time. A module that may have more names than its text binds is never said to lack one.
"""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from yantra_bot.graphdb.languages import Paths
from yantra_bot.review.names.exports import Exports
from yantra_bot.review.names.look import Place, is_silenced
from yantra_bot.review.names.python import PythonFile
from yantra_bot.review.names.scopes import BindingKind, Imported


class Want(StrEnum):
    """What is missing."""

    MODULE = "module"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that a file asks for and that is not there."""

    want: Want
    place: Place
    module: str
    """Dotted, as a person names it; for a name the module that lacks it, else the one that is missing."""
    name: str
    paths: Paths
    """Of the module that lacks the name; of a missing module the one around it."""
    spot: tuple[int, int]
    """The line, and the column in bytes, where the name is written."""
    node: ast.Import | ast.ImportFrom | None
    is_for_types: bool = False


class Imports:
    """The imports of one file."""

    def __init__(self, file: PythonFile, modules: Exports) -> None:
        self._file = file
        self._modules = modules

    def missing(self) -> Iterator[Missing]:
        """Yield what is certainly missing, in the order of the file."""
        for imported in self._file.reader.imports:
            if imported.is_guarded or is_silenced(self._file.line(imported.node.lineno)):
                continue
            if isinstance(imported.node, ast.ImportFrom):
                yield from self._from(imported, imported.node)
            else:
                yield from self._plain(imported, imported.node)
        yield from self._attributes()

    def _plain(self, imported: Imported, node: ast.Import) -> Iterator[Missing]:
        for alias in node.names:
            yield from self._module(imported, alias.name, (alias.lineno, alias.col_offset))

    def _from(self, imported: Imported, node: ast.ImportFrom) -> Iterator[Missing]:
        module = self._modules.locate(self._file.path, imported.specifier)
        if module is None:
            yield from self._module(imported, imported.specifier, (node.lineno, node.col_offset))
            return
        for alias in node.names:
            if alias.name != "*" and self._modules.has(module, alias.name) is False:
                spot = (alias.lineno, alias.col_offset)
                yield self._lacks(module, alias.name, spot, node, is_for_types=imported.is_for_types)

    def _module(self, imported: Imported, specifier: str, spot: tuple[int, int]) -> Iterator[Missing]:
        """Yield a module that is not in the repository's own package that it should be in."""
        if self._modules.locate(self._file.path, specifier) is not None:
            return
        around, name = _split(specifier)
        package = self._modules.locate(self._file.path, around) if around else None
        if package is None and around.strip("."):
            yield from self._module(imported, around, spot)
            return
        is_own = around.startswith(".") or around.partition(".")[0] not in sys.stdlib_module_names
        if package is None or not is_own or not self._is_closed(package):
            return
        place = self._place(f"module {_dotted(package)}.{name}", spot[0])
        dotted = f"{_dotted(package)}.{name}"
        yield Missing(Want.MODULE, place, dotted, name, package, spot, imported.node, imported.is_for_types)

    def _is_closed(self, package: Paths) -> bool:
        """Tell whether a package is an ordinary one that finds its modules in its own folder alone."""
        is_folder = all(path.endswith("__init__.py") for path in package)
        return is_folder and self._modules.is_ordinary(package)

    def _attributes(self) -> Iterator[Missing]:
        for chain in self._file.reader.chains:
            if chain.root.is_guarded or is_silenced(self._file.line(chain.node.lineno)):
                continue
            scope = chain.root.scope.lookup(chain.root.name)
            bindings = scope.bindings.get(chain.root.name, []) if scope is not None else []
            if len(bindings) == 1 and bindings[0].kind is BindingKind.IMPORT and chain.names:
                node = bindings[0].statement
                alias = bindings[0].node
                if isinstance(node, ast.Import | ast.ImportFrom) and isinstance(alias, ast.alias):
                    found = self._walk(self._start(node, alias), chain.names)
                    if found is not None:
                        yield self._lacks(*found, (chain.node.lineno, -1), None)

    def _start(self, node: ast.Import | ast.ImportFrom, alias: ast.alias) -> Paths | None:
        """Return the module that an import binds; None where it binds something else."""
        if isinstance(node, ast.Import):
            named = alias.name if alias.asname else alias.name.partition(".")[0]
            return self._modules.locate(self._file.path, named)
        around = self._modules.locate(self._file.path, "." * node.level + (node.module or ""))
        if around is None:
            return None
        is_module = self._modules.binds(around, alias.name) is False
        return self._modules.submodule(around, alias.name) if is_module else None

    def _walk(self, module: Paths | None, names: tuple[str, ...]) -> tuple[Paths, str] | None:
        """Return the module in a chain that lacks the next name, with the name."""
        for name in names:
            if module is None or self._modules.binds(module, name) is not False:
                return None
            inner = self._modules.submodule(module, name)
            if inner is None and self._modules.has(module, name) is False:
                return module, name
            module = inner
        return None

    def _lacks(
        self,
        module: Paths,
        name: str,
        spot: tuple[int, int],
        node: ast.ImportFrom | None,
        *,
        is_for_types: bool = False,
    ) -> Missing:
        dotted = _dotted(module)
        place = self._place(f"{dotted}.{name}", spot[0])
        return Missing(Want.NAME, place, dotted, name, module, spot, node, is_for_types)

    def _place(self, symbol: str, line: int) -> Place:
        return Place(symbol, self._file.path, line, self._file.line(line).strip())


def _split(specifier: str) -> tuple[str, str]:
    """Return what is around a module and its last part: (`a.b`, `c`), (`.`, `x`), (`` , `x`)."""
    around, _, name = specifier.rpartition(".")
    if specifier.startswith(".") and not around.strip("."):
        return "." * (len(specifier) - len(specifier.lstrip("."))), name
    return around, name


def _dotted(module: Paths) -> str:
    stem = module[0].removesuffix(".py").removesuffix(".pyi").removesuffix("/__init__").strip("/")
    return stem.removeprefix("src/").removeprefix("lib/").replace("/", ".")
