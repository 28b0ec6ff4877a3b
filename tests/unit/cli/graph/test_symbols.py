"""Questions about single symbols, as they are asked and answered in a terminal."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from yantra_bot.errors import UserError

Ask = Callable[..., Result]
AskJson = Callable[..., Any]


def test_a_graph_is_built_where_there_is_none_and_then_kept(ask: Ask, project: Path) -> None:
    """The first question builds it and says so on standard error; the second finds it; a changed file is seen."""
    first = ask("callers", "Stock.take")
    assert "6 files" in first.stderr
    assert "shop.orders.order" in first.stdout
    assert ask("callers", "Stock.take").stderr == ""
    file = project / "shop" / "orders.py"
    file.write_text(file.read_text() + "\n\ndef again():\n    return Stock().take(1)\n")
    assert "shop.orders.again" not in ask("callers", "Stock.take", "--stale").stdout
    assert "shop.orders.again" in ask("callers", "Stock.take").stdout


def test_a_symbol_is_shown_with_its_members_and_uses(ask: Ask, ask_json: AskJson) -> None:
    """Signature, docstring, place, and how often it is needed."""
    shown = ask("symbol", "Stock").stdout
    assert "shop.stock.Stock  class  shop/stock.py:6" in shown
    assert "Counts items." in shown
    assert "shop.stock.Stock.take " in shown
    assert "decorated" not in shown
    [card] = ask_json("symbol", "shop/stock.py:14")
    assert (card["qualified_name"], card["line"]) == ("shop.stock.Stock.take", 12)
    assert [edge["source"] for edge in card["needed_by"] if edge["kind"] == "calls"] == ["shop/orders.py::order"]


def test_an_unknown_name_suggests_what_may_be_meant(ask: Ask, ask_json: AskJson) -> None:
    """On standard error, with exit status 1; as JSON for programs."""
    told = ask("callers", "Stock.tak", status=1)
    assert told.stdout == ""
    assert "There is no Stock.tak in this graph. Did you mean shop.stock.Stock.take" in told.stderr
    assert "shop.stock.Stock.take" in ask_json("callers", "Stock.tak", status=1)["similar"]
    assert ask("callers", "qqqq", status=1).stderr.rstrip().endswith("There is no qqqq in this graph.")


def test_an_ambiguous_name_lists_the_candidates(ask: Ask, ask_json: AskJson, project: Path) -> None:
    """Each with the place by which it can be named."""
    (project / "shop" / "late.py").write_text("\n\ndef order():\n    pass\n")
    told = ask("impact", "order", status=1).stderr
    assert "order may mean one of 2" in told
    assert "  shop/late.py:3    function  shop.late.order" in told
    assert len(ask_json("impact", "order", status=1)["candidates"]) == 2
    assert "Nothing is known to depend on it" in ask("impact", "shop/late.py:3").stdout


def test_what_is_defined_here_is_meant_before_what_is_outside(ask: Ask, project: Path) -> None:
    """Nobody has to tell one's own function from a library's."""
    (project / "shop" / "late.py").write_text("import os\n\n\ndef join():\n    return os.path.join('a')\n")
    assert "shop.late.join  function  shop/late.py:4" in ask("symbol", "join").stdout
    assert "shop.late.join" in ask("callers", "os.path.join").stdout


def test_the_members_of_every_class_of_that_name_are_suggested(ask: Ask, project: Path) -> None:
    """The likeliest one stands first, whichever of them has it."""
    (project / "a.py").write_text("class Stock:\n    def look(self): pass\n")
    told = ask("callers", "Stock.tak", status=1).stderr
    assert told.endswith("Did you mean shop.stock.Stock.take?\n")


def test_no_name_at_all_is_refused(ask: Ask) -> None:
    """The sentence says how a symbol is named."""
    with pytest.raises(UserError, match="or its place"):
        ask("callers", " ")


def test_many_candidates_are_cut(ask: Ask, project: Path) -> None:
    """A screen is enough."""
    for number in range(25):
        (project / f"m{number}.py").write_text("def f():\n    pass\n")
    assert "  and 6 more" in ask("symbol", "f", status=1).stderr


def test_callers_and_callees_are_printed_with_their_paths(ask: Ask, ask_json: AskJson) -> None:
    """Hop by hop, from who needs to what is needed, with places and confidence."""
    lines = ask("callers", "Stock._check", "--depth", "2").stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if "shop.orders.order " in line)
    assert "calls shop.stock.Stock.take" in lines[at + 1]
    assert "shop/orders.py:6" in lines[at + 1]
    assert "calls shop.stock.Stock._check" in lines[at + 2]
    assert "shop/stock.py:14" in lines[at + 2]
    callees = ask_json("callees", "order", "--depth", "2")
    assert {item["symbol"]["qualified_name"] for item in callees} >= {
        "shop.stock.Stock.take",
        "shop.stock.Stock._check",
    }
    assert "os.path.join (external)" in ask("callees", "Stock.take").stdout
    assert "more not shown, see --limit" in ask("callees", "order", "--depth", "3", "--limit", "1").stdout


def test_references_name_every_place(ask: Ask, ask_json: AskJson) -> None:
    """In the order of the files, with how each was found."""
    shown = ask("references", "shop.orders.order").stdout
    assert "shop/orders.py:18" in shown
    assert "tests/test_orders.py:5" in shown
    assert len({line.index("99%") for line in shown.splitlines() if "99%" in line}) == 1
    edges = ask_json("references", "shop.orders.order")
    assert {("calls", 18), ("calls", 5)} <= {(edge["kind"], edge["line"]) for edge in edges}
    assert "more not shown" in ask("references", "shop.orders.order", "--limit", "1").stdout


def test_impact_names_paths_tests_and_what_may_be_missing(ask: Ask, ask_json: AskJson) -> None:
    """It is said to be a lower bound where a reference of that name could not be resolved, with its place."""
    shown = ask("impact", "Stock.take").stdout
    assert "tests.test_orders.test_an_order_is_taken" in shown
    assert "At least " in shown
    assert "1 test among them, within 3 steps." in shown
    assert "1 reference named take could not be resolved and may be more:\n  shop/orders.py:22  take" in shown
    found = ask_json("impact", "Stock.take")
    assert found["is_complete"] is False
    assert [edge["line"] for edge in found["affected"][0]["path"]] == [6]
    whole = ask("impact", "Stock._check", "--limit", "1").stdout
    assert "No unresolved reference has the name of what changed." in whole
    assert "The surest is shown, see --limit." in whole
    assert "Nothing is known to depend" in ask("impact", "Stock.take", "--min-confidence", "1").stdout


def test_dependants_are_those_too_that_import(ask: Ask, ask_json: AskJson) -> None:
    """Their import breaks when a file goes; a change inside of it may not touch them."""
    names = [item["symbol"]["qualified_name"] for item in ask_json("dependants", "shop/stock.py")["affected"]]
    assert "shop.orders" in names
    assert "shop.orders.order" in ask("dependants", "shop/stock.py").stdout


def test_a_path_is_shown_or_its_absence(ask: Ask, ask_json: AskJson) -> None:
    """Exit status 1 where there is none, and whether it is the other way round."""
    assert "2 steps" in ask("path", "shop.orders.main", "Stock.take").stdout
    assert len(ask_json("path", "shop.orders.main", "Stock.take")["path"]) == 2
    assert "it is the other way round" in ask("path", "Stock.take", "shop.orders.main", status=1).stdout
    assert ask_json("path", "even", "Stock.take", status=1) is None


def test_tests_that_reach_a_symbol_are_listed(ask: Ask, ask_json: AskJson) -> None:
    """With `--check` a symbol that no test reaches is exit status 3."""
    assert "1 test" in ask("tests", "Stock._check", "--check").stdout
    assert ask_json("tests", "Stock._check")[0]["symbol"]["kind"] == "test"
    assert "0 tests" in ask("tests", "even", "--check", status=3).stdout


HOSTILE = [("symbol", "hostile"), ("stats", "--problems"), ("api",), ("impact", "hostile"), ("references", "hostile")]


@pytest.mark.parametrize("words", HOSTILE, ids=lambda words: words[0])
def test_nothing_of_a_repository_acts_on_the_terminal(ask: Ask, project: Path, words: tuple[str, ...]) -> None:
    """Control characters of file names, signatures and docstrings are written out."""
    name = "a\x1b]0;evil\x07\u202eb.py"
    (project / "shop" / name).write_text(
        'def hostile(a="\x1b[2J\u202e"):\n    """Clear\x1b[2J it."""\n\nhostile()\ndef (\n'
    )
    done = ask(*words)
    assert not {"\x1b", "\x07", "\u202e"} & set(done.output)
    assert "\\x1b]0;evil\\x07" in done.stdout


def test_nothing_of_a_mistyped_name_acts_on_the_terminal(ask: Ask) -> None:
    """It may come from a repository too: a person copied it."""
    assert "\\x1b[2J" in ask("symbol", "no\x1b[2J", status=1).stderr
