"""Modules (files) that were moved or removed while something still imports them. Python, JavaScript, TypeScript."""

from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from yantra_bot.domain.findings import Finding, Side
from yantra_bot.domain.graph import EdgeKind, Language
from yantra_bot.domain.review import ChangedFile, FileStatus
from yantra_bot.review.breaks.guards import NAMING, is_guarded
from yantra_bot.review.breaks.provided import Provided
from yantra_bot.review.breaks.references import Context, Reference
from yantra_bot.review.breaks.report import About, count_callers, report
from yantra_bot.review.breaks.rules import REMOVED
from yantra_bot.review.breaks.sites import Broken
from yantra_bot.review.breaks.syntax import enclosing, text
from yantra_bot.review.subject import LOOKED_INTO

_SCRIPTS: Final = (Language.JAVASCRIPT, Language.TYPESCRIPT)
_GONE: Final = (FileStatus.RENAMED, FileStatus.REMOVED)
_STATEMENTS: Final = ("import_from_statement", "import_statement", "export_statement")


def find_moved_modules(context: Context, provided: Provided) -> Iterator[Finding]:
    """Yield a finding for each module that is imported where it is no more."""
    for file in context.subject.files:
        if file.status not in _GONE or file.kind not in LOOKED_INTO or file.language is None:
            continue
        row = context.subject.base.view.index_of(f"{file.base_path}::")
        if row is None or file.language not in (Language.PYTHON, *_SCRIPTS):
            continue
        module = context.subject.base.view.symbol(row)
        references = context.references(module.key, None, (EdgeKind.IMPORTS,))
        broken = [
            Broken(one, f"still imports `{module.qualified_name}`", node)
            for one in references
            if (node := context.name_at(one)) is not None and one.old is not None and _is_gone(provided, one, node)
        ]
        if broken:
            told = _tell(module.qualified_name, file, broken)
            yield report(context, REMOVED, About(module, Side.BASE), told, broken)


def _tell(name: str, file: ChangedFile, broken: list[Broken]) -> str:
    still = count_callers(broken, "still imports it where it was", "still import it where it was")
    if file.status is FileStatus.REMOVED:
        return f"The module `{name}` was removed, and {still}."
    return f"The module `{name}` was moved to `{file.path}`, and {still}."


def _is_gone(provided: Provided, reference: Reference, name: Node) -> bool:
    statement = enclosing(name, *_STATEMENTS)
    if statement is None:
        return False
    path = reference.place[0]
    if reference.language in _SCRIPTS:
        source = statement.child_by_field_name("source")
        specifier = "" if source is None else text(source).strip("'\"`")
        return specifier.startswith(".") and provided.modules.locate(path, specifier) is None
    return not is_guarded(name, NAMING) and _is_python_gone(provided, path, statement, name)


def _is_python_gone(provided: Provided, path: str, statement: Node, name: Node) -> bool:
    module = statement.child_by_field_name("module_name")
    modules = provided.modules
    if module is None:
        dotted = enclosing(name, "dotted_name") or name
        return _is_missing(provided, path, text(dotted))
    specifier = text(module).replace(" ", "")
    found = modules.locate(path, specifier)
    if found is None:
        return _is_missing(provided, path, specifier)
    return not modules.provides(path, found, text(name))


def _is_missing(provided: Provided, path: str, specifier: str) -> bool:
    """Tell whether a package of the repository has a module no more: at the top another may be installed."""
    parent = specifier.rpartition(".")[0] or ("." if specifier.startswith(".") else "")
    if specifier.startswith(".") and not specifier.rpartition(".")[0].strip("."):
        parent = "." * (len(specifier) - len(specifier.lstrip(".")))
    locate = provided.modules.locate
    return bool(parent) and locate(path, specifier) is None and locate(path, parent) is not None
