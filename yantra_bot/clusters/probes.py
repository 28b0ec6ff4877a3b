"""Asks new pods and addresses over HTTP whether they are well: one bounded GET each, no redirect, no cookie.

A server that says no, or answers too late, is not well; one that could not be reached at all was not measured. What an
older version or a cache answers says nothing of the new one.
"""

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Final

import aiohttp
from yarl import URL

from yantra_bot.clusters.reach import Reach
from yantra_bot.domain.environment import HttpCheck, UrlCheck
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.rollout import Sample
from yantra_bot.domain.workload import PodState, WorkloadState
from yantra_bot.errors import SettingsError, UserError
from yantra_bot.pinning import JudgedResolver, Resolve
from yantra_bot.ports import Clock
from yantra_bot.sandbox.destinations import resolve

MAX_BODY: Final = 64 * 1024
"""Bytes of an answer that are looked at."""
AT_ONCE: Final = 20
"""Pods that are asked at a time."""
SHOWN: Final = 80
"""Signs of a stranger's header that are shown."""
HEADERS: Final = {"user-agent": "yantra", "accept": "*/*", "accept-encoding": "identity", "cache-control": "no-cache"}
SHORTEST_COMMIT: Final = 7
CONNECTING: Final = 0.8
"""Share of a check's time after which a pod that was not even reached counts as not measured."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one request showed."""

    verdict: Verdict
    detail: str
    seconds: float | None = None
    """Until it was whole; None: none came."""


class Probes:
    """Opens a connection for each request, and none longer than that."""

    def __init__(self, reach: Reach, clock: Clock, *, ca_file: Path | None = None, resolve: Resolve = resolve) -> None:
        """`ca_file`: PEM, trusted instead of the system's for addresses. Raises SettingsError where it holds none."""
        self._reach, self._clock, self._resolve = reach, clock, resolve
        self._turn = asyncio.Semaphore(AT_ONCE)
        try:
            self._trust = ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
        except OSError as problem:
            raise SettingsError(f"ca_file {ca_file} holds no certificates ({problem}). Name a PEM file.") from problem

    async def ask_pods(self, check: HttpCheck, workload: WorkloadState, *, commit: str) -> list[Sample]:
        """Return a sample of each new pod that has the port; one that says why where there is none."""
        name = f"http {check.path}"
        running = [pod for pod in workload.pods if pod.phase == "Running" and pod.ip and not pod.is_leaving]
        asked = [(pod, port) for pod in running if (port := port_of(pod, check.port, running)) is not None]
        if not asked:
            said = f"None of the new pods has the port {check.port}." if running else "No new pod runs yet."
            return [Sample(name, Verdict.INCONCLUSIVE, said, self._clock.now())]
        answers = await asyncio.gather(*(self._ask_pod(check, pod, port, commit) for pod, port in asked))
        now = self._clock.now()
        return [
            Sample(name, answer.verdict, answer.detail, now, pod=pod.name, seconds=answer.seconds)
            for (pod, _), answer in zip(asked, answers, strict=True)
        ]

    async def ask_url(self, check: UrlCheck, *, commit: str) -> Sample:
        answer = await self._ask_url(check, commit)
        return Sample(f"url {check.url}", answer.verdict, answer.detail, self._clock.now(), seconds=answer.seconds)

    async def _ask_pod(self, check: HttpCheck, pod: PodState, port: int, commit: str) -> Answer:
        if reason := self._reach.refuse_pod(pod.ip):
            return Answer(Verdict.ERROR, reason)
        host = f"[{pod.ip}]" if ":" in pod.ip else pod.ip
        url = URL(f"{check.scheme}://{host}:{port}{check.path}", encoded=True)
        # A pod's certificate is of the service's name, never of its own address: it proves nothing here.
        connector = aiohttp.TCPConnector(ssl=False, force_close=True)
        async with self._turn:
            return await self._get(url, connector, check, commit, is_of_pod=True)

    async def _ask_url(self, check: UrlCheck, commit: str) -> Answer:
        try:
            url = self._reach.read_url(check.url)
        except UserError as problem:
            return Answer(Verdict.ERROR, str(problem))
        host, port = url.raw_host or "", url.port or 0
        resolver = JudgedResolver(
            lambda address: self._reach.may_connect(host, port, address),
            resolve=self._resolve,
            reason="has no address, or one that is not public. Cure: have the operator add it to YANTRA_HEALTH_HOSTS",
        )
        connector = aiohttp.TCPConnector(ssl=self._trust, resolver=resolver, force_close=True, use_dns_cache=False)
        return await self._get(url, connector, check, commit, is_of_pod=False)

    async def _get(
        self, url: URL, connector: aiohttp.TCPConnector, check: HttpCheck | UrlCheck, commit: str, *, is_of_pod: bool
    ) -> Answer:
        seconds = check.timeout_seconds
        limits = aiohttp.ClientTimeout(total=None, sock_connect=seconds * CONNECTING)
        began = perf_counter()
        try:
            async with (
                asyncio.timeout(seconds),
                aiohttp.ClientSession(
                    connector=connector,
                    cookie_jar=aiohttp.DummyCookieJar(),
                    auto_decompress=False,
                    headers=HEADERS,
                    timeout=limits,
                ) as session,
                session.get(url, allow_redirects=False) as answer,
            ):
                judged = await judge(answer, check, commit, is_of_pod=is_of_pod)
                return replace(judged, seconds=perf_counter() - began)
        except aiohttp.ConnectionTimeoutError:
            return Answer(Verdict.ERROR, f"not reached within {seconds * CONNECTING:g} s: is a network policy between?")
        except TimeoutError:
            return Answer(Verdict.FAIL, f"no whole answer within {seconds:g} s")
        except aiohttp.ClientConnectorCertificateError:
            return Answer(Verdict.FAIL, "its certificate is not valid for this address")
        except aiohttp.ClientConnectorError as problem:
            is_refused = isinstance(problem.os_error, ConnectionRefusedError)
            return Answer(Verdict.FAIL if is_refused else Verdict.ERROR, f"not reached: {problem.os_error}"[:300])
        except (aiohttp.ClientError, OSError, ValueError) as problem:
            return Answer(Verdict.FAIL, f"no answer that can be read: {type(problem).__name__}")


