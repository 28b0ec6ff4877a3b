"""Methods of Python that were renamed so that what called them finds another one, or none, and nothing finds them.

An override that has another name than what it overrode is called no more, and no call fails: the base's answers. The
same goes for what is looked up by a name that is made at run time (`getattr(self, f"visit_{kind}", self.other)`).
"""

import re
from collections.abc import Collection, Iterator

from yantra_bot.domain.findings import Finding
from yantra_bot.domain.graph import EdgeKind, Language, NodeKind, Symbol
from yantra_bot.graphdb.facts import FileFacts, Op
from yantra_bot.review.breaks.pairs import Pairs
from yantra_bot.review.breaks.references import REFERRING, Context, Reference
from yantra_bot.review.breaks.report import About, count_callers, report
from yantra_bot.review.breaks.rules import UNREACHED
from yantra_bot.review.breaks.sites import Broken

_REACHING = (*REFERRING, EdgeKind.TESTS)


def find_unreached(context: Context, pairs: Pairs, told: Collection[str]) -> Iterator[Finding]:
    """Yield a finding for each method that its new name keeps from what called it. `told`: symbols that have one."""
    for symbol in pairs.removed:
        new = pairs.successors.get(symbol.key)
        if new is None or symbol.qualified_name in told or not _is_renamed(symbol, new):
            continue
        broken = list(_left_behind(context, symbol, new))
        if broken and not _is_reached(context, new):
            still = count_callers(broken, "that called it finds another one now", "that called it find another one now")
            message = f"`{symbol.qualified_name}` was renamed to `{new.name}`, which nothing speaks of, and {still}."
            yield report(context, UNREACHED, About(new), message, broken)


def _is_renamed(old: Symbol, new: Symbol) -> bool:
    """Tell whether a method has another name in the same class, and is found by its name alone."""
    is_method = old.kind is NodeKind.METHOD and new.kind is NodeKind.METHOD and old.language is Language.PYTHON
    owners = [(symbol.parent or "").partition("::")[2] for symbol in (old, new)]
    return is_method and bool(owners[0]) and owners[0] == owners[1] and old.name != new.name and not new.decorators


def _left_behind(context: Context, old: Symbol, new: Symbol) -> Iterator[Broken]:
    for reference in context.references(old.key, None, (EdgeKind.CALLS,)):
        name = context.name_at(reference)
        if name is None or reference.old is None or reference.source == old.key:
            continue
        if context.says(reference, old.name):
            yield Broken(reference, f"calls `{old.name}`", name)
        elif _is_made(context, reference, old, new):
            yield Broken(reference, f"called `{old.name}` by a name that it makes", name)


def _is_made(context: Context, reference: Reference, old: Symbol, new: Symbol) -> bool:
    """Tell whether the place's file makes the old name out of parts, and cannot make the new one so."""
    facts = context.subject.head.facts.get(reference.place[0])
    forms = [] if facts is None else [form for form in _made_names(facts) if _has_form(old.name, form)]
    return bool(forms) and not any(_has_form(new.name, form) for form in forms)


def _made_names(facts: FileFacts) -> Iterator[tuple[str, str]]:
    """Yield how the names begin and end that a file makes at run time."""
    for body in facts.bodies:
        for op in body.ops:
            if op[0] == Op.TEXT:
                first, last = op[2][0], op[2][-1]
                form = (first if isinstance(first, str) else "", last if isinstance(last, str) else "")
                if any(form):
                    yield form


def _has_form(name: str, form: tuple[str, str]) -> bool:
    return name.startswith(form[0]) and name.endswith(form[1]) and len(name) > len(form[0]) + len(form[1])


def _is_reached(context: Context, new: Symbol) -> bool:
    """Tell whether anything in the head leads to a symbol, or speaks of its name."""
    head = context.subject.head
    row = head.view.index_of(new.key)
    if row is None or len(head.view.edges_in(row, _REACHING)):
        return True
    word = re.compile(rb"\b%b\b" % re.escape(new.name.encode()))
    count = 0
    for path in head.facts:
        count += len(word.findall(head.read(path) or b"")) if path.endswith((".py", ".pyi")) else 0
        if count > 1:
            return True
    return False
