"""Lines out of Google Cloud Logging, by the operator's filter. Implements the port LogSource."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from yantra_bot.clusters.google_token import GoogleToken, ServiceAccount
from yantra_bot.clusters.log_lines import Written, clean_lines
from yantra_bot.clusters.log_requests import ask, read_base
from yantra_bot.domain.environment import Environment
from yantra_bot.domain.monitoring import LogRule
from yantra_bot.domain.repository import Repository
from yantra_bot.errors import Transient
from yantra_bot.monitor_ports import LogLine
from yantra_bot.ports import Clock

NAME: Final = "Cloud Logging"
SCOPE: Final = "https://www.googleapis.com/auth/logging.read"
MOST_A_PAGE: Final = 1_000
MOST_PAGES: Final = 20
"""Of which some may be empty: the service gives one where it has not looked through all yet."""
_BAD: Final = frozenset({"ERROR", "CRITICAL", "ALERT", "EMERGENCY"})


class CloudLogging:
    """Asks for the entries of one filter."""

    def __init__(self, account: ServiceAccount, matching: str, clock: Clock, *, url: str) -> None:
        """`matching` is the operator's filter, in the service's own language. Raises SettingsError."""
        self._project, self._matching = account.project, matching
        self._token = GoogleToken(account, SCOPE, clock)
        self._url = read_base(url, "YANTRA_CLOUD_LOGGING_URL") / "v2/entries:list"

    async def read(
        self,
        repository: Repository,
        environment: Environment,
        rule: LogRule,
        *,
        since: float,
        limit: int,
        target: str = "",
    ) -> Sequence[LogLine]:
        begins = datetime.fromtimestamp(since, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        asked: dict[str, Any] = {
            "resourceNames": [f"projects/{self._project}"],
            "filter": f'({self._matching}) AND timestamp>="{begins}"',
            "orderBy": "timestamp desc",
        }
        found: list[Written] = []
        for _ in range(MOST_PAGES):
            asked["pageSize"] = min(limit - len(found), MOST_A_PAGE)
            answer = await self._ask(asked)
            page = read_entries(answer)
            found += page
            following = answer.get("nextPageToken")
            if not following or len(found) >= limit:
                break
            asked["pageToken"] = str(following)
        # The newest come first: of those of one moment, the order is turned, too.
        return clean_lines(found[:limit][::-1])

    async def _ask(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {await self._token.get()}", "content-type": "application/json"}
        answer = await ask(NAME, "POST", self._url, headers=headers, body=json.dumps(asked).encode())
        if not isinstance(answer, dict):
            raise Transient(f"{NAME} answers with something that holds no entries.")
        return answer


def read_entries(answer: Mapping[str, Any]) -> list[Written]:
    """Return the lines of one page. Raises Transient for what is none."""
    try:
        return [_line(one) for one in answer.get("entries") or ()]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Transient(f"{NAME} answers with something that holds no entries.") from None


def _line(entry: Mapping[str, Any]) -> Written:
    labels = (entry.get("resource") or {}).get("labels") or {}
    pod = str(labels.get("pod_name") or labels.get("instance_id") or labels.get("revision_name") or "")[:253]
    severity = str(entry.get("severity") or "DEFAULT")
    payload = entry.get("jsonPayload") or entry.get("protoPayload")
    if isinstance(payload, dict):
        text = json.dumps({"severity": severity, **payload})
    else:
        text = str(entry.get("textPayload") or "")
        if severity in _BAD:
            text = json.dumps({"severity": severity, "message": text})
    return datetime.fromisoformat(_short(str(entry["timestamp"]))).timestamp(), pod, text


def _short(stamp: str) -> str:
    """Return a time with at most six digits after its seconds: nine are sent, and older versions of Python know six."""
    head, dot, rest = stamp.partition(".")
    digits = rest.rstrip("Z")
    return f"{head}.{digits[:6]:0<6}+00:00" if dot and digits.isdecimal() else stamp.replace("Z", "+00:00")
