"""Classes of one version: their bases as far as the repository has them, and whether they may have a member."""

import builtins
from collections.abc import Collection, Iterator
from typing import Final

from tree_sitter import Node

from yantra_bot.domain.graph import EdgeKind, Language, NodeKind, Symbol
from yantra_bot.graphdb.facts import Op
from yantra_bot.graphdb.resolve.java_methods import may_have
from yantra_bot.review.breaks.definitions import last_name, node_of
from yantra_bot.review.breaks.syntax import Trees, text

MAX_CLASSES = 60
"""A class with more ancestors or descendants than this may have anything."""
_PLAIN_BASES: Final = frozenset({"object", "ABC", "Protocol", "Generic", "NamedTuple", "TypedDict"})
_PLAIN_DECORATORS: Final = frozenset(
    {"dataclass", "total_ordering", "final", "runtime_checkable", "unique", "deprecated", "define", "frozen", "s"}
)
_ENUMS: Final = frozenset({"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"})
_ENUM_MEMBERS: Final = frozenset({"name", "value", "_value_", "_name_", "_missing_", "__members__"})
_DYNAMIC: Final = frozenset({"__getattr__", "__getattribute__"})
_KINDS: Final = (EdgeKind.INHERITS, EdgeKind.IMPLEMENTS)


