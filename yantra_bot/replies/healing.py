"""What is said of a healing action: how it ended, as one sentence or a few."""

from yantra_bot.domain.healing import HealingPlan

NOTHING = "Nothing was changed."


def refused(reasons: tuple[str, ...]) -> str:
    return f"{' '.join(reasons)} {NOTHING}"


def dry(plan: HealingPlan) -> str:
    return f"Dry run: I would {does(plan)}. {NOTHING}"


def doing(plan: HealingPlan) -> str:
    return f"I {does(plan)}."


def does(plan: HealingPlan) -> str:
    """Return `scale out shop (3 → 5 replicas)`."""
    return f"{plan.kind} {plan.target} ({plan.said})"


def helped(plan: HealingPlan, minutes: float) -> str:
    return f"{_did(plan)} It helped: it was watched for {minutes:g} minutes, and is well."


def ended_by(login: str) -> str:
    return f"{login} ended it."


def no_help(why: str) -> str:
    return f"It did not help: {why}"


def undone(plan: HealingPlan, why: str) -> str:
    return f"{_did(plan)} {why} It was undone."


def cannot_be_undone(plan: HealingPlan, why: str) -> str:
    return f"{_did(plan)} {why} There is nothing of it to undo."


def stuck(plan: HealingPlan, why: str, problem: str) -> str:
    return f"{_did(plan)} {why} It could not be undone: {problem}"


def unknown(plan: HealingPlan, problem: str) -> str:
    return f"I wanted to {does(plan)}, and do not know whether that was done: {problem} A person has to look."


def unclear(plan: HealingPlan, why: str) -> str:
    return f"{_did(plan)} Whether it helped cannot be told: {why} It is left as it is, and a person has to look."


def left(plan: HealingPlan) -> str:
    return f"{_did(plan)} {plan.target} was changed by somebody else meanwhile: it is left to them."


def _did(plan: HealingPlan) -> str:
    return f"Done: {does(plan)}."


def busy(environment: str, holder: str) -> str:
    return f"Run {holder} is at work in {environment}, and nothing is done beside it. {NOTHING}"


def not_done(problem: str) -> str:
    return f"{problem} {NOTHING}"
