"""Methods that became properties and properties that became methods, with places that use them the old way. Python."""

from collections.abc import Iterator

from tree_sitter import Node

from yantra_bot.domain.findings import Finding
from yantra_bot.domain.graph import EdgeKind, Language
from yantra_bot.review.breaks.calls import call_at, callee_of
from yantra_bot.review.breaks.definitions import Binding, Definition
from yantra_bot.review.breaks.guards import CALLING, is_guarded
from yantra_bot.review.breaks.pairs import Pairs
from yantra_bot.review.breaks.references import Context, Reference
from yantra_bot.review.breaks.report import About, count_callers, report
from yantra_bot.review.breaks.rules import ACCESS
from yantra_bot.review.breaks.signature import changed
from yantra_bot.review.breaks.sites import Broken, is_single
from yantra_bot.review.breaks.usage import is_used_at_once

_MAY_BE_CALLED = ("Callable", "Any", "Type", "type[", "Protocol", "partial", "object")


def find_changed_access(context: Context, pairs: Pairs) -> Iterator[Finding]:
    """Yield a finding for each method that is a property now, or the other way round, that is used as before."""
    for pair in pairs.kept:
        both = changed(context, pair)
        if both is None or (both[0].binding is Binding.PROPERTY) == (both[1].binding is Binding.PROPERTY):
            continue
        old, new = both
        references = context.references(old.symbol.key, new.symbol.key, (EdgeKind.CALLS, EdgeKind.USES))
        broken = [one for one in (_judge(context, reference, new) for reference in references) if one is not None]
        if broken:
            does = count_callers(broken, "still uses it the old way", "still use it the old way")
            became = f"was a {old.binding.value} and is a {new.binding.value} now"
            told = f"`{new.symbol.qualified_name}` {became}, and {does}."
            yield report(context, ACCESS, About(new.symbol), told, broken)


def _judge(context: Context, reference: Reference, new: Definition) -> Broken | None:
    name = context.name_at(reference)
    if name is None or reference.old is None or not context.says(reference, new.symbol.name):
        return None
    why = _why(name, new)
    if not why or is_guarded(name, CALLING) or not is_single(context, reference, new.symbol.key):
        return None
    return Broken(reference, why, name)


def _why(name: Node, new: Definition) -> str:
    is_called = call_at(name, Language.PYTHON) is not None
    if new.binding is Binding.PROPERTY:
        return "calls it" if is_called and not any(word in new.returns for word in _MAY_BE_CALLED) else ""
    value = callee_of(name)
    return "does not call it" if not is_called and is_used_at_once(value, is_condition=True) else ""
