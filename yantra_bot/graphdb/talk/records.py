"""What was said, as tables beside the code graph. Pure.

`(:Entity)-[:MENTIONS {kind}]->(:Symbol)` is whatever an entity has to do with a symbol, `(:Entity)-[:RELATES {kind}]->
(:Entity)` what entities have to do with each other. Each row names who may read it and where it was said.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from yantra_bot.domain.talk import Entity, EntityKind, Relation, Talk
from yantra_bot.graphdb.schema import SYMBOL, NodeTable, RelationTable
from yantra_bot.graphdb.store_records import FROM, TO, Records
from yantra_bot.graphdb.talk.importance import weigh_entities

_SEEN: Final = {
    "confidence": "DOUBLE",
    "reach": "STRING",
    "mentions": "INT32",
    "first": "DOUBLE",
    "last": "DOUBLE",
    "evidence": "STRING[]",
}
ENTITY: Final = NodeTable(
    "Entity",
    {
        "key": "STRING",
        "kind": "STRING",
        "name": "STRING",
        "aliases": "STRING[]",
        **_SEEN,
        "importance": "DOUBLE",
        "community": "INT32",
    },
)
RELATES: Final = RelationTable("RELATES", ENTITY.name, ENTITY.name, {"kind": "STRING", **_SEEN})
MENTIONS: Final = RelationTable("MENTIONS", ENTITY.name, SYMBOL.name, {"kind": "STRING", **_SEEN})
_SYMBOL: Final = f"{EntityKind.SYMBOL.value}:"


def talk_records(talk: Talk) -> list[Records]:
    """Return the tables of what was said; empty where nothing was. A symbol is the graph's own node, no entity."""
    weights = weigh_entities(talk)
    entities = [
        {
            **_seen(entity),
            "key": entity.key,
            "kind": entity.kind.value,
            "name": entity.name,
            "aliases": list(entity.aliases),
            "importance": weights[entity.key].importance,
            "community": weights[entity.key].community,
        }
        for entity in talk.entities
        if entity.kind is not EntityKind.SYMBOL
    ]
    relates, mentions = [], []
    for relation in talk.relations:
        ends = [end.startswith(_SYMBOL) for end in (relation.source, relation.target)]
        row = {**_seen(relation), "kind": relation.kind.value, FROM: relation.source, TO: relation.target}
        if not any(ends):
            relates.append(row)
        elif not all(ends):
            entity, symbol = sorted((relation.source, relation.target), key=lambda end: end.startswith(_SYMBOL))
            mentions.append({**row, FROM: entity, TO: symbol.removeprefix(_SYMBOL)})
    return [Records.of(ENTITY, entities), Records.of(RELATES, relates), Records.of(MENTIONS, mentions)]


def count_records(records: Iterable[Records]) -> Mapping[str, int]:
    """Return how many there are, in words."""
    names = {ENTITY.name: "entities", RELATES.name: "relations", MENTIONS.name: "mentions"}
    return {names[one.table.name]: len(one.rows) for one in records if one.table.name in names}


def _seen(one: Entity | Relation) -> dict[str, Any]:
    return {
        "confidence": one.confidence,
        "reach": one.reach.value,
        "mentions": one.mentions,
        "first": min(seen.first for seen in one.seen),
        "last": max(seen.last for seen in one.seen),
        "evidence": [link for seen in one.seen for link in seen.links],
    }
