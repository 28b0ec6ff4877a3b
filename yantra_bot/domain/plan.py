"""A plan: what a run means to do, step by step, how far it is, and what a person decided about it."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

LEAST_STEPS: Final = 3
MOST_STEPS: Final = 7


class StepState(StrEnum):
    """How far a step is. The model says so; nothing else proves it."""

    OPEN = "open"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One step. `needs` are the numbers of steps that have to be done before it."""

    number: int
    title: str
    expects: str
    """What is there when it is done."""
    needs: tuple[int, ...] = ()
    parts: tuple[str, ...] = ()
    """Sub-steps."""
    tools: tuple[str, ...] = ()
    risk: str = ""
    turns: int = 3
    """How many answers of a model it may take, by the model's guess."""
    state: StepState = StepState.OPEN
    outcome: str = ""
    """What was achieved, or why it failed, in the model's words."""


@dataclass(frozen=True, slots=True)
class Plan:
    """All steps, in an order in which they can be done."""

    goal: str
    steps: tuple[PlanStep, ...]
    confidence: float
    """How sure the model is of the plan, from 0 to 1, by its own word."""
    template: str = ""
    """What it was made after; empty: nothing."""

    @property
    def turns(self) -> int:
        return sum(step.turns for step in self.steps)

    @property
    def open(self) -> tuple[PlanStep, ...]:
        return tuple(step for step in self.steps if step.state is StepState.OPEN)

    def find(self, number: int) -> PlanStep | None:
        return next((step for step in self.steps if step.number == number), None)

    def put(self, number: int, state: StepState, outcome: str) -> "Plan":
        """Return the plan with one step's state."""
        return replace(
            self,
            steps=tuple(
                replace(step, state=state, outcome=outcome) if step.number == number else step for step in self.steps
            ),
        )


NO_PLAN: Final = Plan("", (), 0.0)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the steps may take. None: not known."""

    turns: int
    usd: float | None = None
    """The most by the price table, nothing read from a cache."""
    earlier_runs: int = 0
    """Runs of this repository that the two below are the means of."""
    earlier_usd: float | None = None
    earlier_seconds: float | None = None


class Verdict(StrEnum):
    """What became of a plan that waited."""

    APPROVED = "approved"
    CHANGED = "approved with changes"
    REJECTED = "rejected"
    EXPIRED = "expired"


class Means(StrEnum):
    """How a person said so."""

    COMMENT = "comment"
    REACTION = "reaction"
    TERMINAL = "terminal"
    BUTTON = "button"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about a plan. `text` is the person's own words, as data."""

    verdict: Verdict
    by: str = ""
    """Their login; empty where nobody decided."""
    text: str = ""
    means: Means = Means.NONE
