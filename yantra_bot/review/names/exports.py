"""Which names the modules of a repository have, as far as reading them can tell; where it cannot, it says so.

Python only. Nothing is executed.
"""

import re
from collections.abc import Mapping
from typing import Final

from yantra_bot.graphdb.facts import FileFacts
from yantra_bot.graphdb.languages import Linker, Paths, Read, frontend_of
from yantra_bot.review.names.python import PythonFile, PythonFiles

IMPLICIT: Final = frozenset(
    {"__name__", "__doc__", "__file__", "__package__", "__spec__", "__loader__", "__cached__", "__builtins__"}
    | {"__dict__", "__class__", "__annotations__", "__path__"}
)
"""What every module has."""
_OPENS: Final = frozenset({"__getattr__", "__path__"})
_REPLACES: Final = re.compile(
    r"sys\.modules\b[^\n]*(__name__|=)|declare_namespace|extend_path|global_enum|\b_convert_?\("
)
"""What lets a module have names that nobody reads in its text."""


class Exports:
    """The modules of one version."""

    def __init__(self, facts: Mapping[str, FileFacts], files: PythonFiles, read: Read) -> None:
        paths = [path for path in facts if path.endswith((".py", ".pyi"))]
        self.paths = frozenset(paths)
        self._linker: Linker = frontend_of("x.py").make_linker(paths, read)
        self._files = files
        self._facts = facts
        self._known: dict[Paths, frozenset[str] | None] = {}

    def locate(self, importer: str, specifier: str) -> Paths | None:
        """Return the files of the module that a file names so; None where it is no part of the repository."""
        found = self._linker.locate(importer, specifier)
        return None if found == () else found

    def submodule(self, module: Paths, name: str) -> Paths | None:
        """Return a module inside of a package."""
        return self._linker.submodule(module, name)

    def names(self, module: Paths) -> frozenset[str] | None:
        """Return every name that a module binds, those of modules inside of it aside; None where nobody can tell."""
        if module not in self._known:
            self._known[module] = None  # while it is looked at: star imports may go in rings
            self._known[module] = self._collect(module)
        return self._known[module]

    def binds(self, module: Paths, name: str) -> bool | None:
        """Tell whether a module binds a name; None where nobody can tell. Facts are asked first, being at hand."""
        if any(_in_facts(self._facts.get(path), name) for path in module):
            return True
        names = self.names(module)
        return None if names is None else name in names

    def has(self, module: Paths, name: str) -> bool | None:
        """Tell whether a module has a name, as a member or as a module inside; None where nobody can tell."""
        if name in IMPLICIT or self.submodule(module, name) is not None:
            return True
        return self.binds(module, name)

    def is_ordinary(self, package: Paths) -> bool:
        """Tell whether nothing in a package's own file can make modules of it be found elsewhere, or be made."""
        files = [self._files.get(path) for path in package]
        return all(file is not None and not _is_open(file) for file in files)

    def _collect(self, module: Paths) -> frozenset[str] | None:
        found: set[str] = set()
        for path in module:
            file = self._files.get(path) if path.endswith(".py") else None
            if file is None or _is_open(file):
                return None
            found.update(file.scope.bindings)
            inherited = self.from_stars(file)
            if inherited is None:
                return None
            found |= inherited
        return frozenset(found)

    def from_stars(self, file: PythonFile) -> set[str] | None:
        """Return the names that a file has from its star imports; None where nobody can tell."""
        found: set[str] = set()
        for star in file.reader.stars:
            target = self.locate(file.path, "." * star.level + (star.module or ""))
            names = None if target is None else self.names(target)
            if names is None:
                return None
            found |= names
        return found


def _in_facts(facts: FileFacts | None, name: str) -> bool:
    return facts is not None and bool(facts.bodies) and name in facts.bodies[0].names


def _is_open(file: PythonFile) -> bool:
    """Tell whether a module may have names that its text does not bind."""
    if file.reader.is_dynamic or not _OPENS.isdisjoint(file.scope.bindings):
        return True
    return any(_REPLACES.search(line) for line in file.lines)
