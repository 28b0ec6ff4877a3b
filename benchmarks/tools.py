"""The model's tools and the proof: what a tool call costs, reading reports, and what the runner adds to a test run.

    python -m benchmarks.tools

Tools work on a copy of this product's own source in a temporary folder. Prints a Markdown table.
"""

import json
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yantra_bot
from benchmarks.aims import Aim, at_most, print_aims
from tests.fakes.proving_ground import ProvingGround
from yantra_bot.agent.commands import CommandResult, decide
from yantra_bot.agent.search import find_ripgrep
from yantra_bot.agent.syntax import load_grammars
from yantra_bot.agent.tools import ToolBox
from yantra_bot.domain.conversation import ToolCall
from yantra_bot.domain.proof import TestReport, Verdict
from yantra_bot.sandbox.tree import Tree
from yantra_bot.validation.coverage_report import parse_coverage
from yantra_bot.validation.junit import parse_junit
from yantra_bot.validation.test_run import run_tests

TIMES = 50
TESTS = 1_000
FILE = "yantra_bot/sandbox/tree.py"
SUITE = "".join(f"def test_{number}():\n    assert True\n\n" for number in range(50))


AIMS: list[Aim] = []


def measure(what: str, work: Callable[[], object], *, times: int = TIMES, limit: float | None = None) -> float:
    """Print one row: median and 95th percentile, in ms. Return the median; where there is a limit, it is an aim."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    taken.sort()
    middle = statistics.median(taken)
    print(f"| {what} | {middle:.2f} | {taken[int(len(taken) * 0.95)]:.2f} |", flush=True)
    if limit is not None:
        AIMS.append(at_most(what, middle, limit, "ms", digits=2))
    return middle


def junit_of(count: int) -> bytes:
    failure = f'<failure message="assert 1 == 2">{"a line of a trace" * 20}</failure>'
    cases = (
        f'<testcase classname="tests.test_{number // 50}.TestIt" name="test_{number}" '
        f'file="tests/test_{number // 50}.py" time="0.01">{failure if number % 50 == 0 else ""}</testcase>'
        for number in range(count)
    )
    return f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>".encode()


def measure_tools(folder: Path) -> None:
    shutil.copytree(
        Path(yantra_bot.__file__).parent, folder / "yantra_bot", ignore=shutil.ignore_patterns("__pycache__")
    )
    grammars = load_grammars()
    for ripgrep in (None, find_ripgrep()):
        box = ToolBox(
            Tree(folder),
            run=lambda _: CommandResult(0, "", 0.0),
            test=lambda _: TestReport(Verdict.PASS, (), 0, 0.0),
            diff=str,
            grammars=grammars,
            ripgrep=ripgrep,
        )

        def call(name: str, box: ToolBox = box, **arguments: Any) -> None:
            box.call(ToolCall("1", name, arguments))

        engine = "ripgrep" if ripgrep else "without ripgrep"
        measure(f"search, all files, no match, {engine}", lambda: call("search", pattern="no such " + "text"))
    measure("read_file, 240 lines", lambda: call("read_file", path=FILE))
    measure("list_files", lambda: call("list_files"))
    numbers = iter(range(TIMES + 1))
    edit = {"path": FILE, "search": "DEFAULT_LIMIT = 0", "replace": "DEFAULT_LIMIT = 1"}
    call("edit_file", path=FILE, search="DEFAULT_LIMIT = 10", replace="DEFAULT_LIMIT = 0")
    measure(
        "edit_file, parse-checked",
        lambda: call("edit_file", **(edit if next(numbers) % 2 == 0 else swap(edit))),
    )
    measure(
        "edit_file, a miss with the nearest lines", lambda: call("edit_file", path=FILE, search="def raed(", replace="")
    )


def swap(edit: dict[str, str]) -> dict[str, str]:
    return edit | {"search": edit["replace"], "replace": edit["search"]}


def measure_runner() -> None:
    ground = ProvingGround()
    try:
        bench = ground.make_bench({"test_it.py": SUITE})
        plain = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-c",
            "/dev/null",
            str(bench.workspace),
        ]
        quiet = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        bare = measure(
            "pytest, 50 tests, unsandboxed, no report",
            lambda: subprocess.run(plain, check=True, capture_output=True, env=quiet),
            times=10,
        )
        ours = measure("the same by run_tests: sandbox, report, coverage", lambda: run_tests(bench), times=10)
        AIMS.append(at_most("what run_tests takes more", ours - bare, 100, "ms"))
    finally:
        ground.close()


def main() -> None:
    """Measure everything."""
    print(f"Python {platform.python_version()}, {platform.machine()}\n")
    print("| what | median ms | p95 ms |\n|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="yantra-benchmark-") as folder:
        measure_tools(Path(folder))
    measure("decision on a command", lambda: decide(["git", "log", "-3", "--", "a.py"]), times=1_000, limit=1)
    report, lines = junit_of(TESTS), json.dumps({f"src/m{number}.py": list(range(1, 300)) for number in range(300)})
    measure(f"JUnit report, {TESTS} tests", lambda: parse_junit(report), limit=100)
    measure("coverage report, 300 files", lambda: parse_coverage(lines.encode()), limit=50)
    measure_runner()
    print_aims(AIMS)


if __name__ == "__main__":
    main()
