"""A service that cannot be looked at, look after look, is told of: silence would be taken for health."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from yantra_bot.domain.alerts import Alert, AlertSource, Service, Severity
from yantra_bot.monitor.rules import fingerprint_of

BLIND: Final = "CannotBeWatched"
LOOKS: Final = 20
"""So many looks in a row in which something could not be looked at make an alert."""


@dataclass(slots=True)
class _Sight:
    looks: int = 0
    since: float = 0.0
    problem: str = ""
    is_told: bool = False


class Blindness:
    """How many looks in a row each service could not be looked at. Times are Unix time in seconds."""

    def __init__(self) -> None:
        self._sights: dict[str, _Sight] = {}

    def note(self, service: Service, problem: str, *, now: float, firing: Sequence[Alert]) -> Alert | None:
        """Take in a look; return the alert that has to be told. `firing` is what fires by our records."""
        sight = self._sights.get(service.name)
        if sight is None:
            left = next((one for one in firing if one.service == service.name and one.name == BLIND), None)
            sight = _Sight(since=now if left is None else left.started_at, is_told=left is not None)
            self._sights[service.name] = sight
        if not problem:
            sight.looks = 0
            return self._alert(service, sight, ended_at=now) if sight.is_told else None
        if not sight.looks and not sight.is_told:
            sight.since = now
        sight.looks, sight.problem = sight.looks + 1, problem
        return self._alert(service, sight, ended_at=None) if sight.looks >= LOOKS and not sight.is_told else None

    def heard(self, alert: Alert) -> None:
        """Remember that an alert was told."""
        self._sights[alert.service].is_told = alert.is_firing

    def _alert(self, service: Service, sight: _Sight, *, ended_at: float | None) -> Alert:
        said = "It can be looked at again." if ended_at is not None else sight.problem
        return Alert(
            source=AlertSource.RULE,
            fingerprint=fingerprint_of("blind", service.name),
            service=service.name,
            name=BLIND,
            is_firing=ended_at is None,
            severity=Severity.WARNING,
            summary=f"{service.name} cannot be watched as its rules say: {said}"[:300] if ended_at is None else said,
            labels=(("alertname", BLIND), ("environment", service.environment), ("service", service.name)),
            started_at=sight.since,
            ended_at=ended_at,
        )
