"""Counts what can be counted of a change, or of functions, without a model: what a score of them has to beat. Pure."""

from collections.abc import Iterable, Sequence
from typing import Final

from yantra_bot.domain.graph import Symbol
from yantra_bot.domain.review import ChangedFile, FileKind, SymbolChange
from yantra_bot.domain.scores import ChangeSize

_CODE: Final = frozenset({FileKind.SOURCE, FileKind.CONFIGURATION, FileKind.DEPENDENCIES, FileKind.OTHER})


def is_code(file: ChangedFile) -> bool:
    """Tell whether a file's lines count for the size of a change: tests, documents and what nobody read do not."""
    return file.kind in _CODE and not file.skipped


def measure_change(files: Iterable[ChangedFile], changes: Sequence[SymbolChange]) -> ChangeSize:
    """Return the size of a change by its files that are code, and its `changes` of symbols that may be scored."""
    code = [file for file in files if is_code(file)]
    return ChangeSize(
        added=sum(file.added for file in code),
        removed=sum(file.removed for file in code),
        files=len(code),
        symbols=len(changes),
        lines=sum(one.end_line - one.line + 1 for one in changes),
    )


def measure_functions(functions: Sequence[Symbol]) -> ChangeSize:
    """Return the size of functions as they are, of which no line is changed yet."""
    return ChangeSize(
        files=len({one.path for one in functions}),
        symbols=len(functions),
        lines=sum(one.span.end_line - one.span.line + 1 for one in functions),
    )
