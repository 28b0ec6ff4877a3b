"""Lines out of a log group of AWS CloudWatch Logs. Implements the port LogSource.

FilterLogEvents gives pages that may be empty and oldest first: of a flood, the pages that were read are what is known.
"""

import json
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, Final

from yantra_bot.clusters.log_lines import Written, clean_lines
from yantra_bot.clusters.log_requests import ask, read_base
from yantra_bot.clusters.sigv4 import AwsKey, sign
from yantra_bot.domain.environment import Environment
from yantra_bot.domain.monitoring import LogRule
from yantra_bot.domain.repository import Repository
from yantra_bot.errors import Transient
from yantra_bot.monitor_ports import LogLine
from yantra_bot.ports import Clock

NAME: Final = "CloudWatch Logs"
MOST_PAGES: Final = 20
MOST_A_PAGE: Final = 10_000
_TARGET: Final = "Logs_20140328.FilterLogEvents"


class CloudWatch:
    """Asks for one log group."""

    def __init__(self, group: str, key: AwsKey, clock: Clock, *, url: str = "") -> None:
        """`url` is another address than the region's public one. Raises SettingsError."""
        self._group, self._key, self._clock = group, key, clock
        self._url = read_base(url or f"https://logs.{key.region}.amazonaws.com", "YANTRA_CLOUDWATCH_URL") / ""

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
        asked: dict[str, Any] = {
            "logGroupName": self._group,
            "startTime": max(0, int(since * 1000)),
            "limit": max(1, min(limit, MOST_A_PAGE)),
        }
        found: deque[Written] = deque(maxlen=limit)
        for _ in range(MOST_PAGES):
            answer = await self._ask(asked)
            found += read_events(answer)
            following = answer.get("nextToken")
            if not following:
                break
            asked["nextToken"] = str(following)
        return clean_lines(found)

    async def _ask(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        body = json.dumps(asked).encode()
        headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": _TARGET}
        signed = sign(self._key, "POST", self._url, headers, body, at=self._clock.now())
        answer = await ask(NAME, "POST", self._url, headers=signed, body=body)
        if not isinstance(answer, dict):
            raise Transient(f"{NAME} answers with something that holds no lines.")
        return answer


def read_events(answer: Mapping[str, Any]) -> list[Written]:
    """Return the lines of one page. Raises Transient for what is none."""
    try:
        return [
            (int(one["timestamp"]) / 1000, str(one.get("logStreamName") or "")[:253], str(one["message"]))
            for one in answer.get("events") or ()
        ]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Transient(f"{NAME} answers with something that holds no lines.") from None
