"""Finds the files that imports name: relative ones, folders, `paths` of tsconfig, packages of a workspace.

It reads `tsconfig.json`, `jsconfig.json` and `package.json` of the repository and nothing else.
"""

from collections.abc import Iterator, Sequence
from posixpath import dirname, join, normpath

from yantra_bot.graphdb.languages import Paths, Read
from yantra_bot.graphdb.languages.javascript.configuration import Configuration

_ENDINGS = (".ts", ".tsx", ".mts", ".cts", ".d.ts", ".js", ".jsx", ".mjs", ".cjs")
_WRITTEN = {".js": (".ts", ".tsx", ".d.ts"), ".jsx": (".tsx",), ".mjs": (".mts", ".d.mts"), ".cjs": (".cts", ".d.cts")}
_BUILT = ("dist/", "lib/", "build/", "out/", "esm/", "cjs/")


class JavaScriptLinker:
    """How imports of JavaScript and TypeScript find files, for one set of files."""

    def __init__(self, paths: Sequence[str], read: Read) -> None:
        self._paths = frozenset(paths)
        self._configuration = Configuration(paths, read)
        self._found: dict[tuple[str, str], Paths | None] = {}

    def locate(self, importer: str, specifier: str) -> Paths | None:
        """Return the path of the file that a file names so; None when it is no part of the repository."""
        key = (dirname(importer), specifier)
        if key not in self._found:
            self._found[key] = self._locate(*key)
        return self._found[key]

    def submodule(self, module: Paths, name: str) -> Paths | None:
        """Return None: a module has no modules inside."""
        return None

    def siblings(self, path: str) -> Paths:
        """Return nothing: files see each other through imports alone."""
        return ()

    def external(self, importer: str, specifier: str) -> str:
        """Return the dotted name of a module outside: `lodash`, `fs.promises`, `@scope.name.sub`."""
        name = specifier.removeprefix("node:")
        if name.startswith("."):
            name = normpath(join(dirname(importer), name)).removeprefix("../")
        for ending in (".js", ".mjs", ".cjs"):
            name = name.removesuffix(ending) if "/" in name else name
        return name.strip("/").replace("/", ".")

    def _locate(self, folder: str, specifier: str) -> Paths | None:
        if specifier.startswith(("./", "../")) or specifier in (".", ".."):
            return self._file(normpath(join(folder, specifier)))
        if specifier.startswith("/"):
            return self._file(specifier.strip("/"))
        for candidate in self._configuration.aliases(folder, specifier):
            found = self._file(candidate)
            if found is not None:
                return found
        return self._package(folder, specifier)

    def _package(self, folder: str, specifier: str) -> Paths | None:
        for root, entry in self._configuration.packages(folder, specifier):
            for candidate in (entry, *_sources(entry)):
                found = self._file(normpath(join(root, candidate)) if candidate else root)
                if found is not None:
                    return found
        return None

    def _file(self, path: str) -> Paths | None:
        """Return the file that a path without or with an ending means, or the index of a folder."""
        if path.startswith("../"):
            return None
        found = next((one for one in _candidates("" if path == "." else path) if one in self._paths), None)
        return None if found is None else (found,)


def _candidates(path: str) -> Iterator[str]:
    """Yield the files that a path may mean, first the likeliest."""
    yield path
    yield from (path + ending for ending in _ENDINGS)
    for written, meant in _WRITTEN.items():
        if path.endswith(written):
            yield from (path.removesuffix(written) + ending for ending in meant)
    yield from (join(path, "index" + ending) for ending in _ENDINGS)


def _sources(entry: str) -> list[str]:
    """Return where the source of a built file usually lies: `dist/index.js` is `src/index` or `index`."""
    plain = entry.removeprefix("./")
    for built in _BUILT:
        if plain.startswith(built):
            rest = plain.removeprefix(built)
            for ending in (".d.ts", ".js", ".mjs", ".cjs"):
                rest = rest.removesuffix(ending)
            return [f"src/{rest}", rest, "src"]
    return ["src/index"] if not plain else []
