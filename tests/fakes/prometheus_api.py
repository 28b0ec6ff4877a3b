"""A stateful Prometheus of two questions: instant queries by their exact text, and its alerting rules."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.fakes.answering import answering

Found = list[tuple[dict[str, str], float]]


@dataclass
class PrometheusApi:
    """What it knows; tests change it while it serves."""

    series: dict[str, Found] = field(default_factory=dict)
    """By query; one that is not known has no data."""
    rules: list[dict[str, Any]] = field(default_factory=list)
    now: float = 1_800_000_000.0
    answer: tuple[int, str] | None = None
    """Status and text that are given to everything, where they are set."""
    asked: list[str] = field(default_factory=list)
    url: str = ""

    def add_rule(self, name: str, query: str, **more: Any) -> None:
        rule = {"type": "alerting", "name": name, "query": query, "health": "ok", "labels": {}}
        self.rules.append(rule | {"lastEvaluation": "2027-01-15T07:59:55.123456789Z"} | more)

    async def respond(self, request: web.Request) -> web.Response:
        if self.answer is not None:
            return web.Response(status=self.answer[0], text=self.answer[1])
        if request.path.endswith("/rules"):
            groups = [{"name": "g", "interval": 15, "rules": self.rules}]
            return web.json_response({"status": "success", "data": {"groups": groups}})
        query = str((await request.post()).get("query", ""))
        self.asked.append(query)
        if query == "time()":
            data: dict[str, Any] = {"resultType": "scalar", "result": [self.now, str(self.now)]}
        else:
            found = self.series.get(query, [])
            result = [{"metric": labels, "value": [self.now, str(value)]} for labels, value in found]
            data = {"resultType": "vector", "result": result}
        return web.json_response({"status": "success", "data": data})


@asynccontextmanager
async def prometheus_api() -> AsyncIterator[PrometheusApi]:
    """Serve one while the block runs."""
    found = PrometheusApi()
    async with answering(found.respond) as port:
        found.url = f"http://127.0.0.1:{port}"
        yield found
