"""How Java's packages find files: by the package that a file declares, read from its first lines."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from yantra_bot.graphdb.languages import Paths, Read

_PACKAGE = re.compile(rb"^[ \t]*(?:@[\w.]+[ \t]+)*package\s+([\w.\s]+?)\s*;", re.MULTILINE)
_HEAD = 16_384


class JavaLinker:
    """The packages of one set of files. `read` is asked for each file once, when the first package is looked for."""

    def __init__(self, paths: Sequence[str], read: Read) -> None:
        self._paths = tuple(paths)
        self._read = read
        self._packages: dict[str, list[str]] | None = None
        self._package_of: dict[str, str] = {}

    def _scan(self) -> dict[str, list[str]]:
        if self._packages is None:
            self._packages = {}
            for path in self._paths:
                package = declared_package(self._read(path)) or ""
                self._package_of[path] = package
                self._packages.setdefault(package, []).append(path)
        return self._packages

    def locate(self, importer: str, specifier: str) -> Paths | None:
        """Return the files of a package; of `package.Class` the file of the class, else those of its package."""
        packages = self._scan()
        if specifier in packages and specifier:
            return tuple(packages[specifier])
        package, _, name = specifier.rpartition(".")
        files = packages.get(package, []) if package else []
        return tuple(path for path in files if PurePosixPath(path).stem == name) or tuple(files) or None

    def submodule(self, module: Paths, name: str) -> Paths | None:
        """Return None: a package has no packages as members."""
        return None

    def siblings(self, path: str) -> Paths:
        """Return the other files of the same package."""
        packages = self._scan()
        package = self._package_of.get(path)
        if package is None:
            return ()
        if not package:
            # Without a package only files of one folder know each other.
            folder = PurePosixPath(path).parent
            return tuple(one for one in packages[package] if one != path and PurePosixPath(one).parent == folder)
        return tuple(one for one in packages[package] if one != path)

    def external(self, importer: str, specifier: str) -> str:
        """Return the package: an import of a class is written with its name, and the member is asked for again."""
        package, _, name = specifier.rpartition(".")
        return package if package and name[:1].isupper() else specifier


def declared_package(source: bytes | None) -> str | None:
    """Return the package that a file declares, or None."""
    found = _PACKAGE.search(source or b"", 0, _HEAD)
    return "".join(found[1].decode("utf-8", "replace").split()) if found else None
