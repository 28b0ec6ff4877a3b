"""Paths of Rust that begin with a crate which the Cargo.toml of their package does not have, new with the change.

Whatever may give the first name otherwise (a module, an alias, an import, a glob from outside) silences it.
"""

import re
import tomllib
from collections.abc import Iterator
from typing import Any, Final

from tree_sitter import Node

from yantra_bot.domain.findings import Finding
from yantra_bot.domain.graph import Language
from yantra_bot.review.breaks.syntax import descend, text
from yantra_bot.review.names.look import Look, Place
from yantra_bot.review.names.rules import UNDECLARED
from yantra_bot.review.subject import Version

_LANGUAGE: Final = re.compile(
    r"std|core|alloc|proc_macro|test|crate|self|super|bool|char|str|[ui](?:8|16|32|64|128|size)|f(?:16|32|64|128)|"
    r"rustfmt|clippy|diagnostic|miri|rust_analyzer|rustdoc"
)
_PATHS: Final = (
    "scoped_identifier",
    "scoped_type_identifier",
    "scoped_use_list",
    "use_wildcard",
    "extern_crate_declaration",
)
_PLACES: Final = re.compile(r"(?:(?:src|tests|benches|examples)/.+|build\.rs)$")
_FIXTURES: Final = re.compile(r"(?:^|/)(?:testdata|fixtures?|ui|compile-fail|data|trybuild)/")
_GLOB: Final = re.compile(rb"\b(pub\b[^;{}]*\s)?use\s+(?:::)?([\w:]+(?:\s*::\s*\{[^;]*?)?)\s*::\s*\*", re.DOTALL)
_PRIVATE: Final = re.compile(rb"rustc_private")
_TABLES: Final = ("dependencies", "dev-dependencies", "build-dependencies", "dev_dependencies", "build_dependencies")


def find_undeclared_crates(look: Look) -> Iterator[Finding]:
    """Yield one finding for each crate that changed files of a package are the first to name."""
    told: set[tuple[str, str]] = set()
    packages: dict[str, _Package | None] = {}
    for file in look.subject.sources(Language.RUST):
        folder = _folder_of(look.subject.head, file.path)
        if folder is None or not _PLACES.match(file.path[len(folder) :]) or _FIXTURES.search(file.path):
            continue
        if folder not in packages:
            packages[folder] = _read_package(look.subject.head, folder)
        package = packages[folder]
        for name, line in _crates(look, file.path) if package is not None else ():
            if (folder, name) in told or package is None or package.has(name) or package.may_be(name, file.path):
                continue
            told.add((folder, name))
            if not _was_named(look.subject.base, folder, name):
                spot = Place(name, file.path, line, look.anchor(file.path, line))
                message = f"The crate `{name}` is used, and `{folder}Cargo.toml` does not have it."
                yield look.finding(UNDECLARED, spot, message, confidence=0.85)


def _folder_of(version: Version, path: str) -> str | None:
    """Return the folder of the nearest Cargo.toml above a file, with a slash behind it; None without one."""
    folder = path.rpartition("/")[0]
    while folder:
        if f"{folder}/Cargo.toml" in version.paths:
            return f"{folder}/"
        folder = folder.rpartition("/")[0]
    return "" if "Cargo.toml" in version.paths else None


def _crates(look: Look, path: str) -> Iterator[tuple[str, int]]:
    """Yield the names that paths of a file begin with and that may be crates, each with a line."""
    tree = look.subject.head.syntax.tree(path)
    for node in descend(tree.root_node, *_PATHS) if tree is not None and not tree.root_node.has_error else ():
        first = _first(node)
        if first is None or not look.subject.is_added(path, first.start_point[0] + 1):
            continue
        name = text(first).removeprefix("r#")
        if not _LANGUAGE.fullmatch(name) and re.fullmatch(r"[a-z][a-z0-9_]*", name):
            yield name, first.start_point[0] + 1


def _first(node: Node) -> Node | None:
    """Return the identifier that a whole path begins with; None where it is a part of another path."""
    if node.type == "extern_crate_declaration":
        return node.child_by_field_name("name")
    inner: Node | None = node.named_children[0] if node.named_children else None
    while inner is not None and inner.type == "scoped_identifier":
        inner = inner.child_by_field_name("path")
    above = node.parent
    if above is not None and above.type in _PATHS and above.type != "scoped_use_list":
        return None
    while above is not None and above.type in ("use_list", "use_as_clause", "scoped_use_list"):
        if above.type == "scoped_use_list" and above.child_by_field_name("path") not in (None, node):
            return None
        above = above.parent
    return inner if inner is not None and inner.type == "identifier" else None


