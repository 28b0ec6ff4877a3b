"""A tool box on a small tree, with a runner and tests that answer what a test wants."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from yantra_bot.agent.commands import CommandResult
from yantra_bot.agent.search import find_ripgrep
from yantra_bot.agent.syntax import load_grammars
from yantra_bot.agent.tools import ToolBox
from yantra_bot.domain.conversation import ToolCall, ToolResult
from yantra_bot.domain.proof import TestReport, Verdict
from yantra_bot.errors import UserError
from yantra_bot.sandbox.tree import Tree

PASSED = TestReport(Verdict.PASS, ("pytest",), 0, 1.0)


@dataclass
class Bench:
    """The box, its tree, and what was asked of the outside."""

    tree: Tree
    box: ToolBox = field(init=False)
    ran: list[tuple[str, ...]] = field(default_factory=list)
    tested: list[tuple[str, ...]] = field(default_factory=list)
    result: CommandResult = field(default_factory=lambda: CommandResult(0, "", 0.1))
    computed: CommandResult | None = None
    """What each program of a model's own comes to; None: nobody runs any."""
    report: TestReport = PASSED
    changes: str = ""
    failed_before: frozenset[str] = frozenset()

    def run(self, argv: tuple[str, ...]) -> CommandResult:
        self.ran.append(argv)
        return self.result

    def test(self, selection: tuple[str, ...]) -> TestReport:
        self.tested.append(selection)
        return self.report

    def compute(self, _: bytes) -> CommandResult:
        if self.computed is None:
            raise UserError("No program of your own can be run here. Do without it.")
        return self.computed

    def call(self, tool: str, **arguments: Any) -> ToolResult:
        return self.box.call(ToolCall("1", tool, arguments))

    def ok(self, tool: str, **arguments: Any) -> str:
        result = self.call(tool, **arguments)
        assert not result.is_error, result.content
        return result.content

    def refused(self, tool: str, **arguments: Any) -> str:
        result = self.call(tool, **arguments)
        assert result.is_error, result.content
        return result.content


@pytest.fixture
def make_bench(tmp_path: Path) -> Callable[..., Bench]:
    def make(files: dict[str, bytes] | None = None) -> Bench:
        tree = Tree(tmp_path / "tree")
        tree.root.mkdir()
        for path, data in (files or {}).items():
            tree.write_bytes(path, data)
        bench = Bench(tree)
        bench.box = ToolBox(
            tree,
            run=bench.run,
            compute=bench.compute,
            test=bench.test,
            diff=lambda: bench.changes,
            grammars=load_grammars(),
            ripgrep=find_ripgrep(),
            failed_before=lambda: bench.failed_before,
        )
        return bench

    return make


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Bench:
    return make_bench(
        {
            "src/app.py": b"import os\n\n\ndef run(a):\n    return a\n",
            "src/util.py": b"LIMIT = 1\n",
            "tests/test_app.py": b"def test_run():\n    assert True\n",
            "README.md": b"# Title\r\n\r\nText",
        }
    )
