"""The environment a project runs in: where its installed packages declare their types. Nothing of it is ever run.

Its files are untrusted. Symbolic links are not followed, sizes and counts are limited, and what is left out is named.
It is the project's own environment or one that somebody names, never the one this program runs in.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from tree_sitter import Parser

from yantra_bot.domain.graph import Problem
from yantra_bot.graphdb.discovery import Source, read_source
from yantra_bot.graphdb.languages.python import grammar
from yantra_bot.graphdb.languages.python.conditions import Target
from yantra_bot.graphdb.languages.python.declarations import read_declarations
from yantra_bot.graphdb.languages.python.declared import Declared

OWN_FOLDERS: Final = (".venv", "venv", "env")
MAX_FILE_BYTES: Final = 2 * 1024 * 1024
MAX_FILES: Final = 1_500
"""So many modules of packages are read for one graph."""
MAX_BYTES: Final = 40 * 1024 * 1024
MAX_ENTRIES: Final = 20_000
"""Of one folder."""
MAX_PARTS: Final = 12
"""Of a module's name."""
LABEL: Final = "<environment>/"
"""How the path of a problem begins."""
_PYTHON: Final = re.compile(r"^python3\.(\d{1,2})$")
_NEWEST: Final = (3, 13)


class Known(NamedTuple):
    """What was found for a module: its file (empty: none, with a slash at its end: a folder alone) and the content."""

    path: str
    digest: str


class Environment:
    """The installed packages of one environment, with what was read of them before."""

    def __init__(self, folder: Path, version: tuple[int, int] = _NEWEST, *, platform: str = "linux") -> None:
        """`folder` holds the packages (`site-packages`)."""
        self.folder = folder
        self.target = Target(version, platform)
        self.kept: dict[str, Declared] = {}
        """What files declare, by their content."""
        self._parser = Parser(grammar(".py"))
        self.asked: dict[str, Known] = {}
        """What the last resolution asked for, by module."""

    def declare(self, source: Source) -> Declared:
        """Return what a file declares, read once for each content."""
        found = self.kept.get(source.digest)
        if found is None:
            found = self.kept[source.digest] = read_declarations(source.data, self._parser, self.target)
        return found

    def open(self) -> "Catalogue":
        """Return the packages as they are now, for one resolution."""
        return Catalogue(self)

    def is_changed(self) -> bool:
        """Tell whether what the last resolution asked for would be answered otherwise now. It parses nothing."""
        files = _Files(self.folder)
        return any(_know(files, module) != known for module, known in self.asked.items())


