"""How runners other than pytest name a test on their command line. Pure.

jest, vitest and mocha take files; `go test` takes a folder and names; `cargo test` takes names.
"""

from pathlib import PurePosixPath

from yantra_bot.domain.graph import Language, Symbol


def name_elsewhere(symbol: Symbol) -> str | None:
    """Return the id of a test that is not Python's, None where its runner is not known."""
    match symbol.language:
        case Language.JAVASCRIPT | Language.TYPESCRIPT:
            return symbol.path
        case Language.GO:
            folder = str(PurePosixPath(symbol.path).parent)
            return f"./{folder}::{symbol.name}" if folder != "." else f".::{symbol.name}"
        case Language.RUST:
            return f"{symbol.path}::{symbol.name}"
        case Language.JAVA:
            return f"{symbol.path}::{symbol.qualified_name.rpartition('.')[0].rpartition('.')[2]}::{symbol.name}"
        case _:
            return None
