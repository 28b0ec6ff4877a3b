"""Turns what broke into findings: one for each changed symbol, at its definition, with those that break as evidence."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from yantra_bot.domain.findings import Evidence, Finding, Fix, Severity, Side
from yantra_bot.domain.graph import NodeKind, Symbol
from yantra_bot.graphdb.api_diff import is_test_path
from yantra_bot.graphdb.facts import COLUMN_BITS
from yantra_bot.review.breaks.references import Context
from yantra_bot.review.breaks.rules import RULES
from yantra_bot.review.breaks.sites import Broken

MAX_EVIDENCE = 20
_SEVERITIES = {rule.id: rule.severity for rule in RULES}


@dataclass(frozen=True, slots=True)
class About:
    """The symbol that a finding is about, and the version in which it is shown."""

    symbol: Symbol
    side: Side = Side.HEAD


def report(
    context: Context, rule: str, about: About, told: str, broken: Sequence[Broken], fix: Fix | None = None
) -> Finding:
    """Return the finding of one symbol. `told` is the message, to which what could not be resolved is added."""
    symbol, side = about.symbol, about.side
    places = _unique(broken)
    line = line_of(context, symbol, side)
    return Finding(
        rule,
        _severity(rule, symbol, places),
        round(max((one.reference.confidence for one in places), default=1.0), 3),
        told + _unresolved(context, symbol),
        symbol.path,
        line,
        side=side,
        anchor=context.subject.anchor(symbol.path, line, side),
        symbol=symbol.qualified_name,
        evidence=tuple(_evidence(context, one) for one in places[:MAX_EVIDENCE]),
        more_evidence=max(0, len(places) - MAX_EVIDENCE),
        fix=fix,
    )


def _unique(broken: Iterable[Broken]) -> list[Broken]:
    """Return one for each line, those of code before those of tests, the surest first."""
    by_line: dict[tuple[str, int], Broken] = {}
    for one in broken:
        by_line.setdefault(one.reference.place[:2], one)
    return sorted(
        by_line.values(),
        key=lambda one: (is_test_path(one.reference.place[0]), -one.reference.confidence, one.reference.place),
    )


def line_of(context: Context, symbol: Symbol, side: Side) -> int:
    """Return the line of a definition's name: a decorated symbol begins at its decorators."""
    facts = context.subject.version(side).facts.get(symbol.path)
    for one in facts.symbols if facts is not None else ():
        if one.line == symbol.span.line and one.column == symbol.span.column and one.name == symbol.name:
            return one.name_site >> COLUMN_BITS or symbol.span.line
    return symbol.span.line


def _severity(rule: str, symbol: Symbol, places: Sequence[Broken]) -> Severity:
    severity = _SEVERITIES[rule]
    only_tests = all(is_test_path(one.reference.place[0]) for one in places)
    if severity is Severity.ERROR and places and only_tests and not is_test_path(symbol.path):
        return Severity.WARNING
    return severity


def _evidence(context: Context, broken: Broken) -> Evidence:
    path, line, _ = broken.reference.place
    who = context.describe(broken.reference)
    return Evidence(f"`{who}` {broken.why}", path, line, confidence=round(broken.reference.confidence, 3))


def _unresolved(context: Context, symbol: Symbol) -> str:
    if symbol.name.startswith("__") or len(symbol.name) < 3:
        return ""
    count = context.subject.head.view.count_unresolved(symbol.name)
    if not count:
        return ""
    are = "reference" if count == 1 else "references"
    return f" {count} more {are} named `{symbol.name}` could not be resolved."


def count_callers(broken: Sequence[Broken], does: str, do: str) -> str:
    """Return how many places do something, as the end of a sentence."""
    count = len({one.reference.place[:2] for one in broken})
    return f"1 place {does}" if count == 1 else f"{count} places {do}"


def kind_of(symbol: Symbol) -> str:
    """Return what a symbol is called in a sentence."""
    return {NodeKind.VARIABLE: "name", NodeKind.TEST: "function"}.get(symbol.kind, str(symbol.kind))
