"""Where Go's packages are: a package is a folder, its import path follows from the go.mod above it."""

import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import PurePosixPath

from yantra_bot.graphdb.languages import Paths, Read

_MODULE = re.compile(rb'^[ \t]*module[ \t]+"?([^\s"]+)', re.MULTILINE)
_VERSION = re.compile(r"v\d+")


def package_names(path: str) -> list[str]:
    """Return the names that a package of this import path may have, the likeliest first."""
    parts = path.split("/")
    last = parts[-1]
    if _VERSION.fullmatch(last) and len(parts) > 1:
        last = parts[-2]
    last = re.sub(r"\.v\d+$", "", last)
    plain = last.removeprefix("go-").removesuffix("-go").removesuffix(".go")
    return list(dict.fromkeys((plain.replace("-", "_"), plain.replace("-", ""), last)))


class GoLinker:
    """Packages of one repository."""

    def __init__(self, paths: Sequence[str], read: Read) -> None:
        """`read` gives the go.mod files."""
        self._read = read
        self._folders: dict[str, list[str]] = {}
        for path in sorted(paths):
            self._folders.setdefault(path.rpartition("/")[0], []).append(path)

    @cached_property
    def _roots(self) -> list[tuple[str, str]]:
        """(import path, folder) of each module, the longest import path first."""
        candidates = {""}
        for folder in self._folders:
            whole = PurePosixPath(folder)
            candidates.update(str(one) for one in (whole, *whole.parents) if str(one) != ".")
        found = []
        for folder in candidates:
            text = self._read(f"{folder}/go.mod" if folder else "go.mod")
            match = None if text is None else _MODULE.search(text)
            if match is not None:
                found.append((match.group(1).decode("utf-8", "replace"), folder))
        return sorted(found, key=lambda root: (-len(root[0]), root))

    @cached_property
    def _by_last(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for folder in self._folders:
            found.setdefault(folder.rpartition("/")[2], []).append(folder)
        return found

    def locate(self, importer: str, specifier: str) -> Paths | None:
        """Return the files of a package, without its tests."""
        folder = self._folder_of(importer, specifier)
        if folder is None:
            return None
        files = [path for path in self._folders[folder] if not path.endswith("_test.go")]
        return tuple(files) or None

    def _folder_of(self, importer: str, specifier: str) -> str | None:
        if specifier.startswith("."):
            return self._relative(importer, specifier)
        for prefix, folder in self._roots:
            if specifier == prefix or specifier.startswith(f"{prefix}/"):
                inside = specifier[len(prefix) :].strip("/")
                found = "/".join(part for part in (folder, inside) if part)
                if found in self._folders:
                    return found
        return self._by_suffix(specifier)

    def _relative(self, importer: str, specifier: str) -> str | None:
        parts = [part for part in importer.rpartition("/")[0].split("/") if part]
        for part in specifier.split("/"):
            if part == "..":
                parts = parts[:-1]
            elif part not in (".", ""):
                parts.append(part)
        found = "/".join(parts)
        return found if found in self._folders else None

    def _by_suffix(self, specifier: str) -> str | None:
        """Return the one folder that ends as the import path does; only where no go.mod tells, or in `vendor`."""
        matching = [
            folder
            for folder in self._by_last.get(specifier.rpartition("/")[2], ())
            if f"/{folder}".endswith(f"/vendor/{specifier}")
            or (folder and not self._roots and _fits(folder, specifier))
        ]
        return max(matching, key=len, default=None)

    def submodule(self, module: Paths, name: str) -> Paths | None:
        """Return None: a package holds no packages."""
        return None

    def siblings(self, path: str) -> Paths:
        """Return the other files of the package: a folder's tests are seen by tests alone."""
        is_test = path.endswith("_test.go")
        files = self._folders.get(path.rpartition("/")[0], [])
        return tuple(other for other in files if other != path and (is_test or not other.endswith("_test.go")))

    def external(self, importer: str, specifier: str) -> str:
        """Return the import path with dots."""
        return specifier.replace("/", ".")


def _fits(folder: str, specifier: str) -> bool:
    return f"/{specifier}".endswith(f"/{folder}") or f"/{folder}".endswith(f"/{specifier}")


def make_linker(paths: Sequence[str], read: Read) -> GoLinker:
    """Return the linker for all Go files of a repository."""
    return GoLinker(paths, read)
