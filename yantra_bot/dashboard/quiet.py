"""Which steps of a run the page leaves out: those that tell a reader nothing. Pure."""

from typing import Final

from yantra_bot.runs.ledger import StepRow
from yantra_bot.runs.review_memory import RESULT_STEP

QUIET_STEPS: Final = frozenset(
    {"now", "progress", "publish", "list tools", "recall review", "recall wishes", "read author", RESULT_STEP}
    | {"show plan", "acknowledge", "show deployment", "tell deployer"}
)
EMPTY: Final = frozenset({("hear", "ok []"), ("merge plan", "ok null")})
"""Steps, by name and result, that tell nothing: there was nothing to hear or to merge yet."""


def is_quiet(step: StepRow) -> bool:
    """Tell whether a step is left out."""
    name = step.name.split("#")[0]
    return name in QUIET_STEPS or (name, step.envelope) in EMPTY
