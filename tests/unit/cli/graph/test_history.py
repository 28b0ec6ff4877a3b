"""The past and the talk beside a graph, in a terminal: built, counted, asked, and absent for a reason."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from yantra_bot.errors import UserError

Ask = Callable[..., Result]
AskJson = Callable[..., Any]


def git(folder: Path, *words: str, who: str = "Ann Lee") -> None:
    """Run git as somebody."""
    names = ("-c", f"user.name={who}", "-c", f"user.email={who[:3]}@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *names, *words], cwd=folder, check=True, capture_output=True)


def commit(folder: Path, message: str, *, who: str = "Ann Lee") -> None:
    """Commit everything."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message, who=who)


@pytest.fixture
def past(project: Path) -> Path:
    """The project with a history of three commits and a page."""
    (project / "README.md").write_text("# Shop\n\n`Stock.take` is made for Redis.\n")
    git(project, "init", "--quiet")
    commit(project, "Begin")
    for number in (2, 3):
        for name in ("shop/stock.py", "shop/orders.py"):
            text = (project / name).read_text()
            (project / name).write_text(text.replace("return", f"assert {number}\n        return", 1))
        commit(project, f"Check {number}", who="Bob Ray")
    return project


def test_the_past_and_the_pages_are_read_with_the_code(ask: Ask, ask_json: AskJson, past: Path) -> None:
    """They are counted, and what was not asked is said."""
    told = ask("build").stdout
    assert "3 commits, 2 authors" in told
    assert "1 document, " in told
    assert "no issues: the forge was not asked" in told
    beside = ask_json("stats")["beside"]
    assert beside["history"]["counts"]["commits"] == 3
    assert beside["documents"]["counts"]["mentions"] >= 1
    (past / "shop" / "new.py").write_text("x = 1\n")
    commit(past, "More")
    assert "4 commits" in ask("update").stdout
    git(past, "commit", "--quiet", "--allow-empty", "--message", "Nothing")
    assert "5 commits" in ask("stats").stdout


def test_without_git_and_pages_that_is_said(ask: Ask, ask_json: AskJson, project: Path) -> None:
    """Nothing is there, and the statistics say why."""
    told = ask("stats").stdout
    assert "no git history" in told
    assert "no documents" in told
    assert ask_json("query", "MATCH (c:Commit) RETURN count(c)")["rows"] == [[0]]
    with pytest.raises(UserError, match="no git history"):
        ask("history", "Stock.take")


def test_the_past_of_a_symbol_is_told(ask: Ask, ask_json: AskJson, past: Path) -> None:
    """Who, when, how often, and what changes with it; a class with all that is in it."""
    shown = ask("history", "Stock.take", "--limit", "1").stdout
    assert "shop.stock.Stock.take: 3 commits of 2 authors" in shown
    assert "Bob Ray: Check 3" in shown
    assert "2 more not shown" in shown
    told = ask_json("history", "Stock")
    assert [one["subject"] for one in told["commits"]] == ["Check 3", "Check 2", "Begin"]
    assert {one["author"] for one in told["owners"]} == {"Ann Lee", "Bob Ray"}
    assert "No commit that was read has touched shop.stock.Stock._check" not in ask("history", "Stock._check").stdout


def test_the_past_of_a_file_is_told(ask: Ask, ask_json: AskJson, past: Path) -> None:
    """Also of one that is no code; a module is its file; an unknown name is refused as everywhere."""
    assert [one["key"] for one in ask_json("history", "shop/stock.py")["together"]] == ["shop/orders.py"]
    assert "changes together with" in ask("history", "shop.orders").stdout
    assert "README.md: 1 commit of 1 author" in ask("history", "README.md").stdout
    assert "Did you mean" in ask("history", "Stock.tak", status=1).stderr
    (past / "later.py").write_text("def later():\n    return 1\n")
    assert "No commit that was read has touched later.later." in ask("history", "later.later").stdout


def test_a_graph_that_was_built_for_another_question_gets_its_past_later(ask: Ask, past: Path) -> None:
    """An impact does not wait for git; the old graph says what is missing when asked as it is."""
    ask("callers", "Stock.take")
    with pytest.raises(UserError, match="yantra graph update"):
        ask("history", "Stock.take", "--stale")
    assert "3 commits" in ask("history", "Stock.take").stdout
    cypher = "MATCH (e:Entity)-[:MENTIONS]->(s:Symbol) RETURN e.name, s.name"
    assert "README.md" in ask("query", cypher).stdout
