"""Globs mean what people expect, in bounded time."""

import pytest

from yantra_bot.domain.globs import expand, select
from yantra_bot.errors import UserError

PATHS = ["a.py", "src/b.py", "src/deep/c.py", "src/deep/d.ts", "src/e.tsx", "README.md"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.py", ["a.py", "src/b.py", "src/deep/c.py"]),
        ("./*.py", ["a.py", "src/b.py", "src/deep/c.py"]),
        ("src/*.py", ["src/b.py"]),
        ("src/**/*.py", ["src/b.py", "src/deep/c.py"]),
        ("**/c.py", ["src/deep/c.py"]),
        ("**", PATHS),
        ("src/**", ["src/b.py", "src/deep/c.py", "src/deep/d.ts", "src/e.tsx"]),
        ("*.{ts,tsx}", ["src/deep/d.ts", "src/e.tsx"]),
        ("{src/*,*}.md", ["README.md"]),
        ("?.py", ["a.py", "src/b.py", "src/deep/c.py"]),
        ("[!a].py", ["src/b.py", "src/deep/c.py"]),
        ("src", []),
        ("SRC/*.py", []),
    ],
)
def test_a_glob_selects(pattern: str, expected: list[str]) -> None:
    """A star stays inside a name, two pass folders, braces stand for either; without a slash any depth is meant."""
    assert select(PATHS, pattern) == expected


@pytest.mark.parametrize("pattern", ["", "/etc/*", "!x", "a" * 201, "a\0b"])
def test_what_is_no_glob_is_refused(pattern: str) -> None:
    """A glob is relative, positive and short."""
    with pytest.raises(UserError, match="relative"):
        select(PATHS, pattern)


def test_braces_are_bounded() -> None:
    """A small pattern cannot stand for thousands."""
    assert sorted(expand("{a,b}{c,d}")) == ["ac", "ad", "bc", "bd"]
    with pytest.raises(UserError, match="simpler"):
        expand("{a,b}" * 20)


def test_many_stars_are_no_trap() -> None:
    """Patterns that would make a backtracking matcher hang are quick."""
    assert select(["a" * 200 + "/" + "a" * 200], "*a" * 40 + "b") == []
    assert select(["/".join("a" * 60)], "**/a/" * 30 + "b") == []
