"""How runners other than pytest come to a test: by its file, or by a folder and a name in there. Pure.

jest, vitest, mocha and node take files; `go test` takes a package and names; `cargo test` takes a package and names
with their modules. How an id is handed to each is told in docs/review.md.
"""

from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Final

from yantra_bot.domain.graph import Language, Symbol

Read = Callable[[str], bytes | None]
MANIFEST: Final = "Cargo.toml"
_ROOTS: Final = frozenset({"lib.rs", "main.rs"})
_TARGETS: Final = frozenset({"tests", "benches", "examples"})
"""Folders of a Rust package each file of which is a crate of its own."""
GO_MAIN: Final = "TestMain"
"""What Go runs around all tests of a package; `-run` runs neither it nor a benchmark."""


def name_elsewhere(symbol: Symbol, read: Read) -> str | None:
    """Return the id of a test that is not Python's, None where no runner takes it. `read` gives the version's files."""
    match symbol.language:
        case Language.JAVASCRIPT | Language.TYPESCRIPT:
            return symbol.path
        case Language.GO:
            is_none = symbol.name.startswith("Benchmark") or symbol.name == GO_MAIN
            return None if is_none else f"{_show(PurePosixPath(symbol.path).parent)}::{symbol.name}"
        case Language.RUST:
            return _name_rust(symbol, read)
        case Language.JAVA:
            return f"{symbol.path}::{symbol.qualified_name.rpartition('.')[0].rpartition('.')[2]}::{symbol.name}"
        case _:
            return None


def hand_over(name: str) -> str:
    """Return an id as it can stand on a command line: none begins like an option."""
    return f"./{name}" if name.startswith("-") else name


def _name_rust(symbol: Symbol, read: Read) -> str:
    """Return the package's folder and the name as libtest has it: the modules from the crate's root on, and its own."""
    path = PurePosixPath(symbol.path)
    package = next((one for one in path.parents if read(str(one / MANIFEST)) is not None), PurePosixPath("."))
    inside = symbol.key.partition("::")[2].partition("#")[0].split(".")
    return "::".join([_show(package), *_modules(path.relative_to(package)), *inside])


def _modules(path: PurePosixPath) -> list[str]:
    """Return the modules that a file stands for in its crate, by where it lies in its package."""
    parts = list(path.parts)
    if parts[0] == "src":
        parts = parts[3:] if parts[1:2] == ["bin"] and len(parts) > 3 else parts[1:]
        if parts[0] == "bin":
            return []
    elif parts[0] in _TARGETS:
        parts = parts[1:]
        if len(parts) == 1:
            return []
        parts = parts if parts[-1] == "mod.rs" else parts[1:]
    if len(parts) == 1 and parts[0] in _ROOTS:
        return []
    last = PurePosixPath(parts[-1])
    return parts[:-1] if last.name == "mod.rs" else [*parts[:-1], last.stem]


def _show(folder: PurePosixPath) -> str:
    return "." if str(folder) == "." else f"./{folder}"
