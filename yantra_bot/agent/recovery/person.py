"""The end of work that a person has to decide about. What was changed so far is kept, as at the end of a budget."""

from yantra_bot.agent.budget import BudgetSpent


class PersonNeeded(BudgetSpent):
    """Something nobody but a person may decide stands in the way; the message is the question."""