class Catalogue:
    """What the modules of an environment declare, read when they are asked for, within limits."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._files = _Files(environment.folder)
        self._modules: dict[str, Declared | None] = {}
        self._read = self._bytes = self._refused = 0
        self.problems: list[Problem] = []
        self._asked: dict[str, Known] = {}
        environment.asked = self._asked

    def has(self, module: str) -> bool:
        """Tell whether there is a module or a folder of modules of that name."""
        return self._find(module) != ""

    def is_package(self, module: str) -> bool:
        """Tell whether relative imports of a module begin at itself."""
        return self._find(module).endswith(("/", "/__init__.py", "/__init__.pyi"))

    def _find(self, module: str) -> str:
        known = self._asked.get(module)
        if known is None:
            known = self._asked[module] = Known(self._files.find(module), "")
        return known.path

    def module(self, name: str) -> Declared | None:
        """Return what a module declares; None where there is none, or where it cannot be read."""
        if name not in self._modules:
            path = self._find(name)
            self._modules[name] = self._load(name, path) if path and not path.endswith("/") else None
        return self._modules[name]

    def _load(self, name: str, path: str) -> Declared | None:
        if self._read >= MAX_FILES or self._bytes >= MAX_BYTES:
            self._refuse()
            return None
        source = read_source(self._environment.folder, path)
        if isinstance(source, Source) and len(source.data) > MAX_FILE_BYTES:
            source = Problem(path, "too long", f"{len(source.data)} bytes, the limit is {MAX_FILE_BYTES}")
        if isinstance(source, Problem):
            self._asked[name] = Known(path, "")
            self.problems.append(Problem(LABEL + path, source.kind, source.detail))
            return None
        self._asked[name] = Known(path, source.digest)
        self._read, self._bytes = self._read + 1, self._bytes + len(source.data)
        found = self._environment.declare(source)
        self.problems += [Problem(LABEL + path, kind, detail) for kind, detail in found.problems]
        return found

    def _refuse(self) -> None:
        """Count a module that is behind the limits."""
        self._refused += 1
        kind = "too many modules"
        told = f"{self._refused} left out, the limits are {MAX_FILES} modules and {MAX_BYTES} bytes"
        self.problems = [one for one in self.problems if one.kind != kind] + [Problem(LABEL, kind, told)]


class _Files:
    """Finds the file of a module. Folders are listed once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._listed: dict[str, dict[str, bool]] = {}

    def entries(self, folder: str) -> dict[str, bool]:
        """Return the names in a folder, each with whether it is a folder; links are none."""
        found = self._listed.get(folder)
        if found is None:
            found = self._listed[folder] = dict(_list(self.folder / folder))
        return found

    def find(self, module: str) -> str:
        """Return the path of a module's file: a stub package's first, then a stub beside, then the source.

        A folder without a file of its own has a slash at its end; nothing is an empty string.
        """
        parts = module.split(".")
        if len(parts) > MAX_PARTS or not all(part.isidentifier() for part in parts):
            return ""
        stubs = self._find((f"{parts[0]}-stubs", *parts[1:]), (".pyi",))
        if stubs and not stubs.endswith("/"):
            return stubs
        return self._find(tuple(parts), (".pyi", ".py")) or stubs

    def _find(self, parts: tuple[str, ...], suffixes: tuple[str, ...]) -> str:
        folder = ""
        for part in parts[:-1]:
            if not self.entries(folder).get(part):
                return ""
            folder = f"{folder}{part}/"
        names, last = self.entries(folder), parts[-1]
        inner = self.entries(f"{folder}{last}/") if names.get(last) else {}
        for suffix in suffixes:
            if inner.get(f"__init__{suffix}") is False:
                return f"{folder}{last}/__init__{suffix}"
            if names.get(f"{last}{suffix}") is False:
                return f"{folder}{last}{suffix}"
        return f"{folder}{last}/" if names.get(last) else ""


def _list(folder: Path) -> Iterator[tuple[str, bool]]:
    try:
        with os.scandir(folder) as entries:
            for count, entry in enumerate(entries):
                if count >= MAX_ENTRIES:
                    return
                if entry.is_symlink():
                    continue
                is_folder = entry.is_dir(follow_symlinks=False)
                if is_folder or entry.is_file(follow_symlinks=False):
                    yield entry.name, is_folder
    except OSError:
        return


def _know(files: _Files, module: str) -> Known:
    path = files.find(module)
    if not path or path.endswith("/"):
        return Known(path, "")
    source = read_source(files.folder, path)
    return Known(path, source.digest if isinstance(source, Source) else "")


def open_environment(folder: Path) -> Environment | None:
    """Return the environment that a folder is: a virtual one, or the packages themselves; None where there are none.

    What is inside is reached through no symbolic link.
    """
    if folder.name == "site-packages" and folder.is_dir():
        version = _PYTHON.match(folder.parent.name)
        return Environment(folder, (3, int(version[1])) if version else _NEWEST)
    library = _step(_step(folder, "Lib"), "site-packages")
    if library is not None:
        return Environment(library, platform="win32")
    versions = []
    library = _step(folder, "lib")
    for name, is_folder in _list(library) if library is not None else ():
        version = _PYTHON.match(name)
        if is_folder and version:
            versions.append((int(version[1]), name))
    for minor, name in sorted(versions, reverse=True):
        packages = _step(_step(library, name), "site-packages")
        if packages is not None:
            return Environment(packages, (3, minor))
    return None


def find_environment(root: Path) -> Environment | None:
    """Return the environment that a repository holds itself; None where it has none. Links are not followed."""
    for name in OWN_FOLDERS:
        folder = _step(root, name)
        if folder is not None and (folder / "pyvenv.cfg").is_file():
            found = open_environment(folder)
            if found is not None:
                return found
    return None


def _step(folder: Path | None, name: str) -> Path | None:
    """Return a folder inside a folder, unless it is a link."""
    if folder is None:
        return None
    inner = folder / name
    return inner if inner.is_dir() and not inner.is_symlink() else None
