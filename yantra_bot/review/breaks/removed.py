"""Functions, classes, methods and constants that are gone while something still uses them."""

from collections.abc import Iterator

from tree_sitter import Node

from yantra_bot.domain.findings import Finding, Side
from yantra_bot.domain.graph import EdgeKind, Language, NodeKind, Symbol
from yantra_bot.review.breaks.fixes import follow_rename
from yantra_bot.review.breaks.guards import NAMING, is_guarded
from yantra_bot.review.breaks.pairs import Pair, Pairs, outermost
from yantra_bot.review.breaks.provided import Provided
from yantra_bot.review.breaks.references import Context, Reference
from yantra_bot.review.breaks.report import About, count_callers, kind_of, report
from yantra_bot.review.breaks.rules import REMOVED
from yantra_bot.review.breaks.sites import Broken
from yantra_bot.review.breaks.syntax import enclosing, text

_MODULES = frozenset({NodeKind.MODULE, NodeKind.FILE})


def find_removed(context: Context, provided: Provided, pairs: Pairs) -> Iterator[Finding]:
    """Yield a finding for each symbol that is gone from where it is still looked for."""
    for symbol in outermost(pairs.removed):
        broken = list(_broken(context, provided, symbol))
        if broken:
            new = pairs.successors.get(symbol.key)
            fix = None if new is None else follow_rename(context, symbol, new, broken)
            yield report(context, REMOVED, About(symbol, Side.BASE), _tell(symbol, new, broken), broken, fix)
    for pair in pairs.kept:
        if _is_withdrawn(context, pair):
            broken = [one for one in _broken(context, provided, pair.old) if one.reference.place[0] != pair.new.path]
            if broken:
                still = count_callers(broken, "still refers to it", "still refer to it")
                told = f"The {kind_of(pair.new)} `{pair.new.qualified_name}` is not exported any more, and {still}."
                yield report(context, REMOVED, About(pair.new), told, broken)


def _is_withdrawn(context: Context, pair: Pair) -> bool:
    """Tell whether a module of JavaScript or TypeScript has a name still, but exports it no more."""
    sides = ((context.subject.base, pair.old), (context.subject.head, pair.new))
    if pair.new.language not in (Language.TYPESCRIPT, Language.JAVASCRIPT):
        return False
    facts = [version.facts.get(symbol.path) for version, symbol in sides]
    exports = [None if one is None or not one.bodies else one.bodies[0].exports for one in facts]
    if exports[0] is None or exports[1] is None:
        return False
    return pair.old.name in exports[0] and pair.new.name not in exports[1]


def _broken(context: Context, provided: Provided, symbol: Symbol) -> Iterator[Broken]:
    for reference in [*context.references(symbol.key, None), *_imports(context, symbol)]:
        name = context.name_at(reference)
        if name is None or reference.old is None or not provided.is_gone(reference, symbol, name):
            continue
        if symbol.language is Language.PYTHON and is_guarded(name, NAMING):
            continue
        if _has_another(context, reference, symbol):
            continue
        yield Broken(reference, f"{_does(name, reference)} `{text(name)}`", name)


def _imports(context: Context, symbol: Symbol) -> Iterator[Reference]:
    """Yield the imports of a module's variable: the graph has them as imports of the module alone."""
    if symbol.kind is not NodeKind.VARIABLE or symbol.parent is None:
        return
    row = context.subject.base.view.index_of(symbol.parent)
    if row is None or context.subject.base.view.symbol(row).kind not in _MODULES:
        return
    for reference in context.references(symbol.parent, None, (EdgeKind.IMPORTS,)):
        if context.says(reference, symbol.name):
            yield reference


def _has_another(context: Context, reference: Reference, symbol: Symbol) -> bool:
    """Tell whether the place may have meant something else in the base that is still there."""
    if reference.old is None or reference.kind is EdgeKind.IMPORTS:
        return False
    head = context.subject.head.view
    for edge in context.edges_at(Side.BASE, reference.old):
        if edge.kind is not reference.kind or edge.target == symbol.key:
            continue
        if edge.target.startswith("::") or edge.target.startswith(f"{symbol.key}."):
            if edge.target.startswith("::"):
                return True
            continue
        if head.index_of(edge.target) is not None:
            return True
    return False


def _does(name: Node, reference: Reference) -> str:
    if enclosing(name, "import_from_statement", "import_statement", "use_declaration", "import_declaration"):
        return "still imports"
    return "still calls" if reference.kind is EdgeKind.CALLS else "still uses"


def _tell(symbol: Symbol, new: Symbol | None, broken: list[Broken]) -> str:
    what = f"The {kind_of(symbol)} `{symbol.qualified_name}`"
    still = count_callers(broken, "still refers to it", "still refer to it")
    if new is None:
        return f"{what} was removed, and {still}."
    if new.path == symbol.path and new.parent == symbol.parent:
        return f"{what} was renamed to `{new.name}`, and {still} by the old name."
    return f"{what} is `{new.qualified_name}` now, and {still} where it was."
