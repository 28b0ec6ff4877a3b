"""How work of one sort usually goes: what a plan is made after."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Template:
    """One sort of work. `labels` are those of issues that it is chosen for."""

    name: str
    steps: tuple[str, ...]
    """What is usually done, in order."""
    checks: tuple[str, ...] = ()
    """What has to be looked at before it counts as done."""
    labels: tuple[str, ...] = ()
