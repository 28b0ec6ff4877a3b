"""Results that changed in kind where a compiler counts them: nothing is returned any more, or another number of values.

Go, Java, Rust and TypeScript.
"""

from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from yantra_bot.domain.findings import Finding
from yantra_bot.domain.graph import EdgeKind, Language
from yantra_bot.graphdb.signatures import split_top
from yantra_bot.review.breaks.calls import call_at
from yantra_bot.review.breaks.definitions import Definition
from yantra_bot.review.breaks.pairs import Pairs
from yantra_bot.review.breaks.references import Context, Reference
from yantra_bot.review.breaks.report import About, count_callers, report
from yantra_bot.review.breaks.rules import RESULT
from yantra_bot.review.breaks.signature import changed
from yantra_bot.review.breaks.sites import Broken, is_single
from yantra_bot.review.breaks.usage import is_used_at_once

_NOTHING: Final = frozenset({"", "void", "()"})
_ASSIGNED: Final = ("short_var_declaration", "assignment_statement", "var_spec")
_USES: Final = frozenset({"variable_declarator", "argument_list", "return_statement", "arguments"})


def find_changed_results(context: Context, pairs: Pairs) -> Iterator[Finding]:
    """Yield a finding for each function whose callers take another number of values than it returns."""
    for pair in pairs.kept:
        both = changed(context, pair) if pair.new.language is not Language.PYTHON else None
        if both is None or both[0].returns == both[1].returns:
            continue
        old, new = both
        calls = context.references(old.symbol.key, new.symbol.key, (EdgeKind.CALLS,))
        broken = [one for one in (_judge(context, call, old, new) for call in calls) if one is not None]
        if broken:
            still = count_callers(broken, "still uses what it returned", "still use what it returned")
            was, now = old.returns or "nothing", new.returns or "nothing"
            told = f"`{new.symbol.qualified_name}` returns {now} instead of {was}, and {still}."
            yield report(context, RESULT, About(new.symbol), told, broken)


def _judge(context: Context, reference: Reference, old: Definition, new: Definition) -> Broken | None:
    name, language = context.name_at(reference), reference.language
    shape = None if name is None or language is None or reference.old is None else call_at(name, language)
    if shape is None or not is_single(context, reference, new.symbol.key):
        return None
    why = _why(shape.node, old, new, language)
    return Broken(reference, why, shape.node) if why else None


def _why(call: Node, old: Definition, new: Definition, language: Language | None) -> str:
    if language is Language.GO:
        was, now, taken = count_results(old.returns), count_results(new.returns), _taken(call)
        return f"takes {taken} of its {was} results, which are {now} now" if taken == was != now else ""
    if new.returns in _NOTHING and old.returns not in _NOTHING and language in (Language.JAVA, Language.TYPESCRIPT):
        parent = call.parent
        is_java = language is Language.JAVA and parent is not None and parent.type in _USES
        return "uses the result" if is_java or is_used_at_once(call) else ""
    return ""


def count_results(returns: str) -> int:
    """Return how many values a Go function returns by its declared results."""
    text = returns.strip()
    if not text:
        return 0
    return len(split_top(text[1:-1], Language.GO)) if text.startswith("(") and text.endswith(")") else 1


def _taken(call: Node) -> int:
    """Return how many values a Go call's statement takes; -1 where that cannot be said."""
    parent = call.parent
    if parent is None or parent.type != "expression_list" or parent.named_child_count != 1 or parent.parent is None:
        return -1
    statement = parent.parent
    left = statement.child_by_field_name("left") or statement.child_by_field_name("name")
    if statement.type not in _ASSIGNED or left is None:
        return -1
    if statement.type == "var_spec":
        return len(statement.children_by_field_name("name"))
    return left.named_child_count
