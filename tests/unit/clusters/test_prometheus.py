"""Metrics: one number of the new version beside a limit and the version before; anything else is no data."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from tests.adversarial.test_f_health import pod, workload
from tests.fakes.answering import answering
from yantra_bot.clock import SystemClock
from yantra_bot.clusters.prometheus import Place, Prometheus, fill, pattern_of
from yantra_bot.clusters.prometheus_door import NoNumber, PrometheusDoor, read_number
from yantra_bot.domain.environment import MetricCheck
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.rollout import Before, Sample
from yantra_bot.errors import SettingsError

COMMIT = "c" * 40
QUERY = 'sum(rate(errors{pod=~"{pods}"}[1m]))'


class Server:
    """A Prometheus that answers by a part of the query, and keeps what it was asked."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.asked: list[dict[str, str]] = []
        self.tokens: list[str] = []
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        form = {key: str(value) for key, value in (await request.post()).items()}
        self.asked.append(form)
        self.tokens.append(request.headers.get("authorization", ""))
        found = next((value for part, value in self.values.items() if part in form["query"] + form.get("time", "")), [])
        if isinstance(found, web.Response):
            return found
        series = [{"metric": {}, "value": [1, str(value)]} for value in (found if isinstance(found, list) else [found])]
        return web.json_response({"status": "success", "data": {"resultType": "vector", "result": series}})

    async def measure(self, check: MetricCheck, *, before: Before | None = None) -> Sample:
        prometheus = Prometheus(PrometheusDoor(self.url, token="secret"), SystemClock())
        state = workload(pod("10.0.0.1", name="new-1"), pod("10.0.0.2", name="new.2"))
        return await prometheus.measure(check, state, namespace="shop", commit=COMMIT, before=before or Before())


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    found = Server()
    async with answering(found.answer) as port:
        found.url = f"http://127.0.0.1:{port}/prom"
        yield found


def was() -> Before:
    return Before((workload(pod("10.0.0.9", name="old-1")),))


async def test_a_number_is_judged_by_its_limit(server: Server) -> None:
    """Equal is allowed; the pods are filled in, and the token is sent."""
    server.values["new"] = 0.05
    sample = await server.measure(MetricCheck("errors", QUERY, most=0.05))
    assert (sample.verdict, sample.value) == (Verdict.PASS, 0.05)
    assert server.asked[0] == {"query": 'sum(rate(errors{pod=~"new-1|new[.]2"}[1m]))'}
    assert server.tokens == ["Bearer secret"]
    server.values["new"] = 0.06
    sample = await server.measure(MetricCheck("errors", QUERY, most=0.05))
    assert (sample.verdict, sample.detail) == (Verdict.FAIL, "0.06, allowed are 0.05")


async def test_the_version_before_is_asked_the_same(server: Server) -> None:
    """Now where it has a number, else as it was."""
    server.values = {"new": 3, "old": 2}
    check = MetricCheck("latency", QUERY, most_ratio=2)
    assert (await server.measure(check, before=was())).verdict is Verdict.PASS
    server.values["new"] = 5
    sample = await server.measure(check, before=was())
    assert sample.verdict is Verdict.FAIL
    assert "2 times 2 of the version before" in sample.detail
    server.values = {"new": 3, "0.000": 2}
    assert (await server.measure(check, before=was())).verdict is Verdict.PASS
    assert server.asked[-1]["time"] == "0.000"


async def test_a_multiple_of_almost_nothing_condemns_nobody(server: Server) -> None:
    """A floor is set, or it cannot be said."""
    server.values = {"new": 0.01, "old": 0.0001}
    check = MetricCheck("errors", QUERY, most_ratio=2, least_before=0.01)
    assert (await server.measure(check, before=was())).verdict is Verdict.PASS
    server.values["old"] = 0
    sample = await server.measure(MetricCheck("errors", QUERY, most_ratio=2), before=was())
    assert sample.verdict is Verdict.INCONCLUSIVE
    assert "least_before" in sample.detail


@pytest.mark.parametrize("found", [[], [1, 2], "NaN", "+Inf"])
async def test_what_is_not_one_number_is_no_data(server: Server, found: Any) -> None:
    """Nothing, several series, and what is no number."""
    server.values["new"] = found
    assert (await server.measure(MetricCheck("errors", QUERY, most=1))).verdict is Verdict.INCONCLUSIVE


async def test_a_first_deployment_has_nothing_to_compare_with(server: Server) -> None:
    """It is said, and is no pass."""
    server.values["new"] = 1
    assert (await server.measure(MetricCheck("errors", QUERY, most_ratio=2))).verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (web.json_response({"status": "error", "error": "parse error at char 3"}, status=400), "parse error at char 3"),
        (web.Response(text="<html>"), "no JSON"),
        (web.Response(status=302, headers={"location": "http://169.254.169.254/"}), "no JSON"),
        (web.Response(body=b"x" * (2 << 20)), "too much"),
    ],
)
async def test_what_prometheus_cannot_say_is_no_pass(server: Server, answer: web.Response, said: str) -> None:
    """Its own words are passed on."""
    server.values["new"] = answer
    sample = await server.measure(MetricCheck("errors", QUERY, most=1))
    assert sample.verdict in (Verdict.ERROR, Verdict.INCONCLUSIVE)
    assert said in sample.detail


async def test_a_server_that_is_away_is_an_error() -> None:
    """Not a failure of the version."""
    away = Server()
    away.url = "http://127.0.0.1:1"
    sample = await away.measure(MetricCheck("errors", QUERY, most=1))
    assert (sample.verdict, "cannot be asked" in sample.detail) == (Verdict.ERROR, True)


@given(st.lists(st.text(max_size=20), min_size=1, max_size=3), st.text(max_size=20), st.text(max_size=45))
def test_nothing_that_is_filled_in_ends_a_string(pods: list[str], namespace: str, commit: str) -> None:
    """A query holds its own quotes afterwards and no others, or is not asked."""
    query = 'x{pod=~"{pods}", namespace="{namespace}", version="{version}"}'
    try:
        found = fill(query, Place(namespace, commit, tuple(pods)))
    except NoNumber:
        return
    assert found.count('"') == query.count('"')
    assert not set("\\{}\n") & set(found[2:-1])


def test_dots_of_names_mean_dots() -> None:
    """No pod is asked about by another's name."""
    assert pattern_of(["a.b", "a-b"]) == "a-b|a[.]b"
    with pytest.raises(NoNumber):
        pattern_of(['x"} or vector(0) #'])


@pytest.mark.parametrize(
    "answer",
    [
        "null",
        "[]",
        '{"status": "success"}',
        '{"status": "success", "data": {"resultType": "matrix", "result": []}}',
        '{"status": "success", "data": {"resultType": "scalar", "result": [1]}}',
    ],
)
def test_odd_answers_are_no_number(answer: str) -> None:
    """Whatever is sent."""
    with pytest.raises(NoNumber):
        read_number(json.loads(answer))


@pytest.mark.parametrize("url", ["prom", "ftp://prom", "http://user@prom"])
def test_a_wrong_address_stops_the_start(url: str) -> None:
    """With the cure."""
    with pytest.raises(SettingsError, match="Cure"):
        PrometheusDoor(url)
