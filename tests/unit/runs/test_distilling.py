"""What is kept to train the generator by: tested new functions, without secrets, bounded, once for a run."""

import json
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
