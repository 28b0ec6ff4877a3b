"""Notices that a tool call fails the same way again and again, within one stretch of work. Pure."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from yantra_bot.domain.conversation import ToolCall, ToolResult
from yantra_bot.domain.faults import Fault, FaultKind
from yantra_bot.validation.faults import find_fault
from yantra_bot.validation.faults.hints import give_hint

SAME_FAILURES: Final = 3
"""So often a call fails the same way until something else is tried."""
_MAX_SAID: Final = 300
_BROKE: Final = re.compile(r"(FAIL|ERROR): |Exit code -?[1-9]|Ended by a limit: ")


class Stuck:
    """What failed so far."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def note(self, calls: Sequence[ToolCall], results: Sequence[ToolResult]) -> Fault | None:
        """Take note of a turn; return what has just failed for the third, sixth … time."""
        found: Fault | None = None
        tools = {call.id: call.name for call in calls}
        faults = [_read(tools.get(result.call_id, ""), result) for result in results]
        for fault in {one.fingerprint: one for one in faults if one is not None}.values():
            self._counts[fault.fingerprint] += 1
            if found is None and self._counts[fault.fingerprint] % SAME_FAILURES == 0:
                found = fault
        return found


def _read(tool: str, result: ToolResult) -> Fault | None:
    if result.is_error:
        fault = Fault(FaultKind.TOOL, tool, result.content.partition("\n")[0][:_MAX_SAID])
        return Fault(fault.kind, fault.error, fault.message, hint=give_hint(fault))
    return find_fault(result.content) if _BROKE.match(result.content) else None
