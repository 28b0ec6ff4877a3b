"""SPEC 4's confidence, factor by factor."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.scoring.scores import NOT_EARNED, judged
from yantra_bot.agent.confidence import score_confidence
from yantra_bot.domain.lessons import Recalled
from yantra_bot.domain.proof import ChangeFacts, Comparison, Confidence, TestOutcome, TestReport, TestStatus, Verdict
from yantra_bot.domain.scores import JudgedScore

NOTHING = Comparison((), (), ())


def report(passed: int = 0, failed: int = 0, verdict: Verdict = Verdict.PASS) -> TestReport:
    outcomes = [TestOutcome(f"p{number}", TestStatus.PASSED) for number in range(passed)]
    outcomes += [TestOutcome(f"f{number}", TestStatus.FAILED) for number in range(failed)]
    return TestReport(verdict, ("pytest",), 0, 1.0, tuple(outcomes))


def test_all_factors_known_gives_the_weighted_sum() -> None:
    """0.30 own + 0.25 tests + 0.25 past failures + 0.10 complexity + 0.10 impact."""
    found = score_confidence(
        claimed=0.9,
        report=report(passed=3, failed=1, verdict=Verdict.FAIL),
        comparison=NOTHING,
        facts=ChangeFacts(files=20, cyclomatic=10),
        past=Recalled(nearest=0.4),
    )
    assert found.score == pytest.approx(0.30 * 0.9 + 0.25 * 0.75 + 0.25 * 0.6 + 0.10 * 0.0 + 0.10 * 0.0)


def test_a_match_with_a_past_failure_lowers_the_confidence() -> None:
    """The closer the remembered failure, the lower the score."""
    scores = [
        score_confidence(
            claimed=0.9, report=report(1), comparison=NOTHING, facts=ChangeFacts(1, 1), past=Recalled(nearest=nearest)
        ).score
        for nearest in (0.0, 0.5, 1.0)
    ]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > scores[-1]


def test_an_unknown_factor_is_left_out_and_the_others_are_scaled() -> None:
    """No tests and no memory count neither for nor against; they are shown as unknown."""
    found = score_confidence(
        claimed=1.0,
        report=report(verdict=Verdict.INCONCLUSIVE),
        comparison=NOTHING,
        facts=ChangeFacts(files=20, cyclomatic=None),
    )
    assert found.score == pytest.approx(0.30 / 0.40)
    assert [factor.name for factor in found.factors if factor.value is None] == ["tests", "past failures", "complexity"]


def test_failures_that_were_there_before_do_not_count_against_the_change() -> None:
    """Only what this change is answerable for lowers the tests factor."""
    old = Comparison((), (), ("f0",))
    found = score_confidence(
        claimed=None, report=report(passed=4, failed=1, verdict=Verdict.FAIL), comparison=old, facts=ChangeFacts(1, 1)
    )
    assert next(factor for factor in found.factors if factor.name == "tests").value == 1.0


@given(
    claimed=st.none() | st.floats(allow_nan=False),
    passed=st.integers(0, 5),
    failed=st.integers(0, 5),
    files=st.integers(0, 1000),
    cyclomatic=st.none() | st.integers(0, 1000),
    nearest=st.none() | st.floats(allow_nan=False),
)
def test_the_score_stays_within_zero_and_one(
    claimed: float | None, passed: int, failed: int, files: int, cyclomatic: int | None, nearest: float | None
) -> None:
    """Whatever a model or a measurement says."""
    found = score_confidence(
        claimed=claimed,
        report=report(passed, failed),
        comparison=NOTHING,
        facts=ChangeFacts(files, cyclomatic),
        past=Recalled(nearest=nearest),
    )
    assert 0.0 <= found.score <= 1.0


@pytest.mark.case("C10")
def test_a_weakened_test_does_not_count_as_passed() -> None:
    """Each takes one of those that pass, and the reason says so."""
    facts = ChangeFacts(1, 1, weakened_tests=("a was removed", "b may be skipped now"))
    found = score_confidence(claimed=0.9, report=report(passed=4), comparison=NOTHING, facts=facts)
    tests = next(factor for factor in found.factors if factor.name == "tests")
    assert tests.value == 0.5
    assert "2 of these because the change weakens them" in tests.reason
    none_left = score_confidence(claimed=0.9, report=report(passed=1), comparison=NOTHING, facts=facts)
    assert next(factor for factor in none_left.factors if factor.name == "tests").value == 0.0


def with_score(weight: float, judged: JudgedScore | None) -> Confidence:
    return score_confidence(
        claimed=0.9,
        report=report(3),
        comparison=NOTHING,
        facts=ChangeFacts(files=1, cyclomatic=1, learned=judged),
        past=Recalled(nearest=0.4),
        weight=weight,
    )


def test_a_learned_score_enters_with_its_own_weight_where_it_has_earned_it() -> None:
    """A sixth factor; the five others share the rest in their old proportions."""
    plain, found = with_score(0, None), with_score(0.2, judged(probability=0.25))
    assert found.score == pytest.approx(0.8 * plain.score + 0.2 * 0.75)
    assert [factor.name for factor in found.factors][5:] == ["learned score"]
    assert sum(factor.weight for factor in found.factors) == pytest.approx(1)
    assert found.factors[5].reason.startswith("25% of changes with such a score went wrong here.")


@pytest.mark.parametrize(
    ("weight", "score"),
    [(0.0, judged()), (0.2, None), (0.2, judged(NOT_EARNED)), (0.2, judged(probability=None))],
)
def test_a_learned_score_that_is_off_unknown_or_not_earned_changes_nothing(
    weight: float, score: JudgedScore | None
) -> None:
    """The confidence is that of the five factors, as it always was."""
    assert with_score(weight, score) == with_score(0, None)
