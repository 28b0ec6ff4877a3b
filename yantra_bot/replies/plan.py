"""What the bot says of a plan: the checklist that waits for a person, is ticked, and stands in the pull request. Pure.

Everything in it that a model or a person wrote is made harmless first; that a step is done is told as the model's word.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from yantra_bot.domain.plan import Decision, Forecast, Means, Plan, PlanStep, StepState, Verdict
from yantra_bot.domain.run import Order
from yantra_bot.replies.run import run_link
from yantra_bot.replies.text import fit, inline, one_line, plain

MAX_WORDS = 300
UNCOUNTED = "A second look at the plan was still under way; what it costs is on the run's page, and not counted here."
_HEADLINES = {
    None: "A plan, which waits for approval",
    Verdict.APPROVED: "The plan that is followed",
    Verdict.CHANGED: "The plan that is followed",
    Verdict.REJECTED: "A plan that was rejected",
    Verdict.EXPIRED: "A plan that nobody approved in time",
}


@dataclass(frozen=True, slots=True)
class ShownPlan:
    """Everything the plan's comment shows."""

    order: Order
    plan: Plan
    forecast: Forecast
    page_url: str
    handle: str
    due: float | None = None
    """Until when it waits, in Unix time; None: it waits for nobody."""
    decision: Decision | None = None
    history: tuple[str, ...] = ()
    """What became of it since, oldest first: our own sentences."""
    stopped: bool = False
    """The run ended while it waited."""


def plan_tag(order: Order) -> str:
    """Return the hidden mark of a run's plan."""
    return f"plan:{order.run_id}"


def plan_comment(shown: ShownPlan) -> str:
    """Return the comment with the checklist."""
    headline = "A plan whose run was stopped" if shown.stopped else _HEADLINES[_verdict(shown)]
    parts = [
        f"**{headline}** · {run_link(shown.order, shown.page_url)}",
        one_line(shown.plan.goal, MAX_WORDS),
        "\n".join(line for step in shown.plan.steps for line in _step(step)),
        forecast_line(shown.forecast, shown.plan),
        "\n".join(f"- {line}" for line in shown.history),
        _foot(shown),
    ]
    return fit("\n\n".join(part for part in parts if part))


def _verdict(shown: ShownPlan) -> Verdict | None:
    if shown.decision is not None:
        return shown.decision.verdict
    return None if shown.due is not None else Verdict.APPROVED


def _step(step: PlanStep) -> list[str]:
    tick = "x" if step.state is StepState.DONE else " "
    failed = "could not be done: " if step.state is StepState.FAILED else ""
    lines = [f"- [{tick}] **{step.number}. {one_line(step.title, MAX_WORDS)}**: {failed}{_came_to(step)}"]
    # Before the sub-steps: after them it would belong to the last one.
    lines += [f"  <br><sub>{_details(step)}</sub>"] if step.state is StepState.OPEN else []
    return lines + [f"  - {one_line(part, MAX_WORDS)}" for part in step.parts]


def _came_to(step: PlanStep) -> str:
    return one_line(step.outcome or step.expects, MAX_WORDS)


def _details(step: PlanStep) -> str:
    told = [f"after {', '.join(map(str, step.needs))}"] if step.needs else []
    told += [f"with {', '.join(inline(one_line(tool, 40)) for tool in step.tools)}"] if step.tools else []
    told += [f"about {step.turns} model call{'s' if step.turns != 1 else ''}"]
    told += [f"risk: {one_line(step.risk, MAX_WORDS)}"] if step.risk else []
    return " · ".join(told)


def forecast_line(forecast: Forecast, plan: Plan) -> str:
    """Return what the plan may take, and what that rests on."""
    money = "at a price that is not known" if forecast.usd is None else f"at most {forecast.usd:.2f} USD"
    told = [f"About {forecast.turns} model calls by the model's guess, {money} by the price table."]
    if forecast.earlier_runs and forecast.earlier_usd is not None and forecast.earlier_seconds is not None:
        runs = f"last {forecast.earlier_runs} runs" if forecast.earlier_runs > 1 else "last run"
        mean = " on average" if forecast.earlier_runs > 1 else ""
        minutes = forecast.earlier_seconds / 60
        told.append(f"The {runs} here took {minutes:.1f} minutes and {forecast.earlier_usd:.2f} USD{mean}.")
    else:
        told.append("How long it takes is not known: no run has ended here yet.")
    made = f" It follows the template {inline(plan.template)}." if plan.template else ""
    return f"{' '.join(told)} The model's own confidence in the plan: {plan.confidence:.2f}.{made}"


