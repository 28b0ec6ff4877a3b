"""Whether a healing action helped, by what was seen while it was watched. Pure.

No data is not a pass. What comes and goes at the end of the watch is watched on, twice as long at most.
"""

from collections.abc import Sequence
from typing import Final

from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.workload import WorkloadState

AT_END: Final = 3
"""Samples in a row that decide at the end of a watch."""
PATIENCE: Final = 2.0
"""So many times its length a watch may take."""


def conclude(samples: Sequence[Verdict], *, is_whole: bool, lasted: float, length: float) -> Verdict | None:
    """Return whether it helped, None while that cannot be told yet. Times are seconds; samples are oldest first."""
    last = set(samples[-AT_END:])
    is_late = lasted >= length * PATIENCE
    if not is_whole:
        return Verdict.FAIL if is_late else None
    if lasted < length or len(samples) < AT_END:
        return None
    if last == {Verdict.PASS} or last == {Verdict.FAIL}:
        return last.pop()
    if not is_late:
        return None
    return Verdict.FAIL if samples[-1] is Verdict.FAIL else Verdict.INCONCLUSIVE


def ruin_of(state: WorkloadState) -> str:
    """Return what is wrong with the pods for good, in one sentence; empty: nothing that waiting does not end."""
    for pod in state.pods:
        if pod.trouble is not None and pod.trouble.is_final and not pod.is_leaving:
            message = f": {pod.trouble.message}" if pod.trouble.message else ""
            return f"{pod.name} does not start ({pod.trouble.reason}{message[:200]})."
    return ""
