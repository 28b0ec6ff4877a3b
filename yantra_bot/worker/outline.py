"""Chooses which paths of a tree to name first to somebody who has never seen it. Pure."""

from collections.abc import Iterable

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


def outline(paths: Iterable[str], limit: int) -> str:
    """Return at most `limit` paths, one a line, in order of their names, and how many more there are."""
    ranked = sorted(paths, key=_rank)
    shown = "\n".join(sorted(ranked[: max(0, limit)]))
    left = len(ranked) - max(0, limit)
    return f"{shown}\n… and {left} more" if left > 0 else shown


def _rank(path: str) -> tuple[int, int, str]:
    folders, _, name = path.rpartition("/")
    depth = path.count("/")
    if not folders and name.lower().startswith(_FIRST):
        return 0, depth, path
    suffix = name[name.rfind(".") :].lower() if "." in name else ""
    if suffix not in _SOURCES:
        return 4, depth, path
    if not _ASIDE.isdisjoint(folders.lower().split("/")):
        return 3, depth, path
    return 2 if is_test(path) else 1, depth, path
