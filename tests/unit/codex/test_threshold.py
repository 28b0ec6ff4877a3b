"""When the generator may go first: a rule over its own outcomes, and the outline that is shown until then."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.generators import write_fixed_generator
from yantra_bot.codex.generator import read_generator
from yantra_bot.codex.outline import language_of_files, outline
from yantra_bot.codex.steps import Step
from yantra_bot.codex.threshold import HIGHEST, LEAST, LOWEST, STEP, WINDOW, next_threshold
from yantra_bot.domain.graph import Language

THRESHOLDS = st.sampled_from([0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9])
OUTCOMES = st.lists(st.booleans(), max_size=300)


@given(THRESHOLDS, OUTCOMES)
def test_it_stays_in_its_bounds_and_moves_by_one_step(threshold: float, outcomes: list[bool]) -> None:
    """Whatever came out, it is between 0.5 and 0.9 and moves by 0.05 at most."""
    after = next_threshold(threshold, outcomes)
    assert LOWEST <= after <= HIGHEST
    assert abs(after - threshold) <= STEP + 1e-9


@given(THRESHOLDS, OUTCOMES)
def test_only_the_last_hundred_count(threshold: float, outcomes: list[bool]) -> None:
    """What is longer ago is forgotten."""
    assert next_threshold(threshold, outcomes) == next_threshold(threshold, outcomes[-WINDOW:])


@given(THRESHOLDS, st.lists(st.booleans(), max_size=LEAST - 1))
def test_less_than_twenty_move_nothing(threshold: float, outcomes: list[bool]) -> None:
    """A few outcomes are luck."""
    assert next_threshold(threshold, outcomes) == threshold


@given(THRESHOLDS, OUTCOMES, st.integers(0, 299))
def test_one_more_success_never_raises_it(threshold: float, outcomes: list[bool], place: int) -> None:
    """Where a failure is a success instead, the generator is trusted no less."""
    if place < len(outcomes):
        better = [*outcomes[:place], True, *outcomes[place + 1 :]]
        assert next_threshold(threshold, better) <= next_threshold(threshold, outcomes)


@pytest.mark.parametrize(
    ("good", "all_", "threshold", "after"),
    [
        (19, 20, 0.7, 0.65),
        (18, 20, 0.7, 0.7),
        (14, 20, 0.7, 0.7),
        (13, 20, 0.7, 0.75),
        (20, 20, 0.5, 0.5),
        (0, 20, 0.9, 0.9),
    ],
)
def test_it_moves_at_the_shares_that_are_promised(good: int, all_: int, threshold: float, after: float) -> None:
    """More than nine of ten lower it, less than seven of ten raise it, exactly so many do not."""
    assert next_threshold(threshold, [True] * good + [False] * (all_ - good)) == after
    with pytest.raises(ValueError, match="between"):
        next_threshold(0.3, [])


@pytest.mark.parametrize(
    ("files", "language"),
    [
        ("src/a.go\nsrc/b.go\nREADME.md\ntool.py", Language.GO),
        ("a.py\nb.ts\nc.ts", Language.TYPESCRIPT),
        ("README.md\nMain.java", None),
        ("", None),
    ],
)
def test_a_sketch_is_in_the_language_of_the_repository(files: str, language: Language | None) -> None:
    """Most files decide; where nothing is in a language of the generator there is no sketch."""
    assert language_of_files(files) == language


def test_what_asks_for_no_new_function_has_no_outline(tmp_path: Path) -> None:
    """A bug report, a repository of another language and an answer of next to no steps get none."""
    whole = read_generator(write_fixed_generator(tmp_path / "a", (Step.LOG, Step.SORT, Step.RETURN)))
    bare = read_generator(write_fixed_generator(tmp_path / "b", (Step.CALL, Step.RETURN)))
    task = "Add a function `order(rows: list[str]) -> list[str]`"
    assert "return ordered" in outline(whole, task, "a.py")
    assert "func order(rows []string) []string {" in outline(whole, task, "a.go")
    assert outline(whole, "`order(rows)` is slow", "a.py") == ""
    assert outline(whole, task, "Main.java") == ""
    assert outline(bare, task, "a.py") == ""
