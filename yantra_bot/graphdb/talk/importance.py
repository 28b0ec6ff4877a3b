"""Which entities matter, and which belong together: SPEC 2's importance and Louvain's communities. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import rustworkx as rx

from yantra_bot.domain.talk import Talk
from yantra_bot.graphdb.communities import group_pairs
from yantra_bot.graphdb.ranking import Pairs, weigh_importance

MAX_EXACT = 2_000
"""Entities up to which betweenness is computed; beyond, it takes minutes and counts as nothing."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """How much an entity matters, from 0 to 1, and its community: 0 is the largest, -1 for one that nothing joins."""

    importance: float
    community: int


def weigh_entities(talk: Talk, *, now: float | None = None) -> dict[str, Weighed]:
    """Return importance and community by key. `now` is in seconds since 1970: the last mention where not given."""
    entities = talk.entities
    if not entities:
        return {}
    places = {entity.key: place for place, entity in enumerate(entities)}
    weights = _weights(talk, places)
    degrees = np.zeros(len(entities), np.int64)
    for one, other in weights:
        degrees[one] += 1
        degrees[other] += 1
    between, groups = _betweenness(len(entities), weights), group_pairs(_pairs(len(entities), weights))
    now = max(entity.last for entity in entities) if now is None else now
    most, largest = max(entity.mentions for entity in entities), int(degrees.max())
    return {
        entity.key: Weighed(
            weigh_importance(
                mentions=entity.mentions,
                most_mentions=most,
                degree=int(degrees[place]),
                largest_degree=largest,
                age=timedelta(seconds=min(max(now - entity.last, 0.0), 1e9)),
                betweenness=between.get(place, 0.0),
            ),
            int(groups[place]),
        )
        for place, entity in enumerate(entities)
    }


def _weights(talk: Talk, places: Mapping[str, int]) -> dict[tuple[int, int], float]:
    """Return the surest relation of each joined pair, without direction."""
    found: dict[tuple[int, int], float] = {}
    for relation in talk.relations:
        one, other = sorted((places[relation.source], places[relation.target]))
        found[one, other] = max(found.get((one, other), 0.0), relation.confidence)
    return found


def _pairs(count: int, weights: Mapping[tuple[int, int], float]) -> Pairs:
    joined = sorted(weights)
    sources = np.array([one for one, _ in joined], np.int64)
    targets = np.array([other for _, other in joined], np.int64)
    return Pairs(sources, targets, np.array([weights[pair] for pair in joined], np.float64), count)


def _betweenness(count: int, weights: Mapping[tuple[int, int], float]) -> dict[int, float]:
    if count > MAX_EXACT:
        return {}
    graph: rx.PyGraph[int, None] = rx.PyGraph()
    graph.add_nodes_from(range(count))
    graph.add_edges_from_no_data(list(weights))
    return dict(rx.graph_betweenness_centrality(graph, normalized=True))
