"""Imports and attributes of modules that lead nowhere in the files that a change touches. Python."""

import ast
import re
from collections import Counter
from collections.abc import Iterator

from yantra_bot.domain.findings import Finding, Fix, Replacement, Severity
from yantra_bot.domain.review import ChangedFile
from yantra_bot.review.names.built import is_built
from yantra_bot.review.names.fixes import respell_at
from yantra_bot.review.names.imports import Imports, Missing, Want
from yantra_bot.review.names.look import Look
from yantra_bot.review.names.lost import where_it_was
from yantra_bot.review.names.python import PythonFile
from yantra_bot.review.names.rules import MISSING_MODULE, MISSING_NAME
from yantra_bot.review.names.suggestions import Near, find_definitions, find_near


def find_unresolved(look: Look) -> Iterator[Finding]:
    """Yield a finding for each thing that a changed file asks for and that is missing."""
    for file, head in look.changed():
        yield from _in_changed(look, file, head)


def _in_changed(look: Look, file: ChangedFile, head: PythonFile) -> Iterator[Finding]:
    missing = list(Imports(head, look.head_modules).missing())
    if not missing:
        return
    base = look.before(file)
    known = Counter(one.place.mark for one in Imports(base, look.base_modules).missing()) if base is not None else {}
    told: set[str] = set()
    for one in missing:
        if known.get(one.place.mark, 0) > 0:
            known[one.place.mark] -= 1
        elif one.place.symbol not in told and not look.is_told(one.place) and not _may_be_made(look, one):
            told.add(one.place.symbol)
            yield _tell(look, head, one)


def _may_be_made(look: Look, missing: Missing) -> bool:
    """Tell whether something that no reading of modules sees may make what is missing."""
    if missing.want is Want.MODULE:
        return is_built(look.subject.head.read, missing.paths[0].rpartition("/")[0], missing.name)
    if look.base_modules.binds(missing.paths, missing.name):
        return False  # the base had it in the same module, and it is gone
    return look.is_set_somewhere(missing.name)


def _tell(look: Look, file: PythonFile, missing: Missing) -> Finding:
    if missing.want is Want.MODULE:
        message, fix = _tell_of_module(look, file, missing)
    else:
        message, fix = _tell_of_name(look, file, missing)
    return look.finding(
        MISSING_MODULE if missing.want is Want.MODULE else MISSING_NAME,
        missing.place,
        message,
        severity=Severity.WARNING if missing.is_for_types else None,
        confidence=0.95,
        evidence=where_it_was(look, missing),
        fix=fix,
    )


def _tell_of_module(look: Look, file: PythonFile, missing: Missing) -> tuple[str, Fix | None]:
    modules = [path for path in look.head_modules.paths if path.endswith(".py")]
    here = missing.paths[0].rpartition("/")[0]
    beside = {path.rpartition("/")[2][:-3] for path in modules if path.rpartition("/")[0] == here} - {"__init__"}
    near = find_near(missing.name, beside)
    elsewhere = sorted(path for path in modules if path.endswith(f"/{missing.name}.py"))[:3]
    message = f"There is no module `{missing.module}`."
    if elsewhere and not near.clear:
        return f"{message} There is {' and '.join(f'`{path}`' for path in elsewhere)}.", None
    return message + near.question(), _respell_module(file, missing, near)


def _respell_module(file: PythonFile, missing: Missing, near: Near) -> Fix | None:
    line = file.line(missing.spot[0])
    found = [match.start() for match in re.finditer(rf"(?<![\w]){re.escape(missing.name)}(?!\w)", line)]
    if not near.clear or len(found) != 1:
        return None
    return respell_at(file, (missing.spot[0], len(line[: found[0]].encode())), missing.name, near.clear)


def _tell_of_name(look: Look, file: PythonFile, missing: Missing) -> tuple[str, Fix | None]:
    message = f"`{missing.module}` has no `{missing.name}`."
    homes = find_definitions(look.subject.head.view, missing.name)
    if homes:
        more = f" It is defined in {' and '.join(f'`{home}`' for home in homes[:3])}."
        return message + more, _import_from(file, missing, homes[0]) if len(homes) == 1 else None
    near = find_near(missing.name, look.head_modules.names(missing.paths) or ())
    fix = None
    if near.clear and missing.spot[1] >= 0:
        fix = respell_at(file, missing.spot, missing.name, near.clear)
    return message + near.question(), fix


def _import_from(file: PythonFile, missing: Missing, home: str) -> Fix | None:
    """Return the fix that imports a name from where it is; None where the statement imports more, or over lines."""
    node = missing.node
    is_plain = isinstance(node, ast.ImportFrom) and len(node.names) == 1 and node.lineno == node.end_lineno
    line = file.line(missing.spot[0])
    module, _, name = home.removeprefix("src.").rpartition(".")
    if not is_plain or not module or not re.fullmatch(rf"\s*from\s+[\w.]+\s+import\s+{re.escape(name)}\s*", line):
        return None
    indent = line[: len(line) - len(line.lstrip())]
    text = f"{indent}from {module} import {name}"
    return Fix(f"import it from `{module}`", (Replacement(file.path, missing.spot[0], missing.spot[0], text),))
