"""Changed signatures with callers that break."""

from collections.abc import Iterator

from yantra_bot.domain.findings import Finding
from yantra_bot.domain.graph import Language, NodeKind
from yantra_bot.graphdb.parameters import compare_signatures
from yantra_bot.graphdb.signatures import Parameter, Signature
from yantra_bot.review.breaks.definitions import Binding, Definition, define
from yantra_bot.review.breaks.pairs import Pair, Pairs
from yantra_bot.review.breaks.references import Context
from yantra_bot.review.breaks.report import About, count_callers, report
from yantra_bot.review.breaks.rules import CALLERS
from yantra_bot.review.breaks.sites import Broken, broken_calls

CALLABLE = frozenset({NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.TEST})


def changed(context: Context, pair: Pair) -> tuple[Definition, Definition] | None:
    """Return both definitions of a callable that is declared otherwise than before; None where it is not or is unknown.

    A property is not called: what became one, or is one no more, is none of them.
    """
    if pair.old.kind not in CALLABLE or pair.new.kind not in CALLABLE:
        return None
    if pair.old.content_hash and pair.old.content_hash == pair.new.content_hash:
        return None
    old, new = define(context.base, pair.old), define(context.head, pair.new)
    return None if old is None or new is None else (old, new)


def find_changed_signatures(context: Context, pairs: Pairs) -> Iterator[Finding]:
    """Yield a finding for each callable whose new signature breaks calls that were written for the old one."""
    for pair in pairs.kept:
        both = changed(context, pair)
        if both is None or not _differs(*both) or Binding.PROPERTY in (both[0].binding, both[1].binding):
            continue
        broken = list(broken_calls(context, *both))
        if broken:
            told = tell(*both, broken)
            yield report(context, CALLERS, About(pair.new), told, broken)


def _differs(old: Definition, new: Definition) -> bool:
    return _plain(old.parameters) != _plain(new.parameters) or old.binding is not new.binding


def _plain(parameters: tuple[Parameter, ...]) -> list[tuple[str, str, bool]]:
    return [(one.name, str(one.passing), one.has_default) for one in parameters]


def tell(old: Definition, new: Definition, broken: list[Broken]) -> str:
    """Return what changed, and how many callers it breaks."""
    language = new.symbol.language or Language.PYTHON
    reasons, _ = compare_signatures(_signature(old), _signature(new), language)
    if old.binding is not new.binding:
        reasons = [f"is a {new.binding.value} instead of a {old.binding.value}", *reasons]
    how = f" ({'; '.join(reasons[:3])})" if reasons else ""
    still = count_callers(broken, "still calls it as before", "still call it as before")
    return f"The signature of `{new.symbol.qualified_name}` changed{how}, and {still}."


def _signature(definition: Definition) -> Signature:
    return Signature(definition.own, is_known=True)
