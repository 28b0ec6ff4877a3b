"""A model's part of a review: asked within the smallest budget, its remarks added to what was found without it.

No failure of it ends a review: what it did not read is a gap. The remarks come out of `agent.reviewing`, which lets
none through that the code does not prove.
"""

from dataclasses import replace

from yantra_bot.agent.batch import AskAll
from yantra_bot.agent.budget import Budget
from yantra_bot.agent.loop import Conversation, Estimate
from yantra_bot.agent.reviewing.review import Reviewer
from yantra_bot.domain.review import Gap, Review

PART = "model"


async def add_remarks(
    review: Review, talk: Conversation, *, ask_all: AskAll, budget: Budget, estimate: Estimate, agents: str = ""
) -> Review:
    """Return the review with the model's remarks, those that the repository's filters want.

    `talk` carries the model, the clock and the cost; `agents` are the maintainers' instructions of the base branch.
    Raises Stopped alone.
    """
    if not review.briefs or not review.rules.max_remarks:
        return replace(review, briefs=())
    reviewer = Reviewer(talk, ask_all=ask_all, budget=budget, estimate=estimate, agents=agents)
    found, reading = await reviewer.review(review.briefs, review.findings, most=review.rules.max_remarks)
    gaps = list(review.gaps)
    if reading.problem:
        left = reading.total - reading.looked
        gaps.append(Gap(PART, f"{left} of {reading.total} parts of the change were not read by it: {reading.problem}"))
    findings = sorted((*review.findings, *found), key=lambda one: one.order)
    return replace(review, findings=tuple(findings), gaps=tuple(gaps), reading=reading, briefs=())
