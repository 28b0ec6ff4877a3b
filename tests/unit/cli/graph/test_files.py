"""Exports and drawings come out as files that other programs read."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from defusedxml import ElementTree

from yantra_bot.cli.graph import graph
from yantra_bot.errors import UserError

Ask = Callable[..., Result]
AskJson = Callable[..., Any]


def test_the_call_graph_of_a_folder_is_exported(shared: Path, tmp_path: Path) -> None:
    """Names begin at the folder that was named."""
    out = tmp_path / "graph.json"
    words = ["export", "--format", "callgraph", str(shared / "project" / "shop"), "--out", str(out)]
    done = CliRunner().invoke(graph, words, catch_exceptions=False)
    assert done.exit_code == 0
    read = json.loads(out.read_text())
    assert read["orders.main"] == ["orders.order"]
    assert read["orders.even"] == ["orders.odd"]
    assert read["ring_b.g"] == []
    assert {"orders", "stock", "stock.Stock._forgotten"} <= read.keys()
    assert list(read) == sorted(read)


@pytest.mark.parametrize("kind", ["json", "graphml", "cypher", "scip"])
def test_the_whole_graph_is_exported(ask: Ask, tmp_path: Path, kind: str) -> None:
    """To a file, or to standard output, with the same bytes."""
    out = tmp_path / "out"
    ask("export", "--format", kind, "--out", str(out))
    data = out.read_bytes()
    assert b"take" in data
    assert ask("export", "--format", kind).stdout_bytes == data
    if kind == "graphml":
        ElementTree.fromstring(data)


def test_what_was_exported_is_told_as_json(ask_json: AskJson, tmp_path: Path) -> None:
    """The file, and how much is in it."""
    told = ask_json("export", "--format", "json", "--out", str(tmp_path / "a.json"))
    assert told["file"] == str(tmp_path / "a.json")
    assert told["symbols"] > 10


def test_a_file_that_cannot_be_written_is_said(ask: Ask, tmp_path: Path) -> None:
    """With its name and the system's words."""
    with pytest.raises(UserError, match="cannot be written: No such file"):
        ask("export", "--format", "json", "--out", str(tmp_path / "no" / "x"))


def test_a_symbol_is_drawn(ask: Ask, ask_json: AskJson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As picture and page, here by default; or only the one that is named."""
    monkeypatch.chdir(tmp_path)
    assert "graph.svg and graph.html" in ask("show", "Stock.take").stdout
    ElementTree.fromstring((tmp_path / "graph.svg").read_bytes())
    assert "shop.stock.Stock.take" in (tmp_path / "graph.html").read_text()
    told = ask_json("show", "Stock", "--svg", "only.svg", "--nodes", "1")
    assert told["files"] == ["only.svg"]
    assert told["left_out"] > 0
    assert "within reach" in ask("show", "Stock", "--svg", "only.svg", "--nodes", "1").stdout
