"""Which files of a repository a Python import means."""

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Final

from yantra_bot.graphdb.languages import Paths, Read

_INIT: Final = ("__init__.py", "__init__.pyi")
_SUFFIXES: Final = (".py", ".pyi")
_ROOT: Final = "./"
_SOURCE_FOLDERS: Final = ("src/", "lib/", "python/")


class PythonLinker:
    """Finds modules from the importer's own source root first, then from the repository's, then from `src`."""

    def __init__(self, paths: Sequence[str], read: Read) -> None:
        """Index the paths of all Python files; nothing is read, since Python's layout says enough."""
        del read
        self._files = frozenset(paths)
        self._folders = _find_folders(paths)
        self._located: dict[tuple[str, str], Paths | None] = {}
        self._roots: dict[str, tuple[str, ...]] = {}

    def locate(self, importer: str, specifier: str) -> Paths | None:
        """Return the module that `importer` names so (`a.b`, `.x`, `..`), or None."""
        folder = _folder_of(importer)
        key = (folder, specifier)
        if key not in self._located:
            self._located[key] = self._locate(folder, specifier)
        return self._located[key]

    def _locate(self, folder: str, specifier: str) -> Paths | None:
        if specifier.startswith("."):
            return self._locate_relative(folder, specifier)
        inner = specifier.replace(".", "/")
        namespace: Paths | None = None
        for root in self._roots_of(folder):
            found = self._module(root + inner)
            if found is not None and not found[0].endswith("/"):
                return found
            namespace = namespace or found
        return namespace

    def _locate_relative(self, folder: str, specifier: str) -> Paths | None:
        rest = specifier.lstrip(".")
        for _ in range(len(specifier) - len(rest) - 1):
            if not folder:
                return None
            folder = _folder_of(folder[:-1])
        return self._module(folder + rest.replace(".", "/") if rest else folder[:-1])

    def submodule(self, module: Paths, name: str) -> Paths | None:
        """Return the module `name` inside a package, or None."""
        first = module[0]
        if not first.endswith("/") and not first.endswith(_INIT):
            return None
        return self._module(name if first == _ROOT else _folder_of(first) + name)

    def siblings(self, path: str) -> Paths:
        """Return nothing: in Python every name is imported."""
        del path
        return ()

    def external(self, importer: str, specifier: str) -> str:
        """Return the specifier itself; for a relative one that leads nowhere, without its dots."""
        del importer
        return specifier.lstrip(".") or specifier

    def _module(self, stem: str) -> Paths | None:
        """Return the package or module at a path without ending; a package wins, as it does in Python."""
        for name in _INIT:
            path = f"{stem}/{name}" if stem else name
            if path in self._files:
                return (path,)
        for suffix in _SUFFIXES:
            if stem + suffix in self._files:
                return (stem + suffix,)
        if not stem:
            # A script's own folder, which `from . import x` means by the text of it.
            return (_ROOT,)
        return (f"{stem}/",) if f"{stem}/" in self._folders else None

    def _roots_of(self, folder: str) -> tuple[str, ...]:
        """Return the folders that absolute imports of a folder's files start from, the nearest first."""
        found = self._roots.get(folder)
        if found is None:
            found = self._roots[folder] = self._find_roots(folder)
        return found

    def _find_roots(self, folder: str) -> tuple[str, ...]:
        nearest = folder
        while nearest and self._is_package(nearest):
            nearest = _folder_of(nearest[:-1])
        roots = [nearest]
        around = nearest
        while around:
            around = _folder_of(around[:-1])
            if not self._is_package(around):
                roots.append(around)
        for base in tuple(roots):
            roots += [base + inner for inner in _SOURCE_FOLDERS if base + inner in self._folders]
        return tuple(dict.fromkeys(roots))

    def _is_package(self, folder: str) -> bool:
        return any(folder + name in self._files for name in _INIT)


def _folder_of(path: str) -> str:
    """Return the folder of a path, with a slash at its end; empty for the root."""
    folder = path.rpartition("/")[0]
    return f"{folder}/" if folder else ""


def _find_folders(paths: Sequence[str]) -> frozenset[str]:
    folders: set[str] = set()
    for path in paths:
        for parent in PurePosixPath(path).parents:
            folder = f"{parent}/"
            if folder in folders:
                break
            folders.add(folder)
    folders.discard("./")
    return frozenset(folders)
