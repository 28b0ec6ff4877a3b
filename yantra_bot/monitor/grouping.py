"""Which incident an alert belongs to, and what hearing it makes of that incident. Pure.

One incident a cause: the same alert, the same error, very much the same text, or what begins at the same time in the
same service. Repositories, environments and services are decided before, by the operator's settings.
"""

import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from yantra_bot.domain.alerts import Alert, AlertSource, Service
from yantra_bot.domain.faults import Fault
from yantra_bot.domain.incidents import Incident, IncidentState
from yantra_bot.monitor.traces import find_traces

TOGETHER_SECONDS: Final = 300.0
"""What begins so soon after an incident is a sign of it, unless both show errors of their own."""
GROUPED_SECONDS: Final = 900.0
"""So long after something was heard of an incident, what its sender has in the same group belongs to it."""
LIKE_TRACE: Final = 0.6
LIKE_TEXT: Final = 0.75
"""How much of two traces, or texts, has to be the same for them to be of one cause: shared parts over all parts."""
LEAST_WORDS: Final = 6
"""Texts of fewer different words say too little to be compared."""
INNERMOST: Final = 6
"""Frames of a trace that are compared, from where it was thrown: those of a framework around them are alike."""
MOST_OPEN: Final = 20
"""Incidents of a service that are open at once; what is different again then joins the newest of them."""
_NEWS: Final = 200

_CHANGING = re.compile(
    r"0x[0-9a-f]+|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{12,}\b|\d+", re.IGNORECASE
)
_QUOTED = re.compile(r"'[^'\n]{0,200}'|\"[^\"\n]{0,200}\"|`[^`\n]{0,200}`")
_WORD = re.compile(r"[^\W\d_]{2,}")
_TEXTS: Final = frozenset({AlertSource.LOGS, AlertSource.SENTRY})
"""Their names say a kind of error, or that there are errors; which one it is says their text."""


@dataclass(frozen=True, slots=True)
class Case:
    """An incident as alerts are held against it."""

    incident: Incident
    alerts: tuple[Alert, ...]
    """Those of its alerts that are kept whole."""
    fingerprints: frozenset[str]
    """Of the alerts in question, those that it knows."""


def has_trace(alert: Alert) -> bool:
    """Say whether an alert shows a stack trace."""
    return _fault(alert.text) is not None


def cause_of(alert: Alert) -> str:
    """Return the key of what an alert is grouped by: the same for the same error, whatever its numbers."""
    fault = _fault(alert.text)
    if fault is not None:
        return f"error {_digest(repr((fault.error, *_innermost(fault))))}"
    if alert.source in _TEXTS:
        return f"text {_digest(f'{alert.name} {_steady(alert.summary)}')}"
    return f"alert {alert.name}"


def likeness(one: Alert, other: Alert) -> float:
    """Return how much of two alerts' traces, or texts, is the same: 0 to 1; 0 where they cannot be compared."""
    left, right = _fault(one.text), _fault(other.text)
    if left is not None and right is not None:
        return _share(_innermost(left), _innermost(right)) if left.error == right.error else 0.0
    mine, theirs = _words(one), _words(other)
    is_enough = left is right and min(len(mine), len(theirs)) >= LEAST_WORDS
    return _share(mine, theirs) if is_enough else 0.0


def find_case(alert: Alert, cases: Sequence[Case], *, now: float) -> Case | None:
    """Return the case that a firing alert belongs to, None where it is something new.

    `cases` are of its service: those that are open, and those over whose cooldown has not passed.
    """
    still = [case for case in cases if not case.incident.state.is_over]
    for several in (still, [case for case in reversed(cases) if case.incident.state.is_over]):
        found = next((case for case in several if _is_same(alert, case)), None)
        if found is not None:
            return found
    return next((case for case in still if _comes_with(alert, case, now)), None)


def _is_same(alert: Alert, case: Case) -> bool:
    if alert.fingerprint in case.fingerprints or cause_of(alert) == case.incident.cause:
        return True
    enough = LIKE_TRACE if has_trace(alert) else LIKE_TEXT
    return any(cause_of(alert) == cause_of(one) or likeness(alert, one) >= enough for one in case.alerts)


