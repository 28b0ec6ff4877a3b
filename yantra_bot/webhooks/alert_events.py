"""A stored delivery of alerts as what it says. Pure; raises UserError for what its sender does not send."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final

from pydantic_core import from_json

from yantra_bot.domain.alert_events import AlertsHeard
from yantra_bot.domain.events import Ignored
from yantra_bot.errors import UserError
from yantra_bot.webhooks import alertmanager_events, generic_alerts, sentry_events

SOURCE: Final = "alerts"
"""What deliveries of alerts are stored under."""


class AlertKind(StrEnum):
    """The forms of deliveries, as they are stored; a resource of Sentry's follows after a slash."""

    ALERTMANAGER = "alertmanager"
    GENERIC = "alerts"
    SENTRY = "sentry"


def parse(event: str, body: bytes) -> AlertsHeard | Ignored:
    """Return what a delivery of a kind says; an empty one says nothing."""
    kind, _, resource = event.partition("/")
    payload = _read(body)
    readers: dict[str, Callable[[], AlertsHeard | Ignored]] = {
        AlertKind.ALERTMANAGER: lambda: alertmanager_events.parse(payload),
        AlertKind.GENERIC: lambda: generic_alerts.parse(payload),
        AlertKind.SENTRY: lambda: sentry_events.parse(resource, payload),
    }
    if kind not in readers:
        return Ignored("a kind of alerts that this version does not know")
    heard = readers[kind]()
    return Ignored("no alerts") if isinstance(heard, AlertsHeard) and not heard.alerts else heard


def _read(body: bytes) -> dict[str, Any]:
    try:
        payload = from_json(body, allow_inf_nan=False, cache_strings="keys")
    except ValueError as error:
        raise UserError("no strict JSON in UTF-8") from error
    if not isinstance(payload, dict):
        raise UserError("no object")
    return payload
