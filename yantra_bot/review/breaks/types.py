"""Literal arguments of another type than the parameter is declared to be, since the change."""

from collections.abc import Iterator, Sequence

from tree_sitter import Node

from yantra_bot.domain.findings import Evidence, Finding, Severity, Side
from yantra_bot.domain.graph import EdgeKind, Language
from yantra_bot.graphdb.api_diff import is_test_path
from yantra_bot.graphdb.languages import language_of
from yantra_bot.graphdb.signatures import Parameter, Passing
from yantra_bot.review.breaks.arguments import certain_targets, is_near, written_call
from yantra_bot.review.breaks.calls import Shape, call_at
from yantra_bot.review.breaks.constructors import Constructors
from yantra_bot.review.breaks.definitions import Definition
from yantra_bot.review.breaks.guards import CALLING, is_guarded
from yantra_bot.review.breaks.literals import refuses, type_of
from yantra_bot.review.breaks.pairs import Pairs
from yantra_bot.review.breaks.receivers import Access, access_of, implicit_arguments
from yantra_bot.review.breaks.references import Context, Reference
from yantra_bot.review.breaks.report import About, count_callers, report
from yantra_bot.review.breaks.rules import TYPES
from yantra_bot.review.breaks.signature import changed
from yantra_bot.review.breaks.sites import Broken, is_single
from yantra_bot.review.breaks.syntax import text

_BY_PLACE = (Passing.ANY, Passing.POSITION)


def find_mismatched_types(context: Context, pairs: Pairs) -> Iterator[Finding]:
    """Yield the calls that the change writes, and the parameters whose new type refuses what callers pass."""
    constructors = Constructors(context.head)
    for file in context.subject.sources():
        if not is_test_path(file.path):
            for place, edges in context.calls_in(file.path).items():
                shape = written_call(context, file, place) if is_near(file, place[1]) else None
                targets = None if shape is None else certain_targets(context, constructors, place, edges)
                if shape is not None and targets and len(targets) == 1:
                    yield from _judge_written(context, place, shape, targets[0])
    for pair in pairs.kept:
        both = changed(context, pair)
        if both is not None and _retyped(*both):
            yield from _judge_callers(context, *both)


def _judge_written(
    context: Context, place: tuple[str, int, int], shape: Shape, target: Definition
) -> Iterator[Finding]:
    why = mismatch(context, place[0], shape, target)
    if why and not _is_excused(context, place[0], shape.node):
        path, line, _ = place
        yield Finding(
            TYPES,
            Severity.WARNING,
            0.9,
            f"This call of `{target.symbol.qualified_name}` {why}.",
            path,
            line,
            anchor=context.subject.anchor(path, line),
            symbol=target.symbol.qualified_name,
            evidence=(Evidence(f"`{target.symbol.signature}`", target.symbol.path, target.symbol.span.line),),
        )


def _retyped(old: Definition, new: Definition) -> bool:
    was = {one.name: one.annotation for one in old.parameters}
    return any(one.annotation and was.get(one.name, one.annotation) != one.annotation for one in new.parameters)


def _judge_callers(context: Context, old: Definition, new: Definition) -> Iterator[Finding]:
    broken = []
    for reference in context.references(old.symbol.key, new.symbol.key, (EdgeKind.CALLS,)):
        why = _judge_caller(context, reference, old, new)
        if why is not None:
            broken.append(why)
    if broken:
        still = count_callers(broken, "passes another type", "pass another type")
        told = f"A parameter of `{new.symbol.qualified_name}` is declared to be of another type, and {still}."
        yield report(context, TYPES, About(new.symbol), told, broken)


def _judge_caller(context: Context, reference: Reference, old: Definition, new: Definition) -> Broken | None:
    name, language, path = context.name_at(reference), reference.language, reference.place[0]
    before = context.old_name_at(reference)
    if name is None or before is None or language is None or is_test_path(path) or reference.old is None:
        return None
    shape, was = call_at(name, language), call_at(before, language)
    why = "" if shape is None else mismatch(context, path, shape, new)
    if shape is None or was is None or not why or mismatch(context, reference.old[0], was, old, Side.BASE):
        return None
    if _is_excused(context, path, shape.node) or not is_single(context, reference, new.symbol.key):
        return None
    return Broken(reference, why, shape.node)


def _is_excused(context: Context, path: str, call: Node) -> bool:
    lines = context.subject.lines(path)[call.start_point[0] : call.end_point[0] + 1]
    marks = ("type: ignore", "@ts-", "pyright:", "noqa")
    return is_guarded(call, CALLING) or any(mark in line for line in lines for mark in marks)


def mismatch(context: Context, path: str, shape: Shape, target: Definition, side: Side = Side.HEAD) -> str:
    """Return which argument is a literal that its parameter is not declared to take; empty where none is."""
    language = language_of(path)
    if language is None or shape.has_star or shape.node.type == "decorator":
        return ""
    access = access_of(context, side, path, shape, target) if language is Language.PYTHON else Access.INSTANCE
    counts = implicit_arguments(access, target) if language is Language.PYTHON else (0,)
    if len(counts) > 1:
        return ""
    for parameter, argument in _bind(shape, target.parameters, counts[0]):
        kind = type_of(argument, language)
        is_default = kind == "None" and parameter.has_default
        if kind and parameter.annotation and not is_default and refuses(parameter.annotation, kind, language):
            return f"passes `{text(argument)[:40]}` as `{parameter.name}`, which is declared `{parameter.annotation}`"
    return ""


def _bind(shape: Shape, parameters: Sequence[Parameter], given: int) -> Iterator[tuple[Parameter, Node]]:
    placed = [one for one in parameters if one.passing in _BY_PLACE]
    yield from zip(placed[given:], shape.positional, strict=False)
    by_name = {one.name: one for one in parameters if one.passing in (Passing.ANY, Passing.NAME)}
    for name, node in shape.keywords:
        if name in by_name:
            yield by_name[name], node
