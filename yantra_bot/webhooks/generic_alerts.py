"""Alerts of any other sender, in the form that docs/alerts.md describes. Pure; raises UserError for another form."""

import hashlib
from typing import Any

from yantra_bot.domain.alert_events import AlertsHeard
from yantra_bot.domain.alerts import Alert, AlertSource
from yantra_bot.errors import UserError
from yantra_bot.webhooks.alert_parts import MOST_ALERTS, pairs, severity, text, time_of

FIELDS = frozenset({
    "id", "name", "status", "service", "severity", "summary", "text", "labels", "started_at", "ended_at", "group",
    "url", "revision", "count",
})  # fmt: skip


def parse(payload: dict[str, Any]) -> AlertsHeard:
    """Return the alerts of a delivery: one object, or a list of them under `alerts`."""
    alerts = payload.get("alerts", [payload])
    if not isinstance(alerts, list) or not all(isinstance(one, dict) for one in alerts):
        raise UserError("`alerts` is no list of objects")
    if len(alerts) > MOST_ALERTS:
        raise UserError(f"more than {MOST_ALERTS} alerts at once")
    return AlertsHeard(tuple(map(_alert, alerts)))


def _alert(alert: dict[str, Any]) -> Alert:
    unknown = sorted(alert.keys() - FIELDS)
    if unknown:
        raise UserError(f"`{unknown[0][:100]}` is no field of an alert; there are {', '.join(sorted(FIELDS))}")
    name, status = text(alert.get("name")), alert.get("status", "firing")
    if not name:
        raise UserError("an alert without a `name`")
    if status not in ("firing", "resolved"):
        raise UserError("`status` is neither firing nor resolved")
    service, labels = text(alert.get("service")), pairs(alert.get("labels"))
    # What it is known again by is kept apart from the numbers of other senders.
    known_by = ("id", service, alert["id"]) if text(alert.get("id")) else ("alert", service, name, labels)
    count = alert.get("count", 1)
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise UserError("`count` is no number above 0")
    return Alert(
        source=AlertSource.GENERIC,
        fingerprint=hashlib.sha256(repr(known_by).encode("utf-8", "replace")).hexdigest()[:32],
        service=service,
        name=name,
        is_firing=status == "firing",
        severity=severity(text(alert.get("severity"))),
        summary=text(alert.get("summary")),
        text=text(alert.get("text")),
        labels=labels,
        started_at=time_of(alert.get("started_at")),
        ended_at=time_of(alert.get("ended_at")) or None,
        group=text(alert.get("group")),
        url=text(alert.get("url")),
        count=count,
        revision=text(alert.get("revision")),
    )