def _comes_with(alert: Alert, case: Case, now: float) -> bool:
    """Say whether an alert is another sign of an incident: of its sender's group, or begun with it."""
    if has_trace(alert) and any(map(has_trace, case.alerts)):
        return False  # two errors that have nothing in common are two causes
    if now - case.incident.opened_at <= TOGETHER_SECONDS:
        return True
    is_grouped = bool(alert.group) and any(alert.group == one.group for one in case.alerts)
    return is_grouped and now - case.incident.last_fired_at <= GROUPED_SECONDS


def open_incident(alert: Alert, service: Service, repository_id: int, *, now: float) -> Incident:
    """Return the incident that an alert begins."""
    key = repr((repository_id, service.name, service.environment, alert.fingerprint, alert.started_at, now))
    return Incident(
        id=hashlib.sha256(key.encode()).hexdigest()[:24],
        repository_id=repository_id,
        service=service.name,
        environment=service.environment,
        title=alert.summary or alert.name,
        severity=alert.severity,
        state=IncidentState.OPEN,
        opened_at=now,
        changed_at=now,
        last_fired_at=now,
        heard=0,
        cause=cause_of(alert),
        first=alert,
    )


def find_overflow(cases: Sequence[Case]) -> Case | None:
    """Return the case that takes what belongs to none, where as many as may be are open; else None.

    It is the newest, which stays the same one until one of them is over.
    """
    still = [case for case in cases if not case.incident.state.is_over]
    return still[-1] if len(still) >= MOST_OPEN else None


def say_many(incident: Incident, *, now: float) -> Incident:
    """Return an incident that tells, once, that it holds what it has nothing in common with."""
    said = (
        f"Many different errors: {MOST_OPEN} incidents of {incident.service} are open, so whatever else "
        "it alerts of is joined to this one."
    )
    is_said = any(text == said for _, text in incident.news)
    return incident if is_said else replace(incident, news=(*incident.news, (now, said))[-_NEWS:])


def hear(incident: Incident, alerts: Sequence[Alert], *, now: float) -> Incident:
    """Return an incident after something was heard of it; whether it still fires is known by all its alerts alone.

    What is over and fires again is opened again; a firing after an end counts as a flap.
    """
    firing = [alert for alert in alerts if alert.is_firing]
    if not firing and incident.state.is_over:
        return replace(incident, heard=incident.heard + len(alerts))  # when it was over stays as it is
    heard = replace(incident, heard=incident.heard + len(alerts), changed_at=now)
    if not firing:
        return heard
    is_again = incident.ended_at is not None
    heard = replace(
        heard,
        severity=max(incident.severity, *(alert.severity for alert in firing)),
        last_fired_at=now,
        ended_at=None,
        flaps=incident.flaps + is_again,
    )
    if not incident.state.is_over:
        return heard
    news = (*incident.news, (now, "It fires again, within the cooldown: the incident is opened again."))[-_NEWS:]
    return replace(
        heard,
        state=IncidentState.OPEN,
        opened_again=incident.opened_again + 1,
        runs_before=len(incident.runs),
        diagnosis=None,
        proposal=None,
        proposed_at=now,
        agreed_by="",
        pull_request=0,
        fixed_commit="",
        watched_since=0.0,
        note="",
        news=news,
        is_told=False,
    )


@lru_cache(maxsize=512)
def _fault(text: str) -> Fault | None:
    """Return the error of a text that has a trace, of several the one behind the others; None where there is none."""
    return next(iter(find_traces(text)), None)


def _innermost(fault: Fault) -> tuple[tuple[str, str], ...]:
    """Return the frames that a trace is known again by, without their lines, which move with every change."""
    return tuple((frame.path, frame.function) for frame in fault.frames[-INNERMOST:])


@lru_cache(maxsize=512)
def _words(alert: Alert) -> frozenset[str]:
    return frozenset(_WORD.findall(_steady(f"{alert.name} {alert.summary} {alert.text}").lower()))


def _share(one: Collection[object], other: Collection[object]) -> float:
    """Return how much of two collections is in both, of all that is in either."""
    mine, theirs = set(one), set(other)
    return len(mine & theirs) / len(mine | theirs) if mine or theirs else 0.0


def _steady(text: str) -> str:
    """Return text without what differs each time: numbers, addresses, what is quoted."""
    return " ".join(_CHANGING.sub("#", _QUOTED.sub("'…'", text)).split())


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:24]
