"""Promises of what the workshop is put together from."""

from pathlib import Path

import pytest

from yantra_bot.agent.budget import Budget
from yantra_bot.app.workshop import check_sandbox, limits_of
from yantra_bot.runs.workshop import Limits
from yantra_bot.sandbox.contract import SandboxUnavailable
from yantra_bot.settings import Settings


def test_what_the_operator_limits_reaches_the_runs() -> None:
    """No limit is a setting that does nothing."""
    chosen = Settings(budget_usd=1, budget_steps=2, budget_tokens=3, budget_minutes=4, max_repository_mb=5)
    chosen = chosen.model_copy(update={"test_timeout_seconds": 6.0, "context_tokens": 7, "review_budget_usd": 0.25})
    chosen = chosen.model_copy(update={"critique_rounds": 1, "generated_test_rounds": 3})
    budget = Budget(usd=1, steps=2, tokens=3, seconds=240)
    assert limits_of(chosen) == Limits(
        budget, 5 * 1024, context_tokens=7, review_usd=0.25, critique_rounds=1, test_rounds=3, test_seconds=6.0
    )


def test_a_machine_without_a_sandbox_stops_the_start(tmp_path: Path) -> None:
    """The cure is said at once, not in a comment under the first issue."""
    with pytest.raises(SandboxUnavailable, match="apt-get install bubblewrap"):
        check_sandbox(str(tmp_path))
