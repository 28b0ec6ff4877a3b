"""A learned score is shown only where it is better than every plain count, beyond chance, on what came of it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yantra_bot.domain.scores import ChangeSize, ScoredOutcome, ScoredPast, ScoreStanding
from yantra_bot.scoring.standing import EVERY, JUDGINGS, NEWEST, judge, own_calibration

NO_SIZE = ChangeSize()


def past(
    count: int, *, model: float, baseline: float = 0, lines: float = 0, seed: int = 0, share: float = 0.3
) -> list[ScoredOutcome]:
    """Outcomes whose score, baseline and number of added lines know so much of what came: 0 nothing, 1 nearly all."""
    random = np.random.default_rng(seed)
    bad = random.uniform(size=count) < share

    def knows(much: float) -> list[float]:
        said: list[float] = (0.5 + 0.45 * np.tanh(2 * much * (bad - 0.5) + 0.5 * random.normal(size=count))).tolist()
        return said

    sizes = [ChangeSize(added=round(1_000 * one), files=1, symbols=1) for one in knows(lines)]
    found = zip(knows(model), knows(baseline), bad.tolist(), sizes, strict=True)
    return [ScoredOutcome(*one) for one in found]


def tell(*outcomes: ScoredOutcome) -> ScoreStanding:
    return judge(ScoredPast(outcomes))


def test_a_score_that_is_better_on_enough_outcomes_has_earned_it() -> None:
    """The standing says on how much it rests, and by how much it is ahead of what comes closest."""
    found = tell(*past(200, model=0.8, baseline=0.2))
    assert found.is_earned
    assert found.model_auroc is not None
    closest = found.rivals[0]
    assert found.model_auroc > closest.auroc
    assert 0 < closest.advantage_low < found.model_auroc - closest.auroc
    assert found.reason.startswith("It tells what goes wrong better than every plain count; the closest is ")
    assert f"on 200 changes, {found.bad} of which went wrong." in found.reason
    assert sum(one.count for one in found.curve) == 200
    assert found.calibration_error is not None
    assert found.calibration_error < 0.2


def test_the_number_of_changed_lines_has_to_be_beaten() -> None:
    """Ahead of lines and complexity of the function by far, and no better than the size of the change: not shown."""
    found = tell(*past(400, model=0.8, baseline=0, lines=0.9))
    assert not found.is_earned
    assert {one.name for one in found.rivals} >= {"the number of changed lines", "lines and complexity of a function"}
    assert found.rivals[0].name in ("the number of changed lines", "added lines", "all of these together")
    assert found.reason.startswith(f"It tells what goes wrong no better than {found.rivals[0].name} (AUROC 0.")


def test_what_counts_say_together_has_to_be_beaten_too() -> None:
    """Two counts that know half each: a score that beats either alone, and not both together, is not shown."""
    random = np.random.default_rng(5)
    bad = random.uniform(size=800) < 0.3
    clues = [bad * 1.0 + random.normal(size=800) for _ in range(2)]
    score = 0.5 + 0.4 * np.tanh((bad * 1.4 + random.normal(size=800)) / 4)
    sizes = [
        ChangeSize(added=round(100 * np.exp(a)), files=round(100 * np.exp(b))) for a, b in zip(*clues, strict=True)
    ]
    outcomes = [ScoredOutcome(*one) for one in zip(score.tolist(), [0.5] * 800, bad.tolist(), sizes, strict=True)]
    found = tell(*outcomes)
    together = next(one for one in found.rivals if one.name == "all of these together")
    assert all(one.advantage_low > 0 for one in found.rivals if one is not together)
    assert together.advantage_low <= 0
    assert not found.is_earned


def test_a_count_that_is_the_same_everywhere_is_no_rival() -> None:
    """Of code that is not changed yet no line is changed: nobody is told that a score beats that."""
    outcomes = [
        ScoredOutcome(one.score, one.baseline, one.is_bad, ChangeSize(symbols=number % 7))
        for number, one in enumerate(past(200, model=0.8))
    ]
    assert {one.name for one in tell(*outcomes).rivals} == {
        "the number of symbols",
        "lines and complexity of a function",
        "all of these together",
    }


def test_no_outcome_is_not_a_pass() -> None:
    """A new repository has earned nothing, and is told what is needed."""
    found = tell()
    assert not found.is_earned
    assert found.outcomes == 0
    assert found.reason == (
        "No outcome of a scored change is known here yet; at least 60 are needed, 10 of them bad and 10 good."
    )
    assert judge(ScoredPast(), of="task").reason.startswith("No outcome of a scored task is known here yet")


@pytest.mark.parametrize(("count", "share"), [(1, 0.0), (59, 0.5), (400, 0.015), (400, 0.99), (400, 0.0), (400, 1.0)])
def test_too_few_outcomes_of_either_kind_show_nothing(count: int, share: float) -> None:
    """However good the score seems: it is said how many there are."""
    found = tell(*past(count, model=3, share=share))
    assert not found.is_earned
    assert found.reason.startswith(f"{count} outcome")
    assert f"{found.bad} of them bad; at least 60 are needed" in found.reason


@pytest.mark.parametrize("seed", range(5))
def test_a_score_that_knows_nothing_does_not_earn_it(seed: int) -> None:
    """Nor does one that is worse than the baseline."""
    assert not tell(*past(300, model=0, baseline=0.5, seed=seed)).is_earned
    found = tell(*past(300, model=0.2, baseline=1.5, seed=seed))
    assert not found.is_earned
    assert found.reason.startswith("It tells what goes wrong no better than ")


def test_an_advantage_that_may_be_chance_is_none() -> None:
    """Ahead by a little on sixty changes: the lower bound of the advantage is not above 0."""
    found = tell(*past(60, model=0.5, baseline=0.4))
    assert found.rivals[0].advantage_low <= 0
    assert not found.is_earned
    assert "but that may be chance" in found.reason


def test_the_baseline_against_itself_is_no_advantage() -> None:
    """The comparison is paired: the same score twice differs by exactly nothing."""
    same = [ScoredOutcome(one.score, one.score, one.is_bad, NO_SIZE) for one in past(200, model=1)]
    found = tell(*same)
    (rival,) = (one for one in found.rivals if one.name == "lines and complexity of a function")
    assert rival.advantage_low == 0
    assert not found.is_earned


def test_the_interval_covers_what_it_says() -> None:
    """Of two scores that know equally much, one is found ahead in a few of a hundred pasts at most."""
    earned = sum(tell(*past(120, model=0.5, baseline=0.5, seed=seed)).is_earned for seed in range(100))
    assert earned <= 4


def test_only_the_newest_count() -> None:
    """What a model said long ago does not speak for it any more."""
    found = tell(*past(NEWEST, model=3), *past(NEWEST + JUDGINGS * EVERY, model=0, baseline=1, seed=1))
    assert found.outcomes == NEWEST
    assert not found.is_earned


def test_it_is_judged_anew_with_every_twentieth_outcome_only() -> None:
    """Nineteen more change neither what is shown nor a number of it; the twentieth may."""
    known = past(119, model=0.8)
    found = [tell(*known[:count]) for count in range(80, 120)]
    assert {(one.is_earned, one.outcomes, one.model_auroc) for one in found[:20]} == {
        (found[0].is_earned, 80, found[0].model_auroc)
    }
    assert {one.outcomes for one in found[20:]} == {100}
    assert judge(ScoredPast(tuple(known[7:]), before=7)).outcomes == 93


def test_what_is_earned_changes_where_two_judgings_in_a_row_say_so() -> None:
    """Ahead for the first time shows nothing yet; being ahead by what may be chance once takes nothing away."""
    good = past(80, model=3)
    once, twice = tell(*good[:60]), tell(*good)
    assert (once.is_earned, twice.is_earned) == (False, True)
    assert once.rivals[0].advantage_low > 0
    assert once.reason.endswith("What is shown changes where the next judging, 20 outcomes later, says so too.")
    level = [ScoredOutcome(1 - one.score, one.baseline, one.is_bad, one.size) for one in past(300, model=2, seed=3)]
    steps = [tell(*good, *level[:count]) for count in range(0, 300, EVERY)]
    ahead = [bool(one.rivals) and one.rivals[0].advantage_low > 0 for one in steps]
    first = ahead.index(False)
    assert steps[first].model_auroc is not None
    assert steps[first].is_earned is all(one.auroc < (steps[first].model_auroc or 0) for one in steps[first].rivals)
    assert not steps[first + 1].is_earned


def test_what_is_no_number_says_nothing() -> None:
    """A score that came out as NaN is left out instead of ruining the rest."""
    good = past(200, model=0.8, baseline=0.2)
    broken = [
        ScoredOutcome(float("nan"), 0.5, is_bad=True, size=NO_SIZE),
        ScoredOutcome(0.5, float("inf"), is_bad=False, size=NO_SIZE),
    ]
    assert tell(*broken, *good) == tell(*good)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.booleans(), st.integers(0, 9)), max_size=120))
def test_a_standing_can_be_told_whatever_came(rows: list[tuple[float, float, bool, int]]) -> None:
    """The same outcomes are judged the same each time; what is earned has every number."""
    outcomes = [ScoredOutcome(score, plain, is_bad, ChangeSize(added=size)) for score, plain, is_bad, size in rows]
    found = tell(*outcomes)
    assert found == tell(*outcomes)
    assert found.reason.endswith(".")
    if found.is_earned:
        assert found.rivals[0].advantage_low > 0
    assert (own_calibration(ScoredPast(tuple(outcomes))) is None) == (not rows)
