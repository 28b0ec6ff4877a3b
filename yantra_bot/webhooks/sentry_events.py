"""Sentry's webhooks as alerts: issue alerts, issues, metric alerts. Pure; raises UserError for any other shape.

What Sentry calls an issue is one alert, whichever of its webhooks tells of it: its number is what it is known again by.
"""

import hashlib
import re
from typing import Any, Final
from urllib.parse import urlsplit

from yantra_bot.domain.alert_events import PROJECT, AlertsHeard
from yantra_bot.domain.alerts import Alert, AlertSource, Severity
from yantra_bot.domain.events import Ignored
from yantra_bot.errors import UserError
from yantra_bot.webhooks.alert_parts import severity, text, time_of
from yantra_bot.webhooks.sentry_traces import tell_exceptions

_PROJECT_OF_EVENT = re.compile(r"/projects/[^/]+/([^/]+)/")
_BEGINS: Final = frozenset({"created", "unresolved"})
_ENDS: Final = frozenset({"resolved", "archived", "ignored"})

Json = dict[str, Any]


def parse(resource: str, payload: Json) -> AlertsHeard | Ignored:
    """Return what a webhook of a resource (`Sentry-Hook-Resource`) says."""
    action, data = payload.get("action"), payload.get("data")
    if not isinstance(action, str) or not isinstance(data, dict):
        raise UserError("no action, or no data")
    match resource:
        case "event_alert":
            return AlertsHeard((_of_event(_part(data, "event"), text(data.get("triggered_rule"))),))
        case "issue" if action in _BEGINS | _ENDS:
            return AlertsHeard((_of_issue(_part(data, "issue"), is_firing=action in _BEGINS),))
        case "metric_alert" if action in ("critical", "warning", "resolved"):
            return AlertsHeard((_of_metric(action, data),))
    return Ignored("a webhook of no use")


def _of_event(event: Json, rule: str) -> Alert:
    labels = dict(_tags(event.get("tags")))
    project = _PROJECT_OF_EVENT.search(text(event.get("url")))
    if project is not None:
        labels[PROJECT] = project[1]
    title = text(event.get("title")) or text(event.get("message"))
    values = _values(event)
    told = tell_exceptions(values, text(event.get("platform")))
    places = [f"in {text(event.get('culprit'))}" if text(event.get("culprit")) else "", f"rule: {rule}" if rule else ""]
    return Alert(
        source=AlertSource.SENTRY,
        fingerprint=_issue_key(
            text(event.get("issue_url")), text(event.get("issue_id")) or text(event.get("event_id"))
        ),
        service="",
        name=text(values[-1].get("type")) if values else title.partition(":")[0],
        is_firing=True,
        severity=severity(text(event.get("level")), Severity.ERROR),
        summary=title,
        text="\n".join(part for part in (told, *places) if part),
        labels=tuple(sorted(labels.items())),
        started_at=time_of(event.get("datetime")) or time_of(event.get("timestamp")),
        url=text(event.get("web_url")),
        revision=text(event.get("release")),
    )


def _of_issue(issue: Json, *, is_firing: bool) -> Alert:
    project = issue.get("project")
    slug = text(project.get("slug")) if isinstance(project, dict) else ""
    about = issue.get("metadata")
    facts = about if isinstance(about, dict) else {}
    title = text(issue.get("title"))
    told = [text(facts.get("value")), f"in {text(issue.get('culprit'))}" if text(issue.get("culprit")) else ""]
    seen = time_of(issue.get("lastSeen")) or time_of(issue.get("firstSeen"))
    return Alert(
        source=AlertSource.SENTRY,
        fingerprint=_issue_key(text(issue.get("url")), text(issue.get("id"))),
        service="",
        name=text(facts.get("type")) or title.partition(":")[0],
        is_firing=is_firing,
        severity=severity(text(issue.get("level")), Severity.ERROR),
        summary=title,
        text="\n".join(part for part in told if part),
        labels=((PROJECT, slug),) if slug else (),
        # An end is the end of all that was seen until then.
        started_at=seen,
        url=text(issue.get("web_url")) or text(issue.get("permalink")),
    )


def _of_metric(action: str, data: Json) -> Alert:
    incident = _part(data, "metric_alert")
    rule = incident.get("alert_rule")
    rule = rule if isinstance(rule, dict) else {}
    projects = incident.get("projects")
    project = text(projects[0]) if isinstance(projects, list) and projects else ""
    known_by = (text(incident.get("organization_id")), text(rule.get("id")) or text(incident.get("identifier")))
    is_firing = action != "resolved"
    return Alert(
        source=AlertSource.SENTRY,
        fingerprint=_digest("metric", *known_by),
        service="",
        name=text(rule.get("name")) or text(incident.get("title")),
        is_firing=is_firing,
        severity=Severity.CRITICAL if action == "critical" else Severity.WARNING,
        summary=text(data.get("description_title")),
        text=text(data.get("description_text")).replace("\\n", "\n"),
        labels=((PROJECT, project),) if project else (),
        started_at=time_of(incident.get("date_started")) or time_of(incident.get("date_detected")),
        ended_at=None if is_firing else time_of(incident.get("date_closed")) or None,
        url=text(data.get("web_url")),
    )


def _values(event: Json) -> list[Json]:
    exception = event.get("exception")
    values = exception.get("values") if isinstance(exception, dict) else None
    return [one for one in values if isinstance(one, dict)] if isinstance(values, list) else []


def _tags(tags: Any) -> list[tuple[str, str]]:
    if not isinstance(tags, list):
        return []
    pairs = [(one[0], one[1]) for one in tags if isinstance(one, list) and len(one) == 2]
    return [(name, text(value)) for name, value in pairs if isinstance(name, str) and text(value)]


def _issue_key(url: str, number: str) -> str:
    """Return what an issue is known again by; numbers are those of one Sentry, which its host tells."""
    if not number:
        raise UserError("no number of an issue")
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    return _digest("issue", host, number)


def _digest(*parts: str) -> str:
    return hashlib.sha256(repr(("sentry", *parts)).encode("utf-8", "replace")).hexdigest()[:32]


def _part(data: Json, name: str) -> Json:
    part = data.get(name)
    if not isinstance(part, dict):
        raise UserError(f"no {name}")
    return part
