"""Imports of names that a module of JavaScript or TypeScript does not export, in the files that a change touches.

Only modules that are written with `export` are held to it: what others give is made at run time.
"""

import re
from collections.abc import Iterator
from typing import Final

from yantra_bot.domain.findings import Finding
from yantra_bot.domain.graph import Language
from yantra_bot.domain.review import FileStatus
from yantra_bot.graphdb.facts import Op, place
from yantra_bot.review.breaks.modules import Modules
from yantra_bot.review.breaks.syntax import Trees
from yantra_bot.review.names.look import Look, Place
from yantra_bot.review.names.rules import MISSING_NAME
from yantra_bot.review.subject import Version

_SUFFIXES: Final = (".js", ".jsx", ".mjs", ".ts", ".tsx", ".mts")
_EXPORTS: Final = re.compile(rb"^\s*export\b", re.MULTILINE)
_OTHERWISE: Final = re.compile(rb"\bmodule\.exports\b|\bexports\.|^\s*export\s*=|@flow", re.MULTILINE)
_SPECIAL: Final = frozenset({"", "*", "default"})
Missing = tuple[str, str]
"""Specifier and name."""


def find_missing_exports(look: Look) -> Iterator[Finding]:
    """Yield a finding for each name that is imported and not exported, where the base was not like that."""
    changed = [file for file in look.subject.sources() if file.path.endswith(_SUFFIXES)]
    if not changed:
        return
    head, base = Exported(look.subject.head), Exported(look.subject.base)
    for file in changed:
        known = set() if file.status is FileStatus.ADDED else set(base.missing(file.base_path))
        for (specifier, name), line in head.missing(file.path).items():
            place_of = Place(f"{specifier} {name}", file.path, line, look.anchor(file.path, line))
            if (specifier, name) in known or look.is_told(place_of):
                continue
            is_typed = file.language is Language.TYPESCRIPT
            message = f"`{specifier}` exports no `{name}`."
            yield look.finding(MISSING_NAME, place_of, message, confidence=0.9 if is_typed else 0.85)


class Exported:
    """What the modules of one version export."""

    def __init__(self, version: Version) -> None:
        self._version = version
        self._modules = Modules(Trees(version))

    def missing(self, path: str) -> dict[Missing, int]:
        """Return the names that a file asks of modules that do not export them, with their lines."""
        facts = self._version.facts.get(path)
        found: dict[Missing, int] = {}
        for body in facts.bodies if facts is not None and not facts.problems else ():
            for op in body.ops:
                is_own = op[0] == Op.IMPORT_FROM and str(op[2]).startswith(("./", "../")) and op[3] not in _SPECIAL
                if is_own and self._lacks(path, op[2], op[3]):
                    found.setdefault((op[2], op[3]), place(op[4])[0])
        return found

    def _lacks(self, path: str, specifier: str, name: str) -> bool:
        module = self._modules.locate(path, specifier)
        if not module or any(self._is_declared(one) for one in (path, *module)):
            return False
        texts = [self._version.read(one) or b"" for one in module]
        if not all(_EXPORTS.search(text) and not _OTHERWISE.search(text) for text in texts):
            return False
        if any(_may_export(text, name) for text in texts):
            return False
        return not self._modules.provides(path, module, name) or all(self._keeps(one, name) for one in module)

    def _is_declared(self, path: str) -> bool:
        """Tell whether a file only declares what another one gives, or has one beside it that does."""
        declared = path.rpartition(".")[0] + ".d.ts"
        return path.endswith(".d.ts") or not path.endswith(_SUFFIXES) or declared in self._version.facts

    def _keeps(self, path: str, name: str) -> bool:
        """Tell whether a module has a name for itself alone."""
        facts = self._version.facts.get(path)
        body = facts.bodies[0] if facts is not None and facts.bodies else None
        if body is None or body.exports is None or any(op[0] == Op.IMPORT_STAR for op in body.ops):
            return False
        return name in body.names and name not in body.exports


def _may_export(text: bytes, name: str) -> bool:
    """Tell whether a name stands in an `export` as it is written."""
    word = rb"(?<![\w$])%b(?![\w$])" % re.escape(name.encode())
    listed = rb"\bexport\s*(?:type\s*)?\{[^}]*%b(?!\s+as\b)" % word
    several = rb"\bexport\s+(?:const|let|var)\b[^;]{0,300}?%b" % word
    declared = rb"\bexport\s+(?!default\b)[^;={}(]*%b" % word
    return re.search(rb"|".join((listed, several, declared)), text) is not None
