"""Asks the operator's Prometheus for one number of the new version, and for the same of the version before.

What is filled into a query is checked letter by letter: names of pods, a namespace and a commit, none of which can end
a string of PromQL. No number, several, and what is none (NaN) are no data, and no data is not a pass.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from yantra_bot.clusters.prometheus_door import NoNumber, PrometheusDoor, read_number
from yantra_bot.domain.environment import MetricCheck
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.rollout import Before, Sample
from yantra_bot.domain.workload import WorkloadState
from yantra_bot.ports import Clock

MAX_PODS: Final = 200
_POD: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")
_NAMESPACE: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_COMMIT: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Place:
    """Whom a query is about."""

    namespace: str
    commit: str
    pods: tuple[str, ...]


class Prometheus:
    """Measures what a repository's health checks ask for."""

    def __init__(self, door: PrometheusDoor, clock: Clock) -> None:
        self._door, self._clock = door, clock

    async def measure(
        self, check: MetricCheck, workload: WorkloadState, *, namespace: str, commit: str, before: Before
    ) -> Sample:
        """Return a sample of the new version's number, judged by its limit and by the number of the version before."""
        now = self._clock.now()
        pods = tuple(pod.name for pod in workload.pods)
        try:
            value = await self._number(check.query, Place(namespace, commit, pods))
            limit, said = await self._limit(check, namespace, before)
        except NoNumber as gap:
            return Sample(check.name, gap.verdict, str(gap), now)
        verdict = Verdict.PASS if value <= limit else Verdict.FAIL
        return Sample(check.name, verdict, f"{value:g}, allowed are {limit:g}{said}", now, value)

    async def _limit(self, check: MetricCheck, namespace: str, before: Before) -> tuple[float, str]:
        limit = math.inf if check.most is None else check.most
        if check.most_ratio is None:
            return limit, ""
        was = max(await self._before(check, namespace, before), check.least_before)
        if was <= 0:
            raise NoNumber("The version before has 0, of which nothing is a multiple. Cure: set `least_before`.")
        relative = was * check.most_ratio
        if relative >= limit:
            return limit, ""
        return relative, f", {check.most_ratio:g} times {was:g} of the version before"

    async def _before(self, check: MetricCheck, namespace: str, before: Before) -> float:
        """Return the number of the version before: of now where it has one, else of when it was looked at."""
        pods = tuple(pod.name for one in before.workloads for pod in one.pods)
        if not pods:
            raise NoNumber("There is no version before to compare with. Cure: set `most` for a first deployment.")
        if "{pods}" not in check.query:
            raise NoNumber("The query does not name {pods}, so the version before cannot be asked for.")
        place = Place(namespace, "", pods)
        try:
            return await self._number(check.query, place)
        except NoNumber:
            return await self._number(check.query, place, at=max(one.at for one in before.workloads))

    async def _number(self, query: str, place: Place, *, at: float | None = None) -> float:
        return read_number(await self._door.query(fill(query, place), at=at))


def fill(query: str, place: Place) -> str:
    """Return a query with what is its place filled in. Raises NoNumber where something is not what it has to be."""
    if "{pods}" in query:
        query = query.replace("{pods}", pattern_of(place.pods))
    if "{namespace}" in query:
        query = query.replace("{namespace}", _checked(_NAMESPACE, place.namespace, "namespace"))
    if "{version}" in query:
        query = query.replace("{version}", _checked(_COMMIT, place.commit, "commit"))
    return query


def pattern_of(pods: Sequence[str]) -> str:
    """Return a regular expression of exactly these names, in which no letter means anything else."""
    if not pods:
        raise NoNumber("There are no pods to ask about.")
    if len(pods) > MAX_PODS:
        raise NoNumber(f"There are over {MAX_PODS} pods to ask about.")
    return "|".join(_checked(_POD, pod, "pod").replace(".", "[.]") for pod in sorted(pods))


def _checked(shape: re.Pattern[str], text: str, what: str) -> str:
    if not shape.fullmatch(text):
        raise NoNumber(f"{text[:60]!a} is no {what} that could be asked about.")
    return text
