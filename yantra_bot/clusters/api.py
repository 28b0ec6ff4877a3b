"""The one door to the package `kubernetes`: one request to an API server, with limits, and what its answer means.

Plain dictionaries go in and come out. Calls run in threads; the package is loaded by the first of them. Nothing is
followed elsewhere, no proxy is used, no answer is read beyond its limit, and no error text holds a token.
"""

import asyncio
import json
import re
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import quote, urlencode

from yantra_bot.clusters.kubeconfig import Access
from yantra_bot.deploy_ports import ChangedByOthers, Gone
from yantra_bot.errors import Permanent, Transient, UserError

MOST_BYTES: Final = 16 * 1024 * 1024
_TIMEOUTS: Final = (5.0, 20.0)
"""Seconds to connect and to be answered."""
_READ_SECONDS: Final = 40.0
_PART_BYTES: Final = 256 * 1024
_THREADS: Final = 8
_TRIES: Final = 3
_PAUSE_SECONDS: Final = 0.3
_LONGEST_PAUSE_SECONDS: Final = 5.0
APPLY: Final = "application/apply-patch+yaml"

Sleep = Callable[[float], Awaitable[None]]


class Api(Protocol):
    """Asks one API server."""

    async def json(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        content_type: str = "application/json",
    ) -> dict[str, Any]:
        """Return the answer. Raises Transient, Permanent, ChangedByOthers, Gone, UserError."""

    async def text(self, path: str, query: Mapping[str, str]) -> str:
        """Return an answer as text."""


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    data: bytes
    retry_after: str


class Stale(ChangedByOthers):
    """It was read before somebody, or the cluster itself, changed it. Cure: read it again."""


class _Unreachable(Exception):
    """The connection broke, or was never made."""


class ApiServer:
    """Implements Api over HTTP. Threads may share it."""

    def __init__(self, access: Access, scratch: Path, *, sleep: Sleep = asyncio.sleep) -> None:
        """`scratch` is a folder of control's alone: client certificates have to lie in files."""
        self._access = access
        self._scratch = scratch
        self._sleep = sleep
        self._client: Any = None
        self._token = access.bearer()
        # Of its own: a cluster that does not answer must not hold up whoever else needs a thread.
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix=f"cluster-{access.name}")

    async def json(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        content_type: str = "application/json",
    ) -> dict[str, Any]:
        answer = await self._ask(method, path, query or {}, body, content_type)
        try:
            found = json.loads(answer.data)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise Transient(f"The cluster {self._access.name} answered with something that is no JSON object.")
        return found

    async def text(self, path: str, query: Mapping[str, str]) -> str:
        return (await self._ask("GET", path, query, None, "")).data.decode("utf-8", "replace")

    async def _ask(
        self, method: str, path: str, query: Mapping[str, str], body: Mapping[str, Any] | None, content_type: str
    ) -> _Answer:
        """Ask until there is an answer; all that is asked here may be asked twice."""
        target = f"{path}?{urlencode(query)}" if query else path
        for attempt in range(1, _TRIES + 1):
            try:
                answer = await self._in_thread(method, target, body, content_type)
                if answer.status == 401 and self._has_new_token():
                    answer = await self._in_thread(method, target, body, content_type)
                if answer.status < 300:
                    return answer
                raise explain(self._access.name, f"{method} {path}", answer.status, answer.data, answer.retry_after)
            except _Unreachable as problem:
                error = Transient(f"The cluster {self._access.name} cannot be reached: {problem}.")
                pause = _PAUSE_SECONDS * attempt
            except Transient as problem:
                error, pause = problem, problem.retry_after or _PAUSE_SECONDS * attempt
            if attempt == _TRIES or pause > _LONGEST_PAUSE_SECONDS:
                raise error
            await self._sleep(pause)
        raise AssertionError

    async def _in_thread(self, *asked: Any) -> _Answer:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._request, *asked)

    def _has_new_token(self) -> bool:
        before, self._token = self._token, self._access.bearer()
        return self._token != before

    def _request(self, method: str, target: str, body: Mapping[str, Any] | None, content_type: str) -> _Answer:
        """Make one request. Runs in a thread."""
        import urllib3
        from kubernetes.client.exceptions import ApiException

        if self._client is None:
            self._client = _connect(self._access, self._scratch)
        headers = {"Accept": "application/json", "User-Agent": "yantra"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        if body is not None:
            headers["Content-Type"] = content_type
        try:
            made = self._client.request(
                method, self._access.server + target, headers=headers, body=body, _request_timeout=_TIMEOUTS
            )
            data = _read(made.response)
        except (urllib3.exceptions.HTTPError, ApiException, OSError) as problem:
            if _is_about_certificates(problem):
                raise Permanent(
                    f"The cluster {self._access.name} does not prove that it is the one of its kubeconfig. "
                    "Cure: renew `certificate-authority` and the client certificate there, or look who answers."
                ) from None
            raise _Unreachable(type(problem).__name__) from None
        if len(data) > MOST_BYTES:
            raise Permanent(f"The cluster {self._access.name} answers with more than {MOST_BYTES >> 20} MB.")
        return _Answer(made.status, data, made.headers.get("Retry-After", ""))


def _read(response: Any) -> bytes:
    """Return an answer's body, cut one byte after its limit. Raises OSError for one that comes drop by drop."""
    parts, size, deadline = [], 0, time.monotonic() + _READ_SECONDS
    try:
        while size <= MOST_BYTES and (part := response.read1(_PART_BYTES)):
            parts.append(part)
            size += len(part)
            if time.monotonic() > deadline:
                raise TimeoutError
    finally:
        # One that is not read to its end cannot be used for another request.
        response.release_conn() if response.isclosed() else response.close()
    return b"".join(parts)[: MOST_BYTES + 1]


def _connect(access: Access, scratch: Path) -> Any:
    """Return the package's own client of HTTP, with no proxy, no retries of its own, no redirects."""
    from kubernetes.client.configuration import Configuration
    from kubernetes.client.rest import RESTClientObject

    certificate = key = None
    if access.certificate:
        scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
        certificate, key = scratch / f"{access.name}.crt", scratch / f"{access.name}.key"
        for file, data in ((certificate, access.certificate), (key, access.key)):
            file.touch(mode=0o600)
            file.write_bytes(data)
    settings = Configuration(
        host=access.server,
        ca_cert_data=access.ca.decode("ascii", "replace") or None,
        cert_file=None if certificate is None else str(certificate),
        key_file=None if key is None else str(key),
        tls_server_name=access.tls_server_name or None,
        verify_ssl=True,
        proxy="",
        no_proxy="*",
    )
    settings.retries = False
    return RESTClientObject(settings)


def _is_about_certificates(problem: BaseException) -> bool:
    """Whether who answers is not who should: what breaks on the way passes, this does not."""
    seen: BaseException | None = problem
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError):
            return True
        seen = seen.__cause__ or seen.__context__ or next((a for a in seen.args if isinstance(a, BaseException)), None)
    return "CERTIFICATE_VERIFY_FAILED" in str(problem)