class _Package:
    """One package: what its Cargo.toml has, and what else a first name may stand for."""

    def __init__(self, version: Version, folder: str, names: set[str]) -> None:
        self._version, self._names = version, names
        self._texts = [version.read(path) or b"" for path in version.facts if _is_of(path, folder)]
        self._given: dict[str, bool] = {}
        self._is_open = any(_PRIVATE.search(one) for one in self._texts)
        self._gives = any(public and _is_outside(head) for one in self._texts for public, head in _GLOB.findall(one))

    def has(self, name: str) -> bool:
        """Tell whether a dependency has the name, or one so like it that its library may be called so."""
        plain = _plain(name)
        return self._is_open or any(plain in one or one in plain for one in map(_plain, self._names))

    def may_be(self, name: str, path: str) -> bool:
        """Tell whether something else of the package, or a glob, may give the name."""
        heads = [head for _, head in _GLOB.findall(self._version.read(path) or b"")]
        if any(_is_outside(head) or self._gives for head in heads):
            return True
        if name not in self._given:
            self._given[name] = self._is_given(name.encode())
        return self._given[name]

    def _is_given(self, name: bytes) -> bool:
        word = re.escape(name)
        given = re.compile(
            rb"\b(?:mod|enum|struct|trait|type|union|as|macro|macro_rules!)\s+(?:r#)?%b\b|"
            rb"\buse\s+[^;]*?[{,:\s]\s*%b\b(?!\s*::)|\buse\s+[^;]*?[{,:\s]\s*%b\s*::\s*\{[^;]*?\bself\b|"
            rb"\b\w*mod\w*!\s*[({\[][^)]*\b%b\b" % (word, word, word, word)
        )
        return any(name in one and given.search(one) for one in self._texts)


def _read_package(version: Version, folder: str) -> _Package | None:
    """Return the package of a Cargo.toml; None where it is none, or cannot be read."""
    data = _parse(version, f"{folder}Cargo.toml")
    if not isinstance(data.get("package"), dict):
        return None
    names = set(_declared(data))
    for path in version.paths:
        if path.rpartition("/")[2] == "Cargo.toml":
            library = _parse(version, path).get("lib")
            names.add(str(library.get("name", "")) if isinstance(library, dict) else "")
    return _Package(version, folder, {*names, str(data["package"].get("name", ""))} - {""})


def _parse(version: Version, path: str) -> dict[str, Any]:
    try:
        return tomllib.loads((version.read(path) or b"").decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return {}


def _declared(data: dict[str, Any]) -> Iterator[str]:
    """Yield the names under which code of a package knows its dependencies."""
    targets = data.get("target")
    workspace = data.get("workspace")
    tables = [data, workspace, *(targets.values() if isinstance(targets, dict) else ())]
    for table in tables:
        for key in _TABLES if isinstance(table, dict) else ():
            group = table.get(key)
            yield from group if isinstance(group, dict) else ()


def _plain(name: str) -> str:
    return name.replace("-", "").replace("_", "").lower()


def _is_of(path: str, folder: str) -> bool:
    return path.endswith(".rs") and path.startswith(folder)


def _is_outside(head: bytes) -> bool:
    """Tell whether a glob may bring modules of another crate: `std::io::prelude` has none, nor has a type."""
    parts = [part for part in re.split(rb"[^\w]+", head) if part]
    is_own = parts[0] in (b"crate", b"self", b"super") and b"{" not in head
    return not is_own and not parts[-1][:1].isupper() and not (parts[0] == b"std" and parts[-1] == b"prelude")


def _was_named(base: Version, folder: str, name: str) -> bool:
    """Tell whether a file of the package named the crate in the base."""
    named = re.compile(rb"(?<![\w:])(?:r#)?%b\s*::|\bextern\s+crate\s+%b\b" % ((re.escape(name.encode()),) * 2))
    return any(named.search(base.read(path) or b"") for path in base.facts if _is_of(path, folder))
