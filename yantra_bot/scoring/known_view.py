"""A view with what is read of its symbols before they are scored, each thing once. Used and trained from alike."""

import re
from collections.abc import Callable

from tree_sitter import Node

from yantra_bot.domain.graph import Symbol
from yantra_bot.graphdb.syntax import Syntax
from yantra_bot.graphdb.view import GraphView
from yantra_bot.scoring.batch import InnerGraph
from yantra_bot.scoring.callees import ResolvedCalls
from yantra_bot.scoring.features import SymbolFeatures
from yantra_bot.scoring.inner import function_in, graph_of
from yantra_bot.scoring.neighbours import Neighbours

Read = Callable[[str], bytes | None]


class KnownView:
    """What is computed once of a view, however many of its symbols are scored."""

    def __init__(self, view: GraphView, read: Read, before: "KnownView | None" = None) -> None:
        """`before`: another of the same view, whose files were read by something else; None where there is none."""
        self.view, self.read = view, read
        self._syntax = Syntax(read)
        graph = None if before is None else before.features.graph
        self.features: SymbolFeatures = SymbolFeatures(view, read, graph=graph, parsed=self._syntax.made)
        self.neighbours: Neighbours = Neighbours.of(view) if before is None else before.neighbours
        self.calls: ResolvedCalls = ResolvedCalls(view) if before is None else before.calls
        self._contents: dict[str, str] = {}

    def function(self, symbol: Symbol) -> Node | None:
        """Return a symbol's function, without its decorators; None where its file has no tree, or no function there."""
        tree, span = self._syntax.tree(symbol.path), symbol.span
        if tree is None:
            return None
        node = tree.root_node.descendant_for_point_range(
            (span.line - 1, span.column), (span.end_line - 1, span.end_column)
        )
        return None if node is None else function_in(node)

    def inner(self, row: int) -> InnerGraph | None:
        """Return the inside of a symbol; None where it is no function, or one that is too long."""
        node = self.function(self.view.symbol(row))
        return None if node is None else graph_of(node, self.calls.of(row))

    def names(self, path: str, word: str) -> bool:
        """Tell whether a word stands in a file, as a whole."""
        if path not in self._contents:
            self._contents[path] = (self.read(path) or b"").decode("utf-8", "replace")
        text = self._contents[path]
        return word in text and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None
