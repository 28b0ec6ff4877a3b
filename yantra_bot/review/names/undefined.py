"""Names that are read and that nothing defines, where the change made them so. Python."""

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator

from yantra_bot.domain.findings import Evidence, Finding, Fix, Severity, Side
from yantra_bot.domain.review import ChangedFile
from yantra_bot.review.names.fixes import add_import, respell
from yantra_bot.review.names.look import Look, Place, is_silenced
from yantra_bot.review.names.python import PythonFile
from yantra_bot.review.names.rules import UNDEFINED
from yantra_bot.review.names.scopes import Binding, BindingKind, Load
from yantra_bot.review.names.suggestions import (
    find_definitions,
    find_near,
    find_usual_import,
    is_standard_module,
    write_imports,
)


def find_undefined(look: Look) -> Iterator[Finding]:
    """Yield one finding for each name of each changed file."""
    for file, head in look.changed():
        missing = _missing(look, head, Side.HEAD)
        if not missing:
            continue
        base = look.before(file)
        known = Counter(place.mark for place, _ in _missing(look, base, Side.BASE)) if base is not None else Counter()
        by_name: dict[str, list[tuple[Place, Load]]] = defaultdict(list)
        for place, load in missing:
            if known[place.mark] > 0:
                known[place.mark] -= 1
            else:
                by_name[load.name].append((place, load))
        for found in by_name.values():
            yield _judge(look, file, head, found)


def _missing(look: Look, file: PythonFile, side: Side) -> list[tuple[Place, Load]]:
    """Return what nothing defines in a file; nothing where nobody can tell what it defines."""
    loads = [load for load in file.unbound() if not load.is_guarded] if not file.reader.is_dynamic else []
    if loads and file.reader.stars:
        inherited = look.modules(side).from_stars(file)
        loads = [] if inherited is None else [load for load in loads if load.name not in inherited]
    return [
        (Place(load.name, file.path, load.line, file.line(load.line).strip()), load)
        for load in loads
        if not is_silenced(file.line(load.line))
    ]


def _judge(look: Look, file: ChangedFile, head: PythonFile, found: list[tuple[Place, Load]]) -> Finding:
    place, load = min(found, key=lambda one: (one[1].line, one[1].column))
    base = look.before(file)
    was = base.scope.bindings.get(load.name, []) if base is not None else []
    only_types = all(other.is_annotation for _, other in found)
    meant, fix = _mend(look, head, load, was)
    told = _tell_of_base(look, file, was)
    evidence = [Evidence(f"`{load.name}` is read here", head.path, other.line) for _, other in found if other != load]
    if told is not None:
        evidence.insert(0, told)
    since = f" The change removed it from line {told.line} of the base." if told is not None else ""
    where = "in an annotation " if only_types else ""
    return look.finding(
        UNDEFINED,
        place,
        f"`{load.name}` is used {where}but nothing defines or imports it.{since}{meant}",
        severity=Severity.WARNING if only_types else None,
        confidence=0.97 if was else 0.95,
        evidence=evidence,
        fix=fix,
    )


def _tell_of_base(look: Look, file: ChangedFile, was: list[Binding]) -> Evidence | None:
    line = getattr(was[0].node, "lineno", 0) if was else 0
    if not line:
        return None
    text = look.anchor(file.base_path, line, Side.BASE)
    return Evidence(f"the base had it: {text}", file.base_path, line, Side.BASE)


def _mend(look: Look, file: PythonFile, load: Load, was: list[Binding]) -> tuple[str, Fix | None]:
    """Return what may have been meant, as a sentence, and the change that mends it where that is certain."""
    statement = _find_import(look, file, load, was)
    if statement:
        return f" `{statement}` would define it.", add_import(file, statement)
    homes = find_definitions(look.subject.head.view, load.name)
    if len(homes) > 1:
        return f" It is defined in {', '.join(f'`{home}`' for home in homes[:3])}.", None
    near = find_near(load.name, load.scope.visible())
    return near.question(), respell(file, load, near.clear) if near.clear else None


def _find_import(look: Look, file: PythonFile, load: Load, was: list[Binding]) -> str:
    """Return the import statement that surely defines a name, or nothing."""
    if len(was) == 1 and was[0].kind is BindingKind.IMPORT and was[0].statement is not None:
        return _write_again(was[0], load.name)
    if is_standard_module(load.name) and any(chain.root is load for chain in file.reader.chains):
        return f"import {load.name}"
    usual = find_usual_import(look.subject.head.view, look.head, load.name)
    if usual:
        return usual
    homes = find_definitions(look.subject.head.view, load.name)
    if len(homes) == 1:
        module, _, name = homes[0].removeprefix("src.").rpartition(".")
        return f"from {module} import {name}" if module else ""
    return ""


def _write_again(binding: Binding, name: str) -> str:
    node = binding.statement
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return ""
    absolute = write_imports(node, name)
    if absolute or not isinstance(node, ast.ImportFrom):
        return absolute[0] if absolute else ""
    alias = next(one for one in node.names if (one.asname or one.name) == name)
    written = f"{alias.name} as {alias.asname}" if alias.asname else alias.name
    return f"from {'.' * node.level}{node.module or ''} import {written}"
