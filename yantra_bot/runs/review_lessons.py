"""What a review recalls of mistakes that were made here before, and what its remarks teach once they are settled.

A remark whose finding a commit took away was right, and is learnt from; one that somebody declined who may write was
not, and what was learnt from it is doubted. Without a memory the review is the same, only without these.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from yantra_bot.domain.findings import Evidence, Finding, Severity
from yantra_bot.domain.lessons import Judgement, Moment, Question, Reminder, Scope, Standing, name_lesson
from yantra_bot.domain.remarks import Remark
from yantra_bot.domain.review import Review
from yantra_bot.learning.remarks import describe, signature_of, teach
from yantra_bot.learning.sharing import share
from yantra_bot.learning.slips import Circumstances, languages_of
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.memory_rules import MemoryRules
from yantra_bot.runs.recalling import PROBLEMS, STORE_TRIES
from yantra_bot.runs.workshop import Workshop

MOST: Final = 10
"""Findings, the gravest first, that the memory is asked about."""
RECALL: Final = "recall mistakes"
ELSEWHERE: Final = "This kind of mistake was made in another repository before"
BEFORE: Final = "This kind of mistake was made here before"


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a review's remarks."""

    fixed: tuple[Remark, ...] = ()
    declined: tuple[Finding, ...] = ()


async def recall_mistakes(context: RunContext, workshop: Workshop, review: Review, rules: MemoryRules) -> Review:
    """Return the review with what was learnt from mistakes like its findings, each with where that was."""
    memory = workshop.memory
    asked = [one for one in review.findings if one.severity.rank >= Severity.WARNING.rank][:MOST]
    if memory is None or not rules.enabled or not asked:
        return review

    async def recall() -> tuple[tuple[str, Reminder], ...]:
        found = [(one, await memory.recall(_question(context, one, rules))) for one in asked]
        return tuple((one.fingerprint, told.reminders[0]) for one, told in found if told.reminders)

    try:
        kind = tuple[tuple[str, Reminder], ...]
        found = dict(await context.step(RECALL, recall, kind, request=_request(asked), stoppable=True))
    except PROBLEMS:
        return review
    return replace(review, findings=tuple(_add(one, found.get(one.fingerprint)) for one in review.findings))


async def learn_from_review(
    context: RunContext,
    workshop: Workshop,
    settled: Settled,
    previous: Review | None,
    rules: MemoryRules,
    *,
    author_may_write: bool,
) -> None:
    """Have the memory told of remarks that were right, and of those that were not.

    What a stranger's pull request settles teaches nothing: who may not write would choose what is remembered.
    """
    if workshop.memory is None or not rules.enabled or not author_may_write:
        return
    order = context.order
    known = {one.fingerprint: one for one in previous.findings} if previous is not None else {}
    right = [known[one.fingerprint] for one in settled.fixed if one.fingerprint in known]
    if not right and not settled.declined:
        return
    scope, page = Scope(order.repository.id, "", ""), workshop.page_url(order.run_id)
    about = Circumstances(order.run_id, scope, page, await context.now())
    learnt = [one for one in teach(right, about) if one.lesson.category not in rules.categories_off]
    doubts = [
        Judgement(name_lesson(order.repository.id, signature_of(one)), Standing.DOUBTFUL, about.at)
        for one in settled.declined
    ]

    async def tell() -> int:
        workshop.records.tell_memory(*learnt, *([share(one) for one in learnt] if rules.share else ()), *doubts)
        return len(learnt)

    try:
        await context.step("learn", tell, int, tries=STORE_TRIES)
    except PROBLEMS as problem:
        workshop.note(order.run_id, f"What this review teaches could not be kept: {problem}")


def _question(context: RunContext, finding: Finding, rules: MemoryRules) -> Question:
    return Question(
        describe(finding),
        Moment.REVIEW,
        context.order.repository.id,
        now=context.order.accepted_at,
        languages=languages_of([finding.path]),
        signature=signature_of(finding),
        categories_off=frozenset(rules.categories_off),
        takes_shared=rules.take_shared,
        most=1,
    )


def _request(asked: Sequence[Finding]) -> str:
    return "\n".join(one.fingerprint for one in asked)


def _add(finding: Finding, told: Reminder | None) -> Finding:
    if told is None:
        return finding
    lesson = told.lesson
    before = ELSEWHERE if lesson.is_shared else BEFORE
    shown = Evidence(f"{before}: {lesson.worked or lesson.failed}", confidence=told.similarity, url=lesson.source)
    return replace(finding, evidence=(shown, *finding.evidence))