async def judge(answer: aiohttp.ClientResponse, check: HttpCheck | UrlCheck, commit: str, *, is_of_pod: bool) -> Answer:
    """Return what an answer says: of its status, of who gave it, and of its text."""
    if answer.status != check.status:
        return Answer(Verdict.FAIL, f"HTTP {answer.status}, expected is {check.status}")
    if check.version_header and commit:
        said = answer.headers.get(check.version_header, "").strip()
        if not _is_of(said, commit):
            shown = f"{check.version_header} says {said[:SHOWN]!a}, deployed is {commit[:12]}"
            # A pod is known to be new: another version in it is a wrong image. Behind an address others answer, too.
            return Answer(Verdict.FAIL if is_of_pod and said else Verdict.INCONCLUSIVE, shown)
    if answer.headers.get("age", "0").strip() not in ("", "0"):
        return Answer(Verdict.INCONCLUSIVE, "a cache answered, which says nothing of now")
    if not check.body:
        return Answer(Verdict.PASS, f"HTTP {answer.status}")
    if answer.headers.get("content-encoding", "identity").lower() != "identity":
        return Answer(Verdict.INCONCLUSIVE, "the text is packed although none was asked for")
    if check.body.encode() in await _read(answer.content):
        return Answer(Verdict.PASS, f"HTTP {answer.status}, with the text that was asked for")
    said = f"HTTP {answer.status}, without {check.body[:SHOWN]!a} in its first {MAX_BODY >> 10} KiB"
    return Answer(Verdict.FAIL, said)


def port_of(pod: PodState, wanted: int | str, running: Sequence[PodState]) -> int | None:
    """Return the port of a pod that a check means; None where it has none: another Deployment's pods may.

    A number that no pod names is taken as it is, since naming ports is no duty.
    """
    if wanted == 0:
        return pod.ports[0][1] if pod.ports else None
    if isinstance(wanted, str):
        return next((number for name, number in pod.ports if name == wanted), None)
    named = any(wanted == number for one in running for _, number in one.ports)
    return wanted if not named or any(wanted == number for _, number in pod.ports) else None


def _is_of(said: str, commit: str) -> bool:
    return len(said) >= SHORTEST_COMMIT and commit.lower().startswith(said.lower())


async def _read(stream: aiohttp.StreamReader) -> bytes:
    body = bytearray()
    while len(body) < MAX_BODY and (chunk := await stream.read(MAX_BODY - len(body))):
        body += chunk
    return bytes(body)
