"""Classes that lack what they have to implement since the change: abstract methods, methods of interfaces and traits.

Python classes count where they are made somewhere; elsewhere a compiler refuses the class itself.
"""

import re
from collections.abc import Iterator
from typing import Final

from yantra_bot.domain.findings import Evidence, Finding, Severity, Side
from yantra_bot.domain.graph import EdgeKind, Language, NodeKind, Symbol
from yantra_bot.review.breaks.classes import Classes, base_nodes
from yantra_bot.review.breaks.definitions import last_name, node_of
from yantra_bot.review.breaks.pairs import Pairs
from yantra_bot.review.breaks.references import Context, Reference
from yantra_bot.review.breaks.report import line_of
from yantra_bot.review.breaks.rules import ABSTRACT
from yantra_bot.review.breaks.syntax import text

_ABSTRACT: Final = frozenset({"abstractmethod", "abstractproperty", "abstractclassmethod", "abstractstaticmethod"})
_MEMBERS: Final = (NodeKind.METHOD, NodeKind.VARIABLE)
_COMPILED: Final = (Language.TYPESCRIPT, Language.JAVA)


class Demands:
    """What classes of the head demand of those below them."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.classes = Classes(context.head)
        self._was = Classes(context.base)

    def is_demanded(self, member: Symbol) -> bool:
        """Tell whether a member has to be implemented below."""
        owner = self.classes.owner(member) or self._was.owner(member)
        if owner is None:
            return False
        if member.language is Language.PYTHON:
            return not _ABSTRACT.isdisjoint(map(last_name, member.decorators))
        words = member.signature.split("(")[0].split()
        if owner.kind is not NodeKind.TYPE:
            return "abstract" in words
        if member.language is Language.JAVA:
            return member.kind is NodeKind.METHOD and not {"default", "static", "private"} & set(words)
        line = self.context.subject.lines(member.path)[member.span.line - 1 :][:1]
        named = re.search(rf"\b{re.escape(member.name)}\s*(\?)?\s*[:(<]", line[0]) if line else None
        return named is not None and named.group(1) is None

    def lacking(self, owner: Symbol, name: str) -> Iterator[Symbol]:
        """Yield the classes at or below one that have no implementation of a member, and need one."""
        for one in self.classes.descendants(owner) or []:
            if one.kind is NodeKind.CLASS and one.key != owner.key and self.lacks(one, name):
                yield one

    def lacks(self, symbol: Symbol, name: str) -> bool:
        """Tell whether a class has certainly no implementation of a member, its own or inherited."""
        chain = self.classes.ancestors(symbol)
        if chain is None or (symbol.language is not Language.PYTHON and "abstract" in symbol.signature.split()):
            return False
        for one in chain:
            member = self.classes.member(one, name)
            if self.classes.is_open(one, name) or (member is not None and not self.is_demanded(member)):
                return False
        return True

    def is_made(self, symbol: Symbol) -> str:
        """Return a place where an instance of the class itself is made, as `path:line`; empty where none is known."""
        if symbol.language in _COMPILED:
            return f"{symbol.path}:{symbol.span.line}"
        context = self.context
        calls: list[Reference] = context.references(symbol.key, symbol.key, (EdgeKind.CALLS,))
        for call in calls:
            if context.says(call, symbol.name):
                return f"{call.place[0]}:{call.place[1]}"
        return ""

    def has_abc(self, symbol: Symbol) -> bool:
        """Tell whether a Python class refuses to be made while abstract methods are left."""
        for one in self.classes.ancestors(symbol) or []:
            node = node_of(self.context.head, one) if one.language is Language.PYTHON else None
            bases = [text(base) for base in base_nodes(node)] if node is not None else []
            if any(base.endswith(("ABC", "ABCMeta")) for base in bases):
                return True
        return symbol.language is not Language.PYTHON


def find_unimplemented(context: Context, pairs: Pairs) -> Iterator[Finding]:
    """Yield a finding for each class that lost an implementation it needs, or of which a new one is demanded."""
    demands = Demands(context)
    was_demanded = {pair.new.key for pair in pairs.kept if _was_abstract(pair.old)}
    fresh = [*pairs.added, *(pair.new for pair in pairs.kept if pair.new.key not in was_demanded)]
    kept = {pair.new.key for pair in pairs.kept}
    for member in fresh:
        owner = demands.classes.owner(member) if member.kind in _MEMBERS else None
        if owner is None or owner.key not in kept or not demands.is_demanded(member):
            continue
        if member.key in kept and member.language is not Language.PYTHON:
            continue
        for one in demands.lacking(owner, member.name):
            yield from _judge(demands, one, member, (member, Side.HEAD))
    for member in pairs.removed:
        yield from _find_lost(demands, member)


def _was_abstract(symbol: Symbol) -> bool:
    return not _ABSTRACT.isdisjoint(map(last_name, symbol.decorators))


def _find_lost(demands: Demands, member: Symbol) -> Iterator[Finding]:
    """Yield the classes that had their implementation from a member that is gone."""
    row = demands.context.subject.head.view.index_of(member.parent or "") if member.kind in _MEMBERS else None
    owner = None if row is None else demands.context.subject.head.view.symbol(row)
    if owner is None or owner.kind is not NodeKind.CLASS or demands.classes.member(owner, member.name) is not None:
        return
    for above in demands.classes.ancestors(owner) or []:
        demand = demands.classes.member(above, member.name)
        if demand is not None and demands.is_demanded(demand) and demands.lacks(owner, member.name):
            yield from _judge(demands, owner, demand, (member, Side.BASE))
            return


def _judge(demands: Demands, symbol: Symbol, demand: Symbol, about: tuple[Symbol, Side]) -> Iterator[Finding]:
    context = demands.context
    row = context.subject.base.view.index_of(symbol.key)
    made = demands.is_made(symbol)
    if row is None or not made or not demands.has_abc(symbol):
        return
    shown, side = about
    line = line_of(context, shown, side)
    path, _, at = made.rpartition(":")
    is_python = symbol.language is Language.PYTHON
    how = "and an instance of it is made" if is_python else "which it has to implement"
    yield Finding(
        ABSTRACT,
        Severity.ERROR,
        0.95,
        f"`{symbol.qualified_name}` does not implement `{demand.qualified_name}`, {how}.",
        shown.path,
        line,
        side=side,
        anchor=context.subject.anchor(shown.path, line, side),
        symbol=f"{symbol.qualified_name}.{demand.name}",
        evidence=(
            Evidence(f"`{symbol.qualified_name}` is {'made' if is_python else 'declared'} here", path, int(at)),
            Evidence(f"`{demand.signature}`", demand.path, demand.span.line),
        ),
    )
