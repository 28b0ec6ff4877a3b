"""Questions about a whole graph and about two revisions of it, as they are answered in a terminal."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from yantra_bot.errors import UserError

Ask = Callable[..., Result]
AskJson = Callable[..., Any]


def commit(project: Path, message: str) -> None:
    who = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org")
    for words in (("init", "--quiet"), ("add", "--all"), (*who, "commit", "--quiet", "--message", message)):
        subprocess.run(["git", *words], cwd=project, check=True, capture_output=True)


def test_cycles_are_shown_with_a_way_round(ask: Ask, ask_json: AskJson) -> None:
    """Of files and of functions; exit status 3 with `--check`."""
    shown = ask("cycles", "--check", status=3).stdout
    assert "1 cycle of files" in shown
    assert "imports shop/ring_a.py" in shown
    assert "calls shop.orders.odd" in shown
    assert "of functions" not in ask("cycles", "--files").stdout
    assert "of files" not in ask("cycles", "--functions").stdout
    assert [cycle["members"] for cycle in ask_json("cycles")["functions"]] == [["shop.orders.even", "shop.orders.odd"]]


def test_dead_code_has_a_verdict_and_a_reason(ask: Ask, ask_json: AskJson) -> None:
    """Only what is dead for certain counts for `--check`."""
    shown = ask("dead", "--check", status=3).stdout
    assert "dead        shop.stock.Stock._forgotten  method    shop/stock.py:20  nothing uses it" in shown
    assert "1 dead, 0 that the graph cannot tell" in shown
    names = {item["qualified_name"]: item["verdict"] for item in ask_json("dead", "--public")}
    assert names["shop.orders.guess"] == "dead"


def test_entries_are_listed_by_kind(ask: Ask, ask_json: AskJson) -> None:
    """Mains first, then routes, tests, and the public API that nobody here calls."""
    assert "main  shop.orders.main" in ask("entries").stdout
    assert [item["entry"] for item in ask_json("entries")][:2] == ["main", "test"]


def test_the_public_api_is_listed(ask: Ask, ask_json: AskJson) -> None:
    """Public names of public places, and none of the tests."""
    assert "shop.stock.Stock.take" in ask("api").stdout
    names = {item["qualified_name"] for item in ask_json("api")}
    assert "shop.stock.Stock._check" not in names
    assert not {name for name in names if name.startswith("tests")}


def test_two_revisions_are_compared(ask: Ask, ask_json: AskJson, project: Path) -> None:
    """Or one and the files as they are; what breaks callers is exit status 3 with `--check`."""
    commit(project, "one")
    file = project / "shop" / "orders.py"
    file.write_text(
        file.read_text().replace("def order(item):", "def order(item, count):") + "\n\ndef fresh():\n    pass\n"
    )
    assert "BREAKS  changed shop.orders.order" in ask("api-diff", "HEAD", "--check", status=3).stdout
    commit(project, "two")
    shown = ask("api-diff", "HEAD~1", "HEAD").stdout
    assert "required parameter count was added" in shown
    assert "added   shop.orders.fresh" in shown
    assert "2 changes, 1 breaking" in shown
    [change] = ask_json("api-diff", "HEAD~1", "HEAD", "--breaking")
    assert (change["change"], change["name"], change["is_breaking"]) == ("changed", "shop.orders.order", True)
    assert "0 changes" in ask("api-diff", "HEAD", "--check").stdout


def test_a_folder_inside_of_a_repository_is_compared_by_itself(ask: Ask, project: Path) -> None:
    """Names begin at the folder that was asked about, in both revisions."""
    commit(project.parent, "one")
    (project / "shop" / "new.py").write_text("def g():\n    pass\n")
    assert "added   shop.new.g" in ask("api-diff", "HEAD").stdout


@pytest.mark.parametrize("revision", ["nowhere", "--output=x", "HEAD\x1b[2J"])
def test_an_unknown_revision_is_named_with_the_cure(ask: Ask, project: Path, revision: str) -> None:
    """A word that looks like an option is a revision too."""
    commit(project, "one")
    with pytest.raises(UserError, match="Name a branch, a tag or a commit") as failed:
        ask("api-diff", "--", revision)
    assert "\x1b" not in str(failed.value)


def test_what_is_no_repository_is_said(ask: Ask) -> None:
    """There is nothing to compare with."""
    with pytest.raises(UserError, match="git repository"):
        ask("api-diff", "HEAD")


def test_a_revision_is_read_without_what_is_no_plain_file(ask: Ask, project: Path) -> None:
    """Links are left out, and so are files whose names are no text."""
    (project / "link.py").symlink_to("shop/orders.py")
    (project / "a\udcff.py").write_text("def hidden():\n    pass\n")
    commit(project, "one")
    (project / "link.py").unlink()
    assert "0 changes" in ask("api-diff", "HEAD").stdout