class Classes:
    """The classes of one version."""

    def __init__(self, trees: Trees) -> None:
        self._trees = trees
        self._view = trees.version.view
        self._facts = trees.version.facts

    def bases(self, symbol: Symbol) -> list[Symbol]:
        """Return the direct bases that the repository has."""
        return self._ends(symbol, is_out=True)

    def subclasses(self, symbol: Symbol) -> list[Symbol]:
        """Return the direct subclasses."""
        return self._ends(symbol, is_out=False)

    def _ends(self, symbol: Symbol, *, is_out: bool) -> list[Symbol]:
        row = self._view.index_of(symbol.key)
        if row is None:
            return []
        edges = self._view.edges_out(row, _KINDS) if is_out else self._view.edges_in(row, _KINDS)
        ends = self._view.targets(edges) if is_out else self._view.sources(edges)
        found = (self._view.symbol(end) for end in dict.fromkeys(ends.tolist()))
        return [one for one in found if one.kind is not NodeKind.EXTERNAL]

    def ancestors(self, symbol: Symbol) -> list[Symbol] | None:
        """Return a class and all it inherits from, the nearest first; None where there are too many."""
        return self._closure(symbol, is_up=True)

    def descendants(self, symbol: Symbol) -> list[Symbol] | None:
        """Return a class and all that inherit from it; None where there are too many."""
        return self._closure(symbol, is_up=False)

    def _closure(self, symbol: Symbol, *, is_up: bool) -> list[Symbol] | None:
        found, at = {symbol.key: symbol}, 0
        while at < len(found):
            if len(found) > MAX_CLASSES:
                return None
            one = list(found.values())[at]
            for other in self.bases(one) if is_up else self.subclasses(one):
                found.setdefault(other.key, other)
            at += 1
        return list(found.values())

    def may_have(self, symbol: Symbol, name: str, besides: Collection[str] = (), *, is_own: bool = False) -> bool:
        """Tell whether a class, or an instance of it or of a subclass, may have an attribute.

        False only where everything that could give it is known. `besides` are keys of subclasses that are not meant.
        `is_own`: what is outside of the repository has no such member.
        """
        below = self.descendants(symbol)
        return below is None or any(self._has(one, name, is_own=is_own) for one in below if one.key not in besides)

    def _has(self, symbol: Symbol, name: str, *, is_own: bool) -> bool:
        chain = self.ancestors(symbol)
        if chain is None or any(self._declares(one, name) for one in chain):
            return True
        return not is_own and any(self.is_open(one, name) for one in chain)

    def owner(self, member: Symbol) -> Symbol | None:
        """Return the class that a member is declared in."""
        row = None if member.parent is None else self._view.index_of(member.parent)
        found = None if row is None else self._view.symbol(row)
        return found if found is not None and found.kind in (NodeKind.CLASS, NodeKind.TYPE) else None

    def member(self, symbol: Symbol, name: str) -> Symbol | None:
        """Return the symbol of a member that a class itself declares."""
        row = self._view.index_of(f"{symbol.key}.{name}")
        return None if row is None else self._view.symbol(row)

    def _declares(self, symbol: Symbol, name: str) -> bool:
        if self.member(symbol, name) is not None:
            return True
        facts = self._facts.get(symbol.path)
        if facts is None or facts.problems:
            return True
        if symbol.language is not Language.PYTHON:
            return False
        for body in facts.bodies:
            owner = facts.symbols[body.owner]
            if owner.name == symbol.name and (name in body.names or not _DYNAMIC.isdisjoint(body.names)):
                return True
        return any(op[0] == Op.SET_ATTR and op[2] == name for body in facts.bodies for op in body.ops)

    def is_open(self, symbol: Symbol, name: str) -> bool:
        """Tell whether what a class is made of is not wholly known here: a base, a metaclass, a decorator."""
        if symbol.language is not Language.PYTHON:
            return self._is_open_elsewhere(symbol, name)
        node = node_of(self._trees, symbol)
        if node is None or frozenset(map(last_name, symbol.decorators)) - _PLAIN_DECORATORS:
            return True
        return any(self._is_open_base(symbol.path, base, name) for base in base_nodes(node))

    def _is_open_base(self, path: str, base: Node, name: str) -> bool:
        if base.type == "keyword_argument":
            return text(base) not in ("metaclass=ABCMeta", "metaclass=abc.ABCMeta") and "metaclass" in text(base)
        if base.type not in ("identifier", "attribute", "subscript"):
            return True
        named = base.named_children[0] if base.type == "subscript" else base
        last = named.child_by_field_name("attribute") or named
        word = text(last)
        if self.is_known_base(path, last):
            return False
        if word in _ENUMS:
            return name in _ENUM_MEMBERS
        builtin = getattr(builtins, word, None) if named.type == "identifier" else None
        if isinstance(builtin, type):
            return hasattr(builtin, name)
        return word not in _PLAIN_BASES

    def is_known_base(self, path: str, name: Node) -> bool:
        """Tell whether a name in a list of bases stands for a class of the repository."""
        rows = self._view.in_file(path)
        if not rows:
            return False
        line, column = name.start_point[0] + 1, name.start_point[1]
        edges = self._view.edges_at([int(self._view.paths[rows[0]])])
        places = zip(self._view.lines(edges).tolist(), self._view.edge_columns(edges).tolist(), strict=True)
        at = [row for row, place in zip(edges.tolist(), places, strict=True) if place == (line, column)]
        return any(edge.kind in _KINDS and not edge.target.startswith("::") for edge in map(self._view.edge, at))

    def _outside(self, symbol: Symbol) -> list[str]:
        """Return the names of the direct bases that the repository has not."""
        row = self._view.index_of(symbol.key)
        edges = [] if row is None else self._view.make_edges(self._view.edges_out(row, _KINDS))
        return [edge.target.removeprefix("::") for edge in edges if edge.target.startswith("::")]

    def _is_open_elsewhere(self, symbol: Symbol, name: str) -> bool:
        """Tell whether a class of another language has more bases written than the repository has."""
        if symbol.language is Language.JAVA and (outside := self._outside(symbol)):
            return any(may_have(base, name) for base in outside)
        written = symbol.signature.partition(" extends ")[2] or symbol.signature.partition(" implements ")[2]
        return bool(written) and not self.bases(symbol)


def base_nodes(node: Node) -> Iterator[Node]:
    """Yield the bases of a Python class as they are written, keywords with them."""
    arguments = node.child_by_field_name("superclasses")
    if arguments is not None:
        yield from (child for child in arguments.named_children if child.type != "comment")
