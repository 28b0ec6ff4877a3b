"""What came in by a door for alerts, parsed. Pure values."""

from dataclasses import dataclass
from typing import Final

from yantra_bot.domain.alerts import Alert

PROJECT: Final = "project"
"""Label that a project of Sentry's is kept under."""


@dataclass(frozen=True, slots=True)
class AlertsHeard:
    """One delivery of alerts. `Alert.service` is what its sender says, not held against the settings yet."""

    alerts: tuple[Alert, ...]
