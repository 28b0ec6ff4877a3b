"""What the generator's benchmark counts: examples that can be passed, and that no less than a right body passes."""

import shutil
from pathlib import Path

import pytest

from benchmarks.generator_tasks import run_python, solve, step_f1, tasks_of, without_types
from yantra_bot.codex.steps import Step
from yantra_bot.domain.graph import Language

SOURCE = '''
def order(rows: list[str]) -> list[str]:
    """Put rows in order.

    >>> order(["b", "a"])
    ['a', 'b']
    """
    return sorted(rows)


def broken(rows):
    """Its example is wrong.

    >>> broken([1])
    [2]
    """
    return rows


def idle(rows):
    """Its example asks it nothing.

    >>> 1 + 1
    2
    """
    return rows
'''
RIGHT = (Step.SORT, Step.RETURN)


def test_only_examples_that_say_something_are_tasks(tmp_path: Path) -> None:
    """One whose real body fails its example, and one that any body passes, are none."""
    file = tmp_path / "rows.py"
    file.write_text(SOURCE)
    (task,) = tasks_of("builtins", file)
    assert task.written.problem.name == "order"
    assert task.calls == (((["b", "a"],), ["a", "b"]),)
    assert solve(task, RIGHT, Language.PYTHON) == (True, True)
    assert solve(task, (Step.FILTER, Step.RETURN), Language.PYTHON) == (False, False)
    assert not run_python(task, "def order(rows):\n    return rows\n")
    if shutil.which("node"):
        for language in (Language.JAVASCRIPT, Language.TYPESCRIPT):
            assert solve(task, RIGHT, language) == (True, True)


def test_types_are_taken_out_of_a_sketch() -> None:
    """Of parameters, results and values; what is computed stays."""
    source = "function f(a: Array<string>, b: string): number {\n  const c = [a as any] as any[];\n  return c;\n}\n"
    assert without_types(source) == "function f(a, b) {\n  const c = [a];\n  return c;\n}\n"


@pytest.mark.parametrize(
    ("said", "real", "f1"),
    [("ab", "ab", 1.0), ("ab", "ba", 1.0), ("a", "ab", 2 / 3), ("aa", "ab", 0.5), ("", "ab", 0.0), ("", "", 1.0)],
)
def test_step_f1_counts_each_step_as_often_as_it_stands_there(said: str, real: str, f1: float) -> None:
    """The order counts nothing, a step too much and one too little the same."""
    assert step_f1(said, real) == pytest.approx(f1)
