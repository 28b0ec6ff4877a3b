"""Overrides that matched the method they override before the change, and do not any more. Python and the others alike.

An override that never matched is the authors' choice and none of this change's business.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from yantra_bot.domain.findings import Evidence, Finding, Severity, Side
from yantra_bot.domain.graph import Language, NodeKind, Symbol
from yantra_bot.graphdb.signatures import Parameter, Passing
from yantra_bot.review.breaks.classes import Classes
from yantra_bot.review.breaks.definitions import Binding, Definition, define
from yantra_bot.review.breaks.fitting import LENIENT
from yantra_bot.review.breaks.pairs import Pair, Pairs
from yantra_bot.review.breaks.references import Context
from yantra_bot.review.breaks.report import line_of
from yantra_bot.review.breaks.rules import OVERRIDE
from yantra_bot.review.breaks.signature import changed

SURE: Final = 0.9
_BY_PLACE: Final = (Passing.ANY, Passing.POSITION)
_STARS: Final = (Passing.STAR, Passing.DOUBLE_STAR)
_TYPED: Final = (Language.JAVA, Language.RUST, Language.GO)
"""Here another signature is an overload, or refused by the compiler as something that is not implemented."""


def find_broken_overrides(context: Context, pairs: Pairs) -> Iterator[Finding]:
    """Yield a finding for each changed method that parts from what it overrides, or from what overrides it."""
    classes = Classes(context.head)
    by_key = {pair.new.key: pair for pair in pairs.kept}
    edited = {pair.new.key for pair in pairs.kept if pair.old.content_hash != pair.new.content_hash}
    for pair in pairs.kept:
        both = changed(context, pair) if pair.new.kind is NodeKind.METHOD else None
        if both is None or not _is_open(both[1]) or pair.new.language in (*_TYPED, *LENIENT):
            continue
        old, new = both
        above = _related(classes, pair.new, is_up=True)
        below = [one for one in _related(classes, pair.new, is_up=False) if one.key not in edited]
        for other in [*above, *below]:
            found = _compare(context, by_key.get(other.key), (old, new), other, is_base=other in above)
            if found is not None:
                yield found


def _is_open(definition: Definition) -> bool:
    name = definition.symbol.name
    is_private = name.startswith("__") and (not name.endswith("__") or name in ("__init__", "__new__", "__post_init__"))
    return not is_private and name != "constructor" and definition.binding is not Binding.PROPERTY


def _related(classes: Classes, method: Symbol, *, is_up: bool) -> list[Symbol]:
    """Return the methods of this name of a method's class's ancestors, or of its descendants."""
    owner = classes.owner(method)
    if owner is None or method.name == "__init_subclass__":
        return []
    around = classes.ancestors(owner) if is_up else classes.descendants(owner)
    found = (classes.member(one, method.name) for one in around or [] if one.key != owner.key)
    return [one for one in found if one is not None and one.kind is NodeKind.METHOD]


def _compare(
    context: Context, pair: Pair | None, both: tuple[Definition, Definition], other: Symbol, *, is_base: bool
) -> Finding | None:
    """Compare a changed method with one related to it, which may be in the change as well."""
    old, new = both
    relative = define(context.head, other)
    row = context.subject.base.view.index_of(other.key)
    was = pair.old if pair is not None else None if row is None else context.subject.base.view.symbol(row)
    before = None if was is None else define(context.base, was)
    if relative is None or before is None or relative.binding is not new.binding or before.binding is not old.binding:
        return None
    sides = [(old, before), (new, relative)] if is_base else [(before, old), (relative, new)]
    if refuses(*sides[0]) or not (why := refuses(*sides[1])):
        return None
    override, base = sides[1]
    return _report(context, new.symbol, (override.symbol, base.symbol), why, is_base=is_base)


def refuses(override: Definition, base: Definition) -> str:
    """Return why a method cannot take what the one it overrides takes; empty where it can."""
    own, wanted = override.own, base.own
    takes_many, takes_names = (any(one.passing is star for one in own) for star in _STARS)
    places, needed = _places(own), _places(wanted)
    if len(needed) > len(places) and not takes_many and not _by_name(needed[len(places) :], own, takes_names):
        return f"takes {len(places)} by position, where {len(needed)} may be given"
    required = [one for one in places if not one.has_default]
    always = [one for one in needed if not one.has_default]
    if len(required) > len(always):
        return f"needs `{required[len(always)].name}`, which need not be given"
    return _refuses_names(own, wanted, takes_names)


def _refuses_names(own: Sequence[Parameter], wanted: Sequence[Parameter], takes_names: bool) -> str:
    taken = {one.name for one in own if one.passing in (Passing.ANY, Passing.NAME)}
    for one in wanted:
        if one.passing is Passing.NAME and one.name not in taken and not takes_names:
            return f"does not take `{one.name}`"
    given = {one.name for one in wanted if one.passing is Passing.NAME and not one.has_default}
    given |= {one.name for one in _places(wanted) if not one.has_default}
    for one in own:
        if one.passing is Passing.NAME and not one.has_default and one.name not in given:
            return f"needs `{one.name}`, which need not be given"
    return ""


def _places(parameters: Sequence[Parameter]) -> list[Parameter]:
    return [one for one in parameters if one.passing in _BY_PLACE]


def _by_name(rest: Sequence[Parameter], own: Sequence[Parameter], takes_names: bool) -> bool:
    """Tell whether what is given by position to the base is taken by name alone: callers may do so."""
    taken = {one.name for one in own if one.passing is Passing.NAME}
    return all(one.name in taken or takes_names for one in rest)


def _report(context: Context, about: Symbol, both: tuple[Symbol, Symbol], why: str, *, is_base: bool) -> Finding:
    override, base = both
    other = base if is_base else override
    line = line_of(context, about, Side.HEAD)
    return Finding(
        OVERRIDE,
        Severity.WARNING,
        SURE,
        f"`{override.qualified_name}` does not match `{base.qualified_name}` any more, which it overrides: it {why}.",
        about.path,
        line,
        anchor=context.subject.anchor(about.path, line),
        symbol=f"{about.qualified_name} / {other.qualified_name}",
        evidence=(Evidence(f"`{other.signature}`", other.path, other.span.line, confidence=SURE),),
    )
