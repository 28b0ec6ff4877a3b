"""What the checks of names share: both versions' Python files and modules, and how a finding of theirs is made."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from yantra_bot.domain.findings import Evidence, Finding, Fix, RuleInfo, Severity, Side
from yantra_bot.domain.graph import Language
from yantra_bot.domain.review import ChangedFile, FileStatus
from yantra_bot.review.names.exports import Exports
from yantra_bot.review.names.python import PythonFile, PythonFiles
from yantra_bot.review.subject import Subject

MAX_EVIDENCE: Final = 10
_NOQA: Final = re.compile(
    r"#\s*(noqa\b(?!:)|noqa:[^#]*\b(F\d|E0602|E999)|type:\s*ignore|pyright:\s*ignore|pylint:\s*dis)"
)


@dataclass(frozen=True, slots=True)
class Place:
    """One place of one problem: `symbol` and the line's text tell whether the base had it as well."""

    symbol: str
    path: str
    line: int
    anchor: str

    @property
    def mark(self) -> tuple[str, str]:
        """What stays the same when lines move."""
        return self.symbol, " ".join(self.anchor.split())


class Look:
    """Both versions, read lazily."""

    def __init__(self, subject: Subject, before: Iterable[Finding] = ()) -> None:
        """`before`: what was found by others about the same change."""
        self.subject = subject
        self._told = {
            (one.path, one.line) for finding in before for one in finding.evidence if one.side is Side.HEAD and one.path
        }
        self.head = PythonFiles(subject.head)
        self.base = PythonFiles(subject.base)

    @cached_property
    def head_modules(self) -> Exports:
        return Exports(self.subject.head.facts, self.head, self.subject.head.read)

    @cached_property
    def base_modules(self) -> Exports:
        return Exports(self.subject.base.facts, self.base, self.subject.base.read)

    def files(self, side: Side) -> PythonFiles:
        return self.head if side is Side.HEAD else self.base

    def modules(self, side: Side) -> Exports:
        return self.head_modules if side is Side.HEAD else self.base_modules

    def changed(self) -> Iterable[tuple[ChangedFile, PythonFile]]:
        """Yield the changed Python files that can be read in the head."""
        for file in self.subject.sources(Language.PYTHON):
            parsed = self.head.get(file.path)
            if parsed is not None:
                yield file, parsed

    def before(self, file: ChangedFile) -> PythonFile | None:
        """Return a changed file as it was."""
        return None if file.status is FileStatus.ADDED else self.base.get(file.base_path)

    def base_path(self, path: str) -> str:
        """Return where a file of the head is in the base."""
        file = self.subject.by_path.get(path)
        return path if file is None else file.base_path

    def is_told(self, place: Place) -> bool:
        """Tell whether a finding from before has a place as its evidence or as its own: it is not told twice."""
        return (place.path, place.line) in self._told

    def is_set_somewhere(self, name: str) -> bool:
        """Tell whether some file of the head sets an attribute of a name, or names it in a `setattr`."""
        written = re.escape(name.encode())
        pattern = re.compile(rb"\.%b\s*(:[^=\n]+)?=[^=]|setattr\([^)\n]*[\"']%b[\"']" % (written, written))
        read = self.subject.head.read
        paths = (path for path in self.subject.head.facts if path.endswith(".py"))
        return any(pattern.search(read(path) or b"") for path in paths)

    def anchor(self, path: str, line: int, side: Side = Side.HEAD) -> str:
        return self.subject.anchor(path, line, side)

    def finding(
        self,
        rule: RuleInfo,
        place: Place,
        message: str,
        *,
        severity: Severity | None = None,
        confidence: float = 0.95,
        side: Side = Side.HEAD,
        evidence: Iterable[Evidence] = (),
        fix: Fix | None = None,
    ) -> Finding:
        """Make a finding at a place; pieces of evidence past the tenth are counted."""
        shown = tuple(evidence)
        return Finding(
            rule.id,
            severity or rule.severity,
            confidence,
            message,
            place.path,
            place.line,
            side=side,
            anchor=place.anchor,
            symbol=place.symbol,
            evidence=shown[:MAX_EVIDENCE],
            more_evidence=max(0, len(shown) - MAX_EVIDENCE),
            fix=fix,
        )


def is_silenced(line: str) -> bool:
    """Tell whether a line asks checkers of names to leave it alone."""
    return "#" in line and _NOQA.search(line) is not None
