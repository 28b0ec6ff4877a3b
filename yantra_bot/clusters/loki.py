"""Lines out of the operator's Loki, by a repository's own selector. Implements the port LogSource.

A selector has no way to do anything but choose lines, and chooses among those of its environment's namespace alone:
the matcher of that is added to every question, since the token reads everybody's.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from yantra_bot.clusters.log_lines import Written, clean_lines
from yantra_bot.clusters.log_requests import ask, read_base
from yantra_bot.domain.environment import Environment
from yantra_bot.domain.monitoring import LogRule
from yantra_bot.domain.repository import Repository
from yantra_bot.errors import Transient, UserError
from yantra_bot.monitor_ports import LogLine
from yantra_bot.ports import Clock

NAME: Final = "Loki"
_POD_LABELS: Final = ("pod", "pod_name", "instance", "container", "host")
_NAMESPACE: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NANO: Final = 1_000_000_000


class Loki:
    """Asks one server."""

    def __init__(self, url: str, clock: Clock, *, token: str = "") -> None:
        """`url` is the server's base; empty: there is none. Raises SettingsError."""
        self._url = read_base(url, "YANTRA_LOKI_URL") if url else None
        self._clock, self._token = clock, token

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
        if self._url is None:
            raise UserError("There is no Loki to ask. Cure: have the operator set YANTRA_LOKI_URL.")
        query = {
            "query": confine(rule.loki, environment.namespace),
            "start": str(int(since * _NANO)),
            "end": str(int(self._clock.now() * _NANO)),
            "limit": str(limit),
            "direction": "backward",
        }
        headers = {"authorization": f"Bearer {self._token}"} if self._token else {}
        url = (self._url / "loki/api/v1/query_range").with_query(query)
        found = read_streams(await ask(NAME, "GET", url, headers=headers))
        # The newest come first: of those of one moment, the order is turned, too.
        return clean_lines(found[::-1])[-limit:]


def confine(selector: str, namespace: str) -> str:
    """Return a selector with the matcher of a namespace added: Loki asks all of its matchers at once."""
    if not _NAMESPACE.fullmatch(namespace):
        raise UserError(f"{namespace[:60]!a} is no namespace whose lines could be asked for.")
    inner = selector.strip().removeprefix("{").removesuffix("}").strip().rstrip(",")
    return "{" + (f"{inner}, " if inner else "") + f'namespace="{namespace}"' + "}"


def read_streams(answer: Any) -> list[Written]:
    """Return the lines of an answer. Raises Transient for what is no answer of Loki's to such a question."""
    try:
        data = answer["data"]
        if answer["status"] != "success" or data["resultType"] != "streams":
            raise Transient(f"{NAME} answers with {str(data['resultType'])[:40]!a} instead of lines.")
        return list(_lines(data["result"]))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        raise Transient(f"{NAME} answers with something that holds no lines.") from None


def _lines(streams: Sequence[Mapping[str, Any]]) -> Iterator[Written]:
    for stream in streams:
        labels = stream["stream"]
        pod = next((str(labels[key])[:253] for key in _POD_LABELS if labels.get(key)), "")
        for value in stream["values"]:
            yield int(value[0]) / _NANO, pod, str(value[1])
