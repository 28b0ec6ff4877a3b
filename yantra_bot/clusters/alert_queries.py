"""The queries that alerts fire by, as the operator's Prometheus itself knows them. Implements the port AlertQueries.

An alert gives its name and its labels to compare with, and nothing that is asked: the expression is that of the rule
which Prometheus evaluates. That a condition gives nothing is a pass only where it could have given something.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog

from yantra_bot.clusters.prometheus_door import (
    NoNumber,
    PrometheusDoor,
    Series,
    read_data,
    read_number,
    read_series,
)
from yantra_bot.domain.alerts import Alert, AlertSource
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.rollout import Sample
from yantra_bot.errors import Transient
from yantra_bot.monitor.promql import bases_of
from yantra_bot.ports import Clock

ASKED: Final = frozenset({AlertSource.ALERTMANAGER, AlertSource.GENERIC})
"""Whose alerts may have a rule in Prometheus."""
OF_ONE_RELEASE: Final = frozenset(
    {
        *("pod", "pod_name", "pod_ip", "pod_template_hash", "replicaset", "replica", "instance", "container_id"),
        *("uid", "id", "image", "image_id", "node", "host_ip"),
        *("version", "revision", "commit", "release", "build", "sha"),
    }
)
"""Labels that another release, or another pod, has otherwise: the alert's condition is asked of the service's own."""
LATE_INTERVALS, LATE_SECONDS = 3.0, 30.0
"""A rule that was not evaluated for so many of its intervals, and so many seconds more, tells nothing of now."""
_FRACTION: Final = re.compile(r"\.(\d{6})\d+")

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class AlertingRule:
    """One alerting rule of Prometheus; the operator's own words."""

    query: str
    labels: Mapping[str, str]
    is_healthy: bool
    evaluated_at: float
    """Unix time by Prometheus's clock; 0: never."""
    interval: float
    """Seconds between two evaluations."""


class PrometheusAlerts:
    """Finds the rule of an alert, and asks its condition again."""

    def __init__(self, door: PrometheusDoor, clock: Clock) -> None:
        self._door, self._clock = door, clock

    async def query_of(self, alert: Alert) -> str:
        """Return the rule's expression; empty where there is none, or several. Raises Transient where none answers."""
        try:
            rule = await self._rule(alert)
        except NoNumber as gap:
            raise Transient(str(gap)) from gap
        return "" if rule is None else rule.query

    async def sample(self, alert: Alert) -> Sample:
        name, now = f"alert {' '.join(alert.name.split())[:80]}", self._clock.now()
        try:
            rule = await self._rule(alert)
            if rule is None:
                said = "Prometheus has no single alerting rule of that name: nothing tells whether it still holds."
                return Sample(name, Verdict.INCONCLUSIVE, said, now)
            return await self._judge(name, alert, rule)
        except NoNumber as gap:
            return Sample(name, gap.verdict, str(gap), now)

    async def _judge(self, name: str, alert: Alert, rule: AlertingRule) -> Sample:
        # First what it needs, then what it says: what is gone in between is then no pass.
        try:
            value, gap = await self._evidence(alert, rule), None
        except NoNumber as problem:
            value, gap = None, problem
        firing = _agreeing(alert, rule, read_series(await self._door.query(rule.query)))
        now = self._clock.now()
        if firing:
            shown = _shown(firing)
            return Sample(name, Verdict.FAIL, f"its condition holds{_said(shown)}", now, shown)
        if gap is not None:
            raise gap
        return Sample(name, Verdict.PASS, f"its condition does not hold{_said(value)}", now, value)

    async def _evidence(self, alert: Alert, rule: AlertingRule) -> float | None:
        """Return a number that the condition is about, where one is. Raises NoNumber where nothing could be judged."""
        bases = bases_of(rule.query)
        if bases is None:
            await self._refuse_idle(rule)
            return None
        for one in bases.beside:
            _refuse_empty(one, read_series(await self._door.query(one)))
        agreeing: list[Series] = []
        for one in bases.carrying:
            found = read_series(await self._door.query(one))
            _refuse_empty(one, found)
            agreeing += _agreeing(alert, rule, found)
        if not agreeing:
            raise NoNumber("What its condition is about has no data for this service now.")
        shown = _shown(agreeing)
        if shown is None:
            raise NoNumber("What its condition is about is no number now (NaN): nothing was counted.")
        return shown

    async def _refuse_idle(self, rule: AlertingRule) -> None:
        """Raise NoNumber unless Prometheus evaluates the rule, and did so lately by its own clock."""
        if not rule.is_healthy:
            raise NoNumber("Prometheus says that the rule of this alert cannot be evaluated.")
        age = read_number(await self._door.query("time()")) - rule.evaluated_at
        if age > rule.interval * LATE_INTERVALS + LATE_SECONDS:
            raise NoNumber("Prometheus has not evaluated the rule of this alert lately.")

    async def _rule(self, alert: Alert) -> AlertingRule | None:
        """Return the one rule of an alert. Raises NoNumber where rules cannot be had."""
        if alert.source not in ASKED or not alert.name:
            return None
        named = [one for one in read_rules(await self._door.rules(), alert.name) if _may_be_of(one, alert)]
        queries = {one.query for one in named}
        if len(queries) > 1:
            _log.info("several rules have an alert's name", name=alert.name[:80], rules=len(named))
            return None
        return max(named, key=lambda one: one.evaluated_at, default=None)


