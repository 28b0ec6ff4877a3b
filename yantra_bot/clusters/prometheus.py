"""Asks the operator's Prometheus for one number of the new version, and for the same of the version before.

What is filled into a query is checked letter by letter: names of pods, a namespace and a commit, none of which can end
a string of PromQL. No number, several, and what is none (NaN) are no data, and no data is not a pass.
"""

import asyncio
import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
from yarl import URL

from yantra_bot.domain.environment import MetricCheck
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.rollout import Before, Sample
from yantra_bot.domain.workload import WorkloadState
from yantra_bot.errors import SettingsError
from yantra_bot.ports import Clock

SECONDS: Final = 10.0
MAX_ANSWER: Final = 1 << 20
MAX_PODS: Final = 200
_POD: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")
_NAMESPACE: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_COMMIT: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


class NoNumber(Exception):
    """There is no number. Cure: the message says what to change, where there is something. Made a sample at once."""

    def __init__(self, message: str, *, verdict: Verdict = Verdict.INCONCLUSIVE) -> None:
        super().__init__(message)
        self.verdict = verdict


@dataclass(frozen=True, slots=True)
class Place:
    """Whom a query is about."""

    namespace: str
    commit: str
    pods: tuple[str, ...]


class Prometheus:
    """Instant queries of one server. Its address is the operator's, and may lie anywhere."""

    def __init__(self, url: str, clock: Clock, *, token: str = "") -> None:
        """`url` is the server's base; empty: there is none, and every check says so. Raises SettingsError."""
        parsed = URL(url) if url else None
        if parsed is not None and (parsed.scheme not in ("http", "https") or not parsed.host or parsed.user):
            raise SettingsError("YANTRA_PROMETHEUS_URL is no address. Cure: write http://HOST:PORT, without a user.")
        self._url, self._clock, self._token = parsed, clock, token

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
        if self._url is None:
            said = "There is no Prometheus to ask. Cure: have the operator set YANTRA_PROMETHEUS_URL."
            raise NoNumber(said, verdict=Verdict.ERROR)
        form = {"query": fill(query, place)} | ({"time": f"{at:.3f}"} if at is not None else {})
        return read_number(await self._ask(self._url / "api/v1/query", form))

    async def _ask(self, url: URL, form: dict[str, str]) -> Any:
        headers = {"authorization": f"Bearer {self._token}"} if self._token else {}
        try:
            async with (
                asyncio.timeout(SECONDS),
                aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), headers=headers) as session,
                session.post(url, data=form, allow_redirects=False) as answer,
            ):
                body = bytearray()
                async for chunk in answer.content.iter_chunked(1 << 16):
                    body += chunk
                    if len(body) > MAX_ANSWER:
                        raise NoNumber("Prometheus answers with too much: aggregate the query, such as with sum(…).")
                return json.loads(body)
        except TimeoutError:
            raise NoNumber(f"Prometheus took over {SECONDS:.0f} s.", verdict=Verdict.ERROR) from None
        except (aiohttp.ClientError, OSError) as problem:
            said = f"Prometheus cannot be asked ({type(problem).__name__})."
            raise NoNumber(said, verdict=Verdict.ERROR) from problem
        except ValueError:
            raise NoNumber("Prometheus answers with no JSON: is that its address?", verdict=Verdict.ERROR) from None


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


def read_number(answer: Any) -> float:
    """Return the one number of an answer of Prometheus. Raises NoNumber where there is none, or not one."""
    if not isinstance(answer, dict) or answer.get("status") != "success":
        said = str(answer.get("error") or "")[:300] if isinstance(answer, dict) else ""
        raise NoNumber(f"Prometheus says no: {said or 'without a reason'}", verdict=Verdict.ERROR)
    data = answer.get("data") or {}
    kind, result = data.get("resultType"), data.get("result")
    if kind not in ("vector", "scalar") or not isinstance(result, list):
        raise NoNumber("The query gives no single number now: write one that does, such as sum(rate(…[1m])).")
    if kind == "vector" and len(result) > 1:
        raise NoNumber(f"The query gives {len(result)} series: make it one, such as with sum(…) or max(…).")
    if not result:
        raise NoNumber("The query gives no data yet.")
    try:
        value = float((result[0]["value"] if kind == "vector" else result)[1])
    except (TypeError, ValueError, IndexError, KeyError):
        raise NoNumber("Prometheus answers with no number.") from None
    if not math.isfinite(value):
        raise NoNumber(f"The query gives {value}: nothing was counted that could be divided by.")
    return value


def _checked(shape: re.Pattern[str], text: str, what: str) -> str:
    if not shape.fullmatch(text):
        raise NoNumber(f"{text[:60]!a} is no {what} that could be asked about.")
    return text
