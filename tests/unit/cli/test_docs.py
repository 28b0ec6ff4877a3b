"""`yantra docs`: what a person sees of the registry, and what a program reads."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from yantra_bot.cli.docs import docs
from yantra_bot.errors import UserError


def run(*words: str) -> str:
    result = CliRunner().invoke(docs, [*words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_entries_are_listed_with_their_place_and_what_is_said_twice(tmp_path: Path) -> None:
    """A person sees kind, status, title, group and line; escapes of a page do not reach the terminal."""
    (tmp_path / "PLAN.md").write_text("# P\n## M1\n- [ ] T1: Do \x1b[31mit (after #9)\n- [x] Twice\n- [x] twice\n")
    (tmp_path / "bad.md").write_bytes(b"\0")
    output = run("list", "--repo", str(tmp_path))
    assert "task      open         T1 Do �[31mit  [M1]  after #9  (PLAN.md#L3)" in output
    assert "said twice: task 'Twice' at PLAN.md#L4, PLAN.md#L5" in output
    assert "bad.md: not text" in output


def test_json_holds_everything(tmp_path: Path) -> None:
    """A program reads entries, duplicates, problems and files; filters apply to the entries."""
    (tmp_path / "PLAN.md").write_text("- [ ] a\n- [x] b\n")
    found = json.loads(run("list", "--repo", str(tmp_path), "--kind", "task", "--status", "done", "--json"))
    assert [(entry["title"], entry["status"]) for entry in found["entries"]] == [("b", "done")]
    assert found["files"] == ["PLAN.md"]


def test_adding_edits_the_markdown(tmp_path: Path) -> None:
    """The page is changed, and the place is told; a refusal is a sentence."""
    (tmp_path / "PLAN.md").write_text("# P\n\n- [ ] a\n")
    words = ("add", "task", "b", "--repo", str(tmp_path))
    assert json.loads(run(*words, "--after", "#1", "--json")) == {"path": "PLAN.md", "line": 4}
    assert (tmp_path / "PLAN.md").read_text() == "# P\n\n- [ ] a\n- [ ] b (after #1)\n"
    with pytest.raises(UserError, match="already has the task"):
        run(*words)
    assert run("add", "task", "c", "--repo", str(tmp_path)) == "Added to PLAN.md, line 5.\n"


def test_an_empty_list_says_why(tmp_path: Path) -> None:
    """Nothing at all would leave a person guessing."""
    assert "There is no Markdown page in " in run("list", "--repo", str(tmp_path))
    (tmp_path / "NOTES.md").write_text("Hello.\n")
    assert "In 1 Markdown page of " in run("list", "--repo", str(tmp_path))
    (tmp_path / "PLAN.md").write_text("- [ ] a\n")
    assert "without them there are 1." in run("list", "--repo", str(tmp_path), "--kind", "change")


def test_json_is_ascii_and_told_of_a_failure_too(tmp_path: Path) -> None:
    """A terminal of few letters loses none, and a program need not read sentences."""
    (tmp_path / "PLAN.md").write_text("- [ ] Grüße \u202e\n")
    assert "\\u202e" in run("list", "--repo", str(tmp_path), "--json")
    done = CliRunner().invoke(docs, ["add", "task", " ", "--repo", str(tmp_path), "--json"])
    assert "title" in json.loads(done.stdout)["error"]
    assert isinstance(done.exception, UserError)