def read_rules(answer: Any, name: str) -> tuple[AlertingRule, ...]:
    """Return the alerting rules with a name. Raises NoNumber where the answer cannot be read."""
    try:
        return tuple(
            _read_rule(rule, group)
            for group in read_data(answer).get("groups") or ()
            for rule in group.get("rules") or ()
            if rule.get("type") == "alerting" and rule.get("name") == name
        )
    except (TypeError, ValueError, AttributeError, KeyError):
        raise NoNumber("Prometheus answers with no list of rules.", verdict=Verdict.ERROR) from None


def _read_rule(rule: Mapping[str, Any], group: Mapping[str, Any]) -> AlertingRule:
    labels = {str(key): str(value) for key, value in (rule.get("labels") or {}).items()}
    interval = float(group.get("interval") or 60)
    return AlertingRule(
        str(rule["query"]), labels, rule.get("health") == "ok", _time(str(rule.get("lastEvaluation") or "")), interval
    )


def _time(text: str) -> float:
    """Return the Unix time of an RFC 3339 time with up to nine digits after its seconds; 0 for what is none."""
    try:
        return max(0.0, datetime.fromisoformat(_FRACTION.sub(r".\1", text)).timestamp())
    except (ValueError, OverflowError):
        return 0.0


def _may_be_of(rule: AlertingRule, alert: Alert) -> bool:
    """Whether the labels that a rule gives its alerts are the alert's; those that are templates may be anything."""
    return all("{{" in value or _agrees(alert.label(key), value) for key, value in rule.labels.items())


def _agreeing(alert: Alert, rule: AlertingRule, found: Sequence[Series]) -> list[Series]:
    return [
        one
        for one in found
        if all(
            key == "__name__" or key in rule.labels or key in OF_ONE_RELEASE or _agrees(alert.label(key), value)
            for key, value in one.labels.items()
        )
    ]


def _agrees(told: str, value: str) -> bool:
    """Whether an alert's label can be this value: one that it does not have says nothing, a long one was cut."""
    return not told or told == value or (len(told) >= 100 and value.startswith(told.rstrip("…")))


def _refuse_empty(base: str, found: Sequence[Series]) -> None:
    if not found:
        raise NoNumber(f"What its condition is about has no data now: {' '.join(base.split())[:200]}")


def _shown(found: Sequence[Series]) -> float | None:
    """Return one finite number of the series for people, the largest; None where there is none."""
    return max((one.value for one in found if math.isfinite(one.value)), default=None)


def _said(value: float | None) -> str:
    return "" if value is None else f" ({value:g})"
