"""The engine's files of a store: built whole, changed while nobody else uses them, and removed.

Every function works on a folder whose lock its caller holds.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Final

import structlog

from yantra_bot.errors import UserError
from yantra_bot.graphdb.arrays import CompactGraph, Texts
from yantra_bot.graphdb.arrow_out import (
    edges_to_arrow,
    files_to_arrow,
    problems_to_arrow,
    symbols_to_arrow,
    unresolved_to_arrow,
)
from yantra_bot.graphdb.kuzu_engine import MEBIBYTE, EngineName, Session, open_session
from yantra_bot.graphdb.schema import FILE, NODE_TABLES, PROBLEM, RELATIONS, SYMBOL, UNRESOLVED
from yantra_bot.graphdb.store_changes import Statement
from yantra_bot.graphdb.store_errors import PoolFull, StoreDamaged
from yantra_bot.graphdb.store_records import Records, write_records

log = structlog.get_logger()

NAME: Final = "graph-{generation}.db"
_ALL: Final = "graph-*.db*"
_POOL_BASE: Final = 96 * MEBIBYTE
_POOL_FACTOR: Final = 3
_EDGE_BYTES: Final = 96
_GROWTHS: Final = 4
_CHECKPOINT: Final = "CHECKPOINT"
"""Takes the log into the file. Closing does that as well, but in silence where it fails."""


def build(path: Path, engine: EngineName, graph: CompactGraph, records: Sequence[Records]) -> None:
    """Write a whole graph into a new file. The engine's pool is a guess by size; where it is too small, begin again."""
    pool = _POOL_BASE + _POOL_FACTOR * _bytes_of(graph)
    for attempt in range(_GROWTHS):
        try:
            with open_session(path, engine, read_only=False, pool=pool << attempt) as session:
                _fill(session, graph)
                write_records(session, records)
                session.run(_CHECKPOINT)
        except PoolFull:
            log.info("graph.pool_grown", mebibytes=pool << attempt >> 20)
            remove_all_but(path.parent, keep=None, starting=path.name)
        else:
            sync(path)
            return
    raise UserError(f"The graph is too large for the engine: {pool << _GROWTHS >> 21} MiB of memory did not do.")


def change(path: Path, engine: EngineName, statements: Iterable[Statement], records: Sequence[Records]) -> None:
    """Run statements in one transaction on a file, then replace tables that others keep in it."""
    with open_session(path, engine, read_only=False) as session:
        session.run("BEGIN TRANSACTION")
        for cypher, parameters in statements:
            session.run(cypher, parameters)
        session.run("COMMIT")
        if records:
            write_records(session, records)
        session.run(_CHECKPOINT)
    sync(path)


def remove_all_but(folder: Path, *, keep: str | None, starting: str = "") -> None:
    """Remove the engine's files that are not of the one to keep, or only those of one name."""
    for path in folder.glob(_ALL):
        if path.name.startswith(starting) and (keep is None or path.name.split(".db")[0] != keep.removesuffix(".db")):
            path.unlink(missing_ok=True)


def _fill(session: Session, graph: CompactGraph) -> None:
    for statement in (*(table.creation for table in NODE_TABLES), *(one.creation for one in RELATIONS.values())):
        session.run(statement)
    session.copy(SYMBOL.name, symbols_to_arrow(graph))
    for kind, relation in RELATIONS.items():
        session.copy(relation.name, edges_to_arrow(graph, kind))
    session.copy(UNRESOLVED.name, unresolved_to_arrow(graph))
    session.copy(PROBLEM.name, problems_to_arrow(graph.problems))
    session.copy(FILE.name, files_to_arrow(graph.files))


def _bytes_of(graph: CompactGraph) -> int:
    columns = (getattr(table, one.name) for table in (graph.symbols, graph.unresolved) for one in fields(table))
    return sum(column.nbytes for column in columns if isinstance(column, Texts)) + _EDGE_BYTES * len(graph.edges)


def sync(path: Path) -> None:
    """Make a closed file last. What the engine left in its log is not in the file, and is no part of the store."""
    if path.with_name(f"{path.name}.wal").exists():
        raise StoreDamaged(f"The graph's engine did not complete {path.name}.")
    with path.open("rb") as written:
        os.fsync(written.fileno())
