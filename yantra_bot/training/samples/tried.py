"""Variants of functions that the project's own tests were run on: lines of `outcomes.jsonl`, and pairs made of them.

A line holds what was replaced and no other text of the project. It fits one version of one file, told by its hash.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from yantra_bot.domain.scores import BugClass
from yantra_bot.errors import SettingsError
from yantra_bot.training.faults import Module, Site, read_module, span_of
from yantra_bot.training.faults.module import Edit, FunctionNode
from yantra_bot.training.samples.drawing import Pair, begin_of, digest_of, imported_names, modules_used

OUTCOMES: Final = Path(__file__).parents[1] / "outcomes.jsonl"
"""What `python -m yantra_bot.training.outcomes` found, as the product has it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One variant of one function, and whether the tests that run the function pass with it."""

    project: str
    version: str
    path: str
    """In the wheel."""
    file: str
    """`hash_of` the file before any edit."""
    line: int
    """On which the function begins, with its decorators."""
    edits: tuple[Edit, ...]
    """In bytes of the file before any edit; of a faulty one the fault comes first."""
    bug: BugClass | None
    place: tuple[int, int] | None
    """Line and column of the fault where nothing else is edited; None for a sound one."""
    passed: bool

    @property
    def function(self) -> tuple[str, str, int]:
        """Tell the function apart from all others."""
        return self.project, self.path, self.line


def hash_of(source: bytes) -> str:
    """Return what a file is told by."""
    return hashlib.sha256(source).hexdigest()[:12]


def as_line(outcome: Outcome) -> str:
    """Return an outcome as it is stored, with the end of the line."""
    told = {
        "project": outcome.project,
        "version": outcome.version,
        "path": outcome.path,
        "file": outcome.file,
        "line": outcome.line,
        "edits": [[start, end, text.decode()] for start, end, text in outcome.edits],
        "bug": outcome.bug,
        "place": outcome.place,
        "passed": outcome.passed,
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n"


def read_outcomes(path: Path = OUTCOMES, project: str | None = None) -> list[Outcome]:
    """Return the outcomes of a file, or those of one project; none where there is no file.

    A last line without its end is what a kill left, and no outcome. Raises SettingsError for any other wrong line.
    """
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")[:-1]
    try:
        found = [_outcome(json.loads(line)) for line in lines]
    except (ValueError, KeyError, TypeError) as problem:
        raise SettingsError(f"{path} has a line that is no outcome ({problem}). Cure: restore the file.") from problem
    return [one for one in found if project in (None, one.project)]


def _outcome(told: dict[str, Any]) -> Outcome:
    return Outcome(
        project=str(told["project"]),
        version=str(told["version"]),
        path=str(told["path"]),
        file=str(told["file"]),
        line=int(told["line"]),
        edits=tuple((int(start), int(end), text.encode()) for start, end, text in told["edits"]),
        bug=BugClass(told["bug"]) if told["bug"] is not None else None,
        place=(int(told["place"][0]), int(told["place"][1])) if told["place"] is not None else None,
        passed=bool(told["passed"]),
    )


@dataclass(frozen=True, slots=True)
class TriedPair:
    """A function whose sound and faulty version were tried."""

    path: str
    span: tuple[int, int]
    """Bytes of the definition."""
    pair: Pair
    outcomes: tuple[int, int]
    """1 where the tests pass with the sound and with the faulty version, 0 where not."""


def tried_pairs(outcomes: Sequence[Outcome], files: Mapping[str, bytes]) -> list[TriedPair]:
    """Return the pairs that outcomes of one project tell of, in the order of the text.

    Those are left out whose file has other bytes, and of functions inside each other all but one.
    """
    by_function: dict[tuple[str, str, int], dict[bool, Outcome]] = {}
    for one in outcomes:
        source = files.get(one.path)
        if source is not None and hash_of(source) == one.file:
            by_function.setdefault(one.function, {})[one.bug is None] = one
    found: list[TriedPair] = []
    for path in sorted({path for _, path, _ in by_function}):
        module = read_module(files[path])
        both = {line: some for (_, of, line), some in by_function.items() if of == path and len(some) == 2}
        found += _in_module(path, module, both) if module is not None else []
    return found


def _in_module(path: str, module: Module, both: Mapping[int, Mapping[bool, Outcome]]) -> Iterator[TriedPair]:
    imported, last = imported_names(module.tree), 0
    for node in module.functions:
        start, end = span_of(module, node)
        some = both.get(begin_of(node))
        pair = None if some is None or start < last else _pair(node, some[True], some[False], imported)
        if some is not None and pair is not None and all(start <= one[0] <= one[1] <= end for one in some[False].edits):
            last = end
            yield TriedPair(path, (start, end), pair, (int(some[True].passed), int(some[False].passed)))


def _pair(node: FunctionNode, sound: Outcome, faulty: Outcome, imported: Mapping[str, str]) -> Pair | None:
    """Return the pair that was tried; None where the versions differ in more than the fault."""
    if faulty.bug is None or faulty.place is None or faulty.edits[1:] != sound.edits:
        return None
    site = Site(faulty.bug, *faulty.edits[0], *faulty.place)
    neutral = sound.edits[0] if sound.edits else None
    return Pair(begin_of(node), digest_of(node), modules_used(imported, node), site, neutral)
