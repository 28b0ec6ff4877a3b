"""The inside of a function as a graph: its syntax, and what flows between its names."""

from yantra_bot.scoring.inner.functions import function_in
from yantra_bot.scoring.inner.graph import MAX_NODES, Callees, graph_of
from yantra_bot.scoring.inner.names import KINDS, WORDS
from yantra_bot.scoring.inner.relations import RELATIONS, Relation

__all__ = ["KINDS", "MAX_NODES", "RELATIONS", "WORDS", "Callees", "Relation", "function_in", "graph_of"]
