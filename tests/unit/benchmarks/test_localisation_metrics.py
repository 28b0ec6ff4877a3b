"""The figures of localisation, on rankings whose figures can be counted by hand."""

import pytest

from benchmarks.localisation import Bench, Score, fold, half_of, score_all, sum_up
from benchmarks.localisation_metrics import COLUMNS, FEW, Marks, average, judge
from benchmarks.localisation_tasks import Answer, Task

LETTERS = "abcdefghijklmnop"


def test_recall_is_the_share_of_the_truth_among_the_first() -> None:
    """Half of the truth at the top is a recall of one half; the other half counts from where it stands."""
    marks = judge(LETTERS, {"a", "f"})
    assert (marks.recall_1, marks.recall_5, marks.recall_10) == (0.5, 0.5, 1.0)


def test_the_reciprocal_rank_is_that_of_the_first_right_one() -> None:
    """What comes after the first right one changes nothing, and none at all is 0."""
    assert judge(LETTERS, {"d", "e"}).reciprocal == 1 / 4
    assert judge(LETTERS, {"z"}).reciprocal == 0
    assert judge([], {"z"}) == Marks(best_precision_3=1 / 3)


def test_precision_counts_places_and_a_hit_counts_tasks() -> None:
    """Two right ones of three are a precision of two thirds; a fix of one function can have a third at best."""
    marks = judge(LETTERS, {"a", "c", "k", "l"})
    assert (marks.precision_3, marks.best_precision_3, marks.hit_3) == (2 / 3, 1.0, 1.0)
    assert judge(LETTERS, {"d"}).hit_3 == 0
    assert judge(LETTERS, {"d"}).best_precision_3 == 1 / 3


def test_a_name_that_comes_again_takes_no_place() -> None:
    """A ranking that repeats itself is judged as if it did not."""
    assert judge(["a", "a", "a", "b"], {"b"}) == judge(["a", "b"], {"b"})


def test_a_task_without_truth_is_refused() -> None:
    """Nothing can be right there, so that any figure would lie."""
    with pytest.raises(ValueError, match="Leave it out"):
        judge(LETTERS, ())


def test_the_mean_counts_every_task_once() -> None:
    """A task without an answer pulls the mean down, and no task at all gives zeros."""
    assert average([judge("a", {"a"}), judge("", {"a"})]).recall_1 == 0.5
    assert average([]) == Marks()


def test_cells_stand_under_their_columns() -> None:
    """A row has as many cells as the table has columns."""
    marks = judge("a", {"a"})
    assert len(marks.cells().split(" | ")) == len(COLUMNS)
    assert len(marks.few().split(" | ")) == len(FEW)


def test_a_score_adds_up_over_repositories_of_a_half() -> None:
    """Tasks of both kinds of figures are counted under the retriever's name, and the half is the name's alone."""
    task = Task("1", "0" * 40, "fix it", ("a.py",), ("a.py::f",), ("a.py::f",))
    bench = Bench({"one": lambda _: Answer(("a.py",), ("a.py::g", "a.py::f"))})
    found = score_all(bench, [task, task])["one"]
    assert average(found.files).recall_1 == 1
    assert average(found.functions).reciprocal == 0.5
    names = ["click", "requests"]
    assert {half_of(name) for name in names} == {"testing", "training"}
    total = sum_up({name: {"one": found} for name in names}, half_of("click"))
    assert len(total["one"].files) == 2
    assert len(sum_up({name: {"one": found} for name in names})["one"].files) == 4
    assert Score().row("empty").startswith("| empty | 0 | 0.000")


def test_a_nested_function_can_count_as_the_outermost_around_it() -> None:
    """So that both customs of naming can be judged; a longer name that only begins alike is another function."""
    assert fold(["a::f.inner", "a::function", "a::g"], ["a::f"]) == ["a::f", "a::function", "a::g"]
