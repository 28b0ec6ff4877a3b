"""What one run may spend: the smallest of what the operator, the repository and the order allow. It spends nothing."""

from dataclasses import replace

from yantra_bot.agent.budget import Budget
from yantra_bot.domain.run import Order
from yantra_bot.errors import UserError
from yantra_bot.runs.rules import RepositoryRules
from yantra_bot.runs.workshop import Workshop


def refuse_unpriced(workshop: Workshop, order: Order, model: str) -> None:
    """Raise UserError when there is no model, or money was set that nobody can count: it holds or is refused."""
    if not model:
        workshop.model(model)
    if order.command.options.budget_usd is not None and workshop.estimate.usd(model, 1) is None:
        raise UserError(
            f"The price of {model} is not known here, so --budget cannot be held. Leave it out; the operator's limits "
            "on calls, tokens and minutes hold all the same."
        )


def choose_budget(workshop: Workshop, order: Order, rules: RepositoryRules) -> Budget:
    """Return the smallest of the operator's, the repository's and the order's money; the rest is the operator's."""
    budget = workshop.limits.budget
    asked = (order.command.options.budget_usd, rules.budget_usd, budget.usd)
    return replace(budget, usd=min(usd for usd in asked if usd is not None))
