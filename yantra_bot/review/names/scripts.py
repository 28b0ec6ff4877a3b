"""Relative imports of JavaScript and TypeScript that lead to no file, in the files that a change touches."""

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from yantra_bot.domain.findings import Finding
from yantra_bot.domain.graph import Language
from yantra_bot.domain.review import ChangedFile, FileStatus
from yantra_bot.graphdb.facts import FileFacts, Op, place
from yantra_bot.graphdb.languages import Linker, frontend_of
from yantra_bot.review.names.built import is_built
from yantra_bot.review.names.look import Look, Place
from yantra_bot.review.names.rules import MISSING_MODULE
from yantra_bot.review.names.suggestions import find_near
from yantra_bot.review.subject import Version

_SUFFIXES: Final = (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts")
_SPECIFIER: Final = {Op.IMPORT: 2, Op.IMPORT_FROM: 2, Op.IMPORT_STAR: 1}
"""Where in an instruction it stands what is imported."""
_MADE: Final = re.compile(
    r"(?:^|/)(?:dist|build|out|lib|gen|generated|__generated__|node_modules|\.[\w-]+|pkg|wasm)(?:/|$)"
)
_STATEMENT: Final = re.compile(r"^\s*(?:import\b|export\b|\}\s*from\b|.*\bfrom\s+[\"'])")
"""An import that is no call: those may be optional."""


def find_missing_scripts(look: Look) -> Iterator[Finding]:
    """Yield a finding for each module that is imported and not there, where the base was not like that."""
    changed = [file for file in look.subject.sources() if file.path.endswith(_SUFFIXES)]
    if not changed or not look.subject.head.paths:
        return
    head, base = _linker(look.subject.head), _linker(look.subject.base)
    for file in changed:
        known = set() if file.status is FileStatus.ADDED else set(_missing(look.subject.base, base, file.base_path))
        found = _missing(look.subject.head, head, file.path)
        for specifier, line in found.items():
            if specifier not in known:
                yield from _judge(look, file, specifier, line)


def _linker(version: Version) -> Linker:
    return frontend_of("x.ts").make_linker([path for path in version.facts if path.endswith(_SUFFIXES)], version.read)


def _missing(version: Version, linker: Linker, path: str) -> dict[str, int]:
    """Return the relative specifiers of a file that lead to no file, with the first line of each."""
    facts = version.facts.get(path)
    folder = path.rpartition("/")[0]
    found: dict[str, int] = {}
    for specifier, line in _relative(facts) if facts is not None else ():
        if linker.locate(path, specifier) is None and not _is_there(version, folder, specifier):
            found.setdefault(specifier, line)
    return found


def _relative(facts: FileFacts) -> Iterator[tuple[str, int]]:
    for body in facts.bodies:
        for op in body.ops:
            at = _SPECIFIER.get(op[0])
            if at is not None and str(op[at]).startswith(("./", "../")):
                yield op[at], place(op[-1])[0]


def _is_there(version: Version, folder: str, specifier: str) -> bool:
    """Tell whether some file, of whatever kind, may be meant; what lies outside of the repository may be."""
    stem = posixpath.normpath(f"{folder}/{specifier.partition('?')[0]}".lstrip("/"))
    if stem.startswith("..") or _MADE.search(stem):
        return True
    bare = re.sub(r"\.[cm]?jsx?$", "", stem)
    return any(path.startswith((f"{bare}.", f"{bare}/")) or path == stem for path in version.paths)


def _judge(look: Look, file: ChangedFile, specifier: str, line: int) -> Iterator[Finding]:
    quoted = re.compile(rf"[\"'`]{re.escape(specifier)}[\"'`]")
    lines = look.subject.lines(file.path)
    line = next((number for number, text in enumerate(lines, start=1) if quoted.search(text)), line)
    anchor = look.anchor(file.path, line)
    folder, _, name = posixpath.normpath(f"{file.path.rpartition('/')[0]}/{specifier}".lstrip("/")).rpartition("/")
    place_of = Place(f"module {folder}/{name}".replace(" /", " "), file.path, line, anchor)
    if not _STATEMENT.match(anchor) or look.is_told(place_of) or is_built(look.subject.head.read, folder, name):
        return
    beside = (path for path in look.subject.head.facts if path.rpartition("/")[0] == folder)
    near = find_near(name, {path.rpartition("/")[2].partition(".")[0] for path in beside if path != file.path})
    message = f"`{specifier}` leads to no file of the repository.{near.question()}"
    is_typed = file.language is Language.TYPESCRIPT
    yield look.finding(MISSING_MODULE, place_of, message, confidence=0.9 if is_typed else 0.85)
