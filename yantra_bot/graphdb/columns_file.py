"""A graph's columns as one file that opens in a few milliseconds: for a graph that can be computed anew at any time.

A file that cannot be read, or is of something else, is no graph; one that cannot be written is not kept. Nothing in it
is ever executed.
"""

import json
import os
import tempfile
from contextlib import suppress
from dataclasses import asdict, fields
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt
import structlog

from yantra_bot.domain.graph import Problem
from yantra_bot.graphdb.arrays import CompactGraph, EdgeTable, SymbolTable, Texts, UnresolvedTable
from yantra_bot.graphdb.facts_cache import FACTS_VERSION

log = structlog.get_logger()

COLUMNS: Final = "graph-columns.npz"
"""Beside a stored graph: the same graph of the same commit, for whoever has no engine."""
_TABLES: Final = (("symbols", SymbolTable), ("edges", EdgeTable), ("unresolved", UnresolvedTable))
_ABOUT: Final = "about"
# Now, not when it is asked for: by then a worker's account may be unable to read where we are installed.
_OURS: Final = version("yantra-bot")
Columns = dict[str, npt.NDArray[Any]]


def key_of(commit: str) -> str:
    """Return the key of a commit's graph, as this version makes it."""
    return f"{commit} {FACTS_VERSION} {_OURS}"


def save_columns(path: Path, key: str, graph: CompactGraph) -> None:
    """Keep a graph under a key, in place of what the file holds. A full disk is no error: then it is not kept."""
    about = {"key": key, "files": graph.files, "problems": [asdict(one) for one in graph.problems]}
    columns: Columns = {_ABOUT: np.frombuffer(json.dumps(about).encode(), np.uint8)}
    _put_texts(columns, "paths", graph.paths)
    for name, table in _TABLES:
        held = getattr(graph, name)
        for column in fields(table):
            value = getattr(held, column.name)
            if isinstance(value, Texts):
                _put_texts(columns, f"{name}.{column.name}", value)
            else:
                columns[f"{name}.{column.name}"] = value
    try:
        _write(path, columns)
    except OSError as refused:
        log.warning("graph.columns_not_kept", path=str(path), reason=str(refused))


def _put_texts(columns: Columns, name: str, texts: Texts) -> None:
    columns[f"{name}.data"] = np.frombuffer(texts.data, np.uint8)
    columns[f"{name}.starts"] = texts.starts


def _write(path: Path, columns: Columns) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(number, "wb") as file:
            np.savez(file, **columns)  # type: ignore[arg-type]  # numpy's stubs take the names for its own options
        Path(name).replace(path)
    finally:
        with suppress(FileNotFoundError):
            Path(name).unlink()


def load_columns(path: Path, key: str) -> CompactGraph | None:
    """Return the graph that is kept under a key; None where there is none, another, or a damaged one."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            about = json.loads(archive[_ABOUT].tobytes())
            if about["key"] != key:
                return None
            return _read(archive, about)
    except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile):
        return None


def _read(archive: Any, about: dict[str, Any]) -> CompactGraph:
    problems = tuple(Problem(**one) for one in about["problems"])
    return CompactGraph(
        SymbolTable(**_columns(archive, "symbols", SymbolTable)),
        EdgeTable(**_columns(archive, "edges", EdgeTable)),
        UnresolvedTable(**_columns(archive, "unresolved", UnresolvedTable)),
        _texts(archive, "paths"),
        problems,
        dict(about["files"]),
    )


def _columns(archive: Any, name: str, table: Any) -> dict[str, Any]:
    names = {column.name: f"{name}.{column.name}" for column in fields(table)}
    return {
        column: _texts(archive, full) if f"{full}.data" in archive else archive[full] for column, full in names.items()
    }


def _texts(archive: Any, name: str) -> Texts:
    return Texts(archive[f"{name}.data"].tobytes(), archive[f"{name}.starts"])
