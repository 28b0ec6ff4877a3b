"""Reads that something was ended from outside: by its time, its memory, or for want of rights. Pure."""

import re
from typing import Final

from yantra_bot.domain.faults import Fault, FaultKind

_ENDED: Final = (
    (
        re.compile(r"limit of (?:time|wall|cpu)|(?:time|wall|cpu)[ \w]* limit|timed out after", re.IGNORECASE),
        FaultKind.TIMEOUT,
    ),
    (
        re.compile(
            r"limit of memory|memory limit|out of memory|Cannot allocate memory|oom-kill|Killed$",
            re.IGNORECASE | re.MULTILINE,
        ),
        FaultKind.MEMORY,
    ),
    (re.compile(r"Permission denied|EACCES|Operation not permitted", re.IGNORECASE), FaultKind.PERMISSION),
)


def find_limit(text: str) -> Fault | None:
    """Return which limit a text tells of; None where it tells of none."""
    for pattern, kind in _ENDED:
        if found := pattern.search(text):
            start = text.rfind("\n", 0, found.start()) + 1
            line = text[start:].partition("\n")[0].strip()
            return Fault(kind, "limit" if kind is not FaultKind.PERMISSION else "refused", line[:300])
    return None
