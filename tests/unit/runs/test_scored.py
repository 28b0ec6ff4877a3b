"""A score is recorded with what came of it, and judged by what came of others before it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.crash.harness import make_order
from tests.unit.scoring.scores import SCORE
from yantra_bot.domain.proof import Comparison, Failures, TestOutcome, TestReport, TestStatus, Verdict
from yantra_bot.domain.repository import PullRequest
from yantra_bot.domain.reverts import Revert
from yantra_bot.domain.review import Review
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.domain.scores import ChangeScore, ChangeSize, ScoredPast, SymbolScore
from yantra_bot.runs.records import Records
from yantra_bot.runs.scored import (
    came_of_review,
    came_of_run,
    find_standing,
    judge_score,
    judge_target,
    settle_target,
    share_passing,
)

HERE = 71


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    records = Records.open(tmp_path / "records.sqlite")
    yield records
    records.close()


def scored(faulty: float, baseline: float) -> ChangeScore:
    one: SymbolScore = SCORE.symbols[0]
    said = type(one)(one.key, one.name, one.path, 1, 2, one.language, faulty, baseline)
    return ChangeScore(SCORE.model, (said,), size=ChangeSize(3, 1, 1, 1, 2))


def put(
    records: Records, number: int, is_bad: bool | None, score: ChangeScore, *, subject: str = "", place: int = HERE
) -> str:
    order = make_order(f"{number:024x}", repository=place)
    records.start_run(order, float(number))
    records.put_score(order.run_id, 1, score, is_bad, place=(place, subject or order.run_id), at=float(number))
    return order.run_id


def test_a_repository_earns_it_by_what_came_of_its_changes(records: Records) -> None:
    """Eighty changes, a third of them bad, told apart by the score and not by what can be counted."""
    for number in range(80):
        is_bad = number % 3 == 0
        if number == 79:
            early = judge_score(records, HERE, scored(0.8, 0.1))
            assert (early.standing.is_earned, early.probability) == (False, None)
        put(records, number, is_bad, scored(0.8 - number / 1000 if is_bad else 0.2 + number / 1000, number % 7 / 10))
    judged = judge_score(records, HERE, scored(0.8, 0.1))
    assert judged.standing.is_earned
    assert judged.is_shown
    assert judged.probability is not None
    assert judged.probability > 0.7
    assert find_standing(records, HERE) == judged.standing
    assert not judge_score(records, HERE + 1, scored(0.8, 0.1)).standing.is_earned


def test_another_version_of_the_model_begins_anew(records: Records) -> None:
    """What one version said is no merit of the next."""
    for number in range(60):
        put(records, number, number % 3 == 0, scored(0.9 if number % 3 == 0 else 0.1, 0.5))
    other = ChangeScore("ffffffffffff", scored(0.9, 0.5).symbols)
    assert judge_score(records, HERE, other).standing.outcomes == 0


def test_of_one_subject_the_first_outcome_counts(records: Records) -> None:
    """What is pushed after a review is made in view of it; what nobody knows the end of does not count."""
    put(records, 1, None, scored(0.5, 0.5), subject="pull request 3")
    put(records, 2, True, scored(0.6, 0.5), subject="pull request 3")
    put(records, 3, False, scored(0.7, 0.5), subject="pull request 3")
    put(records, 4, False, scored(0.8, 0.5))
    found = records.scored_past(HERE, SCORE.model).outcomes
    assert [(one.score, one.is_bad) for one in found] == [(0.6, True), (0.8, False)]


def test_a_change_that_could_not_be_scored_is_recorded_and_does_not_count(records: Records) -> None:
    """The problem stands in the record."""
    run_id = put(records, 1, True, ChangeScore(SCORE.model, problem="It is none. Cure: another."))
    assert records.scored_past(HERE, SCORE.model) == ScoredPast()
    assert [one.score.problem for one in records.scores_of_run(run_id)] == ["It is none. Cure: another."]


def test_what_was_recorded_before_sizes_were_is_read_and_judges_nothing(records: Records) -> None:
    """Nobody knows how many lines it changed, which is what a score has to beat."""
    old = replace(scored(0.6, 0.5), size=None)
    run_id = put(records, 1, True, old)
    assert [one.score for one in records.scores_of_run(run_id)] == [old]
    assert records.scored_past(HERE, SCORE.model) == ScoredPast()


def test_of_many_outcomes_it_is_known_how_many_there_were(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest are read, and the place of the first among all, which says where the judgings are."""
    monkeypatch.setattr("yantra_bot.runs.score_book.KEPT", 3)
    for number in range(5):
        put(records, number, number == 4, scored(0.1 * number, 0.5))
    found = records.scored_past(HERE, SCORE.model)
    assert (found.before, [one.is_bad for one in found.outcomes]) == (2, [False, False, True])
    assert found.outcomes[0].size == ChangeSize(3, 1, 1, 1, 2)


def test_the_same_attempt_is_recorded_once(records: Records) -> None:
    """A step that is taken again after a kill changes nothing."""
    run_id = put(records, 1, True, scored(0.6, 0.5))
    assert not records.put_score(run_id, 1, scored(0.1, 0.5), False, place=(HERE, run_id), at=9.0)
    assert records.put_score(run_id, 2, scored(0.1, 0.5), None, place=(HERE, run_id), at=9.0)
    assert [(one.score, one.is_bad) for one in records.scored_past(HERE, SCORE.model).outcomes] == [(0.6, True)]