def explain(cluster: str, what: str, status: int, data: bytes, retry_after: str) -> Exception:
    """Return the error that an answer means."""
    said = _status_of(data)
    message = quoted(str(said.get("message") or ""))
    if status == 401:
        return Permanent(
            f"The cluster {cluster} does not take our token (401). Cure: put a valid one into its kubeconfig."
        )
    if status == 403:
        return Permanent(
            f"The cluster {cluster} does not allow it: {message or what}. "
            "Cure: grant it with the rights that `docs/kubernetes.md` lists, or deploy elsewhere."
        )
    if status == 404:
        return Gone(f"The cluster {cluster} has no such object: {message or what}.")
    if status == 409:
        return _conflict(cluster, said, message)
    # Older servers answer 500 to a manifest that they cannot read.
    if status in (400, 413, 415, 422) or "failed to create typed patch object" in message:
        return UserError(f"The cluster {cluster} refuses it: {message or what}. Cure: correct the manifest.")
    if status in (408, 410, 429) or status >= 500:
        wait = float(retry_after) if re.fullmatch(r"\d{1,4}", retry_after) else None
        return Transient(f"The cluster {cluster} cannot answer now ({status}): {message or what}.", retry_after=wait)
    return Permanent(f"The cluster {cluster} answered {status} to {what}: {message}")


def _conflict(cluster: str, said: Mapping[str, Any], message: str) -> Exception:
    details = said.get("details")
    causes = details.get("causes") if isinstance(details, dict) else None
    fields = [
        (quoted(str(one.get("message") or "")), quoted(str(one.get("field") or "")))
        for one in (causes if isinstance(causes, list) else [])
        if isinstance(one, dict) and one.get("reason") == "FieldManagerConflict"
    ]
    if fields:
        listed = "; ".join(f"{field}: {who}" for who, field in fields[:10])
        return ChangedByOthers(
            f"Somebody else sets what this would set in the cluster {cluster}: {listed}. Cure: have them leave it, "
            "leave it out of the manifest, or, for objects that we never applied, set `takes_over: true`."
        )
    if said.get("reason") == "AlreadyExists":
        return Transient(f"The cluster {cluster} has it already: {message}.")
    return Stale(f"Somebody else changed it in the cluster {cluster} meanwhile: {message}. Cure: look at it.")


def _status_of(data: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(data[:MOST_BYTES])
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def quoted(text: str, most: int = 600) -> str:
    """Return what a cluster said as one line of bounded length, with nothing that could be a token of ours."""
    line = " ".join(re.sub(r"(?i)bearer\s+\S+", "Bearer …", text).split())
    return line if len(line) <= most else line[: most - 1] + "…"


def segment(name: str) -> str:
    """Return a name as one part of a path, whatever stands in it."""
    return quote(name, safe="") or "-"
