"""Calls of one callable, judged: whether what a call passes fits what is taken now, and whether it did before."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tree_sitter import Node

from yantra_bot.domain.findings import Side
from yantra_bot.domain.graph import CONFIDENCE, EdgeKind, Evidence, Language, Symbol
from yantra_bot.review.breaks.calls import Shape, call_at
from yantra_bot.review.breaks.definitions import Binding, Definition, define
from yantra_bot.review.breaks.fitting import LENIENT, misfit, misplaced
from yantra_bot.review.breaks.guards import CALLING, is_guarded
from yantra_bot.review.breaks.receivers import Access, access_of, implicit_arguments
from yantra_bot.review.breaks.references import Context, Reference


@dataclass(frozen=True, slots=True)
class Broken:
    """One place that does not work any more, and why: a sentence without a subject."""

    reference: Reference
    why: str
    node: Node


def refusal(
    context: Context, side: Side, path: str, shape: Shape, definition: Definition, access: Access = Access.UNKNOWN
) -> str:
    """Return why a callable refuses a call; empty where it may take it. `access` is what is known of the call."""
    if definition.symbol.language in LENIENT or definition.binding is Binding.PROPERTY:
        return ""
    if definition.symbol.language is not Language.PYTHON:
        return misfit(shape, definition.parameters)
    if access is Access.UNKNOWN:
        access = access_of(context, side, path, shape, definition)
    told = [misfit(shape, definition.parameters, given) for given in implicit_arguments(access, definition)]
    return told[0] if all(told) else ""


def _old_access(context: Context, reference: Reference, was: Shape | None, old: Definition) -> Access:
    """Tell how a call reached a method in the base: where only one way fitted, it was that one."""
    if was is None or reference.old is None or old.symbol.language is not Language.PYTHON:
        return Access.UNKNOWN
    access = access_of(context, Side.BASE, reference.old[0], was, old)
    if access is not Access.UNKNOWN or old.binding is not Binding.INSTANCE:
        return access
    fits = [not misfit(was, old.parameters, given) for given in (1, 0)]
    return {(True, False): Access.INSTANCE, (False, True): Access.CLASS}.get((fits[0], fits[1]), Access.UNKNOWN)


def broken_calls(context: Context, old: Definition, new: Definition) -> Iterator[Broken]:
    """Yield the calls that fitted the old definition, where that can be told, and do not fit the new one."""
    for reference in context.references(old.symbol.key, new.symbol.key, (EdgeKind.CALLS,)):
        found = _judge(context, reference, old, new)
        if found is not None:
            yield found


def _judge(context: Context, reference: Reference, old: Definition, new: Definition) -> Broken | None:
    name, language = context.name_at(reference), reference.language
    shape = None if name is None or language is None else call_at(name, language)
    if name is None or language is None or shape is None:
        return None
    path = reference.place[0]
    before = context.old_name_at(reference)
    was = None if before is None else call_at(before, language)
    access = _old_access(context, reference, was, old)
    why = refusal(context, Side.HEAD, path, shape, new, access)
    if not why and was is not None and was.texts == shape.texts:
        why = _misplacement(context, path, shape, (old, new), access)
    is_expected = language is Language.PYTHON and is_guarded(shape.node, CALLING)
    if not why or is_expected or not _fitted(context, reference, was, old):
        return None
    broken = Broken(reference, why, shape.node)
    if takes_another(context, reference, shape, {new.symbol.key}):
        return broken if _is_one_of_all(context, reference, shape, new.symbol.key, access) else None
    return broken


def _fitted(context: Context, reference: Reference, was: Shape | None, old: Definition) -> bool:
    """Tell whether the call worked before; a call in a new line is given as wrong arguments instead."""
    if reference.old is None or was is None:
        return False
    return not refusal(context, Side.BASE, reference.old[0], was, old)


def _misplacement(
    context: Context, path: str, shape: Shape, both: tuple[Definition, Definition], access: Access
) -> str:
    old, new = both
    if old.binding is not new.binding or old.symbol.language in LENIENT:
        return ""
    if old.symbol.language is not Language.PYTHON:
        return misplaced(shape, old.parameters, new.parameters)
    if access is Access.UNKNOWN:
        access = access_of(context, Side.HEAD, path, shape, new)
    told = [misplaced(shape, old.parameters, new.parameters, one) for one in implicit_arguments(access, new)]
    return told[0] if all(told) else ""


def takes_another(context: Context, reference: Reference, shape: Shape, judged: Iterable[str]) -> bool:
    """Tell whether something else that may be called there, in either version, takes the call or is unknown."""
    judged = set(judged)
    others = [(Side.HEAD, one) for one in context.targets_at(Side.HEAD, reference.place)]
    if not others and reference.old is not None:
        others = [(Side.BASE, one) for one in context.targets_at(Side.BASE, reference.old)]
    for side, symbol in others:
        if symbol is None:
            return True
        if symbol.key in judged or _is_kept(context, side, symbol, judged) or _is_inside(symbol, judged):
            continue
        definition = define(context.head if side is Side.HEAD else context.base, symbol)
        if definition is None or not refusal(context, side, reference.place[0], shape, definition):
            return True
    return False


def _is_one_of_all(context: Context, reference: Reference, shape: Shape, key: str, access: Access) -> bool:
    """Tell whether a place of Python calls this one beside others that all took the call before, and still calls it.

    What is called there has to take what is passed: it fits no more that the others do, for whom nothing changed.
    """
    is_sure = reference.language is Language.PYTHON and reference.confidence >= CONFIDENCE[Evidence.FLOW]
    now = {one.key for one in context.targets_at(Side.HEAD, reference.place) if one is not None}
    if not is_sure or reference.old is None or key not in now:
        return False
    for symbol in context.targets_at(Side.BASE, reference.old):
        definition = None if symbol is None else define(context.base, symbol)
        if definition is None or refusal(context, Side.BASE, reference.old[0], shape, definition, access):
            return False
    return True


def is_single(context: Context, reference: Reference, key: str) -> bool:
    """Tell whether nothing else can be meant at a place, as far as either graph knows."""
    keys = {key}
    others = context.targets_at(Side.HEAD, reference.place)
    if not others and reference.old is not None:
        others = context.targets_at(Side.BASE, reference.old)
    return all(
        one is not None and (one.key in keys or _is_kept(context, Side.BASE, one, keys) or _is_inside(one, keys))
        for one in others
    )


def _is_inside(symbol: Symbol, judged: set[str]) -> bool:
    """Tell whether a symbol stands in one that was judged, or is the class around it.

    What a decorator gave is called at the decorator's name; a class is named beside its constructor.
    """
    return any(symbol.key.startswith(f"{key}.") or key.startswith(f"{symbol.key}.") for key in judged)


def _is_kept(context: Context, side: Side, symbol: Symbol, judged: set[str]) -> bool:
    """Tell whether a symbol of the base is one of those that were judged, under its path of today."""
    if side is Side.HEAD:
        return False
    file = context.lines.file_of(symbol.path)
    return file is not None and f"{file.path}::{symbol.key.partition('::')[2]}" in judged
