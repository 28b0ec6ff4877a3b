"""Functions that became asynchronous or stopped being so, with callers that use the result as before."""

from collections.abc import Iterator
from typing import Final

from yantra_bot.domain.findings import Finding
from yantra_bot.domain.graph import EdgeKind
from yantra_bot.review.breaks.calls import call_at
from yantra_bot.review.breaks.definitions import Binding, Definition
from yantra_bot.review.breaks.guards import CALLING, is_guarded
from yantra_bot.review.breaks.pairs import Pairs
from yantra_bot.review.breaks.references import Context, Reference
from yantra_bot.review.breaks.report import About, count_callers, report
from yantra_bot.review.breaks.rules import NOT_AWAITED
from yantra_bot.review.breaks.signature import changed
from yantra_bot.review.breaks.sites import Broken, is_single
from yantra_bot.review.breaks.syntax import descend, text
from yantra_bot.review.breaks.usage import is_awaited, is_dropped, is_gone_through, is_used_at_once

_MAY_AWAIT: Final = ("Await", "Corout", "Future", "Task", "Any", "Promise", "Deferred", "T", "object")


def find_asynchrony(context: Context, pairs: Pairs) -> Iterator[Finding]:
    """Yield a finding for each function whose callers do not await it, or await what cannot be awaited."""
    for pair in pairs.kept:
        both = changed(context, pair)
        if both is None or _sort(both[0]) == _sort(both[1]) or Binding.PROPERTY in (both[0].binding, both[1].binding):
            continue
        broken = [one for one in (_judge(context, call, *both) for call in _calls(context, both)) if one is not None]
        if broken:
            new = both[1]
            became = "asynchronous" if new.is_async else "synchronous"
            does = count_callers(broken, "still uses it as before", "still use it as before")
            told = f"`{new.symbol.qualified_name}` became {became}, and {does}."
            yield report(context, NOT_AWAITED, About(new.symbol), told, broken)


def _calls(context: Context, both: tuple[Definition, Definition]) -> list[Reference]:
    return context.references(both[0].symbol.key, both[1].symbol.key, (EdgeKind.CALLS,))


def _sort(one: Definition) -> tuple[bool, bool]:
    return one.awaits, one.is_async and one.is_generator


def _judge(context: Context, reference: Reference, old: Definition, new: Definition) -> Broken | None:
    name, language = context.name_at(reference), reference.language
    shape = None if name is None or language is None or reference.old is None else call_at(name, language)
    if shape is None or shape.node.type == "decorator" or is_guarded(shape.node, CALLING):
        return None
    call = shape.node
    why, through = "", is_gone_through(call)
    if new.awaits and not old.is_async and not is_awaited(call):
        if is_dropped(call):
            why = "does not await it, so that it never runs"
        elif is_used_at_once(call):
            why = "uses the result without awaiting it"
    elif old.awaits and not new.is_async and is_awaited(call) and not _may_await(new):
        why = "awaits it, though it gives nothing to await"
    elif new.is_async and new.is_generator and not old.is_async and through == "for":
        why = "goes through it without `async for`"
    elif old.is_async and old.is_generator and not new.is_async and through == "async for":
        why = "goes through it by `async for`"
    return Broken(reference, why, call) if why and is_single(context, reference, new.symbol.key) else None


def _may_await(definition: Definition) -> bool:
    """Tell whether what a plain function returns may be something to await."""
    if definition.returns:
        return any(word in definition.returns for word in _MAY_AWAIT)
    block = None if definition.node is None else definition.node.child_by_field_name("body")
    if block is None:
        return True
    return any(
        one.named_child_count and text(one.named_children[0]) != "None" for one in descend(block, "return_statement")
    )
