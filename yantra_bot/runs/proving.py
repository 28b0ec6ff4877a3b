"""What a judged change proves, put together for whoever is told of it: a pull request, a check, a follow-up."""

from yantra_bot.agent.loop import Conversation
from yantra_bot.replies.lessons import reminded_text
from yantra_bot.replies.run import Proof
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.gather import Ground
from yantra_bot.runs.judged import Judged
from yantra_bot.runs.phases import Action
from yantra_bot.runs.workshop import Workshop


def told(workshop: Workshop, run_id: str) -> str:
    """Return what a pull request says of the mistakes that its run was reminded of."""
    reminding = workshop.records.reminded(run_id)
    return reminded_text(reminding.of, reminding.problem)


def prove(context: RunContext, workshop: Workshop, talk: Conversation, ground: Ground, judged: Judged) -> Proof:
    """Return what a run can show of its change."""
    return Proof(
        order=context.order,
        claim=judged.claim,
        model=talk.model,
        paths=talk.changes.paths,
        base=judged.base,
        report=judged.report,
        comparison=judged.comparison,
        confidence=judged.confidence,
        facts=judged.facts,
        checks=judged.checks,
        scrutiny=judged.scrutiny,
        generated=judged.generated,
        environment=ground.environment,
        spent=talk.spent,
        page_url=workshop.page_url(context.order.run_id),
        attempts=judged.number,
        reminded=told(workshop, context.order.run_id),
        draft_reason=judged.decision.reason if judged.decision.action is Action.DELIVER_DRAFT else "",
    )
