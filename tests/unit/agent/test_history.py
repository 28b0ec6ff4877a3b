"""A model reads what led to its commit, out of a bare repository alone, and its words never become options of git."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.mirror import MirrorMaker, run_git
from yantra_bot.agent.arguments import check_arguments
from yantra_bot.agent.history import HistoryTools
from yantra_bot.agent.specs import TOOLS
from yantra_bot.errors import UserError
from yantra_bot.sandbox.mirror import Mirror, open_mirror

FIRST = b"def add(a, b):\n    return a - b\n\n\ndef zero():\n    return 0\n"
SECOND = FIRST.replace(b"a - b", b"a + b")
THIRD = SECOND.replace(b"return 0", b"return 0.0")


class Past:
    """A repository with three commits, and the tools that look at it."""

    def __init__(self, folder: Path) -> None:
        self.maker = MirrorMaker(folder / "past.git")
        self.folder = folder
        self.commits: list[str] = []
        for content, message in (
            (FIRST, "Begin"),
            (SECOND, "Add instead of subtract\n\nAs #7 says."),
            (THIRD, "Float"),
        ):
            files = {"calc.py": content, "docs/a b;$(x).md": b"x\n"}
            whole = self.maker.commit(files)
            parent = ["-p", self.commits[-1]] if self.commits else []
            words = ("commit-tree", f"{whole}^{{tree}}", *parent, "-m", message)
            self.commits.append(run_git(self.maker.folder, *words).decode().strip())
        self.descriptor = open_mirror(self.maker.folder)
        self.at(self.commits[-1])

    def at(self, commit: str) -> None:
        self.tools = HistoryTools(Mirror(self.descriptor, self.folder / "scratch"), commit)

    def ask(self, tool: str, **arguments: Any) -> str:
        answers: dict[str, Callable[[dict[str, Any]], str]] = {
            "git_log": self.tools.log,
            "git_blame": self.tools.blame,
            "git_show": self.tools.show,
        }
        return answers[tool](check_arguments(TOOLS[tool].fields, arguments))


@pytest.fixture
def past(tmp_path: Path) -> Iterator[Past]:
    made = Past(tmp_path)
    yield made
    os.close(made.descriptor)


def test_the_log_of_a_file_of_lines_and_of_a_text(past: Past) -> None:
    """Newest first; lines and a text narrow it to the commits that are about them."""
    whole = past.ask("git_log").split("\n")
    assert [line.partition(": ")[2] for line in whole[1:]] == ["Float", "Add instead of subtract", "Begin"]
    lines = past.ask("git_log", path="calc.py", start_line=2, end_line=2)
    assert ("Add instead" in lines, "Float" in lines) == (True, False)
    text = past.ask("git_log", text="0.0")
    assert ("Float" in text, "Add instead" in text) == (True, False)
    assert "at most 1 are shown" in past.ask("git_log", limit=1)
    assert "No commit" in past.ask("git_log", path="nowhere.py")


def test_blame_names_the_commit_of_each_line(past: Past) -> None:
    """Each line stands beside who changed it last; the end of a range may lie beyond the file."""
    blamed = past.ask("git_blame", path="calc.py", start_line=2, end_line=900).split("\n")
    assert blamed[1].startswith(past.commits[1][:9])
    assert blamed[1].endswith("return a + b")
    assert blamed[5].startswith(past.commits[2][:9])
    assert "2023-11-14" in blamed[1]
    with pytest.raises(UserError, match="has 6 lines"):
        past.ask("git_blame", path="calc.py", start_line=7)
    with pytest.raises(UserError, match="the first comes after the last"):
        past.ask("git_blame", path="calc.py", start_line=5, end_line=2)
    with pytest.raises(UserError, match="There was no file"):
        past.ask("git_blame", path="other.py")


def test_a_commit_is_shown_with_its_reason_and_its_difference(past: Past) -> None:
    """Message, author and changed lines; a path narrows the difference, and what it did not change is said."""
    shown = past.ask("git_show", commit=past.commits[1][:9])
    assert all(part in shown for part in ("As #7 says.", "author A", "-    return a - b", "+    return a + b"))
    assert "a@example.com" not in shown
    assert "+    return a + b" in past.ask("git_show", commit=past.commits[1], path="calc.py")
    assert "changed nothing in docs" in past.ask("git_show", commit=past.commits[1], path="docs")


def test_history_that_is_not_at_hand_is_said(past: Past) -> None:
    """No past, a past without the commit, and a past that is cut off: each is an honest answer."""
    with pytest.raises(UserError, match="not at hand"):
        HistoryTools(None, past.commits[0]).log({})
    past.at("1" * 40)
    with pytest.raises(UserError, match="has not reached the commit"):
        past.ask("git_log")
    (past.maker.folder / "shallow").write_text(f"{past.commits[1]}\n")
    past.at(past.commits[2])
    told = past.ask("git_log")
    assert "Begin" not in told
    assert "goes back to 2023-11-14 only" in told
    assert "begins here" in past.ask("git_show", commit=past.commits[1])
    assert "older than the history at hand" in past.ask("git_blame", path="calc.py")


@pytest.mark.case("D08")
@pytest.mark.parametrize("given", ["--output=/tmp/x", "HEAD", "HEAD~1", "-x12345", "a..b", "@{-1}", "main", "0" * 40])
def test_a_commit_is_digits_and_led_to_this_one(past: Past, given: str) -> None:
    """Options, names and expressions are no commits; neither is one that is there but did not lead here."""
    with pytest.raises(UserError, match=r"named by 7 to 64|No commit"):
        past.ask("git_show", commit=given)
    past.at(past.commits[0])
    with pytest.raises(UserError, match="No commit"):
        past.ask("git_show", commit=past.commits[2])


@pytest.mark.case("D03")
@pytest.mark.parametrize("tool", ["git_log", "git_blame"])
@pytest.mark.parametrize("path", ["../x", "/etc/passwd", ".git/config", "a\0b"])
def test_a_path_outside_is_refused(past: Past, tool: str, path: str) -> None:
    """No path leaves the repository."""
    with pytest.raises(UserError):
        past.ask(tool, path=path)


def test_a_path_with_magic_is_a_name(past: Past) -> None:
    """A path selects nothing but what it names."""
    assert "No commit" in past.ask("git_log", path=":(top,glob)**")
    assert "No commit" in past.ask("git_log", path="*.py")


def test_words_of_a_model_are_never_options(past: Past, tmp_path: Path) -> None:
    """A text and a path that look like options, or like a shell's, are looked for as they are."""
    target = tmp_path / "written"
    assert "No commit" in past.ask("git_log", text=f"--output={target}")
    assert "No commit" in past.ask("git_log", path=f"--output={target.name}")
    assert "docs/a b;$(x).md" in past.ask("git_show", commit=past.commits[0], path="docs/a b;$(x).md")
    assert not target.exists()
    with pytest.raises(UserError, match="zero character"):
        past.ask("git_log", text="a\0b")
    with pytest.raises(UserError, match="Give lines or a text"):
        past.ask("git_log", path="calc.py", start_line=1, text="x")
    with pytest.raises(UserError, match="give its path"):
        past.ask("git_log", start_line=1)


