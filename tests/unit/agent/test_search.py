"""Search finds the same with ripgrep and without it."""

import os
import threading
from pathlib import Path

import pytest

from yantra_bot.agent.search import Found, Query, find_ripgrep, search
from yantra_bot.errors import UserError
from yantra_bot.sandbox.tree import Tree

ENGINES = [None, find_ripgrep()] if find_ripgrep() else [None]


@pytest.fixture(params=ENGINES, ids=["pure", "ripgrep"][: len(ENGINES)])
def ripgrep(request: pytest.FixtureRequest) -> str | None:
    return request.param


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    tree = Tree(tmp_path)
    tree.write_bytes("src/a.py", b"import os\n\ndef find(a):\r\n    return a.find('x')\n")
    tree.write_bytes("src/b.ts", b"function Find() {}\n")
    tree.write_bytes(".github/c.yml", b"find: 1")
    tree.write_bytes("latin.txt", "caf\u00e9 find\n".encode("latin-1"))
    tree.write_bytes("node_modules/x.js", b"find\n")
    tree.write_bytes(".venv/y.py", b"find\n")
    tree.write_bytes("data.bin", b"find\0find\n")
    tree.write_bytes(".gitignore", b"*\n")
    tree.write_bytes(".ignore", b"*\n")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/config").write_text("find\n")
    (tmp_path / "link.py").symlink_to("src/a.py")
    (tmp_path / os.fsdecode(b"bad\xff.py")).write_text("find\n")
    return tree


def places(found: Found) -> list[tuple[str, int]]:
    return [(line.path, line.number) for line in found.lines if line.is_match]


def test_plain_text_is_found_in_order_of_path(tree: Tree, ripgrep: str | None) -> None:
    """Hidden files count; environments, git, links, binaries, and names that cannot be named do not."""
    found = search(tree, Query("find"), ripgrep=ripgrep)
    assert places(found) == [(".github/c.yml", 1), ("latin.txt", 1), ("src/a.py", 3), ("src/a.py", 4)]
    assert not found.is_cut
    assert [line.text for line in found.lines][1:3] == ["caf\u00e9 find", "def find(a):"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query("find", ignore_case=True, path="src"), [("src/a.py", 3), ("src/a.py", 4), ("src/b.ts", 1)]),
        (Query("find(", path="src/a.py"), [("src/a.py", 3), ("src/a.py", 4)]),
        (Query(r"^def \w+", is_regex=True), [("src/a.py", 3)]),
        (Query("find", glob="*.{yml,ts}"), [(".github/c.yml", 1)]),
        (Query("Find", glob="src/**/*.ts"), [("src/b.ts", 1)]),
        (Query("-e"), []),
        (Query("--pre=sh", is_regex=True), []),
        (Query("nowhere"), []),
    ],
)
def test_options_narrow_the_search(
    tree: Tree, ripgrep: str | None, query: Query, expected: list[tuple[str, int]]
) -> None:
    """Case, folder, file, pattern and glob; what looks like an option is text."""
    assert places(search(tree, query, ripgrep=ripgrep)) == expected


def test_context_shows_the_lines_around(tree: Tree, ripgrep: str | None) -> None:
    """Neighbours are told from matches, and no line comes twice."""
    found = search(tree, Query("find", path="src/a.py", context=1), ripgrep=ripgrep)
    assert [(line.number, line.is_match) for line in found.lines] == [(2, False), (3, True), (4, True)]


def test_the_number_of_matches_is_bounded(tree: Tree, ripgrep: str | None) -> None:
    """What is beyond it is not shown, and that there is more is said."""
    tree.write_bytes("many.txt", b"find\n" * 5_000)
    found = search(tree, Query("find", path="many.txt", most=7), ripgrep=ripgrep)
    assert len(found.lines) == 7
    assert found.is_cut


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (Query(""), "empty"),
        (Query("a\nb"), "line break"),
        (Query("a", path="none"), "no file or folder"),
        (Query("a", path="link.py"), "no file or folder"),
        (Query("a", path="../x"), r"\.\."),
        (Query("a", glob="/x"), "relative"),
        (Query("(", is_regex=True), "Correct"),
    ],
)
def test_what_is_no_search_is_refused(tree: Tree, ripgrep: str | None, query: Query, message: str) -> None:
    """The message says what to correct."""
    with pytest.raises(UserError, match=message):
        search(tree, query, ripgrep=ripgrep)


def test_a_pattern_that_backtracks_for_ever_is_stopped(tree: Tree) -> None:
    """The time limit reaches into a single match of the pure search."""
    tree.write_bytes("trap.txt", b"a" * 40 + b"\n")
    assert search(tree, Query("(a+)+b", is_regex=True), ripgrep=None, seconds=0.2) == Found((), True)


def test_ripgrep_that_takes_too_long_is_ended(tree: Tree, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A search is never waited for without end."""
    slow = tmp_path_factory.mktemp("bin") / "rg"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    assert search(tree, Query("a"), ripgrep=str(slow), seconds=0.2) == Found((), True)


def test_off_the_main_thread_a_regex_needs_ripgrep(tree: Tree) -> None:
    """Where no match could be interrupted, only plain text is searched for."""
    said: list[object] = []

    def work() -> None:
        said.append(places(search(tree, Query("return"), ripgrep=None)))
        try:
            search(tree, Query("a+", is_regex=True), ripgrep=None)
        except UserError as error:
            said.append(str(error))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert said == [
        [("src/a.py", 4)],
        "Regular expressions need ripgrep here, which is not installed. Search without regex.",
    ]
