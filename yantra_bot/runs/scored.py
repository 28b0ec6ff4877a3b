"""What a learned score is worth where it was given: recorded with what came of it, judged by what came of others.

A score is judged before its own outcome counts. It ends and changes nothing by itself: what is shown, and what enters
into a confidence, is decided by the standing.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from yantra_bot.domain.checks import CheckResult
from yantra_bot.domain.proof import Comparison, TestReport, TestStatus, Verdict
from yantra_bot.domain.review import Review
from yantra_bot.domain.run import Order
from yantra_bot.domain.scores import ChangeScore, JudgedScore, ScoredPast, ScoreStanding
from yantra_bot.runs.going_first import NUMBER as GENERATOR
from yantra_bot.runs.records import Records
from yantra_bot.runs.workshop import Workshop
from yantra_bot.scoring.standing import judge, own_calibration
from yantra_bot.validation.comparison import only_old_failures


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a change."""

    is_bad: bool | None
    """None where it is not known."""
    share: float | None
    """Of the tests that can tell, how many passed; None where nothing is learned from it."""


async def judge_run(
    workshop: Workshop,
    order: Order,
    number: int,
    checks: Sequence[CheckResult],
    report: TestReport,
    comparison: Comparison,
) -> JudgedScore | None:
    """Return what the score of an attempt's change is worth, and record both; None where nobody gave one.

    What came of the generator's own attempt is recorded and counts for nothing: the run's outcome is that of its model.
    """
    score = next((check.score for check in checks if check.score is not None), None)
    if score is None:
        return None
    is_bad = came_of_run(report, comparison)
    if number == GENERATOR:  # no model's change: it says nothing of those that the score is for
        return await _judge(workshop, order, score, number, "", Came(is_bad, None))
    came = Came(is_bad, share_passing(report, comparison.newly_failing, is_bad))
    settle_target(workshop.records, order.run_id, score, is_bad, at=workshop.clock.now())
    return await _judge(workshop, order, score, number, order.run_id, came)


async def judge_review(workshop: Workshop, order: Order, review: Review, *, is_own: bool) -> Review:
    """Return a review with what its score is worth, and record both.

    `is_own`: the bot's own change, whose run has counted.
    """
    if review.learned is None:
        return review
    subject = "" if is_own else f"pull request {order.issue_number}"
    is_bad, new = came_of_review(review), review.failures.new if review.failures is not None else ()
    share = None if is_own else share_passing(review.test_report, new, is_bad)
    judged = await _judge(workshop, order, review.learned.change, 0, subject, Came(is_bad, share))
    return replace(review, learned=judged)


async def _judge(
    workshop: Workshop, order: Order, given: ChangeScore, number: int, subject: str, came: Came
) -> JudgedScore:
    learner = workshop.learner
    asked = given if learner is None else await learner.ask(given)
    score = replace(asked, lessons=())
    judged = await asyncio.to_thread(judge_score, workshop.records, order.repository.id, score)
    # A terminal's repositories have no number of their own.
    place = (order.repository.id, subject if order.repository.id else "")
    now, run_id = workshop.clock.now(), order.run_id
    is_new = workshop.records.put_score(run_id, number, score, came.is_bad, place=place, at=now)
    if learner is not None and is_new and came.share is not None:
        await learner.learn(given, came.share)
    return judged


def judge_score(records: Records, repository_id: int, score: ChangeScore) -> JudgedScore:
    """Return what a score is worth by what came of the changes that its version of the model has scored before."""
    return _judge_by(records.scored_past(repository_id, score.model), score)


def _judge_by(past: ScoredPast, score: ChangeScore, *, of: str = "change") -> JudgedScore:
    """Return what a score is worth. Before that is earned there is no probability: the model's own number is none."""
    standing = judge(past, of=of)
    calibration = own_calibration(past) if standing.is_earned else None
    if calibration is None or score.faulty is None:
        return JudgedScore(score, standing)
    return JudgedScore(score, standing, float(calibration.apply(np.array([score.faulty]))[0]))


async def is_shown(workshop: Workshop, repository_id: int) -> bool:
    """Tell whether a score has earned to be shown in a repository, before a new one is given."""
    return (await asyncio.to_thread(find_standing, workshop.records, repository_id)).is_earned


def judge_target(records: Records, repository_id: int, score: ChangeScore) -> JudgedScore:
    """Return what a score that was given before a change is worth, by what came of runs on such code.

    Nothing that came of scores of changes enters: what a model says of code as it is, it says of other code.
    """
    return _judge_by(records.target_past(repository_id, score.model), score, of="task")


def settle_target(records: Records, run_id: str, score: ChangeScore, is_bad: bool | None, *, at: float) -> None:
    """Record what came of a run, where its change is one of functions that were scored before it."""
    before = records.target_score(run_id)
    if before is None or is_bad is None:
        return
    if {(one.path, one.name) for one in before.symbols} & {(one.path, one.name) for one in score.symbols}:
        records.settle_target_score(run_id, is_bad=is_bad, at=at)


def find_standing(records: Records, repository_id: int) -> ScoreStanding:
    """Return the standing in a repository of the version of the model that scored there last."""
    return judge(records.scored_past(repository_id, records.newest_score_model(repository_id)))


def find_target_standing(records: Records, repository_id: int) -> ScoreStanding:
    """Return the same for scores that were given before a change."""
    return judge(records.target_past(repository_id, records.newest_score_model(repository_id)), of="task")


def came_of_run(report: TestReport, comparison: Comparison) -> bool | None:
    """Tell whether tests fail with a change that passed without it; None where they do not tell."""
    if comparison.newly_failing:
        return True
    if report.verdict is Verdict.PASS:
        return False
    is_as_before = report.verdict is Verdict.FAIL and only_old_failures(report, comparison)
    return False if is_as_before else None


def came_of_review(review: Review) -> bool | None:
    """Tell the same of a reviewed change; None where no test was run, or none says."""
    report, failures = review.test_report, review.failures
    if report is None:
        return None
    if failures is not None and failures.new:
        return True
    if report.verdict is Verdict.PASS:
        return False
    is_as_before = report.verdict is Verdict.FAIL and failures is not None and not failures.unknown
    return False if is_as_before else None


def share_passing(report: TestReport | None, failing: Sequence[str], is_bad: bool | None) -> float | None:
    """Return how many of the tests that can tell of a change passed: those that failed before it do not count.

    `failing` are those that fail with the change alone. None where it is not known what came of it.
    """
    if report is None or is_bad is None:
        return None
    if not is_bad:
        return 1.0
    passed = len(report.names(TestStatus.PASSED))
    return passed / (passed + max(1, len(failing)))
