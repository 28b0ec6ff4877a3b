"""The tables of the stored graph: their names, columns and types, and the Cypher that makes them.

Text and tables alone: it opens nothing. People write Cypher against these names, so a change raises SCHEMA_VERSION.
"""

from dataclasses import dataclass
from typing import Final

from yantra_bot.domain.graph import EdgeKind

SCHEMA_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class NodeTable:
    """A table of nodes. The first column is the primary key."""

    name: str
    columns: dict[str, str]
    """The engine's type by name, for example STRING, INT32, DOUBLE, STRING[]."""

    @property
    def key(self) -> str:
        """The name of the primary key's column."""
        return next(iter(self.columns))

    @property
    def creation(self) -> str:
        """The statement that makes the table."""
        return f"CREATE NODE TABLE `{self.name}`({_declare(self.columns)}, PRIMARY KEY(`{self.key}`))"

    @property
    def insertion(self) -> str:
        """The statement that makes one node, from parameters of the columns' names."""
        return f"CREATE (:`{self.name}` {{{_assign(self.columns)}}})"


@dataclass(frozen=True, slots=True)
class RelationTable:
    """A table of relations between two tables of nodes (by name)."""

    name: str
    source: str
    target: str
    columns: dict[str, str]

    @property
    def creation(self) -> str:
        """The statement that makes the table."""
        columns = f", {_declare(self.columns)}" if self.columns else ""
        return f"CREATE REL TABLE `{self.name}`(FROM `{self.source}` TO `{self.target}`{columns})"


def _declare(columns: dict[str, str]) -> str:
    return ", ".join(f"`{name}` {kind}" for name, kind in columns.items())


def _assign(columns: dict[str, str]) -> str:
    return ", ".join(f"`{name}`: ${name}" for name in columns)


SYMBOL: Final = NodeTable(
    "Symbol",
    {
        "key": "STRING",
        "kind": "STRING",
        "name": "STRING",
        "qualified_name": "STRING",
        "path": "STRING",
        "line": "INT32",
        "col": "INT32",
        "end_line": "INT32",
        "end_col": "INT32",
        "language": "STRING",
        "parent": "STRING",
        "signature": "STRING",
        "docstring": "STRING",
        "content_hash": "STRING",
        "decorators": "STRING[]",
        "visibility": "STRING",
    },
)
UNRESOLVED: Final = NodeTable(
    "Unresolved",
    {
        "id": "STRING",
        "source": "STRING",
        "name": "STRING",
        "kind": "STRING",
        "path": "STRING",
        "line": "INT32",
        "col": "INT32",
        "candidates": "STRING[]",
    },
)
PROBLEM: Final = NodeTable("Problem", {"id": "STRING", "path": "STRING", "kind": "STRING", "detail": "STRING"})
FILE: Final = NodeTable("File", {"path": "STRING", "content_hash": "STRING"})
FACT: Final = NodeTable("Fact", {"name": "STRING", "value": "STRING"})
"""What the store knows of itself, and the declarations of the tables that others keep in it."""

NODE_TABLES: Final = (SYMBOL, UNRESOLVED, PROBLEM, FILE, FACT)
EDGE_COLUMNS: Final = {
    "path": "STRING",
    "line": "INT32",
    "col": "INT32",
    "confidence": "FLOAT",
    "evidence": "STRING",
}
RELATIONS: Final = {kind: RelationTable(kind.name, SYMBOL.name, SYMBOL.name, EDGE_COLUMNS) for kind in EdgeKind}
"""One table a kind of edge: `MATCH (a:Symbol)-[:CALLS]->(b:Symbol)`."""
_PLACE: Final = "`path`: $path, `line`: $line, `col`: $col"


def relate(kind: EdgeKind) -> str:
    """Return the statement that makes one edge, from parameters named as the fields of an edge."""
    return (
        f"MATCH (a:Symbol {{`key`: $source}}), (b:Symbol {{`key`: $target}}) CREATE (a)-[:{RELATIONS[kind].name} "
        f"{{{_PLACE}, `confidence`: $confidence, `evidence`: $evidence}}]->(b)"
    )


def unrelate(kind: EdgeKind) -> str:
    """Return the statement that deletes one edge."""
    return (
        f"MATCH (a:Symbol {{`key`: $source}})-[e:{RELATIONS[kind].name} {{{_PLACE}}}]->(b:Symbol {{`key`: $target}}) "
        "DELETE e"
    )


def move(kind: EdgeKind) -> str:
    """Return the statement that gives one edge another place and another certainty: half of a new edge for an old."""
    return (
        f"MATCH (a:Symbol {{`key`: $source}})-[e:{RELATIONS[kind].name} {{{_PLACE}}}]->(b:Symbol {{`key`: $target}}) "
        "SET e.`line` = $to_line, e.`col` = $to_col, e.`confidence` = $confidence, e.`evidence` = $evidence"
    )


DELETE_SYMBOL: Final = "MATCH (s:Symbol {`key`: $key}) DETACH DELETE s"
CHANGE_SYMBOL: Final = "MATCH (s:Symbol {`key`: $key}) SET " + ", ".join(
    f"s.`{name}` = ${name}" for name in SYMBOL.columns if name != SYMBOL.key
)
DELETE_UNRESOLVED: Final = "MATCH (u:Unresolved {`id`: $id}) DELETE u"
DELETE_PROBLEMS: Final = "MATCH (p:Problem) WHERE p.`path` = $path DELETE p"
DELETE_FILE: Final = "MATCH (f:File {`path`: $path}) DELETE f"
