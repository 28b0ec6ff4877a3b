"""A notification of Alertmanager's as alerts. Pure; raises UserError for what Alertmanager does not send.

Version 4 of its payload is what all releases since 2016 send; another version is read the same way as far as it goes.
"""

from typing import Any, Final

from yantra_bot.domain.alert_events import AlertsHeard
from yantra_bot.domain.alerts import Alert, AlertSource
from yantra_bot.errors import UserError
from yantra_bot.webhooks.alert_parts import MOST_ALERTS, pairs, severity, text, time_of

_NAME: Final = "alertname"
_SUMMARIES: Final = ("summary", "title")
_TEXTS: Final = ("description", "message")
_REVISIONS: Final = ("revision", "commit", "release", "version")


def parse(payload: dict[str, Any]) -> AlertsHeard:
    """Return the alerts of a notification; those that were cut off, here or there, count with the first."""
    alerts = payload.get("alerts")
    if not isinstance(alerts, list) or not all(isinstance(one, dict) for one in alerts):
        raise UserError("no list of alerts")
    cut_off = payload.get("truncatedAlerts")
    others = len(alerts) - MOST_ALERTS if len(alerts) > MOST_ALERTS else 0
    others += cut_off if isinstance(cut_off, int) and not isinstance(cut_off, bool) and cut_off > 0 else 0
    group = text(payload.get("groupKey"))
    read = [
        _alert(one, group, count=1 + (others if place == 0 else 0)) for place, one in enumerate(alerts[:MOST_ALERTS])
    ]
    return AlertsHeard(tuple(read))


def _alert(alert: dict[str, Any], group: str, *, count: int) -> Alert:
    status = alert.get("status")
    if status not in ("firing", "resolved"):
        raise UserError("an alert that neither fires nor is resolved")
    labels, notes = dict(pairs(alert.get("labels"))), dict(pairs(alert.get("annotations")))
    is_firing = status == "firing"
    return Alert(
        source=AlertSource.ALERTMANAGER,
        fingerprint=text(alert.get("fingerprint")),
        service="",
        name=labels.get(_NAME, ""),
        is_firing=is_firing,
        severity=severity(labels.get("severity", "")),
        summary=_first(notes, _SUMMARIES),
        text=_tell(notes),
        labels=tuple(sorted(labels.items())),
        started_at=time_of(alert.get("startsAt")),
        ended_at=None if is_firing else time_of(alert.get("endsAt")) or None,
        group=group,
        url=text(alert.get("generatorURL")),
        count=count,
        revision=_first(labels, _REVISIONS),
    )


def _first(values: dict[str, str], names: tuple[str, ...]) -> str:
    return next((values[name] for name in names if values.get(name)), "")


def _tell(notes: dict[str, str]) -> str:
    """Return the annotations as one text, the description first, the summary left out."""
    told = _first(notes, _TEXTS)
    rest = [f"{name}: {value}" for name, value in notes.items() if name not in (*_SUMMARIES, *_TEXTS)]
    return "\n".join(part for part in (told, *rest) if part)
