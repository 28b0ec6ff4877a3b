"""Collects what services' probes and the operator's Prometheus say, and judges it by the rules: one loop for all.

Ends in alerts, told where all alerts are heard. A service that does not answer is asked once more at once, and then
told at once.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

import structlog

from yantra_bot.domain.alerts import Alert, AlertSource
from yantra_bot.domain.monitoring import MetricName
from yantra_bot.errors import YantraError
from yantra_bot.monitor.exports import ServiceReport
from yantra_bot.monitor_ports import Metrics, Probed, ServiceProbes
from yantra_bot.ports import Clock
from yantra_bot.runs.watching.blindness import BLIND, Blindness
from yantra_bot.runs.watching.rounds import Hear, Rounds, repeat
from yantra_bot.runs.watching.stations import Station
from yantra_bot.runs.watching.watched import Watched, WatchedServices, explain

OWN: Final = frozenset({AlertSource.RULE, AlertSource.PROBE})
_log = structlog.get_logger()
OnReports = Callable[[Sequence[ServiceReport]], None]


class Collector:
    """Looks at all services every few seconds."""

    def __init__(
        self,
        *,
        watched: WatchedServices,
        probes: ServiceProbes,
        metrics: Metrics,
        hear: Hear,
        clock: Clock,
        seconds: float,
        firing: Callable[[], Sequence[Alert]] = tuple,
        on_reports: OnReports = lambda _: None,
    ) -> None:
        """`firing` tells what fires of our own by our records; `on_reports` takes all that is known, each round."""
        self._watched, self._probes, self._metrics, self._hear = watched, probes, metrics, hear
        self._clock, self._seconds, self._firing, self._on_reports = clock, seconds, firing, on_reports
        self._rounds = Rounds("metrics", watched, self.look_at, clock, seconds=seconds)
        self._stations: dict[str, Station] = {}
        self._blindness = Blindness()

    async def run(self) -> None:
        """Look until cancelled."""
        try:
            await repeat(lambda: self.look(patience=self._seconds), self._clock, self._seconds)
        finally:
            self._rounds.stop()

    async def look(self, *, patience: float | None = None) -> tuple[ServiceReport, ...]:
        """Look at every service once; return what is known of each. `patience` as of rounds."""
        problems = await self._rounds.go(patience=patience)
        now = self._clock.now()
        for name, station in self._stations.items():
            station.problem = next((said for one, said in problems.items() if one.name == name), station.problem)
        unseen = [
            ServiceReport(one, now, problem=said) for one, said in problems.items() if one.name not in self._stations
        ]
        reports = (*(station.report(now) for station in self._stations.values()), *unseen)
        self._on_reports(reports)
        await self._tell_blindness(reports, now)
        return reports

    async def _tell_blindness(self, reports: Sequence[ServiceReport], now: float) -> None:
        firing = self._firing()
        for one in reports:
            alert = self._blindness.note(one.service, one.problem, now=now, firing=firing)
            if alert is None:
                continue
            try:
                await self._hear([alert])
            except YantraError as problem:  # with the next look again
                _log.warning("an alert cannot be stored", service=one.service.name, problem=explain(problem))
            else:
                self._blindness.heard(alert)

    async def look_at(self, watched: Watched) -> None:
        """Measure one service, judge it, and tell what is new."""
        station = self._station(watched)
        station.problem = ""
        await asyncio.gather(self._probe(station), *(self._query(station, name) for name in watched.watch.queries))
        now = self._clock.now()
        alerts = station.judge(now, interval=self._seconds)
        if alerts:
            await self._hear(alerts)
            station.heard(alerts, now)

    def _station(self, watched: Watched) -> Station:
        name = watched.service.name
        station = self._stations.get(name)
        if station is None:
            station = Station(watched)
            station.restore(
                [one for one in self._firing() if one.service == name and one.source in OWN and one.name != BLIND]
            )
            self._stations[name] = station
        station.watched = watched
        return station

    async def _probe(self, station: Station) -> None:
        watched = station.watched
        if not watched.watch.probes and not watched.watch.urls:
            return
        try:
            probed = await self._ask(watched)
            if station.answers(probed) == 0:
                station.record(probed, self._clock.now())
                probed = await self._ask(watched)
        except YantraError as problem:
            station.problem = explain(problem)
            self._note_up(station, None)
            return
        self._note_up(station, station.record(probed, self._clock.now()))
        if probed.problem:
            station.problem = probed.problem
        elif probed.workload is None and watched.watch.probes:
            station.problem = f"There is no Deployment {watched.target} in {watched.environment.namespace}."

    async def _ask(self, watched: Watched) -> Probed:
        return await self._probes.probe(watched.repository, watched.environment, watched.watch, target=watched.target)

    def _note_up(self, station: Station, value: float | None) -> None:
        if MetricName.UP not in station.watched.watch.queries:
            station.window.note(MetricName.UP, value, at=self._clock.now())

    async def _query(self, station: Station, name: MetricName) -> None:
        watched, value = station.watched, None
        try:
            value = await self._metrics.value(
                name, watched.watch.queries[name], watched.repository, watched.environment, service=watched.target
            )
        except YantraError as problem:
            station.problem = explain(problem)
        station.window.note(name, value, at=self._clock.now())
