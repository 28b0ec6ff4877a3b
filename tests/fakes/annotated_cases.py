"""Reads the cases of the security rules: which lines a rule has to find, and which it has to leave alone.

A comment `ruleid: a, b` speaks of the next line of code, and so does `ok: a, b`. It never starts the engine.
"""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1] / "security_rules"
ANALYZERS = {
    ".py": "python", ".js": "javascript", ".jsx": "javascript", ".ts": "typescript", ".tsx": "typescript",
    ".go": "go", ".java": "java", ".rs": "rust",
}  # fmt: skip
_NOTE = re.compile(r"^\s*(?://|#|/\*|\{/\*|<!--)\s*(ruleid|ok):\s*([\w\-]+(?:,\s*[\w\-]+)*)")


@dataclass(frozen=True, slots=True)
class Cases:
    """One file of cases; pairs are of a rule's id and a line from 1."""

    path: Path
    true: frozenset[tuple[str, int]]
    false: frozenset[tuple[str, int]]

    @property
    def name(self) -> str:
        """Language, class and suffix."""
        return str(self.path.relative_to(ROOT))

    @property
    def analyzer(self) -> str:
        """The engine's word for the language."""
        return ANALYZERS[self.path.suffix]


def read_cases() -> list[Cases]:
    """Return every file of cases."""
    return [_read(path) for path in sorted(ROOT.glob("*/*")) if path.suffix in ANALYZERS]


def _read(path: Path) -> Cases:
    found: dict[str, set[tuple[str, int]]] = {"ruleid": set(), "ok": set()}
    waiting: list[tuple[str, str]] = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if note := _NOTE.match(line):
            waiting += [(note[1], rule.strip()) for rule in note[2].split(",")]
            continue
        for kind, rule in waiting:
            found[kind].add((rule, number))
        waiting = []
    return Cases(path, frozenset(found["ruleid"]), frozenset(found["ok"]))
