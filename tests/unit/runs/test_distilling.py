"""What is kept to train the generator by: tested new functions, without secrets, bounded, once for a run."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from yantra_bot.domain.proof import TestOutcome, TestReport, TestStatus, Verdict
from yantra_bot.runs.distilling import Pair, Pairs, added_function, pair_of

TASK = "Add a function `total(prices)`; ask @ann at ann@example.com."
DIFF = """\
--- a/calc.py
+++ b/calc.py
@@ -1,2 +1,9 @@
 def add(first, second):
     return first + second
+
+
+def total(
+    prices,
+):
+    if not prices:
+        return 0
+
+    return sum(prices)
+
+def other():
+    return 1
"""
SOURCE = "def total(\n    prices,\n):\n    if not prices:\n        return 0\n\n    return sum(prices)\n"


def report(passed: int, failed: int = 0) -> TestReport:
    outcomes = [TestOutcome(f"p{number}", TestStatus.PASSED) for number in range(passed)]
    outcomes += [TestOutcome(f"f{number}", TestStatus.FAILED) for number in range(failed)]
    return TestReport(Verdict.PASS, ("pytest",), 0, 1.0, tuple(outcomes))


def test_the_function_of_a_diff_is_taken_whole() -> None:
    """From its head to what stands beside it again, its indentation taken off; nothing of what was there before."""
    assert added_function(DIFF, "total") == SOURCE
    inside = DIFF.replace("+def", "+    def").replace("+    ", "+        ").replace("+):", "+        ):")
    assert added_function(inside.replace("+        def", "+    def"), "total").startswith("def total(\n")
    assert added_function(DIFF, "add") == ""
    assert added_function("", "total") == ""


def test_a_pair_holds_nobodys_data() -> None:
    """Names, addresses and secrets of an issue or of code are not in it."""
    secret = "AKIA" + "IOSFODNN7REALKEY"
    pair = pair_of("r1", TASK, DIFF.replace("return 0", f'return "{secret}"'), report(3))
    assert pair is not None
    assert secret not in pair.solution
    assert "ann@example.com" not in pair.problem
    assert "@ann " not in pair.problem


def test_a_pair_holds_no_text_of_the_code() -> None:
    """A secret that no rule knows stands between quotes, or is a number, or is told in a comment."""
    code = DIFF.replace("return 0", "return 'tiger-lily'  # not lily").replace("sum(prices)", "sum(prices, 4711)")
    pair = pair_of("r1", TASK, code, report(3), repository=7)
    assert pair is not None
    assert "lily" not in pair.solution
    assert "4711" not in pair.solution
    assert "return 'text'\n" in pair.solution
    assert pair.repository == 7


@pytest.mark.parametrize(("passed", "failed", "is_kept"), [(10, 0, True), (91, 9, True), (9, 1, False), (0, 0, False)])
def test_more_than_nine_of_ten_tests_have_to_pass(passed: int, failed: int, is_kept: bool) -> None:
    """What is not confirmed is not learnt, and no tests confirm nothing."""
    assert (pair_of("r1", TASK, DIFF, report(passed, failed)) is not None) == is_kept


def test_only_a_tested_new_function_is_a_pair() -> None:
    """A task that names none, a diff without it, and a suite that did not pass teach nothing."""
    assert pair_of("r1", "`total` is wrong", DIFF, report(3)) is None
    assert pair_of("r1", TASK, "", report(3)) is None
    assert pair_of("r1", TASK, DIFF, replace(report(3), verdict=Verdict.INCONCLUSIVE)) is None
    long = DIFF.replace("+        return 0\n", "+        first = 1\n" * 300)
    assert pair_of("r1", TASK, long, report(3)) is None


def test_what_no_longer_parses_when_data_is_taken_out_is_no_pair() -> None:
    """A key that begins in a text is taken out to the end, and the text's end with it."""
    masked = DIFF.replace("sum(prices)", "'-----BEGIN RSA " + "PRIVATE KEY-----'")
    assert pair_of("r1", TASK, masked, report(3)) is None


def test_the_file_is_bounded_and_has_a_run_once(tmp_path: Path) -> None:
    """The oldest go; a step that is done again after a kill adds nothing."""
    pairs = Pairs(tmp_path / "deep" / "pairs.jsonl", most=3)
    assert [pairs.keep(Pair(f"r{number}", "p", "s", 1, 0)) for number in (1, 1, 2, 3, 4)] == [
        True,
        False,
        True,
        True,
        True,
    ]
    lines = (tmp_path / "deep" / "pairs.jsonl").read_text().splitlines()
    assert [json.loads(line)["run"] for line in lines] == ["r2", "r3", "r4"]


def test_lines_that_are_no_pairs_end_nothing(tmp_path: Path) -> None:
    """Half a line of a kill, bytes that are no text, another thing, and lines that kept literals: all go."""
    path = tmp_path / "pairs.jsonl"
    pairs = Pairs(path)
    assert pairs.keep(Pair("r1", "p", "s", 1, 0))
    old = json.dumps({"run": "r0", "problem": "p", "solution": "return 'secret'", "passed": 1, "failed": 0})
    with path.open("ab") as file:
        file.write(f"[1]\n3\n{old}\n{'[' * 100_000}\n".encode() + b"\xff\xfe\n" + b'{"run": "r9", "prob')
    assert not pairs.keep(Pair("r1", "p", "s", 1, 0))
    assert pairs.keep(Pair("r2", "p", "s", 1, 0))
    assert [json.loads(line)["run"] for line in path.read_text().splitlines()] == ["r1", "r2"]


def test_what_was_kept_of_a_repository_is_forgotten(tmp_path: Path) -> None:
    """Of one alone, or all with whatever else lies in the file; where nothing was kept nothing is made."""
    path = tmp_path / "pairs.jsonl"
    pairs = Pairs(path)
    assert pairs.forget() == 0
    assert not path.exists()
    for number in range(4):
        pairs.keep(Pair(f"r{number}", "p", "s", 1, 0, repository=number % 2))
    with path.open("a") as file:
        file.write("half a li")
    assert pairs.forget(1) == 3
    assert [json.loads(line)["run"] for line in path.read_text().splitlines()] == ["r0", "r2"]
    assert pairs.forget() == 2
    assert path.read_bytes() == b""


def test_processes_that_keep_at_once_lose_nothing(tmp_path: Path) -> None:
    """Each waits until the other has written."""
    code = (
        "import sys, pathlib; from yantra_bot.runs.distilling import Pair, Pairs\n"
        "pairs = Pairs(pathlib.Path(sys.argv[1]))\n"
        "for number in range(20): pairs.keep(Pair(sys.argv[2] + str(number), 'p', 's', 1, 0))\n"
    )
    path = tmp_path / "pairs.jsonl"
    both = [subprocess.Popen([sys.executable, "-c", code, str(path), name]) for name in ("a", "b")]
    assert [one.wait() for one in both] == [0, 0]
    assert len(path.read_text().splitlines()) == 40
