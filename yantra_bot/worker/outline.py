"""Chooses which paths of a tree to name first to somebody who has never seen it. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from yantra_bot.domain.paths import is_test

_FIRST = (
    "readme",
    "pyproject.toml",
    "setup.cfg",
    "setup.py",
    "package.json",
    "go.mod",
    "cargo.toml",
    "pom.xml",
    "agents.md",
)
_SOURCES = frozenset(
    (
        ".py",
        ".pyi",
        ".js",
        ".jsx",
        ".ts",
        ".tsx",
        ".go",
        ".rs",
        ".java",
        ".kt",
        ".c",
        ".h",
        ".cc",
        ".cpp",
        ".rb",
        ".php",
    )
)
_ASIDE = frozenset(
    ("docs", "doc", "examples", "vendor", "third_party", "locale", "locales", "fixtures", "data", "dist")
)

_FOLDED = 8
"""A folder with this many files, none of them a source, is one line where there is no room for all."""
_KINDS = 4
_ASIDE_RANK = 3


@dataclass(frozen=True, slots=True)
class _Line:
    """A path, or a folder that stands for all its files."""

    text: str
    rank: tuple[int, int, str]
    files: int = 1


def outline(paths: Iterable[str], limit: int) -> str:
    """Return at most `limit` lines in order of their names, and how many more files there are.

    A line is a path; where not all fit, a folder of many files without a source is one line that counts them.
    """
    ranked = sorted(map(_rank, paths))
    lines = [_Line(rank[2], rank) for rank in ranked]
    if len(lines) > limit:
        lines = sorted(_fold(ranked), key=lambda line: line.rank)
    shown = sorted(line.text for line in lines[: max(0, limit)])
    left = sum(line.files for line in lines[max(0, limit) :])
    return "\n".join(shown) + (f"\n… and {left} more" if left > 0 else "")


def _fold(ranked: Sequence[tuple[int, int, str]]) -> list[_Line]:
    kept = {str(folder) for rank, _, path in ranked if rank < _ASIDE_RANK for folder in PurePosixPath(path).parents}
    lines: list[_Line] = []
    groups: dict[str, list[tuple[int, int, str]]] = {}
    for rank in ranked:
        folders = [str(folder) for folder in PurePosixPath(rank[2]).parents if str(folder) not in {*kept, "."}]
        if rank[0] < _ASIDE_RANK or not folders:
            lines.append(_Line(rank[2], rank))
        else:
            groups.setdefault(folders[-1], []).append(rank)
    for folder, ranks in groups.items():
        if len(ranks) < _FOLDED:
            lines += [_Line(rank[2], rank) for rank in ranks]
        else:
            lines.append(_Line(f"{folder}/ ({len(ranks)} files: {_name_kinds(ranks)})", min(ranks), len(ranks)))
    return lines


def _name_kinds(ranks: Sequence[tuple[int, int, str]]) -> str:
    counts = Counter(PurePosixPath(path).suffix or "no suffix" for _, _, path in ranks)
    named = sorted(counts, key=lambda kind: (-counts[kind], kind))[:_KINDS]
    return ", ".join([*named, "…"] if len(counts) > _KINDS else named)


def _rank(path: str) -> tuple[int, int, str]:
    """Sort by use to a newcomer, then by depth: 0 what describes the project, 1 sources, 2 tests, 3 and 4 the rest."""
    folders, _, name = path.rpartition("/")
    depth = path.count("/")
    if not folders and name.lower().startswith(_FIRST):
        return 0, depth, path
    suffix = name[name.rfind(".") :].lower() if "." in name else ""
    if suffix not in _SOURCES:
        return 4, depth, path
    if not _ASIDE.isdisjoint(folders.lower().split("/")):
        return _ASIDE_RANK, depth, path
    return 2 if is_test(path) else 1, depth, path