def test_scores_before_a_change_are_judged_by_what_came_of_runs_on_that_code(records: Records) -> None:
    """Not by what came of changes; a run that changed other functions says nothing, a routed one nothing of these."""
    before, elsewhere = scored(0.8, 0.4), replace(scored(0.1, 0.1), symbols=(SCORE.symbols[1],))
    for run_id, changed, is_bad in (
        ("hit", scored(0.2, 0.2), True),
        ("elsewhere", elsewhere, True),
        ("unknown", scored(0.2, 0.2), None),
        ("routed", scored(0.2, 0.2), False),
        ("next", scored(0.2, 0.2), False),
    ):
        records.put_target_score(run_id, HERE, before, at=1.0)
        settle_target(records, run_id, changed, is_bad, at=2.0)
        settle_target(records, run_id, changed, is_bad=not is_bad, at=3.0)  # of the next attempt: it is too late
    records.mark_routed("routed")
    settle_target(records, "never scored", scored(0.2, 0.2), is_bad=True, at=2.0)
    found = records.target_past(HERE, SCORE.model)
    assert sorted((one.score, one.is_bad) for one in found.outcomes) == [(0.8, False), (0.8, True), (0.8, True)]
    assert records.scored_past(HERE, SCORE.model) == ScoredPast()
    judged = judge_target(records, HERE, before)
    assert not judged.is_shown
    assert judged.standing.reason.startswith("3 outcomes of scored tasks are known here, 2 of them bad")


def pull(number: int) -> PullRequest:
    url = f"https://github.com/octo/demo/pull/{number}"
    return PullRequest(number, url, "add", "yantra/add", "a" * 40, "main", is_draft=False, is_open=False)


def bad(records: Records) -> list[bool]:
    """Tell which changes count as gone wrong, and then which tasks."""
    pasts = (records.scored_past(HERE, SCORE.model), records.target_past(HERE, SCORE.model))
    return [one.is_bad for past in pasts for one in past.outcomes]


def test_a_merge_that_is_taken_back_went_wrong_and_a_revert_that_is_taken_back_counts_no_more(records: Records) -> None:
    """By git's words for the merge's commit, or by GitHub's for its number; of other merges nothing changes."""
    for number in (1, 2):
        run_id = put(records, number, False, scored(0.3, 0.2))
        records.put_target_score(run_id, HERE, scored(0.3, 0.2), at=1.0)
        settle_target(records, run_id, scored(0.3, 0.2), is_bad=False, at=float(number))
        records.end_run(run_id, Ending(Phase.COMPLETE, "It is done.", pull_request=pull(number)), 9.0)
        records.put_merge(HERE, number, str(number) * 40)
    records.put_merge(HERE, 3, "3" * 40)  # nothing of it was scored
    assert bad(records) == [False] * 4
    records.note_reverts(HERE + 1, [Revert("f" * 40, ("1" * 40,), (1,))], head="f" * 40)
    records.note_reverts(HERE, [Revert("f" * 40, ("3" * 40,), (3, 99))], head="f" * 40)
    assert bad(records) == [False] * 4
    records.note_reverts(HERE, [Revert("a" * 40, ("1" * 40,)), Revert("b" * 40, pulls=(2,))], head="c" * 40)
    assert bad(records) == [True] * 4
    records.note_reverts(HERE, [Revert("d" * 40, ("a" * 40,))], head="d" * 40)
    assert bad(records) == [False, True, False, True]
    records.note_reverts(HERE, [Revert("e" * 40, ("c" * 40,))], head="e" * 40)
    assert bad(records) == [False] * 4


def report(verdict: Verdict) -> TestReport:
    return TestReport(verdict, ("pytest",), 0, 1.0)


@pytest.mark.parametrize(
    ("verdict", "comparison", "is_bad"),
    [
        (Verdict.PASS, Comparison((), (), ()), False),
        (Verdict.FAIL, Comparison(("t",), (), ()), True),
        (Verdict.INCONCLUSIVE, Comparison((), (), ()), None),
        (Verdict.ERROR, Comparison((), (), ()), None),
    ],
)
def test_a_run_went_wrong_where_tests_fail_that_passed(
    verdict: Verdict, comparison: Comparison, is_bad: bool | None
) -> None:
    """Tests that do not tell make no outcome: no data is not a pass."""
    assert came_of_run(report(verdict), comparison) is is_bad


@pytest.mark.parametrize(
    ("verdict", "failures", "is_bad"),
    [
        (None, None, None),
        (Verdict.PASS, None, False),
        (Verdict.FAIL, Failures(new=("t",)), True),
        (Verdict.FAIL, Failures(before=("t",)), False),
        (Verdict.FAIL, Failures(unknown=("t",)), None),
        (Verdict.FAIL, None, None),
        (Verdict.INCONCLUSIVE, None, None),
    ],
)
def test_a_reviewed_change_went_wrong_where_tests_newly_fail(
    verdict: Verdict | None, failures: Failures | None, is_bad: bool | None
) -> None:
    """The same for a review: what failed before is nobody's fault now."""
    review = Review("a", "b", test_report=None if verdict is None else report(verdict), failures=failures)
    assert came_of_review(review) is is_bad


@pytest.mark.parametrize(
    ("passed", "failing", "is_bad", "share"),
    [(19, ("t",), True, 0.95), (0, ("t",), True, 0.0), (3, (), False, 1.0), (3, (), None, None)],
)
def test_of_the_tests_that_can_tell_so_many_pass(
    passed: int, failing: tuple[str, ...], is_bad: bool | None, share: float | None
) -> None:
    """What failed before does not count; without an outcome there is nothing to learn."""
    outcomes = tuple(TestOutcome(f"p{number}", TestStatus.PASSED) for number in range(passed))
    outcomes += (TestOutcome("t", TestStatus.FAILED), TestOutcome("old", TestStatus.FAILED))
    found = replace(report(Verdict.FAIL), outcomes=outcomes)
    assert share_passing(found, failing, is_bad) == share
    assert share_passing(None, failing, is_bad) is None
