"""What tells that something is wrong in production: an alert, whoever sent it. Pure values.

Everything in an alert but its source and the service that it was matched to is text of strangers: it is shown as data,
and decides nothing. Which repository and environment a service is comes from the operator's settings alone.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MOST_TEXT: Final = 16_000
"""Most of an alert's text that is kept, in characters."""
MOST_LABELS: Final = 40


class Severity(StrEnum):
    """How bad it is, by SPEC 12; ordered, the mildest first."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"

    # All four: those of text, which it is too, would go by the alphabet.
    def __lt__(self, other: str) -> bool:
        return self._rank < Severity(other)._rank

    def __le__(self, other: str) -> bool:
        return self._rank <= Severity(other)._rank

    def __gt__(self, other: str) -> bool:
        return self._rank > Severity(other)._rank

    def __ge__(self, other: str) -> bool:
        return self._rank >= Severity(other)._rank

    @property
    def _rank(self) -> int:
        return _SEVERITIES.index(self)


_SEVERITIES: Final = tuple(Severity)


class AlertSource(StrEnum):
    """Who sent it."""

    ALERTMANAGER = "alertmanager"
    SENTRY = "sentry"
    GENERIC = "generic"
    KUBERNETES = "kubernetes"
    """Events of a namespace."""
    PROBE = "probe"
    LOGS = "logs"
    RULE = "rule"
    """A rule of ours, over what was collected."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert, as it was heard once. Times are Unix time in seconds."""

    source: AlertSource
    fingerprint: str
    """The same for the same alert however often it is sent, firing and resolved; up to 64 signs."""
    service: str
    """A name of the operator's (`YANTRA_SERVICES`)."""
    name: str
    """Such as `HighErrorRate`; untrusted, one line."""
    is_firing: bool
    severity: Severity = Severity.WARNING
    summary: str = ""
    """Untrusted, one line."""
    text: str = ""
    """Untrusted: description, stack trace, lines of a log; cut to MOST_TEXT."""
    labels: tuple[tuple[str, str], ...] = ()
    """Sorted, at most MOST_LABELS, each value cut; untrusted."""
    started_at: float = 0.0
    ended_at: float | None = None
    """When it was resolved; None while it fires."""
    group: str = ""
    """What its sender groups it by, such as Alertmanager's groupKey; empty: nothing."""
    url: str = ""
    """Where its sender shows it; https or http, else empty. Untrusted."""
    count: int = 1
    """How many of its kind it stands for: lines of a log, events, alerts that were cut off."""
    revision: str = ""
    """Release that its sender names; untrusted, never more than a hint."""

    def label(self, name: str) -> str:
        """Return the value of a label, empty where there is none."""
        return next((value for key, value in self.labels if key == name), "")


@dataclass(frozen=True, slots=True)
class Service:
    """One service that is watched, as the operator's settings name it."""

    name: str
    repository: str
    """`owner/name`."""
    environment: str
    """One of the repository's environments (`deploy:` of its rules)."""
