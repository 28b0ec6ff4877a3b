"""How errors are told to a model: their kind, their place and a hint; what they say is data. Pure."""

from collections.abc import Sequence
from typing import Final

from yantra_bot.agent.rendering import clean_output, cut_line
from yantra_bot.domain.faults import Fault
from yantra_bot.validation.faults import find_fault

MAX_TOLD: Final = 8


def tell_fault(fault: Fault) -> str:
    """Return one error in a line, and in another the hint where there is one."""
    test = f" ({clean_output(fault.test)})" if fault.test else ""
    hint = f"\n  Hint: {fault.hint}" if fault.hint else ""
    return f"- {cut_line(clean_output(fault.headline), 500)}{test}{hint}"


def tell_faults(faults: Sequence[Fault]) -> str:
    """Return errors by kind, nothing where there is none."""
    if not faults:
        return ""
    more = [f"- and {len(faults) - MAX_TOLD} more"] if len(faults) > MAX_TOLD else []
    return "\n".join(["Errors by their kind:", *map(tell_fault, faults[:MAX_TOLD]), *more])


def tell_output(output: str) -> str:
    """Return what a failed command's output shows, nothing where it shows no error."""
    fault = find_fault(clean_output(output))
    return "" if fault is None else f"What it shows, by kind:\n{tell_fault(fault)}"
