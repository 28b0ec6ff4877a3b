"""The graph is built, brought up to date, counted and asked in Cypher; a damaged one is built anew."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click import Context
from click.testing import CliRunner, Result

from yantra_bot.cli.graph import graph
from yantra_bot.cli.graph.source import LANGUAGES, Place, default_store
from yantra_bot.domain.graph import Language
from yantra_bot.errors import UserError

Ask = Callable[..., Result]
AskJson = Callable[..., Any]


def test_a_build_and_an_update_say_what_there_is(ask: Ask, ask_json: AskJson, project: Path) -> None:
    """An update without a change does nothing."""
    assert "6 files" in ask("build").stdout
    update = ask("update")
    assert "6 files" in update.stdout
    assert update.stderr == ""
    (project / "shop" / "stock.py").unlink()
    assert ask_json("update")["files"] == 5
    assert "class" not in ask_json("build", "--force")["symbols"]


def test_the_graph_is_kept_by_the_resolved_path(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two ways to one folder share a graph, in the state folder; `--store` names another place."""
    monkeypatch.setenv("YANTRA_STATE_FOLDER", str(tmp_path / "state"))
    (tmp_path / "link").symlink_to(project)
    assert Place.of(tmp_path / "link", None) == Place.of(project, None)
    assert default_store(project.resolve()).parent == tmp_path / "state" / "graphs"
    assert Place.of(project, tmp_path / "elsewhere").store == tmp_path / "elsewhere"


def test_a_damaged_store_is_built_anew_and_that_is_said(ask: Ask, project: Path) -> None:
    """Nobody has to delete anything."""
    ask("build")
    for file in default_store(project.resolve()).glob("graph-*.db"):
        file.write_bytes(b"nonsense")
    again = ask("callers", "Stock.take")
    assert "It is built anew." in again.stderr
    assert "shop.orders.order" in again.stdout


def test_statistics_count_what_is_there_and_what_was_lost(ask: Ask, ask_json: AskJson, project: Path) -> None:
    """By kind; a file that does not parse is named."""
    for number in range(12):
        (project / f"broken{number}.py").write_text("def f(:\n")
    shown = ask("stats").stdout
    assert "method" in shown
    assert "unresolved" in shown
    assert "broken0.py  syntax error" in shown
    assert "problems more, see --problems" in shown
    assert "broken9.py" in ask("stats", "--problems").stdout
    assert len({problem["path"] for problem in ask_json("stats")["problem_list"]}) == 12


def test_a_query_prints_its_rows(ask: Ask, ask_json: AskJson) -> None:
    """As a table, cut at the limit, or as JSON; nothing but reading is allowed."""
    cypher = "MATCH (a:Symbol)-[c:CALLS]->(b:Symbol) WHERE b.name = 'take' RETURN a.qualified_name AS who, c.line"
    assert "shop.orders.order" in ask("query", cypher).stdout
    assert ask_json("query", cypher)["rows"] == [["shop.orders.order", 6]]
    assert "more than 1 rows" in ask("query", "MATCH (a:Symbol) RETURN a", "--limit", "1").stdout
    assert ask_json("query", "MATCH (a:Symbol) RETURN a, [1, null]", "--limit", "1")["is_cut"] is True
    with pytest.raises(UserError, match="MATCH"):
        ask("query", "DROP TABLE Symbol")


def test_a_failure_is_json_for_programs_too(shared: Path) -> None:
    """What went wrong stands on standard output as JSON, and is raised for the sentence on standard error."""
    words = ["query", "DROP TABLE Symbol", "--json", "--repo", str(shared / "project"), "--store", str(shared / "own")]
    done = CliRunner().invoke(graph, words)
    assert "MATCH" in json.loads(done.stdout)["error"]
    assert isinstance(done.exception, UserError)


def test_a_folder_without_sources_is_told(tmp_path: Path) -> None:
    """Somebody who named the wrong folder learns it at once; all languages are named."""
    (tmp_path / "notes").mkdir()
    words = ["--repo", str(tmp_path / "notes"), "--store", str(tmp_path / "store")]
    done = CliRunner().invoke(graph, ["build", *words])
    assert "0 files, 0 symbols, 0 edges" in done.stdout
    assert "No file of Python, JavaScript, TypeScript, Go, Rust or Java was read" in done.stderr
    assert set(re.findall(r"\w+", LANGUAGES.lower())) - {"or"} == set(Language)
    (tmp_path / "notes" / "a.min.js").write_text("a()")
    assert "stats names what was left out" in CliRunner().invoke(graph, ["build", *words]).stderr
    assert CliRunner().invoke(graph, ["stats", *words]).stdout.startswith("problems")


def test_wrong_words_are_refused_with_status_2(project: Path) -> None:
    """A command that is not there, a folder that is not there."""
    assert "No such command" in CliRunner().invoke(graph, ["nonsense"]).stderr
    done = CliRunner().invoke(graph, ["stats", "--repo", str(project / "nowhere")])
    assert done.exit_code == 2


def test_the_list_of_commands_is_there_without_the_engine() -> None:
    """Each of them has a line of help."""
    done = CliRunner().invoke(graph, ["--help"])
    assert re.findall(r"^  ([a-z][a-z-]+) +[A-Z]", done.stdout, re.MULTILINE) == list(
        graph.list_commands(Context(graph))
    )
