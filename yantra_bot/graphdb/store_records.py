"""Tables that others keep beside the code in the stored graph: commits, issues, entities, and their relations.

Who keeps them declares them; the declaration is stored too, so that they survive a rebuild of the code's part.
Relations to symbols that are gone are dropped.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from yantra_bot.errors import UserError
from yantra_bot.graphdb.arrays import clean
from yantra_bot.graphdb.kuzu_engine import Session
from yantra_bot.graphdb.schema import FACT, NODE_TABLES, RELATIONS, NodeTable, RelationTable

Row = Mapping[str, object]
Table = NodeTable | RelationTable

_PREFIX: Final = "table:"
_TYPES: Final[dict[str, Any]] = {
    "STRING": pa.string(),
    "STRING[]": pa.list_(pa.string()),
    "INT32": pa.int32(),
    "INT64": pa.int64(),
    "FLOAT": pa.float32(),
    "DOUBLE": pa.float64(),
    "BOOL": pa.bool_(),
}
_OWN: Final = {table.name for table in NODE_TABLES} | {relation.name for relation in RELATIONS.values()}
FROM, TO = "from", "to"


@dataclass(frozen=True)
class Records:
    """The whole content of one table. Rows of relations have the keys of their ends as `from` and `to`."""

    table: Table
    rows: pa.Table

    @classmethod
    def of(cls, table: Table, rows: Sequence[Row]) -> "Records":
        """Make records of dicts; a column that a row lacks is null. Raises UserError for a table of the graph's own."""
        if table.name in _OWN:
            raise UserError(f"{table.name} is a table of the code graph itself.")
        columns = {name: _TYPES[kind] for name, kind in _columns_of(table).items()}
        values = {name: pa.array([_clean(row.get(name)) for row in rows], kind) for name, kind in columns.items()}
        return cls(table, pa.table(values))


def _columns_of(table: Table) -> dict[str, str]:
    ends = {FROM: "STRING", TO: "STRING"} if isinstance(table, RelationTable) else {}
    return ends | table.columns


def _clean(value: object) -> object:
    if isinstance(value, str):
        return clean(value)
    return [clean(str(one)) for one in value] if isinstance(value, list | tuple) else value


def read_records(session: Session, names: Collection[str] | None = None) -> list[Records]:
    """Return the tables that others keep (or those named), nodes first."""
    tables = declared(session)
    chosen = [table for table in tables if names is None or table.name in names]
    keys = _keys_of(tables)
    return [Records(table, session.arrow(_selection_of(table, keys))) for table in chosen]


def declared(session: Session) -> list[Table]:
    """Return the declarations of the tables that others keep, nodes first."""
    facts = session.arrow(f"MATCH (f:{FACT.name}) RETURN f.name, f.value ORDER BY f.name").to_pylist()
    values = [json.loads(fact["f.value"]) for fact in facts if fact["f.name"].startswith(_PREFIX)]
    tables: list[Table] = [RelationTable(**value) if "source" in value else NodeTable(**value) for value in values]
    return sorted(tables, key=_is_relation)


def _selection_of(table: Table, keys: Mapping[str, str]) -> str:
    """Return the query that gives every row of a table."""
    if isinstance(table, NodeTable):
        columns = ", ".join(f"n.`{name}` AS `{name}`" for name in table.columns)
        return f"MATCH (n:`{table.name}`) RETURN {columns} ORDER BY n.`{table.key}`"
    columns = "".join(f", e.`{name}` AS `{name}`" for name in table.columns)
    ends = f"a.`{keys[table.source]}` AS `{FROM}`, b.`{keys[table.target]}` AS `{TO}`"
    return f"MATCH (a:`{table.source}`)-[e:`{table.name}`]->(b:`{table.target}`) RETURN {ends}{columns}"


def _keys_of(tables: Iterable[Table]) -> dict[str, str]:
    """Return the name of the primary key of each table of nodes."""
    return {table.name: table.key for table in (*NODE_TABLES, *tables) if isinstance(table, NodeTable)}


def write_records(session: Session, records: Sequence[Records]) -> None:
    """Put tables in the place of those of their names; others stay. A table of nodes takes its relations with it."""
    old = {table.name: table for table in declared(session)}
    new = {one.table.name for one in records}
    doomed = [table for table in old.values() if table.name in new or _hangs_from(table, new)]
    for table in sorted(doomed, key=_is_relation, reverse=True):
        session.run(f"DROP TABLE `{table.name}`")
        session.run(f"MATCH (f:{FACT.name} {{name: $name}}) DELETE f", {"name": _PREFIX + table.name})
    for one in sorted(records, key=lambda one: _is_relation(one.table)):
        session.run(one.table.creation)
        value = json.dumps(asdict(one.table))
        session.run(FACT.insertion, {"name": _PREFIX + one.table.name, "value": value})
        keys = _keys_of((*old.values(), *(other.table for other in records)))
        session.copy(one.table.name, _with_living_ends(session, one, keys))


def _with_living_ends(session: Session, records: Records, keys: Mapping[str, str]) -> pa.Table:
    rows = records.rows
    if isinstance(records.table, NodeTable):
        return rows
    for end, name in ((FROM, records.table.source), (TO, records.table.target)):
        living = session.arrow(f"MATCH (n:`{name}`) RETURN n.`{keys[name]}` AS `key`")["key"].combine_chunks()
        rows = rows.filter(pc.is_in(rows[end], value_set=living))
    return rows


def _hangs_from(table: Table, names: set[str]) -> bool:
    return isinstance(table, RelationTable) and bool({table.source, table.target} & names)


def _is_relation(table: Table) -> bool:
    return isinstance(table, RelationTable)
