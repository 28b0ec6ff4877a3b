"""On whose behalf a model is asked: what shares a vendor's limits fairly. Set where a run asks, read where it waits."""

from contextvars import ContextVar

BEHALF: ContextVar[str] = ContextVar("behalf", default="")
"""The repository of the run that asks; empty outside of runs. A task has its own, so that none is to be put back."""
