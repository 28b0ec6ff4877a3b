"""What payloads of alerts have in common: times, severities, labels; read leniently. Pure.

Nothing here is trusted or shown: `monitor.bounds` cuts and cleans what becomes of it, once, for every sender.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from yantra_bot.domain.alerts import Severity

MOST_ALERTS: Final = 2_000
"""Alerts of one delivery that are looked at; those beyond are counted."""
LONGEST: Final = 100_000
"""Characters of one text that are taken along, in which secrets are looked for before it is cut to what is kept."""
_FRACTION = re.compile(r"(\.\d{6})\d+")
_SEVERITIES: Final = {
    **dict.fromkeys(("critical", "fatal", "page", "emergency", "disaster", "p1", "sev1"), Severity.CRITICAL),
    **dict.fromkeys(("error", "high", "major", "p2", "sev2"), Severity.ERROR),
    **dict.fromkeys(("warning", "warn", "medium", "minor", "average", "p3", "sev3"), Severity.WARNING),
    **dict.fromkeys(("info", "information", "informational", "low", "none", "debug", "p4", "p5"), Severity.INFO),
}


def severity(word: str, default: Severity = Severity.WARNING) -> Severity:
    """Return how bad a sender says it is, by the words that are in use."""
    return _SEVERITIES.get(word.strip().lower(), default)


def text(value: Any) -> str:
    """Return what a field says, cut; numbers as they are written, anything else as nothing."""
    if isinstance(value, str):
        return value[:LONGEST]
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def pairs(value: Any) -> tuple[tuple[str, str], ...]:
    """Return an object of texts as sorted pairs; what is no text in it is left out."""
    if not isinstance(value, Mapping):
        return ()
    return tuple(sorted((name, text(one)) for name, one in value.items() if text(one)))


def time_of(value: Any) -> float:
    """Return a time in seconds of Unix, of RFC 3339 or a number; 0 where it is none, or lies before 1970."""
    if isinstance(value, bool):
        return 0.0
    if isinstance(value, int | float):
        return float(value) if 0 < value < 1e11 else 0.0
    if not isinstance(value, str):
        return 0.0
    try:
        read = datetime.fromisoformat(_FRACTION.sub(r"\1", value[:64]))
        return max(0.0, read.timestamp()) if read.tzinfo is not None else 0.0
    except (ValueError, OverflowError):
        return 0.0
