"""Imports of Go whose module no `require` of the nearest go.mod covers, where the change is the first to import it.

Silent without a go.mod, for files that `go build` passes by, and for what the repository has itself or in `vendor`.
"""

import re
from collections.abc import Iterator
from typing import Final

from yantra_bot.domain.findings import Finding
from yantra_bot.domain.graph import Language
from yantra_bot.graphdb.facts import FileFacts, Op, place
from yantra_bot.review.names.look import Look, Place
from yantra_bot.review.names.rules import UNDECLARED
from yantra_bot.review.subject import Version

_IMPORTS: Final = {Op.IMPORT: 2, Op.IMPORT_STAR: 1}
"""Where in an instruction it stands what is imported."""
_PATH: Final = re.compile(r"[\w-]+(?:\.[\w-]+)+(?:/[\w.~-]+)+")
"""A host and what it has: nothing of the standard library looks so."""
_PASSED_BY: Final = re.compile(r"(?:^|/)(?:testdata|vendor|[_.][^/]*)/")
_IGNORED: Final = re.compile(rb"^//(?:go:build|\s*\+build)\b[^\n]*\bignore\b", re.MULTILINE)
_COVERED: Final = re.compile(
    r"^\s*(?:(?:module|require|replace)\s+)?\"?([\w.-]+\.[\w.-]+(?:/[\w.~-]+)*)\"?(?=\s|$)", re.MULTILINE
)
_VERSION: Final = re.compile(r"^\s*go\s+1\.(\d+)", re.MULTILINE)
_IGNORE: Final = re.compile(r"^\s*ignore\b", re.MULTILINE)
_PRUNED: Final = 17
"""From this version of the language on a go.mod names all that is imported; before, go.sum may tell of it."""


def find_undeclared_modules(look: Look) -> Iterator[Finding]:
    """Yield one finding for each import path that changed files are the first to import."""
    head, told = look.subject.head, set[str]()
    for file in look.subject.sources(Language.GO):
        facts = head.facts.get(file.path)
        if facts is None or _PASSED_BY.search(file.path) or _IGNORED.search(head.read(file.path) or b""):
            continue
        fresh = {path: line for path, line in _imported(facts) if path not in told and _PATH.fullmatch(path)}
        manifest = _manifest(head, file.path) if fresh else ""
        covered = _covered(head, manifest) if manifest else None
        for path, line in fresh.items() if covered is not None else ():
            if _is_under(path, covered or set()) or _was_imported(look.subject.base, path):
                continue
            told.add(path)
            spot = Place(path, file.path, line, look.anchor(file.path, line))
            message = f"`{path}` is imported, and `{manifest}` requires no module that has it."
            yield look.finding(UNDECLARED, spot, message, confidence=0.9)


def _imported(facts: FileFacts) -> Iterator[tuple[str, int]]:
    for body in facts.bodies:
        for op in body.ops:
            if op[0] in _IMPORTS and op[-1] > 0:
                yield str(op[_IMPORTS[op[0]]]), place(op[-1])[0]


def _manifest(version: Version, path: str) -> str:
    """Return the nearest go.mod at or above a file; empty where there is none."""
    folder = path.rpartition("/")[0]
    while True:
        found = f"{folder}/go.mod" if folder else "go.mod"
        if found in version.paths or not folder:
            return found if found in version.paths else ""
        folder = folder.rpartition("/")[0]


def _covered(version: Version, manifest: str) -> set[str] | None:
    """Return the modules that may be imported below a go.mod; None where it is not known."""
    others = [path for path in version.paths if path.rpartition("/")[2] == "go.mod"]
    has_workspace = any(path.rpartition("/")[2] == "go.work" for path in version.paths)
    texts = {path: (version.read(path) or b"").decode("utf-8", "replace") for path in others}
    text = texts[manifest]
    number = _VERSION.search(text)
    if not re.search(r"^\s*module\s", text, re.MULTILINE) or _IGNORE.search(text):
        return None
    covered = {one for path in others if has_workspace or path == manifest for one in _COVERED.findall(texts[path])}
    for other in texts.values():
        covered.update(re.findall(r"^\s*module\s+\"?([^\s\"]+)", other, re.MULTILINE))
    if number is None or int(number[1]) < _PRUNED:
        sums = (version.read(manifest.removesuffix("mod") + "sum") or b"").decode("utf-8", "replace")
        covered.update(line.partition(" ")[0] for line in sums.split("\n"))
    vendored = manifest.removesuffix("go.mod") + "vendor/modules.txt"
    if vendored in version.paths:
        covered.update(
            re.findall(r"^# (\S+)", (version.read(vendored) or b"").decode("utf-8", "replace"), re.MULTILINE)
        )
    return covered


def _is_under(path: str, modules: set[str]) -> bool:
    """Tell whether some module's path is the import's or the beginning of it."""
    parts = path.split("/")
    return any("/".join(parts[:count]) in modules for count in range(1, len(parts) + 1))


def _was_imported(base: Version, path: str) -> bool:
    """Tell whether some file of the base imports a package of the same three first parts: mostly a module."""
    root = "/".join(path.split("/")[:3])
    files = (facts for name, facts in base.facts.items() if name.endswith(".go"))
    return any(one == root or one.startswith(f"{root}/") for facts in files for one, _ in _imported(facts))
