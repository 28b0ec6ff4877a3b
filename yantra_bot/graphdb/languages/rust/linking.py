"""Where Rust's modules are: crates by Cargo.toml, modules by the files beside and below the one that declares them."""

import tomllib
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from yantra_bot.graphdb.languages import Paths, Read

_ROOTS = ("lib.rs", "main.rs")
_ROOT_FOLDERS = ("bin", "tests", "examples", "benches")


class RustLinker:
    """Crates and modules of one repository."""

    def __init__(self, paths: Sequence[str], read: Read) -> None:
        """`read` gives the Cargo.toml files."""
        self._paths = frozenset(paths)
        self._read = read

    @cached_property
    def _libraries(self) -> dict[str, str]:
        """The root file of each library by its name in code."""
        found: dict[str, str] = {}
        for folder in sorted(self._folders):
            manifest = self._manifest(folder)
            package, library = manifest.get("package"), manifest.get("lib")
            path = library.get("path") if isinstance(library, dict) else None
            root = _join(folder, path if isinstance(path, str) else "src/lib.rs")
            names = (library.get("name") if isinstance(library, dict) else None, _name_of(package))
            name = next((one for one in names if isinstance(one, str)), None)
            if name is not None and root in self._paths:
                found.setdefault(name.replace("-", "_"), root)
        return found

    @cached_property
    def _direct(self) -> dict[str, list[str]]:
        """The files right in each folder."""
        found: dict[str, list[str]] = {}
        for path in sorted(self._paths):
            found.setdefault(path.rpartition("/")[0], []).append(path)
        return found

    @cached_property
    def _folders(self) -> frozenset[str]:
        folders: set[str] = set()
        for path in self._paths:
            parts = path.split("/")[:-1]
            folders.update("/".join(parts[:count]) for count in range(len(parts) + 1))
        return frozenset(folders)

    def _manifest(self, folder: str) -> dict[str, Any]:
        content = self._read(_join(folder, "Cargo.toml"))
        if content is None:
            return {}
        try:
            return tomllib.loads(content.decode("utf-8", "replace"))
        except (tomllib.TOMLDecodeError, RecursionError):
            return {}

    def locate(self, importer: str, specifier: str) -> Paths | None:
        """Return the file of a module; of `crate` where a library and a program share modules, both roots."""
        if specifier.startswith("path:"):
            return self._by_path(importer, specifier.removeprefix("path:"))
        parts = specifier.split("::")
        module: Paths | None = (importer,)
        if parts[0] == "crate":
            module = self._roots_of(importer)
        elif parts[0] not in ("self", "super"):
            root = self._libraries.get(parts[0])
            module = None if root is None else (root,)
        else:
            parts.insert(0, "")
        for part in parts[1:]:
            if module is None:
                return None
            module = self._step(module, part)
        return module

    def _by_path(self, importer: str, path: str) -> Paths | None:
        """Return the file that `#[path = "..."]` names, seen from the folder of the file that says so."""
        parts = importer.split("/")[:-1]
        for part in path.split("/"):
            if part == "..":
                parts = parts[:-1]
            elif part not in (".", ""):
                parts.append(part)
        found = "/".join(parts)
        return (found,) if found in self._paths else None

    def _step(self, module: Paths, part: str) -> Paths | None:
        if part == "self":
            return module
        return self._parent(module[0]) if part == "super" else self.submodule(module, part)

    def _roots_of(self, path: str) -> Paths:
        """Return the root files of the crate that a file belongs to."""
        if self._is_root(path):
            return (path,)
        folder = path.rpartition("/")[0]
        while True:
            roots = tuple(root for name in _ROOTS if (root := _join(folder, name)) in self._paths)
            if not roots and folder.rpartition("/")[2] in _ROOT_FOLDERS:
                roots = tuple(self._direct.get(folder, ()))
            if roots:
                return roots
            if not folder:
                return (path,)
            folder = folder.rpartition("/")[0]

    def _is_root(self, path: str) -> bool:
        folder, _, name = path.rpartition("/")
        if name in _ROOTS or name == "build.rs":
            return True
        return folder.rpartition("/")[2] in _ROOT_FOLDERS

    def _home(self, path: str) -> str:
        """Return the folder that holds the modules which a file declares."""
        folder, _, name = path.rpartition("/")
        return folder if name in ("mod.rs", "") or self._is_root(path) else _join(folder, name.removesuffix(".rs"))

    def _parent(self, path: str) -> Paths | None:
        """Return the module around; a folder where that is written inside of a file."""
        if self._is_root(path):
            return None
        folder, _, name = path.rpartition("/")
        if name in ("mod.rs", ""):
            folder, _, _ = folder.rpartition("/")
        above, _, last = folder.rpartition("/")
        choices = [_join(folder, "mod.rs"), *(_join(folder, root) for root in _ROOTS)]
        if last:
            choices.append(_join(above, f"{last}.rs"))
        found = tuple(choice for choice in choices if choice in self._paths and choice != path)
        return found or (f"{folder}/",) if folder else found or None

    def submodule(self, module: Paths, name: str) -> Paths | None:
        """Return the file of a module that another one declares."""
        for path in module:
            home = self._home(path)
            beside = path.rpartition("/")[0]
            for folder in dict.fromkeys((home, beside) if not self._is_child(path) else (home,)):
                for choice in (_join(folder, f"{name}.rs"), _join(folder, f"{name}/mod.rs")):
                    if choice in self._paths and choice != path:
                        return (choice,)
                if f"{folder}/{name}".removeprefix("/") in self._folders:
                    return (f"{folder}/{name}/".removeprefix("/"),)
        return None

    def _is_child(self, path: str) -> bool:
        """Say whether a file is known to be a module of another: then its own modules are in its own folder."""
        return path not in self._roots_of(path)

    def siblings(self, path: str) -> Paths:
        """Return nothing: each file is a module of its own."""
        return ()

    def external(self, importer: str, specifier: str) -> str:
        """Return the path with dots."""
        return specifier.replace("::", ".")


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _name_of(package: object) -> object:
    return package.get("name") if isinstance(package, dict) else None


def make_linker(paths: Sequence[str], read: Read) -> RustLinker:
    """Return the linker for all Rust files of a repository."""
    return RustLinker(paths, read)