@pytest.mark.case("D04")
@pytest.mark.case("D06")
def test_nothing_that_the_repository_says_is_run(past: Past, tmp_path: Path) -> None:
    """Configuration, drivers and aliases of the bare repository itself are not seen."""
    target = tmp_path / "ran"
    hostile = f"touch {target}"
    config = (
        f'[core]\n fsmonitor = "{hostile}"\n pager = "{hostile}"\n[diff]\n external = "{hostile}"\n'
        f'[diff "evil"]\n textconv = "{hostile}"\n command = "{hostile}"\n[core]\n attributesFile = "{tmp_path}/attr"\n'
    )
    (past.maker.folder / "config").write_text(config)
    (tmp_path / "attr").write_text("* diff=evil\n")
    past.ask("git_show", commit=past.commits[1])
    past.ask("git_blame", path="calc.py")
    past.ask("git_log", path="calc.py", start_line=1, end_line=2)
    assert not target.exists()


def test_a_long_answer_is_cut_and_says_so(past: Past) -> None:
    """However much a commit changed, an answer has its bound, and so has a line."""
    big = past.maker.commit({"big.txt": b"".join(b"line %d %s\n" % (n, b"x" * 90) for n in range(20_000))})
    past.at(past.maker.child(big, past.commits[-1], "\x1b[31mGrow\u202e"))
    shown = past.ask("git_show", commit=past.tools._commit)
    assert len(shown) < 25_000
    assert "The rest is left out" in shown
    assert "\x1b" not in shown
    assert "\u202e" not in shown
