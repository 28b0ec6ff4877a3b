"""The one door to the operator's Prometheus: its answers as JSON, bounded, and what they say as numbers and series.

No number, several, and what is none (NaN) are no data. Nothing is followed elsewhere, and no error holds the token.
"""

import asyncio
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
from yarl import URL

from yantra_bot.domain.proof import Verdict
from yantra_bot.errors import SettingsError

SECONDS: Final = 10.0
MAX_ANSWER: Final = 1 << 20
MAX_RULES: Final = 16 << 20
"""Bytes of the list of all rules, which cannot be asked for by name of every version."""


class NoNumber(Exception):
    """There is no number. Cure: the message says what to change, where there is something. Made a sample at once."""

    def __init__(self, message: str, *, verdict: Verdict = Verdict.INCONCLUSIVE) -> None:
        super().__init__(message)
        self.verdict = verdict


@dataclass(frozen=True, slots=True)
class Series:
    """One series of an answer; `value` may be NaN or infinite. Labels are text of strangers."""

    labels: Mapping[str, str]
    value: float


class PrometheusDoor:
    """Asks one server. Its address is the operator's, and may lie anywhere."""

    def __init__(self, url: str, *, token: str = "") -> None:
        """`url` is the server's base; empty: there is none, and every question says so. Raises SettingsError."""
        parsed = URL(url) if url else None
        if parsed is not None and (parsed.scheme not in ("http", "https") or not parsed.host or parsed.user):
            raise SettingsError("YANTRA_PROMETHEUS_URL is no address. Cure: write http://HOST:PORT, without a user.")
        self._url, self._token = parsed, token

    @property
    def is_there(self) -> bool:
        """Whether the operator named a server at all."""
        return self._url is not None

    async def query(self, query: str, *, at: float | None = None) -> Any:
        """Return the answer to an instant query, as JSON. Raises NoNumber where there is none."""
        form = {"query": query} | ({"time": f"{at:.3f}"} if at is not None else {})
        return await self._ask("POST", "api/v1/query", form, MAX_ANSWER)

    async def rules(self) -> Any:
        """Return its alerting rules, as JSON. Raises NoNumber where they cannot be had."""
        return await self._ask("GET", "api/v1/rules", {"type": "alert", "exclude_alerts": "true"}, MAX_RULES)

    async def _ask(self, method: str, path: str, form: Mapping[str, str], most: int) -> Any:
        if self._url is None:
            said = "There is no Prometheus to ask. Cure: have the operator set YANTRA_PROMETHEUS_URL."
            raise NoNumber(said, verdict=Verdict.ERROR)
        headers = {"authorization": f"Bearer {self._token}"} if self._token else {}
        sent: dict[str, Any] = {"data": form} if method == "POST" else {"params": form}
        try:
            async with (
                asyncio.timeout(SECONDS),
                aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), headers=headers) as session,
                session.request(method, self._url / path, allow_redirects=False, **sent) as answer,
            ):
                return json.loads(await _read(answer, most))
        except TimeoutError:
            raise NoNumber(f"Prometheus took over {SECONDS:.0f} s.", verdict=Verdict.ERROR) from None
        except (aiohttp.ClientError, OSError) as problem:
            said = f"Prometheus cannot be asked ({type(problem).__name__})."
            raise NoNumber(said, verdict=Verdict.ERROR) from problem
        except (ValueError, RecursionError):
            raise NoNumber("Prometheus answers with no JSON: is that its address?", verdict=Verdict.ERROR) from None


async def _read(answer: aiohttp.ClientResponse, most: int) -> bytes:
    body = bytearray()
    async for chunk in answer.content.iter_chunked(1 << 16):
        body += chunk
        if len(body) > most:
            raise NoNumber("Prometheus answers with too much: aggregate the query, such as with sum(…).")
    return bytes(body)


def read_number(answer: Any) -> float:
    """Return the one number of an answer of Prometheus. Raises NoNumber where there is none, or not one."""
    kind, result = _result(answer)
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


def read_series(answer: Any) -> tuple[Series, ...]:
    """Return the series of an answer; a scalar is one without labels. Raises NoNumber where it cannot be read."""
    kind, result = _result(answer)
    try:
        if kind == "scalar":
            return (Series({}, float(result[1])),)
        return tuple(
            Series({str(key): str(value) for key, value in one["metric"].items()}, _value_of(one)) for one in result
        )
    except (TypeError, ValueError, IndexError, KeyError, AttributeError):
        raise NoNumber("Prometheus answers with no series.", verdict=Verdict.ERROR) from None


def read_data(answer: Any) -> Mapping[str, Any]:
    """Return what an answer holds. Raises NoNumber with Prometheus's own words where it says no."""
    if not isinstance(answer, dict) or answer.get("status") != "success":
        said = str(answer.get("error") or "")[:300] if isinstance(answer, dict) else ""
        raise NoNumber(f"Prometheus says no: {said or 'without a reason'}", verdict=Verdict.ERROR)
    data = answer.get("data")
    return data if isinstance(data, dict) else {}


def _result(answer: Any) -> tuple[str, list[Any]]:
    data = read_data(answer)
    kind, result = data.get("resultType"), data.get("result")
    if kind not in ("vector", "scalar") or not isinstance(result, list):
        raise NoNumber("The query gives no single number now: write one that does, such as sum(rate(…[1m])).")
    return str(kind), result


def _value_of(one: Mapping[str, Any]) -> float:
    """Return a series' value; a native histogram is none."""
    return float(one["value"][1]) if "value" in one else math.nan
