"""Asks whether what an incident is about still holds: its alert's own query, the rule's own metric, or its sender.

What its sender says counts only where it was said after a moment: silence is no data.
"""

import math
from typing import Final, Protocol

from yantra_bot.domain.alerts import Alert, AlertSource
from yantra_bot.domain.environment import Environment
from yantra_bot.domain.incidents import Incident
from yantra_bot.domain.monitoring import Watch, WatchRule
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.repository import Repository
from yantra_bot.domain.rollout import Sample
from yantra_bot.errors import YantraError
from yantra_bot.monitor_ports import AlertQueries, Metrics
from yantra_bot.ports import Clock
from yantra_bot.runs.records import Records

_ASKED: Final = frozenset({AlertSource.ALERTMANAGER, AlertSource.GENERIC})
"""Whose alerts a rule of Prometheus may have fired."""
_OURS: Final = frozenset({AlertSource.RULE, AlertSource.PROBE})
"""Whose state is looked at again and again by ourselves: that it still fires is said without being said again."""


class Asks(Protocol):
    """What can be asked. Metrics may be missing."""

    @property
    def queries(self) -> AlertQueries: ...

    @property
    def metrics(self) -> Metrics | None: ...


class Sampling:
    """Asks for one incident."""

    def __init__(
        self,
        kit: Asks,
        records: Records,
        clock: Clock,
        *,
        repository: Repository,
        environment: Environment,
        target: str = "",
    ) -> None:
        """`target` is the name of the service's Deployment; empty: the repository's."""
        self._kit, self._records, self._clock = kit, records, clock
        self._repository, self._environment, self._target = repository, environment, target

    async def sample(self, incident: Incident, watch: Watch, *, since: float) -> Sample:
        """Return whether it holds: PASS where it does not. Never raises for what cannot be asked."""
        alert, name = incident.first, f"incident {incident.id}"
        try:
            if alert is not None and alert.source in _ASKED and await self._kit.queries.query_of(alert):
                return await self._kit.queries.sample(alert)
            rule = _rule_of(alert, watch)
            if rule is not None and self._kit.metrics is not None and watch.queries.get(rule.metric):
                return await self._measure(rule, watch.queries[rule.metric])
            return self._heard(self._records.incident(incident.id) or incident, since)
        except YantraError as problem:
            return Sample(name, Verdict.ERROR, str(problem), self._clock.now())

    async def _measure(self, rule: WatchRule, query: str) -> Sample:
        assert self._kit.metrics is not None, "it was looked at"  # noqa: S101 (narrows a type)
        place = (self._repository, self._environment)
        value = await self._kit.metrics.value(rule.metric, query, *place, service=self._target)
        now, name = self._clock.now(), f"rule {rule.name}"
        if value is None or not math.isfinite(value):
            return Sample(name, Verdict.INCONCLUSIVE, f"{rule.metric} has no data", now)
        is_bad = (rule.above is not None and value > rule.above) or (rule.below is not None and value < rule.below)
        verdict = Verdict.FAIL if is_bad else Verdict.PASS
        return Sample(name, verdict, f"{rule.metric} is {value:g}", now, value)

    def _heard(self, incident: Incident, since: float) -> Sample:
        now, name = self._clock.now(), "alerts heard"
        if not incident.is_firing and (incident.ended_at or 0.0) >= since:
            return Sample(name, Verdict.PASS, "nothing fires any more, as its sender says", now)
        if incident.is_firing and (incident.last_fired_at > since or incident.source in _OURS):
            return Sample(name, Verdict.FAIL, "it still fires", now)
        said = "nothing was heard of it since, and there is no query that could be asked"
        return Sample(name, Verdict.INCONCLUSIVE, said, now)


def _rule_of(alert: Alert | None, watch: Watch) -> WatchRule | None:
    """Return the rule of ours that fired, None where none did."""
    if alert is None or alert.source is not AlertSource.RULE:
        return None
    return next((one for one in watch.rules if one.name == alert.name), None)