def _foot(shown: ShownPlan) -> str:
    if shown.decision is not None:
        return decision_line(shown.decision)
    if shown.due is None or shown.stopped:
        return ""
    if not shown.order.installation_id:
        return "Nothing is changed before the person at the terminal says so."
    until = datetime.fromtimestamp(shown.due, UTC).strftime("%Y-%m-%d %H:%M UTC")
    approve, reject = inline(f"@{shown.handle} approve"), inline(f"@{shown.handle} reject")
    change = inline(f"@{shown.handle} approve with changes: …")
    return (
        f"Nothing is changed before somebody with write access says so, until {until}: {approve} or 👍 on this comment "
        f"begins the work, {change} has the plan changed first, {reject} or 👎 ends it."
    )


def decision_line(decision: Decision) -> str:
    """Return who decided what, and how."""
    if decision.verdict is Verdict.EXPIRED:
        return "Nobody approved it in time, so nothing was done."
    how = {Means.REACTION: " by a reaction"}.get(decision.means, "")
    verb = "rejected" if decision.verdict is Verdict.REJECTED else "approved"
    changes = " with changes" if decision.verdict is Verdict.CHANGED else ""
    words = f": {one_line(decision.text, MAX_WORDS)}" if decision.text.strip() else "."
    return f"{inline(decision.by)} {verb} it{how}{changes}{words}"


def plan_text(plan: Plan, forecast: Forecast) -> str:
    """Return the plan for a terminal: Markdown as it is typed."""
    steps = (line.replace("  <br><sub>", "  (").replace("</sub>", ")") for step in plan.steps for line in _step(step))
    return "\n".join([one_line(plan.goal, MAX_WORDS), "", *steps, "", forecast_line(forecast, plan)])


def plan_section(plan: Plan) -> str:
    """Return what the pull request says of the plan."""
    lines = [line for step in plan.steps for line in _step(step) if not line.startswith("  <br>")]
    return "### Plan (ticked by the model as it worked)\n\n" + "\n".join(lines)


def step_failed_line(step: PlanStep, fresh: Sequence[PlanStep]) -> str:
    """Say that a step failed, and what follows instead."""
    steps = f"step{'s' if len(fresh) != 1 else ''} {_range(fresh)}"
    return f"Step {step.number} could not be done: {_sentence(step.outcome)} The rest was planned anew: {steps}."


def not_replanned_line(step: PlanStep, why: str) -> str:
    """Say that a step failed and the rest stays as it was planned."""
    failed = f"Step {step.number} could not be done: {_sentence(step.outcome)}"
    return f"{failed} The rest stays as it was: {plain(why)}"


def changed_line(decision: Decision) -> str:
    """Say that the plan was changed as somebody wished."""
    return f"Changed as {inline(decision.by)} wished; it is followed as it stands here."


def head_start_line(quick: str, strong: str) -> str:
    """Say that nobody was asked, and that the plan is being refined."""
    return f"A head start by {inline(quick)}, followed at once; {inline(strong)} refines what is not begun."


def refined_line(fresh: Sequence[PlanStep]) -> str:
    """Say which steps a second look replaced."""
    return f"Refined while the first steps were under way: step{'s' if len(fresh) != 1 else ''} {_range(fresh)}."


def unrefined_line(why: str) -> str:
    """Say that the quick plan stays."""
    return f"Not refined: {plain(why)}"


def _sentence(text: str) -> str:
    line = one_line(text, MAX_WORDS)
    return line if line.endswith((".", "!", "?", "…")) else f"{line}."


def _range(steps: Sequence[PlanStep]) -> str:
    numbers = [step.number for step in steps]
    return f"{numbers[0]} to {numbers[-1]}" if len(numbers) > 1 else ", ".join(map(str, numbers))


def rejected(decision: Decision) -> str:
    """Return the reason of the ending of a run whose plan was rejected."""
    words = f" {decision.by} wrote: {decision.text.strip()}" if decision.text.strip() else ""
    return f"{decision.by} rejected the plan, so nothing was changed.{words}"


def expired(seconds: float, handle: str) -> str:
    """Return the reason of the ending of a run whose plan nobody approved."""
    hours = seconds / 3600
    waited = (
        f"{hours / 24:.0f} days" if hours >= 48 else f"{hours:.0f} hours" if hours >= 2 else f"{hours * 60:.0f} minutes"
    )
    return f"Nobody approved the plan within {waited}, so nothing was changed. `@{handle} plan` makes a new one."
