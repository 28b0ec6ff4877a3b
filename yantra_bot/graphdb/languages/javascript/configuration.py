"""Reads what a repository says about module names: `paths` of tsconfig, names and entries of packages.

Files that are damaged say nothing; nothing here raises.
"""

import json
import re
from collections.abc import Iterator, Sequence
from posixpath import dirname, join, normpath
from typing import Any

from yantra_bot.graphdb.languages import Read

_LOOSE = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/|,(?=\s*[}\]])', re.DOTALL)
_CONDITIONS = ("source", "types", "import", "module", "default", "require", "node", "browser")
_MAINS = ("source", "types", "typings", "module", "main")
_MOST_PARENTS = 5
_MOST_BYTES = 1_000_000
Alias = tuple[str, str, list[str]]
"""What a specifier begins with, what it ends with, and the paths it stands for (with a star)."""


def parse_loose(raw: bytes | None) -> dict[str, Any]:
    """Return a JSON object that may have comments and trailing commas; an empty one where it is damaged."""
    if raw is None or len(raw) > _MOST_BYTES:
        return {}
    text = raw.decode("utf-8-sig", "replace")
    try:
        found = json.loads(_LOOSE.sub(lambda match: match.group() if match.group().startswith('"') else "", text))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _texts(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


class Configuration:
    """Aliases and packages of one repository, read when they are first asked for."""

    def __init__(self, paths: Sequence[str], read: Read) -> None:
        self._read = read
        self._paths = paths
        self._aliases: dict[str, list[Alias]] = {}
        self._manifests: dict[str, dict[str, Any]] = {}
        self._workspace: dict[str, str] | None = None

    def aliases(self, folder: str, specifier: str) -> Iterator[str]:
        """Yield the paths that the nearest tsconfig lets a specifier stand for."""
        for before, after, targets in self._nearest_aliases(folder):
            if "*" not in before + after and specifier == before:
                yield from targets
            elif specifier.startswith(before) and specifier.endswith(after) and len(specifier) >= len(before + after):
                middle = specifier[len(before) : len(specifier) - len(after)]
                yield from (target.replace("*", middle, 1) for target in targets if "*" in target)

    def packages(self, folder: str, specifier: str) -> Iterator[tuple[str, str]]:
        """Yield (folder of a package, path of the module in it) that a bare specifier may mean."""
        if specifier.startswith("#"):
            yield from self._own_imports(folder, specifier)
            return
        parts = specifier.split("/")
        count = 2 if specifier.startswith("@") else 1
        name, rest = "/".join(parts[:count]), "/".join(parts[count:])
        root = self._names().get(name)
        if root is None:
            root = self._installed(folder, name)
        if root is None:
            return
        manifest = self._manifest(root)
        yield from ((root, entry) for entry in _entries(manifest, rest))

    def _nearest_aliases(self, folder: str) -> list[Alias]:
        known = self._aliases.get(folder)
        if known is None:
            known = []
            for name in ("tsconfig.json", "jsconfig.json", "tsconfig.base.json"):
                known = self._read_aliases(join(folder, name), _MOST_PARENTS)
                if known:
                    break
            if not known and folder:
                known = self._nearest_aliases(dirname(folder))
            self._aliases[folder] = known
        return known

    def _read_aliases(self, path: str, most: int) -> list[Alias]:
        """Return the aliases of a tsconfig; those of the one it extends where it has none."""
        whole = parse_loose(self._read(normpath(path)))
        options = whole.get("compilerOptions")
        options = options if isinstance(options, dict) else {}
        base, paths = options.get("baseUrl"), options.get("paths")
        root = normpath(join(dirname(path), base)) if isinstance(base, str) else dirname(path)
        root = "" if root == "." else root
        found: list[Alias] = []
        for pattern, targets in paths.items() if isinstance(paths, dict) else ():
            before, star, after = pattern.partition("*")
            places = [normpath(join(root, target)) for target in _texts(targets)]
            found.append((before, after, places) if star else (pattern, "", places))
        if isinstance(base, str):
            found.append(("", "", [join(root, "*")]))
        if found or most <= 0:
            return sorted(found, key=lambda alias: -len(alias[0]))
        parents = whole.get("extends")
        for parent in [parents] if isinstance(parents, str) else _texts(parents):
            if parent.startswith("."):
                target = normpath(join(dirname(path), parent))
                found = self._read_aliases(target if target.endswith(".json") else target + ".json", most - 1)
                if found:
                    return found
        return []

    def _manifest(self, folder: str) -> dict[str, Any]:
        known = self._manifests.get(folder)
        if known is None:
            known = self._manifests[folder] = parse_loose(self._read(join(folder, "package.json")))
        return known

    def _names(self) -> dict[str, str]:
        """Return the folder of each package of the repository, by its name."""
        if self._workspace is None:
            self._workspace = {}
            folders: set[str] = set()
            for path in self._paths:
                folder = dirname(path)
                while folder not in folders and "node_modules" not in folder:
                    folders.add(folder)
                    folder = dirname(folder)
            for folder in sorted(folders, key=lambda one: (one.count("/"), one)):
                name = self._manifest(folder).get("name")
                if isinstance(name, str) and name:
                    self._workspace.setdefault(name, folder)
        return self._workspace

    def _installed(self, folder: str, name: str) -> str | None:
        """Return the folder of a package that lies in a `node_modules` of the repository."""
        while True:
            root = join(folder, "node_modules", name)
            if self._manifest(root):
                return root
            if not folder:
                return None
            folder = dirname(folder)

    def _own_imports(self, folder: str, specifier: str) -> Iterator[tuple[str, str]]:
        while not self._manifest(folder) and folder:
            folder = dirname(folder)
        imports = self._manifest(folder).get("imports")
        if isinstance(imports, dict):
            yield from ((folder, entry) for entry in _matching(imports, specifier))


def _entries(manifest: dict[str, Any], rest: str) -> Iterator[str]:
    """Yield the files of a package that a path inside of it (empty: the package itself) may mean, best first."""
    exports = manifest.get("exports")
    if isinstance(exports, dict):
        paths = exports if any(key.startswith(".") for key in exports) else {".": exports}
        yield from _matching(paths, f"./{rest}" if rest else ".")
    elif isinstance(exports, str) and not rest:
        yield exports
    if rest:
        yield rest
        yield f"src/{rest}"
        return
    yield from (entry for key in _MAINS if isinstance(entry := manifest.get(key), str))
    yield ""


def _matching(paths: dict[str, Any], wanted: str) -> Iterator[str]:
    for pattern, target in paths.items():
        before, star, after = pattern.partition("*")
        if pattern == wanted:
            yield from _targets(target)
        elif star and wanted.startswith(before) and wanted.endswith(after) and len(wanted) >= len(before + after):
            middle = wanted[len(before) : len(wanted) - len(after)]
            yield from (one.replace("*", middle) for one in _targets(target))


def _targets(target: Any, most: int = 8) -> Iterator[str]:
    """Yield the files of an entry of `exports`, whose conditions may be nested."""
    if isinstance(target, str):
        yield target
    elif isinstance(target, list) and most:
        for one in target:
            yield from _targets(one, most - 1)
    elif isinstance(target, dict) and most:
        for condition in _CONDITIONS:
            if condition in target:
                yield from _targets(target[condition], most - 1)
